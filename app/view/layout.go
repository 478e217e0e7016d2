package view

import "fyne.io/fyne/v2"

// A heighter is an object, or a layout of objects, that is as high as its width makes it: Fyne asks for the least
// size before it says how wide a thing will be.
type heighter interface {
	heightFor(width float32) float32
}

type heightLayout interface {
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

// heightOf is how high an object wants to be at a width.
func heightOf(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case heighter:
		return o.heightFor(width)
	case *fyne.Container:
		if l, ok := o.Layout.(heightLayout); ok {
			return l.heightFor(o.Objects, width)
		}
	}
	return o.MinSize().Height
}

// column stands objects under each other, each as wide as the column.
type column struct {
	gap   float32
	width float32 // that Layout had last, for MinSize
}

func newColumn(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &column{gap: gap}, Objects: objects}
}

// NewColumn stands parts under each other without a gap; hidden ones take no room.
func NewColumn(parts ...fyne.CanvasObject) *fyne.Container { return newColumn(0, parts...) }

func (c *column) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h, n := float32(0), 0
	for _, o := range objects {
		if o.Visible() {
			h += heightOf(o, width)
			n++
		}
	}
	return h + c.gap*float32(max(n-1, 0))
}

func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := float32(0)
	for _, o := range objects {
		if o.Visible() {
			w = max(w, o.MinSize().Width)
		}
	}
	return fyne.NewSize(w, c.heightFor(objects, max(w, c.width)))
}

func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.width = size.Width
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := heightOf(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + c.gap
	}
}

// flow sets objects in lines, as words are set.
type flow struct {
	gap   float32
	width float32
}

func newFlow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &flow{gap: gap}, Objects: objects}
}

func (f *flow) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return f.place(objects, width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
}

func (f *flow) place(objects []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		min := o.MinSize()
		min.Width = fyne.Min(min.Width, width)
		if x > 0 && x+min.Width > width {
			x, y, line = 0, y+line+f.gap, 0
		}
		put(o, fyne.NewPos(x, y), min)
		x += min.Width + f.gap
		line = fyne.Max(line, min.Height)
	}
	return y + line
}

func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, f.heightFor(objects, f.width))
}

func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.place(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, s fyne.Size) {
		o.Move(at)
		o.Resize(s)
	})
}

// line sets objects side by side in the middle of the height; the one at stretch takes what width is left.
type line struct {
	gap     float32
	stretch int // -1: none
}

func newLine(gap float32, stretch int, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &line{gap, stretch}, Objects: objects}
}

func (l *line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	n := 0
	for _, o := range objects {
		if o.Visible() {
			min := o.MinSize()
			size.Width += min.Width
			size.Height = fyne.Max(size.Height, min.Height)
			n++
		}
	}
	size.Width += l.gap * float32(max(n-1, 0))
	return size
}

func (l *line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := fyne.Max(0, size.Width-l.MinSize(objects).Width)
	x := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		min := o.MinSize()
		if i == l.stretch {
			min.Width += left
		}
		o.Move(fyne.NewPos(x, (size.Height-min.Height)/2))
		o.Resize(min)
		x += min.Width + l.gap
	}
}

// inset keeps a distance around objects that lie on each other.
type inset struct{ left, top, right, bottom float32 }

func newInset(x, y float32, o ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: inset{x, y, x, y}, Objects: o}
}

func (in inset) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range objects {
		if o.Visible() {
			h = max(h, heightOf(o, width-in.left-in.right))
		}
	}
	return h + in.top + in.bottom
}

func (in inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	return size.AddWidthHeight(in.left+in.right, in.top+in.bottom)
}

func (in inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(in.left, in.top))
		o.Resize(size.SubtractWidthHeight(in.left+in.right, in.top+in.bottom))
	}
}

// behind lays a ground under a content; both have the whole place.
type behind struct{}

func newBehind(ground, content fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: behind{}, Objects: []fyne.CanvasObject{ground, content}}
}

func (behind) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return heightOf(objects[len(objects)-1], width)
}

func (behind) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[len(objects)-1].MinSize()
}

func (behind) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

// NewFrame stands a part on top and one below, each as high as it needs, and gives the middle the rest. Any may be nil.
func NewFrame(top, middle, bottom fyne.CanvasObject) *fyne.Container {
	f := &frame{top, middle, bottom}
	c := &fyne.Container{Layout: f}
	for _, o := range []fyne.CanvasObject{middle, top, bottom} {
		if o != nil {
			c.Objects = append(c.Objects, o)
		}
	}
	return c
}

type frame struct{ top, middle, bottom fyne.CanvasObject }

func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range []fyne.CanvasObject{f.top, f.middle, f.bottom} {
		if o != nil && o.Visible() {
			m := o.MinSize()
			size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height)
		}
	}
	return size
}

func (f *frame) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	top, low := float32(0), float32(0)
	if f.top != nil && f.top.Visible() {
		top = heightOf(f.top, s.Width)
		f.top.Resize(fyne.NewSize(s.Width, top))
	}
	if f.bottom != nil && f.bottom.Visible() {
		low = heightOf(f.bottom, s.Width)
		f.bottom.Move(fyne.NewPos(0, s.Height-low))
		f.bottom.Resize(fyne.NewSize(s.Width, low))
	}
	if f.middle != nil {
		f.middle.Move(fyne.NewPos(0, top))
		f.middle.Resize(fyne.NewSize(s.Width, s.Height-top-low))
	}
}

// newStack lays objects on each other; each has the whole place.
func newStack(o ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: behind{}, Objects: o}
}

// aside stands a sign before a text that may have several lines.
type aside struct{}

func newAside(sign, text fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: aside{}, Objects: []fyne.CanvasObject{sign, text}}
}

const asideGap = 6

func (aside) heightFor(o []fyne.CanvasObject, width float32) float32 {
	return max(o[0].MinSize().Height, heightOf(o[1], width-o[0].MinSize().Width-asideGap))
}

func (a aside) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width+asideGap+o[1].MinSize().Width, a.heightFor(o, o[0].Size().Width+asideGap+o[1].Size().Width))
}

func (aside) Layout(o []fyne.CanvasObject, s fyne.Size) {
	sign := o[0].MinSize()
	o[0].Move(fyne.NewPos(0, 2))
	o[0].Resize(sign)
	o[1].Move(fyne.NewPos(sign.Width+asideGap, 0))
	o[1].Resize(fyne.NewSize(s.Width-sign.Width-asideGap, s.Height))
}

// pairs sets objects two in a row, in cells of one width, which they fill if they are to.
type pairs struct {
	gap  float32
	fill bool
}

func newPairs(gap float32, fill bool, o ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: pairs{gap, fill}, Objects: o}
}

func (p pairs) cell(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, x := range o {
		size = size.Max(x.MinSize())
	}
	return size
}

func (p pairs) MinSize(o []fyne.CanvasObject) fyne.Size {
	cell, rows := p.cell(o), float32((len(o)+1)/2)
	return fyne.NewSize(2*cell.Width+p.gap, rows*cell.Height+(rows-1)*p.gap)
}

func (p pairs) Layout(o []fyne.CanvasObject, _ fyne.Size) {
	cell := p.cell(o)
	for i, x := range o {
		x.Move(fyne.NewPos(float32(i%2)*(cell.Width+p.gap), float32(i/2)*(cell.Height+p.gap)))
		if p.fill {
			x.Resize(cell)
		} else {
			x.Resize(x.MinSize())
		}
	}
}
