package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// drawn is a picture of flat areas, with a small sign and, if shaded, as many shades of one colour as there are columns.
func drawn(shaded bool) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 900, 60))
	for y := range 60 {
		for x := range 900 {
			c := color.RGBA{0xF6, 0xF8, 0xFA, 0xFF}
			switch {
			case x < 3 && y < 3:
				c = color.RGBA{0xD5, 0x5E, 0x00, 0xFF}
			case shaded && y < 40:
				v := uint8((x*7 + x*y) % 225)
				c = color.RGBA{v, v, uint8(x * y % 13), 0xFF}
			case y > 50:
				c = color.RGBA{0x17, 0x60, 0x9F, 0xFF}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// TestShrink: a picture of few colours stays as it is, one of many stays near it and keeps the colour of a small sign; both become
// smaller, and a second time changes nothing.
func TestShrink(t *testing.T) {
	for _, c := range []struct {
		name   string
		shaded bool
		off    int
	}{{"flat", false, 0}, {"shaded", true, 24}} {
		img := drawn(c.shaded)
		name := filepath.Join(t.TempDir(), "picture.png")
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		before, after, err := shrink(name)
		if err != nil || after >= before {
			t.Fatalf("%s: %d bytes, before %d (%v)", c.name, after, before, err)
		}
		data, err := os.ReadFile(name)
		if err != nil || len(data) != after {
			t.Fatalf("%s: %d bytes were written, %d told (%v)", c.name, len(data), after, err)
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil || got.Bounds() != img.Bounds() {
			t.Fatalf("%s: %v, %v", c.name, got.Bounds(), err)
		}
		for y := range 60 {
			for x := range 900 {
				want := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
				is := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA)
				if off := distance(want, is); off > c.off || off > 0 && x < 3 && y < 3 {
					t.Fatalf("%s: %v at %d, %d is %v", c.name, want, x, y, is)
				}
			}
		}
		if before, after, err := shrink(name); err != nil || before != after {
			t.Errorf("%s: a second time %d bytes become %d (%v)", c.name, before, after, err)
		}
	}
}
