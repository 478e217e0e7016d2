package serverless

import (
	"slices"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// What the framework makes is written as nodes that stand at the place of what they are made from.

// str is a string.
func str(s string, at source.Span) *yamlpos.Node {
	return (&yamlpos.Node{Kind: yamlpos.Scalar, Value: s, Quoted: true, Style: yamlpos.DoubleQuoted}).At(at)
}

// quoted is str, by the name that fits where a variable's value is meant.
func quoted(s string, at source.Span) *yamlpos.Node { return str(s, at) }

// word is a scalar that is no string, such as true.
func word(s string, at source.Span) *yamlpos.Node {
	return (&yamlpos.Node{Kind: yamlpos.Scalar, Value: s}).At(at)
}

// entry is a key and its value.
type entry struct {
	key   string
	value *yamlpos.Node
}

// obj is a mapping; entries without a value are left out.
func obj(at source.Span, entries ...entry) *yamlpos.Node {
	n := (&yamlpos.Node{Kind: yamlpos.Mapping, Style: yamlpos.Flow}).At(at)
	for _, e := range entries {
		put(n, e.key, e.value)
	}
	return n
}

// put adds an entry to a mapping that was made, or replaces it.
func put(n *yamlpos.Node, key string, value *yamlpos.Node) {
	if value == nil {
		return
	}
	for i, p := range n.Pairs() {
		if p.Key.Value == key {
			n.Pairs()[i].Value = value
			return
		}
	}
	n.SetPairs(append(n.Pairs(), yamlpos.Pair{Key: (&yamlpos.Node{Kind: yamlpos.Scalar, Value: key}).At(value.Span()), Value: value}))
}

// list is a sequence.
func list(at source.Span, items ...*yamlpos.Node) *yamlpos.Node {
	n := (&yamlpos.Node{Kind: yamlpos.Sequence, Style: yamlpos.Flow}).At(at)
	n.SetItems(items)
	return n
}

func strs(at source.Span, texts ...string) *yamlpos.Node {
	n := list(at)
	for _, t := range texts {
		n.SetItems(append(n.Items(), str(t, at)))
	}
	return n
}

func ref(id string, at source.Span) *yamlpos.Node { return obj(at, entry{"Ref", str(id, at)}) }

func getAtt(id, attr string, at source.Span) *yamlpos.Node {
	return obj(at, entry{"Fn::GetAtt", strs(at, id, attr)})
}

func sub(pattern string, at source.Span) *yamlpos.Node {
	return obj(at, entry{"Fn::Sub", str(pattern, at)})
}

func join(by string, at source.Span, parts ...*yamlpos.Node) *yamlpos.Node {
	return obj(at, entry{"Fn::Join", list(at, str(by, at), list(at, parts...))})
}

// allow is a statement.
func allow(at source.Span, resource *yamlpos.Node, actions ...string) *yamlpos.Node {
	return obj(at, entry{"Effect", str("Allow", at)}, entry{"Action", strs(at, actions...)}, entry{"Resource", resource})
}

// merged is b over a: mappings are merged, of everything else b counts. A mapping of which the other has nothing stays
// the node that it is.
func merged(a, b *yamlpos.Node) *yamlpos.Node { return merge(a, b, 0, false) }

// overlaid is merged with lists merged as well, item by item, as the framework lays resources over what it made.
func overlaid(a, b *yamlpos.Node) *yamlpos.Node { return merge(a, b, 0, true) }

func merge(a, b *yamlpos.Node, depth int, lists bool) *yamlpos.Node {
	a, b = a.Resolve(), b.Resolve()
	switch {
	case a == nil:
		return b
	case b == nil || b.Null:
		return a
	case a == b:
		return a
	case lists && a.Kind == yamlpos.Sequence && b.Kind == yamlpos.Sequence && !isCall(a) && !isCall(b) && depth <= 50:
		out := *a
		out.SetItems(slices.Clone(a.Items()))
		for i, item := range b.Items() {
			if i < len(out.Items()) {
				out.Items()[i] = merge(out.Items()[i], item, depth+1, lists)
			} else {
				out.SetItems(append(out.Items(), item))
			}
		}
		return &out
	case a.Kind != yamlpos.Mapping || b.Kind != yamlpos.Mapping || isCall(a) || isCall(b) || depth > 50:
		return b
	}
	out := *a
	out.SetPairs(slices.Clone(a.Effective()))
	at := make(map[string]int, len(out.Pairs()))
	for i, p := range out.Pairs() {
		at[p.Key.Value] = i
	}
	for _, p := range b.Effective() {
		if i, ok := at[p.Key.Value]; ok {
			out.Pairs()[i].Value = merge(out.Pairs()[i].Value, p.Value, depth+1, lists)
			continue
		}
		out.SetPairs(append(out.Pairs(), p))
	}
	return &out
}

// isCall reports whether a node is a call of one of CloudFormation's functions.
func isCall(n *yamlpos.Node) bool {
	n = n.Resolve()
	if n == nil {
		return false
	}
	if len(n.Tag) > 1 && n.Tag[0] == '!' && n.Tag[1] != '!' {
		return true
	}
	if n.Kind != yamlpos.Mapping || len(n.Pairs()) != 1 {
		return false
	}
	key := n.Pairs()[0].Key.Value
	return key == "Ref" || len(key) > 4 && key[:4] == "Fn::"
}

// get follows keys through mappings; nil if one is not there.
func get(n *yamlpos.Node, keys ...string) *yamlpos.Node {
	for _, k := range keys {
		n = n.Get(k)
	}
	return n.Resolve()
}

// words is the text of a scalar that is no call, "" of everything else.
func words(n *yamlpos.Node) string {
	n = n.Resolve()
	if n == nil || n.Kind != yamlpos.Scalar || n.Null || isCall(n) {
		return ""
	}
	return n.Value
}

// there reports whether a value is one that JavaScript takes for true.
func there(n *yamlpos.Node) bool {
	n = n.Resolve()
	if n == nil || n.Kind == yamlpos.Scalar && (n.Null || !n.Quoted && (n.Value == "false" || n.Value == "0") || n.Value == "") {
		return false
	}
	return true
}

// isMapping reports whether a node is a mapping and no call.
func isMapping(n *yamlpos.Node) bool {
	n = n.Resolve()
	return n != nil && n.Kind == yamlpos.Mapping && !isCall(n)
}

// items lists the elements of a sequence; none of anything else.
func items(n *yamlpos.Node) []*yamlpos.Node {
	n = n.Resolve()
	if n == nil || n.Kind != yamlpos.Sequence || isCall(n) {
		return nil
	}
	return n.Items()
}

// place is a key and its value together.
func place(key, value *yamlpos.Node) source.Span {
	at := key.Span()
	if value != nil && value.Span().File == at.File && value.Span().End > at.End {
		at.End = value.Span().End
	}
	return at
}
