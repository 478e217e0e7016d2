package policy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		must, may  bool
	}{
		{"*", "", true, true},
		{"", "", true, true},
		{"", "a", false, false},
		{"a?c", "abc", true, true},
		{"a?c", "ac", false, false},
		{"a?c", "aéc", true, true},
		{"a*c", "ac", true, true},
		{"a*c", "a\n/:c", true, true},
		{"a*c*", "abcd", true, true},
		{"*c", "abd", false, false},
		{"A", "a", false, false},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b", false, false},
		{"arn:aws:lambda:*:function:f:*", "arn:aws:lambda:us-east-1:1:function:f", false, false},
		{"${Bucket}", "${Bucket}", true, true},
		{"${Bucket}", "x", false, true},
		{"x", "${Bucket}", false, true},
		{"*", "${Bucket}", true, true},
		{"?", "${Bucket}", false, true},
		{"arn:aws:s3:::${Bucket}/*", "arn:aws:s3:::${Bucket}/k", true, true},
		{"arn:aws:s3:::${Bucket}/*", "arn:aws:s3:::other/k", false, true},
		{"arn:aws:s3:::${Bucket}/*", "arn:aws:sqs:::other/k", false, false},
		{"arn:aws:s3:::b-*", "arn:aws:s3:::${Bucket}", false, true},
		{"arn:aws:s3:::*", "arn:aws:s3:::${Bucket}", true, true},
		{"arn:aws:s3:::${A}-${B}", "arn:aws:s3:::${A}-${C}", false, true},
		{"${aws:username}", "alice", false, true},
		{"a${*}b", "a*b", true, true},
		{"a${*}b", "axb", false, false},
		{"a${?}b", "a?b", true, true},
		{"a${$}b", "a$b", true, true},
		{"webshop-Orders-GENERATED", "webshop-Orders-GENERATED", true, true},
		{"webshop-Orders-GENERATED", "orders", false, false},
		{"${", "${", true, true},
		{"a\xff?", "a\xffb", true, true},
	} {
		must, may := Match(c.pattern, c.s)
		if must != c.must || may != c.may {
			t.Errorf("Match(%q, %q) = %v, %v, want %v, %v", c.pattern, c.s, must, may, c.must, c.may)
		}
	}
}

// Patterns that make backtracking matchers explode are matched like any other.
func TestMatchDoesNotExplode(t *testing.T) {
	p := strings.Repeat("a*", 50) + "b"
	s := strings.Repeat("a", 5000)
	if must, may := Match(p, s); must || may {
		t.Error("matched")
	}
	if must, _ := Match(p, s+"b"); !must {
		t.Error("not matched")
	}
	if must, _ := Match("${X}"+p, "${X}"+s+"b"); !must {
		t.Error("not matched with an unknown")
	}
	if Covers(p, strings.Repeat("a*", 60)) {
		t.Error("covered")
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		wide, narrow string
		want         bool
	}{
		{"*", "a*b?c", true},
		{"a*", "a", true},
		{"a*", "ab*", true},
		{"ab*", "a*", false},
		{"a?", "a*", false},
		{"a?*", "a*?", true},
		{"a*?", "a??", true},
		{"*a*", "*b*a*c*", true},
		{"*a*", "?a", true},
		{"**", "*", true},
		{"*?*", "?", true},
		{"*?*", "*", false},
		{"arn:aws:s3:::b*", "arn:aws:s3:::b/*", true},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b*", false},
		{"${X}", "${X}", true},
		{"${X}", "${Y}", false},
		{"${X}", "a", false},
		{"*", "${X}", true},
		{"?", "${X}", false},
		{"a*c", "a${X}c", true},
		{"a${X}*", "a${X}b", true},
		{"a${X}*", "a*", false},
		{"${aws:username}", "${aws:username}", true},
		{"a*b*c", "a*c", false},
		{"a*b*c", "ab*bc", true},
	} {
		if got := Covers(c.wide, c.narrow); got != c.want {
			t.Errorf("Covers(%q, %q) = %v", c.wide, c.narrow, got)
		}
	}
}

