package view

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
	"bulkhead/render/font"
)

// A Style is how a text looks.
type Style struct {
	Size   float32 // 0: 13
	Weight render.Weight
	Color  render.Color // None: Ink
	Align  fyne.TextAlign
	Mono   bool
	Elide  bool          // gives way: wants no width of its own and ends in … where it lacks some
	Name   bool          // where it is cut it keeps its end: names of one design often begin alike; implies Elide
	Lines  int           // more than 1: breaks into at most so many lines; implies Elide
	Among  *render.Names // what a Name stands among, so that it is cut where it differs from these; nil: alone
}

func (s Style) size() float32 {
	if s.Size == 0 {
		return 13
	}
	return s.Size
}

func (s Style) color() render.Color {
	if s.Color == render.None {
		return render.Ink
	}
	return s.Color
}

// The styles of the window.
var (
	body    = Style{Elide: true}
	strong  = Style{Weight: render.Medium, Elide: true}
	title   = Style{Size: 18, Weight: render.Bold, Elide: true}
	heading = Style{Size: 14, Weight: render.Bold, Elide: true}
	small   = Style{Size: 12, Color: render.Muted, Elide: true}
	figure  = Style{Size: 19, Weight: render.Bold}
	section = Style{Size: 11, Weight: render.Bold, Color: render.Muted, Elide: true}
	para    = Style{Size: 12, Color: render.Muted, Lines: 12}
	mono    = Style{Size: 12, Mono: true}
)

func (s Style) in(c render.Color) Style        { s.Color = c; return s }
func (s Style) whole() Style                   { s.Elide = false; return s }
func (s Style) aligned(a fyne.TextAlign) Style { s.Align = a; return s }
func (s Style) lines(n int) Style              { s.Lines = n; return s }
func (s Style) weighing(w render.Weight) Style { s.Weight = w; return s }
func (s Style) sized(points float32) Style     { s.Size = points; return s }
func (s Style) width(text string) float64 {
	return font.Metrics().Width(text, float64(s.size()), s.Weight)
}
func (s Style) named() Style { s.Name, s.Elide = true, true; return s }
func (s Style) fit(text string, w float32) string {
	if s.Name && s.Among != nil {
		return s.Among.Fit(font.Metrics(), text, float64(s.size()), s.Weight, float64(w))
	}
	if s.Name {
		return render.FitName(font.Metrics(), text, float64(s.size()), s.Weight, float64(w))
	}
	return render.Fit(font.Metrics(), text, float64(s.size()), s.Weight, float64(w))
}
func (s Style) wrap(t string, w float32) []string {
	return render.Wrap(font.Metrics(), t, float64(s.size()), s.Weight, float64(w), max(1, s.Lines))
}
func (s Style) lineHeight() float32 { return s.size()*1.25 + 3 }

// A Label is one line of text, or a few, that ends in … where it is too long.
type Label struct {
	widget.BaseWidget
	Text  string
	Style Style

	cut bool // it ends in …
	lit bool // underlined, as a link that is pointed at
}

// NewLabel returns a label.
func NewLabel(text string, s Style) *Label {
	l := &Label{Text: text, Style: s}
	l.ExtendBaseWidget(l)
	return l
}

// Set changes text and style.
func (t *Label) Set(text string, s Style) {
	if t.Text == text && t.Style == s {
		return
	}
	t.Text, t.Style = text, s
	t.Refresh()
}

// SetText changes the text.
func (t *Label) SetText(text string) { t.Set(text, t.Style) }

func (t *Label) elides() bool { return t.Style.Elide || t.Style.Lines > 1 }

func (t *Label) heightFor(width float32) float32 {
	if t.Text == "" {
		return 0
	}
	n := 1
	if t.Style.Lines > 1 {
		n = max(1, len(t.Style.wrap(t.Text, width-1)))
	}
	return float32(n) * t.Style.lineHeight()
}

// A Text is a Label that shows whole on hover where it was cut, or its Tip.
type Text struct {
	Label
	Tip string
}

var _ desktop.Hoverable = (*Text)(nil)

// NewText returns a text.
func NewText(text string, s Style) *Text {
	t := &Text{Label: Label{Text: text, Style: s}}
	t.ExtendBaseWidget(t)
	return t
}

func (t *Text) tip() string {
	if t.Tip == "" && t.cut {
		return t.Text
	}
	return t.Tip
}

// MouseIn shows the tip.
func (t *Text) MouseIn(e *desktop.MouseEvent) {
	if tip := t.tip(); tip != "" {
		showTip(t, tip, e.AbsolutePosition)
	}
}

// MouseMoved does nothing.
func (t *Text) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the tip.
func (t *Text) MouseOut() { hideTip(t) }

// A Link is a text that can be clicked, or followed by Enter.
type Link struct {
	Label
	Tip   string
	OnTap func()

	hover, focused bool
}

var (
	_ fyne.Tappable      = (*Link)(nil)
	_ fyne.Focusable     = (*Link)(nil)
	_ desktop.Hoverable  = (*Link)(nil)
	_ desktop.Cursorable = (*Link)(nil)
)

