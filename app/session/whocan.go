package session

import (
	"context"
	"slices"

	"bulkhead/model"
	"bulkhead/model/reach"
)

// A WhoAnswer is who can do an action on a resource, as people are told it.
type WhoAnswer struct {
	Question *reach.Question
	Direct   []Able
	ByPath   []Able
	Folded   []reach.Administrator // known administrators among them, told in one line
	Barred   []model.ID            // allowed, but kept out by the key that encrypts the resource
}

// An Able is one of those who can.
type Able struct {
	reach.Who
	As model.ID // of a function, the role by which it can, which is not told again; "" where it is told by itself
}

// WhoCan asks an analysis who can do an action on a resource. What cannot be asked is an error that says why.
func WhoCan(ctx context.Context, a *reach.Analysis, action, resource string) (*WhoAnswer, error) {
	q, err := a.Question(action, resource)
	if err != nil {
		return nil, err
	}
	found, barred, err := a.Answer(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &WhoAnswer{Question: q, Barred: barred}
	out.Folded = reach.Fold(a.Administrators(), func(id model.ID) bool {
		return slices.ContainsFunc(found, func(w reach.Who) bool { return w.Principal == id })
	})
	found = slices.DeleteFunc(found, func(w reach.Who) bool { return reach.WhyKnown(out.Folded, w.Principal) != "" })
	for _, x := range Ables(a.Design(), found) {
		if len(x.Path) == 0 {
			out.Direct = append(out.Direct, x)
		} else {
			out.ByPath = append(out.ByPath, x)
		}
	}
	return out, nil
}

// Ables leaves out roles beside functions that may the same by them, and says so of these.
func Ables(d *model.Design, found []reach.Who) []Able {
	at := map[model.ID]int{}
	for i, w := range found {
		at[w.Principal] = i
	}
	as, told := map[model.ID]model.ID{}, map[model.ID]bool{}
	for _, w := range found {
		f := d.Function(w.Principal)
		if f == nil {
			continue
		}
		if i, ok := at[f.Role]; ok && alike(w, found[i]) {
			as[f.ID], told[f.Role] = f.Role, true
		}
	}
	var out []Able
	for _, w := range found {
		if !told[w.Principal] {
			out = append(out, Able{w, as[w.Principal]})
		}
	}
	return out
}

// alike reports whether two may the same, by the same statements.
func alike(x, y reach.Who) bool {
	return x.Part == y.Part && x.Certainty == y.Certainty && slices.Equal(x.Actions, y.Actions) && SameStatements(x.Evidence, y.Evidence) &&
		slices.EqualFunc(x.Path, y.Path, func(p, q *reach.Step) bool { return p.To == q.To && SameStatements(p.Evidence, q.Evidence) })
}

// SameStatements reports whether evidence is the same statements, whoever has them.
func SameStatements(x, y []reach.Evidence) bool {
	return slices.EqualFunc(x, y, func(a, b reach.Evidence) bool {
		return a.Policy == b.Policy && a.Layer == b.Layer && a.Statement == b.Statement
	})
}

// Grounds are the steps by which one can, each with its statements, the last of them its own doing; key is why it may use the key
// that encrypts the resource, nil where it takes none or the same statement says so.
func (x Able) Grounds() (steps []*reach.Step, key []reach.Evidence) {
	steps = slices.Clone(x.Path)
	last := &reach.Step{Kind: reach.Acts, Evidence: x.Evidence, Assumed: x.Assumed, Certainty: x.Certainty, Note: x.Note}
	if n := len(steps); n == 0 || !SameStatements(steps[n-1].Grounds(), last.Grounds()) {
		steps = append(steps, last)
	}
	if !SameStatements(x.Key, last.Grounds()) {
		key = x.Key
	}
	return steps, key
}
