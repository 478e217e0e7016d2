package yamlpos_test

import (
	"os"
	"strings"
	"testing"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

func page(t *testing.T, text string) *yamlpos.Page {
	t.Helper()
	root, _, err := yamlpos.Parse("t", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return yamlpos.NewPage("t", []byte(text), root)
}

// dig follows keys and, for numbers, items.
func dig(n *yamlpos.Node, path ...any) *yamlpos.Node {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			n = n.Get(p)
		case int:
			n = n.Resolve().Items()[p]
		}
	}
	return n
}

func plan(text string) []yamlpos.Slot {
	var out []yamlpos.Slot
	for _, w := range strings.Fields(text) {
		if len(w) == 1 && w[0] >= '0' && w[0] <= '9' {
			out = append(out, yamlpos.Stay(int(w[0]-'0')))
			continue
		}
		v := yamlpos.Text(w)
		out = append(out, yamlpos.Slot{Old: -1, New: &v, Key: w})
	}
	return out
}

// Each case makes list or mapping "a" of the old entries that the plan names by number and new ones by word.
func TestEntries(t *testing.T) {
	tests := []struct{ name, before, plan, after string }{
		{"drop the first", "a:\n  - x\n  - y\nb: 1\n", "1", "a:\n  - y\nb: 1\n"},
		{"drop the last", "a:\n  - x\n  - y\nb: 1\n", "0", "a:\n  - x\nb: 1\n"},
		{"drop at the end of the file", "a:\n  - x\n  - y", "0", "a:\n  - x"},
		{"drop in the middle", "a:\n- x\n- y: 1\n  z: 2\n- w\n", "0 2", "a:\n- x\n- w\n"},
		{"comments of what goes go", "a:\n  - x # of x\n  # of y\n  - y # of y\n    # of y\n  # of z\n  - z\n", "0 2", "a:\n  - x # of x\n  # of z\n  - z\n"},
		{"what was taken out stays out", "a:\n  - x\n  #- q\n  - y\n", "0", "a:\n  - x\n  #- q\n"},
		{"blank lines around", "a:\n  - x\n\n  - y\n\n  - z\nb: 1\n", "0 2", "a:\n  - x\n\n  - z\nb: 1\n"},
		{"blank line before the last", "a:\n  - x\n\n  - y\nb: 1\n", "0", "a:\n  - x\nb: 1\n"},
		{"add behind", "a:\n  -   x # c\n  -   y\nb: 1\n", "0 q 1", "a:\n  -   x # c\n  -   q\n  -   y\nb: 1\n"},
		{"add at the end", "a:\n- x # c", "0 q", "a:\n- x # c\n- q"},
		{"add in front", "a:\n  # c\n  - x\n", "q 0", "a:\n  # c\n  - q\n  - x\n"},
		{"one for another", "a:\n  - x # c\n  - y\n", "q 1", "a:\n  - q # c\n  - y\n"},
		{"two for one", "a:\n  - x\n  - y\n  - z\n", "0 q m 2", "a:\n  - x\n  - q\n  - m\n  - z\n"},
		{"all new", "a:\n  - x\n  - y\n", "q", "a:\n  - q\n"},
		{"flow, drop the first", "a: [x, y, z]\n", "1 2", "a: [y, z]\n"},
		{"flow, drop the last", "a: [x, y, z ]\n", "0 1", "a: [x, y ]\n"},
		{"flow, drop the middle", "a: [x,y,z]\n", "0 2", "a: [x,z]\n"},
		{"flow, drop all but the middle", "a: [x, y, z]\n", "1", "a: [y]\n"},
		{"flow, none is left", "a: [x, y]\n", "", "a: []\n"},
		{"flow, add", "a: [x, y]\n", "q 0 m 1 o", "a: [q, x, m, y, o]\n"},
		{"flow, add to none", "a: []\n", "q m", "a: [q, m]\n"},
		{"flow, quotes where needed", "a: [x, 'b,c']\n", "0 1 yes a:b 12 d]e", "a: [x, 'b,c', 'yes', a:b, '12', 'd]e']\n"},
		{"lines, drop", "a: [\n  x,\n  y,\n  z\n]\n", "0 2", "a: [\n  x,\n  z\n]\n"},
		{"lines, drop the last", "a: [\n  x,\n  y # c\n]\n", "0", "a: [\n  x # c\n]\n"},
		{"lines, add", "a: [\n  x,\n  y\n]\n", "0 q 1 m", "a: [\n  x,\n  q,\n  y,\n  m\n]\n"},
		{"mapping, drop", "a:\n  x: 1\n  y: 2\n  z: 3\n", "0 2", "a:\n  x: 1\n  z: 3\n"},
		{"mapping in a list, drop the first", "a: {}\nb:\n- x: 1\n", "q", "a: {q: q}\nb:\n- x: 1\n"},
		{"mapping, add", "a:\n  x: 1 # c\nb: 1\n", "0 q", "a:\n  x: 1 # c\n  q: q\nb: 1\n"},
		{"mapping, a value that is not written", "a:\n  x:\n  y: 2\n", "0 q 1", "a:\n  x:\n  q: q\n  y: 2\n"},
		{"flow mapping", "a: {x: 1, y: 2}\n", "1 q", "a: {y: 2, q: q}\n"},
		{"JSON, drop", "{\n \"a\": [\n  \"x\",\n  \"y\"\n ]\n}\n", "1", "{\n \"a\": [\n  \"y\"\n ]\n}\n"},
		{"JSON, add", "{\n \"a\": [\n  \"x\"\n ]\n}\n", "0 q", "{\n \"a\": [\n  \"x\",\n  \"q\"\n ]\n}\n"},
		{"JSON, add to none", "{\n\t\"a\": {}\n}\n", "q", "{\n\t\"a\": {\"q\": \"q\"}\n}\n"},
		{"JSON on one line", `{"a":{"x":1,"y":2}}`, "1 q", `{"a":{"y":2,"q":"q"}}`},
		{"Windows line ends", "a:\r\n  - x\r\n  # c\r\n  - y\r\nb: 1\r\n", "0 q m", "a:\r\n  - x\r\n  # c\r\n  - q\r\n  - m\r\nb: 1\r\n"},
		{"block scalar behind", "a:\n  - |\n    x\n    y\n\n  - z\n", "0 q 1", "a:\n  - |\n    x\n    y\n  - q\n\n  - z\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := page(t, tt.before)
			d := p.Draft(p.Root.Span())
			a := p.Root.Get("a")
			if a.Kind == yamlpos.Mapping {
				d.Entries(a, plan(tt.plan))
			} else {
				d.Items(a, plan(tt.plan))
			}
			checkDraft(t, d, tt.before, tt.after)
		})
	}
}

