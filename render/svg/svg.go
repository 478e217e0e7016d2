// Package svg writes a scene as SVG: a file of its own, or a part of an HTML page.
//
//	Scene, Palette --Write--> <svg>, with text as text and the elements' ids on what can be pointed at
//
// The markup holds no script and no link to anything outside, and is the same for the same scene.
package svg

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/icon"
)

// Options tell a file from a part of a page. The zero Options write a file.
type Options struct {
	// Prefix goes before every id; pictures on one page need different ones.
	Prefix string
	// Paint, if not nil, gives the colours instead of the palette, e.g. "var(--ink)" for a page that follows the
	// reader's choice of light and dark.
	Paint func(render.Color) string
	// Plain leaves out what can be pointed at.
	Plain bool
}

// Write writes the scene in the colours of p.
func Write(w io.Writer, s *render.Scene, p *render.Palette, o Options) error {
	out := writer{Options: o, palette: p}
	out.scene(s)
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write SVG: %w", err)
	}
	return nil
}

type writer struct {
	bytes.Buffer
	Options
	palette *render.Palette
}

func (w *writer) f(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *writer) scene(s *render.Scene) {
	w.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" role="img"`, num(s.Width), num(s.Height))
	w.f(` aria-labelledby="%[1]stitle %[1]sdesc" font-family="%[2]s" style="font-kerning:none">`+"\n", w.Prefix, font.Family)
	w.f("<title id=\"%stitle\">%s</title>\n<desc id=\"%[1]sdesc\">%[3]s</desc>\n", w.Prefix, escape(s.Title), escape(s.Description))
	w.defs(s)
	// The ground reaches to the picture's edges even where the scene draws none.
	w.f("<rect width=\"%s\" height=\"%s\" fill=\"%s\"/>\n", num(s.Width), num(s.Height), w.color(render.Ground))
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
	if !w.Plain {
		w.areas(s.Areas)
	}
	w.WriteString("</svg>\n")
}

// defs writes the icons and hatchings in use.
func (w *writer) defs(s *render.Scene) {
	icons := map[string]*icon.Icon{}
	hatches := map[render.Color]bool{}
	for item := range s.Printed() {
		switch i := item.(type) {
		case render.Icon:
			ic := icon.Of(i.Name)
			icons[ic.Name] = ic
		case render.Shape:
			if i.Hatch != render.None {
				hatches[i.Hatch] = true
			}
		}
	}
	if len(icons)+len(hatches) == 0 {
		return
	}
	w.WriteString("<defs>\n")
	for _, name := range sorted(icons) {
		w.f("<symbol id=\"%sicon-%s\" viewBox=\"0 0 %[3]s %[3]s\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"%[4]s\" stroke-linecap=\"round\" stroke-linejoin=\"round\">",
			w.Prefix, escape(name), num(icon.Box), num(icon.Pen))
		for _, p := range icons[name].Parts {
			fill := ""
			if p.Filled {
				fill = ` fill="currentColor"`
			}
			w.f("<path d=\"%s\"%s/>", escape(p.Data), fill)
		}
		w.WriteString("</symbol>\n")
	}
	for _, c := range sorted(hatches) {
		w.f("<pattern id=\"%shatch-%d\" width=\"%[3]s\" height=\"%[3]s\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45) translate(0 -%[4]s)\">",
			w.Prefix, c, num(render.HatchPitch), num(render.HatchPitch/2))
		w.f("<path d=\"M0 %sH%s\" stroke=\"%s\" stroke-width=\"%s\"/></pattern>\n", num(render.HatchPitch/2), num(render.HatchPitch), w.color(c), num(render.HatchWidth))
	}
	w.WriteString("</defs>\n")
}

