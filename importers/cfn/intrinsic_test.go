package cfn

import (
	"context"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/source"
)

// imported reads text as a template; a text without Resources gets none.
func imported(t testing.TB, name, text string, o importers.Options) *importers.Import {
	t.Helper()
	fsys := fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
	in, err := importers.OpenFS(context.Background(), Sources(), fsys, name, o)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return in
}

const head = `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: {Type: String, Default: orders}
  Missing: {Type: String}
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Password: {Type: String, NoEcho: true, Default: hunter2}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
Mappings:
  Stages:
    us-east-1: {prod: big, parts: [x, y]}
Conditions:
  Yes: !Equals [a, a]
  No: !Not [{Condition: Yes}]
  Both: !And [{Condition: Yes}, !Equals [!Ref Name, orders]]
  Either: !Or [{Condition: No}, !Condition Yes]
  Open: !Equals [!Ref Missing, x]
  OpenButNo: !And [!Condition No, !Condition Open]
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref Name}}
  Role: {Type: AWS::IAM::Role, Properties: {Path: /app/, AssumeRolePolicyDocument: {Statement: []}}}
  Probe:
    Type: AWS::SSM::Parameter
    Properties: {Name: `

// What the name of Probe comes to.
func TestIntrinsics(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`plain`, "plain"},
		{`012345678901`, "012345678901"},
		{`!Ref Name`, "orders"},
		{`{Ref: Name}`, "orders"},
		{`!Ref Missing`, "${Missing}"},
		{`!Ref Password`, "${Password}"},
		{`!Ref Stored`, "${Stored}"},
		{`!Ref AWS::Region`, "us-east-1"},
		{`!Ref AWS::AccountId`, "123456789012"},
		{`!Ref AWS::Partition`, "aws"},
		{`!Ref AWS::StackName`, "shop"},
		{`!Ref AWS::URLSuffix`, "amazonaws.com"},
		{`!Ref Nothing`, "${Nothing}"},
		{`!Ref Queue`, "https://sqs.us-east-1.amazonaws.com/123456789012/shop-Queue-GENERATED"},
		{`!Ref Table`, "orders"},
		{`!GetAtt Table.Arn`, "arn:aws:dynamodb:us-east-1:123456789012:table/orders"},
		{`!GetAtt [Table, Arn]`, "arn:aws:dynamodb:us-east-1:123456789012:table/orders"},
		{`{"Fn::GetAtt": [Queue, QueueName]}`, "shop-Queue-GENERATED"},
		{`!GetAtt Role.Arn`, "arn:aws:iam::123456789012:role/app/shop-Role-GENERATED"},
		{`!Sub "${AWS::Region}/${Name}/${Table.Arn}"`, "us-east-1/orders/arn:aws:dynamodb:us-east-1:123456789012:table/orders"},
		{`!Sub "${!Literal}-${Missing}"`, "${Literal}-${Missing}"},
		{`!Sub ["${a}-${Name}", {a: !GetAtt Queue.QueueName}]`, "shop-Queue-GENERATED-orders"},
		{`!Join ["/", [a, !Ref Name, !If [Yes, b, c]]]`, "a/orders/b"},
		{`!Join ["-", !Ref List]`, "a-b-c"},
		{`!Join ["-", [a, !Ref "AWS::NoValue", b]]`, "a-b"},
		{`!Select [1, !Ref List]`, "b"},
		{`!Select ["2", [x, y, z]]`, "z"},
		{`!Select [1, !Split ["/", "a/b/c"]]`, "b"},
		{`!Select [0, !GetAZs ""]`, "us-east-1a"},
		{`!Select [5, !Split ["/", !GetAtt Queue.QueueName]]`, "${Select-24}"},
		{`!FindInMap [Stages, !Ref "AWS::Region", prod]`, "big"},
		{`!Select [0, !FindInMap [Stages, us-east-1, parts]]`, "x"},
		{`!If [No, a, b]`, "b"},
		{`!If [Both, a, b]`, "a"},
		{`!If [Either, a, b]`, "a"},
		{`!If [OpenButNo, a, b]`, "b"},
		{`!If [Open, a, b]`, "${Open}"},
		{`!If [Open, a, a]`, "a"},
		{`!ImportValue net-Vpc`, "${net-Vpc}"},
		{`{"Fn::ImportValue": !Sub "${Missing}-Vpc"}`, "${Missing-Vpc}"},
		{`!Base64 abc`, "YWJj"},
		{`"{{resolve:ssm:/a/b:1}}"`, "${ssm--a-b-1}"},
		{`!Invented x`, "${Invented-24}"},
	} {
		in := imported(t, "shop.yaml", head+c.value+", Type: String}\n", importers.Options{})
		r := in.Design.Resource("res/Probe")
		if r == nil || r.Name != c.want {
			t.Errorf("%s is %q, want %q", c.value, r.Name, c.want)
		}
	}
}

