package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
)

// TestCarriesAsItsTemplate reads an account that has what a template makes: what carries data on without starting anything by
// itself, access points, and what is disabled. A breach reaches the same from both.
func TestCarriesAsItsTemplate(t *testing.T) {
	template := fstest.MapFS{"t.json": {Data: []byte(`{"Resources": {
		"R": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
			"Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
				{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Resource": "arn:aws:sqs:us-east-1:123456789012:work"},
				{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}, {"Effect": "Allow", "Action": ["events:PutEvents", "events:EnableRule"], "Resource": "*"},
				{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::originals/*"}, {"Effect": "Allow", "Action": "states:StartSyncExecution", "Resource": "*"}]}}]}},
		"S": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "s", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}},
		"F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f", "Role": {"Fn::GetAtt": ["R", "Arn"]}, "Runtime": "python3.12", "Handler": "a.b", "Code": {"S3Bucket": "code", "S3Key": "k"}}},
		` + ends(`"$": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "$", "Role": {"Fn::GetAtt": ["S", "Arn"]}, "Runtime": "python3.12", "Handler": "a.b", "Code": {"S3Bucket": "code", "S3Key": "k"}}}`) + `,
		` + ends(`"Poll$": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Q$", "Arn"]}, "FunctionName": {"Ref": "$"}}}`) + `,
		` + ends(`"Q$": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q$"}}`) + `,
		"Work": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "work", "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Qdead", "Arn"]}, "maxReceiveCount": 3}}},
		"M0": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Work", "Arn"]}, "FunctionName": {"Ref": "F"}, "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Qfails", "Arn"]}}}}},
		"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "topic"}},
		"Sub": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": {"Fn::GetAtt": ["raw", "Arn"]}, "RawMessageDelivery": true, "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Qundelivered", "Arn"]}}}},
		"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Name": "rule", "EventPattern": {"source": ["shop"]}, "State": "DISABLED", "Targets": [{"Id": "1", "Arn": {"Fn::GetAtt": ["ruled", "Arn"]}, "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Qmissed", "Arn"]}}}]}},
		"Originals": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "originals", "ReplicationConfiguration": {"Role": {"Fn::GetAtt": ["S", "Arn"]},
			"Rules": [{"Status": "Enabled", "Prefix": "in/", "Destination": {"Bucket": {"Fn::GetAtt": ["Copies", "Arn"]}}}, {"Status": "Disabled", "Prefix": "", "Destination": {"Bucket": {"Fn::GetAtt": ["Copies", "Arn"]}}}]}}},
		"Copies": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "copies", "NotificationConfiguration": {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": {"Fn::GetAtt": ["copied", "Arn"]}}]}}},
		"Shared": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "shared"}},
		"SharedPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Shared"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": ["arn:aws:s3:::shared", "arn:aws:s3:::shared/*"],
			"Condition": {"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}}]}}},
		"Door": {"Type": "AWS::S3::AccessPoint", "Properties": {"Name": "door", "Bucket": {"Ref": "Shared"}, "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": true},
			"Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Fn::GetAtt": ["R", "Arn"]}}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:us-east-1:123456789012:accesspoint/door/object/*"}]}}},
		"Flow": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"StateMachineName": "flow", "StateMachineType": "STANDARD", "RoleArn": {"Fn::GetAtt": ["S", "Arn"]}, "DefinitionString": "{}"}}
	}}`)}}
	made, err := cfn.Source{}.Import(t.Context(), template, "t.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const lambda, sqs, role = "arn:aws:lambda:us-east-1:123456789012:function:", "arn:aws:sqs:us-east-1:123456789012:", "arn:aws:iam::123456789012:role/"
	there := func(without string) *model.Design {
		lines := []string{`{"bulkhead": "account/v1", "account": "123456789012", "regions": ["us-east-1"], "noOrganization": true, "authorizationDetails": {"RoleDetailList": [
			{"RoleName": "r", "Arn": "` + role + `r", "Path": "/", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
				"RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
				{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "Resource": "` + sqs + `work"},
				{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}, {"Effect": "Allow", "Action": ["events:PutEvents", "events:EnableRule"], "Resource": "*"},
				{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::originals/*"}, {"Effect": "Allow", "Action": "states:StartSyncExecution", "Resource": "*"}]}}]},
			{"RoleName": "s", "Arn": "` + role + `s", "Path": "/", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}]},`,
			`"functions": [{"FunctionName": "f", "FunctionArn": "` + lambda + `f", "Role": "` + role + `r", "Runtime": "python3.12"}, ` + ends(`{"FunctionName": "$", "FunctionArn": "`+lambda+`$", "Role": "`+role+`s", "Runtime": "python3.12"}`) + `],`,
			`"resources": [`, `{"Arn": "arn:aws:s3:us-east-1:123456789012:accesspoint/door", "Type": "AWS::S3::AccessPoint", "Bucket": "arn:aws:s3:::shared", "PublicAccessBlock": {"RestrictPublicBuckets": true}},`,
			`{"Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:flow", "Type": "AWS::StepFunctions::StateMachine", `, `"Workflow": "STANDARD", `, `"Role": "` + role + `s"},`,
			`{"Arn": "arn:aws:s3:::shared"}, {"Arn": "arn:aws:s3:::originals"}, {"Arn": "arn:aws:s3:::copies"}, {"Arn": "arn:aws:sns:us-east-1:123456789012:topic"}, {"Arn": "arn:aws:events:us-east-1:123456789012:rule/rule"},
			 {"Arn": "` + sqs + `work"}, ` + ends(`{"Arn": "`+sqs+`q$"}`) + `],`,
			`"resourcePolicies": [{"Resource": "arn:aws:s3:::shared", "Account": "123456789012", "Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": ["arn:aws:s3:::shared", "arn:aws:s3:::shared/*"],
				"Condition": {"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}}]}},
				{"Resource": "arn:aws:s3:us-east-1:123456789012:accesspoint/door", "Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "` + role + `r"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:us-east-1:123456789012:accesspoint/door/object/*"}]}}],`,
			`"eventSourceMappings": [{"UUID": "0", "EventSourceArn": "` + sqs + `work", "FunctionArn": "` + lambda + `f"`, `, "DestinationConfig": {"OnFailure": {"Destination": "` + sqs + `qfails"}}`, `}, ` + ends(`{"UUID": "$", "EventSourceArn": "`+sqs+`q$", "FunctionArn": "`+lambda+`$"}`) + `],`,
			`"triggers": [`,
			`{"From": "` + sqs + `work", "To": "` + sqs + `qdead", "Kind": "redrive", "Filter": {}},`,
			`{"From": "arn:aws:s3:::originals", "To": "arn:aws:s3:::copies", "Kind": "replication", "Role": "` + role + `s", "Filter": {"prefix": "in/", "events": ["s3:ObjectCreated:*"]}},`,
			`{"From": "arn:aws:s3:::originals", "To": "arn:aws:s3:::copies", "Kind": "replication", "Role": "` + role + `s", "State": "DISABLED", "Filter": {"events": ["s3:ObjectCreated:*"]}},`,
			`{"From": "arn:aws:sns:us-east-1:123456789012:topic", "To": "` + lambda + `raw", "Kind": "sns-subscription", "Form": "asItIs", "Filter": {}},`,
			`{"From": "arn:aws:sns:us-east-1:123456789012:topic", "To": "` + sqs + `qundelivered", "Kind": "sns-subscription", "Dead": true, "Filter": {}},`,
			`{"From": "arn:aws:events:us-east-1:123456789012:rule/rule", "To": "` + lambda + `ruled", "Kind": "event-rule", "State": "DISABLED", "Form": "asItIs", "Filter": {"pattern": "{\"source\": [\"shop\"]}"}},`,
			`{"From": "arn:aws:events:us-east-1:123456789012:rule/rule", "To": "` + sqs + `qmissed", "Kind": "event-rule", "Dead": true, "State": "DISABLED", "Form": "asItIs", "Filter": {"pattern": "{\"source\": [\"shop\"]}"}},`,
			`{"From": "arn:aws:s3:::copies", "To": "` + lambda + `copied", "Kind": "s3-notification", "Filter": {"events": ["s3:ObjectCreated:*"]}}]}`}
		lines = slices.DeleteFunc(lines, func(l string) bool { return without != "" && strings.Contains(l, without) })
		return readSnapshot(t, strings.NewReplacer("\t", "", "\n", "").Replace(strings.Join(lines, ""))).Design
	}
	want := reached(t, made.Design)
	if len(want) < 8 {
		t.Errorf("the template reaches %q", want)
	}
	if got := reached(t, there("")); !slices.Equal(got, want) {
		t.Errorf("the account  %q\nits template %q", got, want)
	}
	for _, without := range []string{`"redrive"`, `"prefix": "in/"`, `"sns-subscription", "Dead"`, `"event-rule", "Dead"`, `"Bucket": "arn`, `, "State": "DISABLED", "Form": "asItIs", "Filter": {"pattern"`, `"STANDARD"`} {
		if slices.Equal(reached(t, there(without)), want) {
			t.Errorf("nothing hangs on what has %s", without)
		}
	}
}

// ends is a list with an entry for each function at the end of a way, by its name.
func ends(entry string) string {
	var out []string
	for _, name := range []string{"dead", "fails", "undelivered", "missed", "raw", "ruled", "copied"} {
		out = append(out, strings.ReplaceAll(entry, "$", name))
	}
	return strings.Join(out, ", ")
}

// reached is what a breach of the function f reaches, by name, and how surely.
func reached(t *testing.T, d *model.Design) []string {
	t.Helper()
	an, err := reach.Analyze(t.Context(), d, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range d.Functions() {
		if f.Name != "f" {
			continue
		}
		for _, h := range an.Breach(f.ID).Hits {
			arn := model.ARN(d.Element(h.Target))
			out = append(out, fmt.Sprintf("%s: %v of %v, %t", arn, h.Must, h.Capabilities, h.Fed))
		}
	}
	slices.Sort(out)
	return out
}
