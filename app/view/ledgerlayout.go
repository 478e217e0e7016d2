package view

import (
	"slices"

	"fyne.io/fyne/v2"
)

// ledgerLayout sets the measures side by side, with the note at the end. It holds how wide each would be: where all have
// that, what is left over goes between them; else the widest give way first.
type ledgerLayout []float32

const (
	ledgerGap  = 14
	ledgerNote = 150 // the least width of the note
)

// MinSize is that of a small window.
func (ledgerLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(600, 44) }

// Layout places the measures and the note.
func (l ledgerLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	if len(o) != len(l)+1 {
		return
	}
	note := fyne.Max(ledgerNote, min(s.Width*0.2, 320))
	widths, gap := l.widths(s.Width - note)
	if fyne.Max(0, gap) == 0 {
		note = ledgerNote
		widths, gap = l.widths(s.Width - note)
	}
	x := float32(0)
	for i, w := range widths {
		o[i].Move(fyne.NewPos(x, 0))
		o[i].Resize(fyne.NewSize(w, s.Height))
		x += w + ledgerGap + gap
	}
	o[len(l)].Move(fyne.NewPos(s.Width-note, 0))
	o[len(l)].Resize(fyne.NewSize(note, s.Height))
}

// widths are those of the measures in a room, and what is left over after each beyond the usual gap.
func (l ledgerLayout) widths(room float32) (widths []float32, gap float32) {
	widths = slices.Clone(l)
	n := float32(len(l))
	if n == 0 {
		return nil, 0
	}
	room -= n * ledgerGap
	sum := float32(0)
	for _, w := range widths {
		sum += w
	}
	if sum <= room {
		return widths, (room - sum) / n
	}
	// No measure is wider than most; those that are narrower keep what they want.
	most := slices.Max(widths)
	for sum > room+0.5 && most > 60 {
		most--
		sum = 0
		for i, w := range l {
			widths[i] = min(w, most)
			sum += widths[i]
		}
	}
	return widths, 0
}
