package view

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestPaletteFindsAndRuns(t *testing.T) {
	newApp(t)
	p := NewPalette([]Command{
		{Menu: "File", Name: "Open…"}, {Menu: "Edit", Name: "Undo", Disabled: true}, {Menu: "View", Name: "Zoom In"}, {Menu: "View", Name: "Zoom Out"},
	})
	win := newWindow(t, p.Root, 500, 300)
	ran, done := "", 0
	p.OnRun = func(c Command) { ran = c.Name }
	win.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape {
			done++
		}
	})
	if len(p.shown) != 4 || p.shown[3].Name != "Undo" {
		t.Errorf("at first %+v are shown: those that can be run come first", p.shown)
	}
	win.Canvas().Focus(p.Search)
	test.Type(p.Search, "zo vi")
	if len(p.shown) != 2 {
		t.Fatalf("“zo vi” finds %+v", p.shown)
	}
	key := func(k fyne.KeyName) { p.Search.TypedKey(&fyne.KeyEvent{Name: k}) }
	key(fyne.KeyDown)
	key(fyne.KeyDown) // there is no third
	key(fyne.KeyReturn)
	if ran != "Zoom Out" {
		t.Errorf("Enter ran %q", ran)
	}
	ran = ""
	p.Search.SetText("undo")
	key(fyne.KeyReturn)
	if ran != "" {
		t.Errorf("%q ran, which cannot be done now", ran)
	}
	p.Search.SetText("open")
	test.Tap(all[*paletteRow](p.Root)[0])
	if ran != "Open…" {
		t.Errorf("a click ran %q", ran)
	}
	key(fyne.KeyEscape)
	if done != 1 {
		t.Error("Escape does not reach the window")
	}
}
