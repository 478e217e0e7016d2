package command_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"bulkhead/internal/corpus"
)

// A mutation is a change of a template as somebody commits it, and what a gate has to say of it.
type mutation struct {
	name string
	want int // exit code: 0 for what is the same or less, 1 for what is more
	// prepare changes the template that is committed, nil not at all; apply the one that is checked. They report whether the
	// template has what they change.
	prepare, apply func(m *mutable) bool
}

// A mutable is a template that is changed node by node; what is written of it keeps the meaning of all else.
type mutable struct {
	t    *testing.T
	root *yaml.Node
}

func readMutable(t *testing.T, data []byte) *mutable {
	t.Helper()
	m := &mutable{t: t, root: &yaml.Node{}}
	if err := yaml.Unmarshal(data, m.root); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *mutable) bytes() []byte {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(4) // not as it was: formatting is nothing
	if err := e.Encode(m.root); err != nil {
		m.t.Fatal(err)
	}
	return b.Bytes()
}

// in is a value of nested mappings, nil where there is none.
func in(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var found *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				found = n.Content[i+1]
			}
		}
		n = found
	}
	return n
}

func (m *mutable) top() *yaml.Node { return m.root.Content[0] }

// node is a value as it is written.
func (m *mutable) node(text string) *yaml.Node {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		m.t.Fatal(err)
	}
	return n.Content[0]
}

// put sets a key of a mapping, or takes it out where text is "".
func (m *mutable) put(n *yaml.Node, key, text string) bool {
	if n == nil || n.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		if text == "" {
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
		} else {
			n.Content[i+1] = m.node(text)
		}
		return true
	}
	if text != "" {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, m.node(text))
	}
	return text != ""
}

func (m *mutable) resource(name, text string) bool {
	return m.put(in(m.top(), "Resources"), name, text)
}

// first is the first resource of a type, with its name.
func (m *mutable) first(typ string) (string, *yaml.Node) {
	rs := in(m.top(), "Resources")
	for i := 0; i+1 < len(rs.Content); i += 2 {
		if t := in(rs.Content[i+1], "Type"); t != nil && t.Value == typ {
			return rs.Content[i].Value, in(rs.Content[i+1], "Properties")
		}
	}
	return "", nil
}

// statement is the first Allow of actions on resources without a condition, and the list that it stands in.
func (m *mutable) statement() (list, statement *yaml.Node) {
	return m.find(func(s *yaml.Node) bool { return in(s, "Condition") == nil })
}

// find is the first Allow of actions on resources that is as it should be, and the list that it stands in.
func (m *mutable) find(ok func(s *yaml.Node) bool) (list, statement *yaml.Node) {
	rs := in(m.top(), "Resources")
	for i := 1; i < len(rs.Content); i += 2 {
		policies := in(rs.Content[i], "Properties", "Policies")
		if policies == nil || policies.Kind != yaml.SequenceNode {
			continue
		}
		for _, p := range policies.Content {
			list := in(p, "PolicyDocument", "Statement")
			if list == nil {
				list = in(p, "Statement")
			}
			if list == nil || list.Kind != yaml.SequenceNode {
				continue
			}
			for _, s := range list.Content {
				if e := in(s, "Effect"); e != nil && e.Value == "Allow" && in(s, "Action") != nil && in(s, "Resource") != nil && ok(s) {
					return list, s
				}
			}
		}
	}
	return nil, nil
}

// change sets a key of the first statement.
func change(key, text string) func(*mutable) bool {
	return func(m *mutable) bool {
		_, s := m.statement()
		return m.put(s, key, text)
	}
}

func ofRole(does func(m *mutable, role *yaml.Node) bool) func(*mutable) bool {
	return func(m *mutable) bool {
		_, role := m.first("AWS::IAM::Role")
		return role != nil && does(m, role)
	}
}

const wideRole = `{Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}, ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]}}`

