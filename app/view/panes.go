package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// Panes stands three parts side by side with handles between them; the sides keep their width as the window grows.
type Panes struct {
	widget.BaseWidget
	Left, Middle, Right fyne.CanvasObject
	LeftWidth           float32
	RightWidth          float32
	LeftFolded          bool
	RightFolded         bool
	OnChange            func() // a width was changed by hand, or a side folded

	handles [2]*handle
}

// The sides are no narrower, and the middle leaves them no more.
const (
	leastSide   = 170
	leastMiddle = 420
	handleWidth = 6
)

// NewPanes returns the three parts.
func NewPanes(left, middle, right fyne.CanvasObject, leftWidth, rightWidth float32) *Panes {
	p := &Panes{Left: left, Middle: middle, Right: right, LeftWidth: leftWidth, RightWidth: rightWidth}
	p.handles[0] = newHandle(true, func(d float32) { p.LeftWidth += d; p.change() })
	p.handles[1] = newHandle(true, func(d float32) { p.RightWidth -= d; p.change() })
	p.ExtendBaseWidget(p)
	return p
}

// Fold hides or shows a side.
func (p *Panes) Fold(left, right bool) {
	p.LeftFolded, p.RightFolded = left, right
	p.change()
}

func (p *Panes) change() {
	p.LeftWidth, p.RightWidth = p.clamped()
	p.Refresh()
	if p.OnChange != nil {
		p.OnChange()
	}
}

func (p *Panes) clamped() (left, right float32) {
	w := p.Size().Width
	most := max(leastSide, (w-leastMiddle)/2)
	return min(most, max(leastSide, p.LeftWidth)), min(most, max(leastSide, p.RightWidth))
}

// CreateRenderer lays the parts out.
func (p *Panes) CreateRenderer() fyne.WidgetRenderer { return &panesRenderer{p} }

type panesRenderer struct{ p *Panes }

func (r *panesRenderer) MinSize() fyne.Size { return fyne.NewSize(640, 300) }

func (r *panesRenderer) Layout(s fyne.Size) {
	p := r.p
	left, right := p.clamped()
	show := func(o fyne.CanvasObject, folded bool) {
		if folded {
			o.Hide()
		} else {
			o.Show()
		}
	}
	show(p.Left, p.LeftFolded)
	show(p.handles[0], p.LeftFolded)
	show(p.Right, p.RightFolded)
	show(p.handles[1], p.RightFolded)
	if p.LeftFolded {
		left = 0
	}
	if p.RightFolded {
		right = 0
	}
	p.Left.Resize(fyne.NewSize(left, s.Height))
	p.Middle.Move(fyne.NewPos(left, 0))
	p.Middle.Resize(fyne.NewSize(s.Width-left-right, s.Height))
	p.Right.Move(fyne.NewPos(s.Width-right, 0))
	p.Right.Resize(fyne.NewSize(right, s.Height))
	for i, x := range []float32{left, s.Width - right} {
		p.handles[i].Move(fyne.NewPos(x-handleWidth/2, 0))
		p.handles[i].Resize(fyne.NewSize(handleWidth, s.Height))
	}
}

func (r *panesRenderer) Refresh() {
	r.Layout(r.p.Size())
	for _, h := range r.p.handles {
		h.Refresh()
	}
}

func (r *panesRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.Left, r.p.Middle, r.p.Right, r.p.handles[0], r.p.handles[1]}
}

func (r *panesRenderer) Destroy() {}

// Decks stands one part over another with a handle between them; Lower is the share of the lower one at most: it is no
// higher than it has use for.
type Decks struct {
	widget.BaseWidget
	Top, Bottom fyne.CanvasObject
	Lower       float32
	Folded      bool                       // of the bottom only the head shows
	Need        func() (head, all float32) // how high the head of the bottom is, and all of it
	OnChange    func()

	handle *handle
}

// leastDeck is how low the bottom gets: its head and two rows.
const leastDeck = 132

// NewDecks returns the two parts.
func NewDecks(top, bottom fyne.CanvasObject, lower float32) *Decks {
	d := &Decks{Top: top, Bottom: bottom, Lower: lower}
	d.handle = newHandle(false, func(dy float32) {
		if h := d.Size().Height; h > 0 {
			d.Lower = min(0.75, max(0.15, d.Lower-dy/h))
			d.Refresh()
			if d.OnChange != nil {
				d.OnChange()
			}
		}
	})
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer lays the parts out.
func (d *Decks) CreateRenderer() fyne.WidgetRenderer { return &decksRenderer{d} }

type decksRenderer struct{ d *Decks }

func (r *decksRenderer) MinSize() fyne.Size { return fyne.NewSize(300, 240) }

func (r *decksRenderer) Layout(s fyne.Size) {
	d := r.d
	low := max(leastDeck, s.Height*d.Lower)
	if d.Need != nil {
		head, all := d.Need()
		low = min(low, all)
		if d.Folded {
			low = head
		}
	}
	d.Top.Resize(fyne.NewSize(s.Width, s.Height-low))
	d.Bottom.Move(fyne.NewPos(0, s.Height-low))
	d.Bottom.Resize(fyne.NewSize(s.Width, low))
	d.handle.Move(fyne.NewPos(0, s.Height-low-handleWidth/2))
	d.handle.Resize(fyne.NewSize(s.Width, handleWidth))
}

func (r *decksRenderer) Refresh() { r.Layout(r.d.Size()); r.d.handle.Refresh() }

func (r *decksRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.d.Top, r.d.Bottom, r.d.handle}
}

