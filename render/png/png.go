// Package png writes a scene as a PNG picture of one to four pixels a point.
//
//	Scene, Palette --raster.Paint--> image.RGBA --Write--> PNG, sRGB, with the scene's title and claim in it
//
// The same scene gives the same bytes.
package png

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"io"
	"math"

	"bulkhead/render"
	"bulkhead/render/raster"
)

// MaxPixels is the largest picture that is written: more than that few programs open.
const MaxPixels = 64 << 20

// Fit is the largest scale up to the one asked for at which the scene has no more than MaxPixels.
func Fit(s *render.Scene, scale float64) float64 {
	if area := s.Width * s.Height; area*scale*scale > MaxPixels {
		// A hundredth less, so that rounding up to whole pixels stays below.
		return math.Sqrt(MaxPixels/area) * 0.99
	}
	return scale
}

// Write writes the scene at a scale in pixels a point. It refuses a scale that is not above 0, is over 4, or makes
// more than MaxPixels; see Fit.
func Write(w io.Writer, s *render.Scene, p *render.Palette, scale float64) error {
	if !(scale > 0 && scale <= 4) {
		return fmt.Errorf("write PNG: the scale must be above 0 and at most 4, not %g", scale)
	}
	width, height := math.Ceil(s.Width*scale-1e-6), math.Ceil(s.Height*scale-1e-6)
	if !(width >= 1 && height >= 1 && width*height <= MaxPixels) {
		return fmt.Errorf("write PNG: %.0f by %.0f pixels are not between 1 and %d", width, height, MaxPixels)
	}
	img := image.NewRGBA(image.Rect(0, 0, int(width), int(height)))
	raster.Paint(img, s, p, raster.Viewport{Scale: scale})
	if err := Encode(w, img, scale, s.Title, s.Description); err != nil {
		return fmt.Errorf("write PNG: %w", err)
	}
	return nil
}

// Encode writes an opaque picture of scale pixels a point. Unlike the standard library's encoder it says colour space,
// size and words, and it tries only the two row filters that flat pictures gain by.
func Encode(w io.Writer, img *image.RGBA, scale float64, title, description string) error {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	size := img.Bounds().Size()
	header := binary.BigEndian.AppendUint32(nil, uint32(size.X))
	header = binary.BigEndian.AppendUint32(header, uint32(size.Y))
	chunk(&b, "IHDR", append(header, 8, 2, 0, 0, 0)) // 8 bits of red, green and blue
	chunk(&b, "sRGB", []byte{0})
	// A point is 1/96 inch, as a pixel is in SVG.
	perMetre := uint32(math.Round(scale * 96 / 0.0254))
	density := binary.BigEndian.AppendUint32(nil, perMetre)
	density = binary.BigEndian.AppendUint32(density, perMetre)
	chunk(&b, "pHYs", append(density, 1))
	words(&b, "Title", title)
	words(&b, "Description", description)
	if err := pixels(&b, img); err != nil {
		return err
	}
	chunk(&b, "IEND", nil)
	_, err := w.Write(b.Bytes())
	return err
}

// pixels writes the picture's rows, each as it is or as the difference from the one above, whichever repeats more.
func pixels(b *bytes.Buffer, img *image.RGBA) error {
	var data bytes.Buffer
	z, err := zlib.NewWriterLevel(&data, 4)
	if err != nil {
		return err
	}
	size := img.Bounds().Size()
	above, plain, up := make([]byte, 3*size.X), make([]byte, 1+3*size.X), make([]byte, 1+3*size.X)
	up[0] = 2
	for y := range size.Y {
		row := img.Pix[y*img.Stride : y*img.Stride+4*size.X]
		for i, j := 0, 1; i < len(row); i, j = i+4, j+3 {
			plain[j], plain[j+1], plain[j+2] = row[i], row[i+1], row[i+2]
		}
		for i, v := range plain[1:] {
			up[i+1] = v - above[i]
		}
		line := plain
		if y > 0 && turns(up) < turns(plain) {
			line = up
		}
		if _, err := z.Write(line); err != nil {
			return err
		}
		copy(above, plain[1:])
	}
	if err := z.Close(); err != nil {
		return err
	}
	chunk(b, "IDAT", data.Bytes())
	return nil
}

// turns counts the places where a row's pixels change.
func turns(row []byte) int {
	n := 0
	for i := 4; i+2 < len(row); i += 3 {
		if row[i] != row[i-3] || row[i+1] != row[i-2] || row[i+2] != row[i-1] {
			n++
		}
	}
	return n
}

// words writes a text under a keyword, if there is one.
func words(b *bytes.Buffer, keyword, text string) {
	if text == "" {
		return
	}
	// Not compressed, no language, no translated keyword.
	chunk(b, "iTXt", append([]byte(keyword+"\x00\x00\x00\x00\x00"), text...))
}

func chunk(b *bytes.Buffer, kind string, data []byte) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(data)))
	b.Write(n[:])
	sum := crc32.NewIEEE()
	out := io.MultiWriter(b, sum)
	_, _ = io.WriteString(out, kind) // neither a buffer nor a sum fails
	_, _ = out.Write(data)
	binary.BigEndian.PutUint32(n[:], sum.Sum32())
	b.Write(n[:])
}
