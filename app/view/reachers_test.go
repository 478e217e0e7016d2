package view

import (
	"fmt"
	"strings"
	"testing"

	"bulkhead/model"
)

// TestReachersAreAll: a resource says which functions, roles and users reach it, and who from outside.
func TestReachersAreAll(t *testing.T) {
	s, st := opened(t, "team")
	d, a := st.After.Design, st.After.Analysis
	in := NewInspector()
	met := map[string]int{}
	for _, r := range d.Resources() {
		s.Select(r.ID)
		in.Set(s.State())
		texts, _ := said(in.content)
		names := strings.Join(texts, "\n")
		listed := map[string]int{}
		see := func(head string, id model.ID, most int) {
			if _, may := a.Depth(id, r.ID, false); may == 0 {
				return
			}
			if listed[head]++; listed[head] <= most && !strings.Contains(names, Name(d, id)) {
				t.Errorf("%s: %s reaches it and is not told in\n%s", r.ID, id, names)
			}
			met[head]++
		}
		worn := map[model.ID]bool{}
		for _, f := range d.Functions() {
			worn[f.Role] = true
			see("functions", f.ID, mostReachers)
		}
		for _, role := range d.Roles() {
			if !worn[role.ID] {
				see("ashore", role.ID, mostOthers)
			}
		}
		for _, id := range a.Strangers() {
			if Icon(d, id) != "globe" {
				t.Errorf("%s has the icon %s", id, Icon(d, id))
			}
			see("outside", id, mostOthers)
		}
		if n := listed["outside"]; n > 0 != strings.Contains(names, fmt.Sprintf("FROM OUTSIDE · %d", n)) {
			t.Errorf("%s: %d from outside reach it, not so in\n%s", r.ID, n, names)
		}
	}
	if met["functions"] == 0 || met["ashore"] == 0 {
		t.Errorf("nothing was tried: %v", met)
	}
}
