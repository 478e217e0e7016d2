package review_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/model/review"
	"bulkhead/model/source"
)

// templates imports the corpus's SAM, CloudFormation and CDK templates, those with roles.
func templates(t *testing.T) map[string]*model.Design {
	t.Helper()
	root := corpus.Dir(t)
	out := map[string]*model.Design{}
	for _, kind := range []string{"sam", "cfn", "cdk"} {
		err := filepath.WalkDir(filepath.Join(root, "templates", kind), func(p string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			in, err := importers.Open(context.Background(), cfn.Sources(), p, importers.Options{StackName: "app"})
			if err == nil && len(in.Design.Roles()) > 0 {
				out[strings.TrimPrefix(p, root)] = in.Design
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 10 {
		t.Fatalf("%d templates with roles", len(out))
	}
	return out
}

// inOrder goes through templates by name: what fails, fails again.
func inOrder(m map[string]*model.Design) iter.Seq2[string, *model.Design] {
	return func(yield func(string, *model.Design) bool) {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}

func analyze(t *testing.T, d *model.Design) *reach.Analysis {
	t.Helper()
	a, err := reach.Analyze(context.Background(), d, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// rewritten is a design with every policy's statements put through f, which may return nil for "no statement".
func rewritten(t *testing.T, d *model.Design, f func(*model.Policy, []*policy.Statement) []*policy.Statement) *model.Design {
	t.Helper()
	var changes []model.Change
	for _, p := range d.Policies() {
		if p.Document == nil {
			continue
		}
		n, doc := *p, *p.Document
		doc.Statements = f(p, slices.Clone(doc.Statements))
		n.Document = &doc
		changes = append(changes, model.Change{Before: p, After: &n})
	}
	out, err := d.With(changes...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func list(fs []review.Finding) string {
	var b strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&b, "\n  %s: %s %v (undecided %q)", f.ID, f.Says, f.Why, f.Undecided)
	}
	return b.String()
}

// TestNeutral: what says the same in other words, order and places is no finding.
func TestNeutral(t *testing.T) {
	for name, d := range inOrder(templates(t)) {
		rng := rand.New(rand.NewPCG(1, uint64(len(name))))
		before := analyze(t, d)
		after := rewritten(t, d, func(_ *model.Policy, ss []*policy.Statement) []*policy.Statement {
			for i, s := range ss {
				n := *s
				n.Sid = fmt.Sprintf("Renamed%d", i)
				n.Span = source.Span{File: s.Span.File, Start: s.Span.Start + 100, End: s.Span.End + 100, Line: s.Span.Line + 7}
				n.Actions, n.Resources = slices.Clone(n.Actions), slices.Clone(n.Resources)
				slices.Reverse(n.Actions)
				slices.Reverse(n.Resources)
				for k := range n.Actions {
					n.Actions[k] = strings.ToUpper(n.Actions[k][:1]) + n.Actions[k][1:]
				}
				ss[i] = &n
			}
			rng.Shuffle(len(ss), func(i, j int) { ss[i], ss[j] = ss[j], ss[i] })
			return ss
		})
		elements := slices.Clone(after.Elements())
		rng.Shuffle(len(elements), func(i, j int) { elements[i], elements[j] = elements[j], elements[i] })
		moved, err := model.New(after.Info(), elements...)
		if err != nil {
			t.Fatal(err)
		}
		if r := review.Compare(before, analyze(t, moved)); len(r.Findings) > 0 || len(r.Better) > 0 {
			t.Errorf("%s: found%s %v", name, list(r.Findings), r.Better)
		}
	}
}

// TestNarrower: who loses something is no finding, and something is better where a hit is gone.
func TestNarrower(t *testing.T) {
	tried := 0
	for name, d := range inOrder(templates(t)) {
		before := analyze(t, d)
		for n := range 4 {
			i := 0
			after := rewritten(t, d, func(_ *model.Policy, ss []*policy.Statement) []*policy.Statement {
				var out []*policy.Statement
				for _, s := range ss {
					if i++; i%4 != n || s.Effect == policy.Deny {
						out = append(out, s)
						continue
					}
					c := *s
					switch i / 4 % 3 {
					case 0: // gone
						continue
					case 1:
						c.Conditions = append(slices.Clone(s.Conditions), policy.Condition{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"true"}})
					default:
						deny := &policy.Statement{Effect: policy.Deny, Actions: s.Actions, NotAction: s.NotAction, Resources: s.Resources, NotResource: s.NotResource}
						out = append(out, deny)
					}
					out = append(out, &c)
					tried++
				}
				return out
			})
			a := analyze(t, after)
			r := review.Compare(before, a)
			if len(r.Findings) > 0 {
				t.Errorf("%s, %d: found%s", name, n, list(r.Findings))
			}
			if c := reach.Compare(before, a); len(c.Removed) > 0 && len(r.Better) == 0 {
				t.Errorf("%s, %d: %v is gone and nothing is better", name, n, c.Removed[0])
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d statements were narrowed", tried)
	}
}

// TestWider: a statement that allows a request which nobody's policies did is found, whoever has it.
func TestWider(t *testing.T) {
	tried := 0
	for name, d := range inOrder(templates(t)) {
		before := analyze(t, d)
		for _, p := range d.Policies() {
			if p.Document == nil || len(p.Document.Statements) == 0 || !held(d, p.ID) {
				continue
			}
			for kind, widen := range widenings {
				s := p.Document.Statements[len(p.Document.Statements)-1]
				wide := widen(s)
				if wide == nil {
					continue
				}
				after := rewritten(t, d, func(q *model.Policy, ss []*policy.Statement) []*policy.Statement {
					if q.ID == p.ID {
						ss[len(ss)-1] = wide
					}
					return ss
				})
				if allows(t, d, p.ID, wide) {
					continue
				}
				tried++
				r := review.Compare(before, analyze(t, after))
				if !slices.ContainsFunc(r.Findings, func(f review.Finding) bool { return f.Rule == review.WiderGrant && f.Undecided == "" }) {
					t.Errorf("%s: %s of %s: found only%s", name, kind, p.ID, list(r.Findings))
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d widenings were tried", tried)
	}
}

// widenings make a statement wider; nil where they cannot.
var widenings = map[string]func(*policy.Statement) *policy.Statement{
	"another action": func(s *policy.Statement) *policy.Statement {
		if s.Effect == policy.Deny || s.NotAction {
			return nil
		}
		n := *s
		n.Actions = append(slices.Clone(s.Actions), "iot:Publish")
		return &n
	},
	"every resource": func(s *policy.Statement) *policy.Statement {
		if s.Effect == policy.Deny || slices.Contains(s.Resources, "*") || s.NotResource {
			return nil
		}
		n := *s
		n.Resources = []string{"*"}
		return &n
	},
	"no condition": func(s *policy.Statement) *policy.Statement {
		if s.Effect == policy.Deny || len(s.Conditions) == 0 {
			return nil
		}
		n := *s
		n.Conditions = nil
		return &n
	},
}

// held reports whether somebody has a policy as an identity policy.
func held(d *model.Design, id model.ID) bool {
	return slices.ContainsFunc(d.Roles(), func(r *model.Role) bool { return slices.Contains(r.Policies, id) })
}

// allows reports whether everybody who has a policy is allowed what a statement allows, by samples of it.
func allows(t *testing.T, d *model.Design, id model.ID, s *policy.Statement) bool {
	t.Helper()
	alone := &policy.Stack{Identity: policy.MustCompile(&policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{s}})}
	for _, r := range d.Roles() {
		if !slices.Contains(r.Policies, id) {
			continue
		}
		var docs []*policy.Document
		for _, p := range r.Policies {
			if q := d.Policy(p); q != nil && q.Document != nil {
				docs = append(docs, q.Document)
			}
		}
		whole := &policy.Stack{Identity: policy.MustCompile(docs...)}
		if alone.Within(whole).Answer != policy.Yes {
			return false
		}
	}
	return true
}

// TestWalls: a denial or boundary that goes is found also where nobody gains anything by it.
func TestWalls(t *testing.T) {
	for name, d := range inOrder(templates(t)) {
		role := d.Roles()[0]
		wall := &model.Policy{ID: "policy/wall", Name: "wall", Document: &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{
			{Effect: policy.Deny, Actions: []string{"iot:*"}, Resources: []string{"*"}}}}}
		n := *role
		n.Policies = append(slices.Clone(role.Policies), wall.ID)
		with, err := d.With(model.Change{After: wall}, model.Change{Before: role, After: &n})
		if err != nil {
			t.Fatal(err)
		}
		r := review.Compare(analyze(t, with), analyze(t, d))
		if len(r.Findings) != 1 || r.Findings[0].Rule != review.WallRemoved {
			t.Errorf("%s: a denial went: found%s", name, list(r.Findings))
		}
		if r := review.Compare(analyze(t, d), analyze(t, with)); len(r.Findings) > 0 {
			t.Errorf("%s: a denial came: found%s", name, list(r.Findings))
		}
		limit := &model.Policy{ID: "policy/limit", Name: "limit", Managed: true, Document: &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{
			{Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}}}}}
		m := *role
		m.Boundary = limit.ID
		with, err = d.With(model.Change{After: limit}, model.Change{Before: role, After: &m})
		if err != nil {
			t.Fatal(err)
		}
		r = review.Compare(analyze(t, with), analyze(t, d))
		if role.Boundary == "" && (len(r.Findings) != 1 || r.Findings[0].Rule != review.WallRemoved) {
			t.Errorf("%s: a boundary went: found%s", name, list(r.Findings))
		}
	}
}

// TestGuardrailsGone: service control policies that are not there any more are told, and that they may only not have been seen.
func TestGuardrailsGone(t *testing.T) {
	for name, d := range inOrder(templates(t)) {
		info := d.Info()
		info.Guardrails = map[string]model.Guardrails{info.Account: {SCPs: []model.Level{{Target: "root", Policies: []*policy.Document{{Version: "2012-10-17", Statements: []*policy.Statement{
			{Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}}, {Effect: policy.Deny, Actions: []string{"iot:*"}, Resources: []string{"*"}}}}}}}}}
		with := d.WithInfo(info)
		told := func(r *review.Result) bool {
			return slices.ContainsFunc(r.Findings, func(f review.Finding) bool { return f.Rule == review.WallRemoved && f.Undecided != "" })
		}
		if r := review.Compare(analyze(t, with), analyze(t, d)); !told(r) {
			t.Errorf("%s: service control policies went: found%s", name, list(r.Findings))
		}
		if r := review.Compare(analyze(t, d), analyze(t, with)); told(r) {
			t.Errorf("%s: service control policies came: found%s", name, list(r.Findings))
		}
		break // they are compared by account, whatever the design
	}
}

// TestDry: buckets that nobody reaches and functions that reach nothing outweigh no new hit, and are none.
func TestDry(t *testing.T) {
	tried := 0
	defer func() {
		if tried == 0 {
			t.Error("no template was tried")
		}
	}()
	for name, d := range inOrder(templates(t)) {
		if slices.ContainsFunc(d.Policies(), func(p *model.Policy) bool {
			return p.Document != nil && slices.ContainsFunc(statements(p.Document), func(r string) bool { return r == "*" || strings.Contains(r, ":s3:::*") })
		}) {
			continue // somebody reaches every bucket
		}
		tried++
		var changes []model.Change
		for i := range 20 {
			changes = append(changes, model.Change{After: &model.Resource{ID: model.MakeID("res", fmt.Sprintf("Dry%d", i)), LogicalID: fmt.Sprintf("Dry%d", i), Name: fmt.Sprintf("dry-%d", i),
				ARN: fmt.Sprintf("arn:aws:s3:::dry-%d", i), Type: "AWS::S3::Bucket"}})
		}
		after, err := d.With(changes...)
		if err != nil {
			t.Fatal(err)
		}
		if r := review.Compare(analyze(t, d), analyze(t, after)); len(r.Findings) > 0 {
			t.Errorf("%s: found%s", name, list(r.Findings))
		}
	}
}

func statements(d *policy.Document) []string {
	var out []string
	for _, s := range d.Statements {
		out = append(out, s.Resources...)
	}
	return out
}

// TestRenamed: an element with another logical id is the same element, and with a wider policy as well it is found.
func TestRenamed(t *testing.T) {
	root := corpus.Dir(t)
	tried, found := 0, 0
	for name, d := range inOrder(templates(t)) {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		before := analyze(t, d)
		here := 0
		for _, e := range d.Elements() {
			id := ""
			switch e := e.(type) {
			case *model.Function:
				id = e.LogicalID
			case *model.Role:
				if !e.Implicit && !e.External {
					id = e.LogicalID
				}
			case *model.Resource:
				id = e.LogicalID
			}
			if len(id) < 4 || here > 6 || strings.ToLower(id[:1]) == id[:1] {
				continue
			}
			word := regexp.MustCompile(`\b` + regexp.QuoteMeta(id) + `\b`)
			if strings.Contains(string(data), "::"+id) {
				continue // a type's name as well
			}
			text := word.ReplaceAll(data, []byte(id+"Anew"))
			in, err := importers.OpenFS(context.Background(), cfn.Sources(), fstest.MapFS{"t.yaml": {Data: text}}, "t.yaml", importers.Options{StackName: "app"})
			if err != nil || in.Design.Find(id+"Anew") == nil {
				continue // the id is a word of something else as well
			}
			tried, here = tried+1, here+1
			r := review.Compare(before, analyze(t, in.Design))
			if len(r.Findings) > 0 {
				t.Errorf("%s: %s renamed (matched %v): found%s", name, id, r.Renamed, list(r.Findings))
			}
			role, ok := in.Design.Find(id + "Anew").(*model.Role)
			if !ok || !slices.ContainsFunc(in.Design.Functions(), func(f *model.Function) bool { return f.Role == role.ID }) {
				continue
			}
			wide := &model.Policy{ID: "policy/wide", Name: "wide", Document: &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{
				{Effect: policy.Allow, Actions: []string{"iot:Publish"}, Resources: []string{"*"}}}}}
			n := *role
			n.Policies = append(slices.Clone(role.Policies), wide.ID)
			after, err := in.Design.With(model.Change{After: wide}, model.Change{Before: role, After: &n})
			if err != nil {
				t.Fatal(err)
			}
			if was := before.Design().Find(id).(*model.Role); allows(t, before.Design(), firstOf(was.Policies), wide.Document.Statements[0]) {
				continue
			}
			found++
			if r := review.Compare(before, analyze(t, after)); len(r.Findings) == 0 {
				t.Errorf("%s: %s renamed and wider: found nothing", name, id)
			}
		}
	}
	if tried < 40 || found < 5 {
		t.Errorf("only %d elements were renamed, %d of them roles", tried, found)
	}
}

// TestAllRenamed: elements that all have other logical ids at once, in names that tell nothing, are the same elements.
func TestAllRenamed(t *testing.T) {
	root := corpus.Dir(t)
	tried := 0
	for name, d := range inOrder(templates(t)) {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		text, n := string(data), 0
		for _, e := range d.Elements() {
			id := ""
			switch e := e.(type) {
			case *model.Function:
				id = e.LogicalID
			case *model.Role:
				if !e.Implicit && !e.External {
					id = e.LogicalID
				}
			case *model.Resource:
				id = e.LogicalID
			}
			// An id that is a word of something else as well, a type's name or a key, stays.
			if len(id) < 4 || strings.ToLower(id[:1]) == id[:1] || regexp.MustCompile(`(::|\.)`+id+`\b`).MatchString(text) || len(regexp.MustCompile(`(?m)^ *"?`+id+`"?:`).FindAllString(text, -1)) != 1 {
				continue
			}
			n++
			text = regexp.MustCompile(`\b`+regexp.QuoteMeta(id)+`\b`).ReplaceAllString(text, fmt.Sprintf("Z%02dx", (n*37)%101))
		}
		in, err := importers.OpenFS(context.Background(), cfn.Sources(), fstest.MapFS{"t.yaml": {Data: []byte(text)}}, "t.yaml", importers.Options{StackName: "app"})
		if err != nil || n < 2 || len(in.Design.Elements()) != len(d.Elements()) {
			continue
		}
		tried++
		if r := review.Compare(analyze(t, d), analyze(t, in.Design)); len(r.Findings) > 0 {
			t.Errorf("%s: matched %v: found%s", name, r.Renamed, list(r.Findings))
		}
	}
	if tried < 15 {
		t.Errorf("only %d templates were renamed", tried)
	}
	t.Log(tried)
}

func firstOf(ids []model.ID) model.ID {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}
