package policy

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/catalog"
)

// Answer is Yes, No or Unknown.
type Answer uint8

// The answers of Within.
const (
	Unknown Answer = iota
	Yes
	No
)

// String is the word used in JSON: unknown, yes, no.
func (a Answer) String() string { return [...]string{"unknown", "yes", "no"}[a] }

// A Verdict is the answer to "does this allow nothing that the other does not?".
type Verdict struct {
	Answer  Answer
	Witness *Request // for No: allowed by the one, refused by the other; checked by Evaluate
	Why     string   // for No and Unknown, one sentence
	// Note, where it is not empty, says that a denial of the other is missing here: what no policy of the stack
	// allows, a resource policy could now.
	Note string
}

// The budgets of Within. A question that takes more is Unknown.
const (
	classBudget = 4000   // states of one division of strings into classes
	cellBudget  = 400000 // combinations looked at
)

// witnessAccount owns the principal and the resource of a witness.
const witnessAccount = "123456789012"

// Within reports whether everything that s allows, t allows as well: whatever the action, resource and context,
// for one principal and a resource of its account without a policy of its own. Yes only with a proof, No only
// with a witness, otherwise Unknown.
//
// The proof first looks for a statement of t that covers each of s. What is left is divided into cells: all
// actions, resources and values of condition keys that no statement tells apart, each looked at by one example.
func (s *Stack) Within(t *Stack) Verdict {
	a, problem := newSide(s)
	if problem != "" {
		return Verdict{Why: problem}
	}
	b, problem := newSide(t)
	if problem != "" {
		return Verdict{Why: problem}
	}
	w := &proof{from: a, to: b, left: cellBudget}
	v := w.run()
	v.Note = w.missingDenial()
	return v
}

// A side is a stack as groups of statements: each group must allow, no statement may deny.
type side struct {
	stack  *Stack
	groups [][]*statement // the first is of identity policies
	denies []*statement
	// rcps are denials of resource control policies, which bind some services only: they are taken to deny on the
	// side that must allow, and not on the other.
	rcps []*statement
	cat  *catalog.Catalog
}

func newSide(s *Stack) (*side, string) {
	out := &side{stack: s}
	add := func(programs ...*Program) {
		var group []*statement
		for _, p := range programs {
			if p == nil {
				continue
			}
			if out.cat == nil {
				out.cat = p.catalog
			}
			for _, st := range p.statements {
				if st.effect == Deny {
					out.denies = append(out.denies, st)
				} else {
					group = append(group, st)
				}
			}
		}
		out.groups = append(out.groups, group)
	}
	add(s.Identity)
	for _, p := range []*Program{s.Boundary, s.Session, s.Endpoint} {
		if p != nil {
			add(p)
		}
	}
	if !s.ManagementAccount {
		for _, level := range s.SCPs {
			add(level...)
		}
	}
	for _, level := range s.RCPs {
		for _, p := range level {
			if p == nil {
				continue
			}
			for _, st := range p.statements {
				if st.effect == Deny {
					out.rcps = append(out.rcps, st)
				}
			}
		}
	}
	for _, list := range append(out.groups[1:len(out.groups):len(out.groups)], out.denies, out.rcps) {
		for _, st := range list {
			for i := range st.principals {
				if st.principals[i].kind != anyone || st.from.NotPrincipal {
					return nil, "a statement beside the identity policies names principals"
				}
			}
		}
	}
	return out, ""
}

// A proof is one run of Within.
type proof struct {
	from, to *side
	left     int // cells
	// cancelled denials of to are matched by the same ones of from.
	cancelled map[*statement]bool
	limited   bool   // the other groups of to are no smaller than those of from
	unproven  string // why a cell could not be settled
}

func (w *proof) run() Verdict {
	w.cancelled = map[*statement]bool{}
	for _, d := range w.to.denies {
		w.cancelled[d] = slices.ContainsFunc(w.from.denies, func(e *statement) bool { return e.covers(d) })
	}
	for _, d := range w.to.rcps {
		w.cancelled[d] = slices.ContainsFunc(w.from.rcps, func(e *statement) bool { return e.covers(d) })
	}
	w.to.denies = append(w.to.denies, w.to.rcps...)
	w.limited = true
	for _, g := range w.to.groups[1:] {
		w.limited = w.limited && slices.ContainsFunc(w.from.groups[1:], func(h []*statement) bool { return groupCovers(g, h) })
	}
	for _, st := range w.from.groups[0] {
		if w.limited && !w.denied(st) && slices.ContainsFunc(w.to.groups[0], func(u *statement) bool { return u.covers(st) }) {
			continue
		}
		if v := w.statement(st); v != nil {
			return *v
		}
	}
	if w.unproven != "" {
		return Verdict{Why: w.unproven}
	}
	return Verdict{Answer: Yes}
}

// denied reports whether a denial of to that from lacks can meet a statement.
func (w *proof) denied(st *statement) bool {
	return slices.ContainsFunc(w.to.denies, func(d *statement) bool {
		return !w.cancelled[d] && !(apart(d.actions, d.from.NotAction, st.actions, st.from.NotAction) ||
			apart(d.resources, d.from.NotResource, st.resources, st.from.NotResource))
	})
}

// apart reports that nothing is in both sets.
func apart(a []pattern, notA bool, b []pattern, notB bool) bool {
	switch {
	case notA && notB:
		return false
	case notA:
		return coversAll(a, b)
	case notB:
		return coversAll(b, a)
	}
	return disjoint(a, b)
}

