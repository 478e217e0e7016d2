package reach

import (
	mathbits "math/bits"
	"slices"
	"sync"
)

// A holding tells which components reach some actors.
type holding struct {
	flow  *flow
	at    map[*uint64]int // set of actors → its place in the next
	like  [][]int32       // components that reach the same
	rank  []int32         // actor → its place in the next, from 1 on; 0 where it was not asked for
	in    [][]int32       // those that reach it
	among set             // components that are looked at
	out   []int32
}

// spare are holdings that are used again: each edit needs some, and they are great.
var spare = sync.Pool{New: func() any { return &holding{at: map[*uint64]int{}} }}

// done gives it back.
func (h *holding) done() {
	h.flow = nil
	clear(h.at)
	spare.Put(h)
}

// holding tells which of some components, in order, reach some actors. It looks at what components reach the same once for all of them:
// most reach nobody, many the same.
func (f *flow) holding(some []int32, among []int32) *holding {
	h := spare.Get().(*holding)
	h.flow, h.like, h.in = f, h.like[:0], emptied(h.in, len(some))
	last := slices.Max(some)
	h.rank = slices.Grow(h.rank[:0], int(last)+1)[:last+1]
	clear(h.rank)
	asked := newSet(int(last) + 1)
	for n, i := range some {
		asked.put(i)
		h.rank[i] = int32(n + 1)
	}
	h.among = cleared(h.among, len64(f.parts.Len()))
	for _, c := range among {
		h.among.put(c)
		part := f.parts.At(c)
		if part.leaf || len(part.actors) == 0 {
			continue
		}
		first := &part.actors[0]
		k, known := h.at[first]
		if !known {
			k = len(h.like)
			h.at[first] = k
			h.like = slices.Grow(h.like, 1)[:k+1]
			h.like[k] = h.like[k][:0]
			for w, word := range asked[:min(len(asked), len(part.actors))] {
				for word &= part.actors[w]; word != 0; word &= word - 1 {
					n := h.rank[w<<6+mathbits.TrailingZeros64(word)] - 1
					h.in[n] = append(h.in[n], int32(k))
				}
			}
		}
		h.like[k] = append(h.like[k], c)
	}
	return h
}

// nobody reports whether no component reaches an actor that was asked for.
func (h *holding) nobody(i int32) bool {
	c := h.flow.component[i]
	return len(h.in[h.rank[i]-1]) == 0 && !(h.among.has(c) && h.flow.parts.At(c).alone == i)
}

// of lists the components that reach an actor that was asked for, in order; the next call writes over them.
func (h *holding) of(i int32) []int32 { return h.ofThose(i, func(set) bool { return true }) }

// ofThose lists of the components that reach an actor its own, and those of which something holds for all whom they reach beside
// themselves.
func (h *holding) ofThose(i int32, holds func(reached set) bool) []int32 {
	out := h.out[:0]
	if c := h.flow.component[i]; h.among.has(c) && h.flow.parts.At(c).alone == i {
		out = append(out, c)
	}
	for _, k := range h.in[h.rank[i]-1] {
		if like := h.like[k]; holds(h.flow.parts.At(like[0]).actors) {
			out = append(out, like...)
		}
	}
	slices.Sort(out)
	h.out = slices.Compact(out)
	return h.out
}

// inner are the components that lead somewhere.
func (f *flow) inner() (out []int32) {
	for c, part := range f.parts.All() {
		if !part.leaf {
			out = append(out, c)
		}
	}
	return out
}
