package session_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/importers"
)

// A CDK app's templates are left alone: an export says which construct is to be changed, and to what.
func TestExportOfCDK(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"cdk.json":              "{}",
		"cdk.out/manifest.json": `{"artifacts": {"Shop": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}}}}`,
		"cdk.out/Shop.template.json": `{"Resources": {
  "HandlerA1": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "a.b", "Runtime": "nodejs22.x", "Code": {"ZipFile": "x"}, "Role": {"Fn::GetAtt": ["RoleB2", "Arn"]}}, "Metadata": {"aws:cdk:path": "Shop/Orders/Handler/Resource"}},
  "RoleB2": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}, "Metadata": {"aws:cdk:path": "Shop/Orders/Handler/ServiceRole/Resource"}},
  "PolicyC3": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "C3", "Roles": [{"Ref": "RoleB2"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}]}}, "Metadata": {"aws:cdk:path": "Shop/Orders/Handler/ServiceRole/DefaultPolicy/Resource"}}}}`,
	} {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := openBoth(t, dir)
	do(t, s, edits(t, `{"op": "tighten", "role": "role/RoleB2", "policy": "policy/PolicyC3", "statement": {"index": 0}, "actions": ["s3:GetObject"]}`)[0])
	_, err := s.Patch(context.Background())
	var generated *importers.GeneratedError
	if !errors.As(err, &generated) || generated.Construct != "Shop/Orders/Handler/ServiceRole/DefaultPolicy/Resource" {
		t.Errorf("patch: %v", err)
	}
	out := t.TempDir()
	if _, err := s.WriteTo(context.Background(), out, session.Export{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(out, "CDK.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Construct `Shop/Orders/Handler/ServiceRole/Resource` (role `RoleB2`", "policies/RoleB2.json", "construct `Shop/Orders/Handler/ServiceRole/DefaultPolicy/Resource` (`PolicyC3`"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if data, err := os.ReadFile(filepath.Join(out, "policies", "RoleB2.json")); err != nil || !strings.Contains(string(data), `"s3:GetObject"`) || strings.Contains(string(data), "PutObject") {
		t.Errorf("the policy is %s (%v)", data, err)
	}
	if _, err := s.WriteSource(context.Background()); err == nil {
		t.Error("a synthesized template was written")
	}
}
