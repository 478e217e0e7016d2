package reach

import (
	mathbits "math/bits"
	"slices"
	"sync"
)

// A holding tells which components reach some actors.
type holding struct {
	flow *flow
	at   map[*uint64]int     // set of actors → its place in the next
	like [][]int32           // components that reach the same
	rank []int32             // actor → its place in the next, from 1 on; 0 where it was not asked for
	in   [][]int32           // those that reach it
	seen map[*component]bool // passed over
	out  []int32
}

// spare are holdings that are used again: each edit needs some, and they are great.
var spare = sync.Pool{New: func() any { return &holding{at: map[*uint64]int{}} }}

// done gives it back.
func (h *holding) done() {
	h.flow, h.seen = nil, nil
	clear(h.at)
	spare.Put(h)
}

// emptied are n lists without anything in them, in the room of some.
func emptied(lists [][]int32, n int) [][]int32 {
	lists = slices.Grow(lists[:0], n)[:n]
	for i := range lists {
		lists[i] = lists[i][:0]
	}
	return lists
}

// holdings are those of all looks, without the components that were seen, by look.
func (an *Analysis) holdings(some []int32, seen [looks]map[*component]bool) (out [looks]*holding) {
	var hands sync.WaitGroup
	for look, f := range an.flows {
		hands.Go(func() { out[look] = f.holding(some, seen[look]) })
	}
	hands.Wait()
	return out
}

// holding looks at what components reach the same once for all of them: most reach nobody, many the same.
func (f *flow) holding(some []int32, seen map[*component]bool) *holding {
	h := spare.Get().(*holding)
	h.flow, h.seen, h.like, h.in = f, seen, h.like[:0], emptied(h.in, len(some))
	last := slices.Max(some)
	h.rank = slices.Grow(h.rank[:0], int(last)+1)[:last+1]
	clear(h.rank)
	asked := newSet(int(last) + 1)
	for n, i := range some {
		asked.put(i)
		h.rank[i] = int32(n + 1)
	}
	for c, part := range f.parts {
		if part.leaf || len(part.actors) == 0 || seen[part] {
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
		h.like[k] = append(h.like[k], int32(c))
	}
	return h
}

// of lists the components that reach an actor that was asked for, in order; the next call writes over them.
func (h *holding) of(i int32) []int32 {
	out := h.out[:0]
	if c := h.flow.component[i]; h.flow.parts[c].alone == i && !h.seen[h.flow.parts[c]] {
		out = append(out, c)
	}
	for _, k := range h.in[h.rank[i]-1] {
		out = append(out, h.like[k]...)
	}
	slices.Sort(out)
	h.out = slices.Compact(out)
	return h.out
}
