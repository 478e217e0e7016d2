package view

import (
	"slices"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/model/source"
	"bulkhead/render"
)

// A SourcePane shows a file with line numbers and some lines marked.
type SourcePane struct {
	Root fyne.CanvasObject

	lines    []shownLine
	from, to int // marked lines, from 1; 0: none
	list     *widget.List
	diff     bool
}

// A shownLine is a line of the file, or a stretch of one that is too long to be seen whole.
type shownLine struct {
	text   string
	number int // 0 where a line goes on
	marked bool
}

// NewSourcePane shows a file and marks the lines of a span; of a line that is broken, only the stretches of the span.
func NewSourcePane(text string, at source.Span) *SourcePane {
	p := &SourcePane{}
	if !at.IsZero() {
		p.from, p.to = at.Line, at.Line
		if at.End > at.Start && at.End <= len(text) {
			p.to = at.Line + strings.Count(strings.TrimRight(text[at.Start:at.End], " \t\r\n"), "\n")
		}
	}
	start := 0
	for n, line := range strings.SplitAfter(text, "\n") {
		if line == "" && n > 0 {
			break // behind the last line's end
		}
		marked := p.from > 0 && n+1 >= p.from && n+1 <= p.to
		parts := broken(strings.TrimRight(line, "\r\n"))
		place := start
		for k, part := range parts {
			l := shownLine{text: strings.ReplaceAll(part, "\t", "    "), marked: marked}
			if k == 0 {
				l.number = n + 1
			}
			if len(parts) > 1 && at.End > at.Start {
				l.marked = marked && place < at.End && place+len(part) > at.Start
			}
			place += len(part)
			p.lines = append(p.lines, l)
		}
		start += len(line)
	}
	p.make()
	return p
}

// MarkedText is what the marked lines say.
func (p *SourcePane) MarkedText() string {
	var out []string
	for _, l := range p.lines {
		switch {
		case !l.marked:
		case l.number == 0 && len(out) > 0:
			out[len(out)-1] += l.text
		default:
			out = append(out, l.text)
		}
	}
	return strings.Join(out, "\n")
}

// NewDiffPane shows a unified diff.
func NewDiffPane(text string) *SourcePane {
	p := &SourcePane{diff: true}
	for _, line := range splitLines(text) {
		for _, part := range broken(line) {
			p.lines = append(p.lines, shownLine{text: part})
		}
	}
	p.make()
	return p
}

func splitLines(text string) []string {
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n")
}

const (
	longestLine = 400 // characters of a line that is not broken
	brokenLine  = 110 // of the stretches of a longer one
)

// broken parts a line that is too long to be seen whole, behind a comma or a bracket where there is one.
func broken(line string) []string {
	if len(line) <= longestLine {
		return []string{line}
	}
	var out []string
	for len(line) > brokenLine {
		end := brokenLine
		if i := strings.LastIndexAny(line[brokenLine/2:end], ",{["); i >= 0 {
			end = brokenLine/2 + i + 1
		}
		for end < len(line) && !utf8.RuneStart(line[end]) {
			end++
		}
		out = append(out, line[:end])
		line = line[end:]
	}
	if line == "" {
		return out
	}
	return append(out, line)
}

func (p *SourcePane) make() {
	p.list = widget.NewList(func() int { return len(p.lines) }, func() fyne.CanvasObject { return newSourceLine() }, func(i widget.ListItemID, o fyne.CanvasObject) {
		o.(*sourceLine).set(p, i)
	})
	p.list.HideSeparators = true
	p.Root = p.list
}

// Reveal scrolls to what is marked; the pane must have its size.
func (p *SourcePane) Reveal() {
	first := slices.IndexFunc(p.lines, func(l shownLine) bool { return l.marked })
	if first < 0 {
		return
	}
	last := first
	for last+1 < len(p.lines) && p.lines[last+1].marked {
		last++
	}
	const before = 6
	p.list.ScrollTo(min(len(p.lines)-1, last+before))
	p.list.ScrollTo(max(0, first-before))
}

// Need is how high the pane is with all its lines.
func (p *SourcePane) Need() float32 {
	return float32(len(p.lines)) * (newSourceLine().MinSize().Height + fynetheme.Padding())
}

// Marked is the first and last line that is marked, 0 if none.
func (p *SourcePane) Marked() (from, to int) { return p.from, p.to }

type sourceLine struct {
	widget.BaseWidget
	ground       *canvas.Rectangle
	number, text *canvas.Text
	bare         bool // has no place for a number
}

func newSourceLine() *sourceLine {
	l := &sourceLine{ground: canvas.NewRectangle(nil), number: canvas.NewText("", nil), text: canvas.NewText("", nil)}
	for _, t := range []*canvas.Text{l.number, l.text} {
		t.TextSize = 12
		t.TextStyle.Monospace = true
	}
	l.number.Alignment = fyne.TextAlignTrailing
	l.ExtendBaseWidget(l)
	return l
}

func (l *sourceLine) set(p *SourcePane, i int) {
	line := p.lines[i]
	text := line.text
	l.number.Text, l.text.Text = "", text
	if line.number > 0 {
		l.number.Text = itoa(line.number)
	}
	l.number.Color, l.text.Color = theme.Color(render.Muted), theme.Color(render.Ink)
	l.ground.FillColor = theme.Faded(render.Ink, 0)
	if line.marked {
		l.ground.FillColor = theme.Faded(render.Danger, 0.16)
		l.number.Color = theme.Color(render.Danger)
	}
	l.bare = p.diff
	if p.diff {
		switch {
		case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"):
			l.text.Color = theme.Color(render.Muted)
		case strings.HasPrefix(text, "@@"):
			l.text.Color = theme.Color(render.Link)
		case strings.HasPrefix(text, "+"):
			l.ground.FillColor = theme.Faded(render.Good, 0.14)
		case strings.HasPrefix(text, "-"):
			l.ground.FillColor = theme.Faded(render.Danger, 0.14)
		}
	}
	l.Refresh()
}

func (l *sourceLine) CreateRenderer() fyne.WidgetRenderer { return &sourceLineRenderer{l} }

type sourceLineRenderer struct{ l *sourceLine }

func (r *sourceLineRenderer) MinSize() fyne.Size { return fyne.NewSize(100, 14) }

func (r *sourceLineRenderer) Layout(s fyne.Size) {
	l := r.l
	// The list keeps a distance between its rows; the mark bridges it.
	l.ground.Move(fyne.NewPos(0, -2))
	l.ground.Resize(s.AddWidthHeight(0, 4))
	x := float32(12)
	if !l.bare {
		l.number.Move(fyne.NewPos(0, -1))
		l.number.Resize(fyne.NewSize(46, s.Height))
		x = 60
	}
	l.text.Move(fyne.NewPos(x, -1))
	l.text.Resize(fyne.NewSize(s.Width-x, s.Height))
}

func (r *sourceLineRenderer) Refresh() {
	r.Layout(r.l.Size())
	r.l.ground.Refresh()
	r.l.number.Refresh()
	r.l.text.Refresh()
}

func (r *sourceLineRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.l.ground, r.l.number, r.l.text}
}

func (r *sourceLineRenderer) Destroy() {}
