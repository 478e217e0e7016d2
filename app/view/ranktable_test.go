package view

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"bulkhead/model"
	"bulkhead/render"
)

func rankTable(t *testing.T, sample string) (*RankTable, *render.Ranking) {
	t.Helper()
	newApp(t)
	_, st := opened(t, sample)
	r := render.Rankings(render.View{Title: st.Title, Design: st.After.Design, Analysis: st.After.Analysis, Measures: st.After.Measures}, nil)
	table := NewRankTable()
	newWindow(t, table.Root, 780, 500)
	table.Set(r)
	return table, r
}

func rowNames(t *RankTable) []string {
	var out []string
	for _, r := range t.rows {
		out = append(out, r.name)
	}
	return out
}

func TestRankTableSorts(t *testing.T) {
	table, r := rankTable(t, "team")
	worst := rowNames(table)
	if len(worst) != len(r.Ranks) || worst[0] != r.Ranks[0].Name {
		t.Fatalf("rows %q", worst)
	}
	heads := func(head string) *Link {
		for _, l := range all[*Link](table.heads) {
			if strings.HasPrefix(l.Text, head) {
				return l
			}
		}
		t.Fatalf("no head %s", head)
		return nil
	}
	test.Tap(heads("Compartment"))
	byName := rowNames(table)
	if !slices.IsSorted(byName) {
		t.Errorf("by name: %q", byName)
	}
	test.Tap(heads("Compartment"))
	back := rowNames(table)
	slices.Reverse(back)
	if !slices.Equal(back, byName) {
		t.Errorf("the other way round: %q", back)
	}
	if !strings.HasSuffix(heads("Compartment").Text, "↑") {
		t.Errorf("the head does not show the order: %q", heads("Compartment").Text)
	}
	test.Tap(heads("A breach reaches"))
	if got := rowNames(table); !slices.Equal(got, worst) {
		t.Errorf("by reach again: %q, want %q", got, worst)
	}
	test.Tap(table.storage)
	for i, row := range table.rows {
		if row.name != r.Exposures[i].Name || row.figure != of(r.Exposures[i].By, r.Functions) {
			t.Errorf("resource %d is %s %s", i, row.name, row.figure)
		}
	}
}

func TestRankTableSelectsAndAsksForTheHull(t *testing.T) {
	table, r := rankTable(t, "team")
	var got, hulls []model.ID
	table.OnSelect = func(id model.ID) { got = append(got, id) }
	table.OnHull = func(id model.ID) { hulls = append(hulls, id) }
	lines := all[*rankLine](table.Root)
	if len(lines) < 3 {
		t.Fatalf("%d lines are shown", len(lines))
	}
	test.Tap(lines[1])
	table.list.OnTaken(2)
	if want := []model.ID{r.Ranks[1].Start, r.Ranks[2].Start}; !slices.Equal(got, want) {
		t.Errorf("selected %q, want %q", got, want)
	}
	table.Select(r.Ranks[0].Start)
	for _, l := range all[*rankLine](table.Root) {
		if l.on() == l.hull.Hidden {
			t.Errorf("%s: selected %v, its hull is offered %v", l.row.name, l.on(), !l.hull.Hidden)
		}
		if l.on() {
			test.Tap(l.hull)
		}
	}
	if !slices.Equal(hulls, []model.ID{r.Ranks[0].Start}) {
		t.Errorf("hulls of %q", hulls)
	}
}

func TestFocusBarOffersTheGroups(t *testing.T) {
	newApp(t)
	b := NewFocusBar()
	var got []string
	b.OnChoose = func(f string) { got = append(got, f) }
	b.Set([]render.Bundle{{Name: "red", Members: []model.ID{"a", "b"}}, {Name: "blue", Members: []model.ID{"c"}}}, "Shop", "everything", "blue")
	if b.choice.Chosen() != "blue · 1 compartment" || !b.Root.Visible() {
		t.Errorf("shown is %q", b.choice.Chosen())
	}
	b.choice.Choose(0)
	b.choice.Choose(3)
	b.choice.Choose(1)
	if want := []string{FocusBreach, FocusAll, "red"}; !slices.Equal(got, want) {
		t.Errorf("chosen %q, want %q", got, want)
	}
	b.Set([]render.Bundle{{Name: "red"}, {Name: "blue"}}, "", "everything", FocusAll)
	if len(b.choice.Options) != 3 || b.choice.Chosen() != "everything" {
		t.Errorf("without surroundings it offers %+v", b.choice.Options)
	}
	b.Set(nil, "", "", "")
	if b.Root.Visible() {
		t.Error("a small design has a bar")
	}
}

// TestTheTableHasNamesBeforeFigures: while the breaches are being worked out it names the compartments, and claims nothing.
func TestTheTableHasNamesBeforeFigures(t *testing.T) {
	newApp(t)
	_, st := opened(t, "webshop")
	r := render.Rankings(render.View{Design: st.After.Design}, nil)
	if !r.Pending || len(r.Ranks) != 2 {
		t.Fatalf("pending %v with %d rows", r.Pending, len(r.Ranks))
	}
	table := NewRankTable()
	newWindow(t, table.Root, 900, 500)
	table.Set(r)
	shown := texts(table.Root)
	for _, want := range []string{"Shop", "Mailer", "Working out the breaches of 2 functions in 2 compartments", "…"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if strings.Contains(shown, "%") {
		t.Errorf("figures of what nobody worked out: %s", shown)
	}
}

// TestRankTableKeepsWhatIsMarkedInView: when figures come, the rows change their order; the one that is marked stays to be seen.
func TestRankTableKeepsWhatIsMarkedInView(t *testing.T) {
	newApp(t)
	_, st := opened(t, "team")
	v := render.View{Title: st.Title, Design: st.After.Design}
	table := NewRankTable()
	newWindow(t, table.Root, 780, 150)
	table.Set(render.Rankings(v, nil))
	last := table.rows[len(table.rows)-1]
	for _, row := range table.rows[len(table.rows)/2:] {
		v.Analysis, v.Measures = nil, st.After.Measures
		table.Set(render.Rankings(v, nil))
		table.Select(row.id)
		v.Analysis = st.After.Analysis
		table.Set(render.Rankings(v, nil))
		top, room := table.list.Offset(), table.list.scroll.Size().Height
		if i := table.row(); table.list.tops[i] < top || table.list.tops[i+1] > top+room {
			t.Errorf("%s is row %d, from %v to %v; %v to %v is to be seen", row.name, i, table.list.tops[i], table.list.tops[i+1], top, top+room)
		}
	}
	if room := table.list.scroll.Size().Height; table.list.tops[len(table.rows)] <= room {
		t.Fatalf("all rows, to %s, are in view: nothing is tested", last.name)
	}
}
