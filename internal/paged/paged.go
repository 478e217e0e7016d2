// Package paged keeps long lists of which a later one differs in a few members: both share the pages that neither writes.
package paged

import (
	"iter"
	"slices"
)

// pageSize is how many members stand on a page, for the shifts below.
const pageSize = 1 << pageBits

const pageBits = 6

// A List is a long list that is written once. Its zero value is empty.
type List[T any] struct {
	pages []*[pageSize]T
	own   []bool // pages that are not another's too; nil: none
	n     int
}

// New is a list of n members, all of them zero.
func New[T any](n int) List[T] {
	l := List[T]{n: n}
	for range (n + pageSize - 1) / pageSize {
		l.turn()
	}
	return l
}

// Of is a list of some members.
func Of[T any](members []T) List[T] {
	l := New[T](len(members))
	for k, page := range l.pages {
		copy(page[:], members[k<<pageBits:])
	}
	return l
}

// turn adds a page of its own.
func (l *List[T]) turn() {
	l.pages, l.own = append(l.pages, new([pageSize]T)), append(l.own, true)
}

// Len is how many members there are.
func (l *List[T]) Len() int { return l.n }

// Clone is a list with the same members. Neither sees what is written into the other from then on, provided that the first is written
// no more.
func (l *List[T]) Clone() List[T] {
	return List[T]{pages: slices.Clone(l.pages), own: make([]bool, len(l.pages)), n: l.n}
}

// At is a member.
func (l *List[T]) At(i int32) T { return l.pages[i>>pageBits][i&(pageSize-1)] }

// Put writes a member.
func (l *List[T]) Put(i int32, v T) {
	k := i >> pageBits
	if !l.own[k] {
		page := *l.pages[k]
		l.pages[k], l.own[k] = &page, true
	}
	l.pages[k][i&(pageSize-1)] = v
}

// Add writes a member at the end.
func (l *List[T]) Add(v T) {
	if l.n == len(l.pages)<<pageBits {
		l.turn()
	}
	l.n++
	l.Put(int32(l.n-1), v)
}

// All goes through the members in order.
func (l *List[T]) All() iter.Seq2[int32, T] {
	return func(yield func(int32, T) bool) {
		i := int32(0)
		for _, page := range l.pages {
			for k := range page {
				if int(i) == l.n || !yield(i, page[k]) {
					return
				}
				i++
			}
		}
	}
}

// Slice is the members in order, in a list of the caller's own.
func (l *List[T]) Slice() []T {
	out := make([]T, 0, l.n)
	for _, page := range l.pages {
		out = append(out, page[:min(l.n-len(out), pageSize)]...)
	}
	return out
}

// Differing goes through the pairs of members at one place in two lists of one length, by pages: those of a page that both have are equal
// and left out.
func (l *List[T]) Differing(other *List[T]) iter.Seq2[T, T] {
	return func(yield func(T, T) bool) {
		for k, page := range l.pages {
			o := other.pages[k]
			if page == o {
				continue
			}
			for i := range min(l.n-k<<pageBits, pageSize) {
				if !yield(page[i], o[i]) {
					return
				}
			}
		}
	}
}
