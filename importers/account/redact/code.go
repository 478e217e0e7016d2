package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A coder gives other names.
type coder struct {
	key       *Key
	long      bool // question marks ask for words
	tokens    map[string]*token
	kept      map[string]bool // AWS's own words that are there
	own       map[string]bool // patterns of AWS's own policies
	known     map[string]bool // those policies
	shapes    map[string][][]string
	patterns  []spelling            // with wildcards or variables
	texts     []spelling            // all others, and patterns up to their first wildcard
	strings   map[string]spelling   // by what they were, to prove
	filling   map[string][]spelling // by condition key, in lower case: what its variable is filled in with
	said      map[string]bool       // short runs of letters of the originals: no word is one of them
	syllables int
	words     map[string]string // by atom
	orders    map[string][]int  // what permuted made
	folded    map[string]int    // how many spellings in mixed case an atom has
}

func newCoder(key *Key) *coder {
	return &coder{key: key, long: key.try >= shortTries, tokens: map[string]*token{}, kept: map[string]bool{}, own: map[string]bool{}, known: map[string]bool{}, shapes: map[string][][]string{}, strings: map[string]spelling{}, filling: map[string][]spelling{},
		said: map[string]bool{}, words: map[string]string{}, folded: map[string]int{}, orders: map[string][]int{}}
}

// Syllables that words start with, and those that they go on with, have no consonant in common: so a word starts nowhere
// within another, nor across two.
const (
	starts = "bdfghjkvwz"
	goOn   = "lmnprstcx"
	vowels = "aeiou"
)

// capacity is how many words of some syllables there are.
func capacity(syllables int) int {
	n := len(starts) * len(vowels)
	for range syllables - 1 {
		n *= len(goOn) * len(vowels)
	}
	return n
}

// spelled is the n-th word.
func spelled(n, syllables int) string {
	b := make([]byte, 0, 2*syllables)
	for i := range syllables {
		consonants := goOn
		if i == 0 {
			consonants = starts
		}
		b = append(b, consonants[n%len(consonants)])
		n /= len(consonants)
		b = append(b, vowels[n%len(vowels)])
		n /= len(vowels)
	}
	return string(b)
}

// mac is a number that the key makes of something.
func (c *coder) mac(what, of string) uint64 {
	m := hmac.New(sha256.New, c.key.seed)
	m.Write([]byte(what + "\x00" + of))
	return binary.BigEndian.Uint64(m.Sum(nil))
}

// seen remembers what the originals say, so that no word says it again by chance.
func (c *coder) seen(data []byte) {
	lower := bytes.ToLower(data)
	for _, n := range []int{4, 6, 8} {
		for i := 0; i+n <= len(lower); i++ {
			if strings.IndexByte(starts, lower[i]) >= 0 && strings.IndexByte(vowels, lower[i+1]) >= 0 && strings.IndexByte(goOn, lower[i+2]) >= 0 {
				c.said[string(lower[i:i+n])] = true
			}
		}
	}
}

// atoms lists what is coded, in lower case, sorted.
func (c *coder) atoms() []string {
	found := map[string]bool{}
	for _, t := range c.tokens {
		t.each(func(text string, k kind, _ string) {
			if k == word {
				found[strings.ToLower(text)] = true
			}
		})
	}
	return sorted(found)
}

// each calls f with the atoms of a token, in order; for an account's digits with those before and with them.
func (t *token) each(f func(text string, k kind, of string)) {
	for i := 0; i < len(t.text); {
		end := i + 1
		for t.as[i] == word && end < len(t.text) && !t.cuts[end] && t.as[end] == word {
			end++
		}
		f(t.text[i:end], t.as[i], t.of[i])
		i = end
	}
}

