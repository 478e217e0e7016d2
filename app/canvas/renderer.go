package canvas

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynecanvas "fyne.io/fyne/v2/canvas"

	"bulkhead/app/theme"
	"bulkhead/model"
	"bulkhead/render"
)

// CreateRenderer makes the image and what lies above it.
func (c *Canvas) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{c: c, raster: fynecanvas.NewRaster(c.paint)}
	r.hover = frame(1.5)
	r.label, r.plate = fynecanvas.NewText("", color.Transparent), fynecanvas.NewRectangle(color.Transparent)
	r.line, r.grip = fynecanvas.NewRectangle(color.Transparent), fynecanvas.NewRectangle(color.Transparent)
	r.grip.CornerRadius = 7
	r.sides = [2]*fynecanvas.Text{fynecanvas.NewText("before", color.Transparent), fynecanvas.NewText("after", color.Transparent)}
	for _, t := range r.sides {
		t.TextSize, t.FontSource = 12, theme.Font(render.Medium)
	}
	r.inset = newInset(c)
	r.label.TextSize, r.label.FontSource = 12, theme.Font(render.Medium)
	r.plate.CornerRadius = 6
	return r
}

func frame(width float32) *fynecanvas.Rectangle {
	f := fynecanvas.NewRectangle(color.Transparent)
	f.StrokeWidth = width
	f.CornerRadius = 5
	f.Hide()
	return f
}

type renderer struct {
	c        *Canvas
	raster   *fynecanvas.Raster
	hover    *fynecanvas.Rectangle
	selected []*fynecanvas.Rectangle // one for each picture of a comparison
	line     *fynecanvas.Rectangle   // of the wipe
	grip     *fynecanvas.Rectangle   // to drag it by
	sides    [2]*fynecanvas.Text     // what is shown on either
	rose     bool                    // the last frame was on the way to another picture
	label    *fynecanvas.Text        // what is carried
	plate    *fynecanvas.Rectangle   // behind it
	inset    *inset
	seen     painted // what the raster showed at the last refresh
}

// overlay places the marks without painting the picture again.
func (c *Canvas) overlay() { c.Refresh() }

func (r *renderer) marks() {
	c := r.c
	r.hover.Hide()
	r.carried()
	r.wipe()
	r.inset.refresh()
	if c.scene == nil {
		for _, f := range r.selected {
			f.Hide()
		}
		return
	}
	if c.hovered >= 0 && c.areas[c.hovered].Element != "" {
		r.put(r.hover, c.areas[c.hovered], theme.Faded(render.Link, 0.7), 2)
	}
	if c.carried != "" {
		if areas := topmost(c.areas, c.onto); len(areas) > 0 {
			r.put(r.hover, areas[0], theme.Color(render.Good), 3)
		}
	}
	n := 0
	for _, a := range topmost(c.areas, c.selected) {
		if n == len(r.selected) {
			r.selected = append(r.selected, frame(2.5))
		}
		r.put(r.selected[n], a, theme.Color(render.Link), 3)
		n++
	}
	for _, f := range r.selected[n:] {
		f.Hide()
	}
}

// wipe shows the line between two pictures.
func (r *renderer) wipe() {
	c := r.c
	objects := []fyne.CanvasObject{r.line, r.grip, r.sides[0], r.sides[1]}
	for _, o := range objects {
		if c.beyond == nil {
			o.Hide()
		} else {
			o.Show()
		}
	}
	if c.beyond == nil {
		return
	}
	size := c.Size()
	x := float32(c.wipe) * size.Width
	r.line.FillColor, r.grip.FillColor = theme.Color(render.Link), theme.Color(render.Link)
	r.line.Move(fyne.NewPos(x-1, 0))
	r.line.Resize(fyne.NewSize(2, size.Height))
	r.grip.Move(fyne.NewPos(x-7, size.Height/2-22))
	r.grip.Resize(fyne.NewSize(14, 44))
	for i, t := range r.sides {
		t.Color = theme.Color(render.Link)
		w := t.MinSize().Width
		t.Move(fyne.NewPos([...]float32{x - w - 10, x + 10}[i], 6))
		t.Resize(t.MinSize())
		t.Hidden = i == 0 && x < w+20 || i == 1 && x > size.Width-w-20
	}
}

