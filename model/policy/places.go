package policy

import "bulkhead/model/source"

// Places finds parts of a document that Parse read from data; spans are relative to data, like those of its
// statements.
func Places(data []byte) func(*Statement, Part) source.Span {
	var index map[placed]source.Span
	return func(s *Statement, p Part) source.Span {
		if index == nil { // most documents have no finding: read it again for the first
			index = indexPlaces(data)
		}
		at := placed{statement: -1, part: p}
		if s != nil {
			at.statement = s.Span.Start
		}
		return index[at]
	}
}

// placed is a part of the statement that starts at an offset, -1: of the document.
type placed struct {
	statement int
	part      Part
}

func indexPlaces(data []byte) map[placed]source.Span {
	out := map[placed]source.Span{}
	root, _, err := readJSON(data)
	if err != nil {
		return out
	}
	spans := spanner{data: data}
	in := -1
	put := func(p Part, n node) {
		if _, there := out[placed{in, p}]; !there { // the first of equal entries
			out[placed{in, p}] = spans.span(n.start, n.end)
		}
	}
	for _, m := range root.members {
		switch element(m.name, "Version", "Statement") {
		case "Version":
			put(Part{Element: "Version"}, m.value)
		case "Statement":
			for _, s := range listed(m.value) {
				in = s.start
				placeStatement(s, put)
			}
			in = -1
		}
	}
	return out
}

func listed(n node) []node {
	if n.kind == array {
		return n.items
	}
	return []node{n}
}

func placeStatement(s node, put func(Part, node)) {
	for _, m := range s.members {
		p := Part{Element: element(m.name, "Sid", "Effect", "Principal", "Action", "Resource", "Condition")}
		if p.Element == "" {
			switch element(m.name, "NotPrincipal", "NotAction", "NotResource") {
			case "NotPrincipal":
				p.Element = "Principal"
			case "NotAction":
				p.Element = "Action"
			case "NotResource":
				p.Element = "Resource"
			}
		}
		put(p, m.value)
		switch p.Element {
		case "Action", "Resource":
			putValues(p, m.value, put)
		case "Principal":
			putValues(p, m.value, put)
			for _, kind := range m.value.members {
				putValues(p, kind.value, put)
			}
		case "Condition":
			for _, op := range m.value.members {
				p := Part{Element: p.Element, Operator: op.name}
				put(p, op.nameNode())
				for _, key := range op.value.members {
					p.Key = key.name
					put(p, key.nameNode())
					putValues(p, key.value, put)
				}
			}
		}
	}
}

func putValues(p Part, list node, put func(Part, node)) {
	for _, n := range listed(list) {
		switch n.kind {
		case text, number, boolean:
			p.Value = n.text
			put(p, n)
		case null, array, object:
		}
	}
}

// nameNode is a member's name as a node of its own.
func (m *member) nameNode() node {
	return node{kind: text, text: m.name, start: m.start, end: m.end}
}
