package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A splitCard is a trigger, an access or a variable in the column of a part. It is dragged to another; a click, or Enter, lists
// what else can be done with it; by the arrows left and right it goes to the part beside, with Ctrl that part gets the same.
type splitCard struct {
	widget.BaseWidget
	item item
	part int

	icon, name, level string // as they were when the card was made: each change makes cards anew

	cards          *splitCards
	hover, focused bool
	ghost          bool // the one that is carried
	at             fyne.Position
}

var (
	_ fyne.Tappable          = (*splitCard)(nil)
	_ fyne.SecondaryTappable = (*splitCard)(nil)
	_ fyne.Draggable         = (*splitCard)(nil)
	_ fyne.Focusable         = (*splitCard)(nil)
	_ desktop.Hoverable      = (*splitCard)(nil)
	_ desktop.Cursorable     = (*splitCard)(nil)
)

func newSplitCard(c *splitCards, x item, part int) *splitCard {
	card := &splitCard{item: x, part: part, cards: c}
	card.icon, card.name, card.level = card.words()
	card.ExtendBaseWidget(card)
	return card
}

func (c *splitCard) key() cardKey { return cardKey{c.item, c.part} }

// words are what stands on the card: its icon, its name, and how much of it the part has.
func (c *splitCard) words() (icon, name, level string) {
	p := c.cards.board.Plan
	switch c.item.kind {
	case triggerItem:
		t := p.Triggers[c.item.index]
		return triggerIcon(t), p.design.Name(t.ID), ""
	case offerItem:
		o := p.Offers[c.item.index]
		if c.part != nobody {
			level = o.Levels[p.level[c.item.index][c.part]-1].Name
		}
		return o.Icon, o.Name, level
	case varItem:
		return "parameter", p.Vars[c.item.index].Name, ""
	}
	return "", "", ""
}

func (c *splitCard) tip() string {
	p := c.cards.board.Plan
	name := c.name
	if c.item.kind == offerItem {
		name += ", by " + p.Offers[c.item.index].Statement
	}
	return name + ". Drag it to a part, or click for more."
}

// Dragged carries the card along.
func (c *splitCard) Dragged(e *fyne.DragEvent) {
	c.at = e.AbsolutePosition
	c.cards.drag(c, e.AbsolutePosition)
}

// DragEnd drops it.
func (c *splitCard) DragEnd() { c.cards.drop(c.at) }

// Tapped lists what can be done with the card.
func (c *splitCard) Tapped(*fyne.PointEvent) { c.menu() }

// TappedSecondary does as Tapped.
func (c *splitCard) TappedSecondary(*fyne.PointEvent) { c.menu() }

