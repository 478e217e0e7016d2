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
	// freeAction is allowed whatever the policies are; see evaluation.free.
	freeAction = symbols("sts:getcalleridentity", syntax{})
)

// A patternSet is the different patterns of some statements.
type patternSet struct {
	patterns []*pattern
	lists    [][]symbol
	of       map[*statement][]int
	words    map[string]int // those without wildcards, unknowns or variables, by text
}

func newPatternSet(statements []*statement, of func(*statement) []pattern) *patternSet {
	set := &patternSet{of: map[*statement][]int{}, words: map[string]int{}}
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
				if p.shape == shapeExact {
					set.words[p.text] = n
				}
			}
			set.of[s] = append(set.of[s], n)
		}
	}
	return set
}

// divide divides the strings of a pattern by which patterns of the statements they match, and by their shapes.
// The sets of a class have the numbers of the patterns, then those of the shapes.
func (w *proof) divide(set *patternSet, statements []*statement, within *pattern, shapes [][]symbol) (out []class, complete bool) {
	var wild, words []int
	opaque := within.shape == shapeSymbols && hasOpaque(within.symbols)
	seen := newBits(len(set.patterns) + 1)
	for _, s := range statements {
		for _, k := range set.of[s] {
			if seen.has(k) {
				continue
			}
			seen.add(k)
			p := set.patterns[k]
			if w.work--; !p.meets(within) {
				continue
			}
			if p.shape == shapeExact {
				words = append(words, k)
			} else {
				wild = append(wild, k)
				opaque = opaque || hasOpaque(set.lists[k])
			}
		}
	}
	if within.shape == shapeExact {
		return []class{w.classOf(set, within.list(), within.text, words, wild, shapes)}, true
	}
	if opaque {
		return w.walk(set, within.list(), slices.Concat(words, wild), shapes)
	}
	// Each word is a class of its own. What is left is divided by the wild patterns alone; where the shortest string
	// of a class is one of the words, that word is walked too, and another string comes first, if there is one.
	for _, k := range words {
		out = append(out, w.classOf(set, set.lists[k], set.patterns[k].text, words, wild, shapes))
	}
	isWord := newBits(len(set.patterns) + 1)
	for _, k := range words {
		isWord.add(k)
	}
	walked := newBits(len(set.patterns) + 1)
	for {
		found, complete := w.walk(set, within.list(), wild, shapes)
		again := false
		for _, c := range found {
			if k, ok := set.words[wordText(c.word)]; ok && isWord.has(k) && !walked.has(k) {
				walked.add(k)
				wild = append(wild, k)
				again = true
			}
		}
		if again && complete {
			continue
		}
		for _, c := range found {
			if k, ok := set.words[wordText(c.word)]; !ok || !isWord.has(k) {
				out = append(out, c)
			}
		}
		return out, complete
	}
}

// classOf is the class of one string.
func (w *proof) classOf(set *patternSet, word []symbol, text string, words, wild []int, shapes [][]symbol) class {
	n := len(set.patterns)
	c := class{word: word, sure: newBits(n + len(shapes)), may: newBits(n + len(shapes))}
	sub := subjectOf(text)
	w.work -= len(wild) + len(shapes)
	for _, k := range wild {
		t := set.patterns[k].match(&sub)
		if set.patterns[k].variables {
			t = triOf(surely(set.lists[k], word), perhaps(set.lists[k], word))
		}
		c.put(k, t)
	}
	if k, ok := set.words[text]; ok && slices.Contains(words, k) {
		c.put(k, yes)
	}
	for k, shape := range shapes {
		c.put(n+k, triOf(surely(shape, word), false))
	}
	return c
}

// walk divides by an automaton that reads all of some patterns at once.
func (w *proof) walk(set *patternSet, within []symbol, numbers []int, shapes [][]symbol) (out []class, complete bool) {
	n := len(set.patterns)
	numbers = slices.Clone(numbers)
	var lists [][]symbol
	for _, k := range numbers {
		lists = append(lists, set.lists[k])
	}
	for k, shape := range shapes {
		numbers = append(numbers, n+k)
		lists = append(lists, shape)
	}
	found, complete := classes(within, lists, classBudget, &w.work)
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
	seen := map[string]bool{}
	for i := range entries {
		if !st.from.NotAction && !w.deniedAt(st, entries[i:i+1], st.resources) &&
			w.covered(func(u *statement) bool { return w.spend(len(u.actions)) && u.coversAction(&entries[i], st) }) {
			continue
		}
		found, complete := w.divide(w.actions, w.statements, &entries[i], [][]symbol{actionShape, actionTwice, freeAction})
		if !complete {
			w.give("there are too many kinds of actions to tell apart")
		}
		for _, c := range found {
			if !c.sure.has(n) || c.sure.has(n+1) || c.sure.has(n+2) {
				continue
			}
			w.look()
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

// relevant are the statements that tell whether what one statement of from allows, to allows as well.
func (w *proof) relevant(st *statement) []*statement {
	out := slices.Concat([]*statement{st}, w.from.denies, slices.Concat(w.from.groups[1:]...))
	for i, g := range w.to.groups {
		if !w.kept[i] {
			out = append(out, g...)
		}
	}
	for _, d := range w.to.denies {
		if !w.cancelled[d] {
			out = append(out, d)
		}
	}
	return out
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
	for i := range entries {
		denied := slices.ContainsFunc(w.to.denies, func(d *statement) bool {
			return about[d] != no && !w.cancelled[d] && !apart(d.resources, d.from.NotResource, entries[i:i+1], false)
		})
		if !denied && w.covered(func(u *statement) bool {
			return about[u] == yes && w.spend(len(u.resources)) && u.coversResource(&entries[i], st)
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
