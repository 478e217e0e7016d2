package code

import (
	"fmt"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// pseudo are the pseudo parameters of CloudFormation.
var pseudo = map[place]string{partition: "AWS::Partition", region: "AWS::Region", account: "AWS::AccountId"}

// A template is roles in CloudFormation's words.
type template struct {
	*sheet
	always bool // ${ has a meaning of its own outside of Fn::Sub too
}

// say is a text: as it is, a reference, or by Fn::Sub.
func (t *template) say(text string) node {
	pieces := t.pieces(text)
	refers, variable := false, false
	for _, p := range pieces {
		refers = refers || p.kind == isPlace || p.kind == isFill
		variable = variable || p.kind == isVariable
	}
	switch {
	case !refers && !(t.always && variable):
		return scalar(text)
	case len(pieces) == 1 && pieces[0].kind == isPlace:
		return node{scalar: "!Ref " + pseudo[pieces[0].place]}
	case len(pieces) == 1 && pieces[0].kind == isFill:
		return node{scalar: "!Ref " + t.fill(pieces[0].text).Name}
	}
	var b strings.Builder
	for _, p := range pieces {
		switch p.kind {
		case isText:
			b.WriteString(p.text)
		case isVariable:
			b.WriteString("${!" + strings.TrimPrefix(p.text, "${"))
		case isPlace:
			b.WriteString("${" + pseudo[p.place] + "}")
		case isFill:
			b.WriteString("${" + t.fill(p.text).Name + "}")
		}
	}
	return node{scalar: "!Sub " + quoted(b.String())}
}

func (t *template) says(list []string) node {
	if len(list) == 1 {
		return t.say(list[0])
	}
	out := listOf()
	for _, x := range list {
		out.list = append(out.list, t.say(x))
	}
	return out
}

// document is a policy as a template holds it.
func (t *template) document(d *policy.Document) node {
	out := mapping()
	if d.Version != "" {
		out.put("Version", node{scalar: "'" + d.Version + "'"})
	}
	statements := listOf()
	for _, s := range d.Statements {
		statements.list = append(statements.list, t.statement(s))
	}
	out.put("Statement", statements)
	return out
}

func (t *template) statement(s *policy.Statement) node {
	out := mapping()
	if s.Sid != "" {
		out.put("Sid", scalar(s.Sid))
	}
	out.put("Effect", scalar(s.Effect.String()))
	if s.Principals != nil {
		out.put(not(s.NotPrincipal)+"Principal", t.principals(s.Principals))
	}
	out.put(not(s.NotAction)+"Action", t.says(s.Actions))
	if s.Resources != nil {
		out.put(not(s.NotResource)+"Resource", t.says(s.Resources))
	}
	if len(s.Conditions) > 0 {
		out.put("Condition", conditions(s.Conditions, t.says))
	}
	return out
}

func not(n bool) string {
	if n {
		return "Not"
	}
	return ""
}

func (t *template) principals(list []policy.Principal) node {
	if len(list) == 1 && list[0].Kind == "*" {
		return scalar("*")
	}
	out := mapping()
	kinds, values := byKind(list)
	for _, k := range kinds {
		out.put(k, t.says(values[k]))
	}
	return out
}

// byKind are the principals of each kind, kinds in the order in which they come.
func byKind(list []policy.Principal) (kinds []string, values map[string][]string) {
	values = map[string][]string{}
	for _, p := range list {
		kind := p.Kind
		if kind == "*" {
			kind = "AWS"
		}
		if values[kind] == nil {
			kinds = append(kinds, kind)
		}
		values[kind] = append(values[kind], p.Value)
	}
	return kinds, values
}

func conditions(list []policy.Condition, says func([]string) node) node {
	out := mapping()
	at := map[string]int{}
	for _, c := range list {
		i, ok := at[c.Operator]
		if !ok {
			i = len(out.pairs)
			at[c.Operator] = i
			out.put(c.Operator, mapping())
		}
		out.pairs[i].value.put(c.Key, says(c.Values))
	}
	return out
}

// parameters declare what is left to fill.
func (t *template) parameters() node {
	out := mapping()
	for _, f := range t.fills {
		out.put(f.Name, mapping(pair{"Type", scalar("String")}, pair{"Description", scalar(f.Says)}))
	}
	return out
}

// inline are a role's own policies in line.
func (t *template) inline(e *entry) node {
	out := listOf()
	for i, d := range e.Inline {
		out.list = append(out.list, mapping(pair{"PolicyName", scalar(e.policyName(i))}, pair{"PolicyDocument", t.document(d)}))
	}
	return out
}

// attached are the managed policies of a role: those of AWS, and those that hold its own statements.
func (t *template) attached(e *entry) []node {
	var out []node
	for _, arn := range e.Attached {
		out = append(out, t.say(arn))
	}
	for i := range e.Managed {
		out = append(out, node{scalar: "!Ref " + managedName(e, i)})
	}
	return out
}

func managedName(e *entry, i int) string { return fmt.Sprintf("%sPolicy%d", e.Name, i+1) }

// beside are the managed policies that a role takes: parts of its own statements, and a boundary.
func (t *template) beside(resources *node, e *entry) {
	managed := func(name string, d *policy.Document) {
		resources.put(name, mapping(pair{"Type", scalar("AWS::IAM::ManagedPolicy")}, pair{"Properties", mapping(pair{"PolicyDocument", t.document(d)})}))
	}
	for i, d := range e.Managed {
		managed(managedName(e, i), d)
	}
	if d := e.newBoundary(); d != nil {
		managed(e.Name+"Boundary", d)
	}
}

// boundary is what a role's PermissionsBoundary says; ok is false where it has none.
func (t *template) boundary(e *entry) (n node, ok bool) {
	switch {
	case e.newBoundary() != nil:
		return node{scalar: "!Ref " + e.Name + "Boundary"}, true
	case e.boundary != "":
		return t.say(e.boundary), true
	}
	return node{}, false
}

// role is an AWS::IAM::Role.
func (t *template) putRole(resources *node, e *entry) {
	p := mapping()
	if name := e.roleName(); name != "" {
		p.put("RoleName", t.say(name))
	}
	if path := e.path(); path != "" {
		p.put("Path", t.say(path))
	}
	p.put("AssumeRolePolicyDocument", t.document(trust(e.role)))
	if list := t.attached(e); len(list) > 0 {
		p.put("ManagedPolicyArns", listOf(list...))
	}
	if b, ok := t.boundary(e); ok {
		p.put("PermissionsBoundary", b)
	}
	if len(e.Inline) > 0 {
		p.put("Policies", t.inline(e))
	}
	resources.put(e.Name, mapping(pair{"Type", scalar("AWS::IAM::Role")}, pair{"Properties", p}))
	t.beside(resources, e)
}

// trust is a role's trust policy; one that was not seen lets nobody in that a template may name: Lambda, which it is for.
func trust(r *model.Role) *policy.Document {
	if r.Trust != nil {
		return r.Trust
	}
	return &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{
		Effect: policy.Allow, Principals: []policy.Principal{{Kind: "Service", Value: "lambda.amazonaws.com"}}, Actions: []string{"sts:AssumeRole"},
	}}}
}

// file is a template of resources.
func (t *template) file(head string, transform string, resources node) string {
	out := mapping(pair{"AWSTemplateFormatVersion", node{scalar: "'2010-09-09'"}})
	if transform != "" {
		out.put("Transform", scalar(transform))
	}
	if len(t.fills) > 0 {
		out.put("Parameters", t.parameters())
	}
	out.put("Resources", resources)
	return "# " + head + "\n" + out.document()
}

// about is the first line of each file.
func (s *sheet) about() string {
	name := s.Design.Info().Name
	if name == "" {
		name = "the design"
	}
	return "Policies of " + strings.Join(strings.Fields(name), " ") + ", written by Bulkhead."
}

func cloudFormation(s *sheet) string {
	t := &template{sheet: s}
	resources := mapping()
	for _, e := range s.roles {
		t.putRole(&resources, e)
	}
	return t.file(s.about(), "", resources)
}
