package account

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
)

// asItems are the configuration items of a small account, as AWS Config's snapshots have them.
func asItems(t *testing.T) []map[string]any {
	t.Helper()
	document := func(text string) string { return url.PathEscape(text) }
	item := func(kind, arn string, configuration, supplementary any) map[string]any {
		return map[string]any{"configurationItemVersion": "1.3", "configurationItemStatus": "OK", "awsAccountId": "111122223333", "awsRegion": "eu-west-1",
			"resourceType": kind, "ARN": arn, "configuration": configuration, "supplementaryConfiguration": supplementary}
	}
	text := func(v any) string {
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	const read = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"}]}`
	const open = `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::files/*"}]}`
	const invoke = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111122223333:function:resize"}]}`
	gone := item("AWS::SQS::Queue", "arn:aws:sqs:eu-west-1:111122223333:gone", map[string]any{}, nil)
	gone["configurationItemStatus"] = "ResourceDeleted"
	return []map[string]any{
		item("AWS::IAM::Policy", "arn:aws:iam::111122223333:policy/read", map[string]any{"policyName": "read", "arn": "arn:aws:iam::111122223333:policy/read",
			"policyVersionList": []any{map[string]any{"versionId": "v2", "isDefaultVersion": true, "document": document(read)}, map[string]any{"versionId": "v1", "isDefaultVersion": false, "document": document(trust)}}}, nil),
		item("AWS::IAM::Role", "arn:aws:iam::111122223333:role/app/resize", map[string]any{"roleName": "resize", "arn": "arn:aws:iam::111122223333:role/app/resize", "path": "/app/",
			"assumeRolePolicyDocument": document(trust), "rolePolicyList": []any{map[string]any{"policyName": "own", "policyDocument": document(read)}},
			"attachedManagedPolicies": []any{map[string]any{"policyName": "read", "policyArn": "arn:aws:iam::111122223333:policy/read"}}}, nil),
		item("AWS::IAM::Group", "arn:aws:iam::111122223333:group/dev", map[string]any{"groupName": "dev", "arn": "arn:aws:iam::111122223333:group/dev", "groupPolicyList": []any{}}, nil),
		item("AWS::IAM::User", "arn:aws:iam::111122223333:user/ada", map[string]any{"userName": "ada", "arn": "arn:aws:iam::111122223333:user/ada", "groupList": []any{"dev"}}, nil),
		item("AWS::Lambda::Function", "arn:aws:lambda:eu-west-1:111122223333:function:resize", map[string]any{"functionName": "resize", "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:resize",
			"runtime": "python3.12", "handler": "a.b", "role": "arn:aws:iam::111122223333:role/app/resize", "environment": map[string]any{"variables": map[string]any{"tableName": "secret-value"}}},
			map[string]any{"Policy": text(invoke)}),
		item("AWS::S3::Bucket", "arn:aws:s3:::files", map[string]any{"name": "files"}, map[string]any{
			"BucketPolicy": text(map[string]any{"policyText": open}),
			"BucketNotificationConfiguration": text(map[string]any{"configurations": map[string]any{"n1": map[string]any{"events": []any{"s3:ObjectCreated:*"}, "type": "LambdaConfiguration",
				"functionARN": "arn:aws:lambda:eu-west-1:111122223333:function:resize", "filter": map[string]any{"s3KeyFilter": map[string]any{"filterRules": []any{map[string]any{"name": "prefix", "value": "in/"}}}}}}})}),
		item("AWS::KMS::Key", "arn:aws:kms:eu-west-1:111122223333:key/k1", map[string]any{"keyId": "k1"}, map[string]any{"Policy": text(open)}),
		item("AWS::DynamoDB::Table", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders", map[string]any{"tableName": "orders", "keySchema": []any{map[string]any{"attributeName": "id", "keyType": "HASH"}},
			"sseDescription": map[string]any{"kmsMasterKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/k1"}}, nil),
		item("AWS::Events::Rule", "arn:aws:events:eu-west-1:111122223333:rule/nightly", map[string]any{"ScheduleExpression": "rate(1 day)", "Targets": []any{map[string]any{"Id": "t", "Arn": "arn:aws:lambda:eu-west-1:111122223333:function:resize"}}}, nil),
		gone,
	}
}

