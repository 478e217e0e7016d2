//go:build !headless

package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"bulkhead/app/theme"
	"bulkhead/assets"
	"bulkhead/importers"
)

// appID names the preferences.
const appID = "dev.bulkhead.Bulkhead"

// Windowed says whether Run opens a window.
const Windowed = true

var errNoDisplay = errors.New("there is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are empty): try bulkhead tour, which does the same job without one, or bulkhead help for the commands")

// Run opens the window, with the design that paths make if there are any, and returns when the window was closed or ctx is
// done. Without a display it returns an error at once.
func Run(ctx context.Context, p Program, paths []string, o importers.Options) error {
	// Fyne's driver panics where there is no display.
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errNoDisplay
	}
	a := fyneapp.NewWithID(appID)
	if icon, err := assets.FS.ReadFile("icons/app/bulkhead.png"); err == nil {
		a.SetIcon(fyne.NewStaticResource("bulkhead.png", icon))
	}
	a.Settings().SetTheme(theme.New(theme.ModeOf(a.Preferences().String(prefTheme))))
	w := newWindow(a, p, o)
	stop := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer stop()
	a.Lifecycle().SetOnStarted(func() {
		if len(paths) > 0 {
			w.open(paths...)
		}
	})
	if err := present(w.win); err != nil {
		return err
	}
	a.Run()
	w.close()
	return nil
}

// present shows the window. Fyne's driver panics where it cannot reach the display.
func present(win fyne.Window) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("no window can be opened on this display (%v): try bulkhead tour, which does the same job without one", p)
		}
	}()
	win.Show()
	return nil
}
