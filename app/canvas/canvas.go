// Package canvas shows a picture in the window: it pans, zooms, points and selects.
//
//	Scene, Palette --raster--> one image ; Area --> selection and highlight as Fyne objects above it
//
// The image is painted again only when the scene, the palette, the place or the size changed; pointing and selecting
// move the objects above it.
package canvas

import (
	"cmp"
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/raster"
)

// A Canvas is a picture that can be explored.
type Canvas struct {
	widget.BaseWidget
	OnSelect func(model.ID)                // a thing was clicked; "" for the ground
	OnMenu   func(model.ID, fyne.Position) // a thing was clicked with the secondary button, at a place of the window
	OnZoom   func(percent int)             // the zoom changed
	OnResize func()                        // the room for the picture changed
	Most     float64                       // how large a picture is fitted at most, in points of the window a point; 0: a third above its size

	// A thing that can be carried was dragged onto another, or out of where it stood: from and onto are what stands there
	// beside it, "" for nothing, at a place of the window. The sign of the breach is carried as render.BreachMarker. Nil:
	// dragging pans wherever it starts.
	OnCarry  func(thing, from, onto model.ID, at fyne.Position)
	Carries  func(model.ID) bool                     // what can be carried
	CarryTip func(thing, from, onto model.ID) string // what is said of it while it is carried

	scene    *render.Scene
	selected model.ID
	hovered  int // index of the area pointed at, -1: none
	tip      string
	at       fyne.Position // of the pointer
	carried  model.ID      // what is being dragged
	pointer  fyne.Position // in the canvas
	hand     fyne.Position // where
	from     model.ID      // out of what
	onto     model.ID      // over what
	panning  bool          // the drag that goes on moves the picture
	wiping   bool          // … the wipe

	x, y, zoom float64 // scene's point at the top left, and points of the window a point of the scene
	fitted     bool    // keeps fitting as the size changes, until the person zooms or pans
	whole      bool    // … all of the picture, however small
	guiding    bool    // the drag that goes on is on the overview

	areas  []render.Area // of the scene, and of beyond behind them
	beyond *render.Scene // shown right of the wipe, in the place of the scene; nil: no wipe
	wipe   float64       // where it stands, 0..1 of the width

	rising *rise // from the picture before, nil while nothing rises

	painter *raster.Painter
	other   *raster.Painter // of beyond
	image   *image.RGBA     // as painted last, for
	painted painted
	paints  int // how often the picture was painted, for tests
}

// painted is what an image depends on.
type painted struct {
	scene   *render.Scene
	beyond  *render.Scene
	wipe    int // pixels
	palette *render.Palette
	view    raster.Viewport
	w, h    int
}

var (
	_ fyne.Tappable          = (*Canvas)(nil)
	_ fyne.SecondaryTappable = (*Canvas)(nil)
	_ fyne.Draggable         = (*Canvas)(nil)
	_ fyne.Scrollable        = (*Canvas)(nil)
	_ desktop.Hoverable      = (*Canvas)(nil)
	_ desktop.Cursorable     = (*Canvas)(nil)
)

// Zoom is between these, in points of the window a point of the picture.
const (
	minZoom = 0.05
	maxZoom = 8
	// A small picture is not blown up to fill the window beyond this.
	maxFit = 1.35
)

// New returns an empty canvas.
func New() *Canvas {
	c := &Canvas{hovered: -1, zoom: 1, fitted: true, painter: raster.New()}
	c.ExtendBaseWidget(c)
	return c
}

// SetScene shows a scene; nil shows nothing. The place stays where it is unless the canvas is fitting.
func (c *Canvas) SetScene(s *render.Scene) {
	if c.scene == s {
		return
	}
	fresh := c.scene == nil
	c.scene = s
	c.list()
	c.hovered = -1
	c.drop()
	if fresh {
		c.fitted, c.whole = true, false
	}
	if c.fitted {
		c.fit()
	}
	c.Refresh()
}

// SetWipe shows another scene of the same places right of a line that can be dragged; nil ends that. Both keep their zoom
// and place together.
func (c *Canvas) SetWipe(beyond *render.Scene) {
	if c.beyond == beyond {
		return
	}
	if c.beyond == nil {
		c.wipe = 0.5
	}
	c.beyond = beyond
	c.drop()
	c.list()
	c.Refresh()
}

// list gathers what can be pointed at.
func (c *Canvas) list() {
	c.areas = nil
	for _, s := range []*render.Scene{c.scene, c.beyond} {
		if s != nil {
			c.areas = append(c.areas, s.Areas...)
		}
	}
}

// seen reports whether an area is on the side of the wipe that a place of the widget is on.
func (c *Canvas) seen(area int, p fyne.Position) bool {
	return c.beyond == nil || (area >= len(c.scene.Areas)) == (float64(p.X) > c.wipe*float64(c.Size().Width))
}

