package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Spelled out as bytes, a pattern with variables matches what it matches symbol by symbol.
func TestSpelledIsFilled(t *testing.T) {
	draw := func(t *rapid.T, name string, from ...string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(from), 0, 6).Draw(t, name), "")
	}
	outcomes := map[tri]int{}
	rapid.Check(t, func(t *rapid.T) {
		text := draw(t, "pattern", "a", "B", "é", "*", "?", "${*}", "${?}", "${aws:username}", "${aws:PrincipalTag/p}", "${aws:PrincipalTag/none, 'aB'}", "${aws:PrincipalTag/none}", "${", "}", "\xff")
		values := Context{}
		for _, key := range []string{"aws:username", "aws:principaltag/p"} {
			if rapid.IntRange(0, 4).Draw(t, "has") > 0 {
				values[key] = []string{draw(t, "value", "a", "B", "é", "*", "?", "\xfe", "${X}")}
			}
		}
		c := Condition{rapid.SampledFrom([]string{"StringEquals", "StringLike", "StringEqualsIgnoreCase"}).Draw(t, "operator"), "k", []string{text}}
		compiled := compileCondition(&c, true)
		p := &compiled.values[0].pattern
		if !p.variables {
			return
		}
		v := &view{req: &Request{Context: values, Open: rapid.IntRange(0, 5).Draw(t, "open") == 0}, tags: present}
		// Half of the subjects are what the pattern says, the other half anything.
		subject := draw(t, "subject", "a", "b", "B", "é", "*", "?", "\xff", "\xfe")
		if rapid.Bool().Draw(t, "like") {
			subject = strings.NewReplacer("${*}", "*", "${?}", "?", "${aws:username}", strings.Join(values["aws:username"], ""),
				"${aws:PrincipalTag/p}", strings.Join(values["aws:principaltag/p"], ""), "${aws:PrincipalTag/none, 'aB'}", "aB", "*", "xé", "?", "é").Replace(text)
		}
		if compiled.op == opStringIgnoreCase {
			subject = strings.ToLower(subject)
		}
		s := subjectOf(subject)
		got, how := p.matchFilled(&s, v)
		filled, wantHow := p.fill(v)
		ok := wantHow != brokenVariable
		if how != wantHow {
			t.Fatalf("%q with %q: comparison %d, filled %v", text, values, how, ok)
		}
		if !ok {
			return
		}
		want := filled.match(&s)
		outcomes[want]++
		if got != want {
			t.Fatalf("%s %q with %q on %q: %d, want %d", c.Operator, text, values, subject, got, want)
		}
	})
	if outcomes[yes] == 0 || outcomes[no] == 0 {
		t.Errorf("the draws show %v", outcomes)
	}
}
