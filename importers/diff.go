package importers

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"

	"bulkhead/model/source"
)

// UnifiedDiff is what changed, file by file in the order of their names, as patch -p1 and git apply take it; ""
// if nothing did.
func UnifiedDiff(before, after source.Files) string {
	all := maps.Clone(after)
	if all == nil {
		all = source.Files{}
	}
	maps.Copy(all, before)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		old, new := string(before[name]), string(after[name])
		from, to := "a/"+name, "b/"+name
		if _, ok := before[name]; !ok {
			from = "/dev/null"
		}
		if _, ok := after[name]; !ok {
			to = "/dev/null"
		}
		text, err := udiff.ToUnified(from, to, old, lineEdits(old, new), udiff.DefaultContextLines)
		if err != nil {
			panic("importers: a diff of its own two texts does not apply: " + err.Error())
		}
		b.WriteString(renumbered(text))
	}
	return b.String()
}

var hunkHead = regexp.MustCompile(`(?m)^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@$`)

// renumbered is the diff of one file with the lines of the new text counted again: the library leaves out the lines
// that stay between two changes of one hunk, so that its further hunks point too far up.
func renumbered(diff string) string {
	more := 0 // lines that the new text has more up to here
	return hunkHead.ReplaceAllStringFunc(diff, func(head string) string {
		m := hunkHead.FindStringSubmatch(head)
		count := func(text string) int {
			if text == "" {
				return 1
			}
			n, _ := strconv.Atoi(text)
			return n
		}
		from, old, new := count(m[1]), count(m[2]), count(m[3])
		to := from + more
		if old == 0 {
			to++ // an insertion names the line before it
		}
		if new == 0 {
			to--
		}
		more += new - old
		return "@@ " + extent("-", from, old) + " " + extent("+", to, new) + " @@"
	})
}

func extent(sign string, start, count int) string {
	if count == 1 {
		return fmt.Sprintf("%s%d", sign, start)
	}
	return fmt.Sprintf("%s%d,%d", sign, start, count)
}

// maxDistance is how many lines may differ for the shortest edits to be looked for: the search takes its square in
// memory and time.
const maxDistance = 3000

// lineEdits are the fewest lines to remove and to insert that lead from old to new, as diff and git find them
// (E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986). The library's own are quicker on large
// changes and less plain to read.
func lineEdits(old, new string) []udiff.Edit {
	a, b := strings.SplitAfter(old, "\n"), strings.SplitAfter(new, "\n")
	n, m := len(a), len(b)
	head := 0
	for head < n && head < m && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < n-head && tail < m-head && a[n-1-tail] == b[m-1-tail] {
		tail++
	}
	steps, ok := shortest(a[head:n-tail], b[head:m-tail])
	if !ok {
		return udiff.Lines(old, new)
	}
	offsets := make([]int, n+1)
	for i, l := range a {
		offsets[i+1] = offsets[i] + len(l)
	}
	var out []udiff.Edit
	for _, s := range steps {
		at := head + s.a
		if s.insert {
			out = append(out, udiff.Edit{Start: offsets[at], End: offsets[at], New: b[head+s.b]})
			continue
		}
		out = append(out, udiff.Edit{Start: offsets[at], End: offsets[at+1]})
	}
	return out
}

// step removes line a of the old text, or inserts line b of the new one before it.
type step struct {
	a, b   int
	insert bool
}

// shortest is the shortest way from a to b; ok is false where it is longer than maxDistance.
func shortest(a, b []string) (steps []step, ok bool) {
	n, m := len(a), len(b)
	limit := min(n+m, maxDistance)
	// reached[d][k+d] is how far into a one gets with d steps on diagonal k = x-y.
	var reached [][]int
	for d := 0; d <= limit; d++ {
		row := make([]int, 2*d+1)
		for k := -d; k <= d; k += 2 {
			x := 0
			if d > 0 {
				x = furthest(reached[d-1], d-1, k)
			}
			y := x - k
			for x < n && y < m && a[x] == b[y] {
				x, y = x+1, y+1
			}
			row[k+d] = x
			if x >= n && y >= m {
				return back(append(reached, row), d, k), true
			}
		}
		reached = append(reached, row)
	}
	return nil, false
}

// furthest is how far one gets onto diagonal k with one step more than row has.
func furthest(row []int, d, k int) int {
	if insertsTo(row, d, k) {
		return row[k+1+d]
	}
	return row[k-1+d] + 1
}

// insertsTo reports whether the last step onto diagonal k is an insertion: from the diagonal above.
func insertsTo(row []int, d, k int) bool {
	return k-1 < -d || k+1 <= d && row[k-1+d] < row[k+1+d]
}

// back reads the steps off the rows, from the end.
func back(reached [][]int, d, k int) []step {
	var out []step
	for ; d > 0; d-- {
		row := reached[d-1]
		if insertsTo(row, d-1, k) {
			k++
			x := row[k+d-1]
			out = append(out, step{a: x, b: x - k, insert: true})
		} else {
			k--
			x := row[k+d-1]
			out = append(out, step{a: x})
		}
	}
	slices.Reverse(out)
	return out
}

// LineEdits are the edits by whole lines that make of one text of a file another, as few lines as can be.
func LineEdits(file string, before, after []byte) []source.Edit {
	var out []source.Edit
	for _, e := range lineEdits(string(before), string(after)) {
		at := source.Span{File: file, Start: e.Start, End: e.End, Line: 1 + strings.Count(string(before[:e.Start]), "\n"), Column: 1}
		out = append(out, source.Edit{Span: at, New: e.New})
	}
	return out
}
