package reach

import (
	"math"
	mathbits "math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"bulkhead/internal/paged"
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

// sureOf is the sure look of what is run, or of what is fed too.
func sureOf(look int) int {
	if look < fedMust {
		return runsMust
	}
	return fedMust
}

// A set is a bit set.
type set []uint64

func newSet(n int) set { return make(set, len64(n)) }

// len64 is how many words a set of n has.
func len64(n int) int { return (n + 63) / 64 }

func (s set) put(i int32)      { s[i>>6] |= 1 << (i & 63) }
func (s set) has(i int32) bool { return s[i>>6]&(1<<(i&63)) != 0 }
func (s set) join(o set) {
	for i, w := range o {
		s[i] |= w
	}
}

// leave takes the members of another set out.
func (s set) leave(o set) {
	for k, w := range o {
		s[k] &^= w
	}
}

func (s set) count() int { return s.shared(s) }

// word is the 64 members from k×64 on; a set of fewer has none there.
func (s set) word(k int) uint64 {
	if k >= len(s) {
		return 0
	}
	return s[k]
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

// meets reports whether two sets have anything in common.
func (s set) meets(o set) bool {
	for i, w := range s {
		if w&o[i] != 0 {
			return true
		}
	}
	return false
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
	next      paged.List[[]int32] // of each actor, then of each hub: what is one step on, without doubles
	hubs      map[hub]int32
	component []int32 // of each actor, and of each hub
	parts     paged.List[*component]
	turned    map[int32][]int32 // actor → guises to which it leads
	lost      []int32           // of an earlier flow: actors that led to guises, or hubs, which are gone
	fresh     []int32           // components, but for leaves, of which something is not as it was in the flow from which this one went on; until all is found
}

// A component is actors that all reach each other, and what they reach. Its sets are never written after it is made, and
// belong to others too where these reach the same.
type component struct {
	size   int       // actors and hubs in it
	alone  int32     // its only actor, which is not in actors; -1 where it has several
	leaf   bool      // … that leads nowhere
	actors set       // reached
	rules  [2]realms // in which accounts one of them perhaps, or surely, rules by itself
	blocks []block   // of a great one
	*water
}

// A drop is one resource that an act makes wet, and how deep, in thirds: surely, and surely or perhaps.
type drop struct {
	ordinal int32
	depth   [2]uint8
}

// newDrops are what acts make wet.
func (w *world) newDrops(acts []act) []drop {
	var out []drop
	deep := deep()
	for i := range acts {
		x := &acts[i]
		if d := (drop{w.targets[x.target].ordinal, [2]uint8{deep[x.must], deep[x.may]}}); d.ordinal >= 0 && d.depth[1] > 0 {
			out = append(out, d)
		}
	}
	return slices.Clip(out)
}

// A water is the resources that a breach reaches.
type water struct {
	wet   [depths]set // by how deep water stands at least
	known atomic.Pointer[reading]
}

// flood computes all flows. Where there was a flood before, of which only some actors changed, what does not reach them is
// kept.
func (an *Analysis) flood(past *former, changed set) {
	for i := range an.powers {
		an.powers[i] = newSet(len(an.actors))
	}
	an.alterers = nil
	for i, a := range an.actors {
		for k, want := range [...]power{perhaps, surely} {
			if a.admin >= want {
				an.powers[k].put(int32(i))
			}
		}
		if a.alterer {
			an.alterers = append(an.alterers, int32(i))
		}
	}
	var hands sync.WaitGroup
	for look := range looks {
		hands.Go(func() {
			m := newFlowing(an, look)
			m.changed.join(changed)
			if past != nil {
				m.old, m.steady = past.flow(an, look), past.stays(an)
			}
			m.lead()
			m.flow()
			an.flows[look] = m.f
			m.done()
		})
	}
	hands.Wait()
}

// A flowing is a flow while it is made.
type flowing struct {
	an      *Analysis
	look    int
	f       *flow
	old     *flow  // nil for none
	changed set    // actors that are not as they were
	steady  bool   // the components have the members that they had, and their order is one still
	kept    []bool // components that are as they were
	onStack []bool
	actors  set // of the component at hand
	inside  set // members of the great component at hand, and …
	outside set // … what is one step on from them
	wet     [depths]set
	dry     []int32
	left    map[*row][]int32 // of rows in wet: targets where they held for nobody yet
	seen    []int32          // of each actor, the last that leads there, plus one
	hubs    bool             // the flow's hubs are its own
	lacks   []int32          // nodes of the row of the actor at hand to which it does not go, …
	blocks  []int32          // … and the blocks of the row in which it lacks none
	search  struct{ index, low, at, stack, calls []int32 }
	members []int32 // by component, …
	from    []int32 // … and where each one's begin
}

// flowings are used again.
var flowings = sync.Pool{New: func() any { return &flowing{left: map[*row][]int32{}} }}

// newFlowing has nothing yet.
func newFlowing(an *Analysis, look int) *flowing {
	m := flowings.Get().(*flowing)
	m.an, m.look, m.f, m.old, m.steady = an, look, &flow{}, nil, false
	m.actors, m.changed = cleared(m.actors, len64(len(an.actors))), cleared(m.changed, len64(len(an.actors)))
	for d := range m.wet {
		m.wet[d] = cleared(m.wet[d], len64(an.world.resources))
	}
	return m
}

// done gives it back.
func (m *flowing) done() {
	m.an, m.f, m.old = nil, nil, nil
	clear(m.left)
	flowings.Put(m)
}

// lead finds what is one step on from each actor.
func (m *flowing) lead() {
	an := m.an
	n := len(an.actors)
	m.f.turned = an.turned(m.look)
	if m.old == nil {
		m.f.hubs, m.hubs, m.f.next = map[hub]int32{}, true, paged.New[[]int32](n)
		for i := range an.actors {
			m.changed.put(int32(i))
		}
	} else {
		m.f.hubs, m.hubs, m.f.next = m.old.hubs, false, m.old.next.Clone()
		for i := int32(an.size.actors); int(i) < n; i++ {
			if m.was(i) < 0 {
				m.changed.put(i) // a guise that is new here, though perhaps known from elsewhere
			}
		}
		for _, i := range m.old.lost {
			m.changed.put(i)
		}
		for _, of := range [...]map[int32][]int32{m.old.turned, m.f.turned} {
			for from := range of {
				if !slices.Equal(m.old.turned[from], m.f.turned[from]) {
					m.changed.put(from)
				}
			}
		}
	}
	m.seen = cleared(m.seen, n)
	seen := m.seen
	lead := func(from int32, out []int32, e *edge) []int32 {
		if to := an.actorOf[e.to]; to != from && seen[to] != from+1 && takes(m.look, e) {
			seen[to] = from + 1
			out = append(out, to)
		}
		return out
	}
	m.changed.each(func(from int32) bool {
		a := an.actors[from]
		var out []int32
		for k := range a.edges {
			out = lead(from, out, &a.edges[k])
		}
		if a.row != nil && len(a.row.best) > 0 {
			// The row's edges are led through a hub, unless the actor lacks some of them.
			lacks := m.lacks[:0]
			for _, node := range a.hidden {
				if at := an.actorOf[node]; at != from && seen[at] != from+1 && slices.ContainsFunc(to(a.row.best, node), func(e edge) bool { return takes(m.look, &e) }) {
					lacks = append(lacks, node)
				}
			}
			if m.lacks = lacks; len(lacks) == 0 {
				out = append(out, m.hub(hub{a.row, -1}, lead))
			} else {
				blocks := m.blocks[:0]
				for block := range a.row.blocks() {
					edges := a.row.block(block)
					for len(lacks) > 0 && lacks[0] < edges[0].to {
						lacks = lacks[1:]
					}
					if len(lacks) == 0 || lacks[0] > edges[len(edges)-1].to {
						blocks = append(blocks, block)
						continue
					}
					for k := range edges {
						if !among(a.hidden, edges[k].to) {
							out = lead(from, out, &edges[k])
						}
					}
				}
				for _, block := range blocks {
					out = append(out, m.hub(hub{a.row, block}, lead))
				}
				m.blocks = blocks
			}
		}
		for _, to := range m.f.turned[from] {
			if to != from && seen[to] != from+1 {
				seen[to] = from + 1
				out = append(out, to)
			}
		}
		m.steady = m.steady && m.stands(from, out)
		m.f.next.Put(from, out)
		return true
	})
}

// stands reports whether what is one step on from an actor now leaves the components as they are, and those that are reached before
// those that reach them: what is new leads on as its component does or within it, and what is gone led out of it.
func (m *flowing) stands(i int32, out []int32) bool {
	old := m.old.next.At(i)
	if slices.Equal(out, old) {
		return true
	}
	c := m.was(i)
	for _, to := range out {
		if o := m.was(to); o < 0 || o > c {
			return false
		}
	}
	for _, to := range old {
		if m.was(to) == c && (int(to) >= len(m.seen) && !slices.Contains(out, to) || int(to) < len(m.seen) && m.seen[to] != i+1) {
			return false
		}
	}
	return true
}

// turned lists the guises to which actors lead, under a look.
func (an *Analysis) turned(look int) map[int32][]int32 {
	out := map[int32][]int32{}
	for from, turns := range an.guises.turns {
		for k := range turns {
			if e := &turns[k]; takes(look, e) {
				out[from] = append(out[from], an.actorOf[e.to])
			}
		}
	}
	for from, to := range an.guises.joined[look] {
		out[from] = append(out[from], to...)
	}
	return out
}

// flow finds the strongly connected components of the graph of actors and what each reaches, in topological
// order: a component's set is its own and those of its successors, which are done before it.
func (m *flowing) flow() {
	n := m.f.next.Len()
	if m.steady {
		m.again()
		return
	}
	m.f.component, m.onStack, m.kept = make([]int32, n), cleared(m.onStack, n), m.kept[:0]
	for i := range m.f.component {
		m.f.component[i] = -1
	}
	// Tarjan's algorithm with a stack of its own: chains of roles can be long.
	s := &m.search
	s.index, s.low, s.at = cleared(s.index, n), cleared(s.low, n), cleared(s.at, n)
	index, low, at, stack, calls := s.index, s.low, s.at, s.stack[:0], s.calls[:0]
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
			for next := m.f.next.At(v); int(at[v]) < len(next); at[v]++ {
				w := next[at[v]]
				if index[w] == 0 {
					calls = append(calls, w)
					descended = true
					break
				}
				if m.onStack[w] {
					low[v] = min(low[v], low[w])
				}
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
				for _, w := range stack[from:] {
					m.onStack[w] = false
					m.f.component[w] = int32(m.f.parts.Len())
				}
				m.found(m.close(stack[from:], int32(m.f.parts.Len())))
				stack = stack[:from]
			}
		}
	}
	s.stack, s.calls = stack, calls
}

