package policy

import (
	"slices"
	"strings"
)

// What one statement says, compared with another by their texts alone: quick, and enough for most tightenings.

// covers reports whether w surely matches all that p does, told by their shapes.
func (w *pattern) covers(p *pattern) bool {
	switch {
	case w.shape == shapeAny:
		return true
	case w.shape == shapeSymbols || p.shape == shapeSymbols:
		return surely(w.list(), p.list())
	case w.shape == shapeExact:
		return p.shape == shapeExact && p.text == w.text
	case p.shape == shapeExact:
		return w.matchText(p.text)
	case p.shape == shapeAny:
		return false
	case w.shape == shapePrefix:
		return strings.HasPrefix(literalPrefix(p), w.text)
	}
	if w.shape == p.shape && w.text == p.text {
		return true
	}
	return coversText(w.text, p.whole)
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

// covers reports whether t surely applies wherever s does. The principals are not looked at.
func (t *statement) covers(s *statement) bool {
	if t.from == s.from && t.variables == s.variables {
		return true
	}
	return coversSet(t.actions, t.from.NotAction, s.actions, s.from.NotAction) && t.coversElse(s)
}

// coversElse is covers without the actions.
func (t *statement) coversElse(s *statement) bool {
	if (t.from.Resources == nil) != (s.from.Resources == nil) {
		return false
	}
	if !coversSet(t.resources, t.from.NotResource, s.resources, s.from.NotResource) {
		return false
	}
	if t.brokenResource() && !(s.from.NotResource == t.from.NotResource && slices.Equal(s.from.Resources, t.from.Resources)) {
		return false
	}
	return t.impliedBy(s)
}

// impliedBy reports whether all conditions of t hold where those of s do.
func (t *statement) impliedBy(s *statement) bool {
	for i := range t.conditions {
		if !slices.ContainsFunc(s.conditions, func(c condition) bool { return c.implies(&t.conditions[i]) }) {
			return false
		}
	}
	return true
}

// coversResource is covers for one entry of s's Resource, for actions that both are about.
func (t *statement) coversResource(entry *pattern, s *statement) bool {
	return t.from.Resources != nil && !s.from.NotResource && !t.brokenResource() &&
		coversSet(t.resources, t.from.NotResource, []pattern{*entry}, false) && t.impliedBy(s)
}

// coversAction is covers for one entry of s's Action.
func (t *statement) coversAction(entry *pattern, s *statement) bool {
	return coversSet(t.actions, t.from.NotAction, []pattern{*entry}, false) && t.coversElse(s)
}

// brokenResource reports a NotResource with a variable: without the variable, the statement does not apply.
func (s *statement) brokenResource() bool {
	return s.from.NotResource && slices.ContainsFunc(s.resources, func(p pattern) bool { return p.variables })
}

// implies reports whether d surely holds where c does, told by their texts: the same, or the same operator with
// a smaller set of values.
func (c *condition) implies(d *condition) bool {
	if c.key != d.key || c.op != d.op || c.op == opUnknown || c.negated != d.negated || c.qualifier != d.qualifier {
		return false
	}
	if c.ifExists && !d.ifExists {
		return false
	}
	if c.identity() == d.identity() {
		return true
	}
	if c.op == opNull || c.negated && c.ifExists != d.ifExists {
		return false
	}
	small, large := c.values, d.values
	if c.negated {
		small, large = large, small
	}
	for i := range small {
		if !slices.ContainsFunc(large, func(v conditionValue) bool { return v.covers(&small[i], c.op) }) {
			return false
		}
	}
	return true
}

// covers reports whether all values that u matches, v matches as well.
func (v *conditionValue) covers(u *conditionValue, op operator) bool {
	if v.pattern.variables != u.pattern.variables {
		return false
	}
	switch op {
	case opStringEquals, opStringIgnoreCase, opStringLike:
		return v.pattern.covers(&u.pattern)
	case opIP:
		return v.valid && u.valid && v.net.Bits() <= u.net.Bits() && v.net.Contains(u.net.Addr())
	default:
	}
	return v.text == u.text && v.valid == u.valid
}
