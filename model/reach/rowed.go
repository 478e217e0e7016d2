package reach

import (
	"cmp"
	"iter"
	"slices"
)

// What an actor may do is what its row says, less what it excepts, and what is its own.

// allActs are what an actor may do, by target.
func (a *actor) allActs() iter.Seq[*act] {
	if a.row == nil {
		return merged(a.acts, nil, nil, func(x *act) int32 { return x.target })
	}
	return merged(a.acts, a.row.acts, a.except, func(x *act) int32 { return x.target })
}

// allEdges are an actor's edges, by node.
func (a *actor) allEdges() iter.Seq[*edge] {
	if a.row == nil {
		return merged(a.edges, nil, nil, func(x *edge) int32 { return x.to })
	}
	return merged(a.edges, a.row.best, a.hidden, func(x *edge) int32 { return x.to })
}

// edgesLeft are an actor's own edges and, of its row's, those to some nodes, which are in order; by node.
func (a *actor) edgesLeft(nodes []int32) iter.Seq[*edge] {
	return func(yield func(*edge) bool) {
		own, rest := a.edges, a.row.best
		for _, n := range nodes {
			if !a.row.leadsTo(n) || among(a.hidden, n) {
				continue
			}
			for ; len(own) > 0 && own[0].to < n; own = own[1:] {
				if !yield(&own[0]) {
					return
				}
			}
			for rest = edgesFrom(rest, n); len(rest) > 0 && rest[0].to == n; rest = rest[1:] {
				if !yield(&rest[0]) {
					return
				}
			}
		}
		for i := range own {
			if !yield(&own[i]) {
				return
			}
		}
	}
}

// leadsTo reports whether a row has an edge to a node.
func (r *row) leadsTo(node int32) bool {
	return slices.ContainsFunc(r.leads[:], func(s set) bool { return s != nil && s.has(node) })
}

// among reports whether a sorted list has a number.
func among(sorted []int32, n int32) bool {
	_, ok := slices.BinarySearch(sorted, n)
	return ok
}

// inEither is a sorted list and some more numbers, sorted.
func inEither(sorted, more []int32) []int32 {
	out := slices.Clip(sorted)
	for _, n := range more {
		if i, ok := slices.BinarySearch(out, n); !ok {
			out = slices.Insert(out, i, n)
		}
	}
	return out
}

// inBoth is what two sorted lists have in common.
func inBoth(x, y []int32) []int32 {
	var out []int32
	for _, n := range x {
		if among(y, n) {
			out = append(out, n)
		}
	}
	return out
}

// merged goes through one's own and what is shared, both in the order of at, less what is shared at the places left out.
func merged[T any](own, shared []T, out []int32, at func(*T) int32) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		own, out := own, out
		for i := range shared {
			x := &shared[i]
			place := at(x)
			for len(own) > 0 && at(&own[0]) < place {
				if !yield(&own[0]) {
					return
				}
				own = own[1:]
			}
			for len(out) > 0 && out[0] < place {
				out = out[1:]
			}
			if len(out) > 0 && out[0] == place {
				continue
			}
			if !yield(x) {
				return
			}
		}
		for i := range own {
			if !yield(&own[i]) {
				return
			}
		}
	}
}

// act is what an actor may do to a target, nil for nothing.
func (a *actor) act(target int32) *act {
	find := func(acts []act) *act {
		i, ok := slices.BinarySearchFunc(acts, target, func(x act, t int32) int { return int(x.target - t) })
		if !ok {
			return nil
		}
		return &acts[i]
	}
	if x := find(a.acts); x != nil || a.row == nil {
		return x
	}
	if _, not := slices.BinarySearch(a.except, target); not {
		return nil
	}
	return find(a.row.acts)
}

// shares reports whether the actor has an edge of a kind to a node by its row, whatever it excepts.
func (e *explorer) shares(node int32, kind Kind) bool {
	a := e.actor
	if a.row == nil || a.row.leads[kind] == nil || !a.row.leads[kind].has(node) {
		return false
	}
	if e.lacks == nil {
		e.lacks = newSet(len(e.an.nodes))
		for _, t := range a.except {
			for _, n := range a.row.over[t] {
				e.lacks.put(n)
			}
		}
	}
	return !e.lacks.has(node)
}

