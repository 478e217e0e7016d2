package dot

import (
	"fmt"

	"bulkhead/model"
	"bulkhead/render"
)

// dense is the number of edges beyond which an eye can follow none of them.
const dense = 150

// dense reports whether there are more edges than an eye can follow, spared ones apart.
func (p *plan) dense() bool {
	n := 0
	for _, e := range p.edges {
		if !e.spared && e.kind != render.StartsEdge && e.kind != render.WearsEdge {
			n++
		}
	}
	return n > dense
}

// ways are the edges to draw, nil for all. In a dense graph these are one shortest way from the breach to each thing
// that it reaches, and what starts the functions; the rest would hide them.
func (p *plan) ways(d *render.Diagram) map[*render.Edge]bool {
	if !p.dense() {
		return nil
	}
	return shortest(d)
}

// shortest is one shortest way from the breach to each thing that it reaches, and what starts the functions.
func shortest(d *render.Diagram) map[*render.Edge]bool {
	shown := map[*render.Edge]bool{}
	out := map[model.ID][]*render.Edge{}
	for _, e := range d.Edges {
		if e.Kind == render.StartsEdge || e.Kind == render.WearsEdge {
			shown[e] = true
		}
		if e.Wet {
			out[e.From] = append(out[e.From], e)
		}
	}
	seen := map[model.ID]bool{}
	var queue []model.ID
	for _, n := range d.Nodes {
		if n.State == render.Breached {
			seen[n.ID] = true
			queue = append(queue, n.ID)
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, e := range out[id] {
			if !seen[e.To] {
				seen[e.To], shown[e] = true, true
				queue = append(queue, e.To)
			}
		}
	}
	return shown
}

// leftOut says which edges a dense map leaves out, "" if none.
func (p *plan) leftOut(d *render.Diagram) string {
	shown := p.ways(d)
	if shown == nil || len(shown) == len(d.Edges) {
		return ""
	}
	return fmt.Sprintf("the map shows one shortest way to each thing reached; %d more lines are left out", len(d.Edges)-len(shown))
}