func groupCovers(wide, narrow []*statement) bool {
	for _, n := range narrow {
		if !slices.ContainsFunc(wide, func(u *statement) bool { return u.covers(n) }) {
			return false
		}
	}
	return true
}

// missingDenial names a denial of to that from lacks.
func (w *proof) missingDenial() string {
	for _, d := range w.to.denies {
		if !w.cancelled[d] {
			name := d.from.Sid
			if name == "" {
				name = fmt.Sprintf("statement %d", d.index)
			}
			return fmt.Sprintf("the denial %s is missing or smaller: a resource policy could now allow what it refused", name)
		}
	}
	return ""
}

// all lists every statement of both sides.
func (w *proof) all() []*statement {
	var out []*statement
	for _, s := range []*side{w.from, w.to} {
		for _, g := range s.groups {
			out = append(out, g...)
		}
		out = append(out, s.denies...)
	}
	return out
}

// A shapeOfCell is which statements are about an action, or about a resource: surely, possibly.
type applies map[*statement]tri

// Patterns that anything IAM calls an action or the ARN of a resource matches.
var (
	actionShape = symbols("?*:?*", syntax{wildcards: true})
	actionTwice = symbols("*:*:*", syntax{wildcards: true})
	arnShape    = symbols("arn:?*:?*:*:*:?*", syntax{wildcards: true})
)

// statement looks at all that one allowing statement of from may let through; nil goes on.
func (w *proof) statement(st *statement) *Verdict {
	entries := st.actions
	if st.from.NotAction {
		entries = []pattern{compilePattern("*:*", syntax{wildcards: true, fold: true})}
	}
	others := w.all()
	seen := map[string]bool{}
	for i := range entries {
		within := entries[i].list()
		lists, index := patternsOf(others, within, func(s *statement) []pattern { return s.actions })
		lists = append(lists, actionShape, actionTwice)
		found, complete := classes(within, lists, classBudget)
		if !complete {
			w.give("too many kinds of actions to tell apart")
		}
		for _, c := range found {
			if !c.sure.has(len(lists)-2) || c.sure.has(len(lists)-1) {
				continue
			}
			about := applies{}
			var id strings.Builder
			for k, s := range others {
				t := c.matches(index[k], s.from.NotAction, false)
				if t != no {
					about[s] = t
				}
				id.WriteByte('0' + byte(t))
			}
			if about[st] == no || seen[id.String()] {
				continue
			}
			seen[id.String()] = true
			if v := w.resources(st, about, action{within: &entries[i], word: c.word}); v != nil {
				return v
			}
		}
	}
	return nil
}

// patternsOf collects the different patterns of statements that can meet a given one, and which of them each
// statement has.
func patternsOf(statements []*statement, within []symbol, of func(*statement) []pattern) (lists [][]symbol, index [][]int) {
	numbers := map[string]int{}
	for _, s := range statements {
		var mine []int
		for i := range of(s) {
			p := &of(s)[i]
			id := string(rune('0'+p.shape)) + p.text
			if p.shape == shapeSymbols {
				id += fmt.Sprint(p.symbols)
			}
			n, there := numbers[id]
			if !there {
				n = -1
				if list := p.list(); perhaps(list, within) {
					n = len(lists)
					lists = append(lists, list)
				}
				numbers[id] = n
			}
			if n >= 0 {
				mine = append(mine, n)
			}
		}
		index = append(index, mine)
	}
	return lists, index
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

// resources looks at all resources of a statement for one class of actions.
func (w *proof) resources(st *statement, about applies, act action) *Verdict {
	entries := st.resources
	switch {
	case st.from.Resources == nil:
		return nil // it applies to nothing
	case st.from.NotResource:
		entries = []pattern{compilePattern("*", syntax{wildcards: true})}
	}
	var others []*statement
	for _, s := range w.all() {
		if about[s] != no {
			others = append(others, s)
		}
	}
	for i := range entries {
		if w.limited && !w.denied(st) && slices.ContainsFunc(w.to.groups[0], func(u *statement) bool {
			return about[u] == yes && u.coversEntry(&entries[i], st)
		}) {
			continue
		}
		within := entries[i].list()
		lists, index := patternsOf(others, within, func(s *statement) []pattern { return s.resources })
		lists = append(lists, arnShape, []symbol{{char: '*'}})
		found, complete := classes(within, lists, classBudget)
		if !complete {
			w.give("too many kinds of resources to tell apart")
		}
		// Those that are ARNs first: they make the better witnesses.
		slices.SortStableFunc(found, func(a, b class) int {
			return int(triOf(b.sure.has(len(lists)-2), false)) - int(triOf(a.sure.has(len(lists)-2), false))
		})
		for _, c := range found {
			// Resources are ARNs, or * where an action takes none.
			if !c.may.has(len(lists)-2) && !c.may.has(len(lists)-1) {
				continue
			}
			here := applies{}
			for k, s := range others {
				if s.from.Resources == nil {
					continue
				}
				if t := min(about[s], c.matches(index[k], s.from.NotResource, s.brokenResource())); t != no {
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
	for _, s := range w.all() {
		if here[s] != no {
			for i := range s.conditions {
				list = append(list, &s.conditions[i])
			}
		}
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
			if v := w.witness(st, act, resource, spaces, at); v != nil {
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
