package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A matching tells which element of before an element of after is. The same id is the same element. Of those that are
// on one side alone, two are one that was renamed where they have one type, and one physical name or one content, or
// where each is the only one of its type.
//
// What is taken for a rename may be a thing that went and another that came. Nothing new passes by that: who reaches the
// one and did not reach the other is a finding, and so is each grant on the one that was none on the other.
type matching struct {
	was  map[model.ID]model.ID // by id after; of elements that were there
	is   map[model.ID]model.ID // by id before
	text *strings.Replacer     // within names that AWS generates, after → before; nil where none changed
	arns map[string]string     // after → before
}

func match(before, after *model.Design) *matching {
	m := &matching{was: map[model.ID]model.ID{}, is: map[model.ID]model.ID{}, arns: map[string]string{}}
	gone, come := map[string][]model.Element{}, map[string][]model.Element{}
	for _, e := range after.Elements() {
		id := e.ElementID()
		if o := before.Element(id); o != nil && sort(o) == sort(e) {
			m.pair(o, e)
		} else if s := sort(e); s != "" {
			come[s] = append(come[s], e)
		}
	}
	for _, e := range before.Elements() {
		if s := sort(e); s != "" && m.is[e.ElementID()] == "" {
			gone[s] = append(gone[s], e)
		}
	}
	m.known(before, after, gone, come)
	newLikeness(m, before, after, gone, come).match()
	for s, new := range come {
		if old := gone[s]; len(m.left(old, m.is)) == 1 && len(m.left(new, m.was)) == 1 {
			m.pair(m.left(old, m.is)[0], m.left(new, m.was)[0])
		}
	}
	m.follow(before, after)
	m.prepare(before, after)
	return m
}

// known pairs what has one physical name.
func (m *matching) known(before, after *model.Design, gone, come map[string][]model.Element) {
	type named struct{ sort, arn string }
	old := map[named]model.Element{}
	for s, es := range gone {
		for _, e := range es {
			if a := model.ARN(e); a != "" && !strings.Contains(a, generated) {
				old[named{s, a}] = e
			}
		}
	}
	for s, es := range come {
		for _, e := range es {
			if o := old[named{s, model.ARN(e)}]; o != nil && m.is[o.ElementID()] == "" {
				m.pair(o, e)
			}
		}
	}
	m.follow(before, after)
}

// follow pairs roles whose functions are paired: a role goes with the function that runs as it.
func (m *matching) follow(before, after *model.Design) {
	for _, f := range after.Functions() {
		o := before.Function(m.was[f.ID])
		if o == nil || f.Role == "" || o.Role == "" || m.was[f.Role] != "" || m.is[o.Role] != "" {
			continue
		}
		if r, s := after.Role(f.Role), before.Role(o.Role); r != nil && s != nil {
			m.pair(s, r)
		}
	}
}

// left are the elements that are not paired.
func (m *matching) left(es []model.Element, paired map[model.ID]model.ID) []model.Element {
	return slices.DeleteFunc(slices.Clone(es), func(e model.Element) bool { return paired[e.ElementID()] != "" })
}

// generated is how names end that AWS makes up.
const generated = "-GENERATED"

func (m *matching) pair(before, after model.Element) {
	m.was[after.ElementID()], m.is[before.ElementID()] = before.ElementID(), after.ElementID()
}

// sort is what an element may be renamed to within; "" for what is only told through others.
func sort(e model.Element) string {
	switch e := e.(type) {
	case *model.Function:
		return "function"
	case *model.Role:
		return "role"
	case *model.Resource:
		return e.Type
	case *model.Principal:
		return string(e.Kind)
	}
	return ""
}

// content is an element without its names and place, as far as it tells it from others of its type. What its own policy
// names goes through plain.
func content(e model.Element, plain func(string) string) string {
	switch e := e.(type) {
	case *model.Function:
		env := make([]string, 0, len(e.Environment))
		for _, v := range e.Environment {
			env = append(env, v.Name)
		}
		return fmt.Sprint(e.Runtime, "\x00", e.Handler, "\x00", e.Code, "\x00", e.Package.Key, env, e.Layers, e.Tags)
	case *model.Role:
		return fmt.Sprint(print(e.Trust, plain), e.Tags, e.Path)
	case *model.Resource:
		return fmt.Sprint(print(e.Policy, plain), e.Tags, e.Fresh, e.BlockPublicAccess, e.PartitionKey, e.Workflow, e.Stages, e.PublicLists)
	}
	return ""
}

