package report

import (
	"fmt"
	"strings"

	"bulkhead/render"
	"bulkhead/render/font"
)

// Paper is A4, in points of a scene, 96 to an inch.
const (
	paperWidth  = 793.7
	paperHeight = 1122.5
	paperMargin = 60.0
	paperFoot   = 40.0 // below the text, for the page's number
)

// A sheaf is pages that are being filled from top to bottom.
type sheaf struct {
	metrics render.Metrics
	title   string
	pages   []*render.Scene
	y       float64 // where the next thing goes
}

// A run is text of one look.
type run struct {
	text   string
	size   float64
	weight render.Weight
	color  render.Color
	indent float64
	after  float64 // space below
	mark   string  // in front, to the left of the indent: a bullet, a number
}

const leading = 1.42 // of the size, from line to line

func newSheaf(title string) *sheaf {
	s := &sheaf{metrics: font.Metrics(), title: title}
	s.turn(false)
	return s
}

// turn begins a new page.
func (s *sheaf) turn(lying bool) {
	w, h := paperWidth, paperHeight
	if lying {
		w, h = h, w
	}
	s.pages = append(s.pages, &render.Scene{Width: w, Height: h, Title: s.title})
	s.y = paperMargin
}

func (s *sheaf) page() *render.Scene { return s.pages[len(s.pages)-1] }
func (s *sheaf) width() float64      { return s.page().Width - 2*paperMargin }
func (s *sheaf) bottom() float64     { return s.page().Height - paperMargin - paperFoot }

// body is how high a page's text is at most.
func (s *sheaf) body() float64 { return paperHeight - 2*paperMargin - paperFoot }

// need turns the page where less than a height is left of it; a page that lies is only for its picture.
func (s *sheaf) need(height float64) {
	if lies := s.page().Width > s.page().Height; lies || s.y+height > s.bottom() && s.y > paperMargin {
		s.turn(false)
	}
}

func (s *sheaf) put(items ...render.Item) { s.page().Items = append(s.page().Items, items...) }

// A line is a line of a run, as far as it is broken.
type line struct {
	run
	first bool
	last  bool
}

func (l line) height() float64 {
	h := l.size * leading
	if l.last {
		h += l.after
	}
	return h
}

// lines breaks runs to a width.
func (s *sheaf) lines(runs []run, width float64) []line {
	var out []line
	for _, r := range runs {
		texts := s.wrap(r, width-r.indent)
		for i, text := range texts {
			l := line{run: r, first: i == 0, last: i == len(texts)-1}
			l.text = text
			out = append(out, l)
		}
	}
	return out
}

// wrap breaks a text between words, and a word that is too long behind a separator or where it is full.
func (s *sheaf) wrap(r run, width float64) []string {
	var out []string
	var now string
	measure := func(text string) float64 { return s.metrics.Width(text, r.size, r.weight) }
	for _, word := range strings.Fields(font.Clean(r.text)) {
		joined := strings.TrimPrefix(now+" "+word, " ")
		if measure(joined) <= width {
			now = joined
			continue
		}
		if now != "" && (measure(word) <= width || measure(now) > width*0.6) {
			out = append(out, now)
			now = ""
		} else if now != "" {
			word = now + " " + word
			now = ""
		}
		for measure(word) > width {
			n := s.fits(word, width, measure)
			out = append(out, word[:n])
			word = strings.TrimPrefix(word[n:], " ")
		}
		now = word
	}
	if now != "" || len(out) == 0 {
		out = append(out, now)
	}
	return out
}

// fits is how many bytes of a word go on a line; at least one letter.
func (s *sheaf) fits(word string, width float64, measure func(string) float64) int {
	full, at := 0, 0
	for i := range word {
		if i > 0 && measure(word[:i]) > width {
			break
		}
		full = i
		if i > 0 && strings.IndexByte(" :/-_.,", word[i-1]) >= 0 {
			at = i
		}
	}
	switch {
	case at > full/2:
		return at
	case full > 0:
		return full
	}
	for i := range word {
		if i > 0 {
			return i
		}
	}
	return len(word)
}

func heightOf(lines []line) float64 {
	h := 0.0
	for _, l := range lines {
		h += l.height()
	}
	return h
}

// set sets lines at a place of the page.
func (s *sheaf) set(lines []line, x, y float64, anchor render.Anchor) {
	for _, l := range lines {
		if l.first && l.mark != "" {
			s.put(render.Text{X: x + l.indent - 7, Y: y + l.size, Size: l.size, Weight: l.weight, Anchor: render.End, Color: render.Muted, Text: l.mark})
		}
		if l.text != "" {
			at := x + l.indent
			s.put(render.Text{X: at, Y: y + l.size, Size: l.size, Weight: l.weight, Anchor: anchor, Color: l.color, Text: l.text})
		}
		y += l.height()
	}
}

// write sets runs below what is there, over as many pages as they take. Two lines stay together.
func (s *sheaf) write(runs ...run) {
	lines := s.lines(runs, s.width())
	for i, l := range lines {
		need := l.height()
		if l.first && !l.last && i+1 < len(lines) {
			need += lines[i+1].height()
		}
		s.need(need)
		s.set(lines[i:i+1], paperMargin, s.y, render.Start)
		s.y += l.height()
	}
}

// Looks of text on paper.
func plainRun(text string) run { return run{text: text, size: 12, color: render.Ink, after: 6} }
func quietRun(text string) run { return run{text: text, size: 11, color: render.Muted, after: 5} }

