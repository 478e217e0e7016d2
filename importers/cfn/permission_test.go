package cfn

import (
	"context"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model/policy"
)

// A permission behind a condition lets its caller in perhaps, where the condition is not decided.
func TestConditionalPermission(t *testing.T) {
	const text = undecidedHead + `
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Handler: a.b, Runtime: python3.12, Code: {S3Bucket: c, S3Key: k}, Role: 'arn:aws:iam::123456789012:role/x'}}
  Always: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Action: lambda:InvokeFunction, Principal: sns.amazonaws.com}}
  Perhaps: {Type: AWS::Lambda::Permission, Condition: Prod, Properties: {FunctionName: !Ref F, Action: lambda:InvokeFunction, Principal: s3.amazonaws.com}}
`
	for stage, want := range map[string]string{"": "may", "prod": "must", "dev": "no"} {
		o := importers.Options{}
		if stage != "" {
			o.Params = map[string]string{"Stage": stage}
		}
		in, err := importers.OpenFS(context.Background(), Sources(), fstest.MapFS{"t.yaml": &fstest.MapFile{Data: []byte(text)}}, "t.yaml", o)
		if err != nil {
			t.Fatal(err)
		}
		f := in.Design.Function("fn/F")
		p, err := policy.Compile(nil, f.Policy)
		if err != nil {
			t.Fatal(err)
		}
		for caller, want := range map[string]string{"sns.amazonaws.com": "must", "s3.amazonaws.com": want} {
			d := (&policy.Stack{}).Evaluate(policy.Request{Principal: caller, Action: "lambda:InvokeFunction", Resource: f.ARN, Open: true, ResourcePolicy: p})
			got := "no"
			if d.Outcome == policy.Allowed {
				got = map[bool]string{true: "must", false: "may"}[d.Must]
			}
			if got != want {
				t.Errorf("Stage=%q: %s is let in: %s, want %s", stage, caller, got, want)
			}
		}
	}
}
