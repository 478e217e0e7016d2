package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// Rank is how much a button asks to be pressed.
type Rank uint8

// The ranks.
const (
	Plain   Rank = iota // outlined
	Primary             // filled
	Quiet               // no outline until it is pointed at
)

// A Button is pressed by mouse, Space or Enter. On is for buttons that stay pressed.
type Button struct {
	widget.BaseWidget
	Label    string
	Icon     string // of assets/icons
	Rank     Rank
	On       bool
	Disabled bool
	Tip      string
	Height   float32 // 0: 28
	Short    bool    // the icon stands for the label, where there is little room
	Brief    string  // icon that does where Icon is none
	Start    bool    // what is written stands at the left, not in the middle
	OnTap    func()

	hover, focused bool
}

var (
	_ fyne.Tappable      = (*Button)(nil)
	_ fyne.Focusable     = (*Button)(nil)
	_ desktop.Hoverable  = (*Button)(nil)
	_ desktop.Cursorable = (*Button)(nil)
)

// NewButton returns a button with a label, an icon or both.
func NewButton(label, icon string, rank Rank, tap func()) *Button {
	b := &Button{Label: label, Icon: icon, Rank: rank, OnTap: tap}
	b.ExtendBaseWidget(b)
	return b
}

func (b *Button) withTip(tip string) *Button { b.Tip = tip; return b }

// Set changes whether it can be pressed and whether it stays pressed.
func (b *Button) Set(on, disabled bool) {
	if b.On != on || b.Disabled != disabled {
		b.On, b.Disabled = on, disabled
		b.Refresh()
	}
}

// Tapped presses the button.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.Disabled && b.OnTap != nil {
		hideTip(b)
		b.OnTap()
	}
}

// FocusGained shows the focus.
func (b *Button) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost hides it.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune hands keys on to the window, whose shortcuts they are.
func (b *Button) TypedRune(r rune) {
	if r != ' ' {
		handRune(b, r)
	}
}

// TypedKey presses the button by Space or Enter.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if presses(e) {
		b.Tapped(nil)
		return
	}
	handKey(b, e)
}

// MouseIn lights the button up and shows its tip.
func (b *Button) MouseIn(e *desktop.MouseEvent) {
	b.hover = true
	b.Refresh()
	if b.Tip != "" {
		showTip(b, b.Tip, e.AbsolutePosition)
	}
}

// MouseMoved does nothing.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (b *Button) MouseOut() {
	b.hover = false
	b.Refresh()
	hideTip(b)
}

// Cursor is a hand where the button can be pressed.
func (b *Button) Cursor() desktop.Cursor {
	if b.Disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

func (b *Button) style() Style { return Style{Size: 13, Weight: render.Medium} }

// label is what is written on the button.
func (b *Button) label() string {
	if b.Short && b.icon() != "" {
		return ""
	}
	return b.Label
}

// icon is what is drawn on the button.
func (b *Button) icon() string {
	if b.Short && b.Icon == "" {
		return b.Brief
	}
	return b.Icon
}

// CreateRenderer draws the button.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, ring: canvas.NewRectangle(nil), ground: canvas.NewRectangle(nil), text: canvas.NewText("", nil), icon: canvas.NewImageFromResource(nil)}
	r.icon.FillMode = canvas.ImageFillContain
	r.look()
	return r
}

type buttonRenderer struct {
	b      *Button
	ring   *canvas.Rectangle // of the focus, around one that is filled
	ground *canvas.Rectangle
	text   *canvas.Text
	icon   *canvas.Image
}

const (
	buttonIcon = 16
	ringAside  = 3
)

func (r *buttonRenderer) look() {
	b := r.b
	fill, ink, edge := theme.Color(render.Bilge), render.Ink, theme.Color(render.Line)
	switch {
	case b.On || b.Rank == Primary && !b.Disabled:
		fill, ink, edge = theme.Color(render.Tile3), render.OnTile3, theme.Color(render.Tile3)
	case b.Rank == Quiet:
		fill, edge = theme.Faded(render.Ink, 0), theme.Faded(render.Ink, 0)
	}
	if b.Disabled {
		ink = render.Muted
		if b.On {
			ink = render.OnTile3
		}
	}
	if b.hover && !b.Disabled {
		switch {
		case b.On || b.Rank == Primary:
			fill = theme.Faded(render.Tile3, 0.85)
		case b.Rank == Quiet:
			fill = theme.Faded(render.Ink, 0.08)
		default:
			edge = theme.Color(render.Muted)
		}
	}
	r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth, r.ground.CornerRadius = fill, edge, 1, 6
	filled := b.On || b.Rank == Primary && !b.Disabled
	if b.focused && !filled {
		r.ground.StrokeColor, r.ground.StrokeWidth = theme.Color(render.Link), 2
	}
	r.ring.Hidden = !b.focused || !filled
	r.ring.FillColor, r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.CornerRadius = theme.Faded(render.Ink, 0), theme.Color(render.Link), 2, 6+ringAside
	r.text.Text, r.text.TextSize, r.text.FontSource, r.text.Color = b.label(), b.style().size(), theme.Font(render.Medium), theme.Color(ink)
	if b.Disabled && !b.On {
		r.text.Color = theme.Faded(render.Muted, 0.75)
	}
	r.icon.Hidden = b.icon() == ""
	if b.icon() != "" {
		r.icon.Resource = theme.Icon(b.icon(), ink)
		r.icon.Translucency = 0
		if b.Disabled && !b.On {
			r.icon.Translucency = 0.45
		}
	}
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.ring.Move(fyne.NewPos(-ringAside, -ringAside))
	r.ring.Resize(size.AddWidthHeight(2*ringAside, 2*ringAside))
	w := float32(r.b.style().width(r.b.label()))
	x := (size.Width - w) / 2
	if r.b.Start && r.b.icon() == "" {
		x = 10
	}
	if r.b.icon() != "" {
		gap := float32(6)
		if r.b.label() == "" {
			gap = 0
		}
		if x = (size.Width - w - buttonIcon - gap) / 2; r.b.Start {
			x = 10
		}
		r.icon.Move(fyne.NewPos(x, (size.Height-buttonIcon)/2))
		r.icon.Resize(fyne.NewSize(buttonIcon, buttonIcon))
		x += buttonIcon + gap
	}
	h := r.b.style().lineHeight()
	r.text.Move(fyne.NewPos(x, (size.Height-h)/2))
	r.text.Resize(fyne.NewSize(w+2, h))
}

func (r *buttonRenderer) MinSize() fyne.Size {
	h := r.b.Height
	if h == 0 {
		h = 28
	}
	w := float32(r.b.style().width(r.b.label()))
	switch {
	case r.b.icon() != "" && r.b.label() != "":
		return fyne.NewSize(w+buttonIcon+6+22, h)
	case r.b.icon() != "":
		return fyne.NewSize(h+2, h)
	}
	return fyne.NewSize(w+24, h)
}

func (r *buttonRenderer) Refresh() {
	r.look()
	r.Layout(r.b.Size())
	r.ring.Refresh()
	r.ground.Refresh()
	r.text.Refresh()
	r.icon.Refresh()
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.ground, r.icon, r.text}
}

func (r *buttonRenderer) Destroy() {}
