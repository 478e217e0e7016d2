package policy

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bulkhead/internal/corpus"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// foundAs are the rules by which Check says what duo-labs/parliament calls a finding; "syntax": Parse refuses it.
var foundAs = map[string][]string{
	"MALFORMED_JSON":               {"syntax"},
	"MALFORMED":                    {"syntax"},
	"INVALID_ARN":                  {"syntax", "malformed-arn"},
	"INVALID_SID":                  {"invalid-sid"},
	"DUPLICATE_SID":                {"duplicate-sid"},
	"UNKNOWN_ACTION":               {"unknown-action", "no-such-action"},
	"UNKNOWN_CONDITION_FOR_ACTION": {"unknown-condition-key"},
	"UNKNOWN_OPERATOR":             {"unknown-operator"},
	"MISMATCHED_TYPE":              {"operator-type", "bad-condition-value", "unknown-operator"},
	"MISMATCHED_TYPE_BUT_USABLE":   {"operator-type"},
	"BAD_PATTERN_FOR_MFA":          {"mfa-false"},
}

// opinions are findings about what a policy allows, which the blast radius tells, not about whether it is valid.
var opinions = []string{"RESOURCE_STAR", "RESOURCE_EFFECTIVELY_STAR", "RESOURCE_POLICY_PRIVILEGE_ESCALATION"}

// otherwise are cases where Bulkhead says otherwise, with the reason.
var otherwise = map[string]string{
	"parliament/patterns.test_resource_policy_privilege_escalation_at_bucket_level#1": "that some of what s3:*Object stands for takes no object is usual; patterns of actions are left alone",
}

// The cases of parliament's tests: each finding about validity is reported, and nothing where there is none.
func TestLintCases(t *testing.T) {
	type row struct {
		ID               string
		Policy           string
		ExpectedFindings any
	}
	name := regexp.MustCompile(`[A-Z_]{5,}`)
	n := 0
	for _, c := range corpus.Rows[row](t, "policy-lint", "parliament.jsonl") {
		if otherwise[c.ID] != "" {
			continue
		}
		n++
		text, err := json.Marshal(c.ExpectedFindings)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		clean := true
		d, err := Parse([]byte(c.Policy))
		if err != nil {
			got, clean = []string{"syntax"}, false
		} else {
			for _, x := range d.Check(catalog.Load(), Setting{}) {
				got = append(got, x.Rule)
				clean = clean && x.Severity == source.Info
				if x.Rule == "" {
					t.Errorf("%s: %q has no rule", c.ID, x.Summary)
				}
			}
		}
		wanted := false
		for _, finding := range name.FindAllString(string(text), -1) {
			if slices.Contains(opinions, finding) {
				continue
			}
			wanted = true
			if !slices.ContainsFunc(foundAs[finding], func(rule string) bool { return slices.Contains(got, rule) }) {
				t.Errorf("%s: %s is not found, but %q\n%s", c.ID, finding, got, c.Policy)
			}
		}
		if !wanted && !clean {
			t.Errorf("%s: nothing is wrong, but %q\n%s", c.ID, got, c.Policy)
		}
	}
	if n < 40 {
		t.Fatalf("%d cases", n)
	}
}

// AWS's own policies are valid: no errors.
func TestLintManagedPolicies(t *testing.T) {
	c := catalog.Load()
	for _, name := range c.ManagedPolicies() {
		for _, x := range mustParse(t, string(c.ManagedPolicy(name).Document)).Check(c, Setting{Type: ManagedPolicy}) {
			if x.Severity == source.Error || x.Rule == "" || strings.ToLower(x.Rule) != x.Rule {
				t.Errorf("%s: %s %s: %s", name, x.Severity, x.Rule, x.Summary)
			}
		}
	}
}

// Long lists of actions, resources and keys cost no product of their lengths.
func TestLintLongLists(t *testing.T) {
	const n = 10000
	list := func(format string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)))
		}
		return b.String()
	}
	for _, x := range []struct{ name, in string }{
		{"actions and resources", `{"Effect":"Allow","Action":[` + list(`"s3:GetObject"`) + `],"Resource":[` + list(`"arn:aws:sqs:us-east-1:123456789012:q#"`) + `]}`},
		{"resources of the action's service", `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":[` + list(`"arn:aws:s3:::bucket#"`) + `]}`},
		{"keys", `{"Effect":"Allow","Action":["ec2:D*"],"Resource":"*","Condition":{"StringEquals":{` + list(`"ec2:Key#":"a"`) + `}}}`},
		{"keys and actions", `{"Effect":"Allow","Action":[` + list(`"ec2:Describe*Instances"`) + `],"Resource":"*","Condition":{"StringEquals":{` + list(`"aws:Key#":"a"`) + `}}}`},
	} {
		d := mustParse(t, `{"Version":"2012-10-17","Statement":`+x.in+`}`)
		c := catalog.Load()
		start := time.Now()
		found := len(d.Check(c, Setting{Place: Places([]byte(`{"Version":"2012-10-17","Statement":` + x.in + `}`))}))
		if took := time.Since(start); took > 30*time.Second { // a guard against products, which take minutes; speed is a benchmark's
			t.Errorf("%s: %d diagnostics took %v", x.name, found, took)
		}
	}
}

// Keys that the catalogue writes with a variable part are known, misspelled ones are told of whatever the actions.
func TestLintConditionKeys(t *testing.T) {
	for _, x := range []struct {
		action, key string
		known       bool
	}{
		{"s3:GetObject", "s3:ExistingObjectTag/team", true},
		{"s3:PutObject", "s3:RequestObjectTag/team", true},
		{"s3:PutObject", "s3:ExistingObjectTagg/team", false},
		{"secretsmanager:GetSecretValue", "secretsmanager:ResourceTag/owner", true},
		{"kms:Decrypt", "kms:EncryptionContext:app", true},
		{"s3:GetObject", "aws:PrincipalTag/team", true},
		{"*", "aws:SourceArn", true},
		{"*", "aws:SourceArm", false},
		{"*", "aws:ResourceTag", false},
		{"s3:GetObject", "aws:SourceArm", false},
	} {
		d := mustParse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"`+x.action+`","Resource":"*","Condition":{"StringLike":{"`+x.key+`":"a"}}}}`)
		told := slices.ContainsFunc(d.Check(catalog.Load(), Setting{}), func(g source.Diagnostic) bool { return g.Rule == "unknown-condition-key" })
		if told == x.known {
			t.Errorf("%s with %s: known %v, told of %v", x.key, x.action, x.known, told)
		}
	}
}
