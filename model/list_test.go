package model

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// However elements are replaced, come and go, a design has those of a plain list in its order, finds each by its id, tells what stands in
// the place of what, and leaves the design before it as it was.
func TestElementsAreThoseOfAPlainList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var want []Element
		for i := range rapid.SampledFrom([]int{0, 1, 5, 63, 64, 65, 200}).Draw(rt, "elements") {
			want = append(want, &Role{ID: ID(fmt.Sprintf("role/%d", i))})
		}
		d, err := New(Info{}, want...)
		if err != nil {
			rt.Fatal(err)
		}
		made := 0
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			before, had := d, slices.Clone(want)
			var changes []Change
			for range rapid.IntRange(1, 4).Draw(rt, "changes") {
				at := -1
				if len(want) > 0 {
					at = rapid.IntRange(-1, len(want)-1).Draw(rt, "at")
				}
				made++
				switch {
				case at < 0:
					e := &Role{ID: ID(fmt.Sprintf("role/new%d", made))}
					changes, want = append(changes, Change{After: e}), append(want, e)
				case rapid.IntRange(0, 3).Draw(rt, "goes") == 0:
					changes, want = append(changes, Change{Before: want[at]}), slices.Delete(slices.Clone(want), at, at+1)
				default:
					id := want[at].ElementID()
					if rapid.Bool().Draw(rt, "called anew") {
						id = ID(fmt.Sprintf("role/renamed%d", made))
					}
					e := &Role{ID: id, Name: fmt.Sprint(made)}
					changes = append(changes, Change{Before: want[at], After: e})
					want = slices.Clone(want)
					want[at] = e
				}
			}
			if d, err = before.With(changes...); err != nil {
				rt.Fatal(err)
			}
			if got := d.Elements(); !slices.Equal(got, want) || !slices.Equal(slices.Collect(d.All()), want) || len(d.Roles()) != len(want) {
				rt.Fatalf("%v, not %v", got, want)
			}
			if !slices.Equal(before.Elements(), had) {
				rt.Fatal("the design before is another")
			}
			for _, e := range want {
				if d.Element(e.ElementID()) != e {
					rt.Fatalf("%s is not found", e.ElementID())
				}
			}
			replaced, ok := before.Replaced(d)
			if ok != (len(had) == len(want)) {
				rt.Fatalf("as many: %v", ok)
			}
			was := slices.Clone(had)
			for _, c := range replaced {
				had[slices.Index(was, c.Before)] = c.After
			}
			if ok && !slices.Equal(had, want) {
				rt.Fatalf("replaced %v", replaced)
			}
		}
	})
}
