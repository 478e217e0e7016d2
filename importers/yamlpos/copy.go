package yamlpos

import (
	"slices"
	"strings"

	"bulkhead/model/source"
)

// Copy is the bytes of the part with the changes made and, unless it is JSON, without comments; its lines end
// with \n.
func (d *Draft) Copy() (string, error) {
	if d.err != nil {
		return "", d.err
	}
	p := d.page
	edits := settle(append(slices.Clone(d.edits), p.comments(d.within)...))
	var b strings.Builder
	at := d.within.Start
	for _, e := range edits {
		start, end := max(e.Span.Start, d.within.Start), min(e.Span.End, d.within.End)
		if start > d.within.End && start == e.Span.End && !strings.Contains(string(p.Data[d.within.End:start]), "\n") {
			start = end // what is put behind the part's last line stands behind its white space and comment
		}
		if start > end || start < at {
			continue
		}
		b.Write(p.Data[at:start])
		b.WriteString(e.New)
		at = end
	}
	b.Write(p.Data[at:d.within.End])
	text := strings.ReplaceAll(b.String(), "\r\n", "\n")
	return strings.TrimRight(text, " \n"), nil
}

// comments are edits that remove the comments in a span.
func (p *Page) comments(within source.Span) []source.Edit {
	if p.JSON {
		return nil
	}
	var out []source.Edit
	gap := func(from, to int) {
		for i := from; i < to; i++ {
			if p.Data[i] != '#' || i > 0 && white(p.Data, i-1) == 0 {
				continue
			}
			end := min(p.lineEnd(i), to)
			start := i
			for start > from && (p.Data[start-1] == ' ' || p.Data[start-1] == '\t') {
				start--
			}
			if start == p.lineStart(i) && start > 0 {
				start = max(p.before(start), from) // the whole line
			}
			out = append(out, source.Edit{Span: p.span(start, end)})
			i = end
		}
	}
	at := within.Start
	var walk func(n *Node)
	walk = func(n *Node) {
		if n.Span().End <= within.Start || n.Span().Start >= within.End {
			return
		}
		if n.Kind == Scalar || n.Kind == Alias {
			gap(at, max(at, min(n.Span().Start, within.End)))
			at = max(at, n.Span().End)
			return
		}
		for _, pair := range n.Pairs() {
			if !pair.Merged {
				walk(pair.Key)
				walk(pair.Value)
			}
		}
		for _, i := range n.Items() {
			walk(i)
		}
	}
	walk(p.Root)
	gap(at, max(at, within.End))
	return out
}
