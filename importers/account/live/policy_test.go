package live_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"bulkhead/importers/account/live"
	"bulkhead/internal/fakeaws"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

var update = flag.Bool("update", false, "write docs/import.md's tables")

// everything are options with which all is read that can be.
var everything = live.Options{Regions: []string{fakeaws.Region}, LastAccessed: true, Template: func(string, string, []byte) error { return nil }}

// printed is the policy that is printed, as a program of our own engine.
func printed(t *testing.T, o live.Options) *policy.Stack {
	t.Helper()
	text, err := live.Policy(o)
	if err != nil {
		t.Fatal(err)
	}
	d, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range d.Check(catalog.Load(), policy.Setting{Type: policy.ManagedPolicy, Place: policy.Places(text)}) {
		t.Errorf("the printed policy: %s (%s)", x.Summary, x.Detail)
	}
	p, err := policy.Compile(catalog.Load(), d)
	if err != nil {
		t.Fatal(err)
	}
	return &policy.Stack{Identity: p}
}

func allows(s *policy.Stack, action, resource string) bool {
	return s.Evaluate(policy.Request{Principal: "arn:aws:iam::" + number + ":role/reader", Action: action, Resource: resource}).Outcome == policy.Allowed
}

// actionOf is the action of IAM that a call needs, where it is not the call's own name. From the Service Authorization Reference:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var actionOf = map[string]string{
	"s3:ListBuckets":                        "s3:ListAllMyBuckets",
	"s3:GetPublicAccessBlock":               "s3:GetBucketPublicAccessBlock",
	"s3:GetAccountPublicAccessBlock":        "s3:GetAccountPublicAccessBlock",
	"s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
	"s3:GetBucketEncryption":                "s3:GetEncryptionConfiguration",
	"s3:GetBucketReplication":               "s3:GetReplicationConfiguration",
	"tagging:GetResources":                  "tag:GetResources",
}

// TestPolicyAllowsEachCall makes every call, and asks our own engine whether the printed policy allows what it needs. The calls
// are counted by who answers them.
func TestPolicyAllowsEachCall(t *testing.T) {
	isolated(t)
	a := filled(20, 3)
	a.Set("cloudformation:GetTemplate", a.ARN("cloudformation", "stack/shop/1"), fakeaws.M{"TemplateBody": "{}"})
	a.Set("ssm:DescribeParameters", "", fakeaws.M{"Parameters": []any{fakeaws.M{"Name": "big", "Type": "String", "Tier": "Advanced"}}})
	a.Set("ssm:GetResourcePolicies", a.ARN("ssm", "parameter/big"), fakeaws.M{"Policies": []any{}})
	c, who := open(t, a)
	s, err := c.Take(t.Context(), who, everything)
	if err != nil || len(s.Problems) > 0 {
		t.Fatalf("%v %v", err, s.Problems)
	}
	stack := printed(t, everything)
	called := map[string]bool{}
	for call := range a.Calls() {
		called[call] = true
		action, resource := call, "*"
		if other, ok := actionOf[call]; ok {
			action = other
		}
		switch {
		case call == "sts:GetCallerIdentity":
			continue // needs no permission
		case strings.HasPrefix(call, "apigateway:"):
			action, resource = "apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis/r1/resources"
			if strings.HasPrefix(call, "apigateway:GetApis") {
				resource = "arn:aws:apigateway:us-east-1::/apis"
			}
		}
		if catalog.Load().Action(action) == nil {
			t.Errorf("%s: there is no action %s", call, action)
		}
		if !allows(stack, action, resource) {
			t.Errorf("%s is called, and %s is not allowed", call, action)
		}
	}
	for _, made := range live.Calls(everything) {
		name := strings.Replace(made.Call, "tag:", "tagging:", 1)
		if !called[name] && made.Call != "apigateway:GetAuthorizers" && made.Call != "s3:GetPublicAccessBlock" && made.Call != "lambda:GetFunctionUrlConfig" {
			t.Errorf("%s is said to be called, and was not", made.Call)
		}
	}
}

