package render

import (
	"fmt"
	"math"
	"slices"
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
	Good     bool   // the figure is nothing to fear: nothing floods, or less than before
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
	h.items = append(h.items, Text{X: left, Y: 40, Size: SizeTitle, Weight: Bold, Color: Ink, Text: title})
	if title != c.Title {
		h.areas = append(h.areas, Area{X: left, Y: 24, W: inner - figure - 24, H: 20, Tip: c.Title})
	}
	if c.Figure != "" {
		h.items = append(h.items, Text{X: right, Y: 42, Size: SizeFigure, Weight: Bold, Anchor: End, Color: tone, Text: c.Figure})
	}
	const line, first = 16.0, 62.0
	noun, sentence := c.Noun, c.Sentence
	nouns := balanced(m, noun, SizeBody, Medium, inner*0.5, 2)
	widest := 0.0
	for i, l := range nouns {
		widest = max(widest, m.Width(l, SizeBody, Medium))
		h.items = append(h.items, Text{X: right, Y: first + float64(i)*line, Size: SizeBody, Weight: Medium, Anchor: End, Color: Ink, Text: l})
	}
	sentences := balanced(m, sentence, SizeBody, Regular, inner-widest-28, 2)
	for i, l := range sentences {
		h.items = append(h.items, Text{X: left, Y: first + float64(i)*line, Size: SizeBody, Color: Muted, Text: l})
	}
	// Two lines whatever the breach: the picture below must not move when another is chosen.
	const n = 2.0
	h.areas = append(h.areas,
		Area{X: left, Y: first - 13, W: inner - widest - 28, H: n * line, Tip: sentence},
		Area{X: right - widest, Y: first - 13, W: widest, H: n * line, Tip: noun})
	h.height = first + (n-1)*line + 10
	return h
}

type foot struct {
	items  []Item
	areas  []Area
	height float64
}

// newFoot sets the sea, the parts' shares and what was not seen, under each other.
func newFoot(m Metrics, d *Diagram, inner float64) foot {
	var f foot
	left := sheetMargin
	y := 10.0
	const wave, swell, seaLine = 26.0, 3.5, 16.0
	words, weight, tone := "the sea: "+d.Sea.Words, Regular, Muted
	if d.Sea.Open {
		weight, tone = Bold, Link
	}
	lines := Wrap(m, words, SizeBody, weight, inner-24, 1000)
	deep := 30 + seaLine*float64(len(lines)-1)
	if d.Sea.Open {
		s := Shape{Path: Move(left, y).Waves(left+inner, wave, swell).Line(left+inner, y+deep).Waves(left, wave, -swell/2).Close(), Fill: Water}
		if d.Sea.May {
			s.Hatch = Tile2
		}
		f.items = append(f.items, s, Shape{Path: Wave(left, y, inner, wave, swell), Stroke: Tile3, Width: 2})
	} else {
		f.items = append(f.items, Shape{Path: Wave(left, y, inner, wave, swell*0.6), Stroke: Line, Width: 1.25})
	}
	for i, l := range lines {
		text := Text{X: left + 12, Y: y + 21 + seaLine*float64(i), Size: SizeBody, Weight: weight, Color: tone, Text: l}
		if d.Sea.May {
			text.Halo = Water
		}
		f.items = append(f.items, text)
	}
	f.areas = append(f.areas, Area{X: left, Y: y, W: inner, H: deep, Tip: tip(words, d.Sea.Tip)})
	y += deep

	// The parts, with the sums at the end of the last line.
	const gap, line = 18.0, 19.0
	x, row := 0.0, y+21
	sums := 0.0
	for _, p := range d.Claim.Sums {
		sums += m.Width(p.Name+" "+p.Figure, SizeBody, Medium) + gap
	}
	put := func(p Part, weight Weight) {
		name := FitName(m, p.Name, SizeBody, Regular, 160)
		w := m.Width(name+" ", SizeBody, Regular)
		total := w + m.Width(p.Figure, SizeBody, weight)
		f.items = append(f.items,
			Text{X: left + x, Y: row, Size: SizeBody, Color: Muted, Text: name},
			Text{X: left + x + w, Y: row, Size: SizeBody, Weight: weight, Color: Ink, Text: p.Figure})
		f.areas = append(f.areas, Area{X: left + x, Y: row - 13, W: total, H: 17, Element: p.ID, Tip: p.Name + ": " + p.Figure, Leads: true})
		x += total + gap
	}
	width := func(p Part) float64 {
		return m.Width(FitName(m, p.Name, SizeBody, Regular, 160)+" ", SizeBody, Regular) + m.Width(p.Figure, SizeBody, Medium)
	}
	rows := 1
	for i, p := range d.Claim.Parts {
		more := ""
		if rest := len(d.Claim.Parts) - i; rows == 3 && x+width(p) > inner-sums-90 && rest > 1 {
			more = fmt.Sprintf("and %d more", rest)
		}
		if more != "" {
			f.items = append(f.items, Text{X: left + x, Y: row, Size: SizeBody, Color: Muted, Text: more})
			f.areas = append(f.areas, Area{X: left + x, Y: row - 13, W: 90, H: 17, Tip: rest(d.Claim.Parts[i:])})
			break
		}
		if x > 0 && x+width(p) > inner {
			x, row, rows = 0, row+line, rows+1
		}
		put(p, Medium)
	}
	if len(d.Claim.Sums) > 0 {
		if x > 0 && x+sums > inner {
			row += line
		}
		x = inner - sums + gap
		if len(d.Claim.Parts) == 0 {
			x = 0
		}
		for _, p := range d.Claim.Sums {
			put(p, Bold)
		}
	}
	y = row + 6
	if len(d.Claim.Notes) > 0 {
		for i, l := range Wrap(m, strings.Join(d.Claim.Notes, " · "), SizeSmall, Regular, inner, 2) {
			f.items = append(f.items, Text{X: left, Y: y + 16*float64(i+1), Size: SizeSmall, Color: Muted, Text: l})
		}
		f.areas = append(f.areas, Area{X: left, Y: row + 10, W: inner, H: 32, Tip: strings.Join(d.Claim.Notes, "\n")})
	}
	// Room for the note on fed functions whether this breach has it or not: what comes below must not move.
	reserve := d.Claim.Notes
	if !slices.ContainsFunc(reserve, func(n string) bool { return strings.HasPrefix(n, fedNote) }) {
		reserve = append([]string{fedNote + Percent(1)}, reserve...)
	}
	f.height = y + 16*float64(len(Wrap(m, strings.Join(reserve, " · "), SizeSmall, Regular, inner, 2))) + 14
	return f
}

func rest(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%s %s\n", p.Name, p.Figure)
	}
	return strings.TrimSpace(b.String())
}

// tip joins what a tip says, one thing a line.
func tip(lines ...string) string {
	var out []string
	for _, l := range lines {
		if l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
