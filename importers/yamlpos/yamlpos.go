// Package yamlpos reads YAML and JSON with the byte span of every key and value, and edits them by these spans in
// the file's own formatting.
//
//	bytes --Parse--> *Node (a tree with spans, aliases kept) --Page, Draft--> source.Edit
//
// Starts come from go.yaml.in/yaml/v3 by line and column; ends come from a scan of our own. JSON has a reader
// of its own, which knows both.
package yamlpos

import (
	"unique"

	"bulkhead/model/source"
)

// Kind is the shape of a Node.
type Kind uint8

// The kinds of Node.
const (
	Scalar Kind = iota
	Mapping
	Sequence
	Alias // Target is what it refers to
)

// Style is how a value is written.
type Style uint8

// The styles of values.
const (
	Plain Style = iota
	SingleQuoted
	DoubleQuoted
	Literal // |
	Folded  // >
	Flow    // [a, b] or {a: b}, and JSON
	Block   // indented mapping or sequence
)

// A Node is a value in a YAML or JSON file.
type Node struct {
	Kind   Kind
	Style  Style
	Null   bool   // a scalar that is null or empty
	Quoted bool   // a scalar in quotes: surely a string
	size   int32  // values in it with aliases expanded; up here, where it takes no room of its own
	Tag    string // as written, "!Ref"; "" if none
	Value  string // of a scalar, decoded; of an alias, the anchor's name
	at     packed
	inside *inside // of what is no scalar: most nodes are, and a large file has many
}

// packed is a span as it takes the least room.
type packed struct {
	file                     unique.Handle[string]
	start, end, line, column int32
}

// Span is the value's own bytes, tag and anchor included: from its first byte to its last, without trailing
// white space, comment or line break. A block mapping starts at its first key and ends with its last value.
// A value that is not written has an empty span, behind the colon or dash.
func (n *Node) Span() source.Span {
	if n.at == (packed{}) {
		return source.Span{}
	}
	return source.Span{File: n.at.file.Value(), Start: int(n.at.start), End: int(n.at.end), Line: int(n.at.line), Column: int(n.at.column)}
}

// SetSpan tells where the value stands. Files of more than MaxBytes are not read.
func (n *Node) SetSpan(s source.Span) {
	n.at = packed{}
	if s != (source.Span{}) {
		n.at = packed{unique.Make(s.File), int32(s.Start), int32(s.End), int32(s.Line), int32(s.Column)}
	}
}

// At is SetSpan for a node that is being made.
func (n *Node) At(s source.Span) *Node {
	n.SetSpan(s)
	return n
}

// inside is what a node holds that is no scalar. It is not written once it is there: copies of a node share it.
type inside struct {
	pairs  []Pair
	items  []*Node
	target *Node
	anchor string
}

var nothing inside

func (n *Node) within() *inside {
	if n.inside == nil {
		return &nothing
	}
	return n.inside
}

// Pairs lists a mapping's entries in order, duplicates included; what merge keys (<<) bring stands behind the own ones.
func (n *Node) Pairs() []Pair { return n.within().pairs }

// Items lists a sequence's values.
func (n *Node) Items() []*Node { return n.within().items }

// Target is what an alias stands for.
func (n *Node) Target() *Node { return n.within().target }

// Anchor is the name that the value can be referred to by, without &; "" if none.
func (n *Node) Anchor() string { return n.within().anchor }

// SetPairs gives a mapping its entries. Copies of the node keep theirs, as with all that is set.
func (n *Node) SetPairs(pairs []Pair) {
	in := *n.within()
	in.pairs = pairs
	n.inside = &in
}

// SetItems gives a sequence its values.
func (n *Node) SetItems(items []*Node) {
	in := *n.within()
	in.items = items
	n.inside = &in
}

// SetTarget tells what an alias stands for.
func (n *Node) SetTarget(target *Node) {
	in := *n.within()
	in.target = target
	n.inside = &in
}

// SetAnchor gives the value a name to be referred to by.
func (n *Node) SetAnchor(name string) {
	in := *n.within()
	in.anchor = name
	n.inside = &in
}

// Clear takes the entries and values of a node away.
func (n *Node) Clear() {
	in := *n.within()
	in.pairs, in.items = nil, nil
	n.inside = &in
}

// A Pair is one entry of a mapping.
type Pair struct {
	Key, Value *Node
	Merged     bool // came in by a merge key
}

// Get returns the value of a key, following an alias; nil if the node is not a mapping or lacks it. Of duplicate
// keys the last counts, as AWS's own readers have it.
func (n *Node) Get(key string) *Node {
	n = n.Resolve()
	if n == nil || n.Kind != Mapping {
		return nil
	}
	var found *Node
	for _, p := range n.Pairs() {
		if p.Merged && found != nil {
			break
		}
		if p.Key.Value == key {
			found = p.Value
		}
	}
	return found
}

// Resolve follows aliases to the value; nil stays nil.
func (n *Node) Resolve() *Node {
	for n != nil && n.Kind == Alias {
		n = n.Target()
	}
	return n
}

// Effective lists the entries of a mapping that count: of duplicate keys the last. It follows an alias.
func (n *Node) Effective() []Pair {
	n = n.Resolve()
	if n == nil || n.Kind != Mapping {
		return nil
	}
	pairs := n.Pairs()
	last := make(map[string]int, len(pairs))
	for i, p := range pairs {
		last[p.Key.Value] = i
	}
	if len(last) == len(pairs) {
		return pairs
	}
	out := make([]Pair, 0, len(last))
	for i, p := range pairs {
		if last[p.Key.Value] == i {
			out = append(out, p)
		}
	}
	return out
}
