package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/icon"
	"bulkhead/render/scenetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func text(t testing.TB, s *render.Scene, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, s, render.Light, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, o := range map[string]Options{
		"all.svg":    {},
		"inline.svg": {Prefix: "p1-", Plain: true, Paint: func(c render.Color) string { return fmt.Sprintf("var(--c%d)", c) }},
	} {
		got := text(t, scenetest.All(), o)
		if again := text(t, scenetest.All(), o); again != got {
			t.Errorf("%s: the second time it is different", name)
		}
		file := "testdata/" + name
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; look at it, and run the test with -update if it is right.\n%s", name, diff(string(want), got))
		}
	}
}

// diff shows the first lines that differ.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\nwant %s\n got %s", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// elements reads the file as XML and calls see for each element.
func elements(t testing.TB, svg string, see func(e xml.StartElement, attr map[string]string)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
		if e, ok := tok.(xml.StartElement); ok {
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			see(e, attr)
		}
	}
}

// TestSelfContained: no script, no style sheet, no link to anything but its own parts, each id once.
func TestSelfContained(t *testing.T) {
	ids, refs := map[string]bool{}, []string{}
	known := map[string]bool{"svg": true, "title": true, "desc": true, "defs": true, "symbol": true, "pattern": true, "path": true, "rect": true, "circle": true, "text": true, "use": true, "g": true}
	elements(t, text(t, scenetest.All(), Options{Prefix: "x-"}), func(e xml.StartElement, attr map[string]string) {
		if !known[e.Name.Local] {
			t.Errorf("there is a <%s>", e.Name.Local)
		}
		for name, v := range attr {
			switch {
			case strings.HasPrefix(name, "on"):
				t.Errorf("<%s> has the handler %s", e.Name.Local, name)
			case name == "id":
				if ids[v] {
					t.Errorf("the id %s is there twice", v)
				}
				if ids[v] = true; !strings.HasPrefix(v, "x-") {
					t.Errorf("the id %s lacks the prefix", v)
				}
			case name == "href":
				refs = append(refs, strings.TrimPrefix(v, "#"))
			case strings.Contains(v, "url("):
				refs = append(refs, strings.TrimSuffix(strings.TrimPrefix(v, "url(#"), ")"))
			case name == "aria-labelledby":
				refs = append(refs, strings.Fields(v)...)
			case strings.Contains(v, "//") && name != "xmlns":
				t.Errorf("%s=%q leads outside", name, v)
			}
		}
	})
	for _, r := range refs {
		if !ids[r] {
			t.Errorf("%s is used and not defined", r)
		}
	}
	if len(refs) < 6 {
		t.Errorf("only %d references: icons, hatchings and title are missing", len(refs))
	}
}

// TestShapes: what the file draws, read back, is what the scene has.
func TestShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Float64Range(-2000, 2000)
		var p render.Path
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			p = render.Rect(n.Draw(t, "x"), n.Draw(t, "y"), math.Abs(n.Draw(t, "w")), math.Abs(n.Draw(t, "h")), 0)
		case 1:
			w, h := 1+math.Abs(n.Draw(t, "w")), 1+math.Abs(n.Draw(t, "h"))
			// Round to a hundredth, as the file is, where the ends are half circles and the sides between them are gone.
			w, h = math.Round(w*50)/50, math.Round(h*50)/50
			r := min(w, h) / 2
			if rapid.Bool().Draw(t, "less") {
				r = 0.2 + rapid.Float64Range(0, 0.6).Draw(t, "r")*(r-0.2)
			}
			p = render.Rect(n.Draw(t, "x"), n.Draw(t, "y"), w, h, r)
		case 2:
			p = render.Circle(n.Draw(t, "x"), n.Draw(t, "y"), 1+math.Abs(n.Draw(t, "r")))
		default:
			p = render.Move(n.Draw(t, "x"), n.Draw(t, "y"))
			for range rapid.IntRange(1, 6).Draw(t, "segments") {
				last := p[len(p)-1]
				switch rapid.IntRange(0, 5).Draw(t, "segment") {
				case 0:
					p = p.Line(n.Draw(t, "x"), n.Draw(t, "y"))
				case 1:
					p = p.Line(last.X, n.Draw(t, "y"))
				case 2:
					p = p.Line(n.Draw(t, "x"), last.Y)
				case 3:
					p = p.Cubic(n.Draw(t, "x1"), n.Draw(t, "y1"), n.Draw(t, "x2"), n.Draw(t, "y2"), n.Draw(t, "x"), n.Draw(t, "y"))
				case 4:
					p = p.Close()
					p = append(p, render.Move(n.Draw(t, "x"), n.Draw(t, "y"))...)
				case 5:
					p = append(p, render.Move(n.Draw(t, "x"), n.Draw(t, "y"))...)
				}
			}
			if rapid.Bool().Draw(t, "close") {
				p = p.Close()
			}
		}
		g := geometry(p)
		back := read(t, g)
		if len(back) != len(p) {
			t.Fatalf("%s has %d segments, not %d", g, len(back), len(p))
		}
		for i, s := range p {
			b := back[i]
			if s.Op == render.ClosePath {
				s = render.Segment{Op: s.Op}
			}
			if b.Op != s.Op || far(b.X, s.X) || far(b.Y, s.Y) || s.Op == render.CubicTo && (far(b.X1, s.X1) || far(b.Y1, s.Y1) || far(b.X2, s.X2) || far(b.Y2, s.Y2)) {
				t.Fatalf("%s: segment %d is %+v, not %+v", g, i, b, s)
			}
		}
	})
}