func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b, example string
		ok            bool
	}{
		{"a*", "*b", "ab", true},
		{"a*", "b*", "", false},
		{"a?c", "ab*", "abc", true},
		{"*", "*", "", true},
		{"?", "?", "x", true},
		{"a", "a", "a", true},
		{"arn:aws:s3:::*/x", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", true},
		{"a${X}c", "abc", "abc", true},
		{"a${X}c", "b*", "", false},
	} {
		example, ok := Overlap(c.a, c.b)
		if ok != c.ok || example != c.example {
			t.Errorf("Overlap(%q, %q) = %q, %v, want %q, %v", c.a, c.b, example, ok, c.example, c.ok)
		}
	}
}

// naiveMatch is the definition, for short texts.
func naiveMatch(p, s string) bool {
	switch {
	case p == "":
		return s == ""
	case p[0] == '*':
		return naiveMatch(p[1:], s) || s != "" && naiveMatch(p, s[1:])
	case s == "":
		return false
	}
	return (p[0] == '?' || p[0] == s[0]) && naiveMatch(p[1:], s[1:])
}

// wordsOf is all texts over a small alphabet up to a length.
func wordsOf(alphabet string, n int) []string {
	out := []string{""}
	for from := 0; n > 0; n-- {
		to := len(out)
		for _, w := range out[from:to] {
			for _, c := range alphabet {
				out = append(out, w+string(c))
			}
		}
		from = to
	}
	return out
}

// drawStars draws patterns of which two have much in common.
var drawStars = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a*", "b*", "*ab", "*b", "x*a", "?*"}), 2, 5), func(parts []string) string { return strings.Join(parts, "") })

var drawPattern = rapid.StringOfN(rapid.SampledFrom([]rune("ab*?")), 0, 6, -1)

func TestMatchIsItsDefinition(t *testing.T) {
	all := wordsOf("ab", 7)
	rapid.Check(t, func(t *rapid.T) {
		p := drawPattern.Draw(t, "pattern")
		for _, s := range all {
			must, may := Match(p, s)
			if want := naiveMatch(p, s); must != want || may != want {
				t.Fatalf("Match(%q, %q) = %v, %v", p, s, must, may)
			}
			// Through symbols the answer is the same.
			ps, ss := symbols(p, syntax{wildcards: true}), symbols(s, syntax{})
			if surely(ps, ss) != must || perhaps(ps, ss) != may {
				t.Fatalf("symbols of %q on %q: %v, %v", p, s, surely(ps, ss), perhaps(ps, ss))
			}
		}
	})
}

func TestCoversAndOverlapAreTheirDefinitions(t *testing.T) {
	// A letter beyond those of the patterns stands for all others.
	all := wordsOf("abx", 7)
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawPattern.Draw(t, "wide"), drawPattern.Draw(t, "narrow")
		covers, overlap := true, false
		for _, s := range all {
			inP, inQ := naiveMatch(p, s), naiveMatch(q, s)
			covers = covers && (inP || !inQ)
			overlap = overlap || inP && inQ
		}
		if got := Covers(p, q); got != covers {
			t.Fatalf("Covers(%q, %q) = %v", p, q, got)
		}
		example, got := Overlap(p, q)
		if overlap && !got {
			t.Fatalf("Overlap(%q, %q) is not seen", p, q)
		}
		if got && (!naiveMatch(p, example) || !naiveMatch(q, example)) {
			t.Fatalf("Overlap(%q, %q): %q matches not both", p, q, example)
		}
	})
}

// Patterns that begin or end with different text have nothing in common, whatever unknowns, variables and escapes are.
func TestApart(t *testing.T) {
	apart := 0
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "é", "*", "?", "${Name}", "${aws:username}", "${*}", "${", "}"}), 0, 6), func(parts []string) string { return strings.Join(parts, "") })
		p, q := draw.Draw(t, "one"), draw.Draw(t, "other")
		if !Apart(p, q) {
			return
		}
		apart++
		if perhaps(patternSymbols(p), patternSymbols(q)) {
			t.Fatalf("%q and %q have %q in common", p, q, commonWord(patternSymbols(p), patternSymbols(q)))
		}
	})
	if apart == 0 {
		t.Error("none are apart")
	}
}

