package cfn

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
)

// What carries data on besides what starts functions: copies, dead letters, what pipelines and indexes take in; and what calls of
// these lets in.
func TestCarriedOn(t *testing.T) {
	for _, c := range []struct {
		resources string
		want      []string // from > to kind, and what else there is of each
	}{
		{`
  Src: {Type: AWS::S3::Bucket, Properties: {ReplicationConfiguration: {Role: arn, Rules: [
    {Status: Enabled, Filter: {Prefix: in/}, Destination: {Bucket: !GetAtt Dst.Arn}},
    {Status: Disabled, Filter: {TagFilter: {Key: a, Value: b}}, DeleteMarkerReplication: {Status: Enabled}, Destination: {Bucket: !GetAtt Dst.Arn}}]}}}
  Dst: {Type: AWS::S3::Bucket}`,
			[]string{"Src > Dst replication in/* s3:ObjectCreated:*", "Src > Dst replication off tagged s3:ObjectCreated:* s3:ObjectRemoved:DeleteMarkerCreated"}},
		{`
  N: {Type: AWS::SNS::Topic}
  D: {Type: AWS::SQS::Queue}
  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref N, Protocol: lambda, Endpoint: !GetAtt F.Arn, RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn}}}
  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [a]}, Targets: [{Id: f, Arn: !GetAtt F.Arn, DeadLetterConfig: {Arn: !GetAtt D.Arn}}]}}`,
			[]string{"N > F sns-subscription", "N > D sns-subscription dead", `R > F event-rule {"source":["a"]}`, `R > D event-rule dead {"source":["a"]}`}},
		{`
  G: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.handler, InlineCode: x, Events: {
    E: {Type: EventBridgeRule, Properties: {Pattern: {source: [a]}, DeadLetterConfig: {Type: SQS, QueueLogicalId: D}}}}}}`,
			[]string{` > G event-rule {"source":["a"]}`, ` > D event-rule dead {"source":["a"]}`}},
		{`
  A: {Type: AWS::Bedrock::Agent, Properties: {AgentName: a, AgentCollaborators: [{AgentDescriptor: {AliasArn: !GetAtt Alias.AgentAliasArn}}]}}
  B: {Type: AWS::Bedrock::Agent, Properties: {AgentName: b, ActionGroups: [{ActionGroupName: g, ActionGroupExecutor: {Lambda: !GetAtt F.Arn}}]}}
  Alias: {Type: AWS::Bedrock::AgentAlias, Properties: {AgentAliasName: live, AgentId: !Ref B}}`,
			[]string{"A > Alias agent", "Alias > B agent", "B > F agent"}},
		{`
  G: {Type: AWS::BedrockAgentCore::Gateway, Properties: {Name: g, AuthorizerType: CUSTOM_JWT, ProtocolType: MCP}}
  T: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {GatewayIdentifier: !Ref G, TargetConfiguration: {Mcp: {Lambda: {LambdaArn: !GetAtt F.Arn}}}}}
  H: {Type: AWS::BedrockAgentCore::Gateway, Properties: {Name: h, AuthorizerType: AWS_IAM, ProtocolType: MCP}}
  U: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {GatewayIdentifier: !Ref H, TargetConfiguration: {Mcp: {Lambda: {LambdaArn: !GetAtt F.Arn}}}}}`,
			[]string{"G > F agent token", "H > F agent"}},
		{`
  H:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties: {ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt B.Arn, Prefix: "raw/!{timestamp:yyyy}/", ProcessingConfiguration: {Enabled: false, Processors: [{Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: !GetAtt F.Arn}]}]}}}
  B: {Type: AWS::S3::Bucket}`,
			[]string{"H > B firehose keys raw/*/*"}},
		{`
  B: {Type: AWS::S3::Bucket}
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties: {Stages: [
      {Name: S, Actions: [{Name: s, ActionTypeId: {Category: Source, Provider: S3}, Configuration: {S3Bucket: !Ref B, S3ObjectKey: a.zip}}]},
      {Name: L, Actions: [{Name: l, ActionTypeId: {Category: Invoke, Provider: Lambda}, Configuration: {FunctionName: !Ref F}}]}]}`,
			[]string{"B > P pipeline-source a.zip*a.zip", "P > F pipeline"}},
		{`
  Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: a, AuthenticationType: AMAZON_COGNITO_USER_POOLS}}
  Ds: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt Api.ApiId, Name: ds, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}}}
  Fc: {Type: AWS::AppSync::FunctionConfiguration, Properties: {ApiId: !GetAtt Api.ApiId, Name: fc, DataSourceName: !GetAtt Ds.Name}}
  R1: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: a, DataSourceName: !GetAtt Ds.Name}}
  R2: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: b, Kind: PIPELINE, PipelineConfig: {Functions: [!GetAtt Fc.FunctionId]}}}
  R3: {Type: AWS::AppSync::Resolver, Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: c, DataSourceName: other}}`,
			[]string{"Api > F graphql token of Query.a, Query.b"}},
		{`
  C: {Type: AWS::CodeCommit::Repository, Properties: {RepositoryName: c, Triggers: [{Name: t, DestinationArn: !GetAtt F.Arn, Events: [deleteReference]}]}}
  K: {Type: AWS::MSK::Cluster, Properties: {ClusterName: k}}
  M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, EventSourceArn: !Ref K, Topics: [pay]}}
  L: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: l, Namespace: Shop, ActionsEnabled: false, OKActions: [!GetAtt F.Arn]}}
  O: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmName: o, Namespace: AWS/Lambda, AlarmActions: [!GetAtt F.Arn]}}`,
			[]string{"C > F repository of deleteReference", "K > F event-source-mapping of pay", "L > F alarm off metric Shop", "O > F alarm"}},
		{`
  One: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: "SELECT * FROM 'in/+'", Actions: [{Republish: {Topic: out/a}}]}}}
  Two: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: "SELECT * FROM 'out/#'", Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}}}
  Three: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: "SELECT * FROM 'else'", Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}}}`,
			[]string{"Two > F iot-rule", "Three > F iot-rule", "One > F iot-rule"}},
		{`
  M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: !Sub '{"States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken"},"B":{"Type":"Task","Resource":"${F.Arn}"}}}'}}`,
			[]string{"M > F state-machine-task waits"}},
	} {
		d := imported(t, "template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: app.handler, InlineCode: x}}"+c.resources+"\n", importers.Options{}).Design
		var got []string
		for _, x := range d.Triggers() {
			name := func(id string) string { return id[strings.IndexByte(id, '/')+1:] }
			s := fmt.Sprintf("%s > %s %s", name(string(x.From)), name(string(x.To)), x.Kind)
			for _, w := range []struct {
				word string
				is   bool
			}{{"off", x.Off}, {"dead", x.Dead}, {"token", x.Token}, {"waits", x.Waits}, {"tagged", x.Filter.Tagged}, {"metric " + x.Metric, x.Metric != ""}, {"keys " + x.Keys, x.Keys != ""},
				{"of " + strings.Join(x.Filter.Parts, ", "), x.Filter.Parts != nil}, {x.Filter.Prefix + "*" + x.Filter.Suffix, x.Filter.Prefix+x.Filter.Suffix != ""},
				{x.Filter.Pattern, x.Filter.Pattern != ""}, {strings.Join(x.Filter.Events, " "), x.Filter.Events != nil}} {
				if w.is {
					s += " " + w.word
				}
			}
			got = append(got, s)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", c.resources, got, c.want)
		}
	}
}

