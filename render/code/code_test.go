package code

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"bulkhead/importers"
	snapshot "bulkhead/importers/account"
	"bulkhead/importers/cfn"
	sls "bulkhead/importers/serverless"
	tf "bulkhead/importers/terraform"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/export"
	"bulkhead/model/policy"
)

var sources = slices.Concat(cfn.Sources(), []importers.Source{sls.New(), snapshot.New()}, tf.Sources())

// designs are those of the corpus, by path; what none of the importers reads is left out.
func designs(t *testing.T) map[string]*model.Design {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(corpus.Dir(t), "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*model.Design{}
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		path, _, _ := strings.Cut(line, "\t")
		in, err := importers.Open(context.Background(), sources, filepath.Join(corpus.Dir(t), path), importers.Options{})
		if err == nil && len(in.Design.Roles()) > 0 {
			out[path] = in.Design
		}
	}
	if len(out) < 30 {
		t.Fatalf("%d designs with roles", len(out))
	}
	return out
}

// Policies with all that a form has to escape.
func awkward(t *testing.T) *model.Design {
	t.Helper()
	doc := func(text string) *policy.Document {
		d, err := policy.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	lambda := doc(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com","AWS":["arn:aws:iam::123456789012:root","arn:aws:iam::999988887777:role/x"]},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`)
	d, err := model.New(model.Info{Name: "awkward", Kind: "sam", Partition: "aws", Account: "123456789012", Region: "us-east-1"},
		&model.Role{ID: "role/A", LogicalID: "A", Name: "awkward-A-GENERATED", ARN: "arn:aws:iam::123456789012:role/awkward-A-GENERATED", Trust: lambda, Policies: []model.ID{"policy/new", "policy/old"}},
		&model.Policy{ID: "policy/new", Name: "new", Document: doc(`{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::home-123456789012/${aws:username}/*","arn:aws:s3:::$${Stage}/$${aws:username}/%%{a}$","arn:aws:s3:::$123456789012/%${Stage}","arn:aws:s3:::${Stage}-b/${aws:PrincipalTag/team, 'no\"ne'}/{x}%{y}` + "`" + `$\\{a}"]},
			{"Sid":"Two","Effect":"Deny","NotAction":["iam:Get*"],"NotResource":"arn:aws:iam::123456789012:role/it's","Condition":{"StringLike":{"aws:PrincipalTag/a":["${*}","${?}","x*"],"s3:prefix":"true"},"Bool":{"aws:MultiFactorAuthPresent":"false"},"ForAllValues:StringEquals":{"aws:TagKeys":["a: b","#c"," d","yes","12","é"]}}},
			{"Effect":"Allow","Action":["sqs:SendMessage"],"Resource":"arn:aws:sqs:us-east-1:123456789012:awkward-Jobs-GENERATED"},
			{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:us-east-1:123456789012:secret:awkward-Key-GENERATED-XXXXXX"}]}`)},
		&model.Policy{ID: "policy/old", Name: "old", Document: doc(`{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::old/${aws:username}/${x}*"}}`)},
	)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A reading is a role as a form says it.
type reading struct {
	own, attached, boundary, trust string
}

func printed(t *testing.T, docs ...*policy.Document) string {
	t.Helper()
	var out []string
	for _, d := range docs {
		if d == nil {
			continue
		}
		same := &policy.Document{Version: cmp.Or(d.Version, "2008-10-17")} // which it is without one
		for _, s := range d.Statements {
			c := *s
			c.Principals = slices.Clone(s.Principals)
			slices.SortFunc(c.Principals, func(a, b policy.Principal) int {
				return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
			})
			same.Statements = append(same.Statements, &c)
		}
		data, err := same.Format()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(data))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// written is a role as it is exported.
func written(t *testing.T, e *entry) reading {
	sorted := slices.Sorted(slices.Values(e.Attached))
	out := reading{own: printed(t, slices.Concat(e.Inline, e.Managed)...), attached: strings.Join(sorted, " "), trust: printed(t, trust(e.role))}
	if d := e.newBoundary(); d != nil {
		out.boundary = printed(t, d)
	}
	return out
}

// readAgain imports a file and reads one of its roles. Parameters are what they were in the design.
func readAgain(t *testing.T, d *model.Design, role *model.Role, e *entry, fill func(string) string) reading {
	t.Helper()
	var out reading
	var own []*policy.Document
	var attached []string
	for _, id := range role.Policies {
		p := d.Policy(id)
		if p.Managed && strings.Contains(p.ARN, ":iam::aws:policy/") {
			attached = append(attached, p.ARN)
		} else {
			own = append(own, p.Document)
		}
	}
	slices.Sort(attached)
	out.own, out.attached, out.trust = fill(printed(t, own...)), strings.Join(attached, " "), fill(printed(t, role.Trust))
	if b := d.Policy(role.Boundary); b != nil && e.newBoundary() != nil {
		out.boundary = fill(printed(t, b.Document))
	}
	return out
}

// Each form, imported again by its own importer, is the policies that were exported.
func TestFormsRoundTrip(t *testing.T) {
	all := designs(t)
	all["awkward"] = awkward(t)
	for path, d := range all {
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) { roundTrip(t, d) })
	}
}

func roundTrip(t *testing.T, d *model.Design) {
	holders, err := export.Policies(d, export.Options{Boundaries: true})
	if err != nil {
		t.Fatal(err)
	}
	info := d.Info()
	set := &Set{Design: d, Holders: holders}
	if info.Kind != "account" {
		set.Place = Place{info.Partition, info.Region, info.Account}
	}
	for _, form := range []struct {
		name string
		role func(e *entry) string                     // logical id
		says func(f *Fill) string                      // how an unset parameter stands in the design again
		of   func(after *model.Design, id string) bool // the role was read
	}{
		{name: "cloudformation", role: func(e *entry) string { return e.Name }, says: func(f *Fill) string { return "${" + f.Name + "}" }},
		{name: "sam", role: func(e *entry) string { return e.Name }, says: func(f *Fill) string { return "${" + f.Name + "}" }},
		{name: "serverless", role: func(e *entry) string { return e.Name }, says: func(f *Fill) string { return "${" + f.Name + "}" }},
		{name: "terraform", role: func(e *entry) string { return "aws_iam_role." + snake(e.Name) }, says: func(f *Fill) string { return "${var." + snake(f.Name) + "}" }},
	} {
		files, err := Write(form.name, set)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Write(form.name, set)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			if string(again[name]) != string(data) {
				t.Errorf("%s is written in two ways", name)
			}
			base := filepath.Base(name)
			if form.name == "terraform" {
				if neat := hclwrite.Format(data); string(neat) != string(data) {
					t.Errorf("%s is not as terraform fmt writes it:\n%s", name, data)
				}
				base = "."
			}
			in, err := importers.OpenFS(context.Background(), sources, fstest.MapFS{filepath.Base(name): {Data: data}}, base, importers.Options{StackName: info.Name})
			if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, data)
			}
			s := newSheet(set)
			fill := func(text string) string {
				for _, f := range s.fills {
					text = strings.ReplaceAll(text, form.says(f), f.Value)
				}
				return text
			}
			for _, e := range s.roles {
				var role *model.Role
				for _, r := range in.Design.Roles() {
					if r.LogicalID == form.role(e) {
						role = r
					}
				}
				if role == nil {
					t.Errorf("%s: there is no role %s again:\n%s", form.name, form.role(e), data)
					continue
				}
				want, got := written(t, e), readAgain(t, in.Design, role, e, fill)
				if want.own != got.own {
					t.Errorf("%s: %s is\n%s\nread again\n%s", form.name, e.ID, want.own, got.own)
				}
				if want.attached != got.attached {
					t.Errorf("%s: %s has %s attached, read again %s", form.name, e.ID, want.attached, got.attached)
				}
				if want.boundary != got.boundary {
					t.Errorf("%s: %s is bounded by\n%s\nread again\n%s", form.name, e.ID, want.boundary, got.boundary)
				}
				if want.trust != got.trust {
					t.Errorf("%s: %s trusts\n%s\nread again\n%s", form.name, e.ID, want.trust, got.trust)
				}
			}
		}
	}
}
