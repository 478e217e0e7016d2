package cfn

import (
	"maps"
	"slices"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A Writer writes back what stands in the source of a tree otherwise than as resources: its functions, their events and
// roles that are new.
type Writer interface {
	// Write writes what changed into the drafts of w.
	Write(w *Writing)
	// Follows reports whether a statement that nobody wrote becomes another by what else changes.
	Follows(was, is *policy.Statement) bool
	// FunctionID is the logical id of a function that the source calls name.
	FunctionID(name string) string
}

// A Writing is the writing of one changed design into the source of a tree.
type Writing struct {
	patch *patch
	main  *sheet // of the tree's own file
}

// Before is the design as the source says it now.
func (w *Writing) Before() *model.Design { return w.patch.before }

// After is the design that it is to say.
func (w *Writing) After() *model.Design { return w.patch.after }

// Stack is the name of the tree's stack, as the design has it.
func (w *Writing) Stack() string { return w.main.stack }

// Page is the file that a place is in, and its draft; nil if it is none of the source's.
func (w *Writing) Page(at source.Span) (*yamlpos.Page, *yamlpos.Draft) {
	for _, s := range w.patch.sheets {
		if s.builder == w.main.builder && s.Page.File == at.File {
			return s.Page, s.draft
		}
	}
	return nil, nil
}

// Main is the tree's own file and its draft.
func (w *Writing) Main() (*yamlpos.Page, *yamlpos.Draft) { return w.main.Page, w.main.draft }

// Fail says that something cannot be written, and where; the patch fails with the first.
func (w *Writing) Fail(format string, args ...any) { w.main.draft.Fail(format, args...) }

// Done says that the changes of elements are written.
func (w *Writing) Done(ids ...model.ID) {
	for _, id := range ids {
		w.patch.done[id] = true
	}
}

// Was is what a trigger of the design after was; nil if it is new.
func (w *Writing) Was(t *model.Trigger) *model.Trigger { return w.patch.was(t) }

// Role is a new role as a resource, in the manner of the file.
func (w *Writing) Role(r *model.Role) yamlpos.Value {
	s := w.main
	p := yamlpos.MappingOf(yamlpos.Usual)
	s.within(r.LogicalID, func() {
		if r.Path != "" {
			p = p.Put("Path", yamlpos.Text(r.Path))
		}
		if r.Trust != nil {
			p = p.Put("AssumeRolePolicyDocument", s.printedDocument(s.draft, r.Trust))
		}
		if b := w.patch.after.Policy(r.Boundary); b != nil {
			p = p.Put("PermissionsBoundary", s.expressed(b.ARN))
		}
		var managed, inline []yamlpos.Value
		for _, id := range r.Policies {
			q := w.patch.after.Policy(id)
			switch {
			case q == nil, q.LogicalID != "" && (!q.Managed || q.Attaches):
			case q.Managed:
				managed = append(managed, s.expressed(q.ARN))
			default:
				inline = append(inline, yamlpos.MappingOf(yamlpos.Usual).Put("PolicyName", yamlpos.Text(q.Name)).Put("PolicyDocument", s.printedDocument(s.draft, q.Document)))
				w.Done(id)
			}
		}
		if len(managed) > 0 {
			p = p.Put("ManagedPolicyArns", yamlpos.ListOf(yamlpos.Usual, managed...))
		}
		if len(inline) > 0 {
			p = p.Put("Policies", yamlpos.ListOf(yamlpos.Usual, inline...))
		}
		var tags []yamlpos.Value
		for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
			tags = append(tags, yamlpos.MappingOf(yamlpos.Usual).Put("Key", yamlpos.Text(key)).Put("Value", yamlpos.Text(r.Tags[key])))
		}
		if len(tags) > 0 {
			p = p.Put("Tags", yamlpos.ListOf(yamlpos.Usual, tags...))
		}
	})
	return yamlpos.MappingOf(yamlpos.Usual).Put("Type", yamlpos.Text("AWS::IAM::Role")).Put("Properties", p)
}

