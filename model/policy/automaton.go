package policy

import (
	"encoding/binary"
	mathbits "math/bits"
	"slices"
	"sync"
	"unicode"
)

// An automaton reads strings in several patterns at once: a state is the set of places that the string read so
// far leads to in each of them. It is made as it is walked. Pattern 0 is the one that strings must match.
//
// Beside the places that are sure it can keep those that are possible, where unknowns and variables are
// whatever it takes.
type automaton struct {
	places   []symbol // of all patterns, each with an end
	ends     []int    // place of each pattern's end
	endOf    []int    // for a place, its pattern's end
	loose    bool     // keep the possible places as well
	states   []autoState
	index    map[string]int
	complete bool // explore saw all states
	key      []byte
	work     *int // steps that may still be taken
}

// end marks the place behind a pattern.
const end symbolKind = 255

// An autoState is one state, and how it was first reached.
type autoState struct {
	sure, loose bits
	from        int // -1 for the first
	read        symbol
}

// bits is a set of small numbers.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }
func (b bits) add(i int)      { b[i>>6] |= 1 << (i & 63) }

// each calls f with every number of the set, in order.
func (b bits) each(f func(int)) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			f(i<<6 + mathbits.TrailingZeros64(w))
		}
	}
}

func newAutomaton(patterns [][]symbol, loose bool, work *int) *automaton {
	a := &automaton{loose: loose, index: map[string]int{}, work: work}
	starts := make([]int, len(patterns))
	for i, p := range patterns {
		starts[i] = len(a.places)
		a.places = append(append(a.places, p...), symbol{kind: end})
		a.ends = append(a.ends, len(a.places)-1)
		for range len(p) + 1 {
			a.endOf = append(a.endOf, len(a.places)-1)
		}
	}
	first := autoState{sure: newBits(len(a.places)), from: -1}
	if loose {
		first.loose = newBits(len(a.places))
	}
	for _, at := range starts {
		a.enter(first.sure, at)
		if loose {
			a.enterLoose(first.loose, at)
		}
	}
	a.add(first)
	return a
}

// enter adds a place, and those that a * lets through to without reading.
func (a *automaton) enter(set bits, at int) {
	for !set.has(at) {
		set.add(at)
		if k := a.places[at].kind; k != many && k != field {
			return
		}
		at++
	}
}

// enterLoose is enter where unknowns and variables may be empty too.
func (a *automaton) enterLoose(set bits, at int) {
	for !set.has(at) {
		set.add(at)
		switch a.places[at].kind {
		case literal, letter, one, oneField, end:
			return
		case many, field, unknown, variable:
		}
		at++
	}
}

// add takes a state unless it is there.
func (a *automaton) add(s autoState) {
	a.key = a.key[:0]
	for _, set := range [2]bits{s.sure, s.loose} {
		for _, w := range set {
			a.key = binary.LittleEndian.AppendUint64(a.key, w)
		}
	}
	if _, there := a.index[string(a.key)]; !there {
		a.index[string(a.key)] = len(a.states)
		a.states = append(a.states, s)
	}
}

// accepts reports whether the string read so far surely matches a pattern.
func (a *automaton) accepts(s *autoState, pattern int) bool { return s.sure.has(a.ends[pattern]) }

// mayAccept reports whether it matches for some values of unknowns and variables.
func (a *automaton) mayAccept(s *autoState, pattern int) bool {
	if !a.loose {
		return a.accepts(s, pattern)
	}
	return s.loose.has(a.ends[pattern])
}

// alive reports whether pattern 0 can still be matched.
func (a *automaton) alive(s *autoState) bool {
	for i := 0; i <= a.ends[0]; i++ {
		if s.sure.has(i) {
			return true
		}
	}
	return false
}

// explore walks breadth-first, so shortest strings come first, until visit says false; it returns that state,
// else -1. Past the budget of states or of work, complete stays false.
func (a *automaton) explore(budget int, visit func(*autoState) bool) int {
	for i := 0; i < len(a.states); i++ {
		if i > budget || *a.work < 0 {
			return -1
		}
		s := a.states[i] // a copy: states may move
		if !visit(&s) {
			return i
		}
		for _, sym := range a.alphabet(&s) {
			next := a.read(&s, sym)
			next.from, next.read = i, sym
			if a.alive(&next) {
				a.add(next)
			}
		}
	}
	a.complete = true
	return -1
}

