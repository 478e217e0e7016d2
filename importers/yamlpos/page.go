package yamlpos

import (
	"bytes"
	"slices"
	"strings"

	"bulkhead/model/source"
)

// A Page is a parsed file that is to be edited in its own formatting.
//
//	Page --Draft--> changes of a part of it --Edits--> in place; --Copy--> the part once more, changed
type Page struct {
	File string
	Data []byte
	Root *Node
	JSON bool // strictly: no YAML is written into it

	parents map[*Node]*Node
	aliases map[*Node]int // by target: how often it is used beside its own place
	habits  habits
}

// NewPage is the page of a file that was parsed to root.
func NewPage(file string, data []byte, root *Node) *Page {
	p := &Page{File: file, Data: data, Root: root, parents: map[*Node]*Node{}, aliases: map[*Node]int{}}
	first := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p.JSON = strings.HasPrefix(strings.TrimLeft(string(first[:min(len(first), 4096)]), " \t\r\n"), "{") && isJSON(root)
	p.adopt(root, nil)
	p.habits = p.learn()
	return p
}

// isJSON reports whether every key is in double quotes: YAML in braces is not JSON.
func isJSON(n *Node) bool {
	for _, p := range n.Pairs() {
		if p.Key.Style != DoubleQuoted || p.Key.Tag != "" || p.Key.Anchor() != "" || !isJSON(p.Value) {
			return false
		}
	}
	for _, i := range n.Items() {
		if !isJSON(i) {
			return false
		}
	}
	return n.Tag == "" && n.Anchor() == "" && n.Kind != Alias && n.Style != Block && n.Style != SingleQuoted
}

func (p *Page) adopt(n, parent *Node) {
	p.parents[n] = parent
	if n.Kind == Alias {
		p.aliases[n.Target()]++
	}
	for _, pair := range n.Pairs() {
		if pair.Merged {
			p.aliases[pair.Value]++
			continue
		}
		p.adopt(pair.Key, n)
		p.adopt(pair.Value, n)
	}
	for _, i := range n.Items() {
		p.adopt(i, n)
	}
}

// Has reports whether the node stands in the page: it may be made, or of another file.
func (p *Page) Has(n *Node) bool {
	_, ok := p.parents[n]
	return ok && n != nil
}

// Parent is the mapping or sequence that n is a key, value or item of; nil for the root and strangers.
func (p *Page) Parent(n *Node) *Node { return p.parents[n] }

// Shared is the value around n, or n itself, that aliases or merge keys use elsewhere; nil if there is none. What
// is changed in it changes there too.
func (p *Page) Shared(n *Node) *Node {
	for ; n != nil; n = p.parents[n] {
		if p.aliases[n] > 0 {
			return n
		}
	}
	return nil
}

// Text is the bytes of a span.
func (p *Page) Text(s source.Span) string { return string(p.Data[s.Start:s.End]) }

// Key is the key that n is the value of; nil if it is none.
func (p *Page) Key(n *Node) *Node {
	if m := p.parents[n]; m != nil && m.Kind == Mapping {
		for _, pair := range m.Pairs() {
			if pair.Value == n && !pair.Merged {
				return pair.Key
			}
		}
	}
	return nil
}

// span is a span of the page.
func (p *Page) span(start, end int) source.Span {
	line := bytes.Count(p.Data[:start], []byte("\n"))
	return source.Span{File: p.File, Start: start, End: end, Line: line + 1, Column: start - p.lineStart(start) + 1}
}

func (p *Page) lineStart(at int) int {
	for at > 0 && p.Data[at-1] != '\n' && p.Data[at-1] != '\r' {
		at--
	}
	if at == 0 && bytes.HasPrefix(p.Data, []byte("\xef\xbb\xbf")) {
		return 3
	}
	return at
}

// lineEnd is the end of the line that at stands in, before its line break.
func (p *Page) lineEnd(at int) int {
	for at < len(p.Data) && p.Data[at] != '\n' && p.Data[at] != '\r' {
		at++
	}
	return at
}

// column is the column, from 0, of a place.
func (p *Page) column(at int) int { return at - p.lineStart(at) }

// lead is the white space that the line of a place starts with.
func (p *Page) lead(at int) string {
	start := p.lineStart(at)
	end := start
	for end < at && (p.Data[end] == ' ' || p.Data[end] == '\t') {
		end++
	}
	return string(p.Data[start:end])
}

// leads reports whether only white space stands before a place on its line.
func (p *Page) leads(at int) bool {
	return strings.Trim(string(p.Data[p.lineStart(at):at]), " \t") == ""
}

// behindColon is the place behind the colon of a key.
func (p *Page) behindColon(key *Node) int {
	i := skipWhite(p.Data, key.Span().End)
	if at(p.Data, i) == ':' {
		return i + 1
	}
	return key.Span().End
}

// dash is the place of the dash of a block sequence's item.
func (p *Page) dash(seq *Node, i int) int {
	from := seq.Span().Start
	if i > 0 {
		from = seq.Items()[i-1].Span().End
	} else if seq.Tag != "" || seq.Anchor() != "" {
		from += len(seq.Tag)
		for from < seq.Items()[0].Span().Start && !(p.Data[from] == '-' && p.leads(from)) {
			from++
		}
		return from
	}
	return skipWhite(p.Data, from)
}

// below is how far right of its dash an item starts on the next line; 0 where it stands behind the dash.
func (p *Page) below(dash int, item *Node) int {
	if !bytes.ContainsAny(p.Data[dash:item.Span().Start], "\r\n") {
		return 0
	}
	return max(p.column(item.Span().Start)-p.column(dash), 1)
}

// home is the column of the key or dash that a value stands behind, from 0.
func (p *Page) home(n *Node) int {
	m := p.parents[n]
	switch {
	case m == nil:
		return 0
	case m.Kind == Sequence && m.Style == Block:
		if i := slices.Index(m.Items(), n); i >= 0 {
			return p.column(p.dash(m, i))
		}
	case m.Kind == Mapping && m.Style == Block:
		if k := p.Key(n); k != nil {
			return p.column(k.Span().Start)
		}
	}
	return len(p.lead(n.Span().Start))
}

// overLines reports whether a flow collection has its entries on lines of their own.
func (p *Page) overLines(n *Node) bool {
	first := n.Span().End
	if len(n.Items()) > 0 {
		first = n.Items()[0].Span().Start
	}
	for _, pair := range n.Pairs() {
		if !pair.Merged {
			first = pair.Key.Span().Start
			break
		}
	}
	return bytes.ContainsAny(p.Data[n.Span().Start:first], "\n\r") && first < n.Span().End
}

// LayoutOf is how a collection is spread over lines.
func (p *Page) LayoutOf(n *Node) Layout {
	switch {
	case n.Style == Block:
		return Indents
	case p.overLines(n):
		return Lines
	}
	return OneLine
}
