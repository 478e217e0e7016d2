package reach

import (
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// What techniques take beside permissions, and do not make: a build project to change, a cluster to run in, an instance
// profile. Designs show some of it; of the rest nobody knows whether it exists.

// instances is the service whose instances get roles by profiles.
const instances = "ec2.amazonaws.com"

// there finds something of the design that a technique works with, -1 for nothing, and how surely the actor is allowed on
// it what can be limited to it.
func (an *Analysis) there(a *actor, k *technique) (target int32, best truth) {
	target = -1
	for _, ti := range an.world.types[k.there] {
		if t := &an.world.targets[ti]; t.account != a.account || t.arn == "" {
			continue
		}
		v := surely
		for _, need := range k.needs {
			any := never
			for action := range strings.SplitSeq(need, "|") {
				if !an.world.limited(ti, action) {
					any = surely // somewhere else
					break
				}
				d := an.decide(a, ti, action, an.world.targets[ti].arn, nil)
				any = max(any, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed))
			}
			if v = min(v, any); v == never {
				break
			}
		}
		if v > best {
			target, best = ti, v
		}
		if best == surely {
			break
		}
	}
	return target, best
}

// profiled tells how surely EC2 can give an instance a role: an instance profile holds it, or the actor puts it in one.
func (e *explorer) profiled(role int32) truth {
	switch e.w.targets[role].profile {
	case model.HasProfile:
		return surely
	case model.NoProfile:
		return e.fills()
	case model.ProfileNotKnown:
	}
	return max(e.fills(), perhaps)
}

// fills tells how surely the actor puts a role that it may pass into an instance profile.
func (e *explorer) fills() truth {
	v := never
	for _, m := range e.passing {
		switch m.technique {
		case &filling[0]:
			v = max(v, m.truth)
		case &filling[1]:
			v = max(v, perhaps)
		}
	}
	return v
}

// profileStep says by which profile EC2 gets a role, as far as the actor has to do with it.
func (an *Analysis) profileStep(step *Step, a *actor, e *edge, ask func(string, int32, string, policy.Context) bool) {
	if an.world.targets[e.over].profile == model.HasProfile {
		return
	}
	for i := range filling {
		k := &filling[i]
		places := an.places(a, k.needs)
		for _, x := range places {
			ask(x.action, -1, x.arn, nil)
		}
		if len(places) > 0 {
			if i > 0 {
				step.Note = ifEmpty
			}
			return
		}
	}
	step.Note = ifProfile
}

// things are the types of what techniques work with, in words.
var things = map[string]string{
	"AWS::Lambda::Function": "a function", "AWS::EC2::Instance": "an instance", "AWS::AutoScaling::AutoScalingGroup": "an Auto Scaling group",
	"AWS::ECS::TaskDefinition": "a task definition", "AWS::ECS::Cluster": "a cluster", "AWS::Batch::JobQueue": "a job queue",
	"AWS::CloudFormation::Stack": "a stack", "AWS::CloudFormation::StackSet": "a stack set", "AWS::CodeBuild::Project": "a build project",
	"AWS::Glue::Job": "a job", "AWS::Scheduler::Schedule": "a schedule", "AWS::Cognito::IdentityPool": "an identity pool",
}

// thereStep says with what of the design a technique works, false where it shows nothing.
func (an *Analysis) thereStep(step *Step, a *actor, k *technique, ask func(string, int32, string, policy.Context) bool) bool {
	ti, v := an.there(a, k)
	if v == never {
		step.Note = "if there is " + things[k.there] + " to do it with, which the design does not show"
		return false
	}
	for _, need := range k.needs {
		for action := range strings.SplitSeq(need, "|") {
			if an.world.limited(ti, action) {
				if ask(action, ti, an.world.targets[ti].arn, nil) {
					break
				}
				continue
			}
			for _, x := range an.places(a, []string{action}) {
				ask(x.action, -1, x.arn, nil)
			}
		}
	}
	return true
}
