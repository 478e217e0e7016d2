package policy

import "strings"

// Patterns as languages: a pattern is the set of strings that it matches. What is said here holds for all
// strings, by walking the patterns as automata, not by comparing their texts.

// languageBudget bounds the states that one question about languages may visit.
const languageBudget = 20000

// Covers reports whether pattern wide matches everything that pattern narrow does (exact for * and ?; an
// unknown token is covered only by itself or a wildcard *). Past its budget it says false.
func Covers(wide, narrow string) bool {
	syn := syntax{wildcards: true, variables: true}
	w, n := compilePattern(wide, syn), compilePattern(narrow, syn)
	if w.covers(&n) {
		return true
	}
	if w.shape != shapeGlob && w.shape != shapeSymbols || n.shape == shapeExact {
		return false // their shapes tell all
	}
	_, in := uncovered(n.list(), [][]symbol{w.list()}, languageBudget)
	return in == yes
}

func patternSymbols(s string) []symbol {
	return symbols(s, syntax{wildcards: true, variables: true})
}

// Overlap reports whether some string matches both patterns, with an example. Unknowns and variables are
// whatever it takes.
func Overlap(a, b string) (example string, ok bool) {
	if Apart(a, b) {
		return "", false
	}
	for _, x := range [2][2]string{{a, b}, {b, a}} {
		if plainStart(x[1]) == x[1] { // one string alone
			_, ok := Match(x[0], x[1])
			return x[1], ok
		}
	}
	p, q := patternSymbols(a), patternSymbols(b)
	if !perhaps(p, q) {
		return "", false
	}
	return commonWord(p, q), true
}

// Apart reports whether two patterns begin or end with different text, or one is a text shorter than what the other begins with,
// so that no string matches both. Most patterns that have nothing in common are told so at once; where it is false, Overlap
// decides.
func Apart(a, b string) bool {
	p, q := plainStart(a), plainStart(b)
	if n := min(len(p), len(q)); p[:n] != q[:n] || n < len(q) && n == len(a) || n < len(p) && n == len(b) {
		return true
	}
	p, q = plainEnd(a), plainEnd(b)
	n := min(len(p), len(q))
	return p[len(p)-n:] != q[len(q)-n:]
}

// plainEnd is a text from its last wildcard, unknown or variable on.
func plainEnd(s string) string { return s[strings.LastIndexAny(s, "*?}")+1:] }

// commonWord builds a short string that both patterns match, given that there is one.
func commonWord(p, q []symbol) string {
	loose := func(s symbol) bool { return s.kind != literal && s.kind != one }
	type state struct{ i, j int }
	type step struct {
		from state
		char rune
		has  bool
	}
	came := map[state]step{{0, 0}: {}}
	queue := []state{{0, 0}}
	goal := state{len(p), len(q)}
	visit := func(from, to state, char rune, has bool) {
		if _, seen := came[to]; !seen {
			came[to] = step{from, char, has}
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at == goal {
			break
		}
		// Leave a loose symbol (as the empty string) before reading on: short examples first.
		if at.i < len(p) && loose(p[at.i]) {
			visit(at, state{at.i + 1, at.j}, 0, false)
		}
		if at.j < len(q) && loose(q[at.j]) {
			visit(at, state{at.i, at.j + 1}, 0, false)
		}
		if at.i == len(p) || at.j == len(q) {
			continue
		}
		s, t := p[at.i], q[at.j]
		to := at
		if !loose(s) {
			to.i++
		}
		if !loose(t) {
			to.j++
		}
		switch {
		case s.kind == literal && t.kind == literal:
			if s == t {
				visit(at, to, s.char, true)
			}
		case s.kind == literal:
			visit(at, to, s.char, true)
		case t.kind == literal:
			visit(at, to, t.char, true)
		default:
			if to != at {
				visit(at, to, 'x', true)
			}
		}
	}
	var out []rune
	for at := goal; at != (state{0, 0}); {
		s := came[at]
		if s.has {
			out = append(out, s.char)
		}
		at = s.from
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(encodeRunes(out))
}

// encodeRunes turns characters, and bytes that are none (negative), back into text.
func encodeRunes(runes []rune) []byte {
	var b []byte
	for _, r := range runes {
		if r < 0 {
			b = append(b, byte(-r))
		} else {
			b = append(b, string(r)...)
		}
	}
	return b
}

// uncovered asks whether every string of narrow is one of some wide pattern: yes; no with a shortest string
// that is not; or maybe, when the answer takes more than budget states. Unknowns and variables are symbols
// that stand for themselves and that only themselves and * match, which is right for whatever they are: a yes
// stays true when they are replaced. A witness that needs one of them is no string, so that is a maybe.
func uncovered(narrow []symbol, wide [][]symbol, budget int) (witness string, in tri) {
	for _, w := range wide {
		if sameSymbols(narrow, w) || len(w) == 1 && w[0].kind == many {
			return "", yes
		}
	}
	work := workBudget
	c := newAutomaton(append([][]symbol{narrow}, wide...), false, &work)
	found := c.explore(budget, func(s *autoState) bool {
		if !c.accepts(s, 0) {
			return true
		}
		for i := range wide {
			if c.accepts(s, i+1) {
				return true
			}
		}
		return false
	})
	switch {
	case found >= 0:
		word := c.word(found)
		for _, sym := range word {
			if sym.kind != literal {
				return "", maybe
			}
		}
		return wordText(word), no
	case c.complete:
		return "", yes
	}
	return "", maybe
}

func sameSymbols(p, q []symbol) bool {
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		if p[i] != q[i] {
			return false
		}
	}
	return true
}

func wordText(word []symbol) string {
	runes := make([]rune, len(word))
	for i, sym := range word {
		runes[i] = sym.char
	}
	return string(encodeRunes(runes))
}