var mutations = []mutation{
	{"written anew", 0, nil, func(*mutable) bool { return true }},
	{"in braces", 0, nil, func(m *mutable) bool { m.top().Style = yaml.FlowStyle; return true }},
	{"resources the other way round", 0, nil, func(m *mutable) bool {
		rs := in(m.top(), "Resources")
		var turned []*yaml.Node
		for i := len(rs.Content) - 2; i >= 0; i -= 2 {
			turned = append(turned, rs.Content[i], rs.Content[i+1])
		}
		rs.Content = turned
		return true
	}},
	{"statements the other way round", 0, nil, func(m *mutable) bool {
		list, _ := m.statement()
		if list == nil {
			return false
		}
		for i, j := 0, len(list.Content)-1; i < j; i, j = i+1, j-1 {
			list.Content[i], list.Content[j] = list.Content[j], list.Content[i]
		}
		return true
	}},
	{"a Sid", 0, nil, change("Sid", "Another")},
	{"actions in capitals", 0, nil, func(m *mutable) bool {
		_, s := m.statement()
		if s == nil {
			return false
		}
		a := in(s, "Action")
		for _, x := range append([]*yaml.Node{a}, a.Content...) {
			x.Value = strings.ToUpper(x.Value)
		}
		return true
	}},
	{"a statement in two", 0, nil, func(m *mutable) bool {
		list, s := m.find(func(s *yaml.Node) bool { return len(in(s, "Action").Content) > 1 })
		if s == nil {
			return false
		}
		b, a := *s, in(s, "Action")
		rest := *a
		rest.Content = a.Content[1:]
		b.Content = nil
		for i := 0; i+1 < len(s.Content); i += 2 {
			switch s.Content[i].Value {
			case "Sid":
			case "Action":
				b.Content = append(b.Content, s.Content[i], &rest)
			default:
				b.Content = append(b.Content, s.Content[i], s.Content[i+1])
			}
		}
		a.Content = a.Content[:1:1]
		list.Content = append(list.Content, &b)
		return true
	}},
	{"dry resources", 0, nil, func(m *mutable) bool {
		return m.resource("DryBucket", `{Type: "AWS::S3::Bucket"}`) && m.resource("DryTopic", `{Type: "AWS::SNS::Topic"}`)
	}},
	{"a condition more", 0, nil, change("Condition", `{StringEquals: {"aws:SourceVpc": vpc-1}}`)},
	{"a condition gone", 1, change("Condition", `{StringEquals: {"aws:SourceVpc": vpc-1}}`), func(m *mutable) bool {
		_, s := m.find(func(s *yaml.Node) bool { return in(s, "Condition", "StringEquals", "aws:SourceVpc") != nil })
		return m.put(s, "Condition", "")
	}},
	{"all but one action", 1, nil, func(m *mutable) bool {
		_, s := m.statement()
		return m.put(s, "NotAction", `"iam:PassRole"`) && m.put(s, "Action", "")
	}},
	{"an action more", 1, nil, func(m *mutable) bool {
		list, _ := m.statement()
		if list == nil {
			return false
		}
		list.Content = append(list.Content, m.node(`{Effect: Allow, Action: "iam:CreateAccessKey", Resource: "*"}`))
		return true
	}},
	{"a parameter that is all", 1, func(m *mutable) bool {
		_, s := m.statement()
		if in(m.top(), "Parameters") == nil {
			m.put(m.top(), "Parameters", "{}")
		}
		return m.put(in(m.top(), "Parameters"), "Which", `{Type: String, Default: one}`) && m.put(s, "Action", `"s3:GetObject"`) && m.put(s, "Resource", `!Sub "arn:aws:s3:::${Which}/*"`)
	}, func(m *mutable) bool { return m.put(in(m.top(), "Parameters", "Which"), "Default", `"*"`) }},
	{"an administrator", 1, nil, ofRole(func(m *mutable, role *yaml.Node) bool {
		return m.put(role, "ManagedPolicyArns", `["arn:aws:iam::aws:policy/AdministratorAccess"]`)
	})},
	{"trust of another account", 1, nil, ofRole(func(m *mutable, role *yaml.Node) bool {
		list := in(role, "AssumeRolePolicyDocument", "Statement")
		if list == nil || list.Kind != yaml.SequenceNode {
			return false
		}
		list.Content = append(list.Content, m.node(`{Effect: Allow, Principal: {AWS: "arn:aws:iam::999988887777:root"}, Action: "sts:AssumeRole"}`))
		return true
	})},
	{"a boundary gone", 1, ofRole(func(m *mutable, role *yaml.Node) bool {
		return m.resource("Wall", `{Type: "AWS::IAM::ManagedPolicy", Properties: {PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "logs:*", Resource: "*"}]}}}`) && m.put(role, "PermissionsBoundary", "!Ref Wall")
	}), ofRole(func(m *mutable, role *yaml.Node) bool { return m.put(role, "PermissionsBoundary", "") })},
	{"a denial gone", 1, func(m *mutable) bool {
		list, _ := m.statement()
		if list == nil {
			return false
		}
		list.Content = append(list.Content, m.node(`{Sid: Never, Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}`))
		return true
	}, func(m *mutable) bool {
		list, _ := m.statement()
		if list == nil {
			return false
		}
		list.Content = list.Content[:len(list.Content)-1]
		return true
	}},
	{"a function with a wide role, among dry buckets", 1, nil, func(m *mutable) bool {
		for _, n := range []string{"DryA", "DryB", "DryC"} {
			m.resource(n, `{Type: "AWS::S3::Bucket"}`)
		}
		return m.resource("WideRole", wideRole) && m.resource("WideFunction", `{Type: "AWS::Lambda::Function", Properties: {Runtime: python3.12, Handler: a.b, Code: {ZipFile: x}, Role: !GetAtt WideRole.Arn}}`)
	}},
	{"a function with another role", 1, func(m *mutable) bool { return m.resource("WideRole", wideRole) }, func(m *mutable) bool {
		_, f := m.first("AWS::Serverless::Function")
		m.put(f, "Policies", "")
		return m.put(f, "Role", "!GetAtt WideRole.Arn")
	}},
	{"a route for anybody", 1, nil, func(m *mutable) bool {
		_, f := m.first("AWS::Serverless::Function")
		if f == nil {
			return false
		}
		if in(f, "Events") == nil {
			m.put(f, "Events", "{}")
		}
		return m.put(in(f, "Events"), "Another", `{Type: HttpApi, Properties: {Path: /another, Method: get}}`)
	}},
	{"a function open to an account", 1, nil, func(m *mutable) bool {
		name, _ := m.first("AWS::Serverless::Function")
		if name == "" {
			name, _ = m.first("AWS::Lambda::Function")
		}
		return name != "" && m.resource("Open", `{Type: "AWS::Lambda::Permission", Properties: {Action: "lambda:InvokeFunction", Principal: "999988887777", FunctionName: !Ref `+name+`}}`)
	}},
}

