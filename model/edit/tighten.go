package edit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Apply makes the statement allow less, and proves that everybody on whose stack the policy lies is allowed
// nothing new.
func (e *Tighten) Apply(d *model.Design) (*Result, error) {
	return e.applyUntil(context.Background(), d)
}

func (e *Tighten) applyUntil(ctx context.Context, d *model.Design) (*Result, error) {
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
	owned, of := d, bearers(d, p.ID)
	if isRole && (implied(role, p) || isMade(role, p)) {
		if owned, role, err = own(d, role); err != nil {
			return nil, err
		}
	}
	var after *model.Design
	if isAWSManaged(p) { // of this role alone: others keep the policy
		of = []*bearer{{holder: h, attached: true}}
		after, err = replacedBy(owned, role, p, doc)
	} else {
		after, err = withDocument(owned, p, doc)
	}
	if err != nil {
		return nil, err
	}
	r, err := proven(ctx, d, after, of, settled(ctx, p.Document, doc), e.Confirm)
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

// settled reports whether a document in the place of another surely allows nobody anything new.
func settled(ctx context.Context, before, after *policy.Document) bool {
	was, err := stack("", before)
	if err != nil {
		return false // whoever has it says so
	}
	is, err := stack("", after)
	if err != nil {
		return false
	}
	v, err := is.WithinUntil(ctx, was)
	return err == nil && v.Answer == policy.Yes && v.Note == ""
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

// proven is the result of an edit that must allow nobody anything new. Warnings name what would stop. settled: what
// changed allows nothing new and denies no less, whatever else lies on a stack.
func proven(ctx context.Context, before, after *model.Design, of []*bearer, settled, confirmed bool) (*Result, error) {
	r := &Result{Design: after}
	p := proving{ctx: ctx}
	for _, b := range of {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		was, err := layers(before, b.holder)
		if err != nil {
			return nil, err
		}
		is, err := layers(after, holderOf(after.Element(b.element.ElementID())))
		if err != nil {
			return nil, err
		}
		if !settled && p.compare(b.holder, is, was) && was.Boundary != nil {
			p.apart(b, is, was)
		}
		lost := stops(before, after, b.holder, was, is)
		r.Warnings, r.Stops = append(r.Warnings, lost...), r.Stops || len(lost) > 0
	}
	var err error
	if r.Unproven, err = p.end(confirmed); err != nil {
		return nil, err
	}
	if len(of) > 1 {
		r.Warnings = append(r.Warnings, "the policy "+lies(of)+": all of them lose this access")
	}
	return r, nil
}

// apart looks at identity policies and boundary by themselves, where together they allow nothing new: a resource policy
// that names a role needs its boundary alone, and who loosens the one later does not look at the other.
func (p *proving) apart(b *bearer, is, was *policy.Stack) {
	for _, layer := range []struct {
		what    string
		is, was *policy.Program
	}{{"identity policies", is.Identity, was.Identity}, {"permissions boundary", is.Boundary, was.Boundary}} {
		v, err := (&policy.Stack{Identity: layer.is}).WithinUntil(p.ctx, &policy.Stack{Identity: layer.was})
		if err != nil {
			return
		}
		if v.Answer != policy.Yes || v.Note != "" {
			p.doubt(b.holder, "its "+layer.what+" alone may allow more")
		}
	}
}

// lies says on whose stack a policy lies: "is attached to A and B, is the permissions boundary of C, and reaches D by
// group G".
func lies(of []*bearer) string {
	var attached, bounds, through []string
	for _, b := range of {
		if b.attached {
			attached = append(attached, b.name)
		}
		if b.bounds {
			bounds = append(bounds, b.name)
		}
		if len(b.through) > 0 {
			through = append(through, fmt.Sprintf("%s (in %s)", b.name, and(b.through)))
		}
	}
	var out []string
	for _, part := range []struct {
		verb string
		who  []string
	}{{"is attached to ", attached}, {"is the permissions boundary of ", bounds}, {"reaches ", through}} {
		if len(part.who) > 0 {
			out = append(out, part.verb+and(part.who))
		}
	}
	return and(out)
}
