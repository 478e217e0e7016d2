package render_test

import (
	"fmt"
	"slices"
	"testing"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// visited is told, with somebody from outside.
type visited struct {
	told
	strangers []model.ID
}

func (v visited) Strangers() []model.ID  { return v.strangers }
func (v visited) Stands(model.ID) string { return "another account" }

// Who comes from outside stands on hull and map as a start of its own: its lines lead to what it may touch and run as, and by what
// starts a function where the map shows that.
func TestFromOutsideIsDrawn(t *testing.T) {
	const them = model.ID("outside/999988887777")
	d := design(t, function("Api", 1), function("Job", 2), resources("Orders"),
		[]model.Element{&model.Trigger{ID: "trigger/url", To: "fn/Api", Kind: "function-url", Label: "function URL", Open: true}})
	facts := visited{told{steps: map[model.ID][]reach.Step{
		them: {
			{From: them, To: "res/Orders", Kind: reach.Acts, Capabilities: reads, Must: reads},
			{From: them, To: "fn/Api", Kind: reach.Feeds, Via: "trigger/url"},
			{From: them, To: "role/JobRole", Kind: reach.Runs},
		},
	}}, []model.ID{them}}
	breach := &reach.Breach{From: them, Runs: []model.ID{"role/JobRole"}, Fed: []model.ID{"fn/Api"}}
	diagram := render.Draw(render.View{Design: d, Facts: facts, Breach: breach})
	if i := slices.IndexFunc(diagram.Quay, func(g *render.Guest) bool { return g.ID == them }); i < 0 || diagram.Quay[i].Group != render.Outside || diagram.Quay[i].State != render.Breached {
		t.Errorf("it does not stand on the quay: %+v", diagram.Quay)
	}
	if i := slices.IndexFunc(diagram.Nodes, func(n *render.Node) bool { return n.ID == them }); i < 0 || diagram.Nodes[i].Kind != render.StrangerNode || diagram.Nodes[i].Caption != "another account" {
		t.Errorf("it is no node of the map")
	}
	led := map[model.ID]render.EdgeKind{}
	for _, e := range diagram.Edges {
		if e.From == them {
			led[e.To] = e.Kind
		}
	}
	if want := map[model.ID]render.EdgeKind{"res/Orders": render.ActsEdge, "trigger/url": render.FeedsEdge, "fn/Job": render.RunsEdge}; len(led) != len(want) || led["res/Orders"] != want["res/Orders"] ||
		led["trigger/url"] != want["trigger/url"] || led["fn/Job"] != want["fn/Job"] {
		t.Errorf("its lines lead to %v", led)
	}
}

// On a map of groups stand those from outside as well, and whom of those ashore they can run as, however many others are there;
// their lines lead to the groups and the things that let them in.
func TestFromOutsideAmongGroups(t *testing.T) {
	const them, anyone = model.ID("outside/999988887777"), render.Anyone
	es := [][]model.Element{resources("Public")}
	facts := visited{told{steps: map[model.ID][]reach.Step{}}, []model.ID{anyone, them}}
	for i := range render.MostClusters + 10 {
		name := fmt.Sprintf("team%d-f%d", i%4, i)
		es = append(es, function(name, i+1))
		if i < 90 { // each leads to a function, the last is led to from outside
			id := model.ID(fmt.Sprintf("role/Ashore%d", i))
			es = append(es, []model.Element{&model.Role{ID: id, Name: string(id[5:])}})
			facts.steps[id] = []reach.Step{{From: id, To: model.ID("fn/" + name), Kind: reach.Feeds}}
		}
	}
	facts.steps[anyone] = []reach.Step{{From: anyone, To: "res/Public", Kind: reach.Acts, Capabilities: reads, Must: reads}}
	facts.steps[them] = []reach.Step{{From: them, To: "role/Ashore89", Kind: reach.Runs}, {From: them, To: "fn/team1-f1", Kind: reach.Feeds}}
	d := render.Draw(render.View{Design: design(t, es...), Facts: facts, Breach: &reach.Breach{From: them, Runs: []model.ID{"role/Ashore89"}}})
	var got []string
	for _, e := range d.Edges {
		got = append(got, fmt.Sprintf("%s %d %s %t", e.From, e.Kind, e.To, e.Wet))
	}
	slices.Sort(got)
	want := []string{
		fmt.Sprintf("%s %d res/Public false", anyone, render.ActsEdge),
		fmt.Sprintf("%s %d bundle/team1 false", them, render.FeedsEdge),
		fmt.Sprintf("%s %d role/Ashore89 true", them, render.RunsEdge),
		fmt.Sprintf("role/Ashore89 %d bundle/team1 false", render.FeedsEdge),
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("lines %q\nwant  %q", got, want)
	}
	for id, kind := range map[model.ID]render.NodeKind{anyone: render.StrangerNode, them: render.StrangerNode, "role/Ashore89": render.RoleNode, "res/Public": render.ResourceNode} {
		if i := slices.IndexFunc(d.Nodes, func(n *render.Node) bool { return n.ID == id }); i < 0 || d.Nodes[i].Kind != kind {
			t.Errorf("%s is not drawn as it is", id)
		}
	}
}
