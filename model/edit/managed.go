package edit

import (
	"fmt"
	"slices"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Apply detaches the managed policy from the role and puts what is needed of it into an inline policy in its place.
func (e *ReplaceManaged) Apply(d *model.Design) (*Result, error) {
	h, err := findHolder(d, e.Role)
	if err != nil {
		return nil, err
	}
	p, err := findPolicy(d, h, model.ID(e.ARN))
	if err != nil {
		return nil, err
	}
	if !p.Managed {
		return nil, fmt.Errorf("%s is an inline policy of %s: tighten its statements", p.Name, h.name)
	}
	role, ok := h.element.(*model.Role)
	if !ok {
		return nil, fmt.Errorf("%s is not a role", e.Role)
	}
	if _, listed := role.Listed[p.ID]; role.Implicit && !listed && executionOnly(p.Name) {
		return nil, fmt.Errorf("%s is attached to every function of its sort by the transform: give the function a role of its own first", p.Name)
	}
	doc, warnings, err := e.document(d, role, p)
	if err != nil {
		return nil, err
	}
	var next []*model.Policy
	for _, id := range role.Policies {
		switch q := d.Policy(id); {
		case q == nil:
		case q != p:
			next = append(next, q)
		case doc != nil:
			name := inlineName(role, p.ID)
			next = append(next, &model.Policy{ID: inlineID(role, name), Name: name, Document: doc, Stack: role.Stack, Origin: p.Origin})
		}
	}
	after, err := withPolicies(d, role, next)
	if err != nil {
		return nil, err
	}
	r, err := proven(d, after, []*holder{h}, e.Confirm)
	if err != nil {
		return nil, err
	}
	r.Warnings = append(warnings, r.Warnings...)
	return r, nil
}

// document is what stands in the place of the managed policy; nil if nothing.
func (e *ReplaceManaged) document(d *model.Design, role *model.Role, p *model.Policy) (*policy.Document, []string, error) {
	if doc := e.With.Document; doc != nil {
		if len(doc.Statements) == 0 {
			return nil, nil, nil
		}
		n := *doc
		n.Statements = nil
		for _, s := range doc.Statements {
			c := *s
			c.Span = p.Origin // not places in the script
			n.Statements = append(n.Statements, &c)
		}
		n.Span = p.Origin
		return &n, nil, nil
	}
	if len(e.With.Accesses) == 0 {
		return nil, nil, nil
	}
	if p.Document == nil {
		return nil, nil, fmt.Errorf("what %s allows is not known: give a whole document", p.Name)
	}
	q := newQuarry(d, role, []model.ID{p.ID})
	var pieces []piece
	var warnings []string
	for _, a := range e.With.Accesses {
		more, err := q.carve(a)
		if err != nil {
			return nil, nil, fmt.Errorf("from %s: %w", p.Name, err)
		}
		pieces = append(pieces, more...)
		warnings = append(warnings, idle(firstOf(role.LogicalID, role.Name), a, more)...)
	}
	statements := q.assemble(pieces, nil)
	return &policy.Document{Version: commonVersion([]string{p.Document.Version}, statements), Statements: statements}, warnings, nil
}

// withPolicies is the design with other policies of a role: new and changed ones are put in, inline ones that it
// no longer has are taken out.
func withPolicies(d *model.Design, role *model.Role, next []*model.Policy) (*model.Design, error) {
	next, listed := renumber(role, next)
	n := *role
	n.Listed = listed
	n.Policies = nil
	final := map[model.ID]bool{}
	changes := []model.Change{{Before: role, After: &n}}
	var puts []model.Change
	for _, p := range next {
		n.Policies = append(n.Policies, p.ID)
		final[p.ID] = true
		if old := d.Policy(p.ID); old == nil {
			puts = append(puts, model.Change{After: p})
		} else if old != p {
			puts = append(puts, model.Change{Before: old, After: p})
		}
	}
	for _, id := range role.Policies {
		p := d.Policy(id)
		if p != nil && !final[id] && !p.Managed && len(holders(d, id)) == 1 {
			changes = append(changes, model.Change{Before: p})
		}
	}
	if slices.Equal(n.Policies, role.Policies) {
		changes = nil
	}
	after, err := d.With(append(changes, puts...)...)
	if err != nil {
		return nil, err
	}
	return sweep(d, after)
}
