package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// document reads a policy document. Parts of a wrong type are told and left out; nil where n is no document.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
func (b *builder) document(n *yamlpos.Node) *policy.Document {
	n = b.settle(n)
	if n == nil {
		return nil
	}
	if n.Kind == yamlpos.Scalar && !isCall(n) && strings.HasPrefix(strings.TrimSpace(n.Value), "{") {
		return b.textDocument(n)
	}
	if n.Kind != yamlpos.Mapping || isCall(n) {
		b.wrong(n, "a policy document is a mapping with Version and Statement")
		return nil
	}
	d := &policy.Document{Span: n.Span}
	perhaps := map[*policy.Statement]string{}
	for _, p := range b.pairs(n) {
		switch p.Key.Value {
		case "Version":
			d.Version = dateOnly(b.words(p.Value))
		case "Id":
			d.ID = b.words(p.Value)
		case "Statement":
			undecided := b.undecidedItems(p.Value)
			for _, i := range b.items(p.Value) {
				if st := b.statement(i); st != nil {
					d.Statements = append(d.Statements, st)
					if condition := undecided[i]; condition != "" {
						perhaps[st] = condition
					}
				}
			}
		default:
			b.notes.add(source.Warning, p.Key.Span, "a policy document has no element "+p.Key.Value, "It was left out.")
		}
	}
	b.check(d)
	for st, condition := range perhaps {
		onlyIf(st, condition)
	}
	return d
}

// undecidedItems tells which items of a list are there only if a condition holds that cannot be decided, and its name.
func (b *builder) undecidedItems(n *yamlpos.Node) map[*yamlpos.Node]string {
	out := map[*yamlpos.Node]string{}
	branches := func(call *yamlpos.Node) bool {
		then, other, ok := b.undecidedIf(call)
		if !ok {
			return false
		}
		name := "Condition"
		if _, arg := intrinsic(call.Resolve()); arg != nil {
			if cond, _, _ := b.branches(arg); cond != nil && cond.Value != "" {
				name = cond.Value
			}
		}
		for _, branch := range []*yamlpos.Node{then, other} {
			for _, i := range b.items(branch) {
				out[i] = name
			}
		}
		return true
	}
	if n = n.Resolve(); n == nil || branches(n) {
		return out
	}
	for _, i := range n.Items {
		branches(i)
	}
	return out
}

// onlyIf makes a statement one that is perhaps there: before each of its resources stands the condition as an unknown.
// What surely begins with an unknown is nothing, what perhaps does is all that the resource was for.
func onlyIf(st *policy.Statement, condition string) {
	if st.NotResource {
		return
	}
	for i, r := range st.Resources {
		st.Resources[i] = "${" + condition + "}" + r
	}
}

// dateOnly keeps the day of a version that YAML tools have rewritten as a timestamp.
func dateOnly(text string) string {
	day, _, _ := strings.Cut(text, "T")
	return day
}

// textDocument reads a document that is written as JSON text in a scalar.
func (b *builder) textDocument(n *yamlpos.Node) *policy.Document {
	d, err := policy.Parse([]byte(n.Value))
	if err != nil {
		b.wrong(n, "a policy document in text is not IAM JSON")
		return nil
	}
	out := &policy.Document{Version: d.Version, ID: d.ID, Span: n.Span}
	for _, st := range d.Statements {
		c := *st
		c.Span = n.Span
		out.Statements = append(out.Statements, &c)
	}
	return out
}

// check tells what AWS's list of actions says against a document, and its grammar.
func (b *builder) check(d *policy.Document) {
	if d.Version != "" && d.Version != "2012-10-17" && d.Version != "2008-10-17" && !hasUnknown(d.Version) {
		b.notes.add(source.Error, d.Span, "a policy has no version "+d.Version, "It is 2012-10-17 as a rule.")
	}
	for _, st := range d.Statements {
		if len(st.Actions) == 0 {
			b.notes.add(source.Error, st.Span, "a statement has no Action", "It allows and denies nothing.")
		}
		for _, a := range st.Actions {
			b.checkAction(a, st.Span)
		}
	}
}

// checkAction tells of an action that AWS does not have.
func (b *builder) checkAction(action string, span source.Span) {
	if action == "*" || hasUnknown(action) {
		return
	}
	service, _, ok := strings.Cut(action, ":")
	switch {
	case !ok:
		b.notes.add(source.Error, span, action+" is not an action: it names no service", "It matches nothing.")
	case strings.ContainsAny(service, "*?"):
	case len(b.catalog.Actions(strings.ToLower(service))) == 0:
		b.notes.add(source.Warning, span, "AWS has no service "+service+", as in "+action, "It matches nothing that is known.")
	case len(b.catalog.Expand(action)) == 0:
		b.notes.add(source.Warning, span, "AWS has no action "+action, "It matches nothing that is known; look at its spelling.")
	}
}

