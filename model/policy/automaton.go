package policy

// An automaton reads strings in several patterns at once: a state is the set of places that the string read so
// far leads to in each of them. It is made as it is walked. Pattern 0 is the one that strings must match.
//
// Beside the places that are sure it can keep those that are possible, where unknowns and variables are
// whatever it takes.
type automaton struct {
	patterns [][]symbol
	offset   []int // of each pattern in the set
	size     int   // places in all
	loose    bool  // keep the possible places as well
	states   []autoState
	index    map[string]int
	complete bool // explore saw all states
}

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

func (b bits) empty() bool {
	for _, w := range b {
		if w != 0 {
			return false
		}
	}
	return true
}

func newAutomaton(patterns [][]symbol, loose bool) *automaton {
	a := &automaton{patterns: patterns, loose: loose, index: map[string]int{}}
	for _, p := range patterns {
		a.offset = append(a.offset, a.size)
		a.size += len(p) + 1
	}
	first := autoState{sure: newBits(a.size), from: -1}
	if loose {
		first.loose = newBits(a.size)
	}
	for i := range patterns {
		a.enter(first.sure, i, 0)
		if loose {
			a.enterLoose(first.loose, i, 0)
		}
	}
	a.add(first)
	return a
}

// enter adds a place, and those that a * lets through to without reading.
func (a *automaton) enter(set bits, pattern, place int) {
	p, at := a.patterns[pattern], a.offset[pattern]
	for {
		if set.has(at + place) {
			return
		}
		set.add(at + place)
		if place == len(p) || p[place].kind != many && p[place].kind != field {
			return
		}
		place++
	}
}

// enterLoose is enter where unknowns and variables may be empty too.
func (a *automaton) enterLoose(set bits, pattern, place int) {
	p, at := a.patterns[pattern], a.offset[pattern]
	for {
		if set.has(at + place) {
			return
		}
		set.add(at + place)
		if place == len(p) || p[place].kind == literal || p[place].kind == one || p[place].kind == oneField {
			return
		}
		place++
	}
}

// add takes a state unless it is there; -1 if it was.
func (a *automaton) add(s autoState) int {
	key := make([]byte, 0, 8*(len(s.sure)+len(s.loose)))
	for _, set := range [2]bits{s.sure, s.loose} {
		for _, w := range set {
			key = append(key, byte(w), byte(w>>8), byte(w>>16), byte(w>>24), byte(w>>32), byte(w>>40), byte(w>>48), byte(w>>56))
		}
	}
	if _, there := a.index[string(key)]; there {
		return -1
	}
	a.index[string(key)] = len(a.states)
	a.states = append(a.states, s)
	return len(a.states) - 1
}

// accepts reports whether the string read so far surely matches a pattern.
func (a *automaton) accepts(s *autoState, pattern int) bool {
	return s.sure.has(a.offset[pattern] + len(a.patterns[pattern]))
}

// mayAccept reports whether it matches for some values of unknowns and variables.
func (a *automaton) mayAccept(s *autoState, pattern int) bool {
	if !a.loose {
		return a.accepts(s, pattern)
	}
	return s.loose.has(a.offset[pattern] + len(a.patterns[pattern]))
}

// alive reports whether pattern 0 can still be matched.
func (a *automaton) alive(s *autoState) bool {
	for i := 0; i <= len(a.patterns[0]); i++ {
		if s.sure.has(i) {
			return true
		}
	}
	return false
}

// explore walks breadth-first, so shortest strings come first, until visit says false; it returns that state,
// else -1. Past the budget of states, complete stays false.
func (a *automaton) explore(budget int, visit func(*autoState) bool) int {
	for i := 0; i < len(a.states); i++ {
		if i > budget {
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
	literals := map[rune]bool{}
	names := map[symbol]bool{}
	wild := false
	for i, p := range a.patterns {
		at := a.offset[i]
		for j, sym := range p {
			if !s.sure.has(at+j) && (!a.loose || !s.loose.has(at+j)) {
				continue
			}
			switch sym.kind {
			case literal:
				if !literals[sym.char] {
					literals[sym.char] = true
					out = append(out, sym)
				}
			case unknown, variable:
				if !names[sym] {
					names[sym] = true
					out = append(out, sym)
				}
				wild = wild || a.loose
			case field, oneField:
				if !literals[':'] {
					literals[':'] = true
					out = append(out, symbol{char: ':'})
				}
				wild = true
			case many, one:
				wild = true
			}
		}
	}
	if !wild {
		return out
	}
	for _, r := range "xyzwvutsrqponmlkjihgfedcba0123456789-_" {
		if !literals[r] {
			return append([]symbol{{char: r}}, out...)
		}
	}
	for r := rune(0x4e00); ; r++ {
		if !literals[r] {
			return append([]symbol{{char: r}}, out...)
		}
	}
}

// read is the state after one more symbol.
func (a *automaton) read(s *autoState, r symbol) autoState {
	next := autoState{sure: newBits(a.size)}
	if a.loose {
		next.loose = newBits(a.size)
	}
	for i, p := range a.patterns {
		at := a.offset[i]
		for j, sym := range p {
			if !s.sure.has(at + j) {
				continue
			}
			switch sym.kind {
			case many:
				a.enter(next.sure, i, j)
			case field:
				if r.kind == literal && r.char != ':' {
					a.enter(next.sure, i, j)
				}
			case one:
				if r.kind == literal {
					a.enter(next.sure, i, j+1)
				}
			case oneField:
				if r.kind == literal && r.char != ':' {
					a.enter(next.sure, i, j+1)
				}
			default:
				if sym == r {
					a.enter(next.sure, i, j+1)
				}
			}
		}
		if a.loose {
			a.readLoose(&next, s, i, r)
		}
	}
	return next
}

func (a *automaton) readLoose(next, s *autoState, i int, r symbol) {
	p, at := a.patterns[i], a.offset[i]
	for j := 0; j <= len(p); j++ {
		if !s.loose.has(at + j) {
			continue
		}
		if r.kind != literal {
			// It may be any string: any later place.
			for k := j; k <= len(p); k++ {
				a.enterLoose(next.loose, i, k)
			}
			return
		}
		if j == len(p) {
			return
		}
		switch sym := p[j]; sym.kind {
		case many, unknown, variable:
			a.enterLoose(next.loose, i, j)
		case field:
			if r.char != ':' {
				a.enterLoose(next.loose, i, j)
			}
		case one:
			a.enterLoose(next.loose, i, j+1)
		case oneField:
			if r.char != ':' {
				a.enterLoose(next.loose, i, j+1)
			}
		case literal:
			if sym == r {
				a.enterLoose(next.loose, i, j+1)
			}
		}
	}
}

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
// more than budget states.
func classes(within []symbol, others [][]symbol, budget int) (out []class, complete bool) {
	loose := hasOpaque(within)
	for _, p := range others {
		loose = loose || hasOpaque(p)
	}
	a := newAutomaton(append([][]symbol{within}, others...), loose)
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
