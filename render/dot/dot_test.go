package dot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/scenetest"
)

// fake is an engine that answers what it is told to.
type fake struct {
	answer func(ctx context.Context, dot string) ([]byte, error)
	asked  int
}

func (f *fake) Close() error { return nil }

func (f *fake) layout(ctx context.Context, dot string) ([]byte, error) {
	f.asked++
	return f.answer(ctx, dot)
}

func scenes(t testing.TB, l *Layout, diagrams ...*render.Diagram) []*render.Scene {
	t.Helper()
	s, err := l.Layout(context.Background(), font.Metrics(), diagrams...)
	if err != nil {
		t.Fatal(err)
	}
	if len(s) != len(diagrams) {
		t.Fatalf("%d scenes of %d diagrams", len(s), len(diagrams))
	}
	return s
}

// TestBreachMovesNothing: what is asked of Graphviz and where things stand does not depend on the breach.
func TestBreachMovesNothing(t *testing.T) {
	m := font.Metrics()
	dry, wet := shop(false), shop(true)
	if a, b := union(m, []*render.Diagram{dry}).dot(), union(m, []*render.Diagram{wet}).dot(); a != b {
		t.Errorf("the graph differs:\n%s\n%s", a, b)
	}
	where := func(s *render.Scene) map[model.ID]render.Area {
		out := map[model.ID]render.Area{}
		for _, a := range s.Areas {
			if a.Element != "" && a.H >= tileHeight {
				a.Tip = ""
				out[a.Element] = a
			}
		}
		return out
	}
	a, b := scenes(t, Own(), dry), scenes(t, Own(), wet)
	if x, y := where(a[0]), where(b[0]); !reflect.DeepEqual(x, y) || len(x) < 15 {
		t.Errorf("places differ: %v and %v", x, y)
	}
	// Before and after have one place for what both have.
	after := shop(true)
	after.Nodes = after.Nodes[1:]
	both := scenes(t, Own(), dry, after)
	x, y := where(both[0]), where(both[1])
	for id := range y {
		if x[id] != y[id] {
			t.Errorf("%s stands at %v before and at %v after", id, x[id], y[id])
		}
	}
	if _, there := y["fn/Shop"]; there || both[0].Width != both[1].Width || both[0].Height != both[1].Height {
		t.Error("the scenes do not fit together, or show what is not there")
	}
}

// TestKept: another breach of the same designs is not laid out again.
func TestKept(t *testing.T) {
	f := &fake{answer: func(context.Context, string) ([]byte, error) { return nil, errors.New("broken") }}
	l := &Layout{engine: f}
	first := scenes(t, l, shop(false))
	scenes(t, l, shop(true))
	if f.asked != 1 {
		t.Errorf("asked %d times", f.asked)
	}
	if !strings.Contains(first[0].Description, "without Graphviz (broken)") {
		t.Errorf("the description does not say so: %s", first[0].Description)
	}
	scenes(t, l, shop(false), shop(true))
	for i := range 2 * keep {
		scenes(t, l, large(i+1, 1, 1))
	}
	if len(l.kept) > keep {
		t.Errorf("%d layouts are kept", len(l.kept))
	}
}

