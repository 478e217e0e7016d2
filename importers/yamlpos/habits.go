package yamlpos

import "strings"

// habits are how the author of a page writes.
type habits struct {
	newline string
	quote   byte   // of texts that need quotes
	unit    int    // columns by which a mapping in a mapping is indented
	dash    int    // columns by which a list is indented under its key
	gap     int    // columns from a dash to its value
	indent  string // by which JSON over lines is indented, "" where it is all on one line
	colon   string // ": " or ":" in braces
	comma   string // ", " or "," on one line
	padded  bool   // { a: b } rather than {a: b}

	paddedList bool // [ a ] rather than [a]
}

func (p *Page) learn() habits {
	h := habits{newline: "\n", quote: '\'', unit: 2, dash: 2, gap: 2, indent: "  ", colon: ": ", comma: ", "}
	if i := strings.IndexByte(string(p.Data), '\n'); i > 0 && p.Data[i-1] == '\r' {
		h.newline = "\r\n"
	}
	v := &votes{page: p, quotes: map[byte]int{}, units: map[int]int{}, dashes: map[int]int{}, gaps: map[int]int{}, indents: map[string]int{}, text: map[string]int{}}
	v.walk(p.Root)
	h.quote = most(v.quotes, h.quote)
	h.unit = most(v.units, h.unit)
	h.dash = most(v.dashes, h.unit)
	h.gap = most(v.gaps, h.gap)
	if len(v.indents) > 0 {
		h.indent = most(v.indents, h.indent)
	} else if p.JSON {
		h.indent = ""
	}
	if v.text["tight colon"] > v.text["wide colon"] {
		h.colon = ":"
	}
	if v.text["tight comma"] > v.text["wide comma"] {
		h.comma = ","
	}
	h.padded = v.text["padded"] > v.text["not padded"]
	h.paddedList = v.text["padded list"] > v.text["not padded list"]
	return h
}

type votes struct {
	page                *Page
	quotes              map[byte]int
	units, dashes, gaps map[int]int
	indents             map[string]int
	text                map[string]int
}

// most is the answer with the most votes; of equals the smaller, none: otherwise.
func most[K int | byte | string](votes map[K]int, otherwise K) K {
	best, n := otherwise, 0
	for k, c := range votes {
		if c > n || c == n && k < best {
			best, n = k, c
		}
	}
	return best
}

func (v *votes) walk(n *Node) {
	p := v.page
	switch n.Style {
	case SingleQuoted:
		v.quotes['\'']++
	case DoubleQuoted:
		v.quotes['"']++
	case Flow:
		v.flow(n)
	case Plain, Literal, Folded, Block:
	}
	column := -1
	if n.Style == Block && n.Kind == Mapping && len(n.Pairs()) > 0 {
		column = p.column(n.Pairs()[0].Key.Span().Start)
	}
	for _, pair := range n.Pairs() {
		if pair.Merged {
			continue
		}
		if c := pair.Value; column >= 0 && c.Style == Block && c.Span().Line > pair.Key.Span().Line && c.Tag == "" && c.Anchor() == "" {
			switch at := p.column(c.Span().Start); {
			case c.Kind == Mapping && at > column:
				v.units[at-column]++
			case c.Kind == Sequence && at >= column:
				v.dashes[at-column]++
			}
		}
		v.walk(pair.Key)
		v.walk(pair.Value)
	}
	for i, item := range n.Items() {
		if n.Style == Block && item.Span().Start > n.Span().Start {
			if d := p.dash(n, i); i == 0 && d+1 < item.Span().Start {
				if below := p.below(d, item); below == 0 {
					v.gaps[item.Span().Start-d]++
				}
			}
		}
		v.walk(item)
	}
}

func (v *votes) flow(n *Node) {
	p := v.page
	if n.Kind == Mapping && at(p.Data, n.Span().Start) == '{' && len(n.Pairs()) > 0 && !n.Pairs()[0].Merged {
		first := n.Pairs()[0]
		switch {
		case p.overLines(n):
			outer, inner := p.lead(n.Span().Start), p.lead(first.Key.Span().Start)
			if rest, ok := strings.CutPrefix(inner, outer); ok && rest != "" {
				v.indents[rest]++
			}
		case first.Key.Span().Start > n.Span().Start+1:
			v.text["padded"]++
		default:
			v.text["not padded"]++
		}
		if first.Value.Span().Start == p.behindColon(first.Key) {
			v.text["tight colon"]++
		} else {
			v.text["wide colon"]++
		}
	}
	if n.Kind == Sequence && !p.overLines(n) && len(n.Items()) > 0 {
		if n.Items()[0].Span().Start > n.Span().Start+1 {
			v.text["padded list"]++
		} else {
			v.text["not padded list"]++
		}
	}
	if k := own(n); !p.overLines(n) && len(n.Items())+k > 1 {
		_, end := p.entry(n, 0)
		start, _ := p.entry(n, 1)
		if string(p.Data[end:start]) == "," {
			v.text["tight comma"]++
		} else {
			v.text["wide comma"]++
		}
	}
}