// A pattern against the union of several, and a witness where they leave something out.
func TestUncovered(t *testing.T) {
	all := wordsOf("abx", 6)
	rapid.Check(t, func(t *rapid.T) {
		narrow := drawPattern.Draw(t, "narrow")
		wide := rapid.SliceOfN(drawPattern, 0, 3).Draw(t, "wide")
		lists := make([][]symbol, len(wide))
		for i, w := range wide {
			lists[i] = symbols(w, syntax{wildcards: true})
		}
		inAny := func(s string) bool {
			for _, w := range wide {
				if naiveMatch(w, s) {
					return true
				}
			}
			return false
		}
		witness, in := uncovered(symbols(narrow, syntax{wildcards: true}), lists, languageBudget)
		switch in {
		case no:
			if !naiveMatch(narrow, witness) || inAny(witness) {
				t.Fatalf("%q in %q: %q is no witness", narrow, wide, witness)
			}
		case yes:
			for _, s := range all {
				if naiveMatch(narrow, s) && !inAny(s) {
					t.Fatalf("%q in %q: %q is left out", narrow, wide, s)
				}
			}
		case maybe:
			t.Fatalf("%q in %q: not decided", narrow, wide)
		}
	})
}

// Every string belongs to just the class that its matches tell.
func TestClasses(t *testing.T) {
	all := wordsOf("abx", 5)
	rapid.Check(t, func(t *rapid.T) {
		within := drawPattern.Draw(t, "within")
		others := rapid.SliceOfN(drawPattern, 0, 3).Draw(t, "others")
		lists := make([][]symbol, len(others))
		for i, w := range others {
			lists[i] = symbols(w, syntax{wildcards: true})
		}
		work := workBudget
		found, complete := classes(symbols(within, syntax{wildcards: true}), lists, languageBudget, &work)
		if !complete {
			t.Fatal("not complete")
		}
		key := func(s string) (k string) {
			for _, o := range others {
				if naiveMatch(o, s) {
					k += "1"
				} else {
					k += "0"
				}
			}
			return k
		}
		known := map[string]bool{}
		for _, c := range found {
			w := wordText(c.word)
			if !naiveMatch(within, w) {
				t.Fatalf("%q is not of %q", w, within)
			}
			k := key(w)
			for i := range others {
				if c.sure.has(i) != (k[i] == '1') || c.may.has(i) != (k[i] == '1') {
					t.Fatalf("%q in %q: wrong matches", w, others)
				}
			}
			if known[k] {
				t.Fatalf("two classes %q", k)
			}
			known[k] = true
		}
		for _, s := range all {
			if naiveMatch(within, s) && !known[key(s)] {
				t.Fatalf("%q has no class in %q %q", s, within, others)
			}
		}
	})
}

// What two patterns have in common is said exactly, or not said to be few.
func TestIntersect(t *testing.T) {
	all := wordsOf("abx", 6)
	few, many := 0, 0
	draw := rapid.OneOf(drawPattern, drawStars)
	rapid.Check(t, func(t *rapid.T) {
		p, q := draw.Draw(t, "p"), draw.Draw(t, "q")
		parts, short := intersect(symbols(p, syntax{wildcards: true}), symbols(q, syntax{wildcards: true}))
		if !short {
			many++
			if strings.Count(p, "*") < 2 && strings.Count(q, "*") < 2 && len(p)+len(q) < 8 {
				t.Fatalf("%q and %q have too much in common", p, q)
			}
			return
		}
		few++
		for _, s := range all {
			got := slices.ContainsFunc(parts, func(part []symbol) bool { return naiveMatch(writeSymbols(part), s) })
			if want := naiveMatch(p, s) && naiveMatch(q, s); got != want {
				t.Fatalf("%q and %q: %q is %v in %d parts", p, q, s, got, len(parts))
			}
		}
	})
	if few == 0 || many == 0 {
		t.Errorf("the draws prove nothing: %d are few, %d are many", few, many)
	}
}
