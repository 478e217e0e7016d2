package reach

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"bulkhead/model/policy"
)

// probes are what an administrator may do, each on something that nobody named: who may do all of them is one, by
// what it can do and not by a policy's name. They cover identities, data, code and credentials.
var probes = []probe{
	{"iam:PutRolePolicy", "arn:P:iam::A:role/" + anyName},
	{"iam:AttachUserPolicy", "arn:P:iam::A:user/" + anyName},
	{"iam:CreateAccessKey", "arn:P:iam::A:user/" + anyName},
	{"iam:CreatePolicyVersion", "arn:P:iam::A:policy/" + anyName},
	{"s3:GetObject", "arn:P:s3:::" + anyName + "/" + anyName},
	{"s3:DeleteBucket", "arn:P:s3:::" + anyName},
	{"dynamodb:DeleteTable", "arn:P:dynamodb:R:A:table/" + anyName},
	{"secretsmanager:GetSecretValue", "arn:P:secretsmanager:R:A:secret:" + anyName},
	{"lambda:UpdateFunctionCode", "arn:P:lambda:R:A:function:" + anyName},
	{"ec2:RunInstances", "arn:P:ec2:R:A:instance/" + anyName},
	{"cloudformation:CreateStack", "arn:P:cloudformation:R:A:stack/" + anyName + "/*"},
	{"ssm:SendCommand", "arn:P:ec2:R:A:instance/" + anyName},
}

// A probe is an action on a place.
type probe struct{ action, arn string }

// probe asks about one of the probes, in a region; "" for one that is not told.
func (an *Analysis) probe(a *actor, s *policy.Stack, p probe, region string) policy.Decision {
	w := an.world
	arn := strings.Replace(p.arn, ":P:", ":"+w.partition+":", 1)
	arn = strings.Replace(arn, ":R:", ":"+cmp.Or(region, w.region)+":", 1)
	arn = strings.Replace(arn, ":A:", ":"+a.account+":", 1)
	req := policy.Request{Principal: a.principal(), Action: p.action, Resource: arn, ResourceAccount: a.account, Open: true, Absent: a.absent}
	req.Context, req.Over = an.contextOf(a, nil, in(region, policy.Context{"aws:resourceaccount": {a.account}, "s3:resourceaccount": {a.account}, "iam:policyarn": {administratorAccess(w)}}))
	return s.Evaluate(req)
}

// administratorAccess is the policy that an attacker attaches.
func administratorAccess(w *world) string {
	return "arn:" + w.partition + ":iam::aws:policy/AdministratorAccess"
}

// rules tells whether a stack of policies makes its actor an administrator: it allows all probes by itself, and the
// account's guardrails leave it some of those that are about identities. An organization that denies some service
// to everybody has administrators all the same; but no guardrail makes one of somebody who was none.
func (an *Analysis) rules(a *actor, s *policy.Stack) power {
	own := *s
	own.SCPs, own.RCPs = nil, nil
	out, left := surely, never
	for _, p := range probes {
		if out = min(out, an.allows(a, &own, p)); out == never {
			return never
		}
	}
	if a.guards == nil {
		return out
	}
	for _, p := range probes {
		if strings.HasPrefix(p.action, "iam:") {
			left = max(left, an.allows(a, s, p))
		}
	}
	return min(out, left)
}

// allows tells whether a stack allows a probe, in whichever region it is let most.
func (an *Analysis) allows(a *actor, s *policy.Stack, p probe) truth {
	d := an.probe(a, s, p, an.probedIn(a, s, p))
	return truthIn(&d)
}

// probedIn is the region in which a probe is let most, "" where none is told or nobody asks.
func (an *Analysis) probedIn(a *actor, s *policy.Stack, p probe) string {
	if an.asking[requestedRegion] == 0 {
		return ""
	}
	if service, _, _ := strings.Cut(p.action, ":"); service == "iam" {
		return madeIn(p.arn, service)
	}
	region, _ := an.inAnyRegion([]*actor{a}, func(region string) truth {
		d := an.probe(a, s, p, region)
		return truthIn(&d)
	})
	return region
}

// isAdmin tells whether an actor may do anything as it is.
func (an *Analysis) isAdmin(e *explorer) power {
	a := e.actor
	if e.like != nil {
		return e.like.admin(func() power { return an.rules(a, a.layers()) })
	}
	return e.learn(numbers().ruling, func() power {
		for _, p := range probes {
			service, _, _ := strings.Cut(p.action, ":")
			if !slices.ContainsFunc(a.identity, func(d *answers) bool { return d.names(service) }) {
				return never
			}
		}
		return an.rules(a, a.layers())
	})
}

// everythingProgram is everything, compiled.
var everythingProgram = sync.OnceValue(func() *policy.Program { return program(everything) })

var everything = &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}
