package raster

import (
	"image/color"
	"math"
	"sync"
	"sync/atomic"

	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/icon"
)

// Text is drawn as bars below barSize pixels and left out below leastSize; from largeSize on letters are too large
// to keep.
const (
	leastSize = 1.2
	barSize   = 3.6
	largeSize = 160
)

// steps is how many places within a pixel a letter or icon is drawn at, each way.
const steps = 4

// A mask is how much of each pixel a letter or icon covers.
type mask struct {
	x, y, w, h int // top left, from the pen's pixel
	a          []uint8
}

// A strike is letters of one weight at one size, with or without their halo, or icons at one size.
type strike struct {
	weight render.Weight
	size   float64 // in pixels
	halo   float64 // width of the halo's line in pixels, 0 for the letter itself

	latin [128 * steps]atomic.Pointer[mask]
	mu    sync.RWMutex
	rest  map[maskKey]*mask
}

type maskKey struct {
	r      rune
	icon   string
	dx, dy uint8
}

type strikeKey struct {
	weight     render.Weight
	icons      bool
	size, halo int32
}

// masks keeps strikes. A window that zooms smoothly asks for ever new sizes, so all are dropped when there are many.
type masks struct {
	mu      sync.RWMutex
	strikes map[strikeKey]*strike
}

const maxStrikes = 64

