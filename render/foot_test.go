package render

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// said are the texts of a foot at a level.
func (f *foot) said(l Level) string {
	var out []string
	for _, it := range f.items {
		if t, ok := it.(Text); ok && t.Level == l {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, " ")
}

// TestFootTellsShares: of many functions the foot tells the worst and how many others there are, on one line; what a function was
// split into is told whole, whatever the others reach. No text overlaps another or leaves the sheet.
func TestFootTellsShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "functions")
		inner := rapid.Float64Range(300, 1800).Draw(t, "inner")
		c := Claim{Sums: []Part{{Name: "mean", Figure: "17 %"}, {Name: "watertightness", Figure: "0.83"}}}
		split, worst := 0, -1
		for i := range n {
			p := Part{Name: fmt.Sprintf("Function%d", i), Share: float64(rapid.IntRange(0, 100).Draw(t, "share")) / 100, Split: rapid.IntRange(0, 9).Draw(t, "split") == 0}
			p.Figure = Percent(p.Share)
			c.Parts = append(c.Parts, p)
			if p.Split {
				split++
			} else if worst < 0 || p.Share > c.Parts[worst].Share {
				worst = i
			}
		}
		f := newFoot(mono{}, &Diagram{Claim: c, Sea: Sea{Words: "nothing beyond the design"}}, inner)
		said := f.said(Near)
		told := 0
		for i, p := range c.Parts {
			here := strings.Contains(said+" ", fmt.Sprintf("%s %s ", p.Name, p.Figure))
			if here {
				told++
			}
			if !here && p.Split {
				t.Fatalf("part %s is not told: %s", p.Name, said)
			}
			if !here && i == worst && told > split && n > split {
				t.Fatalf("the worst, %s, is not told: %s", p.Name, said)
			}
		}
		if left := n - told; left > 1 && !strings.Contains(said, fmt.Sprintf("and %d more, ", left)) {
			t.Fatalf("%d are left out and not counted: %s", left, said)
		}
		type span struct{ from, to float64 }
		rows := map[float64][]span{}
		for _, it := range f.items {
			x, ok := it.(Text)
			if !ok || x.Level != Near {
				continue
			}
			s := span{x.X, x.X + (mono{}).Width(x.Text, x.Size, x.Weight)}
			if s.to > sheetMargin+inner+0.01 && s.from > sheetMargin {
				t.Fatalf("%q ends at %.0f, the sheet at %.0f", x.Text, s.to, sheetMargin+inner)
			}
			for _, o := range rows[x.Y] {
				if s.from < o.to-0.01 && o.from < s.to-0.01 {
					t.Fatalf("%q lies on what stands beside it", x.Text)
				}
			}
			rows[x.Y] = append(rows[x.Y], s)
		}
	})
}

// TestNoShareIsNotDry: a figure of nothing is good only where the sea is not reached either.
func TestNoShareIsNotDry(t *testing.T) {
	calm, open := Sea{Words: "nothing beyond the design"}, Sea{Words: "any other table", Open: true}
	for _, c := range []struct {
		name      string
		claim     Claim
		sea       Sea
		good, ink bool
	}{
		{"nothing floods and the sea was not asked", Claim{Figure: "0 %", Open: true}, Sea{}, false, true},
		{"dry", Claim{Figure: "0 %", Open: true}, calm, true, false},
		{"the sea is reached", Claim{Figure: "0 %", Open: true}, open, false, false},
		{"nothing is known to flood", Claim{Figure: "≥ 0 %", Open: true}, calm, false, true},
		{"nothing is known to flood, but the sea is reached", Claim{Figure: "≥ 0 %", Open: true}, open, false, false},
		{"less than before, to nothing, with the sea", Claim{Figure: "0 %", Good: true}, open, false, false},
		{"less than before", Claim{Figure: "20 %", Good: true}, open, true, false},
	} {
		if got := c.claim.Beside(c.sea); got.Good != c.good || got.Open != c.ink {
			t.Errorf("%s: good %t, open %t, want %t and %t", c.name, got.Good, got.Open, c.good, c.ink)
		}
	}
}
