package dot

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
)

// TestBricks: however many compartments and things, and whatever starts them, no tile lies on another, no line between a compartment
// and a thing runs behind a third tile, and each ends at the side of its tiles.
func TestBricks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		functions, things := rapid.IntRange(leastBricks, 70).Draw(t, "functions"), rapid.IntRange(1, 70).Draw(t, "things")
		d := large(functions, things, rapid.IntRange(0, 140).Draw(t, "edges"))
		for i := range rapid.IntRange(0, 40).Draw(t, "triggers") {
			id, to := model.ID(fmt.Sprintf("trigger/%d", i)), model.ID(fmt.Sprintf("fn/F%d", i*3%functions))
			d.Nodes = append(d.Nodes, &render.Node{ID: id, Kind: render.TriggerNode, Name: "GET /a/path", Icon: "route"})
			d.Edges = append(d.Edges, &render.Edge{From: id, To: to, Kind: render.StartsEdge})
		}
		p := union(font.Metrics(), []*render.Diagram{d})
		at := p.bricked()
		if at == nil {
			t.Skip("what starts one takes more room than a brick has")
		}
		inside := func(q point, n int, rim float64) bool {
			r := at.nodes[n]
			return math.Abs(q.x-r.x) < p.nodes[n].w/2-rim && math.Abs(q.y-r.y) < p.nodes[n].h/2-rim
		}
		for i, a := range p.nodes {
			q := at.nodes[i]
			if q.x-a.w/2 < -0.1 || q.x+a.w/2 > at.width+0.1 || q.y-a.h/2 < -0.1 || q.y+a.h/2 > at.height+0.1 {
				t.Fatalf("%s stands at %v, outside of %.0f by %.0f", a.id, q, at.width, at.height)
			}
			for j, b := range p.nodes[:i] {
				if r := at.nodes[j]; math.Abs(q.x-r.x) < (a.w+b.w)/2-0.1 && math.Abs(q.y-r.y) < (a.h+b.h)/2-0.1 {
					t.Fatalf("%s lies on %s", a.id, b.id)
				}
			}
		}
		for i, e := range p.edges {
			c := at.edges[i].curve
			if e.kind != render.ActsEdge || p.apart[e.from] || p.apart[e.to] {
				continue
			}
			for _, end := range [...]struct {
				q point
				n int
			}{{c[0], e.from}, {c[len(c)-1], e.to}} {
				if r := at.nodes[end.n]; math.Abs(math.Abs(end.q.x-r.x)-p.nodes[end.n].w/2) > 0.1 || math.Abs(end.q.y-r.y) > 0.1 {
					t.Fatalf("the line from %s to %s ends at %v, not at the side of %s", p.nodes[e.from].id, p.nodes[e.to].id, end.q, p.nodes[end.n].id)
				}
			}
			for k := range 60 {
				q := along(c, float64(k)/60)
				for o := range p.nodes {
					if o != e.from && o != e.to && inside(q, o, 0) {
						t.Fatalf("the line from %s to %s runs behind %s", p.nodes[e.from].id, p.nodes[e.to].id, p.nodes[o].id)
					}
				}
			}
		}
	})
}
