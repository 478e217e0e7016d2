package reach

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// Rows change nothing: with every statement shared that can be, each actor has the acts and edges that it has without rows,
// and so everything that is made of them.
func TestRowsChangeNothing(t *testing.T) {
	shared := func(d *model.Design, from int) *Analysis {
		a, err := analyze(context.Background(), d, catalog.Load(), nil, from)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	rows := 0
	rapid.Check(t, func(rt *rapid.T) {
		d := drawDesign(rt).build(t)
		for i := range rapid.IntRange(0, 2).Draw(rt, "edits") {
			d = drawEdit(rt, t, d, i)
		}
		a := shared(d, rapid.SampledFrom([]int{0, 3}).Draw(rt, "shared from"))
		same(rt, a, shared(d, 1<<30))
		rows += len(a.rows)
	})
	if rows == 0 {
		t.Error("no rows were tried")
	}
}

// pointers are to statements that are compiled more than once.
var pointers = regexp.MustCompile(`0x[0-9a-f]+`)

func inFull(b *Breach) string { return pointers.ReplaceAllString(fmt.Sprint(b), "0x") }

// same fails where two analyses of a design differ in anything.
func same(rt *rapid.T, x, y *Analysis) {
	for i, a := range x.actors {
		b := y.actors[i]
		var acts, others []act
		for x := range a.allActs() {
			acts = append(acts, *x)
		}
		for x := range b.allActs() {
			others = append(others, *x)
		}
		if !slices.Equal(acts, others) {
			rt.Fatalf("%s does %v, not %v", a.id, acts, others)
		}
		say := func(an *Analysis, a *actor) (out []string) {
			for e := range a.allEdges() {
				s := fmt.Sprintf("%d to %s must %v over %d by %v %q, found at %d and %d", e.kind, an.nodes[e.to].id, e.must, e.over, e.triggers, e.service, e.rank, e.first)
				if e.how != nil {
					s += fmt.Sprintf(" %+v", *e.how)
				}
				if e.technique != nil {
					s += " " + e.technique.id
				}
				if e.carrier != nil {
					s += " " + e.carrier.technique
				}
				out = append(out, s)
			}
			return out
		}
		if p, q := say(x, a), say(y, b); !slices.Equal(p, q) {
			rt.Fatalf("%s goes on by\n%q, not\n%q", a.id, p, q)
		}
		if fmt.Sprint(a.alters) != fmt.Sprint(b.alters) || a.admin != b.admin || a.meddles != b.meddles {
			rt.Fatalf("%s alters %v (%v), not %v (%v)", a.id, a.alters, a.admin, b.alters, b.admin)
		}
	}
	p, q := flood(x), flood(y)
	if more, less := lacking(p, q), lacking(q, p); len(more)+len(less) > 0 {
		rt.Fatalf("with rows alone: %v; without alone: %v", more, less)
	}
	for _, n := range x.nodes {
		if p, q := inFull(x.Breach(n.id)), inFull(y.Breach(n.id)); p != q {
			i := 0
			for i < min(len(p), len(q)) && p[i] == q[i] {
				i++
			}
			rt.Fatalf("%s: breach\n…%s, not\n…%s", n.id, p[max(0, i-300):], q[max(0, i-300):])
		}
	}
	for _, vulnerable := range []bool{false, true} {
		if p, q := fmt.Sprint(x.Measures(vulnerable)), fmt.Sprint(y.Measures(vulnerable)); p != q {
			rt.Fatalf("measures %s, not %s", p, q)
		}
	}
}
