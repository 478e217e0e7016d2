package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"bulkhead/render"
)

// NewTwins shows tables under each other; their rows are made as they come into sight.
func NewTwins(twins []render.Twin) fyne.CanvasObject {
	type entry struct {
		cells []string
		rank  int // 0 a row, 1 the heads, 2 a title
		of    int // table
	}
	var entries []entry
	wants := make([][]float32, len(twins))
	for i, t := range twins {
		entries = append(entries, entry{[]string{t.Title}, 2, i}, entry{t.Head, 1, i})
		wants[i] = make([]float32, len(t.Head))
		for _, r := range append([][]string{t.Head}, t.Rows...) {
			for k, c := range r {
				if k < len(wants[i]) {
					wants[i][k] = max(wants[i][k], min(float32(body.width(c))+18, 360))
				}
			}
		}
		for _, r := range t.Rows {
			entries = append(entries, entry{r, 0, i})
		}
	}
	list := widget.NewList(func() int { return len(entries) },
		func() fyne.CanvasObject { return &fyne.Container{Layout: &twinRow{}} },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			e := entries[i]
			c := o.(*fyne.Container)
			style := body
			switch e.rank {
			case 1:
				style = small.weighing(render.Medium)
			case 2:
				style = heading
			}
			c.Objects = nil
			for _, text := range e.cells {
				c.Objects = append(c.Objects, NewText(text, style))
			}
			c.Layout = &twinRow{wants[e.of], e.rank == 2}
			c.Layout.Layout(c.Objects, c.Size())
			c.Refresh()
		})
	return list
}

// twinRow sets cells in columns; where they want more than there is, each gives way by its share.
type twinRow struct {
	wants []float32
	whole bool
}

func (r *twinRow) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 24) }

func (r *twinRow) Layout(o []fyne.CanvasObject, s fyne.Size) {
	if r.whole && len(o) > 0 {
		o[0].Move(fyne.NewPos(8, 0))
		o[0].Resize(fyne.NewSize(s.Width-16, s.Height))
		return
	}
	sum := float32(0)
	for _, w := range r.wants {
		sum += w
	}
	scale := float32(1)
	if sum > s.Width-16 && sum > 0 {
		scale = (s.Width - 16) / sum
	}
	x := float32(8)
	for i, c := range o {
		if i >= len(r.wants) {
			break
		}
		w := r.wants[i] * scale
		c.Move(fyne.NewPos(x, 0))
		c.Resize(fyne.NewSize(w-10, s.Height))
		x += w
	}
}
