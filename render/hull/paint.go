package hull

import (
	"math"
	"slices"

	"bulkhead/render"
)

// Widths of lines.
const (
	plating  = 5.0 // of the hull
	bulkhead = 4.0
	decking  = 3.0
)

// A brush paints one diagram by the plan.
type brush struct {
	*plan
	index int
	d     *render.Diagram
	scene *render.Scene
	signs []render.SignKind
}

// paint draws a diagram in the places of the plan.
func (p *plan) paint(i int) *render.Scene {
	b := &brush{plan: p, index: i, d: p.diagrams[i], scene: &render.Scene{Width: p.width, Height: p.height}}
	b.hull()
	b.water()
	openings := b.openings(i)
	b.walls(openings)
	b.pipework()
	b.bays()
	b.tilesInBilge()
	b.doors(openings)
	if !p.decks {
		b.triggers()
	}
	b.moor()
	b.scene.Legend = render.Legend(p.m, b.signs...)
	return b.scene
}

func (b *brush) sign(k render.SignKind) { b.signs = append(b.signs, k) }

func (b *brush) put(items ...render.Item) { b.scene.Items = append(b.scene.Items, items...) }

func (b *brush) area(at box, a render.Area) {
	a.X, a.Y, a.W, a.H = at.x, at.y, at.w, at.h
	b.scene.Areas = append(b.scene.Areas, a)
}

func (b *brush) line(c render.Color, width float64, points ...point) {
	b.put(render.Shape{Path: through(points), Stroke: c, Width: width})
}

func through(points []point) render.Path {
	path := render.Move(points[0].x, points[0].y)
	for _, q := range points[1:] {
		path = path.Line(q.x, q.y)
	}
	return path
}

// text puts a line of text no wider than width and returns how wide it is. The tip of what it stands for has the whole.
func (b *brush) text(t render.Text, width float64) float64 {
	t.Text = b.names.Fit(b.m, t.Text, t.Size, t.Weight, width)
	if t.Text == "" {
		return 0
	}
	b.put(t)
	return b.m.Width(t.Text, t.Size, t.Weight)
}

// hull fills the ship; its outline comes with the walls, over the water.
func (b *brush) hull() {
	b.put(
		render.Shape{Path: b.shell.outline(), Fill: render.Bay},
		render.Shape{Path: b.shell.hold(), Fill: render.Bilge},
	)
	for i := range b.cells {
		if bayAt(b.d, i) != nil || len(b.d.Cells) == 0 {
			continue
		}
		// The place of a bay that only the other diagram has.
		c := b.cells[i]
		r := b.rows[c.row]
		b.put(render.Shape{Path: b.chamber(i, i, r.top, r.floor, false), Fill: render.Ground})
		b.text(render.Text{X: c.x + c.w/2, Y: (r.top + r.floor) / 2, Anchor: render.Middle, Size: render.SizeSmall, Color: render.Muted, Text: "not here", Level: render.Near}, c.w-2*pad)
	}
	if len(b.d.Cells) == 0 {
		c := b.cells[0]
		r := b.rows[0]
		b.text(render.Text{X: c.x + c.w/2, Y: (r.top+r.floor)/2 + 4, Anchor: render.Middle, Size: render.SizeBody, Color: render.Muted, Text: "no functions: nothing here runs code"}, c.w-2*pad)
		if len(b.d.Quay) > 0 {
			b.text(render.Text{X: c.x + c.w/2, Y: (r.top+r.floor)/2 + 24, Anchor: render.Middle, Size: render.SizeSmall, Color: render.Muted, Level: render.Near,
				Text: "whoever holds the credentials of somebody ashore starts there"}, c.w-2*pad)
		}
	}
	if len(b.bilge.tiles) == 0 && len(b.d.Cells) > 0 {
		b.text(render.Text{X: (b.shell.left + b.shell.right) / 2, Y: (b.shell.floor+b.shell.keel)/2 + 4, Anchor: render.Middle, Size: render.SizeSmall, Color: render.Muted,
			Text: "the bilge is empty: nothing is shared by name", Level: render.Near}, b.shell.right-b.shell.left)
	}
}

