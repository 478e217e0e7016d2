package view

import (
	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// A SplitBoard shares a function out: a column of cards for each part, to be dragged between the columns; or the same as a
// table, with a row for each trigger, access and variable.
type SplitBoard struct {
	Root     fyne.CanvasObject
	Plan     *SplitPlan
	Touched  bool   // the plan is no longer the one that the board was opened with
	OnChange func() // the plan changed: the window tries it and calls Judge

	intro       *Label
	cards       *splitCards
	table       *splitTable
	asCards     *Button
	asTable     *Button
	frame       *fyne.Container
	verdict     *Text
	notes       *fyne.Container
	shares      []Effect
	suggest     *Button
	asTableMode bool
}

// NewSplitBoard shows a plan as cards.
func NewSplitBoard(p *SplitPlan) *SplitBoard {
	b := &SplitBoard{Plan: p, verdict: NewText("Working out what it comes to…", small.lines(3)), notes: newColumn(3)}
	b.intro = NewLabel("Drag triggers, access and variables into the part that needs them; hold Ctrl to give a part what another keeps. What its triggers and its log need, each part gets by itself.", para)
	if len(p.Parts) == 1 {
		b.intro.SetText("Other functions share the role. Drag out what this one does not need: it gets a role with the rest, and what its triggers and its log need it gets by itself.")
	}
	b.suggest = NewButton("Suggest", "split", Plain, b.Suggest).withTip("Share it out by routes, names and variables: something to start from")
	if b.suggest.Disabled = len(p.Guesses()) == 0; b.suggest.Disabled {
		b.suggest.Tip = "Neither routes nor names tell parts apart"
	}
	add := NewButton("Add a part", "plus", Plain, func() {
		p.Add(PartPlan{})
		b.changed()
		b.cards.showLast()
	})
	b.asCards = NewButton("Cards", "heat", Plain, func() { b.show(false) })
	b.asTable = NewButton("Table", "list", Plain, func() { b.show(true) }).withTip("The same with a row for each trigger, access and variable")
	b.cards, b.table = newSplitCards(b), newSplitTable(b)
	tools := newLine(8, 2, b.suggest, add, NewLabel("", small), b.asCards, b.asTable)
	foot := newBehind(NewGround(render.Bilge, render.None, 6), newInset(12, 8, newColumn(4, b.verdict, b.notes)))
	b.frame = &fyne.Container{Layout: boardLayout{}, Objects: []fyne.CanvasObject{newColumn(8, b.intro, tools), b.cards.root, b.table.scroll, foot}}
	b.Root = WithTips(newStack(b.frame, b.cards.layer))
	b.show(false)
	b.build()
	return b
}

// show shows the cards or the table.
func (b *SplitBoard) show(table bool) {
	b.asTableMode = table
	b.asCards.Set(!table, false)
	b.asTable.Set(table, false)
	if table {
		b.cards.root.Hide()
		b.table.scroll.Show()
	} else {
		b.table.scroll.Hide()
		b.cards.root.Show()
	}
	b.build()
}

// Suggest shares the function out as routes and names tell.
func (b *SplitBoard) Suggest() {
	if b.Plan.Suggest() {
		b.intro.SetText("A guess by routes, names and variables: no code was read. Give each part what else its code uses, and look at what was left out.")
		b.changed()
	}
}

// Room is the size that shows all that there is, and a part more.
func (b *SplitBoard) Room() fyne.Size {
	const sentences = 200 // above and below
	return b.cards.room().AddWidthHeight(0, sentences)
}

type boardLayout struct{}

func (boardLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(520, 320) }

func (boardLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	top, foot := heightOf(o[0], s.Width), heightOf(o[3], s.Width)
	foot = min(foot, s.Height*0.3)
	o[0].Resize(fyne.NewSize(s.Width, top))
	for _, middle := range o[1:3] {
		middle.Move(fyne.NewPos(0, top+10))
		middle.Resize(fyne.NewSize(s.Width, s.Height-top-foot-20))
	}
	o[3].Move(fyne.NewPos(0, s.Height-foot))
	o[3].Resize(fyne.NewSize(s.Width, foot))
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
	b.cards.judge()
	b.table.judge()
	b.notes.Refresh()
	b.frame.Layout.Layout(b.frame.Objects, b.frame.Size())
}

// Judged reports whether it is known what the plan as it is would come to.
func (b *SplitBoard) Judged() bool { return len(b.shares) == len(b.Plan.Parts) }

// share is what is known of a part's reach.
func (b *SplitBoard) share(part int) Effect {
	if part < len(b.shares) {
		return b.shares[part]
	}
	return Effect{}
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
	if !b.Judged() { // they are of other parts
		b.shares = nil
	}
	b.build()
	b.named()
}

func (b *SplitBoard) named() {
	b.Touched = true
	if b.OnChange != nil {
		b.OnChange()
	}
}

// build makes what is shown again.
func (b *SplitBoard) build() {
	if b.asTableMode {
		b.table.build()
	} else {
		b.cards.build()
	}
}