// Wiping reports whether two pictures are shown.
func (c *Canvas) Wiping() bool { return c.beyond != nil }

// paintBeyond lays the other scene over the picture, right of the wipe.
func (c *Canvas) paintBeyond(p painted) {
	if c.other == nil {
		c.other = raster.New()
	}
	over := image.NewRGBA(c.image.Rect)
	c.other.Paint(over, c.beyond, p.palette, p.view)
	for y := range p.h {
		from := over.PixOffset(min(p.wipe, p.w), y)
		copy(c.image.Pix[from:c.image.PixOffset(0, y)+4*p.w], over.Pix[from:over.PixOffset(0, y)+4*p.w])
	}
}

// onWipe reports whether a place of the widget is at the wipe's line.
func (c *Canvas) onWipe(p fyne.Position) bool {
	return c.beyond != nil && math.Abs(float64(p.X)-c.wipe*float64(c.Size().Width)) < 9
}

// Scene is what is shown, nil if nothing.
func (c *Canvas) Scene() *render.Scene { return c.scene }

// Select marks an element; "" marks none.
func (c *Canvas) Select(id model.ID) {
	if c.selected != id {
		c.selected = id
		c.overlay()
	}
}

// Fit shows the whole picture, and goes on to do so as the window changes.
func (c *Canvas) Fit() {
	c.fitted, c.whole = true, true
	c.fit()
	c.moved()
}

func (c *Canvas) fit() {
	s := c.Size()
	if c.scene == nil || s.Width < 1 || s.Height < 1 || c.scene.Width <= 0 || c.scene.Height <= 0 {
		return
	}
	w, h := float64(s.Width), float64(s.Height)
	c.zoom = clamp(min(w/c.scene.Width, h/c.scene.Height, cmp.Or(c.Most, maxFit)))
	if c.zoom < leastHome && !c.whole && c.beyond == nil {
		x, y := c.middle()
		c.about(x, y, home)
		c.tell()
		return
	}
	c.x = (c.scene.Width - w/c.zoom) / 2
	c.y = (c.scene.Height - h/c.zoom) / 2
	c.tell()
}

// tell calls back with the zoom.
func (c *Canvas) tell() {
	if c.OnZoom != nil {
		c.OnZoom(int(math.Round(c.zoom * 100)))
	}
}

func clamp(z float64) float64 { return max(minZoom, min(maxZoom, z)) }

// Zoom is how large the picture is, 1 for full size.
func (c *Canvas) Zoom() float64 { return c.zoom }

// ZoomBy makes the picture larger by a factor, about the middle.
func (c *Canvas) ZoomBy(factor float64) {
	s := c.Size()
	c.zoomAt(fyne.NewPos(s.Width/2, s.Height/2), factor)
}

// ZoomTo shows the picture at a size, about the middle.
func (c *Canvas) ZoomTo(zoom float64) { c.ZoomBy(zoom / c.zoom) }

func (c *Canvas) zoomAt(p fyne.Position, factor float64) {
	z := clamp(c.zoom * factor)
	c.x += float64(p.X) * (1/c.zoom - 1/z)
	c.y += float64(p.Y) * (1/c.zoom - 1/z)
	c.zoom, c.fitted = z, false
	c.moved()
}

// moved follows a change of place or zoom.
func (c *Canvas) moved() {
	c.keep()
	c.Refresh()
	c.tell()
}

// keep holds some of the picture in the window.
func (c *Canvas) keep() {
	if c.scene == nil {
		return
	}
	const least = 60
	s := c.Size()
	w, h := float64(s.Width)/c.zoom, float64(s.Height)/c.zoom
	edge := least / c.zoom
	c.x = max(edge-w, min(c.scene.Width-edge, c.x))
	c.y = max(edge-h, min(c.scene.Height-edge, c.y))
}

// Turn brings an element into the window as Reveal does, wherever the window is, and lets the picture stay there. False where the
// picture has no such element, or is small enough to be seen whole.
func (c *Canvas) Turn(id model.ID) bool {
	if _, there := c.Place(id); !there || c.scene == nil || c.fitted && c.zoom*c.scene.Width <= float64(c.Size().Width)+1 {
		return false
	}
	c.fitted = false
	c.Reveal(id)
	return true
}

// Reveal brings an element into the window if it is not there.
func (c *Canvas) Reveal(id model.ID) {
	if c.scene == nil || c.fitted {
		return
	}
	s := c.Size()
	w, h := float64(s.Width)/c.zoom, float64(s.Height)/c.zoom
	for _, a := range c.areas {
		if a.Element != id || id == "" {
			continue
		}
		if a.X >= c.x && a.Y >= c.y && a.X+a.W <= c.x+w && a.Y+a.H <= c.y+h {
			return
		}
		c.x, c.y = a.X+a.W/2-w/2, a.Y+a.H/2-h/2
		c.moved()
		return
	}
}

