package render

import (
	"cmp"
	"strings"

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

	// Focus are the compartments that are drawn, each by its id, its role's or a function's; the others share one bay. nil:
	// all, as far as there is room.
	Focus []model.ID
	Open  []string // bundles that the map shows whole; the others are a node each
	// Stacked: the map of a design of several stacks shows each as a bundle, as that of a large design does anyway.
	Stacked bool
	Known   *Known // what holds of the design whichever breach is shown, where it was asked before
}

// Facts is what a picture asks an analysis.
type Facts interface {
	// Reach is the figures of a function's breach, false where they are not known.
	Reach(from model.ID) (reach.Figures, bool)
	// Touches lists the steps that a function, role or user has of its own; without evidence will do.
	Touches(from model.ID) []reach.Step
	// Counted reports whether a resource is in the ledger.
	Counted(id model.ID) bool
	// Weight is what a counted resource weighs.
	Weight(id model.ID) float64
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
	if both := c.Comparison; both != nil {
		parts = both.Parts
		// Both are to be measured on the one ledger, which the views' own analyses do not know.
		if b.Facts == nil && both.Before != nil {
			b.Facts = analysis{both.Before}
		}
		if a.Facts == nil && both.After != nil {
			a.Facts = analysis{both.After}
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

func (n nothing) Reach(from model.ID) (reach.Figures, bool) {
	if n.v.Breach != nil && n.v.Breach.From == from {
		return n.v.Breach.Reach, true
	}
	return reach.Figures{}, false
}

func (n nothing) Weight(id model.ID) float64 {
	r := n.v.Design.Resource(id)
	switch {
	case r == nil:
		return 0
	case r.Weight > 0:
		return r.Weight
	}
	return cmp.Or(kindOf(r).Weight, 1)
}

func (n nothing) Touches(from model.ID) []reach.Step {
	var out []reach.Step
	if n.v.Breach != nil && n.v.Breach.From == from {
		for _, h := range n.v.Breach.Hits {
			if last := h.Last(); last != nil && h.Hops == 1 {
				s := *last
				s.Capabilities, s.Must = h.Capabilities, h.Must
				out = append(out, s)
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
		return analysis{v.Analysis}
	}
	return nothing{v}
}

// An analysis answers for pictures: they need no evidence, which takes by far the most of the work.
type analysis struct{ *reach.Analysis }

func (a analysis) Touches(from model.ID) []reach.Step { return a.Outline(from) }

// NotSeen lists what no source showed, as people call it.
func (v View) NotSeen() []string { return notSeen(v.facts(), v.Design.Info()) }

func notSeen(f Facts, info model.Info) []string {
	unseen := info.NotSeen
	if f, ok := f.(interface{ NotSeen() []string }); ok {
		unseen = f.NotSeen() // knows of roles whose policies no source showed, too
	}
	var out []string
	for _, s := range unseen {
		out = append(out, strings.NewReplacer("scps", "SCPs", "rcps", "RCPs").Replace(s))
	}
	return out
}
