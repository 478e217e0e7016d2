package hull

import "bulkhead/render"

type point struct{ x, y float64 }

func between(a, b point, t float64) point { return point{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }

// A cubic is a Bézier curve whose y grows from p[0] to p[3].
type cubic [4]point

// split cuts the curve at t.
func (c cubic) split(t float64) (upper, lower cubic) {
	a, b, d := between(c[0], c[1], t), between(c[1], c[2], t), between(c[2], c[3], t)
	ab, bd := between(a, b, t), between(b, d, t)
	mid := between(ab, bd, t)
	return cubic{c[0], a, ab, mid}, cubic{mid, bd, d, c[3]}
}

// at is the parameter at which the curve reaches y.
func (c cubic) at(y float64) float64 {
	lo, hi := 0.0, 1.0
	for range 40 {
		mid := (lo + hi) / 2
		if upper, _ := c.split(mid); upper[3].y < y {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// A side of the hull is its line from the deck to the floor of the lowest bays and on to the keel.
type side struct{ upper, lower cubic }

// x is where the side stands at a height.
func (s side) x(y float64) float64 {
	c := s.upper
	if y > c[3].y {
		c = s.lower
	}
	upper, _ := c.split(c.at(y))
	return upper[3].x
}

// piece is the side between two heights within the upper or the lower curve.
func (s side) piece(from, to float64) cubic {
	c := s.upper
	if from >= c[3].y-0.01 {
		c = s.lower
	}
	if from > c[0].y+0.01 {
		_, c = c.split(c.at(from))
	}
	if to < c[3].y-0.01 {
		c, _ = c.split(c.at(to))
	}
	return c
}

// down goes on along the curve from its upper end to its lower.
func (c cubic) down(p render.Path) render.Path {
	return p.Cubic(c[1].x, c[1].y, c[2].x, c[2].y, c[3].x, c[3].y)
}

// up goes on along the curve from its lower end to its upper.
func (c cubic) up(p render.Path) render.Path {
	return p.Cubic(c[2].x, c[2].y, c[1].x, c[1].y, c[0].x, c[0].y)
}

// A shell is the outline of the ship around the bays' box from x0 to x1, deck to floor, and the bilge down to keel.
type shell struct {
	x0, x1            float64 // of the bays' box: no side comes nearer than clear
	deck, floor, keel float64
	stern, bow        side
	left, right       float64 // ends of the flat keel: what lies between them is inside the hull at any height
	tip               point   // of the bow
}

const (
	clear   = 5.0  // between the bays' box and the sides
	bilgeL  = 46.0 // how far the keel starts from the bays' box
	bilgeR  = 92.0
	sternIn = 12.0 // how far the stern leans in
	sheer   = 13.0 // how far the deck rises at the bow
)

func newShell(x0, x1, deck, floor, keel float64) shell {
	s := shell{x0: x0, x1: x1, deck: deck, floor: floor, keel: keel, left: x0 + bilgeL, right: x1 - bilgeR}
	h, hb := floor-deck, keel-floor
	flare := min(max(h*0.36, 46), 92)

	lean := sternIn / h * 1.3
	foot := point{x0 - clear, floor}
	s.stern.upper = cubic{{x0 - clear - sternIn, deck}, {x0 - clear - sternIn + 1, deck + h*0.4}, {foot.x - lean*h*0.3, floor - h*0.3}, foot}
	s.stern.lower = cubic{foot, {foot.x + lean*hb*0.6 + 2, floor + hb*0.6}, {x0 + bilgeL*0.12, keel}, {s.left, keel}}

	rake := flare / h * 1.45
	foot = point{x1 + clear, floor}
	s.tip = point{x1 + clear + flare, deck - sheer}
	s.bow.upper = cubic{s.tip, {x1 + clear + flare*0.84, deck + h*0.34}, {foot.x + rake*h*0.3, floor - h*0.3}, foot}
	s.bow.lower = cubic{foot, {foot.x - rake*hb*0.5, floor + hb*0.5}, {x1 - bilgeR*0.42, keel}, {s.right, keel}}
	return s
}

// outline is the whole hull, clockwise from the stern's deck.
func (s *shell) outline() render.Path {
	p := render.Move(s.stern.upper[0].x, s.deck).Line(s.x1-20, s.deck).
		Cubic(s.x1+(s.tip.x-s.x1)*0.4, s.deck, s.tip.x-(s.tip.x-s.x1)*0.3, s.deck-sheer*0.35, s.tip.x, s.tip.y)
	p = s.bow.upper.down(p)
	p = s.bow.lower.down(p)
	p = p.Line(s.left, s.keel)
	p = s.stern.lower.up(p)
	p = s.stern.upper.up(p)
	return p.Close()
}

// hold is the bilge.
func (s *shell) hold() render.Path {
	p := render.Move(s.x0-clear, s.floor).Line(s.x1+clear, s.floor)
	p = s.bow.lower.down(p)
	p = p.Line(s.left, s.keel)
	p = s.stern.lower.up(p)
	return p.Close()
}
