package policy

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A keySpace is all that the values of one condition key can mean to some conditions: a list of points, each an
// example that stands for all values to which every condition answers the same. It is exact for conditions
// that compare with fixed values; the others each have a space of their own with two points, holds and does not.
type keySpace struct {
	key        string
	conditions []*condition
	points     []keyPoint
	lost       bool // not all that the values can mean is among the points
	typ        string
	free       bool // the key may have values that AWS does not send
}

// A keyPoint is one example.
type keyPoint struct {
	values []string // nil: the key is absent
	holds  []bool   // by condition
	open   bool     // no example could be made up: values mean nothing
}

// family is what kind of values an operator compares.
type family uint8

const (
	familyNone family = iota // presence alone
	familyText
	familyNumber
	familyDate
	familyIP
	familyBool
	familyOpaque
)

func (c *condition) family() family {
	for i := range c.values {
		v := &c.values[i]
		if v.open || v.pattern.shape == shapeSymbols || slices.ContainsFunc(v.segments, func(p pattern) bool { return p.shape == shapeSymbols }) {
			return familyOpaque
		}
	}
	switch c.op {
	case opNull, opUnknown:
		return familyNone
	case opStringEquals, opStringIgnoreCase, opStringLike, opBinary:
		return familyText
	case opARN:
		for i := range c.values {
			if v := &c.values[i]; v.text != "*" && !strings.HasPrefix(v.text, "arn:") {
				return familyOpaque
			}
		}
		return familyText
	case opNumericEquals, opNumericLess, opNumericLessEquals, opNumericGreater, opNumericGreaterEquals:
		return familyNumber
	case opDateEquals, opDateLess, opDateLessEquals, opDateGreater, opDateGreaterEquals:
		return familyDate
	case opBool:
		return familyBool
	case opIP:
		return familyIP
	}
	return familyOpaque
}

// keySpaces divides conditions into spaces: one for each key and family, and one for each condition that is
// opaque. Presence alone joins the first family of its key. typeOf tells a key's type, as far as it is known; then the points are
// such as requests of IAM principals have. Without it they are any.
func keySpaces(conditions []*condition, typeOf func(key string) string) []*keySpace {
	type group struct {
		key    string
		family family
	}
	var spaces []*keySpace
	byGroup := map[group]*keySpace{}
	byKey := map[string]*keySpace{}
	opaque := map[string]*keySpace{}
	add := func(c *condition, at group) {
		s := byGroup[at]
		if s == nil {
			s = &keySpace{key: c.key}
			byGroup[at] = s
			if byKey[c.key] == nil {
				byKey[c.key] = s
			}
			spaces = append(spaces, s)
		}
		s.conditions = append(s.conditions, c)
	}
	for _, c := range conditions {
		switch f := c.family(); f {
		case familyOpaque:
			id := c.identity()
			s := opaque[id]
			if s == nil {
				s = &keySpace{key: c.key}
				opaque[id] = s
				spaces = append(spaces, s)
			}
			s.conditions = append(s.conditions, c)
		case familyNone:
		default:
			add(c, group{c.key, f})
		}
	}
	for _, c := range conditions {
		if c.family() != familyNone {
			continue
		}
		if s := byKey[c.key]; s != nil {
			s.conditions = append(s.conditions, c)
		} else {
			add(c, group{c.key, familyNone})
		}
	}
	for _, s := range spaces {
		if s.free = typeOf == nil; !s.free {
			s.typ = typeOf(s.key)
		}
		if s.conditions[0].family() == familyOpaque {
			yes, no := make([]bool, len(s.conditions)), make([]bool, len(s.conditions))
			for i := range yes {
				yes[i] = true
			}
			s.points = []keyPoint{{holds: yes, open: true}, {holds: no, open: true}}
		} else {
			s.fill()
		}
	}
	return spaces
}

// identity is equal for conditions that always answer the same.
func (c *condition) identity() string {
	var b strings.Builder
	b.WriteString(strings.ToLower(c.from.Operator))
	b.WriteByte(0)
	b.WriteString(c.key)
	for i := range c.values {
		b.WriteByte(0)
		b.WriteString(c.values[i].text)
		if c.values[i].pattern.variables || slices.ContainsFunc(c.values[i].segments, func(p pattern) bool { return p.variables }) {
			b.WriteByte(1)
		}
	}
	return b.String()
}

