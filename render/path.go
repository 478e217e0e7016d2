package render

import "math"

// round is how far the control points of a quarter circle stand off, as a share of the radius.
const round = 0.5522847498

// Move starts a path at a point.
func Move(x, y float64) Path { return Path{{Op: MoveTo, X: x, Y: y}} }

// Line goes on to a point.
func (p Path) Line(x, y float64) Path { return append(p, Segment{Op: LineTo, X: x, Y: y}) }

// Cubic goes on to (x, y) along a Bézier curve.
func (p Path) Cubic(x1, y1, x2, y2, x, y float64) Path {
	return append(p, Segment{Op: CubicTo, X1: x1, Y1: y1, X2: x2, Y2: y2, X: x, Y: y})
}

// Close ends the outline where it began.
func (p Path) Close() Path { return append(p, Segment{Op: ClosePath}) }

// Shift returns the path moved by (dx, dy).
func (p Path) Shift(dx, dy float64) Path {
	out := make(Path, len(p))
	for i, s := range p {
		switch s.Op {
		case MoveTo, LineTo:
			s.X, s.Y = s.X+dx, s.Y+dy
		case CubicTo:
			s.X, s.Y, s.X1, s.Y1, s.X2, s.Y2 = s.X+dx, s.Y+dy, s.X1+dx, s.Y1+dy, s.X2+dx, s.Y2+dy
		case ClosePath:
		}
		out[i] = s
	}
	return out
}

// Bounds is the box that holds all points and control points of the path.
func (p Path) Bounds() (x, y, w, h float64) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	see := func(x, y float64) {
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	for _, s := range p {
		switch s.Op {
		case CubicTo:
			see(s.X1, s.Y1)
			see(s.X2, s.Y2)
			see(s.X, s.Y)
		case MoveTo, LineTo:
			see(s.X, s.Y)
		case ClosePath:
		}
	}
	if x1 < x0 {
		return 0, 0, 0, 0
	}
	return x0, y0, x1 - x0, y1 - y0
}

// LeftRect is the left part of a rectangle with round corners: round at the left, square at the right.
func LeftRect(x, y, w, h, r float64) Path {
	k := r * (1 - round)
	return Move(x+w, y).Line(x+w, y+h).Line(x+r, y+h).Cubic(x+k, y+h, x, y+h-k, x, y+h-r).
		Line(x, y+r).Cubic(x, y+k, x+k, y, x+r, y).Close()
}

// Rect is a rectangle; with r > 0 its corners are round.
func Rect(x, y, w, h, r float64) Path {
	r = min(r, w/2, h/2)
	if r <= 0 {
		return Move(x, y).Line(x+w, y).Line(x+w, y+h).Line(x, y+h).Close()
	}
	k := r * (1 - round)
	wide, high := w > 2*r, h > 2*r // otherwise the corners meet
	p := Move(x+r, y)
	if wide {
		p = p.Line(x+w-r, y)
	}
	p = p.Cubic(x+w-k, y, x+w, y+k, x+w, y+r)
	if high {
		p = p.Line(x+w, y+h-r)
	}
	p = p.Cubic(x+w, y+h-k, x+w-k, y+h, x+w-r, y+h)
	if wide {
		p = p.Line(x+r, y+h)
	}
	p = p.Cubic(x+k, y+h, x, y+h-k, x, y+h-r)
	if high {
		p = p.Line(x, y+r)
	}
	return p.Cubic(x, y+k, x+k, y, x+r, y).Close()
}

// Circle is a circle about a point.
func Circle(x, y, r float64) Path {
	k := r * round
	return Move(x+r, y).
		Cubic(x+r, y+k, x+k, y+r, x, y+r).
		Cubic(x-k, y+r, x-r, y+k, x-r, y).
		Cubic(x-r, y-k, x-k, y-r, x, y-r).
		Cubic(x+k, y-r, x+r, y-k, x+r, y).Close()
}

// Star is the burst that marks a breach: eight uneven points about (x, y), r to the longest.
func Star(x, y, r float64) Path {
	reach := [...]float64{1, 0.82, 0.95, 0.78, 1, 0.8, 0.92, 0.84}
	var p Path
	for i := range 2 * len(reach) {
		d := r * 0.5
		if i%2 == 0 {
			d = r * reach[i/2]
		}
		a := (float64(i)/float64(len(reach)) - 0.44) * math.Pi
		if px, py := x+d*math.Cos(a), y+d*math.Sin(a); i == 0 {
			p = Move(px, py)
		} else {
			p = p.Line(px, py)
		}
	}
	return p.Close()
}

// Wave is a line of waves from (x, y) to (x+w, y): whole waves of about the length asked for, so that it ends at y.
func Wave(x, y, w, length, height float64) Path {
	return Move(x, y).Waves(x+w, length, height)
}

// Waves goes on from the path's end (which must be a point) in whole waves to the same height at x.
func (p Path) Waves(x, length, height float64) Path {
	from := p[len(p)-1]
	n := max(1, math.Round(math.Abs(x-from.X)/length))
	step := (x - from.X) / n / 2
	at := from.X
	for i := range int(2 * n) {
		h := height
		if i%2 == 1 {
			h = -height
		}
		p = p.Cubic(at+step*0.37, from.Y+h, at+step*0.63, from.Y+h, at+step, from.Y)
		at += step
	}
	return p
}

// Arrow is an arrowhead: its tip at (x, y), pointing along (dx, dy), size from tip to tail.
func Arrow(x, y, dx, dy, size float64) Path {
	l := math.Hypot(dx, dy)
	if l == 0 {
		l = 1
	}
	dx, dy = dx/l, dy/l
	w := size * 0.55
	return Move(x-dx*size-dy*w, y-dy*size+dx*w).Line(x, y).Line(x-dx*size+dy*w, y-dy*size-dx*w)
}

// CrownPath is a small crown with its foot's middle at (x, y).
func CrownPath(x, y, w float64) Path {
	h := w * 0.78
	l, r := x-w/2, x+w/2
	return Move(l+w*0.08, y).Line(l, y-h*0.72).Line(l+w*0.27, y-h*0.42).Line(x, y-h).Line(r-w*0.27, y-h*0.42).Line(r, y-h*0.72).Line(r-w*0.08, y).Close()
}

// Drop is a drop of water with its tip at (x, y) and the height given.
func Drop(x, y, h float64) Path {
	r := h * 0.36
	cy := y + h - r
	k := r * round
	return Move(x, y).
		Cubic(x+r*0.35, y+h*0.28, x+r, cy-r*0.75, x+r, cy).
		Cubic(x+r, cy+k, x+k, cy+r, x, cy+r).
		Cubic(x-k, cy+r, x-r, cy+k, x-r, cy).
		Cubic(x-r, cy-r*0.75, x-r*0.35, y+h*0.28, x, y).Close()
}