// found notes the next component, and whether it is as it was.
func (m *flowing) found(part *component, kept bool) {
	c := int32(len(m.kept))
	if m.kept = append(m.kept, kept); !kept && !part.leaf {
		m.f.fresh = append(m.f.fresh, c)
	}
	if int(c) == m.f.parts.Len() {
		m.f.parts.Add(part)
	} else if m.f.parts.At(c) != part {
		m.f.parts.Put(c, part)
	}
}

// again fills the components of the old flow, where the steps are as they were.
func (m *flowing) again() {
	m.f.component, m.f.parts, m.kept = m.old.component, m.old.parts.Clone(), m.kept[:0]
	first := int32(m.f.parts.Len())
	m.changed.each(func(i int32) bool {
		first = min(first, m.f.component[i])
		return true
	})
	at := cleared(m.from, m.f.parts.Len()+2) // of each component, two places on
	for _, c := range m.f.component {
		at[c+2]++
	}
	for c := range m.f.parts.Len() {
		at[c+2] += at[c+1]
	}
	members := cleared(m.members, len(m.f.component))
	for v, c := range m.f.component {
		members[at[c+1]] = int32(v)
		at[c+1]++
	}
	for c := range int32(m.f.parts.Len()) {
		if c < first {
			m.kept = append(m.kept, true) // nothing that it reaches changed
			continue
		}
		m.found(m.close(members[at[c]:at[c+1]], c))
	}
	m.from, m.members = at, members
}