// pick is the topmost area at a place of the widget, -1 if there is none.
func (c *Canvas) pick(p fyne.Position, fits func(render.Area) bool) int {
	if c.scene == nil {
		return -1
	}
	x, y := c.x+float64(p.X)/c.zoom, c.y+float64(p.Y)/c.zoom
	for i := len(c.areas) - 1; i >= 0; i-- {
		a := c.areas[i]
		if x >= a.X && x <= a.X+a.W && y >= a.Y && y <= a.Y+a.H && fits(a) && c.seen(i, p) {
			return i
		}
	}
	return -1
}

func anything(render.Area) bool    { return true }
func anElement(a render.Area) bool { return a.Element != "" }

// Tapped selects what was clicked.
func (c *Canvas) Tapped(e *fyne.PointEvent) {
	if c.OnSelect == nil {
		return
	}
	c.drop()
	if c.onOverview(e.Position) {
		c.guide(e.Position)
		return
	}
	if i := c.pick(e.Position, anElement); i >= 0 {
		c.OnSelect(c.areas[i].Element)
		return
	}
	c.OnSelect("")
}

// TappedSecondary asks for a menu.
func (c *Canvas) TappedSecondary(e *fyne.PointEvent) {
	if c.OnMenu == nil {
		return
	}
	c.drop()
	if i := c.pick(e.Position, anElement); i >= 0 && !c.onOverview(e.Position) {
		c.OnMenu(c.areas[i].Element, e.AbsolutePosition)
	}
}

// Dragged pans, or carries a thing.
func (c *Canvas) Dragged(e *fyne.DragEvent) {
	if c.guiding = c.guiding || c.carried == "" && !c.panning && c.onOverview(e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)); c.guiding {
		c.guide(e.Position)
		return
	}
	if c.beyond != nil && !c.panning && c.carried == "" {
		if c.wiping = c.wiping || c.onWipe(e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)); c.wiping {
			c.wipe = max(0, min(1, float64(e.Position.X/c.Size().Width)))
			c.Refresh()
			return
		}
	}
	if c.carry(e) {
		return
	}
	c.x -= float64(e.Dragged.DX) / c.zoom
	c.y -= float64(e.Dragged.DY) / c.zoom
	c.fitted = false
	c.drop()
	c.moved()
}

// DragEnd puts down what was carried.
func (c *Canvas) DragEnd() {
	c.panning, c.wiping, c.guiding = false, false, false
	if c.carried == "" {
		return
	}
	thing, from, onto, at := c.carried, c.from, c.onto, c.at
	c.putDown()
	if onto != thing {
		c.OnCarry(thing, from, onto, at)
	}
}

// putDown ends the carrying.
func (c *Canvas) putDown() {
	c.carried, c.from, c.onto = "", "", ""
	c.overlay()
}

// carry takes up the thing that a drag starts on and moves it; false where the drag pans.
func (c *Canvas) carry(e *fyne.DragEvent) bool {
	if c.OnCarry == nil || c.panning {
		return false
	}
	if c.carried == "" {
		start := e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY)
		i := c.pick(start, anElement)
		switch {
		case c.onMarker(start):
			c.carried = render.BreachMarker
		case i < 0 || c.areas[i].Leads || !c.Carries(c.areas[i].Element):
			c.panning = true
			return false
		default:
			c.carried = c.areas[i].Element
		}
		c.from = c.under(start)
		c.drop()
	}
	c.at = e.AbsolutePosition
	c.onto = c.under(e.Position)
	c.hand = e.Position
	c.overlay()
	return true
}

// onMarker reports whether a sign of the breach is at a place of the widget.
func (c *Canvas) onMarker(p fyne.Position) bool {
	if c.scene == nil || c.beyond != nil {
		return false
	}
	x, y := c.x+float64(p.X)/c.zoom, c.y+float64(p.Y)/c.zoom
	return slices.ContainsFunc(c.scene.Markers, func(a render.Area) bool {
		return x >= a.X && x <= a.X+a.W && y >= a.Y && y <= a.Y+a.H
	})
}

// under is what stands at a place beside what is carried, "" for nothing.
func (c *Canvas) under(p fyne.Position) model.ID {
	i := c.pick(p, func(a render.Area) bool { return a.Element != "" && !a.Leads && a.Element != c.carried })
	if i < 0 {
		return ""
	}
	return c.areas[i].Element
}

// At is what stands at a place of the canvas, "" for nothing.
func (c *Canvas) At(p fyne.Position) model.ID { return c.under(p) }

