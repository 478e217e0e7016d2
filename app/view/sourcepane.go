package view

import (
	"strings"

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

	lines    []string
	from, to int // marked lines, from 1; 0: none
	list     *widget.List
	diff     bool
}

// NewSourcePane shows a file and marks the lines of a span.
func NewSourcePane(text string, at source.Span) *SourcePane {
	p := &SourcePane{lines: splitLines(text)}
	if !at.IsZero() {
		p.from, p.to = at.Line, at.Line
		if at.End > at.Start && at.End <= len(text) {
			p.to = at.Line + strings.Count(strings.TrimRight(text[at.Start:at.End], " \t\r\n"), "\n")
		}
	}
	p.make()
	return p
}

// NewDiffPane shows a unified diff.
func NewDiffPane(text string) *SourcePane {
	p := &SourcePane{lines: splitLines(text), diff: true}
	p.make()
	return p
}

func splitLines(text string) []string {
	text = strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n")
}

// longestLine is how much of a line is shown, in characters.
const longestLine = 400

func (p *SourcePane) make() {
	p.list = widget.NewList(func() int { return len(p.lines) }, func() fyne.CanvasObject { return newSourceLine() }, func(i widget.ListItemID, o fyne.CanvasObject) {
		o.(*sourceLine).set(p, i)
	})
	p.list.HideSeparators = true
	p.Root = p.list
}

// Reveal scrolls to what is marked; the pane must have its size.
func (p *SourcePane) Reveal() {
	if p.from > 0 {
		const before = 6
		p.list.ScrollTo(min(len(p.lines)-1, p.to-1+before))
		p.list.ScrollTo(max(0, p.from-1-before))
	}
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
	text := p.lines[i]
	if r := []rune(text); len(r) > longestLine {
		text = string(r[:longestLine]) + "…"
	}
	l.number.Text, l.text.Text = itoa(i+1), text
	l.number.Color, l.text.Color = theme.Color(render.Muted), theme.Color(render.Ink)
	l.ground.FillColor = theme.Faded(render.Ink, 0)
	marked := i+1 >= p.from && i+1 <= p.to && p.from > 0
	if marked {
		l.ground.FillColor = theme.Faded(render.Danger, 0.16)
		l.number.Color = theme.Color(render.Danger)
	}
	if p.diff {
		l.number.Text = ""
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
	if l.number.Text != "" {
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