func (c *splitCard) menu() {
	hideTip(c)
	cv := fyne.CurrentApp().Driver().CanvasForObject(c)
	if cv == nil {
		return
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", c.actions()...), cv, placeOf(c).AddXY(0, c.Size().Height))
}

// actions are what can be done with the card.
func (c *splitCard) actions() []*fyne.MenuItem {
	b, p := c.cards.board, c.cards.board.Plan
	var out []*fyne.MenuItem
	part := func(verb string, i int, too bool, end string) {
		name := p.Parts[i].Name
		if name == "" {
			name = "part " + itoa(i+1)
		}
		out = append(out, fyne.NewMenuItem(verb+" "+name+end, func() { c.cards.give(c, i, too) }))
	}
	if c.item.kind == offerItem && c.part != nobody {
		for i, l := range p.Offers[c.item.index].Levels {
			level := fyne.NewMenuItem(upper(l.Name), func() { p.Give(c.item.index, c.part, i+1); b.changed() })
			level.Checked = p.LevelOf(c.item.index, c.part) == i+1
			out = append(out, level)
		}
		out = append(out, fyne.NewMenuItemSeparator())
	}
	for i := range p.Parts {
		if i != c.part {
			part("Move to", i, false, "")
		}
	}
	if c.item.kind != triggerItem && c.part != nobody {
		out = append(out, fyne.NewMenuItemSeparator())
		for i := range p.Parts {
			if i != c.part && !p.has(c.item, i) {
				part("Give", i, true, " the same")
			}
		}
		out = append(out, fyne.NewMenuItem("Take it away", func() { p.take(c.item, c.part); b.changed() }))
	}
	return out
}

// FocusGained shows the focus.
func (c *splitCard) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost hides it.
func (c *splitCard) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune hands letters on to the window.
func (c *splitCard) TypedRune(r rune) {
	if r != ' ' {
		handRune(c, r)
	}
}

// TypedKey moves the card by the arrows, takes it away by Delete, and lists by Enter what else can be done.
func (c *splitCard) TypedKey(k *fyne.KeyEvent) {
	p := c.cards.board.Plan
	goTo := func(part int) {
		if part != c.part && p.takes(c.item, part) {
			c.cards.focus = &cardKey{c.item, part}
			c.cards.give(c, part, held(fyne.KeyModifierControl))
		}
	}
	switch {
	case k.Name == fyne.KeyLeft && c.part == nobody:
		goTo(len(p.Parts) - 1)
	case k.Name == fyne.KeyLeft && c.part > 0:
		goTo(c.part - 1)
	case k.Name == fyne.KeyRight && c.part == len(p.Parts)-1:
		goTo(nobody)
	case k.Name == fyne.KeyRight && c.part != nobody:
		goTo(c.part + 1)
	case k.Name == fyne.KeyDelete || k.Name == fyne.KeyBackspace:
		if c.item.kind != triggerItem {
			p.take(c.item, c.part)
			c.cards.board.changed()
		}
	case presses(k):
		c.menu()
	default:
		handKey(c, k)
	}
}

// MouseIn lights the card up and shows its tip.
func (c *splitCard) MouseIn(e *desktop.MouseEvent) {
	c.hover = true
	c.Refresh()
	showTip(c, c.tip(), e.AbsolutePosition)
}

// MouseMoved does nothing.
func (c *splitCard) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends that.
func (c *splitCard) MouseOut() {
	c.hover = false
	c.Refresh()
	hideTip(c)
}

// Cursor is a hand: the card can be taken.
func (c *splitCard) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer draws the card.
func (c *splitCard) CreateRenderer() fyne.WidgetRenderer {
	r := &splitCardRenderer{c: c, ground: canvas.NewRectangle(nil), icon: NewPicture("resource", render.Muted, 14), name: NewLabel("", body.named()), level: NewLabel("", small), open: NewPicture("down", render.Muted, 12)}
	r.Refresh()
	return r
}

type splitCardRenderer struct {
	c           *splitCard
	ground      *canvas.Rectangle
	icon, open  *Picture
	name, level *Label
}

func (r *splitCardRenderer) MinSize() fyne.Size {
	if r.level.Text != "" {
		return fyne.NewSize(80, 44)
	}
	return fyne.NewSize(80, 29)
}

func (r *splitCardRenderer) Layout(s fyne.Size) {
	const edge, lead = 9, 31
	line := body.lineHeight()
	r.ground.Resize(s)
	top := (s.Height - line) / 2
	if r.level.Text != "" {
		top = 5
	}
	r.icon.Move(fyne.NewPos(edge, top+(line-14)/2))
	r.icon.Resize(fyne.NewSize(14, 14))
	r.name.Move(fyne.NewPos(lead, top))
	r.name.Resize(fyne.NewSize(s.Width-lead-6, line))
	wide := min(float32(small.width(r.level.Text))+3, s.Width-lead-24)
	r.level.Move(fyne.NewPos(lead, top+line-2))
	r.level.Resize(fyne.NewSize(wide, line))
	r.open.Move(fyne.NewPos(lead+wide+3, top+line+(line-12)/2-2))
	r.open.Resize(fyne.NewSize(12, 12))
}

func (r *splitCardRenderer) Refresh() {
	c := r.c
	tone, ink := render.Ink, render.Muted
	if c.cards.dragged != nil && c.cards.dragged.key() == c.key() && !c.ghost {
		tone = render.Muted
	}
	r.icon.Set(c.icon, ink)
	r.name.Set(c.name, body.named().in(tone))
	r.level.Set(c.level, small)
	r.open.Hidden = c.level == ""
	r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth, r.ground.CornerRadius = theme.Color(render.Panel), theme.Color(render.Line), 1, 6
	if c.hover || c.ghost {
		r.ground.StrokeColor = theme.Color(render.Link)
	}
	if c.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = theme.Color(render.Link), 2
	}
	if c.ghost {
		r.ground.StrokeWidth = 1.5
	}
	r.Layout(c.Size())
	r.ground.Refresh()
}

func (r *splitCardRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.icon, r.name, r.level, r.open}
}

func (r *splitCardRenderer) Destroy() {}
