package code

import (
	"encoding/json"
	"fmt"
	"strings"

	"bulkhead/model/policy"
)

// dataSources are what Terraform asks AWS for the place of a deployment.
var dataSources = map[place][2]string{
	partition: {"aws_partition", "partition"}, region: {"aws_region", "id"}, account: {"aws_caller_identity", "account_id"},
}

// terraform is roles and their policies, each as an aws_iam_policy_document.
func terraform(s *sheet) string {
	t := &hcl{sheet: s}
	t.line("# %s", s.about())
	for _, f := range s.fills {
		t.block(fmt.Sprintf("variable %q", variable(f)), func() {
			t.set("type", "string", "description", literal(f.Says))
		})
	}
	for _, p := range []place{partition, region, account} {
		if s.used[p] {
			t.line("")
			t.line("data %q %q {}", dataSources[p][0], "current")
		}
	}
	for _, e := range s.roles {
		t.role(e)
	}
	return t.b.String()
}

// What Terraform keeps for the arguments of modules ("Reserved names", Input variables).
var terraformWords = words("source version providers count for_each lifecycle depends_on locals")

// variable is the name of the variable for a value.
func variable(f *Fill) string {
	name := snake(f.Name)
	if terraformWords[name] {
		name += "_"
	}
	return name
}

// An hcl is a file of Terraform being written, laid out as terraform fmt does.
type hcl struct {
	*sheet
	b      strings.Builder
	indent int
}

func (t *hcl) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text != "" {
		t.b.WriteString(strings.Repeat("  ", t.indent))
	}
	t.b.WriteString(text + "\n")
}

// block writes a block that stands apart from what is before it.
func (t *hcl) block(head string, body func()) {
	if !strings.HasSuffix(t.b.String(), "{\n") {
		t.line("")
	}
	t.line("%s {", head)
	t.indent++
	body()
	t.indent--
	t.line("}")
}

// set writes attributes, names and expressions in turn, in columns.
func (t *hcl) set(attributes ...string) {
	width := 0
	for i := 0; i < len(attributes); i += 2 {
		width = max(width, len(attributes[i]))
	}
	for i := 0; i < len(attributes); i += 2 {
		t.line("%-*s = %s", width, attributes[i], attributes[i+1])
	}
}

// literal is a text of HCL that refers to nothing.
func literal(s string) string { return `"` + escaped(s) + `"` }

func escaped(s string) string {
	b, _ := json.Marshal(s) //nolint:errchkjson // a string
	out := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b[1 : len(b)-1]))
	return strings.NewReplacer("$${", dollar+"$${", "%%{", percent+"%%{", "${", "$${", "%{", "%%{").Replace(out)
}

// A dollar before another brace of HCL's, which both together would escape; and a percent.
const (
	dollar  = `${"$"}`
	percent = `${"%"}`
)

// say is a text, with references to what only the deployment knows.
func (t *hcl) say(text string) string {
	pieces := t.pieces(text)
	refer := func(p piece) string {
		if p.kind == isPlace {
			d := dataSources[p.place]
			return "data." + d[0] + ".current." + d[1]
		}
		return "var." + variable(t.fill(p.text))
	}
	if len(pieces) == 1 && (pieces[0].kind == isPlace || pieces[0].kind == isFill) {
		return refer(pieces[0])
	}
	var b strings.Builder
	for i, p := range pieces {
		switch p.kind {
		case isText, isVariable:
			text, last := strings.CutSuffix(p.text, "$")
			b.WriteString(escaped(text))
			switch {
			case last && i+1 < len(pieces):
				b.WriteString(dollar)
			case last:
				b.WriteByte('$')
			}
		case isPlace, isFill:
			b.WriteString("${" + refer(p) + "}")
		}
	}
	return `"` + b.String() + `"`
}

// says is a list: in one line where it is one entry, else one a line.
func (t *hcl) says(name string, list []string) {
	if len(list) == 1 {
		t.line("%s = [%s]", name, t.say(list[0]))
		return
	}
	t.line("%s = [", name)
	for _, x := range list {
		t.line("  %s,", t.say(x))
	}
	t.line("]")
}

