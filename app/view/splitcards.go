package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"bulkhead/model/edit"
	"bulkhead/render"
)

// splitCards shows a split as columns of cards: one for each part, and one for what is left out.
type splitCards struct {
	board *SplitBoard
	root  *container.Scroll
	row   *fyne.Container // the columns
	layer *fyne.Container // above all: the card that is dragged

	columns []*splitColumn
	guesses []edit.Guess
	dragged *splitCard // nil while nothing is
	focus   *cardKey   // that is to have the focus when the cards are made again
}

// A cardKey finds a card again that was made anew.
type cardKey struct {
	item item
	part int
}

const (
	partLeast   = 148 // width of a column, where there are many
	partWants   = 230
	partMost    = 440
	leftOut     = 150
	partGap     = 8
	partHead    = 132
	partInset   = 8
	partSpacing = 6
)

func newSplitCards(b *SplitBoard) *splitCards {
	c := &splitCards{board: b, row: &fyne.Container{Layout: columnsLayout{}}, layer: &fyne.Container{}, guesses: b.Plan.Guesses()}
	if n := len(c.guesses); n > 0 {
		c.guesses = c.guesses[:n-1] // the rest speaks of nothing
	}
	c.root = container.NewHScroll(c.row)
	return c
}

// room is the size that shows every card.
func (c *splitCards) room() fyne.Size {
	high := float32(0)
	for _, col := range c.columns {
		high = max(high, heightOf(col.body, partWants-2*partInset)+partHead)
	}
	return fyne.NewSize(max(float32(len(c.columns)-1)*(partWants+partGap), 820)+leftOut, max(high+30, 420))
}

// build makes the columns again.
func (c *splitCards) build() {
	var at []fyne.Position
	for _, col := range c.columns {
		at = append(at, col.scroll.Offset)
	}
	c.columns, c.row.Objects = nil, nil
	for i := range c.board.Plan.Parts {
		c.columns = append(c.columns, newSplitColumn(c, i))
	}
	c.columns = append(c.columns, newSplitColumn(c, nobody))
	for i, col := range c.columns {
		if i < len(at) {
			col.scroll.Offset = at[i]
		}
		c.row.Add(col.root)
	}
	c.judge()
	c.row.Refresh()
	c.root.Refresh()
	c.refocus()
}

// refocus gives the focus back to the card that was moved by a key.
func (c *splitCards) refocus() {
	if c.focus == nil {
		return
	}
	for _, col := range c.columns {
		for _, card := range col.cards {
			if card.key() == *c.focus {
				if cv := fyne.CurrentApp().Driver().CanvasForObject(c.board.Root); cv != nil {
					cv.Focus(card)
				}
			}
		}
	}
	c.focus = nil
}

// showLast scrolls to the part that was added.
func (c *splitCards) showLast() {
	c.root.Offset.X = max(0, c.row.MinSize().Width-c.root.Size().Width)
	c.root.Refresh()
}

// judge shows each part's reach.
func (c *splitCards) judge() {
	for _, col := range c.columns {
		if col.part != nobody {
			e := c.board.share(col.part)
			said := e.Figure
			if said == "" {
				e.Quiet, said = true, "…"
			}
			col.figure.Set(said, figure.in(e.style().color()))
			col.of.SetText(e.Of)
			col.reach.Refresh()
			col.meter.Set(e.Share, e.style().color())
		}
	}
}

// to is the column that a place of the window lies in, nil for none.
func (c *splitCards) to(at fyne.Position) *splitColumn {
	for _, col := range c.columns {
		from := placeOf(col.root)
		size := col.root.Size()
		if at.X >= from.X && at.X < from.X+size.Width && at.Y >= from.Y && at.Y < from.Y+size.Height {
			return col
		}
	}
	return nil
}

// drag carries a card along with the pointer.
func (c *splitCards) drag(card *splitCard, at fyne.Position) {
	if c.dragged == nil {
		c.dragged = card
		hideTip(card)
		ghost := newSplitCard(c, card.item, card.part)
		ghost.ghost = true
		ghost.Resize(card.Size())
		c.layer.Objects = []fyne.CanvasObject{ghost}
		card.Refresh()
	}
	size := card.Size()
	c.layer.Objects[0].Move(at.Subtract(placeOf(c.layer)).SubtractXY(size.Width/3, size.Height/2))
	c.layer.Refresh()
	// Near an edge the columns beyond it come into view.
	left, width := placeOf(c.root).X, c.root.Size().Width
	switch {
	case at.X > left+width-36:
		c.root.Offset.X = min(c.root.Offset.X+24, max(0, c.row.Size().Width-width))
		c.root.Refresh()
	case at.X < left+36:
		c.root.Offset.X = max(0, c.root.Offset.X-24)
		c.root.Refresh()
	}
	to := c.to(at)
	for _, col := range c.columns {
		col.light(col == to && col.part != card.part && c.board.Plan.takes(card.item, col.part))
	}
}

// drop gives the card that is dragged to the column under it.
func (c *splitCards) drop(at fyne.Position) {
	card := c.dragged
	c.dragged = nil
	c.layer.Objects = nil
	c.layer.Refresh()
	if card == nil {
		return
	}
	to := c.to(at)
	if to == nil || to.part == card.part || !c.board.Plan.takes(card.item, to.part) {
		for _, col := range c.columns {
			col.light(false)
		}
		card.Refresh()
		return
	}
	c.give(card, to.part, held(fyne.KeyModifierControl))
}

