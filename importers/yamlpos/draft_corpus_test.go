package yamlpos_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// tree prints what a value says, without how it is written. swap may say something else for a node.
func tree(n *yamlpos.Node, swap func(*yamlpos.Node) (string, bool)) string {
	if text, ok := swap(n); ok {
		return text
	}
	head := n.Tag
	if n.Anchor() != "" {
		head += "&" + n.Anchor()
	}
	var parts []string
	switch n.Kind {
	case yamlpos.Scalar:
		return fmt.Sprintf("%s%q", head, n.Value)
	case yamlpos.Alias:
		return "*" + n.Value
	case yamlpos.Mapping:
		for _, p := range n.Pairs() {
			if !p.Merged {
				parts = append(parts, tree(p.Key, swap)+":"+tree(p.Value, swap))
			}
		}
		return head + "{" + strings.Join(parts, ",") + "}"
	case yamlpos.Sequence:
		for _, i := range n.Items() {
			parts = append(parts, tree(i, swap))
		}
	}
	return head + "[" + strings.Join(parts, ",") + "]"
}

func never(*yamlpos.Node) (string, bool) { return "", false }

// Entries of collections all over the corpus are dropped, added and replaced at random: the file then says just
// that, and nothing else changed.
func TestDraftsOfTheCorpus(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	n := 0
	for _, path := range corpusFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		root, _, err := yamlpos.Parse("t", data)
		if err != nil {
			t.Fatal(err)
		}
		p := yamlpos.NewPage("t", data, root)
		var all []*yamlpos.Node
		var walk func(v *yamlpos.Node)
		walk = func(v *yamlpos.Node) {
			merges := false
			for _, pair := range v.Pairs() {
				merges = merges || pair.Merged
				if !pair.Merged {
					walk(pair.Value)
				}
			}
			for _, i := range v.Items() {
				walk(i)
			}
			if len(v.Pairs())+len(v.Items()) > 1 && !merges && p.Parent(v) != nil && p.Shared(v) == nil && v.Anchor() == "" {
				all = append(all, v)
			}
		}
		walk(root)
		for range min(12, len(all)) {
			c := all[rnd.IntN(len(all))]
			if anchored(c) {
				continue
			}
			n++
			what, plan := randomPlan(rnd, c)
			d := p.Draft(root.Span())
			if c.Kind == yamlpos.Mapping {
				d.Entries(c, plan)
			} else {
				d.Items(c, plan)
			}
			edits, err := d.Edits()
			if err != nil {
				t.Errorf("%s:%d: %v", path, c.Span().Line, err)
				continue
			}
			files, err := source.Files{"t": data}.Apply(edits)
			if err != nil {
				t.Errorf("%s:%d: %v", path, c.Span().Line, err)
				continue
			}
			again, _, err := yamlpos.Parse("t", files["t"])
			if err != nil {
				t.Errorf("%s:%d: %v\n%v", path, c.Span().Line, err, edits)
				continue
			}
			want := tree(root, func(v *yamlpos.Node) (string, bool) { return what, v == c })
			if got := tree(again, never); got != want {
				i := 0
				for i < min(len(got), len(want)) && got[i] == want[i] {
					i++
				}
				t.Errorf("%s:%d: it says …%.80s…, not …%.80s…\n%v", path, c.Span().Line, got[max(0, i-20):], want[max(0, i-20):], edits)
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d drafts", n)
	}
}

func anchored(n *yamlpos.Node) bool {
	if n.Anchor() != "" || n.Kind == yamlpos.Alias {
		return true
	}
	for _, p := range n.Pairs() {
		if anchored(p.Value) {
			return true
		}
	}
	for _, i := range n.Items() {
		if anchored(i) {
			return true
		}
	}
	return false
}

// randomPlan keeps some entries, adds some, and says what the collection is to be.
func randomPlan(rnd *rand.Rand, c *yamlpos.Node) (string, []yamlpos.Slot) {
	values := []struct {
		value yamlpos.Value
		says  string
	}{
		{yamlpos.Text("new: # one"), `"new: # one"`},
		{yamlpos.Tagged("!Ref", yamlpos.Text("Table")), `!Ref"Table"`},
		{yamlpos.ListOf(yamlpos.Usual, yamlpos.Text("*"), yamlpos.Text("b")), `["*","b"]`},
		{yamlpos.MappingOf(yamlpos.Usual).Put("k", yamlpos.ListOf(yamlpos.OneLine, yamlpos.Text("x"))).Put("l", yamlpos.Text("y")), `{"k":["x"],"l":"y"}`},
	}
	json := c.Style == yamlpos.Flow
	var plan []yamlpos.Slot
	var says []string
	add := func() {
		v := values[rnd.IntN(len(values))]
		if json && strings.HasPrefix(v.says, "!") {
			v = values[0] // JSON has no tags
		}
		key := fmt.Sprintf("New%d", len(plan))
		plan = append(plan, yamlpos.Slot{Old: -1, New: &v.value, Key: key})
		if c.Kind == yamlpos.Mapping {
			v.says = fmt.Sprintf("%q:%s", key, v.says)
		}
		says = append(says, v.says)
	}
	for i := range len(c.Pairs()) + len(c.Items()) {
		if rnd.IntN(4) == 0 {
			add()
		}
		if rnd.IntN(3) == 0 {
			continue
		}
		plan = append(plan, yamlpos.Stay(i))
		if c.Kind == yamlpos.Mapping {
			says = append(says, tree(c.Pairs()[i].Key, never)+":"+tree(c.Pairs()[i].Value, never))
		} else {
			says = append(says, tree(c.Items()[i], never))
		}
	}
	if rnd.IntN(4) == 0 || len(plan) == 0 {
		add()
	}
	if c.Kind == yamlpos.Mapping {
		return c.Tag + "{" + strings.Join(says, ",") + "}", plan
	}
	return c.Tag + "[" + strings.Join(says, ",") + "]", plan
}
