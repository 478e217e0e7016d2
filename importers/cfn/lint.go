package cfn

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// lint tells what AWS would refuse in a document, and what in it cannot match. What the transform wrote is SAM's own and
// left out.
func (b *builder) lint(d *policy.Document, n *yamlpos.Node, in policy.Setting) {
	l := &linter{builder: b, document: n, perhaps: map[*policy.Statement]bool{}}
	c := *d
	c.Statements = nil
	for _, st := range d.Statements {
		if n.Kind == yamlpos.Scalar || isWritten(b.places.statements[st.Span]) {
			c.Statements = append(c.Statements, l.unconditional(st))
		}
	}
	if len(c.Statements) == 0 && (len(d.Statements) > 0 || len(b.chosen(n.Get("Statement"))) > 0) {
		return // made, or told to be no statements
	}
	in.Place = l.place
	for _, x := range c.Check(b.catalog, in) {
		if !l.doubtful(&c, x) {
			b.notes.put(x)
		}
	}
}

// inlineTogether tells of roles, users and groups whose inline policies are too large together. What is perhaps not there is
// not counted.
func (b *builder) inlineTogether() {
	byHolder := map[*resource][]*model.Policy{}
	for _, a := range b.attached {
		p := b.policies[a.policy]
		if p == nil || p.Managed || p.Document == nil || len(beyond(a.when, b.given(a.holder.condition()))) > 0 || slices.Contains(byHolder[a.holder], p) {
			continue
		}
		if !slices.ContainsFunc(p.Document.Statements, func(st *policy.Statement) bool { return slices.ContainsFunc(st.Conditions, isAsked) }) {
			byHolder[a.holder] = append(byHolder[a.holder], p)
		}
	}
	for _, r := range b.resources {
		var documents []*policy.Document
		for _, p := range byHolder[r] {
			documents = append(documents, p.Document)
		}
		if i, x, ok := policy.CheckInline(inlineOf(r.Type), documents); ok {
			if x.Span.IsZero() {
				x.Span = byHolder[r][i].Origin
			}
			x.Summary = fmt.Sprintf("%s: %s", r.ID, x.Summary)
			b.notes.put(x)
		}
	}
}

// isWritten reports whether a node stands in the source: the keys of made ones have no places of their own.
func isWritten(n *yamlpos.Node) bool {
	return n != nil && len(n.Pairs()) > 0 && !n.Pairs()[0].Key.Span().IsZero() && n.Pairs()[0].Key.Span() != n.Span()
}

// A linter finds the parts of a document's statements in the template.
type linter struct {
	*builder
	document *yamlpos.Node
	perhaps  map[*policy.Statement]bool // those that conditions of the template decide on
	of       source.Span                // statement that parts are of
	parts    map[policy.Part]source.Span
}

// unconditional is a statement without what asks for conditions of the template, which no policy of AWS holds.
func (l *linter) unconditional(st *policy.Statement) *policy.Statement {
	c := *st
	c.Conditions = slices.DeleteFunc(slices.Clone(st.Conditions), isAsked)
	l.perhaps[&c] = len(c.Conditions) < len(st.Conditions)
	return &c
}

// isAsked reports whether a condition asks what a condition, or an unknown Effect, of the template comes to. Keys of
// AWS CloudFormation itself hold lists and texts.
func isAsked(c policy.Condition) bool {
	if !strings.HasPrefix(c.Key, conditionKey) || len(c.Values) != 1 {
		return false
	}
	switch c.Operator {
	case "Bool":
		return true
	case "StringEquals":
		return c.Values[0] == "Allow" || c.Values[0] == "Deny"
	}
	return false
}

// doubtful reports whether a finding may be one about how the template was read: about an element that is there but
// was not resolved, which is told, about an ARN that is guessed, about all of a policy that is there in part, or about one reading of a statement that
// has several.
func (l *linter) doubtful(d *policy.Document, x source.Diagnostic) bool {
	several, perhaps, guessed, written := 0, false, false, (*yamlpos.Node)(nil)
	for _, st := range d.Statements {
		perhaps = perhaps || l.perhaps[st]
		if st.Span.Contains(x.Span) {
			several++
			guessed = guessed || slices.ContainsFunc(st.Resources, func(r string) bool { return l.guessed[strings.TrimRight(r, "/:*")] })
			written = l.places.statements[st.Span]
		}
	}
	has := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return written.Get(k) != nil })
	}
	switch x.Rule {
	case "too-large", "duplicate-sid":
		return perhaps
	case "empty-list":
		return several > 1 || has("Action") && l.filled(written.Get("Action")) || has("NotAction") && l.filled(written.Get("NotAction"))
	case "no-principal":
		return has("Principal", "NotPrincipal")
	case "no-resource":
		return has("Resource", "NotResource")
	case "resource-mismatch":
		return guessed
	case "unknown-condition-key", "pass-role-star", "for-all-values-unguarded":
		return several > 1
	}
	return false
}

// filled reports whether an element is other than an empty list.
func (l *linter) filled(n *yamlpos.Node) bool {
	n = n.Resolve()
	return n == nil || n.Kind != yamlpos.Sequence || len(n.Items()) > 0
}

// place finds a part of a statement; what does not stand as a text of its own is not found.
func (l *linter) place(st *policy.Statement, p policy.Part) source.Span {
	if st == nil {
		if n := l.document.Get(p.Element); p.Element != "" && n != nil {
			return n.Span()
		}
		return source.Span{}
	}
	if l.parts == nil || l.of != st.Span {
		l.of, l.parts = st.Span, map[policy.Part]source.Span{}
		l.notes.quiet++
		l.index(l.places.statements[st.Span])
		l.notes.quiet--
	}
	return l.parts[p]
}

func (l *linter) index(statement *yamlpos.Node) {
	for _, e := range l.entries(statement) {
		p := policy.Part{Element: strings.TrimPrefix(e.Key.Value, "Not")}
		l.put(p, e.Value.Span())
		switch p.Element {
		case "Action", "Resource":
			l.values(p, e.Value)
		case "Principal":
			for _, c := range l.choices(e.Value) {
				l.values(p, c.node)
				for _, kind := range l.pairs(c.node) {
					l.values(p, kind.Value)
				}
			}
		case "Condition":
			for _, c := range l.choices(e.Value) {
				for _, op := range l.pairs(c.node) {
					p := policy.Part{Element: p.Element, Operator: op.Key.Value}
					l.put(p, op.Key.Span())
					for _, key := range l.pairs(op.Value) {
						p.Key = key.Key.Value
						l.put(p, key.Key.Span())
						l.values(p, key.Value)
						p.Key = ""
					}
				}
			}
		}
	}
}

// values puts the entries of a list at their places.
func (l *linter) values(p policy.Part, list *yamlpos.Node) {
	for _, c := range l.chosen(list) {
		if text, ok := l.text(c.node); ok {
			p.Value = text
			l.put(p, c.node.Span())
		}
	}
}

// put keeps the first place of a part.
func (l *linter) put(p policy.Part, at source.Span) {
	if _, there := l.parts[p]; !there {
		l.parts[p] = at
	}
}
