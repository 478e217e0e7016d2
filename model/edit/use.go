package edit

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A Use is what a function is usually given a thing for.
type Use uint8

// The uses.
const (
	Reads  Use = 1 << iota // takes out what is in it; of a queue: receives
	Writes                 // puts in or changes; of a topic, bus, machine or function: sends, starts
)

// usual are the actions that code of the AWS SDKs calls for each use, by CloudFormation type: those of one thing, no lists
// of all things of the account and nothing that changes its configuration. Deleting what is in it belongs to writing where
// the service's own word for a full life cycle does (an item of a table), else it has to be granted by name. They are what
// AWS's pages ask for and its transform's policy templates have: DynamoDB developer guide, "IAM policy to read, write, update,
// and delete access on a table"; Amazon S3 user guide, "Identity-based policy examples"; SQS developer guide, "Amazon SQS API
// permissions"; Kinesis Data Streams developer guide, "Create an IAM policy" (minimum permissions of producers and consumers).
var usual = map[string][2][]string{
	"AWS::DynamoDB::Table": {{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"},
		{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}},
	"AWS::S3::Bucket":                      {{"s3:GetObject", "s3:ListBucket"}, {"s3:PutObject"}},
	"AWS::SQS::Queue":                      {{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"}, {"sqs:SendMessage"}},
	"AWS::SNS::Topic":                      {nil, {"sns:Publish"}},
	"AWS::Kinesis::Stream":                 {{"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards"}, {"kinesis:PutRecord", "kinesis:PutRecords"}},
	"AWS::Events::EventBus":                {nil, {"events:PutEvents"}},
	"AWS::SecretsManager::Secret":          {{"secretsmanager:GetSecretValue"}, {"secretsmanager:PutSecretValue"}},
	"AWS::SSM::Parameter":                  {{"ssm:GetParameter", "ssm:GetParameters"}, {"ssm:PutParameter"}},
	"AWS::KMS::Key":                        {{"kms:Decrypt"}, {"kms:Encrypt", "kms:GenerateDataKey"}},
	"AWS::StepFunctions::StateMachine":     {nil, {"states:StartExecution"}},
	"AWS::KinesisFirehose::DeliveryStream": {nil, {"firehose:PutRecord", "firehose:PutRecordBatch"}},
}

// UsesOf are the uses that a type of resource has.
func UsesOf(typ string) Use {
	var out Use
	for i, actions := range usual[typ] {
		if len(actions) > 0 {
			out |= 1 << i
		}
	}
	return out
}

// GrantUse lets a role use a resource of the design, or call a function; nil where that use is not known of it.
func GrantUse(d *model.Design, role, target model.ID, use Use) *Grant {
	switch t := d.Element(target).(type) {
	case *model.Function:
		if use&Writes != 0 {
			return &Grant{Role: role, Access: Access{Actions: []string{"lambda:InvokeFunction"}, Resources: []string{string(target)}}}
		}
	case *model.Resource:
		return grantUse(role, target, t.Type, use)
	}
	return nil
}

// GrantKey lets a role use the key that encrypts a resource, as far as the use asks for; nil where it has no key of the
// customer's own. Reading decrypts data keys; writing makes new ones, and decrypts those that are being used (SQS developer
// guide, "Amazon SQS Key management"; Amazon S3 user guide, "Protecting data with SSE-KMS", multipart uploads). A parameter is
// encrypted with the key itself (Systems Manager user guide, "KMS encryption for SecureString parameters").
func GrantKey(d *model.Design, role, target model.ID, use Use) *Grant {
	r := d.Resource(target)
	if r == nil || d.Resource(r.Key) == nil {
		return nil
	}
	g := &Grant{Role: role, Access: Access{Actions: []string{"kms:Decrypt"}, Resources: []string{string(r.Key)}}}
	if use&Writes != 0 {
		g.Actions = append(g.Actions, "kms:GenerateDataKey")
		if r.Type == "AWS::SSM::Parameter" {
			g.Actions = append(g.Actions, "kms:Encrypt")
		}
	}
	return g
}

func grantUse(role, target model.ID, typ string, use Use) *Grant {
	g := &Grant{Role: role, Access: Access{Resources: []string{string(target)}}}
	for i, actions := range usual[typ] {
		if use&(1<<i) != 0 {
			g.Actions = append(g.Actions, actions...)
		}
	}
	switch {
	case typ == "AWS::S3::Bucket" && use&Reads == 0: // its objects have ARNs of their own
		g.Resources = []string{string(target) + "/*"}
	case typ == "AWS::S3::Bucket":
		g.Resources = append(g.Resources, string(target)+"/*")
	case typ == "AWS::DynamoDB::Table" && use&Reads != 0: // so have its indexes, which hold the same items
		g.Resources = append(g.Resources, string(target)+"/index/*")
	}
	if len(g.Actions) == 0 {
		return nil
	}
	return g
}

// TakeAway is the edit that takes from the first statement of a role that names a resource all that names it; nil where no
// statement of a policy that can be edited does. Apply it and ask again until none is left. What a wildcard reaches is
// not taken away: narrow that.
func TakeAway(d *model.Design, role, target model.ID) Edit {
	h, err := findHolder(d, role)
	if err != nil {
		return nil
	}
	for _, id := range h.policies {
		p := d.Policy(id)
		if p == nil || p.Document == nil || isAWSManaged(p) {
			continue
		}
		for i, s := range p.Document.Statements {
			if s.Effect != policy.Allow || s.NotResource {
				continue
			}
			var left []string
			for _, r := range s.Resources {
				if !names(d, r, target) {
					left = append(left, r)
				}
			}
			if len(left) == len(s.Resources) {
				continue
			}
			t := &Tighten{Role: role, Policy: p.ID, Statement: Ref(p.Document, i), Drop: len(left) == 0}
			if !t.Drop {
				for _, r := range left {
					t.Resources = append(t.Resources, spell(d, r))
				}
			}
			return t
		}
	}
	return nil
}

// names reports whether a pattern names an element, or a part of it.
func names(d *model.Design, pattern string, target model.ID) bool {
	word := spell(d, pattern)
	rest, ok := strings.CutPrefix(word, string(target))
	return ok && (rest == "" || rest[0] == '/' || rest[0] == ':')
}

// FreeName is a logical id that nothing of a design has: the word itself, or with a number behind it.
func FreeName(d *model.Design, word string) string {
	word = strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, word)
	if word == "" {
		word = "Thing"
	}
	taken := func(name string) bool {
		return slices.ContainsFunc([]string{"fn", "role", "res", "policy"}, func(kind string) bool {
			return d.Element(model.MakeID(kind, name)) != nil || d.Element(model.MakeID(kind, name+"Role")) != nil
		})
	}
	name := word
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s%d", word, n)
	}
	return name
}

// FreeEvent is a name of an event that a function has not.
func FreeEvent(d *model.Design, function model.ID, word string) string {
	_, path, _ := strings.Cut(string(function), "/")
	name := word
	for n := 2; d.Trigger(model.MakeID("trigger", path+"/"+name)) != nil; n++ {
		name = fmt.Sprintf("%s%d", word, n)
	}
	return name
}

// StartsBy is the event by which a resource of a type starts functions, as NewTrigger has it; "" where none does.
func StartsBy(typ string) string {
	return map[string]string{"AWS::SQS::Queue": "sqs", "AWS::DynamoDB::Table": "dynamodb", "AWS::Kinesis::Stream": "kinesis", "AWS::S3::Bucket": "s3", "AWS::SNS::Topic": "sns"}[typ]
}

// TakesNew reports whether functions, resources and triggers can be drawn into a design.
func TakesNew(d *model.Design) bool { return takesNew(d, FreeName(d, "New")) == nil }

// NewTypes are the types of resource that are offered to be drawn.
func NewTypes() []string {
	return []string{"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Kinesis::Stream", "AWS::SecretsManager::Secret", "AWS::SSM::Parameter", "AWS::Events::EventBus", "AWS::KMS::Key"}
}
