package edit

import (
	"fmt"

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
	return stack(h.name, documents(d, ids)...)
}

// documents lists the documents of policies that were seen.
func documents(d *model.Design, ids []model.ID) []*policy.Document {
	var out []*policy.Document
	for _, id := range ids {
		if p := d.Policy(id); p != nil && p.Document != nil {
			out = append(out, p.Document)
		}
	}
	return out
}

func stack(name string, docs ...*policy.Document) (*policy.Stack, error) {
	program, err := policy.Compile(catalog.Load(), docs...)
	if err != nil {
		return nil, fmt.Errorf("policies of %s: %w", name, err)
	}
	return &policy.Stack{Identity: program}, nil
}

// narrower proves that after allows nothing that before does not. What comes back first is why that could not be
// proven where the architect confirmed it, "" where it was; a *Refusal is a proof of the contrary, or none of either
// without confirmation.
func narrower(who string, after, before *policy.Stack, confirmed bool) (unproven string, err error) {
	v := after.Within(before)
	switch v.Answer {
	case policy.Yes:
		if v.Note == "" {
			return "", nil
		}
	case policy.No:
		return "", &Refusal{Why: who + " would be allowed something new", Witness: v.Witness}
	case policy.Unknown:
	}
	why := v.Why
	if v.Note != "" {
		why = v.Note
	}
	if why == "" {
		why = "the policies are beyond what the proof decides"
	}
	if !confirmed {
		return "", &Refusal{Why: fmt.Sprintf("whether %s is allowed nothing new is undecided (%s); confirm to go on", who, why), Undecided: true}
	}
	return why, nil
}