// tread calls do for what the actors of a walk's nodes do, each at the first node where it is met. What somebody before
// does by the same row, to the same target, is not said again; nor anything of a target once do has said that it is enough.
func (an *Analysis) tread(order []int32, do func(n int32, x *act) (enough bool)) {
	seen, told := newSet(len(an.actors)), newSet(len(an.world.targets))
	say := func(n int32, x *act) {
		if !told.has(x.target) && do(n, x) {
			told.put(x.target)
		}
	}
	left := map[*row][]int32{} // where the row did not hold for those before
	for _, n := range order {
		i := an.actorOf[n]
		if seen.has(i) {
			continue
		}
		seen.put(i)
		a := an.actors[i]
		for k := range a.acts {
			say(n, &a.acts[k])
		}
		if a.row == nil {
			continue
		}
		open, met := left[a.row]
		if !met {
			out := a.except
			for k := range a.row.acts {
				x := &a.row.acts[k]
				for len(out) > 0 && out[0] < x.target {
					out = out[1:]
				}
				if (len(out) == 0 || out[0] != x.target) && !told.has(x.target) && do(n, x) {
					told.put(x.target)
				}
			}
			left[a.row] = a.except
			continue
		}
		still := []int32{}
		for _, t := range open {
			if _, not := slices.BinarySearch(a.except, t); not {
				still = append(still, t)
			} else if x := a.act(t); x != nil {
				say(n, x)
			}
		}
		left[a.row] = still
	}
}

// settleEdges puts an actor's own edges, in order, together with those of its row to the same nodes. Those that the row has
// as good are left to it.
func (a *actor) settleEdges() {
	slices.SortStableFunc(a.edges, byNode)
	if a.row == nil {
		return
	}
	for _, x := range a.edges {
		a.hidden = append(a.hidden, x.to)
	}
	for _, t := range a.except {
		a.hidden = append(a.hidden, a.row.over[t]...)
	}
	slices.Sort(a.hidden)
	a.hidden = slices.Compact(a.hidden)
	out := make([]edge, 0, len(a.edges))
	hidden := a.hidden[:0]
	var all []edge // used again
	for _, n := range a.hidden {
		all = all[:0]
		for _, x := range to(a.row.edges, n) {
			if _, not := slices.BinarySearch(a.except, x.rank); !not {
				all = append(all, x)
			}
		}
		all = append(all, to(a.edges, n)...)
		slices.SortStableFunc(all, byFirst) // as one who shares nothing finds them
		best := preferred(all)
		if slices.EqualFunc(best, to(a.row.best, n), func(x, y edge) bool {
			_, not := slices.BinarySearch(a.except, y.rank)
			return !not && x.kind == y.kind && x.rank == y.rank && x.first == y.first
		}) {
			continue
		}
		hidden = append(hidden, n)
		out = append(out, best...)
	}
	a.edges, a.hidden = out, slices.Clip(hidden)
}

func byNode(x, y edge) int { return int(x.to - y.to) }

func byFirst(x, y edge) int { return cmp.Compare(x.first, y.first) }

// leading counts the edges at the head of a list, sorted by node, that lead to one node.
func leading(edges []edge) int {
	n := 1
	for n < len(edges) && edges[n].to == edges[0].to {
		n++
	}
	return n
}

// preferred leaves the best of edges to one node, one of each kind: the surest, then the first; in the order in which the
// kinds were found.
func preferred(edges []edge) []edge {
	if len(edges) == 1 {
		return edges
	}
	var out []edge
	for _, x := range edges {
		i := slices.IndexFunc(out, func(y edge) bool { return y.kind == x.kind })
		if i < 0 {
			out = append(out, x)
			continue
		}
		first := min(out[i].first, x.first)
		if x.must && !out[i].must || x.must == out[i].must && x.rank < out[i].rank {
			out[i] = x
		}
		out[i].first = first
	}
	slices.SortStableFunc(out, byFirst)
	return out
}

// edgesFrom is a sorted list from the first edge on that leads to a node, or to one behind it. That is near the head for the most
// part.
func edgesFrom(edges []edge, node int32) []edge {
	far := 1
	for far < len(edges) && edges[far-1].to < node {
		far *= 2
	}
	near := far / 2
	i, _ := slices.BinarySearchFunc(edges[near:min(far, len(edges))], node, func(x edge, n int32) int { return int(x.to - n) })
	return edges[near+i:]
}

// to is the edges of a sorted list that lead to a node.
func to(edges []edge, node int32) []edge {
	i, ok := slices.BinarySearchFunc(edges, node, func(x edge, n int32) int { return int(x.to - n) })
	if !ok {
		return nil
	}
	return edges[i : i+leading(edges[i:])]
}
