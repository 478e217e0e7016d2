package cfn

import (
	"slices"
	"testing"

	"bulkhead/importers"
)

// A definition's tasks go on to what they name, by reference, ARN or name, in the template's own form, as text and with
// substitutions; tasks that only read say so.
func TestTasksOfMachines(t *testing.T) {
	const things = `
  Named: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders, KeySchema: [{AttributeName: id, KeyType: HASH}]}}
  Read: {Type: AWS::DynamoDB::Table, Properties: {TableName: settings, KeySchema: [{AttributeName: id, KeyType: HASH}]}}
  Files: {Type: AWS::S3::Bucket}
  Jobs: {Type: AWS::SQS::Queue}
`
	put := func(table, bucket, queue string) string {
		return `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": {"TableName": "` + table + `"}, "Next": "B"},
        "B": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:putObject", "Parameters": {"Bucket": "` + bucket + `"}, "Next": "C"},
        "C": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Parameters": {"TableName": "settings"}, "Next": "D"},
        "D": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "` + queue + `"}, "End": true}}}`
	}
	for name, properties := range map[string]string{
		"text":          `DefinitionString: !Sub '` + put("${Named}", "${Files}", "${Jobs}") + `'`,
		"names":         `DefinitionString: !Sub '` + put("orders", "${Files}", "${Jobs}") + `'`,
		"substitutions": `{DefinitionString: '` + put("${t}", "${b}", "${q}") + `', DefinitionSubstitutions: {t: !Ref Named, b: !Ref Files, q: !Ref Jobs}}`,
		"inline":        `Definition: {States: {A: {Type: Task, Resource: "arn:aws:states:::dynamodb:updateItem", Parameters: {TableName: !Ref Named}}, B: {Type: Task, Resource: "arn:aws:states:::aws-sdk:s3:putObject", Parameters: {Bucket: !Ref Files}}, C: {Type: Task, Resource: "arn:aws:states:::dynamodb:query", Parameters: {TableName: !Ref Read}}, D: {Type: Task, Resource: "arn:aws:states:::sqs:sendMessage", Parameters: {QueueUrl: !Ref Jobs}}}}`,
	} {
		if properties[0] != '{' {
			properties = "{" + properties + "}"
		}
		d := imported(t, "template.yaml", "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties: "+properties+things, importers.Options{}).Design
		var got []string
		for _, tr := range d.Triggers() {
			word := ""
			if tr.Reads {
				word = " read"
			}
			got = append(got, string(tr.To)+word)
		}
		slices.Sort(got)
		if !slices.Equal(got, []string{"res/Files", "res/Jobs", "res/Named", "res/Read read"}) {
			t.Errorf("%s: goes on to %v", name, got)
		}
	}
}

// A queue's dead letters go on to another queue, which perhaps feeds what polls that; a task that only reads a table feeds nothing.
func TestDeadLetters(t *testing.T) {
	for name, policy := range map[string]string{"mapping": "{deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}", "text": `!Sub '{"deadLetterTargetArn": "${Dead.Arn}", "maxReceiveCount": 3}'`, "none": "!Ref AWS::NoValue"} {
		d := imported(t, "template.yaml", `
Resources:
  Jobs: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: `+policy+`}}
  Dead: {Type: AWS::SQS::Queue}
`, importers.Options{}).Design
		var got []string
		for _, tr := range d.Triggers() {
			got = append(got, string(tr.From+" "+tr.To)+" "+tr.Kind)
		}
		want := []string{"res/Jobs res/Dead redrive"}
		if name == "none" {
			want = nil
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A schedule whose target is a call of AWS starts what its input names.
func TestUniversalTargets(t *testing.T) {
	const things = `
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {ZipFile: x}, Role: !GetAtt Role.Arn}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Fn, FunctionVersion: $LATEST, Name: live}}
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
`
	for _, c := range []struct{ target, want string }{
		{`{Arn: 'arn:aws:scheduler:::aws-sdk:lambda:invoke', Input: !Sub '{"FunctionName": "${Fn}"}'}`, "fn/Fn"},
		{`{Arn: 'arn:aws:scheduler:::aws-sdk:lambda:invoke', Input: !Sub '{"FunctionName": "${Live}"}'}`, "fn/Fn"},
		{`{Arn: !Sub 'arn:${AWS::Partition}:scheduler:::aws-sdk:sqs:sendMessage', Input: '{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/jobs", "MessageBody": "x"}'}`, "res/Jobs"},
		{`{Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances', Input: '{"InstanceIds": ["i-1"]}'}`, ""},
	} {
		d := imported(t, "template.yaml", "Resources:\n  S: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 hour), Target: "+c.target+"}}"+things, importers.Options{}).Design
		got := ""
		for _, tr := range d.Triggers() {
			got += string(tr.To)
			if tr.Kind != "schedule" || tr.From != "res/S" || tr.Label != "rate(1 hour)" {
				t.Errorf("%s: %+v", c.target, tr)
			}
		}
		if got != c.want {
			t.Errorf("%s starts %q, not %q", c.target, got, c.want)
		}
	}
}
