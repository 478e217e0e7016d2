package terraform

import (
	"bytes"
	"errors"

	"bulkhead/model/source"
)

// A jsonKind is the shape of a jsonNode.
type jsonKind uint8

const (
	jsonObject jsonKind = iota
	jsonList
	jsonString
	jsonOther // a number, true, false, null, or a reference that stands for a value
)

// A jsonNode is a value of JSON that is written in a template, where texts may hold references: it knows places, not
// what is meant.
type jsonNode struct {
	kind       jsonKind
	start, end int
	members    []jsonMember
	items      []*jsonNode
}

type jsonMember struct {
	key              string // as written between its quotes
	keyStart, keyEnd int
	value            *jsonNode
}

// member is the value of a key, nil if there is none.
func (n *jsonNode) member(key string) *jsonNode {
	for _, m := range n.members {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

var errNotJSON = errors.New("this is not JSON")

// readJSONText reads the one value between two places. With template, ${…} is a reference, in a text or in the place of a
// value; directives (%{…}) are not read.
func readJSONText(data []byte, start, end int, template bool) (*jsonNode, error) {
	if start < 0 || end > len(data) || start > end || template && bytes.Contains(data[start:end], []byte("%{")) {
		return nil, errNotJSON
	}
	r := &jsonText{data: data[:end], at: start, template: template}
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.white(); r.at != end {
		return nil, errNotJSON
	}
	return n, nil
}

type jsonText struct {
	data     []byte
	at       int
	template bool
}

func (r *jsonText) white() {
	for r.at < len(r.data) && bytes.IndexByte([]byte(" \t\r\n"), r.data[r.at]) >= 0 {
		r.at++
	}
}

func (r *jsonText) next() byte {
	r.white()
	if r.at >= len(r.data) {
		return 0
	}
	return r.data[r.at]
}

func (r *jsonText) value(depth int) (*jsonNode, error) {
	if depth > maxNesting {
		return nil, errNotJSON
	}
	c := r.next()
	n := &jsonNode{start: r.at}
	switch c {
	case '{':
		r.at++
		for first := true; r.next() != '}'; first = false {
			if !first {
				if r.next() != ',' {
					return nil, errNotJSON
				}
				r.at++
			}
			if r.next() != '"' {
				return nil, errNotJSON
			}
			m := jsonMember{keyStart: r.at}
			if err := r.text(); err != nil {
				return nil, err
			}
			m.keyEnd = r.at
			m.key = string(r.data[m.keyStart+1 : m.keyEnd-1])
			if r.next() != ':' {
				return nil, errNotJSON
			}
			r.at++
			v, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			m.value = v
			n.members = append(n.members, m)
		}
		r.at++
	case '[':
		n.kind = jsonList
		r.at++
		for first := true; r.next() != ']'; first = false {
			if !first {
				if r.next() != ',' {
					return nil, errNotJSON
				}
				r.at++
			}
			v, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, v)
		}
		r.at++
	case '"':
		n.kind = jsonString
		if err := r.text(); err != nil {
			return nil, err
		}
	case '$':
		n.kind = jsonOther
		if err := r.reference(); err != nil {
			return nil, err
		}
	default:
		n.kind = jsonOther
		for r.at < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,]}{[:\""), r.data[r.at]) < 0 {
			r.at++
		}
		if r.at == n.start {
			return nil, errNotJSON
		}
	}
	n.end = r.at
	return n, nil
}

// text passes over a string.
func (r *jsonText) text() error {
	for r.at++; r.at < len(r.data); r.at++ {
		switch r.data[r.at] {
		case '\\':
			r.at++
		case '"':
			r.at++
			return nil
		case '$':
			if r.template && bytes.HasPrefix(r.data[r.at:], []byte("$${")) {
				r.at += 2
				continue
			}
			if r.template && bytes.HasPrefix(r.data[r.at:], []byte("${")) {
				if err := r.reference(); err != nil {
					return err
				}
				r.at--
			}
		}
	}
	return errNotJSON
}

// reference passes over ${…}, in which braces and quotes may nest.
func (r *jsonText) reference() error {
	if !r.template || !bytes.HasPrefix(r.data[r.at:], []byte("${")) {
		return errNotJSON
	}
	depth := 0
	quoted := false
	for r.at++; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '\\' && quoted:
			r.at++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				r.at++
				return nil
			}
		}
	}
	return errNotJSON
}

// spanIn is a place of a file's bytes with its line and column.
func spanIn(file string, data []byte, start, end int) source.Span {
	return source.Span{
		File: file, Start: start, End: end,
		Line: 1 + bytes.Count(data[:start], []byte("\n")), Column: start - bytes.LastIndexByte(data[:start], '\n'),
	}
}
