// Program gallery makes pictures small enough to be kept in a repository: PNG files are written again in at most 256 of their
// colours, every other as the nearest of them. Pictures of flat colours and small text lose nothing that is seen.
//
//	go run ./internal/gallery docs/gallery/*.png
package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"slices"
)

func main() {
	before, after := 0, 0
	for _, name := range os.Args[1:] {
		was, is, err := shrink(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		before, after = before+was, after+is
	}
	fmt.Printf("%d pictures: %.1f MB, before %.1f MB\n", len(os.Args)-1, float64(after)/1e6, float64(before)/1e6)
}

// shrink writes a picture again where that makes its file smaller, and returns how large that was and is, in bytes.
func shrink(name string) (before, after int, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0, 0, err
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return 0, 0, fmt.Errorf("read %s: %w", name, err)
	}
	if _, done := img.(*image.Paletted); done {
		return len(data), len(data), nil
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, paletted(img)); err != nil {
		return 0, 0, fmt.Errorf("write %s: %w", name, err)
	}
	if out.Len() >= len(data) {
		return len(data), len(data), nil
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		return 0, 0, errors.Join(fmt.Errorf("write %s", name), err)
	}
	return len(data), out.Len(), nil
}

// apart is how far a colour has to be from the others, in steps of red, green and blue together, to be chosen before more frequent
// ones: so that a small sign keeps its own.
const apart = 10

// chosen are at most 256 of the colours, which are sorted by how frequent they are.
func chosen(colors []color.NRGBA) color.Palette {
	if len(colors) <= 256 {
		out := make(color.Palette, len(colors))
		for i, c := range colors {
			out[i] = c
		}
		return out
	}
	out := make(color.Palette, 0, 256)
	var near []color.NRGBA
	for _, c := range colors {
		if len(out) == cap(out) {
			return out
		}
		if slices.ContainsFunc(out, func(o color.Color) bool { return distance(c, o.(color.NRGBA)) < apart }) {
			near = append(near, c)
			continue
		}
		out = append(out, c)
	}
	for _, c := range near[:min(len(near), cap(out)-len(out))] {
		out = append(out, c)
	}
	return out
}

func distance(a, b color.NRGBA) int {
	off := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
	return off(a.R, b.R) + off(a.G, b.G) + off(a.B, b.B)
}

// paletted is a picture in at most 256 of its colours. It is opaque.
func paletted(img image.Image) *image.Paletted {
	b := img.Bounds()
	flat := image.NewNRGBA(b)
	draw.Draw(flat, b, img, b.Min, draw.Src)
	at := func(i int) color.NRGBA { return color.NRGBA{flat.Pix[i], flat.Pix[i+1], flat.Pix[i+2], 0xFF} }
	count := map[color.NRGBA]int{}
	for i, n := 0, 0; i < len(flat.Pix); i += n {
		for n = 4; i+n < len(flat.Pix) && at(i+n) == at(i); n += 4 { // rows of one colour are counted at once
		}
		count[at(i)] += n / 4
	}
	colors := make([]color.NRGBA, 0, len(count))
	for c := range count {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.NRGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := chosen(colors)
	index := map[color.NRGBA]uint8{}
	for _, c := range colors {
		index[c] = uint8(palette.Index(c))
	}
	out := image.NewPaletted(b, palette)
	var last color.NRGBA
	known := uint8(0)
	for i := range out.Pix {
		if c := at(4 * i); i == 0 || c != last {
			last, known = c, index[c]
		}
		out.Pix[i] = known
	}
	return out
}
