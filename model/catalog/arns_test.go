package catalog

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/assets"
)

func TestTypesOfARN(t *testing.T) {
	c := Load()
	for _, x := range []struct{ pattern, first string }{
		{"arn:aws:s3:::bucket", "AWS::S3::Bucket"},
		{"arn:aws:s3:::bucket/public/*", "AWS::S3::Bucket"},
		{"arn:aws:s3:::*", "AWS::S3::Bucket"},
		{"arn:aws-cn:s3:::*", "AWS::S3::Bucket"},
		{"arn:aws:dynamodb:*:*:table/orders", "AWS::DynamoDB::Table"},
		{"arn:aws:dynamodb:*:*:table/orders/index/*", "AWS::DynamoDB::Table"},
		{"arn:aws:dynamodb:*:*:*", "AWS::DynamoDB::Table"},
		{"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${T}", "AWS::DynamoDB::Table"},
		{"arn:aws:sqs:*:*:*", "AWS::SQS::Queue"},
		{"arn:aws:sns:us-east-1:111122223333:t", "AWS::SNS::Topic"},
		{"arn:aws:secretsmanager:us-east-1:111122223333:secret:x-??????", "AWS::SecretsManager::Secret"},
		{"arn:aws:ssm:*:*:parameter/prod/*", "AWS::SSM::Parameter"},
		{"arn:aws:kms:*:*:key/*", "AWS::KMS::Key"},
		{"arn:aws:kms:*:*:alias/app", "AWS::KMS::Alias"},
		{"arn:aws:rds:*:*:cluster:*", "AWS::RDS::DBCluster"},
		{"arn:aws:es:*:*:domain/*", "AWS::OpenSearchService::Domain"},
		{"arn:aws:logs:*:*:*", "AWS::Logs::LogGroup"},
		{"arn:aws:logs:*:*:log-group:/aws/lambda/f:*", "AWS::Logs::LogGroup"},
		{"arn:aws:events:*:*:event-bus/default", "AWS::Events::EventBus"},
		{"arn:aws:states:*:*:stateMachine:m", "AWS::StepFunctions::StateMachine"},
		{"arn:aws:states:*:*:execution:m:*", "AWS::StepFunctions::StateMachine"},
		{"arn:aws:lambda:*:*:function:f:live", "AWS::Lambda::Function"},
		{"arn:aws:execute-api:*:*:abc/*", "AWS::ApiGateway::RestApi"},
		{"arn:aws:iam::111122223333:role/svc/*", "AWS::IAM::Role"},
		{"arn:aws:sqs", "AWS::SQS::Queue"},
		{"*", ""},
		{"arn:aws:*:*:*:*", ""},
		{"arn:aws:nosuch:*:*:*", ""},
		{"orders", ""},
		{"", ""},
		{"${", ""},
	} {
		got := c.TypesOfARN(x.pattern)
		first := ""
		if len(got) > 0 {
			first = got[0]
		}
		if first != x.first {
			t.Errorf("%s may be of %v, want %q first", x.pattern, got, x.first)
		}
	}
}

func TestTypesOf(t *testing.T) {
	c := Load()
	for _, x := range []struct {
		action, pattern string
		want            string
	}{
		{"s3:GetObject", "*", "AWS::S3::Bucket AWS::S3::AccessPoint"},
		{"s3:GetObject", "arn:aws:s3:::b/*", "AWS::S3::Bucket"},
		{"s3:GetObject", "arn:aws:s3:::b", ""}, // a bucket is no object
		{"s3:ListBucket", "arn:aws:s3:::b", "AWS::S3::Bucket"},
		{"dynamodb:Query", "*", "AWS::DynamoDB::Table"},
		{"secretsmanager:GetSecretValue", "*", "AWS::SecretsManager::Secret"},
		{"secretsmanager:GetSecretValue", "arn:aws:s3:::b", ""},
		{"kms:Decrypt", "*", "AWS::KMS::Key"},
		{"sts:AssumeRole", "*", "AWS::IAM::Role"},
		{"s3:ListAllMyBuckets", "*", ""},
	} {
		if got := strings.Join(c.TypesOf(c.Action(x.action), x.pattern), " "); got != x.want {
			t.Errorf("%s on %s touches %q, want %q", x.action, x.pattern, got, x.want)
		}
	}
}

