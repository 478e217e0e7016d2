package reach

import (
	"math"
	"sync"

	"bulkhead/model/catalog"
)

// The looks at what is reachable: what surely or perhaps runs, and the same where fed functions are taken as
// vulnerable too.
const (
	runsMust = iota
	runsMay
	fedMust
	fedMay
	looks
)

// takes reports whether a look follows an edge.
func takes(look int, e *edge) bool {
	if e.kind == Feeds && look < fedMust {
		return false
	}
	return e.must || look == runsMay || look == fedMay
}

// sure reports whether a look counts only what is sure.
func sure(look int) bool { return look == runsMust || look == fedMust }

// A set is a bit set.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) put(i int32)      { s[i>>6] |= 1 << (i & 63) }
func (s set) has(i int32) bool { return s[i>>6]&(1<<(i&63)) != 0 }
func (s set) join(o set) {
	for i, w := range o {
		s[i] |= w
	}
}

// depths are how deep water may stand: from ⅓, from ⅔, 1.
const depths = 3

// deep are the depths of all sets of capabilities, in thirds.
var deep = sync.OnceValue(func() []uint8 {
	out := make([]uint8, 1<<(catalog.Tag+1))
	for s := range out {
		out[s] = uint8(math.Round(catalog.Capabilities(s).Depth() * depths))
	}
	return out
})

func depthIndex(c catalog.Capabilities) int { return int(deep()[c]) }

// A flow is what each actor reaches under one look. Actors that reach each other share one component.
type flow struct {
	component []int32 // of each actor
	actors    []set   // of each component: actors reached, its own among them
	targets   [][depths]set
}

// flood computes all flows.
func (an *Analysis) flood() {
	for look := range looks {
		an.flows[look] = an.newFlow(look)
	}
}

// newFlow finds the strongly connected components of the graph of actors and what each reaches, in topological
// order: a component's set is its own and those of its successors, which are done before it.
func (an *Analysis) newFlow(look int) *flow {
	n := len(an.actors)
	f := &flow{component: make([]int32, n)}
	next := make([][]int32, n)
	for i, a := range an.actors {
		for k := range a.edges {
			if e := &a.edges[k]; takes(look, e) {
				if to := an.actorOf[e.to]; to != int32(i) {
					next[i] = append(next[i], to)
				}
			}
		}
	}
	for i := range f.component {
		f.component[i] = -1
	}
	// Tarjan's algorithm with a stack of its own: chains of roles can be long.
	index := make([]int32, n)
	low := make([]int32, n)
	at := make([]int, n)
	waiting := make([]bool, n)
	var stack, calls []int32
	count := int32(0)
	for root := range n {
		if index[root] != 0 {
			continue
		}
		calls = append(calls, int32(root))
		for len(calls) > 0 {
			v := calls[len(calls)-1]
			if index[v] == 0 {
				count++
				index[v], low[v] = count, count
				stack = append(stack, v)
				waiting[v] = true
			}
			descended := false
			for at[v] < len(next[v]) {
				w := next[v][at[v]]
				if index[w] == 0 {
					calls = append(calls, w)
					descended = true
					break
				}
				if waiting[w] {
					low[v] = min(low[v], low[w])
				}
				at[v]++
			}
			if descended {
				continue
			}
			calls = calls[:len(calls)-1]
			if low[v] == index[v] {
				stack = an.close(f, look, next, stack, waiting, v)
			}
		}
	}
	return f
}

// close makes a component of the actors on the stack down to v.
func (an *Analysis) close(f *flow, look int, next [][]int32, stack []int32, waiting []bool, v int32) []int32 {
	c := int32(len(f.actors))
	actors := newSet(len(an.actors))
	var targets [depths]set
	for i := range targets {
		targets[i] = newSet(len(an.world.targets))
	}
	from := len(stack)
	for {
		from--
		w := stack[from]
		waiting[w] = false
		f.component[w] = c
		if w == v {
			break
		}
	}
	for _, w := range stack[from:] {
		actors.put(w)
		for _, x := range an.actors[w].acts {
			caps := x.may
			if sure(look) {
				caps = x.must
			}
			for d := range depthIndex(caps) {
				targets[d].put(x.target)
			}
		}
	}
	for _, w := range stack[from:] {
		for _, to := range next[w] {
			o := f.component[to]
			if o == c || actors.has(to) && f.component[to] != c && containsAll(actors, f.actors[o]) {
				continue
			}
			actors.join(f.actors[o])
			for d := range targets {
				targets[d].join(f.targets[o][d])
			}
		}
	}
	f.actors = append(f.actors, actors)
	f.targets = append(f.targets, targets)
	return stack[:from]
}

func containsAll(s, o set) bool {
	for i, w := range o {
		if w&^s[i] != 0 {
			return false
		}
	}
	return true
}

// reached are the actors that an actor reaches, itself among them.
func (f *flow) reached(actor int32) set { return f.actors[f.component[actor]] }

// depth is how deep water stands on a target in a breach of an actor: 0 to 3 thirds.
func (f *flow) depth(actor, target int32) int {
	t := &f.targets[f.component[actor]]
	for d := depths; d > 0; d-- {
		if t[d-1].has(target) {
			return d
		}
	}
	return 0
}
