package hull

import (
	"strconv"

	"bulkhead/render"
)

// Where the picture is so small that what is Near is left out, a bay says the same in fewer words and larger: its name, what a
// breach of it reaches, how many ways lead in and out, and what the breach does here.

const (
	farSize  = 22.0 // of names of bays and their figures
	farTile  = 19.0 // of tiles, at most
	farLeast = 14.0 // of a tile's name that would be cut otherwise
	farCount = 18.0 // of counts and their signs
	farGap   = 14.0 // between counts
	farPill  = 25.0 // height of the plate of what the bay holds of the bilge
)

// afar writes a bay as it is to be read from far away.
func (b *brush) afar(c *render.Compartment, at box) {
	y := at.y + farSize + 9
	left, right := at.x+pad, at.x+at.w-pad
	b.text(render.Text{X: left, Y: y, Size: farSize, Weight: render.Bold, Color: render.Ink, Text: c.Name, Halo: b.halo(c, y), Level: render.Far}, at.w-2*pad-b.ports(b.d, c))

	middle := at.y + b.captionH() + cabinH/2
	y = middle + farSize*0.36
	x := b.fateAfar(c, left, at.y+b.captionH())
	color, weight := b.ink(c, y), render.Regular
	if c.State == render.Breached {
		color, weight = render.Ink, render.Bold
	}
	if c.Functions > 0 {
		figure := render.Percent(c.Share)
		b.put(render.Text{X: x, Y: y, Size: farSize, Weight: weight, Color: color, Text: figure, Halo: b.halo(c, y), Level: render.Far})
		x += b.m.Width(figure, farSize, weight) + farGap
	}
	b.counts(c, x, right, middle)
	b.reached(c, left, middle+cabinH/2+8, at.w-2*pad)
}

// fateAfar draws what the breach makes of the functions of a bay, each sign in its function's line, and returns where the words of
// the first line begin.
func (b *brush) fateAfar(c *render.Compartment, left, top float64) float64 {
	x := left
	shown, more := b.cabins(c)
	for i, cabin := range c.Cabins {
		line := i
		if i >= shown {
			if !more {
				break
			}
			line = shown
		}
		y := top + (float64(line)+0.5)*cabinH
		switch cabin.State {
		case render.Breached:
			b.put(render.Shape{Path: render.Star(left+11, y, 21), Fill: render.Danger, Stroke: render.Bay, Width: 2, Level: render.Far})
		case render.Held:
			b.put(render.AtLevel(render.Far, scaledAbout(left+11, y, 1.6, render.HeldMark(0, 0, cabin.Hop, render.Panel))...)...)
		case render.Fed:
			b.put(render.Icon{Name: "function", X: left, Y: y - 11, Size: 22, Color: render.Feeds, Level: render.Far})
		case render.Sound:
			continue
		}
		if line == 0 {
			x = left + 38
		}
		if i >= shown {
			break // one sign for the rest
		}
	}
	return x
}

// scaledAbout are items drawn about the origin, k times as large about a point.
func scaledAbout(x, y, k float64, items []render.Item) []render.Item {
	out := make([]render.Item, len(items))
	for i, it := range items {
		out[i] = render.Shifted(render.Scaled(it, k), x, y)
	}
	return out
}

// A tally is one count of a bay with its sign.
type tally struct {
	sign  func(x, y float64) // draws it, farCount wide, about a middle
	n     int
	width float64
}