// Scrolled zooms at the pointer.
func (c *Canvas) Scrolled(e *fyne.ScrollEvent) {
	d := float64(e.Scrolled.DY)
	if d == 0 {
		d = float64(e.Scrolled.DX)
	}
	c.zoomAt(e.Position, math.Pow(1.0035, max(-120, min(120, d*2.2))))
	c.point(e.Position, e.AbsolutePosition)
}

// MouseIn starts pointing.
func (c *Canvas) MouseIn(e *desktop.MouseEvent) { c.point(e.Position, e.AbsolutePosition) }

// MouseMoved points at what is under the pointer.
func (c *Canvas) MouseMoved(e *desktop.MouseEvent) { c.point(e.Position, e.AbsolutePosition) }

// MouseOut ends pointing.
func (c *Canvas) MouseOut() { c.drop() }

// Cursor is a hand over what can be clicked.
func (c *Canvas) Cursor() desktop.Cursor {
	if c.wiping || c.onWipe(c.pointer) {
		return desktop.HResizeCursor
	}
	if c.onOverview(c.pointer) {
		return desktop.PointerCursor
	}
	if c.hovered >= 0 && c.scene != nil && c.areas[c.hovered].Element != "" {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (c *Canvas) point(p, absolute fyne.Position) {
	c.pointer = p
	i := c.pick(p, anything)
	over := c.onOverview(p)
	if over {
		i = -1
	}
	tip := ""
	if i >= 0 {
		tip = c.areas[i].Tip
	}
	if c.OnCarry != nil && !over && c.onMarker(p) {
		tip = "The breach: drag it onto another function"
	}
	if i != c.hovered {
		c.hovered = i
		c.overlay()
	}
	if tip != c.tip {
		c.tip = tip
		if tip == "" {
			view.HideTip(c)
		} else {
			view.ShowTip(c, tip, absolute)
		}
	}
}

func (c *Canvas) drop() {
	if c.tip != "" {
		c.tip = ""
		view.HideTip(c)
	}
	if c.hovered >= 0 {
		c.hovered = -1
		c.overlay()
	}
}

// Resize fits the picture again while it was fitting.
func (c *Canvas) Resize(s fyne.Size) {
	if s == c.Size() {
		return
	}
	c.BaseWidget.Resize(s)
	if c.OnResize != nil {
		c.OnResize()
	}
	if c.fitted {
		c.fit()
	}
	c.keep()
	c.Refresh()
}

// paint is what the raster asks for.
func (c *Canvas) paint(w, h int) image.Image {
	size := c.Size()
	pixels := 1.0
	if size.Width > 0 {
		pixels = float64(w) / float64(size.Width)
	}
	now := painted{scene: c.scene, palette: theme.Palette(), view: raster.Viewport{X: c.x, Y: c.y, Scale: c.zoom * pixels, Zoom: c.zoom}, w: w, h: h}
	if c.beyond != nil {
		now.beyond, now.wipe = c.beyond, int(c.wipe*float64(w))
	}
	if c.image != nil && now == c.painted {
		return c.seenNow()
	}
	if c.image == nil || c.image.Rect.Dx() != w || c.image.Rect.Dy() != h {
		c.image = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	scene := c.scene
	if scene == nil {
		scene = &render.Scene{}
	}
	c.painter.Paint(c.image, scene, now.palette, now.view)
	if c.beyond != nil {
		c.paintBeyond(now)
	}
	c.painted = now
	c.paints++
	return c.seenNow()
}

// seenNow is the image, or the frame on the way to it.
func (c *Canvas) seenNow() image.Image {
	if c.rising != nil {
		return c.rising.over(c.image)
	}
	return c.image
}

// On is where a point of the picture is in the canvas.
func (c *Canvas) On(x, y float64) fyne.Position {
	return fyne.NewPos(float32((x-c.x)*c.zoom), float32((y-c.y)*c.zoom))
}

// Place is where an element is in the canvas: its middle, or where another thing stands there, a point of it that is
// free. False where the picture does not have it.
func (c *Canvas) Place(id model.ID) (fyne.Position, bool) {
	if c.scene == nil {
		return fyne.Position{}, false
	}
	areas := topmost(c.areas, id)
	if len(areas) == 0 {
		return fyne.Position{}, false
	}
	a := areas[0]
	at := func(x, y float64) fyne.Position { return c.On(a.X+a.W*x, a.Y+a.H*y) }
	parts := [...]float64{0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92}
	for _, y := range parts {
		for _, x := range parts {
			if i := c.pick(at(x, y), anElement); i >= 0 && c.areas[i].Element == id {
				return at(x, y), true
			}
		}
	}
	return at(0.5, 0.5), true
}
