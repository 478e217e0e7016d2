package reach

import (
	mathbits "math/bits"
	"slices"
)

// A walk is a breadth-first search from a node under one look.
type walk struct {
	order  []int32 // nodes in the order of discovery, the start first
	hops   []int32 // to each node, and one more; 0 for those that are not found
	by     []*edge // that led to it
	parent []int32 // node that the edge starts from

	// own are roles found by their own sessions: a function can do as another session of its role what this one may
	// not, but that it holds the role is no news. Where somebody else leads there as well, that is the news.
	own     map[int32]neighbour
	pending []int32 // of own, those for which no news was met yet

	// fed are nodes that are fed from it, where the look does not follow feeds, each by the first edge; also those that are
	// found otherwise.
	fed []neighbour

	expanded, known set              // actors gone through, and nodes of fed
	have            set              // nodes that are found
	hidden          map[*row][]int32 // nodes to which rows did not lead those before
}

// A neighbour is a node next to a walk, or in it, with the edge that leads there.
type neighbour struct {
	node int32
	edge *edge
	from int32
	dist int
}

// newWalk is a walk that has not begun.
func (an *Analysis) newWalk() *walk {
	n := len(an.nodes)
	return &walk{hops: make([]int32, n), by: make([]*edge, n), parent: make([]int32, n), expanded: newSet(len(an.actors)), known: newSet(n), have: newSet(n)}
}

// walk searches from a node. Edges go in the order of nodes, so that ties are stable.
func (an *Analysis) walk(start int32, look int) *walk {
	w := an.newWalk()
	an.walkUntil(w, start, look, func(int32) bool { return false })
	w.expanded, w.known, w.have, w.hidden = nil, nil, nil, nil
	return w
}

// again makes a walk one that has not begun.
func (w *walk) again() {
	for _, n := range w.order {
		w.hops[n], w.by[n] = 0, nil
	}
	w.order, w.own, w.pending, w.fed = w.order[:0], nil, nil, nil
	clear(w.expanded)
	clear(w.known)
	clear(w.have)
	w.hidden = nil
}

// walkUntil goes a walk as far as the first node, beside the start, of which found is true.
func (an *Analysis) walkUntil(w *walk, start int32, look int, found func(node int32) bool) {
	w.again()
	w.order = append(w.order, start)
	w.hops[start] = 1
	w.have.put(start)
	for i := 0; i < len(w.order); i++ {
		n := w.order[i]
		actor := an.actorOf[n]
		if w.expanded.has(actor) {
			continue
		}
		w.expanded.put(actor)
		a := an.actors[actor]
		self := int32(-1)
		if a.self >= 0 {
			self = an.nodeAt[a.self]
		}
		edges := a.allEdges()
		if a.row != nil {
			left, met := w.hidden[a.row]
			if met {
				edges = a.edgesLeft(inEither(left, w.pending))
				left = inBoth(left, a.hidden)
			} else {
				edges = a.edgesLeft(inEither(w.ahead(a.row, look), w.pending))
				left = a.hidden
			}
			if w.hidden == nil {
				w.hidden = map[*row][]int32{}
			}
			w.hidden[a.row] = left
		}
		for e := range edges {
			if !takes(look, e) {
				if e.kind == Feeds && (e.must || !sure(look)) && !w.known.has(e.to) {
					w.known.put(e.to)
					w.fed = append(w.fed, neighbour{e.to, e, n, w.dist(n) + 1})
				}
				continue
			}
			own := e.to == self
			if w.found(e.to) {
				if !own && len(w.pending) > 0 {
					w.tell(neighbour{e.to, e, n, w.dist(n) + 1})
				}
				continue
			}
			if own {
				if w.own == nil {
					w.own = map[int32]neighbour{}
				}
				w.own[e.to] = neighbour{}
				w.pending = append(w.pending, e.to)
			}
			if w.step(n, e); found(e.to) {
				return
			}
		}
		turns := an.guises.turns[actor]
		for k := range turns {
			if e := &turns[k]; takes(look, e) && !w.found(e.to) {
				if w.step(n, e); found(e.to) {
					return
				}
			}
		}
		for _, j := range an.guises.joinOf[look][actor] {
			if e := &j.edge; !w.found(e.to) && j.all(w.expanded.has) && an.flows[look].of(an.actorOf[start]).has(an.actorOf[e.to]) {
				if w.step(w.first(an, j.by), e); found(e.to) {
					return
				}
			}
		}
	}
}

