package reach

import (
	"math"
	mathbits "math/bits"
	"slices"
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

// each calls do for the members in order, until it says no.
func (s set) each(do func(i int32) bool) {
	for k, word := range s {
		for ; word != 0; word &= word - 1 {
			if !do(int32(k<<6 + mathbits.TrailingZeros64(word))) {
				return
			}
		}
	}
}

// shared counts what two sets have in common.
func (s set) shared(o set) int {
	n := 0
	for i, w := range s {
		n += mathbits.OnesCount64(w & o[i])
	}
	return n
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
	component []int32 // of each actor, and of each hub
	parts     []component
}

// A component is actors that all reach each other, and what they reach. Its sets are never written after it is made, and
// belong to others too where these reach the same.
type component struct {
	alone  int32       // its only actor, which is not in actors; -1 where it has several
	actors set         // reached
	wet    [depths]set // resources, by how deep water stands at least
}

// flood computes all flows.
func (an *Analysis) flood() {
	for look := range looks {
		an.flows[look] = newFlowing(an, look).flow()
	}
}

// A flowing is a flow while it is made.
type flowing struct {
	an      *Analysis
	look    int
	f       *flow
	next    [][]int32 // of each actor, then of each hub: what is one step on, without doubles
	onStack []bool
	actors  set // of the component at hand
	wet     [depths]set
	dry     []int32
}

func newFlowing(an *Analysis, look int) *flowing {
	n := len(an.actors)
	hubs := map[*row]int32{}
	m := &flowing{an: an, look: look, f: &flow{}, next: make([][]int32, n), actors: newSet(n)}
	for d := range m.wet {
		m.wet[d] = newSet(an.world.resources)
	}
	seen := make([]int32, n) // the last of next that leads there, plus one
	lead := func(from int32, e *edge) {
		if to := an.actorOf[e.to]; to != from && seen[to] != from+1 && takes(look, e) {
			seen[to] = from + 1
			m.next[from] = append(m.next[from], to)
		}
	}
	for i, a := range an.actors {
		from := int32(i)
		for k := range a.edges {
			lead(from, &a.edges[k])
		}
		if a.row == nil || len(a.row.best) == 0 {
			continue
		}
		// The row's edges are led through a hub, unless the actor lacks one of them.
		lacks := slices.ContainsFunc(a.hidden, func(node int32) bool {
			at := an.actorOf[node]
			return at != from && seen[at] != from+1 && slices.ContainsFunc(to(a.row.best, node), func(e edge) bool { return takes(look, &e) })
		})
		if lacks {
			for e := range a.allEdges() {
				lead(from, e)
			}
			continue
		}
		hub, ok := hubs[a.row]
		if !ok {
			hub = int32(len(m.next))
			hubs[a.row] = hub
			m.next = append(m.next, nil)
			for k := range a.row.best {
				lead(hub, &a.row.best[k])
			}
		}
		m.next[from] = append(m.next[from], hub)
	}
	m.f.component, m.onStack = make([]int32, len(m.next)), make([]bool, len(m.next))
	return m
}

// flow finds the strongly connected components of the graph of actors and what each reaches, in topological
// order: a component's set is its own and those of its successors, which are done before it.
func (m *flowing) flow() *flow {
	n := len(m.next)
	for i := range m.f.component {
		m.f.component[i] = -1
	}
	// Tarjan's algorithm with a stack of its own: chains of roles can be long.
	index := make([]int32, n)
	low := make([]int32, n)
	at := make([]int, n)
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
				m.onStack[v] = true
			}
			descended := false
			for at[v] < len(m.next[v]) {
				w := m.next[v][at[v]]
				if index[w] == 0 {
					calls = append(calls, w)
					descended = true
					break
				}
				if m.onStack[w] {
					low[v] = min(low[v], low[w])
				}
				at[v]++
			}
			if descended {
				continue
			}
			calls = calls[:len(calls)-1]
			if low[v] == index[v] {
				from := len(stack) - 1
				for stack[from] != v {
					from--
				}
				m.close(stack[from:])
				stack = stack[:from]
			}
		}
	}
	return m.f
}

