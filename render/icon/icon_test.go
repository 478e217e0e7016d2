package icon

import (
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/assets"
	"bulkhead/model/catalog"
	"bulkhead/render"
)

// TestEmbedded: every icon can be drawn, lies in its box, and the ones that resources have are there.
func TestEmbedded(t *testing.T) {
	files, err := fs.Glob(assets.FS, "icons/*.svg")
	if err != nil || len(files) == 0 {
		t.Fatalf("no icons: %v", err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(f, "icons/"), ".svg")
		if !Known(name) {
			t.Errorf("%s is not known", name)
		}
		for _, p := range Of(name).Parts {
			x, y, w, h := p.Path.Bounds()
			const edge = Pen / 2
			if x < edge-0.01 || y < edge-0.01 || x+w > Box-edge+0.01 || y+h > Box-edge+0.01 {
				t.Errorf("%s: its lines leave the box: %.2f,%.2f to %.2f,%.2f", name, x, y, x+w, y+h)
			}
		}
	}
	for _, typ := range []string{"AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::Logs::LogGroup", "Custom::Thing"} {
		if icon := catalog.KindOf(typ).Icon; !Known(icon) {
			t.Errorf("%s has the icon %q, which does not exist", typ, icon)
		}
	}
	if Known("no such icon") || len(Of("no such icon").Parts) == 0 {
		t.Error("an icon that does not exist is not drawn as a square")
	}
}

