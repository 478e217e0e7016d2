package dot

import (
	"cmp"
	"math"
	"slices"

	"bulkhead/render"
)

// A block is what the simple layout stacks: a compartment, or a node outside of them.
type block struct {
	nodes   []int
	cluster int // −1: a single node
	group   int // compartments of one group stay together
	w, h    float64
	want    float64 // height at which its neighbours would have it
}

const (
	columnGap = 110.0
	rowGap    = 12.0
)

// layered is our own layout: what starts functions and who stands ashore, the compartments, and the resources in columns from left to right,
// each as high as its neighbours ask. Edges are plain curves; they may run behind tiles.
func (p *plan) layered() *places {
	at := &places{nodes: make([]point, len(p.nodes)), clusters: make([]box, len(p.clusters)), edges: make([]route, len(p.edges))}
	starts, middle, ends := p.blocks()
	// As wide as high, about.
	area := 0.0
	for _, b := range slices.Concat(starts, middle, ends) {
		area += (b.w + columnGap/2) * (b.h + rowGap)
	}
	tall := max(420, math.Sqrt(area/1.4))

	neighbours := make([][]int, len(p.nodes))
	for _, e := range p.edges {
		neighbours[e.from] = append(neighbours[e.from], e.to)
		neighbours[e.to] = append(neighbours[e.to], e.from)
	}
	sort := func(blocks []block) {
		for i := range blocks {
			sum, n := 0.0, 0
			for _, v := range blocks[i].nodes {
				for _, o := range neighbours[v] {
					if q := at.nodes[o]; q != (point{}) {
						sum, n = sum+q.y, n+1
					}
				}
			}
			blocks[i].want = sum / float64(max(n, 1))
		}
		slices.SortStableFunc(blocks, func(a, b block) int { return cmp.Compare(a.want, b.want) })
	}
	// The middle first, in the order of the design; the others as that asks.
	x0 := 0.0
	wide := p.stack(at, middle, 0, tall)
	sort(starts)
	slices.SortStableFunc(starts, func(a, b block) int { return cmp.Compare(p.inland(a), p.inland(b)) })
	if len(starts) > 0 {
		w := p.stack(at, starts, 0, tall)
		x0 = w + columnGap
		for _, b := range middle {
			p.shift(at, b, x0)
		}
	}
	sort(ends)
	right := x0 + wide
	if len(ends) > 0 {
		if right > 0 {
			right += columnGap
		}
		right += p.stack(at, ends, right, tall)
	}
	at.width = right
	for i, n := range p.nodes {
		at.height = max(at.height, at.nodes[i].y+n.h/2)
	}
	for _, c := range at.clusters {
		at.height = max(at.height, c.y+c.h)
	}
	p.hide(at, nil)
	p.curves(at)
	return at
}

// inland is 0 for somebody from outside, who stands before all others: ways lead on from there.
func (p *plan) inland(b block) int {
	if p.nodes[b.nodes[0]].kind == render.StrangerNode {
		return 0
	}
	return 1
}

func (p *plan) blocks() (starts, middle, ends []block) {
	walls := make([]block, len(p.clusters))
	for i, n := range p.nodes {
		single := block{nodes: []int{i}, cluster: -1, w: n.w, h: n.h}
		switch {
		case n.cluster >= 0:
			b := &walls[n.cluster]
			b.nodes = append(b.nodes, i)
			margin, _ := p.clusters[n.cluster].margins()
			b.w = max(b.w, n.w+2*margin)
			if !p.clusters[n.cluster].bare {
				b.w = max(b.w, p.clusters[n.cluster].header+2*margin)
			}
			b.h += n.h + rowGap
		case n.kind == render.BundleNode:
			middle = append(middle, single)
		case n.kind == render.TriggerNode, n.kind != render.ResourceNode && n.cluster < 0:
			starts = append(starts, single)
		default:
			ends = append(ends, single)
		}
	}
	var bays []block
	for i, b := range walls {
		if len(b.nodes) > 0 {
			b.cluster, b.group = i, p.clusters[i].group
			margin, header := p.clusters[i].margins()
			b.h += header + margin - rowGap
			bays = append(bays, b)
		}
	}
	slices.SortStableFunc(bays, func(a, b block) int { return cmp.Compare(a.group, b.group) })
	return starts, append(bays, middle...), ends
}

