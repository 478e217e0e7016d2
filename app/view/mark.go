package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A mark is a round or square box that can be ticked.
type mark struct {
	widget.BaseWidget
	on, round      bool
	tap            func()
	hover, focused bool
}

var (
	_ fyne.Tappable      = (*mark)(nil)
	_ fyne.Focusable     = (*mark)(nil)
	_ desktop.Hoverable  = (*mark)(nil)
	_ desktop.Cursorable = (*mark)(nil)
)

func newMark(on, round bool, tap func()) *mark {
	m := &mark{on: on, round: round, tap: tap}
	m.ExtendBaseWidget(m)
	return m
}

func (m *mark) Tapped(*fyne.PointEvent)        { m.tap() }
func (m *mark) Cursor() desktop.Cursor         { return desktop.PointerCursor }
func (m *mark) MouseIn(*desktop.MouseEvent)    { m.hover = true; m.Refresh() }
func (m *mark) MouseMoved(*desktop.MouseEvent) {}
func (m *mark) MouseOut()                      { m.hover = false; m.Refresh() }
func (m *mark) FocusGained()                   { m.focused = true; m.Refresh() }
func (m *mark) FocusLost()                     { m.focused = false; m.Refresh() }
func (m *mark) TypedRune(r rune)               { handRune(m, r) }

func (m *mark) TypedKey(e *fyne.KeyEvent) {
	if presses(e) {
		m.tap()
		return
	}
	handKey(m, e)
}

func (m *mark) CreateRenderer() fyne.WidgetRenderer {
	r := &markRenderer{m, canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewImageFromResource(theme.Icon("check", render.OnTile3))}
	r.tick.FillMode = canvas.ImageFillContain
	r.Refresh()
	return r
}

type markRenderer struct {
	m        *mark
	box, dot *canvas.Rectangle
	tick     *canvas.Image
}

func (r *markRenderer) MinSize() fyne.Size { return fyne.NewSize(24, 22) }

func (r *markRenderer) Layout(s fyne.Size) {
	const size = 16
	y := (s.Height - size) / 2
	r.box.Move(fyne.NewPos(8, y))
	r.box.Resize(fyne.NewSize(size, size))
	r.dot.Move(fyne.NewPos(12, y+4))
	r.dot.Resize(fyne.NewSize(size-8, size-8))
	r.tick.Move(fyne.NewPos(10, y+2))
	r.tick.Resize(fyne.NewSize(size-4, size-4))
}

func (r *markRenderer) Refresh() {
	radius := float32(4)
	if r.m.round {
		radius = 8
	}
	r.box.CornerRadius, r.dot.CornerRadius = radius, radius/2
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth = theme.Faded(render.Ink, 0), theme.Color(render.Muted), 1.25
	if r.m.on {
		r.box.FillColor, r.box.StrokeColor = theme.Color(render.Tile3), theme.Color(render.Tile3)
	}
	if r.m.hover || r.m.focused {
		r.box.StrokeColor = theme.Color(render.Link)
	}
	if r.m.focused {
		r.box.StrokeWidth = 2
	}
	r.dot.FillColor = theme.Color(render.OnTile3)
	r.dot.Hidden = !r.m.on || !r.m.round
	r.tick.Resource = theme.Icon("check", render.OnTile3)
	r.tick.Hidden = !r.m.on || r.m.round
	r.Layout(r.m.Size())
	r.box.Refresh()
	r.dot.Refresh()
	r.tick.Refresh()
}

func (r *markRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.box, r.dot, r.tick}
}
func (r *markRenderer) Destroy() {}
