package reach

import (
	"slices"

	"bulkhead/internal/paged"
)

// Edits may change who can make what of itself, and so which guises there are and where they stand. What was found of all
// others stays right: it is put where they stand now, and only what leads to guises that came or went is found again.

// A former is an earlier flood, for one of other guises to go on from.
type former struct {
	flows  [looks]*flow
	actors int     // that there were
	guises []int32 // where each guise stands now; -1 for those that are gone
}

// former is what was flooded of an earlier graph, which differs in some real actors alone.
func (an *Analysis) former(g *graph) *former {
	if g == nil {
		return nil
	}
	p := &former{flows: g.flows, actors: len(g.actors)}
	for _, key := range g.guises.keys {
		i, ok := an.guises.at[key]
		if !ok {
			i = -1
		}
		p.guises = append(p.guises, i)
	}
	return p
}

// stays reports whether all stand where they stood.
func (p *former) stays(an *Analysis) bool {
	for k, i := range p.guises {
		if int(i) != an.size.actors+k {
			return false
		}
	}
	return p.actors == len(an.actors)
}

// flow is an earlier flow with everybody where he stands now. Those whom it lacks belong to no component.
func (p *former) flow(an *Analysis, look int) *flow {
	old := p.flows[look]
	if p.stays(an) {
		return old
	}
	m := &moving{former: p, an: an, sets: map[*uint64]set{}, at: make([]int32, old.next.Len())}
	for i := range m.at {
		m.at[i] = int32(i)
	}
	copy(m.at[an.size.actors:], p.guises)
	used := map[*row]bool{}
	for _, a := range an.actors {
		used[a.row] = true
	}
	hubs := make([]hub, old.next.Len()-p.actors)
	for h, at := range old.hubs {
		hubs[int(at)-p.actors] = h
	}
	f := &flow{hubs: map[hub]int32{}, turned: map[int32][]int32{}}
	n := int32(len(an.actors))
	for k, h := range hubs {
		m.at[p.actors+k] = -1
		if used[h.row] {
			m.at[p.actors+k], f.hubs[h] = n, n
			n++
		}
	}
	f.next, f.component = paged.New[[]int32](int(n)), make([]int32, n)
	for i := range f.component {
		f.component[i] = -1
	}
	for i, at := range m.at {
		if at >= 0 {
			next := old.next.At(int32(i))
			left := m.list(next)
			f.component[at] = old.component[i]
			f.next.Put(at, left)
			if len(left) < len(next) && int(at) < len(an.actors) {
				f.lost = append(f.lost, at)
			}
		}
	}
	for from, to := range old.turned {
		if at := m.at[from]; at >= 0 {
			f.turned[at] = m.list(to)
		}
	}
	for _, c := range old.parts.All() {
		f.parts.Add(m.component(c))
	}
	return f
}

// A moving puts an earlier flow where its actors stand now.
type moving struct {
	*former
	an   *Analysis
	at   []int32 // where each actor and hub stands now; -1 for those that are gone
	sets map[*uint64]set
}

// list is a list of actors and hubs, without those that are gone.
func (m *moving) list(old []int32) []int32 {
	if !slices.ContainsFunc(old, func(i int32) bool { return int(i) >= m.an.size.actors }) {
		return old
	}
	out := make([]int32, 0, len(old))
	for _, i := range old {
		if at := m.at[i]; at >= 0 {
			out = append(out, at)
		}
	}
	return out
}

// component is a component with what it reaches. It shares its sets with those with which it shared them.
func (m *moving) component(old *component) *component {
	c := *old
	if c.alone >= 0 {
		c.alone = m.at[c.alone]
	}
	c.actors, c.blocks = m.set(c.actors), nil
	for _, b := range old.blocks {
		if b.word < m.an.size.actors>>6 { // others are about guises and hubs as well
			b.actors = m.set(b.actors)
			c.blocks = append(c.blocks, b)
		}
	}
	return &c
}

// set is a set of actors.
func (m *moving) set(old set) set {
	if len(old) == 0 {
		return old
	}
	if s, ok := m.sets[&old[0]]; ok {
		return s
	}
	// Real actors stand where they stood; so do most guises.
	real := m.an.size.actors >> 6
	tail := newSet(len(m.an.actors) - real<<6)
	old[real:].each(func(i int32) bool {
		if at := m.at[int32(real)<<6+i]; at >= 0 {
			tail.put(at - int32(real)<<6)
		}
		return true
	})
	s := old
	if !slices.Equal(tail, old[real:]) {
		s = append(append(make(set, 0, real+len(tail)), old[:real]...), tail...)
	}
	m.sets[&old[0]] = s
	return s
}
