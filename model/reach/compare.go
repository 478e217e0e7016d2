package reach

import (
	"cmp"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// A Comparison is two designs measured with one ledger: the union of both designs' counted resources.
type Comparison struct {
	Before, After                 *Analysis // re-measured on the common ledger
	BeforeMeasures, AfterMeasures Measures
	BeforeFed, AfterFed           Measures                // the same with fed functions taken as vulnerable
	Parts                         map[model.ID][]model.ID // split function → its parts
	Worst                         map[model.ID]model.ID   // function before → what it is compared with: itself, or its worst part
	Added, Removed                []HitChange
}

// A HitChange is a hit that one side has and the other has not.
type HitChange struct {
	From, Target model.ID // From: of an added hit the function after, of a removed one the function before
	Capability   catalog.Capability
}

// Compare measures both with one ledger and one set of weights: those of after, and before's for what after has not.
func Compare(before, after *Analysis) *Comparison {
	all := append(slices.Clone(after.design.Resources()), before.design.Resources()...)
	l := newLedger(all, before.design, after.design)
	b := (&Analysis{design: before.design, graph: before.graph}).measured(l)
	a := (&Analysis{design: after.design, graph: after.graph}).measured(l)
	c := &Comparison{Before: b, After: a, BeforeMeasures: b.Measures(false), AfterMeasures: a.Measures(false),
		BeforeFed: b.Measures(true), AfterFed: a.Measures(true), Parts: partsOf(before.design, after.design), Worst: map[model.ID]model.ID{}}
	c.hits()
	return c
}

// partsOf finds the functions that were split: those whose place several functions have after, or another one.
func partsOf(before, after *model.Design) map[model.ID][]model.ID {
	at := map[source.Span][]model.ID{}
	for _, f := range after.Functions() {
		if !f.Origin.IsZero() {
			at[f.Origin] = append(at[f.Origin], f.ID)
		}
	}
	places := map[source.Span]int{}
	for _, f := range before.Functions() {
		places[f.Origin]++
	}
	out := map[model.ID][]model.ID{}
	for _, f := range before.Functions() {
		parts := at[f.Origin]
		if len(parts) == 0 || places[f.Origin] > 1 || len(parts) == 1 && parts[0] == f.ID {
			continue
		}
		out[f.ID] = parts
	}
	return out
}

// A face is a hit as comparisons see it.
type face struct {
	target     model.ID
	capability catalog.Capability
}

// faces are the hits of a start, must or may, without what only fed functions reach.
func (an *Analysis) faces(from model.ID) map[face]bool {
	out := map[face]bool{}
	start, ok := an.nodeOf[from]
	if !ok {
		return out
	}
	for _, x := range an.touched(from, start, an.walk(start, runsMay)) {
		for _, c := range x.Capabilities.All() {
			out[face{x.Target, c}] = true
		}
	}
	return out
}

// hits compares hits function by function; the parts of a split function together stand against the whole.
func (c *Comparison) hits() {
	renamed := map[model.ID]model.ID{} // part → function that it came from
	for f, parts := range c.Parts {
		for _, p := range parts {
			renamed[p] = f
		}
	}
	done := map[model.ID]bool{}
	unmoved := c.unmoved()
	for _, f := range c.Before.design.Functions() {
		now := []model.ID{f.ID}
		if parts, ok := c.Parts[f.ID]; ok {
			now = parts
		} else if c.After.design.Function(f.ID) == nil {
			now = nil
		}
		c.Worst[f.ID] = c.worst(now)
		if unmoved(f.ID) {
			done[f.ID] = true
			continue
		}
		// A part stands for the whole that it came from.
		whole := func(x face) face {
			if w, ok := renamed[x.target]; ok {
				x.target = w
			}
			return x
		}
		old, still := map[face]bool{}, map[face]bool{}
		for x := range c.Before.faces(f.ID) {
			old[whole(x)] = true
		}
		for _, n := range now {
			done[n] = true
			for x := range c.After.faces(n) {
				w := whole(x)
				still[w] = true
				if !old[w] && w.target != f.ID {
					c.Added = append(c.Added, HitChange{n, x.target, x.capability})
				}
			}
		}
		for x := range old {
			if !still[x] {
				c.Removed = append(c.Removed, HitChange{f.ID, x.target, x.capability})
			}
		}
	}
	for _, f := range c.After.design.Functions() {
		if done[f.ID] {
			continue
		}
		for x := range c.After.faces(f.ID) {
			c.Added = append(c.Added, HitChange{f.ID, x.target, x.capability})
		}
	}
	slices.SortFunc(c.Added, orderOfChanges)
	slices.SortFunc(c.Removed, orderOfChanges)
}

// Between lists the hits that a function after has and one before had not, and the reverse: what one part of a split reaches less
// than the whole did. Parts of one function stand for each other.
func (c *Comparison) Between(before, after model.ID) (added, removed []HitChange) {
	renamed := map[model.ID]model.ID{}
	for f, parts := range c.Parts {
		for _, p := range parts {
			renamed[p] = f
		}
	}
	whole := func(faces map[face]bool) map[face]bool {
		out := map[face]bool{}
		for x := range faces {
			if w, ok := renamed[x.target]; ok {
				x.target = w
			}
			out[x] = true
		}
		return out
	}
	was, is := whole(c.Before.faces(before)), whole(c.After.faces(after))
	for x := range is {
		if !was[x] && x.target != before {
			added = append(added, HitChange{after, x.target, x.capability})
		}
	}
	for x := range was {
		if !is[x] {
			removed = append(removed, HitChange{before, x.target, x.capability})
		}
	}
	slices.SortFunc(added, orderOfChanges)
	slices.SortFunc(removed, orderOfChanges)
	return added, removed
}

func orderOfChanges(x, y HitChange) int {
	return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.Target, y.Target), cmp.Compare(x.Capability, y.Capability))
}

// unmoved tells of functions whose breach is as it was, for nobody that they reach does anything else: after an edit of some
// policies these are nearly all.
func (c *Comparison) unmoved() func(model.ID) bool {
	b, a := c.Before, c.After
	if b.world != a.world || len(c.Parts) > 0 || len(b.actors) != len(a.actors) || !slices.Equal(b.actorOf, a.actorOf) {
		return func(model.ID) bool { return false }
	}
	moved := newSet(len(a.actors))
	for i, x := range b.actors {
		if y := a.actors[i]; x != y && (x.id != y.id || !x.found.same(&y.found)) {
			moved.put(int32(i))
		}
	}
	return func(f model.ID) bool {
		start, ok := b.nodeOf[f]
		if !ok {
			return false
		}
		i := b.actorOf[start] // whom it reached it reaches still
		return !moved.has(i) && !b.flows[runsMay].of(i).actors.meets(moved)
	}
}

// same reports whether what was found of one actor was taken over for another.
func (f *found) same(g *found) bool {
	return taken(f.acts, g.acts) && taken(f.edges, g.edges) && taken(f.alters, g.alters) && slices.Equal(f.altered, g.altered) && f.row == g.row && slices.Equal(f.except, g.except) && slices.Equal(f.hidden, g.hidden)
}

// taken reports whether two lists are one.
func taken[T any](x, y []T) bool { return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0]) }

// worst is the function with the greatest share, the first of several; "" for none.
func (c *Comparison) worst(of []model.ID) model.ID {
	var worst model.ID
	share := -1.0
	for _, f := range of {
		if r, ok := c.After.Reach(f); ok && r.May.Share > share {
			worst, share = f, r.May.Share
		}
	}
	return worst
}
