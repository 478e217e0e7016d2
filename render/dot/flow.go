package dot

import (
	"slices"

	"bulkhead/render"
)

// flow marks the edges that go back, so that all others lead from left to right without a cycle.
//
// Where it can, the picture follows the data: a queue stands between the function that fills it and the one that it
// starts, and the edge by which the latter polls it goes back. Where everything touches everything no such order
// exists; there functions stand left of what they act on, and what starts them goes back.
func (p *plan) flow() {
	wearers := map[int][]int{} // role → functions that have it
	starts := map[[2]int]bool{}
	for _, e := range p.edges {
		switch e.kind {
		case render.WearsEdge:
			wearers[e.to] = append(wearers[e.to], e.from)
		case render.StartsEdge:
			starts[[2]int{e.from, e.to}] = true
		case render.ActsEdge, render.FeedsEdge, render.RunsEdge:
		}
	}
	polls := func(e *edge) bool {
		return e.kind == render.ActsEdge && (starts[[2]int{e.to, e.from}] ||
			slices.ContainsFunc(wearers[e.from], func(f int) bool { return starts[[2]int{e.to, f}] }))
	}
	next := make([][]int, len(p.nodes))
	for i := range p.edges {
		e := &p.edges[i]
		if e.spared {
			continue
		}
		switch e.kind {
		case render.ActsEdge, render.StartsEdge, render.WearsEdge:
			if !polls(e) {
				next[e.from] = append(next[e.from], e.to)
			}
		case render.FeedsEdge, render.RunsEdge:
		}
	}
	knot := knots(next)
	tied := func(e *edge) bool { return knot[e.from] == knot[e.to] }

	// Now one by one, those first whose direction matters most; what would close a cycle goes back.
	clear(next)
	add := func(fits func(e *edge) bool, back bool) {
		for i := range p.edges {
			e := &p.edges[i]
			if e.spared || !fits(e) {
				continue
			}
			e.back = back
			from, to := e.from, e.to
			if back {
				from, to = to, from
			}
			if leads(next, to, from) {
				e.back = !back
				from, to = to, from
			}
			next[from] = append(next[from], to)
		}
	}
	resource := func(n int) bool { return p.nodes[n].kind == render.ResourceNode }
	add(func(e *edge) bool { return e.kind == render.WearsEdge }, false)
	add(func(e *edge) bool { return e.kind == render.ActsEdge && !polls(e) }, false)
	add(func(e *edge) bool {
		return e.kind == render.StartsEdge && !(tied(e) && resource(e.from) && !resource(e.to))
	}, false)
	add(func(e *edge) bool {
		return e.kind == render.StartsEdge && tied(e) && resource(e.from) && !resource(e.to)
	}, true)
	add(func(e *edge) bool { return e.kind == render.ActsEdge && polls(e) }, true)
	add(func(e *edge) bool { return e.kind == render.RunsEdge }, false)
	add(func(e *edge) bool { return e.kind == render.FeedsEdge }, false)
}

// leads reports whether there is a way from one node to another.
func leads(next [][]int, from, to int) bool {
	if from == to {
		return true
	}
	seen := make([]bool, len(next))
	seen[from] = true
	for stack := []int{from}; len(stack) > 0; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, m := range next[n] {
			if m == to {
				return true
			}
			if !seen[m] {
				seen[m] = true
				stack = append(stack, m)
			}
		}
	}
	return false
}

// knots numbers the strongly connected components: nodes with one number lie on cycles together (Tarjan).
func knots(next [][]int) []int {
	n := len(next)
	number, low, index := make([]int, n), make([]int, n), 0
	order, onStack := make([]int, n), make([]bool, n)
	var stack []int
	count := 0
	type frame struct{ node, edge int }
	for root := range n {
		if order[root] != 0 {
			continue
		}
		// Without recursion: a chain may be as long as the design is large.
		work := []frame{{root, 0}}
		for len(work) > 0 {
			f := &work[len(work)-1]
			v := f.node
			if f.edge == 0 {
				index++
				order[v], low[v] = index, index
				stack = append(stack, v)
				onStack[v] = true
			}
			if f.edge < len(next[v]) {
				w := next[v][f.edge]
				f.edge++
				if order[w] == 0 {
					work = append(work, frame{w, 0})
				} else if onStack[w] {
					low[v] = min(low[v], order[w])
				}
				continue
			}
			if low[v] == order[v] {
				for {
					w := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					onStack[w] = false
					number[w] = count
					if w == v {
						break
					}
				}
				count++
			}
			work = work[:len(work)-1]
			if len(work) > 0 {
				u := work[len(work)-1].node
				low[u] = min(low[u], low[v])
			}
		}
	}
	return number
}
