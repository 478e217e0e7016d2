// Package yamlpos reads YAML and JSON with the byte span of every key and value, and edits them by these spans in
// the file's own formatting.
//
//	bytes --Parse--> *Node (a tree with spans, aliases kept) --Page, Draft--> source.Edit
//
// Starts come from go.yaml.in/yaml/v3 by line and column; ends come from a scan of our own. JSON has a reader
// of its own, which knows both.
package yamlpos

import "bulkhead/model/source"

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
	Pairs  []Pair // of a mapping, in order, duplicates included; merge keys (<<) already resolved behind the own keys
	Items  []*Node
	Target *Node  // of an alias
	Anchor string // of the value, without &
	// Span is the value's own bytes, tag and anchor included: from its first byte to its last, without trailing
	// white space, comment or line break. A block mapping starts at its first key and ends with its last value.
	// A value that is not written has an empty span, behind the colon or dash.
	Span source.Span
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
	for _, p := range n.Pairs {
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
		n = n.Target
	}
	return n
}

// Effective lists the entries of a mapping that count: of duplicate keys the last. It follows an alias.
func (n *Node) Effective() []Pair {
	n = n.Resolve()
	if n == nil || n.Kind != Mapping {
		return nil
	}
	last := make(map[string]int, len(n.Pairs))
	for i, p := range n.Pairs {
		last[p.Key.Value] = i
	}
	if len(last) == len(n.Pairs) {
		return n.Pairs
	}
	out := make([]Pair, 0, len(last))
	for i, p := range n.Pairs {
		if last[p.Key.Value] == i {
			out = append(out, p)
		}
	}
	return out
}