func checkDraft(t *testing.T, d *yamlpos.Draft, before, after string) {
	t.Helper()
	edits, err := d.Edits()
	if err != nil {
		t.Fatal(err)
	}
	files, err := source.Files{"t": []byte(before)}.Apply(edits)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(files["t"]); got != after {
		t.Errorf("got\n%s\nwant\n%s", got, after)
	}
	if _, _, err := yamlpos.Parse("t", files["t"]); err != nil {
		t.Error(err)
	}
}

func TestReplace(t *testing.T) {
	list := yamlpos.ListOf(yamlpos.Usual, yamlpos.Text("x"), yamlpos.Text("y: z"))
	nested := yamlpos.MappingOf(yamlpos.Usual).Put("k", yamlpos.Text("v")).Put("l", list)
	call := yamlpos.Tagged("!Ref", yamlpos.Text("Table"))
	tests := []struct {
		name, before string
		path         []any
		value        yamlpos.Value
		after        string
	}{
		{"scalar", "a:   x  # c\n", []any{"a"}, yamlpos.Text("q"), "a:   q  # c\n"},
		{"tagged", "a: !Sub '${b}' # c\n", []any{"a"}, call, "a: !Ref Table # c\n"},
		{"not written", "a:\nb: 1\n", []any{"a"}, yamlpos.Text("q"), "a: q\nb: 1\n"},
		{"by a list", "a: x # of x alone\nb: [1]\n", []any{"a"}, list, "a:\n  - x\n  - 'y: z'\nb: [1]\n"},
		{"by a list, as the page indents", "a: x\nb:\n- 1\n", []any{"a"}, list, "a:\n- x\n- 'y: z'\nb:\n- 1\n"},
		{"list by a scalar", "a:\n  - x # c\n  - y\nb: 1\n", []any{"a"}, yamlpos.Text("q"), "a: q\nb: 1\n"},
		{"item by a mapping", "a:\n  - x\n  - y\n", []any{"a", 0}, nested, "a:\n  - k: v\n    l:\n      - x\n      - 'y: z'\n  - y\n"},
		{"item below its dash", "a:\n  -\n    k: v\n  - y\n", []any{"a", 0}, nested, "a:\n  -\n    k: v\n    l:\n      - x\n      - 'y: z'\n  - y\n"},
		{"in braces", "{a: {b: x, c: y}}", []any{"a", "b"}, nested, "{a: {b: {k: v, l: [x, 'y: z']}, c: y}}"},
		{"JSON on one line", "{\n  \"a\": { \"b\": 1 }\n}", []any{"a", "b"}, nested, "{\n  \"a\": { \"b\": { \"k\": \"v\", \"l\": [\"x\", \"y: z\"] } }\n}"},
		{"JSON over lines", "{\n  \"a\": {\n    \"b\": 1\n  }\n}", []any{"a", "b"}, list, "{\n  \"a\": {\n    \"b\": [\n      \"x\",\n      \"y: z\"\n    ]\n  }\n}"},
		{"double quotes as the page", "a: x\nb: \"1\"\nc: \"2\"\n", []any{"a"}, yamlpos.Text("*"), "a: \"*\"\nb: \"1\"\nc: \"2\"\n"},
		{"control characters", "a: x\n", []any{"a"}, yamlpos.Text("b\n\tc'"), "a: \"b\\n\\tc'\"\n"},
		{"a word", "a: x\n", []any{"a"}, yamlpos.Word("true"), "a: true\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := page(t, tt.before)
			d := p.Draft(p.Root.Span())
			d.Replace(dig(p.Root, tt.path...), tt.value)
			checkDraft(t, d, tt.before, tt.after)
		})
	}
}

