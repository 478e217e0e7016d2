package redact

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A token is letters and digits that somebody chose, the same wherever they stand.
type token struct {
	text string
	cuts []bool // before each byte: an atom starts there
	as   []kind
	of   []string // of an account's digits: those up to and with this one
}

// A kind says how a byte of a token is written.
type kind uint8

// A later kind goes before an earlier one where two have a claim on a byte.
const (
	word    kind = iota // as a part of an atom, by the code
	masked              // by itself, as another letter or digit: a ? asks for it
	account             // as a digit of an account
	asIs                // AWS's own word, or the part of one that a pattern asks for
)

// token is the token of a text.
func (c *coder) token(text string) *token {
	if t := c.tokens[text]; t != nil {
		return t
	}
	t := &token{text: text, cuts: make([]bool, len(text)+1), as: make([]kind, len(text)), of: make([]string, len(text))}
	t.cuts[0], t.cuts[len(text)] = true, true
	switch {
	case len(text) == 12 && digits(text):
		for i := range text {
			t.as[i], t.of[i] = account, text[:i+1]
		}
	case unique.MatchString(text):
		t.cuts[4] = true
		for i := range 4 {
			t.as[i] = asIs
		}
	}
	c.tokens[text] = t
	return t
}

// join makes one of the cuts and kinds of a token and of the place in another where it stands; it reports whether anything changed.
func join(small, large *token, at int) bool {
	changed := false
	for i := range len(small.text) + 1 {
		cut := small.cuts[i] || large.cuts[at+i]
		if small.cuts[i] != cut || large.cuts[at+i] != cut {
			small.cuts[i], large.cuts[at+i] = cut, cut
			changed = true
		}
		if i == len(small.text) {
			break
		}
		if a, b := small.as[i], large.as[at+i]; a != b {
			k, of := max(a, b), small.of[i]
			if b > a {
				of = large.of[at+i]
			}
			small.as[i], large.as[at+i] = k, k
			small.of[i], large.of[at+i] = of, of
			changed = true
		}
	}
	return changed
}

// A touch is a token within another.
type touch struct {
	small, large *token
	at           int
}

// cut cuts tokens where wildcards do, until each stretch that a pattern asks for is cut the same in the pattern and in all that
// has it.
func (c *coder) cut() {
	var touches []touch
	seen := map[touch]bool{}
	add := func(small, large *token, at int) {
		if t := (touch{small, large, at}); small != large && !seen[t] {
			seen[t] = true
			touches = append(touches, t)
		}
	}
	c.fill(add)
	c.mask()
	for _, pattern := range sorted(c.own) {
		for _, t := range c.texts {
			if t.arn {
				t.keepFor(pattern)
			}
		}
	}
	byStart, byEnd := sorted(c.tokens), []string(nil)
	for _, t := range byStart {
		byEnd = append(byEnd, reversed(t))
	}
	slices.Sort(byEnd)
	own := c.ownWords()
	for _, s := range c.patterns {
		for i, p := range s.parts {
			if p.kind != named {
				continue
			}
			left := i > 0 && !s.parts[i-1].literal()
			right := i+1 < len(s.parts) && !s.parts[i+1].literal()
			if s.structural {
				c.meetOwn(p.tok, left, right, own)
			}
			switch {
			case left && right:
				for _, t := range byStart {
					for at := 0; ; at++ {
						j := strings.Index(t[at:], p.text)
						if j < 0 {
							break
						}
						at += j
						add(p.tok, c.tokens[t], at)
					}
				}
			case right:
				for j := sort.SearchStrings(byStart, p.text); j < len(byStart) && strings.HasPrefix(byStart[j], p.text); j++ {
					add(p.tok, c.tokens[byStart[j]], 0)
				}
			case left:
				end := reversed(p.text)
				for j := sort.SearchStrings(byEnd, end); j < len(byEnd) && strings.HasPrefix(byEnd[j], end); j++ {
					t := c.tokens[reversed(byEnd[j])]
					add(p.tok, t, len(t.text)-len(p.text))
				}
			}
			// What a variable may be filled with, beside a token that it makes one with.
			if right && s.parts[i+1].kind == variable {
				after := ""
				if i+2 < len(s.parts) && s.parts[i+2].kind == named {
					after = s.parts[i+2].text
				}
				for j := sort.SearchStrings(byStart, p.text); j < len(byStart) && strings.HasPrefix(byStart[j], p.text); j++ {
					middle, ends := strings.CutSuffix(byStart[j][len(p.text):], after)
					if filling := c.tokens[middle]; ends && filling != nil {
						add(filling, c.tokens[byStart[j]], len(p.text))
					}
				}
			}
			if left && s.parts[i-1].kind == variable {
				for _, t := range byStart {
					if rest, ok := strings.CutSuffix(t, p.text); ok && c.tokens[rest] != nil {
						add(c.tokens[rest], c.tokens[t], 0)
					}
				}
			}
		}
	}
	// Where case is ignored, names that differ by it alone are one.
	first := map[string]*token{}
	for _, t := range byStart {
		lower := strings.ToLower(t)
		if len(lower) != len(t) {
			continue
		}
		if f := first[lower]; f != nil {
			add(c.tokens[t], f, 0)
		} else {
			first[lower] = c.tokens[t]
		}
	}
	for changed := true; changed; {
		changed = false
		for _, t := range touches {
			changed = join(t.small, t.large, t.at) || changed
		}
	}
}