// fill makes the points.
func (s *keySpace) fill() {
	examples, complete := s.examples()
	sets := false
	for _, c := range s.conditions {
		sets = sets || c.qualifier != plain
	}
	seen := map[string]bool{}
	s.try(nil, seen)
	for _, e := range examples {
		s.try([]string{e}, seen)
	}
	if sets {
		complete = s.join(examples, seen) && complete
	}
	if !complete {
		s.everything(seen)
	}
}

// maxSets bounds the sets of values that are looked at for one key.
const maxSets = 2000

// join adds points of several values. To a set of values each condition answers what its values answer, joined by and
// or by or. So a set needs looking at only if no other gave its answers: with one value more, the two go on alike.
// The empty text is apart: alone it is no value to set operators, and it tells nothing of sets that hold it.
func (s *keySpace) join(examples []string, seen map[string]bool) (complete bool) {
	values := []string{""}
	s.try(values, seen)
	var lists [][]string
	there := map[string]bool{}
	add := func(list []string) bool {
		id := answers(s.ask(list))
		if there[id] {
			return false
		}
		there[id] = true
		lists = append(lists, list)
		s.try(list, seen)
		return true
	}
	for _, e := range examples {
		if e != "" && add([]string{e}) {
			values = append(values, e)
		}
	}
	for i := 0; i < len(lists); i++ {
		for _, v := range values {
			if len(lists) > maxSets {
				return false
			}
			if !slices.Contains(lists[i], v) {
				add(append(slices.Clone(lists[i]), v))
			}
		}
	}
	return true
}

func answers(list []tri) string {
	id := make([]byte, len(list))
	for i, t := range list {
		id[i] = '0' + byte(t)
	}
	return string(id)
}

// ask lists the conditions' answers to values of the key, nil for an absent key. A statement with a broken condition
// does not apply, whatever the others say; here it is one that does not hold.
func (s *keySpace) ask(values []string) []tri {
	req := Request{Context: Context{}}
	if values == nil {
		req.Absent = []string{s.key}
	} else {
		req.Context[s.key] = values
	}
	v := view{req: &req, tags: present}
	out := make([]tri, len(s.conditions))
	for i, c := range s.conditions {
		t, broken := c.eval(&v)
		if broken {
			t = no
		}
		out[i] = t
	}
	return out
}

// try adds a point unless its answers are there already, of the same types of callers.
func (s *keySpace) try(values []string, seen map[string]bool) {
	if !s.free && !s.real(values) {
		return
	}
	list := s.ask(values)
	id := answers(list)
	if !s.free {
		for _, typ := range callerTypes {
			if !s.of(keyPoint{values: values}, typ) {
				id += typ
			}
		}
	}
	if seen[id] {
		return
	}
	seen[id] = true
	p := keyPoint{values: values, holds: make([]bool, len(list))}
	for i, t := range list {
		p.holds[i] = t == yes
	}
	s.points = append(s.points, p)
}

// everything adds all combinations of answers that no example gave, for the proof's sake.
func (s *keySpace) everything(seen map[string]bool) {
	n := len(s.conditions)
	if n > 10 {
		s.lost = true
		return
	}
	for m := 0; m < 1<<n; m++ {
		p := keyPoint{open: true, holds: make([]bool, len(s.conditions))}
		id := make([]byte, len(s.conditions))
		for i := range s.conditions {
			p.holds[i] = m&(1<<i) != 0
			id[i] = '0'
			if p.holds[i] {
				id[i] = '2'
			}
		}
		if !seen[string(id)] {
			seen[string(id)] = true
			s.points = append(s.points, p)
		}
	}
}

// examples lists values, one for each way in which the conditions can tell values apart.
func (s *keySpace) examples() (out []string, complete bool) {
	switch s.conditions[0].family() {
	case familyNone:
		return []string{"x"}, true
	case familyText:
		return s.texts()
	case familyNumber:
		return s.numbers()
	case familyDate:
		return s.dates(), true
	case familyIP:
		return s.addresses(), true
	case familyBool:
		return []string{"true", "false", "x"}, true
	case familyOpaque:
	}
	return nil, false
}

