//go:build !headless

package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/render"
)

// newDesign starts a blank page, or one with a pattern drawn on it.
func (w *window) newDesign(pattern int) {
	w.guard("Start a new design", func() {
		title := "design"
		if pattern != view.Blank {
			title = strings.ToLower(strings.ReplaceAll(edit.Patterns()[pattern].Name, " ", "-"))
		}
		s, err := session.Blank(title, w.program.Sources, session.Options{Import: w.options})
		if err != nil {
			w.fail("Start a new design", err)
			return
		}
		w.look.chart = view.HullChart
		w.adopt(s)
		w.showRanks()
		if pattern != view.Blank {
			w.addPattern(pattern)
		}
	})
}

// addPattern draws a pattern into the design.
func (w *window) addPattern(pattern int) {
	if w.session == nil {
		return
	}
	p := edit.Patterns()[pattern]
	for _, e := range p.Edits(w.session.State().After.Design) {
		if _, err := w.session.Do(e); err != nil {
			w.refused(e, err)
			return
		}
	}
	w.strip.Forget(view.Remark{Text: p.Name + ": " + p.Sentence, Fine: true})
}

// addFunction asks for a name and draws a function.
func (w *window) addFunction() {
	w.askName("A new function", "Function", func(name string) { w.add(&edit.NewFunction{Name: name}, model.MakeID("fn", name)) })
}

// addResource asks for a name and draws a resource.
func (w *window) addResource(typ string) {
	noun := catalog.KindOf(typ).Noun
	word := strings.ToUpper(noun[:1]) + noun[1:]
	w.askName("A new "+noun, word, func(name string) { w.add(&edit.NewResource{Name: name, Type: typ}, model.MakeID("res", name)) })
}

// add does an edit that draws something, and shows that.
func (w *window) add(e edit.Edit, id model.ID) {
	if _, err := w.session.Do(e); err != nil {
		w.refused(e, err)
		return
	}
	w.showSide(view.After)
	if w.session != nil && w.session.State().After.Design.Element(id) != nil {
		w.selectElement(id)
	}
}

// askName asks for a logical id that is free.
func (w *window) askName(title, word string, then func(name string)) {
	if w.session == nil {
		return
	}
	w.askWord(title, "Name in the template: letters and digits", edit.FreeName(w.state.After.Design, word), then)
}

func (w *window) askWord(title, hint, word string, then func(string)) {
	w.askText(title, hint, word, "Add", then)
}

// askText asks for a line of text.
func (w *window) askText(title, hint, word, button string, then func(string)) {
	entry := view.NewField(word)
	d := view.NewSheet(title, hint, entry)
	d.Width, d.First = 400, entry
	d.Leave("Cancel")
	d.Act(button, view.Primary, func() { then(strings.TrimSpace(entry.Text)) })
	w.present(d, nil)
}

// addTrigger asks for what a route or schedule needs, and lets it start the function that is selected.
func (w *window) addTrigger(event string) {
	if w.session == nil || w.state.After.Design.Function(w.state.Selected) == nil {
		return
	}
	d, f := w.state.After.Design, w.state.Selected
	switch event {
	case "http":
		w.askWord("A route that starts "+view.Name(d, f), "Method and path", "GET /", func(text string) {
			method, path, ok := strings.Cut(text, " ")
			if !ok {
				method, path = "GET", text
			}
			w.do(&edit.NewTrigger{Name: edit.FreeEvent(d, f, "Route"), To: f, Event: "http", Method: method, Path: strings.TrimSpace(path)})
		})
	case "schedule":
		w.askWord("A schedule that starts "+view.Name(d, f), "rate(5 minutes), or cron(0 3 * * ? *)", "rate(1 hour)", func(text string) {
			w.do(&edit.NewTrigger{Name: edit.FreeEvent(d, f, "Schedule"), To: f, Event: "schedule", Rate: text})
		})
	}
}

// showStock shows what can be drawn into the design, if anything can.
func (w *window) showStock() {
	d := w.state.After.Design
	function := ""
	if d.Function(w.state.Selected) != nil {
		function = view.Name(d, w.state.Selected)
	}
	w.stock.Set(d.Info().Kind == "blank" || w.drawing && edit.TakesNew(d), function, len(d.Functions())+len(d.Resources()) == 0)
	w.decks.Top.Refresh()
}

// toggleDrawing shows or hides the row of things that can be drawn into a template.
func (w *window) toggleDrawing() {
	if w.session != nil {
		w.drawing = !w.drawing
		w.showStock()
		w.showMenu()
	}
}

// carries reports whether a thing of the picture can be dragged onto a bay: resources, where their design can be edited.
func (w *window) carries(id model.ID) bool {
	return w.session != nil && (w.look.side != view.Before || !w.state.Edited) && w.state.After.Design.Resource(id) != nil
}

// bay is the role and, where there is just one, the function that stands at a place of the picture.
func (w *window) bay(id model.ID) (role, function model.ID) {
	d := w.state.After.Design
	for _, c := range d.Compartments() {
		one := model.ID("")
		if len(c.Functions) == 1 {
			one = c.Functions[0]
		}
		if c.ID == id {
			return c.Role, one
		}
		for _, f := range c.Functions {
			if f == id {
				return c.Role, f
			}
		}
	}
	return "", ""
}

