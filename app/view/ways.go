package view

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

// MostWays is how many ways to a hit are shown.
const MostWays = 3

// mostCuts is how many of the hits that a wall takes away as well are listed.
const mostCuts = 12

// Ways shows how a breach reaches a hit, each step with its statements, and which statements to take away so that it does not.
type Ways struct {
	Root     fyne.CanvasObject
	OnSource func(source.Span)

	design        *model.Design
	rows          statementRows
	page, content *fyne.Container
	ways          []fyne.CanvasObject
}

// NewWays returns the ways, and below them that a wall is being looked for.
func NewWays(d *model.Design, ways []reach.Way) *Ways {
	v := &Ways{design: d}
	v.rows = statementRows{d, func(at source.Span) {
		if v.OnSource != nil {
			v.OnSource(at)
		}
	}}
	v.page, v.content = newPage(14, 0, 2)
	v.page.Layout.(*pageLayout).inner.Layout.(*pageInner).right = sheetBleed // where its bar stands
	v.Root = v.page
	for i, w := range ways {
		v.ways = append(v.ways, v.way(i, w, len(ways)))
	}
	v.show(true, NewLabel("WHICH WALL WOULD STOP IT", section), NewLabel("Looking for the fewest statements to take away …", para))
	return v
}

// roomForWall is how high a wall is beside which little else is taken away.
const roomForWall = 230

// Need is how high the ways are at a width, with room for a wall.
func (v *Ways) Need(width float32) float32 {
	h := float32(roomForWall)
	for _, w := range v.ways {
		h += heightOf(w, width-sheetBleed) + 14
	}
	return h
}

func (v *Ways) show(top bool, wall ...fyne.CanvasObject) {
	refill(v.page, v.content, top, append(append([]fyne.CanvasObject(nil), v.ways...), newColumn(8, wall...))...)
}

// way is one way: its steps, each a sentence, with the statements that allow it.
func (v *Ways) way(i int, w reach.Way, of int) fyne.CanvasObject {
	path := w.Path()
	certainty := reach.Must
	for _, s := range path {
		certainty = max(certainty, s.Certainty)
	}
	head := "THE SHORTEST WAY"
	switch {
	case of == 1:
		head = "THE WAY"
	case i > 0:
		head = fmt.Sprintf("WAY %d", i+1)
	}
	steps := "1 step"
	if len(path) != 1 {
		steps = fmt.Sprintf("%d steps", len(path))
	}
	out := newColumn(8, NewLabel(fmt.Sprintf("%s · %s · %s", head, steps, certainty), section))
	for n, s := range path {
		number := ""
		if len(path) > 1 {
			number = fmt.Sprintf("%d", n+1)
		}
		rows := newColumn(3, NewText(StepSentence(v.design, s), strong.lines(3)))
		for _, o := range v.rows.reasons(s) {
			rows.Add(o)
		}
		out.Add(newSide(22, NewLabel(number, small.whole()), rows))
	}
	return out
}

// statementRows say statements in lines of a panel; a click shows where one stands.
type statementRows struct {
	design   *model.Design
	onSource func(source.Span)
}

// reasons are the statements of a step, and what else it rests on.
func (r statementRows) reasons(s *reach.Step) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, e := range s.Grounds() {
		out = append(out, r.statement(e))
	}
	for _, line := range s.Why(r.design)[len(s.Grounds()):] {
		out = append(out, NewText(upper(line), para))
	}
	return out
}

// statement is a line that says a statement, with the place where it stands.
func (r statementRows) statement(e reach.Evidence) fyne.CanvasObject {
	text := NewText(e.Sentence(r.design), para)
	if e.Span.IsZero() {
		return text
	}
	_, file := splitPath(e.Span.File)
	link := NewLink(fmt.Sprintf("%s:%d", file, e.Span.Line), Style{Size: 12}, func() { r.onSource(e.Span) })
	link.Tip = "Show line " + itoa(e.Span.Line) + " of " + e.Span.File
	return &fyne.Container{Layout: &tallLine{line{14, 0}}, Objects: []fyne.CanvasObject{text, link}}
}

