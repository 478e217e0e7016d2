package policy

import (
	"slices"
	"strings"
)

// A demand is what one layer, one level of SCPs, or the resource's policy by one bond, asks of the context: nothing where a
// statement surely allows.
type demand struct {
	layer Layer
	level int // of SCPs; of the resource's policy, the bond
	sure  bool
	// What the statement asks that asks least: e.opens[from:to].
	from, to int
}

// cost is how many conditions a demand comes to.
func (d *demand) cost() int {
	if d.sure {
		return 0
	}
	return d.to - d.from
}

// maxDemands is how many layers and levels can ask something; deeper organizations do not exist.
const maxDemands = 16

// assume lists what an allowed request takes: for each layer that has to allow and does not surely, what its statement that
// asks least asks; and for each denial that is not sure, one thing that must not be so. Where there is a witness, it is all true
// of that.
func (e *evaluation) assume(d *Decision) {
	var memory [maxDemands]demand
	demands := memory[:0]
	e.opens = e.opens[:0]
	var seen conditionSet
	for i := range e.matches {
		m := &e.matches[i]
		from := len(e.opens)
		if m.statement.effect == Deny {
			if e.openParts(m, yes); len(e.opens) > from {
				seen.add(d, negate(e.opens[from]))
			}
			e.opens = e.opens[:from]
			continue
		}
		level := 0
		switch m.layer {
		case LayerSCP:
			level = e.levelOf(m.policy)
		case LayerResource:
			level = int(m.bond)
		default:
		}
		k := slices.IndexFunc(demands, func(a demand) bool { return a.layer == m.layer && a.level == level })
		if k >= 0 && demands[k].sure {
			continue
		}
		if !e.openParts(m, no) {
			e.opens = e.opens[:from]
			continue
		}
		if k < 0 {
			k = len(demands)
			demands = append(demands, demand{layer: m.layer, level: level, from: -1})
		}
		at := &demands[k]
		at.sure = m.applies == yes
		if !at.sure && (at.from < 0 || len(e.opens)-from < at.to-at.from) {
			at.from, at.to = from, len(e.opens)
		} else {
			e.opens = e.opens[:from]
		}
	}
	needs := e.cheapest(demands)
	for i := range demands {
		at := &demands[i]
		if at.sure || !needs.has(at) {
			continue
		}
		for _, c := range e.opens[at.from:at.to] {
			seen.add(d, c)
		}
	}
	if e.req.PolicyUnseen {
		seen.add(d, Condition{Operator: "Allows", Key: "ResourcePolicy", Values: []string{e.req.Resource}})
	}
}

// A way is what has to allow together, beside SCPs and the endpoint's policy, for a request to be allowed: join, told by layers.
type way struct {
	identity, limits bool // limits: boundary and session policy
	bond             bond // of the resource's policy; bondNone: it has not to allow
}

// ways lists the ways of a request; where the resource's policy has to allow by any bond, one for each.
func (e *evaluation) ways() (list [5]way, n int) {
	put := func(w way) { list[n] = w; n++ }
	each := func(w way) {
		for w.bond = bondSelf; w.bond > bondNone; w.bond-- {
			put(w)
		}
	}
	c := &e.view.caller
	switch {
	case !c.isIAM():
		each(way{})
	case c.account != e.view.resource:
		each(way{identity: true, limits: true})
	case e.mustBeNamed():
		put(way{bond: bondSelf})
		put(way{bond: bondRole, limits: true})
		each(way{identity: true, limits: true})
	default:
		put(way{identity: true, limits: true})
		put(way{bond: bondSelf})
		put(way{bond: bondRole, limits: true})
	}
	return list, n
}

// cheapest is the way that asks least.
func (e *evaluation) cheapest(demands []demand) way {
	list, n := e.ways()
	best, least := way{}, -1
	for _, w := range list[:n] {
		if cost, ok := e.cost(w, demands); ok && (least < 0 || cost < least) {
			best, least = w, cost
		}
	}
	return best
}

// cost is how many conditions a way comes to; false if something on it does not allow.
func (e *evaluation) cost(w way, demands []demand) (sum int, ok bool) {
	ok = true
	add := func(layer Layer, level int) {
		k := slices.IndexFunc(demands, func(a demand) bool { return a.layer == layer && a.level == level })
		if k < 0 {
			ok = false
			return
		}
		sum += demands[k].cost()
	}
	if root := e.view.caller.typ == typeRoot; !root {
		if w.identity {
			add(LayerIdentity, 0)
		}
		if w.limits && e.stack.Boundary != nil {
			add(LayerBoundary, 0)
		}
		if w.limits && e.stack.Session != nil {
			add(LayerSession, 0)
		}
	}
	if w.bond != bondNone && !e.req.PolicyUnseen {
		add(LayerResource, int(w.bond))
	}
	return sum, ok
}

