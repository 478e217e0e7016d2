package session_test

import (
	"context"
	"maps"
	"path/filepath"
	"testing"

	"bulkhead/app/session"
)

// TestNotesAreSaved: what is said at a step is saved with the design and read again, survives a kill and a reading of the
// source anew, and is something to save.
func TestNotesAreSaved(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	s.Note("before", "One role for all.")
	first := s.State()
	s.Note("figures", "Half of it is gone.")
	s.Note("after", "x")
	s.Note("after", "")
	want := map[string]string{"before": "One role for all.", "figures": "Half of it is gone."}
	if st := s.State(); !maps.Equal(st.Notes, want) || !st.Dirty {
		t.Fatalf("notes %v, to be saved: %v", st.Notes, st.Dirty)
	}
	if len(first.Notes) != 1 {
		t.Errorf("a state that was handed out changed: %v", first.Notes)
	}
	file := filepath.Join(filepath.Dir(path), "shop.bulkhead")
	if err := s.Save(file); err != nil {
		t.Fatal(err)
	}
	if s.State().Dirty {
		t.Error("saved, and to be saved")
	}
	check := func(what string, s *session.Session, err error, dirty bool) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if st := s.State(); !maps.Equal(st.Notes, want) || st.Dirty != dirty {
			t.Errorf("%s: notes %v, to be saved %v", what, st.Notes, st.Dirty)
		}
	}
	again, err := session.Open(context.Background(), file, sources(), session.Options{Idle: true})
	check("opened", again, err, false)
	fresh, err := again.Reload(context.Background(), sources(), session.Options{Idle: true})
	check("read anew", fresh, err, false)
	again.Note("after", "Two roles.")
	want["after"] = "Two roles."
	dir := filepath.Join(t.TempDir(), "kept")
	if err := again.Autosave(dir); err != nil {
		t.Fatal(err)
	}
	if r, err := session.ReadRecovery(dir); err != nil || r.Notes != 3 || r.Edits != 0 {
		t.Errorf("kept: %+v, %v", r, err)
	}
	back, err := session.Recover(context.Background(), dir, sources(), session.Options{Idle: true})
	check("after a kill", back, err, true)
}