func (m *masks) strike(weight render.Weight, icons bool, size, halo float64) *strike {
	key := strikeKey{weight, icons, int32(math.Round(size * 16)), int32(math.Round(halo * 16))}
	m.mu.RLock()
	s := m.strikes[key]
	m.mu.RUnlock()
	if s != nil {
		return s
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if s = m.strikes[key]; s != nil {
		return s
	}
	if m.strikes == nil || len(m.strikes) >= maxStrikes {
		m.strikes = map[strikeKey]*strike{}
	}
	s = &strike{weight: weight, size: float64(key.size) / 16, halo: float64(key.halo) / 16, rest: map[maskKey]*mask{}}
	m.strikes[key] = s
	return s
}

func (w *worker) text(t *render.Text) {
	size := t.Size * w.scale
	if size < leastSize || t.Color == render.None {
		return
	}
	face := font.Of(t.Weight)
	width := face.Width(t.Text, t.Size)
	x := t.X
	switch t.Anchor {
	case render.Middle:
		x -= width / 2
	case render.End:
		x -= width
	case render.Start:
	}
	if !w.sees(x, t.Y-t.Size*1.1, x+width, t.Y+t.Size*0.4, render.HaloWidth) {
		return
	}
	ink := w.palette.RGBA(t.Color)
	px, py := x*w.scale+w.dx, t.Y*w.scale+w.dy
	if size < barSize {
		w.bar(px, py-size*0.55, width*w.scale, size*0.5, fade(ink, 0.4))
		return
	}
	// A baseline on whole pixels is sharp, and so every letter needs only one row of masks.
	py = math.Round(py)
	if t.Halo != render.None {
		w.letters(face, t, px, py, size, render.HaloWidth*w.scale, w.palette.RGBA(t.Halo))
	}
	w.letters(face, t, px, py, size, 0, ink)
}

func (w *worker) letters(face *font.Face, t *render.Text, px, py, size, halo float64, c color.NRGBA) {
	if size > largeSize {
		for _, r := range t.Text {
			g := face.Glyph(r)
			w.line.flatten(g.Path, size, px, py)
			if halo > 0 {
				w.stroker.stroke(&w.line, halo, true)
			} else {
				w.cover.fill(&w.line)
			}
			w.pour(c)
			px += g.Advance * size
		}
		return
	}
	s := w.painter.masks.strike(t.Weight, false, size, halo)
	for _, r := range t.Text {
		at := math.Floor(px*steps+0.5) / steps
		whole := math.Floor(at)
		if m := s.letter(face, r, int((at-whole)*steps)); m != nil {
			w.stamp(m, int(whole), int(py), c)
		}
		px += face.Advance(r) * size
	}
}

// bar stands for text that is too small to read.
func (w *worker) bar(x, y, width, height float64, c color.NRGBA) {
	w.line.points = append(w.line.points[:0], point{x, y}, point{x + width, y}, point{x + width, y + height}, point{x, y + height})
	w.line.parts = append(w.line.parts[:0], subpath{0, 4, true})
	w.cover.fill(&w.line)
	w.pour(c)
}

func (w *worker) icon(i *render.Icon) {
	size := i.Size * w.scale
	if size < 3 || i.Color == render.None || !w.sees(i.X, i.Y, i.X+i.Size, i.Y+i.Size, 0) {
		return
	}
	c := w.palette.RGBA(i.Color)
	px, py := i.X*w.scale+w.dx, i.Y*w.scale+w.dy
	if size > largeSize {
		w.drawing(icon.Of(i.Name), size, px, py, func() { w.pour(c) })
		return
	}
	ax, ay := math.Floor(px*steps+0.5)/steps, math.Floor(py*steps+0.5)/steps
	x, y := math.Floor(ax), math.Floor(ay)
	s := w.painter.masks.strike(0, true, size, 0)
	w.stamp(s.icon(i.Name, int((ax-x)*steps), int((ay-y)*steps)), int(x), int(y), c)
}

// drawing collects an icon's lines and then each of its filled parts, and calls pour after each.
func (w *worker) drawing(ic *icon.Icon, size, dx, dy float64, pour func()) {
	k := size / icon.Box
	for _, p := range ic.Parts {
		w.line.flatten(p.Path, k, dx, dy)
		w.stroker.stroke(&w.line, icon.Pen*k, true)
	}
	pour()
	for _, p := range ic.Parts {
		if p.Filled {
			w.line.flatten(p.Path, k, dx, dy)
			w.cover.fill(&w.line)
			pour()
		}
	}
}

func (s *strike) letter(face *font.Face, r rune, step int) *mask {
	if r >= 0 && r < 128 {
		at := &s.latin[int(r)*steps+step]
		if m := at.Load(); m != nil {
			return m
		}
		m := s.letterMask(face, r, step)
		at.Store(m)
		return m
	}
	return s.kept(maskKey{r: r, dx: uint8(step)}, func() *mask { return s.letterMask(face, r, step) })
}

func (s *strike) icon(name string, stepX, stepY int) *mask {
	return s.kept(maskKey{icon: name, dx: uint8(stepX), dy: uint8(stepY)}, func() *mask {
		n := int(math.Ceil(s.size)) + 2
		return makeMask(-1, -1, n+1, n+1, func(w *worker, pour func()) {
			w.drawing(icon.Of(name), s.size, 1+float64(stepX)/steps, 1+float64(stepY)/steps, pour)
		})
	})
}

func (s *strike) kept(key maskKey, draw func() *mask) *mask {
	s.mu.RLock()
	m := s.rest[key]
	s.mu.RUnlock()
	if m == nil {
		m = draw()
		s.mu.Lock()
		s.rest[key] = m
		s.mu.Unlock()
	}
	return m
}

func (s *strike) letterMask(face *font.Face, r rune, step int) *mask {
	g := face.Glyph(r)
	if len(g.Path) == 0 {
		return &mask{}
	}
	x0, y0, x1, y1 := bounds(g.Path)
	shift := float64(step) / steps
	left, top := int(math.Floor(x0*s.size+shift-s.halo/2)), int(math.Floor(y0*s.size-s.halo/2))
	right, bottom := int(math.Ceil(x1*s.size+shift+s.halo/2)), int(math.Ceil(y1*s.size+s.halo/2))
	return makeMask(left, top, right-left, bottom-top, func(w *worker, pour func()) {
		w.line.flatten(g.Path, s.size, shift-float64(left), -float64(top))
		if s.halo > 0 {
			w.stroker.stroke(&w.line, s.halo, true)
			pour()
			w.line.flatten(g.Path, s.size, shift-float64(left), -float64(top))
		}
		w.cover.fill(&w.line)
		pour()
	})
}

// makeMask returns the mask, w by h pixels with its top left at (x, y) from the pen, of what draw collects. Each
// call of pour lays what is collected over what was there.
func makeMask(x, y, w, h int, draw func(wk *worker, pour func())) *mask {
	m := &mask{x: x, y: y, w: w, h: h, a: make([]uint8, w*h)}
	wk := &worker{}
	wk.stroker.cover = &wk.cover
	wk.cover.resize(w, h)
	draw(wk, func() {
		wk.cover.sweep(func(y, x0, x1 int, cover uint32) {
			for x := x0; x < x1; x++ {
				a := uint32(m.a[y*w+x])
				m.a[y*w+x] = uint8(a + (255-a)*cover/255)
			}
		})
	})
	return m
}

// stamp paints a mask with the pen at pixel (x, y) of the band.
func (w *worker) stamp(m *mask, x, y int, c color.NRGBA) {
	x, y = x+m.x, y+m.y
	fx, fy := max(0, -x), max(0, -y)
	tx, ty := min(m.w, w.clip.Dx()-x), min(m.h, w.clip.Dy()-y)
	if fx >= tx {
		return
	}
	for j := fy; j < ty; j++ {
		row := m.a[j*m.w+fx : j*m.w+tx]
		at := w.dst.PixOffset(w.clip.Min.X+x+fx, w.clip.Min.Y+y+j)
		pix := w.dst.Pix[at : at+4*len(row) : at+4*len(row)]
		for k, cover := range row {
			if cover == 0 {
				continue
			}
			a := (uint32(cover)*uint32(c.A) + 127) / 255
			rest := 255 - a
			p := pix[4*k : 4*k+4 : 4*k+4]
			p[0] = uint8((uint32(c.R)*a + uint32(p[0])*rest + 127) / 255)
			p[1] = uint8((uint32(c.G)*a + uint32(p[1])*rest + 127) / 255)
			p[2] = uint8((uint32(c.B)*a + uint32(p[2])*rest + 127) / 255)
		}
	}
}
