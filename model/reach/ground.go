package reach

import (
	"cmp"
	mathbits "math/bits"
	"slices"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// The grounds of a step or hit are the fewest statements that together allow all that it is said to do.

// Grounds are the statements that a step rests on: of an act, the fewest that give all of its capabilities; of a
// technique, of all of its actions; of a feed through a resource, of one action that does it. What is sure comes first,
// then the order in which policies are attached.
func (s Step) Grounds() []Evidence {
	if s.Kind == Acts {
		return s.groundsFor(hits(s.Capabilities), s.Certainty)
	}
	return s.owing(Step.groundsOfAll)
}

// owing are the grounds of a step's own, and those of the changes that it owes its permissions to.
func (s Step) owing(grounds func(Step) []Evidence) []Evidence {
	if s.owes == nil {
		return grounds(s)
	}
	owes := s.owes
	s.Evidence, s.owes = s.Evidence[:min(s.own, len(s.Evidence))], nil
	out := grounds(s)
	for _, o := range owes {
		for _, e := range o.Grounds() {
			if !slices.ContainsFunc(out, func(x Evidence) bool { return x.From == e.From && x.Policy == e.Policy && x.By == e.By }) {
				out = append(out, e)
			}
		}
	}
	return out
}

// Grounds are the statements that a hit by one way rests on: of an act, the fewest that give the hit's capabilities.
func (h Hit) Grounds() []Evidence {
	step := h.Last()
	if step == nil {
		return nil
	}
	if step.Kind != Acts {
		return step.Grounds()
	}
	return step.groundsFor(hits(h.Capabilities), h.Certainty)
}

// groundsFor are the fewest statements that give some of an act's capabilities; where these are sure, surely, as far as
// single statements do. Each has the actions that give them. Into another account, those of both sides.
func (s Step) groundsFor(caps catalog.Capabilities, c Certainty) []Evidence {
	if s.owes != nil {
		return s.owing(func(s Step) []Evidence { return s.groundsFor(caps, c) })
	}
	known := catalog.Load()
	gives := func(actions []string) (all catalog.Capabilities) {
		for _, a := range actions {
			if x := known.Action(a); x != nil && slices.Contains(s.Actions, a) {
				all |= x.Capabilities
			}
		}
		return all & caps
	}
	sets, sure := make([]uint64, len(s.Evidence)), make([]uint64, len(s.Evidence))
	var surely uint64
	for i, e := range s.Evidence {
		if e.Layer == policy.LayerIdentity || e.Layer == policy.LayerResource {
			sets[i], sure[i] = uint64(gives(e.Actions)|gives(e.Lets)), uint64(gives(e.Sure)|gives(e.letsSure))
			if s.both && e.Layer == policy.LayerResource {
				sets[i], sure[i] = sets[i]<<32, sure[i]<<32 // to be allowed apart
			}
			surely |= sure[i]
		}
	}
	if c == Must {
		for i := range sets {
			sets[i] &= sure[i] | ^surely
		}
	}
	out := s.chosen(fewest(sets), sure)
	for i := range out {
		e := &out[i]
		e.gives = gives(e.Actions)
		lets := gives(e.Lets)&^e.gives != 0
		if !lets {
			e.Lets, e.letsSure = nil, nil
		}
		e.Actions = slices.DeleteFunc(slices.Clone(e.Actions), func(a string) bool {
			return gives([]string{a}) == 0 && (!lets || !writesPolicies(a))
		})
	}
	return out
}

// groundsOfAll are the fewest statements that allow all actions of a step, or one where one suffices. What a resource's
// own policy allows counts by itself, as with a role's trust policy both have to.
func (s Step) groundsOfAll() []Evidence {
	one := ""
	if s.any {
		for _, e := range s.Evidence {
			if len(e.Sure) > 0 {
				one = e.Sure[0]
				break
			}
		}
	}
	number := map[string]int{}
	set := func(e *Evidence, actions []string) (out uint64) {
		for _, a := range actions {
			if e.Layer != policy.LayerIdentity && e.Layer != policy.LayerResource || s.any && one != "" && a != one {
				continue
			}
			if s.any && one == "" {
				one = a
			}
			key := string(e.Layer) + a
			if _, ok := number[key]; !ok && len(number) < 64 {
				number[key] = len(number)
			}
			if n, ok := number[key]; ok {
				out |= 1 << n
			}
		}
		return out
	}
	sets, sure := make([]uint64, len(s.Evidence)), make([]uint64, len(s.Evidence))
	for i := range s.Evidence {
		e := &s.Evidence[i]
		sets[i], sure[i] = set(e, slices.Concat(e.Actions, e.Lets)), set(e, slices.Concat(e.Sure, e.letsSure))
	}
	return s.chosen(fewest(sets), sure)
}

// chosen are some of the step's statements, those that surely allow something first; the first of all where none is
// chosen.
func (s Step) chosen(which []int, sure []uint64) []Evidence {
	slices.SortStableFunc(which, func(i, j int) int {
		return cmp.Or(cmp.Compare(min(sure[j], 1), min(sure[i], 1)), cmp.Compare(i, j))
	})
	var out []Evidence
	for _, i := range which {
		out = append(out, s.Evidence[i])
	}
	if len(out) == 0 && len(s.Evidence) > 0 && s.own == 0 {
		out = append(out, s.Evidence[0])
	}
	return out
}

// exactly is up to how many things the fewest sets that hold them all are looked for exactly.
const exactly = 12

// fewest are the fewest of the sets that together hold what all of them do, the first where several are as few. Of very
// many things, few.
func fewest(sets []uint64) []int {
	var all uint64
	for _, s := range sets {
		all |= s
	}
	if mathbits.OnesCount64(all) > exactly {
		return greedy(sets, all)
	}
	// Things are numbered anew, so that what is held is an index.
	index := func(s uint64) (out int) {
		for n := 0; all>>n != 0; n++ {
			if all>>n&1 != 0 && s>>n&1 != 0 {
				out |= 1 << mathbits.OnesCount64(all&(1<<n-1))
			}
		}
		return out
	}
	best := make([][]int, 1<<mathbits.OnesCount64(all)) // what is held → by which sets
	best[0] = []int{}
	for i, s := range sets {
		add := index(s)
		if add == 0 {
			continue
		}
		for held := len(best) - 1; held >= 0; held-- {
			if more := held | add; best[held] != nil && more != held && (best[more] == nil || len(best[more]) > len(best[held])+1) {
				best[more] = append(slices.Clip(best[held]), i)
			}
		}
	}
	return best[len(best)-1]
}

// greedy takes the set that holds most of what is left, until nothing is.
func greedy(sets []uint64, left uint64) (out []int) {
	for left != 0 {
		best := 0
		for i, s := range sets {
			if mathbits.OnesCount64(s&left) > mathbits.OnesCount64(sets[best]&left) {
				best = i
			}
		}
		left &^= sets[best]
		out = append(out, best)
	}
	return out
}

// ByWay is the hit as one for each way and certainty, what is sure first: each has reasons of its own. A hit without
// ways has its path.
func (h Hit) ByWay() []Hit {
	ways := h.Ways()
	if len(ways) == 0 || h.OwnLog {
		ways = h.Along(h.Path()...).ways
	}
	var sure, perhaps []Hit
	left := hits(h.Capabilities)
	for i, w := range ways {
		one := h
		path := w.Path()
		one.ways = []Way{{Capabilities: w.Capabilities, Hops: w.Hops, path: path}}
		caps := w.Capabilities & left
		left &^= caps
		if i == len(ways)-1 {
			caps |= left
		}
		if runs := len(path) > 0 && path[len(path)-1].Kind == Runs; caps == 0 && !runs && (i < len(ways)-1 || len(sure)+len(perhaps) > 0) {
			continue
		}
		one.Capabilities, one.Must = caps, caps&h.Must
		switch n := len(path); {
		case n > 0 && path[n-1].Kind != Acts:
			if one.Certainty, one.Must = Must, caps; slices.ContainsFunc(path, func(s *Step) bool { return s.Certainty == May }) {
				one.Certainty, one.Must = May, 0
			}
		case one.Must == 0:
			one.Certainty = May
		}
		if a, b, ok := one.apart(); ok {
			sure, perhaps = append(sure, a), append(perhaps, b)
		} else if one.Certainty == Must {
			sure = append(sure, one)
		} else {
			perhaps = append(perhaps, one)
		}
	}
	return append(sure, perhaps...)
}
