package yamlpos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

func parse(t *testing.T, text string) (*yamlpos.Node, []source.Diagnostic) {
	t.Helper()
	root, diagnostics, err := yamlpos.Parse("t.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	checkSpans(t, "t.yaml", []byte(text), root)
	return root, diagnostics
}

// Each case names the value of key "a" and the bytes that its span has to have.
func TestSpans(t *testing.T) {
	tests := []struct{ name, text, value, span string }{
		{"plain", "a: one two  # why\n", "one two", "one two"},
		{"plain over lines", "a: one\n  two\nb: 1\n", "one two", "one\n  two"},
		{"plain with blank line", "a: one\n\n  two\nb: 1\n", "one\ntwo", "one\n\n  two"},
		{"colon and hash within", "a: s3:Get#x # c\n", "s3:Get#x", "s3:Get#x"},
		{"double quoted", `a: "x \" # y" # c`, `x " # y`, `"x \" # y"`},
		{"single quoted", `a: 'it''s' # c`, `it's`, `'it''s'`},
		{"quoted over lines", "a: \"x\n   y\"\nb: 1\n", "x y", "\"x\n   y\""},
		{"tag", "a: !Ref Table # c\n", "Table", "!Ref Table"},
		{"tag on its own line", "a: !Sub\n  # c\n  'x'\n", "x", "!Sub\n  # c\n  'x'"},
		{"tag alone", "a: !Nothing\nb: 1\n", "", "!Nothing"},
		{"anchor", "a: &x one\n", "one", "&x one"},
		{"tag and anchor", "a: &x !Ref one\n", "one", "&x !Ref one"},
		{"anchor after tag", "a: !Ref &x one\n", "one", "!Ref &x one"},
		{"not written", "a:  # nothing\nb: 1\n", "", ""},
		{"not written, at the end", "a:", "", ""},
		{"null", "a: ~\n", "~", "~"},
		{"literal", "a: |\n  one\n\n  two\n\nb: 1\n", "one\n\ntwo\n", "|\n  one\n\n  two"},
		{"literal, strip", "a: |-  # c\n   one\n    two\n# behind\nb: 1\n", "one\n two", "|-  # c\n   one\n    two"},
		{"literal, keep", "a: |+\n  one\n\n\nb: 1\n", "one\n\n\n", "|+\n  one\n\n"},
		{"literal, keep, at the end", "a: |+\n  one\n\n", "one\n\n", "|+\n  one\n"},
		{"literal, indicator", "a: |2\n    one\n   two\nb: 1\n", "  one\n two\n", "|2\n    one\n   two"},
		{"literal, leading blank lines", "a: |\n\n   \n   one\nb: 1\n", "\n\none\n", "|\n\n   \n   one"},
		{"literal, empty", "a: |\nb: 1\n", "", "|"},
		{"literal, empty with comment", "a: | # c\nb: 1\n", "", "|"},
		{"literal with a comment's look", "a: |\n  # not a comment\n# a comment\nb: 1\n", "# not a comment\n", "|\n  # not a comment"},
		{"folded", "a: !Sub >-\n  one\n  two\nb: 1\n", "one two", "!Sub >-\n  one\n  two"},
		{"folded, windows", "a: >\r\n  one\r\n  two\r\nb: 1\r\n", "one two\n", ">\r\n  one\r\n  two"},
		{"old mac line ends", "a: one\rb: 1\r", "one", "one"},
		{"runes before", "é: 1\na: \"ü\"  # ö\n", "ü", `"ü"`},
		{"runes on the line", `{é: ü, a: "x"}`, "x", `"x"`},
		{"next line mark within", "b: \"x\u0085y\"\na: one\n", "one", "one"},
		{"byte order mark", "\ufeffa: one\n", "one", "one"},
		{"document mark", "--- # c\na: one\n...\n", "one", "one"},
		{"flow plain", "{a: one two , b: 1}", "one two", "one two"},
		{"flow, not written", "{a: , b: 1}", "", ""},
		{"flow, no colon", "{a, b: 1}", "", ""},
		{"flow tag", "{a: !GetAtt Outbox.Arn}", "Outbox.Arn", "!GetAtt Outbox.Arn"},
		{"JSON", `{"a": "x\/y", "b": 1}`, "x/y", `"x\/y"`},
		{"JSON surrogates", `{"a": "\ud83d\ude00"}`, "😀", `"\ud83d\ude00"`},
		{"JSON tabs", "{\n\t\"b\":\t1,\n\t\"a\"\t: \"x\"\n}", "x", `"x"`},
		{"JSON null", `{"a": null}`, "null", "null"},
		{"JSON with a trailing comma", "{\n\t\"a\": \"x\",\n}", "x", `"x"`},
		{"JSON with a long key", `{"` + strings.Repeat("k", 2000) + `": 1, "a": "x"}`, "x", `"x"`},
		{"explicit key", "? a\n: one\n", "one", "one"},
		{"list at the key's column", "b:\n- |\n one\n- 2\na: x\n", "x", "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, _ := parse(t, tt.text)
			a := root.Get("a")
			if a == nil {
				t.Fatalf("no key a in %q", tt.text)
			}
			if got := tt.text[a.Span().Start:a.Span().End]; got != tt.span {
				t.Errorf("span %q, want %q", got, tt.span)
			}
			if a.Value != tt.value {
				t.Errorf("value %q, want %q", a.Value, tt.value)
			}
		})
	}
}

