package hull

import (
	"cmp"
	"math"
	"slices"

	"bulkhead/model"
	"bulkhead/render"
)

// A bilge is the place of what is shared, and of the pipes that lead to it.
type bilge struct {
	tiles []model.ID
	want  map[model.ID]float64 // where along the ship each would best stand, in cells
	least float64              // width
	rows  int
	more  int // that have no place of their own: the last tile stands for them and itself
	pipes map[pipeKey]*run
	lanes int
	first float64 // y of the first lane
}

// A pipeKey tells pipes apart: that of a whole from that of the part which kept its role.
type pipeKey struct {
	bay, tile   model.ID
	first, span int // cells of the bay
}

// pipeOf is the key of a diagram's pipe; false where its bay is not drawn.
func (p *plan) pipeOf(d *render.Diagram, pipe *render.Pipe) (pipeKey, *render.Compartment, bool) {
	c := p.bay(d, pipe.Bay)
	if c == nil {
		return pipeKey{}, nil, false
	}
	return pipeKey{pipe.Bay, pipe.Tile, c.Cell, c.Span}, c, true
}

// A run is the way of a pipe from the floor of a bay to a thing.
type run struct {
	port   float64 // x on the floor
	points []point
}

const (
	maxPipes  = 64
	maxPiped  = 14
	bilgeGap  = 26.0 // between columns of tiles where pipes lead past them
	portStep  = 13.0
	entryEdge = 11.0 // of a tile, where a pipe that comes from the side enters
)

// fewPipes reports whether the pipes can be drawn so that an eye can follow them.
func (p *plan) fewPipes() bool {
	keys, piped := map[pipeKey]bool{}, map[model.ID]bool{}
	for _, d := range p.diagrams {
		for _, pipe := range d.Pipes {
			k, _, _ := p.pipeOf(d, pipe)
			keys[k] = true
			piped[pipe.Tile] = true
		}
	}
	return len(keys) <= maxPipes && len(piped) <= maxPiped
}

// newBilge collects what lies in the bilge of any diagram and the width that it needs.
func (p *plan) newBilge() bilge {
	b := bilge{want: map[model.ID]float64{}, pipes: map[pipeKey]*run{}}
	for _, d := range p.diagrams {
		for _, t := range d.Bilge {
			if !slices.Contains(b.tiles, t.ID) {
				b.tiles = append(b.tiles, t.ID)
			}
		}
	}
	if len(b.tiles) > maxBilge {
		b.more = len(b.tiles) - maxBilge + 1
		for _, id := range b.tiles[maxBilge-1:] {
			p.hidden[id] = true
		}
		b.tiles = b.tiles[:maxBilge]
	}
	middle, n := map[model.ID]float64{}, map[model.ID]float64{}
	for _, d := range p.diagrams {
		for _, pipe := range d.Pipes {
			if c := p.bay(d, pipe.Bay); c != nil {
				middle[pipe.Tile] += float64(c.Cell) + float64(c.Span)/2
				n[pipe.Tile]++
			}
		}
	}
	for _, id := range b.tiles {
		b.want[id] = math.Inf(1) // what none touches stands last
		if n[id] > 0 {
			b.want[id] = middle[id] / n[id]
		}
	}
	most := 3
	if p.decks {
		most = 4
	}
	cols := (len(b.tiles) + most - 1) / most
	b.least = min(float64(cols)*(p.bilgeW+bilgeGap)+bilgeGap, maxWide)
	return b
}

