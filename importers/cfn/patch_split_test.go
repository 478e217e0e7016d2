package cfn

import (
	"context"
	"os"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
)

// halves splits a function into two: the first half of its triggers, variables and statements goes to a new part.
func halves(d *model.Design, f *model.Function, keeps bool) *edit.Split {
	first := edit.Part{Name: f.LogicalID + "First", Handler: "first.handler"}
	second := edit.Part{Name: f.LogicalID, Keeps: keeps}
	if !keeps {
		second = edit.Part{Name: f.LogicalID + "Second", Handler: "second.handler"}
	}
	s := &edit.Split{Function: f.ID, Confirm: true}
	if !keeps {
		s.Repoint = second.Name
	}
	half := func(i, n int) *edit.Part {
		if i < (n+1)/2 {
			return &first
		}
		return &second
	}
	ts := d.TriggersOf(f.ID)
	for i, t := range ts {
		p := half(i, len(ts))
		p.Triggers = append(p.Triggers, string(t.ID))
	}
	for i, v := range f.Environment {
		p := half(i, len(f.Environment))
		p.Environment = append(p.Environment, v.Name)
		if other := &second; !f.Origin.Contains(v.Origin) { // of Globals: every function has it
			if p == other {
				other = &first
			}
			other.Environment = append(other.Environment, v.Name)
		}
	}
	role := d.Role(f.Role)
	if role == nil {
		return nil
	}
	var grants []edit.Access
	for _, id := range role.Policies {
		p := d.Policy(id)
		if p == nil || p.Document == nil || p.Managed {
			continue
		}
		for _, st := range p.Document.Statements {
			if st.Effect == 0 && !st.NotAction && !st.NotResource && len(st.Resources) > 0 {
				grants = append(grants, edit.Access{Actions: st.Actions, Resources: st.Resources[:1]})
			}
		}
	}
	for i, g := range grants {
		p := half(i, len(grants))
		p.Grants = append(p.Grants, g)
	}
	s.Parts = []edit.Part{first, second}
	return s
}

func TestSplitCorpus(t *testing.T) {
	done, refused, unsplit := 0, 0, 0
	for _, file := range inputs(t) {
		if strings.Contains(file, "/error_") {
			continue
		}
		in := tryOpen(t, file)
		if in == nil {
			continue
		}
		n := 0
		for _, f := range in.Design.Functions() {
			for _, keeps := range []bool{true, false} {
				s := halves(in.Design, f, keeps)
				if s == nil || n > 20 {
					continue
				}
				n++
				r, err := s.Apply(in.Design)
				if err != nil {
					unsplit++
					if os.Getenv("SHOW") == "edit" {
						t.Logf("EDIT %s: %s: %v", file, f.ID, err)
					}
					continue
				}
				edits, err := in.Source.(importers.Patcher).Patch(in, r.Design)
				if err != nil {
					refused++
					t.Logf("REFUSED %s: %s: %v", file, f.ID, err)
					continue
				}
				if _, err := importers.Prove(context.Background(), in, r.Design, edits); err != nil {
					files, ferr := in.Files.Apply(edits)
					t.Errorf("%s: %s: %v\n%v%s", file, f.ID, err, ferr, importers.UnifiedDiff(in.Files, files))
					continue
				}
				done++
				if os.Getenv("SHOW") == "diff" {
					files, _ := in.Files.Apply(edits)
					t.Logf("DIFF %s %s\n%s", file, f.ID, importers.UnifiedDiff(in.Files, files))
				}
			}
		}
	}
	t.Logf("%d splits proven, %d refused by the patch, %d by the edit", done, refused, unsplit)
}
