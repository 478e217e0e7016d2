package reach

import (
	"maps"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A function's policy that lets a service start it lets whoever sets that service up: a rule with the function as its target, a
// bucket that notifies it, a topic that it is subscribed to. A condition on the source tells which of these may ("The confused
// deputy problem"; Lambda Developer Guide, "Granting Lambda function access to AWS services").

// A deputy is a function that a service may start, and the sources for which each statement lets it: ARNs, none for any.
type deputy struct {
	function int32
	sources  [][]string
}

// newDeputies finds the functions that services may start which a technique sets up.
func (an *Analysis) newDeputies() {
	an.deputies = map[string][]deputy{}
	for _, p := range plans().rest {
		if p.route != deputizing {
			continue
		}
		for _, ti := range an.functions {
			if doc := an.resourcePolicy(ti); doc != nil {
				if sources := sourcesOf(doc, p.by[0]); len(sources) > 0 {
					an.deputies[p.by[0]] = append(an.deputies[p.by[0]], deputy{ti, sources})
				}
			}
		}
	}
}

// sourcesOf are the sources for which a policy lets a service in, a list for each statement: of ARNs, empty for any.
func sourcesOf(doc *policy.Document, service string) (out [][]string) {
	for _, s := range doc.Statements {
		if s.Effect != policy.Allow || !slices.ContainsFunc(s.Principals, func(p policy.Principal) bool { return p.Kind == "Service" && speaksFor(p.Value, service) }) {
			continue
		}
		out = append(out, wanted(&policy.Statement{Conditions: arnConditions(s)}, "aws:sourcearn"))
	}
	return out
}

// arnConditions are a statement's conditions, those that compare ARNs as if they compared text: what matters is what they name.
func arnConditions(s *policy.Statement) []policy.Condition {
	out := slices.Clone(s.Conditions)
	for i := range out {
		switch strings.ToLower(out[i].Operator) {
		case "arnlike", "arnequals":
			out[i].Operator = "StringLike"
		}
	}
	return out
}

// deputize feeds the functions that a service may start which the actor may set up to do so.
func (e *explorer) deputize(p *plan) {
	deputies := e.an.deputies[p.by[0]]
	if e.actor.admin == surely || len(deputies) == 0 {
		return
	}
	u := e.an.newSetup(e.actor, p.technique)
	if u == nil {
		return
	}
	for i := range deputies {
		d := &deputies[i]
		t := &e.w.targets[d.function]
		if t.id == e.actor.id || t.account != e.actor.account {
			continue
		}
		if where, _, v := u.on(d); v != never {
			e.add(edge{to: e.an.nodeAt[d.function], kind: Feeds, must: v == surely && (p.note == "" || e.an.sourceThere(where)), technique: p.technique, over: d.function})
		}
	}
}

// sourceThere reports whether the design shows the source on which the first of a technique's calls is.
func (an *Analysis) sourceThere(where []place) bool {
	if len(where) == 0 {
		return false
	}
	_, ok := an.world.byARN[where[0].arn]
	return ok
}

// A setup is how an actor may set a service up, by source.
type setup struct {
	an       *Analysis
	actor    *actor
	k        *technique
	patterns []string // of the sources that it may
	known    map[string]called
}

// A called is calls of a technique on one source, and how surely they are allowed.
type called struct {
	places []place
	truth  truth
}

// newSetup is nil for who may not make each of the calls somewhere.
func (an *Analysis) newSetup(a *actor, k *technique) *setup {
	u := &setup{an: an, actor: a, k: k, known: map[string]called{}}
	for i, need := range k.needs {
		x := an.world.catalog.Action(need)
		patterns := an.patternsOf(a, []*catalog.Action{x}, []string{strings.ToLower(need)})
		if len(patterns) == 0 {
			return nil
		}
		if i == 0 {
			slices.Sort(patterns)
			u.patterns = slices.Compact(patterns)
		}
	}
	return u
}

// on tells how surely the actor sets the service up to start a function, by which calls, and what the function's policy says of it.
func (u *setup) on(d *deputy) (where []place, lets policy.Decision, best truth) {
	an := u.an
	t := &an.world.targets[d.function]
	try := func(c called, source string) {
		if c.truth <= best {
			return
		}
		x := an.asService(an.functionGate(d.function), u.k.by[0], policy.Request{Action: invokes, Resource: t.arn, ResourceAccount: t.account,
			Context: policy.Context{"aws:sourceaccount": {t.account}, "aws:sourcearn": {source}}})
		if v := min(c.truth, truthIn(&x)); v > best {
			where, lets, best = c.places, x, v
		}
	}
	for _, sources := range d.sources {
		if len(sources) == 0 {
			c, ok := u.known[""]
			if !ok {
				c.places, c.truth = an.combine(u.actor, u.k.needs, nil)
				u.known[""] = c
			}
			if c.truth != never {
				try(c, c.places[0].arn)
			}
		}
		for _, source := range sources {
			if u.k.fresh && !strings.ContainsAny(source, "*?") {
				continue
			}
			for _, p := range u.patterns {
				at, ok := within(p, source)
				if !ok || foreign(at, u.actor.account) != "" {
					continue
				}
				c, known := u.known[at]
				if !known {
					c.places, c.truth = an.onSource(u.actor, u.k, at)
					u.known[at] = c
				}
				try(c, at)
			}
		}
	}
	return where, lets, best
}

// onSource tells how surely an actor may make a technique's calls on one source, and on its objects.
func (an *Analysis) onSource(a *actor, k *technique, source string) (where []place, v truth) {
	v = surely
	for _, need := range k.needs {
		x := an.world.catalog.Action(need)
		at := ""
		for _, arn := range [...]string{strings.TrimSuffix(source, ":*"), source, source + "/" + anyName} {
			if at == "" && slices.ContainsFunc(x.Resources, func(t *catalog.ResourceType) bool { return t.Matches(arn) }) {
				at = arn
			}
		}
		if at == "" {
			places, u := an.combine(a, []string{need}, nil)
			if v = min(v, u); v == never {
				return nil, never
			}
			where = append(where, places...)
			continue
		}
		target := int32(-1)
		if i, ok := an.world.byARN[strings.TrimSuffix(at, "/"+anyName)]; ok {
			target = i
		}
		d := an.decide(a, target, need, at, nil)
		if v = min(v, truthIn(&d.Decision)); v == never {
			return nil, never
		}
		where = append(where, place{need, at})
	}
	return where, v
}

// sameDeputies reports whether services may start the same functions in two analyses.
func (an *Analysis) sameDeputies(other *Analysis) bool {
	return maps.EqualFunc(an.deputies, other.deputies, func(x, y []deputy) bool {
		return slices.EqualFunc(x, y, func(d, o deputy) bool {
			return d.function == o.function && an.resourcePolicy(d.function) == other.resourcePolicy(o.function)
		})
	})
}

// functionGate is what a function's policy says, whether or not it is anybody's business but a service's.
func (an *Analysis) functionGate(ti int32) *gate {
	if g := an.gates[ti]; g != nil && g.answers != nil {
		return g
	}
	return newGate(an.answers(an.resourcePolicy(ti)), an.world.targets[ti].account, false)
}
