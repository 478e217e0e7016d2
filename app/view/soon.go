package view

import (
	"time"

	"fyne.io/fyne/v2"
)

// soon calls f on the window's goroutine when d has passed. Tests let time pass themselves: their driver calls on
// whatever goroutine asks, beside the test's own.
var soon = func(d time.Duration, f func()) {
	time.AfterFunc(d, func() { fyne.Do(f) })
}
