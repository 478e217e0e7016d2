package cfn

import (
	"maps"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// conditionKey is the prefix of the keys by which a statement asks what a condition of the template comes to. IAM
// knows no such key, so no request ever has one: an Allow that asks for it applies perhaps, and so does a Deny.
const conditionKey = "cloudformation:"

// opposite is the condition that a condition of the template comes to the other value.
func opposite(c policy.Condition) policy.Condition {
	c.Values = []string{map[string]string{"true": "false", "false": "true"}[c.Values[0]]}
	return c
}

// A choice is what a value may come to, and which conditions of the template, none of them decided, must be so for it.
type choice struct {
	node *yamlpos.Node // nil: nothing (AWS::NoValue)
	when []policy.Condition
}

// asks is the condition that a condition of the template comes to true, or false.
func asks(name, value string) policy.Condition {
	return policy.Condition{Operator: "Bool", Key: conditionKey + name, Values: []string{value}}
}

// choices lists what a value may come to: itself, or all branches of an Fn::If that cannot be decided, in order.
func (s *scope) choices(n *yamlpos.Node) []choice { return s.choose(n, nil) }

func (s *scope) choose(n *yamlpos.Node, when []policy.Condition) []choice {
	n = n.Resolve()
	if n == nil {
		return nil
	}
	if !s.enter(n) {
		s.leave()
		return nil
	}
	defer s.leave()
	call, arg := intrinsic(n)
	cond, then, other := s.branches(arg)
	if call != "Fn::If" || cond == nil {
		return []choice{{s.settle(n), when}}
	}
	switch s.condition(cond) {
	case yes:
		return s.choose(then, when)
	case no:
		return s.choose(other, when)
	case undecided:
	}
	name := cond.Value
	if cond.Kind != yamlpos.Scalar || name == "" {
		name = "Condition" + at(n)
	}
	with := func(value string) []policy.Condition { return append(slices.Clip(when), asks(name, value)) }
	return append(s.choose(then, with("true")), s.choose(other, with("false"))...)
}

// chosen lists the elements of a list, or a single value, with what each is there for.
func (s *scope) chosen(n *yamlpos.Node) []choice {
	var out []choice
	for _, c := range s.choices(n) {
		if c.node == nil || c.node.Null && c.node.Kind == yamlpos.Scalar {
			continue
		}
		if c.node.Kind != yamlpos.Sequence || c.node.Tag != "" && isCall(c.node) {
			out = append(out, c)
			continue
		}
		for _, i := range c.node.Items() {
			for _, e := range s.choose(i, c.when) {
				if e.node != nil {
					out = append(out, e)
				}
			}
		}
	}
	return out
}

// given is what is so wherever a resource with a condition is there: that condition, and those that it is made of by
// Fn::And. Decided ones are left out.
func (s *scope) given(condition string) []policy.Condition {
	if condition == "" || s.conditions[condition] != undecided {
		return nil
	}
	var out []policy.Condition
	var add func(name string)
	add = func(name string) {
		c := asks(name, "true")
		if slices.ContainsFunc(out, c.Equal) {
			return
		}
		out = append(out, c)
		call, arg := intrinsic(s.template.Conditions.Get(name).Resolve())
		if call != "Fn::And" || arg == nil {
			return
		}
		for _, i := range arg.Items() {
			if n := i.Resolve(); n != nil {
				if name, arg := intrinsic(n); name == "Condition" && arg != nil {
					add(arg.Value)
				} else if v := n.Get("Condition").Resolve(); v != nil && v.Kind == yamlpos.Scalar {
					add(v.Value)
				}
			}
		}
	}
	add(condition)
	return out
}

// beyond lists conditions that are not among given ones.
func beyond(when, given []policy.Condition) []policy.Condition {
	var out []policy.Condition
	for _, c := range when {
		if !slices.ContainsFunc(given, c.Equal) {
			out = append(out, c)
		}
	}
	return out
}

// only is a document whose statements apply when the conditions of the template are so.
func only(d *policy.Document, when []policy.Condition) *policy.Document {
	if d == nil || len(when) == 0 {
		return d
	}
	out := *d
	out.Statements = nil
	for _, st := range d.Statements {
		out.Statements = append(out.Statements, onlyWhen(st, when))
	}
	return &out
}

// onlyWhen is a copy of a statement that applies when the conditions of the template are so as well.
func onlyWhen(st *policy.Statement, when []policy.Condition) *policy.Statement {
	out := *st
	out.Conditions = append(slices.Clip(st.Conditions), beyond(when, st.Conditions)...)
	return &out
}

// contradicts reports whether a statement applies only where a condition of the template is not so.
func contradicts(st *policy.Statement, c policy.Condition) bool {
	return c.Operator == "Bool" && slices.ContainsFunc(st.Conditions, opposite(c).Equal)
}

// An attachment is a policy on a role, user or group, and under which conditions of the template it is there.
type attachment struct {
	policy model.ID
	holder *resource
	when   []policy.Condition
}

// perhapsAttached puts under their conditions the statements of policies that are attached only when conditions are
// so, as far as those do not hold anyway wherever the holder is.
func (b *builder) perhapsAttached() {
	for _, l := range b.limited {
		id := b.perhapsLimited(l.holder, l.node)
		if role := b.roles[l.holder]; role != nil {
			role.Boundary = id
		} else if p := b.people[l.holder]; p != nil {
			p.Boundary = id
		}
	}
	common := map[model.ID][]policy.Condition{}
	for _, a := range b.attached {
		left := beyond(a.when, b.holds(a.holder))
		if other, ok := common[a.policy]; ok {
			left = slices.DeleteFunc(left, func(c policy.Condition) bool { return !slices.ContainsFunc(other, c.Equal) })
		}
		common[a.policy] = left
	}
	for _, id := range slices.Sorted(maps.Keys(common)) {
		if p := b.policies[id]; p != nil {
			p.Document = only(p.Document, common[id])
		}
	}
}

// holds is what is so wherever somebody acts as a role: its condition, and what all functions that run as it have in
// common.
func (b *builder) holds(holder *resource) []policy.Condition {
	out := b.given(holder.condition())
	var shared []policy.Condition
	first := true
	for _, r := range b.runs[b.ids[holder]] {
		given := b.given(r.condition())
		if !first {
			given = slices.DeleteFunc(given, func(c policy.Condition) bool { return !slices.ContainsFunc(shared, c.Equal) })
		}
		shared, first = given, false
	}
	return append(out, shared...)
}

// A limit is a permissions boundary that an Fn::If chooses which cannot be decided.
type limit struct {
	holder *resource
	node   *yamlpos.Node
}

// boundary returns the policy that is the permissions boundary, or leaves it for later.
func (b *builder) boundary(r *resource, n *yamlpos.Node) model.ID {
	if choices := b.choices(n); len(choices) != 1 {
		b.limited = append(b.limited, limit{r, n})
	} else if choices[0].node != nil {
		return b.managedPolicy(choices[0].node, nil)
	}
	return ""
}

// perhapsLimited makes the policy of a limit. A boundary that is there only if conditions are so limits nothing where
// they are not: what it allows is allowed surely, all else perhaps.
func (b *builder) perhapsLimited(r *resource, n *yamlpos.Node) model.ID {
	choices := b.choices(n)
	var first *model.Policy
	out := &policy.Document{Version: "2012-10-17"}
	for i, c := range choices {
		when := beyond(c.when, b.holds(r))
		if c.node == nil {
			out.Statements = append(out.Statements, onlyWhen(&policy.Statement{Actions: []string{"*"}, Resources: []string{"*"}}, when))
			continue
		}
		p := b.policies[b.managedPolicy(c.node, nil)]
		if p == nil || p.Document == nil {
			return b.managedPolicy(c.node, nil)
		}
		if first == nil {
			first = p
		}
		for _, st := range p.Document.Statements {
			if st.Effect == policy.Deny || len(choices) > 2 || choices[1-min(i, 1)].node != nil {
				st = onlyWhen(st, when)
			}
			out.Statements = append(out.Statements, st)
		}
	}
	if first == nil {
		return ""
	}
	var all []policy.Condition
	for _, c := range choices {
		all = append(all, c.when...)
	}
	p := *first
	p.ID = model.MakeID("policy", first.ARN+suffix(b.apart(), all))
	p.LogicalID, p.Document = "", out
	if b.policies[p.ID] == nil {
		b.addPolicy(&p)
	}
	return p.ID
}

// suffix tells apart policies by the conditions under which they are attached.
func suffix(prefix string, when []policy.Condition) string {
	if len(when) == 0 {
		return ""
	}
	out := "?" + prefix
	for _, c := range when {
		out += strings.TrimPrefix(c.Key, conditionKey) + "=" + c.Values[0] + ";"
	}
	return strings.TrimSuffix(out, ";")
}
