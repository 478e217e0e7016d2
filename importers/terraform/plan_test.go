package terraform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// openText imports a file that is given as text.
func openText(t testing.TB, name, text string) (*importers.Import, error) {
	t.Helper()
	return importers.OpenFS(context.Background(), Sources(), importers.Memory(source.Files{name: []byte(text)}, nil), name, importers.Options{StackName: "s"})
}

// planText is a plan of resources that are all new: what they have, what waits, and the expressions behind.
func planText(providers string, resources ...string) string {
	var planned, changes, config []string
	for _, r := range resources {
		f := strings.Split(r, "\n")
		mode, typ, name, values, unknown, provider, expressions := f[0], f[1], f[2], f[3], f[4], f[5], f[6]
		address := typ + "." + name
		if mode == "data" {
			address = "data." + address
		}
		planned = append(planned, fmt.Sprintf(`{"address": %q, "mode": %q, "type": %q, "name": %q, "values": %s}`, address, mode, typ, name, values))
		changes = append(changes, fmt.Sprintf(`{"address": %q, "mode": %q, "type": %q, "name": %q, "change": {"actions": ["create"], "before": null, "after": %s, "after_unknown": %s}}`, address, mode, typ, name, values, unknown))
		config = append(config, fmt.Sprintf(`{"address": %q, "mode": %q, "type": %q, "name": %q, "provider_config_key": %q, "expressions": %s}`, address, mode, typ, name, provider, expressions))
	}
	return fmt.Sprintf(`{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [%s]}}, "resource_changes": [%s],
 "configuration": {"provider_config": %s, "root_module": {"resources": [%s]}}}`, strings.Join(planned, ",\n"), strings.Join(changes, ",\n"), providers, strings.Join(config, ",\n"))
}

// A policy document that waits for names and ARNs is put together of what it refers to: principals exactly, resources and
// values as texts that may go on.
func TestPolicyDocumentThatWaits(t *testing.T) {
	text := planText(`{"aws": {"name": "aws"}}`,
		"managed\naws_s3_bucket\nb\n{\"bucket\": \"data\"}\n{\"arn\": true, \"id\": true}\naws\n{\"bucket\": {\"constant_value\": \"data\"}}",
		"managed\naws_iam_role\nhop\n{\"name\": \"hop\", \"assume_role_policy\": \"{\\\"Statement\\\":[]}\"}\n{\"arn\": true, \"id\": true}\naws\n{\"name\": {\"constant_value\": \"hop\"}, \"assume_role_policy\": {}}",
		`data
aws_iam_policy_document
trust
{"statement": [{"actions": ["sts:AssumeRole"], "principals": [{"type": "AWS"}]}, {"sid": "Read", "actions": ["s3:GetObject"]}]}
{"json": true, "statement": [{"principals": [{"identifiers": true}]}, {"resources": [true]}]}
aws
{"statement": [{"sid": {"constant_value": "Read"}, "actions": {"constant_value": ["s3:GetObject"]}, "resources": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}}, {"actions": {"constant_value": ["sts:AssumeRole"]}, "principals": [{"type": {"constant_value": "AWS"}, "identifiers": {"references": ["aws_iam_role.hop.arn", "aws_iam_role.hop"]}}]}]}`,
		"managed\naws_iam_role\nend\n{\"name\": \"end\"}\n{\"arn\": true, \"assume_role_policy\": true}\naws\n{\"assume_role_policy\": {\"references\": [\"data.aws_iam_policy_document.trust.json\", \"data.aws_iam_policy_document.trust\"]}}",
	)
	in, err := openText(t, "plan.json", text)
	if err != nil {
		t.Fatal(err)
	}
	role := in.Design.Role("role/aws_iam_role.end")
	if role == nil || role.Trust == nil || len(role.Trust.Statements) != 2 {
		t.Fatalf("the role is %+v: %v", role, in.Diagnostics)
	}
	if p := role.Trust.Statements[0].Principals; !slices.Equal(p, []policy.Principal{{Kind: "AWS", Value: "arn:aws:iam::123456789012:role/hop"}}) {
		t.Errorf("it is trusted by %v", p)
	}
	if r := role.Trust.Statements[1].Resources; len(r) != 1 || !strings.HasPrefix(r[0], "arn:aws:s3:::data${") {
		t.Errorf("it reads %v", r)
	}
}

