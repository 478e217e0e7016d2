package event

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func parse(t *testing.T, text string) *Pattern {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each operator of "Comparison operators for use in event patterns in Amazon EventBridge" with strings that pass, and
// that do not, and in words.
func TestOperators(t *testing.T) {
	for _, c := range []struct{ value, yes, no, words string }{
		{`"Alice"`, "Alice", "alice Alic", "x is Alice"},
		{`""`, "", "a", `x is ""`},
		{`"a", "b"`, "a b", "c", "x is a or b"},
		{`{"prefix": "us-"}`, "us- us-east-1", "eu-us-", "x begins with us-"},
		{`{"prefix": {"equals-ignore-case": "Eventb"}}`, "EVENTBridge eventb", "event", "x begins with Eventb"},
		{`{"suffix": ".png"}`, "a.png .png", "a.pn", "x ends with .png"},
		{`{"suffix": {"equals-ignore-case": ".Png"}}`, "a.PNG", "a.pn", "x ends with .Png"},
		{`{"equals-ignore-case": "Alice"}`, "alice ALICE", "alic", "x is Alice in any case"},
		{`{"wildcard": "dir/*.png"}`, "dir/.png dir/a/b.png", "dir.png dir/a.pn", "x is like dir/*.png"},
		{`{"wildcard": "a\\*b"}`, "a*b", "axb", "x is like a*b"},
		{`{"wildcard": "a?*"}`, "a? a?b", "ab", "x begins with a?"},
		{`{"anything-but": "a"}`, "b", "a", "x is not a"},
		{`{"anything-but": ["a", "b"]}`, "c", "a b", "x is not a or b"},
		{`{"anything-but": 5}`, "5 a", "", "x is not 5"},
		{`{"anything-but": {"prefix": "init"}}`, "x", "init initial", "x does not begin with init"},
		{`{"anything-but": {"prefix": ["a", "b"]}}`, "c", "a1 b1", "x does not begin with a or b"},
		{`{"anything-but": {"suffix": ".png"}}`, "a.jpg", "a.png", "x does not end with .png"},
		{`{"anything-but": {"equals-ignore-case": ["a", "b"]}}`, "c", "A b", "x is not a in any case or b in any case"},
		{`{"anything-but": {"wildcard": "*/lib/*"}}`, "lib", "a/lib/b", "x is not like */lib/*"},
		{`{"cidr": "10.0.0.0/24"}`, "10.0.0.7", "10.0.1.7 x", "x is in 10.0.0.0/24"},
		{`{"exists": true}`, "a", "", "x is there"},
		{`{"exists": false}`, "", "a", "x is not there"},
		{`{"numeric": [">", 0, "<=", 5]}`, "", "3", "x is above 0 and at most 5"},
		{`100, null, true`, "", "100 null true", "x is 100, null or true"},
		{`"a", {"prefix": "b"}, {"exists": false}`, "a bc", "c", "x is a or begins with b or is not there"},
	} {
		p := parse(t, `{"x": [`+c.value+`]}`)
		f := p.Alternatives[0][0]
		for _, s := range strings.Split(c.yes, " ") {
			if must, may := f.Match(s); (!must || !may) && c.yes != "" {
				t.Errorf("%s does not let %q pass", c.value, s)
			}
		}
		for s := range strings.FieldsSeq(c.no) {
			if must, may := f.Match(s); must || may {
				t.Errorf("%s lets %q pass", c.value, s)
			}
		}
		if got := p.Words(); got != c.words {
			t.Errorf("%s: %q, not %q", c.value, got, c.words)
		}
		if !f.Possible() {
			t.Errorf("%s is said to be impossible", c.value)
		}
	}
}

func TestImpossible(t *testing.T) {
	for _, value := range []string{``, `{"numeric": [">", 5, "<", 5]}`, `{"numeric": ["=", 5, "<", 5]}`, `{"cidr": "10.0.0.0/240"}`} {
		if f := parse(t, `{"x": [`+value+`]}`).Alternatives[0][0]; f.Possible() {
			t.Errorf("[%s] is said to be possible", value)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, words string }{
		{``, ""},
		{`{}`, ""},
		{`{"source": ["shop"], "detail": {"a": {"b": [1]}, "c": [{"exists": true}]}}`, "source is shop, a.b is 1 and c is there"},
		{`{"detail": {"$or": [{"a": ["x"]}, {"b": [{"numeric": ["<", 5]}], "c": ["y"]}]}, "source": ["s"]}`, "a is x and source is s, or b is below 5, c is y and source is s"},
		{"{\"body\": {\"a\": [1]}}\n{\"body\": {\"a\": [2]}}", "body.a is 1, or body.a is 2"},
		{`{"$or": ["x"]}`, "!"}, {`[]`, "!"}, {`{"a": "b"}`, "!"}, {`{"a": [{"like": "b"}]}`, "!"}, {`{"a": [[1]]}`, "!"}, {`{"a": [{"prefix": 1}]}`, "!"}, {`{"a`, "!"},
		{`{"a": [{"numeric": [">"]}]}`, "!"}, {`{"a": [{"anything-but": {"numeric": 5}}]}`, "!"}, {`{"a": [{"anything-but": [["x"]]}]}`, "!"}, {`{"a": [1], }`, "!"},
	} {
		p, err := Parse(c.text)
		if (err != nil) != (c.words == "!") {
			t.Errorf("%s: %v", c.text, err)
		} else if got := p.Words("detail"); err == nil && got != c.words {
			t.Errorf("%s: %q, not %q", c.text, got, c.words)
		}
	}
	if _, err := Parse(`{` + strings.Repeat(`"$or": [{"a": [1]}, {"a": [2]}, {"a": [3]}, {"a": [4]}],`, 6) + `"b": [1]}`); err == nil {
		t.Error("4,096 combinations are taken")
	}
}

// What an unknown of the template may be is said to pass perhaps.
func TestUnknown(t *testing.T) {
	f := parse(t, `{"source": [{"prefix": "${Stage}."}, {"equals-ignore-case": "${Stage}"}]}`).Alternatives[0][0]
	if must, may := f.Match("prod.shop"); must || !may {
		t.Error("an unknown prefix passes surely, or not at all")
	}
	f = parse(t, `{"source": [{"anything-but": "${Stage}"}]}`).Alternatives[0][0]
	if must, may := f.Match("prod"); must || !may {
		t.Error("what may be excepted passes surely, or not at all")
	}
}

// Strings that pass match one of the globs, whatever the pattern; and Parse takes what it is given without a panic.
func TestGlobs(t *testing.T) {
	word := rapid.StringMatching(`[aAb*?\\.]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		text := word.Draw(t, "text")
		v := rapid.SampledFrom([]Value{
			{Op: Equals, Text: text}, {Op: Equals, Text: text, Fold: true}, {Op: Like, Text: Literal(text) + "*"}, {Op: Like, Text: "*" + Literal(text), Fold: true},
			{Op: Like, Text: wildcard(text)}, {Not: []Value{{Op: Equals, Text: text}}}, {Op: Exists}, {Op: Absent}, {Op: CIDR, Text: "10.0.0.0/8"},
		}).Draw(t, "value")
		f := Field{Path: "x", Any: []Value{v}}
		s := rapid.OneOf(word, rapid.Just(text), rapid.Just(strings.ToUpper(text)), rapid.Just("10.1.2.3")).Draw(t, "s")
		if _, may := f.Match(s); !may {
			return
		}
		for _, g := range f.Globs() {
			if _, in := (Value{Op: Like, Text: g}).match(s); in {
				return
			}
		}
		t.Fatalf("%q passes %+v, and is in none of %q", s, v, f.Globs())
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a": [{"anything-but": {"prefix": ["b"]}}]}`, `{"$or": [{"a": [1]}, {"b": {"c": [null]}}]}`, `{"a": {}}{"b": []}`, `{"a": `} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse(s)
		if err != nil {
			return
		}
		_ = p.Words()
		if q, err := p.And(p); err == nil && p != nil && len(q.Alternatives) != len(p.Alternatives)*len(p.Alternatives) {
			t.Errorf("%d and as many are %d", len(p.Alternatives), len(q.Alternatives))
		}
	})
}
