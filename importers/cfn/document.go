package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// document reads a policy document of a type, and tells what is wrong with it. Parts of a wrong type are told and left out; nil where n is no document. What an
// Fn::If chooses whose condition cannot be decided is in it under that condition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
func (b *builder) document(n *yamlpos.Node, in policy.Setting) *policy.Document {
	var out *policy.Document
	for _, c := range b.choices(n) {
		d := only(b.oneDocument(c.node, in), c.when)
		if out == nil {
			out = d
		} else if d != nil {
			out.Statements = append(out.Statements, d.Statements...)
		}
	}
	return out
}

// oneDocument reads a document that no Fn::If chooses.
func (b *builder) oneDocument(n *yamlpos.Node, in policy.Setting) *policy.Document {
	if n == nil {
		return nil
	}
	if n.Kind == yamlpos.Scalar && !isCall(n) && strings.HasPrefix(strings.TrimSpace(n.Value), "{") {
		return b.textDocument(n, in)
	}
	if text, ok := b.policyText(n); ok {
		return b.textDocument(scalar(text, n.Span()), in)
	}
	if n.Kind != yamlpos.Mapping || isCall(n) {
		b.wrong(n, "a policy document is a mapping with Version and Statement")
		return nil
	}
	d := &policy.Document{Span: n.Span()}
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
			b.notes.add(source.Warning, p.Key.Span(), "a policy document has no element "+key, "It was left out.")
		}
	}
	b.lint(d, n, in)
	return d
}

// dateOnly keeps the day of a version that YAML tools have rewritten as a timestamp.
func dateOnly(text string) string {
	day, _, _ := strings.Cut(text, "T")
	return day
}

// textDocument reads a document that is written as JSON text in a scalar.
func (b *builder) textDocument(n *yamlpos.Node, in policy.Setting) *policy.Document {
	d, err := policy.Parse([]byte(n.Value))
	if err != nil {
		b.wrong(n, "a policy document in text is not IAM JSON")
		return nil
	}
	out := &policy.Document{Version: d.Version, ID: d.ID, Span: n.Span()}
	for _, st := range d.Statements {
		c := *st
		c.Span = n.Span()
		out.Statements = append(out.Statements, &c)
	}
	b.lint(out, n, in)
	return out
}
