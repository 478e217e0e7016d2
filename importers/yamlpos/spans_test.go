package yamlpos_test

import (
	"bytes"
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
	c := &spanChecker{t: t, name: name, data: data, left: 5}
	for _, a := range anchorsOf(root, nil) {
		fmt.Fprintf(&c.anchors, "- &%s x\n", a)
	}
	c.walk(root, 0)
	return c.n
}

func anchorsOf(n *yamlpos.Node, out []string) []string {
	if n.Anchor != "" {
		out = append(out, n.Anchor)
	}
	for _, p := range n.Pairs {
		if !p.Merged {
			out = anchorsOf(p.Key, out)
			out = anchorsOf(p.Value, out)
		}
	}
	for _, i := range n.Items {
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
}

func (c *spanChecker) fail(n *yamlpos.Node, format string, args ...any) {
	c.t.Helper()
	if c.left--; c.left < 0 {
		return
	}
	c.t.Errorf("%s:%d:%d: %s\nspan: %q", c.name, n.Span.Line, n.Span.Column, fmt.Sprintf(format, args...), c.text(n))
}

func (c *spanChecker) text(n *yamlpos.Node) string {
	if n.Span.Start < 0 || n.Span.End < n.Span.Start || n.Span.End > len(c.data) {
		return fmt.Sprintf("bytes %d to %d of %d", n.Span.Start, n.Span.End, len(c.data))
	}
	return string(c.data[n.Span.Start:n.Span.End])
}

func (c *spanChecker) walk(n *yamlpos.Node, depth int) {
	c.n++
	if n.Span.Start < 0 || n.Span.End < n.Span.Start || n.Span.End > len(c.data) {
		c.fail(n, "outside the file")
		return
	}
	text := c.text(n)
	if text != "" && (strings.ContainsAny(text[:1], " \t\r\n") || strings.ContainsAny(text[len(text)-1:], " \t\r\n")) &&
		n.Style != yamlpos.Literal && n.Style != yamlpos.Folded {
		c.fail(n, "white space at an end")
	}
	// Every value on its own would be quadratic in the depth: the containers near the root are made of those below.
	if n.Kind == yamlpos.Scalar || n.Kind == yamlpos.Alias || len(text) < 4000 {
		c.parses(n, text)
	}
	at := n.Span.Start
	child := func(k *yamlpos.Node) {
		if k.Span.Start < at || k.Span.End > n.Span.End {
			c.fail(k, "not in order within the value around it (%d to %d)", at, n.Span.End)
		}
		at = k.Span.End
		c.walk(k, depth+1)
	}
	for _, p := range n.Pairs {
		if !p.Merged {
			child(p.Key)
			child(p.Value)
		}
	}
	for _, i := range n.Items {
		child(i)
	}
}

// parses puts the span's bytes where they stood, in a document of its own, and compares what the library reads.
func (c *spanChecker) parses(n *yamlpos.Node, text string) {
	line := bytes.LastIndexAny(c.data[:n.Span.Start], "\r\n") + 1
	indent := strings.Map(func(r rune) rune {
		if r == '\ufeff' {
			return -1
		}
		return ' '
	}, string(c.data[line:n.Span.Start]))
	doc := c.anchors.String() + "-\n" + indent + " " + text + "\n"
	switch {
	case n.Kind == yamlpos.Scalar && (n.Style == yamlpos.Literal || n.Style == yamlpos.Folded):
		doc = c.anchors.String() + "- " + text + "\n" // the column of the list is what the block is measured from
	case n.Style == yamlpos.Block && indent == "":
		doc = text + "\n"
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
	if n.Span.End == len(c.data) {
		// The last line break of a block scalar is not there: the file ends without one.
		doc = strings.TrimSuffix(doc, "\n")
		if err := yaml.Unmarshal([]byte(doc), &y); err != nil {
			c.fail(n, "does not parse: %v\n%s", err, doc)
		}
	}
	got := y.Content[0]
	if got.Kind == yaml.SequenceNode && len(got.Content) > 0 && strings.TrimSuffix(doc, "\n") != text {
		got = got.Content[len(got.Content)-1]
	}
	if why := differs(n, got); why != "" {
		c.fail(n, "parses to something else: %s\n%s", why, doc)
	}
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
		for _, p := range n.Pairs {
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
		if y.Kind != yaml.SequenceNode || len(y.Content) != len(n.Items) {
			return "not a list of the same length"
		}
		for i, item := range n.Items {
			if why := differs(item, y.Content[i]); why != "" {
				return why
			}
		}
	}
	return ""
}
