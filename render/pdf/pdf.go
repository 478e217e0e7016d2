// Package pdf writes scenes as PDF, one to a page: vector shapes, and text that can be selected, in the embedded faces.
//
//	Scenes, Palette --Write--> PDF
//
// The same scenes give the same bytes.
package pdf

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/icon"
)

// A Paper is the size of a page in points of 1/72 inch, upright. The zero Paper makes each page as large as its
// picture.
type Paper struct{ Width, Height float64 }

// Usual papers.
var (
	A3     = Paper{841.89, 1190.55}
	A4     = Paper{595.28, 841.89}
	Letter = Paper{612, 792}
)

const (
	margin  = 28.0      // about a centimetre
	natural = 72.0 / 96 // points a scene's point: as large as an SVG, which counts 96 to an inch
)

// page is the page for a scene, lying where that shows the scene larger, and the picture's place on it.
func (p Paper) page(s *render.Scene) (w, h, scale, x, y float64) {
	if p.Width <= 0 || p.Height <= 0 {
		return s.Width * natural, s.Height * natural, natural, 0, 0
	}
	w, h = p.Width, p.Height
	if s.Width > s.Height {
		w, h = h, w
	}
	// Small pictures keep their size, so that text is never larger than on the screen.
	scale = min(natural, (w-2*margin)/s.Width, (h-2*margin)/s.Height)
	return w, h, scale, (w - s.Width*scale) / 2, margin
}

// Write writes the scenes in the colours of p, each on a page of its own.
func Write(w io.Writer, p *render.Palette, paper Paper, scenes ...*render.Scene) error {
	if len(scenes) == 0 {
		return errors.New("write PDF: there is no picture")
	}
	for _, s := range scenes {
		if !(s.Width > 0 && s.Height > 0) || s.Width > 1e5 || s.Height > 1e5 {
			return fmt.Errorf("write PDF: %q is %g by %g points", s.Title, s.Width, s.Height)
		}
	}
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: 100, Ht: 100}})
	doc.SetAutoPageBreak(false, 0)
	doc.SetMargins(0, 0, 0)
	doc.SetCatalogSort(true)
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // any fixed one: a file must not differ from run to run
	doc.SetCreationDate(day)
	doc.SetModificationDate(day)
	doc.SetTitle(font.Clean(scenes[0].Title), true)
	doc.SetSubject(font.Clean(scenes[0].Description), true)
	doc.SetCreator("Bulkhead", true)
	doc.SetLang("en")
	out := &writer{doc: doc, palette: p}
	for _, s := range scenes {
		out.page(s, paper)
	}
	if err := doc.Output(w); err != nil {
		return fmt.Errorf("write PDF: %w", err)
	}
	return nil
}

type writer struct {
	doc     *fpdf.Fpdf
	palette *render.Palette
	ops     strings.Builder // drawing operators that doc has not yet
	opacity float64

	scale, x, y, height float64
	faces               [render.Bold + 1]bool
}

func (w *writer) page(s *render.Scene, paper Paper) {
	width, height, scale, x, y := paper.page(s)
	w.scale, w.x, w.y, w.height, w.opacity = scale, x, y, height, 1
	w.doc.AddPageFormat("P", fpdf.SizeType{Wd: width, Ht: height})
	w.colour(w.palette.RGBA(render.Ground), "rg")
	w.op("0 0 %s %s re f", num(width), num(height))
	for item := range s.Printed() {
		switch i := item.(type) {
		case render.Shape:
			w.shape(&i)
		case render.Text:
			w.text(&i)
		case render.Icon:
			w.icon(&i)
		}
	}
	w.flush()
}

func (w *writer) op(format string, args ...any) { fmt.Fprintf(&w.ops, format+"\n", args...) }

// flush hands the operators to the document, before it writes some of its own.
func (w *writer) flush() {
	if w.ops.Len() > 0 {
		w.doc.RawWriteStr(strings.TrimSuffix(w.ops.String(), "\n"))
		w.ops.Reset()
	}
}

func (w *writer) fade(opacity float64) {
	if opacity <= 0 || opacity > 1 {
		opacity = 1
	}
	if opacity != w.opacity {
		w.flush()
		w.doc.SetAlpha(opacity, "Normal")
		w.opacity = opacity
	}
}

func (w *writer) colour(c color.NRGBA, operator string) {
	w.op("%s %s %s %s", num3(float64(c.R)/255), num3(float64(c.G)/255), num3(float64(c.B)/255), operator)
}

// at is a point of the scene on the page, upward from its lower left.
func (w *writer) at(x, y float64) (string, string) {
	return num(w.x + x*w.scale), num(w.height - w.y - y*w.scale)
}