// A value that is copied to another place takes its lines along.
func TestCopy(t *testing.T) {
	before := "a:\n  - k: v # c\n    # c\n    l:\n      - !Sub |\n        text\n\n        # text\n  - y\nb:\n    c: x\n"
	p := page(t, before)
	d := p.Draft(p.Root.Span())
	n := dig(p.Root, "a", 0)
	text, err := p.Draft(n.Span()).Copy()
	if err != nil {
		t.Fatal(err)
	}
	d.Replace(dig(p.Root, "b", "c"), p.Edited(n, text))
	checkDraft(t, d, before, strings.TrimSuffix(before, "c: x\n")+"c:\n        k: v\n        l:\n          - !Sub |\n            text\n\n            # text\n")
}

// What was changed in a copy is changed in braces as well, where its lines are not kept.
func TestEditedInBraces(t *testing.T) {
	before := "a:\n  - k: v # c\n    l:\n      - !Ref X\n      - \"y\"\n    m: 1\nb: {c: x}\n"
	p := page(t, before)
	n := dig(p.Root, "a", 0)
	c := p.Draft(n.Span())
	m := yamlpos.MembersOf(n)
	m.Remove("k")
	m.Set("m", yamlpos.Text("two"))
	m.Write(c)
	text, err := c.Copy()
	if err != nil {
		t.Fatal(err)
	}
	d := p.Draft(p.Root.Span())
	d.Replace(dig(p.Root, "b", "c"), p.Edited(n, text))
	checkDraft(t, d, before, strings.Replace(before, "{c: x}", "{c: {l: [!Ref X, \"y\"], m: two}}", 1))
}

