//go:build !headless

package app

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/theme"
	"bulkhead/model"
	"bulkhead/render/slides"
)

// TestGallery draws the window for docs/gallery (make gallery), where BULKHEAD_GALLERY says where that is.
func TestGallery(t *testing.T) {
	dir := os.Getenv("BULKHEAD_GALLERY")
	if dir == "" {
		t.Skip("NOTICE: skipped, no BULKHEAD_GALLERY to draw into")
	}
	for _, p := range []struct {
		name, path string
		mode       theme.Mode
		show       func(w *window)
		until      func(w *window) bool
	}{
		{"wipe-dark", "sample:webshop/split.bulkhead", theme.Dark, func(w *window) { w.toggleWipe() }, func(w *window) bool { return w.canvas.Wiping() }},
		{"table-dark", fleet(t), theme.Dark, func(*window) {}, func(w *window) bool { return w.ranks.Root.Visible() }},
		{"blank-dark", "", theme.Dark, func(*window) {}, nil},
		{"present-dark", "sample:webshop/split.bulkhead", theme.Dark, func(w *window) {
			w.makeSlides([]model.ID{"fn/Shop"}, func(all []slides.Slide) {
				w.startPresenting(all)
				w.showSlide(1)
			})
		}, func(w *window) bool { return w.showing != nil }},
		{"contrast-light", "sample:team", theme.ContrastLight, func(*window) {}, nil},
	} {
		var w *window
		if p.path == "" {
			w = blankWindow(t, 1)
			until(t, "the pattern", func() bool {
				return len(w.state.After.Design.Functions()) == 2 && w.state.Analysed() && w.state.Start != ""
			})
		} else {
			w = openWindow(t, p.path)
		}
		do(func() bool { w.setTheme(p.mode); w.win.Resize(fyne.NewSize(1280, 800)); return true })
		do(func() bool { p.show(w); return true })
		if p.until != nil {
			until(t, p.name, func() bool { return p.until(w) })
		}
		until(t, "the picture of "+p.name, func() bool {
			return w.showing != nil || w.state.Analysed() && w.state.After.Sea != session.Uncounted && w.job.cancel == nil &&
				w.job.last.same(ask{w.state, w.look, w.room()}) && w.canvas.Settled()
		})
		f, err := os.Create(filepath.Join(dir, "window-"+p.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, capture(w)); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		do(func() bool { w.stopPresenting(); w.setTheme(theme.Light); return true })
	}
}
