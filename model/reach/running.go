package reach

import (
	"slices"
	"strings"

	"bulkhead/model/policy"
)

// Roles that services act with: which service's principals a trust policy means, and what runs with which role.

// speaksFor reports whether a service principal is a service, or the service in one region: "states.us-east-1.amazonaws.com"
// for states.amazonaws.com ("AWS JSON policy elements: Principal", service principals in opt-in Regions; Step Functions and
// CloudWatch Logs take both forms everywhere).
func speaksFor(principal, service string) bool {
	name, ok := strings.CutSuffix(service, ".amazonaws.com")
	if principal == service || !ok {
		return principal == service
	}
	rest, ok := strings.CutPrefix(principal, name+".")
	if !ok {
		return false
	}
	region, ok := strings.CutSuffix(strings.TrimSuffix(rest, ".cn"), "amazonaws.com")
	if !ok {
		return false
	}
	region = strings.TrimSuffix(region, ".")
	return region == "" || !strings.Contains(region, ".") && strings.Count(region, "-") >= 2 && region[len(region)-1] >= '0' && region[len(region)-1] <= '9'
}

// callers are the principals by which a service may pass a policy: its own name, and those in which the policy means it.
func (g *gate) callers(service, region string) []string {
	out := []string{service}
	for _, s := range g.answers.statements {
		for _, p := range s.from.Principals {
			switch {
			case p.Kind != "Service":
			case strings.Contains(p.Value, "${"):
				out = append(out, strings.TrimSuffix(service, "amazonaws.com")+region+".amazonaws.com")
			case p.Value != service && speaksFor(p.Value, service):
				out = append(out, p.Value)
			}
		}
	}
	return out
}

// asService asks a target's policy about a service that acts for this account, by the principal that gets furthest.
func (an *Analysis) asService(g *gate, service string, req policy.Request) (best policy.Decision) {
	rank := func(d *policy.Decision) truth {
		return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
	}
	req.Open, req.ResourcePolicy = true, g.program
	for i, caller := range g.callers(service, an.world.region) {
		req.Principal = caller
		if d := (&policy.Stack{}).Evaluate(req); i == 0 || rank(&d) > rank(&best) {
			best = d
		}
	}
	return best
}

// A state machine's definition says what its role does, and updating the definition passes no role (Step Functions API
// Reference, UpdateStateMachine: roleArn is optional).
const machineType = "AWS::StepFunctions::StateMachine"

// rewrites finds the roles that a state machine acts with whose definition the actor may change and then start.
func (e *explorer) rewrites(f *finding, t *target) {
	if t.typ != machineType && t.typ != "AWS::Serverless::StateMachine" {
		return
	}
	var roles []int32
	if t.resource != nil {
		roles = append(roles, e.w.target(t.resource.Role))
	}
	for _, i := range e.an.triggersFrom[t.id] {
		roles = append(roles, e.w.target(e.an.triggers[i].Role))
	}
	slices.Sort(roles)
	for _, role := range slices.Compact(roles) {
		if role < 0 || role == e.actor.self {
			continue
		}
		to, ok := e.an.nodeOf[e.w.targets[role].id]
		if !ok {
			continue
		}
		for _, p := range plans().on[isResource] {
			v := min(e.all(f, p, nil), e.an.trusts(role, p.by[0]))
			if v != never {
				e.add(edge{to: to, kind: Runs, must: v == surely, technique: p.technique, service: p.by[0], over: f.target})
			}
			e.halfTaken(f, p, to, v)
		}
	}
}
