package reach

import "slices"

// pageSize is how many members of a paged list stand on a page, for the shifts below.
const pageSize = 1 << pageBits

const pageBits = 6

// A paged list is a long list that is written once, and of which an edit's list differs in a few members: it shares the pages that it
// does not write.
type paged[T any] struct {
	pages []*[pageSize]T
	own   set // pages that are not another's too
	n     int
}

// newPaged is a list of n members, all of them zero.
func newPaged[T any](n int) paged[T] {
	p := paged[T]{n: n}
	for range (n + pageSize - 1) / pageSize {
		p.turn(new([pageSize]T))
	}
	return p
}

// turn adds a page of its own.
func (p *paged[T]) turn(page *[pageSize]T) {
	k := len(p.pages)
	p.pages = append(p.pages, page)
	if k>>6 >= len(p.own) {
		p.own = append(p.own, 0)
	}
	p.own.put(int32(k))
}

// clone is a list with the same members. Neither sees what is written into the other from then on, provided that the first is written
// no more.
func (p *paged[T]) clone() paged[T] {
	return paged[T]{pages: slices.Clone(p.pages), own: newSet(len(p.pages)), n: p.n}
}

// at is a member.
func (p *paged[T]) at(i int32) T { return p.pages[i>>pageBits][i&(pageSize-1)] }

// put writes a member.
func (p *paged[T]) put(i int32, v T) { p.page(i >> pageBits)[i&(pageSize-1)] = v }

// page is a page to be written.
func (p *paged[T]) page(k int32) *[pageSize]T {
	if !p.own.has(k) {
		page := *p.pages[k]
		p.pages[k] = &page
		p.own.put(k)
	}
	return p.pages[k]
}

// add writes a member at the end.
func (p *paged[T]) add(v T) {
	if p.n == len(p.pages)<<pageBits {
		p.turn(new([pageSize]T))
	}
	p.n++
	p.put(int32(p.n-1), v)
}

// all goes through the members in order.
func (p *paged[T]) all(yield func(i int32, v T) bool) {
	i := int32(0)
	for _, page := range p.pages {
		for k := range page {
			if int(i) == p.n || !yield(i, page[k]) {
				return
			}
			i++
		}
	}
}
