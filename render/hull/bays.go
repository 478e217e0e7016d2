package hull

import (
	"fmt"
	"strings"

	"bulkhead/model"
	"bulkhead/render"
)

// bays writes what stands in each bay: name, functions, lines of text, tiles.
func (b *brush) bays() {
	for _, c := range b.d.Bays {
		b.area(b.span(c), render.Area{Element: c.ID, Tip: c.Tip})
		b.header(c)
		b.berths(c)
	}
}

// widestChip is how wide a line of text in a bay is at most.
const widestChip = 250.0

// ink is the colour of quiet text at a height in a bay: on water it must be stronger.
func (b *brush) ink(c *render.Compartment, y float64) render.Color {
	if c.Water > 0 && y > b.waterline(c)-14 { // from the first wave that touches the letters
		return render.Ink
	}
	return render.Muted
}

// halo keeps text legible on hatched water, and where the waterline runs through it.
func (b *brush) halo(c *render.Compartment, y float64) render.Color {
	line := b.waterline(c)
	switch {
	case c.Water <= 0:
	case c.WaterMay && y > line-14, y > line-1 && y < line+14:
		return render.Water
	case y > line-5 && y <= line-1:
		return render.Bay
	}
	return render.None
}

func (b *brush) header(c *render.Compartment) {
	at := b.span(c)
	left, width := at.x+pad, at.w-2*pad-b.ports(b.d, c)
	y := at.y + 26
	if b.decks {
		y = at.y + 22
	}
	if fed(c) {
		b.sign(render.FedSign)
		b.put(render.Shape{Path: render.Rect(at.x+6.5, at.y+6.5, at.w-13, at.h-12, 5), Stroke: render.Feeds, Width: 1.75, Dash: []float64{2, 3.5}, Round: true})
	}
	name := []string{c.Name}
	if b.tall {
		name = render.TwoLines(b.m, c.Name, b.nameSize(), render.Bold, width)
	}
	b.afar(c, at)
	if b.decks {
		width -= b.share(c, at.x+at.w-pad, y)
	}
	for _, line := range name {
		b.text(render.Text{X: left, Y: y, Size: b.nameSize(), Weight: render.Bold, Color: render.Ink, Text: line, Halo: b.halo(c, y), Level: render.Near}, width)
		y += nameLine
	}
	if b.decks {
		y -= 2
	}
	b.text(render.Text{X: left, Y: y, Size: render.SizeSmall, Color: b.ink(c, y), Text: b.caption(c), Halo: b.halo(c, y), Level: render.Near}, at.w-2*pad)

	y = at.y + b.captionH()
	shown, more := b.cabins(c)
	for i, cabin := range c.Cabins {
		if i == shown {
			break
		}
		place := box{at.x + 8, y, at.w - 16, cabinH}
		if len(c.Cabins) == 1 && c.ID != "" {
			// The function and its bay are one thing to point at.
			place = box{at.x + 8, at.y + 6, at.w - 16, at.h - 12}
		}
		b.area(place, render.Area{Element: cabin.ID, Tip: cabin.Tip})
		b.cabin(c, cabin, left, y+cabinH/2, at.w-2*pad)
		y += cabinH
	}
	if more {
		b.rest(c, shown, left, y+cabinH/2, at.w-2*pad)
		y += cabinH
	}
	chips, _ := b.head(b.d, c)
	for _, ch := range chips {
		b.chip(c, ch, left, y+chipH/2, min(at.w-2*pad, widestChip))
		y += chipH
	}
}

// share writes, at the end of a bay's first line, what the worst breach of its functions reaches, and returns how much of the line
// that takes: the same for each figure, as the name must not be cut another way when the figure changes.
func (b *brush) share(c *render.Compartment, right, y float64) float64 {
	if c.Functions == 0 {
		return 0
	}
	b.sign(render.ShareSign)
	b.put(render.Text{X: right, Y: y, Size: render.SizeSmall, Anchor: render.End, Color: b.ink(c, y), Text: render.Percent(c.Share), Halo: b.halo(c, y), Level: render.Near})
	return b.shareWidth()
}

