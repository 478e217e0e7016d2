package yamlpos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unique"
)

// json reads data as JSON; ok is false where it is not strictly JSON, and YAML has to try.
//
// YAML's reader would do for most of it, but not for surrogate escapes and long keys, and takes five times as long.
func (p *parser) json() (root *Node, ok bool, err error) {
	i := 0
	if bytes.HasPrefix(p.data, []byte("\xef\xbb\xbf")) {
		i = 3
	}
	i = skipJSON(p.data, i)
	if b := at(p.data, i); b != '{' && b != '[' {
		return nil, false, nil
	}
	p.lines = newLines(p.data)
	r := &jsonReader{parser: p, i: i, name: unique.Make(p.file)}
	root = r.value(0)
	if r.tooDeep || r.values > MaxValues {
		line, column := p.lines.position(r.i)
		if r.tooDeep {
			return nil, false, fmt.Errorf("%s:%d:%d: nested more than %d deep", p.file, line, column, MaxDepth)
		}
		return nil, false, fmt.Errorf("%s:%d:%d: more than %d values", p.file, line, column, MaxValues)
	}
	if root == nil || skipJSON(p.data, r.i) != len(p.data) {
		p.diagnostics, p.twice = nil, 0
		return nil, false, nil
	}
	return root, true, nil
}

type jsonReader struct {
	*parser
	i       int
	values  int
	tooDeep bool
	name    unique.Handle[string] // of the file
	room    []Node                // for nodes to come
}

// value reads one value; nil where there is none.
func (r *jsonReader) value(depth int) *Node {
	if r.values++; r.values > MaxValues {
		return nil
	}
	if depth > MaxDepth {
		r.tooDeep = true
		return nil
	}
	start := r.i
	if len(r.room) == 0 {
		r.room = make([]Node, min(64, 1+(len(r.data)-start)/8))
	}
	n := &r.room[0]
	r.room = r.room[1:]
	line, column := r.lines.position(start)
	*n = Node{Kind: Scalar, size: 1, at: packed{r.name, int32(start), 0, int32(line), int32(column)}}
	switch b := at(r.data, r.i); b {
	case '{':
		n.Kind, n.Style = Mapping, Flow
		if !r.members(n, depth) {
			return nil
		}
		r.duplicates(n.Pairs())
	case '[':
		n.Kind, n.Style = Sequence, Flow
		if !r.elements(n, depth) {
			return nil
		}
	case '"':
		n.Style, n.Quoted = DoubleQuoted, true
		s, ok := r.string()
		if !ok {
			return nil
		}
		n.Value = s
	default:
		for r.i < len(r.data) && strings.IndexByte(" \t\r\n,:]}", r.data[r.i]) < 0 {
			r.i++
		}
		word := r.data[start:r.i]
		if len(word) == 0 || !json.Valid(word) {
			return nil
		}
		n.Value = string(word)
		n.Null = n.Value == "null"
	}
	n.at.end = int32(r.i)
	return n
}

func (r *jsonReader) members(n *Node, depth int) bool {
	r.i = skipJSON(r.data, r.i+1)
	if at(r.data, r.i) == '}' {
		r.i++
		return true
	}
	var pairs []Pair
	for {
		if at(r.data, r.i) != '"' {
			return false
		}
		key := r.value(depth + 1)
		if key == nil {
			return false
		}
		if r.i = skipJSON(r.data, r.i); at(r.data, r.i) != ':' {
			return false
		}
		r.i = skipJSON(r.data, r.i+1)
		value := r.value(depth + 1)
		if value == nil {
			return false
		}
		n.size += key.size + value.size
		pairs = append(pairs, Pair{Key: key, Value: value})
		more, ok := r.next('}')
		if !ok {
			return false
		}
		if !more {
			n.SetPairs(pairs)
			return true
		}
	}
}

func (r *jsonReader) elements(n *Node, depth int) bool {
	r.i = skipJSON(r.data, r.i+1)
	if at(r.data, r.i) == ']' {
		r.i++
		return true
	}
	var items []*Node
	for {
		item := r.value(depth + 1)
		if item == nil {
			return false
		}
		n.size += item.size
		items = append(items, item)
		more, ok := r.next(']')
		if !ok {
			return false
		}
		if !more {
			n.SetItems(items)
			return true
		}
	}
}

// next goes over a comma (more) or the closing bracket.
func (r *jsonReader) next(closing byte) (more, ok bool) {
	r.i = skipJSON(r.data, r.i)
	b := at(r.data, r.i)
	r.i++
	if b == ',' {
		r.i = skipJSON(r.data, r.i)
	}
	return b == ',', b == ',' || b == closing
}

func (r *jsonReader) string() (string, bool) {
	start := r.i
	plain := true
	for r.i++; ; r.i++ {
		if r.i >= len(r.data) {
			return "", false
		}
		b := r.data[r.i]
		if b == '"' {
			break
		}
		switch {
		case b == '\\':
			plain = false
			r.i++
		case b < 0x20:
			return "", false
		}
	}
	r.i++
	if plain {
		return string(r.data[start+1 : r.i-1]), true
	}
	var s string
	if json.Unmarshal(r.data[start:r.i], &s) != nil {
		return "", false
	}
	return s, true
}

func skipJSON(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r') {
		i++
	}
	return i
}
