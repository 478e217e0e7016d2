package raster

import (
	"math"

	"bulkhead/render"
)

type point struct{ x, y float64 }

// A subpath is a run of points; closed: the last one is joined to the first.
type subpath struct {
	from, to int // of polyline.points
	closed   bool
}

// A polyline is a path with its curves made into lines, in pixels.
type polyline struct {
	points []point
	parts  []subpath
}

// tolerance is how far, in pixels, a line may be from the curve that it stands for.
const tolerance = 0.08

// flatten sets p to a path, each point times scale plus (dx, dy).
func (p *polyline) flatten(path render.Path, scale, dx, dy float64) {
	p.points, p.parts = p.points[:0], p.parts[:0]
	start := 0
	var cur, first point
	end := func(closed bool) {
		n := len(p.points)
		for closed && n > start+1 && near(p.points[n-1], p.points[start]) {
			n--
		}
		p.points = p.points[:n]
		if n > start {
			p.parts = append(p.parts, subpath{start, n, closed})
		}
		start = n
	}
	add := func(q point) {
		cur = q
		if n := len(p.points); n > start && near(p.points[n-1], q) {
			return
		}
		p.points = append(p.points, q)
	}
	at := func(x, y float64) point { return point{x*scale + dx, y*scale + dy} }
	for _, s := range path {
		switch s.Op {
		case render.MoveTo:
			end(false)
			first = at(s.X, s.Y)
			add(first)
		case render.LineTo:
			if len(p.points) == start {
				add(cur)
			}
			add(at(s.X, s.Y))
		case render.CubicTo:
			if len(p.points) == start {
				add(cur)
			}
			a, b, c, d := cur, at(s.X1, s.Y1), at(s.X2, s.Y2), at(s.X, s.Y)
			n := pieces(a, b, c, d)
			for i := 1; i < n; i++ {
				t := float64(i) / float64(n)
				u := 1 - t
				k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
				add(point{k0*a.x + k1*b.x + k2*c.x + k3*d.x, k0*a.y + k1*b.y + k2*c.y + k3*d.y})
			}
			add(d)
		case render.ClosePath:
			end(true)
			cur = first
		}
	}
	end(false)
}

// pieces is how many lines a cubic needs (Wang's formula).
func pieces(a, b, c, d point) int {
	sq := func(x, y float64) float64 { return x*x + y*y }
	l := math.Sqrt(max(sq(a.x-2*b.x+c.x, a.y-2*b.y+c.y), sq(b.x-2*c.x+d.x, b.y-2*c.y+d.y)))
	return max(1, min(200, int(math.Ceil(math.Sqrt(0.75*l/tolerance)))))
}

func near(a, b point) bool { return math.Abs(a.x-b.x) < 1e-3 && math.Abs(a.y-b.y) < 1e-3 }

// fill adds the polyline's inside.
func (c *coverage) fill(p *polyline) {
	for _, s := range p.parts {
		last := p.points[s.to-1]
		for _, q := range p.points[s.from:s.to] {
			c.line(last.x, last.y, q.x, q.y)
			last = q
		}
	}
}

// bounds of a path in its own unit; the control points count, so it may be a little large.
func bounds(path render.Path) (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range path {
		s := &path[i]
		if s.Op == render.ClosePath {
			continue
		}
		x0, y0, x1, y1 = min(x0, s.X), min(y0, s.Y), max(x1, s.X), max(y1, s.Y)
		if s.Op == render.CubicTo {
			x0, y0, x1, y1 = min(x0, s.X1, s.X2), min(y0, s.Y1, s.Y2), max(x1, s.X1, s.X2), max(y1, s.Y1, s.Y2)
		}
	}
	return x0, y0, x1, y1
}
