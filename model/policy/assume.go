package policy

import (
	"slices"
	"strings"
)

// assume lists what an allowed request takes: for each layer whose allow is not sure, what its statement that
// asks least asks; and for each denial that is not sure, one thing that must not be so.
func (e *evaluation) assume(d *Decision) {
	add := func(c Condition) {
		if !slices.ContainsFunc(d.Assumed, c.Equal) {
			d.Assumed = append(d.Assumed, c)
		}
	}
	type place struct {
		layer Layer
		level int
	}
	identity, resource := place{LayerIdentity, 0}, place{LayerResource, 0}
	// Within an account identity and resource policies help each other, unless the one only delegates to the other.
	either := !e.needsResource() && !e.needsIdentity()
	var places []place
	best := map[place][]Condition{}
	sure := map[place]bool{}
	for i := range e.matches {
		m := &e.matches[i]
		if m.statement.effect == Deny {
			if open := e.openParts(m); len(open) > 0 {
				add(negate(open[0]))
			}
			continue
		}
		at := place{m.layer, 0}
		switch {
		case m.layer == LayerSCP:
			at.level = e.levelOf(m.policy)
		case at == resource && either && m.bond == bondAccount:
			continue
		}
		if m.applies == yes {
			sure[at] = true
			continue
		}
		open := e.openParts(m)
		if old, ok := best[at]; !ok {
			places = append(places, at)
			best[at] = open
		} else if len(open) < len(old) {
			best[at] = open
		}
	}
	if either {
		switch a, b := best[identity], best[resource]; {
		case sure[identity], a != nil && b != nil && len(a) <= len(b):
			sure[resource] = true
		case sure[resource], a != nil && b != nil:
			sure[identity] = true
		}
	}
	for _, at := range places {
		if sure[at] {
			continue
		}
		for _, c := range best[at] {
			add(c)
		}
	}
	if e.req.PolicyUnseen {
		add(Condition{Operator: "Allows", Key: "ResourcePolicy", Values: []string{e.req.Resource}})
	}
}

// within reports whether a boundary or session policy, if there is one, may allow what identity policies do.
func (e *evaluation) within(layer Layer) bool {
	if layer == LayerBoundary && e.stack.Boundary == nil || layer == LayerSession && e.stack.Session == nil {
		return true
	}
	return slices.ContainsFunc(e.matches, func(m match) bool { return m.layer == layer && m.statement.effect == Allow })
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

// openParts lists what a statement that perhaps applies takes to apply.
func (e *evaluation) openParts(m *match) []Condition {
	var out []Condition
	s := m.statement
	if m.applies != maybe {
		return nil
	}
	if e.matchActions(s) == maybe {
		out = append(out, Condition{Operator: matches(s.from.NotAction), Key: "Action", Values: s.from.Actions})
	}
	if m.layer == LayerResource || m.layer == LayerRCP || m.layer == LayerEndpoint {
		if _, t := e.matchPrincipals(s, m.layer); t == maybe {
			c := Condition{Operator: matches(s.from.NotPrincipal), Key: "Principal"}
			for _, p := range s.from.Principals {
				c.Values = append(c.Values, p.Value)
			}
			out = append(out, c)
		}
	}
	if e.matchResources(s, m.layer) == maybe {
		out = append(out, Condition{Operator: matches(s.from.NotResource), Key: "Resource", Values: s.from.Resources})
	}
	for i := range s.conditions {
		if t, _ := s.conditions[i].eval(&e.view); t == maybe {
			out = append(out, *s.conditions[i].from)
		}
	}
	return out
}

func matches(not bool) string {
	if not {
		return "NotMatches"
	}
	return "Matches"
}

// negations of operators, lower-case; each also the other way round.
var negations = map[string]string{
	"StringEquals": "StringNotEquals", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase", "StringLike": "StringNotLike",
	"NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals", "IpAddress": "NotIpAddress",
	"ArnEquals": "ArnNotEquals", "ArnLike": "ArnNotLike", "Matches": "NotMatches",
}

// negate is the condition that holds where c does not; where IAM has no such operator, "Not" and c's own.
func negate(c Condition) Condition {
	_, q, ifExists := parseOperator(c.Operator)
	base := c.Operator
	if i := strings.IndexByte(base, ':'); i >= 0 && q != plain {
		base = base[i+1:]
	}
	other := ""
	for a, b := range negations {
		switch {
		case strings.EqualFold(a, base):
			other = b
		case strings.EqualFold(b, base):
			other = a
		}
	}
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
