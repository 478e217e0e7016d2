package policy

import (
	"slices"
	"strings"
)

// What one statement says, compared with another by their texts alone: quick, and enough for most tightenings.

// covers reports whether p surely matches all that q does, told by their shapes.
func (p *pattern) covers(q *pattern) bool {
	switch {
	case p.shape == shapeAny:
		return true
	case p.shape == shapeSymbols || q.shape == shapeSymbols:
		return surely(p.list(), q.list())
	case p.shape == shapeExact:
		return q.shape == shapeExact && q.text == p.text
	case q.shape == shapeExact:
		return p.matchText(q.text)
	case q.shape == shapeAny:
		return false
	case p.shape == shapePrefix:
		return strings.HasPrefix(literalPrefix(q), p.text)
	}
	return coversText(p.text, q.whole)
}

// coversText is covers for patterns without unknowns and variables. It reads narrow as a text: where wide's * takes
// in a *, it takes in whatever that stands for, and nothing else of wide takes one in.
func coversText(wide, narrow string) bool {
	wi, ni, star, mark := 0, 0, -1, 0
	for ni < len(narrow) {
		if wi < len(wide) {
			switch c := wide[wi]; {
			case c == '*':
				star, mark = wi, ni
				wi++
				continue
			case c == '?' && narrow[ni] != '*':
				wi++
				ni += runeLen(narrow, ni)
				continue
			case c != '?' && c == narrow[ni]:
				wi++
				ni++
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark += runeLen(narrow, mark)
		wi, ni = star+1, mark
	}
	for wi < len(wide) && wide[wi] == '*' {
		wi++
	}
	return wi == len(wide)
}

// literalPrefix is the text before the first wildcard.
func literalPrefix(p *pattern) string {
	if p.shape == shapeGlob {
		return p.head
	}
	return p.text // of an exact pattern and a prefix
}

// list is the pattern as symbols.
func (p *pattern) list() []symbol {
	if p.shape == shapeSymbols {
		return p.symbols
	}
	return symbols(p.source(), syntax{wildcards: p.shape != shapeExact})
}

// coversAll reports whether each of narrow is covered by one of wide.
func coversAll(wide, narrow []pattern) bool {
	var exact map[string]bool // of long lists, what stands there word for word
	if len(wide)*len(narrow) > 1000 {
		exact = make(map[string]bool, len(wide))
		for i := range wide {
			if wide[i].shape == shapeExact {
				exact[wide[i].text] = true
			}
		}
	}
	for i := range narrow {
		if narrow[i].shape == shapeExact && exact[narrow[i].text] {
			continue
		}
		if !slices.ContainsFunc(wide, func(w pattern) bool { return w.covers(&narrow[i]) }) {
			return false
		}
	}
	return true
}

// disjoint reports whether no string is surely in both lists, told cautiously.
func disjoint(a, b []pattern) bool {
	for i := range a {
		for j := range b {
			if a[i].meets(&b[j]) {
				return false
			}
		}
	}
	return true
}

// meets reports whether some string is perhaps matched by both patterns.
func (p *pattern) meets(q *pattern) bool {
	switch {
	case p.shape == shapeAny || q.shape == shapeAny:
		return true
	case p.shape == shapeSymbols || q.shape == shapeSymbols:
		return perhaps(p.list(), q.list())
	case p.shape == shapeExact:
		return q.matchText(p.text)
	case q.shape == shapeExact:
		return p.matchText(q.text)
	}
	return mayMeet(p, q) && perhaps(p.list(), q.list())
}

// mayMeet is a quick look at the texts before the first wildcards.
func mayMeet(p, q *pattern) bool {
	a, b := literalPrefix(p), literalPrefix(q)
	n := min(len(a), len(b))
	return a[:n] == b[:n]
}

// coversSet compares Action with Action, NotAction with NotAction and so on: does (wide, wideNot) hold all that
// (narrow, narrowNot) does?
func coversSet(wide []pattern, wideNot bool, narrow []pattern, narrowNot bool) bool {
	switch {
	case !wideNot && !narrowNot:
		return coversAll(wide, narrow)
	case wideNot && narrowNot:
		return coversAll(narrow, wide)
	case wideNot:
		return disjoint(wide, narrow)
	}
	return slices.ContainsFunc(wide, func(p pattern) bool { return p.shape == shapeAny })
}

// covers reports whether s surely applies wherever t does. The principals are not looked at.
func (s *statement) covers(t *statement) bool {
	if s.from == t.from && s.variables == t.variables {
		return true
	}
	return coversSet(s.actions, s.from.NotAction, t.actions, t.from.NotAction) && s.coversElse(t)
}

// coversElse is covers without the actions.
func (s *statement) coversElse(t *statement) bool {
	if (s.from.Resources == nil) != (t.from.Resources == nil) {
		return false
	}
	if !coversSet(s.resources, s.from.NotResource, t.resources, t.from.NotResource) {
		return false
	}
	if s.brokenResource() && !(t.from.NotResource == s.from.NotResource && slices.Equal(t.from.Resources, s.from.Resources)) {
		return false
	}
	return s.impliedBy(t)
}

// impliedBy reports whether all conditions of s hold where those of t do.
func (s *statement) impliedBy(t *statement) bool {
	for i := range s.conditions {
		c := &s.conditions[i]
		if !slices.ContainsFunc(t.conditions, func(d condition) bool { return d.implies(c) }) && !c.impliedByAll(t.conditions) {
			return false
		}
	}
	return true
}

// coversResource is covers for one entry of t's Resource, for actions that both are about.
func (s *statement) coversResource(entry *pattern, t *statement) bool {
	return s.from.Resources != nil && !t.from.NotResource && !s.brokenResource() &&
		coversSet(s.resources, s.from.NotResource, []pattern{*entry}, false) && s.impliedBy(t)
}

// coversAction is covers for one entry of t's Action.
func (s *statement) coversAction(entry *pattern, t *statement) bool {
	return coversSet(s.actions, s.from.NotAction, []pattern{*entry}, false) && s.coversElse(t)
}

// brokenResource reports a NotResource with a variable: without the variable, the statement does not apply.
func (s *statement) brokenResource() bool {
	return s.from.NotResource && slices.ContainsFunc(s.resources, func(p pattern) bool { return p.variables })
}

// implies reports whether d surely holds where c does, told by their texts: the same, or the same operator with
// a smaller set of values.
func (c *condition) implies(d *condition) bool {
	if c.key != d.key || c.op == opUnknown || d.op == opUnknown {
		return false
	}
	if d.op == opNull {
		// What compares a value needs one.
		return c.op != opNull && c.needsValue() && d.evalNull(false) == yes || c.op == opNull && c.identity() == d.identity()
	}
	like := c.op == d.op || c.op == opStringEquals && d.op == opStringLike && !c.negated || c.op == opStringLike && d.op == opStringEquals && c.negated
	if !like || c.negated != d.negated || c.qualifier != d.qualifier || c.ifExists && !d.ifExists {
		return false
	}
	if c.identity() == d.identity() {
		return true
	}
	small, large := c.values, d.values
	if c.negated {
		if c.ifExists != d.ifExists || !d.fillsWith(c) {
			return false
		}
		small, large = large, small
	}
	for i := range small {
		if !slices.ContainsFunc(large, func(v conditionValue) bool { return v.covers(&small[i], c.op) }) {
			return false
		}
	}
	return true
}

// excludes reports whether d surely fails where c holds: c says of a key's value what d denies.
func (c *condition) excludes(d *condition) bool {
	if c.key != d.key || c.negated || !d.negated || c.qualifier != plain || d.qualifier != plain || !c.needsValue() {
		return false
	}
	positive := *d
	positive.negated, positive.ifExists = false, false
	return c.implies(&positive)
}

// needsValue reports whether a condition holds only where its key has a value.
func (c *condition) needsValue() bool {
	return !c.negated && !c.ifExists && c.qualifier != forAllValues && c.op != opUnknown && c.op != opNull
}

// fillsWith reports whether all variables of c are variables of d: a negated condition with a variable that the
// request does not have breaks its statement.
func (c *condition) fillsWith(d *condition) bool {
	there := map[symbol]bool{}
	d.eachVariable(func(s symbol) { there[s] = true })
	ok := true
	c.eachVariable(func(s symbol) { ok = ok && there[s] })
	return ok
}

func (c *condition) eachVariable(f func(symbol)) {
	each := func(p *pattern) {
		if p.variables {
			for _, s := range p.symbols {
				if s.kind == variable {
					f(s)
				}
			}
		}
	}
	for i := range c.values {
		each(&c.values[i].pattern)
		for k := range c.values[i].segments {
			each(&c.values[i].segments[k])
		}
	}
}

// impliedByAll reports whether c holds wherever some conditions on its key do, told by all that the values of the key
// can mean to them.
func (c *condition) impliedByAll(conditions []condition) bool {
	if c.family() == familyOpaque {
		return false
	}
	list := []*condition{c}
	size := len(c.values)
	for i := range conditions {
		if d := &conditions[i]; d.key == c.key && d.family() != familyOpaque {
			list = append(list, d)
			size += len(d.values)
		}
	}
	if len(list) == 1 || size > 50 {
		return false
	}
	spaces := keySpaces(list, nil)
	if len(spaces) != 1 || spaces[0].lost {
		return false // values of several kinds
	}
	at := slices.Index(spaces[0].conditions, c)
	for _, p := range spaces[0].points {
		if !p.holds[at] && !slices.Contains(slices.Delete(slices.Clone(p.holds), at, at+1), false) {
			return false
		}
	}
	return true
}

// covers reports whether all values that q matches, p matches as well; told where p is not negated, so that a variable
// that the request does not have matches nothing.
func (p *conditionValue) covers(q *conditionValue, op operator) bool {
	switch op {
	case opStringEquals, opStringIgnoreCase, opStringLike:
		return p.pattern.covers(&q.pattern)
	case opIP:
		return p.valid && q.valid && p.net.Bits() <= q.net.Bits() && p.net.Contains(q.net.Addr())
	default:
	}
	return p.text == q.text && p.valid == q.valid && p.pattern.variables == q.pattern.variables &&
		slices.EqualFunc(p.segments, q.segments, func(a, b pattern) bool { return a.variables == b.variables })
}
