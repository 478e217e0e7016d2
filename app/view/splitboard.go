package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A SplitBoard shares a function out: a column for each part, a row for each trigger, access and variable.
type SplitBoard struct {
	Root     fyne.CanvasObject
	Plan     *SplitPlan
	Touched  bool   // the plan is no longer the one that the board was opened with
	OnChange func() // the plan changed: the window tries it and calls Judge

	intro   *Label
	frame   *fyne.Container
	grid    *fyne.Container
	scroll  *container.Scroll
	verdict *Text
	notes   *fyne.Container
	reaches []*Label
	shares  []Effect
}

// NewSplitBoard shows a plan.
func NewSplitBoard(p *SplitPlan) *SplitBoard {
	b := &SplitBoard{Plan: p, verdict: NewText("", body.lines(3)), notes: newColumn(3)}
	b.grid = &fyne.Container{Layout: &matrix{}}
	b.scroll = container.NewScroll(b.grid)
	b.intro = NewLabel("Each trigger goes to exactly one part. Give each part the access and the variables that it needs; what its triggers and its logs need is added by itself. What no part is given is dropped.", para)
	b.frame = &fyne.Container{Layout: boardLayout{}, Objects: []fyne.CanvasObject{b.intro, b.scroll, newBehind(NewGround(render.Bilge, render.None, 6), newInset(12, 8, newColumn(4, b.verdict, b.notes)))}}
	b.Root = WithTips(b.frame)
	b.build()
	return b
}

// Room is the size that shows all rows, and two parts more than there are.
func (b *SplitBoard) Room() fyne.Size {
	const sentences = 190 // above and below the rows
	return b.grid.MinSize().AddWidthHeight(2*(columnWidth+columnGap), sentences)
}

type boardLayout struct{}

func (boardLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(520, 320) }

func (boardLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	top, foot := heightOf(o[0], s.Width), heightOf(o[2], s.Width)
	foot = min(foot, s.Height*0.3)
	o[0].Resize(fyne.NewSize(s.Width, top))
	o[1].Move(fyne.NewPos(0, top+8))
	o[1].Resize(fyne.NewSize(s.Width, s.Height-top-foot-16))
	o[2].Move(fyne.NewPos(0, s.Height-foot))
	o[2].Resize(fyne.NewSize(s.Width, foot))
}

// Judge says what the plan would come to: a verdict in its tone (None where nothing gets better), warnings, and each
// part's reach.
func (b *SplitBoard) Judge(verdict string, tone render.Color, warnings []string, shares []Effect) {
	style := body.lines(3).in(tone)
	if tone != render.Danger {
		style = style.weighing(render.Medium)
	}
	b.verdict.Set(verdict, style)
	b.notes.Objects = nil
	for i, x := range warnings {
		if i == 4 && len(warnings) > 5 {
			rest := ""
			for _, w := range warnings[i:] {
				rest += upper(w) + "\n"
			}
			more := NewText(plural(len(warnings)-i, "more remark"), small)
			more.Tip = rest
			b.notes.Add(more)
			break
		}
		b.notes.Add(NewText(upper(x), small.lines(2)))
	}
	b.shares = shares
	for i, l := range b.reaches {
		e := Effect{}
		if i < len(shares) {
			e = shares[i]
		}
		s := e.style()
		l.Set(e.Text, s)
	}
	b.notes.Refresh()
	b.frame.Layout.Layout(b.frame.Objects, b.frame.Size())
}

// style is that of a part's reach.
func (e Effect) style() Style {
	switch {
	case e.Quiet:
		return small
	case e.Good:
		return small.in(render.Good).weighing(render.Bold)
	}
	return small.in(render.Danger).weighing(render.Bold)
}

// changed follows the plan; named follows what was typed, whose cell stays.
func (b *SplitBoard) changed() {
	b.build()
	b.named()
}

func (b *SplitBoard) named() {
	b.Touched = true
	if b.OnChange != nil {
		b.OnChange()
	}
}

