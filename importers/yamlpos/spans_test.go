package yamlpos_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"bulkhead/importers/yamlpos"
)

// checkSpans holds that the bytes of every span parse to the element that it names, and that spans nest and
// follow each other. It returns how many values it looked at.
func checkSpans(t testing.TB, name string, data []byte, root *yamlpos.Node) int {
	t.Helper()
	c := &spanChecker{t: t, name: name, data: data, left: 5, json: json.Valid(bytes.TrimPrefix(data, []byte("\ufeff")))}
	for _, a := range anchorsOf(root, nil) {
		fmt.Fprintf(&c.anchors, "- &%s x\n", a)
	}
	c.walk(root, 0, false, false)
	return c.n
}

func anchorsOf(n *yamlpos.Node, out []string) []string {
	if n.Anchor() != "" {
		out = append(out, n.Anchor())
	}
	for _, p := range n.Pairs() {
		if !p.Merged {
			out = anchorsOf(p.Key, out)
			out = anchorsOf(p.Value, out)
		}
	}
	for _, i := range n.Items() {
		out = anchorsOf(i, out)
	}
	return out
}

type spanChecker struct {
	t       testing.TB
	name    string
	data    []byte
	anchors bytes.Buffer
	n, left int
	json    bool // the whole file is JSON
}

func (c *spanChecker) fail(n *yamlpos.Node, format string, args ...any) {
	c.t.Helper()
	if c.left--; c.left < 0 {
		return
	}
	c.t.Errorf("%s:%d:%d: %s\nspan: %q", c.name, n.Span().Line, n.Span().Column, fmt.Sprintf(format, args...), c.text(n))
}

func (c *spanChecker) text(n *yamlpos.Node) string {
	if n.Span().Start < 0 || n.Span().End < n.Span().Start || n.Span().End > len(c.data) {
		return fmt.Sprintf("bytes %d to %d of %d", n.Span().Start, n.Span().End, len(c.data))
	}
	return string(c.data[n.Span().Start:n.Span().End])
}

func (c *spanChecker) walk(n *yamlpos.Node, depth int, flow, key bool) {
	c.n++
	if n.Span().Start < 0 || n.Span().End < n.Span().Start || n.Span().End > len(c.data) {
		c.fail(n, "outside the file")
		return
	}
	text := c.text(n)
	if text != "" && (strings.ContainsAny(text[:1], " \t\r\n") || strings.ContainsAny(text[len(text)-1:], " \t\r\n")) &&
		n.Style != yamlpos.Literal && n.Style != yamlpos.Folded && !strings.ContainsAny(text, "|>") { // a block scalar may end with white space
		c.fail(n, "white space at an end")
	}
	// Every value on its own would be quadratic in the depth: the containers near the root are made of those below.
	if n.Kind == yamlpos.Scalar || n.Kind == yamlpos.Alias || len(text) < 4000 {
		c.parses(n, text, depth == 0, flow, key)
	}
	at := n.Span().Start
	child := func(k *yamlpos.Node, key bool) {
		if k.Span().Start < at || k.Span().End > n.Span().End {
			c.fail(k, "not in order within the value around it (%d to %d)", at, n.Span().End)
		}
		at = k.Span().End
		c.walk(k, depth+1, flow || n.Style == yamlpos.Flow, key)
	}
	for _, p := range n.Pairs() {
		if !p.Merged {
			child(p.Key, true)
			child(p.Value, false)
		}
	}
	for _, i := range n.Items() {
		child(i, false)
	}
}

