package command_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	t    testing.TB
	root *yaml.Node
}

func readMutable(t testing.TB, data []byte) *mutable {
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
		if in(f, "Events") != nil {
			return false // it may be open as it is
		}
		m.put(f, "Events", "{}")
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

// A judge keeps a repository, commits a project as it was, and asks the gate about it as it is.
type judge struct {
	t   *testing.T
	dir string
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOTICE: skipped, there is no git")
	}
	j := &judge{t, filepath.Join(t.TempDir(), "shop")}
	if err := os.Mkdir(j.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	j.git("init", "-q")
	return j
}

func (j *judge) git(args ...string) {
	j.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", j.dir, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		j.t.Fatalf("git %v: %v: %s", args, err, out)
	}
}

// put writes a project's files in the place of what was there.
func (j *judge) put(files map[string][]byte) {
	j.t.Helper()
	old, err := os.ReadDir(j.dir)
	if err != nil {
		j.t.Fatal(err)
	}
	for _, e := range old {
		if e.Name() != ".git" {
			if err := os.RemoveAll(filepath.Join(j.dir, e.Name())); err != nil {
				j.t.Fatal(err)
			}
		}
	}
	for name, data := range files {
		file := filepath.Join(j.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			j.t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			j.t.Fatal(err)
		}
	}
}

// check is what the gate says of a project that was another; what names the file or folder that is checked.
func (j *judge) check(before, after map[string][]byte, what string) result {
	j.t.Helper()
	j.put(before)
	j.git("add", ".")
	j.git("commit", "-q", "--allow-empty", "-m", "as it was")
	j.put(after)
	return run(j.t, "check", filepath.Join(j.dir, what), "--against-git", "HEAD")
}

// hold is check against files instead of a repository, which takes less time.
func (j *judge) hold(before, after map[string][]byte, what string) result {
	j.t.Helper()
	at := j.dir
	defer func() { j.dir = at }()
	j.dir = filepath.Join(filepath.Dir(at), "before", "shop")
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		j.t.Fatal(err)
	}
	j.put(before)
	base := filepath.Join(j.dir, what)
	j.dir = at
	j.put(after)
	return run(j.t, "check", filepath.Join(j.dir, what), "--baseline", base)
}

// wants reports what an exit code is that should be another: what is more may be undecided, what is the same may not.
func wants(r result, want int) bool { return r.code == want || want == 1 && r.code == 3 }

// all reports whether each change is to be tried on each project of the corpus; else each is tried on one.
func all() bool { return os.Getenv("BULKHEAD_MUTATIONS") == "all" }

// TestMutations commits templates of the corpus, changes them as people do, and asks the gate: what is the same or less passes,
// and nothing that is more does. BULKHEAD_MUTATIONS=all tries each change on each template.
func TestMutations(t *testing.T) {
	root := filepath.Join(corpus.Dir(t), "templates")
	var files []string
	for _, name := range []string{
		"sam/aws-samples__serverless-patterns/sfn-log-export/template.yaml",
		"sam/aws-samples__serverless-patterns/lambda-esm-sqs-filters-sam/template.yaml",
		"cfn/aws-samples__serverless-patterns/strands-agentcore-lambda/infrastructure/cloudformation-template.yaml",
	} {
		files = append(files, filepath.Join(root, name))
	}
	if all() {
		files = templates(t)
	}
	j := newJudge(t)
	for _, x := range mutations {
		tried := 0
		for _, from := range files {
			data, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			m := readMutable(t, data)
			if in(m.top(), "Resources") == nil || x.prepare != nil && !x.prepare(m) {
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
			r := j.check(map[string][]byte{"template.yaml": before}, map[string][]byte{"template.yaml": m.bytes()}, "template.yaml")
			if !wants(r, x.want) && !(x.want == 0 && r.code == 1 && onlyAbout(r.out, adds[x.name])) {
				t.Errorf("%s of %s: exit %d, want %d\n%s%s", x.name, filepath.Base(filepath.Dir(from)), r.code, x.want, r.out, r.err)
			}
			if !all() {
				break
			}
		}
		t.Logf("%-40s %3d times, exit %d", x.name, tried, x.want)
		if tried == 0 {
			t.Errorf("%s: no template has what it changes", x.name)
		}
	}
}

// with is the template with more resources.
func (m *mutable) with(resources string) *mutable {
	more, rs := m.node(resources), in(m.top(), "Resources")
	rs.Content = append(rs.Content, more.Content...)
	return m
}

// TestTurns is TestMutations with changes of words, each tried both ways, on what is put into templates.
func TestTurns(t *testing.T) {
	files := templates(t)
	j := newJudge(t)
	tried := map[int]int{}
	for i, x := range turns {
		t.Run(strings.ReplaceAll(x.name, " ", "-"), func(t *testing.T) {
			if strings.Count(guinea, x.from) != 1 {
				t.Fatalf("its words are in the source %d times", strings.Count(guinea, x.from))
			}
			some := files
			if !all() {
				some = files[i%len(files):][:1]
			}
			for _, from := range some {
				data, err := os.ReadFile(from)
				if err != nil {
					t.Fatal(err)
				}
				if in(readMutable(t, data).top(), "Resources") == nil {
					continue
				}
				one := map[string][]byte{"template.yaml": readMutable(t, data).with(guinea).bytes()}
				two := map[string][]byte{"template.yaml": readMutable(t, data).with(strings.Replace(guinea, x.from, x.to, 1)).bytes()}
				for _, way := range []struct {
					name          string
					before, after map[string][]byte
					want          int
				}{{"there", one, two, x.want}, {"and back", two, one, 0}} {
					if oneWay[x.name] && way.want == 0 {
						continue
					}
					ask := j.hold
					if all() {
						ask = j.check
					}
					tried[way.want]++
					r := ask(way.before, way.after, "template.yaml")
					if !wants(r, way.want) && !(way.want == 0 && r.code == 1 && onlyAbout(r.out, adds[x.name])) {
						t.Errorf("%s, in %s: exit %d, want %d\n%s%s", way.name, filepath.Base(filepath.Dir(from)), r.code, way.want, r.out, r.err)
					}
				}
			}
		})
	}
	t.Logf("%d that are more, %d that are the same or less", tried[1], tried[0])
}

// adds are words in the ids of what turns add: that somebody who reached everything reaches it as well is right to tell.
var adds = map[string]string{"a function with nothing to do": "/GuineaIdle", "dry things": "/Guinea", "dry resources": "/Dry"}

// onlyAbout reports whether all findings of a text have a word in their ids.
func onlyAbout(text, word string) bool {
	ids := regexp.MustCompile(`(?m)^ +id: (.*)$`).FindAllStringSubmatch(text, -1)
	return word != "" && len(ids) > 0 && !slices.ContainsFunc(ids, func(id []string) bool { return !strings.HasPrefix(id[1], "hit ") || !strings.Contains(id[1], word) })
}