// keeps is the old component of the members where nothing of it changed.
func (m *flowing) keeps(members []int32, c int32) *component {
	was := m.was(members[0])
	if was < 0 {
		return nil
	}
	if m.old.parts.At(was).size != len(members) {
		return nil
	}
	for _, v := range members {
		if m.was(v) != was || int(v) < len(m.an.actors) && m.changed.has(v) {
			return nil
		}
		for _, to := range m.f.next.At(v) {
			if o := m.f.component[to]; o != c && !m.kept[o] {
				return nil
			}
		}
	}
	return m.old.parts.At(was)
}

// was is the old component of an actor or hub; -1 for none.
func (m *flowing) was(v int32) int32 {
	if m.old == nil || int(v) >= len(m.old.component) {
		return -1
	}
	return m.old.component[v]
}

// close makes a component of actors and hubs, and tells whether it is as it was.
func (m *flowing) close(members []int32, c int32) (*component, bool) {
	if kept := m.keeps(members, c); kept != nil {
		return kept, true
	}
	old := &component{}
	if was := m.was(members[0]); was >= 0 {
		old = m.old.parts.At(was)
	}
	if out := m.follow(members); out != nil {
		return out.unless(old)
	}
	out := &component{size: len(members), alone: -1}
	if v := members[0]; len(members) == 1 && int(v) < len(m.an.actors) {
		out.alone, out.leaf = v, len(m.f.next.At(v)) == 0
	}
	next := 0
	for _, v := range members {
		next += len(m.f.next.At(v))
	}
	m.clear()
	var after []*component
	if len(members)+next >= greatFrom {
		out.blocks = m.divide(members, c, old.blocks)
		m.clear()
		for i := range out.blocks {
			m.add(&out.blocks[i], out)
		}
	} else {
		for _, v := range members {
			m.bring(v, out)
		}
		for _, v := range members {
			for _, to := range m.f.next.At(v) {
				if o := m.f.component[to]; o == c {
					continue
				} else if part := m.take(to, o, &out.rules); part != nil {
					after = append(after, part)
				}
			}
		}
	}
	// What has the same sets shares them, an earlier flow included.
	if old.size > 0 {
		after = slices.Insert(after, 0, old)
	}
	for _, part := range after {
		if out.actors == nil && slices.Equal(m.actors, part.actors) {
			out.actors = part.actors
		}
		if out.water == nil && slices.EqualFunc(m.wet[:], part.wet[:], slices.Equal[set]) {
			out.water = part.water
		}
	}
	if out.actors == nil {
		out.actors = slices.Clone(m.actors)
	}
	if out.water == nil {
		out.water = &water{}
		for d := range m.wet {
			if d > 0 && slices.Equal(m.wet[d], m.wet[d-1]) {
				out.wet[d] = out.wet[d-1]
			} else {
				out.wet[d] = slices.Clone(m.wet[d])
			}
		}
	}
	return out.unless(old)
}

