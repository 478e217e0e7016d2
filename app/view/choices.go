package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

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
	page, content := newPage(8, sheetBleed, 2)
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
		rows = append(rows, newChoiceCard(newInset(14, 9, row), b))
	}
	refill(page, content, true, rows...)
	return page
}

// choiceCard is a card that presses its button wherever it is clicked; the keyboard has the button.
type choiceCard struct {
	widget.BaseWidget
	ground  *Ground
	content fyne.CanvasObject
	button  *Button
}

var (
	_ fyne.Tappable      = (*choiceCard)(nil)
	_ desktop.Hoverable  = (*choiceCard)(nil)
	_ desktop.Cursorable = (*choiceCard)(nil)
)

func newChoiceCard(content fyne.CanvasObject, b *Button) *choiceCard {
	c := &choiceCard{ground: NewGround(render.Panel, render.Line, 8), content: content, button: b}
	c.ExtendBaseWidget(c)
	return c
}

func (c *choiceCard) heightFor(width float32) float32 { return heightOf(c.content, width) }

// Tapped presses the button.
func (c *choiceCard) Tapped(e *fyne.PointEvent) { c.button.Tapped(e) }

// Cursor is a hand where there is something to press.
func (c *choiceCard) Cursor() desktop.Cursor {
	if c.button.Disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn lights the card up.
func (c *choiceCard) MouseIn(*desktop.MouseEvent) { c.ground.light(!c.button.Disabled) }

// MouseMoved does nothing.
func (c *choiceCard) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (c *choiceCard) MouseOut() { c.ground.light(false) }

// CreateRenderer lays the content on the card.
func (c *choiceCard) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(newBehind(c.ground, c.content))
}
