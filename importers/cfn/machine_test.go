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
