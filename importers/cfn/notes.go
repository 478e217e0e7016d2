package cfn

import (
	"cmp"
	"slices"

	"bulkhead/model/source"
)

// notes collects diagnostics, each once.
type notes struct {
	list  []source.Diagnostic
	seen  map[note]bool
	quiet int // more than 0: nothing is added
}

type note struct {
	span    source.Span
	summary string
}

func newNotes(first ...source.Diagnostic) *notes {
	return &notes{list: first, seen: map[note]bool{}}
}

func (n *notes) add(severity source.Severity, span source.Span, summary, detail string) {
	n.put(source.Diagnostic{Severity: severity, Span: span, Summary: summary, Detail: detail})
}

func (n *notes) put(d source.Diagnostic) {
	k := note{d.Span, d.Summary}
	if n.quiet > 0 || n.seen[k] {
		return
	}
	n.seen[k] = true
	n.list = append(n.list, d)
}

// sorted lists the diagnostics by file and place.
func (n *notes) sorted() []source.Diagnostic {
	out := slices.Clone(n.list)
	slices.SortStableFunc(out, func(a, b source.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return out
}