func (r *decksRenderer) Destroy() {}

// A handle is a line that can be dragged.
type handle struct {
	widget.BaseWidget
	upright bool
	drag    func(float32)
	hover   bool
}

var (
	_ fyne.Draggable     = (*handle)(nil)
	_ desktop.Cursorable = (*handle)(nil)
	_ desktop.Hoverable  = (*handle)(nil)
)

func newHandle(upright bool, drag func(float32)) *handle {
	h := &handle{upright: upright, drag: drag}
	h.ExtendBaseWidget(h)
	return h
}

func (h *handle) Dragged(e *fyne.DragEvent) {
	if h.upright {
		h.drag(e.Dragged.DX)
	} else {
		h.drag(e.Dragged.DY)
	}
}

func (h *handle) DragEnd() {}

func (h *handle) Cursor() desktop.Cursor {
	if h.upright {
		return desktop.HResizeCursor
	}
	return desktop.VResizeCursor
}

func (h *handle) MouseIn(*desktop.MouseEvent)    { h.hover = true; h.Refresh() }
func (h *handle) MouseMoved(*desktop.MouseEvent) {}
func (h *handle) MouseOut()                      { h.hover = false; h.Refresh() }

func (h *handle) CreateRenderer() fyne.WidgetRenderer {
	return &handleRenderer{h, canvas.NewRectangle(theme.Color(render.Line))}
}

type handleRenderer struct {
	h    *handle
	line *canvas.Rectangle
}

func (r *handleRenderer) MinSize() fyne.Size { return fyne.NewSize(handleWidth, handleWidth) }

func (r *handleRenderer) Layout(s fyne.Size) {
	w := float32(1)
	if r.h.hover {
		w = 3
	}
	if r.h.upright {
		r.line.Move(fyne.NewPos((s.Width-w)/2, 0))
		r.line.Resize(fyne.NewSize(w, s.Height))
		return
	}
	r.line.Move(fyne.NewPos(0, (s.Height-w)/2))
	r.line.Resize(fyne.NewSize(s.Width, w))
}

func (r *handleRenderer) Refresh() {
	r.line.FillColor = theme.Color(render.Line)
	if r.h.hover {
		r.line.FillColor = theme.Color(render.Link)
	}
	r.Layout(r.h.Size())
	r.line.Refresh()
}

func (r *handleRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }
func (r *handleRenderer) Destroy()                     {}

// Ground is a rectangle in a colour of the palette that follows the theme.
type Ground struct {
	widget.BaseWidget
	fill, edge render.Color
	radius     float32
	width      float32 // of the edge
	alpha      float64
}

// NewGround returns a rectangle; edge None has no line around it.
func NewGround(fill, edge render.Color, radius float32) *Ground {
	g := &Ground{fill: fill, edge: edge, radius: radius, width: 1, alpha: 1}
	g.ExtendBaseWidget(g)
	return g
}

// light gives the edge of a card the colour of what can be pressed, and takes it away.
func (g *Ground) light(on bool) {
	edge, width := render.Line, float32(1)
	if on {
		edge, width = render.Link, 1.5
	}
	if g.edge != edge || g.width != width {
		g.edge, g.width = edge, width
		g.Refresh()
	}
}

// CreateRenderer draws the rectangle.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g, canvas.NewRectangle(nil)}
	r.look()
	return r
}

type groundRenderer struct {
	g *Ground
	r *canvas.Rectangle
}

func (r *groundRenderer) look() {
	r.r.FillColor = theme.Faded(r.g.fill, r.g.alpha)
	if r.g.fill == render.None {
		r.r.FillColor = theme.Faded(render.Ink, 0)
	}
	r.r.CornerRadius = r.g.radius
	if r.g.edge != render.None {
		r.r.StrokeColor, r.r.StrokeWidth = theme.Color(r.g.edge), r.g.width
	} else {
		r.r.StrokeWidth = 0
	}
}

func (r *groundRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *groundRenderer) Layout(s fyne.Size)           { r.r.Resize(s) }
func (r *groundRenderer) Refresh()                     { r.look(); r.r.Refresh() }
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.r} }
func (r *groundRenderer) Destroy()                     {}
