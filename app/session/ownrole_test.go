package session_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model/edit"
)

const sharing = `Transform: AWS::Serverless-2016-10-31
Resources:
  Both:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: tables
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: dynamodb:*, Resource: '*'}
  Reads: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, CodeUri: a/, Handler: a.b, Role: !GetAtt Both.Arn}}
  Writes: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, CodeUri: b/, Handler: a.b, Role: !GetAtt Both.Arn}}
  Orders: {Type: AWS::Serverless::SimpleTable}
`

// TestOneOfSeveralGetsARoleOfItsOwn: a split of one part, the function itself, takes it out of a role that it shares; the other
// keeps the role as it was, and the template says both.
func TestOneOfSeveralGetsARoleOfItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "template.yaml")
	write(t, path, sharing)
	s, err := session.Open(context.Background(), path, sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	part := edit.Part{Name: "Reads", Keeps: true, Grants: []edit.Access{{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/Orders"}}}}
	if _, err := s.Do(&edit.Split{Function: "fn/Writes", Parts: []edit.Part{{Name: "Other"}}}); err == nil {
		t.Error("a function is split into one that is not it")
	}
	do(t, s, &edit.Split{Function: "fn/Reads", Parts: []edit.Part{part}})
	st := wait(t, s)
	d := st.After.Design
	if reads, writes := d.Function("fn/Reads").Role, d.Function("fn/Writes").Role; writes != "role/Both" || reads == writes || len(d.Functions()) != 2 {
		t.Errorf("roles %s and %s of %d functions", reads, writes, len(d.Functions()))
	}
	if was, is := st.Before.Analysis.Breach("fn/Reads").Beyond(), st.After.Analysis.Breach("fn/Reads").Beyond(); len(is) >= len(was) {
		t.Errorf("it reaches %v, and reached %v", is, was)
	}
	p, err := s.Patch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Diff, "+  ReadsRole:") || strings.Contains(p.Diff, "-              - {Effect: Allow, Action: dynamodb:*") {
		t.Errorf("the patch is\n%s", p.Diff)
	}
}
