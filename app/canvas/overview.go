package canvas

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	fynecanvas "fyne.io/fyne/v2/canvas"

	"bulkhead/app/theme"
	"bulkhead/render"
	"bulkhead/render/raster"
)

// A picture of which only a part is seen has an overview in the corner: all of it, small, with a frame about what is seen. A
// click or a drag there goes to the place.

const (
	overviewWidth  = 190.0 // at most
	overviewHeight = 130.0
	overviewEdge   = 12.0 // from the corner
	overviewShare  = 0.8  // of the picture's width or height: who sees less has an overview
	leastRoom      = 420  // width of a canvas that has room for one
)

// Names can be read down to leastHome: a picture that would be smaller opens at home instead, about the breach.
const (
	leastHome = 0.36
	home      = 0.62
)

// Home shows the whole picture where its names can be read so, else the part about the breach; and goes on to do so as the
// window changes.
func (c *Canvas) Home() {
	c.whole = false
	c.fitted = true
	c.fit()
	c.moved()
}

// middle is what the part is about: the sign of the breach, else what is selected, else the picture's top.
func (c *Canvas) middle() (x, y float64) {
	if len(c.scene.Markers) > 0 {
		m := c.scene.Markers[0]
		return m.X + m.W/2, m.Y + m.H/2
	}
	if areas := topmost(c.areas, c.selected); len(areas) > 0 {
		return areas[0].X + areas[0].W/2, areas[0].Y + areas[0].H/2
	}
	return c.scene.Width / 2, 0
}

// about shows the picture at a zoom about a point of it, and no more of what lies beside it than has to be.
func (c *Canvas) about(x, y, zoom float64) {
	s := c.Size()
	c.zoom = zoom
	w, h := float64(s.Width)/zoom, float64(s.Height)/zoom
	along := func(at, room, all float64) float64 {
		if room >= all {
			return (all - room) / 2
		}
		return max(0, min(all-room, at-room/2))
	}
	c.x, c.y = along(x, w, c.scene.Width), along(y, h, c.scene.Height)
}

// overview is where the overview lies in the canvas; false where there is none.
func (c *Canvas) overview() (at fyne.Position, size fyne.Size, ok bool) {
	s := c.Size()
	if c.scene == nil || c.beyond != nil || s.Width < leastRoom || s.Height < leastRoom/2 || c.scene.Width <= 0 || c.scene.Height <= 0 {
		return at, size, false
	}
	x0, y0, x1, y1 := c.visible()
	if x1-x0 >= overviewShare*c.scene.Width && y1-y0 >= overviewShare*c.scene.Height {
		return at, size, false
	}
	scale := min(overviewWidth/c.scene.Width, overviewHeight/c.scene.Height)
	size = fyne.NewSize(float32(c.scene.Width*scale), float32(c.scene.Height*scale))
	return fyne.NewPos(s.Width-size.Width-overviewEdge, s.Height-size.Height-overviewEdge), size, true
}

// visible is what of the picture is seen.
func (c *Canvas) visible() (x0, y0, x1, y1 float64) {
	s := c.Size()
	return max(0, c.x), max(0, c.y), min(c.scene.Width, c.x+float64(s.Width)/c.zoom), min(c.scene.Height, c.y+float64(s.Height)/c.zoom)
}

// onOverview reports whether a place of the widget is on the overview.
func (c *Canvas) onOverview(p fyne.Position) bool {
	at, size, ok := c.overview()
	return ok && p.X >= at.X && p.Y >= at.Y && p.X <= at.X+size.Width && p.Y <= at.Y+size.Height
}

// guide shows the part of the picture that a place of the overview stands for.
func (c *Canvas) guide(p fyne.Position) {
	at, size, ok := c.overview()
	if !ok {
		return
	}
	s := c.Size()
	x, y := float64((p.X-at.X)/size.Width)*c.scene.Width, float64((p.Y-at.Y)/size.Height)*c.scene.Height
	c.x, c.y = x-float64(s.Width)/c.zoom/2, y-float64(s.Height)/c.zoom/2
	c.fitted = false
	c.drop()
	c.moved()
}

// An inset is the overview as it is drawn.
type inset struct {
	c      *Canvas
	plate  *fynecanvas.Rectangle
	raster *fynecanvas.Raster
	frame  *fynecanvas.Rectangle // about what is seen
	edge   *fynecanvas.Rectangle

	scene   *render.Scene // as painted
	palette *render.Palette
	painter *raster.Painter
}

func newInset(c *Canvas) *inset {
	o := &inset{c: c, plate: fynecanvas.NewRectangle(color.Transparent), frame: frame(1.5), edge: frame(1), painter: raster.New()}
	o.frame.CornerRadius, o.edge.CornerRadius = 2, 4
	o.raster = fynecanvas.NewRaster(o.paint)
	return o
}

func (o *inset) paint(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if s := o.c.scene; s != nil && s.Width > 0 {
		scale := float64(w) / s.Width
		o.painter.Paint(img, s, theme.Palette(), raster.Viewport{Scale: scale, Zoom: min(scale, leastHome)})
	}
	return img
}

func (o *inset) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{o.plate, o.raster, o.edge, o.frame}
}

// refresh places the overview, or hides it; the small picture is painted again only when it is another.
func (o *inset) refresh() {
	at, size, ok := o.c.overview()
	for _, x := range o.objects() {
		if x.Visible() != ok {
			if ok {
				x.Show()
			} else {
				x.Hide()
			}
		}
	}
	if !ok {
		return
	}
	o.plate.FillColor, o.plate.CornerRadius = theme.Color(render.Ground), 4
	o.plate.Move(at.SubtractXY(3, 3))
	o.plate.Resize(size.AddWidthHeight(6, 6))
	o.edge.StrokeColor = theme.Color(render.Muted)
	o.edge.Move(at.SubtractXY(3, 3))
	o.edge.Resize(size.AddWidthHeight(6, 6))
	if o.raster.Position() != at {
		o.raster.Move(at)
	}
	if o.raster.Size() != size || o.scene != o.c.scene || o.palette != theme.Palette() {
		o.scene, o.palette = o.c.scene, theme.Palette()
		o.raster.Resize(size)
		o.raster.Refresh()
	}
	scale := float64(size.Width) / o.c.scene.Width
	x0, y0, x1, y1 := o.c.visible()
	o.frame.StrokeColor, o.frame.FillColor = theme.Color(render.Link), theme.Faded(render.Link, 0.1)
	o.frame.Move(at.AddXY(float32(x0*scale), float32(y0*scale)))
	o.frame.Resize(fyne.NewSize(float32(max(2, (x1-x0)*scale)), float32(max(2, (y1-y0)*scale))))
	for _, x := range []fyne.CanvasObject{o.plate, o.edge, o.frame} {
		x.Refresh()
	}
}