// NewLink returns a text that can be clicked.
func NewLink(text string, s Style, tap func()) *Link {
	if s.Color == render.None {
		s.Color = render.Link
	}
	l := &Link{Label: Label{Text: text, Style: s}, OnTap: tap}
	l.ExtendBaseWidget(l)
	return l
}

// Tapped calls OnTap.
func (l *Link) Tapped(*fyne.PointEvent) {
	hideTip(l)
	if l.OnTap != nil {
		l.OnTap()
	}
}

// Cursor is a hand.
func (l *Link) Cursor() desktop.Cursor { return desktop.PointerCursor }

func (l *Link) light() {
	l.lit = l.hover || l.focused
	l.Refresh()
}

// FocusGained underlines the link.
func (l *Link) FocusGained() { l.focused = true; l.light() }

// FocusLost ends that.
func (l *Link) FocusLost() { l.focused = false; l.light() }

// TypedRune hands keys on to the window, whose shortcuts they are.
func (l *Link) TypedRune(r rune) {
	if r != ' ' {
		handRune(l, r)
	}
}

// TypedKey follows the link by Enter or Space.
func (l *Link) TypedKey(e *fyne.KeyEvent) {
	if presses(e) {
		l.Tapped(nil)
		return
	}
	handKey(l, e)
}

// MouseIn underlines the link and shows its tip.
func (l *Link) MouseIn(e *desktop.MouseEvent) {
	l.hover = true
	l.light()
	switch {
	case l.Tip != "":
		showTip(l, l.Tip, e.AbsolutePosition)
	case l.cut:
		showTip(l, l.Text, e.AbsolutePosition)
	}
}

// MouseMoved does nothing.
func (l *Link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (l *Link) MouseOut() {
	l.hover = false
	l.light()
	hideTip(l)
}

// CreateRenderer draws the lines.
func (t *Label) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t, under: canvas.NewLine(theme.Color(render.Link))}
	r.lay(t.Size())
	return r
}

type textRenderer struct {
	t     *Label
	lines []*canvas.Text
	under *canvas.Line // of a link that is pointed at
}

func (r *textRenderer) lay(size fyne.Size) {
	t, s := r.t, r.t.Style
	var lines []string
	switch {
	case t.Text == "":
	case s.Lines > 1:
		lines = s.wrap(t.Text, size.Width-1)
		t.cut = len(lines) > 0 && strings.HasSuffix(lines[len(lines)-1], "…") && !strings.HasSuffix(t.Text, "…")
	case s.Elide && !s.Mono:
		fitted := s.fit(t.Text, size.Width-1)
		t.cut = fitted != t.Text
		lines = []string{fitted}
	default:
		lines = []string{t.Text}
	}
	for len(r.lines) < len(lines) {
		r.lines = append(r.lines, canvas.NewText("", nil))
	}
	r.lines = r.lines[:len(lines)]
	top := float32(0)
	if s.Lines <= 1 {
		top = (size.Height - s.lineHeight()) / 2
	}
	for i, text := range lines {
		l := r.lines[i]
		l.Text, l.TextSize, l.Alignment, l.Color = text, s.size(), s.Align, theme.Color(s.color())
		l.TextStyle = fyne.TextStyle{Monospace: s.Mono, Bold: s.Mono && s.Weight == render.Bold}
		if !s.Mono {
			l.FontSource = theme.Font(s.Weight)
		}
		l.Move(fyne.NewPos(0, top+float32(i)*s.lineHeight()))
		l.Resize(fyne.NewSize(size.Width, s.lineHeight()))
	}
	r.under.Hidden = !t.lit || len(lines) == 0
	if !r.under.Hidden {
		w := fyne.Min(size.Width, float32(s.width(lines[0])))
		x := float32(0)
		if s.Align == fyne.TextAlignTrailing {
			x = size.Width - w
		}
		y := top + s.lineHeight() - 2
		r.under.StrokeColor, r.under.StrokeWidth = theme.Color(s.color()), 1
		r.under.Position1, r.under.Position2 = fyne.NewPos(x, y), fyne.NewPos(x+w, y)
	}
}

func (r *textRenderer) Layout(size fyne.Size) { r.lay(size) }

func (r *textRenderer) MinSize() fyne.Size {
	s := r.t.Style
	if r.t.elides() {
		return fyne.NewSize(0, r.t.heightFor(fyne.Max(r.t.Size().Width, 1)))
	}
	if s.Mono {
		size, _ := fyne.CurrentApp().Driver().RenderedTextSize(r.t.Text, s.size(), fyne.TextStyle{Monospace: true}, nil)
		return fyne.NewSize(size.Width, s.lineHeight())
	}
	return fyne.NewSize(float32(s.width(r.t.Text))+2, s.lineHeight())
}

func (r *textRenderer) Refresh() {
	r.lay(r.t.Size())
	for _, l := range r.lines {
		l.Refresh()
	}
	r.under.Refresh()
}

func (r *textRenderer) Objects() []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, len(r.lines)+1)
	for _, l := range r.lines {
		out = append(out, l)
	}
	return append(out, r.under)
}

func (r *textRenderer) Destroy() {}
