package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// said is groups in one line: "team-a: F1 F2; others: F3".
func said(groups []render.Bundle) string {
	var out []string
	for _, g := range groups {
		var names []string
		for _, m := range g.Members {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(string(m), "role/"), "Role"))
		}
		out = append(out, g.Name+": "+strings.Join(names, " "))
	}
	return strings.Join(out, "; ")
}

func TestBundles(t *testing.T) {
	named := func(set func(f *model.Function), names ...string) [][]model.Element {
		var out [][]model.Element
		for i, n := range names {
			es := function(n, i+1)
			if set != nil {
				set(es[2].(*model.Function))
			}
			out = append(out, es)
		}
		return out
	}
	for _, c := range []struct {
		name, by, want string
		design         *model.Design
	}{
		{"stacks", "stack", "a: X1; b: Y2 X3", design(t, named(func(f *model.Function) {
			f.Stack = map[bool]string{true: "a", false: "b"}[f.LogicalID == "X1"]
		}, "X1", "Y2", "X3")...)},
		{"one stack, teams", "team", "red: A C; blue: B", design(t, named(func(f *model.Function) {
			f.Stack = "only"
			f.Tags = map[string]string{"Team": map[bool]string{true: "blue", false: "red"}[f.LogicalID == "B"]}
		}, "A", "B", "C")...)},
		{"few with a team", "name", "orders: orders-get orders-put; mail: mail-in mail-out; others: x", design(t, named(func(f *model.Function) {
			if f.LogicalID == "x" {
				f.Tags = map[string]string{"team": "red"}
			}
		}, "orders-get", "mail-in", "orders-put", "mail-out", "x")...)},
		{"what all share says nothing", "name", "shop-Orders: shop-OrdersGet shop-OrdersPut; shop-Mail: shop-MailIn shop-MailOut",
			design(t, named(nil, "shop-OrdersGet", "shop-MailIn", "shop-OrdersPut", "shop-MailOut")...)},
		{"nothing in common", "name", "others: a b", design(t, named(nil, "a", "b")...)},
	} {
		got := render.Bundles(c.design)
		if said(got) != c.want || got[0].By != c.by {
			t.Errorf("%s: by %s: %s\nwant by %s: %s", c.name, got[0].By, said(got), c.by, c.want)
		}
	}
}

