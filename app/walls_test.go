//go:build !headless

package app

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

// TestWallFromTheList: beside a hit its ways are asked for, the wall that stops it is found and taken away as edits, and undone.
func TestWallFromTheList(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	until(t, "the breach", func() bool { return w.state.Analysed() && w.state.Start == "fn/Shop" && w.floods.Start() == "fn/Shop" })
	do(func() bool { w.floods.OnWays("res/Orders"); return true })
	until(t, "the ways", func() bool { return len(w.dialogs) == 1 && w.dialogs[0].Shown() })
	until(t, "the wall", func() bool { bs := w.dialogs[0].Buttons(); return !bs[len(bs)-1].Disabled })
	do(func() bool {
		bs := w.dialogs[0].Buttons()
		if bs[len(bs)-1].Label != "Take it away" {
			t.Errorf("the button says %q", bs[len(bs)-1].Label)
		}
		test.Tap(bs[len(bs)-1])
		return true
	})
	until(t, "the edit", func() bool {
		return len(w.dialogs) == 0 && len(w.state.Steps) == 1 && w.state.Analysed() && !w.state.After.Breach.Reaches("res/Orders")
	})
	do(func() bool { w.undo(); return true })
	until(t, "the undo", func() bool {
		return len(w.state.Steps) == 0 && w.state.Analysed() && w.state.After.Breach.Reaches("res/Orders")
	})
}

// TestOutsideIsBreachedInTheWindow: who comes from outside is chosen in the outline, and the picture is of what that reaches.
func TestOutsideIsBreachedInTheWindow(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	until(t, "the breach", func() bool { return w.state.Analysed() && w.floods.Start() == "fn/Shop" })
	do(func() bool { w.outline.OnSelect("outside/anyone"); return true })
	until(t, "the breach from outside", func() bool { return w.state.Start == "outside/anyone" && w.floods.Start() == "outside/anyone" })
}
