package icon

import (
	"fmt"
	"math"
	"strconv"

	"bulkhead/render"
)

// Path reads SVG path data (https://www.w3.org/TR/SVG11/paths.html#PathData). Curves of all sorts come back as
// cubics.
func Path(data string) (render.Path, error) {
	r := reader{s: data}
	if err := r.read(); err != nil {
		return nil, fmt.Errorf("path data at byte %d: %w", r.at, err)
	}
	return r.path, nil
}

// limit of a coordinate: beyond it arithmetic on curves would overflow, and no icon is that large.
const limit = 1e6

type reader struct {
	s    string
	at   int
	path render.Path

	x, y           float64 // current point
	startX, startY float64 // of the subpath
	cx, cy         float64 // last control point, for S and T
	last           byte    // last command, upper case
	open           bool    // a subpath has begun
}

func (r *reader) read() error {
	var cmd byte
	for {
		r.space(cmd != 0)
		if r.at >= len(r.s) {
			return nil
		}
		c := r.s[r.at]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			cmd = c
			r.at++
		case cmd == 0:
			return fmt.Errorf("%q where a command is expected", c)
		case cmd == 'Z' || cmd == 'z':
			return fmt.Errorf("%q after the end of a subpath", c)
		}
		if r.last == 0 && cmd != 'M' && cmd != 'm' {
			return fmt.Errorf("it starts with %q instead of a move", cmd)
		}
		if err := r.segment(cmd); err != nil {
			return err
		}
		// Further pairs after a move are lines.
		switch cmd {
		case 'M':
			cmd = 'L'
		case 'm':
			cmd = 'l'
		}
	}
}

func (r *reader) segment(cmd byte) error {
	relative := cmd >= 'a'
	upper := cmd &^ 0x20
	var ox, oy float64
	if relative {
		ox, oy = r.x, r.y
	}
	counts := map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'A': 7, 'Z': 0}
	n, ok := counts[upper]
	if !ok {
		return fmt.Errorf("%q is not a command", cmd)
	}
	var v [7]float64
	for i := range n {
		var err error
		if upper == 'A' && (i == 3 || i == 4) {
			v[i], err = r.flag()
		} else {
			v[i], err = r.number()
		}
		if err != nil {
			return err
		}
	}
	switch upper {
	case 'M':
		r.x, r.y = v[0]+ox, v[1]+oy
		r.startX, r.startY = r.x, r.y
		r.path = append(r.path, render.Segment{Op: render.MoveTo, X: r.x, Y: r.y})
		r.open = true
	case 'Z':
		r.x, r.y = r.startX, r.startY
		r.path = append(r.path, render.Segment{Op: render.ClosePath})
		r.open = false
	default:
		if !r.open {
			// A subpath that goes on after Z starts where the last one did.
			r.path = append(r.path, render.Segment{Op: render.MoveTo, X: r.x, Y: r.y})
			r.open = true
		}
	}
	switch upper {
	case 'L':
		r.line(v[0]+ox, v[1]+oy)
	case 'H':
		r.line(v[0]+ox, r.y)
	case 'V':
		r.line(r.x, v[0]+oy)
	case 'C':
		r.cubic(v[0]+ox, v[1]+oy, v[2]+ox, v[3]+oy, v[4]+ox, v[5]+oy)
	case 'S':
		x1, y1 := r.x, r.y
		if r.last == 'C' || r.last == 'S' {
			x1, y1 = 2*r.x-r.cx, 2*r.y-r.cy
		}
		r.cubic(x1, y1, v[0]+ox, v[1]+oy, v[2]+ox, v[3]+oy)
	case 'Q':
		r.quadratic(v[0]+ox, v[1]+oy, v[2]+ox, v[3]+oy)
	case 'T':
		cx, cy := r.x, r.y
		if r.last == 'Q' || r.last == 'T' {
			cx, cy = 2*r.x-r.cx, 2*r.y-r.cy
		}
		r.quadratic(cx, cy, v[0]+ox, v[1]+oy)
	case 'A':
		r.arc(v[0], v[1], v[2], v[3] != 0, v[4] != 0, v[5]+ox, v[6]+oy)
	}
	r.last = upper
	if math.Abs(r.x) > limit || math.Abs(r.y) > limit || math.Abs(r.cx) > limit || math.Abs(r.cy) > limit {
		return fmt.Errorf("a point lies beyond %g", limit)
	}
	return nil
}

func (r *reader) line(x, y float64) {
	r.x, r.y = x, y
	r.path = append(r.path, render.Segment{Op: render.LineTo, X: x, Y: y})
}

func (r *reader) cubic(x1, y1, x2, y2, x, y float64) {
	r.path = append(r.path, render.Segment{Op: render.CubicTo, X1: x1, Y1: y1, X2: x2, Y2: y2, X: x, Y: y})
	r.x, r.y, r.cx, r.cy = x, y, x2, y2
}

