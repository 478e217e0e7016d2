package render_test

import (
	"image/color"
	"math"
	"testing"

	"bulkhead/render"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	channel := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Texts can be read on what they stand on, by WCAG 2.2 success criteria 1.4.3, in high contrast by 1.4.6; the tones can be
// told apart, from calm to grave in one order of lightness.
func TestPalettesCanBeRead(t *testing.T) {
	for _, p := range render.Palettes() {
		least := 4.5
		if p == render.ContrastLight || p == render.ContrastDark {
			least = 7
		}
		for _, pair := range [][2]render.Color{{render.Ink, render.Ground}, {render.Ink, render.Panel}, {render.Ink, render.Bay}, {render.Ink, render.Water}, {render.Muted, render.Panel},
			{render.Muted, render.Ground}, {render.Muted, render.Bay}, {render.Link, render.Panel}} {
			if c := contrast(p.RGBA(pair[0]), p.RGBA(pair[1])); c < least {
				t.Errorf("%s: colour %d on %d has contrast %.2f, want %.1f", p.Name, pair[0], pair[1], c, least)
			}
		}
		for _, pair := range [][2]render.Color{{render.OnTile1, render.Tile1}, {render.OnTile2, render.Tile2}, {render.OnTile3, render.Tile3}, {render.OnDanger, render.Danger}} {
			if c := contrast(p.RGBA(pair[0]), p.RGBA(pair[1])); c < 4.5 {
				t.Errorf("%s: colour %d on %d has contrast %.2f", p.Name, pair[0], pair[1], c)
			}
		}
		l1, l2, l3 := luminance(p.RGBA(render.Tile1)), luminance(p.RGBA(render.Tile2)), luminance(p.RGBA(render.Tile3))
		if l1 < 1.35*l2 || l2 < 1.35*l3 {
			t.Errorf("%s: the tones are %.2f, %.2f and %.2f light", p.Name, l1, l2, l3)
		}
		if p.IsDark() != (luminance(p.RGBA(render.Ground)) < 0.2) {
			t.Errorf("%s: dark is %v", p.Name, p.IsDark())
		}
	}
}