// statement reads one statement; nil if n is none.
func (b *builder) statement(n *yamlpos.Node) *policy.Statement {
	n = b.settle(n)
	if n == nil || n.Kind != yamlpos.Mapping || isCall(n) {
		if n != nil {
			b.wrong(n, "a statement is a mapping with Effect, Action and Resource")
		}
		return nil
	}
	b.places.statements[n.Span] = n
	st := &policy.Statement{Span: n.Span}
	hasEffect := false
	for _, p := range b.pairs(n) {
		key, v := p.Key.Value, p.Value
		switch key {
		case "Sid":
			st.Sid = b.words(v)
		case "Effect":
			hasEffect = true
			switch e := b.words(v); {
			case e == "Deny":
				st.Effect = policy.Deny
			case e == "Allow":
			case hasUnknown(e):
				b.notes.add(source.Warning, v.Span, "the Effect of a statement is not known", "It was taken as Allow.")
			default:
				b.notes.add(source.Warning, v.Span, "Effect is Allow or Deny", "It was taken as Allow.")
			}
		case "Action", "NotAction":
			st.Actions, st.NotAction = append(st.Actions, b.list(v, key)...), key == "NotAction"
		case "Resource", "NotResource":
			st.Resources, st.NotResource = append(st.Resources, b.list(v, key)...), key == "NotResource"
			for _, t := range st.Resources {
				b.tellMissingSub(t, v)
			}
		case "Principal", "NotPrincipal":
			st.Principals, st.NotPrincipal = append(st.Principals, b.principals(v)...), key == "NotPrincipal"
		case "Condition":
			st.Conditions = b.conditionsOf(v)
		default:
			b.notes.add(source.Warning, p.Key.Span, "a statement has no element "+key, "It was left out.")
		}
	}
	if !hasEffect {
		b.notes.add(source.Warning, n.Span, "a statement has no Effect", "It was taken as Allow.")
	}
	return st
}

// tellMissingSub warns of a ${Name} that CloudFormation will not replace because Fn::Sub is missing.
func (b *builder) tellMissingSub(text string, n *yamlpos.Node) {
	if n.Kind != yamlpos.Scalar || isCall(n) || !strings.Contains(text, "${") {
		return
	}
	_, after, _ := strings.Cut(n.Value, "${")
	if name, _, ok := strings.Cut(after, "}"); ok && (strings.HasPrefix(name, "AWS::") || b.resource(name) != nil || b.template.Parameters.Get(name) != nil) {
		b.notes.add(source.Warning, n.Span, "${"+name+"} is not replaced without Fn::Sub", "It was kept as written.")
	}
}

func (b *builder) list(n *yamlpos.Node, what string) []string {
	return b.texts(n, func(i *yamlpos.Node) { b.wrong(i, what+" takes texts") })
}

func (b *builder) wrong(n *yamlpos.Node, what string) {
	b.notes.add(source.Error, n.Span, what, "What stands here was left out.")
}

// principals reads a Principal element.
func (b *builder) principals(n *yamlpos.Node) []policy.Principal {
	if text, ok := b.text(n); ok {
		if text != "*" {
			b.wrong(n, `Principal is "*" or a mapping of AWS, Service, Federated or CanonicalUser`)
			return nil
		}
		return []policy.Principal{{Kind: "*", Value: "*"}}
	}
	var out []policy.Principal
	for _, p := range b.pairs(n) {
		switch p.Key.Value {
		case "AWS", "Service", "Federated", "CanonicalUser":
			for _, v := range b.list(p.Value, "Principal") {
				out = append(out, policy.Principal{Kind: p.Key.Value, Value: v})
			}
		default:
			b.wrong(p.Key, "there is no kind of principal called "+p.Key.Value)
		}
	}
	if out == nil {
		b.wrong(n, `Principal is "*" or a mapping of AWS, Service, Federated or CanonicalUser`)
	}
	return out
}

func (b *builder) conditionsOf(n *yamlpos.Node) []policy.Condition {
	var out []policy.Condition
	if settled := b.settle(n); settled == nil || settled.Kind != yamlpos.Mapping {
		b.wrong(n, "Condition is a mapping of operators")
		return nil
	}
	for _, op := range b.pairs(n) {
		if op.Value.Kind != yamlpos.Mapping || isCall(op.Value) {
			b.wrong(op.Value, "a condition operator is a mapping of keys")
			continue
		}
		for _, k := range b.pairs(op.Value) {
			out = append(out, policy.Condition{Operator: op.Key.Value, Key: k.Key.Value, Values: b.list(k.Value, "Condition")})
		}
	}
	return out
}
