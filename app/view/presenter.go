package view

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"bulkhead/render"
)

// A Presenter is the page of a presentation: one picture as large as the screen, under it in large type what it shows and
// what the speaker has noted.
type Presenter struct {
	Root                    fyne.CanvasObject
	OnGo                    func(step int) // counted from 0
	OnNote                  func(text string)
	OnLeave                 func()
	title, claim, count     *Text
	note                    *Text
	entry                   *noteEntry
	editor                  fyne.CanvasObject
	back, next, write, done *Button
	at, of                  int
}

// NewPresenter lays a picture out for presenting.
func NewPresenter(picture fyne.CanvasObject) *Presenter {
	p := &Presenter{title: NewText("", title.sized(26)), claim: NewText("", Style{Size: 17, Color: render.Muted, Lines: 2}), note: NewText("", Style{Size: 20, Lines: 6}),
		count: NewText("", Style{Size: 15, Color: render.Muted, Align: fyne.TextAlignTrailing})}
	p.entry = &noteEntry{leave: func() { p.Edit(false) }}
	p.entry.MultiLine = true
	p.entry.Wrapping = fyne.TextWrapWord
	p.entry.ExtendBaseWidget(p.entry)
	p.entry.SetPlaceHolder("What to say on this step. Escape ends writing.")
	p.entry.OnChanged = func(text string) {
		p.note.SetText(text)
		if p.OnNote != nil {
			p.OnNote(text)
		}
	}
	p.editor = newFixed(0, 84, p.entry)
	p.editor.Hide()
	p.back = NewButton("Back", "", Quiet, func() { p.Go(p.at - 1) }).withTip("Step back (←)")
	p.next = NewButton("Next", "right", Plain, func() { p.Go(p.at + 1) }).withTip("Next step (→)")
	p.write = NewButton("Note…", "", Quiet, func() { p.Edit(!p.editor.Visible()) }).withTip("Write a note for this step (N)")
	p.done = NewButton("Leave", "close", Quiet, func() { p.OnLeave() }).withTip("Leave the presentation (Esc)")
	foot := newColumn(6, newLine(16, 0, p.title, newFixed(90, 24, p.count), p.back, p.next, p.write, p.done), p.claim, p.note, p.editor)
	p.Root = newBehind(NewGround(render.Ground, render.None, 0), NewFrame(nil, container.NewStack(picture),
		newColumn(0, NewRule(), newBehind(NewGround(render.Panel, render.None, 0), newInset(32, 14, foot)))))
	return p
}

// Go asks for a step that is there.
func (p *Presenter) Go(step int) {
	if step >= 0 && step < p.of && step != p.at && p.OnGo != nil {
		p.OnGo(step)
	}
}

// At is the step that is shown, and how many there are.
func (p *Presenter) At() (step, of int) { return p.at, p.of }

// Show shows a step.
func (p *Presenter) Show(step, of int, title, claim, note string) {
	p.at, p.of = step, of
	p.title.SetText(title)
	p.claim.SetText(claim)
	p.note.SetText(note)
	if p.entry.Text != note {
		p.entry.SetText(note)
	}
	p.count.SetText(fmt.Sprintf("%d of %d", step+1, of))
	p.back.Set(false, step == 0)
	p.next.Set(false, step == of-1)
	p.Root.Refresh()
}

// Edit opens the field of the note, or closes it.
func (p *Presenter) Edit(on bool) {
	if !on {
		p.editor.Hide()
		if c := fyne.CurrentApp().Driver().CanvasForObject(p.entry); c != nil {
			c.Unfocus()
		}
	} else {
		p.editor.Show()
		if c := fyne.CurrentApp().Driver().CanvasForObject(p.Root); c != nil {
			c.Focus(p.entry)
		}
	}
	p.Root.Refresh()
}

// noteEntry is a field that Escape leaves.
type noteEntry struct {
	widget.Entry
	leave func()
}

// TypedKey leaves the field on Escape.
func (e *noteEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.leave()
		return
	}
	e.Entry.TypedKey(k)
}