func far(a, b float64) bool { return math.Abs(a-b) > 0.02 }

// read is the path of an element as geometry writes it.
func read(t *rapid.T, g string) render.Path {
	name, rest, _ := strings.Cut(g, " ")
	attr := map[string]float64{}
	for _, f := range strings.Split(rest, `" `) {
		k, v, _ := strings.Cut(f, `="`)
		v = strings.TrimSuffix(v, `"`)
		if k == "d" {
			p, err := icon.Path(v)
			if err != nil {
				t.Fatalf("%s: %v", g, err)
			}
			return p
		}
		var x float64
		if _, err := fmt.Sscan(v, &x); err != nil {
			t.Fatalf("%s: %v", g, err)
		}
		attr[k] = x
	}
	if name == "circle" {
		return render.Circle(attr["cx"], attr["cy"], attr["r"])
	}
	return render.Rect(attr["x"], attr["y"], attr["width"], attr["height"], attr["rx"])
}

// TestAnyText: whatever a template calls its things, the file is XML, says it, and nothing of it takes effect.
func TestAnyText(t *testing.T) {
	check := func(t testing.TB, s string) {
		out := text(t, &render.Scene{Width: 10, Height: 10, Title: s, Description: s,
			Items: []render.Item{render.Text{Text: "x" + s, Size: 10, Color: render.Ink}, render.Icon{Name: s, Size: 3, Color: render.Ink}},
			Areas: []render.Area{{W: 1, H: 1, Element: model.ID(s), Tip: s}}}, Options{})
		var back struct {
			Title string `xml:"title"`
			Desc  string `xml:"desc"`
			Text  string `xml:"text"`
			Rect  struct {
				Element string `xml:"data-element,attr"`
				Title   string `xml:"title"`
			} `xml:"g>rect"`
		}
		if err := xml.Unmarshal([]byte(out), &back); err != nil {
			t.Fatalf("%q: %v\n%s", s, err, out)
		}
		want := font.Clean(s)
		if back.Title != want || back.Desc != want || back.Text != "x"+want || back.Rect.Element != want {
			t.Fatalf("%q came back as %+v", s, back)
		}
		if strings.ReplaceAll(back.Rect.Title, "\n", " ") != want && !strings.Contains(s, "\r") {
			t.Fatalf("the tip %q came back as %q", s, back.Rect.Title)
		}
	}
	for _, s := range []string{`"/><script>alert(1)</script>`, "]]>", "&amp;", "a\x00b", "\u202e", "a\nb", `'`, "\xff"} {
		check(t, s)
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Draw(rt, "s")
		if s == "" {
			s = "x"
		}
		check(t, s)
	})
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		in   float64
		want string
	}{{1, "1"}, {0.5, "0.5"}, {-0.001, "0"}, {1.005, "1"}, {12.345, "12.35"}, {math.NaN(), "0"}, {math.Inf(-1), "0"}, {1e6, "1000000"}} {
		if got := num(c.in); got != c.want {
			t.Errorf("num(%v) = %s, want %s", c.in, got, c.want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	if err := Write(broken{}, scenetest.All(), render.Light, Options{}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("the error is %v", err)
	}
}

// TestWhatIsFarIsNotWritten: a picture that scales has the words that are to be read near by, once.
func TestWhatIsFarIsNotWritten(t *testing.T) {
	var b bytes.Buffer
	s := &render.Scene{Width: 100, Height: 100, Items: []render.Item{
		render.Text{X: 10, Y: 20, Size: 12, Color: render.Ink, Text: "near", Level: render.Near},
		render.Text{X: 10, Y: 30, Size: 22, Color: render.Ink, Text: "far", Level: render.Far},
		render.Icon{Name: "table", X: 10, Y: 40, Size: 24, Color: render.Ink, Level: render.Far},
	}}
	if err := Write(&b, s, render.Light, Options{}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, ">near<") || strings.Contains(text, ">far<") || strings.Contains(text, "icon-table") {
		t.Errorf("written:\n%s", text)
	}
}
