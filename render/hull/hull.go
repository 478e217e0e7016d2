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
type Layout struct{}

var _ render.Layout = Layout{}

// Layout places diagrams that were drawn together: scenes of one size, the same element at the same place in each. It
// fails only when ctx is done.
func (Layout) Layout(ctx context.Context, m render.Metrics, diagrams ...*render.Diagram) ([]*render.Scene, error) {
	if len(diagrams) == 0 {
		return nil, nil
	}
	p := newPlan(m, diagrams)
	bodies := make([]*render.Scene, len(diagrams))
	for i := range diagrams {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("lay out the hull: %w", err)
		}
		bodies[i] = p.paint(i)
	}
	return render.Sheets(m, diagrams, bodies), nil
}
