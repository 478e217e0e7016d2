package png

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"math"
	"strings"
	"testing"

	"bulkhead/render"
	"bulkhead/render/raster"
	"bulkhead/render/scenetest"
)

// TestWrite: the standard library reads what raster painted.
func TestWrite(t *testing.T) {
	s := scenetest.All()
	for _, p := range []*render.Palette{render.Light, render.Dark} {
		for _, scale := range []float64{0.5, 1, 1.5, 2, 3, 4} {
			var b, again bytes.Buffer
			if err := Write(&b, s, p, scale); err != nil {
				t.Fatal(err)
			}
			if err := Write(&again, s, p, scale); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Errorf("%s at %v: the second time it is different", p.Name, scale)
			}
			img, err := png.Decode(&b)
			if err != nil {
				t.Fatalf("%s at %v: %v", p.Name, scale, err)
			}
			want := image.NewRGBA(image.Rect(0, 0, int(math.Ceil(s.Width*scale)), int(math.Ceil(s.Height*scale))))
			raster.Paint(want, s, p, raster.Viewport{Scale: scale})
			if img.Bounds() != want.Bounds() {
				t.Fatalf("%s at %v: %v, want %v", p.Name, scale, img.Bounds(), want.Bounds())
			}
			for y := range want.Rect.Dy() {
				for x := range want.Rect.Dx() {
					r, g, bl, a := img.At(x, y).RGBA()
					wr, wg, wb, wa := want.At(x, y).RGBA()
					if r != wr || g != wg || bl != wb || a != wa {
						t.Fatalf("%s at %v: pixel %d,%d is %v, want %v", p.Name, scale, x, y, img.At(x, y), want.At(x, y))
					}
				}
			}
		}
	}
}

// TestChunks: colour space, size and words are there, and every checksum is right.
func TestChunks(t *testing.T) {
	var b bytes.Buffer
	s := scenetest.All()
	s.Description = "Größe → 89 %"
	if err := Write(&b, s, render.Light, 2); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()[8:]
	got := map[string]string{}
	for len(data) > 0 {
		n := binary.BigEndian.Uint32(data)
		if sum := binary.BigEndian.Uint32(data[8+n:]); sum != crc32.ChecksumIEEE(data[4:8+n]) {
			t.Errorf("%s: the checksum is wrong", data[4:8])
		}
		got[string(data[4:8])] += string(data[8 : 8+n])
		data = data[12+n:]
	}
	if got["sRGB"] != "\x00" {
		t.Errorf("sRGB is %q", got["sRGB"])
	}
	if d := binary.BigEndian.Uint32([]byte(got["pHYs"])); math.Abs(float64(d)*0.0254-192) > 0.1 {
		t.Errorf("%v pixels an inch, want 192", float64(d)*0.0254)
	}
	for _, want := range []string{"Title\x00\x00\x00\x00\x00Signs & <shapes>", "Description\x00\x00\x00\x00\x00Größe → 89 %"} {
		if !strings.Contains(got["iTXt"], want) {
			t.Errorf("%q is missing from %q", want, got["iTXt"])
		}
	}
}

func TestRefused(t *testing.T) {
	huge := &render.Scene{Width: 20000, Height: 20000}
	for _, c := range []struct {
		s     *render.Scene
		scale float64
	}{{scenetest.All(), 0}, {scenetest.All(), -1}, {scenetest.All(), 4.5}, {scenetest.All(), math.NaN()}, {huge, 1}, {&render.Scene{}, 1}, {&render.Scene{Width: math.NaN(), Height: 3}, 1}, {&render.Scene{Width: math.Inf(1), Height: 3}, 1}} {
		var b bytes.Buffer
		if err := Write(&b, c.s, render.Light, c.scale); err == nil || b.Len() > 0 {
			t.Errorf("%v by %v at %v: %v, and %d bytes written", c.s.Width, c.s.Height, c.scale, err, b.Len())
		}
	}
	scale := Fit(huge, 2)
	if area := math.Ceil(huge.Width*scale) * math.Ceil(huge.Height*scale); area > MaxPixels || area < 0.95*MaxPixels {
		t.Errorf("Fit gives %v, which makes %v pixels of %d", scale, area, MaxPixels)
	}
	if got := Fit(scenetest.All(), 3); got != 3 {
		t.Errorf("Fit of a small scene is %v", got)
	}
}

func BenchmarkWrite(b *testing.B) {
	s := scenetest.All()
	n := 0
	for b.Loop() {
		var out bytes.Buffer
		if err := Write(&out, s, render.Light, 4); err != nil {
			b.Fatal(err)
		}
		n = out.Len()
	}
	b.ReportMetric(float64(n), "file-bytes")
}