// ownWords are AWS's own words in ARNs, where a pattern may stand for them.
func (c *coder) ownWords() []string {
	if !slices.ContainsFunc(c.patterns, func(s spelling) bool { return s.structural }) {
		return nil
	}
	words := map[string]bool{}
	add := func(text string) {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r < utf8.RuneSelf && !inToken(byte(r)) }) {
			words[w] = true
		}
	}
	for w := range c.kept {
		add(w)
	}
	for _, service := range catalog.Load().Services() {
		add(service)
	}
	for _, f := range c.forms("*") {
		for _, segment := range f {
			if segment != anyName {
				add(segment)
			}
		}
	}
	return sorted(words)
}

// meetOwn keeps a token of a pattern, or a part of it, that AWS's own words have where a wildcard lets it stand for them.
func (c *coder) meetOwn(t *token, left, right bool, own []string) {
	for _, w := range own {
		meets := false
		switch {
		case left && right:
			meets = strings.Contains(w, t.text)
		case right:
			meets = strings.HasPrefix(w, t.text)
		case left:
			meets = strings.HasSuffix(w, t.text)
		default:
			meets = w == t.text
		}
		if meets {
			for i := range t.as {
				t.as[i] = asIs
			}
		}
	}
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// A plain is a text, and its spelling.
type plain struct {
	text string
	of   spelling
}

// mask marks what question marks ask for: as many bytes of each text that the pattern matches, or would if they could be any
// number. A pattern that goes on behind a slash or colon is about the parts of what it matches up to there.
func (c *coder) mask() {
	sorted := map[bool][]plain{}
	for _, t := range c.texts {
		sorted[t.arn] = append(sorted[t.arn], plain{t.plain(), t})
	}
	for _, list := range sorted {
		slices.SortFunc(list, func(a, b plain) int { return strings.Compare(a.text, b.text) })
	}
	for _, p := range c.patterns {
		p.maskIn(sorted[p.arn], c.long)
	}
	for pattern := range c.own {
		allKept(pattern).maskIn(sorted[true], false) // AWS's policies stay, with as many question marks
	}
}

// allKept is a pattern of ARNs all of which is kept.
func allKept(pattern string) spelling {
	out := spelling{arn: true}
	for i := 0; i < len(pattern); i++ {
		kind := kept
		switch pattern[i] {
		case '*':
			kind = star
		case '?':
			kind = question
		}
		if n := len(out.parts); kind == kept && n > 0 && out.parts[n-1].kind == kept {
			out.parts[n-1].text += pattern[i : i+1]
		} else {
			out.parts = append(out.parts, part{kind: kind, text: pattern[i : i+1]})
		}
	}
	return out
}

// maskIn marks in texts, which are sorted, what a pattern's question marks ask for; long, where they come to ask for words.
func (s spelling) maskIn(list []plain, long bool) {
	first := slices.IndexFunc(s.parts, func(p part) bool { return p.kind == question })
	if first < 0 {
		return
	}
	for _, p := range s.stems(first) {
		pattern := p.plain()
		loose := strings.ReplaceAll(pattern, "?", "*")
		start, _, _ := cutWild(pattern)
		from, _ := slices.BinarySearchFunc(list, start, func(x plain, start string) int { return strings.Compare(x.text, start) })
		for _, t := range list[from:] {
			if !strings.HasPrefix(t.text, start) {
				break
			}
			if _, may := policy.Match(loose, t.text); !may {
				continue
			}
			_, matches := policy.Match(pattern, t.text)
			t.of.maskFor(p, t.text, matches, long)
		}
	}
}

// stems are a pattern, and its beginnings up to each slash or colon behind a part.
func (s spelling) stems(behind int) []spelling {
	out := []spelling{s}
	for i := behind + 1; i < len(s.parts); i++ {
		p := s.parts[i]
		if p.kind != kept || !s.arn {
			continue
		}
		for j := range len(p.text) {
			if p.text[j] == '/' || p.text[j] == ':' {
				stem := spelling{parts: append(slices.Clone(s.parts[:i]), part{kind: kept, text: p.text[:j]}), arn: true}
				out = append(out, stem)
			}
		}
	}
	return out
}

// maskFor masks of a text what a pattern's question marks ask for; where it does not match, what stands in their place, so
// that it does not come to match by its length.
func (s spelling) maskFor(p spelling, text string, matches, long bool) {
	mark := func(at, n int) {
		if !long {
			s.set(at, n, masked)
			return
		}
		for i := range n {
			s.set(at+i, 1, word) // an atom each
		}
	}
	for i := 0; i < len(p.parts); i++ {
		if p.parts[i].kind != question {
			continue
		}
		from := i
		for i+1 < len(p.parts) && p.parts[i+1].kind == question {
			i++
		}
		n := i - from + 1
		before, starts := literalBefore(p, from)
		after, ends := literalAfter(p, i+1)
		for at := range len(text) + 1 {
			precedes := strings.HasSuffix(text[:at], before) && (!starts || len(before) == at)
			follows := func(at int) bool {
				return at >= 0 && at <= len(text) && strings.HasPrefix(text[at:], after) && (!ends || len(after) == len(text)-at)
			}
			switch {
			case matches && precedes && follows(at+n):
				mark(at, n)
			case !matches && precedes && (before != "" || starts):
				mark(at, n)
			case !matches && follows(at) && (after != "" || ends):
				mark(at-n, n)
			}
		}
	}
}

// literalBefore is the text that ends before a part, and whether the pattern starts with it.
func literalBefore(s spelling, i int) (string, bool) {
	from := i
	for from > 0 && s.parts[from-1].literal() {
		from--
	}
	return textOf(s.parts[from:i]), from == 0
}

func literalAfter(s spelling, i int) (string, bool) {
	to := i
	for to < len(s.parts) && s.parts[to].literal() {
		to++
	}
	return textOf(s.parts[i:to]), to == len(s.parts)
}

func textOf(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
	}
	return b.String()
}