// fill places the tiles of the bilge between x0 and x1 and leads the pipes to them. It returns the keel's y.
func (p *plan) fill(x0, x1, floor float64) float64 {
	b := &p.bilge
	left, right := x0+bilgeL-14, x1-bilgeR+30
	if len(b.tiles) == 0 {
		return floor + 36
	}
	gap := tileGapX + 5
	room := func(gap float64) int { return max(1, int((right-left+gap)/(p.bilgeW+gap))) }
	cols := room(gap)
	b.rows = (len(b.tiles) + cols - 1) / cols
	if b.rows > 1 {
		if p.lines {
			gap = bilgeGap
			left, right = x0+bilgeL+gap/2, x1-bilgeR+10
		} else {
			left, right = x0+bilgeL-4, x1-bilgeR+14
		}
		cols = room(gap)
		b.rows = (len(b.tiles) + cols - 1) / cols
	}
	// Across, in rows: first where each wants to stand, then pushed apart. What is most shared comes first in the list,
	// so the upper row holds it.
	centre := func(id model.ID) float64 {
		want := b.want[id]
		if math.IsInf(want, 1) || p.decks {
			return want
		}
		i := min(int(want), len(p.cells)-1)
		return p.cells[i].x + p.cells[i].w*(want-float64(i))
	}
	for r := range b.rows {
		line := slices.Clone(b.tiles[r*cols : min((r+1)*cols, len(b.tiles))])
		if !p.decks {
			slices.SortStableFunc(line, func(a, b model.ID) int { return cmp.Compare(centre(a), centre(b)) })
		}
		for i, id := range line {
			at := box{x: left + float64(i)*(p.bilgeW+gap), y: float64(r), w: p.bilgeW, h: tileH}
			p.tileAt[id] = at
		}
		if b.rows == 1 && !p.decks {
			p.loosen(line, centre, left, right, gap)
		}
	}
	top := floor + 17
	if p.lines {
		p.port()
		p.lead(gap)
		top = floor + 14
		if len(b.pipes) > 0 {
			top = floor + 17 + float64(max(b.lanes, 1))*pipeH + 6
		}
	}
	for id, at := range p.tileAt {
		if slices.Contains(b.tiles, id) {
			at.y = top + at.y*(tileH+tileGapY)
			p.tileAt[id] = at
		}
	}
	if p.lines {
		p.route(floor, gap)
	}
	return top + float64(b.rows)*(tileH+tileGapY) - tileGapY + 17
}

// loosen moves the tiles of one row to where they want to stand, in order and without overlap.
func (p *plan) loosen(line []model.ID, want func(model.ID) float64, left, right, gap float64) {
	step := p.bilgeW + gap
	x := make([]float64, len(line))
	for i, id := range line {
		w := want(id) - p.bilgeW/2
		if math.IsInf(w, 1) {
			w = left
			if i > 0 {
				w = x[i-1] + step
			}
		}
		x[i] = max(w, left)
		if i > 0 {
			x[i] = max(x[i], x[i-1]+step)
		}
	}
	// Back from the right end: what was pushed out comes in again.
	limit := right - p.bilgeW
	for i := len(x) - 1; i >= 0; i-- {
		x[i] = min(x[i], limit)
		limit = x[i] - step
	}
	for i, id := range line {
		at := p.tileAt[id]
		at.x = math.Round(x[i])
		p.tileAt[id] = at
	}
}

// port gives each pipe its place on the floor of its bay: below the bay and as near to its thing as that allows.
func (p *plan) port() {
	type wish struct {
		key pipeKey
		x   float64
	}
	type place struct {
		bay         model.ID
		first, span int
	}
	spans := map[place]box{}
	wishes := map[place][]wish{}
	var order []place
	for _, d := range p.diagrams {
		for _, pipe := range d.Pipes {
			k, c, drawn := p.pipeOf(d, pipe)
			at, ok := p.tileAt[pipe.Tile]
			if !ok || !drawn || p.bilge.pipes[k] != nil || !slices.Contains(p.bilge.tiles, pipe.Tile) || p.hidden[pipe.Tile] {
				continue
			}
			here := place{k.bay, k.first, k.span}
			if _, seen := spans[here]; !seen {
				order = append(order, here)
				spans[here] = p.span(c)
			}
			p.bilge.pipes[k] = &run{}
			wishes[here] = append(wishes[here], wish{key: k, x: at.midX()})
		}
	}
	for _, here := range order {
		ws, s := wishes[here], spans[here]
		slices.SortStableFunc(ws, func(a, b wish) int { return cmp.Compare(a.x, b.x) })
		lo, hi := s.x+14, s.x+s.w-14
		step := portStep
		if n := float64(len(ws) - 1); n > 0 {
			step = min(step, (hi-lo)/n)
		}
		for i := range ws {
			ws[i].x = min(max(ws[i].x, lo), hi)
			if i > 0 {
				ws[i].x = max(ws[i].x, ws[i-1].x+step)
			}
		}
		for i, limit := len(ws)-1, hi; i >= 0; i-- {
			ws[i].x = min(ws[i].x, limit)
			limit = ws[i].x - step
			p.bilge.pipes[ws[i].key].port = ws[i].x
		}
	}
}

