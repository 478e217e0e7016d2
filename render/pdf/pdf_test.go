package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"bulkhead/render"
	"bulkhead/render/scenetest"
)

func write(t testing.TB, paper Paper, scenes ...*render.Scene) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, render.Light, paper, scenes...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var stream = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)

// content is the document's streams, inflated.
func content(t testing.TB, data []byte) string {
	t.Helper()
	var b strings.Builder
	for _, m := range stream.FindAllSubmatch(data, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // not a deflated one
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

// shown is the texts of a content stream.
func shown(content string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?s)Td \((.*?[^\\]|)\) Tj`).FindAllStringSubmatch(content, -1) {
		raw := strings.NewReplacer(`\\`, `\`, `\(`, "(", `\)`, ")", `\r`, "\r").Replace(m[1])
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		out = append(out, string(utf16.Decode(units)))
	}
	return out
}

// TestText: what the picture says can be selected and searched, in embedded faces.
func TestText(t *testing.T) {
	s := scenetest.All()
	s.Items = append(s.Items, render.Text{X: 5, Y: 290, Size: 10, Color: render.Ink, Text: `漢 \(b) 🔥`})
	data := write(t, Paper{}, s)
	got := shown(content(t, data))
	for _, want := range []string{"Before → after", "89 %", `a < b && "c" > 'd'`, "Größe ≤ ⅓", "two  spaces", "Products", "read write delete", `□ \(b) □`} {
		found := false
		for _, g := range got {
			found = found || g == want
		}
		if !found {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	for _, want := range []string{"/FontFile2", "utf8inter-bold", "utf8inter-medium", "/Identity-H"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("%s is missing", want)
		}
	}
	if len(data) > 200_000 {
		t.Errorf("%d bytes: the faces are not cut to the letters used", len(data))
	}
}

func TestDeterminism(t *testing.T) {
	first := write(t, A4, scenetest.All(), scenetest.All())
	for range 5 {
		if !bytes.Equal(first, write(t, A4, scenetest.All(), scenetest.All())) {
			t.Fatal("the same scenes give different files")
		}
	}
}

var mediaBox = regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`)

func TestPages(t *testing.T) {
	wide, tall := &render.Scene{Width: 1240, Height: 600}, &render.Scene{Width: 500, Height: 2000}
	for _, c := range []struct {
		paper Paper
		want  []string
	}{
		{Paper{}, []string{"930.00 450.00", "375.00 1500.00"}},
		{A4, []string{"841.89 595.28", "595.28 841.89"}},
		{Letter, []string{"792.00 612.00", "612.00 792.00"}},
		{A3, []string{"1190.55 841.89", "841.89 1190.55"}},
	} {
		data := write(t, c.paper, wide, tall)
		var got []string
		for _, m := range mediaBox.FindAllSubmatch(data, -1) {
			got = append(got, string(m[1])+" "+string(m[2]))
		}
		// A page of the document's own size has no box of its own.
		if fmt.Sprint(got) != fmt.Sprint(c.want) && !(len(got) > len(c.want) && strings.Contains(fmt.Sprint(got), strings.Trim(fmt.Sprint(c.want), "[]"))) {
			t.Errorf("%v: the pages are %v, want %v", c.paper, got, c.want)
		}
	}
	for _, paper := range []Paper{{}, A4, Letter, A3} {
		for _, s := range []*render.Scene{wide, tall, {Width: 50, Height: 50}} {
			w, h, scale, x, y := paper.page(s)
			if scale > natural || x < 0 || y < 0 || x+s.Width*scale > w+0.01 || y+s.Height*scale > h+0.01 {
				t.Errorf("%v: %v by %v at %v from %v,%v is not on the page of %v by %v", paper, s.Width, s.Height, scale, x, y, w, h)
			}
		}
	}
}

// TestHatch: the lines of a hatching cross the whole shape, and all lie where raster has them.
func TestHatch(t *testing.T) {
	s := &render.Scene{Width: 100, Height: 100, Items: []render.Item{render.Shape{Path: render.Rect(13, 27, 50, 40, 0), Hatch: render.Ink}}}
	text := content(t, write(t, Paper{}, s))
	clip := text[strings.Index(text, "W n"):]
	lines := regexp.MustCompile(`([-0-9.]+) ([-0-9.]+) m ([-0-9.]+) ([-0-9.]+) l`).FindAllStringSubmatch(clip, -1)
	if want := 90 / (render.HatchPitch * math.Sqrt2); float64(len(lines)) < want-1 || float64(len(lines)) > want+3 {
		t.Errorf("%d lines, want about %.1f", len(lines), want)
	}
	for _, l := range lines {
		var ax, ay, bx, by float64
		if _, err := fmt.Sscan(strings.Join(l[1:], " "), &ax, &ay, &bx, &by); err != nil {
			t.Fatal(err)
		}
		for _, p := range [][2]float64{{ax, ay}, {bx, by}} {
			x, y := p[0]/natural, (75-p[1])/natural
			if k := (x + y) / math.Sqrt2 / render.HatchPitch; math.Abs(k-math.Round(k)) > 0.01 {
				t.Errorf("%v,%v lies on no line of the hatching", x, y)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for _, scenes := range [][]*render.Scene{nil, {{}}, {{Width: math.NaN(), Height: 1}}, {{Width: 1, Height: math.Inf(1)}}, {{Width: 1e6, Height: 1}}} {
		var b bytes.Buffer
		if err := Write(&b, render.Light, Paper{}, scenes...); err == nil || b.Len() > 0 {
			t.Errorf("%v: %v, and %d bytes written", scenes, err, b.Len())
		}
	}
	// Odd paths are left out or drawn; the file stays one.
	s := scenetest.All()
	s.Items = append(s.Items, render.Shape{Fill: render.Ink}, render.Shape{Path: render.Path{{Op: render.LineTo, X: 3}}, Fill: render.Ink},
		render.Text{X: math.NaN(), Y: math.Inf(1), Size: math.NaN(), Color: render.Ink, Text: "x"}, render.Text{Size: -3, Color: render.Ink, Text: "x"},
		render.Text{Size: 10, Color: render.Ink, Text: "\x00\u202e\xff"}, render.Icon{Name: "\x00", Size: 3, Color: render.Ink})
	if data := write(t, Paper{}, s); !bytes.HasPrefix(data, []byte("%PDF-1.")) || !bytes.Contains(data, []byte("%%EOF")) || bytes.Contains(data, []byte("NaN")) {
		t.Error("it is no PDF")
	}
}

func BenchmarkWrite(b *testing.B) {
	s := scenetest.All()
	for b.Loop() {
		if err := Write(io.Discard, render.Light, Paper{}, s); err != nil {
			b.Fatal(err)
		}
	}
}
