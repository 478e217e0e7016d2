package raster

import (
	"image/color"
	"math"
)

// hairWidth is the width in pixels below which a line is drawn without an outline: several times faster, and at
// that width alike. A large picture seen as a whole is mostly such lines.
const hairWidth = 0.6

// hairs draws a polyline in lines of a width below hairWidth.
func (w *worker) hairs(p *polyline, width float64, c color.NRGBA) {
	k := newInk(c)
	for _, part := range p.parts {
		points := p.points[part.from:part.to]
		for i := 1; i < len(points); i++ {
			w.hair(points[i-1], points[i], width, &k)
		}
		if part.closed && len(points) > 2 {
			w.hair(points[len(points)-1], points[0], width, &k)
		}
	}
}

// hair walks along the longer side of a segment, pixel by pixel, and shares the line's cover between the two
// pixels across. A pixel belongs to the segment if its middle does, so that no pixel of a polyline counts twice.
func (w *worker) hair(a, b point, width float64, k *ink) {
	columns, rows := w.cover.w, w.cover.h
	dx, dy := b.x-a.x, b.y-a.y
	steep := math.Abs(dy) > math.Abs(dx)
	if steep {
		a, b = point{a.y, a.x}, point{b.y, b.x}
		dx, dy = dy, dx
		columns, rows = rows, columns
	}
	if dx < 0 {
		a, b = b, a
		dx, dy = -dx, -dy
	}
	from, to := max(0, math.Ceil(a.x-0.5)), min(float64(columns), math.Ceil(b.x-0.5))
	if !(from < to) {
		return
	}
	slope := dy / dx
	cover := uint32(width * math.Sqrt(1+slope*slope) * float64(k.a))
	if cover == 0 {
		return
	}
	// 16 bits after the point: exact enough for any image, and the same on every machine.
	y := int(math.Floor((a.y + slope*(from+0.5-a.x) - 0.5) * 65536))
	step := int(math.Round(slope * 65536))
	along, across := 4, w.dst.Stride
	if steep {
		along, across = across, along
	}
	pix := w.dst.Pix[w.dst.PixOffset(w.clip.Min.X, w.clip.Min.Y):]
	for x := int(from); x < int(to); x++ {
		row, f := y>>16, uint32(y>>8)&255
		y += step
		at := x*along + row*across
		if row >= 0 && row < rows {
			k.dot(pix[at:at+3:at+3], cover*(256-f)>>8)
		}
		if row++; row >= 0 && row < rows {
			k.dot(pix[at+across:at+across+3:at+across+3], cover*f>>8)
		}
	}
}

// dot lays the ink over one pixel; a is of 255.
func (k *ink) dot(p []uint8, a uint32) {
	rest := 255 - a
	p[0] = uint8((k.r*a + uint32(p[0])*rest + 127) / 255)
	p[1] = uint8((k.g*a + uint32(p[1])*rest + 127) / 255)
	p[2] = uint8((k.b*a + uint32(p[2])*rest + 127) / 255)
}
