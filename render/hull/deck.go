package hull

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/render"
)

// triggers stand on deck, each group above the bay that it opens.
func (b *brush) triggers() {
	for _, c := range b.d.Bays {
		at := b.span(c)
		groups := c.Triggers
		most := max(1, int((at.w-12)/74))
		var rest []*render.Trigger
		if len(groups) > most {
			groups, rest = c.Triggers[:most-1], c.Triggers[most-1:]
		}
		n := len(groups)
		if len(rest) > 0 {
			n++
		}
		if n == 0 {
			continue
		}
		w := (at.w - 12) / float64(n)
		for i, g := range groups {
			b.trigger(g, at.x+6+(float64(i)+0.5)*w, w-8)
		}
		if len(rest) > 0 {
			g := &render.Trigger{Label: fmt.Sprintf("%d more", len(rest)), Icon: "plus"}
			var tips []string
			for _, r := range rest {
				g.IDs = append(g.IDs, r.IDs...)
				g.Open = g.Open || r.Open
				tips = append(tips, r.Label)
			}
			g.Tip = strings.Join(tips, "\n")
			b.trigger(g, at.x+6+(float64(n)-0.5)*w, w-8)
		}
	}
}

// trigger is one group, with its label, its sign and an arrow onto the deck.
func (b *brush) trigger(g *render.Trigger, x, width float64) {
	deck := b.shell.deck
	b.sign(render.StartSign)
	b.text(render.Text{X: x, Y: deck - 46, Size: render.SizeSmall, Anchor: render.Middle, Color: render.Muted, Text: g.Label, Level: render.Near}, width)
	b.triggerAfar(g, x, width)
	icon := x - 7.5
	if g.Open {
		icon -= 10
		b.sign(render.OpenSign)
		b.put(render.Icon{Name: "globe", X: icon + 20, Y: deck - 40, Size: 15, Color: render.Muted, Level: render.Near})
	}
	b.put(render.Icon{Name: g.Icon, X: icon, Y: deck - 40, Size: 15, Color: render.Muted, Level: render.Near})
	if g.Mark == render.Moved {
		b.sign(render.MovedSign)
		b.put(render.MovedMark(x+12, deck-15)...)
	}
	b.put(
		render.Shape{Path: render.Move(x, deck-21).Line(x, deck-7), Stroke: render.Muted, Width: 1.5},
		render.Shape{Path: render.Arrow(x, deck-6, 0, 1, 5), Stroke: render.Muted, Width: 1.5, Round: true},
	)
	a := render.Area{Tip: g.Tip}
	if len(g.IDs) > 0 {
		a.Element = g.IDs[0]
	}
	b.area(box{x - width/2, deck - 58, width, 54}, a)
}

// doorLook is how the line of a door is drawn.
func (b *brush) doorLook(door *render.Door) (color render.Color, width float64, dash []float64) {
	switch {
	case !door.Wet:
		color, width = render.Muted, 1.5
		if door.Runs {
			b.sign(render.DoorSign)
		} else {
			b.sign(render.FeedDoorSign)
			dash = []float64{3, 2.5}
		}
	case door.Runs:
		b.sign(render.RunsSign)
		color, width = render.Danger, 3
		if door.May {
			b.sign(render.MayLineSign)
			dash = []float64{7, 3}
		}
	default:
		b.sign(render.FeedsSign)
		color, width, dash = render.Feeds, 2.25, []float64{4.5, 3}
	}
	return color, width, dash
}

// doors draws the arrows: through openings, and along passages. Quiet ones first.
func (b *brush) doors(openings map[*render.Door]point) {
	doors := slices.Clone(b.d.Doors)
	slices.SortStableFunc(doors, func(x, y *render.Door) int {
		switch {
		case x.Wet == y.Wet:
			return 0
		case y.Wet:
			return -1
		}
		return 1
	})
	for _, door := range doors {
		switch b.ways[b.index][door] {
		case opening:
			if at, ok := openings[door]; ok {
				b.through(door, at)
			}
		case passage:
			b.along(door)
		case word, gangway: // chips and guests show them
		}
	}
}

// through is an arrow through an opening.
func (b *brush) through(door *render.Door, at point) {
	color, width, dash := b.doorLook(door)
	dir := 1.0
	if b.bay(b.d, door.To).Cell < b.bay(b.d, door.From).Cell {
		dir = -1
	}
	tip := at.x + dir*arrowArm
	b.put(
		render.Shape{Path: render.Move(at.x-dir*arrowArm, at.y).Line(tip-dir*2, at.y), Stroke: color, Width: width, Dash: dash},
		render.Shape{Path: render.Arrow(tip, at.y, dir, 0, 7), Stroke: color, Width: width, Round: true},
	)
	b.area(box{at.x - arrowArm - 2, at.y - doorGap/2, 2*arrowArm + 4, doorGap}, render.Area{Element: target(door), Tip: door.Tip, Leads: true})
}

// berth of a passage in a bay: x where it leaves or enters through the ceiling.
func (b *brush) hatchway(c *render.Compartment, door *render.Door) float64 {
	at := b.span(c)
	n := 0.0
	for _, d := range b.d.Doors {
		if b.ways[b.index][d] != passage || (d.From != c.ID && d.To != c.ID) {
			continue
		}
		if d == door {
			break
		}
		n++
	}
	return at.x + at.w - pad - n*portStep
}

// hasPassage reports whether the diagram has a passage: then a ceiling parts them from the bays.
func (b *brush) hasPassage() bool {
	for _, w := range b.ways[b.index] {
		if w == passage {
			return true
		}
	}
	return false
}

// ceiling is the deck under the passages, with an opening where each goes up or down.
func (b *brush) ceiling() {
	y := b.rows[0].top
	var gaps []float64
	for _, door := range b.d.Doors {
		if b.ways[b.index][door] == passage {
			gaps = append(gaps, b.hatchway(b.bay(b.d, door.From), door), b.hatchway(b.bay(b.d, door.To), door))
		}
	}
	slices.Sort(gaps)
	x := b.shell.stern.x(y)
	for _, g := range gaps {
		if g-5.5 > x+6 { // openings side by side are one
			b.line(render.Hull, 2, point{x, y}, point{g - 5.5, y})
		}
		x = max(x, g+5.5)
	}
	b.line(render.Hull, 2, point{x, y}, point{b.shell.bow.x(y), y})
}

// along is a passage above the bays, from one to another that is no neighbour.
func (b *brush) along(door *render.Door) {
	lane := slices.Index(b.lanes, keyOf(door))
	if lane < 0 {
		return
	}
	y := b.shell.deck + 10 + float64(lane)*laneH
	top := b.rows[0].top
	from, to := b.hatchway(b.bay(b.d, door.From), door), b.hatchway(b.bay(b.d, door.To), door)
	color, width, dash := b.doorLook(door)
	points := []point{{from, top + 9}, {from, y}, {to, y}, {to, top + 10}}
	b.put(
		render.Shape{Path: rounded(points, 5), Stroke: render.Bay, Width: width + 3},
		render.Shape{Path: rounded(points, 5), Stroke: color, Width: width, Dash: dash},
		render.Shape{Path: render.Arrow(to, top+12, 0, 1, 6), Stroke: color, Width: width, Round: true},
	)
	a := render.Area{Element: target(door), Tip: door.Tip, Leads: true}
	b.area(box{min(from, to), y - laneH/2, max(from, to) - min(from, to), laneH}, a)
	b.area(box{to - 6, top - 2, 12, 15}, a)
}
