package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A foot is what a sheet says under its body: the sea, the parts' shares and what was not seen.
type foot struct {
	items  []Item
	areas  []Area
	height float64
}

const (
	seaHeight = 30.0
	seaLine   = 16.0
	footGap   = 18.0  // between shares
	footLine  = 19.0  // from one line of shares to the next
	footName  = 160.0 // width of a name
	fewShares = 12    // of so many each is told, on two lines at most; of more only the worst, on one
)

// newFoot sets the sea, the parts' shares and what was not seen, under each other.
func newFoot(m Metrics, d *Diagram, inner float64) foot {
	var f foot
	y := f.sea(m, &d.Sea, inner)
	row := y - 2 // there is none
	if len(d.Claim.Parts)+len(d.Claim.Sums) > 0 {
		row = f.shares(m, &d.Claim, inner, y+21)
	}
	f.afar(m, &d.Claim, inner, y, row)
	y = row + 6
	if len(d.Claim.Notes) > 0 {
		for i, l := range Wrap(m, strings.Join(d.Claim.Notes, " · "), SizeSmall, Regular, inner, 2) {
			f.items = append(f.items, Text{X: sheetMargin, Y: y + 16*float64(i+1), Size: SizeSmall, Color: Muted, Text: l, Level: Near})
		}
		f.areas = append(f.areas, Area{X: sheetMargin, Y: row + 10, W: inner, H: 32, Tip: strings.Join(d.Claim.Notes, "\n")})
	}
	// Room for the note on fed functions whether this breach has it or not: what comes below must not move.
	reserve := d.Claim.Notes
	if !slices.ContainsFunc(reserve, func(n string) bool { return strings.HasPrefix(n, fedNote) }) {
		reserve = append([]string{fedNote + Percent(1)}, reserve...)
	}
	f.height = y + 16*float64(len(Wrap(m, strings.Join(reserve, " · "), SizeSmall, Regular, inner, 2))) + 14
	return f
}

// sea draws the open water and says what of it is reached; it returns where the water ends.
func (f *foot) sea(m Metrics, sea *Sea, inner float64) float64 {
	const wave, swell, y = 26.0, 3.5, 10.0
	left := sheetMargin
	words, weight, tone := "the sea: "+sea.Words, Regular, Muted
	if sea.Open {
		weight, tone = Bold, Link
	}
	lines := Wrap(m, words, SizeBody, weight, inner-24, 1000)
	deep := seaHeight + seaLine*float64(len(lines)-1)
	halo := None
	if sea.Open {
		s := Shape{Path: Move(left, y).Waves(left+inner, wave, swell).Line(left+inner, y+deep).Waves(left, wave, -swell/2).Close(), Fill: Water}
		if sea.May {
			s.Hatch, halo = Tile2, Water
		}
		f.items = append(f.items, s, Shape{Path: Wave(left, y, inner, wave, swell), Stroke: Tile3, Width: 2})
	} else {
		f.items = append(f.items, Shape{Path: Wave(left, y, inner, wave, swell*0.6), Stroke: Line, Width: 1.25})
	}
	for i, l := range lines {
		f.items = append(f.items, Text{X: left + 12, Y: y + 21 + seaLine*float64(i), Size: SizeBody, Weight: weight, Color: tone, Text: l, Halo: halo, Level: Near})
	}
	far := FitWords(m, words, farBody, weight, inner-24)
	f.items = append(f.items, Text{X: left + 12, Y: y + deep/2 + 2 + farBody*0.36, Size: farBody, Weight: weight, Color: tone, Text: far, Halo: halo, Level: Far})
	f.areas = append(f.areas, Area{X: left, Y: y, W: inner, H: deep, Tip: tip(words, sea.Tip)})
	return y + deep
}

