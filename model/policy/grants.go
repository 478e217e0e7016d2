package policy

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// A Grant is an action pattern set allowed on resource patterns, less exceptions, under conditions.
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
// A stack does not know its principal: of an endpoint policy, what names principals counts where it denies alone.
func (s *Stack) Grants() iter.Seq[Grant] {
	return func(yield func(Grant) bool) {
		if s.Identity == nil {
			return
		}
		a, _ := newSide(s)
		for i, group := range a.groups[1:] {
			a.groups[i+1] = slices.DeleteFunc(group, func(st *statement) bool { return !st.forAll() })
		}
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

// forAll reports whether a statement is about every principal.
func (s *statement) forAll() bool {
	return s.principals == nil || !s.from.NotPrincipal && slices.ContainsFunc(s.principals, func(p principalPattern) bool { return p.kind == anyone })
}

// A term is one pattern of a region: as it is printed, and compiled.
type term struct {
	text    string
	pattern pattern
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
		out[i] = term{s.from.Actions[i], s.actions[i]}
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
			out = append(out, term{t, p})
		}
	}
	return out
}

// regions is what a statement allows within the other groups of a side, less its denials.
func (a *side) regions(st *statement) []region {
	list := []region{regionOf(st)}
	for _, group := range a.groups[1:] {
		var next []region
		for _, r := range list {
			for _, g := range group {
				if g.from.Resources == nil {
					continue
				}
				if both, ok := r.and(regionOf(g)); ok {
					next = append(next, both)
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

func regionOf(s *statement) region {
	r := region{actions: s.actionTerms(), resources: s.resourceTerms(), when: s.from.Conditions}
	if s.from.NotAction {
		r.except = append(r.except, Except{Actions: s.from.Actions, Resources: []string{"*"}, From: s.from})
		r.actions = everyTerm
	}
	if s.from.NotResource {
		r.except = append(r.except, Except{Actions: []string{"*"}, Resources: s.from.Resources, From: s.from})
		r.resources = everyTerm
	}
	return r
}

// and is what two regions have in common.
func (r region) and(q region) (region, bool) {
	out := region{
		actions:   commonTerms(r.actions, q.actions),
		resources: commonTerms(r.resources, q.resources),
		except:    append(slices.Clone(r.except), q.except...),
		when:      slices.Clone(r.when),
	}
	for _, c := range q.when {
		if !slices.ContainsFunc(out.when, c.Equal) {
			out.when = append(out.when, c)
		}
	}
	return out, len(out.actions) > 0 && len(out.resources) > 0
}

// minus takes a denial from a region. What NotAction and NotResource spare stays as regions of its own.
func (r region) minus(d *statement) []region {
	if d.from.Resources == nil {
		return []region{r}
	}
	if !d.from.NotAction && !meet(r.actions, d.actionTerms()) || !d.from.NotResource && !meet(r.resources, d.resourceTerms()) {
		return []region{r}
	}
	var out []region
	taken := Except{Actions: d.from.Actions, Resources: d.from.Resources, Unless: d.from.Conditions, From: cmp.Or(d.whole, d.from)}
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
		spared := r
		if spared.resources = commonTerms(r.resources, d.resourceTerms()); len(spared.resources) > 0 {
			out = append(out, spared)
		}
		taken.Resources = []string{"*"}
	}
	if len(d.from.Conditions) == 0 && (d.from.NotAction && d.bound == nil || !d.from.NotAction && coversTerms(d.actionTerms(), r.actions)) && (d.from.NotResource || coversTerms(d.resourceTerms(), r.resources)) {
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
		if slices.ContainsFunc(out, func(u term) bool { return u.pattern.covers(&t.pattern) }) {
			return
		}
		out = slices.DeleteFunc(out, func(u term) bool { return t.pattern.covers(&u.pattern) })
		out = append(out, t)
	}
	for _, t := range a {
		for _, u := range b {
			switch {
			case u.pattern.covers(&t.pattern):
				add(t)
			case t.pattern.covers(&u.pattern):
				add(u)
			case t.pattern.meets(&u.pattern):
				for _, list := range intersect(t.pattern.list(), u.pattern.list()) {
					text := writeSymbols(list)
					add(term{text, compilePattern(text, syntax{wildcards: true, variables: true})})
				}
			}
		}
	}
	return out
}

// maxParts bounds the patterns into which an intersection falls.
const maxParts = 64

// intersect lists patterns that together match what both patterns match. Past maxParts some are left out: a
// Grant may say too little, never too much.
func intersect(p, q []symbol) [][]symbol {
	type place struct{ i, j int }
	memo := map[place][][]symbol{}
	var walk func(i, j int) [][]symbol
	walk = func(i, j int) [][]symbol {
		if i == len(p) && j == len(q) {
			return [][]symbol{nil}
		}
		at := place{i, j}
		if found, ok := memo[at]; ok {
			return found
		}
		memo[at] = nil
		var out [][]symbol
		seen := map[string]bool{}
		put := func(head []symbol, tails [][]symbol) {
			for _, tail := range tails {
				list := slices.Concat(head, tail)
				if len(head) > 0 && head[0].kind == many && len(tail) > 0 && tail[0].kind == many {
					list = tail
				}
				id := writeSymbols(list)
				if !seen[id] && len(out) < maxParts {
					seen[id] = true
					out = append(out, list)
				}
			}
		}
		star := func(l []symbol, k int) bool { return k < len(l) && l[k].kind == many }
		switch {
		case star(p, i) && star(q, j):
			put([]symbol{{kind: many}}, walk(i+1, j))
			put([]symbol{{kind: many}}, walk(i, j+1))
		case star(p, i):
			put(nil, walk(i+1, j))
			if j < len(q) {
				put(q[j:j+1], walk(i, j+1))
			}
		case star(q, j):
			put(nil, walk(i, j+1))
			if i < len(p) {
				put(p[i:i+1], walk(i+1, j))
			}
		case i == len(p) || j == len(q):
		case p[i] == q[j], p[i].kind == literal && q[j].kind == one:
			put(p[i:i+1], walk(i+1, j+1))
		case p[i].kind == one && q[j].kind == literal:
			put(q[j:j+1], walk(i+1, j+1))
		}
		memo[at] = out
		return out
	}
	return walk(0, 0)
}

// writeSymbols prints a pattern as a policy writes it.
func writeSymbols(list []symbol) string {
	var b strings.Builder
	for _, s := range list {
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
			if s.char == '*' || s.char == '?' {
				b.WriteString("${" + string(s.char) + "}")
			} else {
				b.Write(encodeRunes([]rune{s.char}))
			}
		case end, letter:
		}
	}
	return b.String()
}

// empty reports a grant of which the exceptions and contradictions leave nothing.
func (s *Stack) empty(g *Grant) bool {
	if len(g.Except) == 0 && len(g.When) == 0 {
		return false
	}
	_, found, complete := s.Sample(g)
	return !found && complete
}

// Sample makes a request that a grant allows, on a resource of the principal's account. complete is false where
// it gave up looking.
func (s *Stack) Sample(g *Grant) (req Request, found, complete bool) {
	complete = true
	work := workBudget / 100
	syn := syntax{wildcards: true, fold: true}
	// The plainest words first; looking for those that no exception takes is dear.
	for _, a := range g.Actions[:min(3, len(g.Actions))] {
		for _, r := range g.Resources[:min(3, len(g.Resources))] {
			p, q := compilePattern(a, syn), compilePattern(r, syntax{wildcards: true, variables: true})
			word, resource := sampleWord(p.list()), sampleWord(q.list())
			if p.shape == shapeAny {
				word = symbols("example:action", syntax{})
			}
			if q.shape == shapeAny {
				resource = symbols("arn:aws:example:us-east-1:"+witnessAccount+":thing/example", syntax{})
			}
			if surely(actionShape, word) {
				if req, ok := s.trySample(spell(word), resource); ok {
					return req, true, true
				}
			}
		}
	}
	var actionLists, resourceLists [][]symbol
	for _, e := range g.Except {
		for _, a := range e.Actions {
			p := compilePattern(a, syn)
			actionLists = append(actionLists, p.list())
		}
		for _, r := range e.Resources {
			for _, p := range compileResource(r, true) {
				resourceLists = append(resourceLists, p.list())
			}
		}
	}
	actionLists = append(actionLists, actionShape, actionTwice)
	resourceLists = append(resourceLists, arnShape, []symbol{{char: '*'}})
	for _, a := range g.Actions {
		p := compilePattern(a, syn)
		actions, all := classes(p.list(), actionLists, classBudget, &work)
		complete = complete && all
		for _, ac := range actions {
			if n := len(actionLists); !ac.sure.has(n-2) || ac.sure.has(n-1) {
				continue
			}
			for _, r := range g.Resources {
				rp := compilePattern(r, syntax{wildcards: true, variables: true})
				resources, all := classes(rp.list(), resourceLists, classBudget, &work)
				complete = complete && all
				for _, rc := range resources {
					if n := len(resourceLists); !rc.may.has(n-2) && !rc.may.has(n-1) {
						continue
					}
					if req, ok := s.trySample(spell(ac.word), rc.word); ok {
						return req, true, true
					}
				}
			}
		}
	}
	return Request{}, false, complete
}

func (s *Stack) trySample(action string, resource []symbol) (Request, bool) {
	req := Request{
		Principal:       witnessPrincipal,
		ResourceAccount: witnessAccount,
		Action:          action,
		Context:         Context{},
	}
	req.Resource = fillWord(resource, &req)
	if lower := lowerASCII(action); strings.HasPrefix(lower, "kms:") || strings.HasPrefix(lower, "sts:") {
		req.ResourcePolicy = delegating
	}
	if s.Possible(req).Outcome != Allowed {
		return req, false
	}
	req.Open = true
	return req, true
}
