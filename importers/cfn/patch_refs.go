package cfn

import (
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// passOn finds what takes the place of functions and roles that go: where something that referred to one refers
// to a part of it now, that part.
func (p *patch) passOn(changes []model.Change) {
	for _, f := range p.before.Functions() {
		if p.after.Function(f.ID) != nil || f.LogicalID == "" {
			continue
		}
		heir := p.heirOf(f.ID)
		h := p.after.Function(heir)
		name, role, id := "", "", f.LogicalID
		var writer Writer
		if r := p.places.resources[f.ID]; r != nil && r.Compiled {
			id, writer = r.ID, r.home.template.writer
		}
		if h != nil {
			name = h.LogicalID
			if writer != nil {
				name = writer.FunctionID(name)
			}
			if r := p.after.Role(h.Role); r != nil {
				role = r.LogicalID
			}
		}
		p.passed[id] = name
		if r := p.before.Role(f.Role); r != nil && p.after.Role(r.ID) == nil && r.LogicalID != "" {
			p.passed[r.LogicalID] = role
		}
	}
	defer delete(p.passed, "")
	for _, c := range changes {
		if c.After != nil {
			continue
		}
		switch e := c.Before.(type) {
		case *model.Resource:
			p.passed[e.LogicalID] = ""
		case *model.Policy:
			p.passed[e.LogicalID] = ""
		case *model.Function, *model.Role, *model.Trigger, *model.Principal:
		}
	}
}

// heirOf is the part that those who referred to a function, or to its role, refer to now; "" if nobody tells.
func (p *patch) heirOf(id model.ID) model.ID {
	was := p.before.Element(id)
	if r, ok := was.(*model.Role); ok {
		for _, f := range p.before.Functions() {
			if f.Role == r.ID {
				if h := p.after.Function(p.heirOf(f.ID)); h != nil {
					return h.Role
				}
			}
		}
		return ""
	}
	f, ok := was.(*model.Function)
	if !ok {
		return ""
	}
	if heir := p.after.Info().Passed[f.ID]; p.after.Function(heir) != nil {
		return heir
	}
	family := p.now.functions[f.Origin]
	if len(family) == 1 {
		return family[0].ID
	}
	best, votes := model.ID(""), 0
	for _, part := range family {
		n := 0
		for _, c := range p.before.Diff(p.after) {
			if c.Before == nil || c.After == nil {
				continue
			}
			then, now := refersTo(c.Before), refersTo(c.After)
			if (slices.Contains(then, f.ARN) && slices.Contains(now, part.ARN)) || slices.Contains(then, string(f.ID)) && slices.Contains(now, string(part.ID)) {
				n++
			}
		}
		if n > votes {
			best, votes = part.ID, n
		}
	}
	return best
}

// refersTo lists the ids and ARNs in an element that may be those of functions and roles.
func refersTo(e model.Element) []string {
	var out []string
	document := func(d *policy.Document) {
		if d == nil {
			return
		}
		for _, st := range d.Statements {
			out = append(out, st.Resources...)
			for _, p := range st.Principals {
				out = append(out, p.Value)
			}
			for _, c := range st.Conditions {
				out = append(out, c.Values...)
			}
		}
	}
	switch e := e.(type) {
	case *model.Function:
		for _, v := range e.Environment {
			out = append(out, string(v.Refers))
		}
		out = append(out, e.Destinations...)
		document(e.Policy)
	case *model.Policy:
		document(e.Document)
	case *model.Resource:
		document(e.Policy)
	case *model.Role:
		document(e.Trust)
	case *model.Trigger:
		out = append(out, string(e.From), e.Failed)
	case *model.Principal:
	}
	return out
}

// repointAll leads what refers to a resource that goes to what takes its place. Without that it is an error: the
// template would not deploy.
func (s *sheet) repointAll() {
	if len(s.patch.passed) == 0 {
		return
	}
	for _, pair := range s.Root.Pairs() {
		if pair.Merged {
			continue
		}
		if s.template.writer != nil || pair.Value.Resolve() != s.template.Resources {
			s.repoint(s.draft, pair.Value, s.patch.passed)
			continue
		}
		for _, r := range s.template.Resources.Pairs() {
			if !r.Merged && !slices.ContainsFunc(s.gone, func(g *resource) bool { return g.Key == r.Key }) {
				s.repoint(s.draft, r.Value, s.patch.passed)
			}
		}
	}
}

// A move is a reference that was led elsewhere in a draft.
type move struct {
	draft *yamlpos.Draft
	node  *yamlpos.Node
	id    string
}

// repoint leads references within a node from some logical ids to others, and counts them. To "" is an error. What
// was led elsewhere before stays there; DependsOn is left to wait.
func (s *sheet) repoint(d *yamlpos.Draft, n *yamlpos.Node, to map[string]string) int {
	if n == nil || n.Kind == yamlpos.Alias {
		return 0
	}
	count := 0
	lead := func(n *yamlpos.Node, id string, pattern string) {
		name, ok := to[id]
		if !ok {
			return
		}
		count++
		if s.moved[move{d, n, id}] {
			return // it leads to the part that it is for
		}
		s.moved[move{d, n, id}] = true
		if name == "" && s.places.resources[model.MakeID("policy", s.in(id))] != nil {
			d.Fail("%s: this refers to the policy %s, which goes: what it says stands in the roles themselves, or nowhere; take this out first", n.Span(), id)
			return
		}
		if name == "" {
			d.Fail("%s: this refers to %s, which goes, and nothing takes its place: say what should (repoint)", n.Span(), id)
			return
		}
		find := regexp.MustCompile(strings.ReplaceAll(pattern, "ID", regexp.QuoteMeta(id)))
		d.Reword(n, func(text string) string { return find.ReplaceAllString(text, "${1}"+name+"${2}") })
	}
	name, arg := intrinsic(n)
	switch {
	case arg == nil:
	case name == "Ref" && arg.Kind == yamlpos.Scalar:
		lead(n, arg.Value, `()\bID\b(["']?\s*\}?)$`)
		return count
	case name == "Fn::GetAtt":
		id, _, _ := strings.Cut(arg.Value, ".")
		if arg.Kind == yamlpos.Sequence && len(arg.Items()) > 0 {
			id = arg.Items()[0].Value
		}
		lead(n, id, `(GetAtt\W+)ID\b()`)
		return count
	case name == "Fn::Sub":
		text := arg
		if arg.Kind == yamlpos.Sequence && len(arg.Items()) > 0 {
			text = arg.Items()[0]
			for _, i := range arg.Items()[1:] {
				count += s.repoint(d, i, to)
			}
		}
		where := text
		if text == arg && n.Tag != "" {
			where = n
		}
		for id := range to {
			if strings.Contains(text.Value, "${"+id+"}") || strings.Contains(text.Value, "${"+id+".") {
				lead(where, id, `(\$\{)ID([.}])`)
			}
		}
		return count
	}
	for _, p := range n.Pairs() {
		if p.Merged {
			continue
		}
		count += s.repoint(d, p.Value, to)
	}
	for _, i := range n.Items() {
		count += s.repoint(d, i, to)
	}
	return count
}

// triggers writes triggers that stand outside the functions they start: mappings, notifications, rules, routes.
func (p *patch) triggers(_ []model.Change) error {
	seen := map[*yamlpos.Node]bool{}
	for _, was := range p.before.Triggers() {
		r := p.places.triggerOf[was.ID]
		if r == nil {
			continue
		}
		is := p.after.Trigger(was.ID)
		if is == nil {
			for _, t := range p.after.Triggers() {
				if t.Origin == was.Origin && p.before.Trigger(t.ID) == nil && !p.done[t.ID] { // one entry may make several
					is = t
					break
				}
			}
		}
		s, n := p.sheetOf(was.Origin), p.places.triggers[was.ID]
		if s == nil || r.Compiled && p.done[was.ID] {
			continue
		}
		if r.Written == samFunction || r.Made && r.Owner != nil && r.Owner.Written == samFunction {
			p.done[was.ID] = true // written with the functions
			if is != nil {
				p.done[is.ID] = true
			}
			continue
		}
		if is == nil {
			if n != nil && n == r.Value {
				s.remove(r)
				p.done[was.ID] = true
			}
			continue
		}
		from, to := p.before.Function(was.To), p.after.Function(is.To)
		p.done[was.ID], p.done[is.ID] = true, true
		if was.To == is.To || from == nil || to == nil || seen[n] {
			continue
		}
		seen[n] = true
		names := map[string]string{from.LogicalID: to.LogicalID}
		if was.Kind == "state-machine-task" {
			if !s.repointTasks(r, names) {
				s.draft.Fail("%s: the definition of %s names %s in a way that cannot be changed", was.Origin, r.ID, from.ID)
			}
			continue
		}
		if n == r.Value {
			s.led[r] = p.led(from, to)
		}
		if n == nil || !s.Has(n) || s.repoint(s.draft, n, names) == 0 && !s.repointBetween(r, n, names) {
			s.draft.Fail("%s: %s leads to %s by way of something else, so it cannot be led elsewhere here", was.Origin, was.ID, from.ID)
		}
	}
	return nil
}

// repointTasks leads the tasks of a state machine to another function: its definition, not what it may do.
func (s *sheet) repointTasks(r *resource, to map[string]string) bool {
	count := 0
	for _, key := range []string{"Definition", "DefinitionString", "DefinitionSubstitutions"} {
		if n := r.Value.Get("Properties").Get(key); s.Has(n) {
			count += s.repoint(s.draft, n, to)
		}
	}
	return count > 0
}

// repointBetween leads a resource between a trigger and its function elsewhere, such as the integration of a
// route, where nothing else uses it.
func (s *sheet) repointBetween(r *resource, n *yamlpos.Node, to map[string]string) bool {
	for _, id := range s.refs(n) {
		between := s.resource(id)
		if between == nil || between.Made || !s.Has(between.Value) || between.Type == "AWS::Lambda::Function" {
			continue
		}
		refers := func(v *yamlpos.Node, id string) bool { return slices.Contains(s.refs(v.Get("Properties")), id) }
		if !slices.ContainsFunc(s.refs(between.Value.Get("Properties")), func(id string) bool { _, ok := to[id]; return ok }) {
			continue
		}
		if slices.ContainsFunc(s.resources, func(o *resource) bool {
			return o != r && o != between && !o.Made && refers(o.Value, between.ID)
		}) {
			continue
		}
		return s.repoint(s.draft, between.Value.Get("Properties"), to) > 0
	}
	return false
}

// permissions writes AWS::Lambda::Permission: it goes with what it lets in.
func (p *patch) permissions(_ []model.Change) error {
	for _, was := range p.before.Functions() {
		if was.Policy == nil {
			continue
		}
		for _, st := range was.Policy.Statements {
			s := p.sheetOf(st.Span)
			if s == nil {
				continue
			}
			i := slices.IndexFunc(s.resources, func(r *resource) bool {
				return r.Type == "AWS::Lambda::Permission" && !r.Made && r.Origin == st.Span && r.Value != nil
			})
			if i < 0 {
				continue
			}
			r := s.resources[i]
			s.permission(r, was)
		}
	}
	return nil
}

// permission gives a permission to the functions whose policies have its statement: the one that has it under its
// name gets the resource itself, others copies under the names that they have it by.
func (s *sheet) permission(r *resource, was *model.Function) {
	var copies, stays []*model.Function
	sid := map[*model.Function]string{}
	for _, f := range s.patch.after.Functions() {
		if f.Policy == nil {
			continue
		}
		for _, st := range f.Policy.Statements {
			if st.Span != r.Origin {
				continue
			}
			sid[f] = st.Sid
			if st.Sid == r.ID {
				stays = append(stays, f)
			} else {
				copies = append(copies, f)
			}
		}
	}
	n := r.Value.Get("Properties").Get("FunctionName")
	lead := func(d *yamlpos.Draft, to *model.Function) {
		if to.ID != was.ID && (!s.Has(n) || s.repoint(d, n, map[string]string{was.LogicalID: to.LogicalID}) == 0) {
			d.Fail("%s: %s names its function in a way that cannot be changed", r.Origin, r.ID)
		}
	}
	var names []string
	for _, f := range copies {
		d := s.Draft(r.Origin)
		d.Rename(r.Key, sid[f])
		lead(d, f)
		names = append(names, sid[f])
		s.wait(d, r, s.patch.led(was, f))
		s.repoint(d, r.Value, s.patch.passed)
		text, err := d.Copy()
		if err != nil {
			s.draft.Fail("%v", err)
			return
		}
		s.writeCopy(r, text)
	}
	switch len(stays) {
	case 0:
		s.remove(r)
		s.patch.follow[r.ID] = names
	case 1:
		lead(s.draft, stays[0])
		s.led[r] = s.patch.led(was, stays[0])
		s.copied[r.ID] = names
	default:
		s.draft.Fail("%s: %s would be needed for %s and for %s, but is one resource", r.Origin, r.ID, stays[0].ID, stays[1].ID)
	}
}
