package view

import (
	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/model/edit"
	"bulkhead/render"
)

// NewHistory lists the edits that were done and those that were undone; a click goes to the design as it was after so
// many of them.
func NewHistory(st session.State, goTo func(steps int)) fyne.CanvasObject {
	page, content := newPage(2, sheetBleed, 2)
	now := len(st.Steps)
	rows := []fyne.CanvasObject{historyRow("As it was imported", "", now == 0, false, func() { goTo(0) })}
	for i, s := range append(append([]edit.Step(nil), st.Steps...), st.Undone...) {
		note := ""
		if s.Unproven != "" {
			note = "Not proven to allow nothing new: " + s.Unproven
		}
		rows = append(rows, historyRow(s.Edit.String(), note, i+1 == now, i >= now, func() { goTo(i + 1) }))
	}
	if len(rows) == 1 {
		rows = append(rows, newInset(10, 6, NewLabel("Nothing was edited yet. Each edit is listed here, and a click goes back to it.", para)))
	}
	refill(page, content, true, rows...)
	return page
}

func historyRow(text, note string, now, undone bool, tap func()) fyne.CanvasObject {
	rank := Quiet
	icon := "check"
	if undone {
		icon = "redo"
	}
	style := body.lines(3)
	switch {
	case now:
		style = style.weighing(render.Bold)
	case undone:
		style = style.in(render.Muted)
	}
	words := newColumn(1, NewLabel(text, style))
	if note != "" {
		words.Add(NewLabel(note, small.in(render.Danger).lines(3)))
	}
	label := "Go here"
	if now {
		label = "Now"
	}
	b := NewButton(label, "", rank, tap)
	b.Height = 24
	b.Set(false, now)
	row := &fyne.Container{Layout: &tallLine{line{10, 1}}, Objects: []fyne.CanvasObject{NewPicture(icon, render.Muted, 15), words, b}}
	ground := NewGround(render.None, render.None, 6)
	if now {
		ground = NewGround(render.Bilge, render.None, 6)
	}
	return newBehind(ground, newInset(10, 5, row))
}
