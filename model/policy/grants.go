package policy

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// A Grant is an action pattern set allowed on resource patterns, less exceptions, under conditions. Patterns and conditions are
// written as Version 2012-10-17 reads them, whatever the Version of the policies.
type Grant struct {
	Actions   []string // patterns
	Resources []string // patterns
	Except    []Except // taken away by denials, and by NotAction and NotResource
	When      []Condition
	From      *Statement // of an identity policy
	Document  *Document
}

// An Except is what a Deny takes from a Grant: all of its actions on all of its resources unless a condition of
// Unless fails.
type Except struct {
	Actions, Resources []string
	Unless             []Condition
	From               *Statement
}

// Grants lists what the stack's identity policies allow within its other layers, in source order. A request
// that a Grant describes, its conditions met and those of its exceptions not, is allowed on a resource of the
// principal's own account. One statement gives several grants where a boundary or a denial cuts it into parts.
// Whom an endpoint policy names stands in conditions on aws:PrincipalArn, aws:PrincipalAccount and aws:userid, unless
// Stack.Principal decides.
func (s *Stack) Grants() iter.Seq[Grant] {
	return func(yield func(Grant) bool) {
		if s.Identity == nil {
			return
		}
		a := newSide(s)
		work := workBudget
		for _, st := range s.Identity.statements {
			// Too little is said of policies of thousands of statements, never too much.
			if work -= len(a.denies)*len(st.actions) + 1; work < 0 {
				return
			}
			if st.effect != Allow || st.from.Resources == nil {
				continue
			}
			for _, r := range a.regions(st) {
				g := r.grant(st)
				if s.empty(&g) {
					continue
				}
				if !yield(g) {
					return
				}
			}
		}
	}
}

// A term is one pattern of a region: as it is printed, and compiled. when is what the variables in it have to be.
type term struct {
	text    string
	pattern pattern
	when    []Condition
}

// A region is a grant in the making: a product of actions and resources, less exceptions.
type region struct {
	actions, resources []term
	except             []Except
	when               []Condition
}

func (r *region) grant(st *statement) Grant {
	g := Grant{Except: r.except, When: r.when, From: st.from, Document: st.document}
	for _, t := range r.actions {
		g.Actions = append(g.Actions, t.text)
	}
	for _, t := range r.resources {
		g.Resources = append(g.Resources, t.text)
	}
	return g
}

var everyTerm = []term{{text: "*", pattern: pattern{shape: shapeAny}}}

func (s *statement) actionTerms() []term {
	out := make([]term, len(s.actions))
	for i := range s.actions {
		out[i] = term{text: s.from.Actions[i], pattern: s.actions[i]}
	}
	return out
}

// resourceTerms are the entries of Resource; one that IAM completes gives its complete forms.
func (s *statement) resourceTerms() []term {
	var out []term
	for _, text := range s.from.Resources {
		for _, p := range compileResource(text, s.variables) {
			t := text
			if p.shape != shapeSymbols {
				t = p.source()
			}
			if p.shape != shapeSymbols || !s.variables {
				t = plainText(t)
			}
			out = append(out, term{text: t, pattern: p})
		}
	}
	return out
}