func (s *keySpace) texts() ([]string, bool) {
	patterns := [][]symbol{{}} // the empty text is no value to set operators
	if !s.free {
		patterns = append(patterns, callerForms[s.key].patterns...)
	}
	seen := map[string]bool{}
	for _, c := range s.conditions {
		for i := range c.values {
			v := &c.values[i]
			id := string(rune('0'+c.op)) + v.text
			if seen[id] {
				continue
			}
			seen[id] = true
			switch c.op {
			case opStringLike:
				patterns = append(patterns, symbols(v.text, syntax{wildcards: true}))
			case opStringIgnoreCase:
				patterns = append(patterns, letters(strings.ToLower(v.text)))
			case opARN:
				patterns = append(patterns, arnSymbols(v.text), arnSymbols("arn:*"))
			case opStringEquals, opBinary:
				patterns = append(patterns, symbols(v.text, syntax{}))
				if c.op == opBinary {
					patterns = append(patterns, symbols(string(v.binary), syntax{}))
				}
			default:
			}
		}
	}
	work := workBudget / 4
	found, complete := classes([]symbol{{kind: many}}, patterns, languageBudget/4, &work)
	var out []string
	for _, c := range found {
		out = append(out, wordText(c.word))
	}
	return out, complete
}

// letters are symbols for text in letters of any case.
func letters(lower string) []symbol {
	out := symbols(lower, syntax{})
	for i := range out {
		if out[i].kind == literal && len(cases(out[i].char)) > 1 {
			out[i].kind = letter
		}
	}
	return out
}

// arnSymbols is the pattern of an ARN operator: its first five fields keep to themselves.
func arnSymbols(s string) []symbol {
	if s == "*" {
		return []symbol{{kind: many}}
	}
	var fields []string
	for len(fields) < 5 {
		at := strings.IndexByte(s, ':')
		if at < 0 {
			break
		}
		fields = append(fields, s[:at])
		s = s[at+1:]
	}
	fields = append(fields, s)
	for len(fields) < 6 {
		fields = append(fields, "*")
	}
	var out []symbol
	for i, f := range fields {
		if i > 0 {
			out = append(out, symbol{char: ':'})
		}
		for _, sym := range symbols(f, syntax{wildcards: true}) {
			switch {
			case i < 5 && sym.kind == many:
				sym.kind = field
			case i < 5 && sym.kind == one:
				sym.kind = oneField
			}
			out = append(out, sym)
		}
	}
	return out
}

func (s *keySpace) numbers() ([]string, bool) {
	var at []float64
	for _, c := range s.conditions {
		for i := range c.values {
			if f, err := strconv.ParseFloat(c.values[i].text, 64); err == nil && c.values[i].valid {
				at = append(at, f)
			}
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	out := []string{"x"}
	text := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	complete := true
	for i, f := range at {
		complete = complete && f > -1e15 && f < 1e15
		before := f - 1
		if i > 0 {
			before = at[i-1] + (f-at[i-1])/2
		}
		out = append(out, text(before), text(f))
	}
	if len(at) > 0 {
		out = append(out, text(at[len(at)-1]+1))
	}
	return out, complete
}

func (s *keySpace) dates() []string {
	var at []instant
	for _, c := range s.conditions {
		for i := range c.values {
			if c.op != opNull && c.values[i].valid {
				at = append(at, c.values[i].when)
			}
		}
	}
	slices.SortFunc(at, instant.compare)
	at = slices.Compact(at)
	out := []string{"x"}
	text := func(t instant) string {
		if u := time.Unix(t.seconds, int64(t.nanos)).UTC(); u.Year() > 0 && u.Year() < 10000 {
			return u.Format(time.RFC3339Nano)
		}
		return strconv.FormatInt(t.seconds, 10)
	}
	for i, t := range at {
		before := instant{t.seconds - 1, t.nanos}
		if i > 0 && before.compare(at[i-1]) <= 0 {
			p := time.Unix(at[i-1].seconds, int64(at[i-1].nanos))
			m := p.Add(time.Unix(t.seconds, int64(t.nanos)).Sub(p) / 2)
			before = instant{m.Unix(), m.Nanosecond()}
		}
		out = append(out, text(before), text(t))
	}
	if len(at) > 0 {
		last := at[len(at)-1]
		out = append(out, text(instant{last.seconds + 1, last.nanos}))
	}
	return out
}

// addresses lists one address for each part into which the ranges cut the address space: the first of each
// range and the first behind it.
func (s *keySpace) addresses() []string {
	out := []string{"x", "0.0.0.0", "::"}
	for _, c := range s.conditions {
		for i := range c.values {
			if c.op != opIP || !c.values[i].valid {
				continue // Null shares the space
			}
			p := c.values[i].net
			out = append(out, p.Addr().String())
			if next := lastAddress(p).Next(); next.IsValid() {
				out = append(out, next.String())
			}
		}
	}
	return out
}

func lastAddress(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
