package svg

import (
	"math"
	"strings"

	"bulkhead/render"
)

// geometry is a path as an element's name and place: a rect or circle where it is one, for people who read the file.
func geometry(p render.Path) string {
	x, y, w, h := p.Bounds()
	r := p[0].X - x
	switch {
	case same(p, render.Rect(x, y, w, h, 0)):
		return `rect x="` + num(x) + `" y="` + num(y) + `" width="` + num(w) + `" height="` + num(h) + `"`
	case r > 0 && same(p, render.Rect(x, y, w, h, r)):
		return `rect x="` + num(x) + `" y="` + num(y) + `" width="` + num(w) + `" height="` + num(h) + `" rx="` + num(r) + `"`
	case same(p, render.Circle(x+w/2, y+h/2, w/2)):
		return `circle cx="` + num(x+w/2) + `" cy="` + num(y+h/2) + `" r="` + num(w/2) + `"`
	}
	return `path d="` + data(p) + `"`
}

func same(p, q render.Path) bool {
	if len(p) != len(q) {
		return false
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-3 }
	for i, s := range p {
		t := q[i]
		if s.Op != t.Op {
			return false
		}
		if s.Op == render.ClosePath {
			continue
		}
		if !near(s.X, t.X) || !near(s.Y, t.Y) {
			return false
		}
		if s.Op == render.CubicTo && !(near(s.X1, t.X1) && near(s.Y1, t.Y1) && near(s.X2, t.X2) && near(s.Y2, t.Y2)) {
			return false
		}
	}
	return true
}

// data is a path as SVG path data, with absolute commands.
func data(p render.Path) string {
	var b strings.Builder
	var last byte
	command := func(c byte) {
		switch {
		case c != last:
			b.WriteByte(c)
		case c != 'Z':
			b.WriteByte(' ')
		}
		last = c
	}
	var x, y string
	for _, s := range p {
		nx, ny := num(s.X), num(s.Y)
		switch s.Op {
		case render.MoveTo:
			last = 0
			command('M')
			b.WriteString(nx + " " + ny)
			x, y = nx, ny
		case render.LineTo:
			switch {
			case nx == x && ny != y:
				command('V')
				b.WriteString(ny)
			case ny == y && nx != x:
				command('H')
				b.WriteString(nx)
			default:
				command('L')
				b.WriteString(nx + " " + ny)
			}
			x, y = nx, ny
		case render.CubicTo:
			command('C')
			b.WriteString(num(s.X1) + " " + num(s.Y1) + " " + num(s.X2) + " " + num(s.Y2) + " " + nx + " " + ny)
			x, y = nx, ny
		case render.ClosePath:
			command('Z')
			x, y = "", ""
		}
	}
	return b.String()
}