// shares sets each part's share and, at the end of the last line, the sums; row is the first baseline. It returns the last.
func (f *foot) shares(m Metrics, c *Claim, inner, row float64) float64 {
	width := func(p Part) float64 {
		return m.Width(FitName(m, p.Name, SizeBody, Regular, footName)+" ", SizeBody, Regular) + m.Width(p.Figure, SizeBody, Medium)
	}
	sums := 0.0
	for _, p := range c.Sums {
		sums += m.Width(p.Name+" "+p.Figure, SizeBody, Medium) + footGap
	}
	// ends tells on how many lines parts of these widths stand, the sums behind them.
	ends := func(list []Part, more float64) int {
		x, rows := 0.0, 1
		see := func(w, gap float64) {
			if x > 0 && x+w > inner {
				x, rows = 0, rows+1
			}
			x += w + gap
		}
		for _, p := range list {
			see(width(p), footGap)
		}
		if more > 0 {
			see(more, footGap)
		}
		if len(c.Sums) > 0 {
			see(sums-footGap, 0)
		}
		return rows
	}
	shown, left := c.Parts, []Part(nil)
	most := 2
	if len(shown) > fewShares {
		most = 1
	}
	if ends(shown, 0) > most {
		shown, left = worstOf(c.Parts, func(list []Part, left []Part) bool {
			return ends(list, m.Width(others(left), SizeBody, Regular)) <= most
		})
	}
	x, at := 0.0, sheetMargin
	put := func(p Part, weight Weight) {
		name := FitName(m, p.Name, SizeBody, Regular, footName)
		w := m.Width(name+" ", SizeBody, Regular)
		total := w + m.Width(p.Figure, SizeBody, weight)
		f.items = append(f.items,
			Text{X: at + x, Y: row, Size: SizeBody, Color: Muted, Text: name, Level: Near},
			Text{X: at + x + w, Y: row, Size: SizeBody, Weight: weight, Color: Ink, Text: p.Figure, Level: Near})
		f.areas = append(f.areas, Area{X: at + x, Y: row - 13, W: total, H: 17, Element: p.ID, Tip: p.Name + ": " + p.Figure, Leads: true})
		x += total + footGap
	}
	for _, p := range shown {
		if x > 0 && x+width(p) > inner {
			x, row = 0, row+footLine
		}
		put(p, Medium)
	}
	if len(left) > 0 {
		words := others(left)
		w := m.Width(words, SizeBody, Regular)
		if x > 0 && x+w > inner {
			x, row = 0, row+footLine
		}
		f.items = append(f.items, Text{X: at + x, Y: row, Size: SizeBody, Color: Muted, Text: words, Level: Near})
		f.areas = append(f.areas, Area{X: at + x, Y: row - 13, W: w, H: 17, Tip: rest(left)})
		x += w + footGap
	}
	if len(c.Sums) > 0 {
		if x > 0 && x+sums-footGap > inner {
			row += footLine
		}
		x = inner - sums + footGap
		if len(c.Parts) == 0 {
			x = 0
		}
		for _, p := range c.Sums {
			put(p, Bold)
		}
	}
	return row
}

// worstOf parts those that a foot tells from the others: what a function was split into, and then the worst, as far as there is
// room.
func worstOf(parts []Part, fits func(list, left []Part) bool) (shown, left []Part) {
	for _, p := range parts {
		if p.Split {
			shown = append(shown, p)
		} else {
			left = append(left, p)
		}
	}
	slices.SortStableFunc(left, func(a, b Part) int { return cmp.Compare(b.Share, a.Share) })
	for len(left) > 1 && fits(append(slices.Clone(shown), left[0]), left[1:]) {
		shown, left = append(shown, left[0]), left[1:]
	}
	return shown, left
}

// others says what the parts that are not told have: they are sorted, the worst first.
func others(left []Part) string {
	switch first, last := left[0].Figure, left[len(left)-1].Figure; {
	case len(left) == 1:
		return "and one more, " + first
	case first == last:
		return fmt.Sprintf("and %d more, %s each", len(left), first)
	default:
		return fmt.Sprintf("and %d more, %s to %s", len(left), strings.TrimSuffix(last, " %"), first)
	}
}

func rest(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%s %s\n", p.Name, p.Figure)
	}
	return strings.TrimSpace(b.String())
}

// afar is the foot from far away: the sums, and what was not seen.
func (f *foot) afar(m Metrics, c *Claim, inner, top, bottom float64) {
	y, x := max(top+farBody+10, (top+bottom+22)/2+farBody*0.36), sheetMargin
	for _, s := range c.Sums {
		name := s.Name + " "
		f.items = append(f.items, Text{X: x, Y: y, Size: farBody, Color: Muted, Text: name, Level: Far})
		x += m.Width(name, farBody, Regular)
		f.items = append(f.items, Text{X: x, Y: y, Size: farBody, Weight: Bold, Color: Ink, Text: s.Figure, Level: Far})
		x += m.Width(s.Figure, farBody, Bold) + 26
	}
	if words := FitWords(m, strings.Join(c.Notes, " · "), farBody, Regular, sheetMargin+inner-x); words != "" {
		f.items = append(f.items, Text{X: sheetMargin + inner, Y: y, Size: farBody, Anchor: End, Color: Muted, Text: words, Level: Far})
	}
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
