package cfn

import (
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
)

// What starts functions and stands in no template is a resource that is named only, one for all that name it: by ARN, by name
// where the event tells of what, as a parameter. Of another account it has a policy that was not seen.
func TestSourcesElsewhere(t *testing.T) {
	d := imported(t, "template.yaml", `
Transform: AWS::Serverless-2016-10-31
Parameters: {Given: {Type: String}}
Globals: {Function: {Runtime: python3.13, Handler: app.handler, CodeUri: .}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Queue: {Type: SQS, Properties: {Queue: "arn:aws:sqs:us-east-1:123456789012:jobs"}}
        Theirs: {Type: SQS, Properties: {Queue: "arn:aws:sqs:us-east-1:111122223333:jobs"}}
        Given: {Type: SQS, Properties: {Queue: !Ref Given}}
        Table: {Type: DynamoDB, Properties: {Stream: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders/stream/2020-01-01T00:00:00.000", StartingPosition: LATEST}}
        Logs: {Type: CloudWatchLogs, Properties: {LogGroupName: /team/app, FilterPattern: ""}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref F, EventSourceArn: "arn:aws:sqs:us-east-1:123456789012:jobs"}
  Sub: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, Endpoint: !GetAtt F.Arn, TopicArn: "arn:aws:sns:us-east-1:123456789012:news"}}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties: {Source: "arn:aws:kinesis:us-east-1:123456789012:stream/clicks", Target: !GetAtt F.Arn, RoleArn: "arn:aws:iam::123456789012:role/r"}
`, importers.Options{}).Design
	want := map[model.ID]string{}
	for event, arn := range map[string]string{
		"F/Queue": "sqs:us-east-1:123456789012:jobs", "Mapping": "sqs:us-east-1:123456789012:jobs", "F/Theirs": "sqs:us-east-1:111122223333:jobs", "F/Given": "sqs:us-east-1:123456789012:${Given}",
		"F/Table": "dynamodb:us-east-1:123456789012:table/Orders", "F/Logs": "logs:us-east-1:123456789012:log-group:/team/app", "Sub": "sns:us-east-1:123456789012:news",
		"Pipe/Target": "kinesis:us-east-1:123456789012:stream/clicks",
	} {
		want[model.MakeID("trigger", event)] = "arn:aws:" + arn
	}
	for _, tr := range d.Triggers() {
		r := d.Resource(tr.From)
		if r == nil || r.ARN != want[tr.ID] || !r.External || r.PolicyUnseen != (tr.Name == "Theirs") {
			t.Errorf("%s comes from %+v, not %s", tr.ID, r, want[tr.ID])
		}
		delete(want, tr.ID)
	}
	if len(want) > 0 {
		t.Errorf("no triggers %v", want)
	}
	if n := len(d.Resources()); n != 8 { // with the pipe
		t.Errorf("%d resources", n)
	}
}

// Policies beside a Role are told: the transform ignores them.
func TestPoliciesBesideARoleAreTold(t *testing.T) {
	for role, told := range map[string]int{"Role: arn:aws:iam::123456789012:role/r": 1, "MemorySize: 128": 0} {
		in := imported(t, "template.yaml", `
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      `+role+`
      Policies: [AmazonS3ReadOnlyAccess]
`, importers.Options{})
		got := 0
		for _, d := range in.Diagnostics {
			if strings.Contains(d.Summary, "beside its Role") && d.Span.Line == 11 {
				got++
			}
		}
		if got != told {
			t.Errorf("%s: told %d times: %v", role, got, in.Diagnostics)
		}
	}
}
