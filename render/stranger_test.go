package render_test

import (
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
