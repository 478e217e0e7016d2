package terraform

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/source"
)

// A statement is one of an aws_iam_policy_document as it is merged, and where it is written.
type statement struct {
	sid  string
	json map[string]any
	site *site // nil where that is not known
}

// A merged is a policy document while others are merged into it.
type merged struct {
	version, id string
	statements  []statement
}

// merge adds the statements of another document. One whose Sid is there already takes its place.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
func (d *merged) merge(by *merged) {
	if by.version != "" {
		d.version = by.version
	}
	if by.id != "" {
		d.id = by.id
	}
	for _, st := range by.statements {
		if i := slices.IndexFunc(d.statements, func(o statement) bool { return st.sid != "" && o.sid == st.sid }); i >= 0 {
			d.statements[i] = st
			continue
		}
		d.statements = append(d.statements, st)
	}
}

// policyDocument is the text of an aws_iam_policy_document: source documents, over them its own statements, over them the
// overriding documents.
func (m *module) policyDocument(s *scope, address string, args cty.Value, i *instance) cty.Value {
	at := i.place
	doc := &merged{}
	add := func(name string, list bool) {
		if v := dig(args, name); v.IsNull() {
			return
		} else if isUnknown(v) || !list {
			m.mergeText(doc, v, at, []string{name})
			return
		}
		for n, v := range items(dig(args, name)) {
			m.mergeText(doc, v, at, []string{name, strconv.Itoa(n)})
		}
	}
	add("source_json", false)
	add("source_policy_documents", true)
	own := &merged{version: "2012-10-17", id: words(dig(args, "policy_id"))}
	if v := words(dig(args, "version")); v != "" {
		own.version = v
	}
	for n, b := range items(dig(args, "statement")) {
		st := statement{sid: words(dig(b, "sid")), json: ownStatement(b)}
		if places := at.blocks["statement"]; n < len(places) {
			st.site = &site{kind: inBlock, span: places[n].span, block: places[n].block, scope: s, shared: i.shared}
			if places[n].shared {
				st.site = elementSite(st.site, places[n])
			}
		}
		own.statements = append(own.statements, st)
	}
	doc.merge(own)
	add("override_policy_documents", true)
	add("override_json", false)
	if m.evaluator.documented == nil {
		m.evaluator.documented = map[string][]*site{}
	}
	var sites []*site
	for _, st := range doc.statements {
		sites = append(sites, st.site)
	}
	m.evaluator.documented[address] = sites
	text, ok := doc.text()
	if !ok {
		text = tokenText(address + ".json")
	}
	return cty.StringVal(text)
}

// elementSite is where a statement is written that a dynamic block makes: the object that it is made of, if that stands somewhere
// and is all that the statement is made of.
func elementSite(s *site, at *place) *site {
	s.shared = "a dynamic block makes it"
	if at.element.expr == nil {
		return s
	}
	e := at.element.scope.written(at.element, 0)
	o, ok := e.expr.(*hclsyntax.ObjectConsExpr)
	if !ok || e.scope.ev.span(o.Range()).IsZero() {
		return s
	}
	return &site{kind: inElement, span: e.scope.ev.span(o.Range()), object: o, made: at.content, scope: e.scope, list: elementList(at, e)}
}

// elementList is the list or map in which an element stands that is written there and nowhere else.
func elementList(at *place, e bound) *siteList {
	if at.element.expr != e.expr {
		return nil
	}
	return at.list
}

// text is the document in JSON; false where it is too large.
func (d *merged) text() (string, bool) {
	list := make([]any, 0, len(d.statements))
	for _, st := range d.statements {
		list = append(list, st.json)
	}
	out := map[string]any{"Version": d.version, "Statement": list}
	if d.id != "" {
		out["Id"] = d.id
	}
	data, err := json.Marshal(out)
	return string(data), err == nil && len(data) <= maxWeight
}

// mergeText merges a document that is given as text. One that nobody tells, or that is none, is told and left out.
func (m *module) mergeText(doc *merged, v cty.Value, at *place, path []string) {
	where := at.at(path)
	if where.IsZero() {
		where = at.at(path[:1])
	}
	text, ok := text(v)
	if !ok || isToken(v) {
		m.tell(source.Warning, where, "a policy document that nobody tells is merged here", "What it says is missing.")
		return
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	by, err := readDocument(text)
	if err != nil {
		m.tell(source.Warning, where, "what is merged here is no policy document", cause(err)+" It was left out.")
		return
	}
	b, _ := at.bound(path[:1])
	if b.expr != nil && len(path) > 1 {
		n, _ := strconv.Atoi(path[1])
		b = b.scope.element(b, n)
	}
	if b.expr != nil {
		if sites := b.scope.sitesOf(b, 0); len(sites) == len(by.statements) {
			for n := range sites {
				by.statements[n].site = sites[n]
			}
		}
	}
	doc.merge(by)
}

// readDocument reads a policy document in JSON.
func readDocument(text string) (*merged, error) {
	var raw struct {
		Version, ID string
		Statement   json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, errors.New("it is not JSON")
	}
	out := &merged{version: raw.Version, id: raw.ID}
	var list []map[string]any
	if len(raw.Statement) > 0 {
		if err := json.Unmarshal(raw.Statement, &list); err != nil {
			var one map[string]any
			if err := json.Unmarshal(raw.Statement, &one); err != nil {
				return nil, errors.New("its Statement is no list")
			}
			list = append(list, one)
		}
	}
	for _, st := range list {
		sid, _ := st["Sid"].(string)
		out.statements = append(out.statements, statement{sid: sid, json: st})
	}
	return out, nil
}

// ownStatement is a statement block in IAM's JSON. &{name} stands for IAM's variable ${name}.
func ownStatement(b cty.Value) map[string]any {
	variables := func(list []string) []string {
		out := make([]string, len(list))
		for i, t := range list {
			out[i] = strings.ReplaceAll(t, "&{", "${")
		}
		return out
	}
	st := map[string]any{"Effect": "Allow"}
	if e := words(dig(b, "effect")); e != "" {
		st["Effect"] = e
	}
	if sid := words(dig(b, "sid")); sid != "" {
		st["Sid"] = sid
	}
	for name, key := range map[string]string{"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"} {
		v := dig(b, name)
		list := texts(v)
		if isUnknown(v) && !v.IsKnown() {
			list = []string{tokenText(name)}
		}
		if len(list) > 0 {
			st[key] = variables(list)
		}
	}
	for name, key := range map[string]string{"principals": "Principal", "not_principals": "NotPrincipal"} {
		kinds := map[string][]string{}
		blocks := items(dig(b, name))
		for _, p := range blocks {
			kind := words(dig(p, "type"))
			kinds[kind] = append(kinds[kind], variables(texts(dig(p, "identifiers")))...)
		}
		switch {
		case len(blocks) == 0:
		case len(kinds) == 1 && slices.Equal(kinds["*"], []string{"*"}):
			st[key] = "*"
		default:
			if k, ok := kinds["*"]; ok { // as IAM has it, anybody is anybody of AWS
				kinds["AWS"] = append(kinds["AWS"], k...)
				delete(kinds, "*")
			}
			st[key] = kinds
		}
	}
	conditions := map[string]map[string][]string{}
	for _, c := range items(dig(b, "condition")) {
		test, variable := words(dig(c, "test")), words(dig(c, "variable"))
		if conditions[test] == nil {
			conditions[test] = map[string][]string{}
		}
		conditions[test][variable] = append(conditions[test][variable], variables(texts(dig(c, "values")))...)
	}
	if len(conditions) > 0 {
		st["Condition"] = conditions
	}
	return st
}
