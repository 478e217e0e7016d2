package edit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Apply detaches the managed policy from the role and puts what is needed of it into an inline policy in its place. A
// role that the transform makes, and attaches the policy to by itself, becomes one of its own by that.
func (e *ReplaceManaged) Apply(d *model.Design) (*Result, error) {
	return e.applyUntil(context.Background(), d)
}

func (e *ReplaceManaged) applyUntil(ctx context.Context, d *model.Design) (*Result, error) {
	h, err := findHolder(d, e.Role)
	if err != nil {
		return nil, err
	}
	p, err := findPolicy(d, h, model.ID(e.ARN))
	if err != nil {
		return nil, err
	}
	role, ok := h.element.(*model.Role)
	switch {
	case !p.Managed:
		return nil, fmt.Errorf("%s is an inline policy of %s: tighten its statements", p.Name, h.name)
	case !ok:
		return nil, fmt.Errorf("%s is not a role", e.Role)
	case e.Needs && (e.With.Document != nil || len(e.With.Accesses) > 0):
		return nil, errors.New("with says what stands in its place, so does needs: give one of them")
	}
	owned := d
	if implied(role, p) {
		if owned, role, err = own(d, role); err != nil {
			return nil, err
		}
	}
	after, warnings, err := e.replace(owned, role, p)
	if err != nil {
		return nil, err
	}
	r, err := proven(ctx, d, after, []*bearer{{holder: h, attached: true}}, false, e.Confirm)
	if err != nil {
		return nil, err
	}
	r.Warnings = append(warnings, r.Warnings...)
	return r, nil
}

// replace is the design with something else in the place of the managed policy.
func (e *ReplaceManaged) replace(d *model.Design, role *model.Role, p *model.Policy) (*model.Design, []string, error) {
	if doc := e.With.Document; doc != nil {
		n := *doc
		n.Statements, n.Span = nil, p.Origin
		for _, s := range doc.Statements {
			c := *s
			c.Span = p.Origin // not places in the script
			n.Statements = append(n.Statements, &c)
		}
		after, err := replacedBy(d, role, p, &n)
		return after, nil, err
	}
	if p.Document == nil && (e.Needs || len(e.With.Accesses) > 0) {
		return nil, nil, fmt.Errorf("what %s allows is not known: give a whole document", p.Name)
	}
	part := &neededPart{quarry: newQuarry(d, role, []model.ID{p.ID}), of: []model.ID{p.ID}}
	if e.Needs {
		if part = needed(d, role, []model.ID{p.ID}, except(role.Policies, []model.ID{p.ID})); len(part.of) == 0 {
			return nil, nil, fmt.Errorf("all of %s is needed as it is: there is nothing to take away", p.Name)
		}
	}
	for _, a := range e.With.Accesses {
		pieces, err := part.carve(d, role, a)
		if err != nil {
			return nil, nil, fmt.Errorf("from %s: %w", p.Name, err)
		}
		part.add(pieces...)
		part.warnings = append(part.warnings, idle(firstOf(role.LogicalID, role.Name), a, pieces)...)
	}
	after, err := part.instead(d, role)
	return after, part.warnings, err
}

// replacedBy is the design in which the role has a document inline in the place of a policy; one without statements is
// none.
func replacedBy(d *model.Design, role *model.Role, p *model.Policy, doc *policy.Document) (*model.Design, error) {
	var next []*model.Policy
	for _, id := range role.Policies {
		switch q := d.Policy(id); {
		case q == nil:
		case q != p:
			next = append(next, q)
		case len(doc.Statements) > 0:
			next = append(next, inlined(role, p, doc))
		}
	}
	return withPolicies(d, role, next)
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
