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

// TypedKey hands Escape on, and Enter where nothing else is done by it.
func (f *Field) TypedKey(k *fyne.KeyEvent) {
	if escaped(f, k) {
		return
	}
	f.Entry.TypedKey(k)
	if f.OnSubmitted == nil && (k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter) {
		handKey(f, k)
	}
}

// NewField returns a line of text that is filled in already, all of it chosen to be written over.
func NewField(text string) *Field {
	f := newField(text)
	f.TypedShortcut(&fyne.ShortcutSelectAll{})
	return f
}