func TestParse(t *testing.T) {
	svg := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none"><title>x</title><g><path d="M1 2h3"/><path fill="currentColor" d="M0 0z"/></g></svg>`
	i, err := Parse("x", []byte(svg))
	if err != nil || len(i.Parts) != 2 || i.Parts[0].Filled || !i.Parts[1].Filled || i.Parts[0].Data != "M1 2h3" {
		t.Errorf("%+v, %v", i, err)
	}
	for _, bad := range []string{"", "<svg/>", "<svg><circle r='3'/></svg>", "<svg><path d='M'/></svg>", "<svg><path d='M1 1'", "<svg><script>x</script></svg>"} {
		if _, err := Parse("x", []byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
	if _, err := read(fstest.MapFS{"icons/a.svg": {Data: []byte("<svg><rect/></svg>")}}, "icons"); err == nil || !strings.Contains(err.Error(), "icons/a.svg") {
		t.Errorf("a bad icon: %v", err)
	}
}

func TestPath(t *testing.T) {
	m, l := render.MoveTo, render.LineTo
	for _, c := range []struct {
		in   string
		want render.Path
	}{
		{"M1 2L3 4", render.Path{{Op: m, X: 1, Y: 2}, {Op: l, X: 3, Y: 4}}},
		{"m1,2 3,4 5 6", render.Path{{Op: m, X: 1, Y: 2}, {Op: l, X: 4, Y: 6}, {Op: l, X: 9, Y: 12}}},
		{"M1-2h3v-4H0V.5.5", nil}, // V takes one number: .5 and again .5
		{"M10 10zl1 1", render.Path{{Op: m, X: 10, Y: 10}, {Op: render.ClosePath}, {Op: m, X: 10, Y: 10}, {Op: l, X: 11, Y: 11}}},
		{"M0 0C1 2 3 4 5 6S9 10 11 12", render.Path{{Op: m}, {Op: render.CubicTo, X1: 1, Y1: 2, X2: 3, Y2: 4, X: 5, Y: 6}, {Op: render.CubicTo, X1: 7, Y1: 8, X2: 9, Y2: 10, X: 11, Y: 12}}},
		{"M0 0Q3 3 6 0T12 0", render.Path{{Op: m}, {Op: render.CubicTo, X1: 2, Y1: 2, X2: 4, Y2: 2, X: 6}, {Op: render.CubicTo, X1: 8, Y1: -2, X2: 10, Y2: -2, X: 12}}},
		{"M0 0A0 5 0 0 1 3 4", render.Path{{Op: m}, {Op: l, X: 3, Y: 4}}},
		{"M1e1 1E-1", render.Path{{Op: m, X: 10, Y: 0.1}}},
		{"", nil},
	} {
		got, err := Path(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if c.want == nil {
			if c.in != "" && len(got) != 6 {
				t.Errorf("%q: %v", c.in, got)
			}
			continue
		}
		if len(got) != len(c.want) {
			t.Errorf("%q: %v, want %v", c.in, got, c.want)
			continue
		}
		for i := range got {
			if !near(got[i], c.want[i]) {
				t.Errorf("%q: segment %d is %+v, want %+v", c.in, i, got[i], c.want[i])
			}
		}
	}
	for _, bad := range []string{"1 2", "L1 2", "M1", "M1 2 3", "M1 2X", "M1 2z3", "M0 0A1 1 0 2 0 3 3", "M1e99 1", "M1 1C1 2", "M--1 2", "M1 2L,,3 4", "M . 1"} {
		if p, err := Path(bad); err == nil {
			t.Errorf("%q: no error, but %v", bad, p)
		}
	}
}

// TestArc: an arc's curves stay on its circle, and flags may stand close together.
func TestArc(t *testing.T) {
	for _, c := range []struct {
		in     string
		cx, cy float64
		n      int
	}{
		{"M10 0A10 10 0 0 1 0 10", 0, 0, 1},
		{"M10 0A10 10 0 10 0 10", 0, 0, 3},
		{"M10 0a10 10 30 1 1-10 10", 10, 10, 3},
		{"M-10 0A1 1 0 0 1 10 0", 0, 0, 2}, // too small a radius grows
	} {
		p, err := Path(c.in)
		if err != nil || len(p) != c.n+1 {
			t.Errorf("%q: %v, %v", c.in, p, err)
			continue
		}
		from := p[0]
		for _, s := range p[1:] {
			for _, k := range []float64{0.25, 0.5, 0.75, 1} {
				u := 1 - k
				x := u*u*u*from.X + 3*u*u*k*s.X1 + 3*u*k*k*s.X2 + k*k*k*s.X
				y := u*u*u*from.Y + 3*u*u*k*s.Y1 + 3*u*k*k*s.Y2 + k*k*k*s.Y
				if r := math.Hypot(x-c.cx, y-c.cy); math.Abs(r-10) > 0.01 {
					t.Errorf("%q: (%.2f, %.2f) is %.3f from the middle, not 10", c.in, x, y, r)
				}
			}
			from = s
		}
	}
}

func near(a, b render.Segment) bool {
	eq := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	return a.Op == b.Op && (a.Op == render.ClosePath || eq(a.X, b.X) && eq(a.Y, b.Y) && eq(a.X1, b.X1) && eq(a.Y1, b.Y1) && eq(a.X2, b.X2) && eq(a.Y2, b.Y2))
}

// FuzzPath: any text gives a path that can be drawn, or an error.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"M1 2L3 4z", "m1,2 3,4 5 6", "M0 0A5 3 30 1 0 9 9", "M0 0Q3 3 6 0T12 0", "M0 0C1 2 3 4 5 6S9 10 11 12", "M1-2h3v-4H0V.5.5", "M1e5 1a9 9 9 019 9", "M0 0a1e-12 1 0 1 1 1 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Path(s)
		if err != nil {
			return
		}
		for i, seg := range p {
			if i == 0 && seg.Op != render.MoveTo {
				t.Fatalf("it starts with %v", seg)
			}
			if i > 0 && p[i-1].Op == render.ClosePath && seg.Op != render.MoveTo && seg.Op != render.ClosePath {
				t.Fatalf("segment %d goes on after the end of a subpath", i)
			}
			for _, v := range []float64{seg.X, seg.Y, seg.X1, seg.Y1, seg.X2, seg.Y2} {
				if math.IsNaN(v) || math.Abs(v) > 1e9 {
					t.Fatalf("segment %d has the number %v", i, v)
				}
			}
		}
	})
}