// A prefix that more have in common than a hull has bays is parted further.
func TestBundlesFitAHull(t *testing.T) {
	var es [][]model.Element
	for i := range 130 {
		es = append(es, function(fmt.Sprintf("app-team%d-fn-%d", i%4, i), i+1))
	}
	got := render.Bundles(design(t, es...))
	for _, g := range got {
		if len(g.Members) > render.MostBays || !strings.HasPrefix(g.Name, "app-team") {
			t.Errorf("group %s", g)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d groups", len(got))
	}
}

// Every compartment is in one group, whatever the names.
func TestBundlesDivide(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[abAB]{1,2}([-_/][abAB1]{0,2}){0,3}`), 1, 90, rapid.ID[string]).Draw(rt, "names")
		var es [][]model.Element
		for i, n := range names {
			es = append(es, function(n, i+1))
		}
		d := design(t, es...)
		seen := map[model.ID]int{}
		names = nil
		for _, g := range render.Bundles(d) {
			names = append(names, g.Name)
			for _, m := range g.Members {
				seen[m]++
			}
		}
		for _, c := range d.Compartments() {
			if seen[c.ID] != 1 {
				rt.Fatalf("%s is in %d groups", c.ID, seen[c.ID])
			}
		}
		slices.Sort(names)
		if n := len(names); len(slices.Compact(names)) != n {
			rt.Fatalf("two groups have one name: %q", names)
		}
	})
}

// TestBundledMap: a map of more compartments than it shows has a node a group, the ways between two groups as one edge, and
// the things that several groups ask for by name; a group that is opened shows its compartments.
func TestBundledMap(t *testing.T) {
	var es [][]model.Element
	facts := told{steps: map[model.ID][]reach.Step{}, figures: map[model.ID]reach.Figures{}}
	es = append(es, resources("Shared"))
	for i := range render.MostClusters + 30 {
		name := fmt.Sprintf("team%d-f%d", i%6, i)
		own := fmt.Sprintf("Own%d", i)
		named := []string{own}
		if i < 2 {
			named = append(named, "Shared")
		}
		es = append(es, function(name, i+1, named...), resources(own))
		id, steps := acts(name, reads, named...)
		if i >= 6 && i < 10 { // two of team 0 and 1 … feed two of the next teams
			steps = append(steps, reach.Step{From: id, To: model.ID(fmt.Sprintf("fn/team%d-f%d", (i+1)%6, i+1)), Kind: reach.Feeds, Certainty: reach.Must})
		}
		facts.steps[id] = steps
		facts.figures[id] = reach.Figures{Of: 200, May: reach.Figure{Resources: 1, Share: 1.0 / 200}}
	}
	d := design(t, es...)
	folded := render.Draw(render.View{Design: d, Facts: facts})
	var names []string
	for _, n := range folded.Nodes {
		names = append(names, n.Name)
	}
	slices.Sort(names)
	if want := []string{"Shared", "team0", "team1", "team2", "team3", "team4", "team5"}; !slices.Equal(names, want) || len(folded.Clusters) != 0 {
		t.Errorf("nodes %q and %d clusters, want %q", names, len(folded.Clusters), want)
	}
	feeds, acts := 0, 0
	for _, e := range folded.Edges {
		switch e.Kind {
		case render.FeedsEdge:
			feeds++
		case render.ActsEdge:
			acts++
		case render.RunsEdge, render.StartsEdge, render.WearsEdge:
		}
	}
	if feeds != 4 || acts != 2 {
		t.Errorf("%d edges between groups and %d to what they share", feeds, acts)
	}
	open := render.Draw(render.View{Design: d, Facts: facts, Open: []string{"team1"}})
	if len(open.Clusters) != 30 || len(open.Nodes) != 5+30+30+1 { // each of team 1 has a thing of its own
		t.Errorf("opened, there are %d clusters and %d nodes", len(open.Clusters), len(open.Nodes))
	}
	if name, ok := render.BundleOf(render.BundleID("team1")); !ok || name != "team1" {
		t.Error("the id of a group does not tell its name")
	}
}

// TestFocus draws the compartments that are asked for, and what they touch.
func TestFocus(t *testing.T) {
	var es [][]model.Element
	facts := told{steps: map[model.ID][]reach.Step{}, figures: map[model.ID]reach.Figures{}}
	for i := range 80 {
		name := fmt.Sprintf("F%02d", i)
		es = append(es, function(name, i+1, name+"Table"), resources(name+"Table"))
		id, steps := acts(name, reads, name+"Table")
		facts.steps[id] = steps
		facts.figures[id] = reach.Figures{Of: 80, May: reach.Figure{Resources: 1, Share: 1.0 / 80}}
	}
	d := design(t, es...)
	got := render.Draw(render.View{Design: d, Facts: facts, Focus: []model.ID{"fn/F70", "fn/F71"}})
	if len(got.Bays) != 3 || got.Bays[0].Name != "F70" || got.Bays[1].Name != "F71" || got.Bays[2].Left != 78 {
		t.Fatalf("%d bays: %+v", len(got.Bays), got.Bays[0])
	}
	var tiles []string
	for _, b := range got.Bays {
		for _, x := range b.Tiles {
			tiles = append(tiles, x.Name)
		}
	}
	for _, x := range got.Bilge {
		tiles = append(tiles, x.Name)
	}
	if !slices.Equal(tiles, []string{"F70Table", "F71Table"}) {
		t.Errorf("tiles %q", tiles)
	}
	if len(got.Clusters) != 2 || len(got.Claim.Parts) != 2 {
		t.Errorf("the map has %d clusters, the claim %d parts", len(got.Clusters), len(got.Claim.Parts))
	}
	if want := "78 resources that no compartment drawn here can touch are not drawn"; !slices.Contains(got.Claim.Notes, want) {
		t.Errorf("of what it leaves out it says %q", got.Claim.Notes)
	}
	if whole := render.Draw(render.View{Design: d, Facts: facts}); slices.ContainsFunc(whole.Claim.Notes, func(n string) bool { return strings.Contains(n, "not drawn") }) {
		t.Errorf("leaving nothing out it says %q", whole.Claim.Notes)
	}
}
