//go:build !headless

package app

import (
	"os"
	"strconv"

	"fyne.io/fyne/v2"

	"bulkhead/app/theme"
)

// Preferences of how the window is read.
const (
	prefTextSize = "textSize" // in per cent
	prefStill    = "still"    // no motion
)

// textSizes are those that are offered, in per cent.
var textSizes = []int{80, 90, 100, 110, 120, 150, 200}

// scaleEnv is what the toolkit takes the size of everything from, when its settings change as well.
const scaleEnv = "FYNE_SCALE"

func (w *window) textSize() int { return w.app.Preferences().IntWithFallback(prefTextSize, 100) }

// takeTextSize makes the toolkit draw at the size that was chosen; one that the environment asks for stays.
func (w *window) takeTextSize() {
	if p := w.textSize(); p != 100 || w.sized {
		w.sized = true
		_ = os.Setenv(scaleEnv, strconv.FormatFloat(float64(p)/100, 'f', 2, 64)) // a name without a =
	}
}

// setTextSize makes everything larger or smaller.
func (w *window) setTextSize(percent int) {
	was, size := w.textSize(), w.win.Canvas().Size()
	w.app.Preferences().SetInt(prefTextSize, percent)
	w.sized = true
	w.takeTextSize()
	mode := theme.System
	if t, ok := w.app.Settings().Theme().(*theme.Theme); ok {
		mode = t.Mode()
	}
	w.app.Settings().SetTheme(theme.New(mode)) // the toolkit asks for the scale again
	// As large on the screen as it was.
	w.win.Resize(fyne.NewSize(size.Width*float32(was)/float32(percent), size.Height*float32(was)/float32(percent)))
	w.showTools()
}

// still reports whether motion is turned off.
func (w *window) still() bool { return w.app.Preferences().Bool(prefStill) }

func (w *window) toggleMotion() {
	w.app.Preferences().SetBool(prefStill, !w.still())
	w.pause()
	w.floods.SetStill(w.still())
	w.showMenu()
}
