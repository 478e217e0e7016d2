//go:build !headless

package app

import (
	"slices"
	"strings"
	"sync"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// learned is what pictures found out about a design, for those that come after: by the analysis that told it.
type learned struct {
	mu    sync.Mutex
	known map[*reach.Analysis]*render.Known // of large designs

	ranks struct {
		of     [2]*reach.Analysis
		fed    bool
		answer *render.Ranking
	}
	rows struct {
		of           *reach.Analysis
		fed, stacked bool
		answer       []view.Row
	}
}

// ranking is the ranked table of a view, compared with another.
func (l *learned) ranking(v, before render.View) *render.Ranking {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := &l.ranks
	if of := [2]*reach.Analysis{v.Analysis, before.Analysis}; k.answer == nil || k.of != of || k.fed != v.Vulnerable {
		k.of, k.fed, k.answer = of, v.Vulnerable, render.Rankings(v, &before)
	}
	return k.answer
}

// outline is the rows of the outline.
func (l *learned) outline(s session.Side, vulnerable, stacked bool) []view.Row {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := &l.rows
	if k.answer == nil || k.of != s.Analysis || k.fed != vulnerable || k.stacked != stacked {
		list := view.Outline
		if stacked {
			list = view.OutlineByStack
		}
		k.of, k.fed, k.stacked, k.answer = s.Analysis, vulnerable, stacked, list(s.Design, s.Analysis, s.Measures, vulnerable)
	}
	return k.answer
}

// of is what is known of a view's design. Of a small one that costs less than to keep it.
func (l *learned) of(v render.View) *render.Known {
	if v.Analysis == nil || !large(v.Design) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.known[v.Analysis]
	if k == nil {
		if len(l.known) >= 2 || l.known == nil { // before and after
			l.known = map[*reach.Analysis]*render.Known{}
		}
		k = render.Learn(v)
		l.known[v.Analysis] = k
	}
	return k
}

func (l *learned) forget() {
	l.mu.Lock()
	l.known, l.ranks.answer, l.rows.answer = nil, nil, nil
	l.mu.Unlock()
}

// toggleStacks groups the outline and the map by stack, or by compartment alone.
func (w *window) toggleStacks() {
	if w.session != nil && len(w.state.After.Design.Stacks()) > 1 {
		w.look.stacked = !w.look.stacked
		w.app.Preferences().SetBool(prefStacked, w.look.stacked)
		w.canvas.Home()
		w.showTools()
		w.picture()
	}
}

// openBundle shows the compartments of a group on the map of a large design, or folds them again.
func (w *window) openBundle(name string) {
	if w.session == nil {
		return
	}
	open := strings.Split(w.look.open, "\n")
	open = slices.DeleteFunc(open, func(s string) bool { return s == "" })
	if i := slices.Index(open, name); i >= 0 {
		open = slices.Delete(open, i, i+1)
	} else {
		open = append(open, name)
		if g := render.BundleNamed(render.Bundles(w.state.After.Design), name); g != nil {
			w.turn = g.Members
		}
	}
	w.look.open = strings.Join(open, "\n")
	w.picture()
}

// pictured is what stands for an element on the picture: on a map of groups its group, unless that is open.
func (w *window) pictured(id model.ID) model.ID {
	d := w.state.After.Design
	if w.shown.look.chart != view.MapChart || w.shown.look.focus != view.FocusAll || len(d.Compartments()) <= render.MostClusters {
		return id
	}
	of := model.ID("")
	for _, c := range d.Compartments() {
		if c.ID == id || c.Role == id || slices.Contains(c.Functions, id) {
			of = c.ID
		}
	}
	open := strings.Split(w.shown.look.open, "\n")
	for _, g := range render.Bundles(d) {
		if of != "" && slices.Contains(g.Members, of) && !slices.Contains(open, g.Name) {
			return render.BundleID(g.Name)
		}
	}
	return id
}

// openGroupOf is the group that the map shows opened and that a function or role is of, "" for none.
func (w *window) openGroupOf(id model.ID) string {
	if w.look.chart != view.MapChart || w.look.open == "" {
		return ""
	}
	d, of := w.state.After.Design, model.ID("")
	for _, c := range d.Compartments() {
		if c.ID == id || slices.Contains(c.Functions, id) {
			of = c.ID
		}
	}
	open := strings.Split(w.look.open, "\n")
	for _, g := range render.Bundles(d) {
		if of != "" && slices.Contains(open, g.Name) && slices.Contains(g.Members, of) {
			return g.Name
		}
	}
	return ""
}

// focus makes two views of a large design show the part that is asked for.
func (l *learned) focus(a ask, before, after *render.View) {
	after.Stacked, before.Stacked = a.look.stacked, a.look.stacked
	after.Open = strings.Split(a.look.open, "\n")
	before.Open = after.Open
	if !large(after.Design) {
		return
	}
	after.Known = l.of(*after)
	before.Known = after.Known
	if a.state.Edited {
		before.Known = l.of(*before)
	}
	switch a.look.focus {
	case view.FocusAll:
		return
	case view.FocusBreach:
		if after.Known != nil && a.state.Start != "" {
			after.Focus = after.Known.Around(a.state.Start, after.Breach, after.Vulnerable)
		}
	default:
		if g := render.BundleNamed(render.Bundles(after.Design), a.look.focus); g != nil {
			after.Focus = g.Members
		}
	}
	before.Focus = after.Focus
}
