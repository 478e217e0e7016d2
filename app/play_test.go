//go:build !headless

package app

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
)

// TestABreachPlaysHopByHop: chosen by hand, its water goes on by itself to the last hop; Space stops it and lets it go on; by the
// slider it stops; without motion nothing moves by itself.
func TestABreachPlaysHopByHop(t *testing.T) {
	w := openWindow(t, "sample:team")
	do(func() bool { w.beat = time.Millisecond; return true })
	far := do(func() int { return w.floods.Hops() })
	if far < 2 {
		t.Fatalf("%d hops", far)
	}
	start := do(func() string { return string(w.state.Start) })
	var seen []int
	watch := func() bool {
		if n := len(seen); n == 0 || seen[n-1] != w.look.hop {
			seen = append(seen, w.look.hop)
		}
		return false
	}
	do(func() bool { w.selectElement(""); return true })
	do(func() bool { w.session.Breach(""); return true })
	until(t, "nothing is breached", func() bool { return w.state.Start == "" })
	do(func() bool {
		w.beat = 150 * time.Millisecond
		w.selectElement(w.state.After.Measures.WorstOf)
		return true
	})
	until(t, "the first hop", func() bool { watch(); return string(w.state.Start) == start && w.look.hop == 1 && w.playing != nil })
	until(t, "all of it", func() bool { watch(); return w.look.hop == 0 && w.playing == nil })
	for hop := 1; hop < far; hop++ {
		if !slices.Contains(seen, hop) {
			t.Errorf("of %d hops it showed %v", far, seen)
		}
	}

	space := func() { do(func() bool { w.win.Canvas().OnTypedRune()(' '); return true }) }
	do(func() bool { w.beat = time.Hour; return true })
	space()
	until(t, "hop 1 again", func() bool { return w.look.hop == 1 && w.playing != nil })
	space()
	if on := do(func() bool { return w.playing != nil }); on {
		t.Error("Space does not stop it")
	}
	do(func() bool { w.beat = time.Millisecond; return true })
	space()
	until(t, "all of it from where it stood", func() bool { return w.look.hop == 0 && w.playing == nil })

	do(func() bool { w.beat = time.Hour; return true })
	space()
	until(t, "a play", func() bool { return w.playing != nil && w.look.hop == 1 })
	do(func() bool { w.floods.OnHop(0); return true })
	if on := do(func() bool { return w.playing != nil }); on {
		t.Error("by the slider it does not stop")
	}
	do(func() bool { w.toggleMotion(); return true })
	defer do(func() bool { w.toggleMotion(); return true })
	space()
	if on := do(func() bool { return w.playing != nil }); on {
		t.Error("it moves by itself without motion")
	}
}

// TestTheBreachIsDragged takes the sign of the breach onto another function, in the hull and on the map.
func TestTheBreachIsDragged(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	take := func(onto string) {
		t.Helper()
		until(t, "the sign", func() bool {
			_, ok := w.canvas.Place(w.state.After.Design.Find(onto).ElementID())
			return ok && len(w.canvas.Scene().Markers) == 1 && w.canvas.Settled() && w.job.cancel == nil
		})
		do(func() bool {
			m, fit := w.canvas.Scene().Markers[0], w.canvas
			at, _ := fit.Place(w.state.After.Design.Find(onto).ElementID())
			from := fit.On(m.X+m.W/2, m.Y+m.H/2)
			for i := range 5 {
				p := fyne.NewPos(from.X+(at.X-from.X)*float32(i+1)/5, from.Y+(at.Y-from.Y)*float32(i+1)/5)
				fit.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p, AbsolutePosition: p}, Dragged: fyne.NewDelta((at.X-from.X)/5, (at.Y-from.Y)/5)})
			}
			fit.DragEnd()
			return true
		})
		until(t, "the breach of "+onto, func() bool { return w.state.Start == w.state.After.Design.Find(onto).ElementID() })
	}
	take("Mailer")
	do(func() bool { w.showChart(view.MapChart); return true })
	until(t, "the map", func() bool { return w.shown.look.chart == view.MapChart && w.shown.state.Start == "fn/Mailer" })
	take("Shop")
}
