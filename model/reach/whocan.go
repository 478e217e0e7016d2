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
	Path      []*Step // steps to whoever does it; empty: directly
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
	may, must := newSet(len(an.actors)), newSet(len(an.actors)) // actors who may, and who surely may
	allows := an.allowing(strings.ToLower(known.String()), resource)
	for i, a := range an.actors {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("who can %s: %w", action, ctx.Err())
		}
		if !allows(a) && (ti < 0 || an.gates[ti] == nil || !an.gates[ti].lets(a, &an.world.targets[ti])) {
			continue
		}
		for _, arn := range an.askedOn(a, known.String(), resource) {
			d := an.decide(a, ti, known.String(), arn, nil)
			if d.Outcome == policy.Allowed && (answers[i] == nil || d.Must && !answers[i].Must) {
				answers[i] = &d
				may.put(int32(i))
				if d.Must {
					must.put(int32(i))
				}
			}
		}
	}
	var direct, byPath []Who
	w := an.newWalk()
	reasons := map[int32][]Evidence{} // of actors
	who := func(start, does int32, path []*Step) Who {
		i := an.actorOf[does]
		d, evidence := answers[i], reasons[i]
		if evidence == nil {
			c := &account{an: an, actor: an.actors[i]}
			c.note(d, ti, known.String())
			evidence = c.reasons()
			reasons[i] = evidence
		}
		return Who{Principal: an.nodes[start].id, Certainty: certainty(d.Must), Evidence: evidence, Assumed: d.Assumed, Path: path}
	}
	for n := range an.nodes {
		if n%64 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("who can %s: %w", action, ctx.Err())
		}
		if an.nodes[n].sort == isGroup {
			continue
		}
		start := int32(n)
		if answers[an.actorOf[start]] != nil {
			direct = append(direct, who(start, start, nil))
			continue
		}
		for look, some := range [...]set{runsMust: must, runsMay: may} {
			if !an.flows[look].of(an.actorOf[start]).actors.meets(some) {
				continue
			}
			an.walkUntil(w, start, look, func(m int32) bool { return some.has(an.actorOf[m]) })
			m := w.order[len(w.order)-1]
			x := who(start, m, an.path(w, m))
			x.Certainty = certainty(look == runsMust)
			byPath = append(byPath, x)
			break
		}
	}
	return append(direct, byPath...), nil
}

// allowing tells of an actor whether an Allow of its own may be about an action (lower-case) on a resource, "*" for any.
// What a document says is looked up once for all who have it.
func (an *Analysis) allowing(action, resource string) func(*actor) bool {
	anything := resource == "*" || resource == ""
	about := func(s *statement) bool {
		return s != nil && !s.deny && s.acts(action) && (anything || s.reaches(resource) != never)
	}
	known := map[*answers]bool{}
	own := map[*answers][]*statement{} // those with variables, which each actor fills in
	service, _, _ := strings.Cut(action, ":")
	return func(a *actor) bool {
		for _, d := range a.identity {
			yes, ok := known[d]
			if !ok {
				if d.names(service) {
					for _, s := range d.statements {
						if s.dynamic && !s.deny && s.acts(action) {
							own[d] = append(own[d], s)
						} else {
							yes = yes || about(s)
						}
					}
				}
				known[d] = yes
			}
			if yes || slices.ContainsFunc(own[d], func(s *statement) bool { return about(a.own(an.world, s)) }) {
				return true
			}
		}
		return false
	}
}

// lets reports whether a gate may let an actor pass whose own policies say nothing.
func (g *gate) lets(a *actor, t *target) bool {
	return g.all || g.anyone || t.account != a.account || g.names(a)
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
		out = append(out, *an.actStep(n, x.target))
	}
	for e := range a.allEdges() {
		if e.to != n {
			out = append(out, *an.edgeStep(n, e))
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
