package policy

import (
	"strings"
	"unicode/utf8"
)

// symbolKind is a kind of symbol in a pattern or a string.
type symbolKind uint8

const (
	literal  symbolKind = iota // one character
	one                        // ?
	many                       // *
	field                      // * within one field of an ARN: anything but a colon
	oneField                   // ? within one field of an ARN
	letter                     // one character whose lower case is char
	unknown                    // ${Name}: a string that only the source of the document could tell
	variable                   // ${key} or ${key, 'default'}: an IAM policy variable
)

// A symbol is one element of a pattern. Two unknowns, or two variables, are the same string where their
// names are equal.
type symbol struct {
	kind     symbolKind
	char     rune   // of a literal
	name     string // of an unknown; of a variable, the lower-case condition key
	fallback string // of a variable with a default
	hasFall  bool
}

// syntax says what of a text is special.
type syntax struct {
	wildcards bool // * and ?
	variables bool // policy variables and the escapes ${*}, ${?}, ${$} (Version 2012-10-17)
	fold      bool // lower-case literals: action names
}

// maxToken bounds a token, so that a text of many openings and no end is not read over and over. It is far more
// than what IAM takes for a variable's name and default.
const maxToken = 2048

// tokenEnd is the length of a "${…}" at the start of s, 0 if there is none.
func tokenEnd(s string) int {
	if !strings.HasPrefix(s, "${") {
		return 0
	}
	return strings.IndexByte(s[:min(len(s), maxToken)], '}') + 1
}

// isUnknown reports whether "${…}", a whole token, is an unknown and not an IAM variable or escape.
func isUnknown(token string) bool {
	body := token[2 : len(token)-1]
	return body != "" && body != "*" && body != "?" && body != "$" && !strings.Contains(body, ":")
}

// symbols splits a text. The result has no two * in a row.
func symbols(s string, syn syntax) []symbol {
	out := make([]symbol, 0, len(s))
	for len(s) > 0 {
		if n := tokenEnd(s); n > 0 {
			if sym, ok := tokenSymbol(s[:n], syn); ok {
				out = append(out, sym)
				s = s[n:]
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '*' && syn.wildcards:
			if len(out) == 0 || out[len(out)-1].kind != many {
				out = append(out, symbol{kind: many})
			}
		case r == '?' && syn.wildcards:
			out = append(out, symbol{kind: one})
		case r == utf8.RuneError && n == 1:
			// A byte that is no character stands for itself, apart from all characters.
			out = append(out, symbol{char: -rune(s[0])})
		default:
			if syn.fold && 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			out = append(out, symbol{char: r})
		}
		s = s[n:]
	}
	return out
}

// tokenSymbol is the symbol of a whole "${…}", false where it is plain text.
func tokenSymbol(token string, syn syntax) (symbol, bool) {
	if isUnknown(token) {
		return symbol{kind: unknown, name: token[2 : len(token)-1]}, true
	}
	if !syn.variables {
		return symbol{}, false
	}
	body := token[2 : len(token)-1]
	switch body {
	case "*", "?", "$":
		return symbol{char: rune(body[0])}, true
	}
	key, rest, hasFall := strings.Cut(body, ",")
	key = strings.TrimSpace(key)
	if !strings.Contains(key, ":") {
		return symbol{}, false
	}
	sym := symbol{kind: variable, name: strings.ToLower(key)}
	if hasFall {
		rest = strings.TrimSpace(rest)
		if len(rest) >= 2 && (rest[0] == '\'' || rest[0] == '"') && rest[len(rest)-1] == rest[0] {
			sym.fallback, sym.hasFall = rest[1:len(rest)-1], true
		}
	}
	return sym, true
}

// hasUnknown reports whether a text holds an unknown.
func hasUnknown(s string) bool {
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return false
		}
		s = s[i:]
		if n := tokenEnd(s); n > 0 && isUnknown(s[:n]) {
			return true
		}
		s = s[2:]
	}
}

// is reports whether a symbol of a pattern, no wildcard, surely is what one of a string is: itself; and a variable is one that has no
// default, for where that is something, the two are the same.
func (s symbol) is(other symbol) bool {
	return s == other || s.kind == variable && other.kind == variable && s.name == other.name && !other.hasFall
}

// surely matches pattern symbols with those of a string (literals, unknowns, variables), or of another pattern, all of whose
// strings are then the first one's: an opaque symbol matches itself and *. It is greedy with one point to go back to, so at worst pattern times string.
func surely(p, s []symbol) bool {
	pi, si, star, mark := 0, 0, -1, 0
	for si < len(s) {
		if pi < len(p) {
			switch p[pi].kind {
			case many:
				star, mark = pi, si
				pi++
				continue
			case one:
				if s[si].kind == literal || s[si].kind == one {
					pi++
					si++
					continue
				}
			default:
				if p[pi].is(s[si]) {
					pi++
					si++
					continue
				}
			}
		}
		if star < 0 {
			return false
		}
		mark++
		pi, si = star+1, mark
	}
	for pi < len(p) && p[pi].kind == many {
		pi++
	}
	return pi == len(p)
}

// perhaps reports whether pattern and string can meet if unknowns and variables are whatever it takes.
func perhaps(p, s []symbol) bool {
	loose := func(sym symbol) bool { return sym.kind == many || sym.kind == unknown || sym.kind == variable }
	// reach[j]: the pattern read so far and s[:j] can be the same text.
	reach := make([]bool, len(s)+1)
	next := make([]bool, len(s)+1)
	reach[0] = true
	for j := 0; j < len(s) && loose(s[j]); j++ {
		reach[j+1] = true
	}
	for _, sym := range p {
		for j := range next {
			switch {
			case loose(sym):
				next[j] = reach[j] || j > 0 && next[j-1]
			default:
				next[j] = false
				if j > 0 {
					t := s[j-1]
					switch {
					case loose(t):
						// The character may be within t, which goes on or ends here.
						next[j] = reach[j] || reach[j-1] || next[j-1]
					default:
						next[j] = reach[j-1] && (sym.kind == one || t.kind == one || sym == t)
					}
				}
			}
		}
		reach, next = next, reach
	}
	return reach[len(s)]
}

// FieldsOfARN cuts an ARN into its six fields, where colons within "${…}" belong to a field; false, with the fields that
// there are, if it has fewer or is no ARN.
func FieldsOfARN(arn string) (fields [6]string, ok bool) {
	field, depth, from := 0, 0, 0
	for i := range len(arn) {
		switch {
		case strings.HasPrefix(arn[i:], "${"):
			depth++
		case arn[i] == '}' && depth > 0:
			depth--
		case arn[i] == ':' && depth == 0 && field < 5:
			fields[field] = arn[from:i]
			field, from = field+1, i+1
		}
	}
	fields[field] = arn[from:]
	return fields, field == 5 && fields[0] == "arn"
}
