package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// document reads a policy document. Parts of a wrong type are told and left out; nil where n is no document. What an
// Fn::If chooses whose condition cannot be decided is in it under that condition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
func (b *builder) document(n *yamlpos.Node) *policy.Document {
	var out *policy.Document
	for _, c := range b.choices(n) {
		d := only(b.oneDocument(c.node), c.when)
		if out == nil {
			out = d
		} else if d != nil {
			out.Statements = append(out.Statements, d.Statements...)
		}
	}
	return out
}

// oneDocument reads a document that no Fn::If chooses.
func (b *builder) oneDocument(n *yamlpos.Node) *policy.Document {
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
	for _, p := range b.entries(n) {
		switch key := p.Key.Value; key {
		case "Version":
			d.Version = dateOnly(b.words(p.Value))
		case "Id":
			d.ID = b.words(p.Value)
		case "Statement":
			for _, i := range b.chosen(p.Value) {
				for _, st := range b.statements(i.node) {
					d.Statements = append(d.Statements, onlyWhen(st, i.when))
				}
			}
		default:
			b.notes.add(source.Warning, p.Key.Span, "a policy document has no element "+key, "It was left out.")
		}
	}
	b.check(d)
	return d
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
