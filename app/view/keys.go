package view

import "fyne.io/fyne/v2"

// Fyne gives keys to what has the focus and to nothing else; what a part does not use is the window's.

// handKey hands a key on to the window.
func handKey(o fyne.CanvasObject, k *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(k)
	}
}

// handRune hands a letter on to the window.
func handRune(o fyne.CanvasObject, r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// presses reports whether a key presses what has the focus.
func presses(k *fyne.KeyEvent) bool {
	return k.Name == fyne.KeySpace || k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter
}

// escaped hands Escape on to the window, of what writes all other keys.
func escaped(o fyne.CanvasObject, k *fyne.KeyEvent) bool {
	if k.Name != fyne.KeyEscape {
		return false
	}
	handKey(o, k)
	return true
}
