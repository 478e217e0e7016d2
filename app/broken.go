//go:build !headless

package app

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/view"
	"bulkhead/model/source"
)

// faultPlace is how importers say where a file goes wrong: "template.yaml:4:4: not YAML: …".
var faultPlace = regexp.MustCompile(`^(.+?):(\d+):(\d+): (.+)`)

// A fault is where a file cannot be read, and why.
type fault struct {
	path         string
	line, column int
	why          string
	text         []byte // of the file
}

// mostFaulty is how large a file may be that is shown, in bytes.
const mostFaulty = 4 << 20

// faultOf finds the place that an error names in a file on disk; false where it names none.
func faultOf(err error) (fault, bool) {
	m := faultPlace.FindStringSubmatch(err.Error())
	if m == nil {
		return fault{}, false
	}
	info, statErr := os.Stat(m[1])
	if statErr != nil || !info.Mode().IsRegular() || info.Size() > mostFaulty {
		return fault{}, false
	}
	text, readErr := os.ReadFile(m[1])
	line, _ := strconv.Atoi(m[2])
	column, _ := strconv.Atoi(m[3])
	return fault{m[1], line, column, m[4], text}, readErr == nil
}

// failOpening tells why a file could not be opened: where the error names a line, with the line, and a way to mend it.
func (w *window) failOpening(name string, err error, again func()) {
	f, ok := faultOf(err)
	if !ok {
		w.fail("Open "+name, err)
		return
	}
	pane := view.NewSourcePane(string(f.text), source.Span{File: f.path, Line: f.line, Column: f.column})
	says := widget.NewLabel("Line " + strconv.Itoa(f.line) + ", column " + strconv.Itoa(f.column) + ": " + f.why + ".\nMend the line, then open the file again.")
	says.Wrapping = fyne.TextWrapWord
	says.Selectable = true
	d := dialog.NewCustomWithoutButtons(filepath.Base(f.path)+" cannot be read", container.NewBorder(says, nil, nil, nil, pane.Root), w.win)
	shut := widget.NewButton("Close", func() { d.Hide() })
	mend := widget.NewButton("Open in the editor", func() { w.editFile(f.path, f.line) })
	retry := widget.NewButton("Open again", func() {
		d.Hide()
		again()
	})
	retry.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{shut, mend, retry})
	size := w.win.Canvas().Size()
	w.present(d, fyne.NewSize(min(860, size.Width*0.85), min(size.Height*0.7, 210+pane.Need())), nil)
	pane.Reveal()
	w.pane = pane
}
