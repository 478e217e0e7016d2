package font

import (
	"encoding/xml"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"pgregory.net/rapid"

	"bulkhead/render"
)

var weights = []render.Weight{render.Regular, render.Medium, render.Bold}

// TestWidth holds the widths against another reading of the same faces.
func TestWidth(t *testing.T) {
	for _, w := range weights {
		f, err := opentype.Parse(Of(w).TTF())
		if err != nil {
			t.Fatal(err)
		}
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 2048, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"Products", "read write delete", "GetSecretValue on *", "Größe ≤ ⅓ → λ…", "0123456789 %"} {
			want := 0.0
			for _, r := range text {
				a, _ := face.GlyphAdvance(r)
				want += float64(a) / 64 / 2048
			}
			if got := Metrics().Width(text, 12, w); math.Abs(got-12*want) > 1e-6 {
				t.Errorf("weight %d: %q is %v wide, not %v", w, text, got, 12*want)
			}
		}
	}
	if r, b := Metrics().Width("Products", 12, render.Regular), Metrics().Width("Products", 12, render.Bold); r >= b {
		t.Errorf("regular (%v) is not narrower than bold (%v)", r, b)
	}
	if got, want := Of(99).Width("a", 1), Of(render.Regular).Width("a", 1); got != want {
		t.Errorf("a weight that does not exist is not the regular one")
	}
}

// TestNothingVanishes: whatever a name holds, each character that should be seen has an outline.
func TestNothingVanishes(t *testing.T) {
	for _, w := range weights {
		f := Of(w)
		if !f.Has(Missing) {
			t.Fatalf("weight %d has no %c", w, Missing)
		}
		for _, r := range "!~AZaz09éßñŁŽΩЖ→≤≥·–—…⅓⅔×−★漢語🔥ﷺ\x00\x1b\u202e\u2066\ufffd\U0010ffff\u0085" {
			if g := f.Glyph(r); len(g.Path) == 0 || g.Advance <= 0 {
				t.Errorf("weight %d: %U is drawn as nothing", w, r)
			}
		}
		for _, r := range " \t\n\u00a0\u200b\u200d\ufe0f\u00ad" {
			if g := f.Glyph(r); len(g.Path) != 0 {
				t.Errorf("weight %d: %U is drawn as something", w, r)
			}
		}
	}
}

func TestShown(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"a\tb\nc", "a b c"},
		{"evil\u202egnp.exe", "evil□gnp.exe"},
		{"zero\u200bwidth", "zerowidth"},
		{"bell\a", "bell□"},
		{"bad\xffbyte", "bad□byte"},
		{"漢字", "漢字"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := Of(render.Regular).Drawn("漢a🔥"); got != "□a□" {
		t.Errorf("Drawn = %q", got)
	}
}

// TestCleanIsXML: any text can go into a file and comes out as it was shown; and cleaning again changes nothing.
func TestCleanIsXML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Clean(rapid.String().Draw(t, "text") + string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
		if !utf8.ValidString(text) || Clean(text) != text {
			t.Fatalf("%q is not clean", text)
		}
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(text)); err != nil {
			t.Fatal(err)
		}
		var back struct {
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte("<a>"+b.String()+"</a>"), &back); err != nil || back.Text != text {
			t.Fatalf("%q came back as %q, %v", text, back.Text, err)
		}
		for _, w := range weights {
			f := Of(w)
			if got := f.Width(text, 10); got < 0 || math.IsNaN(got) {
				t.Fatalf("width %v", got)
			}
			for _, r := range f.Drawn(text) {
				if !f.Has(r) {
					t.Fatalf("Drawn leaves %U, which the face lacks", r)
				}
			}
		}
	})
}

func BenchmarkWidth(b *testing.B) {
	m := Metrics()
	for b.Loop() {
		m.Width("GetSecretValue on webshop-PaymentKey", 12, render.Medium)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(files[render.Regular]); err != nil {
			b.Fatal(err)
		}
	}
}
