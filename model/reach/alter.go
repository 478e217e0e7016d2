package reach

import (
	"iter"
	"slices"
)

// An alter is a way to change what a principal may do.
type alter struct {
	actor     int32   // whose permissions change; -1 for a new principal
	target    int32   // that the technique's permissions are on; -1 for a new name
	also      []int32 // more of them, where several changes are taken together
	must      bool
	technique *technique
	change
}

// Of thousands of principals each may change all others. What a row's actors may change of others is the row's, as its edges are: an
// actor has of its own what it may change of those principals of whom it excepts something, or finds something by itself.

// allAlters are what an actor may change, by principal.
func (a *actor) allAlters() iter.Seq[*alter] {
	if a.row == nil {
		return merged(a.alters, nil, nil, ofPrincipal)
	}
	return merged(a.alters, a.row.changes, a.altered, ofPrincipal)
}

// altersOf are what an actor may change of one principal, -1: of a new one.
func (a *actor) altersOf(principal int32) []alter {
	if a.row == nil || among(a.altered, principal) {
		return altersOf(a.alters, principal)
	}
	return altersOf(a.row.changes, principal)
}

// changesOthers reports whether an actor may change others than itself.
func (a *actor) changesOthers() bool {
	base := a.base()
	for x := range a.allAlters() {
		if x.actor >= 0 && x.actor != base {
			return true
		}
	}
	return false
}

func ofPrincipal(x *alter) int32 { return x.actor }

func byPrincipal(x, y alter) int { return int(x.actor - y.actor) }

func byTarget(x, y alter) int { return int(x.target - y.target) }

// altersOf are those of a list, sorted by principal, that are of one.
func altersOf(alters []alter, principal int32) []alter {
	i, _ := slices.BinarySearchFunc(alters, principal, func(x alter, p int32) int { return int(x.actor - p) })
	n := i
	for n < len(alters) && alters[n].actor == principal {
		n++
	}
	return alters[i:n]
}

// settleChanges puts a row's alters in order, and finds what they come to for an actor who excepts nothing.
func (r *row) settleChanges(an *Analysis) {
	slices.SortStableFunc(r.alters, byTarget)
	slices.SortStableFunc(r.alters, byPrincipal)
	r.alters = slices.Clip(r.alters)
	r.changes = distinct(an.gather(r.alters))
	r.change = map[int32][]int32{}
	for i := range r.alters {
		x := &r.alters[i]
		if known := r.change[x.target]; len(known) == 0 || known[len(known)-1] != x.actor {
			r.change[x.target] = append(known, x.actor)
		}
	}
}

// settleAlters puts an actor's own alters, of which some first ones were found at targets, together with those of its row of the
// same principals.
func (an *Analysis) settleAlters(a *actor, found int) {
	if a.row != nil && len(a.alters)+len(a.row.alters) > 0 {
		for _, x := range a.alters {
			a.altered = append(a.altered, x.actor)
		}
		for _, t := range a.except {
			a.altered = append(a.altered, a.row.change[t]...)
		}
		slices.Sort(a.altered)
		a.altered = slices.Clip(slices.Compact(a.altered))
		rest := slices.Clone(a.alters[found:])
		a.alters = a.alters[:found]
		for _, p := range a.altered {
			for _, x := range altersOf(a.row.alters, p) {
				if !among(a.except, x.target) {
					a.alters = append(a.alters, x)
				}
			}
		}
		slices.SortStableFunc(a.alters, byTarget)
		a.alters = append(a.alters, rest...)
	}
	slices.SortStableFunc(a.alters, byPrincipal)
	a.alters = slices.Clip(distinct(an.gather(a.alters)))
}

// distinct leaves one of the changes of each kind to each principal, a sure one where there is one. They are sorted by principal.
func distinct(alters []alter) []alter {
	var out []alter
	for len(alters) > 0 {
		some := altersOf(alters, alters[0].actor)
		alters = alters[len(some):]
		if len(some) == 1 {
			out = append(out, some[0])
			continue
		}
		at := make(map[string]int, len(some))
		for _, x := range some {
			key := x.key()
			i, ok := at[key]
			if !ok {
				at[key] = len(out)
				out = append(out, x)
			} else if x.must && !out[i].must {
				out[i] = x
			}
		}
	}
	return out
}
