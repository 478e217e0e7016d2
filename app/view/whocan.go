package view

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

// A WhoCan asks who can do an action on a resource and lists them, each with the statements that let it.
type WhoCan struct {
	Root     fyne.CanvasObject
	Action   *Field
	OnAsk    func(action string)
	OnSource func(source.Span)
	OnSelect func(model.ID)

	design        *model.Design
	page, content *fyne.Container
	rows          statementRows
	answer        *session.WhoAnswer
	room          int // how many are listed
}

// mostAble is how many of those who can are listed at first; each further click lists as many more.
const mostAble = 30

// whoWidth is how wide what asks is at least taken to be, before it is laid out.
const whoWidth = 780

// NewWhoCan asks about a resource; the first of its usual actions is filled in.
func NewWhoCan(d *model.Design, r *model.Resource) *WhoCan {
	v := &WhoCan{design: d}
	v.rows = statementRows{d, func(at source.Span) {
		if v.OnSource != nil {
			v.OnSource(at)
		}
	}}
	usual := usualActions(r)
	first := ""
	var chips []fyne.CanvasObject
	for i, a := range usual {
		if i == 0 {
			first = a.String()
		}
		b := NewButton(a.Name, "", Plain, func() { v.ask(a.String()) }).withTip(upper(a.Capability().String()) + ": " + a.String())
		b.Height = 26
		chips = append(chips, b)
	}
	v.Action = NewField(first)
	v.Action.PlaceHolder = "An action, such as s3:GetObject or s3:Put*"
	v.Action.OnSubmitted = func(string) { v.Ask() }
	ask := NewButton("Ask", "", Primary, v.Ask)
	v.page, v.content = newPage(14, 0, 2)
	v.page.Layout.(*pageLayout).inner.Layout.(*pageInner).right = sheetBleed // where its bar stands
	top := newColumn(8, newLine(8, 0, v.Action, ask), &fyne.Container{Layout: &flow{gap: 6, width: whoWidth}, Objects: chips})
	v.Root = &fyne.Container{Layout: headLayout{}, Objects: []fyne.CanvasObject{&fyne.Container{Layout: inset{0, 6, sheetBleed, 12}, Objects: []fyne.CanvasObject{top}}, v.page}}
	return v
}

// usualActions are for each capability the action with the shortest name that acts on a resource or a part of it, and does not make it: names grow
// with how special an action is. Those come first that tell most of who holds the data.
func usualActions(r *model.Resource) []*catalog.Action {
	known := catalog.Load()
	var out []*catalog.Action
	service := strings.SplitN(r.ARN, ":", 4)
	if len(service) < 4 {
		return nil
	}
	best := map[catalog.Capability]*catalog.Action{}
	for _, a := range known.Actions(service[2]) {
		if !slices.ContainsFunc(a.Resources, func(rt *catalog.ResourceType) bool { return known.TypeOf(rt) == r.Type && !known.Creates(a, rt) }) {
			continue
		}
		if old := best[a.Capability()]; old == nil || len(a.Name) < len(old.Name) {
			best[a.Capability()] = a
		}
	}
	for _, c := range []catalog.Capability{catalog.Secret, catalog.Read, catalog.Write, catalog.Send, catalog.Invoke, catalog.Delete, catalog.Permissions} {
		if a := best[c]; a != nil {
			out = append(out, a)
		}
	}
	return out
}

// Ask asks about the action that is filled in.
func (v *WhoCan) Ask() { v.ask(v.Action.Text) }

// Answered reports whether the question that was asked last is answered.
func (v *WhoCan) Answered() bool { return v.answer != nil }

func (v *WhoCan) ask(action string) {
	action = strings.TrimSpace(action)
	if action == "" || v.OnAsk == nil {
		return
	}
	v.answer = nil
	v.Action.SetText(action)
	refill(v.page, v.content, true, NewLabel("Asking …", para))
	v.OnAsk(action)
}

// Set shows an answer, or why there is none.
func (v *WhoCan) Set(a *session.WhoAnswer, err error) {
	v.answer, v.room = a, mostAble
	if err != nil {
		v.answer = nil
		refill(v.page, v.content, true, NewText(upper(err.Error())+".", para.in(render.Danger)))
		return
	}
	v.show(true)
}