// data are what no reader of an account has any business with: objects, items, messages, logs, code, secrets.
var data = []string{
	"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:PartiQLSelect", "dynamodb:GetRecords",
	"sqs:ReceiveMessage", "kinesis:GetRecords", "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath",
	"ssm:GetParameterHistory", "kms:Decrypt", "lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:InvokeFunction", "lambda:GetLayerVersion", "logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery",
	"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetAuthorizationToken", "states:GetExecutionHistory", "cognito-idp:ListUsers", "cognito-idp:AdminGetUser", "cognito-idp:DescribeUserPoolClient",
	"iam:GetCredentialReport", "sts:AssumeRole", "events:DescribeConnection", "cloudformation:DescribeStacks", "execute-api:Invoke",
}

// TestPolicyAllowsNothingElse holds the printed policy against all actions that there are: none that writes, sets permissions or
// tags, none that reads secrets, and none of those that read data.
func TestPolicyAllowsNothingElse(t *testing.T) {
	stack := printed(t, everything)
	c := catalog.Load()
	needed := map[string]bool{"sts:getcalleridentity": true} // whatever policies say
	for _, made := range live.Calls(everything) {
		needed[strings.ToLower(made.Action)] = true
	}
	n := 0
	for _, service := range c.Services() {
		for _, a := range c.Actions(service) {
			n++
			if !allows(stack, a.String(), "*") && !allows(stack, a.String(), "arn:aws:apigateway:us-east-1::/restapis/x") {
				continue
			}
			if !needed[strings.ToLower(a.String())] {
				t.Errorf("%s is allowed, and not needed", a)
			}
			if a.Level != catalog.LevelRead && a.Level != catalog.LevelList {
				t.Errorf("%s is allowed, and neither reads nor lists", a)
			}
			if a.Capabilities.Has(catalog.Secret) {
				t.Errorf("%s is allowed, and gives away secrets", a)
			}
		}
	}
	if n < 10000 {
		t.Errorf("the catalogue has %d actions", n)
	}
	for _, action := range data {
		if c.Action(action) == nil {
			t.Errorf("there is no action %s", action)
		}
		if allows(stack, action, "*") {
			t.Errorf("%s is allowed", action)
		}
	}
	for _, resource := range []string{"arn:aws:apigateway:us-east-1::/apikeys", "arn:aws:apigateway:us-east-1::/apikeys/k", "arn:aws:apigateway:us-east-1::/domainnames", "*"} {
		if allows(stack, "apigateway:GET", resource) {
			t.Errorf("apigateway:GET is allowed on %s", resource)
		}
	}
}

// TestPolicyIsOfTheScope: less is asked for where less is read.
func TestPolicyIsOfTheScope(t *testing.T) {
	few := printed(t, live.Options{Services: []string{"lambda"}})
	for action, want := range map[string]bool{"lambda:ListFunctions": true, "iam:GetAccountAuthorizationDetails": true, "s3:ListAllMyBuckets": false, "cloudformation:GetTemplate": false,
		"iam:GenerateServiceLastAccessedDetails": false} {
		if got := allows(few, action, "*"); got != want {
			t.Errorf("%s: allowed %t", action, got)
		}
	}
	text, err := live.Policy(live.Options{Regions: []string{"us-gov-west-1"}})
	if err != nil || !bytes.Contains(text, []byte("arn:aws-us-gov:apigateway")) || bytes.Contains(text, []byte("arn:aws:")) {
		t.Errorf("in GovCloud: %v %s", err, text)
	}
	text, err = live.OrganizationPolicy("reader", "us-east-1")
	if err != nil || !bytes.Contains(text, []byte("arn:aws:iam::*:role/reader")) || !bytes.Contains(text, []byte("organizations:ListAccounts")) {
		t.Errorf("of an organization: %v %s", err, text)
	}
}

// TestDocs holds the table of calls in docs/import.md against the calls.
func TestDocs(t *testing.T) {
	const path, begin, end = "../../../docs/import.md", "<!-- calls -->\n", "<!-- end of calls -->\n"
	var table strings.Builder
	table.WriteString("| service | call | action | reads |\n|---|---|---|---|\n")
	for _, c := range live.Calls(everything) {
		name, action := c.Call, "`"+c.Action+"`"
		if c.Action == "" {
			action = "none"
		} else if c.Action == c.Call {
			action = "the same"
		}
		fmt.Fprintf(&table, "| %s | `%s` | %s | %s |\n", c.Service, name, action, c.Reads)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table of calls", path)
	}
	want := before + begin + table.String() + end + after
	if want == string(data) {
		return
	}
	if !*update {
		t.Fatalf("%s does not list the calls as they are: go test ./importers/account/live -run TestDocs -update", path)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // a document
		t.Fatal(err)
	}
}