func TestContainers(t *testing.T) {
	tests := []struct{ name, text, span string }{
		{"block mapping", "a:\n  x: 1\n  y: # nothing\n# c\nb: 1\n", "x: 1\n  y:"},
		{"block list", "a:\n  - x\n  -   # nothing\n\nb: 1\n", "- x\n  -"},
		{"list at the key's column", "a:\n- x\n- y: 1\n  z: 2\nb: 1\n", "- x\n- y: 1\n  z: 2"},
		{"flow list", "a: [x, !Ref y , 'z]', ] # c\nb: 1\n", "[x, !Ref y , 'z]', ]"},
		{"empty flow list", "a: [ # c ]\n  ]\nb: 1\n", "[ # c ]\n  ]"},
		{"flow mapping", "a: {x: 1, y: {z: '}'} }\nb: 1\n", "{x: 1, y: {z: '}'} }"},
		{"flow mapping without values", "a: {x, y: }\nb: 1\n", "{x, y: }"},
		{"flow over lines", "a: {\n  x: 1, # }\n  y: [\n  ]\n}\nb: 1\n", "{\n  x: 1, # }\n  y: [\n  ]\n}"},
		{"pair in a list", "a: [x: 1, y]\nb: 1\n", "[x: 1, y]"},
		{"tagged list", "a: !Join [',', [x]]\nb: 1\n", "!Join [',', [x]]"},
		{"tagged block list", "a: !Join\n  - ','\n  - - x\nb: 1\n", "!Join\n  - ','\n  - - x"},
		{"anchored mapping", "a: &m\n  x: 1\nb: *m\n", "&m\n  x: 1"},
		{"ends with literal", "a:\n  - x: |\n      one\n\nb: 1\n", "- x: |\n      one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, _ := parse(t, tt.text)
			a := root.Get("a")
			if got := tt.text[a.Span().Start:a.Span().End]; got != tt.span {
				t.Errorf("span %q, want %q", got, tt.span)
			}
		})
	}
}

func TestPlacesForPeople(t *testing.T) {
	root, _ := parse(t, "x: 1\né: {b: 2}\n")
	b := root.Get("é").Get("b")
	if b.Span().Line != 2 || b.Span().Column != 9 || b.Span().String() != "t.yaml:2" {
		t.Errorf("line %d, column %d (%s), want 2 and 9, in bytes", b.Span().Line, b.Span().Column, b.Span())
	}
	root, _ = parse(t, "\ufeffa: 1\n")
	if a := root.Pairs()[0].Key.Span(); a.Line != 1 || a.Column != 1 || a.Start != 3 {
		t.Errorf("%+v, want line 1, column 1, byte 3", a)
	}
}

func TestMerge(t *testing.T) {
	root, diagnostics := parse(t, "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\na:\n  <<: [*b, *m]\n  x: own\n")
	a := root.Get("a")
	var got []string
	for _, p := range a.Pairs() {
		got = append(got, fmt.Sprintf("%s=%s %v", p.Key.Value, p.Value.Value, p.Merged))
	}
	if want := "[x=own false y=2 true z=4 true]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if len(diagnostics) > 0 {
		t.Error(diagnostics)
	}
	if a.Get("y") != root.Get("base").Get("y") {
		t.Error("a merged value is a copy; it should be the value itself")
	}
}