// unless is the component, or the old one where nothing changed, and whether nothing did. A great one has blocks of its own.
func (c *component) unless(old *component) (*component, bool) {
	same := c.size == old.size && c.alone == old.alone && c.leaf == old.leaf && c.rules == old.rules && c.water == old.water && sameSet(c.actors, old.actors)
	if same && c.blocks == nil && old.blocks == nil {
		return old, true
	}
	return c, same
}

// clear empties the sets at hand.
func (m *flowing) clear() {
	clear(m.actors)
	for d := range m.wet {
		clear(m.wet[d])
	}
	clear(m.left)
}

// bring adds to the sets at hand what a member of a component does by itself.
func (m *flowing) bring(v int32, c *component) {
	if int(v) >= len(m.an.actors) {
		return // a hub
	}
	m.own(v)
	m.crown(&c.rules, v)
	if v != c.alone {
		m.actors.put(v)
	}
}

// take adds to the sets at hand an actor or hub of another component, and what it reaches. It returns the component where
// there is more to it than an actor's own.
func (m *flowing) take(to, o int32, rules *[2]realms) *component {
	if int(to) < len(m.an.actors) && m.actors.has(to) {
		return nil // reached already, and with it all that it reaches
	}
	part := m.f.parts.At(o)
	for k, r := range part.rules {
		rules[k] |= r
	}
	if part.alone >= 0 {
		m.actors.put(part.alone)
	}
	if part.leaf {
		m.own(part.alone) // for the most part a few acts
		return nil
	}
	m.actors.join(part.actors)
	for d := range m.wet {
		m.wet[d].join(part.wet[d])
	}
	return part
}

