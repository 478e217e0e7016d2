package reach

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A Who is a principal that may do an action, by its own permissions or by a path to another that may.
type Who struct {
	Principal model.ID
	Certainty Certainty
	Evidence  []Evidence // of whoever does it in the end
	Assumed   []policy.Condition
	Path      []Step // steps to whoever does it; empty: directly
}

// WhoCan lists the functions, roles and users that may do an action on a resource (an ARN, an element's id, or "*"
// for anything at all): those that may directly first, then those by a path, each in the order of the design. An
// action that AWS does not have is an error.
func (an *Analysis) WhoCan(ctx context.Context, action, resource string) ([]Who, error) {
	known := an.world.catalog.Action(action)
	if known == nil {
		return nil, fmt.Errorf("who can %s: AWS has no such action", action)
	}
	ti := an.world.target(model.ID(resource))
	if ti >= 0 {
		resource = an.world.targets[ti].arn
	} else if t, ok := an.world.byARN[strings.TrimSuffix(resource, ":*")]; ok {
		ti = t
	} else if m := an.world.match(resource); len(m) > 0 && !strings.ContainsAny(resource, "*?") {
		ti = an.world.forms[m[0].form].target
	}
	answers := make([]*policy.Decision, len(an.actors))
	for i, a := range an.actors {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("who can %s: %w", action, ctx.Err())
		}
		if !an.concerns(a, strings.ToLower(known.Service)) && (ti < 0 || an.gates[ti] == nil) {
			continue
		}
		for _, arn := range an.askedOn(a, known.String(), resource) {
			d := an.decide(a, ti, known.String(), arn, nil)
			if d.Outcome == policy.Allowed && (answers[i] == nil || d.Must && !answers[i].Must) {
				answers[i] = &d
			}
		}
	}
	var direct, byPath []Who
	for n := range an.nodes {
		if an.nodes[n].sort == isGroup {
			continue
		}
		start := int32(n)
		if d := answers[an.actorOf[start]]; d != nil {
			direct = append(direct, an.who(start, start, d, ti, known.String(), nil))
			continue
		}
		for _, look := range [...]int{runsMust, runsMay} {
			reached := an.flows[look].reached(an.actorOf[start])
			best := -1
			for i, d := range answers {
				if d != nil && reached.has(int32(i)) && (d.Must || look == runsMay) {
					best = i
					break
				}
			}
			if best < 0 {
				continue
			}
			w := an.walk(start, look)
			for _, m := range w.order {
				if d := answers[an.actorOf[m]]; d != nil && (d.Must || look == runsMay) {
					x := an.who(start, m, d, ti, known.String(), an.path(w, m))
					x.Certainty = certainty(look == runsMust)
					byPath = append(byPath, x)
					break
				}
			}
			break
		}
	}
	return append(direct, byPath...), nil
}

// concerns reports whether an Allow of the actor's may name a service.
func (an *Analysis) concerns(a *actor, service string) bool {
	return slices.ContainsFunc(a.identity, func(d *answers) bool { return d.names(service) })
}

// askedOn is the resource itself; for "*", a place of the actor's own where the action is allowed, if any.
func (an *Analysis) askedOn(a *actor, action, resource string) []string {
	if resource != "*" && resource != "" {
		return []string{resource}
	}
	out := []string{"*"}
	for _, p := range an.places(a, []string{action}) {
		out = append(out, p.arn)
	}
	return out
}

func (an *Analysis) who(start, does int32, d *policy.Decision, ti int32, action string, path []Step) Who {
	c := &account{an: an, actor: an.actors[an.actorOf[does]]}
	c.note(d, ti, action)
	return Who{Principal: an.nodes[start].id, Certainty: certainty(d.Must), Evidence: c.reasons(), Assumed: d.Assumed, Path: path}
}

// Touches lists the steps (acts, feeds, runs) that a compartment's role or function has of its own, without going
// through other principals; for pictures. Acts come first, in the order of the design.
func (an *Analysis) Touches(from model.ID) []Step {
	n, ok := an.nodeOf[from]
	if !ok {
		return nil
	}
	a := an.actors[an.actorOf[n]]
	own := an.ownRole(n)
	var out []Step
	for x := range a.allActs() {
		t := &an.world.targets[x.target]
		if hits(x.may) == 0 || x.target == own || t.id == from || t.sort == isImplied {
			continue
		}
		out = append(out, an.actStep(n, x.target))
	}
	for e := range a.allEdges() {
		if e.to != n {
			out = append(out, an.edgeStep(n, e))
		}
	}
	return out
}

// NotSeen lists what no source showed: the layers that the importer names, and principals with policies that were not seen.
func (an *Analysis) NotSeen() []string {
	out := slices.Clone(an.design.Info().NotSeen)
	for _, a := range an.actors {
		for _, s := range an.notSeenOf(a) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}
