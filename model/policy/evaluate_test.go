package policy

import (
	"slices"
	"strings"
	"testing"
)

const (
	own     = "111111111111"
	foreign = "222222222222"

	alice   = "arn:aws:iam::111111111111:user/alice"
	bob     = "arn:aws:iam::222222222222:user/bob"
	appRole = "arn:aws:iam::111111111111:role/app"
	session = "arn:aws:sts::111111111111:assumed-role/app/s1"
	root    = "arn:aws:iam::111111111111:root"
	linked  = "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s"

	thing  = "arn:aws:s3:::data/k.txt"
	queue  = "arn:aws:sqs:us-east-1:111111111111:q"
	key    = "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	target = "arn:aws:iam::111111111111:role/target"
)

// A scenario is a request and its layers, written as statements.
type scenario struct {
	name      string
	principal string // alice
	action    string // s3:GetObject
	resource  string // thing
	account   string // own
	context   Context

	identity         string   // statements; "-": none; "": everything is allowed
	policy           string   // the resource's
	boundary, within string   // boundary and session policy; "-": there, and allows nothing
	scps, rcps       []string // one for each level
	endpoint         string
	management       bool
	s3               S3Settings

	want string // outcome, and the layers of its reasons
}

const everything = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`

func (c scenario) decide(t testing.TB) Decision {
	t.Helper()
	layer := func(s string) *Program {
		switch s {
		case "":
			return nil
		case "-":
			return program(t, "")
		}
		return program(t, s)
	}
	levels := func(list []string) (out [][]*Program) {
		for _, l := range list {
			out = append(out, []*Program{layer(l)})
		}
		return out
	}
	or := func(s, fallback string) string {
		if s == "" {
			return fallback
		}
		return s
	}
	stack := &Stack{
		Identity: layer(or(c.identity, everything)), Boundary: layer(c.boundary), Session: layer(c.within),
		SCPs: levels(c.scps), RCPs: levels(c.rcps), Endpoint: layer(c.endpoint), ManagementAccount: c.management,
	}
	return stack.Evaluate(Request{
		Principal: or(c.principal, alice), Action: or(c.action, "s3:GetObject"), Resource: or(c.resource, thing),
		ResourceAccount: or(c.account, own), Context: c.context, ResourcePolicy: layer(c.policy), S3: c.s3,
	})
}

func told(d Decision) string {
	out := d.Outcome.String()
	for _, r := range d.Reasons {
		if !strings.Contains(out, " "+string(r.Layer)) {
			out += " " + string(r.Layer)
		}
	}
	return out
}

// to is a bucket policy's statement for a principal, in JSON; more adds elements.
func to(effect, principal, more string) string {
	return `{"Effect": "` + effect + `", "Principal": ` + principal + `, "Action": "*", "Resource": "*"` + more + `}`
}

func aws(arn string) string { return `{"AWS": "` + arn + `"}` }

// trust is a statement of a trust policy.
func trust(principal, more string) string {
	return `{"Effect": "Allow", "Principal": ` + principal + `, "Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]` + more + `}`
}

