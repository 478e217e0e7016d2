package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// shared fails where a node is used in several places, or may be: changing it would change them all.
func (s *sheet) shared(d *yamlpos.Draft, n *yamlpos.Node) bool {
	if s.Has(n) && !s.block.IsZero() && !s.block.Contains(n.Span()) {
		d.Fail("%s: this stands outside of %s, where others may use it too: write it out first", n.Span(), s.holder)
		return true
	}
	if !s.Has(n) {
		d.Fail("this is not written in the template itself, so it cannot be changed there")
		return true
	}
	if at := s.Shared(n); at != nil && at.Anchor() == "" {
		d.Fail("%s: variables put this in several places, or in one from here: write it out where it is used first", at.Span())
		return true
	} else if at != nil {
		d.Fail("%s: this stands behind the anchor &%s, which other places use too: write it out first", at.Span(), at.Anchor())
		return true
	}
	return false
}

// document makes a written policy document say what after says; before is what it says now.
func (s *sheet) document(d *yamlpos.Draft, n *yamlpos.Node, before, after *policy.Document) {
	if sameDocument(before, after) {
		return
	}
	if n == nil || n.Kind != yamlpos.Mapping || isCall(n) {
		where := before.Span
		d.Fail("%s: a policy document that is text or a call cannot be changed in its place", where)
		return
	}
	if s.shared(d, n) {
		return
	}
	m := yamlpos.MembersOf(n)
	s.setText(m, "Version", before.Version, after.Version)
	s.setText(m, "Id", before.ID, after.ID)
	m.Write(d)
	s.statements(d, n, before, after)
}

func (s *sheet) setText(m *yamlpos.Members, key, before, after string) {
	switch {
	case before == after:
	case after == "":
		m.Remove(key)
	default:
		m.Set(key, yamlpos.Text(after))
	}
}

func sameDocument(a, b *policy.Document) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.Version == b.Version && a.ID == b.ID && slices.EqualFunc(a.Statements, b.Statements, sameStatement)
}

func sameStatement(a, b *policy.Statement) bool { return a.Equal(b) }

// statements makes the Statement of a written document that of after.
func (s *sheet) statements(d *yamlpos.Draft, doc *yamlpos.Node, before, after *policy.Document) {
	s.statementsIn(d, doc.Span(), yamlpos.MembersOf(doc).Value("Statement"), before, after)
}

// statementsIn makes a written list of statements that of after; doc is where it stands.
func (s *sheet) statementsIn(d *yamlpos.Draft, doc source.Span, list *yamlpos.Node, before, after *policy.Document) {
	spans := func(d *policy.Document) (out []source.Span) {
		for _, st := range d.Statements {
			out = append(out, st.Span)
		}
		return out
	}
	if slices.Equal(spans(before), spans(after)) {
		for i, st := range after.Statements {
			if was := before.Statements[i]; !sameStatement(was, st) {
				s.statement(d, s.places.statements[was.Span], was, st)
			}
		}
		return
	}
	if list == nil || s.shared(d, list) || isCall(list) {
		d.Fail("%s: the statements of this document do not stand in a list", doc)
		return
	}
	if list.Kind == yamlpos.Mapping {
		var all []yamlpos.Value
		for _, st := range after.Statements {
			all = append(all, s.newStatement(d, list, st))
		}
		d.Replace(list, yamlpos.ListOf(yamlpos.Usual, all...))
		return
	}
	item := map[source.Span]int{} // place of a statement → item of the list
	for i, n := range list.Items() {
		for _, c := range s.builder.chosen(n) {
			if at, twice := item[c.node.Span()]; twice && at != i {
				d.Fail("%s: this statement stands here twice, by an alias: write it out first", n.Span())
				return
			}
			item[c.node.Span()] = i
		}
	}
	was := map[int][]*policy.Statement{}
	for _, st := range before.Statements {
		i, ok := item[st.Span]
		if !ok {
			d.Fail("%s: this statement does not stand in the list itself, so it cannot be taken out or doubled", st.Span)
			return
		}
		was[i] = append(was[i], st)
	}
	plain := func(i int) bool { // a statement, and no call or alias for one
		return len(was[i]) == 1 && s.places.statements[was[i][0].Span] == list.Items()[i]
	}
	var plan []yamlpos.Slot
	last := -1
	stay := func(to int) { // what says nothing now stays where it is
		for last++; last < to; last++ {
			if len(was[last]) == 0 {
				plan = append(plan, yamlpos.Stay(last))
			}
		}
	}
	kept := map[int]bool{}
	for k := 0; k < len(after.Statements); {
		st := after.Statements[k]
		i, ok := item[st.Span]
		old := was[i]
		switch {
		case ok && i > last && k+len(old) <= len(after.Statements) && slices.EqualFunc(old, after.Statements[k:k+len(old)], sameStatement):
			stay(i)
			plan, kept[i] = append(plan, yamlpos.Stay(i)), true
			k += len(old)
		case ok && i > last && plain(i):
			stay(i)
			plan, kept[i] = append(plan, yamlpos.Stay(i)), true
			s.statement(d, list.Items()[i], old[0], st)
			k++
		default:
			v := s.newStatement(d, list, st)
			plan = append(plan, yamlpos.Slot{Old: -1, New: &v})
			k++
		}
	}
	stay(len(list.Items()))
	for i, old := range was {
		if !kept[i] && !plain(i) && list.Items()[i].Kind != yamlpos.Alias {
			d.Fail("%s: this statement is chosen by a call, so it cannot be changed or taken out without losing the choice", old[0].Span)
			return
		}
	}
	d.Items(list, plan)
}

