package reach

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
)

// What a comparison passes over, as nothing moved there, has no other hits than before.
func TestCompareIsEveryFunction(t *testing.T) {
	designs, passed, changed := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		designs++
		e := &editing{rich: rich{rt}, t: t, d: drawAny(rt, t)}
		from := rapid.SampledFrom([]int{0, 3, unshared}).Draw(rt, "shared from")
		before := shared(t, e.d, nil, from)
		after := before
		for range rapid.IntRange(1, 2).Draw(rt, "edits") {
			e.next(false)
			after = shared(t, e.d, after, from)
		}
		c := Compare(before, after)
		unmoved := c.unmoved()
		var added, removed []HitChange
		functions := before.design.Functions()
		for _, f := range e.d.Functions() {
			if before.design.Function(f.ID) == nil {
				functions = append(functions, f)
			}
		}
		for _, f := range functions {
			was, is := before.faces(f.ID), after.faces(f.ID)
			for x := range is {
				if !was[x] {
					added = append(added, HitChange{f.ID, x.target, x.capability})
				}
			}
			for x := range was {
				if !is[x] {
					removed = append(removed, HitChange{f.ID, x.target, x.capability})
				}
			}
			if unmoved(f.ID) {
				passed++
			}
		}
		changed += len(added) + len(removed)
		same := func(x, y []HitChange) bool {
			return len(x) == len(y) && !slices.ContainsFunc(x, func(h HitChange) bool { return !slices.Contains(y, h) })
		}
		if !same(added, c.Added) || !same(removed, c.Removed) {
			rt.Fatalf("added %v, not %v; removed %v, not %v", c.Added, added, c.Removed, removed)
		}
	})
	if designs >= usual && (passed == 0 || changed == 0) {
		t.Errorf("%d functions were passed over, %d hits came or went", passed, changed)
	}
}

// After an edit of one policy the functions that have nothing to do with it are passed over.
func TestComparePassesOver(t *testing.T) {
	b := build(t)
	for _, name := range []string{"A", "B", "C"} {
		b.function(name, allow("sqs:SendMessage", "*"))
	}
	b.function("D", allow("sts:AssumeRole", roleARN("AAdmin")))
	b.role("AAdmin", rootTrust, allow("dynamodb:GetItem", "*"))
	b.table("T")
	b.queue("Q")
	d := b.design()
	before := analyse(t, d, nil)
	p := *d.Policy("policy/AAdmin-0")
	p.Document = document(t, allow("dynamodb:PutItem", "*"))
	next, err := d.With(model.Change{Before: d.Policy(p.ID), After: &p})
	if err != nil {
		t.Fatal(err)
	}
	c := Compare(before, analyse(t, next, before))
	unmoved := c.unmoved()
	for id, want := range map[model.ID]bool{"fn/A": true, "fn/B": true, "fn/C": true, "fn/D": false} {
		if unmoved(id) != want {
			t.Errorf("%s is unmoved: %v", id, !want)
		}
	}
	if len(c.Added) != 1 || len(c.Removed) != 1 {
		t.Errorf("added %v, removed %v", c.Added, c.Removed)
	}
}