func (s *sheaf) heading(level int, text string) {
	size := []float64{27, 19, 14.5, 12.5}[level]
	above := []float64{0, 24, 14, 10}[level]
	if s.y == paperMargin {
		above = 0
	}
	r := run{text: text, size: size, weight: render.Bold, color: render.Ink, after: size * 0.35}
	s.need(above + heightOf(s.lines([]run{r}, s.width())) + []float64{0, 120, 130, 60}[level]) // not alone at the foot
	if s.y > paperMargin {
		s.y += above
	}
	s.write(r)
}

func (s *sheaf) list(items []string) {
	for _, it := range items {
		s.write(run{text: it, size: 12, color: render.Ink, indent: 18, after: 3, mark: "•"})
	}
	s.y += 5
}

// A column of a table: its head, its share of the width, and whether it has figures.
type column struct {
	head   string
	share  float64
	figure bool
}

// A cell is runs below each other.
type cell []run

func small(text string) run {
	return run{text: text, size: 10.5, color: render.Ink, after: 1.5}
}

func faint(text string) run { return run{text: text, size: 9.5, color: render.Muted, after: 1.5} }

const cellPad = 5.0

// table sets rows under a head that comes again on each page. A row is on one page if a page can hold it.
func (s *sheaf) table(columns []column, rows [][]cell) {
	total := 0.0
	for _, c := range columns {
		total += c.share
	}
	broken := func(cells []cell) ([][]line, float64) {
		var all [][]line
		high := 0.0
		for i, c := range cells {
			l := s.lines(c, s.width()*columns[i].share/total-2*cellPad)
			all = append(all, l)
			high = max(high, heightOf(l))
		}
		return all, high
	}
	var heads []cell
	for _, c := range columns {
		heads = append(heads, cell{{text: c.head, size: 9.5, weight: render.Medium, color: render.Muted, after: 1}})
	}
	row := func(lines [][]line, high float64, rule float64) {
		x := paperMargin
		for i, l := range lines {
			w := s.width() * columns[i].share / total
			if columns[i].figure {
				s.set(l, x+w-cellPad, s.y+cellPad, render.End)
			} else {
				s.set(l, x+cellPad, s.y+cellPad, render.Start)
			}
			x += w
		}
		s.y += high + 2*cellPad
		s.put(render.Shape{Path: render.Move(paperMargin, s.y).Line(paperMargin+s.width(), s.y), Stroke: render.Line, Width: rule})
	}
	head := func() {
		lines, high := broken(heads)
		row(lines, high, 1.4)
	}
	started := false
	for _, cells := range rows {
		lines, high := broken(cells)
		for {
			_, headHigh := broken(heads)
			if !started {
				s.need(headHigh + 2*cellPad + min(high+2*cellPad, s.body()/3))
			}
			if pages := len(s.pages); started {
				if s.y+high+2*cellPad > s.bottom() && high+2*cellPad <= s.body()-headHigh-2*cellPad {
					s.need(high + 2*cellPad)
				}
				if len(s.pages) != pages {
					head()
				}
			} else {
				head()
				started = true
			}
			room := s.bottom() - s.y - 2*cellPad
			if high <= room {
				row(lines, high, 0.6)
				break
			}
			// A row that no page holds goes on on the next.
			var now, rest [][]line
			for _, l := range lines {
				n, h := 0, 0.0
				for n < len(l) && h+l[n].height() <= room {
					h += l[n].height()
					n++
				}
				now, rest = append(now, l[:n]), append(rest, l[n:])
			}
			moved := false
			for _, l := range now {
				moved = moved || len(l) > 0
			}
			if moved {
				row(now, room, 0.6)
				lines, high = rest, 0
				for _, l := range rest {
					high = max(high, heightOf(l))
				}
			}
			s.turn(false)
			head()
			if high == 0 {
				break
			}
		}
	}
	s.y += 10
}

// figure sets a picture, as large as the page and the picture let it be; on a page that lies where it is easier to read there.
func (s *sheaf) figure(title string, p *render.Scene) {
	// No letter is larger than on the screen.
	upright := min(1, (paperWidth-2*paperMargin)/p.Width, (s.body()-42)/p.Height)
	lying := min(1, (paperHeight-2*paperMargin)/p.Width, (paperWidth-2*paperMargin-paperFoot-30)/p.Height)
	scale := upright
	if lying > upright*1.15 {
		scale = lying
		s.turn(true)
	} else {
		s.need(p.Height*scale + 42)
	}
	if s.y > paperMargin {
		s.y += 12
	}
	head := s.lines([]run{{text: title, size: 14.5, weight: render.Bold, color: render.Ink, after: 8}}, s.width())
	s.set(head, paperMargin, s.y, render.Start)
	s.y += heightOf(head)
	dx := paperMargin + (s.width()-p.Width*scale)/2
	for _, it := range p.Items[1:] { // paper is its ground
		if render.LevelOf(it) == render.Far {
			continue
		}
		s.put(render.Shifted(render.Scaled(it, scale), dx, s.y))
	}
	s.y += p.Height*scale + 14
}

// bound are the pages, numbered.
func (s *sheaf) bound() []*render.Scene {
	for i, p := range s.pages {
		y := p.Height - paperMargin + 8
		p.Items = append(p.Items,
			render.Shape{Path: render.Move(paperMargin, y-18).Line(p.Width-paperMargin, y-18), Stroke: render.Line, Width: 0.6},
			render.Text{X: paperMargin, Y: y, Size: 9.5, Color: render.Muted, Text: s.title},
			render.Text{X: p.Width - paperMargin, Y: y, Size: 9.5, Color: render.Muted, Anchor: render.End, Text: fmt.Sprintf("%d of %d", i+1, len(s.pages))})
	}
	return s.pages
}
