package session_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model/edit"
)

// TestRecovery: what was edited and not saved comes back, of a template on disk and of a sample on none.
func TestRecovery(t *testing.T) {
	disk, path := onDisk(t, session.Options{Idle: true})
	do(t, disk, narrow())
	sample, err := session.OpenSample(context.Background(), samplesFS(t), "sample:webshop", sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	do(t, sample, crownOf(sample))
	for name, s := range map[string]*session.Session{path: disk, "sample:webshop": sample} {
		dir := filepath.Join(t.TempDir(), "a", "b")
		was := s.State()
		for range 2 { // it is written again and again
			if err := s.Autosave(dir); err != nil {
				t.Fatal(err)
			}
		}
		if now := s.State(); now.Revision != was.Revision || !now.Dirty || now.SavePath != "" {
			t.Errorf("%s: autosaving changed the session", name)
		}
		r, err := session.ReadRecovery(dir)
		if err != nil || r.Path != name || r.Edits != 1 || r.Title != was.Title || r.Time.IsZero() {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		again, err := session.Recover(context.Background(), dir, sources(), session.Options{Idle: true})
		if err != nil {
			t.Fatal(err)
		}
		st := again.State()
		if !st.Dirty || st.Path != name || st.SavePath != "" || !st.After.Design.Same(was.After.Design) {
			t.Errorf("%s: recovered it is %s, saved at %q, dirty %v, %d steps", name, st.Path, st.SavePath, st.Dirty, len(st.Steps))
		}
		// Saved, it stands without the recovery.
		if err := os.WriteFile(filepath.Join(dir, "other"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		saved := filepath.Join(t.TempDir(), "mine.bulkhead")
		if err := again.Save(saved); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := session.Open(context.Background(), saved, sources(), session.Options{Idle: true}); err != nil {
			t.Errorf("%s: saved after its recovery: %v", name, err)
		}
	}
}

func crownOf(s *session.Session) *edit.Mark {
	on := true
	return &edit.Mark{Resource: s.State().After.Design.Resources()[0].ID, Crown: &on}
}

// TestACutShortRecoveryIsNone: a kill while it was written the first time leaves nothing that could be taken for one.
func TestACutShortRecoveryIsNone(t *testing.T) {
	s, _ := onDisk(t, session.Options{Idle: true})
	do(t, s, narrow())
	dir := t.TempDir()
	if err := s.Autosave(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "recovery.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := session.Recover(context.Background(), dir, sources(), session.Options{Idle: true}); err == nil {
		t.Error("it was recovered")
	}
}
