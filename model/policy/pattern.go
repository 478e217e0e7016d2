package policy

import (
	"strings"
	"unicode/utf8"
)

// shape is how a pattern can be matched fastest.
type shape uint8

const (
	shapeAny     shape = iota // *
	shapeExact                // no wildcards
	shapePrefix               // text*
	shapeGlob                 // * and ? anywhere
	shapeSymbols              // unknowns, variables or escaped wildcards
)

// A pattern is a compiled text with wildcards.
type pattern struct {
	shape     shape
	fold      bool // text is lower-case and matches in any case
	variables bool // symbols hold IAM variables
	// ignoreCase: symbols are lower-case, and what variables bring is lowered too.
	ignoreCase bool
	text       string
	whole      string   // with its wildcards
	head       string   // of a glob: what stands before its first wildcard
	tail       string   // of a glob: what stands behind its last
	symbols    []symbol // of shapeSymbols
	pieces     []piece  // of a pattern with variables or escapes: the same, to be spelled out
}

// compilePattern prepares a text. It never fails: whatever is not special is literal.
func compilePattern(s string, syn syntax) pattern {
	p := pattern{fold: syn.fold}
	if strings.Contains(s, "${") {
		p.symbols = symbols(s, syn)
		p.prepareSymbols()
		if p.variables || hasUnknown(s) || syn.variables {
			p.shape = shapeSymbols
			return p
		}
		p.symbols, p.pieces = nil, nil
	}
	if syn.fold {
		s = lowerASCII(s)
	}
	p.whole = s
	if !syn.wildcards {
		p.shape, p.text = shapeExact, s
		return p
	}
	i := strings.IndexAny(s, "*?")
	switch {
	case i < 0:
		p.shape, p.text = shapeExact, s
	case strings.Trim(s, "*") == "":
		p.shape = shapeAny
	case s[i] == '*' && strings.Trim(s[i:], "*") == "":
		p.shape, p.text = shapePrefix, s[:i]
	default:
		p.shape, p.text = shapeGlob, s
		p.head, p.tail = s[:i], s[strings.LastIndexAny(s, "*?")+1:]
	}
	return p
}

// lowerASCII lowers A to Z alone: action names and condition keys are ASCII, and anything else must stay apart.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// matchText matches a string without unknowns by a pattern that is not of shapeSymbols.
func (p *pattern) matchText(s string) bool {
	switch p.shape {
	case shapeAny:
		return true
	case shapeExact:
		return p.equal(s)
	case shapePrefix:
		n := len(p.text)
		if len(s) < n || n > 0 && s[n-1] != p.text[n-1] && !p.fold {
			return false // ARNs differ at their ends more often than at their starts
		}
		return p.same(s[:n], p.text)
	case shapeGlob:
		// Most strings fail at an end.
		if n, m := len(p.head), len(s)-len(p.tail); m < n || !p.same(s[m:], p.tail) || !p.same(s[:n], p.head) {
			return false
		}
		return p.glob(s)
	case shapeSymbols:
	}
	return surely(p.symbols, symbols(s, syntax{fold: p.fold}))
}

func (p *pattern) equal(s string) bool { return p.same(s, p.text) }

// same compares with a part of the pattern's text.
func (p *pattern) same(s, text string) bool {
	if !p.fold {
		return s == text
	}
	if len(s) != len(text) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if lowerByte(s[i]) != text[i] {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// glob matches greedily and goes back to the last * alone, which is enough: what an earlier * could take, the
// later one can. At worst it takes pattern times string.
func (p *pattern) glob(s string) bool {
	t := p.text
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		if pi < len(t) {
			switch t[pi] {
			case '*':
				star, mark = pi, si
				pi++
				continue
			case '?':
				pi++
				si += runeLen(s, si)
				continue
			default:
				c := s[si]
				if p.fold {
					c = lowerByte(c)
				}
				if t[pi] == c {
					pi++
					si++
					continue
				}
			}
		}
		if star < 0 {
			return false
		}
		mark += runeLen(s, mark)
		pi, si = star+1, mark
	}
	for pi < len(t) && t[pi] == '*' {
		pi++
	}
	return pi == len(t)
}

// runeLen is the length of the character at s[i]: ? stands for a character, not a byte.
func runeLen(s string, i int) int {
	if s[i] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return n
}

// A subject is a string to be matched, split once if it holds unknowns.
type subject struct {
	text    string
	symbols []symbol // nil where it holds none
	plain   []symbol // of a text without unknowns, once they were asked for
}

func subjectOf(s string) subject {
	if strings.Contains(s, "${") && hasUnknown(s) {
		return subject{text: s, symbols: symbols(s, syntax{})}
	}
	return subject{text: s}
}

// match matches a pattern whose variables, if any, are replaced already.
func (p *pattern) match(s *subject) tri {
	if p.shape == shapeAny {
		return yes
	}
	if s.symbols == nil {
		switch {
		case p.shape != shapeSymbols:
			return triOf(p.matchText(s.text), false)
		case len(p.pieces) == 1 && p.pieces[0].key == "":
			return triOf(matchSpelled(p.pieces[0].text, s.text), false)
		}
	}
	ps, ss := p.symbols, s.symbols
	if p.shape != shapeSymbols {
		ps = symbols(p.source(), syntax{wildcards: p.shape != shapeExact, fold: p.fold})
	}
	if ss == nil {
		if s.plain == nil {
			s.plain = symbols(s.text, syntax{})
		}
		ss = s.plain
	}
	if p.fold {
		ss = foldSymbols(ss)
	}
	return triOf(surely(ps, ss), perhaps(ps, ss))
}

// source is the pattern's text with its wildcards; not for shapeSymbols.
func (p *pattern) source() string {
	if p.shape == shapeAny {
		return "*"
	}
	return p.whole
}

func foldSymbols(in []symbol) []symbol {
	out := make([]symbol, len(in))
	for i, sym := range in {
		if sym.kind == literal && 'A' <= sym.char && sym.char <= 'Z' {
			sym.char += 'a' - 'A'
		}
		out[i] = sym
	}
	return out
}

// plainStart is a text up to its first wildcard, unknown or variable.
func plainStart(s string) string {
	for i := range len(s) {
		if c := s[i]; c == '*' || c == '?' || c == '$' {
			return s[:i]
		}
	}
	return s
}

// Match reports whether an IAM pattern (* and ?) surely matches a string, and whether it perhaps does because
// of unknowns ${Name} in either. Policy variables count as unknowns here, as there is no request to fill them.
// Letters match in their own case; for actions, lower both.
func Match(pattern, s string) (must, may bool) {
	// Most differ at once.
	known, told := plainStart(pattern), plainStart(s)
	n := min(len(known), len(told))
	switch {
	case known[:n] != told[:n], len(known) > n && len(told) == len(s):
		return false, false
	case len(known) == len(pattern) && len(told) == len(s):
		return pattern == s, pattern == s
	}
	p := compilePattern(pattern, syntax{wildcards: true, variables: true})
	sub := subjectOf(s)
	t := p.match(&sub)
	return t == yes, t != no
}
