package code

import (
	"encoding/json"
	"regexp"
	"strings"
)

// A node is a value of a template: a scalar as it is printed, a list or a mapping.
type node struct {
	scalar string
	list   []node
	pairs  []pair
	kind   nodeKind
}

type nodeKind uint8

const (
	scalarNode nodeKind = iota
	listNode
	mapNode
)

type pair struct {
	key   string
	value node
}

func listOf(items ...node) node  { return node{kind: listNode, list: items} }
func mapping(pairs ...pair) node { return node{kind: mapNode, pairs: pairs} }
func (n *node) put(key string, v node) {
	n.pairs = append(n.pairs, pair{key, v})
}

// plainText are texts that YAML reads as texts without quotes: words with no sign that means something at their place.
var plainText = regexp.MustCompile(`^[A-Za-z/_]([A-Za-z0-9_./@+=*${}:!?-]*[A-Za-z0-9_./@+=*}-])?( [A-Za-z0-9_.()/-]+)*$`)

// notText are plain words that YAML takes for something else.
var notText = regexp.MustCompile(`^(?i:true|false|yes|no|on|off|null|y|n|[0-9.].*)$`)

// scalar is a text for YAML.
func scalar(s string) node { return node{scalar: quoted(s)} }

func quoted(s string) string {
	if plainText.MatchString(s) && !notText.MatchString(s) {
		return s
	}
	if !strings.ContainsAny(s, "'\\\n\r\t") && printable(s) {
		return "'" + s + "'"
	}
	b, _ := json.Marshal(s) //nolint:errchkjson // a string
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b))
}

func printable(s string) bool {
	for _, c := range s {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// print writes a node in YAML's block style, two spaces a level; what stands on the line before it ends without a space.
func (n node) print(b *strings.Builder, indent int) {
	pad := strings.Repeat("  ", indent)
	switch n.kind {
	case scalarNode:
		b.WriteString(" " + n.scalar + "\n")
	case listNode:
		if len(n.list) == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteString("\n")
		for _, x := range n.list {
			b.WriteString(pad + "-")
			if x.kind == mapNode && len(x.pairs) > 0 {
				var inner strings.Builder
				x.print(&inner, indent+1)
				b.WriteString(" " + strings.TrimLeft(inner.String(), "\n ")) // the first key beside the dash
				continue
			}
			x.print(b, indent+1)
		}
	case mapNode:
		if len(n.pairs) == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteString("\n")
		for _, p := range n.pairs {
			b.WriteString(pad + quoted(p.key) + ":")
			p.value.print(b, indent+1)
		}
	}
}

// document prints a mapping as a file; keys of the first level stand apart.
func (n node) document() string {
	var b strings.Builder
	for i, p := range n.pairs {
		if i > 0 && p.value.kind != scalarNode {
			b.WriteString("\n")
		}
		b.WriteString(quoted(p.key) + ":")
		p.value.print(&b, 1)
	}
	return b.String()
}
