package edit

import (
	"context"
	"fmt"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// identity compiles the identity policies of a holder, those of a user's groups included. Policies that were not
// seen are left out: they are the same before and after.
func identity(d *model.Design, h *holder) (*policy.Stack, error) {
	ids := h.policies
	if p, ok := h.element.(*model.Principal); ok {
		for _, g := range p.Groups {
			if group := d.Principal(g); group != nil {
				ids = append(ids[:len(ids):len(ids)], group.Policies...)
			}
		}
	}
	return stack(h.name, d.Documents(ids)...)
}

func stack(name string, docs ...*policy.Document) (*policy.Stack, error) {
	program, err := policy.Compile(catalog.Load(), docs...)
	if err != nil {
		return nil, fmt.Errorf("policies of %s: %w", name, err)
	}
	return &policy.Stack{Identity: program}, nil
}

// layers compiles what limits a holder's requests of its own: its identity policies within its boundary.
func layers(d *model.Design, h *holder) (*policy.Stack, error) {
	s, err := identity(d, h)
	if err != nil {
		return nil, err
	}
	for _, doc := range d.Documents([]model.ID{h.boundary}) {
		bound, err := stack(h.name, doc)
		if err != nil {
			return nil, err
		}
		s.Boundary = bound.Identity
	}
	return s, nil
}

// A proving collects what is found out of one principal after the other: that one gains something outweighs that of
// another it is not known.
type proving struct {
	ctx       context.Context // of who waits for it
	refusal   *Refusal        // a proof of the contrary
	undecided string          // of whom it is not known, and why
	unproven  string          // the same in brief
}

// compare looks whether after allows somebody what before does not, and reports whether it surely does not.
func (p *proving) compare(h *holder, after, before *policy.Stack) bool {
	v, err := after.WithinUntil(p.ctx, before)
	if err != nil {
		return false // and nobody asks for the rest
	}
	switch v.Answer {
	case policy.Yes:
		if v.Note == "" {
			return true
		}
	case policy.No:
		if p.refusal == nil {
			p.refusal = &Refusal{Why: h.name + " would be allowed something new", Witness: inPerson(v.Witness, h.arn, after, before)}
		}
		return false
	case policy.Unknown:
	}
	p.doubt(h, firstOf(v.Note, v.Why, "the policies are beyond what the proof decides"))
	return false
}

// doubt notes why it is not known whether somebody gains something.
func (p *proving) doubt(h *holder, why string) {
	if p.undecided == "" {
		p.undecided, p.unproven = fmt.Sprintf("whether %s is allowed nothing new is undecided (%s); confirm to go on", h.name, why), h.name+": "+why
	}
}

// join takes what another found out, as far as nothing was before.
func (p *proving) join(o proving) {
	if p.refusal == nil {
		p.refusal = o.refusal
	}
	if p.undecided == "" {
		p.undecided, p.unproven = o.undecided, o.unproven
	}
}

// end is why nothing new could not be proven where the architect confirmed it, "" where it was; a *Refusal is a proof
// of the contrary, or none of either without confirmation.
func (p *proving) end(confirmed bool) (unproven string, err error) {
	switch {
	case p.refusal != nil:
		return "", p.refusal
	case p.undecided != "" && !confirmed:
		return "", &Refusal{Why: p.undecided, Undecided: true}
	}
	return p.unproven, nil
}

// inPerson is a witness as a request of somebody, if it shows the same.
func inPerson(w *policy.Request, arn string, after, before *policy.Stack) *policy.Request {
	if w == nil || len(strings.SplitN(arn, ":", 6)) < 6 {
		return w
	}
	r := w.As(arn)
	if after.Evaluate(r).Outcome == policy.Allowed && before.Evaluate(r).Outcome != policy.Allowed {
		return &r
	}
	return w
}