func TestLimit(t *testing.T) {
	f := &fake{answer: func(ctx context.Context, _ string) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	l := &Layout{engine: f, Limit: time.Millisecond}
	s := scenes(t, l, shop(true))
	if !strings.Contains(s[0].Description, "took longer than 1ms") {
		t.Errorf("the description is %q", s[0].Description)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.Limit = time.Hour
	f.answer = func(ctx context.Context, _ string) ([]byte, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if _, err := l.Layout(ctx, font.Metrics(), large(3, 3, 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancelling the error is %v", err)
	}
	if s := scenes(t, l); s != nil {
		t.Errorf("no diagrams give %v", s)
	}
	f.answer = func(context.Context, string) ([]byte, error) { panic("asked for too large a graph") }
	if s := scenes(t, l, starts(large(1500, 1500, 3000))); !strings.Contains(s[0].Description, "too large") {
		t.Errorf("the description is %q", s[0].Description)
	}
	scenes(t, l, &render.Diagram{})
}

// TestSpared: who leads to nearly everything is no star of lines: where others lead as well, only the lines that a breach
// needs are drawn, and the picture says so.
func TestSpared(t *testing.T) {
	d := large(9, 9, 27)
	admin := &render.Node{ID: "user/root", Kind: render.UserNode, Name: "root", Icon: "user"}
	for _, n := range d.Nodes {
		kind := render.ActsEdge
		if n.Kind == render.FunctionNode {
			kind = render.RunsEdge
		}
		d.Edges = append(d.Edges, &render.Edge{From: admin.ID, To: n.ID, Kind: kind})
	}
	d.Nodes = append(d.Nodes, admin)
	drawn := func() (n int) {
		p := union(font.Metrics(), []*render.Diagram{d})
		s := draw(font.Metrics(), d, p, p.layered())
		for _, a := range s.Areas {
			if a.W == 16 && a.H == 16 {
				n++
			}
		}
		for _, e := range p.edges {
			if e.spared && p.nodes[e.from].id != admin.ID {
				t.Errorf("the edge from %s is spared", p.nodes[e.from].id)
			}
		}
		return n
	}
	for _, e := range d.Edges {
		e.Tip = "an edge"
	}
	if n := drawn(); n != 27 {
		t.Errorf("%d edges are drawn while nothing is breached, want 27", n)
	}
	if s := scenes(t, Own(), d)[0]; !strings.Contains(s.Description, "lines from root") {
		t.Errorf("the description does not name the hub: %s", s.Description)
	}
	admin.State = render.Breached
	for _, e := range d.Edges {
		e.Wet = e.From == admin.ID
	}
	if n := drawn(); n != 27+18 {
		t.Errorf("%d edges are drawn when it is breached, want 45", n)
	}
}

// TestOwnLayout: tiles do not overlap, stand within their compartment, and every edge ends at its tiles.
func TestOwnLayout(t *testing.T) {
	for name, d := range map[string]*render.Diagram{"shop": shop(true), "large": large(40, 60, 200), "only functions": large(5, 1, 0), "nothing": {}} {
		p := union(font.Metrics(), []*render.Diagram{d})
		ownLayout(t, name, p, p.layered())
		ownLayout(t, name+", facing", p, p.facing())
	}
}

func ownLayout(t *testing.T, name string, p *plan, at *places) {
	t.Helper()
	for i, n := range p.nodes {
		q := at.nodes[i]
		if q.x-n.w/2 < -0.01 || q.y-n.h/2 < -0.01 || q.x+n.w/2 > at.width+0.01 || q.y+n.h/2 > at.height+0.01 {
			t.Errorf("%s: %s leaves the picture", name, n.id)
		}
		for k := range i {
			o, r := p.nodes[k], at.nodes[k]
			if math.Abs(q.x-r.x) < (n.w+o.w)/2-0.01 && math.Abs(q.y-r.y) < (n.h+o.h)/2-0.01 {
				t.Errorf("%s: %s and %s overlap", name, n.id, o.id)
			}
		}
		if n.cluster >= 0 {
			_, header := p.clusters[n.cluster].margins()
			if b := at.clusters[n.cluster]; q.x-n.w/2 < b.x || q.y-n.h/2 < b.y+header-1 || q.x+n.w/2 > b.x+b.w || q.y+n.h/2 > b.y+b.h {
				t.Errorf("%s: %s leaves its compartment", name, n.id)
			}
		}
	}
	for i, e := range p.edges {
		c := at.edges[i].curve
		if len(c) < 4 || math.Abs(math.Abs(c[0].x-at.nodes[e.from].x)-p.nodes[e.from].w/2) > 0.01 || math.Abs(math.Abs(c[len(c)-1].x-at.nodes[e.to].x)-p.nodes[e.to].w/2) > 0.01 {
			t.Errorf("%s: the edge from %s to %s goes %v", name, p.nodes[e.from].id, p.nodes[e.to].id, c)
		}
	}
}

// TestLegend: every sign in the map is explained, and the dry map has no wet signs.
func TestLegend(t *testing.T) {
	kinds := func(s *render.Scene) map[render.SignKind]bool {
		out := map[render.SignKind]bool{}
		for _, sign := range s.Legend {
			out[sign.Kind] = true
		}
		return out
	}
	wet := kinds(scenes(t, Own(), shop(true))[0])
	for _, k := range []render.SignKind{render.BreachSign, render.HeldSign, render.FedSign, render.ReadSign, render.ChangeSign, render.OwnSign, render.MaySign, render.CrownSign,
		render.RunsSign, render.FeedsSign, render.OpenSign, render.MinorSign, render.EdgeSign, render.StartSign, render.WallSign, render.FloodSign, render.WearSign} {
		if !wet[k] {
			t.Errorf("the legend lacks %q", k)
		}
	}
	dry := kinds(scenes(t, Own(), shop(false))[0])
	for _, k := range []render.SignKind{render.BreachSign, render.HeldSign, render.FedSign, render.ReadSign, render.OwnSign, render.MaySign, render.RunsSign, render.FloodSign} {
		if dry[k] {
			t.Errorf("the dry legend has %q", k)
		}
	}
}

// TestExplained: by their looks, the legend has every sign of the picture and no other.
func TestExplained(t *testing.T) {
	for _, wet := range []bool{true, false} {
		d := shop(wet)
		p := union(font.Metrics(), []*render.Diagram{d})
		for _, what := range scenetest.Unexplained(draw(font.Metrics(), d, p, p.layered())) {
			t.Errorf("breach %t: %s", wet, what)
		}
	}
}

// TestNames: what a design calls its things cannot reach into Graphviz's language.
func TestNames(t *testing.T) {
	d := shop(true)
	for _, n := range d.Nodes {
		n.Name = `x" shape=none label=<b>];}` + n.Name
	}
	for _, e := range d.Edges {
		e.Words = "]; } // " + e.Words
	}
	a, b := union(font.Metrics(), []*render.Diagram{d}).dot(), "x\""
	if strings.Contains(a, b) || strings.Contains(a, "//") {
		t.Errorf("a name is in the graph:\n%s", a)
	}
}

// TestFlow: without the edges that go back there is no cycle, whatever the graph; and a pipeline stays in order.
func TestFlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "nodes")
		p := &plan{}
		for i := range n {
			p.nodes = append(p.nodes, node{kind: render.NodeKind(rapid.IntRange(0, 4).Draw(t, fmt.Sprint("kind", i)))})
		}
		for range rapid.IntRange(0, 40).Draw(t, "edges") {
			e := edge{from: rapid.IntRange(0, n-1).Draw(t, "from"), to: rapid.IntRange(0, n-1).Draw(t, "to"), kind: render.EdgeKind(rapid.IntRange(0, 4).Draw(t, "kind"))}
			if e.from != e.to {
				p.edges = append(p.edges, e)
			}
		}
		p.flow()
		next := make([][]int, n)
		for _, e := range p.edges {
			from, to := e.from, e.to
			if e.back {
				from, to = to, from
			}
			next[from] = append(next[from], to)
		}
		seen := map[int]bool{}
		for i, k := range knots(next) {
			if seen[k] {
				t.Fatalf("node %d lies on a cycle: %+v", i, p.edges)
			}
			seen[k] = true
		}
	})
	p := &plan{nodes: []node{{kind: render.ResourceNode}, {kind: render.FunctionNode}, {kind: render.ResourceNode}, {kind: render.FunctionNode}}}
	p.edges = []edge{{from: 1, to: 0, kind: render.ActsEdge}, {from: 0, to: 1, kind: render.StartsEdge}, {from: 1, to: 2, kind: render.ActsEdge},
		{from: 2, to: 3, kind: render.StartsEdge}, {from: 3, to: 2, kind: render.ActsEdge}, {from: 1, to: 3, kind: render.FeedsEdge}}
	p.flow()
	for i, back := range []bool{true, false, false, false, true, false} {
		if p.edges[i].back != back {
			t.Errorf("bucket → resize → queue → index: edge %d, back is %v", i, p.edges[i].back)
		}
	}
}

