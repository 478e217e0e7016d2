package cfn

import "testing"

// TestUndecidedStatement: a statement behind a condition that cannot be decided applies perhaps, never surely.
func TestUndecidedStatement(t *testing.T) {
	in, err := importBytes("a.yaml", `
Parameters: {Stage: {Type: String}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: s3:GetObject, Resource: '*'}
              - !If [Prod, {Effect: Deny, Action: s3:GetObject, Resource: 'arn:aws:s3:::secret/*'}, !Ref AWS::NoValue]
`)
	if err != nil {
		t.Fatal(err)
	}
	st := in.Design.Policy("policy/R/p").Document.Statements
	if len(st) != 2 || st[0].Resources[0] != "*" || st[1].Resources[0] != "${Prod}arn:aws:s3:::secret/*" {
		t.Errorf("statements: %+v", st)
	}
}