// plainText writes a text without variables so that nothing in it is taken for one.
func plainText(s string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	var b strings.Builder
	for s != "" {
		switch n := tokenEnd(s); {
		case n > 0 && isUnknown(s[:n]):
			b.WriteString(s[:n])
			s = s[n:]
		case strings.HasPrefix(s, "${"):
			b.WriteString("${$}")
			s = s[1:]
		default:
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String()
}

// asked are a statement's conditions, and that the keys are there without which its NotResource applies to nothing. ok is false
// where it never applies.
func (s *statement) asked() (out []Condition, ok bool) {
	out = slices.Clip(s.from.Conditions)
	if !s.variables {
		for i := range out {
			if slices.ContainsFunc(out[i].Values, func(v string) bool { return strings.Contains(v, "${") }) {
				out = slices.Clone(out)
				out[i].Values = s.conditions[i].written()
			}
		}
	}
	if !s.from.NotResource {
		return out, true
	}
	for i := range s.resources {
		if !s.resources[i].variables {
			continue
		}
		for _, sym := range s.resources[i].symbols {
			if sym.kind != variable || sym.hasFall {
				continue
			}
			if multivalued[sym.name] {
				return nil, false
			}
			there := Condition{Operator: "Null", Key: sym.name, Values: []string{"false"}}
			if !slices.ContainsFunc(out, there.Equal) {
				out = append(out, there)
			}
		}
	}
	return out, true
}

// written are the values of a condition of a policy without variables, for policies that have them.
func (c *condition) written() []string {
	out := make([]string, len(c.values))
	for i := range c.values {
		v := &c.values[i]
		switch c.op {
		case opStringEquals, opStringIgnoreCase, opStringLike, opARN:
			out[i] = plainText(v.text)
		default:
			out[i] = v.text
		}
	}
	return out
}

// regions is what a statement allows within the other groups of a side, less its denials.
func (a *side) regions(st *statement) []region {
	whole, ok := regionOf(st)
	if !ok {
		return nil
	}
	list := []region{whole}
	for _, group := range a.groups[1:] {
		var next []region
		for _, r := range list {
			for _, g := range group {
				if g.from.Resources == nil {
					continue
				}
				if q, ok := regionOf(g); ok {
					next = append(next, r.and(q)...)
				}
			}
		}
		list = next
	}
	for _, d := range append(slices.Clone(a.denies), a.rcps...) {
		var next []region
		for _, r := range list {
			next = append(next, r.minus(d)...)
		}
		list = next
	}
	return list
}

// regionOf is what a statement is about; false if it is about nothing.
func regionOf(s *statement) (region, bool) {
	when, ok := s.asked()
	r := region{actions: s.actionTerms(), resources: s.resourceTerms(), when: when}
	if s.from.NotAction {
		r.except = append(r.except, Except{Actions: s.from.Actions, Resources: []string{"*"}, From: cmp.Or(s.whole, s.from)})
		r.actions = everyTerm
	}
	if s.from.NotResource {
		r.except = append(r.except, Except{Actions: []string{"*"}, Resources: texts(r.resources), From: cmp.Or(s.whole, s.from)})
		r.resources = everyTerm
	}
	return r, ok
}

func texts(terms []term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.text
	}
	return out
}

// and is what two regions have in common.
func (r region) and(q region) []region {
	out := r
	out.actions = commonTerms(r.actions, q.actions)
	out.except = append(slices.Clip(r.except), q.except...)
	out.when = slices.Clip(r.when)
	out.require(q.when)
	if len(out.actions) == 0 {
		return nil
	}
	return out.on(commonTerms(r.resources, q.resources))
}

func (r *region) require(when []Condition) {
	for _, c := range when {
		if !slices.ContainsFunc(r.when, c.Equal) {
			r.when = append(r.when, c)
		}
	}
}

// on is a region with other resources: one for each set of conditions that they bring.
func (r region) on(resources []term) (out []region) {
	for len(resources) > 0 {
		part, rest := r, []term(nil)
		part.resources = nil
		for _, t := range resources {
			if slices.EqualFunc(t.when, resources[0].when, Condition.Equal) {
				part.resources = append(part.resources, t)
			} else {
				rest = append(rest, t)
			}
		}
		part.when = slices.Clip(r.when)
		part.require(resources[0].when)
		out, resources = append(out, part), rest
	}
	return out
}

// minus takes a denial from a region. What NotAction and NotResource spare stays as regions of its own.
func (r region) minus(d *statement) []region {
	if d.from.Resources == nil {
		return []region{r}
	}
	unless, ok := d.asked()
	if !ok || !d.from.NotAction && !meet(r.actions, d.actionTerms()) || !d.from.NotResource && !meet(r.resources, d.resourceTerms()) {
		return []region{r}
	}
	var out []region
	taken := Except{Actions: d.from.Actions, Resources: texts(d.resourceTerms()), Unless: unless, From: cmp.Or(d.whole, d.from)}
	if d.from.NotAction {
		spared := r
		if spared.actions = commonTerms(r.actions, d.actionTerms()); len(spared.actions) > 0 {
			out = append(out, spared)
		}
		taken.Actions = []string{"*"}
		if d.bound != nil {
			taken.Actions = make([]string, len(d.bound))
			for i, service := range d.bound {
				taken.Actions[i] = service + ":*"
			}
		}
	}
	if d.from.NotResource {
		out = append(out, r.on(commonTerms(r.resources, d.resourceTerms()))...)
		taken.Resources = []string{"*"}
	}
	if len(unless) == 0 && (d.from.NotAction && d.bound == nil || !d.from.NotAction && coversTerms(d.actionTerms(), r.actions)) && (d.from.NotResource || coversTerms(d.resourceTerms(), r.resources)) {
		return out
	}
	rest := r
	rest.except = append(slices.Clone(r.except), taken)
	return append(out, rest)
}

func coversTerms(wide, narrow []term) bool {
	for i := range narrow {
		if !slices.ContainsFunc(wide, func(t term) bool { return t.pattern.covers(&narrow[i].pattern) }) {
			return false
		}
	}
	return true
}

func meet(a, b []term) bool {
	for i := range a {
		for j := range b {
			if a[i].pattern.meets(&b[j].pattern) {
				return true
			}
		}
	}
	return false
}

// commonTerms is the patterns of what two lists have in common.
func commonTerms(a, b []term) []term {
	var out []term
	add := func(t term) {
		if slices.ContainsFunc(out, func(u term) bool { return u.pattern.covers(&t.pattern) && within(u.when, t.when) }) {
			return
		}
		out = slices.DeleteFunc(out, func(u term) bool { return t.pattern.covers(&u.pattern) && within(t.when, u.when) })
		out = append(out, t)
	}
	for _, t := range a {
		for _, u := range b {
			when := t.when
			for _, c := range u.when {
				if !slices.ContainsFunc(when, c.Equal) {
					when = append(slices.Clip(when), c)
				}
			}
			switch {
			case u.pattern.covers(&t.pattern):
				add(term{t.text, t.pattern, when})
			case t.pattern.covers(&u.pattern):
				add(term{u.text, u.pattern, when})
			case t.pattern.meets(&u.pattern):
				for _, p := range intersect(t.pattern.list(), u.pattern.list()) {
					text := writeSymbols(p.list)
					add(term{text, compilePattern(text, syntax{wildcards: true, variables: true}), append(slices.Clip(when), p.when...)})
				}
			}
		}
	}
	return out
}

// within reports whether all of some conditions are among others.
func within(few, many []Condition) bool {
	return !slices.ContainsFunc(few, func(c Condition) bool { return !slices.ContainsFunc(many, c.Equal) })
}

// maxParts bounds the patterns into which an intersection falls.
const maxParts = 64

// A commonPart is a pattern of what two have in common, where its variables are as when asks.
type commonPart struct {
	list []symbol
	when []Condition
}

// intersect lists patterns that together match what both patterns match. Past maxParts, and where unknowns or the variables of
// the two overlap by halves, some are left out: a Grant may say too little, never too much.
func intersect(p, q []symbol) []commonPart {
	x := &intersection{p, q, map[[2]int][]commonPart{}}
	out := x.walk(0, 0)
	// A variable that is absent is its default.
	for _, list := range [][]symbol{p, q} {
		for _, v := range list {
			if !v.hasFall || len(out) > maxParts {
				continue
			}
			p, ok := withDefault(p, v.name)
			q, also := withDefault(q, v.name)
			if !ok || !also {
				return out
			}
			absent := Condition{"Null", v.name, []string{"true"}}
			for _, part := range intersect(p, q) {
				out = append(out, commonPart{part.list, append([]Condition{absent}, part.when...)})
			}
			return out
		}
	}
	return out
}

// withDefault is a pattern whose variables on one key are their defaults; false where one has none, and so matches nothing.
func withDefault(list []symbol, key string) (out []symbol, ok bool) {
	for _, s := range list {
		switch {
		case s.kind != variable || s.name != key:
			out = append(out, s)
		case s.hasFall:
			out = append(out, symbols(s.fallback, syntax{})...)
		default:
			return nil, false
		}
	}
	return out, true
}

// An intersection walks two patterns side by side.
type intersection struct {
	p, q []symbol
	memo map[[2]int][]commonPart
}

// walk lists what is common from a place of each pattern on.
func (x *intersection) walk(i, j int) []commonPart {
	p, q := x.p, x.q
	if i == len(p) && j == len(q) {
		return []commonPart{{}}
	}
	at := [2]int{i, j}
	if found, ok := x.memo[at]; ok {
		return found
	}
	x.memo[at] = nil
	var out []commonPart
	seen := map[string]bool{}
	put := func(head []symbol, when []Condition, tails []commonPart) {
		for _, tail := range tails {
			part := commonPart{slices.Concat(head, tail.list), slices.Concat(when, tail.when)}
			if len(head) > 0 && head[0].kind == many && len(tail.list) > 0 && tail.list[0].kind == many {
				part.list = tail.list
			}
			id := writeSymbols(part.list)
			for _, c := range part.when {
				id += "\x00" + c.String()
			}
			if !seen[id] && len(out) < maxParts {
				seen[id] = true
				out = append(out, part)
			}
		}
	}
	is := func(l []symbol, k int, kind symbolKind) bool { return k < len(l) && l[k].kind == kind }
	switch {
	case is(p, i, many) && is(q, j, many):
		put([]symbol{{kind: many}}, nil, x.walk(i+1, j))
		put([]symbol{{kind: many}}, nil, x.walk(i, j+1))
	case is(p, i, many):
		put(nil, nil, x.walk(i+1, j))
		if j < len(q) {
			put(q[j:j+1], nil, x.walk(i, j+1))
		}
	case is(q, j, many):
		put(nil, nil, x.walk(i, j+1))
		if i < len(p) {
			put(p[i:i+1], nil, x.walk(i+1, j))
		}
	case i == len(p) || j == len(q):
	case p[i] == q[j], p[i].kind == literal && q[j].kind == one:
		put(p[i:i+1], nil, x.walk(i+1, j+1))
	case p[i].kind == one && q[j].kind == literal:
		put(q[j:j+1], nil, x.walk(i+1, j+1))
	}
	if is(p, i, variable) && (j == len(q) || p[i] != q[j]) {
		taking(p[i], q[j:], func(n, left int, when []Condition) { put(p[i:i+1], when, x.walk(i+1, j+n-left)) })
	}
	if is(q, j, variable) && (i == len(p) || p[i] != q[j]) {
		taking(q[j], p[i:], func(n, left int, when []Condition) { put(q[j:j+1], when, x.walk(i+n-left, j+1)) })
	}
	x.memo[at] = out
	return out
}

// taking lists what a variable can be in the place of: the first n symbols of the other pattern, of which the last stays (left
// is 1) where it is a *.
func taking(v symbol, other []symbol, each func(n, left int, when []Condition)) {
	for n := 0; n <= len(other); n++ {
		if n > 0 && other[n-1].kind == unknown {
			return
		}
		if n == 1 && other[0].kind == many {
			continue // walk has it: whatever the variable is
		}
		when := []Condition{{"StringLike", v.name, []string{writeSymbols(other[:n])}}}
		if v.hasFall {
			when = append(when, Condition{"Null", v.name, []string{"false"}})
		}
		if each(n, 0, when); n > 0 && other[n-1].kind == many {
			each(n, 1, when)
		}
	}
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
