//go:build !headless

package app

import (
	"testing"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
	"bulkhead/model"
)

// TestPresenting goes through the steps of an edited design, notes something, and comes back to the window.
func TestPresenting(t *testing.T) {
	w := openWindow(t, "sample:webshop/split.bulkhead")
	content := do(func() fyne.CanvasObject { return w.win.Content() })
	do(func() bool { w.functionKey(fyne.KeyF5); return true })
	if n := do(func() int { return len(w.dialogs) }); n != 1 {
		t.Fatalf("F5 opens %d dialogs", n)
	}
	do(func() bool {
		w.escape()
		w.makeSlides([]model.ID{"fn/Shop"}, w.startPresenting)
		return true
	})
	until(t, "the first step", func() bool { return w.showing != nil })
	if n := painted(capture(w)); n < 20 {
		t.Errorf("the step shows %d colours", n)
	}
	key := func(name fyne.KeyName) { do(func() bool { w.presentKey(&fyne.KeyEvent{Name: name}); return true }) }
	at := func() int { return do(func() int { step, _ := w.showing.page.At(); return step }) }
	key(fyne.KeyLeft)
	key(fyne.KeyRight)
	if at() != 1 {
		t.Errorf("one step on it is step %d", at())
	}
	do(func() bool { w.showing.page.OnNote("Mind the wildcard."); return true })
	key(fyne.KeyEnd)
	if n := do(func() int { return len(w.showing.slides) }); at() != n-1 || n != 5 {
		t.Errorf("the last of %d steps is step %d", n, at())
	}
	key(fyne.KeyEscape)
	if back := do(func() bool { return w.showing == nil && w.win.Content() == content && w.win.MainMenu() == w.menu.main }); !back {
		t.Error("Escape does not come back to the window")
	}
	do(func() bool { w.makeSlides([]model.ID{"fn/Shop"}, w.startPresenting); return true })
	until(t, "the steps again", func() bool { return w.showing != nil })
	if note := do(func() string { return w.showing.slides[1].Note }); note != "Mind the wildcard." {
		t.Errorf("the note is %q", note)
	}
	do(func() bool { w.stopPresenting(); return true })
}

// TestWipeInTheWindow compares both sides in one place.
func TestWipeInTheWindow(t *testing.T) {
	w := openWindow(t, "sample:webshop/split.bulkhead")
	scene := do(func() any { return w.canvas.Scene() })
	do(func() bool { w.toggleWipe(); return true })
	until(t, "the wipe", func() bool { return w.canvas.Wiping() })
	if same := do(func() bool { return w.canvas.Scene() == scene }); same {
		t.Error("left of the wipe there is the design after")
	}
	do(func() bool { w.showSide(view.After); return true })
	until(t, "one picture", func() bool { return !w.canvas.Wiping() })
}
