package policy

import (
	"slices"
	"strings"

	"bulkhead/model/catalog"
)

// A contextSearch looks for a context in which from may allow and to does not surely allow, for one class of actions
// and one of resources. It decides the values of one condition key after the other, and goes no further where those
// decided so far tell that from allows nothing, or that to allows all.
type contextSearch struct {
	proof    *proof
	act      action
	resource []symbol

	spaces []*keySpace
	place  map[*condition]place
	at     []int // the point of each space, -1 where none is chosen yet
	bonds  [][]tie

	statement  *statement // of from, which must allow
	fromDenies []*statement
	fromLimits [][]*statement
	toDenies   []*statement
	toGroups   [][]*statement
	unsettled  int
}

// A place is a condition's space and its index there.
type place struct{ space, index int }

// A tie is two conditions of different spaces that are about one key: where the one holds, the other surely does, or
// surely does not.
type tie struct {
	a, b   *condition
	denies bool
}

// maxUnsettled is how many contexts of one class may turn out to be no witness before the search gives up.
const maxUnsettled = 20

// conditions looks at all contexts for one class of actions and one of resources.
func (w *proof) conditions(st *statement, here applies, act action, resource []symbol) *Verdict {
	// Denials of from that are sure and ask nothing leave nothing to look at.
	for _, d := range w.from.denies {
		if here[d] == yes && len(d.conditions) == 0 {
			return nil
		}
	}
	if w.surelyAllowed(here) {
		return nil
	}
	c := &contextSearch{proof: w, act: act, resource: resource, statement: st}
	keep := func(list []*statement, least tri) (out []*statement) {
		for _, s := range list {
			if here[s] >= least {
				out = append(out, s)
			}
		}
		return out
	}
	c.fromDenies = keep(w.from.denies, yes)
	for _, g := range w.from.groups[1:] {
		c.fromLimits = append(c.fromLimits, keep(g, maybe))
	}
	for _, d := range keep(w.to.denies, maybe) {
		if !w.cancelled[d] {
			c.toDenies = append(c.toDenies, d)
		}
	}
	for i, g := range w.to.groups {
		if !w.kept[i] {
			c.toGroups = append(c.toGroups, keep(g, yes))
		}
	}
	if !c.divide() {
		return nil
	}
	c.tie()
	return c.search()
}

// divide divides the values of the keys that the statements ask for; false if it cannot.
func (c *contextSearch) divide() bool {
	var list []*condition
	seen := map[*statement]bool{}
	add := func(statements ...*statement) {
		for _, s := range statements {
			if !seen[s] {
				seen[s] = true
				for i := range s.conditions {
					list = append(list, &s.conditions[i])
				}
			}
		}
	}
	add(c.statement)
	add(c.fromDenies...)
	add(c.toDenies...)
	for _, g := range c.fromLimits {
		add(g...)
	}
	for _, g := range c.toGroups {
		add(g...)
	}
	if len(list) > 1000 {
		c.proof.give("there are too many conditions to look at")
		return false
	}
	c.spaces = keySpaces(list, c.proof.keyType)
	c.place = make(map[*condition]place, len(list))
	c.at = make([]int, len(c.spaces))
	for i, sp := range c.spaces {
		if sp.lost {
			c.proof.give("the conditions on " + sp.key + " have too many combinations")
			return false
		}
		c.at[i] = -1
		for j, d := range sp.conditions {
			c.place[d] = place{i, j}
		}
	}
	return true
}

// keyType is the type of a condition key, "" where it is not known.
func (w *proof) keyType(key string) string {
	if t, ok := globalKeys[general(key)]; ok {
		return t
	}
	prefix, _, _ := strings.Cut(key, ":")
	for _, c := range []*catalog.Catalog{w.from.cat, w.to.cat} {
		if c != nil {
			return c.ConditionKeyType(prefix, key)
		}
	}
	return ""
}

// tie finds what conditions of different spaces say of each other.
func (c *contextSearch) tie() {
	c.bonds = make([][]tie, len(c.spaces))
	byKey := map[string][]*condition{}
	for _, sp := range c.spaces {
		byKey[sp.key] = append(byKey[sp.key], sp.conditions...)
	}
	for _, list := range byKey {
		if len(list) > 100 {
			continue // too many to compare; the ties only help
		}
		for _, a := range list {
			for _, b := range list {
				if i, j := c.place[a].space, c.place[b].space; i != j {
					implies := a.implies(b)
					if implies || a.excludes(b) {
						c.bonds[i] = append(c.bonds[i], tie{a, b, !implies})
						c.bonds[j] = append(c.bonds[j], tie{a, b, !implies})
					}
				}
			}
		}
	}
}