// assign gives each atom its word.
func (c *coder) assign() error {
	atoms := c.atoms()
	used := map[string]bool{}
	c.syllables = c.key.syllables
	if c.syllables == 0 {
		for c.syllables = 2; len(atoms) > capacity(c.syllables)/4; c.syllables++ {
		}
	}
	for _, w := range c.key.words {
		used[w] = true
	}
	var fresh []string
	for _, a := range atoms {
		if w := c.key.words[a]; w != "" {
			c.words[a] = w
		} else {
			fresh = append(fresh, a)
		}
	}
	n := capacity(c.syllables)
	if len(used)+len(fresh) > n/2 {
		return errors.New("the key was made for fewer names than there are: take a new one")
	}
	// In an order that tells nothing of the names.
	slices.SortFunc(fresh, func(a, b string) int {
		if x, y := c.mac("order", a), c.mac("order", b); x != y {
			if x < y {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, a := range fresh {
		for i := uint64(0); ; i++ {
			w := spelled(int((c.mac("word", a)+i+uint64(c.key.try)*7919)%uint64(n)), c.syllables)
			if i > uint64(n) {
				return errors.New("no words are left for so many names")
			}
			if !used[w] && (!c.said[w] || i > 64) {
				used[w] = true
				c.words[a] = w
				break
			}
		}
	}
	return nil
}

// keep adds what was assigned to the key.
func (c *coder) keep() {
	c.key.syllables = c.syllables
	for a, w := range c.words {
		c.key.words[a] = w
	}
	for _, t := range c.tokens {
		if len(t.text) == 12 && t.as[0] == account && t.of[11] == t.text {
			c.key.accounts[t.text] = c.written(t)
		}
	}
}

// written is a token in the code.
func (c *coder) written(t *token) string {
	var b strings.Builder
	t.each(func(text string, k kind, of string) {
		switch k {
		case word:
			b.WriteString(c.word(text))
		case masked:
			b.WriteByte(c.other(text[0]))
		case account:
			b.WriteByte(c.digit(of))
		case asIs:
			b.WriteString(text)
		}
	})
	return b.String()
}

// word is an atom's word, in the atom's case.
func (c *coder) word(atom string) string {
	lower, upper := strings.ToLower(atom), strings.ToUpper(atom)
	w := c.words[lower]
	switch atom {
	case lower:
		return w
	case upper:
		return strings.ToUpper(w)
	case upper[:1] + lower[1:]:
		return strings.ToUpper(w[:1]) + w[1:]
	}
	// Each mixture has its own; the first letter is as it was.
	n, ok := c.folded[atom]
	if !ok {
		n = c.key.mixed(lower, atom)
		c.folded[atom] = n
	}
	out := []byte(w)
	first := 0
	if atom[0] >= 'A' && atom[0] <= 'Z' {
		out[0] -= 'a' - 'A'
		first = 1
	}
	// Syllables first: that is how people mix case.
	bits := n + 1
	for _, from := range []int{2, 1 - first} {
		for i := from; i < len(out) && bits > 0; i, bits = i+2, bits/2 {
			if bits%2 == 1 && i >= first && out[i] >= 'a' {
				out[i] -= 'a' - 'A'
			}
		}
	}
	return string(out)
}

// other is the letter or digit that a masked one becomes.
func (c *coder) other(b byte) byte {
	turn := func(from byte, n int) byte {
		return from + byte(c.permuted(fmt.Sprint("mask", string(rune(from)), c.key.try), n)[int(b-from)])
	}
	switch {
	case '0' <= b && b <= '9':
		return turn('0', 10)
	case 'a' <= b && b <= 'z':
		return turn('a', 26)
	case 'A' <= b && b <= 'Z':
		return turn('A', 26)
	}
	return 'x'
}

// permuted is 0 … n-1 in an order that the key makes of something.
func (c *coder) permuted(of string, n int) []int {
	if out := c.orders[of]; len(out) == n {
		return out
	}
	out := make([]int, n)
	c.orders[of] = out
	for i := range out {
		out[i] = i
	}
	x := c.mac("order of", of)
	for i := n - 1; i > 0; i-- {
		j := int(x % uint64(i+1))
		x = x/uint64(i+1) ^ c.mac("more of", of+string(rune(i)))
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// digit is the last digit of the start of an account's number, in the code: numbers that start with the same digits still do.
func (c *coder) digit(start string) byte {
	before, d := start[:len(start)-1], start[len(start)-1]
	return '0' + byte(c.permuted("account"+before, 10)[d-'0'])
}

// render is a string in the code.
func (c *coder) render(s spelling) string { return c.form(s, false) }

// form is render; of a prefix or suffix, implied writes the wildcard that it stands for.
func (c *coder) form(s spelling, implied bool) string {
	var b strings.Builder
	for _, p := range s.parts {
		switch p.kind {
		case named:
			b.WriteString(c.written(p.tok))
		case variable:
			b.WriteString("${" + c.render(p.key))
			if p.more {
				b.WriteString("," + c.render(p.def))
			}
			b.WriteString("}")
		case star:
			if implied {
				b.WriteByte('*')
			} else {
				b.WriteString(p.text)
			}
		case question:
			if c.long {
				b.WriteString(strings.Repeat("?", 2*c.syllables))
			} else {
				b.WriteString("?")
			}
		case kept:
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// network is an address or block of addresses in the code: those that share their first bits still do. ok is false for what is
// neither.
func (c *coder) network(text string) (string, bool) {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return "", false
		}
		return c.address(a, a.BitLen()).String(), true
	}
	return netip.PrefixFrom(c.address(block.Addr(), block.Bits()), block.Bits()).String(), true
}

func (c *coder) address(a netip.Addr, bits int) netip.Addr {
	raw := a.AsSlice()
	out := slices.Clone(raw)
	start := []byte{byte(len(raw))}
	for i := range bits {
		if c.mac("address", string(start))&1 == 1 {
			out[i/8] ^= 0x80 >> (i % 8)
		}
		start = append(start, raw[i/8]>>(7-i%8)&1)
	}
	b, _ := netip.AddrFromSlice(out)
	return b
}
