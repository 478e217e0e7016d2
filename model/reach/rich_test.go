package reach

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Rich designs: roles that lead to roles, escalations and halves of techniques that several hold, policies that many have, groups,
// tags, boundaries, versions, an organization, another account, policies of resources, keys, and data that goes on from resource to
// resource. Each is small: what faults are made of is how these meet.

const (
	keyType      = "AWS::KMS::Key"
	queueType    = "AWS::SQS::Queue"
	instanceType = "AWS::EC2::Instance"
	farQueueARN  = "arn:aws:sqs:us-east-1:" + farAccount + ":W"
	instanceARN  = "arn:aws:ec2:us-east-1:" + testAccount + ":instance/i-0"
)

func groupARN(name string) string  { return "arn:aws:iam::" + testAccount + ":group/" + name }
func policyARN(name string) string { return "arn:aws:iam::" + testAccount + ":policy/" + name }

// powers are actions, as they are granted together, and what they are on.
type powers struct {
	on      []string
	actions []string
}

// richPowers are what rich policies are about. Techniques of several calls stand in them as a whole and in halves.
var richPowers = []powers{
	{[]string{roleARN("*"), roleARN("Hop"), roleARN("Deploy"), roleARN("Ops"), roleARN("Work"), farARN("role/Far"), roleARN("${Name}")},
		[]string{"sts:AssumeRole", "sts:AssumeRole", "sts:AssumeRole sts:TagSession", "iam:PutRolePolicy", "iam:PutRolePolicy sts:AssumeRole", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary",
			"iam:PutRolePermissionsBoundary", "iam:DetachRolePolicy iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:PassRole", "iam:*"}},
	{[]string{"*"}, []string{"iam:PassRole lambda:CreateFunction", "lambda:CreateFunction", "lambda:InvokeFunction", "lambda:AddPermission", "iam:PassRole lambda:CreateFunction lambda:InvokeFunction", "iam:PassRole codebuild:CreateProject",
		"codebuild:StartBuild", "iam:PassRole ec2:RunInstances", "iam:PassRole states:CreateStateMachine", "ssm:CreateDocument", "iam:PassRole ssm:StartAutomationExecution", "iam:CreateUser", "iam:PutUserPolicy iam:CreateAccessKey",
		"iam:CreateRole", "iam:CreateRole iam:AttachRolePolicy", "lambda:CreateEventSourceMapping", "events:PutRule", "events:PutTargets", "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "logs:*", "*"}},
	{[]string{userARN("*"), userARN("V"), userARN("${aws:username}")}, []string{"iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary",
		"iam:DetachUserPolicy iam:DeleteUserPolicy", "iam:TagUser"}},
	{[]string{groupARN("*"), groupARN("G"), groupARN("H")}, []string{"iam:AddUserToGroup", "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:RemoveUserFromGroup"}},
	{[]string{policyARN("*"), policyARN("Shared"), policyARN("Guard"), policyARN("Old")}, []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"}},
	{[]string{functionARN("*"), functionARN("Work"), functionARN("Aid")}, []string{"lambda:InvokeFunction", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:AddPermission", "lambda:TagResource", "lambda:*"}},
	{[]string{"arn:aws:s3:::data/*", "arn:aws:s3:::data/in/*", "arn:aws:s3:::*", "arn:aws:s3:::copy/*", "arn:aws:s3:::far/*", "arn:aws:s3:::data", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*"},
		[]string{"s3:GetObject", "s3:PutObject", "s3:PutObject", "s3:PutBucketPolicy", "s3:PutBucketNotification s3:PutObject", "s3:PutObjectAcl", "s3:PutBucketTagging", "s3:*"}},
	{[]string{arnOf("AWS::DynamoDB::Table", "T"), "arn:aws:dynamodb:*:*:table/*"}, []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:TagResource", "dynamodb:PutResourcePolicy", "dynamodb:*"}},
	{[]string{arnOf(queueType, "Q"), arnOf(queueType, "D"), "arn:aws:sqs:*:*:*", farQueueARN}, []string{"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:ReceiveMessage sqs:SendMessage", "sqs:SetQueueAttributes", "sqs:AddPermission", "sqs:TagQueue", "sqs:${Verb}Message", "sqs:*"}},
	{[]string{arnOf(keyType, "k"), "arn:aws:kms:*:*:key/*"}, []string{"kms:Decrypt", "kms:Decrypt kms:GenerateDataKey", "kms:PutKeyPolicy", "kms:CreateGrant", "kms:TagResource", "kms:*"}},
	{[]string{arnOf("AWS::SecretsManager::Secret", "S"), "arn:aws:secretsmanager:*:*:secret:*"}, []string{"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:PutResourcePolicy", "secretsmanager:*"}},
	{[]string{arnOf("AWS::Kinesis::Stream", "K"), arnOf("AWS::SNS::Topic", "N"), arnOf("AWS::Events::EventBus", "B")}, []string{"kinesis:PutRecord", "kinesis:GetRecords kinesis:GetShardIterator", "kinesis:*", "sns:Publish", "sns:Subscribe sns:Publish", "events:PutEvents", "events:*"}},
	{[]string{arnOf(machineType, "M"), instanceARN, projectARN}, []string{"states:UpdateStateMachine", "states:StartExecution", "states:*", "ec2:ModifyInstanceAttribute", "ec2:StopInstances ec2:StartInstances", "ssm:StartSession", "codebuild:StartBuild", "codebuild:*"}},
}

// richConditions are what rich statements ask for beside what others do.
var richConditions = append(slices.Clone(conditionPool[5:]),
	`, "Condition": {"StringEquals": {"aws:RequestTag/team": "shop"}}`,
	`, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}`,
	`, "Condition": {"StringEquals": {"iam:PermissionsBoundary": "`+policyARN("Guard")+`"}}`,
	`, "Condition": {"ArnLike": {"iam:PolicyARN": "`+policyARN("*")+`"}}`,
	`, "Condition": {"StringEquals": {"iam:ResourceTag/team": "${aws:PrincipalTag/team}"}}`,
	`, "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "shop"}}`,
	`, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}`,
	`, "Condition": {"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}}`,
	`, "Condition": {"StringEquals": {"aws:ResourceAccount": "`+testAccount+`"}}`,
	`, "Condition": {"StringEquals": {"aws:PrincipalAccount": "`+farAccount+`"}}`,
	`, "Condition": {"ArnLike": {"aws:SourceArn": "`+arnOf("AWS::SNS::Topic", "N")+`"}}`,
	`, "Condition": {"Bool": {"aws:ViaAWSService": "false"}}`,
)

// richPrincipals are whom policies of resources and roles name.
var richPrincipals = []string{`"*"`, `{"AWS": "*"}`, `{"AWS": "arn:aws:iam::` + testAccount + `:root"}`, `{"AWS": "` + farAccount + `"}`, `{"AWS": "` + roleARN("Work") + `"}`, `{"AWS": ["` + roleARN("Hop") + `", "` + userARN("U") + `"]}`,
	`{"AWS": "` + farARN("role/Far") + `"}`, `{"AWS": "arn:aws:sts::` + testAccount + `:assumed-role/Work/Work"}`, `{"Service": "sns.amazonaws.com"}`, `{"AWS": "${Caller}"}`}

// rich draws parts of rich designs.
type rich struct{ *rapid.T }

func (r rich) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(r.T, label)
}

// one tells whether something is so that is so in one of n cases.
func (r rich) one(n int, label string) bool { return rapid.IntRange(1, n).Draw(r.T, label) == n }

// statement is one of an identity policy.
func (r rich) statement(label string) string {
	p := rapid.SampledFrom(richPowers).Draw(r.T, label+" about")
	resource := "*"
	if rapid.Bool().Draw(r.T, label+" narrow") {
		resource = r.pick(label+" on", p.on...)
	}
	return r.conditional(label, 4, fmt.Sprintf(`{"Effect": %q, "Action": %s, "Resource": %q}`, r.effect(label), quoted(r.pick(label+" actions", p.actions...)), resource))
}

func (r rich) effect(label string) string {
	return r.pick(label+" effect", "Allow", "Allow", "Allow", "Allow", "Deny")
}

// conditional adds a condition in one of n cases.
func (r rich) conditional(label string, n int, statement string) string {
	if !r.one(n, label+" asks") {
		return statement
	}
	return strings.TrimSuffix(statement, "}") + r.pick(label+" condition", richConditions...) + "}"
}

func (r rich) statements(label string, low, high int) string {
	var out []string
	for i := range rapid.IntRange(low, high).Draw(r.T, label+" statements") {
		out = append(out, r.statement(fmt.Sprintf("%s %d", label, i)))
	}
	return strings.Join(out, ", ")
}

// boundary is what one who is bounded may do at most.
func (r rich) boundary(label string) string {
	more := r.pick(label+" rest", allow("s3:* sqs:* kms:*", "*"), allow("iam:* sts:* lambda:*", "*"), fullAccess)
	if says := r.statements(label, 0, 1); says != "" {
		return says + ", " + more
	}
	return more
}

// resource is the policy of a resource; nil for none.
func (r rich) resource(t testing.TB, label, actions, on string) *policy.Document {
	var out []string
	for i := range rapid.IntRange(0, 2).Draw(r.T, label+" policy") {
		label := fmt.Sprintf("%s %d", label, i)
		effect, whom := r.effect(label), "Principal"
		if effect == "Deny" && r.one(4, label+" but") {
			whom = "NotPrincipal"
		}
		out = append(out, r.conditional(label, 3, fmt.Sprintf(`{"Effect": %q, %q: %s, "Action": %s, "Resource": %s}`, effect, whom, r.pick(label+" whom", richPrincipals...), quoted(r.pick(label+" actions", strings.Split(actions, "|")...)), quoted(on))))
	}
	if out == nil {
		return nil
	}
	return document(t, strings.Join(out, ", "))
}

// policyFor is the policy of a resource of the design, by its type; nil for none.
func (r rich) policyFor(t testing.TB, label string, x *model.Resource) *policy.Document {
	switch x.Type {
	case "AWS::S3::Bucket":
		return r.resource(t, label, "s3:*|s3:GetObject|s3:PutObject s3:PutBucketPolicy", x.ARN+" "+x.ARN+"/*")
	case queueType:
		return r.resource(t, label, "sqs:*|sqs:SendMessage|sqs:ReceiveMessage", "*")
	case keyType:
		return r.resource(t, label, "kms:*|kms:Decrypt|kms:PutKeyPolicy", "*")
	case "AWS::SecretsManager::Secret":
		return r.resource(t, label, "secretsmanager:*|secretsmanager:GetSecretValue", "*")
	case "AWS::SNS::Topic":
		return r.resource(t, label, "sns:Publish|sns:Publish sns:Subscribe", x.ARN)
	case "AWS::DynamoDB::Table":
		return r.resource(t, label, "dynamodb:*|dynamodb:GetItem", x.ARN)
	}
	return nil
}

// trust is a role's trust policy.
func (r rich) trust(t testing.TB, label string) *policy.Document {
	says := rapid.SampledFrom([]string{lambdaTrust, rootTrust, rootTrust, trusts("lambda.amazonaws.com", "ec2.amazonaws.com", "codebuild.amazonaws.com"), trusts("codebuild.amazonaws.com", "states.amazonaws.com"), ""}).Draw(r.T, label+" trust")
	if says == "" || r.one(4, label+" also") {
		action := r.pick(label+" action", "sts:AssumeRole", "sts:AssumeRole sts:TagSession")
		more := r.conditional(label, 3, fmt.Sprintf(`{"Effect": %q, "Principal": %s, "Action": %s}`, r.effect(label), r.pick(label+" whom", richPrincipals...), quoted(action)))
		says = strings.TrimPrefix(says+", "+more, ", ")
	}
	return document(t, says)
}

func (r rich) tags(label string) map[string]string {
	if team := r.pick(label+" team", "", "", "shop", "ops"); team != "" {
		return map[string]string{"team": team}
	}
	return nil
}

// filter is one of a trigger.
func (r rich) filter(label, kind string) (f model.Filter) {
	switch kind {
	case "s3-notification":
		f.Prefix, f.Events = r.pick(label+" prefix", "", "in/", "in/old/"), []string{r.pick(label+" event", "s3:ObjectCreated:*", "s3:ObjectRemoved:*")}
	case model.Replication:
		f.Prefix = r.pick(label+" prefix", "", "in/", "out/")
	case "event-source-mapping":
		f.Pattern = r.pick(label+" pattern", "", "", `{"eventName": ["INSERT"]}`, `{"eventName": ["REMOVE"]}`, `{"body": {"kind": ["order"]}}`)
	case "sns-subscription":
		f.Pattern = r.pick(label+" pattern", "", `{"store": ["a"]}`)
	case "event-rule":
		f.Pattern = r.pick(label+" pattern", `{"source": ["shop"]}`, `{"source": ["aws.s3"]}`, `{"source": [{"prefix": "s"}]}`)
	}
	return f
}

// richTriggers are how data goes on in rich designs.
var richTriggers = []model.Trigger{
	{From: "res/Q", To: "fn/Work", Kind: "event-source-mapping", Event: "sqs"},
	{From: "res/Q", To: "res/D", Kind: model.Redrive},
	{From: "res/D", To: "fn/Aid", Kind: "event-source-mapping", Event: "sqs"},
	{From: "res/data", To: "fn/Work", Kind: "s3-notification", Event: "s3"},
	{From: "res/data", To: "res/Q", Kind: "s3-notification", Event: "s3"},
	{From: "res/data", To: "res/copy", Kind: model.Replication, Role: "role/Ops"},
	{From: "res/copy", To: "fn/Aid", Kind: "s3-notification", Event: "s3"},
	{From: "res/T", To: "fn/Work", Kind: "event-source-mapping", Event: "dynamodb"},
	{From: "res/T", To: "res/K", Kind: model.Changes},
	{From: "res/K", To: "fn/Aid", Kind: "event-source-mapping", Event: "kinesis"},
	{From: "res/N", To: "res/Q", Kind: "sns-subscription", Event: "sns", Form: model.InEnvelope},
	{From: "res/N", To: "fn/Web", Kind: "sns-subscription", Event: "sns", Form: model.AsItIs},
	{From: "res/B", To: "fn/Work", Kind: "event-rule", Event: "events"},
	{To: "res/M", Kind: "event-rule", Event: "events", Role: "role/Ops"},
	{From: "res/M", To: "fn/Aid", Kind: "state-machine-task", Role: "role/Ops"},
	{To: "fn/Web", Kind: "api-route", Outside: true, Open: true},
	{To: "fn/Work", Kind: "api-route", Outside: true},
	{To: "fn/Aid", Kind: "schedule"},
	{From: "res/far", To: "fn/Aid", Kind: "s3-notification", Event: "s3"},
}

// trigger is one of richTriggers, as it is called and with a filter.
func (r rich) trigger(i int) *model.Trigger {
	t := richTriggers[i]
	t.ID = model.ID(fmt.Sprintf("trigger/%s>%s %d", t.From, t.To, i))
	t.Filter = r.filter(string(t.ID), t.Kind)
	t.Off = r.one(6, "off")
	return &t
}

// level is one of an organization's for an account.
func (r rich) level(t testing.TB, label string) model.Level {
	out := model.Level{Target: label}
	if n := rapid.IntRange(0, 3).Draw(r.T, label); n > 0 {
		out.Policies = append(out.Policies, document(t, fullAccess))
	}
	if says := r.statements(label, 0, 2); says != "" {
		out.Policies = append(out.Policies, document(t, says))
	}
	return out
}

func (r rich) guardrails(t testing.TB) map[string]model.Guardrails {
	out := map[string]model.Guardrails{}
	for _, account := range []string{testAccount, farAccount} {
		var g model.Guardrails
		for i := range rapid.IntRange(0, 2).Draw(r.T, account+" levels") {
			g.SCPs = append(g.SCPs, r.level(t, fmt.Sprintf("%s level %d", account, i)))
		}
		if r.one(4, account+" RCP") {
			g.RCPs = []model.Level{{Policies: []*policy.Document{document(t, drawControl(r.T, account+" RCP"))}}}
		}
		if g.Management = r.one(8, account+" manages"); len(g.SCPs)+len(g.RCPs) > 0 {
			out[account] = g
		}
	}
	return out
}

// richPolicies are the managed policies of rich designs, which any may have.
var richPolicies = []model.ID{"policy/Shared", "policy/Guard", "policy/Old"}

// has lists the policies of somebody: an inline one of its own, and some of the managed.
func (r rich) has(b *builder, name string) []model.ID {
	var out []model.ID
	if says := r.statements(name, 0, 3); says != "" {
		out = b.policies(name, says)
	}
	for _, id := range richPolicies {
		if r.one(6, name+" has "+string(id)) {
			out = append(out, id)
		}
	}
	return out
}

// bound is the boundary of somebody, "" for none.
func (r rich) bound(name string) model.ID {
	if r.one(6, name+" bounded") {
		return rapid.SampledFrom(richPolicies).Draw(r.T, name+" boundary")
	}
	return ""
}

// key is what encrypts a resource, "" for nothing of one's own.
func (r rich) key(label string) model.ID {
	return rapid.SampledFrom([]model.ID{"", "", "res/k"}).Draw(r.T, label+" key")
}

// draw draws a rich design.
func (r rich) draw(t testing.TB) *model.Design {
	b := build(t)
	b.managed("Shared", r.statements("Shared", 1, 2))
	b.managed("Guard", r.boundary("Guard"))
	old := b.managed("Old", r.statements("Old", 1, 1))
	old.Versions, old.Listed = []*policy.Document{document(t, r.statements("Older", 1, 2))}, rapid.Bool().Draw(r.T, "listed")
	for _, name := range []string{"Web", "Work", "Hop", "Deploy", "Ops", "Far"} {
		x := b.role(name, lambdaTrust)
		x.Policies, x.Boundary, x.Tags = r.has(b, name), r.bound(name), r.tags(name)
		switch name {
		case "Hop", "Deploy", "Ops":
			x.Trust = r.trust(t, name)
		case "Far":
			x.ARN, x.Trust = farARN("role/Far"), document(t, rapid.SampledFrom(farTrusts).Draw(r.T, "Far trust"))
		}
	}
	for _, name := range []string{"Web", "Work", "Aid"} { // two share a role
		f := b.functionOf(name, b.element(model.ID("role/"+strings.Replace(name, "Aid", "Work", 1))).(*model.Role))
		f.Tags = r.tags(name)
		if r.one(4, name+" reads") {
			f.Environment = []model.EnvVar{{Name: "X", Refers: "res/S"}}
		}
		if r.one(4, name+" dead") {
			f.DeadLetter = arnOf(queueType, "D")
		}
		f.Policy = r.resource(t, name, "lambda:InvokeFunction|lambda:*|lambda:UpdateFunctionCode", f.ARN)
	}
	for _, name := range []string{"U", "V", "G", "H"} {
		x := b.user(name)
		x.Policies = r.has(b, name)
		if name == "G" || name == "H" {
			x.ID, x.Kind, x.ARN = model.ID("group/"+name), model.Group, groupARN(name)
			continue
		}
		x.Boundary, x.Tags = r.bound(name), r.tags(name)
		for _, g := range []model.ID{"group/G", "group/H"} {
			if r.one(3, name+" in "+string(g)) {
				x.Groups = append(x.Groups, g)
			}
		}
	}
	for _, x := range []*model.Resource{b.bucket("data"), b.bucket("copy"), b.bucket("far"), b.table("T"), b.queue("Q"), b.queue("D"), b.queue("W"), b.resource("AWS::SecretsManager::Secret", "S"), b.resource(keyType, "k"),
		b.resource("AWS::Kinesis::Stream", "K"), b.resource("AWS::SNS::Topic", "N"), b.resource("AWS::Events::EventBus", "B"), b.resource(machineType, "M"), b.resource(instanceType, "I"), b.resource("AWS::CodeBuild::Project", "P")} {
		switch x.Name {
		case "far":
			x.Account = farAccount
		case "W":
			x.ARN = farQueueARN
		case "M":
			x.Role = "role/Ops"
		case "I":
			x.ARN, x.Role = instanceARN, rapid.SampledFrom([]model.ID{"", "role/Deploy"}).Draw(r.T, "instance")
		case "P":
			x.ARN, x.Role = projectARN, rapid.SampledFrom([]model.ID{"", "role/Deploy"}).Draw(r.T, "project")
		case "data", "T", "Q", "S":
			x.Key, x.Tags = r.key(x.Name), r.tags(x.Name)
		}
		if x.Name != "copy" && x.Name != "D" {
			x.Policy = r.policyFor(t, x.Name, x)
			// Of a key's that was not read nothing is known, so that anybody perhaps passes whom something else lets in.
			x.PolicyUnseen = x.Type != keyType && r.one(12, x.Name+" unseen")
		}
	}
	for i := range richTriggers {
		if r.one(3, fmt.Sprintf("trigger %d", i)) {
			x := r.trigger(i)
			x.Origin = b.place()
			b.elements = append(b.elements, x)
		}
	}
	if r.one(3, "organization") {
		b.info.Guardrails = r.guardrails(t)
	}
	return b.design()
}

// usual is of how many designs a property is tried where nobody asks for fewer, as -short does. Of a few each may lack what a test is
// about, which is no fault.
const usual = 100

// seldom checks a property of one design in so many: of those that take longest.
func seldom(t *testing.T, in int, property func(*rapid.T)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks").Value
	usually := checks.String()
	n, err := strconv.Atoi(usually)
	if err != nil {
		t.Fatal(err)
	}
	if err := checks.Set(strconv.Itoa(max(1, n/in))); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := checks.Set(usually); err != nil {
			t.Error(err)
		}
	}()
	rapid.Check(t, property)
}

// drawAny draws a design of either sort.
func drawAny(rt *rapid.T, t testing.TB) *model.Design {
	if rapid.Bool().Draw(rt, "rich") {
		return rich{rt}.draw(t)
	}
	return drawDesign(rt).build(t)
}