func TestEvaluateLayers(t *testing.T) {
	const (
		sqsOnly  = `{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}`
		denyS3   = `{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}`
		denyAll3 = everything + `, ` + denyS3
		rcpDeny  = `{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}`
	)
	for _, c := range []scenario{
		{name: "identity", want: "allowed identity"},
		{name: "nothing", identity: "-", want: "implicitDeny"},
		{name: "another action", identity: sqsOnly, want: "implicitDeny"},
		{name: "explicit deny", identity: denyAll3, want: "explicitDeny identity"},
		{name: "role ARN as principal", principal: appRole, want: "allowed identity"},

		{name: "resource policy names the user", identity: "-", policy: to("Allow", aws(alice), ""), want: "allowed resource"},
		{name: "resource policy names another case", identity: "-", policy: to("Allow", aws("arn:aws:iam::111111111111:user/Alice"), ""), want: "implicitDeny"},
		{name: "resource policy names the account", identity: "-", policy: to("Allow", aws(root), ""), want: "implicitDeny"},
		{name: "resource policy names the account by number", identity: "-", policy: to("Allow", aws(own), ""), want: "implicitDeny"},
		{name: "everyone", identity: "-", policy: to("Allow", `"*"`, ""), want: "allowed resource"},
		{name: "a role's session", principal: session, identity: "-", policy: to("Allow", aws(appRole), ""), want: "allowed resource"},
		{name: "a role with a path", principal: session, identity: "-", policy: to("Allow", aws("arn:aws:iam::111111111111:role/svc/app"), ""), want: "allowed resource"},
		{name: "no wildcard in a principal", principal: session, identity: "-", policy: to("Allow", aws("arn:aws:iam::111111111111:role/*"), ""), want: "implicitDeny"},
		{name: "another session", principal: session, identity: "-", policy: to("Allow", aws("arn:aws:sts::111111111111:assumed-role/app/s2"), ""), want: "implicitDeny"},
		{name: "denied by the account's name", policy: to("Deny", aws(own), ""), want: "explicitDeny resource"},
		{name: "a service is no user", identity: "-", policy: to("Allow", `{"Service": "s3.amazonaws.com"}`, ""), want: "implicitDeny"},
		{name: "unique id", principal: session, identity: "-", context: Context{"aws:userid": {"AROAX:s1"}}, policy: to("Allow", aws("AROAX"), ""), want: "allowed resource"},

		{name: "cross account: identity alone", principal: bob, want: "implicitDeny"},
		{name: "cross account: resource policy alone", principal: bob, identity: "-", policy: to("Allow", aws(bob), ""), want: "implicitDeny"},
		{name: "cross account: everyone is not enough", principal: bob, identity: "-", policy: to("Allow", `"*"`, ""), want: "implicitDeny"},
		{name: "cross account: both", principal: bob, policy: to("Allow", aws(foreign), ""), want: "allowed identity resource"},
		{name: "cross account: boundary", principal: bob, policy: to("Allow", aws(bob), ""), boundary: sqsOnly, want: "implicitDeny"},

		{name: "boundary", boundary: sqsOnly, want: "implicitDeny"},
		{name: "boundary allows", boundary: everything, want: "allowed identity boundary"},
		{name: "boundary grants nothing", identity: "-", boundary: everything, want: "implicitDeny"},
		{name: "empty boundary", boundary: "-", want: "implicitDeny"},
		{name: "boundary denies", boundary: denyAll3, want: "explicitDeny boundary"},
		{name: "boundary and a grant to the user", identity: "-", boundary: sqsOnly, policy: to("Allow", aws(alice), ""), want: "allowed resource"},
		{name: "boundary and a grant to the role", principal: session, identity: "-", boundary: sqsOnly, policy: to("Allow", aws(appRole), ""), want: "implicitDeny"},
		{name: "boundary and a grant to the session", principal: session, identity: "-", boundary: sqsOnly, policy: to("Allow", aws(session), ""), want: "allowed resource"},
		{name: "boundary and a grant to everyone with the role's ARN", principal: session, identity: "-", boundary: sqsOnly,
			policy: to("Allow", `"*"`, `, "Condition": {"ArnEquals": {"aws:PrincipalArn": "`+appRole+`"}}`), want: "allowed resource"},
		{name: "session policy", principal: session, within: sqsOnly, want: "implicitDeny"},
		{name: "session policy and a grant to the session", principal: session, identity: "-", within: sqsOnly, policy: to("Allow", aws(session), ""), want: "allowed resource"},
		{name: "session policy and a grant to the role", principal: session, identity: "-", within: sqsOnly, policy: to("Allow", aws(appRole), ""), want: "implicitDeny"},
		{name: "session policy denies a grant to the session", principal: session, identity: "-", within: denyAll3, policy: to("Allow", aws(session), ""), want: "explicitDeny session"},

		{name: "SCP", scps: []string{everything, sqsOnly, everything}, want: "implicitDeny"},
		{name: "SCP allows", scps: []string{everything, everything}, want: "allowed identity scp"},
		{name: "SCP level without a policy", scps: []string{everything, "-"}, want: "implicitDeny"},
		{name: "SCP denies a resource's grant", identity: "-", policy: to("Allow", aws(alice), ""), scps: []string{denyAll3}, want: "explicitDeny scp"},
		{name: "SCP and the management account", scps: []string{denyAll3}, management: true, want: "allowed identity"},
		{name: "SCP and a service-linked role", principal: linked, scps: []string{denyAll3}, want: "allowed identity"},
		{name: "SCP and the root user", principal: root, identity: "-", scps: []string{sqsOnly}, want: "implicitDeny"},
		{name: "SCP and a service", principal: "lambda.amazonaws.com", policy: to("Allow", `{"Service": "lambda.amazonaws.com"}`, ""), scps: []string{denyAll3}, want: "allowed resource"},

		{name: "RCP", rcps: []string{rcpDeny}, want: "explicitDeny rcp"},
		{name: "RCP grants nothing", identity: "-", rcps: []string{""}, want: "implicitDeny"},
		{name: "RCP without an allow", rcps: []string{"-"}, want: "allowed identity"},
		{name: "RCP and a service without", action: "sns:Publish", resource: "arn:aws:sns:us-east-1:111111111111:t", rcps: []string{rcpDeny}, want: "allowed identity"},
		{name: "RCP and a service-linked role", principal: linked, rcps: []string{rcpDeny}, want: "allowed identity"},
		{name: "RCP and the management account", management: true, rcps: []string{rcpDeny}, want: "allowed identity"},
		{name: "RCP and an outsider", principal: bob, policy: to("Allow", aws(foreign), ""), rcps: []string{`{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111111111111"}}}`}, want: "explicitDeny rcp"},
		{name: "RCP and a service", principal: "s3.amazonaws.com", action: "sqs:SendMessage", resource: queue, policy: to("Allow", `{"Service": "s3.amazonaws.com"}`, ""),
			rcps: []string{`{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}`}, want: "allowed resource"},
		{name: "RCP and retiring a grant", action: "kms:RetireGrant", resource: key, policy: to("Allow", aws(own), ""), rcps: []string{rcpDeny}, want: "allowed identity resource"},

		{name: "endpoint", endpoint: `{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}`, want: "implicitDeny"},
		{name: "endpoint allows", endpoint: to("Allow", `"*"`, ""), want: "allowed identity endpoint"},
		{name: "endpoint for another account", endpoint: to("Allow", aws(foreign), ""), want: "implicitDeny"},
		{name: "endpoint for the role", principal: session, endpoint: to("Allow", aws(appRole), ""), want: "allowed identity endpoint"},

		{name: "root user", principal: root, identity: "-", want: "allowed"},
		{name: "root user by number", principal: own, identity: "-", want: "allowed"},
		{name: "root user denied by a bucket", principal: root, identity: "-", policy: to("Deny", `"*"`, ""), want: "explicitDeny resource"},
		{name: "root user of another account", principal: "arn:aws:iam::222222222222:root", identity: "-", want: "implicitDeny"},
		{name: "root user of another account, allowed", principal: "arn:aws:iam::222222222222:root", identity: "-", policy: to("Allow", aws(foreign), ""), want: "allowed resource"},
		{name: "root user assumes no role", principal: root, identity: "-", action: "sts:AssumeRole", resource: target, policy: trust(aws(own), ""), want: "implicitDeny"},

		{name: "anonymous", principal: "anonymous", want: "implicitDeny"},
		{name: "anonymous, everyone", principal: "anonymous", policy: to("Allow", `{"AWS": "*"}`, ""), want: "allowed resource"},
		{name: "anonymous, an account", principal: "anonymous", policy: to("Allow", aws(own), ""), want: "implicitDeny"},
		{name: "service", principal: "sns.amazonaws.com", action: "sqs:SendMessage", resource: queue, policy: to("Allow", `{"Service": "sns.amazonaws.com"}`, ""), want: "allowed resource"},
		{name: "service, everyone", principal: "sns.amazonaws.com", action: "sqs:SendMessage", resource: queue, policy: to("Allow", `{"AWS": "*"}`, ""), want: "allowed resource"},
		{name: "service, the account", principal: "sns.amazonaws.com", action: "sqs:SendMessage", resource: queue, policy: to("Allow", aws(own), ""), want: "implicitDeny"},
		{name: "federated user", principal: "arn:aws:sts::111111111111:federated-user/u", identity: "-", boundary: "-", policy: to("Allow", aws("arn:aws:sts::111111111111:federated-user/u"), ""), want: "allowed resource"},

		{name: "NotPrincipal spares", policy: `{"Effect": "Deny", "NotPrincipal": {"AWS": ["` + alice + `", "` + root + `"]}, "Action": "*", "Resource": "*"}`, want: "allowed identity"},
		{name: "NotPrincipal denies others", policy: `{"Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::111111111111:user/carol", "` + root + `"]}, "Action": "*", "Resource": "*"}`, want: "explicitDeny resource"},
		{name: "NotPrincipal spares a role's sessions", principal: session, policy: `{"Effect": "Deny", "NotPrincipal": {"AWS": ["` + appRole + `", "` + root + `"]}, "Action": "*", "Resource": "*"}`, want: "allowed identity"},
		{name: "NotPrincipal and a boundary", boundary: everything, policy: `{"Effect": "Deny", "NotPrincipal": {"AWS": ["` + alice + `", "` + root + `"]}, "Action": "*", "Resource": "*"}`, want: "explicitDeny resource"},
		{name: "NotPrincipal with Allow", principal: "anonymous", policy: `{"Effect": "Allow", "NotPrincipal": {"AWS": "` + bob + `"}, "Action": "*", "Resource": "*"}`, want: "allowed resource"},

		{name: "key without a policy", action: "kms:Decrypt", resource: key, want: "implicitDeny"},
		{name: "key policy delegates", action: "kms:Decrypt", resource: key, policy: to("Allow", aws(root), ""), want: "allowed identity resource"},
		{name: "key policy delegates to nobody", action: "kms:Decrypt", resource: key, identity: "-", policy: to("Allow", aws(root), ""), want: "implicitDeny"},
		{name: "key policy names the user", action: "kms:Decrypt", resource: key, identity: "-", policy: to("Allow", aws(alice), ""), want: "allowed resource"},
		{name: "key policy names another", action: "kms:Decrypt", resource: key, policy: to("Allow", aws("arn:aws:iam::111111111111:user/eve"), ""), want: "implicitDeny"},
		{name: "key policy and the root user", principal: root, identity: "-", action: "kms:Decrypt", resource: key, policy: to("Allow", aws(alice), ""), want: "implicitDeny"},
		{name: "a key of another account", principal: bob, action: "kms:Decrypt", resource: key, policy: to("Allow", aws(foreign), ""), want: "allowed identity resource"},
		{name: "no key", action: "kms:ListKeys", resource: "*", want: "allowed identity"},

		{name: "trust names the user", action: "sts:AssumeRole", resource: target, identity: "-", policy: trust(aws(alice), ""), want: "allowed resource"},
		{name: "trust names the account", action: "sts:AssumeRole", resource: target, identity: "-", policy: trust(aws(own), ""), want: "implicitDeny"},
		{name: "trust names the account, identity allows", action: "sts:AssumeRole", resource: target, policy: trust(aws(own), ""), want: "allowed identity resource"},
		{name: "trust names nobody", action: "sts:AssumeRole", resource: target, policy: trust(`{"Service": "lambda.amazonaws.com"}`, ""), want: "implicitDeny"},
		{name: "trust is missing", action: "sts:AssumeRole", resource: target, want: "implicitDeny"},
		{name: "trust for a service", principal: "lambda.amazonaws.com", action: "sts:AssumeRole", resource: target, policy: trust(`{"Service": "lambda.amazonaws.com"}`, ""), want: "allowed resource"},
		{name: "trust for another service", principal: "ec2.amazonaws.com", action: "sts:AssumeRole", resource: target, policy: trust(`{"Service": "lambda.amazonaws.com"}`, ""), want: "implicitDeny"},
		{name: "external id", principal: bob, action: "sts:AssumeRole", resource: target, context: Context{"sts:externalid": {"x"}}, policy: trust(aws(foreign), `, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}`), want: "allowed identity resource"},
		{name: "external id missing", principal: bob, action: "sts:AssumeRole", resource: target, policy: trust(aws(foreign), `, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}`), want: "implicitDeny"},
		{name: "OIDC", principal: "arn:aws:iam::111111111111:oidc-provider/x", action: "sts:AssumeRoleWithWebIdentity", resource: target, context: Context{"x:sub": {"repo:a"}},
			policy: trust(`{"Federated": "arn:aws:iam::111111111111:oidc-provider/x"}`, `, "Condition": {"StringLike": {"x:sub": "repo:*"}}`), want: "allowed resource"},
		{name: "web identity by name", principal: "cognito-identity.amazonaws.com", action: "sts:AssumeRoleWithWebIdentity", resource: target, policy: trust(`{"Federated": "cognito-identity.amazonaws.com"}`, ""), want: "allowed resource"},
		{name: "session tags are asked for apart", action: "sts:TagSession", resource: target, policy: trust(aws(alice), ""), want: "implicitDeny"},

		{name: "caller identity, denied", action: "sts:GetCallerIdentity", resource: "*", identity: denyAll3 + `,{"Effect": "Deny", "Action": "*", "Resource": "*"}`, want: "allowed"},
		{name: "session token", action: "sts:GetSessionToken", resource: "*", identity: "-", want: "allowed"},
		{name: "session token of a session", principal: session, action: "sts:GetSessionToken", resource: "*", identity: "-", want: "implicitDeny"},
		{name: "pass a role", action: "iam:PassRole", resource: target, want: "allowed identity"},
		{name: "pass a role of another account", action: "iam:PassRole", resource: "arn:aws:iam::222222222222:role/x", account: foreign, policy: to("Allow", aws(own), ""), want: "implicitDeny"},
		{name: "a managed policy of AWS", action: "iam:GetPolicy", resource: "arn:aws:iam::aws:policy/X", want: "allowed identity"},

		{name: "public access blocked", principal: "anonymous", policy: to("Allow", `"*"`, ""), s3: S3Settings{BlockPublicAccess: true}, want: "explicitDeny"},
		{name: "public policy blocked across accounts", principal: bob, policy: to("Allow", `"*"`, ""), s3: S3Settings{BlockPublicAccess: true}, want: "explicitDeny"},
		{name: "a public statement blocks the others", principal: bob, policy: to("Allow", aws(foreign), "") + "," + to("Allow", `"*"`, ""), s3: S3Settings{BlockPublicAccess: true}, want: "explicitDeny"},
		{name: "not public", principal: bob, policy: to("Allow", aws(foreign), ""), s3: S3Settings{BlockPublicAccess: true}, want: "allowed identity resource"},
		{name: "not public: one organization", principal: bob, context: Context{"aws:principalorgid": {"o-1"}}, policy: to("Allow", `"*"`, `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}`), s3: S3Settings{BlockPublicAccess: true}, want: "allowed identity resource"},
		{name: "public after all: a wildcard", principal: bob, context: Context{"aws:principalorgid": {"o-1"}}, policy: to("Allow", `"*"`, `, "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}`), s3: S3Settings{BlockPublicAccess: true}, want: "explicitDeny"},
		{name: "own account despite the block", policy: to("Allow", `"*"`, ""), identity: "-", s3: S3Settings{BlockPublicAccess: true}, want: "allowed resource"},
		{name: "a service despite the block", principal: "cloudfront.amazonaws.com", policy: to("Allow", `"*"`, ""), s3: S3Settings{BlockPublicAccess: true}, want: "allowed resource"},

		{name: "bucket tags off", identity: `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/e": "p"}}}`, context: Context{"aws:resourcetag/e": {"p"}}, want: "implicitDeny"},
		{name: "bucket tags on", identity: `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/e": "p"}}}`, context: Context{"aws:resourcetag/e": {"p"}}, s3: S3Settings{ABAC: On}, want: "allowed identity"},
		{name: "tags of a queue", resource: queue, identity: `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/e": "p"}}}`, context: Context{"aws:resourcetag/e": {"p"}}, want: "allowed identity"},

		{name: "derived: role's ARN", principal: session, identity: `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": "` + appRole + `"}}}`, want: "allowed identity"},
		{name: "derived: account", identity: `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111111111111", "aws:ResourceAccount": "111111111111"}}}`, want: "allowed identity"},
		{name: "derived: user name", resource: "arn:aws:s3:::data/alice/x", identity: `{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::data/${aws:username}/*"}`, want: "allowed identity"},
		{name: "derived: a session has no user name", principal: session, resource: "arn:aws:s3:::data/app/x", identity: `{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::data/${aws:username}/*"}`, want: "implicitDeny"},
		{name: "derived: type", principal: session, identity: `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}}`, want: "allowed identity"},
		{name: "derived: a service", principal: "sns.amazonaws.com", policy: to("Allow", `"*"`, `, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}`), want: "allowed resource"},
		{name: "derived: no service", identity: "-", policy: to("Allow", `"*"`, `, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}`), want: "implicitDeny"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.decide(t)
			if got := told(d); got != c.want {
				t.Errorf("%s, want %s (lacking %v)", got, c.want, d.Lacking)
			}
			if d.Must != (d.Outcome == Allowed) {
				t.Errorf("must is %v in a request without unknowns", d.Must)
			}
		})
	}
}