// straight reports whether a pipe falls right onto its thing.
func (p *plan) straight(r *run, at box, line int) bool {
	return line == 0 && r.port >= at.x+entryEdge/2 && r.port <= at.x+at.w-entryEdge/2
}

// entry is where a pipe that comes along a lane goes down to its thing: into one that falls straight, where one is near.
func (p *plan) entry(id model.ID, r *run, at box, line int, gap float64) float64 {
	if line > 0 { // down the gap beside the column, the rows side by side in it
		return at.x - gap + 6 + float64(line-1)*min(6, (gap-12)/float64(max(1, p.bilge.rows-2)))
	}
	e := at.x + entryEdge
	if r.port > at.midX() {
		e = at.x + at.w - entryEdge
	}
	best := e
	for k, other := range p.bilge.pipes {
		if k.tile != id || !p.straight(other, at, line) {
			continue
		}
		if d := math.Abs(other.port - e); d < entryEdge && (best == e || d < math.Abs(best-e) || (d == math.Abs(best-e) && other.port < best)) {
			best = other.port
		}
	}
	return best
}

// lead shares out the lanes: things whose pipes would meet have different ones.
func (p *plan) lead(gap float64) {
	b := &p.bilge
	type reach struct {
		id     model.ID
		lo, hi float64
	}
	var reaches []reach
	for _, id := range b.tiles {
		at, ok := p.tileAt[id]
		if !ok {
			continue
		}
		r := reach{id, math.Inf(1), math.Inf(-1)}
		for k, pipe := range b.pipes {
			if k.tile != id || p.straight(pipe, at, int(at.y)) {
				continue
			}
			e := p.entry(id, pipe, at, int(at.y), gap)
			r.lo, r.hi = min(r.lo, pipe.port, e), max(r.hi, pipe.port, e)
		}
		if r.lo <= r.hi {
			reaches = append(reaches, r)
		}
	}
	slices.SortStableFunc(reaches, func(a, b reach) int { return cmp.Compare(a.lo, b.lo) })
	var ends []float64
	for _, r := range reaches {
		lane := -1
		for i, end := range ends {
			if end+12 < r.lo {
				lane = i
				break
			}
		}
		if lane < 0 {
			lane = len(ends)
			ends = append(ends, 0)
		}
		ends[lane] = r.hi
		for k, pipe := range b.pipes {
			if k.tile == r.id {
				pipe.points = []point{{y: float64(lane)}} // its height, until the pipe is led
			}
		}
	}
	b.lanes = len(ends)
}

// route sets the corners of each pipe.
func (p *plan) route(floor, gap float64) {
	b := &p.bilge
	first := floor + 15
	top := math.Inf(1)
	for _, id := range b.tiles {
		top = min(top, p.tileAt[id].y)
	}
	for k, r := range b.pipes {
		at := p.tileAt[k.tile]
		line := int(math.Round((at.y - top) / (tileH + tileGapY)))
		lane := 0.0
		if len(r.points) > 0 {
			lane = r.points[0].y
		}
		y := first + lane*pipeH
		if p.straight(r, at, line) {
			r.points = []point{{r.port, floor}, {r.port, at.y}}
			continue
		}
		e := p.entry(k.tile, r, at, line, gap)
		r.points = []point{{r.port, floor}, {r.port, y}, {e, y}}
		if line > 0 {
			r.points = append(r.points, point{e, at.midY()}, point{at.x, at.midY()})
		} else {
			r.points = append(r.points, point{e, at.y})
		}
	}
}