// stack puts blocks in columns of about the height given, from x on, and returns the width.
func (p *plan) stack(at *places, blocks []block, x, tall float64) float64 {
	left, y, wide := x, 0.0, 0.0
	sum, most := 0.0, 0.0
	for _, b := range blocks {
		sum, most = sum+b.h+rowGap, max(most, b.h)
	}
	if columns := math.Ceil(sum / tall); columns > 1 {
		tall = min(tall, sum/columns+most) // even ones: no block is left alone
	}
	for _, b := range blocks {
		if y > 0 && y+b.h > tall {
			x, y, wide = x+wide+columnGap/2, 0, 0
		}
		wide = max(wide, b.w)
		if b.cluster < 0 {
			n := p.nodes[b.nodes[0]]
			at.nodes[b.nodes[0]] = point{x + n.w/2, y + n.h/2}
		} else {
			at.clusters[b.cluster] = box{x, y, b.w, b.h}
			margin, header := p.clusters[b.cluster].margins()
			inner := y + header
			for _, i := range b.nodes {
				n := p.nodes[i]
				at.nodes[i] = point{x + margin + n.w/2, inner + n.h/2}
				inner += n.h + rowGap
			}
		}
		y += b.h + rowGap
	}
	return x + wide - left
}

func (p *plan) shift(at *places, b block, dx float64) {
	if b.cluster >= 0 {
		at.clusters[b.cluster].x += dx
	}
	for _, i := range b.nodes {
		at.nodes[i].x += dx
	}
}

// curves draws each edge from a side of its tail to the facing side of its head.
func (p *plan) curves(at *places) {
	for i, e := range p.edges {
		if at.edges[i].curve != nil {
			continue // Graphviz led it
		}
		from, to := p.nodes[e.from], p.nodes[e.to]
		a, b := at.nodes[e.from], at.nodes[e.to]
		bend := max(30, math.Abs(b.x-a.x)/3)
		switch {
		case b.x-to.w/2 > a.x+from.w/2:
			a.x, b.x = a.x+from.w/2, b.x-to.w/2
			bend = min(bend, (b.x-a.x)/2)
			at.edges[i].curve = []point{a, {a.x + bend, a.y}, {b.x - bend, b.y}, b}
		case b.x+to.w/2 < a.x-from.w/2:
			a.x, b.x = a.x-from.w/2, b.x+to.w/2
			bend = min(bend, (a.x-b.x)/2)
			at.edges[i].curve = []point{a, {a.x - bend, a.y}, {b.x + bend, b.y}, b}
		default:
			// One above the other, or an edge to itself: round by the right.
			a.x, b.x = a.x+from.w/2, b.x+to.w/2
			if e.from == e.to {
				a.y, b.y = a.y-8, b.y+8
			}
			out := max(a.x, b.x) + 34
			at.edges[i].curve = []point{a, {out, a.y}, {out, b.y}, b}
		}
		c := at.edges[i].curve
		at.edges[i].label = along(c, 0.5)
	}
}

// along is a point of a route, t from 0 to 1 over its curves.
func along(c []point, t float64) point {
	if len(c) < 4 {
		return point{}
	}
	n := (len(c) - 1) / 3
	k := min(int(t*float64(n)), n-1)
	u := t*float64(n) - float64(k)
	q := c[3*k : 3*k+4]
	v := 1 - u
	k0, k1, k2, k3 := v*v*v, 3*v*v*u, 3*v*u*u, u*u*u
	return point{k0*q[0].x + k1*q[1].x + k2*q[2].x + k3*q[3].x, k0*q[0].y + k1*q[1].y + k2*q[2].y + k3*q[3].y}
}
