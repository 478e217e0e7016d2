package cfn

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

// twice is a stack that nests one template two times.
var twice = fstest.MapFS{
	"root.yaml": {Data: []byte(`Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Table: one}}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Table: two}}}
`)},
	"child.yaml": {Data: []byte(`Parameters:
  Table: {Type: String}
Resources:
  T: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref Table}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: own
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: [dynamodb:GetItem, dynamodb:PutItem] # both
                Resource: !GetAtt T.Arn
  Fn: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Code: {S3Bucket: c, S3Key: k}, Role: !GetAtt Role.Arn}}
`)},
}

// A template that nests twice is written where the change is the same for both stacks, and refused where it is not.
func TestNestedTwice(t *testing.T) {
	in, err := importers.OpenFS(context.Background(), Sources(), twice, "root.yaml", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	prove := func(what string, after *model.Design, want ...string) {
		t.Helper()
		edits, err := in.Source.(importers.Patcher).Patch(in, after)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		files, err := importers.Prove(context.Background(), in, after, edits)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		for _, text := range want {
			if strings.Count(string(files["child.yaml"]), text) != 1 {
				t.Errorf("%s: %q is not there once\n%s", what, text, files["child.yaml"])
			}
		}
	}
	narrow := func(d *model.Design, stack string) *model.Design {
		t.Helper()
		for _, p := range d.Policies() {
			if p.Stack != stack {
				continue
			}
			n, doc, st := *p, *p.Document, *p.Document.Statements[0]
			st.Actions = []string{"dynamodb:GetItem"}
			doc.Statements, n.Document = []*policy.Statement{&st}, &doc
			after, err := d.With(model.Change{Before: p, After: &n})
			if err != nil {
				t.Fatal(err)
			}
			return after
		}
		t.Fatalf("no policy of %s", stack)
		return nil
	}
	one := narrow(in.Design, "root-A")
	_, err = in.Source.(importers.Patcher).Patch(in, one)
	if err == nil || !hasPlace.MatchString(err.Error()) || !strings.Contains(err.Error(), "root-A and root-B") {
		t.Errorf("one of two: %v", err)
	}
	prove("both", narrow(one, "root-B"), "Action: dynamodb:GetItem # both")

	d := in.Design
	for i, stack := range []string{"root-A", "root-B"} {
		s := &edit.Split{Function: model.ID("fn/" + stack + "/Fn"), Confirm: true, Parts: []edit.Part{
			{Name: "Reads", Handler: "reads.h", Grants: []edit.Access{{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/" + stack + "/T"}}}},
			{Name: "Fn", Keeps: true, Grants: []edit.Access{{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"res/" + stack + "/T"}}}},
		}}
		r, err := s.Apply(d)
		if err != nil {
			t.Fatal(err)
		}
		if d = r.Design; i == 0 {
			if _, err := in.Source.(importers.Patcher).Patch(in, d); err == nil || !hasPlace.MatchString(err.Error()) {
				t.Errorf("one of two split: %v", err)
			}
		}
	}
	prove("both split", d, "  Reads:", "  ReadsRole:", "Action: dynamodb:PutItem")
}
