package edit

import (
	"errors"
	"fmt"
	"slices"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Apply makes the statement allow less, and proves that the role, and everyone else who has the policy, is
// allowed nothing new.
func (e *Tighten) Apply(d *model.Design) (*Result, error) {
	h, err := findHolder(d, e.Role)
	if err != nil {
		return nil, err
	}
	p, err := findPolicy(d, h, e.Policy)
	if err != nil {
		return nil, err
	}
	role, isRole := h.element.(*model.Role)
	if isAWSManaged(p) && !isRole {
		return nil, fmt.Errorf("%s is AWS's own policy and cannot be edited", p.Name)
	}
	if p.Document == nil {
		return nil, fmt.Errorf("the document of %s was not seen", p.Name)
	}
	i, err := e.Statement.find(p.Document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.ID, err)
	}
	var next []*policy.Statement
	if !e.Drop {
		s, err := e.statement(d, p.Document.Statements[i])
		if err != nil {
			return nil, err
		}
		next = []*policy.Statement{s}
	}
	doc := replaceStatement(p.Document, i, next...)
	owned, of := d, holders(d, p.ID)
	if isRole && (implied(role, p) || isMade(role, p)) {
		if owned, role, err = own(d, role); err != nil {
			return nil, err
		}
	}
	var after *model.Design
	if isAWSManaged(p) { // of this role alone: others keep the policy
		of = []*holder{h}
		after, err = replacedBy(owned, role, p, doc)
	} else {
		after, err = withDocument(owned, p, doc)
	}
	if err != nil {
		return nil, err
	}
	r, err := proven(d, after, of, e.Confirm)
	if err != nil {
		return nil, err
	}
	for _, s := range next {
		if e.Resources != nil && !s.NotAction {
			r.Warnings = append(r.Warnings, idle(h.name, Access{Actions: s.Actions, Resources: e.Resources}, []piece{{Statement: s}})...)
		}
	}
	return r, nil
}

// statement is the tightened statement.
func (e *Tighten) statement(d *model.Design, s *policy.Statement) (*policy.Statement, error) {
	if e.Actions == nil && e.Resources == nil && len(e.Conditions) == 0 {
		return nil, errors.New(`nothing to tighten: give actions, resources, conditions or drop`)
	}
	n := *s
	if e.Actions != nil {
		if len(e.Actions) == 0 {
			return nil, errors.New(`no actions are left: use "drop": true`)
		}
		n.Actions, n.NotAction = slices.Clone(e.Actions), false
	}
	if e.Resources != nil {
		if len(e.Resources) == 0 {
			return nil, errors.New(`no resources are left: use "drop": true`)
		}
		arns, err := targets(d, e.Resources)
		if err != nil {
			return nil, err
		}
		n.Resources, n.NotResource = arns, false
	}
	if len(e.Conditions) > 0 {
		n.Conditions = slices.Clone(e.Conditions)
	}
	if n.Equal(s) {
		return nil, fmt.Errorf("%s says that already", e.Statement)
	}
	return &n, nil
}

// replaceStatement is the document with other statements in the place of one.
func replaceStatement(doc *policy.Document, i int, next ...*policy.Statement) *policy.Document {
	n := *doc
	n.Statements = slices.Concat(doc.Statements[:i], next, doc.Statements[i+1:])
	return &n
}

// withDocument is the design with another document in a policy. A policy without statements is none: it is
// removed wherever it is attached.
func withDocument(d *model.Design, p *model.Policy, doc *policy.Document) (*model.Design, error) {
	if len(doc.Statements) > 0 {
		n := *p
		n.Document = doc
		return d.With(model.Change{Before: p, After: &n})
	}
	for _, e := range d.Elements() {
		if h := holderOf(e); h != nil && h.boundary == p.ID {
			return nil, fmt.Errorf("%s is the permissions boundary of %s: without statements it would allow nothing", p.Name, h.name)
		}
	}
	after := d
	for _, h := range holders(d, p.ID) {
		if role, ok := h.element.(*model.Role); ok {
			var left []*model.Policy
			for _, id := range role.Policies {
				if q := d.Policy(id); q != nil && q != p {
					left = append(left, q)
				}
			}
			var err error
			if after, err = withPolicies(after, role, left); err != nil {
				return nil, err
			}
			continue
		}
		left := slices.DeleteFunc(slices.Clone(h.policies), func(id model.ID) bool { return id == p.ID })
		var err error
		if after, err = after.With(model.Change{Before: h.element, After: h.with(left)}); err != nil {
			return nil, err
		}
	}
	if after.Policy(p.ID) == p { // not taken out with its only role
		return after.With(model.Change{Before: p})
	}
	return after, nil
}

// proven is the result of an edit that must allow no holder anything new. Warnings name what would stop.
func proven(before, after *model.Design, of []*holder, confirmed bool) (*Result, error) {
	r := &Result{Design: after}
	for _, h := range of {
		was, err := identity(before, h)
		if err != nil {
			return nil, err
		}
		n := holderOf(after.Element(h.element.ElementID()))
		is, err := identity(after, n)
		if err != nil {
			return nil, err
		}
		unproven, err := narrower(h.name, is, was, confirmed)
		if err != nil {
			return nil, err
		}
		if unproven != "" {
			r.Unproven = unproven
		}
		r.Warnings = append(r.Warnings, stops(before, after, h, was, is)...)
	}
	if len(of) > 1 {
		names := make([]string, len(of))
		for i, h := range of {
			names[i] = h.name
		}
		r.Warnings = append(r.Warnings, "the policy is attached to "+and(names)+": all of them lose this access")
	}
	return r, nil
}
