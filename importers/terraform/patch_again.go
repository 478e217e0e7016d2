package terraform

import (
	"strings"

	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// again is a statement in the bytes of the one that it comes from, with what differs changed, behind a lead; false
// where that is not to be had: it comes from none, or from one that is written in another way or module.
func (p *patch) again(near *site, st *policy.Statement, indent string) (string, bool) {
	o := p.evaluator.sites[st.Span]
	if o == nil || o.kind != near.kind || o.kind == inElement || o.scope == nil || near.scope == nil || o.scope.m != near.scope.m || o.plain != near.plain {
		return "", false
	}
	was := p.statementAt(st.Span)
	if was == nil {
		return "", false
	}
	sub := *p
	sub.edits = nil
	if err := sub.statement(o, was, st); err != nil {
		return "", false
	}
	file := o.span.File
	files, err := source.Files{file: p.in.Files[file]}.Apply(joined(sub.edits))
	if err != nil {
		return "", false
	}
	data := p.in.Files[file]
	text := string(files[file][o.span.Start : len(files[file])-(len(data)-o.span.End)])
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	old := lead(data, o.span.Start)
	for i, l := range lines[1:] {
		if rest, ok := strings.CutPrefix(l, old); ok {
			lines[i+1] = indent + rest
		}
	}
	return strings.Join(lines, "\n"), true
}

// statementAt is the statement that is written at a place, if it is one and the same wherever the design has it; nil if not.
func (p *patch) statementAt(at source.Span) *policy.Statement {
	if at.IsZero() {
		return nil
	}
	var found *policy.Statement
	several := false
	look := func(d *policy.Document) {
		if d == nil {
			return
		}
		for _, st := range d.Statements {
			if st.Span == at {
				several = several || found != nil && !found.Equal(st)
				found = st
			}
		}
	}
	for _, q := range p.before.Policies() {
		look(q.Document)
	}
	for _, r := range p.before.Roles() {
		look(r.Trust)
	}
	for _, r := range p.before.Resources() {
		look(r.Policy)
	}
	if several {
		return nil
	}
	return found
}
