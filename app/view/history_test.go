package view

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"bulkhead/model/edit"
)

func TestHistoryGoesBackAndForth(t *testing.T) {
	newApp(t)
	s, st := opened(t, "webshop")
	on := true
	for _, r := range st.After.Design.Resources()[:3] {
		if _, err := s.Do(&edit.Mark{Resource: r.ID, Crown: &on}); err != nil {
			t.Fatal(err)
		}
	}
	if !s.GoTo(1) {
		t.Fatal("it does not go back")
	}
	st = s.State()
	if len(st.Steps) != 1 || len(st.Undone) != 2 || st.Undo == "" || st.Redo == "" {
		t.Fatalf("%d steps, %d undone", len(st.Steps), len(st.Undone))
	}
	went := -1
	h := NewHistory(st, func(n int) { went = n })
	newWindow(t, h, 500, 400)
	rows := all[*Button](h)
	if len(rows) != 4 || !rows[1].Disabled || rows[1].Label != "Now" {
		t.Fatalf("%d rows", len(rows))
	}
	test.Tap(rows[3])
	if went != 3 || !s.GoTo(went) || len(s.State().Steps) != 3 || len(s.State().Undone) != 0 {
		t.Errorf("a click on the last goes to %d", went)
	}
	if s.GoTo(4) || s.GoTo(-1) || s.GoTo(3) {
		t.Error("it goes where nothing is, or where it is")
	}
	s.Undo()
	if _, err := s.Do(&edit.Mark{Resource: st.After.Design.Resources()[4].ID, Crown: &on}); err != nil {
		t.Fatal(err)
	}
	if n := len(s.State().Undone); n != 0 {
		t.Errorf("after a new edit %d undone ones can be done again", n)
	}
	if text := texts(NewHistory(st, nil)); !strings.Contains(text, "As it was imported") {
		t.Errorf("it does not start with the import:\n%s", text)
	}
}