func (r *reader) quadratic(cx, cy, x, y float64) {
	r.cubic(r.x+(cx-r.x)*2/3, r.y+(cy-r.y)*2/3, x+(cx-x)*2/3, y+(cy-y)*2/3, x, y)
	r.cx, r.cy = cx, cy
}

// arc draws an elliptical arc, by the implementation notes of SVG
// (https://www.w3.org/TR/SVG11/implnote.html#ArcImplementationNotes).
func (r *reader) arc(rx, ry, degrees float64, large, sweep bool, x, y float64) {
	x0, y0 := r.x, r.y
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx < 1e-9 || ry < 1e-9 {
		r.line(x, y)
		return
	}
	if x == x0 && y == y0 {
		return
	}
	sin, cos := math.Sincos(math.Mod(degrees, 360) * math.Pi / 180)
	dx, dy := (x0-x)/2, (y0-y)/2
	px, py := cos*dx+sin*dy, cos*dy-sin*dx
	if s := px*px/(rx*rx) + py*py/(ry*ry); s > 1 {
		rx, ry = rx*math.Sqrt(s), ry*math.Sqrt(s)
	}
	root := (rx*rx*ry*ry - rx*rx*py*py - ry*ry*px*px) / (rx*rx*py*py + ry*ry*px*px)
	f := math.Sqrt(max(0, root))
	if large == sweep {
		f = -f
	}
	qx, qy := f*rx*py/ry, -f*ry*px/rx
	cx, cy := cos*qx-sin*qy+(x0+x)/2, sin*qx+cos*qy+(y0+y)/2
	from := math.Atan2((py-qy)/ry, (px-qx)/rx)
	turn := math.Atan2((-py-qy)/ry, (-px-qx)/rx) - from
	if sweep && turn < 0 {
		turn += 2 * math.Pi
	}
	if !sweep && turn > 0 {
		turn -= 2 * math.Pi
	}
	n := max(1, math.Ceil(math.Abs(turn)/(math.Pi/2)-1e-9))
	step := turn / n
	k := 4.0 / 3 * math.Tan(step/4)
	on := func(a float64) (x, y, tx, ty float64) {
		s, c := math.Sincos(a)
		x, y = rx*c, ry*s
		tx, ty = -rx*s, ry*c
		return cx + cos*x - sin*y, cy + sin*x + cos*y, cos*tx - sin*ty, sin*tx + cos*ty
	}
	ax, ay, atx, aty := on(from)
	for i := range int(n) {
		bx, by, btx, bty := on(from + step*float64(i+1))
		ex, ey := bx, by
		if i == int(n)-1 {
			ex, ey = x, y
		}
		r.cubic(ax+k*atx, ay+k*aty, bx-k*btx, by-k*bty, ex, ey)
		ax, ay, atx, aty = bx, by, btx, bty
	}
}

// space skips white space, and one comma where comma is set.
func (r *reader) space(comma bool) {
	for ; r.at < len(r.s); r.at++ {
		switch r.s[r.at] {
		case ' ', '\t', '\n', '\r', '\f':
		case ',':
			if !comma {
				return
			}
			comma = false
		default:
			return
		}
	}
}

// flag reads a 0 or 1, which may stand without a space before what follows.
func (r *reader) flag() (float64, error) {
	r.space(true)
	if r.at < len(r.s) && (r.s[r.at] == '0' || r.s[r.at] == '1') {
		r.at++
		return float64(r.s[r.at-1] - '0'), nil
	}
	return 0, fmt.Errorf("a flag of an arc is 0 or 1")
}

func (r *reader) number() (float64, error) {
	r.space(true)
	from := r.at
	digits := func() (n int) {
		for r.at < len(r.s) && r.s[r.at] >= '0' && r.s[r.at] <= '9' {
			r.at++
			n++
		}
		return n
	}
	if r.at < len(r.s) && (r.s[r.at] == '+' || r.s[r.at] == '-') {
		r.at++
	}
	n := digits()
	if r.at < len(r.s) && r.s[r.at] == '.' {
		r.at++
		n += digits()
	}
	if n == 0 {
		r.at = from
		return 0, fmt.Errorf("a number is missing")
	}
	if r.at < len(r.s) && r.s[r.at]|0x20 == 'e' {
		mark := r.at
		r.at++
		if r.at < len(r.s) && (r.s[r.at] == '+' || r.s[r.at] == '-') {
			r.at++
		}
		if digits() == 0 {
			r.at = mark
		}
	}
	v, err := strconv.ParseFloat(r.s[from:r.at], 64)
	if err != nil || math.Abs(v) > limit {
		return 0, fmt.Errorf("%s is out of range", r.s[from:r.at])
	}
	return v, nil
}