// torn reports whether the point chosen last contradicts another.
func (c *contextSearch) torn(space int) bool {
	for _, t := range c.bonds[space] {
		if c.holds(t.a) == yes {
			if b := c.holds(t.b); t.denies && b == yes || !t.denies && b == no {
				return true
			}
		}
	}
	return false
}

// nobody reports whether the point chosen last and the others tell of a caller that is of no type.
func (c *contextSearch) nobody(space int) bool {
	if !callerKeys[c.spaces[space].key] {
		return false
	}
	return !slices.ContainsFunc(callerTypes, func(typ string) bool {
		for i, sp := range c.spaces {
			if c.at[i] >= 0 && !sp.of(sp.points[c.at[i]], typ) {
				return false
			}
		}
		return true
	})
}

// holds tells whether a condition holds: maybe where the values of its key are not chosen yet.
func (c *contextSearch) holds(d *condition) tri {
	p := c.place[d]
	if k := c.at[p.space]; k >= 0 {
		return triOf(c.spaces[p.space].points[k].holds[p.index], false)
	}
	return maybe
}

func (c *contextSearch) all(s *statement) tri {
	t := yes
	for i := range s.conditions {
		if t = min(t, c.holds(&s.conditions[i])); t == no {
			break
		}
	}
	return t
}

func (c *contextSearch) any(list []*statement) tri {
	t := no
	for _, s := range list {
		if t = max(t, c.all(s)); t == yes {
			break
		}
	}
	return t
}

// from tells whether from may allow, by the statement.
func (c *contextSearch) from() tri {
	t := c.all(c.statement)
	if t != no {
		t = min(t, c.any(c.fromDenies).not())
	}
	for _, g := range c.fromLimits {
		if t != no {
			t = min(t, c.any(g))
		}
	}
	return t
}

// to tells whether to surely allows.
func (c *contextSearch) to() tri {
	t := c.any(c.toDenies).not()
	for _, g := range c.toGroups {
		if t != no {
			t = min(t, c.any(g))
		}
	}
	return t
}

// search decides one more key; nil if no context shows that from allows more.
func (c *contextSearch) search() *Verdict {
	w := c.proof
	w.look()
	if w.left--; w.left < 0 {
		w.give("too many combinations of conditions to look at")
		return nil
	}
	from, to := c.from(), c.to()
	switch {
	case from == no, to == yes:
		return nil
	case from == yes && to == no:
		if v := w.witness(c); v != nil {
			return v
		}
		w.give("a case could not be settled: " + w.describe(c.act, c.resource))
		c.unsettled++
		return nil
	}
	next := c.undecided(from)
	for k := range c.spaces[next].points {
		if c.at[next] = k; c.torn(next) || c.nobody(next) {
			continue
		}
		if v := c.search(); v != nil {
			return v
		}
		if w.left < 0 || c.unsettled > maxUnsettled {
			break
		}
	}
	c.at[next] = -1
	return nil
}

// undecided is the space of a condition that the answer still hangs on.
func (c *contextSearch) undecided(from tri) int {
	found := -1
	look := func(list []*statement) bool {
		for _, s := range list {
			if c.all(s) != maybe {
				continue
			}
			for i := range s.conditions {
				if p := c.place[&s.conditions[i]]; c.at[p.space] < 0 {
					found = p.space
					return true
				}
			}
		}
		return false
	}
	if from != yes {
		if look([]*statement{c.statement}) || look(c.fromDenies) {
			return found
		}
		for _, g := range c.fromLimits {
			if c.any(g) == maybe && look(g) {
				return found
			}
		}
	}
	for _, g := range c.toGroups {
		if c.any(g) == maybe && look(g) {
			return found
		}
	}
	look(c.toDenies)
	return found
}

// surelyAllowed reports whether to allows whatever the context.
func (w *proof) surelyAllowed(here applies) bool {
	for _, d := range w.to.denies {
		if here[d] != no && !w.cancelled[d] {
			return false
		}
	}
	for i, g := range w.to.groups {
		allowed := w.kept[i]
		for _, s := range g {
			if here[s] == yes && len(s.conditions) == 0 {
				allowed = true
				break
			}
		}
		if !allowed {
			return false
		}
	}
	return true
}