// newStatement is a statement as a copy of the one that it came from, where that is written in this template, else
// in the manner of one beside it.
func (s *sheet) newStatement(d *yamlpos.Draft, near *yamlpos.Node, st *policy.Statement) yamlpos.Value {
	if !st.Span.IsZero() {
		s.current = st.Span
	}
	if n := s.choiceOf(s.places.statements[st.Span], st); n != nil {
		return s.Copy(n)
	}
	if n := s.places.statements[st.Span]; n != nil && s.Has(n) && n.Kind == yamlpos.Mapping && s.isStatement(n) {
		if was := s.statementAt(n); was != nil {
			c := s.Draft(n.Span())
			block := s.block
			s.block = source.Span{} // what it is a copy of may stand anywhere
			s.statement(c, n, was, st)
			s.block = block
			text, err := c.Copy()
			if err != nil {
				d.Fail("%v", err)
			}
			return s.Edited(n, text)
		}
	}
	return s.printed(d, near, st)
}

// choiceOf is the Fn::If that chooses between a written statement, which is to stay as it is, and nothing; nil if there
// is none.
func (s *sheet) choiceOf(n *yamlpos.Node, st *policy.Statement) *yamlpos.Node {
	if n == nil || !s.Has(n) {
		return nil
	}
	call := s.Parent(n)
	if name, _ := intrinsic(call); name == "" {
		call = s.Parent(call)
	}
	name, arg := intrinsic(call)
	_, then, other := s.branches(arg)
	if name != "Fn::If" || then == nil || !(isNoValue(then) && other == n || isNoValue(other) && then == n) {
		return nil
	}
	if was := s.statementAt(n); was == nil || !sameStatement(was, st) {
		return nil
	}
	return call
}

// isStatement tells statements from the entries of SAM policy templates.
func (s *sheet) isStatement(n *yamlpos.Node) bool {
	m := yamlpos.MembersOf(n)
	return m.Index("Effect") >= 0
}

// statementAt is the statement of the design before that was read from a node.
func (s *sheet) statementAt(n *yamlpos.Node) *policy.Statement {
	if s.read == nil {
		s.read = map[*yamlpos.Node]*policy.Statement{}
		add := func(doc *policy.Document) {
			if doc == nil {
				return
			}
			for _, st := range doc.Statements {
				if n := s.places.statements[st.Span]; n != nil {
					s.read[n] = st
				}
			}
		}
		d := s.patch.before
		for _, p := range d.Policies() {
			add(p.Document)
		}
		for _, r := range d.Roles() {
			add(r.Trust)
		}
		for _, r := range d.Resources() {
			add(r.Policy)
		}
	}
	return s.read[n]
}

