package policy

import (
	"cmp"
	"slices"
	"strings"
)

// A term is one pattern: as it is printed, and compiled.
type term struct {
	text    string
	pattern pattern
}

// An area is a Scope in the making: actions on resources.
type area struct{ actions, resources []term }

// A region is a Grant in the making.
type region struct {
	area
	within []area
	except []Except
	when   []Condition
	// settled: nothing has changed since what is within was laid beside the patterns.
	settled bool
}

func (r *region) grant(st *statement) Grant {
	g := Grant{Scope: r.scope(), Except: r.except, When: r.when, From: st.from, Document: st.document}
	for i := range r.within {
		g.Within = append(g.Within, r.within[i].scope())
	}
	return g
}

func (a *area) scope() Scope { return Scope{texts(a.actions), texts(a.resources)} }

func texts(terms []term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.text
	}
	return out
}

var (
	everyTerm  = []term{{text: "*", pattern: pattern{shape: shapeAny}}}
	everywhere = area{everyTerm, everyTerm}
)

// actionTerm is a term for an action.
func actionTerm(text string) term {
	return term{text, compilePattern(text, syntax{wildcards: true, fold: true})}
}

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
			out = append(out, term{text: p.asWritten(text), pattern: p})
		}
	}
	return out
}

// asWritten is a pattern of a resource as text in which variables count wherever they stand, given what it was compiled of.
func (p *pattern) asWritten(text string) string {
	switch head, tail, _ := cutARN(text); {
	case p.variables:
		return plainText(head) + tail
	case p.shape == shapeSymbols:
		return writeSymbols(p.symbols)
	}
	return plainText(p.source())
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

// regionOf is what a statement is about; false if it is about nothing.
func regionOf(s *statement) (r region, ok bool) {
	if s.from.Resources == nil {
		return r, false
	}
	r.area = area{s.actionTerms(), s.resourceTerms()}
	from := cmp.Or(s.whole, s.from)
	if s.from.NotAction {
		r.except = append(r.except, Except{Scope: Scope{texts(r.actions), []string{"*"}}, From: from})
		r.actions = everyTerm
	}
	if s.from.NotResource {
		r.except = append(r.except, Except{Scope: Scope{[]string{"*"}, texts(r.resources)}, From: from})
		r.resources = everyTerm
	}
	for _, who := range s.spares {
		r.except = append(r.except, Except{Scope: everywhere.scope(), Unless: who, From: from})
	}
	r.when, ok = s.asked()
	return r, ok
}

// isIn reports whether a limit surely allows all of a region.
func (r *region) isIn(limit *region) bool {
	return len(limit.except) == 0 && within(limit.when, r.when) && limit.holds(&r.area)
}

// holds reports whether an area has all of another.
func (a *area) holds(b *area) bool {
	return coversTerms(a.actions, b.actions) && coversTerms(a.resources, b.resources)
}

// meets reports whether two areas perhaps have something in common.
func (a *area) meets(b *area) bool {
	return meet(a.actions, b.actions) && meet(a.resources, b.resources)
}

// meets reports whether something of a region is perhaps in an area.
func (r *region) meets(a *area) bool {
	return r.area.meets(a) && !slices.ContainsFunc(r.within, func(w area) bool { return !w.meets(a) })
}

// and is what of a region a limit allows; false if nothing is.
func (r region) and(limit *region) (region, bool) {
	if !r.meets(&limit.area) {
		return r, false
	}
	r.except = append(slices.Clip(r.except), limit.except...)
	r.when = slices.Clip(r.when)
	for _, c := range limit.when {
		if !slices.ContainsFunc(r.when, c.Equal) {
			r.when = append(r.when, c)
		}
	}
	return r.narrowed(limit.area)
}

// narrowed is what of a region lies in an area: by its own patterns where a few say it, else by the area beside them.
func (r region) narrowed(a area) (region, bool) {
	actions, shortActions := common(r.actions, a.actions, syntax{wildcards: true, fold: true})
	resources, shortResources := common(r.resources, a.resources, syntax{wildcards: true, variables: true})
	if shortActions {
		r.settled = r.settled && sameTerms(r.actions, actions)
		r.actions, a.actions = actions, everyTerm
	}
	if shortResources {
		r.settled = r.settled && sameTerms(r.resources, resources)
		r.resources, a.resources = resources, everyTerm
	}
	if !shortActions || !shortResources {
		r.settled = r.settled || len(r.within) == 0
		r.within = append(slices.Clip(r.within), a)
	}
	return r, len(r.actions) > 0 && len(r.resources) > 0
}

// sameTerms reports whether two lists are one.
func sameTerms(a, b []term) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// settle brings what stands beside the patterns of a region into them, where these have become narrow enough.
func (r region) settle() (region, bool) {
	if r.settled {
		return r, true
	}
	beside, ok := r.within, true
	r.within = nil
	for _, a := range beside {
		if r, ok = r.narrowed(a); !ok {
			break
		}
	}
	return r, ok
}

// A denial is an Except in the making.
type denial struct {
	area
	spares []spare
	unless []Condition
	from   *Statement
}

// A spare is a Spare in the making.
type spare struct {
	area
	when []Condition
}

// denialOf is what a Deny takes; false if that is nothing.
func denialOf(s *statement) (d denial, ok bool) {
	if s.from.Resources == nil {
		return d, false
	}
	d.area, d.from = area{s.actionTerms(), s.resourceTerms()}, cmp.Or(s.whole, s.from)
	if s.from.NotAction {
		d.spares = append(d.spares, spare{area: area{d.actions, everyTerm}})
		d.actions = everyTerm
	}
	if s.from.NotResource {
		d.spares = append(d.spares, spare{area: area{everyTerm, d.resources}})
		d.resources = everyTerm
	}
	for _, who := range s.spares {
		d.spares = append(d.spares, spare{everywhere, who})
	}
	d.unless, ok = s.asked()
	return d, ok
}

// rcpDenial is denialOf for a statement of a resource control policy, which denies where such policies bind.
func (s *Stack) rcpDenial(st *statement) (denial, bool) {
	d, ok := denialOf(st)
	var actions []term
	for _, t := range d.actions {
		if service, _, named := strings.Cut(t.text, ":"); named && !strings.ContainsAny(service, "*?$") {
			actions = append(actions, t)
			continue
		}
		for _, service := range s.rcpServices() {
			part, short := common([]term{t}, []term{actionTerm(service + ":*")}, syntax{wildcards: true, fold: true})
			if !short { // an unknown
				part = []term{t}
			}
			actions = append(actions, part...)
		}
	}
	d.actions = actions
	d.spares = append(d.spares, spare{area: area{[]term{actionTerm("kms:RetireGrant")}, everyTerm}})
	return d, ok
}

// minus takes a denial from a region; false if nothing is left.
func (r region) minus(d *denial) (region, bool) {
	if !r.meets(&d.area) {
		return r, true
	}
	var spares []*spare
	for i := range d.spares {
		switch s := &d.spares[i]; {
		case len(s.when) == 0 && s.holds(&r.area):
			return r, true
		case r.meets(&s.area):
			spares = append(spares, s)
		}
	}
	if whole := len(d.unless) == 0 && d.holds(&r.area); whole {
		switch {
		case spares == nil:
			return r, false
		case len(spares) == 1 && len(spares[0].when) == 0:
			return r.narrowed(spares[0].area)
		}
	}
	e := Except{Scope: d.scope(), Unless: d.unless, From: d.from}
	for _, s := range spares {
		e.Spares = append(e.Spares, Spare{s.scope(), s.when})
	}
	r.except = append(slices.Clip(r.except), e)
	return r, true
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

// within reports whether all of some conditions are among others.
func within(few, many []Condition) bool {
	return !slices.ContainsFunc(few, func(c Condition) bool { return !slices.ContainsFunc(many, c.Equal) })
}
