package catalog

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func regex(pattern string) *regexp.Regexp {
	return regexp.MustCompile("(?s)^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + "$")
}

func TestMatchIsRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.StringMatching(`[ab*?]{0,8}`).Draw(t, "pattern")
		s := rapid.StringMatching(`[ab\n]{0,10}`).Draw(t, "text")
		if got, want := match(p, s), regex(p).MatchString(s); got != want {
			t.Fatalf("match(%q, %q) = %v", p, s, got)
		}
	})
}

// Two short patterns over two letters overlap exactly if some short text matches both.
func TestOverlapHasWitness(t *testing.T) {
	var texts []string
	for n := range 7 {
		for i := range 1 << n {
			b := make([]byte, n)
			for k := range b {
				b[k] = "ab"[i>>k&1]
			}
			texts = append(texts, string(b))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.StringMatching(`[ab*?]{0,3}`).Draw(t, "one")
		q := rapid.StringMatching(`[ab*?]{0,3}`).Draw(t, "other")
		want := false
		for _, s := range texts {
			want = want || match(p, s) && match(q, s)
		}
		if got := overlap(p, q); got != want || overlap(q, p) != want {
			t.Fatalf("overlap(%q, %q) = %v, want %v", p, q, got, want)
		}
	})
}
