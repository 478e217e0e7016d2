package reach

import (
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
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
				v = min(e.allowed(f, strings.ToLower(alternative)), e.beside(f.target, alternative))
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
	if p.scripts {
		_, v := e.an.runsScripts(e.actor, p.technique)
		out = min(out, v)
	}
	return out
}

// beside tells how surely an action is allowed on the other resources that it is asked of together with a target.
func (e *explorer) beside(ti int32, action string) truth {
	types := jointly[action]
	x := e.w.catalog.Action(action)
	if types == nil || x == nil {
		return surely
	}
	var own []*catalog.ResourceType
	for _, t := range x.Resources {
		if slices.ContainsFunc(t.ARNs, func(arn string) bool { return !policy.Apart(e.w.spaceOf(arn, e.actor.account), e.w.targets[ti].arn) }) {
			own = append(own, t)
		}
	}
	_, v := e.an.besides(crew{actors: []*actor{e.actor}}, x, own)
	return v
}

// enters finds the roles of container services whose tasks the actor may get a shell in, by a technique: designs show no tasks, and
// the permission is on these, or on their cluster.
func (e *explorer) enters(k *technique) {
	for _, ti := range e.w.types[serviceType] {
		t := &e.w.targets[ti]
		if t.account != e.actor.account || t.resource == nil || t.resource.Role == "" {
			continue
		}
		role := e.w.target(t.resource.Role)
		if role < 0 || role == e.actor.self || e.an.nodeAt[role] < 0 || e.an.trusts(role, k.by[0]) == never {
			continue
		}
		if slices.ContainsFunc(tasksOf(t.arn), func(arn string) bool { return e.an.decide(e.actor, -1, inTask, arn, nil).Outcome == policy.Allowed }) {
			e.add(edge{to: e.an.nodeAt[role], kind: Runs, technique: k, over: ti})
		}
	}
}

const (
	serviceType = "AWS::ECS::Service"
	inTask      = "ecs:ExecuteCommand"
)

// tasksOf are the ARNs of a task of a container service, and of its cluster; none where the service's ARN does not tell the cluster.
func tasksOf(arn string) []string {
	if before, after, ok := strings.Cut(arn, ":service/"); ok {
		if cluster, _, ok := strings.Cut(after, "/"); ok {
			return []string{before + ":task/" + cluster + "/" + strings.Repeat("0", 32), before + ":cluster/" + cluster}
		}
	}
	return nil
}

// An occupancy is what the design shows to run with roles.
type occupancy struct {
	by map[int32][]*technique  // role → techniques that take over what runs with it
	in map[string][]*technique // account → techniques that take over something in it
}

// occupants finds what the design shows to run with roles.
func (w *world) occupants() occupancy {
	out := occupancy{by: map[int32][]*technique{}, in: map[string][]*technique{}}
	for i := range w.targets {
		t := &w.targets[i]
		if t.resource == nil || t.resource.Role == "" {
			continue
		}
		role := w.target(t.resource.Role)
		if role < 0 {
			continue
		}
		for _, p := range plans().rest {
			if p.route != existing {
				continue
			}
			if t.typ == serviceType && slices.Equal(p.technique.needs, []string{inTask}) && tasksOf(t.arn) != nil || slices.ContainsFunc(p.technique.needs, func(need string) bool { return w.limited(int32(i), need) }) {
				if !slices.Contains(out.by[role], p.technique) {
					out.by[role] = append(out.by[role], p.technique)
				}
				if !slices.Contains(out.in[t.account], p.technique) {
					out.in[t.account] = append(out.in[t.account], p.technique)
				}
			}
		}
	}
	return out
}

// templated are services whose instances and tasks others make, by templates and groups: a design that shows some does not show all.
var templated = []string{instances, "ecs-tasks.amazonaws.com"}

// mayRun reports whether something that the design does not show may run with a role and be taken over by a technique: where it shows
// what runs with the role, that is all, and where it shows such things in the account, all of them ("other stacks" are said to be not
// seen as a whole).
func (an *Analysis) mayRun(role int32, k *technique) bool {
	w := an.world
	return !slices.Contains(w.occupied.by[role], k) && (slices.Contains(templated, k.by[0]) || !slices.Contains(w.occupied.in[w.targets[role].account], k))
}

// scripting are the documents of AWS's that run what they are given, or what they are told to fetch (AWS Systems Manager User Guide,
// "Systems Manager Command document plugin reference", and the descriptions of the documents).
var scripting = []string{"AWS-RunShellScript", "AWS-RunPowerShellScript", "AWS-RunRemoteScript", "AWS-RunDocument", "AWS-RunSaltState", "AWS-RunAnsiblePlaybook", "AWS-ApplyAnsiblePlaybooks",
	"AWS-ApplyChefRecipes", "AWS-ApplyDSCMofs", "AWS-InstallApplication", "AWS-InstallPowerShellModule", "AWS-ConfigureAWSPackage", "AWS-RunInspecChecks", "AWS-RunPatchBaselineWithHooks"}

// runsScripts tells with which document that runs what it is given, and how surely, an actor may do the first of a technique's needs: one of
// AWS's, or, as what it says is not known, one of the account's ("ssm:SendCommand" is asked of the document and of each instance).
func (an *Analysis) runsScripts(a *actor, k *technique) (document string, v truth) {
	action := an.world.catalog.Action(k.needs[0])
	if action == nil {
		return "", never
	}
	own := an.world.spaceOf("arn:${Partition}:ssm:${Region}:${Account}:document/${DocumentName}", a.account)
	return an.anyplace(a, []*catalog.Action{action}, func(yield func(string) bool) {
		for _, name := range scripting {
			if !yield(an.world.spaceOf("arn:${Partition}:ssm:${Region}::document/"+name, a.account)) {
				return
			}
		}
		yield(own)
	}, func(arn string) bool {
		name := arn[strings.LastIndexByte(arn, '/')+1:]
		return slices.Contains(scripting, name) || !strings.HasPrefix(name, "AWS") && !strings.HasPrefix(name, "Amazon")
	})
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
	if k.route != existing || len(an.world.occupied.by) == 0 {
		return nil
	}
	return func(arn string) bool {
		ti, shown := an.world.byARN[arn]
		return !shown || an.world.targets[ti].resource == nil || an.world.targets[ti].resource.Role == ""
	}
}
