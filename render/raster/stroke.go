package raster

import "math"

// miterLimit is SVG's default: a sharper corner is cut off.
const miterLimit = 4

// A stroker outlines polylines. It makes an outline of convex pieces that all turn clockwise and share their
// edges, so that coverage takes the union of them, however the line crosses itself.
type stroker struct {
	cover *coverage
	half  float64 // half the width in pixels
	round bool
	dash  polyline
	turns []turn
}

// A turn is the outline at a point of a line: unit normals of the segments before and behind it.
type turn struct {
	p             point
	before, after point
	length        float64 // of the segment behind it
	smooth        bool    // a flattened curve goes on; the outline does so too
	offset        point   // of the left side, where it is smooth
}

// stroke adds the outline of a polyline.
func (s *stroker) stroke(p *polyline, width float64, round bool) {
	s.half, s.round = width/2, round
	for _, part := range p.parts {
		s.line(p.points[part.from:part.to], part.closed)
	}
}

func (s *stroker) line(points []point, closed bool) {
	n := len(points)
	if n == 1 {
		if s.round {
			s.circle(points[0])
		}
		return
	}
	closed = closed && n > 2
	s.turns = s.turns[:0]
	for i, p := range points {
		t := turn{p: p}
		if i < n-1 || closed {
			q := points[0]
			if i < n-1 {
				q = points[i+1]
			}
			t.after, t.length = normal(p, q)
		}
		s.turns = append(s.turns, t)
	}
	last := &s.turns[n-1]
	for i := range s.turns {
		t := &s.turns[i]
		if i > 0 || closed {
			t.before = last.after
			if i < n-1 || closed {
				s.smoothe(t, min(last.length, t.length))
			}
		}
		last = t
	}
	segments := n - 1
	if closed {
		segments = n
	}
	for i := range segments {
		a, b := &s.turns[i], &s.turns[0]
		if i < n-1 {
			b = &s.turns[i+1]
		}
		al, ar := s.sides(a, a.after)
		bl, br := s.sides(b, a.after)
		s.cover.line(al.x, al.y, bl.x, bl.y)
		s.cover.line(br.x, br.y, ar.x, ar.y)
		if !a.smooth {
			s.cover.line(ar.x, ar.y, al.x, al.y)
		}
		if !b.smooth {
			s.cover.line(bl.x, bl.y, br.x, br.y)
		}
	}
	for i := range s.turns {
		t := &s.turns[i]
		if t.smooth || (!closed && (i == 0 || i == n-1)) {
			continue
		}
		s.join(t)
	}
	if !closed && s.round {
		first, last := &s.turns[0], &s.turns[n-1]
		s.fan(first.p, point{-first.after.x, -first.after.y}, first.after)
		s.fan(last.p, last.before, point{-last.before.x, -last.before.y})
	}
}

// smoothe marks a turn that is part of a flattened curve: it turns little, and the segments beside it, of which the
// shorter is given, are long enough for their inner sides not to cross.
func (s *stroker) smoothe(t *turn, short float64) {
	dot := t.before.x*t.after.x + t.before.y*t.after.y
	if dot < 0.8 {
		return
	}
	if d := 2 * s.half; d*d*(1-dot) > short*short*(1+dot) {
		return
	}
	k := s.half / (1 + dot)
	t.smooth, t.offset = true, point{(t.before.x + t.after.x) * k, (t.before.y + t.after.y) * k}
}

// sides are the outline's points left and right of a turn, for the segment with normal m.
func (s *stroker) sides(t *turn, m point) (left, right point) {
	o := t.offset
	if !t.smooth {
		o = point{m.x * s.half, m.y * s.half}
	}
	return point{t.p.x + o.x, t.p.y + o.y}, point{t.p.x - o.x, t.p.y - o.y}
}

