package policy

import (
	"slices"
	"strings"
)

// What patterns have in common, as patterns: where it is a few. Where it is many, or hangs on what variables and unknowns are,
// the patterns side by side say it better.

const (
	// maxPairs bounds the patterns of two lists that are compared with each other.
	maxPairs = 5000
	// maxParts bounds the patterns into which what two patterns have in common falls.
	maxParts = 4
	// maxStars bounds the * of two patterns: with more of them, the parts are many.
	maxStars = 4
	// maxWalk bounds the pairs of places in two patterns that are looked at.
	maxWalk = 100000
)

// common is the patterns of what two lists have in common; false if it takes too many to say. The syntax is the lists'.
func common(a, b []term, syn syntax) (out []term, short bool) {
	switch {
	case coversTerms(b, a):
		return a, true
	case coversTerms(a, b):
		return b, true
	case len(a)*len(b) > maxPairs:
		return nil, false
	}
	add := func(t term) {
		if slices.ContainsFunc(out, func(u term) bool { return u.pattern.covers(&t.pattern) }) {
			return
		}
		out = slices.DeleteFunc(out, func(u term) bool { return t.pattern.covers(&u.pattern) })
		out = append(out, t)
	}
	for _, t := range a {
		for _, u := range b {
			switch {
			case u.pattern.covers(&t.pattern):
				add(t)
			case t.pattern.covers(&u.pattern):
				add(u)
			case t.pattern.meets(&u.pattern):
				parts, few := intersect(t.pattern.list(), u.pattern.list())
				if !few {
					return nil, false
				}
				for _, p := range parts {
					text := writeSymbols(p)
					add(term{text, compilePattern(text, syn)})
				}
			}
		}
	}
	return out, true
}

// intersect lists patterns that together match what both patterns match; false if they are too many, or if the two have
// variables or unknowns.
func intersect(p, q []symbol) (parts [][]symbol, few bool) {
	if hasOpaque(p) || hasOpaque(q) {
		return nil, false
	}
	// What both begin with, and end with, is not looked at again and again.
	n, m := 0, 0
	for n < min(len(p), len(q)) && p[n].kind == literal && p[n] == q[n] {
		n++
	}
	for m < min(len(p), len(q))-n && p[len(p)-1-m].kind == literal && p[len(p)-1-m] == q[len(q)-1-m] {
		m++
	}
	x := &intersection{p: p[n : len(p)-m], q: q[n : len(q)-m], memo: map[[2]int][][]symbol{}}
	if stars(x.p)+stars(x.q) > maxStars || len(x.p)*len(x.q) > maxWalk {
		return nil, false
	}
	for _, part := range x.walk(0, 0) {
		if slices.ContainsFunc(parts, func(other []symbol) bool { return surely(other, part) }) {
			continue
		}
		parts = slices.DeleteFunc(parts, func(other []symbol) bool { return surely(part, other) })
		parts = append(parts, part)
	}
	for i, part := range parts {
		parts[i] = slices.Concat(p[:n], part, p[len(p)-m:])
	}
	return parts, !x.many && len(parts) <= maxParts
}

func stars(list []symbol) (n int) {
	for i := range list {
		if list[i].kind == many {
			n++
		}
	}
	return n
}

// An intersection walks two patterns side by side.
type intersection struct {
	p, q []symbol
	memo map[[2]int][][]symbol
	many bool // there are more parts than are kept
}

// walk lists what is common from a place of each pattern on.
func (x *intersection) walk(i, j int) [][]symbol {
	p, q := x.p, x.q
	if i == len(p) && j == len(q) {
		return [][]symbol{{}}
	}
	at := [2]int{i, j}
	if found, ok := x.memo[at]; ok || x.many {
		return found
	}
	var out [][]symbol
	put := func(head []symbol, tails [][]symbol) {
		for _, tail := range tails {
			part := slices.Concat(head, tail)
			if len(head) > 0 && head[0].kind == many && len(tail) > 0 && tail[0].kind == many {
				part = tail
			}
			if slices.ContainsFunc(out, func(other []symbol) bool { return slices.Equal(other, part) }) {
				continue
			}
			if out = append(out, part); len(out) > 4*maxParts {
				x.many = true
				return
			}
		}
	}
	is := func(l []symbol, k int, kind symbolKind) bool { return k < len(l) && l[k].kind == kind }
	switch {
	case is(p, i, many) && is(q, j, many):
		put([]symbol{{kind: many}}, x.walk(i+1, j))
		put([]symbol{{kind: many}}, x.walk(i, j+1))
	case is(p, i, many):
		put(nil, x.walk(i+1, j))
		if j < len(q) {
			put(q[j:j+1], x.walk(i, j+1))
		}
	case is(q, j, many):
		put(nil, x.walk(i, j+1))
		if i < len(p) {
			put(p[i:i+1], x.walk(i+1, j))
		}
	case i == len(p) || j == len(q):
	case p[i] == q[j], p[i].kind == literal && q[j].kind == one:
		put(p[i:i+1], x.walk(i+1, j+1))
	case p[i].kind == one && q[j].kind == literal:
		put(q[j:j+1], x.walk(i+1, j+1))
	}
	x.memo[at] = out
	return out
}

// writeSymbols prints a pattern as a policy writes it.
func writeSymbols(list []symbol) string {
	var b strings.Builder
	for i, s := range list {
		switch s.kind {
		case many, field:
			b.WriteByte('*')
		case one, oneField:
			b.WriteByte('?')
		case unknown:
			b.WriteString("${" + s.name + "}")
		case variable:
			b.WriteString("${" + s.name)
			if s.hasFall {
				b.WriteString(", '" + s.fallback + "'")
			}
			b.WriteByte('}')
		case literal:
			if s.char == '*' || s.char == '?' || s.char == '$' && i+1 < len(list) && list[i+1] == (symbol{char: '{'}) {
				b.WriteString("${" + string(s.char) + "}")
			} else {
				b.Write(encodeRunes([]rune{s.char}))
			}
		case end, letter:
		}
	}
	return b.String()
}
