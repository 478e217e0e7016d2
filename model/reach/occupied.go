package reach

import (
	"slices"
	"strings"
)

// What runs in a resource that the design shows, an instance or a build project, has the role that the design says. Whoever
// may take it over has that role, and no other by it.

// settled are techniques that work on whatever exists, while others take something in it as well: an agent, a way in.
var settled = []string{"codebuild-002", "codebuild-003", "glue-002", "sagemaker-004", "sagemaker-005", "apprunner-002", "bedrock-002", "bedrock-004", "bedrock-007", "cloudformation-002", "cloudformation-005", "ec2-002"}

// occupies finds the role of what runs in a resource that the actor may take over.
func (e *explorer) occupies(f *finding, t *target) {
	if t.resource == nil || t.resource.Role == "" || t.typ == machineType { // a machine is rewritten
		return
	}
	role := e.w.target(t.resource.Role)
	if role < 0 || role == e.actor.self {
		return
	}
	to := e.an.nodeAt[role]
	if to < 0 {
		return
	}
	for _, p := range plans().rest {
		if p.route != existing {
			continue
		}
		v := never
		for _, service := range p.by {
			v = max(v, e.an.trusts(role, service))
		}
		if v = min(v, e.takes(f, p)); v != never {
			e.add(edge{to: to, kind: Runs, must: v == surely && slices.Contains(settled, p.id), technique: p.technique, over: f.target})
		}
		e.halfTaken(f, p, to, v)
	}
}

// takes tells whether all that a plan needs is allowed: on the target what can be limited to it, and the rest somewhere.
func (e *explorer) takes(f *finding, p *plan) truth {
	out, here := surely, false
	for _, need := range p.technique.needs {
		best := never
		for alternative := range strings.SplitSeq(need, "|") {
			v := never
			if e.w.limited(f.target, alternative) {
				v = e.allowed(f, strings.ToLower(alternative))
				here = here || v != never
			} else {
				_, v = e.an.combine(e.actor, []string{alternative}, nil)
			}
			best = max(best, v)
		}
		if out = min(out, best); out == never {
			return never
		}
	}
	if !here {
		return never
	}
	return out
}

// halfTaken keeps what an actor may do of taking a resource over, where others may do the rest.
func (e *explorer) halfTaken(f *finding, p *plan, to int32, alone truth) {
	if len(p.technique.needs) < 2 || alone == surely || e.actor.admin == surely || e.actor.outside != nil {
		return
	}
	first := p.technique.opens()
	if !e.w.limited(f.target, first) {
		return
	}
	trusted := never
	for _, service := range p.by {
		trusted = max(trusted, e.an.trusts(e.w.target(e.an.nodes[to].id), service))
	}
	v := min(trusted, e.allowed(f, strings.ToLower(first)))
	if v == surely && p.route == existing && !slices.Contains(settled, p.id) {
		v = perhaps
	}
	e.halve(half{plan: p, service: p.by[0], over: f.target, to: to, truth: v, alone: alone})
}

// limited reports whether an action can be limited to a target.
func (w *world) limited(ti int32, action string) bool {
	return slices.ContainsFunc(w.targets[ti].forms, func(fi int32) bool { return w.forms[fi].menu.bit(strings.ToLower(action)) >= 0 })
}

// unoccupied tells of ARNs whether something else than what the design shows may run there; nil where it shows nothing. For
// techniques that work on what exists.
func (an *Analysis) unoccupied(k *technique) func(arn string) bool {
	if k.route != existing || !an.world.occupied {
		return nil
	}
	return func(arn string) bool {
		ti, shown := an.world.byARN[arn]
		return !shown || an.world.targets[ti].resource == nil || an.world.targets[ti].resource.Role == ""
	}
}