// has reports whether a demand is one of a way.
func (w way) has(d *demand) bool {
	switch d.layer {
	case LayerIdentity:
		return w.identity
	case LayerBoundary, LayerSession:
		return w.limits
	case LayerResource:
		return w.bond != bondNone && d.level == int(w.bond)
	default:
		return true
	}
}

// A conditionSet keeps doubles out of Decision.Assumed: a few are compared, many are looked up.
type conditionSet map[string]bool

func (s *conditionSet) add(d *Decision, c Condition) {
	const few = 32
	if len(d.Assumed) < few {
		if !slices.ContainsFunc(d.Assumed, c.Equal) {
			d.Assumed = append(d.Assumed, c)
		}
		return
	}
	name := func(c Condition) string { return c.Operator + "\x00" + c.Key + "\x00" + strings.Join(c.Values, "\x00") }
	if *s == nil {
		*s = conditionSet{}
		for _, earlier := range d.Assumed {
			(*s)[name(earlier)] = true
		}
	}
	if !(*s)[name(c)] {
		(*s)[name(c)] = true
		d.Assumed = append(d.Assumed, c)
	}
}

// levelOf is the SCP level of a document's number.
func (e *evaluation) levelOf(policy int) int {
	for i, level := range e.stack.SCPs {
		for _, p := range level {
			if p == nil {
				continue
			}
			if policy < len(p.documents) {
				return i
			}
			policy -= len(p.documents)
		}
	}
	return 0
}

// openParts adds to e.opens what a statement that perhaps applies takes to apply, without the conditions of which the witness
// says not. It is false where there are such.
func (e *evaluation) openParts(m *match, not tri) (all bool) {
	s := m.statement
	if m.applies != maybe {
		return true
	}
	add := func(c Condition) { e.opens = append(e.opens, c) }
	// Plain patterns match plain text or do not.
	symbolic := s.symbolic || e.action.symbols != nil || e.resource.symbols != nil
	if symbolic && e.matchActions(s) == maybe {
		add(Condition{Operator: matches(s.from.NotAction), Key: "Action", Values: s.from.Actions})
	}
	if m.layer == LayerResource || m.layer == LayerRCP || m.layer == LayerEndpoint {
		if _, t := e.matchPrincipals(s, m.layer); t == maybe {
			c := Condition{Operator: matches(s.from.NotPrincipal), Key: "Principal"}
			for _, p := range s.from.Principals {
				c.Values = append(c.Values, p.Value)
			}
			add(c)
		}
	}
	if symbolic && e.matchResources(s, m.layer) == maybe {
		add(Condition{Operator: matches(s.from.NotResource), Key: "Resource", Values: s.from.Resources})
	}
	all = true
	for i := range s.conditions {
		c := &s.conditions[i]
		if t, _ := c.eval(&e.view); t != maybe {
			continue
		}
		if e.witness != nil {
			if t, broken := c.eval(e.witness); t == not || broken && not == no {
				all = false
				continue
			}
		}
		add(*c.from)
	}
	return all
}

func matches(not bool) string {
	if not {
		return "NotMatches"
	}
	return "Matches"
}

// negations of operators, by their lower-case names, each both ways.
var negations = func() map[string]string {
	out := map[string]string{}
	for a, b := range map[string]string{
		"StringEquals": "StringNotEquals", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase", "StringLike": "StringNotLike",
		"NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals", "IpAddress": "NotIpAddress",
		"ArnEquals": "ArnNotEquals", "ArnLike": "ArnNotLike", "Matches": "NotMatches",
	} {
		out[strings.ToLower(a)], out[strings.ToLower(b)] = b, a
	}
	return out
}()

// negate is the condition that holds where c does not; where IAM has no such operator, "Not" and c's own.
func negate(c Condition) Condition {
	_, q, ifExists := parseOperator(c.Operator)
	base := c.Operator
	if i := strings.IndexByte(base, ':'); i >= 0 && q != plain {
		base = base[i+1:]
	}
	other := negations[strings.ToLower(base)]
	switch {
	case strings.EqualFold(base, "Null") && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "true"):
		return Condition{Operator: "Null", Key: c.Key, Values: []string{"false"}}
	case strings.EqualFold(base, "Null") && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "false"):
		return Condition{Operator: "Null", Key: c.Key, Values: []string{"true"}}
	case other == "" || ifExists:
		return Condition{Operator: "Not" + c.Operator, Key: c.Key, Values: c.Values}
	case q == forAllValues:
		other = "ForAnyValue:" + other
	case q == forAnyValue:
		other = "ForAllValues:" + other
	}
	return Condition{Operator: other, Key: c.Key, Values: c.Values}
}
