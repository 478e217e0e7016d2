package hull

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/render"
)

const (
	quayLine    = 30.0
	quayLines   = 3
	maxGuests   = 12 // those with a way into the ship first; the rest are counted
	aloneLines  = 12 // of a ship without bays, where the guests are all that there is
	aloneGuests = 48
	aloneWide   = 1000.0 // of the ship, beside more than a few
	fewAlone    = 6
	guestHigh   = 24.0
	nameAshore  = 170.0
	wordsAshore = 112.0 // for where a guest leads or who leads to it
	gangwayLong = 20.0
)

// A quay is where guests stand, the same in each diagram: grouped by who can become them.
type quay struct {
	at     map[model.ID]box // y from the quay's own upper edge
	labels []label
	more   box // for those that are counted, w 0: none
	high   float64
}

type label struct {
	x, y float64
	text string
}

// berthGuests finds the places of the guests of all diagrams.
func (p *plan) berthGuests() quay {
	q := quay{at: map[model.ID]box{}}
	type berth struct {
		guest *render.Guest
		way   int // 0: runs as another, 1: feeds one, 2: leads nowhere
		w     float64
	}
	var all []berth
	for _, d := range p.diagrams {
		for _, g := range d.Quay {
			w := 30 + min(p.m.Width(g.Name, render.SizeSmall, render.Medium), nameAshore) + 10
			way := 2
			for _, door := range p.index[d].doors[g.ID] {
				if door.Runs {
					way = 0
					break
				}
				way = 1
			}
			if room := p.wordsOf(d, g); room > 0 {
				w += 8 + min(room, wordsAshore) + 2
			}
			i := slices.IndexFunc(all, func(b berth) bool { return b.guest.ID == g.ID })
			if i < 0 {
				all = append(all, berth{g, way, w})
				continue
			}
			all[i].w, all[i].way = max(all[i].w, w), min(all[i].way, way)
		}
	}
	if len(all) == 0 {
		return q
	}
	slices.SortStableFunc(all, func(a, b berth) int { return a.way - b.way })
	most, lines := maxGuests, float64(quayLines)
	if p.bare() {
		most, lines = aloneGuests, aloneLines
	}
	rest := len(all) > most
	all = all[:min(len(all), most)]
	slices.SortStableFunc(all, func(a, b berth) int { return int(a.guest.Group) - int(b.guest.Group) })

	left, right := p.shell.x0-clear, p.shell.x1
	x, y := left, 0.0
	const moreWide = 116.0
	fits := func(w float64) bool {
		limit := right
		if y >= quayLine*(lines-1) {
			limit -= moreWide
		}
		if x > left && x+w > limit {
			if y >= quayLine*(lines-1) {
				return false
			}
			x, y = left, y+quayLine
		}
		return true
	}
	for i, b := range all {
		text, room := "", 0.0
		if i == 0 || b.guest.Group != all[i-1].guest.Group {
			text = b.guest.Group.String()
			if i == 0 {
				text = "Ashore: " + text
			}
			room = p.m.Width(text, render.SizeSmall, render.Medium) + 10
		}
		if !fits(room + b.w) {
			rest = true
			break
		}
		if text != "" {
			q.labels = append(q.labels, label{x, y, text})
			x += room
		}
		q.at[b.guest.ID] = box{x, y, b.w, guestHigh}
		x += b.w + 12
	}
	if rest {
		if x > left && x+moreWide > right {
			x, y = left, y+quayLine
		}
		q.more = box{x, y, moreWide - 8, guestHigh}
	}
	q.high = y + quayLine + 12
	return q
}

// wordsOf is how wide what a guest says may be: where it leads and who leads to it, whichever way a breach comes.
func (p *plan) wordsOf(d *render.Diagram, g *render.Guest) float64 {
	room := 0.0
	width := func(s string) float64 { return p.m.Width(s, render.SizeSmallest, render.Regular) }
	doors := p.index[d].doors[g.ID]
	for _, door := range doors {
		room = max(room, gangwayLong+width(aboard(door, doors)))
	}
	for _, door := range d.Doors {
		if door.To != g.ID {
			continue
		}
		name := string(door.From)
		if b := p.bay(d, door.From); b != nil {
			name = b.Name
		}
		for _, from := range d.Quay {
			if from.ID == door.From {
				name = from.Name
			}
		}
		room = max(room, width("from "+name))
	}
	return room
}

