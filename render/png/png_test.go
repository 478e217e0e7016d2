package png

import (
	"bytes"
	"image/png"
	"testing"

	"bulkhead/render"
)

func scene() *render.Scene {
	s := &render.Scene{Width: 1240, Height: 900, Title: "Before", Description: "Breach of Shop. Größe → 89 %."}
	for i := range 60 {
		x, y := float64(i%10)*120+20, float64(i/10)*60+20
		s.Items = append(s.Items,
			render.Shape{Path: render.Rect(x, y, 112, 36, 6), Fill: render.Tile2, Stroke: render.Line, Width: 1},
			render.Text{X: x + 29, Y: y + 16, Size: 11, Weight: render.Medium, Color: render.Ink, Text: "Products"},
			render.Text{X: x + 29, Y: y + 29, Size: 10, Color: render.Ink, Text: "read write delete"})
	}
	return s
}

func BenchmarkWrite(b *testing.B) {
	s := scene()
	n := 0
	for b.Loop() {
		var out bytes.Buffer
		if err := Write(&out, s, render.Light, 2); err != nil {
			b.Fatal(err)
		}
		n = out.Len()
	}
	b.ReportMetric(float64(n), "file-bytes")
}

func BenchmarkStandardLibrary(b *testing.B) {
	var out bytes.Buffer
	if err := Write(&out, scene(), render.Light, 2); err != nil {
		b.Fatal(err)
	}
	img, err := png.Decode(&out)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		var o bytes.Buffer
		if err := png.Encode(&o, img); err != nil {
			b.Fatal(err)
		}
		n = o.Len()
	}
	b.ReportMetric(float64(n), "file-bytes")
}