func TestAliasesAreKept(t *testing.T) {
	root, _ := parse(t, "a: &x {k: 1}\nb: *x\n")
	b := root.Get("b")
	if b.Kind != yamlpos.Alias || b.Resolve() != root.Get("a") || b.Get("k").Value != "1" {
		t.Errorf("%+v is not the alias of a", b)
	}
}

func TestDiagnostics(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"duplicate key", "a: 1\nb: 2\na: 3\n", `t.yaml:3:1: warning: the key "a" is here twice`},
		{"duplicate key in JSON", `{"a": 1, "a": 3}`, `t.yaml:1:10: warning: the key "a" is here twice`},
		{"tab", "a: 3\nb:\n\tc: 1\n", "t.yaml:3:1: warning: a tab indents this line"},
		{"alias within itself", "a: 3\nb: &x [*x]\n", "t.yaml:2:8: error: the alias *x stands inside its own value"},
		{"merge of a scalar", "a: 3\nb:\n  <<: 5\n", "t.yaml:3:7: warning: a merge key (<<) takes a mapping or a list of mappings"},
		{"second document", "a: 3\n---\nb: 1\n", "t.yaml:2:1: warning: another YAML document follows"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, diagnostics, err := yamlpos.Parse("t.yaml", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if len(diagnostics) != 1 || diagnostics[0].String() != tt.want || diagnostics[0].Detail == "" {
				t.Errorf("got %v, want %s", diagnostics, tt.want)
			}
			if root.Get("a").Value != "3" {
				t.Errorf("a is %q; of two the last counts", root.Get("a").Value)
			}
		})
	}
}