func print(d *policy.Document, plain func(string) string) string {
	if d == nil {
		return ""
	}
	out := make([]string, 0, len(d.Statements))
	for _, s := range d.Statements {
		out = append(out, mark(mapped(s, plain)))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// prepare collects the names of renamed elements.
func (m *matching) prepare(before, after *model.Design) {
	var pairs []string
	for _, r := range m.renamed() {
		o, n := before.Element(r.Before), after.Element(r.After)
		if a, b := model.ARN(n), model.ARN(o); a != b && a != "" && b != "" {
			m.arns[a] = b
		}
		// Names that AWS makes up hold the logical id, those of its parts as well.
		if a, b := logicalOf(n), logicalOf(o); a != b && a != "" && b != "" {
			pairs = append(pairs, "-"+a+"-", "-"+b+"-")
		}
	}
	if len(pairs) > 0 {
		m.text = strings.NewReplacer(pairs...)
	}
}

func logicalOf(e model.Element) string {
	switch e := e.(type) {
	case *model.Function:
		return e.LogicalID
	case *model.Role:
		return e.LogicalID
	case *model.Resource:
		return e.LogicalID
	}
	return ""
}

// renamed lists the elements whose ids differ.
func (m *matching) renamed() []Rename {
	var out []Rename
	for is, was := range m.was {
		if is != was {
			out = append(out, Rename{was, is})
		}
	}
	slices.SortFunc(out, func(x, y Rename) int { return cmp.Compare(x.After, y.After) })
	return out
}

// before is a string of a document of after with the names that things had.
func (m *matching) before(s string) string {
	if old, ok := m.arns[s]; ok {
		return old
	}
	for i := len(s) - 1; i > 0; i-- {
		if s[i] == '/' || s[i] == ':' {
			if old, ok := m.arns[s[:i]]; ok {
				return old + s[i:]
			}
		}
	}
	if m.text != nil && strings.Contains(s, generated) {
		return m.text.Replace(s)
	}
	return s
}

// document is a document of after with the names that things had before.
func (m *matching) document(d *policy.Document) *policy.Document {
	if len(m.arns) == 0 && m.text == nil {
		return d
	}
	out := *d
	out.Statements = make([]*policy.Statement, len(d.Statements))
	for i, s := range d.Statements {
		out.Statements[i] = mapped(s, m.before)
	}
	return &out
}

// mapped is a statement with all that it names put through f.
func mapped(s *policy.Statement, f func(string) string) *policy.Statement {
	list := func(in []string) []string {
		out := slices.Clone(in)
		for i := range out {
			out[i] = f(out[i])
		}
		return out
	}
	n := *s
	n.Resources = list(s.Resources)
	n.Principals = slices.Clone(s.Principals)
	for k := range n.Principals {
		n.Principals[k].Value = f(n.Principals[k].Value)
	}
	n.Conditions = slices.Clone(s.Conditions)
	for k := range n.Conditions {
		n.Conditions[k].Values = list(n.Conditions[k].Values)
	}
	return &n
}

// mark identifies what a statement says, in whatever order it says it.
func mark(s *policy.Statement) string {
	n := *s
	n.Actions, n.Resources = slices.Clone(s.Actions), slices.Clone(s.Resources)
	for i := range n.Actions {
		n.Actions[i] = strings.ToLower(n.Actions[i])
	}
	slices.Sort(n.Actions)
	slices.Sort(n.Resources)
	n.Principals = slices.Clone(s.Principals)
	slices.SortFunc(n.Principals, func(x, y policy.Principal) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Value, y.Value))
	})
	n.Conditions = slices.Clone(s.Conditions)
	for i := range n.Conditions {
		n.Conditions[i].Values = slices.Clone(n.Conditions[i].Values)
		slices.Sort(n.Conditions[i].Values)
	}
	slices.SortStableFunc(n.Conditions, func(x, y policy.Condition) int {
		return cmp.Or(cmp.Compare(x.Operator, y.Operator), cmp.Compare(x.Key, y.Key))
	})
	return n.Hash()
}