// path writes a path that is first scaled by k about its origin and then moved to (dx, dy).
func (w *writer) path(p render.Path, k, dx, dy float64) {
	for _, s := range p {
		x, y := w.at(dx+s.X*k, dy+s.Y*k)
		switch s.Op {
		case render.MoveTo:
			w.op("%s %s m", x, y)
		case render.LineTo:
			w.op("%s %s l", x, y)
		case render.CubicTo:
			x1, y1 := w.at(dx+s.X1*k, dy+s.Y1*k)
			x2, y2 := w.at(dx+s.X2*k, dy+s.Y2*k)
			w.op("%s %s %s %s %s %s c", x1, y1, x2, y2, x, y)
		case render.ClosePath:
			w.op("h")
		}
	}
}

// pen sets how lines are drawn; the width in the scene's points.
func (w *writer) pen(width float64, dash []float64, round bool) {
	end := 0
	if round {
		end = 1
	}
	var d strings.Builder
	for i, l := range dash {
		if i > 0 {
			d.WriteByte(' ')
		}
		d.WriteString(num(l * w.scale))
	}
	// The limit of miters is SVG's.
	w.op("%s w %d J %[2]d j 4 M [%s] 0 d", num3(width*w.scale), end, d.String())
}

func (w *writer) shape(s *render.Shape) {
	if len(s.Path) == 0 || s.Path[0].Op != render.MoveTo {
		return
	}
	w.fade(s.Opacity)
	if s.Fill != render.None {
		w.colour(w.palette.RGBA(s.Fill), "rg")
		w.path(s.Path, 1, 0, 0)
		w.op("f")
	}
	if s.Hatch != render.None {
		w.hatch(s)
	}
	if s.Stroke != render.None && s.Width > 0 {
		w.colour(w.palette.RGBA(s.Stroke), "RG")
		w.pen(s.Width, s.Dash, s.Round)
		w.path(s.Path, 1, 0, 0)
		w.op("S")
	}
}

// hatch draws the diagonal lines that cross the shape, clipped to it.
func (w *writer) hatch(s *render.Shape) {
	w.op("q")
	w.path(s.Path, 1, 0, 0)
	w.op("W n")
	w.colour(w.palette.RGBA(s.Hatch), "RG")
	w.pen(render.HatchWidth, nil, false)
	x, y, width, height := s.Path.Bounds()
	step := render.HatchPitch * math.Sqrt2
	for sum := math.Floor((x+y)/step) * step; sum < x+y+width+height+step; sum += step {
		// The line on which x and y add up to sum, from the shape's foot to its top.
		ax, ay := w.at(sum-y-height-1, y+height+1)
		bx, by := w.at(sum-y+1, y-1)
		w.op("%s %s m %s %s l", ax, ay, bx, by)
	}
	w.op("S Q")
}

var families = [...]string{render.Regular: "Inter", render.Medium: "Inter-Medium", render.Bold: "Inter-Bold"}

func (w *writer) text(t *render.Text) {
	if t.Color == render.None || strings.TrimSpace(t.Text) == "" || t.Size <= 0 {
		return
	}
	weight := t.Weight
	if weight > render.Bold {
		weight = render.Regular
	}
	face := font.Of(weight)
	text := face.Drawn(t.Text)
	x := t.X
	switch t.Anchor {
	case render.Middle:
		x -= face.Width(text, t.Size) / 2
	case render.End:
		x -= face.Width(text, t.Size)
	case render.Start:
	}
	w.fade(1)
	if t.Halo != render.None {
		w.colour(w.palette.RGBA(t.Halo), "RG")
		w.pen(render.HaloWidth, nil, true)
		at := x
		for _, r := range text {
			g := face.Glyph(r)
			w.path(g.Path, t.Size, at, t.Y)
			at += g.Advance * t.Size
		}
		w.op("S")
	}
	w.flush()
	if !w.faces[weight] {
		// The document may write to the bytes that it is given.
		w.doc.AddUTF8FontFromBytes(families[weight], "", append([]byte(nil), face.TTF()...))
		w.faces[weight] = true
	}
	w.doc.SetFont(families[weight], "", t.Size*w.scale)
	c := w.palette.RGBA(t.Color)
	w.doc.SetTextColor(int(c.R), int(c.G), int(c.B))
	w.doc.Text(w.x+x*w.scale, w.y+t.Y*w.scale, text)
}

func (w *writer) icon(i *render.Icon) {
	if i.Color == render.None || i.Size <= 0 {
		return
	}
	w.fade(1)
	c := w.palette.RGBA(i.Color)
	w.colour(c, "RG")
	k := i.Size / icon.Box
	w.pen(icon.Pen*k, nil, true)
	filled := false
	for _, p := range icon.Of(i.Name).Parts {
		w.path(p.Path, k, i.X, i.Y)
		filled = filled || p.Filled
	}
	w.op("S")
	if !filled {
		return
	}
	w.colour(c, "rg")
	for _, p := range icon.Of(i.Name).Parts {
		if p.Filled {
			w.path(p.Path, k, i.X, i.Y)
		}
	}
	w.op("f")
}

// num prints a number to a hundredth of a point, as short as it goes.
func num(v float64) string { return decimal(v, 100) }

// num3 prints a number to a thousandth.
func num3(v float64) string { return decimal(v, 1000) }

func decimal(v, unit float64) string {
	v = math.Round(v*unit) / unit
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return "0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
