package reach

import (
	"cmp"
	"maps"
	mathbits "math/bits"
	"slices"
	"sync"

	"bulkhead/model"
)

// An exposure is how many functions' breaches reach each resource under one look. It is never written after it is made.
type exposure struct {
	waters []*water // of each function
	counts []int32  // by ordinal
	gauge  *gauge
	ids    map[model.ID]int // what is counted by the gauge, and reached at all
}

// exposures are those of a graph, made when somebody asks, and those of an earlier graph to go on from.
type exposures struct {
	mu          sync.Mutex
	now, before [looks]*exposure
}

// last are the exposures that were made last, for a graph to go on from.
func (e *exposures) last() (out [looks]*exposure) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for look := range out {
		out[look] = cmp.Or(e.now[look], e.before[look])
	}
	return out
}

// exposure is that of a look, as the analysis's gauge has it.
func (an *Analysis) exposure(look int) *exposure {
	e := &an.exposures
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.now[look] == nil {
		e.now[look], e.before[look] = an.expose(look, e.before[look]), nil
	}
	if x := e.now[look]; x.gauge != an.gauge {
		y := &exposure{waters: x.waters, counts: x.counts, gauge: an.gauge, ids: map[model.ID]int{}}
		for i, n := range y.counts {
			y.put(int32(i), n)
		}
		e.now[look] = y
	}
	return e.now[look]
}

// put says of a resource how often it is reached.
func (x *exposure) put(ordinal, n int32) {
	switch id := x.gauge.ids[ordinal]; {
	case id == "":
	case n > 0:
		x.ids[id] = int(n)
	default:
		delete(x.ids, id)
	}
}

// less is the exposure of what is counted without some of the functions.
func (x *exposure) less(some map[model.ID]int) map[model.ID]int {
	if len(some) == 0 {
		return x.ids
	}
	out := maps.Clone(x.ids)
	for id, n := range some {
		if out[id] -= n; out[id] <= 0 {
			delete(out, id)
		}
	}
	return out
}

// expose counts anew, or goes on from an earlier exposure: what it tells of functions for which the water is another one now.
func (an *Analysis) expose(look int, before *exposure) *exposure {
	x := &exposure{waters: make([]*water, an.size.functions)}
	for i := range x.waters {
		x.waters[i] = an.flows[look].of(an.actorOf[i]).water
	}
	if before == nil || len(before.waters) != len(x.waters) || len(before.counts) != an.world.resources {
		all := counter{}
		alike := map[*water]int{} // → functions
		for _, w := range x.waters {
			alike[w]++
		}
		for w, n := range alike {
			all.add(w.wet[0], n)
		}
		for i := range an.world.resources {
			x.counts = append(x.counts, int32(all.of(int32(i))))
		}
		return x
	}
	x.counts, x.gauge, x.ids = slices.Clone(before.counts), before.gauge, before.ids
	if x.gauge != an.gauge {
		x.gauge = nil // all of it is measured anew
	}
	changed := map[[2]*water]int32{} // water before and now → functions
	for i, w := range x.waters {
		if was := before.waters[i]; was != w {
			changed[[2]*water{was, w}]++
		}
	}
	touched := newSet(an.world.resources)
	for w, n := range changed {
		for i, was := range w[0].wet[0] {
			now := w[1].wet[0][i]
			touched[i] |= was ^ now
			for gone := was &^ now; gone != 0; gone &= gone - 1 {
				x.counts[i<<6+mathbits.TrailingZeros64(gone)] -= n
			}
			for come := now &^ was; come != 0; come &= come - 1 {
				x.counts[i<<6+mathbits.TrailingZeros64(come)] += n
			}
		}
	}
	own := false // whether ids are its own
	touched.each(func(i int32) bool {
		if x.gauge != nil && x.counts[i] != before.counts[i] {
			if !own {
				x.ids, own = maps.Clone(x.ids), true
			}
			x.put(i, x.counts[i])
		}
		return true
	})
	return x
}

// A counter counts members of many sets at once: each place has a binary number whose digits are spread over the planes.
type counter []set

// add counts the members of a set n times more.
func (c *counter) add(s set, n int) {
	for plane := 0; n>>plane > 0; plane++ {
		if n>>plane&1 == 0 {
			continue
		}
		for i, carry := range s {
			for p := plane; carry != 0; p++ {
				for len(*c) <= p {
					*c = append(*c, make(set, len(s)))
				}
				digit := (*c)[p]
				digit[i], carry = digit[i]^carry, digit[i]&carry
			}
		}
	}
}

// of is how often a member was counted.
func (c counter) of(i int32) int {
	n := 0
	for p, digit := range c {
		if digit.has(i) {
			n |= 1 << p
		}
	}
	return n
}