// chamber is the room of the cells first to last from y to floor, along the hull's sides at the ends of a row; waves
// makes its upper edge the water's.
func (b *brush) chamber(first, last int, y, floor float64, waves bool) render.Path {
	r := b.rows[b.cells[first].row]
	left, right := b.cells[first].x, b.cells[last].x+b.cells[last].w
	atStern, atBow := first == r.first, last == r.first+r.n-1
	if atStern {
		left = b.shell.stern.x(y)
	}
	if atBow {
		right = b.shell.bow.x(y)
	}
	p := render.Move(left, y)
	if waves {
		p = p.Waves(right, 44, 3)
	} else {
		p = p.Line(right, y)
	}
	if atBow {
		p = b.shell.bow.piece(y, floor).down(p)
	} else {
		p = p.Line(right, floor)
	}
	if atStern {
		p = p.Line(b.shell.stern.x(floor), floor)
		p = b.shell.stern.piece(y, floor).up(p)
	} else {
		p = p.Line(left, floor)
	}
	return p.Close()
}

// waterline is the y of the water in a bay; its floor where it is dry.
func (b *brush) waterline(c *render.Compartment) float64 {
	at := b.span(c)
	if c.Water <= 0 {
		return at.y + at.h
	}
	return at.y + at.h - max(c.Water*(at.h-7), 12)
}

func (b *brush) water() {
	for _, c := range b.d.Bays {
		if c.Water <= 0 {
			continue
		}
		at := b.span(c)
		y := b.waterline(c)
		if c.Inflow {
			b.sign(render.InflowSign)
		} else {
			b.sign(render.WaterSign)
		}
		s := render.Shape{Path: b.chamber(c.Cell, c.Cell+c.Span-1, y, at.y+at.h, true), Fill: render.Water}
		if c.WaterMay {
			s.Hatch = render.Tile1
			b.sign(render.MaySign)
		}
		first, last := b.cells[c.Cell], b.cells[c.Cell+c.Span-1]
		r := b.rows[first.row]
		left, right := first.x, last.x+last.w
		if c.Cell == r.first {
			left = b.shell.stern.x(y)
		}
		if c.Cell+c.Span == r.first+r.n {
			right = b.shell.bow.x(y)
		}
		b.put(s, render.Shape{Path: render.Wave(left, y, right-left, 44, 3), Stroke: render.Tile2, Width: 1.25, Opacity: 0.55})
	}
}

// walls puts bulkheads between bays, decks and the floor, and the plating around them.
func (b *brush) walls(openings map[*render.Door]point) {
	gaps := map[int][]float64{} // cell that begins at a wall → openings; walls of several decks may have one x
	for _, door := range b.d.Doors {
		if at, ok := openings[door]; ok {
			wall := max(b.bay(b.d, door.From).Cell, b.bay(b.d, door.To).Cell)
			gaps[wall] = append(gaps[wall], at.y)
		}
	}
	for n, r := range b.rows {
		for i := r.first + 1; i < r.first+r.n; i++ {
			left, right := bayAt(b.d, i-1), bayAt(b.d, i)
			if left == right {
				continue
			}
			color := render.Hull
			if b.index > 0 && b.cells[i].joined && bayAt(b.diagrams[0], i-1) == bayAt(b.diagrams[0], i) && left != nil && right != nil {
				color = render.Good
				b.sign(render.NewSign)
			}
			slices.Sort(gaps[i])
			b.wall(color, b.cells[i].x, r, gaps[i])
		}
		if n+1 < len(b.rows) {
			b.line(render.Hull, decking, point{b.shell.stern.x(r.floor), r.floor}, point{b.shell.bow.x(r.floor), r.floor})
		}
	}
	if b.hasPassage() {
		b.ceiling()
	}
	b.line(render.Hull, decking, point{b.shell.stern.x(b.shell.floor), b.shell.floor}, point{b.shell.bow.x(b.shell.floor), b.shell.floor})
	b.put(render.Shape{Path: b.shell.outline(), Stroke: render.Hull, Width: plating, Round: true})
}

