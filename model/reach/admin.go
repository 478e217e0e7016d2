package reach

import (
	"strings"

	"bulkhead/model/policy"
)

// probes are what an administrator may do, each on something that nobody named: who may do all of them is one, by
// what it can do and not by a policy's name. They cover identities, data, code and credentials.
var probes = []struct{ action, arn string }{
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

// probe asks about one of the probes.
func (an *Analysis) probe(a *actor, s *policy.Stack, action, arn string) policy.Decision {
	w := an.world
	arn = strings.NewReplacer(":P:", ":"+w.partition+":", ":R:", ":"+w.region+":", ":A:", ":"+a.account+":").Replace(arn)
	context := an.contextOf(a, nil, policy.Context{"aws:resourceaccount": {a.account}, "s3:resourceaccount": {a.account}, "iam:policyarn": {administratorAccess(w)}})
	return s.Evaluate(policy.Request{Principal: a.principal(), Action: action, Resource: arn, ResourceAccount: a.account, Open: true, Context: context, Absent: a.absent})
}

// administratorAccess is the policy that an attacker attaches.
func administratorAccess(w *world) string {
	return "arn:" + w.partition + ":iam::aws:policy/AdministratorAccess"
}

// rules tells whether a stack of policies lets an actor do anything that the account's guardrails leave to somebody.
func (an *Analysis) rules(a *actor, s *policy.Stack) power {
	out := never
	for i, p := range probes {
		if a.guards.forbids(i) {
			continue // to everybody in the account
		}
		if out == never {
			out = surely
		}
		d := an.probe(a, s, p.action, p.arn)
		if out = min(out, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)); out == never {
			break
		}
	}
	return out
}

// isAdmin tells whether an actor may do anything as it is.
func (an *Analysis) isAdmin(a *actor) power {
	for i, p := range probes {
		if a.guards.forbids(i) {
			continue
		}
		service, _, _ := strings.Cut(p.action, ":")
		named := false
		for _, d := range a.identity {
			named = named || d.names(service)
		}
		if !named {
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
	case x.technique.route == altering:
		docs := append([]*policy.Document{everything}, a.documents...)
		return an.rules(a, a.stackOf(program(docs...), a.layers().Boundary))
	case x.technique.id == "guard-removal":
		return an.rules(a, a.stackOf(a.layers().Identity, nil))
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
	return an.rules(a, a.stackOf(program(docs...), a.layers().Boundary))
}
