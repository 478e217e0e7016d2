package edit

import (
	"errors"
	"fmt"

	"bulkhead/model"
)

// Apply marks the resource. No access changes.
func (e *Mark) Apply(d *model.Design) (*Result, error) {
	r, ok := d.Find(string(e.Resource)).(*model.Resource)
	if !ok {
		return nil, fmt.Errorf("there is no resource %s", e.Resource)
	}
	if e.Weight == nil && e.Crown == nil && e.Counted == nil {
		return nil, errors.New("nothing to mark: give weight, crown or counted")
	}
	n := *r
	if e.Weight != nil {
		if !(*e.Weight >= 0 && *e.Weight <= 1000) {
			return nil, fmt.Errorf("a weight is between 0 and 1000, not %g", *e.Weight)
		}
		n.Weight = *e.Weight
	}
	if e.Crown != nil {
		n.Crown = *e.Crown
	}
	if e.Counted != nil {
		n.Marked = *e.Counted
	}
	after, err := d.With(model.Change{Before: r, After: &n})
	if err != nil {
		return nil, err
	}
	return &Result{Design: after}, nil
}

// Apply records the pin. No access changes.
func (e *Pin) Apply(d *model.Design) (*Result, error) {
	h, err := findHolder(d, e.Role)
	if err != nil {
		return nil, err
	}
	role, ok := h.element.(*model.Role)
	if !ok {
		return nil, fmt.Errorf("%s is not a role", e.Role)
	}
	if len(e.Actions) == 0 || len(e.Resources) == 0 {
		return nil, errors.New("a pin needs actions and resources")
	}
	arns, err := targets(d, e.Resources)
	if err != nil {
		return nil, err
	}
	n := *role
	n.Pins = append(role.Pins[:len(role.Pins):len(role.Pins)], model.Pin{Actions: e.Actions, Resources: arns})
	after, err := d.With(model.Change{Before: role, After: &n})
	if err != nil {
		return nil, err
	}
	r := &Result{Design: after}
	q := newQuarry(d, role, role.Policies)
	for _, a := range e.Actions {
		for _, arn := range arns {
			if len(q.sources(a, arn)) == 0 {
				r.Warnings = append(r.Warnings, fmt.Sprintf("%s is not allowed %s on %s: a pin grants nothing", h.name, a, called(d, arn)))
			}
		}
	}
	return r, nil
}

// WithoutMarks is a design without what the architect noted on it and no source holds: weights, crowns and pins are
// those of the design as imported. Patches are made and proven of it.
func WithoutMarks(after, imported *model.Design) (*model.Design, error) {
	var changes []model.Change
	for _, e := range after.Elements() {
		switch e := e.(type) {
		case *model.Resource:
			var was model.Resource
			if r := imported.Resource(e.ID); r != nil {
				was = *r
			}
			if e.Weight != was.Weight || e.Crown != was.Crown || e.Marked != was.Marked {
				n := *e
				n.Weight, n.Crown, n.Marked = was.Weight, was.Crown, was.Marked
				changes = append(changes, model.Change{Before: e, After: &n})
			}
		case *model.Role:
			var was []model.Pin
			if r := imported.Role(e.ID); r != nil {
				was = r.Pins
			}
			if len(e.Pins) != len(was) {
				n := *e
				n.Pins = was
				changes = append(changes, model.Change{Before: e, After: &n})
			}
		}
	}
	if len(changes) == 0 {
		return after, nil
	}
	return after.With(changes...)
}
