package account

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is wrong in an account's policies is told at the value at fault; AWS's own are not looked at.
func TestLint(t *testing.T) {
	const text = `{"bulkhead": "account/v1", "account": "111122223333",
 "authorizationDetails": {
  "RoleDetailList": [
   {"RoleName": "Worker", "Arn": "arn:aws:iam::111122223333:role/Worker", "Path": "/",
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
      "Action": "s3:GetObject"}]},
    "RolePolicyList": [{"PolicyName": "in", "PolicyDocument":
      {"Version": "2012-10-17",
       "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjekt"], "Resource": "*"}}},
     {"PolicyName": "text", "PolicyDocument": "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObjekt%22%2C%22Resource%22%3A%22%2A%22%7D%7D"}]},
   {"RoleName": "Linked", "Arn": "arn:aws:iam::111122223333:role/aws-service-role/x/Linked", "Path": "/aws-service-role/x/",
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "s3:GetObject"}]}}],
  "Policies": [{"PolicyName": "AWS", "Arn": "arn:aws:iam::aws:policy/AWS", "DefaultVersionId": "v1", "PolicyVersionList":
    [{"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Statement": {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}}}]}]},
 "resources": [{"Arn": "arn:aws:s3:::data", "Type": "AWS::S3::Bucket"}],
 "resourcePolicies": [{"Resource": "arn:aws:s3:::data", "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}}}],
 "scps": [{"target": "root", "policies": [{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}]}]}`
	file := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	var got []string
	for _, d := range read(t, file).Diagnostics {
		if d.Rule == "" {
			continue
		}
		at := text[d.Span.Start:d.Span.End]
		if !strings.HasPrefix(lines[d.Span.Line-1][d.Span.Column-1:], at) {
			t.Errorf("%s: line %d, column %d is not byte %d", d.Rule, d.Span.Line, d.Span.Column, d.Span.Start)
		}
		got = append(got, fmt.Sprintf("%s %.14s", d.Rule, at))
	}
	slices.Sort(got)
	want := []string{
		`no-principal {"Effect": "Al`, `principal-not-allowed "*"`, `trust-action "s3:GetObject"`,
		`unknown-action "%7B%22Stateme`, `unknown-action "s3:GetObjekt"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
