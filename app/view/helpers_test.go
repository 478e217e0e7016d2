package view

import "fyne.io/fyne/v2/canvas"

func (t *Label) text() string { return t.Text }

func canvasText(o any) string {
	if x, ok := o.(*canvas.Text); ok {
		return x.Text
	}
	return ""
}
