package edit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

// told is a design in words, to see that nobody wrote it.
func told(t testing.TB, d *model.Design) string {
	t.Helper()
	var b strings.Builder
	for _, e := range d.Elements() {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%p %s\n", e, data)
	}
	return b.String()
}

// whole reports what is wrong with a design: elements that refer to nothing.
func broken(d *model.Design) string {
	seen := map[model.ID]bool{}
	for _, e := range d.Elements() {
		if seen[e.ElementID()] {
			return fmt.Sprintf("%s is there twice", e.ElementID())
		}
		seen[e.ElementID()] = true
		switch e := e.(type) {
		case *model.Function:
			if e.Role != "" && d.Role(e.Role) == nil {
				return fmt.Sprintf("%s has the role %s, which is not there", e.ID, e.Role)
			}
		case *model.Role:
			for _, id := range e.Policies {
				if d.Policy(id) == nil {
					return fmt.Sprintf("%s has the policy %s, which is not there", e.ID, id)
				}
			}
		case *model.Policy:
			if e.Document != nil && len(e.Document.Statements) == 0 {
				return fmt.Sprintf("%s has no statements", e.ID)
			}
			sids := map[string]bool{}
			if e.Document != nil {
				for _, s := range e.Document.Statements {
					if s.Sid != "" && sids[s.Sid] {
						return fmt.Sprintf("%s has two statements %s", e.ID, s.Sid)
					}
					sids[s.Sid] = true
				}
			}
		case *model.Trigger:
			if d.Element(e.To) == nil {
				return fmt.Sprintf("%s starts %s, which is not there", e.ID, e.To)
			}
		}
	}
	return ""
}

func TestRandomEditsKeepDesignsWhole(t *testing.T) {
	for name, start := range map[string]*model.Design{"declared roles": shop(t), "a role that the transform makes": implicit(t)} {
		t.Run(name, func(t *testing.T) { keepsWhole(t, start) })
	}
}

func keepsWhole(t *testing.T, start *model.Design) {
	before := told(t, start)
	rapid.Check(t, func(rt *rapid.T) {
		h := edit.NewHistory(start)
		for range rapid.IntRange(1, 8).Draw(rt, "edits") {
			e := anyEdit(rt)
			d := h.Design()
			r, err := h.Do(e)
			if err != nil {
				if h.Design() != d {
					rt.Fatalf("%s failed and changed the design", e)
				}
				continue
			}
			if what := broken(r.Design); what != "" {
				rt.Fatalf("after %s (%+v): %s", e, e, what)
			}
			if what := wider(t, d, r, e); what != "" {
				rt.Fatalf("after %s (%+v): %s", e, e, what)
			}
		}
		for h.Undo() {
		}
		if h.Design() != start {
			rt.Fatal("undoing everything is not the first design")
		}
	})
	if told(t, start) != before {
		t.Error("an edit wrote a design that was there before")
	}
}

// wider reports whether an edit that may not widen did, for roles and for the parts of a split.
func wider(t testing.TB, d *model.Design, r *edit.Result, e edit.Edit) string {
	if r.Unproven != "" {
		return ""
	}
	within := func(after, before model.ID) string {
		if v := stackOf(t, r.Design, after).Within(stackOf(t, d, before)); v.Answer != policy.Yes {
			return fmt.Sprintf("%s is allowed more than %s was: %v %s", after, before, v.Answer, v.Why)
		}
		return ""
	}
	switch e := e.(type) {
	case *edit.Tighten, *edit.ReplaceManaged, *edit.OwnRole:
		for _, role := range d.Roles() {
			if what := within(role.ID, role.ID); what != "" {
				return what
			}
		}
	case *edit.Split:
		whole := d.Find(string(e.Function)).(*model.Function)
		triggers := 0
		for _, p := range e.Parts {
			f := r.Design.Function(model.ID("fn/" + p.Name))
			if f == nil {
				return "there is no part " + p.Name
			}
			if what := within(f.Role, whole.Role); what != "" {
				return what
			}
			triggers += len(r.Design.TriggersOf(f.ID))
		}
		if triggers != len(d.TriggersOf(whole.ID)) {
			return fmt.Sprintf("%d triggers became %d", len(d.TriggersOf(whole.ID)), triggers)
		}
	}
	return ""
}
