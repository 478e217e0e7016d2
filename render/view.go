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
	Breach     *reach.Breach // nil: none selected, all dry
	Measures   reach.Measures
	Vulnerable bool // fed functions are taken as vulnerable
	Hop        int  // water up to this hop; 0: all
}

// A Compare is two views to be drawn with one ledger and the same places.
type Compare struct {
	Before, After View
	Comparison    *reach.Comparison
}

// Draw returns the diagram of one view.
func Draw(v View) *Diagram { return &Diagram{} }

// Draw returns the diagrams of both, which a Layout must be given together.
func (c Compare) Draw() (before, after *Diagram) { return &Diagram{}, &Diagram{} }