// held reports whether a modifier is held down.
func held(m fyne.KeyModifier) bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&m != 0
}

// give moves a card to a part, or gives the part the same.
func (c *splitCards) give(card *splitCard, part int, too bool) {
	if too {
		c.board.Plan.share(card.item, card.part, part)
	} else {
		c.board.Plan.move(card.item, card.part, part)
	}
	c.board.changed()
}

// columnsLayout sets columns side by side, as wide as there is room; the last, of what is left out, is narrow.
type columnsLayout struct{}

func (columnsLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(len(o)-1)*(partLeast+partGap)+leftOut, 200)
}

func (columnsLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	n, left := float32(len(o)-1), float32(leftOut)
	w := min(max((s.Width-left-n*partGap)/n, partLeast), partMost)
	if n == 1 { // what is left out is as much as what is kept
		w = (s.Width - partGap) / 2
		left = w
	}
	x := float32(0)
	for i, col := range o {
		width := w
		if i == len(o)-1 {
			width = left
		}
		col.Move(fyne.NewPos(x, 0))
		col.Resize(fyne.NewSize(width, s.Height-14)) // the bar below
		x += width + partGap
	}
}

// A splitColumn is one part, or what is left out.
type splitColumn struct {
	root   *fyne.Container
	reach  *fyne.Container // figure and of
	figure *Label
	of     *Text
	meter  *meter
	ground *Ground
	body   *fyne.Container
	scroll *container.Scroll
	part   int
	cards  []*splitCard
}

func newSplitColumn(c *splitCards, part int) *splitColumn {
	p := c.board.Plan
	col := &splitColumn{part: part, figure: NewLabel("", figure), of: NewText("", small), meter: newMeter(), ground: NewGround(render.Bilge, render.Line, 8), body: newColumn(partSpacing)}
	col.scroll = container.NewVScroll(newInset(partInset, 4, col.body))
	var head fyne.CanvasObject
	if part == nobody {
		note := NewLabel("What no part is given is dropped. Drag here what none needs.", para)
		head = newInset(partInset, 10, newColumn(4, NewLabel("Left out", heading), note))
	} else {
		head = newInset(partInset, 10, c.head(col))
	}
	sections := []struct {
		kind  itemKind
		title string
	}{{triggerItem, "STARTED BY"}, {offerItem, "MAY USE"}, {varItem, "VARIABLES"}}
	for _, s := range sections {
		titled := false
		for _, x := range p.items() {
			if x.kind != s.kind || !p.has(x, part) {
				continue
			}
			if !titled {
				titled = true
				col.body.Add(newInset(0, 2, NewLabel(s.title, section)))
			}
			card := newSplitCard(c, x, part)
			col.cards = append(col.cards, card)
			col.body.Add(card)
		}
	}
	switch {
	case part == nobody && len(col.cards) == 0:
		col.body.Add(NewLabel("Nothing.", small))
	case part != nobody && len(col.cards) == 0:
		col.body.Add(NewLabel("Nothing starts this part, and it may use nothing yet. Drag a card here.", para))
	case part != nobody:
		for _, text := range p.lacking(part, c.guesses) {
			t := NewText(upper(text), small.in(render.Danger).lines(3))
			t.Tip = "Names and variables suggest it; no code was read."
			col.body.Add(newAside(NewPicture("warning", render.Danger, 13), t))
		}
	}
	col.root = newBehind(col.ground, NewFrame(head, col.scroll, nil))
	return col
}

// head is a part's name, handler and reach.
func (c *splitCards) head(col *splitColumn) fyne.CanvasObject {
	b, p, i := c.board, c.board.Plan, col.part
	name := newField(p.Parts[i].Name)
	name.SetPlaceHolder("Name of the part")
	name.OnChanged = func(s string) { p.Parts[i].Name = s; b.named() }
	var called fyne.CanvasObject = name
	whole := Name(p.design, p.Function)
	if p.Parts[i].Keeps {
		called = newInset(0, 4.5, NewText(p.Parts[i].Name, heading.named()))
	}
	pin := NewButton("", "pin", Quiet, func() { p.Keep(i); b.changed() }).withTip("Let this part stay " + whole + ", with its ids and names")
	pin.Height = 22
	if p.Parts[i].Keeps {
		pin.On, pin.Tip = true, "This part stays "+whole+", with its ids and names"
		pin.OnTap = func() {}
	}
	handler := newField(p.Parts[i].Handler)
	tools := []fyne.CanvasObject{handler, pin}
	handler.SetPlaceHolder("Handler: module.function")
	handler.OnChanged = func(s string) { p.Parts[i].Handler = s; b.named() }
	if len(p.Parts) > p.Least() {
		x := NewButton("", "close", Quiet, func() { p.Remove(i); b.changed() }).withTip("Remove this part: its triggers go to the first")
		x.Height = 22
		tools = append(tools, x)
	}
	col.reach = newLine(8, 1, col.figure, col.of)
	return newColumn(5, called, newLine(1, 0, tools...), col.reach, col.meter)
}

// light marks the column that a card would be dropped into.
func (col *splitColumn) light(on bool) { col.ground.light(on) }
