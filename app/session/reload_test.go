package session_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model/edit"
)

func crown() *edit.Mark {
	on := true
	return &edit.Mark{Resource: "res/Orders", Crown: &on}
}

func TestChangesOnDiskAreSeen(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	if got := s.Changed(); len(got) != 0 {
		t.Errorf("just opened, %q changed", got)
	}
	write(t, path, template+"# mine\n")
	if got := s.Changed(); len(got) != 1 || got[0] != "template.yaml" {
		t.Errorf("written by another, %q changed", got)
	}
	write(t, path, template)
	if got := s.Changed(); len(got) != 0 {
		t.Errorf("as it was, %q changed", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	// A source that is gone altogether is no news of its content: there is nothing to reload.
	if _, err := s.Reload(context.Background(), sources(), session.Options{Idle: true}); err == nil {
		t.Error("a file that is gone was reloaded")
	}
	write(t, path, template)
	do(t, s, narrow())
	if _, err := s.WriteSource(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := s.Changed(); len(got) != 0 {
		t.Errorf("what was written here counts as changed: %q", got)
	}
}

// TestReloadKeepsEdits: the source gets a line by another hand; the edits stand on it as it is now.
func TestReloadKeepsEdits(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	do(t, s, narrow())
	s.Select("fn/Shop")
	write(t, path, "# mine\n"+template)
	next, err := s.Reload(context.Background(), sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	st := next.State()
	if len(st.Steps) != 1 || !st.Edited || !st.Dirty || st.Selected != "fn/Shop" || st.Start != "fn/Shop" || st.Path != s.State().Path {
		t.Errorf("reloaded, it is %+v", st)
	}
	if _, err := next.WriteSource(context.Background()); err != nil {
		t.Fatal(err)
	}
	if text := read(t, path); !strings.HasPrefix(text, "# mine\n") || !strings.Contains(text, "!GetAtt Orders.Arn") {
		t.Errorf("the template is\n%s", text)
	}
}

// TestReloadAfterWriting: what was written is in the source and is not done twice; what no source holds is.
func TestReloadAfterWriting(t *testing.T) {
	s, _ := onDisk(t, session.Options{Idle: true})
	do(t, s, narrow())
	if _, err := s.WriteSource(context.Background()); err != nil {
		t.Fatal(err)
	}
	if s.State().Dirty {
		t.Error("all edits are in the source, and count as not saved")
	}
	do(t, s, crown())
	if !s.State().Dirty {
		t.Error("an edit after writing counts as saved")
	}
	next, err := s.Reload(context.Background(), sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	if st := next.State(); len(st.Steps) != 1 || !st.Dirty || !st.After.Design.Resource("res/Orders").Crown {
		t.Errorf("%d steps on what was written", len(st.Steps))
	}
	if _, err := s.WriteSource(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !s.State().Dirty {
		t.Error("a mark is in no source, and counts as saved")
	}
}

func TestReloadSaysWhatNoLongerFits(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	do(t, s, narrow())
	do(t, s, crown())
	text := read(t, path)
	write(t, path, strings.ReplaceAll(text, "Orders", "Purchases"))
	var misfit *session.MisfitError
	if _, err := s.Reload(context.Background(), sources(), session.Options{Idle: true}); !errors.As(err, &misfit) || len(misfit.Misfits) == 0 {
		t.Fatalf("edits of what is gone: %v", err)
	}
	next, err := s.Reload(context.Background(), sources(), session.Options{Idle: true, Fitting: true})
	if err != nil {
		t.Fatal(err)
	}
	if st := next.State(); len(st.Steps)+len(st.Misfits) != 2 || len(st.Misfits) == 0 {
		t.Errorf("%d steps and %d misfits of two edits", len(st.Steps), len(st.Misfits))
	}
}

// TestWhatTheSourceHolds: after writing, the patch is what the file on disk still lacks or holds too much, undone edits
// included; marks are in no source.
func TestWhatTheSourceHolds(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	diff := func() string {
		t.Helper()
		p, err := s.Patch(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return p.Diff
	}
	is := func(when string, written, differs bool) {
		t.Helper()
		if st := s.State(); st.Written != written || st.Differs != differs {
			t.Errorf("%s: written %t, differs %t", when, st.Written, st.Differs)
		}
	}
	is("as imported", false, false)
	do(t, s, narrow())
	is("edited", false, true)
	whole := diff()
	if _, err := s.WriteSource(context.Background()); err != nil {
		t.Fatal(err)
	}
	is("written", true, false)
	if d := diff(); d != "" {
		t.Errorf("what is on disk is told once more:\n%s", d)
	}
	do(t, s, crown())
	is("marked", true, false)
	s.Undo()
	s.Undo()
	is("undone", true, true)
	if s.State().Edited {
		t.Error("undone, it is still edited")
	}
	back := diff()
	for _, line := range strings.Split(whole, "\n") {
		if rest, ok := strings.CutPrefix(line, "+"); ok && !strings.HasPrefix(line, "+++") && !strings.Contains(back, "\n-"+rest) {
			t.Errorf("the patch does not take %q out again:\n%s", rest, back)
		}
	}
	if _, err := s.WriteSource(context.Background()); err != nil {
		t.Fatal(err)
	}
	is("written back", true, false)
	if read(t, path) != template {
		t.Error("written back, it is not the template that it was")
	}
}
