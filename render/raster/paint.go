// Package raster paints a scene into pixels, for the window's canvas as well as for files.
//
//	Scene --flatten, stroke--> edges --coverage--> spans --Palette--> image.RGBA
//	Text, Icon --typeset--> masks kept from picture to picture --Palette--> image.RGBA
//
// The picture is the same on every machine and with any number of processors.
package raster

import (
	"image"
	"image/color"
	"math"
	"runtime"
	"sync"

	"bulkhead/render"
)

// A Viewport says which part of a scene is painted, and how large.
type Viewport struct {
	X, Y  float64 // the scene's point at the image's top left
	Scale float64 // pixels a point
	// Zoom is what the level of detail goes by, 0 for Scale. A window on a screen with two pixels a point has a
	// Scale of twice its Zoom.
	Zoom float64
}

// nearZoom is the least zoom at which what is Near shows, and from which on what is Far does not. Names and words come together:
// a name that stands above words has them.
const nearZoom = 0.58

// shows reports whether items of a level are painted.
func (v Viewport) shows(l render.Level) bool {
	zoom := v.Zoom
	if zoom == 0 {
		zoom = v.Scale
	}
	switch l {
	case render.Near:
		return zoom >= nearZoom
	case render.Far:
		return zoom < nearZoom
	case render.Always:
	}
	return true
}

// A Painter paints scenes and remembers how letters and icons look. It is safe for concurrent use.
type Painter struct {
	masks   masks
	workers sync.Pool
}

// New returns a painter that remembers nothing yet.
func New() *Painter { return &Painter{} }

// shared remembers nothing but the looks of the embedded letters and icons.
var shared = sync.OnceValue(New)

// Paint paints a scene on its ground, over all of dst. What lies outside dst costs next to nothing. Text below
// about four pixels becomes bars, and what a Level keeps for a larger zoom is left out.
func Paint(dst *image.RGBA, s *render.Scene, p *render.Palette, v Viewport) {
	shared().Paint(dst, s, p, v)
}

// band is the height in pixels of the strips that are painted on their own. It must not depend on the machine:
// where an edge is cut shows in its last bit.
const band = 200

// Paint is the same as the function Paint, with this painter's memory.
func (pt *Painter) Paint(dst *image.RGBA, s *render.Scene, p *render.Palette, v Viewport) {
	b := dst.Bounds()
	if b.Empty() || !(v.Scale > 0) || math.IsInf(v.Scale, 0) {
		return
	}
	bands := (b.Dy() + band - 1) / band
	next := make(chan int, bands)
	for i := range bands {
		next <- i
	}
	close(next)
	work := func() {
		w, _ := pt.workers.Get().(*worker)
		if w == nil {
			w = &worker{}
			w.stroker.cover = &w.cover
		}
		for i := range next {
			r := image.Rect(b.Min.X, b.Min.Y+i*band, b.Max.X, min(b.Max.Y, b.Min.Y+(i+1)*band))
			w.paint(pt, dst, r, b.Min, s, p, v)
		}
		w.dst, w.palette = nil, nil
		pt.workers.Put(w)
	}
	var wg sync.WaitGroup
	for range min(bands, runtime.GOMAXPROCS(0)) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}

// A worker paints one band at a time.
type worker struct {
	painter *Painter
	palette *render.Palette
	dst     *image.RGBA
	clip    image.Rectangle // the band, in pixels of dst
	scale   float64
	dx, dy  float64 // scene times scale plus this is pixels of the band
	view    Viewport

	cover   coverage
	line    polyline
	stroker stroker
	runes   []rune
}