// ahead lists the nodes, in order, that a row leads to and that the walk does not know yet.
func (w *walk) ahead(r *row, look int) []int32 {
	fed := w.known
	if look >= fedMust {
		fed = w.have
	}
	var out []int32
	for k := range w.have {
		word := r.leads[Runs].word(k)&^w.have[k] | r.leads[Feeds].word(k)&^fed[k]
		for ; word != 0; word &= word - 1 {
			out = append(out, int32(k<<6+mathbits.TrailingZeros64(word)))
		}
	}
	return out
}

// step goes by an edge from a node.
func (w *walk) step(n int32, e *edge) {
	w.hops[e.to], w.by[e.to], w.parent[e.to] = w.hops[n]+1, e, n
	w.have.put(e.to)
	w.order = append(w.order, e.to)
}

// met reports whether an actor was found.
func (w *walk) met(an *Analysis, actor int32) bool {
	return slices.ContainsFunc(w.order, func(n int32) bool { return an.actorOf[n] == actor })
}

// first is the node at which an actor was found.
func (w *walk) first(an *Analysis, actor int32) int32 {
	return w.order[slices.IndexFunc(w.order, func(n int32) bool { return an.actorOf[n] == actor })]
}

// tell notes somebody who leads to a role that its own session found.
func (w *walk) tell(x neighbour) {
	if i := slices.Index(w.pending, x.node); i >= 0 {
		w.own[x.node] = x
		w.pending = slices.Delete(w.pending, i, i+1)
	}
}

// found reports whether the walk comes to a node.
func (w *walk) found(n int32) bool { return w.hops[n] > 0 }

// dist is how many steps it takes to a node that is found.
func (w *walk) dist(n int32) int { return int(w.hops[n]) - 1 }

// news is the edge to a node for which the walk is told to hold it; false where there is none.
func (w *walk) news(n int32) (neighbour, bool) {
	if x, ok := w.own[n]; ok {
		return x, x.edge != nil
	}
	return neighbour{n, w.by[n], w.parent[n], w.dist(n)}, true
}

// surroundings calls do for the nodes of the walk but the start, and those that are fed from it.
func (w *walk) surroundings(do func(x neighbour)) {
	for _, n := range w.order[1:] {
		if x, ok := w.news(n); ok {
			do(x)
		}
	}
	for _, x := range w.fed {
		if !w.found(x.node) {
			do(x)
		}
	}
}

// stepOn is a step from a node of a walk, with the statements that it owes.
func (an *Analysis) stepOn(w *walk, n int32, step *Step) *Step {
	if w.dist(n) > 0 && an.actors[an.actorOf[n]].guise != nil {
		return step.owed(an.path(w, n))
	}
	return step
}

// path is the steps to a node, the start's none, and those behind it.
func (an *Analysis) path(w *walk, n int32, behind ...*Step) []*Step {
	hops := w.dist(n)
	if hops+len(behind) == 0 {
		return nil
	}
	out := make([]*Step, hops+len(behind))
	copy(out[hops:], behind)
	for i := hops - 1; i >= 0; i-- {
		out[i] = an.edgeStep(w.parent[n], w.by[n])
		if j := w.by[n].join; j != nil {
			for _, of := range j.others() {
				out[i] = out[i].with(an.path(w, w.first(an, of))...)
			}
		}
		n = w.parent[n]
	}
	for i := 1; i < len(out); i++ {
		out[i] = out[i].owed(out[:i])
	}
	return out
}
