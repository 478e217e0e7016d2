package view

import (
	"slices"

	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// A FocusBar chooses what a picture shows of a design that is too large for one.
type FocusBar struct {
	Root     fyne.CanvasObject
	OnChoose func(focus string) // one of the keys

	choice *Picker
	keys   []string
}

// Focus keys that are no names of groups.
const (
	FocusBreach = ""  // the compartments around the breach
	FocusAll    = "*" // all, or the worst as far as there is room
)

// NewFocusBar returns a bar that is hidden.
func NewFocusBar() *FocusBar {
	b := &FocusBar{}
	b.choice = NewPicker(nil, func() {
		if i := b.choice.At(); i >= 0 && b.OnChoose != nil {
			b.OnChoose(b.keys[i])
		}
	})
	b.Root = newBehind(NewGround(render.Panel, render.None, 0), newColumn(0, newInset(14, 4, newLine(10, -1, NewLabel("Shows", small.whole()), newFixedWidth(340, b.choice))), NewRule()))
	b.Root.Hide()
	return b
}

// Set offers the surroundings of a breach, "" for none; the groups; and all. No groups hide the bar.
func (b *FocusBar) Set(groups []render.Bundle, breach, all, focus string) {
	if len(groups) == 0 {
		b.Root.Hide()
		return
	}
	b.keys = nil
	var options []Option
	if breach != "" {
		b.keys, options = []string{FocusBreach}, []Option{{Name: "around " + breach}}
	}
	for _, g := range groups {
		b.keys, options = append(b.keys, g.Name), append(options, Option{Name: g.String()})
	}
	b.keys, options = append(b.keys, FocusAll), append(options, Option{Name: all})
	b.choice.Set(options, max(0, slices.Index(b.keys, focus)))
	b.Root.Show()
}
