package view

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/render"
)

// portion is how many statements are shown before the rest is asked for by scrolling or by hand: a role may have hundreds.
const portion = 24

// glance is how long the window waits for statements to be read before it goes on without them.
const glance = 30 * time.Millisecond

// costly is how many elements a design has whose statements are read aside: what of it a wildcard stands for is looked up
// among them all.
const costly = 400

// A reading is the statements of one holder, shown portion by portion.
type reading struct {
	holder model.ID
	cards  []PolicyCard
	parts  *fyne.Container // of all that is shown
	at     [2]int          // the policy and the statement that come next
	left   int             // statements that are not shown
	more   *Link
	busy   bool
}

// policies are the cards of a holder's policies: those of the first portion, at once or as soon as they were read.
func (in *Inspector) policies(holder model.ID) fyne.CanvasObject {
	r := &reading{holder: holder, parts: newColumn(10)}
	in.reading = r
	name := NewLink(Name(in.design, holder), heading.in(render.Ink).named(), func() { in.OnSelect(holder) })
	head := func(words string) fyne.CanvasObject {
		return nameAnd(name, heading.width(name.Text), 170, NewLabel(words, small.whole()))
	}
	r.parts.Objects = []fyne.CanvasObject{spacer(2), head("…")}
	d := in.design
	in.aside(r, func() { r.cards = policiesOf(d, holder) }, func() {
		for _, p := range r.cards {
			r.left += len(p.Cards)
		}
		r.parts.Objects = []fyne.CanvasObject{spacer(2), head(plural(r.left, "statement"))}
		if len(r.cards) == 0 {
			words := "It has no policies: it may do nothing of its own."
			if role := d.Role(holder); role != nil && role.External {
				words = "Its policies were not seen: it is named by ARN only."
			}
			r.parts.Add(NewLabel(words, para))
		}
		in.readOn(r)
	})
	return r.parts
}

// statementsOf counts the statements of a role's policies.
func statementsOf(d *model.Design, r *model.Role) int {
	n := 0
	for _, id := range r.Policies {
		if p := d.Policy(id); p != nil && p.Document != nil {
			n += len(p.Document.Statements)
		}
	}
	return n
}

// readOn shows the next portion.
func (in *Inspector) readOn(r *reading) {
	from, to := r.at, r.at
	for n := 0; n < portion && to[0] < len(r.cards); {
		if to[1] >= len(r.cards[to[0]].Cards) {
			to = [2]int{to[0] + 1, 0}
			continue
		}
		to[1]++
		n++
	}
	d := in.design
	in.aside(r, func() {
		for i := from[0]; i < len(r.cards) && i <= to[0]; i++ {
			cards, first := r.cards[i].Cards, 0
			if i == from[0] {
				first = from[1]
			}
			for k := first; k < len(cards) && (i < to[0] || k < to[1]); k++ {
				cards[k].narrow(d)
			}
		}
	}, func() {
		if r.more != nil {
			r.parts.Remove(r.more)
		}
		for i := from[0]; i < len(r.cards) && i <= to[0]; i++ {
			first := 0
			if i == from[0] {
				first = from[1]
			}
			if i == to[0] && to[1] == 0 {
				break
			}
			if first == 0 {
				in.policyHead(r, r.cards[i])
			}
			for k := first; k < len(r.cards[i].Cards) && (i < to[0] || k < to[1]); k++ {
				r.parts.Add(in.card(r.cards[i].Cards[k]))
				r.left--
			}
		}
		r.at, r.more = to, nil
		if r.left > 0 {
			r.more = NewLink("Show "+plural(min(portion, r.left), "more statement")+" of "+itoa(r.left), Style{Size: 13, Weight: render.Medium, Elide: true}, func() { in.readOn(r) })
			r.parts.Add(r.more)
		}
		if in.OnOffers != nil && !in.setting {
			in.OnOffers()
		}
	})
}

// scrolled reads on where the end of what is shown comes into view.
func (in *Inspector) scrolled(at fyne.Position, room fyne.Size) {
	r := in.reading
	if r != nil && r.more != nil && !r.busy && r.more.Position().Y+r.parts.Position().Y-at.Y < 2*room.Height {
		in.readOn(r)
	}
}

// aside does work that no widget has a part in and shows what came of it: at once where the design is small or the work was
// done in a glance, else as soon as it is done and if it is still asked for.
func (in *Inspector) aside(r *reading, work, show func()) {
	if r.busy {
		return
	}
	shown := func() {
		r.busy = false
		show()
		if !in.setting {
			refill(in.page, in.content, false, in.content.Objects...)
		}
	}
	if len(in.design.Elements()) < costly {
		work()
		shown()
		return
	}
	r.busy = true
	done := make(chan struct{})
	go func() {
		work()
		close(done)
	}()
	select {
	case <-done:
		shown()
	case <-time.After(glance):
		go func() {
			<-done
			fyne.Do(func() {
				if in.reading == r {
					shown()
				}
			})
		}()
	}
}