func TestEvaluateResources(t *testing.T) {
	for _, c := range []struct {
		pattern, resource string
		want              bool
	}{
		{"*", thing, true},
		{"arn:aws:s3:::data/*", thing, true},
		{"arn:aws:s3:::Data/*", thing, false},
		{"arn:aws:s3:::data", thing, false},
		{"arn:aws:s3:::data*", thing, true},
		{"arn:aws:s3:::data/?.txt", thing, true},
		{"arn:aws:s3:::data/??.txt", thing, false},
		{"arn:aws:s3:::*/k.txt", thing, true},
		{"arn:aws:s3", thing, true},
		{"arn:aws:s3:*", thing, true},
		{"arn:aws:sqs", thing, false},
		{"arn:aws:sqs:us-east-1", queue, true},
		{"arn:aws:sqs:us-east-1:111111111111", queue, true},
		{"arn:aws:sqs:us-east-1:111111111111:", queue, false},
		{"arn:aws:sqs:*:q", queue, true},
		{"arn:aws:sqs:*q", queue, true},
		{"arn:aws:lambda:*:*:function:f", "arn:aws:lambda:us-east-1:1:function:f:prod", false},
		{"arn:aws:lambda:*:*:function:f*", "arn:aws:lambda:us-east-1:1:function:f:prod", true},
		{"arn:aws:lambda:*:*:function:f:*", "arn:aws:lambda:us-east-1:1:function:f", false},
		{"arn:aws:s3:::a${*}b", "arn:aws:s3:::a*b", true},
		{"arn:aws:s3:::a${*}b", "arn:aws:s3:::axb", false},
		{"arn:aws:s3:::a${$}b", "arn:aws:s3:::a$b", true},
		{"arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:s3:::red/x", true},
		{"arn:aws:s3:::${AWS:principaltag/TEAM}/*", "arn:aws:s3:::red/x", true},
		{"arn:aws:s3:::${aws:PrincipalTag/none, 'red'}/*", "arn:aws:s3:::red/x", true},
		{"arn:aws:s3:::${aws:PrincipalTag/team, 'blue'}/*", "arn:aws:s3:::blue/x", false},
		{"arn:aws:s3:::${aws:PrincipalTag/none}*", "arn:aws:s3:::red/x", false},
		{"arn:aws:s3:::${aws:PrincipalTag/many}", "arn:aws:s3:::a", false},
		{"arn:aws:s3:::${aws:PrincipalTag/star}", "arn:aws:s3:::anything", false},
		{"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q", queue, false},
		{"*", "*", true},
		{"arn:aws:s3:::*", "*", false},
	} {
		s := identity(t, allow(`"Action": "*", "Resource": "`+c.pattern+`"`))
		d := s.Evaluate(Request{Principal: session, Action: "a:B", Resource: c.resource, ResourceAccount: own, Context: Context{
			"aws:principaltag/team": {"red"}, "aws:principaltag/many": {"a", "b"}, "aws:principaltag/star": {"*"},
		}})
		if got := d.Outcome == Allowed; got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.resource, got)
		}
	}
}

