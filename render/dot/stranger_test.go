package dot

import (
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
)

// guarded is the shop with those from outside who may use its open route: anyone, and for that reason another account.
func guarded() *render.Diagram {
	d := shop(false)
	for _, id := range []model.ID{render.Anyone, "outside/999988887777"} {
		d.Nodes = append(d.Nodes, &render.Node{ID: id, Kind: render.StrangerNode, Name: string(id), Caption: "no AWS account needed", Icon: "globe"})
		d.Edges = append(d.Edges, &render.Edge{From: id, To: "trigger/1", Kind: render.FeedsEdge})
	}
	return d
}

// What each from outside may do because anyone may is drawn of anyone alone.
func TestAnyoneIsDrawnOnce(t *testing.T) {
	d := guarded()
	p := union(font.Metrics(), []*render.Diagram{d})
	for id, want := range map[model.ID]bool{render.Anyone: false, "outside/999988887777": true} {
		if e := p.edges[p.edgeAt[edgeKey{id, "trigger/1", render.FeedsEdge}]]; e.spared != want {
			t.Errorf("the line of %s is spared: %t", id, e.spared)
		}
	}
	if note := p.spareNote(d); strings.Contains(note, "ashore") {
		t.Errorf("of lines that say nothing new it says %q", note)
	}
	legend := false
	for _, s := range scenes(t, Own(), d)[0].Legend {
		legend = legend || s.Kind == render.OutsideSign
	}
	if !legend {
		t.Error("the legend does not say who comes from outside")
	}
}

// In two columns who comes from outside stands beside what it may start, and no line of it crosses the map.
func TestAnyoneStandsBesideTheGate(t *testing.T) {
	d := guarded()
	d.Nodes = append(d.Nodes, &render.Node{ID: "trigger/3", Kind: render.TriggerNode, Name: "GET /exports", Icon: "api", Open: true})
	d.Edges = append(d.Edges, &render.Edge{From: "trigger/3", To: "fn/Export", Kind: render.StartsEdge}, &render.Edge{From: render.Anyone, To: "trigger/3", Kind: render.FeedsEdge})
	p := union(font.Metrics(), []*render.Diagram{d})
	at := p.facing()
	who, gate := at.nodes[p.nodeAt[render.Anyone]], at.nodes[p.nodeAt["trigger/1"]]
	if who.y-gate.y > 80 || gate.y-who.y > 80 {
		t.Errorf("anyone stands at %v, the route at %v", who, gate)
	}
	for to, want := range map[model.ID]bool{"trigger/1": false, "trigger/3": true} {
		if i := p.edgeAt[edgeKey{render.Anyone, to, render.FeedsEdge}]; at.hidden[i] != want {
			t.Errorf("the line to %s is hidden: %t", to, at.hidden[i])
		}
	}
}

// Labels of lines lie on no tile and on no other label.
func TestLabelsLieFree(t *testing.T) {
	c := &canvas{at: &places{hidden: map[int]bool{}}, taken: []box{{40, 0, 20, 100}}}
	r := &route{curve: []point{{0, 50}, {33, 50}, {66, 50}, {100, 50}}}
	for i := range 3 {
		q, free := c.spot(r, 20)
		if free != (i < 2) {
			t.Fatalf("label %d: %v, free %t", i, q, free)
		}
		if b := (box{q.x + pad - 10, q.y + pad - 8, 20, labelHeight}); free && b.meets(box{40, 0, 20, 100}) {
			t.Errorf("label %d lies on the tile: %v", i, q)
		}
	}
}

// In columns somebody from outside stands left of the groups that it leads to, and these left of what they touch.
func TestGroupsStandBetween(t *testing.T) {
	d := &render.Diagram{}
	node := func(id model.ID, kind render.NodeKind) {
		d.Nodes = append(d.Nodes, &render.Node{ID: id, Kind: kind, Name: string(id)})
	}
	node("bundle/a", render.BundleNode)
	node("bundle/b", render.BundleNode)
	node("role/Ashore", render.RoleNode)
	node("outside/999988887777", render.StrangerNode)
	node("res/Data", render.ResourceNode)
	for _, e := range [][2]model.ID{{"outside/999988887777", "role/Ashore"}, {"role/Ashore", "bundle/a"}, {"bundle/a", "bundle/b"}} {
		d.Edges = append(d.Edges, &render.Edge{From: e[0], To: e[1], Kind: render.RunsEdge})
	}
	d.Edges = append(d.Edges, &render.Edge{From: "bundle/b", To: "res/Data"})
	p := union(font.Metrics(), []*render.Diagram{d})
	at := p.layered()
	x := func(id model.ID) float64 { return at.nodes[p.nodeAt[id]].x - p.nodes[p.nodeAt[id]].w/2 }
	if x("outside/999988887777") >= x("bundle/a") || x("role/Ashore") >= x("bundle/a") || x("bundle/a") != x("bundle/b") || x("bundle/b") >= x("res/Data") {
		t.Errorf("from outside %g, ashore %g, groups %g and %g, a thing %g", x("outside/999988887777"), x("role/Ashore"), x("bundle/a"), x("bundle/b"), x("res/Data"))
	}
	if who, role := at.nodes[p.nodeAt["outside/999988887777"]], at.nodes[p.nodeAt["role/Ashore"]]; who.y >= role.y {
		t.Errorf("the role stands at %v, above who comes from outside at %v", role, who)
	}
}

// What starts functions of several compartments stands between the columns, with lines to both, and who comes from outside has its
// line to there.
func TestSourceOfManyStandsBetween(t *testing.T) {
	d := guarded()
	d.Nodes = append(d.Nodes, &render.Node{ID: "trigger/api", Kind: render.TriggerNode, Name: "Graph", Icon: "api", Open: true})
	for _, f := range []model.ID{"fn/Shop", "fn/Mailer", "fn/Export"} {
		d.Edges = append(d.Edges, &render.Edge{From: "trigger/api", To: f, Kind: render.StartsEdge})
	}
	d.Edges = append(d.Edges, &render.Edge{From: render.Anyone, To: "trigger/api", Kind: render.FeedsEdge})
	p := union(font.Metrics(), []*render.Diagram{d})
	at := p.facing()
	left, right := at.width, 0.0
	for _, e := range p.edges {
		if e.from == p.nodeAt["trigger/api"] {
			left, right = min(left, at.nodes[e.to].x), max(right, at.nodes[e.to].x)
		}
	}
	if x := at.nodes[p.nodeAt["trigger/api"]].x; x <= left || x >= right {
		t.Errorf("it stands at %g, what it starts at %g to %g", x, left, right)
	}
	if at.hidden[p.edgeAt[edgeKey{render.Anyone, "trigger/api", render.FeedsEdge}]] {
		t.Error("the line from outside to it is hidden")
	}
	for i, n := range p.nodes {
		if q := at.nodes[i]; q == (point{}) && !p.apart[i] {
			t.Errorf("%s has no place", n.id)
		}
	}
}