// shareWidth is the room for a figure and before it.
func (p *plan) shareWidth() float64 {
	return p.m.Width(render.Percent(1), render.SizeSmall, render.Regular) + 8
}

// caption is what a bay says under its name; on several decks the triggers have lines of their own.
func (p *plan) caption(c *render.Compartment) string {
	if p.decks && c.Functions < 2 && c.Role != "" {
		return c.Role
	}
	return c.Caption
}

// fed reports whether all functions of a bay are fed and no more than that.
func fed(c *render.Compartment) bool {
	if len(c.Cabins) == 0 {
		return false
	}
	for _, cabin := range c.Cabins {
		if cabin.State != render.Fed {
			return false
		}
	}
	return true
}

// cabin is one function: its sign, its name or handler, and what the breach makes of it.
func (b *brush) cabin(c *render.Compartment, cabin *render.Cabin, x, y, width float64) {
	pill := ""
	switch cabin.State {
	case render.Breached:
		b.sign(render.BreachSign)
		b.put(render.AtLevel(render.Near, render.Shape{Path: render.Star(x+11, y, 17), Fill: render.Danger, Stroke: render.Bay, Width: 1.5})...)
		b.scene.Markers = append(b.scene.Markers, render.Area{X: x - 6, Y: y - 17, W: 34, H: 34})
		pill = "breach"
	case render.Held:
		b.held(x+11, y, cabin.Hop, render.Near)
	case render.Fed:
		b.put(render.Icon{Name: "function", X: x + 3, Y: y - 8, Size: 16, Color: render.Feeds, Level: render.Near})
		if !fed(c) {
			b.sign(render.FedSign)
			b.put(render.Shape{Path: render.Rect(x-1, y-11.5, min(width+2, 38+b.cabinWidth(c, cabin)), 23, 5), Stroke: render.Feeds, Width: 1.5, Dash: []float64{2, 3.5}, Round: true})
		}
	case render.Sound:
		b.put(render.Icon{Name: "function", X: x + 3, Y: y - 8, Size: 16, Color: b.ink(c, y), Level: render.Near})
	}
	left := width - 30
	if pill != "" {
		left -= 56
	}
	name, handler := cabinWords(c, cabin)
	if pill != "" && b.m.Width(handler, render.SizeSmall, render.Regular) > left {
		handler = "" // the sign says more than half a handler
	}
	at := x + 30
	if name != "" {
		w := b.text(render.Text{X: at, Y: y + 4, Size: render.SizeSmall, Weight: render.Medium, Color: render.Ink, Text: name, Halo: b.halo(c, y+4), Level: render.Near}, left)
		at, left = at+w+7, left-w-7
	}
	if handler != "" && left > 30 {
		w := b.text(render.Text{X: at, Y: y + 4, Size: render.SizeSmall, Color: b.ink(c, y), Text: handler, Halo: b.halo(c, y+4), Level: render.Near}, left)
		at += w + 7
	}
	if pill != "" {
		b.pill(at+1, y, pill)
	}
}

// held is the sign of a function or guest whose code or credentials the breach holds.
func (b *brush) held(x, y float64, step int, l render.Level) {
	b.sign(render.HeldSign)
	b.put(render.AtLevel(l, render.HeldMark(x, y, step, render.Panel)...)...)
}

// pill is a word on a ground of danger.
func (b *brush) pill(x, y float64, word string) {
	w := b.m.Width(word, render.SizeSmall, render.Bold)
	b.put(render.AtLevel(render.Near,
		render.Shape{Path: render.Rect(x, y-9, w+14, 18, 9), Fill: render.Danger},
		render.Text{X: x + 7, Y: y + 4, Size: render.SizeSmall, Weight: render.Bold, Color: render.OnDanger, Text: word},
	)...)
}