// Before Version 2012-10-17 a variable is the text that it is.
func TestEvaluateOldVersion(t *testing.T) {
	for _, version := range []string{"", "2008-10-17"} {
		d := &Document{Version: version, Statements: []*Statement{{Actions: []string{"*"}, Resources: []string{"arn:aws:s3:::${aws:username}/*"}}}}
		s := &Stack{Identity: MustCompile(d)}
		for resource, want := range map[string]bool{"arn:aws:s3:::alice/x": false, "arn:aws:s3:::${aws:username}/x": true} {
			got := s.Evaluate(Request{Principal: alice, Action: "s3:GetObject", Resource: resource})
			if (got.Outcome == Allowed) != want {
				t.Errorf("version %q, %s: %v", version, resource, got.Outcome)
			}
		}
	}
}

func TestEvaluateActions(t *testing.T) {
	for _, c := range []struct {
		pattern string
		want    bool
	}{
		{"*", true}, {"s3:*", true}, {"S3:getOBJECT", true}, {"s3:Get*", true}, {"s3:?etObject", true}, {"*:GetObject", true},
		{"s3:GetObject*", true}, {"s3:Get", false}, {"s3:GetObjectAcl", false}, {"sqs:*", false}, {"s3", false}, {"", false},
		{"s3:${aws:PrincipalTag/act}", false},
	} {
		s := identity(t, allow(`"Action": "`+c.pattern+`", "Resource": "*"`))
		d := s.Evaluate(Request{Principal: alice, Action: "s3:GetObject", Resource: thing, Context: Context{"aws:principaltag/act": {"GetObject"}}})
		if got := d.Outcome == Allowed; got != c.want {
			t.Errorf("%q: %v", c.pattern, got)
		}
	}
}

