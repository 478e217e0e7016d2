package reach

import "slices"

// What is needed only while something is computed is used again: each edit computes the same, for which it needs much room, and the
// garbage that it leaves is what makes edits slow.

// cleared is n members, all of them zero, in the room of some.
func cleared[S ~[]T, T any](s S, n int) S {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// emptied are n lists without anything in them, in the room of some.
func emptied(lists [][]int32, n int) [][]int32 {
	lists = slices.Grow(lists[:0], n)[:n]
	for i := range lists {
		lists[i] = lists[i][:0]
	}
	return lists
}