func TestMembers(t *testing.T) {
	before := "a:\n  - x: 1 # c\n    y: 2\n    z: 3\nb: 1\n"
	p := page(t, before)
	d := p.Draft(p.Root.Span())
	m := yamlpos.MembersOf(dig(p.Root, "a", 0))
	m.Remove("x")
	m.Set("y", yamlpos.Text("two"))
	m.Set("w", yamlpos.Text("new"))
	m.Write(d)
	checkDraft(t, d, before, "a:\n  - y: two\n    z: 3\n    w: new\nb: 1\n")
}

func TestDraftRefuses(t *testing.T) {
	p := page(t, "a:\n  - x\n  - y\nb: &b [1]\nc: *b\n")
	d := p.Draft(p.Root.Span())
	d.Items(p.Root.Get("a"), plan("1 0"))
	if _, err := d.Edits(); err == nil || !strings.HasPrefix(err.Error(), "t:2: ") {
		t.Errorf("another order: %v", err)
	}
	d = p.Draft(p.Root.Span())
	d.Items(p.Root.Get("a"), nil)
	if _, err := d.Edits(); err == nil {
		t.Error("nothing is left, and no error")
	}
	if p.Shared(dig(p.Root, "b", 0)) != p.Root.Get("b") || p.Shared(p.Root.Get("a")) != nil {
		t.Error("what aliases use is not told")
	}
}

// Every scalar of the corpus that stands on one line is written as it stands, when its value is written in its
// own quotes.
func TestScalarsPrintAsTheyStand(t *testing.T) {
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
		var walk func(v *yamlpos.Node)
		walk = func(v *yamlpos.Node) {
			for _, pair := range v.Pairs() {
				if !pair.Merged {
					walk(pair.Value)
				}
			}
			for _, i := range v.Items() {
				walk(i)
			}
			text := p.Text(v.Span())
			if v.Kind != yamlpos.Scalar || v.Tag != "" || v.Anchor() != "" || v.Style > yamlpos.DoubleQuoted || p.Parent(v) == nil ||
				strings.ContainsAny(text, "\n\\") || v.Span().Start == v.Span().End {
				return
			}
			value := yamlpos.Text(v.Value)
			switch {
			case v.Style == yamlpos.SingleQuoted:
				value = yamlpos.Quoted(v.Value, '\'')
			case v.Style == yamlpos.DoubleQuoted:
				value = yamlpos.Quoted(v.Value, '"')
			case !yamlpos.IsPlain(v.Value, false) || p.JSON:
				value = yamlpos.Word(v.Value) // a number, or a text that is safe only here
			}
			d := p.Draft(v.Span())
			d.Replace(v, value)
			if got, err := d.Copy(); err != nil || got != text {
				t.Errorf("%s:%d: %s is written as %s (%v)", path, v.Span().Line, text, got, err)
			}
			n++
		}
		walk(root)
	}
	if n < 15_000 {
		t.Errorf("only %d scalars", n)
	}
}

// What is put behind the last line of a part is in its copy, whatever stands behind that line.
func TestCopyOfALineWithSomethingBehind(t *testing.T) {
	for _, behind := range []string{"", "   ", " # comment"} {
		before := "a:\n  k: v\n  l: x" + behind + "\nb: y\n"
		p := page(t, before)
		n := dig(p.Root, "a")
		d := p.Draft(n.Span())
		m := yamlpos.MembersOf(n)
		m.Set("new", yamlpos.Text("z"))
		m.Write(d)
		text, err := d.Copy()
		if want := "k: v\n  l: x\n  new: z"; err != nil || text != want {
			t.Errorf("behind %q the copy is %q (%v)", behind, text, err)
		}
	}
}
