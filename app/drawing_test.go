//go:build !headless

package app

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/render"
)

// blankWindow shows a blank page.
func blankWindow(t *testing.T, pattern int) *window {
	t.Helper()
	display(t)
	p := program(t)
	w := do(func() *window {
		w := newWindow(real, p, importers.Options{})
		w.win.Show()
		w.win.Resize(fyne.NewSize(1280, 800))
		w.start.OnNew(pattern)
		return w
	})
	t.Cleanup(func() { do(func() bool { w.close(); w.win.Hide(); return true }) })
	until(t, "the new design", func() bool { return w.canvas.Scene() != nil && w.state.Analysed() })
	return w
}

// inBay reports whether a thing stands in a bay of the picture.
func inBay(w *window, thing, bay model.ID) bool {
	var in, out []render.Area
	for _, a := range w.canvas.Scene().Areas {
		if a.Element == thing && !a.Leads {
			in = append(in, a)
		}
		if a.Element == bay && !a.Leads {
			out = append(out, a)
		}
	}
	return len(in) == 1 && len(out) == 1 && in[0].X >= out[0].X && in[0].Y >= out[0].Y && in[0].Y+in[0].H <= out[0].Y+out[0].H
}

// drag carries a thing of the picture to another, or to the corner of the canvas.
func drag(w *window, thing, onto model.ID) bool {
	return do(func() bool {
		from, ok := w.canvas.Place(thing)
		to := fyne.NewPos(2, 2)
		if onto != "" {
			var there bool
			to, there = w.canvas.Place(onto)
			ok = ok && there
		}
		if !ok {
			return false
		}
		for i := range 5 {
			at := fyne.NewPos(from.X+(to.X-from.X)*float32(i+1)/5, from.Y+(to.Y-from.Y)*float32(i+1)/5)
			step := fyne.NewDelta((to.X-from.X)/5, (to.Y-from.Y)/5)
			w.canvas.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at, AbsolutePosition: at}, Dragged: step})
		}
		w.canvas.DragEnd()
		return true
	})
}

// TestABlankPage draws a function and a table, grants it by dragging, and takes it away by dragging out.
func TestABlankPage(t *testing.T) {
	w := blankWindow(t, view.Blank)
	do(func() bool {
		w.add(&edit.NewFunction{Name: "Shop"}, "fn/Shop")
		w.add(&edit.NewResource{Name: "Orders", Type: "AWS::DynamoDB::Table"}, "res/Orders")
		return true
	})
	until(t, "both in the picture", func() bool {
		_, f := w.canvas.Place("role/ShopRole")
		_, r := w.canvas.Place("res/Orders")
		return f && r && w.state.Analysed()
	})
	if !drag(w, "res/Orders", "fn/Shop") {
		t.Fatal("nothing to drag")
	}
	menu := do(func() int { return len(w.win.Canvas().Overlays().List()) })
	if menu != 1 {
		t.Fatalf("letting go shows %d menus", menu)
	}
	do(func() bool {
		w.selectElement("res/Orders")
		w.win.Canvas().Overlays().Remove(w.win.Canvas().Overlays().Top())
		if label := w.offered.Items[0].Label; label != "Let Shop read Orders" {
			t.Errorf("first is offered to %q", label)
		}
		w.offered.Items[0].Action()
		return true
	})
	until(t, "the breach of what was granted something, and word of it", func() bool {
		return w.state.Selected == "fn/Shop" && slices.Contains(w.strip.Texts(), "ShopRole may use Orders: GetItem, BatchGetItem, Query and Scan")
	})
	until(t, "the table is wet", func() bool {
		if !w.state.Analysed() {
			return false
		}
		_, may := w.state.After.Analysis.Depth("fn/Shop", "res/Orders", false)
		return may == 1
	})
	until(t, "the table stands in the bay", func() bool {
		at, ok := w.canvas.Place("res/Orders")
		return ok && w.canvas.At(at) == "res/Orders" && w.state.Comparison != nil && len(w.canvas.Scene().Areas) > 0 && inBay(w, "res/Orders", "role/ShopRole")
	})
	if !drag(w, "res/Orders", "") {
		t.Fatal("nothing to drag out")
	}
	until(t, "the table is dry again", func() bool {
		if !w.state.Analysed() {
			return false
		}
		_, may := w.state.After.Analysis.Depth("fn/Shop", "res/Orders", false)
		return may == 0
	})
}

// TestEveryPatternInTheWindow starts from each; what comes of it can be exported.
func TestEveryPatternInTheWindow(t *testing.T) {
	for i, p := range edit.Patterns() {
		w := blankWindow(t, i)
		until(t, p.Name, func() bool {
			return len(w.state.After.Design.Functions()) > 0 && w.state.Analysed() && w.state.Start != ""
		})
		do(func() bool { w.export(); return true })
		if n := do(func() int { return len(w.dialogs) }); n != 1 {
			t.Errorf("%s: %d dialogs", p.Name, n)
		}
		do(func() bool { w.escape(); return true })
	}
}
