package cfn

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
)

// Each fault in a policy is told once, by the name of its rule, where the value at fault begins; the rest of the template
// has none.
func TestLint(t *testing.T) {
	const name = "lint.yaml"
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	in, err := importers.OpenFS(context.Background(), Sources(), os.DirFS("testdata"), name, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	told := make([][]string, len(lines))
	for _, d := range in.Diagnostics {
		if d.Rule == "" {
			continue
		}
		told[d.Span.Line-1] = append(told[d.Span.Line-1], d.Rule)
		// Where one value stands alone in its line, the finding begins with it.
		line, _, _ := strings.Cut(lines[d.Span.Line-1], " # ! ")
		value := strings.TrimLeft(line, " -")
		if _, after, ok := strings.Cut(value, ": "); ok && !strings.HasPrefix(value, "{") && d.Rule != "no-principal" {
			value = strings.Trim(after, "[]")
		}
		got := string(text[d.Span.Start:d.Span.End])
		if !strings.HasPrefix(value, "{") && d.Rule != "no-principal" && got != strings.TrimSuffix(value, ":") {
			t.Errorf("line %d: %s stands at %q, not at %q", d.Span.Line, d.Rule, got, value)
		}
		if strings.HasPrefix(value, "{") && got != "\"sqs:SendMessages\"" {
			t.Errorf("line %d: %s stands at %q", d.Span.Line, d.Rule, got)
		}
	}
	for i, line := range lines {
		var want []string
		if _, rules, ok := strings.Cut(line, " # ! "); ok {
			want = strings.Fields(rules)
		}
		if !slices.Equal(told[i], want) {
			t.Errorf("line %d: told %q, not %q: %s", i+1, told[i], want, line)
		}
	}
}

// Inline policies of one holder have their room together: what is too much is told at the policy with which it is, once, and
// only of what is surely there.
func TestInlinePoliciesTogether(t *testing.T) {
	policies := func(sizes ...int) string {
		var b strings.Builder
		for i, n := range sizes {
			fmt.Fprintf(&b, "{PolicyName: p%d, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::%s'}]}}, ", i, strings.Repeat("x", n))
		}
		return "[" + strings.TrimSuffix(b.String(), ", ") + "]"
	}
	trust := "AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}"
	other := "  P: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [!Ref R], PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::" + strings.Repeat("y", 3000) + "'}]}}}"
	for _, c := range []struct {
		name, resources string
		want            int // line, 0: nothing is told
	}{
		{"a role within", "  R: {Type: AWS::IAM::Role, Properties: {" + trust + ", Policies: " + policies(4000, 4000) + "}}", 0},
		{"a role beyond", "  R: {Type: AWS::IAM::Role, Properties: {" + trust + ", Policies: " + policies(4000, 4000, 4000) + "}}", 3},
		{"a role and a policy of its own", "  R: {Type: AWS::IAM::Role, Properties: {" + trust + ", Policies: " + policies(4000, 4000) + "}}\n" + other, 4},
		{"perhaps a policy of its own", "  R: {Type: AWS::IAM::Role, Properties: {" + trust + ", Policies: " + policies(4000, 4000) + "}}\n" + strings.Replace(other, "{Type", "{Condition: Maybe, Type", 1), 0},
		{"a user within", "  U: {Type: AWS::IAM::User, Properties: {Policies: " + policies(800, 800) + "}}", 0},
		{"a user beyond", "  U: {Type: AWS::IAM::User, Properties: {Policies: " + policies(1000, 1000) + "}}", 3},
		{"a group within", "  G: {Type: AWS::IAM::Group, Properties: {Policies: " + policies(1000, 1000) + "}}", 0},
		{"a group beyond", "  G: {Type: AWS::IAM::Group, Properties: {Policies: " + policies(3000, 3000) + "}}", 3},
	} {
		in := imported(t, "template.yaml", "Resources:\n\n"+c.resources+"\nParameters: {Stage: {Type: String}}\nConditions: {Maybe: !Equals [!Ref Stage, prod]}\n", importers.Options{})
		var lines []int
		for _, d := range in.Diagnostics {
			if d.Rule == "too-large" {
				lines = append(lines, d.Span.Line)
			}
		}
		if want := slices.DeleteFunc([]int{c.want}, func(n int) bool { return n == 0 }); !slices.Equal(lines, want) {
			t.Errorf("%s: told in lines %v, want %v", c.name, lines, want)
		}
	}
}

// A VPC endpoint's policy is checked; that it is not followed is said, unless it is the default.
func TestEndpointPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		props string
		told  bool
	}{
		"none":    {"", false},
		"default": {", PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}]}", false},
		"limits":  {", PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: '*'}]}", true},
	} {
		in := imported(t, "template.yaml", "Resources:\n  E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: v, ServiceName: com.amazonaws.us-east-1.s3"+c.props+"}}\n", importers.Options{})
		if told := slices.ContainsFunc(in.Design.Info().Outside, func(s string) bool { return strings.HasPrefix(s, "VPC endpoint E: ") }); told != c.told {
			t.Errorf("%s: %q", name, in.Design.Info().Outside)
		}
	}
}

// What is told of the corpus's policies has been read, each finding with the template beside it: none is false.
func TestLintCorpus(t *testing.T) {
	var b strings.Builder
	dir := corpus.Dir(t)
	for _, file := range templates(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range open(t, file, importers.Options{}).Diagnostics {
			if d.Rule != "" {
				fmt.Fprintf(&b, "%s:%d: %s: %s at %s\n", filepath.ToSlash(name), d.Span.Line, d.Severity, d.Rule, text[d.Span.Start:d.Span.End])
			}
		}
	}
	compareGolden(t, "testdata/lint-corpus.golden", b.String())
}
