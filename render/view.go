package render

import (
	"bulkhead/model"
	"bulkhead/model/reach"
)

// A View is one design with the breach to show on it.
type View struct {
	Title      string
	Design     *model.Design
	Analysis   *reach.Analysis
	Facts      Facts         // asked instead of Analysis where not nil
	Breach     *reach.Breach // nil: none selected, all dry
	Measures   reach.Measures
	Vulnerable bool // fed functions are taken as vulnerable
	Hop        int  // water up to this hop; 0: all
}

// Facts is what a picture asks an analysis; *reach.Analysis answers.
type Facts interface {
	// Breach is what code execution in a function, or the credentials of a role or user, reaches; nil for others.
	Breach(from model.ID) *reach.Breach
	// Touches lists the steps that a function, role or user has of its own.
	Touches(from model.ID) []reach.Step
	// Counted reports whether a resource is in the ledger.
	Counted(id model.ID) bool
}

// A Compare is two views to be drawn with one ledger and the same places.
type Compare struct {
	Before, After View
	Comparison    *reach.Comparison // may be nil: then a part is known by the origin that it shares with its whole
}

// Draw returns the diagram of one view. Without an analysis it shows what the design and the breach tell.
func Draw(v View) *Diagram {
	return draw([]View{v}, nil)[0]
}

// Draw returns the diagrams of both, which a Layout must be given together.
func (c Compare) Draw() (before, after *Diagram) {
	b, a := c.Before, c.After
	var parts map[model.ID][]model.ID
	if cmp := c.Comparison; cmp != nil {
		parts = cmp.Parts
		// Both are to be measured on the one ledger, which the views' own analyses do not know.
		if b.Facts == nil && cmp.Before != nil {
			b.Facts = cmp.Before
		}
		if a.Facts == nil && cmp.After != nil {
			a.Facts = cmp.After
		}
	}
	if b.Title == "" {
		b.Title = "Before"
	}
	if a.Title == "" {
		a.Title = "After"
	}
	d := draw([]View{b, a}, parts)
	return d[0], d[1]
}

// nothing are the facts where there is no analysis: the breach that is shown, and guesses by type.
type nothing struct{ v View }

func (n nothing) Breach(from model.ID) *reach.Breach {
	if n.v.Breach != nil && n.v.Breach.From == from {
		return n.v.Breach
	}
	return nil
}

func (n nothing) Touches(from model.ID) []reach.Step {
	var out []reach.Step
	if n.v.Breach != nil && n.v.Breach.From == from {
		for _, h := range n.v.Breach.Hits {
			if len(h.Path) == 1 {
				out = append(out, h.Path[0])
			}
		}
	}
	return out
}

func (n nothing) Counted(id model.ID) bool {
	if n.v.Breach != nil {
		for _, h := range n.v.Breach.Hits {
			if h.Target == id {
				return h.Counted
			}
		}
	}
	r := n.v.Design.Resource(id)
	return r != nil && (r.Marked || r.Crown || kindOf(r).Counted)
}

func (v View) facts() Facts {
	switch {
	case v.Facts != nil:
		return v.Facts
	case v.Analysis != nil:
		return v.Analysis
	}
	return nothing{v}
}