// expressed is express, whose error fails the patch.
func (s *sheet) expressed(text string) yamlpos.Value {
	v, err := s.express(text)
	if err != nil {
		s.draft.Fail("%v", err)
	}
	return v
}

// trees lets writers write what stands otherwise than as resources, and changes the statements that the user wrote
// for roles that were compiled.
func (p *patch) trees(_ []model.Change) error {
	for _, s := range p.sheets {
		if s.template.writer == nil || s.Page.File != s.template.File {
			continue
		}
		w := &Writing{patch: p, main: s}
		p.compiledRoles(w)
		s.template.writer.Write(w)
	}
	return nil
}

// compiledRoles changes statements of roles that were compiled, where the user wrote them.
func (p *patch) compiledRoles(w *Writing) {
	for _, was := range p.before.Roles() {
		r := p.places.resources[was.ID]
		is := p.after.Role(was.ID)
		if r == nil || !r.Compiled || r.home != w.main.scope || is == nil || model.Same(was, is) && samePolicies(p, was, is) {
			continue
		}
		n := *is
		n.Policies, n.Pins = was.Policies, was.Pins
		if !model.Same(was, &n) || !slices.Equal(was.Policies, is.Policies) {
			w.Fail("%s: the framework makes %s of what stands here: only the statements that are written for it can be changed", r.Origin, was.ID)
			continue
		}
		p.done[was.ID] = true
		for _, pl := range p.places.policies[was.ID] {
			before, after := p.before.Policy(pl.Policy), p.after.Policy(pl.Policy)
			if before == nil || after == nil || before.Managed || sameDocument(before.Document, after.Document) {
				continue
			}
			p.done[pl.Policy] = true
			p.compiledStatements(w, was, pl, before.Document, after.Document)
		}
	}
}

// compiledStatements changes the list of statements that the user wrote for a policy; what the framework adds to them
// has to stay.
func (p *patch) compiledStatements(w *Writing, role *model.Role, pl policyPlace, before, after *policy.Document) {
	var in *sheet
	var list *yamlpos.Node
	wrote := map[source.Span]bool{}
	for _, n := range pl.Statements.Resolve().Items() {
		n := n.Resolve()
		for _, s := range p.sheets {
			if s.builder != w.main.builder || !s.Has(n) {
				continue
			}
			around := s.Parent(n)
			if list != nil && list != around {
				w.Fail("%s: the statements of %s stand in several lists, so they cannot be changed: write them into one first", n.Span(), role.ID)
				return
			}
			in, list = s, around
			wrote[n.Span()] = true
		}
	}
	split := func(d *policy.Document) (own, made policy.Document) {
		own, made = *d, *d
		own.Statements, made.Statements = nil, nil
		for _, st := range d.Statements {
			if wrote[st.Span] {
				own.Statements = append(own.Statements, st)
			} else {
				made.Statements = append(made.Statements, st)
			}
		}
		return own, made
	}
	wasOwn, wasMade := split(before)
	isOwn, isMade := split(after)
	if !sameDocument(&wasMade, &isMade) {
		for i, st := range wasMade.Statements {
			if i >= len(isMade.Statements) || !sameStatement(st, isMade.Statements[i]) && !w.main.template.writer.Follows(st, isMade.Statements[i]) {
				w.Fail("%s: the framework itself makes this statement (%s) for %s of what stands here, so it cannot be changed or taken out", st.Span, first(st.Actions), role.ID)
				return
			}
		}
		if len(isMade.Statements) > len(wasMade.Statements) {
			w.Fail("%s: %s is to have more statements than the framework makes of what stands here", role.Origin, role.ID)
			return
		}
	}
	if sameDocument(&wasOwn, &isOwn) {
		return
	}
	if list == nil {
		w.Fail("%s: no statements are written for %s", role.Origin, role.ID)
		return
	}
	if len(isOwn.Statements) == 0 {
		in.draft.Replace(list, yamlpos.ListOf(yamlpos.OneLine))
		return
	}
	in.statementsIn(in.draft, list.Span(), list, &wasOwn, &isOwn)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
