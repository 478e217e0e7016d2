package reach

import (
	"slices"
	"strings"

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

// probe asks about one of the probes.
func (an *Analysis) probe(a *actor, s *policy.Stack, p probe) policy.Decision {
	w := an.world
	arn := strings.NewReplacer(":P:", ":"+w.partition+":", ":R:", ":"+w.region+":", ":A:", ":"+a.account+":").Replace(p.arn)
	context := an.contextOf(a, nil, policy.Context{"aws:resourceaccount": {a.account}, "s3:resourceaccount": {a.account}, "iam:policyarn": {administratorAccess(w)}})
	return s.Evaluate(policy.Request{Principal: a.principal(), Action: p.action, Resource: arn, ResourceAccount: a.account, Open: true, Context: context, Absent: a.absent})
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

// overIdentities are the probes by whose answers somebody is the master of all identities: it makes a user, or takes one over, that
// its own denials and boundary do not bind, and lets it do anything.
var overIdentities = []probe{
	{"iam:CreateUser", "arn:P:iam::A:user/" + anyName},
	{"iam:AttachUserPolicy", "arn:P:iam::A:user/" + anyName},
	{"iam:CreateAccessKey", "arn:P:iam::A:user/" + anyName},
}

// becomes tells whether a stack of policies lets its actor come to do anything: as it is, or by another identity.
func (an *Analysis) becomes(a *actor, s *policy.Stack) power {
	by := surely
	for _, p := range overIdentities {
		if by = min(by, an.allows(a, s, p)); by == never {
			break
		}
	}
	if by == surely {
		return by
	}
	return max(by, an.rules(a, s))
}

// allows tells whether a stack allows a probe.
func (an *Analysis) allows(a *actor, s *policy.Stack, p probe) truth {
	d := an.probe(a, s, p)
	return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
}

// isAdmin tells whether an actor may do anything as it is.
func (an *Analysis) isAdmin(a *actor) power {
	for _, p := range probes {
		service, _, _ := strings.Cut(p.action, ":")
		if !slices.ContainsFunc(a.identity, func(d *answers) bool { return d.names(service) }) {
			return never
		}
	}
	return an.rules(a, a.layers())
}

var everything = &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}

// after tells whether an actor whose permissions were changed by a technique may do anything.
func (an *Analysis) after(x *alter) power {
	a := an.actors[x.actor]
	switch {
	case x.technique.route == creating:
		return an.rules(a, a.stackOf(program(everything), nil))
	case x.technique.route == joining:
		docs := slices.Concat(an.actorOfTarget(x.target).documents, a.documents)
		return an.rules(a, a.stackOf(program(docs...), a.layers().Boundary))
	case x.technique.route == altering:
		docs := append([]*policy.Document{everything}, a.documents...)
		return an.becomes(a, a.stackOf(program(docs...), a.layers().Boundary))
	case x.technique.id == "guard-removal":
		return an.becomes(a, a.stackOf(a.layers().Identity, nil))
	}
	var docs []*policy.Document
	for _, d := range a.identity {
		denies := false
		for _, s := range d.statements {
			denies = denies || s.deny
		}
		if !denies {
			docs = append(docs, d.doc)
		}
	}
	return an.becomes(a, a.stackOf(program(docs...), a.layers().Boundary))
}