// aboard says where a door of a guest leads, and that it has others.
func aboard(door *render.Door, all []*render.Door) string {
	if n := len(all) - 1; n > 0 {
		return fmt.Sprintf("%s +%d", door.Name, n)
	}
	return door.Name
}

// moor draws the guests: users, and roles that no function has.
func (b *brush) moor() {
	if len(b.d.Quay) == 0 {
		return
	}
	top := b.height - b.quay.high + 10
	for _, l := range b.quay.labels {
		b.put(render.Text{X: l.x, Y: top + l.y + 16, Size: render.SizeSmall, Weight: render.Medium, Color: render.Muted, Text: l.text, Level: render.Near})
	}
	var counted []*render.Guest
	for _, g := range b.d.Quay {
		at, ok := b.quay.at[g.ID]
		if !ok {
			counted = append(counted, g)
			continue
		}
		at.y += top
		b.guest(g, at)
	}
	if len(counted) > 0 {
		at := b.quay.more
		at.y += top
		b.counted(counted, at)
	}
}

// counted is the line for the guests that have no place of their own; it stands for the first that the breach holds.
func (b *brush) counted(guests []*render.Guest, at box) {
	tip, held := "", 0
	var first model.ID
	for _, g := range guests {
		tip += g.Name + "\n"
		if g.State >= render.Held {
			held++
			if first == "" {
				first = g.ID
			}
		}
	}
	t := render.Text{X: at.x, Y: at.y + 16, Size: render.SizeSmall, Color: render.Muted, Text: fmt.Sprintf("and %d more", len(guests)), Level: render.Near}
	if held > 0 {
		t.Text, t.Color, t.Weight = fmt.Sprintf("%d more, %d held", len(guests), held), render.Ink, render.Medium
	}
	b.text(t, at.w)
	b.area(at, render.Area{Element: first, Tip: strings.TrimSpace(tip)})
}

func (b *brush) guest(g *render.Guest, at box) {
	s := render.Shape{Path: render.Rect(at.x, at.y, at.w, at.h, 12), Fill: render.Panel, Stroke: render.Line, Width: 1}
	if g.State >= render.Held {
		s.Stroke, s.Width = render.Danger, 2
	}
	b.put(s)
	switch g.State {
	case render.Breached:
		b.sign(render.BreachSign)
		b.put(render.Shape{Path: render.Star(at.x+14, at.midY(), 11), Fill: render.Danger})
		b.scene.Markers = append(b.scene.Markers, render.Area{X: at.x + 3, Y: at.midY() - 11, W: 22, H: 22})
	case render.Held:
		b.held(at.x+15, at.midY(), g.Hop, render.Always)
	case render.Fed, render.Sound:
		if g.Group == render.Outside {
			b.sign(render.OutsideSign)
		}
		b.put(render.Icon{Name: g.Icon, X: at.x + 8, Y: at.midY() - 7.5, Size: 15, Color: render.Ink, Level: render.Near})
	}
	w := b.text(render.Text{X: at.x + 30, Y: at.midY() + 4, Size: render.SizeSmall, Weight: render.Medium, Color: render.Ink, Text: g.Name, Level: render.Near}, nameAshore)
	b.gangway(g, at.x+30+w+8, at)
	b.nameAfar(g.Name, at, g.State >= render.Held)
	b.area(at, render.Area{Element: g.ID, Tip: g.Tip})
}

// gangway says where a guest can go aboard, and where the breach has come by it, from whom.
func (b *brush) gangway(g *render.Guest, x float64, at box) {
	doors := b.plan.index[b.d].doors[g.ID]
	words := ""
	switch {
	case g.By != "":
		words = "from " + g.By
	case len(doors) > 0:
		first := doors[0]
		for _, door := range doors {
			if door.Wet && !first.Wet || door.Wet == first.Wet && door.Runs && !first.Runs {
				first = door
			}
		}
		b.exit(first, x, at.midY(), render.Muted)
		x += gangwayLong
		words = aboard(first, doors)
	}
	b.text(render.Text{X: x, Y: at.midY() + 4, Size: render.SizeSmallest, Color: render.Muted, Text: words, Level: render.Near}, at.x+at.w-9-x)
}