func openAll(t *testing.T, files map[string]string) *importers.Import {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	in, err := importers.OpenFS(context.Background(), []importers.Source{New()}, fsys, ".", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Every export of AWS Config comes to the same account: a snapshot, items one a line, the results of a query, and what
// batch-get-resource-config answers, in which configurations are texts.
func TestConfig(t *testing.T) {
	all := asItems(t)
	var lines, results []string
	var packed []map[string]any
	for _, i := range all {
		lines = append(lines, marshal(t, i))
		results = append(results, marshal(t, i))
		p := map[string]any{}
		for k, v := range i {
			p[k] = v
		}
		p["configuration"], p["arn"], p["accountId"] = marshal(t, i["configuration"]), i["ARN"], i["awsAccountId"]
		delete(p, "ARN")
		packed = append(packed, p)
	}
	for name, text := range map[string]string{
		"snapshot.json": marshal(t, map[string]any{"fileVersion": "1.0", "configurationItems": all}),
		"items.jsonl":   strings.Join(lines, "\n") + "\n",
		"query.json":    marshal(t, map[string]any{"Results": results, "QueryInfo": map[string]any{}}),
		"batch.json":    marshal(t, map[string]any{"baseConfigurationItems": packed}),
		"list.json":     marshal(t, all),
	} {
		t.Run(name, func(t *testing.T) {
			in := openAll(t, map[string]string{name: text})
			d := in.Design
			for _, x := range in.Diagnostics {
				if x.Severity > 0 && x.Rule == "" {
					t.Errorf("told: %s %s", x, x.Detail)
				}
			}
			if info := d.Info(); info.Account != "111122223333" || info.Region != "eu-west-1" || slices.Contains(info.NotSeen, "functions") {
				t.Errorf("info %+v", info)
			}
			f := d.Function("fn/resize")
			if f == nil || f.Role != "role/resize" || f.Policy == nil || len(f.Environment) != 1 || f.Environment[0].Name != "tableName" {
				t.Fatalf("the function is %+v", f)
			}
			if r := d.Role(f.Role); len(r.Policies) != 2 || r.Trust == nil || d.Policy("policy/arn:aws:iam::111122223333:policy/read").Document.Statements[0].Actions[0] != "s3:GetObject" {
				t.Errorf("the role is %+v", r)
			}
			if u := d.Principal("user/ada"); u == nil || !slices.Equal(u.Groups, []model.ID{"group/dev"}) {
				t.Errorf("the user is %+v", u)
			}
			if b := d.Resource("res/files"); b == nil || b.Policy == nil || b.Policy.Statements[0].Sid != "All" {
				t.Errorf("the bucket is %+v", b)
			}
			if o := d.Resource("res/orders"); o == nil || o.Key != "res/k1" || o.PartitionKey != "id" || d.Resource("res/k1").Policy == nil {
				t.Errorf("the table is %+v", o)
			}
			if d.Resource("res/gone") != nil {
				t.Error("a queue that is gone is there")
			}
			kinds := map[string]*model.Trigger{}
			for _, tr := range d.TriggersOf("fn/resize") {
				kinds[tr.Kind] = tr
			}
			if n := kinds["s3-notification"]; n == nil || n.From != "res/files" || n.Filter.Prefix != "in/" || kinds["schedule"] == nil {
				t.Errorf("triggers %+v", kinds)
			}
			for _, e := range d.Elements() {
				if at := e.Place(); !at.IsZero() && (at.Start < 0 || at.End > len(text) || at.Start > at.End) {
					t.Errorf("%s stands at %+v of %d bytes", e.ElementID(), at, len(text))
				}
			}
		})
	}
}

// What Organizations answers, beside an account, binds it: the root's, its unit's and its own policies, and no others'.
func TestOrganization(t *testing.T) {
	const full = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	const deny = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`
	described := func(id, kind, content string, targets ...string) map[string]any {
		var list []any
		for _, x := range targets {
			kind := map[byte]string{'r': "ROOT", 'o': "ORGANIZATIONAL_UNIT"}[x[0]]
			if kind == "" {
				kind = "ACCOUNT"
			}
			list = append(list, map[string]any{"TargetId": x, "Type": kind})
		}
		return map[string]any{"Policy": map[string]any{"PolicySummary": map[string]any{"Id": id, "Name": id, "Type": kind}, "Content": content}, "Targets": list}
	}
	answers := []any{
		described("p-FullAWSAccess", "SERVICE_CONTROL_POLICY", full, "r-1", "ou-a", "ou-b", "111122223333"),
		described("p-deny", "SERVICE_CONTROL_POLICY", deny, "ou-a"),
		described("p-other", "SERVICE_CONTROL_POLICY", deny, "ou-b"),
		described("p-rcp", "RESOURCE_CONTROL_POLICY", deny, "111122223333"),
		described("p-tags", "TAG_POLICY", `{"tags":{}}`, "r-1"),
		map[string]any{"ChildId": "111122223333", "Parents": []any{map[string]any{"Id": "ou-a", "Type": "ORGANIZATIONAL_UNIT"}}},
		map[string]any{"ChildId": "ou-a", "Parents": []any{map[string]any{"Id": "r-1", "Type": "ROOT"}}},
		map[string]any{"ChildId": "444455556666", "Parents": []any{map[string]any{"Id": "ou-b", "Type": "ORGANIZATIONAL_UNIT"}}},
	}
	var lines []string
	for _, a := range answers {
		lines = append(lines, marshal(t, a))
	}
	account := marshal(t, map[string]any{"bulkhead": "account/v1", "account": "111122223333", "regions": []any{"eu-west-1"}, "authorizationDetails": map[string]any{
		"RoleDetailList": []any{map[string]any{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r"}}}})
	for name, text := range map[string]string{"scps.jsonl": strings.Join(lines, "\n"), "scps.json": marshal(t, answers)} {
		in := openAll(t, map[string]string{"account.json": account, name: text})
		info := in.Design.Info()
		g := info.Guardrails["111122223333"]
		var scps []string
		for _, l := range g.SCPs {
			scps = append(scps, l.Target)
		}
		if !slices.Equal(scps, []string{"r-1", "ou-a", "111122223333"}) || len(g.SCPs[1].Policies) != 2 || len(g.RCPs) != 1 {
			t.Errorf("%s: guardrails %+v", name, g)
		}
		if info.Kind != "account" || info.Account != "111122223333" || slices.Contains(info.NotSeen, "scps") || slices.Contains(info.NotSeen, "rcps") {
			t.Errorf("%s: info %+v", name, info)
		}
		if in.Design.Role("role/r") == nil {
			t.Errorf("%s: the role is %v", name, in.Design.Roles())
		}
	}
	// Where no account is named, what holds the root holds every account.
	in := openAll(t, map[string]string{"account.json": account, "root.json": marshal(t, described("p-deny", "SERVICE_CONTROL_POLICY", deny, "r-1"))})
	if g := in.Design.Info().Guardrails; len(g) != 1 || len(g["111122223333"].SCPs) != 1 {
		t.Errorf("guardrails %+v", g)
	}
}