// parses puts the span's bytes where they stood, in a document of its own, and compares what the library reads.
func (c *spanChecker) parses(n *yamlpos.Node, text string, whole, flow, key bool) {
	if c.json {
		var s string
		if n.Kind == yamlpos.Scalar && n.Quoted && (json.Unmarshal([]byte(text), &s) != nil || s != n.Value) {
			c.fail(n, "as JSON it is %q, not %q", s, n.Value)
		}
		return
	}
	if strings.Contains(text, "\n\t") {
		return // read past a tab that is not YAML
	}
	line := bytes.LastIndexAny(c.data[:n.Span().Start], "\r\n") + 1
	indent := strings.Map(func(r rune) rune {
		if r == '\ufeff' {
			return -1
		}
		return ' '
	}, string(c.data[line:n.Span().Start]))
	doc := c.anchors.String() + "-\n" + indent + " " + text + "\n"
	switch {
	case whole && n.Style == yamlpos.Block && n.Tag == "" && n.Anchor() == "":
		doc = indent + text + "\n"
	case whole:
		doc = text + "\n"
	case key && text != "" && n.Kind == yamlpos.Scalar && n.Style == yamlpos.Plain && !strings.ContainsAny(text, "\r\n"):
		doc = c.anchors.String() + "- " + text + ": x\n" // "-" alone would be a list
		if n.Tag != "" || n.Anchor() != "" {
			doc = c.anchors.String() + "- " + text + " : x\n"
		}
		flow = true
	case flow:
		if text == "" {
			return
		}
		doc = c.anchors.String() + "- [\n" + indent + " " + text + "\n ]\n"
	case n.Kind == yamlpos.Scalar && (n.Style == yamlpos.Literal || n.Style == yamlpos.Folded):
		doc = c.anchors.String() + "- " + text + "\n" // the column of the list is what the block is measured from
	case n.Style == yamlpos.Block && indent == "":
		doc = text + "\n"
	case n.Style == yamlpos.Block && (n.Tag != "" || n.Anchor() != "") && firstColumn(n) == 1:
		doc = text + "\n"
	case n.Style == yamlpos.Block && (n.Tag != "" || n.Anchor() != ""):
		doc = c.anchors.String() + "- " + text + "\n"
	case n.Style == yamlpos.Block:
		doc = c.anchors.String() + "-\n" + indent + text + "\n"
	}
	var y yaml.Node
	if err := yaml.Unmarshal([]byte(doc), &y); err != nil {
		// A pair without braces and aliases to anchors further up cannot stand alone.
		if n.Kind == yamlpos.Mapping && n.Style == yamlpos.Flow && !strings.HasPrefix(text, "{") {
			return
		}
		c.fail(n, "does not parse: %v\n%s", err, doc)
		return
	}
	if n.Span().End == len(c.data) {
		// The last line break of a block scalar is not there: the file ends without one.
		doc = strings.TrimSuffix(doc, "\n")
		if err := yaml.Unmarshal([]byte(doc), &y); err != nil {
			c.fail(n, "does not parse: %v\n%s", err, doc)
		}
	}
	if len(y.Content) == 0 && text == "" {
		return
	}
	got := y.Content[0]
	if got.Kind == yaml.SequenceNode && len(got.Content) > 0 && !whole && strings.TrimSuffix(doc, "\n") != text {
		got = got.Content[len(got.Content)-1]
	}
	if flow && len(got.Content) > 0 {
		got = got.Content[0]
	}
	if why := differs(n, got); why != "" {
		c.fail(n, "parses to something else: %s\n%s", why, doc)
	}
}

func firstColumn(n *yamlpos.Node) int {
	if n.Kind == yamlpos.Mapping {
		for _, p := range n.Pairs() {
			if !p.Merged {
				return p.Key.Span().Column
			}
		}
	}
	return 0
}

func differs(n *yamlpos.Node, y *yaml.Node) string {
	switch n.Kind {
	case yamlpos.Scalar:
		if y.Kind == yaml.MappingNode && len(y.Content) == 0 {
			return ""
		}
		if y.Kind != yaml.ScalarNode || y.Value != n.Value {
			return fmt.Sprintf("%q for %q", y.Value, n.Value)
		}
	case yamlpos.Alias:
		if y.Kind != yaml.AliasNode || y.Value != n.Value {
			return "not the alias"
		}
	case yamlpos.Mapping:
		if y.Kind != yaml.MappingNode {
			return fmt.Sprintf("kind %d for a mapping", y.Kind)
		}
		i := 0
		for _, p := range n.Pairs() {
			if p.Merged {
				continue
			}
			for i+1 < len(y.Content) && y.Content[i].Tag == "!!merge" {
				i += 2
			}
			if i+1 >= len(y.Content) {
				return "too few entries"
			}
			if why := differs(p.Key, y.Content[i]); why != "" {
				return why
			}
			if why := differs(p.Value, y.Content[i+1]); why != "" {
				return why
			}
			i += 2
		}
		for i+1 < len(y.Content) && y.Content[i].Tag == "!!merge" {
			i += 2
		}
		if i != len(y.Content) {
			return "too many entries"
		}
	case yamlpos.Sequence:
		if y.Kind != yaml.SequenceNode || len(y.Content) != len(n.Items()) {
			return "not a list of the same length"
		}
		for i, item := range n.Items() {
			if why := differs(item, y.Content[i]); why != "" {
				return why
			}
		}
	}
	return ""
}
