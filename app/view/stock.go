package view

import (
	"fyne.io/fyne/v2"

	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/render"
)

// A Stock is the row of things that can be drawn into a design: a function, resources, triggers, patterns. A click asks
// for the thing; what is dropped on is chosen on the picture.
type Stock struct {
	Root       fyne.CanvasObject
	OnFunction func()
	OnResource func(typ string)
	OnTrigger  func(event string)
	OnPattern  func(pattern int)

	hint    *Text
	trigger []*Button
}

// NewStock returns the row, hidden.
func NewStock() *Stock {
	s := &Stock{hint: NewText("", small.whole())}
	small := func(label, icon, tip string, tap func()) *Button {
		b := NewButton(label, icon, Quiet, tap).withTip(tip)
		b.Height = 26
		return b
	}
	things := newFlow(2, small("Function", "function", "A function with a role of its own that can write its log", func() { s.OnFunction() }))
	for _, typ := range edit.NewTypes() {
		k := catalog.KindOf(typ)
		things.Add(small(upper(k.Noun), k.Icon, typ, func() { s.OnResource(typ) }))
	}
	for _, e := range []struct{ event, label, icon, tip string }{
		{"http", "Route", "route", "A route of an HTTP API that starts the function selected"},
		{"schedule", "Schedule", "clock", "A schedule that starts the function selected"},
	} {
		b := small(e.label, e.icon, e.tip, func() { s.OnTrigger(e.event) })
		s.trigger = append(s.trigger, b)
		things.Add(b)
	}
	things.Add(newInset(8, 4, s.hint)) // where there is room, in the same line
	s.Root = newBehind(NewGround(render.Panel, render.None, 0), newColumn(0, newInset(12, 5, things), NewRule()))
	s.Root.Hide()
	return s
}

// Set shows the row for a design that things can be drawn into; function is what is selected, "" for none.
func (s *Stock) Set(takes bool, function string, empty bool) {
	if !takes {
		s.Root.Hide()
		return
	}
	for _, b := range s.trigger {
		b.Set(false, function == "")
	}
	switch {
	case empty:
		s.hint.SetText("Add a function and a thing, then drag the thing onto its bay.")
	case function == "":
		s.hint.SetText("Drag things onto bays; select a function for its triggers.")
	default:
		s.hint.SetText("Drag a thing onto a bay to grant it, out of it to take it away.")
	}
	s.Root.Show()
	s.Root.Refresh()
}
