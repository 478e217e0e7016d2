// Package font measures and outlines text in the embedded faces, so that a layout and every writer agree on how
// wide a text is.
//
//	assets/fonts --Of--> Face --Width, Glyph--> raster, svg, pdf ; Metrics --> the layouts
//
// Text is set without kerning: a PDF page and a browser that lacks the faces can then keep to the same widths.
package font

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"bulkhead/assets"
	"bulkhead/render"
)

// Family is what SVG and HTML name as font-family: the embedded faces are drawn from Inter.
const Family = "Inter, system-ui, sans-serif"

// Missing is drawn in place of a character that the faces lack or that must not take effect.
const Missing = '□'

var files = [...]string{
	render.Regular: "fonts/Inter-Regular.ttf",
	render.Medium:  "fonts/Inter-Medium.ttf",
	render.Bold:    "fonts/Inter-Bold.ttf",
}

// A Face is one weight of the family. It is safe for concurrent use.
type Face struct {
	data []byte
	sfnt *sfnt.Font
	em   fixed.Int26_6

	advances [0x250]float64 // of Latin, in em

	mu     sync.Mutex
	buffer sfnt.Buffer
	glyphs map[rune]*Glyph
}

// A Glyph is a character's outline with its origin on the baseline, y downward, in em: a face set at size 12
// draws it 12 points large.
type Glyph struct {
	Advance float64
	Path    render.Path
}

var faces = sync.OnceValue(func() [len(files)]*Face {
	var all [len(files)]*Face
	for w, name := range files {
		f, err := load(name)
		if err != nil {
			panic(fmt.Sprintf("font: embedded face %s: %v", name, err)) // the build is broken, not the input
		}
		all[w] = f
	}
	return all
})

// Of returns the face of a weight; the regular one for a weight that does not exist.
func Of(w render.Weight) *Face {
	all := faces()
	if int(w) >= len(all) {
		w = render.Regular
	}
	return all[w]
}

func load(name string) (*Face, error) {
	data, err := assets.FS.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s, err := sfnt.Parse(data)
	if err != nil {
		return nil, err
	}
	f := &Face{data: data, sfnt: s, em: fixed.Int26_6(s.UnitsPerEm()), glyphs: map[rune]*Glyph{}}
	for r := range f.advances {
		_, f.advances[r] = f.index(rune(r))
	}
	return f, nil
}

// TTF is the face's file, which must not be written to.
func (f *Face) TTF() []byte { return f.data }

// Has reports whether the face has a glyph of its own for r.
func (f *Face) Has(r rune) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, err := f.sfnt.GlyphIndex(&f.buffer, r)
	return err == nil && i != 0
}

// Glyph returns the outline of a character, that of Missing where the face has none. A character that Shown
// drops has no outline and no advance.
func (f *Face) Glyph(r rune) *Glyph {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, ok := f.glyphs[r]
	if !ok {
		g = f.outline(r)
		f.glyphs[r] = g
	}
	return g
}

// index returns the number of the glyph that r is drawn with and its advance in em; both are 0 where nothing is drawn.
func (f *Face) index(r rune) (sfnt.GlyphIndex, float64) {
	if r = Shown(r); r < 0 {
		return 0, 0
	}
	i, err := f.sfnt.GlyphIndex(&f.buffer, r)
	if err != nil || i == 0 {
		if i, err = f.sfnt.GlyphIndex(&f.buffer, Missing); err != nil {
			return 0, 0
		}
	}
	// At one pixel a unit the 26.6 numbers are the face's own units.
	advance, err := f.sfnt.GlyphAdvance(&f.buffer, i, f.em, font.HintingNone)
	if err != nil {
		return 0, 0
	}
	return i, float64(advance) / float64(f.em)
}

func (f *Face) outline(r rune) *Glyph {
	i, advance := f.index(r)
	if i == 0 {
		return &Glyph{}
	}
	g := &Glyph{Advance: advance}
	segments, err := f.sfnt.LoadGlyph(&f.buffer, i, f.em, nil)
	if err != nil {
		return g
	}
	at := func(p fixed.Point26_6) (x, y float64) {
		return float64(p.X) / float64(f.em), float64(p.Y) / float64(f.em)
	}
	var x, y float64
	open := false
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if open {
				g.Path = append(g.Path, render.Segment{Op: render.ClosePath})
			}
			open = true
			x, y = at(s.Args[0])
			g.Path = append(g.Path, render.Segment{Op: render.MoveTo, X: x, Y: y})
		case sfnt.SegmentOpLineTo:
			x, y = at(s.Args[0])
			g.Path = append(g.Path, render.Segment{Op: render.LineTo, X: x, Y: y})
		case sfnt.SegmentOpQuadTo:
			cx, cy := at(s.Args[0])
			x0, y0 := x, y
			x, y = at(s.Args[1])
			g.Path = append(g.Path, render.Segment{Op: render.CubicTo,
				X1: x0 + (cx-x0)*2/3, Y1: y0 + (cy-y0)*2/3, X2: x + (cx-x)*2/3, Y2: y + (cy-y)*2/3, X: x, Y: y})
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[0])
			x2, y2 := at(s.Args[1])
			x, y = at(s.Args[2])
			g.Path = append(g.Path, render.Segment{Op: render.CubicTo, X1: x1, Y1: y1, X2: x2, Y2: y2, X: x, Y: y})
		}
	}
	if open {
		g.Path = append(g.Path, render.Segment{Op: render.ClosePath})
	}
	return g
}

// Advance is the width of one character in em.
func (f *Face) Advance(r rune) float64 {
	if r >= 0 && int(r) < len(f.advances) {
		return f.advances[r]
	}
	return f.Glyph(r).Advance
}

// Width is the width of a line of text at a size, in the size's unit.
func (f *Face) Width(text string, size float64) float64 {
	w := 0.0
	for _, r := range text {
		w += f.Advance(r)
	}
	return w * size
}

// Shown is the character that a picture shows for r: a space for tabs and line ends, Missing for controls (those
// that turn the direction of writing included, so that a name cannot disguise itself), −1 for what has no width
// and no look of its own, such as joiners and variation selectors, and otherwise r.
func Shown(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return ' '
	case r < 0x20 || r >= 0x7f && r < 0xa0, r == unicode.ReplacementChar, r >= 0xfffe && r&0xfffe == 0xfffe:
		return Missing
	case r < 0xad:
		return r
	case r == 0xad, r >= 0x200b && r <= 0x200d, r == 0x2060, r == 0xfeff, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return -1
	case unicode.Is(unicode.Bidi_Control, r), r >= 0xd800 && r < 0xe000, r == 0x2028, r == 0x2029:
		return Missing
	}
	return r
}

// Clean is text with each character as Shown: what may be written into an XML file.
func Clean(text string) string { return strings.Map(Shown, text) }

// Drawn is text as this face draws it: Clean, and Missing for what the face lacks.
func (f *Face) Drawn(text string) string {
	return strings.Map(func(r rune) rune {
		if r = Shown(r); r >= 0x80 && !f.Has(r) {
			return Missing
		}
		return r
	}, text)
}

// Metrics measures in the embedded faces.
func Metrics() render.Metrics { return metrics{} }

type metrics struct{}

func (metrics) Width(text string, size float64, w render.Weight) float64 {
	return Of(w).Width(text, size)
}
