package render

import (
	"image/color"
	"testing"
)

func sheet(t *testing.T, title string, width float64, kinds ...SignKind) *Scene {
	t.Helper()
	d := &Diagram{Claim: Claim{Title: title, Figure: "10 %", Noun: "1 of 10 resources floods"}}
	body := &Scene{Width: width, Height: 50, Items: []Item{Shape{Path: Rect(0, 0, width, 50, 0), Fill: Bay}}, Areas: []Area{{W: 10, H: 10, Element: "fn/A"}}, Legend: Legend(mono{}, kinds...)}
	return Sheets(mono{}, []*Diagram{d}, []*Scene{body})[0]
}

func signsOf(s *Scene) []SignKind {
	var out []SignKind
	for _, sign := range s.Legend {
		out = append(out, sign.Kind)
	}
	return out
}

func find(s *Scene, id string) (Area, bool) {
	for _, a := range s.Areas {
		if string(a.Element) == id {
			return a, true
		}
	}
	return Area{}, false
}

func TestStackAndBeside(t *testing.T) {
	a, b := sheet(t, "A", 700, CrownSign, BreachSign), sheet(t, "B", 900, BreachSign, ReadSign)
	want := []SignKind{BreachSign, ReadSign, CrownSign}
	stack := Stack(a, nil, b)
	if stack.Width != b.Width || stack.FootY != a.FootY+b.FootY || stack.Height <= stack.FootY {
		t.Errorf("stacked: %.0f × %.0f, foot at %.0f", stack.Width, stack.Height, stack.FootY)
	}
	beside := Beside(a, b)
	if beside.Width != a.Width+b.Width || beside.FootY != max(a.FootY, b.FootY) {
		t.Errorf("beside: %.0f × %.0f, foot at %.0f", beside.Width, beside.Height, beside.FootY)
	}
	for _, s := range []*Scene{stack, beside} {
		got := signsOf(s)
		if len(got) != len(want) {
			t.Fatalf("the legend has %v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("the legend has %v, want %v", got, want)
			}
		}
		// Once from near by, once from far away.
		n := map[Level]int{}
		for _, it := range s.Items {
			if text, ok := it.(Text); ok && text.Text == BreachSign.String() {
				n[text.Level]++
			}
		}
		if len(n) != 2 || n[Near] != 1 || n[Far] != 1 {
			t.Errorf("the breach is explained %v times", n)
		}
		if s.Title != "A and B" {
			t.Errorf("the title is %q", s.Title)
		}
	}
	first, _ := find(a, "fn/A")
	last := stack.Areas[len(stack.Areas)-1]
	for _, area := range stack.Areas {
		if area.Element == "fn/A" {
			last = area
		}
	}
	second, _ := find(b, "fn/A")
	if last.Y != second.Y+a.FootY || first.Y >= last.Y {
		t.Errorf("the second area stands at %.0f", last.Y)
	}
	if again := Stack(stack, a); again.FootY != stack.FootY+a.FootY {
		t.Errorf("a stack does not stack again: %.0f", again.FootY)
	}
	if empty := Stack(); empty.Width != 0 || len(empty.Areas) != 0 {
		t.Errorf("nothing stacked: %+v", empty)
	}
}

// TestPalettes holds the colours to those that were settled, and the tones to one order of lightness, so that they
// hold in grey.
func TestPalettes(t *testing.T) {
	for _, c := range []struct {
		role        Color
		light, dark uint32
	}{
		{Ground, 0xF6F8FA, 0x0F151C}, {Panel, 0xFFFFFF, 0x161E27}, {Ink, 0x18222D, 0xE8EEF4}, {Muted, 0x5B6B7B, 0x93A4B5}, {Line, 0xC9D3DD, 0x2A3744},
		{Hull, 0x33475B, 0x9DB2C6}, {Bay, 0xFFFFFF, 0x1A2430}, {Water, 0xDCEBF7, 0x22405C}, {Tile1, 0xBFDDF3, 0xA9D3F0}, {Tile2, 0x5BA3D9, 0x4F9BD6},
		{Tile3, 0x17609F, 0x1D63A8}, {Link, 0x17609F, 0x7CC4F5}, {Danger, 0xD55E00, 0xFF8A3D}, {Crown, 0xC98A00, 0xF0B93A}, {Feeds, 0x7B61A8, 0xB9A2E8}, {Good, 0x00835F, 0x3ED1A4},
	} {
		if got := Light.RGBA(c.role); got != hex(c.light) {
			t.Errorf("light %d is %v", c.role, got)
		}
		if got := Dark.RGBA(c.role); got != hex(c.dark) {
			t.Errorf("dark %d is %v", c.role, got)
		}
	}
	grey := func(c color.NRGBA) int { return 299*int(c.R) + 587*int(c.G) + 114*int(c.B) }
	for _, p := range []*Palette{Light, Dark} {
		for role := Ground; role < colors; role++ {
			if p.RGBA(role).A != 0xFF {
				t.Errorf("%s has no colour %d", p.Name, role)
			}
		}
		if a, b, c := grey(p.RGBA(Tile1)), grey(p.RGBA(Tile2)), grey(p.RGBA(Tile3)); a <= b+30000 || b <= c+30000 {
			t.Errorf("%s: the tones are %d, %d, %d in grey", p.Name, a, b, c)
		}
	}
}

func TestSigns(t *testing.T) {
	for k := range signs {
		s := newSign(mono{}, SignKind(k))
		if SignKind(k).String() == "" || len(s.Items) < 2 || s.Width <= 0 {
			t.Errorf("sign %d (%s) is not drawn", k, SignKind(k))
		}
	}
}
