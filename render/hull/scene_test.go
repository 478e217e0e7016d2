package hull

import (
	"math"
	"testing"

	"bulkhead/render"
	"bulkhead/render/icon"
)

// TestFinite holds every coordinate to be a number within its scene.
func TestFinite(t *testing.T) {
	for _, p := range pictures(t) {
		for _, s := range layout(t, p.diagrams...) {
			check := func(it render.Item, xy ...float64) {
				for i, v := range xy {
					limit := [...]float64{s.Width, s.Height}[i%2]
					if math.IsNaN(v) || v < -6 || v > limit+6 {
						t.Errorf("%s: %v of %+v is outside %.0f × %.0f", p.name, v, it, s.Width, s.Height)
						return
					}
				}
			}
			for it := range s.Printed() {
				switch it := it.(type) {
				case render.Shape:
					x, y, w, h := it.Path.Bounds()
					check(it, x, y, x+w, y+h)
					for _, seg := range it.Path {
						if math.IsNaN(seg.X + seg.Y + seg.X1 + seg.Y1 + seg.X2 + seg.Y2) {
							t.Errorf("%s: %+v has no place", p.name, it)
						}
					}
				case render.Text:
					check(it, it.X, it.Y)
				case render.Icon:
					if !icon.Known(it.Name) {
						t.Errorf("%s: there is no icon %q", p.name, it.Name)
					}
					check(it, it.X, it.Y, it.X+it.Size, it.Y+it.Size)
				}
			}
		}
	}
}