// statement changes the fields of a written statement that differ.
func (s *sheet) statement(d *yamlpos.Draft, n *yamlpos.Node, before, after *policy.Statement) {
	s.current = before.Span
	if n == nil || n.Kind != yamlpos.Mapping || !s.isStatement(n) {
		d.Fail("%s: this statement is not written out, so it cannot be changed in its place", before.Span)
		return
	}
	if s.shared(d, n) {
		return
	}
	m := yamlpos.MembersOf(n)
	s.setText(m, "Sid", before.Sid, after.Sid)
	if before.Effect != after.Effect {
		m.Set("Effect", yamlpos.Text(after.Effect.String()))
	}
	s.field(d, m, "Action", before.Actions, after.Actions, before.NotAction, after.NotAction)
	s.field(d, m, "Resource", before.Resources, after.Resources, before.NotResource, after.NotResource)
	if !slices.Equal(before.Principals, after.Principals) || before.NotPrincipal != after.NotPrincipal {
		s.principals(d, m, before, after)
	}
	if !slices.EqualFunc(before.Conditions, after.Conditions, policy.Condition.Equal) {
		s.conditions(d, m, before.Conditions, after.Conditions)
	}
	m.Write(d)
}

// field changes Action or Resource, or their opposites.
func (s *sheet) field(d *yamlpos.Draft, m *yamlpos.Members, key string, before, after []string, wasNot, isNot bool) {
	if slices.Equal(before, after) && wasNot == isNot {
		return
	}
	old, name := key, key
	if wasNot {
		old = "Not" + key
	}
	if isNot {
		name = "Not" + key
	}
	n := m.Value(old)
	switch {
	case n == nil && len(before) > 0:
		d.Fail("%s: %s comes in by a merge key", s.current, old)
	case len(after) == 0:
		m.Remove(old)
	case n == nil || old != name:
		m.Swap(old, name, s.list(d, key, nil, after))
	default:
		s.texts(d, key, n, before, after)
	}
}

// texts changes a list of texts, or a single one, to others.
func (s *sheet) texts(d *yamlpos.Draft, key string, n *yamlpos.Node, before, after []string) {
	if slices.Equal(before, after) {
		return
	}
	name, _ := intrinsic(n)
	switch {
	case name == "Fn::If":
		d.Fail("%s: this %s is chosen by Fn::If, so it cannot be changed without losing the choice", n.Span(), key)
		return
	case n.Kind == yamlpos.Alias:
		d.Replace(n, s.list(d, key, nil, after))
		return
	case n.Kind != yamlpos.Sequence || name != "":
		if len(after) == 1 {
			d.Replace(n, s.text1(d, key, []*yamlpos.Node{n}, after[0]))
			return
		}
		d.Replace(n, s.list(d, key, n, after))
		return
	}
	// Items that stay keep their bytes. What an item comes to may be several texts (a list parameter).
	var plan []yamlpos.Slot
	var comes [][]string
	for _, i := range n.Items() {
		list := s.builder.texts(i, nil)
		if key == "Resource" {
			list = s.builder.perhaps(i, key)
		}
		if name, _ := intrinsic(i); (name == "Fn::If" || len(list) != 1) && !within(list, after) {
			d.Fail("%s: this part of %s is chosen by a call, so it cannot be changed without losing the choice", i.Span(), key)
			return
		}
		comes = append(comes, list)
	}
	next := 0
	for at := 0; at < len(after); {
		found := -1
		for i := next; i < len(n.Items()); i++ {
			if len(comes[i]) > 0 && at+len(comes[i]) <= len(after) && slices.Equal(comes[i], after[at:at+len(comes[i])]) {
				found = i
				break
			}
		}
		if found >= 0 {
			plan = append(plan, yamlpos.Stay(found))
			next = found + 1
			at += len(comes[found])
			continue
		}
		v := s.text1(d, key, n.Items(), after[at])
		plan = append(plan, yamlpos.Slot{Old: -1, New: &v})
		at++
	}
	if len(after) == 1 && s.LayoutOf(n) == yamlpos.OneLine && s.singles(n, key) {
		v := s.text1(d, key, n.Items(), after[0])
		if plan[0].Old >= 0 {
			v = s.Copy(n.Items()[plan[0].Old])
		}
		d.Replace(n, v)
		return
	}
	d.Items(n, plan)
}