func sorted[K interface{ ~string | ~uint8 }, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (w *writer) shape(s *render.Shape) {
	if len(s.Path) == 0 {
		return
	}
	outline := geometry(s.Path)
	faint := func(attribute string) string {
		if s.Opacity <= 0 || s.Opacity >= 1 {
			return ""
		}
		return fmt.Sprintf(` %s-opacity="%s"`, attribute, num(s.Opacity))
	}
	stroke := ""
	if s.Stroke != render.None && s.Width > 0 {
		var b strings.Builder
		fmt.Fprintf(&b, ` stroke="%s"`, w.color(s.Stroke))
		if s.Width != 1 {
			fmt.Fprintf(&b, ` stroke-width="%s"`, num(s.Width))
		}
		if len(s.Dash) > 0 {
			b.WriteString(` stroke-dasharray="`)
			for i, d := range s.Dash {
				if i > 0 {
					b.WriteByte(' ')
				}
				b.WriteString(num(d))
			}
			b.WriteByte('"')
		}
		if s.Round {
			b.WriteString(` stroke-linecap="round" stroke-linejoin="round"`)
		}
		b.WriteString(faint("stroke"))
		stroke = b.String()
	}
	fill := ` fill="none"`
	if s.Fill != render.None {
		fill = fmt.Sprintf(` fill="%s"`, w.color(s.Fill)) + faint("fill")
	}
	switch {
	case s.Hatch != render.None:
		// The hatching lies between fill and stroke.
		if s.Fill != render.None {
			w.f("<%s%s/>\n", outline, fill)
		}
		w.f("<%s fill=\"url(#%shatch-%d)\"%s%s/>\n", outline, w.Prefix, s.Hatch, faint("fill"), stroke)
	case s.Fill != render.None || stroke != "":
		w.f("<%s%s%s/>\n", outline, fill, stroke)
	}
}

func (w *writer) text(t *render.Text) {
	if t.Color == render.None || strings.TrimSpace(t.Text) == "" {
		return
	}
	w.f(`<text x="%s" y="%s" font-size="%s"`, num(t.X), num(t.Y), num(t.Size))
	switch t.Weight {
	case render.Medium:
		w.WriteString(` font-weight="500"`)
	case render.Bold:
		w.WriteString(` font-weight="700"`)
	case render.Regular:
	}
	switch t.Anchor {
	case render.Middle:
		w.WriteString(` text-anchor="middle"`)
	case render.End:
		w.WriteString(` text-anchor="end"`)
	case render.Start:
	}
	w.f(` fill="%s"`, w.color(t.Color))
	if t.Halo != render.None {
		w.f(` stroke="%s" stroke-width="%s" stroke-linejoin="round" paint-order="stroke"`, w.color(t.Halo), num(render.HaloWidth))
	}
	text := font.Clean(t.Text)
	// Where Inter is not installed another face must keep to the same width, or it would run out of its box.
	w.f(` textLength="%s" lengthAdjust="spacingAndGlyphs"`, num(font.Of(t.Weight).Width(text, t.Size)))
	if strings.Contains(text, "  ") || text != strings.TrimSpace(text) {
		w.WriteString(` xml:space="preserve"`)
	}
	w.f(">%s</text>\n", escape(text))
}

func (w *writer) icon(i *render.Icon) {
	if i.Color == render.None {
		return
	}
	w.f("<use href=\"#%sicon-%s\" x=\"%s\" y=\"%s\" width=\"%[5]s\" height=\"%[5]s\" color=\"%[6]s\"/>\n",
		w.Prefix, escape(icon.Of(i.Name).Name), num(i.X), num(i.Y), num(i.Size), w.color(i.Color))
}

// areas writes what can be pointed at, without a look of its own.
func (w *writer) areas(areas []render.Area) {
	if len(areas) == 0 {
		return
	}
	w.WriteString("<g fill=\"none\" pointer-events=\"all\">\n")
	for _, a := range areas {
		if a.W <= 0 || a.H <= 0 || a.Element == "" && a.Tip == "" {
			continue
		}
		element := ""
		if a.Element != "" {
			element = fmt.Sprintf(` data-element="%s"`, escape(string(a.Element)))
		}
		w.f("<rect%s x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\">", element, num(a.X), num(a.Y), num(a.W), num(a.H))
		if a.Tip != "" {
			lines := strings.Split(a.Tip, "\n")
			for i, l := range lines {
				lines[i] = escape(l)
			}
			w.f("<title>%s</title>", strings.Join(lines, "\n"))
		}
		w.WriteString("</rect>\n")
	}
	w.WriteString("</g>\n")
}

func (w *writer) color(c render.Color) string {
	if w.Paint != nil {
		return w.Paint(c)
	}
	v := w.palette.RGBA(c)
	if v.A != 255 {
		return fmt.Sprintf("#%02x%02x%02x%02x", v.R, v.G, v.B, v.A)
	}
	return fmt.Sprintf("#%02x%02x%02x", v.R, v.G, v.B)
}

// escape makes text fit for an element or an attribute.
func escape(text string) string {
	return escaper.Replace(font.Clean(text))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// num prints a number to a hundredth, as short as it goes.
func num(v float64) string {
	v = math.Round(v*100) / 100
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return "0" // not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
