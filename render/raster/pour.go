package raster

import "image/color"

// pour paints what cover has collected, and empties it. It is sweep and span in one, for speed: most shapes of a
// large picture are a few pixels wide.
func (w *worker) pour(c color.NRGBA) {
	cv := &w.cover
	if c.A == 0 {
		cv.sweep(func(int, int, int, uint32) {})
		return
	}
	ink := newInk(c)
	for y := cv.top; y <= cv.bottom; y++ {
		lo, hi := cv.lo[y], cv.hi[y]
		if lo > hi {
			continue
		}
		row := cv.cells[y*cv.stride : y*cv.stride+cv.stride]
		from := w.dst.PixOffset(w.clip.Min.X, w.clip.Min.Y+y)
		pix := w.dst.Pix[from : from+4*cv.w : from+4*cv.w]
		sum, start := int32(0), lo
		var cover uint32
		for x := lo; x <= hi; x++ {
			d := row[x]
			if d == 0 {
				continue
			}
			row[x] = 0
			sum += d
			v := sum
			if v < 0 {
				v = -v
			}
			now := min(uint32(v)>>9, 255)
			if now == cover {
				continue
			}
			if cover != 0 && start < cv.w {
				ink.paint(pix[4*start:4*min(x, cv.w)], cover)
			}
			cover, start = now, x
		}
		if cover != 0 && start < cv.w {
			// Edges right of the rectangle were left out: it is covered up to its side.
			ink.paint(pix[4*start:], cover)
		}
		cv.lo[y], cv.hi[y] = cv.stride, -1
	}
	cv.top, cv.bottom = cv.h, -1
}

// An ink is a colour made ready for laying it over opaque pixels.
type ink struct{ r, g, b, a uint32 }

func newInk(c color.NRGBA) ink { return ink{uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A)} }

// paint lays the ink over a run of pixels that are covered alike.
func (k *ink) paint(pix []uint8, cover uint32) {
	a := (cover*k.a + 127) / 255
	switch {
	case a == 255:
		if len(pix) < 4 {
			return
		}
		pix[0], pix[1], pix[2], pix[3] = uint8(k.r), uint8(k.g), uint8(k.b), 255
		for n := 4; n < len(pix); n *= 2 {
			copy(pix[n:], pix[:n])
		}
	case a > 0:
		r, g, b, rest := k.r*a+127, k.g*a+127, k.b*a+127, 255-a
		for ; len(pix) >= 4; pix = pix[4:] {
			pix[0] = uint8((r + uint32(pix[0])*rest) / 255)
			pix[1] = uint8((g + uint32(pix[1])*rest) / 255)
			pix[2] = uint8((b + uint32(pix[2])*rest) / 255)
		}
	}
}