// carried shows what is carried beside the pointer.
func (r *renderer) carried() {
	c := r.c
	r.label.Hidden, r.plate.Hidden = c.carried == "", c.carried == ""
	if c.carried == "" {
		return
	}
	r.label.Text, r.label.Color = c.CarryTip(c.carried, c.from, c.onto), theme.Color(render.OnTile3)
	r.plate.FillColor = theme.Color(render.Tile3)
	size, room := r.label.MinSize(), c.Size()
	x := max(0, min(c.hand.X+14, room.Width-size.Width-18))
	y := max(0, min(c.hand.Y+12, room.Height-size.Height-8))
	r.plate.Move(fyne.NewPos(x, y))
	r.plate.Resize(size.AddWidthHeight(18, 8))
	r.label.Move(fyne.NewPos(x+9, y+4))
	r.label.Resize(size)
}

// topmost are the areas where an element stands, of those that lie in each other the outermost.
// Where it stands nowhere, they are those that lead to it.
func topmost(areas []render.Area, id model.ID) []render.Area {
	if id == "" {
		return nil
	}
	if out := outermost(areas, id, false); len(out) > 0 {
		return out
	}
	return outermost(areas, id, true)
}

func outermost(areas []render.Area, id model.ID, leads bool) []render.Area {
	var out []render.Area
next:
	for _, a := range areas {
		if a.Element != id || a.Leads != leads {
			continue
		}
		for i, o := range out {
			switch {
			case within(a, o):
				continue next
			case within(o, a):
				out[i] = a
				continue next
			}
		}
		out = append(out, a)
	}
	return out
}

func within(a, b render.Area) bool {
	return a.X >= b.X && a.Y >= b.Y && a.X+a.W <= b.X+b.W && a.Y+a.H <= b.Y+b.H
}

func (r *renderer) put(f *fynecanvas.Rectangle, a render.Area, c color.Color, grow float32) {
	x, y := float32((a.X-r.c.x)*r.c.zoom)-grow, float32((a.Y-r.c.y)*r.c.zoom)-grow
	w, h := float32(a.W*r.c.zoom)+2*grow, float32(a.H*r.c.zoom)+2*grow
	size := r.c.Size()
	if x+w < 0 || y+h < 0 || x > size.Width || y > size.Height {
		f.Hide()
		return
	}
	// What reaches out of the canvas would be drawn over its neighbours.
	x1, y1 := min(x+w, size.Width-1), min(y+h, size.Height-1)
	x, y = max(x, 1), max(y, 1)
	f.StrokeColor = c
	f.Move(fyne.NewPos(x, y))
	f.Resize(fyne.NewSize(x1-x, y1-y))
	f.Show()
}

func (r *renderer) Layout(size fyne.Size) {
	r.raster.Resize(size)
	r.marks()
}

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(120, 80) }

func (r *renderer) Refresh() {
	c := r.c
	now := painted{scene: c.scene, palette: theme.Palette(), beyond: c.beyond, wipe: int(c.wipe * float64(c.Size().Width))}
	now.view.X, now.view.Y, now.view.Zoom = c.x, c.y, c.zoom
	size := c.Size()
	now.w, now.h = int(size.Width), int(size.Height)
	if c.rising != nil || now != r.seen || r.rose {
		r.rose = c.rising != nil
		r.seen = now
		r.raster.Refresh()
	}
	r.marks()
	r.hover.Refresh()
	for _, o := range []fyne.CanvasObject{r.plate, r.label, r.line, r.grip, r.sides[0], r.sides[1]} {
		o.Refresh()
	}
	for _, f := range r.selected {
		f.Refresh()
	}
}

func (r *renderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.raster, r.hover}
	for _, f := range r.selected {
		out = append(out, f)
	}
	out = append(out, r.inset.objects()...)
	return append(out, r.line, r.grip, r.sides[0], r.sides[1], r.plate, r.label)
}

func (r *renderer) Destroy() {}