func TestRead(t *testing.T) {
	p := &plan{nodes: []node{{id: "a"}, {id: "b"}}, clusters: []cluster{{}}, edges: []edge{{from: 0, to: 1}, {from: 1, to: 0, back: true}}}
	good := `{"bb":"0,0,100,50","objects":[{"name":"cluster_c0","bb":"10,0,60,40"},{"name":"n0","pos":"20,10"},{"name":"n1","pos":"80,40"},{"name":"n99","pos":"1,1"}],
		"edges":[{"id":"e0","pos":"e,75,40 30,10 40,10 60,40 70,40","lp":"50,25"},{"id":"e1","pos":"30,10 40,10 60,40 70,40"},{"id":"e7","pos":"x"}]}`
	at, err := p.read([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if at.nodes[0] != (point{20, 40}) || at.nodes[1] != (point{80, 10}) || at.width != 100 || at.height != 50 {
		t.Errorf("%+v", at)
	}
	if c := at.clusters[0]; c != (box{10 + wallGap, 10 + wallGap, 50 - 2*wallGap, 40 - 2*wallGap}) {
		t.Errorf("the cluster is %+v", c)
	}
	if e := at.edges[0]; e.curve[0] != (point{30, 40}) || len(e.curve) != 4 || e.label != (point{50, 25}) {
		t.Errorf("the edge is %+v", e)
	}
	if e := at.edges[1]; e.curve[0] != (point{70, 10}) {
		t.Errorf("an edge that was turned starts at %v", e.curve[0])
	}
	for _, bad := range []string{"", "{}", "[]", strings.Replace(good, `"20,10"`, `"20"`, 1), strings.Replace(good, `"20,10"`, `"NaN,1"`, 1), strings.Replace(good, `"20,10"`, `"1e99,1"`, 1),
		strings.Replace(good, `"n1"`, `"n5"`, 1), strings.Replace(good, "10,0,60,40", "10,0", 1), strings.Replace(good, "30,10 40", "a,b 40", 1), strings.Replace(good, `"50,25"`, `"?"`, 1)} {
		if _, err := p.read([]byte(bad)); err == nil {
			t.Errorf("no error for %s", bad)
		}
	}
}

func FuzzRead(f *testing.F) {
	p := union(font.Metrics(), []*render.Diagram{shop(true)})
	f.Add([]byte(`{"bb":"0,0,100,50","objects":[{"name":"cluster_c0","bb":"10,0,60,40"},{"name":"n0","pos":"20,10"}],"edges":[{"id":"e0","pos":"e,75,40 30,10 40,10 60,40 70,40"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		at, err := p.read(data)
		if err == nil && (len(at.nodes) != len(p.nodes) || len(at.edges) != len(p.edges)) {
			t.Fatal("something is missing, without an error")
		}
	})
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	here := filepath.Join(dir, "bulkhead-dot")
	if err := os.WriteFile(here, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv(Variable, here)
	if e, off := find(); off || reflect.TypeOf(e) != reflect.TypeOf(&helper{}) {
		t.Errorf("by variable: %T, %v", e, off)
	}
	t.Setenv(Variable, filepath.Join(dir, "not there"))
	if e, off := find(); e != nil || off {
		t.Errorf("by a wrong variable: %T, %v", e, off)
	}
	t.Setenv(Variable, "off")
	if e, off := find(); e != nil || !off {
		t.Errorf("off: %T, %v", e, off)
	}
	t.Setenv(Variable, "")
	if e, _ := find(); e != nil {
		t.Errorf("with nothing installed: %T", e)
	}
	if err := os.WriteFile(filepath.Join(dir, "dot"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if e, _ := find(); reflect.TypeOf(e) != reflect.TypeOf(system{}) {
		t.Errorf("with dot on the PATH: %T", e)
	}
}

// TestDense: where edges would hide everything, one way to each thing stays, and the picture says what it leaves out.
func TestDense(t *testing.T) {
	d := large(30, 40, 1000)
	d.Nodes[0].State = render.Breached
	for _, e := range d.Edges {
		e.Wet = e.From == "fn/F0" || e.From == "fn/F1"
	}
	d.Edges = append(d.Edges, &render.Edge{From: "fn/F0", To: "fn/F1", Kind: render.RunsEdge, Wet: true})
	shown := union(font.Metrics(), []*render.Diagram{d}).ways(d)
	to := map[model.ID]int{}
	for e := range shown {
		if !e.Wet {
			t.Errorf("the dry edge from %s to %s is drawn", e.From, e.To)
		}
		to[e.To]++
	}
	for _, e := range d.Edges {
		if e.Wet && to[e.To] != 1 {
			t.Errorf("%d ways to %s are drawn", to[e.To], e.To)
		}
	}
	if to["fn/F1"] != 1 || len(shown) >= len(d.Edges) {
		t.Errorf("%d of %d edges are drawn", len(shown), len(d.Edges))
	}
	want := fmt.Sprintf("%d more lines are left out", len(d.Edges)-len(shown))
	s := scenes(t, Own(), d)[0]
	if !strings.Contains(s.Description, want) {
		t.Errorf("the description does not say %q: %s", want, s.Description)
	}
	if len(d.Claim.Notes) != 0 {
		t.Error("the caller's diagram was changed")
	}
	if p := union(font.Metrics(), []*render.Diagram{shop(true)}); p.ways(shop(true)) != nil || p.leftOut(shop(true)) != "" {
		t.Error("a small map leaves edges out")
	}
}

// TestFacing: a tower of compartments becomes two columns that fit, and no line crosses a tile of theirs.
func TestFacing(t *testing.T) {
	p := union(font.Metrics(), []*render.Diagram{large(26, 16, 70)})
	at := p.own()
	if at.fit() < 0.9 {
		t.Errorf("26 compartments are shown at %.2f of the room", at.fit())
	}
	columns := map[int]int{}
	for _, n := range p.nodes {
		if n.cluster >= 0 {
			columns[int(at.clusters[n.cluster].x+at.clusters[n.cluster].w/2)/200]++
		}
	}
	if len(columns) != 2 {
		t.Errorf("they stand in columns of %v", columns)
	}
	for i, e := range p.edges {
		if at.edges[i].curve == nil || e.kind != render.ActsEdge {
			continue
		}
		for k := range 40 {
			q := along(at.edges[i].curve, float64(k)/40)
			for o, n := range p.nodes {
				r := at.nodes[o]
				if o != e.from && o != e.to && n.cluster >= 0 && math.Abs(q.x-r.x) < n.w/2 && math.Abs(q.y-r.y) < n.h/2 {
					t.Fatalf("the line from %s to %s crosses %s", p.nodes[e.from].id, p.nodes[e.to].id, n.id)
				}
			}
		}
	}
}