// crown notes where an actor of a component rules by itself.
func (m *flowing) crown(rules *[2]realms, v int32) {
	for k, who := range m.an.powers {
		if who.has(v) {
			rules[k] |= m.an.realm(m.an.actors[v].account)
		}
	}
}

// sameSet reports whether two sets have the same members.
func sameSet(s, o set) bool {
	return len(s) == len(o) && (len(s) == 0 || &s[0] == &o[0] || slices.Equal(s, o))
}

// follow is the component of one actor that reaches nothing but what one component next to it does, most often a great
// one; nil for others.
func (m *flowing) follow(members []int32) *component {
	v := members[0]
	if len(members) > 1 || int(v) >= len(m.an.actors) {
		return nil
	}
	var great *component
	for _, to := range m.f.next.At(v) {
		if part := m.f.parts.At(m.f.component[to]); part.alone < 0 && (great == nil || part.size > great.size) {
			great = part
		}
	}
	if great == nil {
		return nil
	}
	for _, to := range m.f.next.At(v) {
		if part := m.f.parts.At(m.f.component[to]); part != great && (int(to) >= len(m.an.actors) || !great.actors.has(to)) {
			return nil
		}
	}
	a := m.an.actors[v]
	if a.row != nil && !a.row.dry {
		return nil
	}
	k := m.certainty()
	for _, x := range a.drops {
		if great.depth(x.ordinal) < int(x.depth[k]) {
			return nil
		}
	}
	out := &component{size: 1, alone: v, actors: great.actors, rules: great.rules, water: great.water}
	m.crown(&out.rules, v)
	return out
}

// share adds what an actor does by its row.
func (m *flowing) share(a *actor) {
	w := m.an.world
	wet := &a.row.wet[m.certainty()]
	left, met := m.left[a.row]
	if met { // all but what the row did not hold on for others is there
		if len(left) == 0 {
			return
		}
		var still []int32
		for _, t := range left {
			if _, not := slices.BinarySearch(a.except, t); not {
				still = append(still, t)
			} else if r := w.targets[t].ordinal; r >= 0 {
				for d := range m.wet {
					if wet[d].has(r) {
						m.wet[d].put(r)
					}
				}
			}
		}
		m.left[a.row] = still
		return
	}
	m.left[a.row] = a.except
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

// own adds what an actor does itself.
func (m *flowing) own(v int32) {
	a := m.an.actors[v]
	if a.row != nil && !a.row.dry {
		m.share(a)
	}
	k := m.certainty()
	for _, x := range a.drops {
		for d := range x.depth[k] {
			m.wet[d].put(x.ordinal)
		}
	}
}

// certainty is the place of what the look counts in what is told apart by certainty: what is sure first.
func (m *flowing) certainty() int {
	if sure(m.look) {
		return 0
	}
	return 1
}

// of is the component of an actor.
func (f *flow) of(actor int32) *component { return f.parts.At(f.component[actor]) }

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
