package cfn

import (
	"strings"
	"testing"
	"testing/fstest"

	"context"

	"bulkhead/importers"
	"bulkhead/model/edit"
	"bulkhead/model/source"
)

// TestCarriersKeepTheirAccess: taking away what a state machine, a rule, a schedule or a pipe does with its role warns,
// and names what would stop; taking away something else does not.
func TestCarriersKeepTheirAccess(t *testing.T) {
	const head = `
Resources:
  Fn: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {S3Bucket: c, S3Key: k}, Role: !GetAtt FnRole.Arn}}
  FnRole: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}}}
  Q: {Type: AWS::SQS::Queue}
  From: {Type: AWS::SQS::Queue}
  T: {Type: AWS::SNS::Topic}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: other}}
  Stream: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Hose: {Type: AWS::KinesisFirehose::DeliveryStream}
  Build: {Type: AWS::CodeBuild::Project}
  Line: {Type: AWS::CodePipeline::Pipeline}
  Jobs: {Type: AWS::Batch::JobQueue}
  Cluster: {Type: AWS::ECS::Cluster}
  Table: {Type: AWS::DynamoDB::Table}
  Inner: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: !GetAtt FnRole.Arn, DefinitionString: '{}'}}
  Feed: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
`
	role := func(action string) string {
		return `
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: '` + action + `', Resource: '*'}
              - {Effect: Allow, Action: 'ssm:GetParameter', Resource: '*'}
`
	}
	rule := func(target string) string {
		return `  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: ` + target + `, RoleArn: !GetAtt R.Arn}]}}`
	}
	pipe := func(source, target string) string {
		return `  Pipe: {Type: AWS::Pipes::Pipe, Properties: {RoleArn: !GetAtt R.Arn, Source: ` + source + `, Target: ` + target + `}}`
	}
	machine := func(of string) string {
		return `  M: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: !GetAtt R.Arn, DefinitionString: !Sub '{"x": "${` + of + `}"}'}}`
	}
	for name, c := range map[string]struct{ action, resource, want string }{
		"rule to queue":        {"sqs:SendMessage", rule("!GetAtt Q.Arn"), "rule Rule, which brings events to Q, would bring nothing: R is no longer allowed sqs:SendMessage"},
		"rule to machine":      {"states:StartExecution", rule("!Ref Inner"), "rule Rule, which brings events to Inner, would bring nothing: R is no longer allowed states:StartExecution"},
		"rule to bus":          {"events:PutEvents", rule("!GetAtt Bus.Arn"), "rule Rule, which brings events to Bus, would bring nothing: R is no longer allowed events:PutEvents"},
		"rule to stream":       {"kinesis:PutRecord", rule("!GetAtt Stream.Arn"), "rule Rule, which brings events to Stream, would bring nothing: R is no longer allowed kinesis:PutRecord"},
		"rule to delivery":     {"firehose:PutRecord", rule("!GetAtt Hose.Arn"), "rule Rule, which brings events to Hose, would bring nothing: R is no longer allowed firehose:PutRecord"},
		"rule to build":        {"codebuild:StartBuild", rule("!GetAtt Build.Arn"), "rule Rule, which brings events to Build, would bring nothing: R is no longer allowed codebuild:StartBuild"},
		"rule to pipeline":     {"codepipeline:StartPipelineExecution", rule("!Sub 'arn:aws:codepipeline:us-east-1:123456789012:${Line}'"), "rule Rule, which brings events to Line, would bring nothing: R is no longer allowed codepipeline:StartPipelineExecution"},
		"rule to jobs":         {"batch:SubmitJob", rule("!Ref Jobs"), "rule Rule, which brings events to Jobs, would bring nothing: R is no longer allowed batch:SubmitJob"},
		"rule to cluster":      {"ecs:RunTask", rule("!GetAtt Cluster.Arn"), "rule Rule, which brings events to Cluster, would bring nothing: R is no longer allowed ecs:RunTask"},
		"rule to topic":        {"sns:Publish", rule("!Ref T"), "rule Rule, which brings events to T, would bring nothing: R is no longer allowed sns:Publish"},
		"schedule to function": {"lambda:InvokeFunction", `  S: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 hour), FlexibleTimeWindow: {Mode: 'OFF'}, Target: {Arn: !GetAtt Fn.Arn, RoleArn: !GetAtt R.Arn}}}`, "schedule S, which brings events to Fn, would bring nothing: R is no longer allowed lambda:InvokeFunction"},
		"schedule to queue":    {"sqs:SendMessage", `  S: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 hour), FlexibleTimeWindow: {Mode: 'OFF'}, Target: {Arn: !GetAtt Q.Arn, RoleArn: !GetAtt R.Arn}}}`, "schedule S, which brings events to Q, would bring nothing: R is no longer allowed sqs:SendMessage"},
		"pipe to function":     {"lambda:InvokeFunction", pipe("!GetAtt From.Arn", "!GetAtt Fn.Arn"), "pipe Pipe, which brings events to Fn, would stop: R is no longer allowed lambda:InvokeFunction"},
		"pipe from queue":      {"sqs:*", pipe("!GetAtt From.Arn", "!GetAtt Fn.Arn"), "pipe Pipe, which polls From, would stop: R is no longer allowed sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes"},
		"pipe from table":      {"dynamodb:*", pipe("!GetAtt Feed.StreamArn", "!GetAtt Fn.Arn"), "pipe Pipe, which polls Feed, would stop: R is no longer allowed dynamodb:DescribeStream, dynamodb:GetRecords and dynamodb:GetShardIterator"},
		"task of a function":   {"lambda:InvokeFunction", machine("Fn.Arn"), "the task of state machine M on Fn would fail: R is no longer allowed lambda:InvokeFunction"},
		"task of a queue":      {"sqs:SendMessage", machine("Q"), "the task of state machine M on Q would fail: R is no longer allowed sqs:SendMessage"},
		"task of a topic":      {"sns:Publish", machine("T"), "the task of state machine M on T would fail: R is no longer allowed sns:Publish"},
		"task of a table":      {"dynamodb:PutItem", machine("Table"), "the task of state machine M on Table would fail: R is no longer allowed dynamodb:PutItem"},
		"task of a bus":        {"events:PutEvents", machine("Bus.Arn"), "the task of state machine M on Bus would fail: R is no longer allowed events:PutEvents"},
		"logs to stream": {"kinesis:PutRecord", `  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: g}}
  L: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: !Ref Group, FilterPattern: '', DestinationArn: !GetAtt Stream.Arn, RoleArn: !GetAtt R.Arn}}`, "log subscription L, which brings events to Stream, would bring nothing: R is no longer allowed kinesis:PutRecord"},
	} {
		t.Run(name, func(t *testing.T) {
			in := openText(t, head+role(c.action)+c.resource+"\n")
			for index, want := range []string{c.want, ""} {
				r, err := (&edit.Tighten{Role: "role/R", Statement: edit.StatementRef{Index: &index}, Drop: true}).Apply(in.Design)
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(r.Warnings, "\n"); got != want {
					t.Errorf("without statement %d:\n%s\nwant\n%s", index+1, got, want)
				}
			}
		})
	}
}

// openText reads a template that has no errors.
func openText(t *testing.T, text string) *importers.Import {
	t.Helper()
	fsys := fstest.MapFS{"t.yaml": &fstest.MapFile{Data: []byte(text)}}
	in, err := importers.OpenFS(context.Background(), Sources(), fsys, "t.yaml", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range in.Diagnostics {
		if d.Severity == source.Error {
			t.Errorf("%v", d)
		}
	}
	return in
}
