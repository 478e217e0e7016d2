package reach

import (
	"testing"

	"bulkhead/model"
)

func TestSpeaksFor(t *testing.T) {
	for _, c := range []struct {
		principal, service string
		want               bool
	}{
		{"states.amazonaws.com", "states.amazonaws.com", true},
		{"states.eu-central-1.amazonaws.com", "states.amazonaws.com", true},
		{"states.us-gov-west-1.amazonaws.com", "states.amazonaws.com", true},
		{"states.cn-north-1.amazonaws.com.cn", "states.amazonaws.com", true},
		{"logs.us-east-1.amazonaws.com", "states.amazonaws.com", false},
		{"tasks.apprunner.amazonaws.com", "apprunner.amazonaws.com", false},
		{"delivery.logs.amazonaws.com", "logs.amazonaws.com", false},
		{"replicator.lambda.amazonaws.com", "lambda.amazonaws.com", false},
		{"lambda.alexa-appkit.amazonaws.com", "lambda.amazonaws.com", false},
		{"states.us-east-1.example.com", "states.amazonaws.com", false},
		{"states.amazonaws.com", "states.us-east-1.amazonaws.com", false},
		{"*", "states.amazonaws.com", false},
	} {
		if got := speaksFor(c.principal, c.service); got != c.want {
			t.Errorf("%s for %s: %v", c.principal, c.service, got)
		}
	}
}

// A role that trusts a service in one region, or in one that the template does not tell, can be passed to it.
func TestRegionalTrust(t *testing.T) {
	for principal, want := range map[string]string{
		"states.amazonaws.com":              "stepfunctions-001 must",
		"states.eu-west-1.amazonaws.com":    "stepfunctions-001 must",
		"states.${Region}.amazonaws.com":    "stepfunctions-001 may",
		"scheduler.eu-west-1.amazonaws.com": "",
	} {
		b := build(t)
		f := b.function("F", allow("iam:PassRole states:CreateStateMachine states:StartExecution", "*"))
		r := b.role("Target", trusts(principal), adminGrant)
		if got := runsTo(breach(t, b.analyse(), f.ID), r.ID); got != want {
			t.Errorf("%s: %q, not %q", principal, got, want)
		}
	}
}

// Whoever may rewrite a state machine and start it acts with the role that the design shows it to have, and no other.
func TestRewrittenMachine(t *testing.T) {
	const machine = "AWS::StepFunctions::StateMachine"
	on := arnOf(machine, "Orders")
	for _, c := range []struct {
		name, trust, want string
		policies          []string
	}{
		{"both", "states.amazonaws.com", "stepfunctions-002 must", []string{allow("states:UpdateStateMachine states:StartExecution", on)}},
		{"started synchronously", "states.amazonaws.com", "stepfunctions-002 must", []string{allow("states:UpdateStateMachine states:StartSyncExecution", on)}},
		{"over two policies, in a region", "states.us-east-1.amazonaws.com", "stepfunctions-002 must", []string{allow("states:UpdateStateMachine", on), allow("states:StartExecution", "*")}},
		{"only rewritten", "states.amazonaws.com", "", []string{allow("states:UpdateStateMachine", "*")}},
		{"only started", "states.amazonaws.com", "", []string{allow("states:StartExecution", "*")}},
		{"another machine", "states.amazonaws.com", "stepfunctions-002 may", []string{allow("states:UpdateStateMachine states:StartExecution", arnOf(machine, "Elsewhere"))}},
		{"denied", "states.amazonaws.com", "", []string{allow("states:*", on), deny("states:UpdateStateMachine", "*")}},
		{"under a condition", "states.amazonaws.com", "stepfunctions-002 may", []string{`{"Effect": "Allow", "Action": ["states:UpdateStateMachine", "states:StartExecution"], "Resource": "` + on + `", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`}},
		{"not trusted", "scheduler.amazonaws.com", "", []string{allow("states:UpdateStateMachine states:StartExecution", on)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f, g := b.function("F", c.policies...), b.function("Task")
			m := b.resource(machine, "Orders")
			r := b.role("MachineRole", trusts(c.trust), adminGrant)
			b.role("Other", trusts("ec2.amazonaws.com"), adminGrant)
			b.trigger(m.ID, g.ID, "state-machine-task").Role = r.ID
			br := breach(t, b.analyse(), f.ID)
			got := runsTo(br, r.ID)
			if got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
			if got == "stepfunctions-002 must" {
				h := hitOf(br, model.ID("role/MachineRole"))
				if s := br.Sentence(b.design(), *h); len(h.Path()[0].Through) != 1 || h.Path()[0].Through[0] != m.ID || len(h.Path()[0].Grounds()) < 2 {
					t.Errorf("through %v: %s", h.Path()[0].Through, s)
				}
			}
		})
	}
}
