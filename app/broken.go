//go:build !headless

package app

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"

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
	d := view.NewSheet(filepath.Base(f.path)+" cannot be read",
		"Line "+strconv.Itoa(f.line)+", column "+strconv.Itoa(f.column)+": "+f.why+".\nMend the line, then open the file again.", pane.Root)
	d.Width, d.Height = 860, min(420, pane.Need())
	d.Also("Open in the editor", false, func() { w.editFile(f.path, f.line) })
	d.Leave("Close")
	d.Act("Open again", view.Primary, again)
	w.present(d, nil)
	pane.Reveal()
	w.pane = pane
}