// rest is the line for the functions that have none of their own; a breach that starts in one of them shows there.
func (b *brush) rest(c *render.Compartment, shown int, x, y, width float64) {
	words := fmt.Sprintf("and %d more functions", len(c.Cabins)-shown)
	if shown == 0 {
		words = fmt.Sprintf("%d functions", len(c.Cabins))
	}
	var names []string
	var start *render.Cabin
	step := -1 // at which the first of them is held
	for _, cabin := range c.Cabins[shown:] {
		names = append(names, cabin.Name)
		if cabin.State == render.Breached {
			start = cabin
		}
		if cabin.State == render.Held && (step < 0 || cabin.Hop < step) {
			step = cabin.Hop
		}
	}
	a := render.Area{Tip: strings.Join(names, "\n")}
	if start != nil {
		a.Element = start.ID
		shadow := *start
		shadow.Handler = fmt.Sprintf("and %d more", len(c.Cabins)-shown-1)
		all := *c
		all.Functions = max(2, c.Functions)
		b.cabin(&all, &shadow, x, y, width)
	} else {
		if step >= 0 {
			b.held(x+11, y, step, render.Near)
		} else {
			b.put(render.Icon{Name: "function", X: x + 3, Y: y - 8, Size: 16, Color: b.ink(c, y), Level: render.Near})
		}
		b.text(render.Text{X: x + 30, Y: y + 4, Size: render.SizeSmall, Color: b.ink(c, y), Text: words, Halo: b.halo(c, y+4), Level: render.Near}, width-30)
	}
	b.area(box{x, y - cabinH/2, width, cabinH}, a)
}

// chip is a line of text in a bay.
func (b *brush) chip(c *render.Compartment, ch chip, x, y, width float64) {
	text := b.ink(c, y)
	name := render.Text{X: x + 18, Y: y + 4, Size: render.SizeSmallest, Color: text, Text: ch.name, Halo: b.halo(c, y+4), Level: render.Near}
	words := render.Text{Y: y + 4, Size: render.SizeSmallest, Color: text, Text: ch.words, Halo: name.Halo, Level: render.Near}
	switch {
	case ch.pipe != nil:
		mark := text
		b.sign(render.TapSign)
		if ch.pipe.Tone > render.Dry {
			s := render.Shape{Path: render.Rect(x-3, y-8, width+6, 16, 4), Fill: ch.pipe.Tone.Color()}
			b.sign(ch.pipe.Tone.Sign())
			name.Color, words.Color, mark = ch.pipe.Tone.OnColor(), ch.pipe.Tone.OnColor(), ch.pipe.Tone.OnColor()
			name.Halo, words.Halo = render.None, render.None
			name.Weight = render.Medium
			if ch.pipe.May {
				b.sign(render.MaySign)
				s.Hatch = hatch(ch.pipe.Tone)
				name.Halo, words.Halo = ch.pipe.Tone.Color(), ch.pipe.Tone.Color()
			}
			s.Level = render.Near
			b.put(s)
			if ch.pipe.May && ch.pipe.Sure > render.Dry {
				b.sure(ch.pipe.Sure, render.LeftRect(x-3, y-8, 18, 16, 4), render.Near)
				mark = ch.pipe.Sure.OnColor()
			}
		}
		b.put(render.AtLevel(render.Near, render.TapMark(x, y-0.5, mark)...)...)
	case ch.door != nil:
		b.exit(ch.door, x, y, text)
		if ch.door.Wet {
			name.Color, name.Weight = render.Ink, render.Medium
		}
	default:
		b.put(render.Icon{Name: ch.icon, X: x, Y: y - 6.5, Size: 13, Color: text, Level: render.Near})
		if ch.open {
			b.sign(render.OpenSign)
			b.put(render.Icon{Name: "globe", X: x + width - 12, Y: y - 6, Size: 12, Color: text, Level: render.Near})
			width -= 16
		}
	}
	w := b.text(name, width-18)
	words.Text = render.FitWords(b.m, ch.words, words.Size, words.Weight, width-18-w-5)
	if words.Text != "" {
		words.X = name.X + w + 5
		b.put(words)
		b.doubt(words.Text)
	}
	b.area(box{x - 3, y - chipH/2, width + 6, chipH}, render.Area{Element: ch.element, Tip: strings.TrimSpace(ch.tip), Leads: true})
}