// counts writes how many triggers a bay has, how many things in the bilge it can touch and how many doors lead out of it, as far
// as they stand as lines of text from near by; as many as there is room for.
func (b *brush) counts(c *render.Compartment, left, right, y float64) {
	ink := b.ink(c, y)
	put := func(items ...render.Item) { b.put(render.AtLevel(render.Far, items...)...) }
	var list []tally
	if b.decks {
		n, icon, open := 0, "", false
		for _, t := range c.Triggers {
			n += len(t.IDs)
			open = open || t.Open
			if icon == "" {
				icon = t.Icon
			}
		}
		if open {
			icon = "globe" // what matters most of them
		}
		list = append(list, tally{n: n, sign: func(x, y float64) {
			put(render.Icon{Name: icon, X: x, Y: y - farCount/2, Size: farCount, Color: ink})
		}})
	}
	if !b.lines {
		list = append(list, tally{n: len(b.plan.index[b.d].pipes[c.ID]), sign: func(x, y float64) {
			put(scaledAbout(x+1, y, 1.35, render.TapMark(0, 0, ink))...)
		}})
	}
	var out render.Door
	doors := 0
	for _, door := range b.plan.index[b.d].doors[c.ID] {
		if w, ok := b.ways[b.index][door]; !ok || w == passage || w == opening && (!b.decks || b.inRow(b.d, door)) {
			continue
		}
		doors++
		out.Wet, out.Runs = out.Wet || door.Wet, out.Runs || door.Runs
	}
	list = append(list, tally{n: doors, sign: func(x, y float64) {
		color, width, dash := b.doorLook(&out)
		if !out.Wet {
			color = ink
		}
		put(render.Shape{Path: render.Move(x, y).Line(x+17, y), Stroke: color, Width: width, Dash: dash},
			render.Shape{Path: render.Arrow(x+18, y, 1, 0, 7), Stroke: color, Width: width, Round: true})
	}})
	x := right
	for i := len(list) - 1; i >= 0; i-- {
		t := list[i]
		if t.n == 0 {
			continue
		}
		count := strconv.Itoa(t.n)
		w := farCount + 5 + b.m.Width(count, farCount, render.Regular)
		if x-w < left {
			return
		}
		t.sign(x-w, y)
		put(render.Text{X: x, Y: y + farCount*0.36, Size: farCount, Anchor: render.End, Color: ink, Text: count, Halo: b.halo(c, y+farCount*0.36)})
		x -= w + farGap
	}
}

// reached is a plate that says how many things in the bilge the breach reaches through a bay, in the tone of the worst.
func (b *brush) reached(c *render.Compartment, x, y, width float64) {
	if b.lines {
		return
	}
	var worst render.Pipe
	n := 0
	for _, pipe := range b.plan.index[b.d].pipes[c.ID] {
		if pipe.Tone == render.Dry {
			continue
		}
		n++
		if pipe.Tone > worst.Tone || pipe.Tone == worst.Tone && !pipe.May {
			worst = *pipe
		}
	}
	if n == 0 {
		return
	}
	words := strconv.Itoa(n) + " in the bilge"
	if b.m.Width(words, farCount, render.Medium)+22 > width {
		words = strconv.Itoa(n) + " wet"
	}
	w := min(width, b.m.Width(words, farCount, render.Medium)+22)
	plate := render.Shape{Path: render.Rect(x-3, y, w, farPill, 5), Fill: worst.Tone.Color(), Level: render.Far}
	halo := render.None
	if worst.May {
		plate.Hatch, halo = hatch(worst.Tone), worst.Tone.Color()
	}
	b.put(plate)
	b.text(render.Text{X: x + 8, Y: y + farPill/2 + farCount*0.36, Size: farCount, Weight: render.Medium, Color: worst.Tone.OnColor(), Text: words, Halo: halo, Level: render.Far}, w-14)
}

// triggerAfar is the sign of a trigger above the deck, or the label where it is short.
func (b *brush) triggerAfar(g *render.Trigger, x, width float64) {
	y := b.shell.deck - 40
	if b.m.Width(g.Label, farCount, render.Regular) <= width {
		b.put(render.Text{X: x, Y: y + farCount*0.36, Size: farCount, Anchor: render.Middle, Color: render.Muted, Text: g.Label, Level: render.Far})
		return
	}
	icon := g.Icon
	if g.Open {
		icon = "globe"
	}
	b.put(render.Icon{Name: icon, X: x - farSize/2, Y: y - farSize/2, Size: farSize, Color: render.Muted, Level: render.Far})
}

// nameAfar is the name of who stands ashore; where the breach holds them the sign of that stands before it.
func (b *brush) nameAfar(name string, at box, signed bool) {
	x, size := at.x+10, min(farTile, at.h*0.66)
	if signed {
		x = at.x + 28
	}
	b.text(render.Text{X: x, Y: at.midY() + size*0.36, Size: size, Weight: render.Medium, Color: render.Ink, Text: name, Level: render.Far}, at.x+at.w-8-x)
}