// A WallOffer is a wall as it is shown: what it is, and what comes of it.
type WallOffer struct {
	Wall   *reach.Wall
	Losses []reach.Loss     // what it takes away as well
	Rest   []reach.Evidence // statements that no edit takes away
	Effect Effect           // on the breach; "" where it is not known
	Stops  []string         // what would stop working, sentences
	Err    error            // why it could not be worked out, or why it would be refused
}

// SetWall shows the wall below the ways.
func (v *Ways) SetWall(o WallOffer) {
	w := o.Wall
	if w == nil {
		v.show(false, NewLabel("WHICH WALL WOULD STOP IT", section), NewText(fmt.Sprint(o.Err), para.in(render.Danger)))
		return
	}
	from, target := Name(v.design, w.From), Name(v.design, w.Target)
	if len(w.Statements) == 0 {
		v.show(false, NewLabel("NO WALL STOPS IT", section), NewText(fmt.Sprintf("Nothing keeps a breach of %s from %s: %s.", from, target, w.Why), para))
		return
	}
	proven := "fewer may do"
	if w.Smallest {
		proven = "proven to be the fewest"
	}
	one := "1 statement"
	if n := len(w.Statements); n != 1 {
		one = fmt.Sprintf("%d statements", n)
	}
	rows := []fyne.CanvasObject{NewLabel(fmt.Sprintf("THE WALL · %s to take away · %s", one, proven), section)}
	for _, e := range w.Statements {
		rows = append(rows, newSide(22, NewPicture("minus", render.Muted, 15), v.rows.statement(e)))
	}
	if o.Effect.Text != "" {
		rows = append(rows, newSide(22, NewPicture("check", render.Good, 15), NewText(fmt.Sprintf("The breach of %s then: %s.", from, o.Effect.Text), Style{Size: 13, Lines: 2})))
	}
	for _, s := range o.Stops {
		rows = append(rows, newSide(22, NewPicture("warning", render.Crown, 15), NewText(upper(s), Style{Size: 13, Lines: 4})))
	}
	if o.Err != nil {
		rows = append(rows, newSide(22, NewPicture("warning", render.Danger, 15), NewText(upper(o.Err.Error()), Style{Size: 13, Lines: 6})))
	}
	if n := len(o.Rest); n > 0 {
		text := "It stands in what a resource, function or role says of who may use it. That is changed in the source; this line shows where."
		if n < len(w.Statements) {
			text = fmt.Sprintf("%d of them stand in what resources, functions or roles say of who may use them. That is changed in the source; the lines show where.", n)
		}
		rows = append(rows, newSide(22, NewPicture("warning", render.Crown, 15), NewText(text, Style{Size: 13, Lines: 4})))
	}
	v.show(false, append(rows, v.cuts(o.Losses)...)...)
}

// cuts say what else a wall takes away, by who loses it.
func (v *Ways) cuts(losses []reach.Loss) []fyne.CanvasObject {
	if len(losses) == 0 {
		return []fyne.CanvasObject{NewLabel("It takes nothing else away.", para)}
	}
	list := newColumn(2)
	for i, x := range losses {
		if i == mostCuts {
			list.Add(NewLabel(fmt.Sprintf("and %d more", len(losses)-i), para))
			break
		}
		list.Add(NewText(x.Sentence(v.design), para))
	}
	return []fyne.CanvasObject{newInsetTop(6, NewLabel("IT TAKES AWAY AS WELL", section)), list}
}

// StepSentence says a step without its reasons: "Shop sends a message that starts Mailer".
func StepSentence(d *model.Design, s *reach.Step) string {
	bare := *s
	bare.Evidence, bare.Denials, bare.Assumed, bare.Note = nil, nil, nil, ""
	says := bare.Sentence(d)
	says, _, _ = strings.Cut(says, ", because ")
	return Name(d, s.From) + " " + says
}
