package policy

// Patterns as languages: a pattern is the set of strings that it matches. What is said here holds for all
// strings, by walking the patterns as automata, not by comparing their texts.

// languageBudget bounds the states that one question about languages may visit.
const languageBudget = 20000

// Covers reports whether pattern wide matches everything that pattern narrow does (exact for * and ?; an
// unknown token is covered only by itself or a wildcard *). Past its budget it says false.
func Covers(wide, narrow string) bool {
	_, in := uncovered(patternSymbols(narrow), [][]symbol{patternSymbols(wide)}, languageBudget)
	return in == yes
}

func patternSymbols(s string) []symbol {
	return symbols(s, syntax{wildcards: true, variables: true})
}

// Overlap reports whether some string matches both patterns, with an example. Unknowns and variables are
// whatever it takes.
func Overlap(a, b string) (example string, ok bool) {
	p, q := patternSymbols(a), patternSymbols(b)
	if !perhaps(p, q) {
		return "", false
	}
	return common(p, q), true
}

// common builds a short string that both patterns match, given that there is one.
func common(p, q []symbol) string {
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
	c := &cover{narrow: narrow, wide: wide}
	return c.search(budget)
}

type cover struct {
	narrow []symbol
	wide   [][]symbol
}

// A coverState is a place in narrow, and the set of places in the wide patterns that the same string leads to.
type coverState struct {
	at    int
	set   []bits // one for each wide pattern
	from  int    // state before, -1 for the first
	char  symbol // read to come here
	moved bool   // char was read
}

// bits is a set of places in one pattern.
type bits []uint64

func (b bits) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }
func (b bits) add(i int)      { b[i>>6] |= 1 << (i & 63) }

// closure adds what a * may be left for without reading anything.
func (b bits) closure(p []symbol) {
	for i, sym := range p {
		if sym.kind == many && b.has(i) {
			b.add(i + 1)
		}
	}
}

func (c *cover) search(budget int) (string, tri) {
	first := coverState{from: -1}
	for _, w := range c.wide {
		b := make(bits, len(w)/64+1)
		b.add(0)
		b.closure(w)
		first.set = append(first.set, b)
	}
	states := []coverState{first}
	visited := make([][]int, len(c.narrow)+1) // states by place in narrow
	visited[0] = []int{0}
	work := 0
	// add takes a state unless one that covers no more was seen at the same place.
	add := func(s coverState) {
		for _, i := range visited[s.at] {
			work++
			if subset(states[i].set, s.set) {
				return
			}
		}
		visited[s.at] = append(visited[s.at], len(states))
		states = append(states, s)
	}
	for i := 0; i < len(states); i++ {
		if i > budget || work > 50*budget {
			return "", maybe
		}
		s := states[i]
		if s.at == len(c.narrow) {
			if !c.accepts(s.set) {
				return c.word(states, i)
			}
			continue
		}
		sym := c.narrow[s.at]
		switch sym.kind {
		case many:
			add(coverState{at: s.at + 1, set: s.set, from: i})
			for _, r := range c.alphabet(s.set) {
				if next, live := c.step(s.set, r); live {
					add(coverState{at: s.at, set: next, from: i, char: r, moved: true})
				} else {
					// No wide pattern can follow: any end of narrow is a witness.
					add(coverState{at: s.at, set: next, from: i, char: r, moved: true})
				}
			}
		case one:
			for _, r := range c.alphabet(s.set) {
				next, _ := c.step(s.set, r)
				add(coverState{at: s.at + 1, set: next, from: i, char: r, moved: true})
			}
		default:
			next, _ := c.step(s.set, sym)
			add(coverState{at: s.at + 1, set: next, from: i, char: sym, moved: true})
		}
	}
	return "", yes
}

// subset reports a ⊆ b.
func subset(a, b []bits) bool {
	for i := range a {
		for j := range a[i] {
			if a[i][j]&^b[i][j] != 0 {
				return false
			}
		}
	}
	return true
}

func (c *cover) accepts(set []bits) bool {
	for i, w := range c.wide {
		if set[i].has(len(w)) {
			return true
		}
	}
	return false
}

// alphabet lists one character for each way in which the wide patterns can go on from a set: each literal that
// stands next, and one that stands nowhere.
func (c *cover) alphabet(set []bits) []symbol {
	var out []symbol
	next := map[rune]bool{}
	for i, w := range c.wide {
		for at, sym := range w {
			if sym.kind == literal && set[i].has(at) && !next[sym.char] {
				next[sym.char] = true
				out = append(out, sym)
			}
		}
	}
	for _, r := range "xyzwvutsrqponmlkjihgfedcba0123456789-_" {
		if !next[r] {
			return append([]symbol{{char: r}}, out...)
		}
	}
	for r := rune(0x4e00); ; r++ {
		if !next[r] {
			return append([]symbol{{char: r}}, out...)
		}
	}
}

// step reads one symbol in all wide patterns; live is false where none can.
func (c *cover) step(set []bits, r symbol) (next []bits, live bool) {
	next = make([]bits, len(set))
	for i, w := range c.wide {
		b := make(bits, len(w)/64+1)
		for at, sym := range w {
			if !set[i].has(at) {
				continue
			}
			switch {
			case sym.kind == many:
				b.add(at)
				live = true
			case sym.kind == one && r.kind == literal || sym == r:
				b.add(at + 1)
				live = true
			}
		}
		b.closure(w)
		next[i] = b
	}
	return next, live
}

// word is the string read on the way to a state; maybe where it needs an unknown.
func (c *cover) word(states []coverState, i int) (string, tri) {
	var runes []rune
	in := no
	for ; i >= 0; i = states[i].from {
		if states[i].moved {
			if states[i].char.kind != literal {
				in = maybe
			}
			runes = append(runes, states[i].char.char)
		}
	}
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	if in == maybe {
		return "", maybe
	}
	return string(encodeRunes(runes)), no
}
