package account

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
)

// unread is what is not known of something where a call about it was not answered.
type unread struct {
	of     string // CloudFormation type
	policy bool   // its policy, which may let somebody in or keep out
	key    bool   // what encrypts it, which may keep somebody out
	more   bool   // what else lets somebody in, or on
}

// unreadBy tells what calls would have shown of things that are known to be there. What calls list that are not in it is not
// there at all where they fail: the design says so once.
var unreadBy = map[string]unread{
	"lambda:GetPolicy":                 {of: "AWS::Lambda::Function", policy: true},
	"lambda:GetPolicy of versions":     {of: "AWS::Lambda::Function", more: true},
	"lambda:ListAliases":               {of: "AWS::Lambda::Function", more: true},
	"lambda:GetLayerVersionPolicy":     {of: "AWS::Lambda::LayerVersion", policy: true},
	"s3:GetBucketPolicy":               {of: "AWS::S3::Bucket", policy: true},
	"s3:GetBucketAcl":                  {of: "AWS::S3::Bucket", more: true},
	"s3:GetBucketEncryption":           {of: "AWS::S3::Bucket", key: true},
	"s3:ListAccessPoints":              {of: "AWS::S3::Bucket", more: true},
	"s3:GetAccessPointPolicy":          {of: "AWS::S3::AccessPoint", policy: true},
	"kms:GetKeyPolicy":                 {of: "AWS::KMS::Key", policy: true},
	"kms:ListGrants":                   {of: "AWS::KMS::Key", more: true},
	"sns:GetTopicAttributes":           {of: "AWS::SNS::Topic", policy: true, key: true},
	"sqs:GetQueueAttributes":           {of: "AWS::SQS::Queue", policy: true, key: true},
	"dynamodb:DescribeTable":           {of: "AWS::DynamoDB::Table", policy: true, key: true}, // its stream's policy
	"dynamodb:GetResourcePolicy":       {of: "AWS::DynamoDB::Table", policy: true},
	"kinesis:DescribeStreamSummary":    {of: "AWS::Kinesis::Stream", key: true},
	"kinesis:GetResourcePolicy":        {of: "AWS::Kinesis::Stream", policy: true},
	"secretsmanager:GetResourcePolicy": {of: "AWS::SecretsManager::Secret", policy: true},
	"ssm:GetResourcePolicies":          {of: "AWS::SSM::Parameter", policy: true},
	"ecr:GetRepositoryPolicy":          {of: "AWS::ECR::Repository", policy: true},
	"states:DescribeStateMachine":      {of: "AWS::StepFunctions::StateMachine", more: true},
}

// mayHavePolicy reports whether things of a type may have a policy of their own that an account's snapshot holds.
func mayHavePolicy(cfnType string) bool {
	if cfnType == "AWS::Events::EventBus" {
		return true // its policy is listed with it
	}
	for _, u := range unreadBy {
		if u.policy && u.of == cfnType {
			return true
		}
	}
	return false
}

// unseenParts marks what a call that was not answered would have told something of: it may deny what others allow, or let in
// whom nothing else does. Where there is no such call, as in stand-ins for AWS, there is nothing that it would tell.
func (r *reader) unseenParts(problem *yamlpos.Node) {
	call, region, _ := strings.Cut(text(problem.Get("Call")), " in ")
	what, ok := unreadBy[call]
	if !ok || strings.HasPrefix(text(problem.Get("Error")), "there is no such call") {
		return
	}
	about, parts := map[string]bool{}, map[string]bool{}
	for _, a := range items(problem.Get("About")) {
		name, _, part := strings.Cut(text(a), ":")
		if part && what.of == "AWS::Lambda::Function" {
			parts[name] = true // an alias, or a version
		} else {
			about[text(a)] = true
		}
	}
	all := len(about)+len(parts) == 0
	concerns := func(arn string, names ...string) bool {
		return (region == "" || field(arn, 3) == region || field(arn, 3) == "") && (all || slices.ContainsFunc(names, func(n string) bool { return about[n] }))
	}
	for _, e := range r.elements {
		switch e := e.(type) {
		case *model.Function:
			if what.of != "AWS::Lambda::Function" {
				continue
			}
			its := concerns(e.ARN, e.Name)
			e.PolicyUnseen = e.PolicyUnseen || what.policy && its
			e.MoreUnseen = e.MoreUnseen || what.more && its || parts[e.Name] && field(e.ARN, 3) == region
		case *model.Resource:
			name := nameIn(e.ARN)
			if e.Type != what.of || e.External || !concerns(e.ARN, e.Name, name, "/"+name) {
				continue
			}
			e.PolicyUnseen, e.MoreUnseen = e.PolicyUnseen || what.policy, e.MoreUnseen || what.more
			if what.key && e.Key == "" {
				e.Key = model.MakeID("res", "key of "+e.Name) // which is in no design
			}
		}
	}
}

// nameIn is what a resource is called by the calls about it, as its ARN has it: a secret's ends in six characters of AWS's.
func nameIn(arn string) string {
	name := field(arn, 5)
	if secret, ok := strings.CutPrefix(name, "secret:"); ok {
		if n := len(secret) - 7; n > 0 && secret[n] == '-' {
			return secret[:n]
		}
		return secret
	}
	if point, ok := strings.CutPrefix(name, "accesspoint/"); ok && field(arn, 2) == "s3" {
		return point
	}
	if field(arn, 2) == "s3" || field(arn, 2) == "sns" || field(arn, 2) == "sqs" {
		return name
	}
	_, rest, _ := strings.Cut(name, "/")
	return cmp.Or(rest, lastPart(arn))
}