// wall is a bulkhead with openings at the heights given, framed.
func (b *brush) wall(color render.Color, x float64, r *row, at []float64) {
	y := r.top
	if r == b.rows[0] && !b.hasPassage() {
		y = b.shell.deck // the passages are another diagram's
	}
	for _, mid := range at {
		b.line(color, bulkhead, point{x, y}, point{x, mid - doorGap/2})
		for _, jamb := range [...]float64{mid - doorGap/2, mid + doorGap/2} {
			b.line(color, 2.5, point{x - 5, jamb}, point{x + 5, jamb})
		}
		y = mid + doorGap/2
	}
	b.line(color, bulkhead, point{x, y}, point{x, r.floor})
}

// pipework draws the pipes: the dry first, then the wet over them.
func (b *brush) pipework() {
	if !b.lines {
		return
	}
	for _, wet := range [...]bool{false, true} {
		for _, pipe := range b.d.Pipes {
			k, _, _ := b.pipeOf(b.d, pipe)
			r := b.bilge.pipes[k]
			if r == nil || (pipe.Tone > render.Dry) != wet {
				continue
			}
			b.pipe(pipe, r)
		}
	}
}

func (b *brush) pipe(pipe *render.Pipe, r *run) {
	path := rounded(r.points, 5)
	casing, inner, width := render.Line, render.Bilge, 2.0
	if pipe.Tone > render.Dry {
		casing, inner, width = render.Hull, pipe.Tone.Color(), 3
		b.sign(pipe.Tone.Sign())
		b.sign(render.WetPipeSign)
	} else {
		b.sign(render.PipeSign)
	}
	b.put(
		render.Shape{Path: path, Stroke: render.Bilge, Width: 8},
		render.Shape{Path: path, Stroke: casing, Width: 5},
	)
	water := render.Shape{Path: path, Stroke: inner, Width: width}
	if pipe.May {
		sure := render.Bilge // between the dashes, what is sure
		if pipe.Sure > render.Dry {
			sure = pipe.Sure.Color()
			b.sign(pipe.Sure.Sign())
		}
		b.put(render.Shape{Path: path, Stroke: sure, Width: width})
		water.Dash = []float64{5, 4}
		b.sign(render.MayLineSign)
	}
	b.put(
		water,
		render.Shape{Path: render.Circle(r.port, b.shell.floor, 4.5), Fill: inner, Stroke: casing, Width: 1.75},
	)
	b.area(box{r.port - 7, b.shell.floor - 7, 14, 18}, render.Area{Element: pipe.Tile, Tip: pipe.Tip, Leads: true})
}

// rounded is a path through points with round corners.
func rounded(points []point, radius float64) render.Path {
	path := render.Move(points[0].x, points[0].y)
	for i := 1; i < len(points)-1; i++ {
		a, c, d := points[i-1], points[i], points[i+1]
		in, out := math.Hypot(c.x-a.x, c.y-a.y), math.Hypot(d.x-c.x, d.y-c.y)
		r := min(radius, in/2, out/2)
		if r < 0.5 {
			path = path.Line(c.x, c.y)
			continue
		}
		s, e := between(c, a, r/in), between(c, d, r/out)
		k := 0.45
		c1, c2 := between(c, s, k), between(c, e, k)
		path = path.Line(s.x, s.y).Cubic(c1.x, c1.y, c2.x, c2.y, e.x, e.y)
	}
	last := points[len(points)-1]
	return path.Line(last.x, last.y)
}
