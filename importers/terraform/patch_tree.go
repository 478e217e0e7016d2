package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"bulkhead/model/policy"
)

// A tree is a Principal or Condition element: keys in order, and their texts or trees.
type tree struct {
	keys []string
	of   map[string]*tree
	text []string
}

func (t *tree) at(key string) *tree {
	if t.of == nil {
		t.of = map[string]*tree{}
	}
	if t.of[key] == nil {
		t.keys = append(t.keys, key)
		t.of[key] = &tree{}
	}
	return t.of[key]
}

func principalTree(list []policy.Principal) *tree {
	out := &tree{}
	for _, p := range list {
		if p.Kind == "*" && len(list) == 1 {
			return &tree{text: []string{"*"}}
		}
		kind := p.Kind
		if kind == "*" {
			kind = "AWS"
		}
		n := out.at(kind)
		n.text = append(n.text, p.Value)
	}
	return out
}

func conditionTree(list []policy.Condition) *tree {
	out := &tree{}
	for _, c := range list {
		n := out.at(c.Operator).at(c.Key)
		n.text = append(n.text, c.Values...)
	}
	return out
}

func (t *tree) empty() bool { return len(t.keys)+len(t.text) == 0 }

// structure sets a member that is a Principal or Condition; an empty one is taken out.
func (g *page) structure(oldKey, newKey string, t *tree) error {
	if err := g.lacks(newKey); err != nil {
		return err
	}
	if g.site.kind == inBlock {
		return g.nested(oldKey, newKey, t)
	}
	e := g.field(oldKey)
	if t.empty() {
		if e != nil {
			g.cut(*e)
		}
		return nil
	}
	text, err := g.render(t)
	if err != nil {
		return err
	}
	if e == nil {
		g.add(newKey, text)
		return nil
	}
	if oldKey != newKey {
		key := newKey
		if g.data[e.keyStart] == '"' {
			key = `"` + key + `"`
		}
		g.put(g.file, e.keyStart, e.keyEnd, key)
	}
	if lineStart(g.data, e.keyStart) <= g.start && lineStart(g.data, g.end) <= g.start {
		text = flat(text)
	} else {
		text = g.over(text)
	}
	g.put(g.file, e.start, e.end, g.indented(text, lead(g.data, e.keyStart)))
	return nil
}

// render is a tree as text.
func (g *page) render(t *tree) (string, error) {
	if len(t.keys) == 0 {
		return g.list(t.text, true)
	}
	text := "{\n"
	for i, key := range t.keys {
		v, err := g.render(t.of[key])
		if err != nil {
			return "", err
		}
		name, sep := `"`+key+`"`, ": "
		if g.site.kind == inObject {
			sep = " = "
			if isName(key) {
				name = key
			}
		}
		text += "  " + name + sep + g.indented(v, "  ")
		if i < len(t.keys)-1 {
			text += ","
		}
		text += "\n"
	}
	return text + "}", nil
}

// over is a value over several lines as the statement's language has it: members of HCL need no commas there, items of
// lists do.
func (g *page) over(text string) string {
	if g.site.kind == inText {
		return text
	}
	lines := strings.Split(text, "\n")
	lists := 0
	for i, l := range lines {
		t := strings.TrimSpace(l)
		if strings.HasPrefix(t, "]") {
			lists--
		}
		if lists == 0 {
			lines[i] = strings.TrimSuffix(l, ",")
		}
		if strings.HasSuffix(t, "[") {
			lists++
		}
	}
	return strings.Join(lines, "\n")
}

func isName(s string) bool { return hclsyntax.ValidIdentifier(s) }

// nested sets the principals or condition blocks of a statement block: those of the kind are written anew.
func (g *page) nested(oldKey, newKey string, t *tree) error {
	typ := map[string]string{"Principal": "principals", "NotPrincipal": "not_principals", "Condition": "condition"}
	indent := lead(g.data, g.start) + "  "
	text := ""
	write := func(lines ...string) {
		text += indent + typ[newKey] + " {\n"
		for _, l := range lines {
			text += indent + "  " + g.indented(l, indent+"  ") + "\n"
		}
		text += indent + "}\n"
	}
	if len(t.keys) == 0 && len(t.text) > 0 {
		write(`type        = "*"`, `identifiers = ["*"]`)
	}
	for _, key := range t.keys {
		n := t.of[key]
		if newKey != "Condition" {
			list, err := g.list(n.text, false)
			if err != nil {
				return err
			}
			write(`type        = "`+key+`"`, "identifiers = "+list)
			continue
		}
		for _, variable := range n.keys {
			list, err := g.list(n.of[variable].text, false)
			if err != nil {
				return err
			}
			write(`test     = "`+key+`"`, `variable = "`+variable+`"`, "values   = "+list)
		}
	}
	var old []*hclsyntax.Block
	for _, b := range g.site.block.Body.Blocks {
		if b.Type == typ[oldKey] {
			old = append(old, b)
		}
		if b.Type == "dynamic" && len(b.Labels) == 1 && b.Labels[0] == typ[oldKey] {
			return fmt.Errorf("%s: dynamic blocks make the %s of this statement", g.evaluator.blockSpan(b), typ[oldKey])
		}
	}
	if len(old) == 0 { // before the closing brace
		at := lineStart(g.data, g.end-1)
		if strings.TrimSpace(string(g.data[at:g.end-1])) != "" {
			return fmt.Errorf("%s: this statement stands in one line: write it over several first", g.site.span)
		}
		if text != "" {
			g.put(g.file, at, at, "\n"+text)
		}
		return nil
	}
	for i, b := range old {
		from, to := g.blockLines(b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
		if i > 0 { // the blank lines between those that go
			for from > 1 && g.data[from-1] == '\n' && g.data[from-2] == '\n' {
				from--
			}
		}
		if i == 0 {
			g.put(g.file, from, to, text)
			continue
		}
		g.put(g.file, from, to, "")
	}
	return nil
}

// blockLines are the whole lines that a place takes.
func (g *page) blockLines(from, to int) (int, int) {
	first := lineStart(g.data, from)
	if strings.TrimSpace(string(g.data[first:from])) == "" {
		from = first
	}
	if i := strings.IndexByte(string(g.data[to:]), '\n'); i >= 0 && strings.TrimSpace(string(g.data[to:to+i])) == "" {
		to += i + 1
	}
	return from, to
}