// document is a policy as a data source.
func (t *hcl) document(name string, d *policy.Document) {
	t.block(fmt.Sprintf("data %q %q", "aws_iam_policy_document", name), func() {
		if d.Version != "2012-10-17" {
			version := d.Version
			if version == "" {
				version = "2008-10-17" // what IAM takes a policy without one for
			}
			t.set("version", literal(version))
		}
		for _, s := range d.Statements {
			t.block("statement", func() { t.statement(s) })
		}
	})
}

func (t *hcl) statement(s *policy.Statement) {
	lists := []func(){}
	var head []string
	if s.Sid != "" {
		head = append(head, "sid", literal(s.Sid))
	}
	head = append(head, "effect", literal(s.Effect.String()))
	list := func(name string, values []string) {
		lists = append(lists, func() { t.says(name, values) })
	}
	list(notLower(s.NotAction, "actions"), s.Actions)
	if s.Resources != nil {
		list(notLower(s.NotResource, "resources"), s.Resources)
	}
	t.set(head...)
	for _, l := range lists {
		t.line("")
		l()
	}
	if s.Principals != nil {
		kinds, values := byKind(s.Principals)
		if len(s.Principals) == 1 && s.Principals[0].Kind == "*" {
			kinds, values = []string{"*"}, map[string][]string{"*": {"*"}}
		}
		for _, k := range kinds {
			t.block(notLower(s.NotPrincipal, "principals"), func() {
				t.set("type", literal(k))
				t.line("")
				t.says("identifiers", values[k])
			})
		}
	}
	for _, c := range s.Conditions {
		t.block("condition", func() {
			t.set("test", literal(c.Operator), "variable", literal(c.Key))
			t.line("")
			t.says("values", c.Values)
		})
	}
}

func notLower(n bool, s string) string {
	if n {
		return "not_" + s
	}
	return s
}

func (t *hcl) role(e *entry) {
	name := snake(e.Name)
	json := func(document string) string { return "data.aws_iam_policy_document." + document + ".json" }
	t.document(name+"_trust", trust(e.role))
	var attributes []string
	add := func(key, value string) { attributes = append(attributes, key, value) }
	if n := e.roleName(); n != "" {
		add("name", t.say(n))
	}
	if p := e.path(); p != "" {
		add("path", t.say(p))
	}
	add("assume_role_policy", json(name+"_trust"))
	switch {
	case e.newBoundary() != nil:
		add("permissions_boundary", "aws_iam_policy."+name+"_boundary.arn")
	case e.boundary != "":
		add("permissions_boundary", t.say(e.boundary))
	}
	t.block(fmt.Sprintf("resource %q %q", "aws_iam_role", name), func() { t.set(attributes...) })
	managed := func(label, called string, d *policy.Document, attach bool) {
		t.document(label, d)
		t.block(fmt.Sprintf("resource %q %q", "aws_iam_policy", label), func() { t.set("name", literal(called), "policy", json(label)) })
		if attach {
			t.block(fmt.Sprintf("resource %q %q", "aws_iam_role_policy_attachment", label), func() {
				t.set("role", "aws_iam_role."+name+".name", "policy_arn", "aws_iam_policy."+label+".arn")
			})
		}
	}
	for i, d := range e.Inline {
		label := name
		if i > 0 {
			label = fmt.Sprintf("%s_%d", name, i+1)
		}
		t.document(label, d)
		t.block(fmt.Sprintf("resource %q %q", "aws_iam_role_policy", label), func() {
			t.set("name", literal(e.policyName(i)), "role", "aws_iam_role."+name+".id", "policy", json(label))
		})
	}
	for i, d := range e.Managed {
		managed(fmt.Sprintf("%s_part_%d", name, i+1), fmt.Sprintf("%s-%d", e.File, i+1), d, true)
	}
	if d := e.newBoundary(); d != nil {
		managed(name+"_boundary", e.File+"-boundary", d, false)
	}
	for i, arn := range e.Attached {
		label := fmt.Sprintf("%s_aws_%d", name, i+1)
		t.block(fmt.Sprintf("resource %q %q", "aws_iam_role_policy_attachment", label), func() {
			t.set("role", "aws_iam_role."+name+".name", "policy_arn", t.say(arn))
		})
	}
}
