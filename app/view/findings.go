package view

import (
	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// Findings are some sentences of one sort, as a dialog lists them.
type Findings struct {
	Title string // "" for none
	Icon  string
	Color render.Color
	Lines []string
	Rest  string // what is not listed, "" for nothing
}

// NewFindings lists sentences, each for itself.
func NewFindings(groups ...Findings) fyne.CanvasObject {
	out := newColumn(16)
	for _, g := range groups {
		if len(g.Lines) == 0 {
			continue
		}
		rows := newColumn(7)
		if g.Title != "" {
			rows.Add(NewLabel(g.Title, section))
		}
		style := Style{Size: 13, Lines: 8}
		for _, l := range g.Lines {
			text := NewText(l, style)
			if g.Icon == "" {
				rows.Add(text)
				continue
			}
			rows.Add(newAside(NewPicture(g.Icon, g.Color, 15), text))
		}
		if g.Rest != "" {
			rows.Add(NewLabel(g.Rest, para))
		}
		out.Add(rows)
	}
	return out
}