// JSON that is cut off is told as JSON, at its end.
func TestJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		"{\"a\":\n {\"b\": 1": "t.json:2:8: not JSON: unexpected end of JSON input",
		"{\"a\": 1 \"b\": 2}": "t.json:1:9: not JSON: invalid character '\"' after object key:value pair",
	} {
		if _, _, err := yamlpos.Parse("t.json", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestErrorsAreOneLineWithPlace(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "t.yaml:1:1: the file is empty"},
		{"only comments", "# nothing\n\n", "t.yaml:1:1: the file is empty"},
		{"truncated", "a:\n  - {b: 1,\n", "t.yaml:2:3: not YAML: did not find expected node content"},
		{"truncated JSON", `{"a": {"b": 1,`, "t.yaml:1:1: not YAML: did not find expected node content"},
		{"binary", "PK\x03\x04\x00\x00", "t.yaml:1:5: a binary file, not YAML or JSON"},
		{"UTF-16", "\xff\xfea\x00", "t.yaml:1:1: the file is in UTF-16; save it as UTF-8"},
		{"Latin 1", "a: 1\nb: \xe9\n", "t.yaml:2:4: the bytes are not UTF-8 text; save the file as UTF-8"},
		{"tabs past help", "a:\n\tb: 1\n  c: 2\n", "t.yaml:2:1: a tab indents this line; YAML indents with spaces"},
		{"unknown alias", "a: 1\nb: *x\n", "t.yaml:2:4: there is no anchor &x for this alias"},
		{"wrong indentation", "a:\n  b:\n    c: 1\n   d: 2\ne: 3\n", "t.yaml:4:4: not YAML: did not find expected key"},
		{"behind a flow over lines", "a: {b: 1,\n  c: 2}\nd:\n  - e\n f\ng: [1,\n 2]\n", "t.yaml:5:2: not YAML: did not find expected key"},
		{"a flow that does not end", "a: 1\nb:\n  c: [1, 2\nd: 3\n", "t.yaml:3:3: not YAML: did not find expected ',' or ']'"},
		{"deep flow", strings.Repeat("[", 2000) + strings.Repeat("]", 2000), "t.yaml:1:1002: nested more than 1000 deep"},
		{"deep JSON", strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000), "t.yaml:1:5002: nested more than 1000 deep"},
		{"deep block", deepBlock(1500), "t.yaml:1001:1001: nested more than 1000 deep"},
		{"too large", strings.Repeat(" ", yamlpos.MaxBytes+1), "t.yaml: 50 MB is more than the 50 MB that are read"},
		{"too many values", "[" + strings.Repeat("a,", yamlpos.MaxValues) + "]", "t.yaml: about 3000002 values are more than the 3000000 that are read"},
		{"too many values in JSON", "[" + strings.Repeat("1,", yamlpos.MaxValues) + "1]", "t.yaml:1:6000000: more than 3000000 values"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, _, err := yamlpos.Parse("t.yaml", []byte(tt.text))
			if err == nil {
				t.Fatalf("no error, %d entries", len(root.Pairs()))
			}
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

func deepBlock(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// Nine lists of nine aliases each stand for nine to the ninth values; walking the tree must stay cheap.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("l0: &l0 [a, a, a, a, a, a, a, a, a]\n")
	for i := 1; i < 10; i++ {
		alias := fmt.Sprintf("*l%d", i-1)
		fmt.Fprintf(&b, "l%d: &l%d [%s]\n", i, i, strings.Join([]string{alias, alias, alias, alias, alias, alias, alias, alias, alias}, ", "))
	}
	root, diagnostics, err := yamlpos.Parse("bomb.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var walk func(*yamlpos.Node)
	walk = func(v *yamlpos.Node) {
		if n++; n > 2*yamlpos.MaxValues {
			t.Fatal("the tree is too large to walk")
		}
		v = v.Resolve()
		for _, p := range v.Pairs() {
			walk(p.Value)
		}
		for _, i := range v.Items() {
			walk(i)
		}
	}
	walk(root)
	if len(diagnostics) == 0 || !strings.Contains(diagnostics[0].String(), "too many values") {
		t.Errorf("the aliases that were left out are not told of: %v", diagnostics)
	}
}

// A merge key in every mapping for every earlier one makes a file of a few kilobytes large in the same way.
func TestMergeBomb(t *testing.T) {
	var b strings.Builder
	all := ""
	for i := range 400 {
		fmt.Fprintf(&b, "m%d: &m%d\n  k%d: 1\n", i, i, i)
		if i > 0 {
			fmt.Fprintf(&b, "  <<: [%s]\n", all)
			all += ", "
		}
		all += fmt.Sprintf("*m%d", i)
	}
	_, diagnostics, err := yamlpos.Parse("bomb.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(diagnostics) == 0 {
		t.Error("the limit is not told of")
	}
}

// JSON is read twice, by its own reader and by YAML's: they must agree on values and spans.
func TestJSONReadsAsYAML(t *testing.T) {
	n := 0
	for _, path := range corpusFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(strings.TrimSpace(string(data)), "{") || strings.Contains(string(data), `\u`) {
			continue
		}
		n++
		fast, _, err := yamlpos.Parse(path, data)
		if err != nil {
			t.Fatal(err)
		}
		// A comment makes it YAML and moves nothing.
		slow, _, err := yamlpos.Parse(path, append(data[:len(data):len(data)], " # x"...))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if why := unequal(fast, slow); why != "" {
			t.Errorf("%s: %s", filepath.Base(path), why)
		}
	}
	if n < 20 {
		t.Errorf("only %d JSON files", n)
	}
}

func unequal(a, b *yamlpos.Node) string {
	if a.Kind != b.Kind || a.Style != b.Style || a.Value != b.Value || a.Null != b.Null || a.Quoted != b.Quoted ||
		a.Span() != b.Span() || len(a.Pairs()) != len(b.Pairs()) || len(a.Items()) != len(b.Items()) {
		return fmt.Sprintf("%+v\n%+v", a.Span(), b.Span())
	}
	for i := range a.Pairs() {
		if why := unequal(a.Pairs()[i].Key, b.Pairs()[i].Key); why != "" {
			return why
		}
		if why := unequal(a.Pairs()[i].Value, b.Pairs()[i].Value); why != "" {
			return why
		}
	}
	for i := range a.Items() {
		if why := unequal(a.Items()[i], b.Items()[i]); why != "" {
			return why
		}
	}
	return ""
}

// A question mark within a text between brackets is part of it, which the library does not know.
func TestQuestionMark(t *testing.T) {
	const text = "a: {rate: cron(0 12 * * ? *), b: [x ? y, 'z ?']} # why?\nc: what? yes\n"
	root, notes, err := yamlpos.Parse("t.yaml", []byte(text))
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	rate := root.Get("a").Get("rate")
	if rate.Value != "cron(0 12 * * ? *)" || text[rate.Span().Start:rate.Span().End] != rate.Value {
		t.Errorf("%q at %q", rate.Value, text[rate.Span().Start:rate.Span().End])
	}
	var got []string
	for _, i := range root.Get("a").Get("b").Items() {
		got = append(got, i.Value)
	}
	if got = append(got, root.Get("c").Value); !slices.Equal(got, []string{"x ? y", "z ?", "what? yes"}) {
		t.Errorf("%q", got)
	}
}
