package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// A Field is a line of text to fill in. Escape is the window's, as it is anywhere else.
type Field struct {
	widget.Entry
}

func newField(text string) *Field {
	f := &Field{}
	f.ExtendBaseWidget(f)
	f.SetText(text)
	f.CursorColumn = len([]rune(text))
	return f
}

// TypedKey hands Escape on.
func (f *Field) TypedKey(k *fyne.KeyEvent) {
	if !escaped(f, k) {
		f.Entry.TypedKey(k)
	}
}