// TestMutations commits templates of the corpus, changes them as people do, and asks the gate: what is the same or less passes,
// and nothing that is more does. BULKHEAD_MUTATIONS=all tries each change on each template; else each is tried on one.
func TestMutations(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOTICE: skipped, there is no git")
	}
	root := filepath.Join(corpus.Dir(t), "templates")
	var files []string
	for _, name := range []string{
		"sam/aws-samples__serverless-patterns/sfn-log-export/template.yaml",
		"sam/aws-samples__serverless-patterns/lambda-esm-sqs-filters-sam/template.yaml",
		"cfn/aws-samples__serverless-patterns/strands-agentcore-lambda/infrastructure/cloudformation-template.yaml",
	} {
		files = append(files, filepath.Join(root, name))
	}
	if os.Getenv("BULKHEAD_MUTATIONS") == "all" {
		files = templates(t)
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	git("init", "-q")
	file := filepath.Join(dir, "template.yaml")
	for _, x := range mutations {
		tried := 0
		for _, from := range files {
			data, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			m := readMutable(t, data)
			if x.prepare != nil && !x.prepare(m) {
				continue
			}
			before := data
			if x.prepare != nil {
				before = m.bytes()
			}
			if !x.apply(m) {
				continue
			}
			tried++
			for _, content := range [][]byte{before, m.bytes()} {
				if err := os.WriteFile(file, content, 0o600); err != nil {
					t.Fatal(err)
				}
				if bytes.Equal(content, before) {
					git("add", ".")
					git("commit", "-q", "--allow-empty", "-m", "as it was")
				}
			}
			r := run(t, "check", file, "--against-git", "HEAD")
			if r.code != x.want && (x.want == 0 || r.code != 3) {
				t.Errorf("%s of %s: exit %d, want %d\n%s%s", x.name, filepath.Base(filepath.Dir(from)), r.code, x.want, r.out, r.err)
			}
			if os.Getenv("BULKHEAD_MUTATIONS") != "all" {
				break
			}
		}
		if tried == 0 {
			t.Errorf("%s: no template has what it changes", x.name)
		}
	}
}
