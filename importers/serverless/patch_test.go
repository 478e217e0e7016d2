package serverless

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// services lists the services of the corpus, the goldens' among them.
func services(t *testing.T) map[string]*importers.Import {
	t.Helper()
	out := map[string]*importers.Import{}
	for _, dir := range []string{"sls-golden", filepath.Join("templates", "sls")} {
		err := filepath.WalkDir(filepath.Join(corpus.Dir(t), dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if name := d.Name(); name == "serverless.yml" || name == "funcs-with-iam.json" {
				rel, err := filepath.Rel(corpus.Dir(t), path)
				if err != nil {
					return err
				}
				out[rel] = importFile(t, []importers.Source{New()}, rel, importers.Options{})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 20 {
		t.Fatalf("%d services", len(out))
	}
	return out
}

// proven patches and proves a design, and returns the new files. A refusal has to name a place.
func proven(t *testing.T, name string, in *importers.Import, after *model.Design) (source.Files, error) {
	t.Helper()
	edits, err := in.Source.(importers.Patcher).Patch(in, after)
	if err != nil {
		if !hasPlace.MatchString(err.Error()) {
			t.Errorf("%s: refused without a place: %v", name, err)
		}
		return nil, err
	}
	if len(edits) == 0 {
		t.Errorf("%s: nothing was changed", name)
	}
	files, err := importers.Prove(context.Background(), in, after, edits)
	if err != nil {
		wrong, _ := in.Files.Apply(edits)
		t.Errorf("%s: %v\n%s", name, err, importers.UnifiedDiff(in.Files, wrong))
		return nil, err
	}
	return files, nil
}

var hasPlace = regexp.MustCompile(`^[^ ]+:\d+: `)

// wroteStatements lists the statements of a design that stand in its source as statements.
func wroteStatements(in *importers.Import, f func(p *model.Policy, i int, st *policy.Statement)) {
	seen := map[source.Span]bool{}
	for _, p := range in.Design.Policies() {
		if p.Document == nil {
			continue
		}
		for i, st := range p.Document.Statements {
			text := ""
			if !st.Span.IsZero() && in.Files[st.Span.File] != nil {
				text = string(in.Files[st.Span.File][st.Span.Start:st.Span.End])
			}
			root, _, err := yamlpos.Parse("", []byte(strings.Repeat(" ", max(st.Span.Column-1, 0))+text+"\n"))
			if seen[st.Span] || err != nil || root.Get("Effect") == nil {
				continue
			}
			seen[st.Span] = true
			f(p, i, st)
		}
	}
}

func withStatements(t *testing.T, d *model.Design, p *model.Policy, statements ...*policy.Statement) *model.Design {
	t.Helper()
	doc, n := *p.Document, *p
	doc.Statements = statements
	n.Document = &doc
	after, err := d.With(model.Change{Before: p, After: &n})
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// TestSpansOfServices: every place of a design, replaced by its own bytes, changes nothing, and what was written stands
// where the design says it does.
func TestSpansOfServices(t *testing.T) {
	for name, in := range services(t) {
		for _, e := range in.Design.Elements() {
			at := e.Place()
			if at.IsZero() {
				continue
			}
			files, err := in.Files.Apply([]source.Edit{{Span: at, New: string(in.Files[at.File][at.Start:at.End])}})
			if err != nil || string(files[at.File]) != string(in.Files[at.File]) {
				t.Errorf("%s: %s: %v", name, at, err)
			}
			if f, ok := e.(*model.Function); ok {
				text := string(in.Files[at.File][at.Start:at.End])
				if key := strings.Trim(text[:strings.IndexByte(text, ':')], `"' `); key != f.LogicalID {
					t.Errorf("%s: function %s stands at %q", name, f.LogicalID, key)
				}
			}
		}
	}
}

// TestStatementsOfServicesPrintAsTheyStand: a statement that is doubled is printed once more in its own bytes, and nothing
// else is touched.
func TestStatementsOfServicesPrintAsTheyStand(t *testing.T) {
	n := 0
	for name, in := range services(t) {
		wroteStatements(in, func(p *model.Policy, i int, st *policy.Statement) {
			again := *st
			list := slices.Insert(slices.Clone(p.Document.Statements), i+1, &again)
			after := withStatements(t, in.Design, p, list...)
			edits, err := in.Source.(importers.Patcher).Patch(in, after)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			if _, err := importers.Prove(context.Background(), in, after, edits); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want := strings.TrimSpace(string(in.Files[st.Span.File][st.Span.Start:st.Span.End]))
			if len(edits) != 1 || edits[0].Span.Start != edits[0].Span.End {
				t.Errorf("%s: more than the new statement is touched: %v", name, edits)
				return
			}
			if got := strings.Trim(strings.TrimSpace(edits[0].New), "-, \n"); got != strings.Trim(want, "-, \n") && !strings.Contains(want, "#") {
				t.Errorf("%s: printed again it is\n%s\nnot\n%s", name, got, want)
			}
			n++
		})
	}
	if n < 15 {
		t.Errorf("only %d statements", n)
	}
}

// TestTightenServices tightens every statement that the user wrote in several ways.
func TestTightenServices(t *testing.T) {
	done := 0
	for name, in := range services(t) {
		wroteStatements(in, func(p *model.Policy, i int, st *policy.Statement) {
			for _, change := range []func(*policy.Statement) *policy.Statement{
				func(s *policy.Statement) *policy.Statement {
					n := *s
					n.Actions = s.Actions[:1]
					return &n
				},
				func(s *policy.Statement) *policy.Statement {
					n := *s
					n.Resources = []string{"arn:aws:s3:::narrow/*"}
					return &n
				},
				func(s *policy.Statement) *policy.Statement {
					n := *s
					n.Conditions = []policy.Condition{{Operator: "StringEqualsIfExists", Key: "aws:RequestedRegion", Values: []string{"eu-west-1"}}}
					return &n
				},
				func(*policy.Statement) *policy.Statement { return nil },
			} {
				list := slices.Clone(p.Document.Statements)
				if to := change(st); to == nil {
					list = slices.Delete(list, i, i+1)
				} else if to.Equal(st) {
					continue
				} else {
					list[i] = to
				}
				files, err := proven(t, name, in, withStatements(t, in.Design, p, list...))
				if err != nil {
					t.Errorf("%s: %s: %v", name, st.Span, err)
					continue
				}
				for file := range files {
					if file != st.Span.File && string(files[file]) != string(in.Files[file]) {
						t.Errorf("%s: %s was touched", name, file)
					}
				}
				done++
			}
		})
	}
	if done < 60 {
		t.Errorf("only %d tightenings", done)
	}
}

// TestMadeStatementsStay: what the framework adds to a role by itself cannot be taken out of the file, which is said.
func TestMadeStatementsStay(t *testing.T) {
	for name, in := range services(t) {
		for _, p := range in.Design.Policies() {
			if p.Document == nil || len(p.Document.Statements) == 0 || p.Managed || !strings.Contains(string(p.ID), executionRole) {
				continue
			}
			_, err := proven(t, name, in, withStatements(t, in.Design, p, p.Document.Statements[1:]...))
			if err == nil || !strings.Contains(err.Error(), "the framework itself makes this statement (logs:CreateLogStream)") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestSplitServices splits every function in two, with its triggers shared out, with and without a part that stays.
func TestSplitServices(t *testing.T) {
	done, refused := 0, 0
	for name, in := range services(t) {
		for _, f := range in.Design.Functions() {
			for _, keeps := range []bool{true, false} {
				s := halves(in.Design, f, keeps)
				r, err := s.Apply(in.Design)
				if err != nil {
					t.Logf("%s: %s: %v", name, f.ID, err)
					continue
				}
				files, err := proven(t, name+" "+string(f.ID), in, r.Design)
				if err != nil {
					refused++
					t.Logf("%s: %s: %v", name, f.ID, err)
					continue
				}
				done++
				if os.Getenv("SHOW") != "" {
					t.Logf("%s\n%s", name, importers.UnifiedDiff(in.Files, files))
				}
			}
		}
	}
	t.Logf("%d splits proven, %d refused", done, refused)
	if done < 60 {
		t.Errorf("only %d splits", done)
	}
}

// halves splits a function into two: the first half of its triggers, variables and statements goes to a new part.
func halves(d *model.Design, f *model.Function, keeps bool) *edit.Split {
	first, second := edit.Part{Name: f.LogicalID + "First", Handler: "first.handler"}, edit.Part{Name: f.LogicalID, Keeps: keeps}
	s := &edit.Split{Function: f.ID, Confirm: true}
	if !keeps {
		second = edit.Part{Name: f.LogicalID + "Second", Handler: "second.handler"}
		s.Repoint = second.Name
	}
	half := func(i, n int) *edit.Part {
		if i < (n+1)/2 {
			return &first
		}
		return &second
	}
	ts := d.TriggersOf(f.ID)
	for i, t := range ts {
		p := half(i, len(ts))
		p.Triggers = append(p.Triggers, string(t.ID))
	}
	for i, v := range f.Environment {
		half(i, len(f.Environment)).Environment = append(half(i, len(f.Environment)).Environment, v.Name)
	}
	var grants []edit.Access
	for _, id := range d.Role(f.Role).Policies {
		if p := d.Policy(id); p.Document != nil && !p.Managed {
			for _, st := range p.Document.Statements {
				if st.Effect == policy.Allow && len(st.Resources) > 0 {
					grants = append(grants, edit.Access{Actions: st.Actions, Resources: st.Resources[:1]})
				}
			}
		}
	}
	for i, g := range grants {
		p := half(i, len(grants))
		p.Grants = append(p.Grants, g)
	}
	s.Parts = []edit.Part{first, second}
	return s
}

// TestDeclaredAsIndexed: the corpus says how many functions, roles and resources each service declares. A design has what
// the framework makes of them besides: log groups, the execution role, the deployment bucket, APIs.
func TestDeclaredAsIndexed(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(corpus.Dir(t), "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) < 7 || f[1] != "sls" {
			continue
		}
		n++
		file := filepath.Join(corpus.Dir(t), f[0])
		s, err := open(os.DirFS(filepath.Dir(file)), filepath.Base(file), importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tree := s.compile()
		functions, roles, resources := 0, 0, 0
		for _, m := range tree.Made {
			if m.Name != "" {
				functions++
			}
		}
		for _, section := range tree.Written {
			for _, p := range section.Effective() {
				if words(get(p.Value, "Type")) == "AWS::IAM::Role" {
					roles++
				}
				resources++
			}
		}
		if got := []string{strconv.Itoa(functions), strconv.Itoa(roles), strconv.Itoa(resources)}; !slices.Equal(got, f[4:7]) {
			t.Errorf("%s declares %v, not %v", f[0], got, f[4:7])
		}
	}
	if n < 7 {
		t.Errorf("only %d services", n)
	}
}

// perFunctionService has functions with roles of their own, by the plugin.
const perFunctionService = `service: s
plugins:
  - serverless-iam-roles-per-function
provider:
  name: aws
functions:
  one:
    handler: h.one
    iamRoleStatements:
      - Effect: Allow # mail
        Action:
          - sns:Publish
          - sns:Subscribe
          - sns:ListTopics
        Resource: '*'
      - Effect: Allow
        Action: s3:GetObject
        Resource: arn:aws:s3:::b/*
    events:
      - httpApi: GET /a # first
      - sqs: arn:aws:sqs:us-east-1:123456789012:q
  two:
    handler: h.two
    events:
      - httpApi: GET /b
resources:
  Resources:
    Bucket:
      Type: AWS::S3::Bucket
    BucketPolicy:
      Type: AWS::S3::BucketPolicy
      Properties:
        Bucket: !Ref Bucket
        PolicyDocument:
          Statement:
            - Effect: Allow
              Principal: { AWS: !GetAtt IamRoleLambdaExecution.Arn }
              Action: [s3:GetObject, s3:PutObject, s3:DeleteObject]
              Resource: !Sub '${Bucket.Arn}/*'
`

// TestOwnStatementsArePatched changes statements of a function's own, a resource's policy, and moves an event.
func TestOwnStatementsArePatched(t *testing.T) {
	in := importFolder(t, map[string]string{"serverless.yml": perFunctionService}, importers.Options{})
	d := in.Design
	var p *model.Policy
	i := 0
	wroteStatements(in, func(q *model.Policy, at int, st *policy.Statement) {
		if len(st.Actions) == 3 && st.Actions[0] == "sns:Publish" {
			p, i = q, at
		}
	})
	if p == nil || !strings.HasPrefix(string(p.ID), "policy/OneIamRoleLambdaExecution/") {
		t.Fatalf("policy %+v", p)
	}
	n := *p.Document.Statements[i]
	n.Actions = n.Actions[:2]
	list := slices.Clone(p.Document.Statements)
	list[i] = &n
	check := func(what string, after *model.Design, old, now string) {
		t.Helper()
		files, err := proven(t, what, in, after)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		if want := strings.Replace(perFunctionService, old, now, 1); string(files["serverless.yml"]) != want {
			t.Errorf("%s: %s", what, importers.UnifiedDiff(in.Files, files))
		}
	}
	check("tighten", withStatements(t, d, p, list...), "          - sns:Subscribe\n          - sns:ListTopics\n", "          - sns:Subscribe\n")
	check("drop", withStatements(t, d, p, slices.Delete(slices.Clone(p.Document.Statements), i+1, i+2)...), "      - Effect: Allow\n        Action: s3:GetObject\n        Resource: arn:aws:s3:::b/*\n", "")

	bucket := d.Resource("res/Bucket")
	doc, st := *bucket.Policy, *bucket.Policy.Statements[0]
	st.Actions = st.Actions[:2]
	doc.Statements = []*policy.Statement{&st}
	b := *bucket
	b.Policy = &doc
	after, err := d.With(model.Change{Before: bucket, After: &b})
	if err != nil {
		t.Fatal(err)
	}
	check("resource policy", after, "[s3:GetObject, s3:PutObject, s3:DeleteObject]", "[s3:GetObject, s3:PutObject]")

	move := &edit.MoveTrigger{Trigger: "trigger/one/GET%20/a", To: "fn/two"}
	r, err := move.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	files, err := proven(t, "move", in, r.Design)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(perFunctionService, "      - httpApi: GET /a # first\n", "", 1)
	want = strings.Replace(want, "      - httpApi: GET /b\n", "      - httpApi: GET /b\n      - httpApi: GET /a\n", 1)
	if string(files["serverless.yml"]) != want {
		t.Errorf("move: %s", importers.UnifiedDiff(in.Files, files))
	}

	r, err = halves(d, d.Function("fn/one"), true).Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	files, err = proven(t, "split", in, r.Design)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(files["serverless.yml"]); strings.Contains(text, "iamRoleStatements:") || !strings.Contains(text, "role: OneRole") || !strings.Contains(text, "role: OneFirstRole") {
		t.Errorf("split: %s", importers.UnifiedDiff(in.Files, files))
	}
	if os.Getenv("SHOW") != "" {
		t.Log(importers.UnifiedDiff(in.Files, files))
	}
}

// TestSplitKeepsNames: what the framework would name otherwise once an event goes to another function is refused, with its
// place and what to do; what has a name of its own goes.
func TestSplitKeepsNames(t *testing.T) {
	for _, c := range []struct{ events, more, want string }{
		{"[{eventBridge: {pattern: {source: [a]}}}, {http: 'GET a'}]", "", "give it a name first"},
		{"[{http: 'GET a'}, {eventBridge: {pattern: {source: [a]}}}]", "", "give it a name first"}, // its place changes
		{"[{schedule: rate(1 hour)}, {schedule: rate(1 day)}]", "", "give it a name first"},
		{"[{schedule: {rate: [rate(1 hour)], name: hourly}}, {schedule: {rate: [rate(1 day)], name: daily}}]", "", ""},
		{"[{schedule: rate(1 hour)}, {http: 'GET a'}]", "", ""},
		{"[{alb: {listenerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/lb/50dc/0467', priority: 1, conditions: {path: /}}}, {http: 'GET a'}]", "", "give it a targetGroupName first"},
		{"[{s3: {bucket: there, existing: true}}, {http: 'GET a'}]", "", "by hand"},
		{"[{schedule: {rate: [rate(1 hour)], method: scheduler}}, {http: 'GET a'}]", "", "the framework itself makes this statement"},
		{"[{http: 'GET a'}, {http: 'GET b'}]\n    destinations: {onFailure: 'arn:aws:sqs:us-east-1:123456789012:q'}", "", "a second one would change a role"},
		{"[{http: 'GET a'}, {http: 'GET b'}]", "resources: {extensions: {FLambdaFunction: {Properties: {MemorySize: 128}}}}\n", "resources say more of f"},
		{"[{http: {path: a, method: get, authorizer: fox}}, {http: {path: b, method: get, authorizer: fox}}]", "", ""}, // whose ids begin with the function's
	} {
		in := importFolder(t, map[string]string{"serverless.yml": "service: s\nprovider: {name: aws}\nfunctions:\n  other: {handler: h}\n  fox: {handler: h}\n  f:\n    handler: h\n    events: " + c.events + "\n" + c.more}, importers.Options{})
		r, err := halves(in.Design, in.Design.Function("fn/f"), false).Apply(in.Design)
		if err != nil {
			t.Fatalf("%s: %v", c.events, err)
		}
		_, err = proven(t, c.events, in, r.Design)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.events, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "serverless.yml:") || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want a place and %q", c.events, err, c.want)
		}
	}
}