// breachable is what a breach can be put into at a place of the picture: a function, or whose role a bay has, or who stands on
// the quay; "" for nothing.
func (w *window) breachable(id model.ID) model.ID {
	d := w.state.After.Design
	if w.look.side == view.Before {
		d = w.state.Before.Design
	}
	if d.Function(id) != nil || d.Role(id) != nil || d.Principal(id) != nil {
		return id
	}
	if role, function := w.bay(id); function != "" || role != "" {
		return cmp.Or(function, role)
	}
	return ""
}

// carryTip says what letting go would do.
func (w *window) carryTip(thing, from, onto model.ID) string {
	d := w.state.After.Design
	if thing == render.BreachMarker {
		if to := w.breachable(onto); to != "" {
			return "breach " + nameIn(w.state, to)
		}
		return "the breach: let it go on a function"
	}
	name := view.Name(d, thing)
	to, _ := w.bay(onto)
	out, _ := w.bay(from)
	switch {
	case to != "" && to != out:
		return name + " → grant to " + view.Name(d, to)
	case to != "":
		return name + " in " + view.Name(d, to)
	case out != "":
		return name + " → take away from " + view.Name(d, out)
	}
	return name
}

// carried offers what a thing that was dragged onto a bay, or out of one, is to be for.
func (w *window) carried(thing, from, onto model.ID, at fyne.Position) {
	if thing == render.BreachMarker {
		if to := w.breachable(onto); to != "" {
			w.selectElement(to)
		}
		return
	}
	d := w.state.After.Design
	r := d.Resource(thing)
	if r == nil {
		return
	}
	role, function := w.bay(onto)
	if role == "" {
		role, _ = w.bay(from)
		if role == "" || d.Role(role) == nil {
			return
		}
		w.takeAway(role, thing)
		return
	}
	if d.Role(role) == nil {
		return
	}
	flood := func() { // shows what a breach of it reaches now
		if function != "" {
			w.selectElement(function)
		}
	}
	name, whose := view.Name(d, thing), view.Name(d, cmp.Or(function, role))
	var items []*fyne.MenuItem
	add := func(label string, action func()) { items = append(items, fyne.NewMenuItem(label, action)) }
	starts := func() {}
	if event := edit.StartsBy(r.Type); event != "" && function != "" && edit.TakesNew(d) {
		starts = func() {
			add(name+" starts "+view.Name(d, function), func() {
				w.doThen(&edit.NewTrigger{Name: edit.FreeEvent(d, function, r.LogicalID), To: function, From: thing, Event: event}, flood)
			})
		}
	}
	keeps := edit.UsesOf(r.Type)&edit.Reads != 0 && r.Type != "AWS::SQS::Queue" // what keeps things is rather read
	if !keeps {
		starts()
	}
	for _, use := range []edit.Use{edit.Reads, edit.Writes, edit.Reads | edit.Writes} {
		if use&edit.UsesOf(r.Type) != use {
			continue
		}
		if g := edit.GrantUse(d, role, thing, use); g != nil {
			label := "Let " + whose + " " + view.UseWords(r.Type, use) + " " + name
			key := edit.GrantKey(d, role, thing, use)
			if key != nil {
				label += ", and use its key"
			}
			add(label, func() {
				w.doThen(g, flood)
				if key != nil {
					w.do(key)
				}
			})
		}
	}
	if keeps {
		starts()
	}
	if edit.TakeAway(d, role, thing) != nil {
		add("Take "+name+" away from "+whose, func() { w.takeAway(role, thing) })
	}
	if len(items) == 0 {
		w.strip.Forget(view.Remark{Text: "It is not known what " + whose + " would use " + name + " for: grant the actions by an edit script."})
		return
	}
	w.offered = fyne.NewMenu("", items...)
	widget.ShowPopUpMenuAtPosition(w.offered, w.win.Canvas(), at)
}

// takeAway takes what names a thing out of a role's statements.
func (w *window) takeAway(role, thing model.ID) {
	d := w.state.After.Design
	s, name := w.session, view.Name(d, thing)
	var rs []view.Remark
	taken := 0
	w.background("Taking "+name+" away", func(ctx context.Context) error { // each is proven first
		for e := edit.TakeAway(d, role, thing); e != nil; e = edit.TakeAway(s.State().After.Design, role, thing) {
			r, err := s.DoUnless(ctx, e)
			if err != nil {
				return err
			}
			taken++
			for _, text := range r.Warnings {
				rs = append(rs, view.Remark{Text: upper(text), Action: "undo", OnTap: w.undo})
			}
		}
		return nil
	}, func() {
		if taken == 0 {
			rs = []view.Remark{{Text: fmt.Sprintf("No statement of %s names %s: what reaches it is a wildcard. Narrow that on the right.", view.Name(d, role), name)}}
		}
		w.strip.Forget(rs...)
	})
}

// exportTemplate writes a design that was drawn from nothing as a SAM template.
func (w *window) exportTemplate() {
	s := w.session
	w.saveFile("Save the SAM template", "template.yaml", []string{".yaml"}, func(string) ([]byte, error) {
		p, err := s.Patch(context.Background())
		if err != nil {
			return nil, err
		}
		for _, data := range p.Files {
			return data, nil // a template is one file
		}
		return nil, errors.New("the design is empty")
	})
}