// exit is the sign of a door that leads further than an opening: a short arrow.
func (b *brush) exit(door *render.Door, x, y float64, quiet render.Color) {
	color, width, dash := b.doorLook(door)
	if !door.Wet {
		color = quiet
	}
	b.put(render.AtLevel(render.Near,
		render.Shape{Path: render.Move(x, y).Line(x+12, y), Stroke: color, Width: width, Dash: dash},
		render.Shape{Path: render.Arrow(x+13.5, y, 1, 0, 5.5), Stroke: color, Width: width, Round: true},
	)...)
}

// berths draws the tiles of a bay, and one that stands for those without room.
func (b *brush) berths(c *render.Compartment) {
	var rest []*render.Tile
	var last model.ID
	for _, t := range c.Tiles {
		if b.hidden[t.ID] {
			rest = append(rest, t)
			if _, ok := b.tileAt[t.ID]; ok {
				last = t.ID
			}
			continue
		}
		b.tile(t, b.tileAt[t.ID])
	}
	if len(rest) > 0 {
		at, ok := b.tileAt[last]
		if !ok { // the place that says how many more there are is another diagram's: keep to it
			ids := b.cells[rest[0].Cell].tiles
			at = b.tileAt[ids[len(ids)-1]]
		}
		b.tile(sum(rest), at)
	}
}

func (b *brush) tilesInBilge() {
	var rest []*render.Tile
	for _, t := range b.d.Bilge {
		if b.hidden[t.ID] {
			rest = append(rest, t)
			continue
		}
		b.tile(t, b.tileAt[t.ID])
	}
	if len(rest) > 0 {
		b.tile(sum(rest), b.tileAt[b.bilge.tiles[len(b.bilge.tiles)-1]])
	}
}

// sum is the tile that stands for several: as bad as the worst of them.
func sum(rest []*render.Tile) *render.Tile {
	t := &render.Tile{Name: fmt.Sprintf("%d more", len(rest)), Icon: "resource", Counted: true}
	wet := 0
	var names []string
	for _, r := range rest {
		if r.Tone > t.Tone || (r.Tone == t.Tone && !r.May) {
			t.Tone, t.May = r.Tone, r.May && r.Tone > render.Dry
		}
		if r.Tone > render.Dry {
			wet++
		}
		t.Crown = t.Crown || r.Crown
		names = append(names, r.Name)
	}
	t.Words = "all dry"
	if wet > 0 {
		t.Words = fmt.Sprintf("%d wet", wet)
	}
	const most = 20
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	t.Tip = t.Name + ", " + t.Words + "\n" + strings.Join(names, "\n")
	return t
}

// sure paints the part of a hatched thing that shows what holds whatever the unknowns.
func (b *brush) sure(t render.Tone, part render.Path, l render.Level) {
	b.sign(t.Sign())
	b.sign(render.SureSign)
	b.put(render.Shape{Path: part, Fill: t.Color(), Level: l})
}

// doubt puts the question mark into the legend where words on the picture have one.
func (b *brush) doubt(words string) {
	if strings.Contains(words, "?") {
		b.sign(render.MaySign)
	}
}

// hatch is the colour of hatching on a tone.
func hatch(t render.Tone) render.Color {
	return [...]render.Color{render.None, render.Tile2, render.Tile1, render.Tile2}[t]
}