// alphabet lists one symbol for each way to go on from a state: what stands next in some pattern, a colon where
// fields end, and one character that stands nowhere.
func (a *automaton) alphabet(s *autoState) []symbol {
	var out []symbol
	add := func(sym symbol) {
		if !slices.Contains(out, sym) {
			out = append(out, sym)
		}
	}
	wild := false
	look := func(at int) {
		switch sym := a.places[at]; sym.kind {
		case literal:
			add(sym)
		case letter:
			for _, r := range cases(sym.char) {
				add(symbol{char: r})
			}
		case unknown, variable:
			add(sym)
			wild = wild || a.loose
		case field, oneField:
			add(symbol{char: ':'})
			wild = true
		case many, one:
			wild = true
		case end:
		}
	}
	s.sure.each(look)
	if a.loose {
		s.loose.each(look)
	}
	if !wild {
		return out
	}
	for _, r := range "xyzwvutsrqponmlkjihgfedcba0123456789-_" {
		if sym := (symbol{char: r}); !slices.Contains(out, sym) {
			return append([]symbol{sym}, out...)
		}
	}
	for r := rune(0x4e00); ; r++ {
		if sym := (symbol{char: r}); !slices.Contains(out, sym) {
			return append([]symbol{sym}, out...)
		}
	}
}

// read is the state after one more symbol.
func (a *automaton) read(s *autoState, r symbol) autoState {
	next := autoState{sure: newBits(len(a.places))}
	*a.work -= len(next.sure)
	s.sure.each(func(at int) {
		*a.work--
		switch sym := a.places[at]; sym.kind {
		case many:
			a.enter(next.sure, at)
		case field:
			if r.kind == literal && r.char != ':' {
				a.enter(next.sure, at)
			}
		case one:
			if r.kind == literal {
				a.enter(next.sure, at+1)
			}
		case oneField:
			if r.kind == literal && r.char != ':' {
				a.enter(next.sure, at+1)
			}
		case literal, unknown, variable:
			if sym.is(r) {
				a.enter(next.sure, at+1)
			}
		case letter:
			if r.kind == literal && slices.Contains(cases(sym.char), r.char) {
				a.enter(next.sure, at+1)
			}
		case end:
		}
	})
	if a.loose {
		next.loose = newBits(len(a.places))
		s.loose.each(func(at int) { a.readLoose(next.loose, at, r) })
	}
	return next
}

func (a *automaton) readLoose(next bits, at int, r symbol) {
	if r.kind != literal {
		// It may be any string: any later place.
		for k := at; k <= a.endOf[at]; k++ {
			a.enterLoose(next, k)
		}
		return
	}
	switch sym := a.places[at]; sym.kind {
	case many, unknown, variable:
		a.enterLoose(next, at)
	case field:
		if r.char != ':' {
			a.enterLoose(next, at)
		}
	case one:
		a.enterLoose(next, at+1)
	case oneField:
		if r.char != ':' {
			a.enterLoose(next, at+1)
		}
	case literal:
		if sym == r {
			a.enterLoose(next, at+1)
		}
	case letter:
		if slices.Contains(cases(sym.char), r.char) {
			a.enterLoose(next, at+1)
		}
	case end:
	}
}

// cases lists the characters of which one is the lower case, itself included.
func cases(lower rune) []rune {
	if all := upperCases()[lower]; all != nil {
		return all
	}
	return []rune{lower}
}

var upperCases = sync.OnceValue(func() map[rune][]rune {
	out := map[rune][]rune{}
	for _, part := range unicode.CaseRanges {
		for r := rune(part.Lo); r <= rune(part.Hi); r++ {
			if lower := unicode.ToLower(r); lower != r {
				if out[lower] == nil {
					out[lower] = []rune{lower}
				}
				out[lower] = append(out[lower], r)
			}
		}
	}
	return out
})

// word is the string that first led to a state.
func (a *automaton) word(state int) []symbol {
	var out []symbol
	for i := state; a.states[i].from >= 0; i = a.states[i].from {
		out = append(out, a.states[i].read)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// A class is all strings that match the same of several patterns.
type class struct {
	word      []symbol // a shortest of them
	sure, may bits     // the patterns matched, surely and possibly; by index, without the first
}

// classes divides the strings of a pattern by which of the others they match. It is complete unless it took
// more than budget states or what is left of work.
func classes(within []symbol, others [][]symbol, budget int, work *int) (out []class, complete bool) {
	loose := hasOpaque(within)
	for _, p := range others {
		loose = loose || hasOpaque(p)
	}
	a := newAutomaton(append([][]symbol{within}, others...), loose, work)
	seen := map[string]bool{}
	state := -1
	a.explore(budget, func(s *autoState) bool {
		state++
		if !a.accepts(s, 0) {
			return true
		}
		c := class{sure: newBits(len(others)), may: newBits(len(others))}
		key := make([]byte, len(others))
		for i := range others {
			if a.accepts(s, i+1) {
				c.sure.add(i)
				key[i] |= 1
			}
			if a.mayAccept(s, i+1) {
				c.may.add(i)
				key[i] |= 2
			}
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			c.word = a.word(state)
			out = append(out, c)
		}
		return true
	})
	return out, a.complete
}

func hasOpaque(p []symbol) bool {
	for _, sym := range p {
		if sym.kind == unknown || sym.kind == variable {
			return true
		}
	}
	return false
}