// within reports whether every text of a list is among others.
func within(list, among []string) bool {
	return !slices.ContainsFunc(list, func(t string) bool { return !slices.Contains(among, t) })
}

// text1 is one text of a list, in the manner of the items that stand there.
func (s *sheet) text1(d *yamlpos.Draft, key string, like []*yamlpos.Node, text string) yamlpos.Value {
	for _, i := range like {
		if t, ok := s.builder.text(i); ok && t == text && !s.conditional(i) && s.Has(i) && i.Kind != yamlpos.Alias {
			if name, _ := intrinsic(i); name != "" || i.Kind == yamlpos.Scalar {
				return s.Copy(i)
			}
		}
	}
	if key == "Action" {
		return yamlpos.Quoted(text, s.quoteOf(key, like))
	}
	v, err := s.express(text)
	if err != nil {
		d.Fail("%s: %s: %v", s.current, key, err)
	}
	if v.IsText() {
		return yamlpos.Quoted(text, s.quoteOf(key, like))
	}
	return v
}

// list is one text or a list of them, laid out as the template does it.
func (s *sheet) list(d *yamlpos.Draft, key string, was *yamlpos.Node, texts []string) yamlpos.Value {
	var like []*yamlpos.Node
	if was != nil && isCall(was) {
		like = []*yamlpos.Node{was}
	} else if was != nil {
		like = s.written(was)
	}
	if len(texts) == 1 && (was == nil || was.Kind != yamlpos.Sequence) && s.singles(was, key) {
		return s.text1(d, key, like, texts[0])
	}
	var all []yamlpos.Value
	width := 0
	for _, t := range texts {
		all = append(all, s.text1(d, key, like, t))
		width += len(t)
	}
	return yamlpos.ListOf(s.layoutOf(was, key, len(texts), width), all...)
}

// principals changes who a statement is for.
func (s *sheet) principals(d *yamlpos.Draft, m *yamlpos.Members, before, after *policy.Statement) {
	old, name := "Principal", "Principal"
	if before.NotPrincipal {
		old = "NotPrincipal"
	}
	if after.NotPrincipal {
		name = "NotPrincipal"
	}
	n := m.Value(old)
	kinds := func(list []policy.Principal) (order []string, values map[string][]string) {
		values = map[string][]string{}
		for _, p := range list {
			if values[p.Kind] == nil {
				order = append(order, p.Kind)
			}
			values[p.Kind] = append(values[p.Kind], p.Value)
		}
		return order, values
	}
	order, now := kinds(after.Principals)
	was, then := kinds(before.Principals)
	if n != nil && n.Kind == yamlpos.Mapping && slices.Equal(order, was) && old == name {
		inner := yamlpos.MembersOf(n)
		for _, k := range order {
			if v := inner.Value(k); v != nil {
				s.texts(d, "Principal", v, then[k], now[k])
			}
		}
		return
	}
	if len(after.Principals) == 0 {
		m.Remove(old)
		return
	}
	m.Swap(old, name, s.principalValue(d, after.Principals))
}

func (s *sheet) principalValue(d *yamlpos.Draft, list []policy.Principal) yamlpos.Value {
	if len(list) == 1 && list[0].Kind == "*" {
		return yamlpos.Text("*")
	}
	v := yamlpos.MappingOf(yamlpos.Usual)
	for i, p := range list {
		if slices.ContainsFunc(list[:i], func(q policy.Principal) bool { return q.Kind == p.Kind }) {
			continue
		}
		var texts []string
		for _, q := range list {
			if q.Kind == p.Kind {
				texts = append(texts, q.Value)
			}
		}
		v = v.Put(p.Kind, s.list(d, "Principal", nil, texts))
	}
	return v
}

