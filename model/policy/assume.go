package policy

import (
	"slices"
	"strings"
)

// A demand is what one layer, or one level of SCPs, asks of the context: nothing where a statement surely allows.
type demand struct {
	layer Layer
	level int
	sure  bool
	// What the statement asks that asks least: e.opens[from:to].
	from, to int
}

// maxDemands is how many layers and levels can ask something; deeper organizations do not exist.
const maxDemands = 16

// assume lists what an allowed request takes: for each layer whose allow is not sure, what its statement that
// asks least asks; and for each denial that is not sure, one thing that must not be so.
func (e *evaluation) assume(d *Decision) {
	// Within an account identity and resource policies help each other, unless the one only delegates to the other.
	either := !e.needsResource() && !e.needsIdentity()
	var memory [maxDemands]demand
	demands := memory[:0]
	e.opens = e.opens[:0]
	var seen conditionSet
	for i := range e.matches {
		m := &e.matches[i]
		from := len(e.opens)
		if m.statement.effect == Deny {
			if e.openParts(m); len(e.opens) > from {
				seen.add(d, negate(e.opens[from]))
			}
			e.opens = e.opens[:from]
			continue
		}
		level := 0
		switch {
		case m.layer == LayerSCP:
			level = e.levelOf(m.policy)
		case m.layer == LayerResource && either && m.bond == bondAccount:
			continue
		}
		k := slices.IndexFunc(demands, func(a demand) bool { return a.layer == m.layer && a.level == level })
		if k < 0 {
			k = len(demands)
			demands = append(demands, demand{layer: m.layer, level: level, sure: m.applies == yes, from: -1})
		}
		at := &demands[k]
		at.sure = at.sure || m.applies == yes
		if at.sure {
			continue
		}
		if e.openParts(m); at.from < 0 || len(e.opens)-from < at.to-at.from {
			at.from, at.to = from, len(e.opens)
		} else {
			e.opens = e.opens[:from]
		}
	}
	if either {
		identity, resource := find(demands, LayerIdentity), find(demands, LayerResource)
		if identity != nil && resource != nil {
			switch {
			case identity.sure, !resource.sure && identity.to-identity.from <= resource.to-resource.from:
				resource.sure = true
			default:
				identity.sure = true
			}
		}
	}
	for _, at := range demands {
		if at.sure {
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

func find(demands []demand, layer Layer) *demand {
	for i := range demands {
		if demands[i].layer == layer {
			return &demands[i]
		}
	}
	return nil
}

func (e *evaluation) needsResource() bool {
	c := &e.view.caller
	return !c.isIAM() || c.account != e.view.resource || e.mustBeNamed()
}

func (e *evaluation) needsIdentity() bool {
	c := &e.view.caller
	return c.isIAM() && c.account != e.view.resource
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

// openParts adds to e.opens what a statement that perhaps applies takes to apply.
func (e *evaluation) openParts(m *match) {
	s := m.statement
	if m.applies != maybe {
		return
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
	for i := range s.conditions {
		if t, _ := s.conditions[i].eval(&e.view); t == maybe {
			add(*s.conditions[i].from)
		}
	}
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
