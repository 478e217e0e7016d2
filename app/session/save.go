package session

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bulkhead/model/edit"
)

// Saved is the design as a *.bulkhead file at path would hold it: the references to the sources and the edits.
func (s *Session) Saved(path string) (*edit.SavedDesign, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := &s.state
	out := &edit.SavedDesign{Edits: edit.Edits(st.Steps), Params: st.Import.Options.Params, Region: st.Import.Options.Region, Account: st.Import.Options.Account, Notes: st.Notes}
	if st.Import.Source == nil {
		out.Name = st.Title
		return out, nil
	}
	if d := st.Before.Design.Info(); d.Kind != "account" && len(s.disk) <= 1 && st.Import.Files[st.Import.Path] != nil {
		out.Stack = d.Name
	}
	if len(s.disk) == 0 {
		out.Sources = []edit.SourceRef{{Path: st.Import.Path, SHA256: contentHash(st.Import, 0)}}
	}
	for i := range s.disk {
		ref, err := s.reference(path, i)
		if err != nil {
			return nil, err
		}
		out.Sources = append(out.Sources, ref)
	}
	return out, nil
}

// reference names one of the sources relative to the folder of the saved design. s.mu is held.
func (s *Session) reference(path string, n int) (edit.SourceRef, error) {
	ref := edit.SourceRef{SHA256: contentHash(s.state.Import, n)}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return ref, fmt.Errorf("save %s: %w", path, err)
	}
	at, err := filepath.Abs(s.disk[n])
	if err != nil {
		return ref, fmt.Errorf("save %s: %w", path, err)
	}
	ref.Path = filepath.ToSlash(at)
	if rel, err := filepath.Rel(dir, at); err == nil {
		ref.Path = filepath.ToSlash(rel)
	}
	return ref, nil
}

// Save writes the design to a *.bulkhead file. A source that is not on disk (a sample, standard input) is written
// beside it.
func (s *Session) Save(path string) error {
	if err := s.putDown(path); err != nil {
		return fmt.Errorf("save %s: its source: %w", path, err)
	}
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
	s.saved, s.noted = saved.Edits, saved.Notes
	s.state.SavePath = path
	s.compareSaved()
	s.publish()
	return nil
}

// putDown writes a source that is on no disk beside the saved design, so that it can be opened again.
func (s *Session) putDown(path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.state.Import
	if len(s.disk) > 0 || in.Source == nil {
		return nil
	}
	data, ok := in.Files[in.Path]
	if !ok || len(in.Files) != 1 {
		return errors.New("it is not one file; save it to disk first and open it from there")
	}
	name := filepath.Base(filepath.FromSlash(in.Path))
	for _, at := range []string{name, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + "-" + name} {
		at = filepath.Join(filepath.Dir(path), at)
		there, err := os.ReadFile(at)
		switch {
		case err == nil && bytes.Equal(there, data):
		case err == nil:
			continue // somebody else's
		case !errors.Is(err, os.ErrNotExist):
			return err
		default:
			if err := writeFile(at, data); err != nil {
				return err
			}
		}
		s.disk = []string{at}
		s.state.Import = in.At(filepath.Dir(at))
		return nil
	}
	return fmt.Errorf("%s is there already, with another content", name)
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
