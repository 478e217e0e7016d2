package policy

import (
	"slices"
	"strings"
)

// applies is which statements are about an action, or about a resource: surely or possibly.
type applies map[*statement]tri

// Patterns that anything IAM calls an action or the ARN of a resource matches.
var (
	actionShape = symbols("?*:?*", syntax{wildcards: true})
	actionTwice = symbols("*:*:*", syntax{wildcards: true})
	arnShape    = symbols("arn:?*:?*:*:*:?*", syntax{wildcards: true})
	starShape   = []symbol{{char: '*'}}
)

// A patternSet is the different patterns of some statements.
type patternSet struct {
	patterns []*pattern
	lists    [][]symbol
	of       map[*statement][]int
}

func newPatternSet(statements []*statement, of func(*statement) []pattern) *patternSet {
	set := &patternSet{of: map[*statement][]int{}}
	numbers := map[string]int{}
	for _, s := range statements {
		for i := range of(s) {
			p := &of(s)[i]
			id := string(rune('0'+p.shape)) + p.text
			if p.shape == shapeSymbols {
				id += writeSymbols(p.symbols)
				if p.variables {
					id += "$"
				}
			}
			n, there := numbers[id]
			if !there {
				n = len(set.patterns)
				numbers[id] = n
				set.patterns = append(set.patterns, p)
				set.lists = append(set.lists, p.list())
			}
			set.of[s] = append(set.of[s], n)
		}
	}
	return set
}

// divide divides the strings of a pattern by which patterns of the statements they match, and by their shapes.
// The sets of a class have the numbers of the patterns, then those of the shapes.
func (w *proof) divide(set *patternSet, statements []*statement, within *pattern, shapes [][]symbol) (out []class, complete bool) {
	n := len(set.patterns)
	if within.shape == shapeExact {
		// One string: no need to walk.
		word := within.list()
		c := class{word: word, sure: newBits(n + len(shapes)), may: newBits(n + len(shapes))}
		sub := subjectOf(within.text)
		for _, s := range statements {
			for _, k := range set.of[s] {
				t := set.patterns[k].match(&sub)
				if set.patterns[k].variables {
					t = triOf(surely(set.lists[k], word), perhaps(set.lists[k], word))
				}
				c.put(k, t)
			}
		}
		for k, shape := range shapes {
			c.put(n+k, triOf(surely(shape, word), false))
		}
		return []class{c}, true
	}
	list := within.list()
	var numbers []int
	var lists [][]symbol
	seen := newBits(n + 1)
	for _, s := range statements {
		for _, k := range set.of[s] {
			if !seen.has(k) {
				seen.add(k)
				if set.patterns[k].meets(within) {
					numbers = append(numbers, k)
					lists = append(lists, set.lists[k])
				}
			}
		}
	}
	for k, shape := range shapes {
		numbers = append(numbers, n+k)
		lists = append(lists, shape)
	}
	found, complete := classes(list, lists, classBudget, &w.work)
	for i := range found {
		c := class{word: found[i].word, sure: newBits(n + len(shapes)), may: newBits(n + len(shapes))}
		for j, k := range numbers {
			c.put(k, triOf(found[i].sure.has(j), found[i].may.has(j)))
		}
		found[i] = c
	}
	return found, complete
}

func (c *class) put(k int, t tri) {
	if t == yes {
		c.sure.add(k)
	}
	if t != no {
		c.may.add(k)
	}
}

// matches tells whether the strings of a class match one of some patterns. broken: where a pattern does not
// surely fail, the statement may not apply at all.
func (c *class) matches(patterns []int, not, broken bool) tri {
	t := no
	for _, n := range patterns {
		t = max(t, triOf(c.sure.has(n), c.may.has(n)))
	}
	if not {
		t = t.not()
		if broken && t == yes {
			t = maybe
		}
	}
	return t
}

// An action is a class of actions: a word of it, and the entry of the statement that it is of.
type action struct {
	within *pattern
	word   []symbol
}

// statement looks at all that one allowing statement of from may let through; nil goes on.
func (w *proof) statement(st *statement) *Verdict {
	entries := st.actions
	if st.from.NotAction {
		entries = []pattern{compilePattern("*:*", syntax{wildcards: true, fold: true})}
	}
	n := len(w.actions.patterns)
	free := w.limited && !w.denied(st)
	seen := map[string]bool{}
	for i := range entries {
		if free && !st.from.NotAction && slices.ContainsFunc(w.to.groups[0], func(u *statement) bool { return u.coversAction(&entries[i], st) }) {
			continue
		}
		found, complete := w.divide(w.actions, w.statements, &entries[i], [][]symbol{actionShape, actionTwice})
		if !complete {
			w.give("there are too many kinds of actions to tell apart")
		}
		for _, c := range found {
			if !c.sure.has(n) || c.sure.has(n+1) {
				continue
			}
			if w.work -= len(w.statements); w.work < 0 {
				w.give("the policies are too large to compare")
				return nil
			}
			about := applies{}
			id := make([]byte, len(w.statements))
			for k, s := range w.statements {
				t := c.matches(w.actions.of[s], s.from.NotAction, false)
				if t != no {
					about[s] = t
				}
				id[k] = '0' + byte(t)
			}
			if about[st] == no || seen[string(id)] {
				continue
			}
			seen[string(id)] = true
			if v := w.onResources(st, about, action{within: &entries[i], word: c.word}); v != nil {
				return v
			}
		}
	}
	return nil
}

