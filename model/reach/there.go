package reach

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// What techniques take beside permissions, and do not make: a build project to change, a cluster to run in, an instance
// profile. Designs show some of it; of the rest nobody knows whether it exists.

// instances is the service whose instances get roles by profiles.
const instances = "ec2.amazonaws.com"

// A thing is what techniques work with: what people call it, and by which permissions one more is made.
type thing struct {
	words string
	made  []string
}

// things are by CloudFormation type; of a container instance, which has none, by what would be its.
var things = map[string]thing{
	"AWS::Lambda::Function":              {"a function", []string{"lambda:CreateFunction"}},
	"AWS::Lambda::MicrovmImage":          {"an image", []string{"lambda:CreateMicrovmImage"}},
	"AWS::EC2::Instance":                 {"an instance", []string{"ec2:RunInstances"}},
	"AWS::AutoScaling::AutoScalingGroup": {"an Auto Scaling group", []string{"autoscaling:CreateAutoScalingGroup"}},
	"AWS::ECS::TaskDefinition":           {"a task definition", []string{"ecs:RegisterTaskDefinition"}},
	"AWS::ECS::Cluster":                  {"a cluster", []string{"ecs:CreateCluster"}},
	"AWS::ECS::ContainerInstance":        {"a container instance", []string{"ecs:RegisterContainerInstance"}},
	"AWS::ECS::Service":                  {"a service", []string{"ecs:CreateService"}},
	"AWS::Batch::JobQueue":               {"a job queue", []string{"batch:CreateComputeEnvironment", "batch:CreateJobQueue"}},
	"AWS::CloudFormation::Stack":         {"a stack", []string{"cloudformation:CreateStack"}},
	"AWS::CloudFormation::StackSet":      {"a stack set", []string{"cloudformation:CreateStackSet"}},
	"AWS::CodeBuild::Project":            {"a build project", []string{"codebuild:CreateProject"}},
	"AWS::Glue::Job":                     {"a job", []string{"glue:CreateJob"}},
	"AWS::StepFunctions::StateMachine":   {"a state machine", []string{"states:CreateStateMachine"}},
	"AWS::AppRunner::Service":            {"a service", []string{"apprunner:CreateService"}},
	"AWS::SageMaker::NotebookInstance":   {"a notebook", []string{"sagemaker:CreateNotebookInstance"}},
	"AWS::BedrockAgentCore::Runtime":     {"an agent's runtime", []string{"bedrock-agentcore:CreateAgentRuntime"}},
	"AWS::IAM::InstanceProfile":          {"an instance profile", []string{"iam:CreateInstanceProfile"}},
	"AWS::Transfer::Server":              {"a server", []string{"transfer:CreateServer"}},
	"AWS::Scheduler::Schedule":           {"a schedule", []string{"scheduler:CreateSchedule"}},
	"AWS::Cognito::IdentityPool":         {"an identity pool", []string{"cognito-identity:CreateIdentityPool"}},
}

// there finds, of a type that a technique works with, something of the design, -1 for nothing, and how surely the actor is
// allowed on it what can be limited to it.
func (an *Analysis) there(a *actor, k *technique, cfnType string) (target int32, best truth) {
	target = -1
	for _, ti := range an.world.types[cfnType] {
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

// allThere tells how surely all is there, or made by the actor, that a technique works with: perhaps at least where the design shows
// nothing of the kind in the account, as designs do not show all there is. Where it shows some, these are all.
func (e *explorer) allThere(k *technique) truth {
	out := surely
	for _, cfnType := range k.there {
		_, v := e.an.there(e.actor, k, cfnType)
		if v != surely {
			v = max(v, e.makes(cfnType))
		}
		if v == never && !e.an.shows(e.actor.account, cfnType) {
			v = perhaps
		}
		out = min(out, v)
	}
	return out
}

// shows reports whether the design shows something of a type in an account.
func (an *Analysis) shows(account, cfnType string) bool {
	return slices.ContainsFunc(an.world.types[cfnType], func(ti int32) bool {
		t := &an.world.targets[ti]
		return t.account == account && t.arn != "" && (t.resource == nil || !t.resource.External)
	})
}

// makes tells how surely the actor makes a thing.
func (e *explorer) makes(cfnType string) truth {
	return e.learn(numbers().making[cfnType], func() truth {
		_, v := e.an.combine(e.actor, things[cfnType].made, nil)
		return v
	})
}

// thereStep says with what a technique works, false where that is not to be told of the design.
func (an *Analysis) thereStep(step *Step, a *actor, k *technique, ask func(string, int32, string, policy.Context) bool) bool {
	told := false
	for _, cfnType := range k.there {
		x := things[cfnType]
		ti, v := an.there(a, k, cfnType)
		made, w := an.combine(a, x.made, nil)
		switch {
		case v >= max(w, perhaps) && an.limits(ti, k):
			told = true
			for _, need := range k.needs {
				for action := range strings.SplitSeq(need, "|") {
					if an.world.limited(ti, action) && ask(action, ti, an.world.targets[ti].arn, nil) {
						break
					}
				}
			}
		case v >= max(w, perhaps): // it is there, and nothing is said of it
		case w != never:
			for _, p := range made {
				ask(p.action, -1, p.arn, nil)
			}
		default:
			step.Note = "if there is " + x.words + " to do it with, which the design does not show"
		}
	}
	if !told {
		return false
	}
	for _, need := range k.needs {
		if !slices.ContainsFunc(strings.Split(need, "|"), func(action string) bool { return slices.Contains(step.Actions, action) }) {
			for _, x := range an.places(a, []string{need}) {
				ask(x.action, -1, x.arn, nil)
			}
		}
	}
	return true
}

// limits reports whether something that a technique needs can be limited to a target.
func (an *Analysis) limits(ti int32, k *technique) bool {
	return slices.ContainsFunc(k.needs, func(need string) bool {
		return slices.ContainsFunc(strings.Split(need, "|"), func(action string) bool { return an.world.limited(ti, action) })
	})
}

// profiled tells how surely EC2 can give an instance a role: an instance profile holds it, or the actor puts it in one.
func (e *explorer) profiled(role int32) truth {
	switch e.w.targets[role].profile {
	case model.HasProfile:
		return surely
	case model.NoProfile, model.ProfileNotKnown:
	}
	return max(e.fills(), perhaps) // one may come to hold it: roles that trust EC2 are made for that
}

// fills tells how surely the actor puts a role that it may pass into an instance profile.
func (e *explorer) fills() truth {
	if e.filling != 0 {
		return e.filling - 1
	}
	v := never
	for _, m := range e.passing {
		switch m.technique {
		case &filling[0], &filling[1]:
			v = max(v, m.truth)
		case &filling[2]:
			v = max(v, perhaps)
		}
	}
	e.filling = v + 1
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
		if len(places) == 0 {
			continue
		}
		if len(k.there) > 0 && an.thereStep(step, a, k, ask) {
			return
		}
		for _, x := range places {
			ask(x.action, -1, x.arn, nil)
		}
		if k.id == "empty-profile" {
			step.Note = ifEmpty
		}
		return
	}
	step.Note = ifProfile
}
