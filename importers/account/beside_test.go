package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// readSnapshot reads a snapshot that must be right.
func readSnapshot(t *testing.T, text string) *importers.Import {
	t.Helper()
	in, err := account.New().Import(t.Context(), fstest.MapFS{"a.json": {Data: []byte(text)}}, "a.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func sids(d *policy.Document) []string {
	var out []string
	if d != nil {
		for _, s := range d.Statements {
			out = append(out, s.Sid)
		}
	}
	return out
}

// TestBesidePolicies reads what lets somebody in, or keeps them out, beside a resource's own policy.
func TestBesidePolicies(t *testing.T) {
	in := readSnapshot(t, `{"bulkhead": "account/v1", "account": "111122223333", "regions": ["us-east-1"], "noOrganization": true, "notRead": ["RDS databases"],
"authorizationDetails": {"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r"}]},
"functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f", "Role": "arn:aws:iam::111122223333:role/r"}],
"eventInvokeConfigs": [{"FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f:$LATEST", "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:111122223333:q"}}}],
"resources": [
 {"Arn": "arn:aws:s3:::open", "Type": "AWS::S3::Bucket", "Acl": [{"Grantee": "http://acs.amazonaws.com/groups/global/AllUsers", "Permission": "READ"}, {"Grantee": "http://acs.amazonaws.com/groups/s3/LogDelivery", "Permission": "WRITE"}, {"Grantee": "c0ffee", "Permission": "WRITE_ACP"}]},
 {"Arn": "arn:aws:s3:::closed", "Type": "AWS::S3::Bucket", "Acl": [{"Grantee": "http://acs.amazonaws.com/groups/global/AllUsers", "Permission": "FULL_CONTROL"}], "PublicAccessBlock": {"IgnorePublicAcls": true, "RestrictPublicBuckets": true}},
 {"Arn": "arn:aws:kms:us-east-1:111122223333:key/k", "Type": "AWS::KMS::Key", "Name": "data"},
 {"Arn": "arn:aws:apigateway:us-east-1::/restapis/a", "Type": "AWS::ApiGateway::RestApi", "Name": "shop"}],
"resourcePolicies": [
 {"Resource": "arn:aws:lambda:us-east-1:111122223333:function:f", "Policy": {"Version": "2012-10-17", "Statement": [{"Sid": "own", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:111122223333:function:f"}]}},
 {"Resource": "arn:aws:lambda:us-east-1:111122223333:function:f:live", "Policy": {"Version": "2012-10-17", "Statement": [{"Sid": "alias", "Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:111122223333:function:f:live"}]}},
 {"Resource": "arn:aws:kms:us-east-1:111122223333:key/k", "Policy": {"Version": "2012-10-17", "Statement": [{"Sid": "root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]}}],
"keyGrants": [
 {"KeyId": "arn:aws:kms:us-east-1:111122223333:key/k", "GrantId": "0123456789abcdef0123", "GranteePrincipal": "arn:aws:iam::111122223333:role/r", "Operations": ["Decrypt"], "Constraints": {"EncryptionContextEquals": {"app": "shop"}}},
 {"KeyId": "arn:aws:kms:us-east-1:111122223333:key/k", "GrantId": "ff", "GranteePrincipal": "AROAEXAMPLEGONE", "Operations": ["Decrypt"]}],
"stacks": [{"StackName": "shop", "StackId": "s", "Resources": [{"LogicalResourceId": "F", "PhysicalResourceId": "f", "ResourceType": "AWS::Lambda::Function"}, {"LogicalResourceId": "B", "PhysicalResourceId": "open", "ResourceType": "AWS::S3::Bucket"}]}],
"triggers": [{"From": "arn:aws:apigateway:us-east-1::/restapis/a", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "api-route", "Role": "arn:aws:iam::111122223333:role/r", "Filter": {"route": "GET /", "auth": "NONE", "apiKey": true}},
 {"From": "arn:aws:apigateway:us-east-1::/restapis/a", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "authorizer", "Filter": {}}],
"problems": [{"Call": "sqs:ListQueues in us-east-1", "Error": "not allowed (AccessDenied)"}, {"Call": "lambda:GetPolicy in us-east-1", "Error": "HTTP 500", "About": ["f", "g"]}]}`)
	d := in.Design
	f := d.Function("fn/f")
	if got := sids(f.Policy); !slices.Equal(got, []string{"own", "alias"}) {
		t.Errorf("the function's policy, and its alias's: %q", got)
	}
	if !slices.Equal(f.Destinations, []string{"arn:aws:sqs:us-east-1:111122223333:q"}) || f.Stack != "shop" {
		t.Errorf("the function: %+v", f)
	}
	open, closed, key := d.Resource("res/open"), d.Resource("res/closed"), d.Resource("res/k")
	if got := sids(open.Policy); !slices.Equal(got, []string{"AclREAD", "AclWRITEACP"}) || open.BlockPublicAccess || open.Stack != "shop" {
		t.Errorf("the open bucket: %q %+v", got, open)
	}
	if closed.Policy != nil || !closed.BlockPublicAccess {
		t.Errorf("the closed bucket: %q %+v", sids(closed.Policy), closed)
	}
	if got := sids(key.Policy); !slices.Equal(got, []string{"root", "Grant0123456789abcdef"}) || len(key.Policy.Statements[1].Conditions) != 1 || key.Name != "data" {
		t.Errorf("the key: %q %+v", got, key)
	}
	if d.Name("res/k") != "data" || d.Name("res/a") != "shop" {
		t.Errorf("the key and the API go by %s and %s", d.Name("res/k"), d.Name("res/a"))
	}
	if span := key.Policy.Statements[1].Span; span.Line == 0 || !strings.Contains(string(in.Files["a.json"][span.Start:span.End]), "0123456789abcdef0123") {
		t.Errorf("the grant stands at %s", span)
	}
	for _, x := range d.Triggers() {
		switch x.Kind {
		case "api-route":
			if !x.Open || !x.Keyed || x.Role != "role/r" {
				t.Errorf("the route: %+v", x)
			}
		case "authorizer":
			if !x.Open || !x.Outside {
				t.Errorf("the authorizer: %+v", x)
			}
		}
	}
	if api, ok := d.Element(model.ID("res/a")).(*model.Resource); !ok || api.Name != "shop" {
		t.Errorf("the API: %+v", api)
	}
	if want := []string{"sqs:ListQueues in us-east-1", "lambda:GetPolicy in us-east-1", "RDS databases"}; !slices.Equal(d.Info().NotSeen, want) {
		t.Errorf("not seen: %q", d.Info().NotSeen)
	}
	if !slices.ContainsFunc(in.Diagnostics, func(x source.Diagnostic) bool { return strings.Contains(x.Detail, "for f, g") }) {
		t.Errorf("nobody says for whom a call failed: %v", in.Diagnostics)
	}
}

// TestManyTriggersOfOneKind keeps each of several that start one function in the same way.
func TestManyTriggersOfOneKind(t *testing.T) {
	triggers := ""
	for i := range 4 {
		triggers += fmt.Sprintf(`{"From": "arn:aws:states:us-east-1:111122223333:stateMachine:flow%d", "To": "arn:aws:lambda:us-east-1:111122223333:function:f", "Kind": "state-machine-task"},`, i)
	}
	in := readSnapshot(t, `{"bulkhead": "account/v1", "account": "111122223333", "functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}], "triggers": [`+strings.TrimSuffix(triggers, ",")+`]}`)
	if n := len(in.Design.Triggers()); n != 4 {
		t.Errorf("%d triggers", n)
	}
	for _, d := range in.Diagnostics {
		t.Error(d.Summary)
	}
}

// TestUnreadablePolicy takes a resource's policy that is none for one that was not seen: it may deny.
func TestUnreadablePolicy(t *testing.T) {
	for _, policy := range []string{`{"Statement": [{"Effect": "Deny", "Oops": 1}]}`, `"no JSON"`, `7`} {
		in := readSnapshot(t, `{"bulkhead": "account/v1", "account": "111122223333", "resources": [{"Arn": "arn:aws:s3:::b", "Type": "AWS::S3::Bucket"}],
			"functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}],
			"resourcePolicies": [{"Resource": "arn:aws:s3:::b", "Policy": `+policy+`}, {"Resource": "arn:aws:lambda:us-east-1:111122223333:function:f", "Policy": `+policy+`}]}`)
		if b, f := in.Design.Resource("res/b"), in.Design.Function("fn/f"); !b.PolicyUnseen || !f.PolicyUnseen {
			t.Errorf("%s: the bucket's policy is said to be unseen: %t, the function's: %t", policy, b.PolicyUnseen, f.PolicyUnseen)
		}
	}
}

// TestUniqueIDs: what AWS calls roles and users by is kept, as policies ask for it.
func TestUniqueIDs(t *testing.T) {
	in := readSnapshot(t, `{"RoleDetailList": [{"RoleName": "r", "RoleId": "AROA1", "Arn": "arn:aws:iam::111122223333:role/r"}],
 "UserDetailList": [{"UserName": "u", "UserId": "AIDA1", "Arn": "arn:aws:iam::111122223333:user/u"}]}`)
	if r, u := in.Design.Role("role/r"), in.Design.Principal("user/u"); r.UniqueID != "AROA1" || u.UniqueID != "AIDA1" {
		t.Errorf("ids %q and %q", r.UniqueID, u.UniqueID)
	}
}