// A parameter given from outside wins over its default and decides conditions; one that nobody gives is told
// once, with its remedy, and counted.
func TestParameters(t *testing.T) {
	text := head + "!Ref Missing, Type: String}\n  Again: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Missing}}\n"
	in := imported(t, "shop.yaml", text, importers.Options{})
	if got := in.Design.Info().Unresolved; got != 1 {
		t.Errorf("%d unresolved values, want 1", got)
	}
	told := 0
	for _, d := range in.Diagnostics {
		if d.Summary == "parameter Missing has no value" {
			told++
			if d.Span.Line != 4 || d.Detail != "It stays as ${Missing}; give it with --param Missing=Value." {
				t.Errorf("told at line %d: %s", d.Span.Line, d.Detail)
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times, want once: %v", told, in.Diagnostics)
	}
	in = imported(t, "shop.yaml", text, importers.Options{Params: map[string]string{"Missing": "here"}, Region: "eu-west-1", Account: "111122223333", Partition: "aws-cn", StackName: "other"})
	topic := in.Design.Resource("res/Again")
	if want := "arn:aws-cn:sns:eu-west-1:111122223333:here"; topic.ARN != want {
		t.Errorf("topic is %s, want %s", topic.ARN, want)
	}
	if q := in.Design.Resource("res/Queue"); q.Name != "other-Queue-GENERATED" || !q.Fresh {
		t.Errorf("queue is %+v", q)
	}
}

// A resource whose condition is false is left out, one that cannot be decided stays and is told.
func TestConditions(t *testing.T) {
	in := imported(t, "shop.yaml", head+`p, Type: String}
  Off: {Type: AWS::SQS::Queue, Condition: No}
  On: {Type: AWS::SQS::Queue, Condition: Yes}
  Perhaps: {Type: AWS::SQS::Queue, Condition: Open}
  Lost: {Type: AWS::SQS::Queue, Condition: NotThere}
`, importers.Options{})
	for id, want := range map[model.ID]bool{"res/Off": false, "res/On": true, "res/Perhaps": true, "res/Lost": true} {
		if got := in.Design.Resource(id) != nil; got != want {
			t.Errorf("%s is in the design: %v, want %v", id, got, want)
		}
	}
	expect(t, in, source.Warning, 16, "condition Open cannot be decided")
	expect(t, in, source.Error, 28, "there is no condition called NotThere")
}

// expect holds that a diagnostic is there.
func expect(t testing.TB, in *importers.Import, severity source.Severity, line int, summary string) {
	t.Helper()
	for _, d := range in.Diagnostics {
		if d.Severity == severity && d.Span.Line == line && d.Summary == summary {
			if d.Detail == "" {
				t.Errorf("no detail: %s", d)
			}
			return
		}
	}
	t.Errorf("no %s on line %d: %s; there are:", severity, line, summary)
	for _, d := range in.Diagnostics {
		t.Logf("  %s (%s)", d, d.Detail)
	}
}