// Every deciding statement is named, in every layer, with its number.
func TestEvaluateReasons(t *testing.T) {
	one := mustParse(t, `{"Version":"2012-10-17","Statement":[`+everything+`]}`)
	two := mustParse(t, `{"Version":"2012-10-17","Statement":[`+everything+`,`+deny(`"Sid": "no", "Action": "s3:*", "Resource": "*"`)+`,`+everything+`]}`)
	s := &Stack{Identity: MustCompile(one, two), SCPs: [][]*Program{{MustCompile(one)}, {MustCompile(one), MustCompile(two)}}}
	d := s.Evaluate(Request{Principal: alice, Action: "s3:GetObject", Resource: thing})
	var got []Reason
	for _, r := range d.Reasons {
		got = append(got, Reason{Layer: r.Layer, Policy: r.Policy, Statement: r.Statement})
		if r.Document != two || r.From.Sid != "no" {
			t.Errorf("another statement: %+v", r)
		}
	}
	if want := []Reason{{Layer: LayerIdentity, Policy: 1, Statement: 1}, {Layer: LayerSCP, Policy: 2, Statement: 1}}; d.Outcome != ExplicitDeny || !slices.Equal(got, want) {
		t.Errorf("%v %+v, want %+v", d.Outcome, got, want)
	}
	d = s.Evaluate(Request{Principal: alice, Action: "sqs:SendMessage", Resource: queue})
	if d.Outcome != Allowed || len(d.Reasons) != 3+4 {
		t.Errorf("%v with %d reasons", d.Outcome, len(d.Reasons))
	}
}