// onResources looks at all resources of a statement for one class of actions.
func (w *proof) onResources(st *statement, about applies, act action) *Verdict {
	entries := st.resources
	switch {
	case st.from.Resources == nil:
		return nil // it applies to nothing
	case st.from.NotResource:
		entries = []pattern{compilePattern("*", syntax{wildcards: true})}
	}
	var others []*statement
	for _, s := range w.statements {
		if about[s] != no {
			others = append(others, s)
		}
	}
	n := len(w.resources.patterns)
	free := w.limited && !slices.ContainsFunc(w.to.denies, func(d *statement) bool { return about[d] != no && !w.cancelled[d] })
	for i := range entries {
		if free && slices.ContainsFunc(w.to.groups[0], func(u *statement) bool {
			return about[u] == yes && u.coversResource(&entries[i], st)
		}) {
			continue
		}
		found, complete := w.divide(w.resources, others, &entries[i], [][]symbol{arnShape, starShape})
		if !complete {
			w.give("there are too many kinds of resources to tell apart")
		}
		// Those that are ARNs first: they make the better witnesses.
		slices.SortStableFunc(found, func(a, b class) int {
			return int(triOf(b.sure.has(n), false)) - int(triOf(a.sure.has(n), false))
		})
		for _, c := range found {
			// Resources are ARNs, or * where an action takes none.
			if !c.may.has(n) && !c.may.has(n+1) {
				continue
			}
			here := applies{}
			for _, s := range others {
				if s.from.Resources == nil {
					continue
				}
				if t := min(about[s], c.matches(w.resources.of[s], s.from.NotResource, s.brokenResource())); t != no {
					here[s] = t
				}
			}
			if here[st] == no {
				continue
			}
			if v := w.conditions(st, here, act, c.word); v != nil {
				return v
			}
		}
	}
	return nil
}

func (w *proof) give(why string) {
	if w.unproven == "" {
		w.unproven = why
	}
}

// conditions looks at all contexts for one class of actions and one of resources.
func (w *proof) conditions(st *statement, here applies, act action, resource []symbol) *Verdict {
	// Denials of from that are sure and ask nothing leave nothing to look at.
	for _, d := range w.from.denies {
		if here[d] == yes && len(d.conditions) == 0 {
			return nil
		}
	}
	if w.surelyAllowed(here) {
		return nil
	}
	var list []*condition
	for _, s := range w.statements {
		if here[s] != no {
			for i := range s.conditions {
				list = append(list, &s.conditions[i])
			}
		}
	}
	if len(list) > 1000 {
		w.give("there are too many conditions to look at")
		return nil
	}
	spaces := keySpaces(list)
	place := map[*condition][2]int{}
	for i, sp := range spaces {
		if sp.lost {
			w.give("the conditions on " + sp.key + " have too many combinations")
			return nil
		}
		for j, c := range sp.conditions {
			place[c] = [2]int{i, j}
		}
	}
	at := make([]int, len(spaces))
	holds := func(s *statement) bool {
		for i := range s.conditions {
			p := place[&s.conditions[i]]
			if !spaces[p[0]].points[at[p[0]]].holds[p[1]] {
				return false
			}
		}
		return true
	}
	tries := 0
	for {
		if w.left--; w.left < 0 {
			w.give("too many combinations of conditions to look at")
			return nil
		}
		if w.allowsFrom(st, here, holds) && !w.allowsTo(here, holds) {
			if v := w.witness(act, resource, spaces, at); v != nil {
				return v
			}
			w.give("a case could not be settled: " + w.describe(act, resource))
			if tries++; tries > 20 {
				return nil
			}
		}
		k := 0
		for ; k < len(at); k++ {
			if at[k]++; at[k] < len(spaces[k].points) {
				break
			}
			at[k] = 0
		}
		if k == len(at) {
			return nil
		}
	}
}

// surelyAllowed reports whether to allows whatever the context.
func (w *proof) surelyAllowed(here applies) bool {
	for _, d := range w.to.denies {
		if here[d] != no && !w.cancelled[d] {
			return false
		}
	}
	for _, g := range w.to.groups {
		if !slices.ContainsFunc(g, func(s *statement) bool { return here[s] == yes && len(s.conditions) == 0 }) {
			return false
		}
	}
	return true
}

// allowsFrom reports whether from may allow in a cell, by a given statement.
func (w *proof) allowsFrom(st *statement, here applies, holds func(*statement) bool) bool {
	if !holds(st) {
		return false
	}
	for _, d := range w.from.denies {
		if here[d] == yes && holds(d) {
			return false
		}
	}
	for _, g := range w.from.groups[1:] {
		if !slices.ContainsFunc(g, func(s *statement) bool { return here[s] != no && holds(s) }) {
			return false
		}
	}
	return true
}

// allowsTo reports whether to surely allows in a cell.
func (w *proof) allowsTo(here applies, holds func(*statement) bool) bool {
	for _, d := range w.to.denies {
		if here[d] != no && !w.cancelled[d] && holds(d) {
			return false
		}
	}
	for _, g := range w.to.groups {
		if !slices.ContainsFunc(g, func(s *statement) bool { return here[s] == yes && holds(s) }) {
			return false
		}
	}
	return true
}

func (w *proof) describe(act action, resource []symbol) string {
	return spell(act.word) + " on " + spell(resource)
}

// spell writes symbols as text; an unknown and a variable as they are written in policies.
func spell(word []symbol) string {
	var b strings.Builder
	for _, s := range word {
		switch s.kind {
		case unknown, variable:
			b.WriteString("${" + s.name + "}")
		default:
			b.Write(encodeRunes([]rune{s.char}))
		}
	}
	return b.String()
}