// Stages of APIs, and types of workflows, as each way to write them says.
func TestStagesAndWorkflows(t *testing.T) {
	d := imported(t, "template.yaml", `
Transform: AWS::Serverless-2016-10-31
Resources:
  A: {Type: AWS::Serverless::Api, Properties: {StageName: live, DefinitionBody: {openapi: 3.0.1, info: {title: a}, paths: {}}}}
  H: {Type: AWS::Serverless::HttpApi, Properties: {}}
  R: {Type: AWS::ApiGateway::RestApi, Properties: {Name: r}}
  D: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref R, StageName: one}}
  S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref R, DeploymentId: !Ref D, StageName: two}}
  W: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: w, ProtocolType: HTTP}}
  M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: "{}"}}
  E: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: "{}", StateMachineType: EXPRESS}}
  X: {Type: AWS::Serverless::StateMachine, Properties: {Type: EXPRESS, Definition: {StartAt: a}}}
  L: {Type: AWS::S3::Bucket, Properties: {OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}, PublicAccessBlockConfiguration: {BlockPublicAcls: false}}}
  N: {Type: AWS::S3::Bucket, Properties: {OwnershipControls: {Rules: [{ObjectOwnership: ObjectWriter}]}, PublicAccessBlockConfiguration: {BlockPublicAcls: true}}}
`, importers.Options{}).Design
	for id, want := range map[string]string{"A": "[live] ", "H": "[$default] ", "R": "[one two] ", "W": "[] ", "M": "[] STANDARD", "E": "[] EXPRESS", "X": "[] EXPRESS", "L": "[] lists", "N": "[] "} {
		for _, r := range d.Resources() {
			if r.LogicalID != id {
				continue
			}
			got := fmt.Sprint(r.Stages, " ", r.Workflow)
			if r.PublicLists {
				got += "lists"
			}
			if got != want {
				t.Errorf("%s is %q, not %q", id, got, want)
			}
		}
	}
}