func TestTypeOfResourceType(t *testing.T) {
	c := Load()
	for _, x := range []struct{ service, name, of, part string }{
		{"s3", "bucket", "AWS::S3::Bucket", ""},
		{"s3", "object", "AWS::S3::Bucket", "object"},
		{"dynamodb", "table", "AWS::DynamoDB::Table", ""},
		{"dynamodb", "index", "AWS::DynamoDB::Table", "index"},
		{"dynamodb", "stream", "AWS::DynamoDB::Table", "stream"},
		{"secretsmanager", "Secret", "AWS::SecretsManager::Secret", ""},
		{"sqs", "queue", "AWS::SQS::Queue", ""},
		{"sns", "topic", "AWS::SNS::Topic", ""},
		{"kinesis", "stream", "AWS::Kinesis::Stream", ""},
		{"kinesis", "consumer", "AWS::Kinesis::Stream", "consumer"},
		{"states", "execution", "AWS::StepFunctions::StateMachine", "execution"},
		{"lambda", "function", "AWS::Lambda::Function", ""},
		{"lambda", "function alias", "AWS::Lambda::Function", "function alias"},
		{"logs", "log-group", "AWS::Logs::LogGroup", ""},
		{"logs", "log-stream", "AWS::Logs::LogGroup", "log-stream"},
		{"rds-data", "cluster", "AWS::RDS::DBCluster", ""},
		{"es", "domain", "AWS::OpenSearchService::Domain", ""},
		{"kafka-cluster", "topic", "AWS::MSK::Cluster", "topic"},
		{"iam", "role", "AWS::IAM::Role", ""},
		{"ecs", "service", "AWS::ECS::Service", ""},
		{"s3", "job", "", ""},
	} {
		found := false
		for _, rt := range c.ResourceTypes(x.service) {
			if rt.Name != x.name {
				continue
			}
			found = true
			if of, part := c.TypeOf(rt), c.PartOf(rt); of != x.of || part != x.part {
				t.Errorf("%s %s is %q of %q, want %q of %q", x.service, x.name, part, of, x.part, x.of)
			}
		}
		if !found {
			t.Errorf("%s has no resource type %s", x.service, x.name)
		}
	}
}

// The reviewed tables name what exists.
func TestTablesNameWhatExists(t *testing.T) {
	c := Load()
	for key, of := range belongings {
		service, name, _ := strings.Cut(key, " ")
		if !slices.ContainsFunc(c.ResourceTypes(service), func(rt *ResourceType) bool { return strings.ToLower(rt.Name) == name }) {
			t.Errorf("belongings: %s has no resource type %s", service, name)
		}
		if of = strings.TrimPrefix(of, "part of "); of != "" && c.Type(of) == nil {
			t.Errorf("belongings: %s is no type", of)
		}
	}
	original := map[string]bool{}
	for line := range strings.Lines(assets.Types) {
		name, _, _ := strings.Cut(line, "\t")
		original[name] = true
	}
	for _, x := range corrections {
		if !original[x.name] && x.like == "" {
			t.Errorf("corrections: %s is no type", x.name)
		}
		if x.like != "" && c.Type(x.like) == nil {
			t.Errorf("corrections: %s is no type", x.like)
		}
	}
}

func TestCreates(t *testing.T) {
	for _, tc := range []struct {
		action, kind string
		want         bool
	}{
		{"lambda:CreateFunction", "function", true},
		{"lambda:CreateAlias", "function", false},
		{"lambda:CreateFunctionUrlConfig", "function", false},
		{"dynamodb:CreateTable", "table", true},
		{"dynamodb:CreateBackup", "table", false},
		{"sqs:CreateQueue", "queue", true},
		{"states:CreateStateMachine", "statemachine", true},
		{"secretsmanager:CreateSecret", "Secret", true},
		{"s3:CreateBucket", "bucket", true},
		{"rds:CreateDBInstance", "db", true},
		{"logs:CreateLogGroup", "log-group", true},
		{"logs:CreateLogStream", "log-stream", false}, // a part of what is there
		{"iam:CreateUser", "user", true},
		{"iam:CreateServiceLinkedRole", "role", true}, // one that AWS names
		{"iam:CreateAccessKey", "user", false},
		{"iam:CreatePolicyVersion", "policy", false},
		{"kms:CreateGrant", "key", false},
		{"lambda:UpdateFunctionCode", "function", false},
	} {
		a := Load().Action(tc.action)
		if a == nil {
			t.Fatalf("no action %s", tc.action)
		}
		i := slices.IndexFunc(a.Resources, func(rt *ResourceType) bool { return rt.Name == tc.kind })
		if i < 0 {
			t.Errorf("%s is not about a %s", tc.action, tc.kind)
			continue
		}
		if got := Load().Creates(a, a.Resources[i]); got != tc.want {
			t.Errorf("%s creates a %s: %v", tc.action, tc.kind, got)
		}
	}
}