// conditions changes the Condition of a statement.
func (s *sheet) conditions(d *yamlpos.Draft, m *yamlpos.Members, before, after []policy.Condition) {
	before, after = written(before), written(after)
	n := m.Value("Condition")
	if slices.EqualFunc(before, after, policy.Condition.Equal) {
		return
	}
	if len(after) == 0 {
		m.Remove("Condition")
		return
	}
	same := len(before) == len(after)
	for i := range min(len(before), len(after)) {
		same = same && before[i].Operator == after[i].Operator && before[i].Key == after[i].Key
	}
	if same && n != nil {
		for i, c := range after {
			v := yamlpos.MembersOf(yamlpos.MembersOf(n).Value(c.Operator)).Value(c.Key)
			if slices.Equal(before[i].Values, c.Values) {
				continue
			}
			if v == nil {
				d.Fail("%s: this condition is not written out, so it cannot be changed in its place", n.Span())
				return
			}
			s.texts(d, "Condition", v, before[i].Values, c.Values)
		}
		return
	}
	if n != nil && s.conditional(n) {
		d.Fail("%s: these conditions are chosen by a call, so they cannot be changed without losing the choice", n.Span())
		return
	}
	m.Set("Condition", s.conditionValue(d, after))
}

// written lists the conditions that stand in a statement, without those of the template.
func written(list []policy.Condition) []policy.Condition {
	return slices.DeleteFunc(slices.Clone(list), func(c policy.Condition) bool { return strings.HasPrefix(c.Key, conditionKey) })
}

func (s *sheet) conditionValue(d *yamlpos.Draft, list []policy.Condition) yamlpos.Value {
	v := yamlpos.MappingOf(yamlpos.Usual)
	for i, c := range list {
		if slices.ContainsFunc(list[:i], func(o policy.Condition) bool { return o.Operator == c.Operator }) {
			continue
		}
		keys := yamlpos.MappingOf(yamlpos.Usual)
		for _, o := range list {
			if o.Operator == c.Operator {
				keys = keys.Put(o.Key, s.list(d, "Condition", nil, o.Values))
			}
		}
		v = v.Put(c.Operator, keys)
	}
	return v
}

// printed is a statement that no other stands for, in the order of keys of those beside it.
func (s *sheet) printed(d *yamlpos.Draft, near *yamlpos.Node, st *policy.Statement) yamlpos.Value {
	layout := yamlpos.Usual
	if near != nil && near.Kind == yamlpos.Sequence && len(near.Items()) > 0 && near.Items()[0].Style == yamlpos.Flow {
		layout = s.LayoutOf(near.Items()[0])
	}
	v := yamlpos.MappingOf(layout)
	if st.Sid != "" {
		v = v.Put("Sid", yamlpos.Text(st.Sid))
	}
	v = v.Put("Effect", yamlpos.Quoted(st.Effect.String(), s.quoteOf("Effect", nil)))
	not := map[bool]string{true: "Not"}
	if len(st.Principals) > 0 {
		v = v.Put(not[st.NotPrincipal]+"Principal", s.principalValue(d, st.Principals))
	}
	v = v.Put(not[st.NotAction]+"Action", s.list(d, "Action", nil, st.Actions))
	if len(st.Resources) > 0 {
		v = v.Put(not[st.NotResource]+"Resource", s.list(d, "Resource", nil, st.Resources))
	}
	if conditions := written(st.Conditions); len(conditions) > 0 {
		v = v.Put("Condition", s.conditionValue(d, conditions))
	}
	return v
}

// printedDocument is a document of its own.
func (s *sheet) printedDocument(d *yamlpos.Draft, doc *policy.Document) yamlpos.Value {
	v := yamlpos.MappingOf(yamlpos.Usual)
	if doc.Version != "" {
		v = v.Put("Version", yamlpos.Text(doc.Version))
	}
	if doc.ID != "" {
		v = v.Put("Id", yamlpos.Text(doc.ID))
	}
	var all []yamlpos.Value
	for _, st := range doc.Statements {
		all = append(all, s.newStatement(d, nil, st))
	}
	return v.Put("Statement", yamlpos.ListOf(yamlpos.Usual, all...))
}
