package model

import (
	"iter"
	"slices"
)

// A roll is the elements of a design in order, by pages. Designs that differ in a few elements share the pages of the others.
type roll struct {
	pages []*[pageSize]Element
	n     int
	own   map[int]bool // pages that no other roll has, while it is made
}

const pageSize = 64

// rollOf is a roll of some elements.
func rollOf(elements []Element) roll {
	r := roll{n: len(elements)}
	for some := range slices.Chunk(elements, pageSize) {
		page := new([pageSize]Element)
		copy(page[:], some)
		r.pages = append(r.pages, page)
	}
	return r
}

// edited is the same roll, to put something in the place of an element. The first is not to be written from then on.
func (r roll) edited() roll {
	return roll{pages: slices.Clone(r.pages), n: r.n, own: map[int]bool{}}
}

func (r *roll) at(i int32) Element { return r.pages[i/pageSize][i%pageSize] }

func (r *roll) put(i int32, e Element) {
	k := int(i / pageSize)
	if !r.own[k] {
		page := *r.pages[k]
		r.pages[k], r.own[k] = &page, true
	}
	r.pages[k][i%pageSize] = e
}

// all goes through the elements in order.
func (r *roll) all() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		left := r.n
		for _, page := range r.pages {
			for _, e := range page[:min(left, pageSize)] {
				if !yield(e) {
					return
				}
			}
			left -= pageSize
		}
	}
}

// slice is the elements in order, in a list of the caller's own.
func (r *roll) slice() []Element {
	out := make([]Element, 0, r.n)
	for _, page := range r.pages {
		out = append(out, page[:min(r.n-len(out), pageSize)]...)
	}
	return out
}

// differs goes through the elements that another roll of as many has something else in the place of.
func (r *roll) differs(other *roll) iter.Seq2[Element, Element] {
	return func(yield func(was, is Element) bool) {
		for k, page := range r.pages {
			o := other.pages[k]
			if page == o {
				continue
			}
			for i, e := range page {
				if e != o[i] && !yield(e, o[i]) {
					return
				}
			}
		}
	}
}