// Provider configurations that work as others belong to other accounts, those of another region alone do not; nothing of
// their credentials comes through.
func TestAccountsOfAPlan(t *testing.T) {
	role := func(name, provider string) string {
		return fmt.Sprintf("managed\naws_sqs_queue\n%s\n{\"name\": %q}\n{\"arn\": true}\n%s\n{}", name, name, provider)
	}
	in, err := openText(t, "plan.json", planText(`{"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}, "access_key": {"constant_value": "AKIAVISIBLE"}, "secret_key": {"constant_value": "hidden-hidden"}}},
 "aws.prod": {"name": "aws", "alias": "prod", "expressions": {"assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::222233334444:role/deploy"}}]}},
 "aws.dev": {"name": "aws", "alias": "dev", "expressions": {"profile": {"constant_value": "dev"}}},
 "aws.us": {"name": "aws", "alias": "us", "expressions": {"region": {"constant_value": "us-east-1"}, "access_key": {"constant_value": "AKIAVISIBLE"}}}}`,
		role("a", "aws"), role("p", "aws.prod"), role("d", "aws.dev"), role("u", "aws.us"), role("m", "module.x:aws")))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[model.ID]string{
		"res/aws_sqs_queue.a": "arn:aws:sqs:eu-west-1:123456789012:a", "res/aws_sqs_queue.p": "arn:aws:sqs:us-east-1:222233334444:p", "res/aws_sqs_queue.u": "arn:aws:sqs:us-east-1:123456789012:u",
		"res/aws_sqs_queue.m": "arn:aws:sqs:eu-west-1:123456789012:m", "res/aws_sqs_queue.d": "arn:aws:sqs:us-east-1:900000000001:d",
	} {
		if got := in.Design.Resource(id); got == nil || got.ARN != want {
			t.Errorf("%s is %+v, not %s", id, got, want)
		}
	}
	told := fmt.Sprint(in.Diagnostics)
	if !strings.Contains(told, "nobody tells the account of provider aws.dev") || strings.Contains(told, "hidden-hidden") || strings.Contains(told, "AKIAVISIBLE") {
		t.Errorf("told: %s", told)
	}
}

// What is no plan or state that is read says so in one line, and nothing of what is in it.
func TestUnreadableJSON(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"newer plan":     {`{"format_version": "7.0", "planned_values": {"x": "hunter2hunter2"}}`, "format version"},
		"plan of a list": {`{"format_version": "1.2", "planned_values": ["hunter2hunter2"]}`, "not a plan"},
		"newer state":    {`{"format_version": "9.1", "terraform_version": "3", "values": {"root_module": {}}}`, "format version"},
		"old state file": {`{"version": 3, "terraform_version": "0.11.14", "lineage": "x", "modules": [{"path": ["root"], "resources": {"hunter2hunter2": {}}}]}`, "version 3"},
		"broken file":    {`{"version": 4, "terraform_version": "1.0", "lineage": "x", "resources": {"password": "hunter2hunter2"}}`, "not a state"},
	} {
		_, err := openText(t, "x.json", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Odd, and read all the same.
	for name, text := range map[string]string{
		"empty state":       `{"format_version": "1.0", "terraform_version": "1.9.0"}`,
		"empty state file":  `{"version": 4, "terraform_version": "1.0", "lineage": "x", "resources": []}`,
		"names in capitals": `{"version": 4, "terraform_version": "1.0", "lineage": "x", "Resources": [{"mode": "managed", "type": "aws_sqs_queue", "name": "q", "instances": [{"attributes": {"name": "q"}}]}]}`,
		"no configuration":  `{"format_version": "0.1", "planned_values": {"root_module": {"resources": [{"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "values": {"name": null}}, {}, null]}}, "resource_changes": [null, {"address": "aws_sqs_queue.q", "change": null}]}`,
		"all is sensitive":  `{"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {"resources": [{"address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "values": {"function_name": "f"}, "sensitive_values": true}]}}}`,
	} {
		if _, err := openText(t, "x.json", text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// References that lead in circles, and those that multiply, come to an end.
func TestReferencesInCircles(t *testing.T) {
	call := `"module_calls": {"m": {"source": "./m", "expressions": {"a": {"references": ["module.m.a", "module.m.b"]}, "b": {"references": ["module.m.b", "module.m.a"]}},
 "module": {"outputs": {"a": {"expression": {"references": ["var.a", "var.b"]}}, "b": {"expression": {"references": ["var.b", "var.a"]}}}}}}`
	resource := `{"address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f", "values": {"function_name": "f"}}`
	in, err := openText(t, "plan.json", `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [`+resource+`], "child_modules": [{"address": "module.m", "resources": [{"address": "module.m.aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q", "values": {}}]}]}},
 "resource_changes": [{"address": "aws_lambda_function.f", "change": {"actions": ["create"], "after_unknown": {"role": true}}}],
 "configuration": {"root_module": {"resources": [{"address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f", "expressions": {"role": {"references": ["module.m.a"]}}}], `+call+`}}}`)
	if err != nil {
		t.Fatal(err)
	}
	if f := in.Design.Function("fn/aws_lambda_function.f"); f == nil || !strings.Contains(f.RoleARN, "${") {
		t.Errorf("the function is %+v", f)
	}
}

func TestDetect(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plan":         {`{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{}}`, kindPlan},
		"state":        {`{"format_version":"1.0","terraform_version":"1.9.0","values":{}}`, kindState},
		"state file":   {`{"version": 4, "terraform_version": "1.0", "serial": 1, "lineage": "x", "resources": []}`, kindState},
		"template":     {`{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}`, ""},
		"snapshot":     {`{"bulkhead": "account/v1", "functions": []}`, ""},
		"package.json": {`{"name": "x", "version": "1.0.0", "resources": []}`, ""},
		"not JSON":     {`terraform_version: 1`, ""},
	} {
		got := ""
		for _, s := range Sources() {
			if s.Detect(importers.Memory(source.Files{"x": []byte(c.text)}, nil), "x") {
				got += s.Name()
			}
		}
		if got != c.want {
			t.Errorf("%s is %q, not %q", name, got, c.want)
		}
	}
}
