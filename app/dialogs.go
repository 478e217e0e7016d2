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
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

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
func (w *window) present(d dialog.Dialog, size fyne.Size, closed func()) {
	w.dialogs = append(w.dialogs, d)
	d.SetOnClosed(func() {
		w.dialogs = slices.DeleteFunc(w.dialogs, func(o dialog.Dialog) bool { return o == d })
		delete(w.kept, d)
		if closed != nil {
			closed()
		}
	})
	// Fyne's file dialog has no size before it is shown.
	d.Show()
	d.Resize(size)
}

// escape puts away the topmost dialog, else the remarks above the picture.
func (w *window) escape() {
	if n := len(w.dialogs); n > 0 {
		d := w.dialogs[n-1]
		if ask := w.kept[d]; ask != nil {
			ask()
		} else {
			d.Hide()
		}
		return
	}
	w.strip.Clear()
}

// keep lets Escape ask before it puts a dialog away in which something would be lost.
func (w *window) keep(d dialog.Dialog, losing func() bool, question, text, yes string) {
	if w.kept == nil {
		w.kept = map[dialog.Dialog]func(){}
	}
	w.kept[d] = func() {
		if !losing() {
			d.Hide()
			return
		}
		ask := dialog.NewCustomConfirm(question, yes, "Stay", widget.NewLabel(text), func(leave bool) {
			if leave {
				d.Hide()
			}
		}, w.win)
		w.present(ask, fyne.NewSize(360, 150), nil)
	}
}

// tell shows a few sentences until they are put away.
func (w *window) tell(title, text string) {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	l.Selectable = true
	d := dialog.NewCustom(title, "Close", l, w.win)
	w.present(d, fyne.NewSize(560, 150), nil)
}

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
	size := w.win.Canvas().Size()
	d := dialog.NewCustomWithoutButtons(at.String(), pane.Root, w.win)
	shut := widget.NewButton("Close", func() { d.Hide() })
	copied := widget.NewButton("Copy these lines", func() { w.app.Clipboard().SetContent(pane.MarkedText()) })
	edit := widget.NewButton("Open in the editor", func() {
		d.Hide()
		w.openEditor(at)
	})
	edit.Importance = widget.HighImportance
	if _, onDisk := w.onDisk(at.File); !onDisk {
		edit.Disable()
	}
	d.SetButtons([]fyne.CanvasObject{shut, copied, edit})
	w.present(d, fyne.NewSize(min(1000, size.Width*0.85), size.Height*0.82), nil)
	pane.Reveal()
	w.pane = pane
}

// showDiagnostics lists what the import said.
func (w *window) showDiagnostics() {
	if w.session == nil {
		return
	}
	var d dialog.Dialog
	list := view.Diagnostics(w.state.Diagnostics(), func(at source.Span) {
		d.Hide()
		w.showSource(at)
	})
	size := w.win.Canvas().Size()
	d = dialog.NewCustom("What the import could not tell", "Close", list, w.win)
	w.present(d, fyne.NewSize(min(900, size.Width*0.8), size.Height*0.7), nil)
}

// showHistory lists the edits; a click goes to one.
func (w *window) showHistory() {
	if w.session == nil {
		return
	}
	var d dialog.Dialog
	list := view.NewHistory(w.state, func(steps int) {
		d.Hide()
		w.strip.Forget() // it speaks of another step
		w.session.GoTo(steps)
	})
	size := w.win.Canvas().Size()
	d = dialog.NewCustom("History", "Close", list, w.win)
	rows := float32(len(w.state.Steps) + len(w.state.Undone) + 2)
	w.present(d, fyne.NewSize(min(640, size.Width*0.8), min(size.Height*0.8, 150+rows*36)), nil)
}

func (w *window) showHelp() {
	text := widget.NewRichTextFromMarkdown(`**Mouse.** Click a function to breach it, or drag the star onto it; a tile or pipe to see who reaches it; the wheel zooms at the pointer, dragging pans, the secondary button opens a menu.

**Keys.** H hull, M map · 1 before, 2 compare, 3 after · F fed functions vulnerable · Space plays a breach hop by hop · G groups by stack · 0 fit, + and − zoom · / or Ctrl+F search · Ctrl+Z and Ctrl+Shift+Z undo and redo · Ctrl+K every action by name · Ctrl+H history · Ctrl+T split · Ctrl+E export · Ctrl+S save · Ctrl+B, Ctrl+I, Ctrl+J fold the parts.

**Signs.** A wall is a role: functions behind it share what it may do. Water shows how much of a bay is reached, a tile's tone how bad it is: read, write and send, delete or permissions or secret. Hatched is *may*: something that was not seen decides. A dotted violet outline is a function whose input the attacker chooses. Open water under the keel is what a breach reaches beyond this design.

**Editing.** × on a chip takes an action or a resource away. A wildcard in orange opens: keep only what is needed. An edit that would allow something new is refused, with the request that shows it.`)
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustom("Keys and signs", "Close", container.NewVScroll(text), w.win)
	w.present(d, fyne.NewSize(680, 470), nil)
}

func (w *window) showAbout() {
	w.tell("Bulkhead "+w.program.Version, "Models AWS serverless systems as compartments, shows what a breach floods, and writes tighter policies back into the repo they came from.\n\nApache License 2.0. Third-party notices are in THIRD_PARTY.md beside the source.")
}