// nameAnd puts facts behind a name, or under it where it is wider than most: a name is worth more than a line.
func nameAnd(name fyne.CanvasObject, wide float64, most float64, facts ...fyne.CanvasObject) fyne.CanvasObject {
	if wide <= most || len(facts) == 0 {
		return newLine(8, 0, append([]fyne.CanvasObject{name}, facts...)...)
	}
	return newColumn(1, newLine(8, 0, name), newFlow(8, facts...))
}

// policyHead adds what is said of a policy before its statements.
func (in *Inspector) policyHead(r *reading, p PolicyCard) {
	name := NewText(p.Name, small.weighing(render.Medium))
	name.Tip = p.ARN
	var facts []fyne.CanvasObject
	switch {
	case p.AWS:
		facts = append(facts, NewLabel("by AWS", small.whole()))
		if in.design.Role(r.holder) != nil && !p.Unseen {
			facts = append(facts, NewLink("replace…", small.in(render.Link).whole(), func() { in.OnReplace(r.holder, p) }))
		}
	case p.ARN != "":
		facts = append(facts, NewLabel("managed", small.whole()))
	}
	r.parts.Add(nameAnd(name, name.Style.width(name.Text), 150, facts...))
	if p.Unseen {
		r.parts.Add(NewLabel("Its document was not seen, so what it allows is not known.", para))
	}
	if p.Needed != nil {
		r.parts.Add(in.suggest(string(p.ID), p.Needs, p.Needed))
	}
}

// mostChips is how many actions or resources a card shows before it counts the rest.
const mostChips = 24

func (in *Inspector) card(c Card) fyne.CanvasObject {
	d := in.design
	head := []fyne.CanvasObject{NewText(c.Title, strong.weighing(render.Bold))}
	if c.Deny {
		head = append(head, NewLabel("Deny", small.in(render.Good).weighing(render.Bold).whole()))
	}
	if !c.Place.IsZero() {
		head = append(head, in.line(c.Place))
	}
	if c.Editable {
		drop := NewButton("", "close", Quiet, func() { in.OnEdit(c.Dropped(d)) }).withTip("Drop the statement")
		drop.Height = 20
		head = append(head, drop)
	}
	box := newColumn(7, newLine(8, 0, head...))
	if c.NotAction {
		box.Add(NewLabel("everything but", small))
	}
	box.Add(in.chips(c, c.Actions, true))
	if c.NotRes {
		box.Add(NewLabel("on everything but", small))
	}
	if len(c.Resources) > 0 {
		box.Add(in.chips(c, c.Resources, false))
	}
	for _, w := range c.When {
		box.Add(NewText("when "+w, small.lines(2)))
	}
	if c.Narrow != nil {
		box.Add(in.suggest(fmt.Sprintf("%s %d", c.Policy, c.Index), c.NarrowTo, c.Narrow))
	}
	return newBehind(NewGround(render.Panel, render.Line, 8), newInset(12, 9, box))
}

func (in *Inspector) chips(c Card, chips []Chip, action bool) fyne.CanvasObject {
	d := in.design
	box := newFlow(6)
	for i, x := range chips {
		if i == mostChips && len(chips) > mostChips+2 {
			box.Add(NewLabel(fmt.Sprintf("and %d more", len(chips)-i), small.whole()))
			break
		}
		var remove, tap func()
		fixed := action && c.NotAction || !action && c.NotRes
		if c.Editable && !fixed {
			remove = func() { in.OnEdit(c.without1(d, action, x.Value)) }
			if x.Wild {
				tap = func() { in.OnNarrow(c, x) }
				if action {
					tap = func() { in.OnKeep(c, x) }
				}
			}
		}
		if tap == nil && x.ID != "" {
			tap = func() { in.OnSelect(x.ID) }
		}
		box.Add(NewChip(x, remove, tap))
		if x.Opens != "" {
			l := NewLink(x.Opens, small.whole().in(render.Muted), tap)
			l.Tip = x.Tip
			box.Add(newInsetTop(3, l))
		}
	}
	return box
}

func (c Card) without1(d *model.Design, action bool, value string) edit.Edit {
	if action {
		return c.WithoutAction(d, value)
	}
	return c.WithoutResource(d, value)
}

// suggest is a row that offers an edit and says what it would come to.
func (in *Inspector) suggest(key, words string, e edit.Edit) fyne.CanvasObject {
	in.suggestions = append(in.suggestions, Suggestion{key, e})
	effect := NewLabel("", effectStyle(Effect{}))
	if w, ok := in.words[key]; ok {
		effect.Set(w.Text, effectStyle(w))
	}
	in.effects[key] = effect
	link := NewLink(words, Style{Size: 12, Weight: render.Medium, Lines: 2}, func() { in.OnEdit(e) })
	link.Tip = e.String() + ": " + words
	row := &fyne.Container{Layout: &tallLine{line{8, 0}}, Objects: []fyne.CanvasObject{link, effect}}
	return newBehind(NewGround(render.Bilge, render.None, 6), newInset(10, 5, row))
}
