package view

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestMeasuresHaveTheirRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := ledgerLayout(rapid.SliceOfN(rapid.Float32Range(60, 400), 1, 6).Draw(t, "wants"))
		room := rapid.Float32Range(600, 2000).Draw(t, "room")
		widths, gap := l.widths(room)
		sum := float32(0)
		for i, w := range widths {
			sum += w + ledgerGap + gap
			if w > l[i]+0.01 {
				t.Fatalf("measure %d wants %g and has %g", i, l[i], w)
			}
			for j := range widths {
				if l[j] < l[i] && widths[j] > widths[i]+0.01 {
					t.Fatalf("one that says less has more room: %v of %v", widths, l)
				}
			}
		}
		if sum > room+1 {
			t.Fatalf("%v need %g of %g", widths, sum, room)
		}
		if gap > 0 && !slices.Equal(widths, []float32(l)) {
			t.Fatalf("room is left over, and %v have %v", l, widths)
		}
	})
}

// TestNamesThatBeginAlikeStayApart: a cut at the end would make them one.
func TestNamesThatBeginAlikeStayApart(t *testing.T) {
	a, b := "EsmSqsFilterFunctionNoFilter", "EsmSqsFilterFunctionPrefix"
	if x, y := body.named().fit(a, 110), body.named().fit(b, 110); x == y || x == a {
		t.Errorf("%q and %q", x, y)
	}
}
