package render

import (
	"fmt"
	"math"
	"strings"

	"bulkhead/model"
	"bulkhead/model/reach"
)

// A Claim is what a picture says in words and figures.
type Claim struct {
	Title    string
	Sentence string // what is breached: "Breach of Shop, the worst: one function, one role, ten routes"
	Figure   string // the share: "89 %"
	Open     bool   // nothing is known to flood, but not all was seen
	Good     bool   // the figure is nothing to fear: nothing floods, the sea included, or less than before and no administrator is reachable
	Noun     string // "8 of 9 resources flood, PaymentKey among them"
	Parts    []Part // each function's share, in the order of the bays
	Sums     []Part // mean, watertightness
	Notes    []string
}

// A Part is a name with its figure.
type Part struct {
	ID     model.ID // "" for a sum
	Name   string
	Figure string
	Share  float64 // that Figure tells, 0 for a sum
	Split  bool    // of what a function was split into between the designs compared
}

// Description is the claim in sentences, for those who cannot see the picture.
func (c *Claim) Description() string {
	var b strings.Builder
	for _, s := range []string{c.Sentence, strings.TrimSpace(c.Figure + ": " + c.Noun)} {
		if s = strings.Trim(s, ": "); s != "" {
			b.WriteString(s + ". ")
		}
	}
	for _, n := range c.Notes {
		b.WriteString(n + ". ")
	}
	return strings.TrimSpace(b.String())
}

// Beside is the claim of a picture without a breach once it is known what all breaches reach beyond the design: where nothing floods
// it is dry if the sea is not reached either.
func (c Claim) Beside(sea Sea) Claim {
	switch none := c.Figure == Percent(0); {
	case c.Figure == beyond:
	case sea.Open && (none || c.Open):
		c.Good, c.Open = false, false
	case none && c.Open && sea.Words != "":
		c.Good, c.Open = true, false
	}
	return c
}

// fedNote begins the note on the other figure.
const fedNote = "With fed functions vulnerable too: "

// Share is Percent, as "≥ 40 %" where policies that were not seen may add to it.
func Share(share float64, atLeast bool) string {
	if atLeast && share < 1 {
		return "≥ " + Percent(share)
	}
	return Percent(share)
}

// Tight is a watertightness, as "≤ 0.60" where policies that were not seen may take from it.
func Tight(m reach.Measures) string {
	text := fmt.Sprintf("%.2f", m.Watertightness)
	if m.AtLeast > 0 && m.Watertightness > 0 {
		return "≤ " + text
	}
	return text
}

// Percent is a share for people: "89 %"; more than nothing is never shown as 0 %, less than all never as 100 %.
func Percent(share float64) string {
	p := math.Round(share * 100)
	switch {
	case p == 0 && share > 0:
		return "<1 %"
	case p == 100 && share < 1:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", p)
}

type head struct {
	items  []Item
	areas  []Area
	height float64
}

// newHead sets title and sentence left, figure and noun right.
func newHead(m Metrics, c *Claim, inner float64) head {
	var h head
	left, right := sheetMargin, sheetMargin+inner
	figure := m.Width(c.Figure, SizeFigure, Bold)
	tone := Danger
	switch {
	case c.Good:
		tone = Good
	case c.Open:
		tone = Ink
	}
	title := FitName(m, c.Title, SizeTitle, Bold, inner-figure-24)
	h.items = append(h.items, Text{X: left, Y: 40, Size: SizeTitle, Weight: Bold, Color: Ink, Text: title, Level: Near})
	if title != c.Title {
		h.areas = append(h.areas, Area{X: left, Y: 24, W: inner - figure - 24, H: 20, Tip: c.Title})
	}
	if c.Figure != "" {
		h.items = append(h.items, Text{X: right, Y: 42, Size: SizeFigure, Weight: Bold, Anchor: End, Color: tone, Text: c.Figure, Level: Near})
	}
	const line, first = 16.0, 62.0
	noun, sentence := c.Noun, c.Sentence
	nouns := balanced(m, noun, SizeBody, Medium, inner*0.5, 2)
	widest := 0.0
	for i, l := range nouns {
		widest = max(widest, m.Width(l, SizeBody, Medium))
		h.items = append(h.items, Text{X: right, Y: first + float64(i)*line, Size: SizeBody, Weight: Medium, Anchor: End, Color: Ink, Text: l, Level: Near})
	}
	sentences := balanced(m, sentence, SizeBody, Regular, inner-widest-28, 2)
	for i, l := range sentences {
		h.items = append(h.items, Text{X: left, Y: first + float64(i)*line, Size: SizeBody, Color: Muted, Text: l, Level: Near})
	}
	h.afar(m, c, tone, inner)
	// Two lines whatever the breach: the picture below must not move when another is chosen.
	const n = 2.0
	h.areas = append(h.areas,
		Area{X: left, Y: first - 13, W: inner - widest - 28, H: n * line, Tip: sentence},
		Area{X: right - widest, Y: first - 13, W: widest, H: n * line, Tip: noun})
	h.height = first + (n-1)*line + 10
	return h
}

// Sizes of what a sheet says around its body where the picture is so small that what is Near is left out.
const (
	farFigure = 42.0
	farTitle  = 28.0
	farBody   = 20.0
)

// afar is the head from far away: the same in one line each.
func (h *head) afar(m Metrics, c *Claim, tone Color, inner float64) {
	left, right := sheetMargin, sheetMargin+inner
	room := inner
	if c.Figure != "" {
		room -= m.Width(c.Figure, farFigure, Bold) + 24
		h.items = append(h.items, Text{X: right, Y: 46, Size: farFigure, Weight: Bold, Anchor: End, Color: tone, Text: c.Figure, Level: Far})
	}
	const line = 74.0
	noun := FitWords(m, c.Noun, farBody, Medium, inner*0.55)
	for _, t := range [...]Text{
		{X: left, Y: 40, Size: farTitle, Weight: Bold, Color: Ink, Text: FitName(m, c.Title, farTitle, Bold, room), Level: Far},
		{X: right, Y: line, Size: farBody, Weight: Medium, Anchor: End, Color: Ink, Text: noun, Level: Far},
		{X: left, Y: line, Size: farBody, Color: Muted, Text: FitWords(m, c.Sentence, farBody, Regular, inner-m.Width(noun, farBody, Medium)-28), Level: Far},
	} {
		if t.Text != "" {
			h.items = append(h.items, t)
		}
	}
}
