package table

import (
	"fmt"
	"math"

	"bulkhead/render"
	"bulkhead/render/font"
)

// Lengths of the heat view, in points.
const (
	nameWide = 190.0
	slope    = 52.0 // of the names of columns, in degrees
	longName = 150.0
)

// Rows and columns of the heat view at most: what a screen shows with names that can be read.
const (
	HeatRows = 45
	HeatCols = 42
)

// Room is how many rows and columns of the heat view can be read in a room of so many points, no more than a page has.
func Room(width, height float64) (rows, cols int) {
	const zoom, cell, around, beside = 0.72, 21.0, 380.0, nameWide + bar + 66 + 160
	fit := func(room, other float64, least, most int) int {
		return max(least, min(most, int((room/zoom-other)/cell)))
	}
	return fit(height, around, 12, HeatRows), fit(width, beside, 12, HeatCols)
}

// DrawHeat is the heat view as a picture: a row a compartment, worst first; a column a resource, most exposed first; a
// cell in the tone of the worst that the breach can do.
func DrawHeat(m render.Metrics, h *render.Heat) *render.Scene {
	p := &pen{m: m, Scene: &render.Scene{}}
	cell := max(21, min(44, 900/float64(max(1, len(h.Cols)))))
	high := min(cell, 28)
	left := nameWide + bar + 66
	top := p.slanted(h, left, cell)
	for i, row := range h.Rows {
		y := top + float64(i)*high
		base := y + high/2 + 4.5
		room := nameWide - 12
		if row.Admin {
			p.sign(render.AdminSign)
			p.add(render.Shape{Path: render.Star(nameWide-12, base-4, 6), Fill: render.Danger})
			room -= 16
		}
		p.text(0, base, render.Start, render.Medium, render.Ink, render.SizeBody, render.FitName(m, row.Name, render.SizeBody, render.Medium, room))
		p.share(nameWide, base, row)
		p.Areas = append(p.Areas, render.Area{X: -6, Y: y, W: left, H: high, Element: row.Start, Tip: rankTip(row)})
		for j, c := range h.Cols {
			p.cell(left+float64(j)*cell, y, cell, high, row, c, h.Cells[i][j])
		}
	}
	bottom := top + float64(len(h.Rows))*high
	p.Width, p.Height = left+float64(len(h.Cols))*cell+longName*math.Cos(slope*math.Pi/180), bottom+8
	if words := more(h); words != "" {
		p.text(0, bottom+20, render.Start, render.Regular, render.Muted, render.SizeBody, words)
		p.Height += 22
	}
	p.sign(render.ReadSign)
	p.sign(render.ChangeSign)
	p.sign(render.OwnSign)
	return p.sheet(h.Ranking)
}

func more(h *render.Heat) string {
	words := ""
	if h.Left > 0 {
		words = fmt.Sprintf("%d more compartments, each reaching at most %s", h.Left, render.Percent(h.Ranks[len(h.Rows)].Share))
	}
	if h.Apart > 0 {
		if words != "" {
			words += "; "
		}
		words += fmt.Sprintf("%d more resources, each reached by at most %d functions", h.Apart, h.Exposures[len(h.Cols)].By)
	}
	return words
}

func (p *pen) cell(x, y, w, high float64, row render.Rank, c render.Exposure, s render.Shade) {
	shape := render.Shape{Path: render.Rect(x+1, y+1, w-2, high-2, 3), Fill: render.Bilge}
	says := "stays dry"
	if s.Tone > render.Dry {
		shape.Fill = s.Tone.Color()
		says = "at worst: " + s.Tone.Sign().String()
		if s.Sure < s.Tone {
			p.sign(render.MaySign)
			shape.Hatch = [...]render.Color{render.None, render.Tile2, render.Tile1, render.Tile2}[s.Tone]
			says += ", perhaps"
		}
	}
	p.add(shape)
	p.Areas = append(p.Areas, render.Area{X: x, Y: y, W: w, H: high, Element: row.Start, Leads: true, Tip: row.Name + " → " + c.Name + "\n" + says})
}

// slanted sets the names of the columns over them, rising, and how exposed each is; it returns where the rows begin.
func (p *pen) slanted(h *render.Heat, left, cell float64) float64 {
	longest := 0.0
	names := make([]string, len(h.Cols))
	for j, c := range h.Cols {
		names[j] = render.FitName(p.m, c.Name, render.SizeSmall, render.Medium, longName)
		longest = max(longest, p.m.Width(names[j], render.SizeSmall, render.Medium))
	}
	sin, cos := math.Sincos(slope * math.Pi / 180)
	foot := longest*sin + 12
	const figures = 19.0
	p.text(0, foot+figures-6, render.Start, render.Medium, render.Muted, render.SizeSmall, "Compartment, worst breach first")
	p.text(nameWide, foot+figures-6, render.Start, render.Medium, render.Muted, render.SizeSmall, "A breach reaches")
	for j, c := range h.Cols {
		x := left + float64(j)*cell + cell/2
		at := x + 4
		if c.Crown {
			p.sign(render.CrownSign)
			p.add(render.Shape{Path: render.CrownPath(x-6, foot-1, 12), Fill: render.Crown})
			at += 9 * cos
		}
		p.add(render.Shape{Path: turned(names[j], at, foot-4, render.SizeSmall, sin, cos), Fill: render.Ink})
		p.text(x, foot+figures-6, render.Middle, render.Regular, render.Muted, render.SizeSmallest, fmt.Sprint(c.By))
		wide := p.m.Width(names[j], render.SizeSmall, render.Medium)
		// What can be pointed at stands upright: the lower end of the name.
		p.Areas = append(p.Areas, render.Area{X: x - cell/2, Y: foot - min(40, wide*sin), W: cell, H: min(40, wide*sin) + figures, Element: c.ID, Tip: exposureTip(c, h.Functions)})
	}
	return foot + figures
}

// turned is a line of text as outlines, rising from (x, y).
func turned(text string, x, y, size, sin, cos float64) render.Path {
	face := font.Of(render.Medium)
	var out render.Path
	along := 0.0
	for _, r := range text {
		g := face.Glyph(r)
		at := func(gx, gy float64) (float64, float64) {
			u, v := along+gx*size, gy*size
			return x + u*cos + v*sin, y - u*sin + v*cos
		}
		for _, s := range g.Path {
			s.X, s.Y = at(s.X, s.Y)
			s.X1, s.Y1 = at(s.X1, s.Y1)
			s.X2, s.Y2 = at(s.X2, s.Y2)
			out = append(out, s)
		}
		along += g.Advance * size
	}
	return out
}
