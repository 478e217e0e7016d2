// Package hull lays out a diagram as a ship: compartments are bays between bulkheads, shared things lie in the bilge,
// triggers stand on deck, and the sea is outside.
//
//	Diagrams --plan--> places that hold for all of them --paint--> Scenes, one a diagram
//
// The plan reads only what no breach changes: names, cells, doors, pipes. So a picture stays where it is while one
// breach after the other is shown on it.
package hull

import (
	"context"
	"fmt"

	"bulkhead/render"
)

// Layout is the ship. The zero Layout is ready to use.
type Layout struct {
	// Width and Height are the room that the picture will be seen in, all diagrams one above the other, in points; 0 for
	// a page. The ship is made longer or higher so that it can be shown there as large as may be. What it says and the
	// order of its bays do not depend on it.
	Width, Height float64
}

var _ render.Layout = Layout{}

// Layout places diagrams that were drawn together: scenes of one size, the same element at the same place in each. It
// fails only when ctx is done.
func (l Layout) Layout(ctx context.Context, m render.Metrics, diagrams ...*render.Diagram) ([]*render.Scene, error) {
	if len(diagrams) == 0 {
		return nil, nil
	}
	p := newPlan(m, diagrams, l.room(len(diagrams)))
	bodies := make([]*render.Scene, len(diagrams))
	for i := range diagrams {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("lay out the hull: %w", err)
		}
		bodies[i] = p.paint(i)
	}
	return render.Sheets(m, diagrams, bodies), nil
}
