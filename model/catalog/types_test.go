package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestARNs(t *testing.T) {
	c := Load()
	for _, x := range []struct {
		typ    string
		values map[string]string
		want   string
	}{
		{"AWS::DynamoDB::Table", map[string]string{"TableName": "orders"}, "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
		{"AWS::Serverless::SimpleTable", map[string]string{"TableName": "orders"}, "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
		{"AWS::DynamoDB::GlobalTable", map[string]string{"TableName": "orders"}, "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"},
		{"AWS::S3::Bucket", map[string]string{"BucketName": "b"}, "arn:aws:s3:::b"},
		{"AWS::SQS::Queue", map[string]string{"QueueName": "q.fifo"}, "arn:aws:sqs:eu-west-1:111122223333:q.fifo"},
		{"AWS::SNS::Topic", map[string]string{"TopicName": "t"}, "arn:aws:sns:eu-west-1:111122223333:t"},
		{"AWS::Lambda::Function", map[string]string{"FunctionName": "f"}, "arn:aws:lambda:eu-west-1:111122223333:function:f"},
		{"AWS::Serverless::Function", map[string]string{"FunctionName": "f"}, "arn:aws:lambda:eu-west-1:111122223333:function:f"},
		{"AWS::Lambda::Alias", map[string]string{"FunctionName": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Name": "live"}, "arn:aws:lambda:eu-west-1:111122223333:function:f:live"},
		{"AWS::SecretsManager::Secret", map[string]string{"Name": "prod/key"}, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/key-XXXXXX"},
		{"AWS::SSM::Parameter", map[string]string{"Name": "/prod/url"}, "arn:aws:ssm:eu-west-1:111122223333:parameter/prod/url"},
		{"AWS::SSM::Parameter", map[string]string{"Name": "url"}, "arn:aws:ssm:eu-west-1:111122223333:parameter/url"},
		{"AWS::KMS::Key", map[string]string{"KeyId": "1234"}, "arn:aws:kms:eu-west-1:111122223333:key/1234"},
		{"AWS::KMS::Alias", map[string]string{"AliasName": "alias/app"}, "arn:aws:kms:eu-west-1:111122223333:alias/app"},
		{"AWS::Kinesis::Stream", map[string]string{"Name": "s"}, "arn:aws:kinesis:eu-west-1:111122223333:stream/s"},
		{"AWS::KinesisFirehose::DeliveryStream", map[string]string{"DeliveryStreamName": "d"}, "arn:aws:firehose:eu-west-1:111122223333:deliverystream/d"},
		{"AWS::Events::EventBus", map[string]string{"Name": "bus"}, "arn:aws:events:eu-west-1:111122223333:event-bus/bus"},
		{"AWS::Events::Rule", map[string]string{"Name": "nightly"}, "arn:aws:events:eu-west-1:111122223333:rule/nightly"},
		{"AWS::Events::Rule", map[string]string{"Name": "r", "EventBusName": "default"}, "arn:aws:events:eu-west-1:111122223333:rule/r"},
		{"AWS::Events::Rule", map[string]string{"Name": "r", "EventBusName": "arn:aws:events:eu-west-1:111122223333:event-bus/bus"}, "arn:aws:events:eu-west-1:111122223333:rule/bus/r"},
		{"AWS::Scheduler::Schedule", map[string]string{"Name": "s"}, "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/s"},
		{"AWS::StepFunctions::StateMachine", map[string]string{"StateMachineName": "m"}, "arn:aws:states:eu-west-1:111122223333:stateMachine:m"},
		{"AWS::Serverless::StateMachine", map[string]string{"Name": "m"}, "arn:aws:states:eu-west-1:111122223333:stateMachine:m"},
		{"AWS::Logs::LogGroup", map[string]string{"LogGroupName": "/aws/lambda/f"}, "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f"},
		{"AWS::ApiGateway::RestApi", map[string]string{"RestApiId": "abc"}, "arn:aws:apigateway:eu-west-1::/restapis/abc"},
		{"AWS::Cognito::UserPool", map[string]string{"UserPoolId": "eu-west-1_x"}, "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_x"},
		{"AWS::RDS::DBInstance", map[string]string{"DBInstanceIdentifier": "db"}, "arn:aws:rds:eu-west-1:111122223333:db:db"},
		{"AWS::RDS::DBCluster", map[string]string{"DBClusterIdentifier": "c"}, "arn:aws:rds:eu-west-1:111122223333:cluster:c"},
		{"AWS::Neptune::DBCluster", map[string]string{"DBClusterIdentifier": "c"}, "arn:aws:rds:eu-west-1:111122223333:cluster:c"},
		{"AWS::EFS::FileSystem", map[string]string{"FileSystemId": "fs-1"}, "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"},
		{"AWS::ECR::Repository", map[string]string{"RepositoryName": "app/web"}, "arn:aws:ecr:eu-west-1:111122223333:repository/app/web"},
		{"AWS::OpenSearchService::Domain", map[string]string{"DomainName": "d"}, "arn:aws:es:eu-west-1:111122223333:domain/d"},
		{"AWS::IAM::Role", map[string]string{"RoleName": "r"}, "arn:aws:iam::111122223333:role/r"},
		{"AWS::IAM::Role", map[string]string{"RoleName": "r", "Path": "/svc/"}, "arn:aws:iam::111122223333:role/svc/r"},
		{"AWS::IAM::ManagedPolicy", map[string]string{"ManagedPolicyName": "p"}, "arn:aws:iam::111122223333:policy/p"},
		{"AWS::ECS::Service", map[string]string{"ServiceName": "web"}, "arn:aws:ecs:eu-west-1:111122223333:service/default/web"},
		{"AWS::IAM::OIDCProvider", map[string]string{"Url": "https://token.actions.githubusercontent.com"}, "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
		{"AWS::IAM::Policy", nil, ""},
		{"AWS::Lambda::Permission", nil, ""},
	} {
		typ := c.Type(x.typ)
		if typ == nil {
			t.Errorf("%s is not known", x.typ)
			continue
		}
		got := typ.FillARN(func(v string) string {
			switch v {
			case "Partition":
				return "aws"
			case "Region":
				return "eu-west-1"
			case "Account":
				return "111122223333"
			}
			return x.values[v]
		})
		if got != x.want {
			t.Errorf("%s from %s: %s, want %s", x.typ, typ.ARN, got, x.want)
		}
	}
}

func TestRefAndGetAtt(t *testing.T) {
	c := Load()
	for _, x := range []struct {
		typ, ref, name string
		refIsARN       bool
		arn            string // attribute
	}{
		{"AWS::DynamoDB::Table", "TableName", "TableName", false, "Arn"},
		{"AWS::SQS::Queue", "QueueUrl", "QueueName", false, "Arn"},
		{"AWS::SNS::Topic", "TopicArn", "TopicName", true, "TopicArn"},
		{"AWS::SecretsManager::Secret", "Id", "Name", true, "Id"},
		{"AWS::StepFunctions::StateMachine", "Arn", "StateMachineName", true, "Arn"},
		{"AWS::Serverless::StateMachine", "Arn", "Name", true, "Arn"},
		{"AWS::Lambda::Function", "FunctionName", "FunctionName", false, "Arn"},
		{"AWS::Serverless::Function", "FunctionName", "FunctionName", false, "Arn"},
		{"AWS::Lambda::Alias", "AliasArn", "", true, "AliasArn"},
		{"AWS::Lambda::LayerVersion", "LayerVersionArn", "LayerName", true, "LayerVersionArn"},
		{"AWS::S3::Bucket", "BucketName", "BucketName", false, "Arn"},
		{"AWS::KMS::Key", "KeyId", "", false, "Arn"},
		{"AWS::Events::Rule", "Name", "Name", false, "Arn"},
		{"AWS::Events::EventBus", "Name", "Name", false, "Arn"},
		{"AWS::Logs::LogGroup", "LogGroupName", "LogGroupName", false, "Arn"},
		{"AWS::IAM::Role", "RoleName", "RoleName", false, "Arn"},
		{"AWS::IAM::ManagedPolicy", "PolicyArn", "ManagedPolicyName", true, "PolicyArn"},
		{"AWS::SSM::Parameter", "Name", "Name", false, ""},
		{"AWS::ApiGateway::RestApi", "RestApiId", "", false, ""},
		{"AWS::RDS::DBCluster", "DBClusterIdentifier", "DBClusterIdentifier", false, "DBClusterArn"},
		{"AWS::RDS::DBProxy", "DBProxyName", "DBProxyName", false, "DBProxyArn"},
		{"AWS::Lambda::Url", "FunctionArn", "", false, ""},
	} {
		typ := c.Type(x.typ)
		if typ == nil {
			t.Errorf("%s is not known", x.typ)
			continue
		}
		if got := strings.Join(typ.PrimaryID, "|"); got != x.ref || typ.RefIsARN() != x.refIsARN || typ.NameProperty != x.name {
			t.Errorf("Ref of %s is %s (ARN: %v), named by %q; want %s (%v), %q", x.typ, got, typ.RefIsARN(), typ.NameProperty, x.ref, x.refIsARN, x.name)
		}
		if x.arn != "" && (!typ.HasAttribute(x.arn) || !typ.IsARN(x.arn)) {
			t.Errorf("%s of %s is not its ARN", x.arn, x.typ)
		}
	}
	if c.Type("AWS::DynamoDB::Table").IsARN("StreamArn") {
		t.Error("a stream's ARN is taken for its table's")
	}
	if c.Type("AWS::No::Such") != nil {
		t.Error("AWS::No::Such is known")
	}
}

// What a counted resource is called in ARNs is known, so that grants can be matched with it.
func TestCountedTypesHaveARNs(t *testing.T) {
	c := Load()
	lacking := []string{"AWS::EventsV2::EventBus", "AWS::S3Outposts::Bucket"} // their ARNs have parts that no property tells
	for name, kind := range kinds {
		typ := c.Type(name)
		if typ == nil {
			t.Errorf("%s has a kind but is no type", name)
			continue
		}
		if typ.Kind != kind {
			t.Errorf("%s is of kind %v, want %v", name, typ.Kind, kind)
		}
		if kind.Counted && typ.ARN == "" && !slices.Contains(lacking, name) {
			t.Errorf("%s is counted but has no ARN template", name)
		}
	}
}

func TestTypeShapes(t *testing.T) {
	c := Load()
	for _, name := range c.Types() {
		typ := c.Type(name)
		if typ.Name != name {
			t.Errorf("%s calls itself %s", name, typ.Name)
		}
		if !slices.IsSorted(typ.Attributes) {
			t.Errorf("attributes of %s are not sorted", name)
		}
		if typ.ARN == "" {
			continue
		}
		if !strings.HasPrefix(typ.ARN, "arn:${Partition}:") || strings.Count(typ.ARN, "${") != strings.Count(typ.ARN, "}") {
			t.Errorf("ARN template of %s: %s", name, typ.ARN)
		}
		if got := typ.FillARN(func(string) string { return "x" }); strings.ContainsAny(got, "${}") || strings.Count(got, ":") < 5 {
			t.Errorf("%s fills to %s", name, got)
		}
	}
}

func BenchmarkLoadAndOneType(b *testing.B) {
	for b.Loop() {
		if new(Catalog).Type("AWS::SQS::Queue") == nil {
			b.Fatal("not known")
		}
	}
}
