package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bulkhead/importers"
)

// A Recovery is a design that was being edited and is not saved, as Autosave wrote it.
type Recovery struct {
	Path     string    `json:"path"`               // that was opened
	SavePath string    `json:"savePath,omitempty"` // of its *.bulkhead file
	Title    string    `json:"title"`
	Edits    int       `json:"edits"`
	Notes    int       `json:"notes,omitempty"`
	Time     time.Time `json:"time"`
	Lent     bool      `json:"lent,omitempty"` // the source is on no disk, and stands with the recovery
}

// Names within the folder of a recovery.
const (
	recoveryMeta   = "recovery.json"
	recoveryDesign = "design" + savedExt
	recoverySource = "source"
)

// Autosave writes the edits into a folder of their own, from which Recover takes them up. It changes nothing of the
// session: what was not saved stays not saved.
func (s *Session) Autosave(dir string) error {
	st := s.State()
	s.mu.Lock()
	lent := len(s.disk) == 0
	s.mu.Unlock()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("autosave: %w", err)
	}
	design := filepath.Join(dir, recoveryDesign)
	saved, err := s.Saved(design)
	if err != nil {
		return fmt.Errorf("autosave: %w", err)
	}
	r := Recovery{Path: st.Path, SavePath: st.SavePath, Title: st.Title, Edits: len(saved.Edits), Notes: len(saved.Notes), Time: time.Now()}
	if lent && st.Import.Source != nil {
		if _, ok := st.Import.Files[st.Import.Path]; !ok {
			return errors.New("autosave: the source is not one file that could be kept")
		}
		r.Lent = true
		saved.Sources[0].Path = recoverySource + "/" + st.Import.Path
		for name, data := range st.Import.Files {
			at := filepath.Join(dir, recoverySource, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
				return fmt.Errorf("autosave: %w", err)
			}
			if err := writeFile(at, data); err != nil {
				return fmt.Errorf("autosave: %w", err)
			}
		}
	}
	var b bytes.Buffer
	if err := saved.Write(&b); err != nil {
		return fmt.Errorf("autosave: %w", err)
	}
	if err := writeFile(design, b.Bytes()); err != nil {
		return fmt.Errorf("autosave: %w", err)
	}
	meta, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("autosave: %w", err)
	}
	// The last: a folder without it was cut short, and is no recovery.
	if err := writeFile(filepath.Join(dir, recoveryMeta), meta); err != nil {
		return fmt.Errorf("autosave: %w", err)
	}
	return nil
}

// ReadRecovery says what a folder of Autosave holds.
func ReadRecovery(dir string) (Recovery, error) {
	var r Recovery
	data, err := os.ReadFile(filepath.Join(dir, recoveryMeta))
	if err != nil {
		return r, fmt.Errorf("recovery: %w", err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("recovery: %w", err)
	}
	return r, nil
}

// Recover opens what Autosave wrote into a folder, as it was: with edits that are not saved.
func Recover(ctx context.Context, dir string, sources []importers.Source, o Options) (*Session, error) {
	r, err := ReadRecovery(dir)
	if err != nil {
		return nil, err
	}
	s, err := openSaved(ctx, filepath.Join(dir, recoveryDesign), sources, o)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Lent {
		s.disk = nil
	}
	s.saved, s.noted = nil, nil
	s.state.Path, s.state.SavePath = r.Path, r.SavePath
	s.compareSaved()
	s.publish()
	return s, nil
}