func mustParse(t testing.TB, s string) *Document {
	t.Helper()
	d, err := Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// In an open request what is not known may be anything; must holds whatever it is.
func TestEvaluateOpen(t *testing.T) {
	const (
		secure   = `, "Condition": {"Bool": {"aws:SecureTransport": "true"}}`
		tag      = `, "Condition": {"StringEquals": {"aws:PrincipalTag/a": "x"}}`
		twoTags  = `, "Condition": {"StringEquals": {"aws:PrincipalTag/a": "x", "aws:PrincipalTag/b": "y"}}`
		notEmpty = `, "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": "*"}}`
	)
	for _, c := range []struct {
		name    string
		stack   *Stack
		req     Request
		outcome Outcome
		must    bool
		assumed string
	}{
		{"nothing open", identity(t, everything), Request{}, Allowed, true, ""},
		{"a condition holds perhaps", identity(t, allow(`"Action": "*", "Resource": "*"`+secure)), Request{}, Allowed, false, "Bool aws:SecureTransport true"},
		{"a condition that is known", identity(t, allow(`"Action": "*", "Resource": "*"`+secure)), Request{Context: Context{"aws:securetransport": {"true"}}}, Allowed, true, ""},
		{"a key that is absent", identity(t, allow(`"Action": "*", "Resource": "*"`+secure)), Request{Absent: []string{"aws:securetransport"}}, ImplicitDeny, false, ""},
		{"the least of two", identity(t, allow(`"Action": "*", "Resource": "*"`+twoTags)+","+allow(`"Action": "*", "Resource": "*"`+tag)), Request{}, Allowed, false, "StringEquals aws:PrincipalTag/a x"},
		{"a denial fails perhaps", identity(t, everything+","+deny(`"Action": "*", "Resource": "*"`+tag)), Request{}, Allowed, false, "StringNotEquals aws:PrincipalTag/a x"},
		{"a denial of a set", identity(t, everything+","+deny(`"Action": "*", "Resource": "*"`+notEmpty)), Request{}, Allowed, false, "ForAllValues:StringNotLike aws:TagKeys *"},
		{"a sure one beside an unsure one", identity(t, everything+","+allow(`"Action": "*", "Resource": "*"`+tag)), Request{}, Allowed, true, ""},
		{"a derived key is known", identity(t, allow(`"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "222222222222"}}`)), Request{}, ImplicitDeny, false, ""},
		{"an unknown in the resource", identity(t, allow(`"Action": "*", "Resource": "arn:aws:s3:::${Bucket}/*"`)), Request{}, Allowed, false, "Matches Resource arn:aws:s3:::${Bucket}/*"},
		{"the same unknown in the request", identity(t, allow(`"Action": "*", "Resource": "arn:aws:s3:::${Bucket}/*"`)), Request{Resource: "arn:aws:s3:::${Bucket}/k"}, Allowed, true, ""},
		{"a denial of an unknown", identity(t, everything+","+deny(`"Action": "*", "Resource": "arn:aws:s3:::${Bucket}/*"`)), Request{}, Allowed, false, "NotMatches Resource arn:aws:s3:::${Bucket}/*"},
		{"an unknown value", identity(t, allow(`"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/a": "${P}"}}`)), Request{Context: Context{"aws:principaltag/a": {"x"}}}, Allowed, false, "StringEquals aws:PrincipalTag/a ${P}"},
		{"an open variable", identity(t, allow(`"Action": "*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/a}/*"`)), Request{}, Allowed, false, "Matches Resource arn:aws:s3:::${aws:PrincipalTag/a}/*"},
		{"an unseen policy of a bucket", identity(t, everything), Request{PolicyUnseen: true}, Allowed, false, "Allows ResourcePolicy " + thing},
		{"an unseen key policy", identity(t, everything), Request{Action: "kms:Decrypt", Resource: key, PolicyUnseen: true}, Allowed, false, "Allows ResourcePolicy " + key},
		{"a boundary under a condition", &Stack{Identity: program(t, everything), Boundary: program(t, allow(`"Action": "*", "Resource": "*"`+tag))}, Request{}, Allowed, false, "StringEquals aws:PrincipalTag/a x"},
		{"two levels", &Stack{Identity: program(t, everything), SCPs: [][]*Program{{program(t, allow(`"Action": "*", "Resource": "*"`+tag))}, {program(t, allow(`"Action": "*", "Resource": "*"`+secure))}}}, Request{}, Allowed, false, "StringEquals aws:PrincipalTag/a x; Bool aws:SecureTransport true"},
		{"no doubles", &Stack{Identity: program(t, allow(`"Action": "*", "Resource": "*"`+tag)), Boundary: program(t, allow(`"Action": "*", "Resource": "*"`+tag))}, Request{}, Allowed, false, "StringEquals aws:PrincipalTag/a x"},
		{"the lesser of identity and resource", identity(t, allow(`"Action": "*", "Resource": "*"`+twoTags)), Request{ResourcePolicy: program(t, to("Allow", `"*"`, secure))}, Allowed, false, "Bool aws:SecureTransport true"},
		{"the resource only delegates", identity(t, allow(`"Action": "*", "Resource": "*"`+twoTags)), Request{ResourcePolicy: program(t, to("Allow", aws(own), secure))}, Allowed, false, "StringEquals aws:PrincipalTag/a x; StringEquals aws:PrincipalTag/b y"},
		{"both sides of a key", identity(t, allow(`"Action": "*", "Resource": "*"`+tag)), Request{Action: "kms:Decrypt", Resource: key, ResourcePolicy: program(t, to("Allow", aws(own), secure))}, Allowed, false, "StringEquals aws:PrincipalTag/a x; Bool aws:SecureTransport true"},
		{"a sure denial", identity(t, everything+","+deny(`"Action": "*", "Resource": "*"`)), Request{}, ExplicitDeny, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := c.req
			req.Principal, req.Open, req.ResourceAccount = session, true, own
			if req.Action == "" {
				req.Action = "s3:GetObject"
			}
			if req.Resource == "" {
				req.Resource = thing
			}
			d := c.stack.Evaluate(req)
			var assumed []string
			for _, a := range d.Assumed {
				assumed = append(assumed, a.String())
			}
			if got := strings.Join(assumed, "; "); d.Outcome != c.outcome || d.Must != c.must || got != c.assumed {
				t.Errorf("%v, must %v, assumed %q\nwant %v, must %v, assumed %q", d.Outcome, d.Must, got, c.outcome, c.must, c.assumed)
			}
		})
	}
}
