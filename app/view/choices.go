package view

import (
	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// A Choice is one thing of a list to do.
type Choice struct {
	Icon, Name, Sentence string
	Button               string
	Not                  string // why it cannot be done now, "" if it can
	OnTap                func()
}

// NewChoices lists things to do, one card each.
func NewChoices(choices []Choice) fyne.CanvasObject {
	page, content := newPage(8, 4, 4)
	var rows []fyne.CanvasObject
	for _, c := range choices {
		b := NewButton(c.Button, "", Plain, c.OnTap)
		sentence := c.Sentence
		if c.Not != "" {
			b.Set(false, true)
			sentence = c.Not
		}
		text := newColumn(1, NewLabel(c.Name, strong), NewLabel(sentence, para.lines(3)))
		row := &fyne.Container{Layout: &tallLine{line{12, 1}}, Objects: []fyne.CanvasObject{NewPicture(c.Icon, render.Link, 20), text, b}}
		rows = append(rows, newBehind(NewGround(render.Panel, render.Line, 8), newInset(14, 9, row)))
	}
	refill(page, content, true, rows...)
	return page
}
