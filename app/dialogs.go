//go:build !headless

package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
	"bulkhead/model/source"
)

// fail tells what went wrong in one line with place and remedy.
func (w *window) fail(what string, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	text := err.Error()
	switch {
	case errors.Is(err, fs.ErrPermission):
		text += "\nIs it readable for you?"
	case errors.Is(err, os.ErrNotExist):
		text += "\nCheck the path; it may have been moved."
	}
	w.tell(what+" did not work", text)
}

// present shows a dialog; Escape puts it away. closed, if not nil, is called when it was.
func (w *window) present(d *view.Sheet, closed func()) {
	w.dialogs = append(w.dialogs, d)
	d.Show(w.win.Canvas(), func() {
		i := slices.Index(w.dialogs, d)
		above := slices.Clone(w.dialogs[i+1:])
		w.dialogs = w.dialogs[:i]
		for _, o := range slices.Backward(above) { // they were about this one
			o.Hide()
		}
		if closed != nil {
			closed()
		}
	})
}

// escape leaves the topmost dialog, else stops what is being proven, else puts away the remarks above the picture.
func (w *window) escape() {
	if n := len(w.dialogs); n > 0 {
		w.dialogs[n-1].Escape()
		return
	}
	if w.proofs.cancel != nil || w.opening != nil {
		w.cancel()
		return
	}
	w.win.Canvas().Unfocus() // the keys are the window's again
	w.strip.Clear()
}

// ask asks whether to go on with something.
func (w *window) ask(title, text, yes, no string, then func()) {
	d := view.NewSheet(title, text, nil)
	d.Leave(no)
	d.Act(yes, view.Primary, then)
	w.present(d, nil)
}

// warn asks before something is lost: Enter and Escape keep it.
func (w *window) warn(title, text, yes, keep string, then func()) {
	d := view.NewSheet(title, text, nil)
	d.Also(yes, true, then)
	d.Act(keep, view.Primary, func() {})
	w.present(d, nil)
}

// keep lets a dialog ask before it is left if something would be lost.
func (w *window) keep(d *view.Sheet, losing func() bool, question, text, yes string) {
	d.OnLeave = func() {
		if !losing() {
			d.Hide()
			return
		}
		w.warn(question, text, yes, "Stay", d.Hide)
	}
}

// tell shows a few sentences until they are put away.
func (w *window) tell(title, text string) {
	d := view.NewSheet(title, "", view.NewWords(text))
	d.Act("Close", view.Primary, func() {})
	w.present(d, nil)
}

// whole is the size of a dialog that shows as much as there is room for.
const whole = 4000

// patience is how long work goes on before it is shown: what is quicker than this needs no strip.
const patience = 250 * time.Millisecond

// busy shows that work goes on, if it does for longer than patience; idle ends it.
func (w *window) busy(doing string) {
	w.working = doing
	time.AfterFunc(patience, func() {
		fyne.Do(func() {
			if w.working == doing {
				w.progress.Set(doing)
			}
		})
	})
}

func (w *window) idle() {
	w.working = ""
	w.progress.Set("")
}

// cancel ends what the progress strip shows.
func (w *window) cancel() {
	if w.opening != nil {
		w.opening()
		w.opening = nil
	}
	if n := len(w.proofs.waiting); w.proofs.stop() {
		text := "The edit was cancelled before it was proven: nothing changed."
		if n > 0 {
			text = "The edits that were not proven yet were cancelled: nothing changed by them."
		}
		w.strip.Show(view.Remark{Text: text})
		w.idle()
		return
	}
	if w.session != nil && !w.state.Analysed() {
		s := w.session
		s.Cancel()
		w.strip.Show(view.Remark{Text: "The analysis was cancelled, so there are no figures and no picture of this design.", Action: "analyse it", OnTap: func() {
			w.strip.Clear()
			go func() { _, _ = s.Wait(context.Background()) }() // what comes of it is in the state
		}})
	}
	if w.job.cancel != nil {
		w.job.stop()
		w.strip.Show(view.Remark{Text: "The picture was not drawn. The table shows every breach at once, and takes no time.", Action: "draw it", OnTap: func() {
			w.strip.Clear()
			w.picture()
		}})
	}
	w.idle()
}

// showSource opens the file at a place.
func (w *window) showSource(at source.Span) {
	if w.session == nil {
		return
	}
	data, ok := w.state.Import.Files[at.File]
	if !ok {
		w.tell("Show "+at.String(), "The file is not among those that were opened.")
		return
	}
	pane := view.NewSourcePane(string(data), at)
	d := view.NewSheet(at.String(), "", pane.Root)
	d.Width, d.Height = 1000, min(whole, pane.Need())
	d.Also("Copy these lines", false, func() { w.app.Clipboard().SetContent(pane.MarkedText()) })
	d.Leave("Close")
	edit := d.Act("Open in the editor", view.Primary, func() { w.openEditor(at) })
	if _, onDisk := w.onDisk(at.File); !onDisk {
		edit.Disabled = true
		edit.Tip = "It is no file on this disk"
	}
	w.present(d, nil)
	pane.Reveal()
	w.pane = pane
}

// showDiagnostics lists what the import said.
func (w *window) showDiagnostics() {
	if w.session == nil {
		return
	}
	var d *view.Sheet
	d = view.NewSheet("What the import could not tell", "", view.Diagnostics(w.state.Diagnostics(), func(at source.Span) {
		d.Hide()
		w.showSource(at)
	}))
	d.Width = 820
	w.present(d, nil)
}

// showHistory lists the edits; a click goes to one.
func (w *window) showHistory() {
	if w.session == nil {
		return
	}
	var d *view.Sheet
	d = view.NewSheet("History", "", view.NewHistory(w.state, func(steps int) {
		d.Hide()
		w.strip.Forget() // it speaks of another step
		w.session.GoTo(steps)
	}))
	d.Width = 640
	w.present(d, nil)
}

func (w *window) showHelp() {
	d := view.NewSheet("Keys and signs", "", view.NewHelp())
	d.Width = 1060
	w.present(d, nil)
}

func (w *window) showAbout() {
	d := view.NewSheet("", "", view.NewAbout(w.program.Version))
	d.Width = 440
	w.present(d, nil)
}