// close makes a component of actors.
func (m *flowing) close(members []int32) {
	c := int32(len(m.f.parts))
	clear(m.actors)
	for d := range m.wet {
		clear(m.wet[d])
	}
	for _, v := range members {
		m.onStack[v] = false
		m.f.component[v] = c
		if int(v) < len(m.an.actors) {
			m.own(v)
		}
	}
	out := component{alone: -1}
	if len(members) == 1 && int(members[0]) < len(m.an.actors) {
		out.alone = members[0]
	} else {
		for _, v := range members {
			if int(v) < len(m.an.actors) {
				m.actors.put(v)
			}
		}
	}
	var after []*component
	for _, v := range members {
		for _, to := range m.next[v] {
			o := m.f.component[to]
			if o == c {
				continue
			}
			part := &m.f.parts[o]
			if int(to) < len(m.an.actors) && m.actors.has(to) && containsAll(m.actors, part.actors) {
				continue
			}
			if part.alone >= 0 {
				m.actors.put(part.alone)
			}
			m.actors.join(part.actors)
			for d := range m.wet {
				m.wet[d].join(part.wet[d])
			}
			after = append(after, part)
		}
	}
	keep := func(s set, like func(*component) []set) set {
		for _, part := range after {
			for _, o := range like(part) {
				if slices.Equal(s, o) {
					return o
				}
			}
		}
		return slices.Clone(s)
	}
	out.actors = keep(m.actors, func(p *component) []set { return []set{p.actors} })
	for d := range m.wet {
		if d > 0 && slices.Equal(m.wet[d], m.wet[d-1]) {
			out.wet[d] = out.wet[d-1]
			continue
		}
		out.wet[d] = keep(m.wet[d], func(p *component) []set { return p.wet[:] })
	}
	m.f.parts = append(m.f.parts, out)
}

// own adds what an actor does itself.
func (m *flowing) own(v int32) {
	w, a := m.an.world, m.an.actors[v]
	if a.row != nil {
		wet := &a.row.wet[1]
		if sure(m.look) {
			wet = &a.row.wet[0]
		}
		for d := range m.wet {
			m.dry = m.dry[:0]
			for _, t := range a.except {
				if r := w.targets[t].ordinal; r >= 0 && !m.wet[d].has(r) {
					m.dry = append(m.dry, r)
				}
			}
			m.wet[d].join(wet[d])
			for _, r := range m.dry {
				m.wet[d][r>>6] &^= 1 << (r & 63)
			}
		}
	}
	for i := range a.acts {
		x := &a.acts[i]
		r := w.targets[x.target].ordinal
		if r < 0 {
			continue
		}
		for d := range depthIndex(x.under(m.look)) {
			m.wet[d].put(r)
		}
	}
}

func containsAll(s, o set) bool {
	for i, w := range o {
		if w&^s[i] != 0 {
			return false
		}
	}
	return true
}

// of is the component of an actor.
func (f *flow) of(actor int32) *component { return &f.parts[f.component[actor]] }

// reached are the actors that an actor reaches, itself among them.
func (f *flow) reached(actor int32) set {
	c := f.of(actor)
	if c.alone < 0 {
		return c.actors
	}
	out := slices.Clone(c.actors)
	out.put(c.alone)
	return out
}

// has reports whether an actor of the component reaches another, or is it.
func (c *component) has(actor int32) bool { return c.alone == actor || c.actors.has(actor) }

// depth is how deep water stands on a resource, by its ordinal: 0 to 3 thirds.
func (c *component) depth(ordinal int32) int {
	for d := depths; d > 0; d-- {
		if c.wet[d-1].has(ordinal) {
			return d
		}
	}
	return 0
}
