package policy

import (
	"strings"
	"unicode/utf8"
)

// A piece is a part of a pattern with variables or escapes: literal text in which wildcards are spelled as bytes that are in
// no text, or a variable. Spelled out with the values of a request, the pieces are matched as bytes, without memory
// of their own.
type piece struct {
	text     string
	key      string // of a variable, lower-case
	fallback string
	hasFall  bool
}

// The wildcards of a spelled pattern: no valid UTF-8 has these bytes.
const (
	spelledMany = 0xFF
	spelledOne  = 0xFE
)

// prepareSymbols notes whether a pattern has variables, and divides it into pieces if it has no unknowns.
func (p *pattern) prepareSymbols() {
	for i := range p.symbols {
		p.variables = p.variables || p.symbols[i].kind == variable
	}
	p.pieces = nil
	if p.fold {
		return
	}
	var out []piece
	var text []byte
	flush := func() {
		if len(text) > 0 {
			out = append(out, piece{text: string(text)})
			text = text[:0]
		}
	}
	for i := range p.symbols {
		switch sym := &p.symbols[i]; {
		case sym.kind == variable:
			flush()
			if !spellable(sym.fallback) {
				return
			}
			out = append(out, piece{key: sym.name, fallback: sym.fallback, hasFall: sym.hasFall})
		case sym.kind == many:
			text = append(text, spelledMany)
		case sym.kind == one:
			text = append(text, spelledOne)
		case sym.kind == literal && sym.char >= 0:
			text = utf8.AppendRune(text, sym.char)
		default:
			return
		}
	}
	flush()
	p.pieces = out
}

// spellable reports whether a text holds neither unknowns nor the bytes that stand for wildcards.
func spellable(s string) bool {
	return strings.IndexByte(s, spelledMany) < 0 && strings.IndexByte(s, spelledOne) < 0 && !strings.Contains(s, "${")
}

// spelling is how spelling a pattern out went.
type spelling uint8

const (
	spelled   spelling = iota
	unfilled           // a variable has no value
	unspelled          // a value is not known, or holds what cannot be spelled
)

// spell writes the pattern with the values of the request into v.filled.
func (p *pattern) spell(v *view) (result spelling) {
	out := v.filled[:0]
	defer func() { v.filled = out }() // whatever comes out: the memory is used again
	for i := range p.pieces {
		piece := &p.pieces[i]
		if piece.key == "" {
			out = append(out, piece.text...)
			continue
		}
		value, st := v.variable(piece.key, piece.fallback, piece.hasFall)
		if st == absent {
			return unfilled
		}
		if st == open || !spellable(value) {
			result = unspelled
			continue
		}
		switch {
		case !p.ignoreCase:
			out = append(out, value...)
		case isASCII(value):
			for i := range len(value) {
				out = append(out, lowerByte(value[i]))
			}
		default:
			out = append(out, strings.ToLower(value)...)
		}
	}
	return result
}

// matchSpelled is glob for a spelled pattern.
func matchSpelled[T string | []byte](t T, s string) bool {
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		if pi < len(t) {
			switch t[pi] {
			case spelledMany:
				star, mark = pi, si
				pi++
				continue
			case spelledOne:
				pi++
				si += runeLen(s, si)
				continue
			case s[si]:
				pi++
				si++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark += runeLen(s, mark)
		pi, si = star+1, mark
	}
	for pi < len(t) && t[pi] == spelledMany {
		pi++
	}
	return pi == len(t)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// equalFold compares ASCII text with lower-case text.
func equalFold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		if lowerByte(s[i]) != lower[i] {
			return false
		}
	}
	return true
}
