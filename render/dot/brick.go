package dot

import (
	"cmp"
	"math"
	"slices"
)

// Many compartments of one function each stand in two columns at either side, those of the outer column at the height of the gaps
// in the inner one, as bricks do: their lines run through the gaps, and none behind a tile. What they touch stands between, where
// one column is too low in two that are laid the same way.

const (
	leastBricks = 24   // compartments: fewer face each other in two columns
	mostBrick   = 64.0 // height of one with what starts it
	brickGap    = 16.0 // between two of a column
	thingGap    = 14.0 // between things in two columns
	brickRoom   = 26.0 // between an outer column and what stands inside of it
	fitBrick    = 0.4
)

// A wall of bricks in the making.
type bricks struct {
	*plan
	at   *places
	side map[int]float64    // −1: left, 0: between, 1: right; by node, without what starts them
	port map[int][2]float64 // x at which a node's lines turn, to the left and to the right
}

// bricked is the layout in columns laid as bricks, nil where what stands at the sides is not of one height.
func (p *plan) bricked() *places {
	sides, things := p.stands()
	if len(sides) < leastBricks || slices.ContainsFunc(sides, func(s *stand) bool { return len(s.nodes) != 1 || s.h > mostBrick }) {
		return nil
	}
	p.acquaint(sides, things)
	order(sides, things)
	left, right := share(sides)
	b := &bricks{plan: p, at: &places{nodes: make([]point, len(p.nodes)), clusters: make([]box, len(p.clusters)), edges: make([]route, len(p.edges)), after: map[int]bool{}},
		side: map[int]float64{}, port: map[int][2]float64{}}
	pitch := 0.0
	for _, s := range sides {
		pitch = max(pitch, s.h+brickGap)
	}
	between := [][]*stand{things}
	tall := pitch * (float64(max(len(left), len(right)))/2 + 0.5)
	if height(things, thingRow) > max(tall*1.15, roomHeight*0.6) {
		between = columnsOf(things, left, 2)
	}
	if len(between) == 2 {
		tall = max(tall, (float64(max(len(between[0]), len(between[1])))+0.5)*(things[0].h+thingGap))
	} else {
		tall = max(tall, height(things, thingRow))
	}
	gap := p.gap()
	x := b.lay(left, 0, tall, pitch, -1) + gap
	x = b.between(between, x, tall)
	if len(right) > 0 {
		x = b.lay(right, x+gap, tall, pitch, 1)
	} else {
		x += gap
	}
	b.at.width, b.at.height = x, tall
	p.hide(b.at, sides)
	b.lines()
	p.moor(b.at)
	p.curves(b.at)
	return b.at
}

// lay places the two columns of a side from x on and returns where they end.
func (b *bricks) lay(side []*stand, x, tall, pitch, right float64) float64 {
	var columns [2][]*stand // inner, outer
	for i, s := range side {
		columns[i%2] = append(columns[i%2], s)
	}
	top := (tall - pitch*(float64(len(side))/2+0.5)) / 2
	type column struct{ tiles, starters float64 } // widths
	var wide [2]column
	for k, c := range columns {
		for _, s := range c {
			wide[k].tiles = max(wide[k].tiles, s.w)
			if len(s.starters) > 0 {
				wide[k].starters = max(wide[k].starters, s.outer+starterGap)
			}
		}
	}
	outer := wide[1].tiles + wide[1].starters
	if outer > 0 {
		outer += brickRoom
	}
	width := wide[0].tiles + wide[0].starters + outer
	turn := x + width // where lines turn inward
	if right > 0 {
		turn = x
	}
	for k, c := range columns {
		for i, s := range c {
			y := top + pitch*(float64(i)+0.5+float64(k)/2)
			off := s.w / 2 // from the turn
			if k == 1 {
				off = wide[0].tiles + wide[0].starters + brickRoom + s.w/2
			}
			b.put(s, point{turn + right*off, y}, right)
			b.port[s.nodes[0]] = [2]float64{turn, turn}
		}
	}
	return x + width
}

// put places one compartment, or principal, about a middle, with what starts it at its outer side.
func (b *bricks) put(s *stand, q point, right float64) {
	n := s.nodes[0]
	b.at.nodes[n], b.side[n] = q, right
	for _, c := range s.walls {
		w, h := b.wallSize(c, s.nodes)
		b.at.clusters[c] = box{q.x - w/2, q.y - h/2, w, h}
		margin, header := b.clusters[c].margins()
		b.at.nodes[n].y = q.y + (header-margin)/2
	}
	high := 0.0
	for _, t := range s.starters {
		high += b.nodes[t].h
	}
	y := q.y - high/2
	for _, t := range s.starters {
		b.at.nodes[t] = point{q.x + right*(s.w/2+starterGap+b.nodes[t].w/2), y + b.nodes[t].h/2}
		b.at.after[t] = right > 0
		y += b.nodes[t].h
	}
}

// between places the things in one column or two from x on and returns where they end.
func (b *bricks) between(columns [][]*stand, x, tall float64) float64 {
	begin, end := x, x
	for k, c := range columns {
		_, w := widest(c)
		if k > 0 {
			end += brickRoom
		}
		gap := thingRow
		y := (tall - height(c, gap)) / 2
		if len(columns) > 1 {
			gap = thingGap
			pitch := c[0].h + gap
			y = (tall-pitch*(float64(max(len(columns[0]), len(columns[1])))+0.5))/2 + pitch*float64(k)/2 + gap/2
		}
		for _, s := range c {
			b.at.nodes[s.nodes[0]] = point{end + w/2, y + s.h/2}
			b.side[s.nodes[0]] = 0
			y += s.h + gap
		}
		end += w
	}
	for _, c := range columns {
		for _, s := range c {
			b.port[s.nodes[0]] = [2]float64{begin, end}
		}
	}
	return end
}

// lines leads the edges: from a tile straight to where it turns, over the room between, and straight to the other tile.
func (b *bricks) lines() {
	for i, e := range b.edges {
		from, known := b.side[e.from]
		to, also := b.side[e.to]
		if !known || !also || e.from == e.to || from == 0 && to == 0 {
			continue
		}
		// A line leaves what stands left to the right, and what stands right to the left; a thing towards the other.
		end := func(n int, side, other float64) (tile, turn point) {
			q, w := b.at.nodes[n], b.nodes[n].w/2
			way := cmp.Or(-side, other)
			turn = point{b.port[n][0], q.y}
			if way > 0 {
				turn.x = b.port[n][1]
			}
			return point{q.x + way*w, q.y}, turn
		}
		a, at := end(e.from, from, to)
		z, zt := end(e.to, to, from)
		bend := math.Abs(zt.x-at.x) / 2
		if from == to {
			bend = 40 + min(60, math.Abs(zt.y-at.y)/8)
		}
		way := func(side, other float64) float64 { return cmp.Or(-side, other) }
		c := straight([]point{a}, at)
		c = append(c, point{at.x + way(from, to)*bend, at.y}, point{zt.x + way(to, from)*bend, zt.y}, zt)
		b.at.edges[i].curve = straight(c, z)
		b.at.edges[i].label = along(b.at.edges[i].curve, 0.5)
	}
}

// straight goes on from the end of a curve to a point.
func straight(c []point, to point) []point {
	from := c[len(c)-1]
	if math.Abs(from.x-to.x) < 0.5 && math.Abs(from.y-to.y) < 0.5 {
		return c
	}
	third := point{(to.x - from.x) / 3, (to.y - from.y) / 3}
	return append(c, point{from.x + third.x, from.y + third.y}, point{to.x - third.x, to.y - third.y}, to)
}