// tile is a resource.
func (b *brush) tile(t *render.Tile, at box) {
	s := render.Shape{Path: render.Rect(at.x, at.y, at.w, at.h, 5), Fill: render.Panel, Stroke: render.Line, Width: 1}
	quiet, ink := render.Muted, render.Ink
	halo := render.None
	if t.Tone > render.Dry {
		b.sign(t.Tone.Sign())
		s.Fill, s.Stroke, s.Width = t.Tone.Color(), render.Bay, 1
		ink = t.Tone.OnColor()
		quiet = ink
		if t.May {
			b.sign(render.MaySign)
			s.Hatch = hatch(t.Tone)
			halo = t.Tone.Color()
		}
	}
	if !t.Counted {
		s.Dash, s.Stroke = []float64{3, 3}, render.Muted
		b.sign(render.MinorSign)
		if t.Tone == render.Dry {
			ink = render.Muted
		}
	}
	b.put(s)
	if t.May && t.Sure > render.Dry {
		b.sure(t.Sure, render.LeftRect(at.x+s.Width/2, at.y+s.Width/2, indentOf(at)-4, at.h-s.Width, 5), render.Always)
	}
	b.label(t, at, ink, quiet, halo)
	if t.Crown {
		b.sign(render.CrownSign)
		b.put(render.Shape{Path: render.CrownPath(at.x+at.w-13, at.y+3.5, 15), Fill: render.Crown, Stroke: render.Bay, Width: 1.25, Round: true})
	}
	if t.Via != "" {
		b.sign(render.ViaSign)
		b.put(render.ViaMark(at.x-4, at.y+1)...)
	}
	if t.Mark == render.New {
		b.sign(render.NewSign)
		b.put(render.Shape{Path: render.Move(at.x, at.y+7).Line(at.x, at.y+at.h-7), Stroke: render.Good, Width: 4})
	}
	if t.Mark == render.Moved {
		b.sign(render.MovedSign)
		b.put(render.MovedMark(at.x+at.w-30, at.y)...)
	}
	b.area(at, render.Area{Element: t.ID, Tip: t.Tip})
}

// indentOf is where a tile's words begin, behind its icon.
func indentOf(at box) float64 {
	if at.h < tileH {
		return 28
	}
	return 34
}

// label writes a tile's name and words: under each other, or beside each other where the tile is low.
func (b *brush) label(t *render.Tile, at box, ink, quiet, plate render.Color) {
	indent, icon, sign := indentOf(at), 16.0, ink
	if at.h < tileH {
		icon = 14
	}
	left := at.w - indent - 6
	name := render.Text{X: at.x + indent, Y: at.y + 16, Size: render.SizeSmall, Weight: render.Medium, Color: ink, Level: render.Near}
	words := render.Text{X: at.x + indent, Y: at.y + 29, Size: render.SizeSmallest, Color: quiet, Level: render.Near}
	if at.h < tileH {
		name.Text = b.names.Fit(b.m, t.Name, name.Size, name.Weight, left)
		words.X = name.X + b.m.Width(name.Text, name.Size, name.Weight) + 6
		words.Y = name.Y
		words.Text = render.FitWords(b.m, t.Words, words.Size, words.Weight, at.x+at.w-6-words.X)
	} else {
		name.Text = b.names.Fit(b.m, t.Name, name.Size, name.Weight, left)
		words.Text = render.FitWords(b.m, t.Words, words.Size, words.Weight, left)
		if words.Text == "" {
			name.Y = at.midY() + 4
		}
	}
	if plate != render.None { // hatching must not run through words and icon
		if t.Sure > render.Dry {
			sign = t.Sure.OnColor()
		} else {
			b.put(render.Shape{Path: render.Rect(at.x+(indent-icon)/2-3, at.midY()-icon/2-3, icon+6, icon+6, 4), Fill: plate})
		}
		right := max(name.X+b.m.Width(name.Text, name.Size, name.Weight), words.X+b.m.Width(words.Text, words.Size, words.Weight))
		b.put(render.Shape{Path: render.Rect(at.x+indent-5, at.y+3.5, right-at.x-indent+10, at.h-7, 4), Fill: plate})
	}
	b.put(render.Icon{Name: t.Icon, X: at.x + (indent-icon)/2, Y: at.midY() - icon/2, Size: icon, Color: sign, Level: render.Near})
	b.put(name)
	size := min(farTile, at.h*0.7)
	if w := b.m.Width(t.Name, size, render.Medium); w > at.w-14 { // better smaller than cut
		size = max(farLeast, size*(at.w-14)/w)
	}
	b.text(render.Text{X: at.x + 8, Y: at.midY() + size*0.36, Size: size, Weight: render.Medium, Color: ink, Text: t.Name, Halo: plate, Level: render.Far}, at.w-14)
	if words.Text != "" {
		b.put(words)
		b.doubt(words.Text)
	}
}
