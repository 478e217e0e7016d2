package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A ChipButton shows a Chip: × takes it out, a click opens it.
type ChipButton struct {
	widget.BaseWidget
	Chip     Chip
	OnRemove func() // nil: no ×
	OnTap    func() // nil: nothing to open

	hover, focused bool
	overCross      bool
}

var (
	_ fyne.Tappable      = (*ChipButton)(nil)
	_ fyne.Focusable     = (*ChipButton)(nil)
	_ desktop.Hoverable  = (*ChipButton)(nil)
	_ desktop.Cursorable = (*ChipButton)(nil)
)

// NewChip returns a chip.
func NewChip(c Chip, remove, tap func()) *ChipButton {
	b := &ChipButton{Chip: c, OnRemove: remove, OnTap: tap}
	b.ExtendBaseWidget(b)
	return b
}

func (b *ChipButton) style() Style { return Style{Size: 12, Weight: render.Medium} }

const chipCross = 20

// Tapped opens the chip, or takes it out where the × is.
func (b *ChipButton) Tapped(e *fyne.PointEvent) {
	hideTip(b)
	switch {
	case b.OnRemove != nil && e.Position.X > b.Size().Width-chipCross:
		b.OnRemove()
	case b.OnTap != nil:
		b.OnTap()
	}
}

// FocusGained shows the focus.
func (b *ChipButton) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost hides it.
func (b *ChipButton) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune hands keys on to the window.
func (b *ChipButton) TypedRune(r rune) {
	if r != ' ' {
		handRune(b, r)
	}
}

// TypedKey takes the chip out on Delete and opens it on Enter.
func (b *ChipButton) TypedKey(e *fyne.KeyEvent) {
	switch {
	case b.OnRemove != nil && (e.Name == fyne.KeyDelete || e.Name == fyne.KeyBackspace):
		b.OnRemove()
	case b.OnTap != nil && presses(e):
		b.OnTap()
	default:
		handKey(b, e)
	}
}

// MouseIn shows the tip.
func (b *ChipButton) MouseIn(e *desktop.MouseEvent) {
	b.hover = true
	b.MouseMoved(e)
	b.Refresh()
	switch cut := b.Size().Width < b.MinSize().Width; {
	case b.Chip.Tip != "":
		showTip(b, b.Chip.Tip, e.AbsolutePosition)
	case cut:
		showTip(b, b.Chip.Text, e.AbsolutePosition)
	}
}

// MouseMoved lights up the × where it is pointed at.
func (b *ChipButton) MouseMoved(e *desktop.MouseEvent) {
	over := b.OnRemove != nil && e.Position.X > b.Size().Width-chipCross
	if over != b.overCross {
		b.overCross = over
		b.Refresh()
	}
}

// MouseOut ends that.
func (b *ChipButton) MouseOut() {
	b.hover, b.overCross = false, false
	b.Refresh()
	hideTip(b)
}

// Cursor is a hand where a click does something.
func (b *ChipButton) Cursor() desktop.Cursor {
	if b.OnTap != nil || b.overCross {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer draws the chip.
func (b *ChipButton) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{b: b, ground: canvas.NewRectangle(nil), text: NewLabel("", b.style()), icon: NewPicture("resource", render.Ink, 13), cross: NewPicture("close", render.Muted, 11)}
	r.Refresh()
	return r
}

type chipRenderer struct {
	b      *ChipButton
	ground *canvas.Rectangle
	text   *Label
	icon   *Picture
	cross  *Picture
}

func (r *chipRenderer) lead() float32 {
	if r.b.Chip.Icon != "" {
		return 27
	}
	return 10
}

func (r *chipRenderer) tail() float32 {
	if r.b.OnRemove != nil {
		return chipCross
	}
	return 10
}

func (r *chipRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.lead()+float32(r.b.style().width(r.b.Chip.Text))+2+r.tail(), 24)
}

func (r *chipRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	r.icon.Move(fyne.NewPos(9, (s.Height-13)/2))
	r.icon.Resize(fyne.NewSize(13, 13))
	h := r.b.style().lineHeight()
	r.text.Move(fyne.NewPos(r.lead(), (s.Height-h)/2))
	r.text.Resize(fyne.NewSize(s.Width-r.lead()-r.tail()+1, h))
	r.cross.Move(fyne.NewPos(s.Width-chipCross+3, (s.Height-11)/2))
	r.cross.Resize(fyne.NewSize(11, 11))
}

func (r *chipRenderer) Refresh() {
	b := r.b
	r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth, r.ground.CornerRadius = theme.Color(render.Bilge), theme.Color(render.Line), 1, 12
	if b.Chip.Wild {
		r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth = theme.Faded(render.Danger, 0.08), theme.Color(render.Danger), 1.25
	}
	if b.hover && b.OnTap != nil && !b.overCross {
		r.ground.FillColor = theme.Faded(render.Tile2, 0.25)
	}
	if b.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = theme.Color(render.Link), 2
	}
	r.text.Set(b.Chip.Text, b.style().named())
	r.icon.Hidden = b.Chip.Icon == ""
	if b.Chip.Icon != "" {
		r.icon.Set(b.Chip.Icon, render.Ink)
	}
	r.cross.Hidden = b.OnRemove == nil
	tone := render.Muted
	if b.overCross {
		tone = render.Danger
	}
	r.cross.Set("close", tone)
	r.Layout(b.Size())
	r.ground.Refresh()
	r.icon.Refresh()
	r.cross.Refresh()
}

func (r *chipRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.icon, r.text, r.cross}
}

func (r *chipRenderer) Destroy() {}
