package view

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

func TestFloodsListEveryHitOnce(t *testing.T) {
	for _, sample := range []string{"webshop", "photos", "lambdashell", "team"} {
		for _, vulnerable := range []bool{false, true} {
			_, st := opened(t, sample)
			l := FloodsOf(st.After, vulnerable, 0)
			want := 0
			for _, h := range st.After.Breach.Hits {
				if vulnerable || !h.Fed {
					want++
				}
			}
			got := 0
			for _, r := range l.Rows {
				if r.Name != "The sea" && r.Name != "Administrator" {
					got++
				}
				if r.Can == "" || r.Why == "" || r.Word == "" || r.Icon == "" {
					t.Errorf("%s: %s is not explained: %+v", sample, r.Name, r)
				}
			}
			if got != want {
				t.Errorf("%s, vulnerable %v: %d rows of %d hits", sample, vulnerable, got, want)
			}
		}
	}
}

func TestFloodsOfAHopHideWhatIsFurther(t *testing.T) {
	_, st := opened(t, "team")
	every := FloodsOf(st.After, false, 0)
	if every.Hops < 2 {
		t.Fatalf("the sample has ways of %d hops only", every.Hops)
	}
	one := FloodsOf(st.After, false, 1)
	if one.Hop != 1 || one.Hops != every.Hops || len(one.Rows)+one.Hidden != len(every.Rows) || one.Hidden == 0 {
		t.Errorf("hop %d of %d, %d rows and %d hidden of %d", one.Hop, one.Hops, len(one.Rows), one.Hidden, len(every.Rows))
	}
}

// A hop shows no capability and no sea that a later one brings; what it shows is within what the last one shows.
func TestFloodsOfAHopSayNothingOfLaterOnes(t *testing.T) {
	s, st := opened(t, "team")
	deeper := 0
	for _, f := range st.After.Design.Functions() {
		s.Select(f.ID)
		st := s.State()
		b := st.After.Breach
		for hop := 1; hop < FloodsOf(st.After, false, 0).Hops; hop++ {
			for _, r := range FloodsOf(st.After, false, hop).Rows {
				if r.ID == "" {
					if sea := reach.SeaWords(b.SeaAt(false, hop)); r.Can != sea {
						t.Errorf("%s, hop %d: the sea is %q, not %q", f.ID, hop, r.Can, sea)
					}
				}
			}
			for _, h := range b.Hits {
				at := h.At(hop, false)
				for _, w := range h.Ways() {
					if more := w.Capabilities &^ at.Capabilities; w.Hops <= hop && more&h.Capabilities != 0 {
						t.Errorf("%s, hop %d: %v of %s is not shown", f.ID, hop, more.All(), h.Target)
					}
				}
				if at.Capabilities != h.Capabilities {
					deeper++
				}
			}
			if reach.SeaWords(b.SeaAt(false, hop)) != reach.SeaWords(b.Sea(false)) {
				deeper++
			}
		}
	}
	if deeper < 2 {
		t.Errorf("the sample shows no difference between hops (%d)", deeper)
	}
}

func TestFloodLinksLeadToTheLine(t *testing.T) {
	newApp(t)
	_, st := opened(t, "webshop")
	f := NewFloods()
	newWindow(t, f.Root, 900, 500)
	l := FloodsOf(st.After, false, 0)
	f.Set(l)
	var at []source.Span
	var selected []model.ID
	f.OnSource = func(s source.Span) { at = append(at, s) }
	f.OnSelect = func(id model.ID) { selected = append(selected, id) }
	test.Tap(link(t, f.Root, "template.yaml:30"))
	if len(at) != 1 || at[0].File != "template.yaml" || at[0].Line != 30 {
		t.Errorf("the link leads to %v", at)
	}
	for _, r := range all[*floodRow](f.Root) {
		if r.row.Name == "Orders" {
			test.Tap(r)
		}
	}
	if !slices.Equal(selected, []model.ID{"res/Orders"}) {
		t.Errorf("selected %q", selected)
	}
	if !strings.Contains(texts(f.Root), "Breach of Shop: 6 of 6, 100 %") {
		t.Errorf("the claim is not shown:\n%s", texts(f.Root))
	}
}

func TestStepperStepsByClickDragAndKeys(t *testing.T) {
	newApp(t)
	s := NewStepper()
	newWindow(t, s, 200, 30)
	s.Resize(s.MinSize())
	var got []int
	s.OnChange = func(n int) { got = append(got, n) }
	s.Set(3, 3)
	s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(s.x(1)+2, 8)})
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(s.x(2)-3, 8)}})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // already there
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if want := []int{1, 2, 3, 2}; !slices.Equal(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
}

// Each reason of a row names every statement that it takes to do all that the row says, and its link leads to the one
// that is named first.
func TestFloodsReasons(t *testing.T) {
	for _, sample := range []string{"webshop", "photos", "team"} {
		_, st := opened(t, sample)
		d := st.After.Design
		l := FloodsOf(st.After, true, 0)
		for i := range st.After.Breach.Hits {
			h := st.After.Breach.Hits[i].At(0, true)
			k := slices.IndexFunc(l.Rows, func(r FloodRow) bool { return r.ID == h.Target && r.Name != "Administrator" })
			if k < 0 {
				t.Fatalf("%s: no row of %s", sample, h.Target)
			}
			row := l.Rows[k]
			first := len(row.Why)
			var at source.Span
			for _, one := range h.ByWay() {
				for _, e := range one.Grounds() {
					n := strings.Index(row.Why, e.Sentence(d))
					if n < 0 {
						t.Errorf("%s: %s is said to %s, but %q is not named in %q", sample, row.Name, row.Can, e.Sentence(d), row.Why)
					} else if n < first && !e.Span.IsZero() {
						first, at = n, e.Span
					}
				}
			}
			if !at.IsZero() && row.Place != at {
				t.Errorf("%s: the link of %s leads to %s, not to %s", sample, row.Name, row.Place, at)
			}
		}
	}
}
