package cfn

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model/catalog"
)

var slots = regexp.MustCompile(`\$\{[^}]*\}`)

// The table of shapes says of a type what the catalogue says of it, as far as that knows.
func TestShapes(t *testing.T) {
	// Where the two are meant to differ: a placeholder for what AWS generates, or an ARN behind another's.
	apart := []string{
		"AWS::Lambda::LayerVersion", "AWS::ECS::TaskDefinition", "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster", "AWS::AmazonMQ::Broker",
		"AWS::SNS::Subscription", "AWS::Kinesis::StreamConsumer", "AWS::SecretsManager::Secret",
		"AWS::Scheduler::Schedule", "AWS::RDS::DBProxy", "AWS::Lex::Bot",
	}
	// What the catalogue does not know, or says otherwise: a log group's GetAtt Arn ends in ":*", and a Glue
	// database is named within its input.
	known := []string{"AWS::OpenSearchService::Domain.DomainArn", "AWS::Elasticsearch::Domain.DomainArn", "AWS::Logs::LogGroup.Arn", "AWS::Glue::Database"}
	c := catalog.Load()
	n := 0
	for _, name := range c.Types() {
		sh, ok := shapeOf(name)
		if !ok {
			continue
		}
		n++
		typ := c.Type(name)
		if want, got := slots.ReplaceAllString(typ.ARN, "{}"), slots.ReplaceAllString(sh.arn, "{}"); want != got && want != "" && !slices.Contains(apart, name) {
			t.Errorf("%s: ARN %s, the catalogue has %s", name, sh.arn, typ.ARN)
		}
		if sh.name != typ.NameProperty && typ.NameProperty != "" && !slices.Contains(known, name) {
			t.Errorf("%s is named by %q, the catalogue says %q", name, sh.name, typ.NameProperty)
		}
		if isARN := sh.ref == "${Arn}"; isARN != typ.RefIsARN() {
			t.Errorf("%s: Ref is its ARN: %v, the catalogue says %v", name, isARN, typ.RefIsARN())
		}
		for attr, pattern := range sh.attrs {
			if slices.Contains(known, name+"."+attr) {
				continue
			}
			if !typ.HasAttribute(attr) {
				t.Errorf("%s: the catalogue has no attribute %s", name, attr)
			} else if (pattern == "${Arn}") != typ.IsARN(attr) {
				t.Errorf("%s.%s is its ARN: %v, the catalogue says %v", name, attr, pattern == "${Arn}", typ.IsARN(attr))
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d shapes", n)
	}
}

// What Ref and GetAtt return, by "Return values" in the CloudFormation template reference.
func TestReturnValues(t *testing.T) {
	const account = "us-east-1:123456789012"
	for _, c := range []struct{ cfnType, properties, attribute, want string }{
		{"AWS::SQS::Queue", "{QueueName: q}", "", "https://sqs.us-east-1.amazonaws.com/123456789012/q"},
		{"AWS::SQS::Queue", "{QueueName: q}", "Arn", "arn:aws:sqs:" + account + ":q"},
		{"AWS::SQS::Queue", "{QueueName: q}", "QueueName", "q"},
		{"AWS::SNS::Topic", "{TopicName: t}", "", "arn:aws:sns:" + account + ":t"},
		{"AWS::SNS::Topic", "{TopicName: t}", "TopicName", "t"},
		{"AWS::DynamoDB::Table", "{TableName: t}", "", "t"},
		{"AWS::DynamoDB::Table", "{TableName: t}", "StreamArn", "arn:aws:dynamodb:" + account + ":table/t/stream/GENERATED"},
		{"AWS::S3::Bucket", "{}", "", "shop-It-GENERATED"},
		{"AWS::S3::Bucket", "{BucketName: b}", "Arn", "arn:aws:s3:::b"},
		{"AWS::S3::Bucket", "{BucketName: b}", "RegionalDomainName", "b.s3.us-east-1.amazonaws.com"},
		{"AWS::SecretsManager::Secret", "{Name: s}", "", "arn:aws:secretsmanager:" + account + ":secret:s-XXXXXX"},
		{"AWS::SSM::Parameter", "{Name: /a/b}", "", "/a/b"},
		{"AWS::KMS::Key", "{}", "", "shop-It-GENERATED"},
		{"AWS::KMS::Key", "{}", "Arn", "arn:aws:kms:" + account + ":key/shop-It-GENERATED"},
		{"AWS::KMS::Alias", "{AliasName: alias/a}", "", "alias/a"},
		{"AWS::Logs::LogGroup", "{LogGroupName: /a}", "Arn", "arn:aws:logs:" + account + ":log-group:/a:*"},
		{"AWS::Lambda::Function", "{FunctionName: f}", "", "f"},
		{"AWS::Lambda::Function", "{FunctionName: f}", "Arn", "arn:aws:lambda:" + account + ":function:f"},
		{"AWS::Lambda::Alias", "{FunctionName: f, Name: live}", "", "arn:aws:lambda:" + account + ":function:f:live"},
		{"AWS::Lambda::Alias", "{FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f', Name: live}", "", "arn:aws:lambda:" + account + ":function:f:live"},
		{"AWS::Lambda::Version", "{FunctionName: f}", "", "arn:aws:lambda:" + account + ":function:f:shop-It-GENERATED"},
		{"AWS::Lambda::LayerVersion", "{LayerName: l}", "", "arn:aws:lambda:" + account + ":layer:l:1"},
		{"AWS::IAM::Role", "{RoleName: r, Path: /a/}", "Arn", "arn:aws:iam::123456789012:role/a/r"},
		{"AWS::IAM::Role", "{RoleName: r}", "", "r"},
		{"AWS::IAM::ManagedPolicy", "{ManagedPolicyName: p}", "", "arn:aws:iam::123456789012:policy/p"},
		{"AWS::IAM::User", "{UserName: u}", "Arn", "arn:aws:iam::123456789012:user/u"},
		{"AWS::Events::Rule", "{Name: r}", "Arn", "arn:aws:events:" + account + ":rule/r"},
		{"AWS::Events::Rule", "{Name: r, EventBusName: b}", "Arn", "arn:aws:events:" + account + ":rule/b/r"},
		{"AWS::Events::Rule", "{Name: r, EventBusName: default}", "Arn", "arn:aws:events:" + account + ":rule/r"},
		{"AWS::Events::EventBus", "{Name: b}", "", "b"},
		{"AWS::Scheduler::Schedule", "{Name: s, GroupName: g}", "Arn", "arn:aws:scheduler:" + account + ":schedule/g/s"},
		{"AWS::Scheduler::Schedule", "{Name: s}", "Arn", "arn:aws:scheduler:" + account + ":schedule/default/s"},
		{"AWS::StepFunctions::StateMachine", "{StateMachineName: m}", "", "arn:aws:states:" + account + ":stateMachine:m"},
		{"AWS::ApiGateway::RestApi", "{Name: a}", "", "shop-It-GENERATED"},
		{"AWS::ApiGatewayV2::Api", "{Name: a}", "ApiEndpoint", "https://shop-It-GENERATED.execute-api.us-east-1.amazonaws.com"},
		{"AWS::Cognito::UserPool", "{}", "Arn", "arn:aws:cognito-idp:" + account + ":userpool/shop-It-GENERATED"},
		{"AWS::Kinesis::Stream", "{Name: s}", "Arn", "arn:aws:kinesis:" + account + ":stream/s"},
		{"AWS::RDS::DBInstance", "{}", "Endpoint.Address", "shop-It-Endpoint.Address-GENERATED"},
		{"AWS::Athena::WorkGroup", "{Name: w}", "", "w"},
		{"AWS::Timestream::Database", "{DatabaseName: d}", "Arn", "arn:aws:timestream:" + account + ":database/d"},
		{"AWS::CloudFormation::Stack", "{TemplateURL: x}", "Outputs.Queue", "${It.Outputs.Queue}"},
		{"Custom::Thing", "{ServiceToken: x}", "Anything", "${It.Anything}"},
		{"AWS::Serverless::SimpleTable", "{TableName: t}", "Arn", "arn:aws:dynamodb:" + account + ":table/t"},
		{"AWS::Serverless::Api", "{StageName: v1}", ".Stage", "v1"},
	} {
		value := "!Ref It"
		switch {
		case strings.HasPrefix(c.attribute, "."): // SAM's own names for what it makes
			value += c.attribute
		case c.attribute != "":
			value = "!GetAtt It." + c.attribute
		}
		in := imported(t, "shop.yaml", "Resources:\n  It: {Type: '"+c.cfnType+"', Properties: "+c.properties+"}\n  Probe: {Type: AWS::SSM::Parameter, Properties: {Name: "+value+"}}\n", importers.Options{})
		if got := in.Design.Resource("res/Probe").Name; got != c.want {
			t.Errorf("%s of %s %s is %q, want %q", value, c.cfnType, c.properties, got, c.want)
		}
	}
}
