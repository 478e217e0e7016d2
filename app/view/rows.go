package view

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// Place says what a row of the outline stands for.
type Place uint8

// The sorts of row.
const (
	Section Place = iota
	Bay           // a function, with its reach
	Thing         // a resource, with its exposure
	Way           // a trigger
	Guest         // a role without function, a user, a group
	Mention       // words
)

// A Row is one row of the outline.
type Row struct {
	Place   Place
	ID      model.ID
	Name    string
	Caption string
	Hint    string // the caption in full, where it is longer
	Icon    string
	Share   float64 // of a Bay: its reach
	Figure  string  // "89 %", "2 of 3"
	Worst   bool    // of a Bay: the worst of the design
	Crown   bool
	Dim     bool // not counted
	Admin   bool
	find    string // what the search looks at, in small letters
}

// OutlineByStack is Outline, stack by stack, and then what belongs to none.
func OutlineByStack(d *model.Design, a *reach.Analysis, m reach.Measures, vulnerable bool) []Row {
	rows := Outline(d, a, m, vulnerable)
	stacks := d.Stacks()
	if len(stacks) < 2 {
		return rows
	}
	of := make([]string, len(rows))
	for i, r := range rows {
		if e := d.Element(r.ID); r.ID != "" && e != nil {
			of[i] = model.StackOf(e)
		}
	}
	var out []Row
	for _, s := range stacks {
		out = append(out, Row{Place: Section, Name: "STACK " + s})
		for _, place := range []Place{Bay, Thing, Guest, Way} {
			for i, r := range rows {
				if r.Place == place && of[i] == s {
					out = append(out, r)
				}
			}
		}
	}
	head := -1
	for i, r := range rows {
		switch {
		case r.Place == Section:
			head = i
		case !slices.Contains(stacks, of[i]):
			if head >= 0 {
				out = append(out, rows[head])
				head = -1
			}
			out = append(out, r)
		}
	}
	return out
}

// Outline lists a design: functions by reach, resources by exposure, roles and users, triggers. Without an analysis
// everything stands in source order and has no figures.
func Outline(d *model.Design, a *reach.Analysis, m reach.Measures, vulnerable bool) []Row {
	var out []Row
	add := func(section string, rows []Row) {
		if len(rows) > 0 {
			out = append(append(out, Row{Place: Section, Name: section}), rows...)
		}
	}
	starters := map[model.ID][]*model.Trigger{}
	for _, t := range d.Triggers() {
		starters[t.To] = append(starters[t.To], t)
	}
	bays, order := bays(d, a, vulnerable, starters), "COMPARTMENTS"
	if a != nil {
		order += " · by reach"
		for i := range bays {
			bays[i].Worst = bays[i].ID == m.WorstOf
		}
	}
	add(order, bays)

	var things, others []Row
	for _, r := range d.Resources() {
		kind := catalog.KindOf(r.Type)
		row := Row{Place: Thing, ID: r.ID, Name: Name(d, r.ID), Icon: kind.Icon, Crown: r.Crown, find: find(r.LogicalID, r.Name, r.ARN, r.Type, kind.Noun)}
		if a == nil {
			things = append(things, row)
			continue
		}
		if !a.Counted(r.ID) {
			row.Dim = true
			others = append(others, row)
			continue
		}
		row.Share = float64(m.Exposure[r.ID])
		if m.Functions > 0 {
			row.Figure = of(m.Exposure[r.ID], m.Functions)
		}
		things = append(things, row)
	}
	slices.SortStableFunc(things, func(x, y Row) int {
		return cmp.Or(-cmp.Compare(x.Share, y.Share), compareCrown(x, y))
	})
	order = "RESOURCES"
	if a != nil {
		order += " · by exposure"
	}
	add(order, things)
	add("FROM OUTSIDE", strangers(d, a, vulnerable))
	order = "ROLES AND USERS"
	if a != nil {
		order += " · by reach"
	}
	add(order, guests(d, a, vulnerable))
	var ways []Row
	for _, t := range d.Triggers() {
		if t.Kind == "permission" {
			continue
		}
		ways = append(ways, Row{Place: Way, ID: t.ID, Name: Name(d, t.ID), Icon: triggerIcon(t), Caption: "starts " + Name(d, t.To),
			find: find(t.Name, t.Label, t.Event, t.Kind, Name(d, t.To))})
	}
	add("TRIGGERS", ways)
	add("NOT COUNTED", others)
	return out
}

func of(n, all int) string {
	return strings.TrimSpace(itoa(n) + " of " + itoa(all))
}

func compareCrown(x, y Row) int {
	switch {
	case x.Crown == y.Crown:
		return 0
	case x.Crown:
		return -1
	}
	return 1
}

// besideBar is how many letters the outline has room for between its edge and the bar of a function.
const besideBar = 11

func find(words ...string) string { return strings.ToLower(strings.Join(words, " ")) }