// keepFor keeps of a text what a pattern asks for that it matches.
func (s spelling) keepFor(pattern string) {
	text := s.plain()
	if must, _ := policy.Match(pattern, text); !must {
		return
	}
	literals := strings.FieldsFunc(pattern, func(r rune) bool { return r == '*' || r == '?' })
	at := 0
	for i, l := range literals {
		j := strings.Index(text[at:], l)
		if j < 0 {
			return // variables, or question marks
		}
		at += j
		if i == len(literals)-1 && strings.HasSuffix(pattern, l) {
			at = len(text) - len(l)
		}
		s.set(at, len(l), asIs)
		at += len(l)
	}
}

// set says how bytes of a text's tokens are written.
func (s spelling) set(at, n int, as kind) {
	pos := 0
	for _, p := range s.parts {
		size := len(p.text)
		switch p.kind {
		case star:
			size = 1
		case variable:
			size += len("${}")
		case named:
			lo, hi := max(at, pos)-pos, min(at+n, pos+size)-pos
			if lo = max(lo, 0); lo < hi {
				for i := lo; i < hi; i++ {
					p.tok.as[i] = max(p.tok.as[i], as)
				}
				p.tok.cuts[lo], p.tok.cuts[hi] = true, true
			}
		case kept, question:
		}
		pos += size
	}
}
