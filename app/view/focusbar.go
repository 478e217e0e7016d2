package view

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"bulkhead/render"
)

// A FocusBar chooses what a picture shows of a design that is too large for one.
type FocusBar struct {
	Root     fyne.CanvasObject
	OnChoose func(focus string) // one of the keys

	choice *widget.Select
	keys   []string
	quiet  bool
}

// Focus keys that are no names of groups.
const (
	FocusBreach = ""  // the compartments around the breach
	FocusAll    = "*" // all, or the worst as far as there is room
)

// NewFocusBar returns a bar that is hidden.
func NewFocusBar() *FocusBar {
	b := &FocusBar{}
	b.choice = widget.NewSelect(nil, nil)
	b.choice.OnChanged = func(string) {
		if i := b.choice.SelectedIndex(); !b.quiet && i >= 0 && b.OnChoose != nil {
			b.OnChoose(b.keys[i])
		}
	}
	b.Root = newBehind(NewGround(render.Panel, render.None, 0), newColumn(0, newInset(14, 4, newLine(10, 1, NewLabel("Shows", small.whole()), newFixedWidth(340, b.choice))), NewRule()))
	b.Root.Hide()
	return b
}

// Set offers the breach's surroundings, the groups, and all; no groups hide the bar.
func (b *FocusBar) Set(groups []render.Bundle, breach, all, focus string) {
	if len(groups) == 0 {
		b.Root.Hide()
		return
	}
	b.keys = []string{FocusBreach}
	names := []string{"around the breach"}
	if breach != "" {
		names[0] = "around " + breach
	}
	for _, g := range groups {
		b.keys, names = append(b.keys, g.Name), append(names, g.String())
	}
	b.keys, names = append(b.keys, FocusAll), append(names, all)
	b.quiet = true
	b.choice.Options = names
	b.choice.SetSelectedIndex(max(0, slices.Index(b.keys, focus)))
	b.quiet = false
	b.choice.Refresh()
	b.Root.Show()
}