func bays(d *model.Design, a *reach.Analysis, vulnerable bool, starters map[model.ID][]*model.Trigger) []Row {
	var out []Row
	shared := map[model.ID]int{}
	for _, f := range d.Functions() {
		shared[f.Role]++
	}
	for _, f := range d.Functions() {
		row := Row{Place: Bay, ID: f.ID, Name: Name(d, f.ID), Icon: "function", Caption: starts(starters[f.ID]),
			find: find(f.LogicalID, f.Name, f.ARN, f.Handler, f.Runtime, Name(d, f.Role))}
		if len(row.Caption) > besideBar { // of several kinds, or of one with a long name
			row.Hint, row.Caption = row.Caption, plural(countStarts(starters[f.ID]), "trigger")
		}
		if f.Role != "" && shared[f.Role] > 1 {
			row.Hint = starts(starters[f.ID]) + " · shares " + Name(d, f.Role)
			row.Caption = "shared role"
		}
		row.reaches(a, vulnerable)
		out = append(out, row)
	}
	if a != nil {
		slices.SortStableFunc(out, func(x, y Row) int { return -cmp.Compare(x.Share, y.Share) })
	}
	return out
}

// reaches sets the figures of a function, role or user, as far as an analysis tells. It asks for no breach: of a whole
// account that would be all hits of all starts.
func (r *Row) reaches(a *reach.Analysis, vulnerable bool) {
	if a == nil {
		return
	}
	if p := a.Design().Principal(r.ID); p != nil && p.Kind == model.Group {
		return // nobody acts as one
	}
	if f, ok := a.Reach(r.ID); ok {
		may := Figure(f, vulnerable)
		r.Share, r.Figure, r.Admin = may.Share, render.Share(may.Share, f.AtLeast), a.Rules(r.ID, vulnerable)
		switch {
		case f.Of > 0:
		case r.Admin:
			r.Figure = "admin"
		case r.Place == Guest:
			r.Figure = "" // a share of nothing
		}
	}
}

// Figure is the headline figure of a breach: must and may, with fed functions vulnerable or not.
func Figure(f reach.Figures, vulnerable bool) reach.Figure {
	if vulnerable {
		return f.FedMay
	}
	return f.May
}

// strangers are the starts from outside, as the analysis found them.
func strangers(d *model.Design, a *reach.Analysis, vulnerable bool) []Row {
	if a == nil {
		return nil
	}
	var out []Row
	for _, id := range a.Strangers() {
		kind := a.Stands(id)
		row := Row{Place: Guest, ID: id, Name: Name(d, id), Icon: "globe", Caption: kind, find: find("outside", Name(d, id), kind)}
		row.reaches(a, vulnerable)
		out = append(out, row)
	}
	return out
}

// guests are roles that no function has, users and groups.
func guests(d *model.Design, a *reach.Analysis, vulnerable bool) []Row {
	var out []Row
	worn := map[model.ID]bool{}
	var known []reach.Administrator
	expected := map[model.ID]bool{} // known administrators
	if a != nil {
		known = a.Administrators()
	}
	for _, f := range d.Functions() {
		worn[f.Role] = true
	}
	put := func(id model.ID, caption, words string) {
		row := Row{Place: Guest, ID: id, Name: Name(d, id), Icon: Icon(d, id), Caption: caption, find: words}
		if row.reaches(a, vulnerable); row.Admin {
			row.Caption += " · reaches an admin"
			if why := reach.WhyKnown(known, id); why != "" {
				row.Caption = caption + " · " + why
				expected[id] = true
			}
		}
		out = append(out, row)
	}
	for _, r := range d.Roles() {
		if worn[r.ID] {
			continue
		}
		caption := "role"
		switch {
		case r.ServiceLinked:
			caption = "service-linked role"
		case r.External:
			caption = "role, not seen"
		}
		put(r.ID, caption, find("role", r.LogicalID, r.Name, r.ARN))
	}
	for _, p := range d.Principals() {
		put(p.ID, string(p.Kind), find(string(p.Kind), p.Name, p.ARN))
	}
	// Who reaches an administrator is news, unless it is known as one.
	rank := func(r Row) int {
		switch {
		case r.Admin && !expected[r.ID]:
			return 0
		case r.Admin:
			return 1
		case r.Icon != string(model.Group):
			return 2
		}
		return 3 // groups start nothing themselves
	}
	slices.SortStableFunc(out, func(x, y Row) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Share, x.Share))
	})
	return out
}

// Search keeps the rows that hold each of the words, and the sections that still have some.
func Search(rows []Row, words string) []Row {
	fields := strings.Fields(strings.ToLower(words))
	if len(fields) == 0 {
		return rows
	}
	var out []Row
	head := -1
	for i, r := range rows {
		if r.Place == Section {
			head = i
			continue
		}
		hit := true
		for _, w := range fields {
			hit = hit && (strings.Contains(strings.ToLower(r.Name), w) || strings.Contains(r.find, w))
		}
		if !hit {
			continue
		}
		if head >= 0 {
			out = append(out, rows[head])
			head = -1
		}
		out = append(out, r)
	}
	return out
}
