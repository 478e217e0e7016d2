package raster

import (
	"fmt"
	"image"
	"testing"

	"bulkhead/render"
)

// crowd is a scene of n tiles of a rounded rectangle, an icon and two texts each, and n lines between them, on a
// field of w by h points.
func crowd(n int, w, h float64) *render.Scene {
	s := &render.Scene{Width: w, Height: h}
	columns := 1
	for float64(columns)*h*120/40 < w*float64((n+columns-1)/columns) {
		columns++
	}
	columns = max(1, columns)
	rows := (n + columns - 1) / columns
	dx, dy := w/float64(columns), h/float64(rows)
	tones := []render.Tone{render.Dry, render.Reads, render.Changes, render.Owns}
	for i := range n {
		x, y := float64(i%columns)*dx, float64(i/columns)*dy
		j := (i*7 + 13) % n
		x2, y2 := float64(j%columns)*dx, float64(j/columns)*dy
		s.Items = append(s.Items, render.Shape{Path: render.Move(x, y).Cubic(x+30, y, x2-30, y2, x2, y2), Stroke: render.Line, Width: 1.25})
	}
	for i := range n {
		x, y := float64(i%columns)*dx, float64(i/columns)*dy
		tone := tones[i%4]
		fill := tone.Color()
		if fill == render.None {
			fill = render.Panel
		}
		s.Items = append(s.Items,
			render.Shape{Path: render.Rect(x, y, 112, 36, 6), Fill: fill, Stroke: render.Line, Width: 1.25},
			render.Icon{Name: "table", X: x + 8, Y: y + 10, Size: 16, Color: tone.OnColor()},
			render.Text{X: x + 29, Y: y + 16, Size: 11, Weight: render.Medium, Color: tone.OnColor(), Text: fmt.Sprintf("Resource%d", i)},
			render.Text{X: x + 29, Y: y + 29, Size: 10, Color: tone.OnColor(), Text: "read write delete"})
	}
	return s
}

func BenchmarkPaint(b *testing.B) {
	for _, c := range []struct {
		name   string
		n      int
		w, h   float64
		scale  float64
		dx, dy int
	}{
		{"2000 all in view", 2000, 1400, 800, 1, 1400, 800},
		{"2000 fitted at a fifth", 2000, 7000, 4000, 0.2, 1400, 800},
		{"2000 of which a part in view", 2000, 7000, 4000, 1, 1400, 800},
		{"100 at two pixels a point", 100, 1400, 800, 2, 2800, 1600},
		{"500 at full size", 500, 1400, 800, 1, 1400, 800},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := crowd(c.n, c.w, c.h)
			dst := image.NewRGBA(image.Rect(0, 0, c.dx, c.dy))
			pt := New()
			pt.Paint(dst, s, render.Light, Viewport{Scale: c.scale})
			b.ReportAllocs()
			for b.Loop() {
				pt.Paint(dst, s, render.Light, Viewport{Scale: c.scale})
			}
		})
	}
}
