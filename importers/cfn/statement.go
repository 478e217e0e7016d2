package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// statements reads one statement; none if n is none, and several where an Fn::If that cannot be decided chooses what
// it says: the first is what is so for all.
func (b *builder) statements(n *yamlpos.Node) []*policy.Statement {
	n = b.settle(n)
	if n == nil || n.Kind != yamlpos.Mapping || isCall(n) {
		if n != nil {
			b.wrong(n, "a statement is a mapping with Effect, Action and Resource")
		}
		return nil
	}
	b.places.statements[n.Span()] = n
	st := &policy.Statement{Span: n.Span()}
	var chosen []yamlpos.Pair // what there may be several of
	var more []choiceOf
	for _, p := range b.entries(n) {
		key, v := p.Key.Value, p.Value
		switch key {
		case "Sid":
			st.Sid = b.words(v)
		case "Effect", "Principal", "NotPrincipal", "Condition":
			chosen = append(chosen, p)
		case "Action", "NotAction":
			st.NotAction = key == "NotAction"
			sure, perhaps := b.actions(v, key)
			st.Actions, more = append(st.Actions, sure...), append(more, perhaps...)
		case "Resource", "NotResource":
			st.Resources, st.NotResource = append(st.Resources, b.perhaps(v, key)...), key == "NotResource"
			for _, t := range st.Resources {
				b.tellMissingSub(t, v)
			}
		default:
			b.notes.add(source.Warning, p.Key.Span(), "a statement has no element "+key, "It was left out.")
		}
	}
	if !slices.ContainsFunc(chosen, func(p yamlpos.Pair) bool { return p.Key.Value == "Effect" }) {
		b.notes.add(source.Warning, n.Span(), "a statement has no Effect", "It was taken as Allow.")
	}
	var out []*policy.Statement
	if len(st.Actions) > 0 || len(more) == 0 {
		out = append(out, st)
	}
	for _, m := range more {
		c := onlyWhen(st, m.when)
		c.Actions, c.NotAction = m.texts, false
		out = append(out, c)
	}
	for _, p := range chosen {
		var next []*policy.Statement
		for _, c := range b.parts(p.Key.Value, p.Value) {
			for _, st := range out {
				if !slices.ContainsFunc(c.when, func(w policy.Condition) bool { return contradicts(st, w) }) {
					one := onlyWhen(st, c.when)
					c.put(one)
					next = append(next, one)
				}
			}
		}
		out = next
	}
	return out
}

// A part is what an element of a statement may be, and under which conditions of the template.
type part struct {
	put  func(*policy.Statement)
	when []policy.Condition
}

// parts reads an element of which a statement has one: Effect, Principal or Condition.
func (b *builder) parts(key string, n *yamlpos.Node) []part {
	var out []part
	for _, c := range b.choices(n) {
		switch {
		case key == "Effect":
			out = append(out, b.effects(c)...)
		case c.node == nil:
			out = append(out, part{func(*policy.Statement) {}, c.when})
		case key == "Condition":
			list := b.conditionsOf(c.node)
			out = append(out, part{func(st *policy.Statement) { st.Conditions = append(slices.Clip(list), st.Conditions...) }, c.when})
		default:
			list := b.principals(c.node)
			out = append(out, part{func(st *policy.Statement) {
				st.Principals, st.NotPrincipal = append(slices.Clip(st.Principals), list...), key == "NotPrincipal"
			}, c.when})
		}
	}
	return out
}

// effects reads the Effect of a statement. One that is not known is both, each perhaps.
func (b *builder) effects(c choice) []part {
	as := func(e policy.Effect, when []policy.Condition) part {
		return part{func(st *policy.Statement) { st.Effect = e }, when}
	}
	if c.node == nil {
		return []part{as(policy.Allow, c.when)}
	}
	switch e := b.words(c.node); {
	case e == "Allow":
	case e == "Deny":
		return []part{as(policy.Deny, c.when)}
	case hasUnknown(e):
		b.notes.add(source.Warning, c.node.Span(), "the Effect of a statement is not known", "It was taken as perhaps Allow and perhaps Deny; give what it needs with --param Name=Value.")
		var out []part
		for _, each := range []policy.Effect{policy.Allow, policy.Deny} {
			is := policy.Condition{Operator: "StringEquals", Key: conditionKey + strings.Trim(e, "${}"), Values: []string{each.String()}}
			out = append(out, as(each, append(slices.Clip(c.when), is)))
		}
		return out
	default:
		b.notes.add(source.Warning, c.node.Span(), "Effect is Allow or Deny", "It was taken as Allow.")
	}
	return []part{as(policy.Allow, c.when)}
}

// A choiceOf is texts that are there under conditions of the template.
type choiceOf struct {
	texts []string
	when  []policy.Condition
}

// actions lists the texts of Action or NotAction that a statement surely is for, or surely is not, and those that it is
// for under conditions as well.
func (b *builder) actions(n *yamlpos.Node, key string) (sure []string, perhaps []choiceOf) {
	put := func(text string, when []policy.Condition) {
		for i, p := range perhaps {
			if slices.EqualFunc(p.when, when, policy.Condition.Equal) {
				perhaps[i].texts = append(perhaps[i].texts, text)
				return
			}
		}
		perhaps = append(perhaps, choiceOf{[]string{text}, when})
	}
	for _, c := range b.chosen(n) {
		t, ok := b.text(c.node)
		switch {
		case !ok:
			b.wrong(c.node, key+" takes texts")
		case len(c.when) == 0:
			sure = append(sure, t)
		case key == "Action":
			put(t, c.when)
		default: // an exception that is perhaps none: where one of its conditions is not so, the action is none
			sure = append(sure, t)
			for _, w := range c.when {
				put(t, []policy.Condition{opposite(w)})
			}
		}
	}
	return sure, perhaps
}

// perhaps lists the texts of Resource. Before one that is there only if a condition holds that cannot be
// decided stands the condition as an unknown: what surely begins with an unknown is nothing, what perhaps does is all
// that the text was for.
func (b *builder) perhaps(n *yamlpos.Node, what string) []string {
	var out []string
	for _, c := range b.chosen(n) {
		t, ok := b.text(c.node)
		if !ok {
			b.wrong(c.node, what+" takes texts")
			continue
		}
		for _, w := range c.when {
			t = "${" + tokenName(strings.TrimPrefix(w.Key, conditionKey)) + "}" + t
		}
		out = append(out, t)
	}
	return out
}

// tellMissingSub warns of a ${Name} that CloudFormation will not replace because Fn::Sub is missing.
func (b *builder) tellMissingSub(text string, n *yamlpos.Node) {
	if n.Kind != yamlpos.Scalar || isCall(n) || !strings.Contains(text, "${") {
		return
	}
	_, after, _ := strings.Cut(n.Value, "${")
	if name, _, ok := strings.Cut(after, "}"); ok && (strings.HasPrefix(name, "AWS::") || b.resource(name) != nil || b.template.Parameters.Get(name) != nil) {
		b.notes.add(source.Warning, n.Span(), "${"+name+"} is not replaced without Fn::Sub", "It was kept as written.")
	}
}

func (b *builder) list(n *yamlpos.Node, what string) []string {
	return b.texts(n, func(i *yamlpos.Node) { b.wrong(i, what+" takes texts") })
}

func (b *builder) wrong(n *yamlpos.Node, what string) {
	b.notes.add(source.Error, n.Span(), what, "What stands here was left out.")
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
