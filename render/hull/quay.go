package hull

import (
	"fmt"
	"strings"

	"bulkhead/model"
	"bulkhead/render"
)

const (
	quayLine = 32.0
	maxQuay  = 2 // lines
	// A guest that something leads to has this room for its name, whether a breach comes that way or not.
	wordsAshore = 92.0
)

// A guestAt is the place of a guest on the quay.
type guestAt struct {
	box
	guest *render.Guest
	words string
	more  []*render.Guest
}

// berthGuests places the guests of all diagrams in lines along the quay, from its own upper edge.
func (p *plan) berthGuests(d *render.Diagram) []guestAt {
	var out []guestAt
	x, y := 64.0, 0.0
	right := p.shell.x1
	led := map[model.ID]bool{}
	for _, door := range d.Doors {
		led[door.To] = true
	}
	for i, g := range d.Quay {
		words := ""
		for _, door := range p.index[d].doors[g.ID] {
			if len(words) > 60 {
				break // more than there is room for
			}
			words += ", " + door.Name
		}
		words = strings.TrimPrefix(words, ", ")
		if words != "" {
			words = render.Fit(p.m, "to "+words, render.SizeSmallest, render.Regular, 120)
		}
		name := render.FitName(p.m, g.Name, render.SizeSmall, render.Medium, 170)
		w := 30 + p.m.Width(name, render.SizeSmall, render.Medium) + 10
		room := p.m.Width(words, render.SizeSmallest, render.Regular)
		if led[g.ID] {
			room = max(room, wordsAshore)
		}
		if room > 0 {
			w += 8 + room
		}
		limit := right
		if y == quayLine*(maxQuay-1) && i < len(d.Quay)-1 {
			limit -= 80
		}
		if x > 64 && x+w > limit {
			if y == quayLine*(maxQuay-1) {
				return append(out, guestAt{box: box{x, y, 76, 24}, more: d.Quay[i:]})
			}
			x, y = 64, y+quayLine
		}
		out = append(out, guestAt{box: box{x, y, w, 24}, guest: g, words: words})
		x += w + 12
	}
	return out
}

// quayHeight is the room that the guests need below the keel.
func (p *plan) quayHeight() float64 {
	h := 0.0
	for _, d := range p.diagrams {
		for _, g := range p.berthGuests(d) {
			h = max(h, g.y+quayLine+12)
		}
	}
	return h
}

// moor draws the guests: users, and roles that no function has.
func (b *brush) moor() {
	guests := b.berthGuests(b.d)
	if len(guests) == 0 {
		return
	}
	top := b.height - b.quay + 10
	b.put(render.Text{X: b.shell.x0 - clear, Y: top + 16, Size: render.SizeSmall, Weight: render.Medium, Color: render.Muted, Text: "Ashore", Level: render.Near})
	for _, g := range guests {
		at := g.box
		at.y += top
		if g.guest == nil {
			b.text(render.Text{X: at.x, Y: at.y + 16, Size: render.SizeSmall, Color: render.Muted, Text: fmt.Sprintf("and %d more", len(g.more)), Level: render.Near}, at.w)
			tip := ""
			var first model.ID
			for _, m := range g.more {
				tip += m.Name + "\n"
				if m.State >= render.Held && first == "" {
					first = m.ID
				}
			}
			b.area(at, render.Area{Element: first, Tip: strings.TrimSpace(tip)})
			continue
		}
		b.guest(g, at)
	}
}

func (b *brush) guest(g guestAt, at box) {
	s := render.Shape{Path: render.Rect(at.x, at.y, at.w, at.h, 12), Fill: render.Panel, Stroke: render.Line, Width: 1}
	switch g.guest.State {
	case render.Breached:
		s.Stroke, s.Width = render.Danger, 2
	case render.Held:
		s.Stroke, s.Width = render.Danger, 2
	case render.Fed, render.Sound:
	}
	b.put(s)
	switch g.guest.State {
	case render.Breached:
		b.sign(render.BreachSign)
		b.put(render.Shape{Path: render.Star(at.x+14, at.midY(), 11), Fill: render.Danger})
	case render.Held:
		b.held(at.x+15, at.midY(), g.guest.Hop)
	case render.Fed, render.Sound:
		b.put(render.Icon{Name: g.guest.Icon, X: at.x + 8, Y: at.midY() - 7.5, Size: 15, Color: render.Ink, Level: render.Near})
	}
	w := b.text(render.Text{X: at.x + 30, Y: at.midY() + 4, Size: render.SizeSmall, Weight: render.Medium, Color: render.Ink, Text: g.guest.Name, Level: render.Near}, 170)
	words := g.words
	if g.guest.By != "" {
		words = "from " + g.guest.By
	}
	b.text(render.Text{X: at.x + 30 + w + 8, Y: at.midY() + 4, Size: render.SizeSmallest, Color: render.Muted, Text: words, Level: render.Close}, at.x+at.w-8-(at.x+30+w+8))
	b.area(at, render.Area{Element: g.guest.ID, Tip: g.guest.Tip})
}