// join fills the outer side of a corner.
func (s *stroker) join(t *turn) {
	cross := t.before.x*t.after.y - t.before.y*t.after.x
	a, b := t.before, t.after
	if cross < 0 {
		// The outer side is the right one, where the normals turn back.
		a, b = point{-t.after.x, -t.after.y}, point{-t.before.x, -t.before.y}
	}
	if s.round {
		s.fan(t.p, a, b)
		return
	}
	pa, pb := point{t.p.x + a.x*s.half, t.p.y + a.y*s.half}, point{t.p.x + b.x*s.half, t.p.y + b.y*s.half}
	dot := a.x*b.x + a.y*b.y
	s.cover.line(t.p.x, t.p.y, pa.x, pa.y)
	if 2 <= miterLimit*miterLimit*(1+dot) {
		k := s.half / (1 + dot)
		tip := point{t.p.x + (a.x+b.x)*k, t.p.y + (a.y+b.y)*k}
		s.cover.line(pa.x, pa.y, tip.x, tip.y)
		s.cover.line(tip.x, tip.y, pb.x, pb.y)
	} else {
		s.cover.line(pa.x, pa.y, pb.x, pb.y)
	}
	s.cover.line(pb.x, pb.y, t.p.x, t.p.y)
}

// fan fills the sector from normal a clockwise to normal b.
func (s *stroker) fan(p, a, b point) {
	angle := math.Atan2(b.y, b.x) - math.Atan2(a.y, a.x)
	if angle < -1e-9 {
		angle += 2 * math.Pi
	}
	n := min(64, max(1, int(math.Ceil(angle/(2*math.Acos(1-tolerance/max(s.half, tolerance)))))))
	sin, cos := math.Sincos(angle / float64(n))
	last := point{p.x + a.x*s.half, p.y + a.y*s.half}
	s.cover.line(p.x, p.y, last.x, last.y)
	for i := range n {
		a = point{a.x*cos - a.y*sin, a.x*sin + a.y*cos}
		if i == n-1 {
			a = b
		}
		next := point{p.x + a.x*s.half, p.y + a.y*s.half}
		s.cover.line(last.x, last.y, next.x, next.y)
		last = next
	}
	s.cover.line(last.x, last.y, p.x, p.y)
}

func (s *stroker) circle(p point) {
	s.fan(p, point{0, 1}, point{0, -1})
	s.fan(p, point{0, -1}, point{0, 1})
}

// normal is the unit normal of a segment, to its left with y downward, and the segment's length.
func normal(a, b point) (point, float64) {
	dx, dy := b.x-a.x, b.y-a.y
	l := math.Sqrt(dx*dx + dy*dy)
	return point{dy / l, -dx / l}, l
}

// maxDashes is how many dashes a line may have; where it has more, almost all of them are out of sight.
const maxDashes = 20_000

func (p *polyline) length() float64 {
	sum := 0.0
	for _, part := range p.parts {
		for i := part.from + 1; i < part.to; i++ {
			a, b := p.points[i-1], p.points[i]
			sum += math.Hypot(b.x-a.x, b.y-a.y)
		}
	}
	return sum
}

// dashed cuts a polyline into dashes; lengths in pixels.
func (s *stroker) dashed(p *polyline, dash []float64) *polyline {
	total := 0.0
	for _, d := range dash {
		if d < 0 || math.IsNaN(d) {
			return p
		}
		total += d
	}
	if len(dash) == 0 || total < 0.5 || p.length()/total > maxDashes {
		return p // finer than a picture can show, or more than anyone waits for
	}
	out := &s.dash
	out.points, out.parts = out.points[:0], out.parts[:0]
	for _, part := range p.parts {
		points := p.points[part.from:part.to]
		n := len(points)
		segments := n - 1
		if part.closed && n > 2 {
			segments = n
		}
		i, left := 0, dash[0]
		start := len(out.points)
		add := func(q point) {
			if k := len(out.points); i%2 == 0 && (k == start || !near(out.points[k-1], q)) {
				out.points = append(out.points, q)
			}
		}
		end := func() {
			if len(out.points) > start {
				out.parts = append(out.parts, subpath{start, len(out.points), false})
			}
			start = len(out.points)
		}
		add(points[0])
		for k := range segments {
			a, b := points[k], points[(k+1)%n]
			l, at := math.Hypot(b.x-a.x, b.y-a.y), 0.0
			for at+left < l {
				at += left
				q := point{a.x + (b.x-a.x)*at/l, a.y + (b.y-a.y)*at/l}
				add(q)
				end()
				i++
				left = dash[i%len(dash)]
				add(q)
			}
			left -= l - at
			add(b)
		}
		end()
	}
	return out
}