func (v *WhoCan) show(top bool) {
	a, d := v.answer, v.design
	q := a.Question
	var said []fyne.CanvasObject
	if says := q.Says(); says != "" {
		said = append(said, NewText(upper(says)+".", para))
	}
	for _, k := range q.Keys {
		name := k.ARN
		if k.Key != "" {
			name = Name(d, k.Key)
		}
		said = append(said, NewText(fmt.Sprintf("It takes %s as well, on %s, which encrypts it.", k.Action, name), para))
	}
	if len(a.Barred) > 0 {
		said = append(said, NewText("Allowed, but kept out by the key: "+fewNames(d, a.Barred)+".", para))
	}
	if len(a.Folded) > 0 {
		said = append(said, NewText(upper(reach.AdministratorWords(d, a.Folded))+".", para))
	}
	if len(a.Direct)+len(a.ByPath)+len(a.Folded) == 0 {
		said = append(said, NewText("Nobody in this design can do it.", strong))
	}
	var parts []fyne.CanvasObject
	if len(said) > 0 {
		parts = append(parts, newColumn(2, said...))
	}
	left := v.room
	for _, g := range []struct {
		head string
		of   []session.Able
	}{{"DIRECTLY", a.Direct}, {"BY A PATH", a.ByPath}} {
		if len(g.of) == 0 {
			continue
		}
		parts = append(parts, NewLabel(fmt.Sprintf("%s · %d", g.head, len(g.of)), section))
		some := g.of[:min(left, len(g.of))]
		left -= len(some)
		for _, x := range some {
			parts = append(parts, v.able(x, len(q.Actions) > 1))
		}
	}
	if more := len(a.Direct) + len(a.ByPath) - v.room; more > 0 {
		parts = append(parts, NewLink(fmt.Sprintf("show %d more of %d", min(more, mostAble), more), Style{Size: 12}, func() {
			v.room += mostAble
			v.show(false)
		}))
	}
	refill(v.page, v.content, top, parts...)
}

// able is one of those who can: its name, what it can where several actions were asked about, its steps and their statements.
func (v *WhoCan) able(x session.Able, several bool) fyne.CanvasObject {
	d := v.design
	facts := []string{}
	if x.As != "" && !strings.EqualFold(Name(d, x.As), Name(d, x.Principal)) {
		facts = append(facts, "as "+Name(d, x.As))
	}
	if x.Part != "" {
		facts = append(facts, x.Part+" only")
	}
	if several {
		some := x.Actions
		if most := 3; len(some) > most+1 {
			some = append(slices.Clone(some[:most]), fmt.Sprintf("%d more", len(some)-most))
		}
		facts = append(facts, strings.Join(some, ", "))
	}
	name := NewLink(Name(d, x.Principal), Style{Size: 13, Weight: render.Medium}, func() {
		if v.OnSelect != nil {
			v.OnSelect(x.Principal)
		}
	})
	name.Tip = "Select it"
	rows := newColumn(3, newLine(8, 1, name, NewText(strings.Join(facts, " · "), small), NewLabel(x.Certainty.String(), small.whole())))
	steps, key := x.Grounds()
	for i, s := range steps {
		switch {
		case i < len(x.Path):
			rows.Add(NewText(StepSentence(d, s), body.lines(3)))
		case i > 0:
			rows.Add(NewText(Name(d, x.Path[i-1].To)+" can do it", body.lines(2)))
		}
		for _, o := range v.rows.reasons(s) {
			rows.Add(o)
		}
	}
	for _, e := range key {
		rows.Add(v.rows.statement(e))
	}
	return newSide(22, newInset(0, 2, NewPicture(Icon(d, x.Principal), render.Muted, 15)), rows)
}

// fewNames names elements, the first of many.
func fewNames(d *model.Design, ids []model.ID) string {
	var out []string
	for i, id := range ids {
		if most := 6; i == most && len(ids) > most+1 {
			out = append(out, fmt.Sprintf("%d more", len(ids)-i))
			break
		}
		out = append(out, Name(d, id))
	}
	return strings.Join(out, ", ")
}
