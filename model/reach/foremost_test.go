package reach

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// told analyses and returns what is told of a start before the rest as well.
func told(t testing.TB, d *model.Design, prev *Analysis, from model.ID, least int) (*Analysis, *Breach) {
	t.Helper()
	var early *Breach
	a, err := analyze(context.Background(), d, catalog.Load(), prev, shareFrom, foremost{First{func() model.ID { return from }, func(b *Breach) {
		if early != nil {
			t.Error("told twice")
		}
		early = b
	}}, least})
	if err != nil {
		t.Fatal(err)
	}
	return a, early
}

// What is told first of a start is what the whole analysis says of it, and that says the same whoever was first: anew, and where much
// is known from before.
func TestFirstIsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawAny(rt, t)
		var prev *Analysis
		if i := slices.IndexFunc(d.Policies(), func(p *model.Policy) bool { return p.Document != nil }); i >= 0 && rapid.Bool().Draw(rt, "known") {
			prev = analyse(t, d, nil)
			p := *d.Policies()[i]
			doc := *p.Document // which comes to ask for what nothing asked for
			doc.Statements = append(slices.Clone(doc.Statements), document(t, conditional("s3:*", "*", `"StringEquals": {"aws:SourceVpc": "vpc-1"}`)).Statements...)
			p.Document = &doc
			var err error
			if d, err = d.With(model.Change{Before: d.Policies()[i], After: &p}); err != nil {
				t.Fatal(err)
			}
		}
		whole := analyse(t, d, nil)
		nodes := whole.nodes[:whole.size.nodes]
		from := nodes[rapid.IntRange(0, len(nodes)-1).Draw(rt, "from")].id
		a, early := told(t, d, prev, from, 0)
		if early == nil {
			rt.Fatalf("nothing is told of %s", from)
		}
		if !reflect.DeepEqual(early, whole.Breach(from).brief()) {
			rt.Fatalf("of %s is told\n%+v\nand comes out\n%+v", from, early, whole.Breach(from).brief())
		}
		for _, n := range nodes {
			if x, y := a.Breach(n.id).brief(), whole.Breach(n.id).brief(); !reflect.DeepEqual(x, y) {
				rt.Fatalf("%s was first, and %s comes out\n%+v\nnot\n%+v", from, n.id, x, y)
			}
		}
	})
}

// In a large design a start that has little to do with the rest is told first; one that has to do with all is not, nor one of a small
// design, nor nobody.
func TestFirstOfMany(t *testing.T) {
	b := build(t)
	b.bucket("data")
	for i := range 300 {
		b.function(fmt.Sprintf("F%d", i), allow("s3:GetObject", "arn:aws:s3:::data/*"))
	}
	b.function("Chain", allow("sts:AssumeRole", roleARN("Hop")))
	b.role("Hop", rootTrust, allow("s3:PutObject", "arn:aws:s3:::data/*"))
	b.function("All", allow("lambda:*", "*"))
	d := b.design()
	for _, c := range []struct {
		from  model.ID
		least int
		want  string
	}{
		{"fn/Chain", 256, "must write res/data"},
		{"fn/F7", 256, "must read res/data"},
		{"fn/All", 256, ""},
		{"fn/F7", 1000, ""},
		{"", 256, ""},
		{"fn/Nobody", 256, ""},
	} {
		a, early := told(t, d, nil, c.from, c.least)
		if early == nil || c.want == "" {
			if early != nil || c.want != "" {
				t.Errorf("of %q is told %v, not %q", c.from, early, c.want)
			}
			continue
		}
		if got := strings.Join(say(early), "; "); !strings.Contains(got, c.want) {
			t.Errorf("of %q is told %q, not %q", c.from, got, c.want)
		}
		if x, y := early, a.Breach(c.from).brief(); !reflect.DeepEqual(x, y) {
			t.Errorf("of %q is told\n%+v\nand comes out\n%+v", c.from, x, y)
		}
	}
}
