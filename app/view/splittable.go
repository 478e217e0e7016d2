package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"bulkhead/render"
)

// A splitTable shows a split as a table: a column for each part, a row for each trigger, access and variable.
type splitTable struct {
	board   *SplitBoard
	grid    *fyne.Container
	scroll  *container.Scroll
	reaches []*Label
}

func newSplitTable(b *SplitBoard) *splitTable {
	t := &splitTable{board: b, grid: &fyne.Container{Layout: &matrix{}}}
	t.scroll = container.NewScroll(t.grid)
	return t
}

// judge shows each part's reach.
func (t *splitTable) judge() {
	for i, l := range t.reaches {
		e := t.board.share(i)
		l.Set(e.Text, e.style())
	}
}

// build makes the cells again.
func (t *splitTable) build() {
	b, p := t.board, t.board.Plan
	m := &matrix{columns: len(p.Parts)}
	var cells []fyne.CanvasObject
	row := func(height float32, head fyne.CanvasObject, parts func(i int) fyne.CanvasObject) {
		m.heights = append(m.heights, height)
		cells = append(cells, head)
		for i := range p.Parts {
			cells = append(cells, parts(i))
		}
	}
	nothing := func(int) fyne.CanvasObject { return NewLabel("", small) }
	t.reaches = nil
	row(34, NewLabel("Name", small), func(i int) fyne.CanvasObject {
		e := newField(p.Parts[i].Name)
		e.SetPlaceHolder("Name")
		if p.Parts[i].Keeps {
			e.Disable()
		}
		e.OnChanged = func(s string) { p.Parts[i].Name = s; b.named() }
		parts := []fyne.CanvasObject{e}
		if len(p.Parts) > p.Least() {
			x := NewButton("", "close", Quiet, func() { p.Remove(i); b.changed() }).withTip("Remove this part")
			x.Height = 24
			parts = append(parts, x)
		}
		return newLine(2, 0, parts...)
	})
	row(34, NewLabel("Handler", small), func(i int) fyne.CanvasObject {
		e := newField(p.Parts[i].Handler)
		e.SetPlaceHolder("module.function")
		e.OnChanged = func(s string) { p.Parts[i].Handler = s; b.named() }
		return e
	})
	row(24, NewLabel("Stays "+Name(p.design, p.Function)+": its ids and names", small), func(i int) fyne.CanvasObject {
		return newMark(p.Parts[i].Keeps, true, func() { p.Keep(i); b.changed() })
	})
	row(22, NewLabel("Reach", small), func(i int) fyne.CanvasObject {
		e := b.share(i)
		l := NewLabel(e.Text, e.style())
		t.reaches = append(t.reaches, l)
		return l
	})
	if len(p.Triggers) > 0 {
		row(28, NewLabel("TRIGGERS", section), nothing)
	}
	for k, x := range p.Triggers {
		row(26, rowHead(triggerIcon(x), p.design.Name(x.ID), ""), func(i int) fyne.CanvasObject {
			return newMark(p.TriggerOf(k) == i, true, func() { p.MoveTrigger(k, i); b.changed() })
		})
	}
	if len(p.Offers) > 0 {
		row(28, NewLabel("ACCESS", section), nothing)
	}
	for o, x := range p.Offers {
		row(28, rowHead(x.Icon, x.Name, x.Statement), func(i int) fyne.CanvasObject {
			label, rank := "—", Quiet
			if l := p.LevelOf(o, i); l > 0 {
				label, rank = x.Levels[l-1].Name, Plain
			}
			var pick *Button
			pick = NewButton(Style{Size: 13, Weight: render.Medium}.fit(label, columnWidth-36), "", rank, func() { t.pick(pick, o, i) })
			pick.Height = 24
			pick.Tip = label
			return newLine(0, -1, pick)
		})
	}
	if len(p.Vars) > 0 {
		row(28, NewLabel("ENVIRONMENT", section), nothing)
	}
	for v, x := range p.Vars {
		row(26, rowHead("parameter", x.Name, ""), func(i int) fyne.CanvasObject {
			return newMark(p.HasVar(v, i), false, func() { p.GiveVar(v, i, !p.HasVar(v, i)); b.changed() })
		})
	}
	t.grid.Layout, t.grid.Objects = m, cells
	t.grid.Refresh()
	t.scroll.Refresh()
}

// pick asks how much of an offer a part is to have.
func (t *splitTable) pick(from *Button, offer, part int) {
	b := t.board
	give := func(level int) func() {
		return func() { b.Plan.Give(offer, part, level); b.changed() }
	}
	items := []*fyne.MenuItem{fyne.NewMenuItem("nothing", give(0))}
	for i, l := range b.Plan.Offers[offer].Levels {
		items = append(items, fyne.NewMenuItem(l.Name, give(i+1)))
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(from)
	if c == nil {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(from)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at.AddXY(0, from.Size().Height))
}

func rowHead(icon, name, note string) fyne.CanvasObject {
	text := NewText(name, body.named())
	if note != "" {
		text.Tip = name + ", by " + note
	}
	return newLine(9, 1, NewPicture(icon, render.Muted, 15), text)
}

// matrix sets cells in rows: a head and a cell for each column.
type matrix struct {
	columns int
	heights []float32
}

const (
	headWidth   = 250
	columnWidth = 176
	columnGap   = 10
)

func (m *matrix) MinSize([]fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, x := range m.heights {
		h += x + 2
	}
	return fyne.NewSize(headWidth+float32(m.columns)*(columnWidth+columnGap)+8, h)
}

func (m *matrix) Layout(o []fyne.CanvasObject, _ fyne.Size) {
	y := float32(0)
	i := 0
	for _, h := range m.heights {
		x := float32(0)
		for c := range m.columns + 1 {
			w := float32(columnWidth)
			if c == 0 {
				w = headWidth - columnGap
			}
			min := o[i].MinSize()
			top := y + max(0, (h-min.Height)/2)
			o[i].Move(fyne.NewPos(x, top))
			o[i].Resize(fyne.NewSize(w, max(min.Height, 0)))
			x += w + columnGap
			i++
		}
		y += h + 2
	}
}