func (w *worker) paint(pt *Painter, dst *image.RGBA, clip image.Rectangle, origin image.Point, s *render.Scene, p *render.Palette, v Viewport) {
	w.painter, w.palette, w.dst, w.clip, w.view = pt, p, dst, clip, v
	w.scale = v.Scale
	w.dx = -v.X*v.Scale + float64(origin.X-clip.Min.X)
	w.dy = -v.Y*v.Scale + float64(origin.Y-clip.Min.Y)
	w.cover.resize(clip.Dx(), clip.Dy())
	ground := p.RGBA(render.Ground)
	for y := range clip.Dy() {
		w.span(y, 0, clip.Dx(), color.NRGBA{ground.R, ground.G, ground.B, 255}, 255)
	}
	for _, item := range s.Items {
		switch i := item.(type) {
		case render.Shape:
			if v.shows(i.Level) {
				w.shape(&i)
			}
		case render.Text:
			if v.shows(i.Level) {
				w.text(&i)
			}
		case render.Icon:
			if v.shows(i.Level) {
				w.icon(&i)
			}
		}
	}
}

// sees reports whether a rectangle of the scene, grown by a margin in points, is in the band.
func (w *worker) sees(x0, y0, x1, y1, margin float64) bool {
	return (x1+margin)*w.scale+w.dx >= 0 && (x0-margin)*w.scale+w.dx <= float64(w.clip.Dx()) &&
		(y1+margin)*w.scale+w.dy >= 0 && (y0-margin)*w.scale+w.dy <= float64(w.clip.Dy()) &&
		// Beyond this, which no picture is, arithmetic on points would lose its sense.
		max(math.Abs(x0), math.Abs(x1), math.Abs(y0), math.Abs(y1), margin)*w.scale < 1e7
}

func (w *worker) shape(s *render.Shape) {
	x0, y0, x1, y1 := bounds(s.Path)
	margin := 0.0
	if s.Stroke != render.None {
		margin = s.Width / 2
		if !s.Round {
			margin *= miterLimit
		}
	}
	if !w.sees(x0, y0, x1, y1, margin) {
		return
	}
	opacity := s.Opacity
	if opacity <= 0 || opacity > 1 {
		opacity = 1
	}
	w.line.flatten(s.Path, w.scale, w.dx, w.dy)
	if s.Fill != render.None {
		w.cover.fill(&w.line)
		w.pour(fade(w.palette.RGBA(s.Fill), opacity))
	}
	if s.Hatch != render.None {
		w.cover.fill(&w.line)
		w.hatch(fade(w.palette.RGBA(s.Hatch), opacity))
	}
	if s.Stroke == render.None || !(s.Width > 0) {
		return
	}
	line, width := &w.line, s.Width*w.scale
	if len(s.Dash) > 0 {
		dash := make([]float64, len(s.Dash))
		for i, d := range s.Dash {
			dash[i] = d * w.scale
		}
		line = w.stroker.dashed(line, dash)
	}
	if width < hairWidth {
		w.hairs(line, width, fade(w.palette.RGBA(s.Stroke), opacity))
		return
	}
	w.stroker.stroke(line, width, s.Round)
	w.pour(fade(w.palette.RGBA(s.Stroke), opacity))
}

func fade(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(math.Round(float64(c.A) * opacity))
	return c
}

// span paints pixels x0 to x1 of row y of the band.
func (w *worker) span(y, x0, x1 int, c color.NRGBA, cover uint32) {
	from := w.dst.PixOffset(w.clip.Min.X+x0, w.clip.Min.Y+y)
	k := newInk(c)
	k.paint(w.dst.Pix[from:from+4*(x1-x0)], cover)
}

// hatch paints diagonal lines over what cover has collected. They run with the scene, not with the shape, so that
// neighbours' lines meet.
func (w *worker) hatch(c color.NRGBA) {
	pitch, half := render.HatchPitch*w.scale, render.HatchWidth*w.scale/2
	if pitch < 3 {
		// Too fine to be told apart: its mean tone.
		w.pour(fade(c, render.HatchWidth/render.HatchPitch))
		return
	}
	shift := (w.dx + w.dy) / math.Sqrt2
	w.cover.sweep(func(y, x0, x1 int, cover uint32) {
		for x := x0; x < x1; x++ {
			d := (float64(x+y)+1)/math.Sqrt2 - shift
			d = math.Abs(d - pitch*math.Round(d/pitch))
			if in := half + 0.5 - d; in > 0 {
				w.span(y, x, x+1, c, uint32(float64(cover)*min(in, 1, 2*half)))
			}
		}
	})
}
