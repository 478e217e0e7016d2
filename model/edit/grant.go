package edit

import (
	"errors"
	"fmt"
	"slices"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Apply adds a statement to the role's last inline policy, or gives it one.
func (e *Grant) Apply(d *model.Design) (*Result, error) {
	h, err := findHolder(d, e.Role)
	if err != nil {
		return nil, err
	}
	role, ok := h.element.(*model.Role)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s is not a role", e.Role)
	case role.External:
		return nil, fmt.Errorf("%s is not in the source: nothing can be granted to it here", h.name)
	case len(e.Actions) == 0 || len(e.Resources) == 0:
		return nil, errors.New("a grant needs actions and resources")
	}
	arns, err := targets(d, e.Resources)
	if err != nil {
		return nil, err
	}
	s := &policy.Statement{Sid: e.Sid, Actions: slices.Clone(e.Actions), Resources: arns, Conditions: slices.Clone(e.Conditions)}
	after, err := grant(d, role, s)
	if err != nil {
		return nil, err
	}
	was, err := identity(d, h)
	if err != nil {
		return nil, err
	}
	is, err := identity(after, holderOf(after.Element(role.ID)))
	if err != nil {
		return nil, err
	}
	r := &Result{Design: after, Warnings: idle(h.name, e.Access, []piece{{Statement: s}})}
	if v := is.Within(was); v.Answer != policy.Yes {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s is allowed more: %s", h.name, describe(s)))
		r.Widens = true
	}
	return r, nil
}

// grant adds statements to a role.
func grant(d *model.Design, role *model.Role, statements ...*policy.Statement) (*model.Design, error) {
	for i := len(role.Policies) - 1; i >= 0; i-- {
		p := d.Policy(role.Policies[i])
		if p == nil || p.Managed || p.Document == nil || len(bearers(d, p.ID)) > 1 || isTemplate(p) {
			continue
		}
		doc := *p.Document
		doc.Statements = slices.Concat(p.Document.Statements, statements)
		for _, s := range statements {
			if s.Sid != "" && slices.ContainsFunc(p.Document.Statements, func(o *policy.Statement) bool { return o.Sid == s.Sid }) {
				return nil, fmt.Errorf("%s has a statement %s already", p.Name, s.Sid)
			}
		}
		n := *p
		n.Document = &doc
		return d.With(model.Change{Before: p, After: &n})
	}
	name := inlineName(role, "")
	p := newInline(role, name, &policy.Document{Version: "2012-10-17", Statements: statements}, role.Origin)
	n := *role
	n.Policies = append(role.Policies[:len(role.Policies):len(role.Policies)], p.ID)
	return d.With(model.Change{Before: role, After: &n}, model.Change{After: p})
}

// isTemplate reports whether a policy is written as a template's name (SAM): its statements have no places of
// their own, and one more would unfold it.
func isTemplate(p *model.Policy) bool {
	return slices.ContainsFunc(p.Document.Statements, func(s *policy.Statement) bool { return !s.Span.IsZero() && s.Span == p.Origin })
}