// build makes the cells again.
func (b *SplitBoard) build() {
	p := b.Plan
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
	b.reaches = nil
	add := NewButton("Add a part", "plus", Plain, func() {
		p.Add(PartPlan{})
		b.changed()
	})
	guess := NewButton("Suggest", "split", Plain, func() {
		if p.Suggest() {
			b.intro.SetText("A guess by routes, names and variables: no code was read. Give each part what else its code uses, and look at what was dropped below.")
			b.changed()
		}
	}).withTip("Share it out by routes, names and variables: something to start from")
	if guess.Set(false, len(p.Guesses()) == 0); guess.Disabled {
		guess.Tip = "Neither routes nor names tell parts apart"
	}
	row(34, newInset(0, 2, newLine(6, -1, guess, add)), func(i int) fyne.CanvasObject {
		e := newField(p.Parts[i].Name)
		e.SetPlaceHolder("Name")
		if p.Parts[i].Keeps {
			e.Disable()
		}
		e.OnChanged = func(s string) { p.Parts[i].Name = s; b.named() }
		parts := []fyne.CanvasObject{e}
		if len(p.Parts) > 2 {
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
		e := Effect{}
		if i < len(b.shares) {
			e = b.shares[i]
		}
		s := e.style()
		l := NewLabel(e.Text, s)
		b.reaches = append(b.reaches, l)
		return l
	})
	if len(p.Triggers) > 0 {
		row(28, NewLabel("TRIGGERS", section), nothing)
	}
	for t, x := range p.Triggers {
		row(26, rowHead(triggerIcon(x), p.design.Name(x.ID), ""), func(i int) fyne.CanvasObject {
			return newMark(p.TriggerOf(t) == i, true, func() { p.MoveTrigger(t, i); b.changed() })
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
			pick = NewButton(Style{Size: 13, Weight: render.Medium}.fit(label, columnWidth-36), "", rank, func() { b.pick(pick, o, i) })
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
	b.grid.Layout, b.grid.Objects = m, cells
	b.grid.Refresh()
	if b.scroll != nil {
		b.scroll.Refresh()
	}
}

// pick asks how much of an offer a part is to have.
func (b *SplitBoard) pick(from *Button, offer, part int) {
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

// A mark is a round or square box that can be ticked.
type mark struct {
	widget.BaseWidget
	on, round      bool
	tap            func()
	hover, focused bool
}

var (
	_ fyne.Tappable      = (*mark)(nil)
	_ fyne.Focusable     = (*mark)(nil)
	_ desktop.Hoverable  = (*mark)(nil)
	_ desktop.Cursorable = (*mark)(nil)
)

func newMark(on, round bool, tap func()) *mark {
	m := &mark{on: on, round: round, tap: tap}
	m.ExtendBaseWidget(m)
	return m
}

func (m *mark) Tapped(*fyne.PointEvent)        { m.tap() }
func (m *mark) Cursor() desktop.Cursor         { return desktop.PointerCursor }
func (m *mark) MouseIn(*desktop.MouseEvent)    { m.hover = true; m.Refresh() }
func (m *mark) MouseMoved(*desktop.MouseEvent) {}
func (m *mark) MouseOut()                      { m.hover = false; m.Refresh() }
func (m *mark) FocusGained()                   { m.focused = true; m.Refresh() }
func (m *mark) FocusLost()                     { m.focused = false; m.Refresh() }
func (m *mark) TypedRune(r rune)               { handRune(m, r) }

func (m *mark) TypedKey(e *fyne.KeyEvent) {
	if presses(e) {
		m.tap()
		return
	}
	handKey(m, e)
}

func (m *mark) CreateRenderer() fyne.WidgetRenderer {
	r := &markRenderer{m, canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewImageFromResource(theme.Icon("check", render.OnTile3))}
	r.tick.FillMode = canvas.ImageFillContain
	r.Refresh()
	return r
}

type markRenderer struct {
	m        *mark
	box, dot *canvas.Rectangle
	tick     *canvas.Image
}

func (r *markRenderer) MinSize() fyne.Size { return fyne.NewSize(24, 22) }

func (r *markRenderer) Layout(s fyne.Size) {
	const size = 16
	y := (s.Height - size) / 2
	r.box.Move(fyne.NewPos(8, y))
	r.box.Resize(fyne.NewSize(size, size))
	r.dot.Move(fyne.NewPos(12, y+4))
	r.dot.Resize(fyne.NewSize(size-8, size-8))
	r.tick.Move(fyne.NewPos(10, y+2))
	r.tick.Resize(fyne.NewSize(size-4, size-4))
}

func (r *markRenderer) Refresh() {
	radius := float32(4)
	if r.m.round {
		radius = 8
	}
	r.box.CornerRadius, r.dot.CornerRadius = radius, radius/2
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth = theme.Faded(render.Ink, 0), theme.Color(render.Muted), 1.25
	if r.m.on {
		r.box.FillColor, r.box.StrokeColor = theme.Color(render.Tile3), theme.Color(render.Tile3)
	}
	if r.m.hover || r.m.focused {
		r.box.StrokeColor = theme.Color(render.Link)
	}
	if r.m.focused {
		r.box.StrokeWidth = 2
	}
	r.dot.FillColor = theme.Color(render.OnTile3)
	r.dot.Hidden = !r.m.on || !r.m.round
	r.tick.Resource = theme.Icon("check", render.OnTile3)
	r.tick.Hidden = !r.m.on || r.m.round
	r.Layout(r.m.Size())
	r.box.Refresh()
	r.dot.Refresh()
	r.tick.Refresh()
}

func (r *markRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.box, r.dot, r.tick}
}
func (r *markRenderer) Destroy() {}
