package session

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bulkhead/model/edit"
)

// Saved is the design as a *.bulkhead file at path would hold it: the reference to the source and the edits.
func (s *Session) Saved(path string) (*edit.SavedDesign, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := &s.state
	out := &edit.SavedDesign{Edits: edit.Edits(st.Steps), Params: st.Import.Options.Params, Region: st.Import.Options.Region, Account: st.Import.Options.Account}
	if st.Import.Source == nil {
		out.Name = st.Title
		return out, nil
	}
	ref, err := s.reference(path)
	if err != nil {
		return nil, err
	}
	out.Sources = []edit.SourceRef{ref}
	return out, nil
}

// reference names the source relative to the folder of the saved design. s.mu is held.
func (s *Session) reference(path string) (edit.SourceRef, error) {
	in := s.state.Import
	ref := edit.SourceRef{Path: in.Path, SHA256: contentHash(in)}
	if s.disk == "" {
		return ref, nil
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return ref, fmt.Errorf("save %s: %w", path, err)
	}
	at, err := filepath.Abs(s.disk)
	if err != nil {
		return ref, fmt.Errorf("save %s: %w", path, err)
	}
	ref.Path = filepath.ToSlash(at)
	if rel, err := filepath.Rel(dir, at); err == nil {
		ref.Path = filepath.ToSlash(rel)
	}
	return ref, nil
}

// Save writes the design to a *.bulkhead file.
func (s *Session) Save(path string) error {
	saved, err := s.Saved(path)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := saved.Write(&b); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	if err := writeFile(path, b.Bytes()); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saved = saved.Edits
	s.state.SavePath = path
	s.state.Dirty = !sameEdits(edit.Edits(s.state.Steps), s.saved)
	s.publish()
	return nil
}

// writeFile writes a file in one go: readers see the old content or the new, never a part.
func writeFile(path string, data []byte) error {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".bulkhead-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
