package serverless

import (
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// Patch returns the edits that make the service say what after says, in its own formatting. Statements are changed where
// they are written, for the service, a function or in resources; a part of a split becomes a function beside the one that
// it was, with its events, and its role a resource. What cannot be expressed is an error that names the place.
func (s Source) Patch(in *importers.Import, after *model.Design) ([]source.Edit, error) {
	return cfn.Source{}.Patch(in, after)
}

// A writer writes functions back into a service.
type writer struct{ *compiler }

// FunctionID is the logical id of a function.
func (w *writer) FunctionID(name string) string { return functionID(name) }

// A writing is the writing of one changed design.
type writing struct {
	*writer
	*cfn.Writing
}

// Write writes functions, with their events, and new roles.
func (w *writer) Write(g *cfn.Writing) {
	p := &writing{writer: w, Writing: g}
	for _, f := range w.functions {
		if was := p.was(f); was != nil {
			p.family(f, was)
		}
	}
	p.roles()
	p.besides()
}

// Follows reports whether the statement is one of those that let the execution role write the logs of all functions: it
// has another resource for each function that comes.
func (w *writer) Follows(was, is *policy.Statement) bool {
	n := *is
	n.Resources = was.Resources
	logs := func(list []string) bool {
		return !slices.ContainsFunc(list, func(r string) bool { return !strings.Contains(r, ":log-group:/aws/lambda/") })
	}
	return was.Equal(&n) && logs(was.Resources) && logs(is.Resources)
}

// was is the function of the design before.
func (p *writing) was(f *function) *model.Function {
	for _, m := range p.Before().Functions() {
		if m.Origin == f.at && m.LogicalID == f.key && m.Stack == p.Stack() {
			return m
		}
	}
	return nil
}

// family writes what became of a function: itself changed in its place, and its parts before it. Where the function
// itself goes, the last part takes its place, for the sake of comments and order.
func (p *writing) family(f *function, was *model.Function) {
	var now []*model.Function
	for _, m := range p.After().Functions() {
		if m.Origin == f.at && m.Stack == was.Stack {
			now = append(now, m)
		}
	}
	if len(now) == 1 && model.Same(was, now[0]) && !p.moves(was) {
		return
	}
	p.Done(was.ID)
	for _, is := range now {
		p.Done(is.ID)
	}
	page, draft := p.Page(f.at)
	if page == nil || !page.Has(f.node) || !page.Has(f.keyNode) {
		p.Fail("%s: function %s does not stand in a file of the service itself, so it cannot be changed there", f.at, f.key)
		return
	}
	around := page.Parent(f.keyNode)
	at := slices.IndexFunc(around.Pairs(), func(pair yamlpos.Pair) bool { return pair.Key == f.keyNode })
	if n := page.Shared(f.node); n != nil {
		p.Fail("%s: function %s is used in several places (an anchor or a variable), so it cannot be changed here", f.at, f.key)
		return
	}
	if len(now) != 1 || now[0].ID != was.ID {
		for _, section := range append(p.writer.sections(), p.writer.sectionsOf("extensions")...) {
			if pair := pairOf(section, f.id); pair != nil {
				p.Fail("%s: resources say more of %s here, which its parts would not have: write it into the function first", pair.Key.Span(), f.key)
				return
			}
		}
	}
	if !p.shares(f, was, now) || !p.keepsNames(f, was) {
		return
	}
	if len(now) == 0 {
		m := yamlpos.MembersOf(around)
		m.Remove(f.key)
		m.Write(draft)
		return
	}
	stays := now[len(now)-1]
	if i := slices.IndexFunc(now, func(m *model.Function) bool { return m.ID == was.ID }); i >= 0 {
		stays = now[i]
	}
	for _, is := range now {
		if is == stays {
			continue
		}
		d := page.Draft(f.at)
		p.one(page, d, f, was, is, false)
		text, err := d.Copy()
		if err != nil {
			p.Fail("%v", err)
			return
		}
		draft.Insert(around, at, text)
	}
	p.one(page, draft, f, was, stays, true)
}

// perEach are the kinds of event for which the execution role has one statement for each function that has some.
var perEach = []string{"sqs", "stream", "kafka", "activemq", "rabbitmq", "msk"}

// shares fails where the execution role, which others keep, would change with a function that comes: the framework adds to
// it for each function what its configuration and its sources need, whatever role the function has.
func (p *writing) shares(f *function, was *model.Function, now []*model.Function) bool {
	if p.writer.role == nil || len(now) < 2 || !slices.ContainsFunc(p.After().Roles(), func(r *model.Role) bool { return r.LogicalID == executionRole && r.Stack == was.Stack }) {
		return true
	}
	const adds = "%s: the framework adds what this needs to %s for each function that has it, so that a second one would change a role that others have"
	for _, key := range []string{"onError", "fileSystemConfig"} {
		if n := get(f.node, key); there(n) && (key != "onError" || n.Kind == yamlpos.Scalar && !isCall(n)) {
			p.Fail(adds, n.Span(), executionRole)
			return false
		}
	}
	for _, e := range f.events {
		if e.kind == "schedule" && words(e.prop("method")) == "scheduler" && p.goes(was, e) {
			p.Fail(adds, e.at, executionRole)
			return false
		}
	}
	for _, way := range []string{"onSuccess", "onFailure"} {
		if to := get(f.node, "destinations", way); to != nil {
			p.Fail(adds, to.Span(), executionRole)
			return false
		}
	}
	for _, kind := range perEach {
		to := map[model.ID]bool{}
		for _, e := range f.events {
			for _, is := range now {
				if e.kind == kind && p.started(p.After(), is.ID, e.at) {
					to[is.ID] = true
				}
			}
			if len(to) > 1 {
				p.Fail(adds, e.at, executionRole)
				return false
			}
		}
	}
	return true
}

// goes reports whether an event starts another function now than it did.
func (p *writing) goes(was *model.Function, e event) bool {
	return p.started(p.Before(), was.ID, e.at) && !p.started(p.After(), was.ID, e.at)
}

// numbered are the kinds of event whose rules are named by the place that they have among those of their kind in a function.
var numbered = []string{"schedule", "cloudwatchEvent", "iot"}

// keepsNames fails where the framework would name otherwise what others name as well: rules and target groups without a
// name of their own, which it calls after the function and the event's place there; versions at the edge; and what its own
// functions change in buckets, pools and buses that are there already.
func (p *writing) keepsNames(f *function, was *model.Function) bool {
	all := 0 // that stood before, and go
	for _, e := range f.events {
		goes := p.goes(was, e)
		remedy := ""
		switch {
		case e.kind == "eventBridge" && !there(e.prop("name")) && p.writer.rulesInStack() && (goes || all > 0):
			remedy = "give it a name first"
		case e.kind == "alb" && !there(e.prop("targetGroupName")) && goes:
			remedy = "give it a targetGroupName first"
		case slices.Contains(numbered, e.kind) && !there(e.prop("name")) && p.renumbered(f, was, e):
			remedy = "give it a name first"
		case e.kind == "cloudFront" && goes, e.kind == "eventBridge" && !p.writer.rulesInStack() && (goes || all > 0),
			(e.kind == "s3" || e.kind == "cognitoUserPool") && there(e.prop("existing")) && goes:
			remedy = "write it with the parts by hand"
		}
		if remedy != "" {
			p.Fail("%s: the framework names what it makes of this after function %s and the event's place there, which would change: %s", e.at, f.key, remedy)
			return false
		}
		if goes {
			all++
		}
	}
	return true
}

// renumbered reports whether an event has another place among those of its kind in the function that it starts now.
func (p *writing) renumbered(f *function, was *model.Function, e event) bool {
	starts := func(at source.Span) model.ID {
		for _, t := range p.After().Triggers() {
			if t.Origin == at {
				return t.To
			}
		}
		return was.ID
	}
	for _, o := range f.events {
		if o.at == e.at {
			return false
		}
		if o.kind == e.kind && starts(o.at) != starts(e.at) {
			return true // one that stood before it does not any more
		}
	}
	return false
}

// moves reports whether events come to a function, or leave it.
func (p *writing) moves(was *model.Function) bool {
	ids := func(d *model.Design) []string {
		var out []string
		for _, t := range d.TriggersOf(was.ID) {
			out = append(out, t.Origin.String())
		}
		slices.Sort(out)
		return out
	}
	return !slices.Equal(ids(p.Before()), ids(p.After()))
}

// one makes a function, or a copy of it, what it is to be. stays: it takes the place of the one that was.
func (p *writing) one(page *yamlpos.Page, d *yamlpos.Draft, f *function, was, is *model.Function, stays bool) {
	n := *is
	n.ID, n.LogicalID, n.Name, n.ARN, n.Role, n.RoleARN, n.Stem = was.ID, was.LogicalID, was.Name, was.ARN, was.Role, was.RoleARN, was.Stem
	n.Handler, n.Environment, n.Policy, n.Destinations = was.Handler, was.Environment, was.Policy, was.Destinations
	if !model.Same(was, &n) {
		d.Fail("%s: what changed of %s cannot be written into the service: it has %s", f.at, was.ID, importers.Difference(&n, was))
		return
	}
	props := yamlpos.MembersOf(f.node)
	if is.LogicalID != f.key {
		d.Rename(f.keyNode, is.LogicalID)
	}
	if is.Name != was.Name {
		if is.Name == p.prefix()+"-"+is.LogicalID {
			if props.Index("name") >= 0 {
				props.Remove("name")
			}
		} else {
			p.rename(page, props, f, is)
		}
	}
	if is.Handler != was.Handler {
		props.Set("handler", yamlpos.Reworded(props.Value("handler"), is.Handler))
	}
	p.variables(page, d, f, props, was, is)
	if is.Role != was.Role {
		p.role(d, f, props, is)
	}
	p.startedBy(page, d, f, props, was, is, stays)
	if props.Changed() {
		props.Write(d)
	}
}

// rename gives a function a name: in the words of the name that it has, as far as these end in its key.
func (p *writing) rename(page *yamlpos.Page, props *yamlpos.Members, f *function, is *model.Function) {
	n := props.Value("name")
	if n != nil && n.Kind == yamlpos.Scalar && page.Has(n) && strings.HasSuffix(n.Value, f.key) && strings.HasSuffix(is.Name, is.LogicalID) {
		text := strings.TrimRight(page.Text(n.Span()), `"'`)
		end := page.Text(n.Span())[len(text):]
		if own, ok := strings.CutSuffix(text, f.key); ok && strings.TrimSuffix(n.Value, f.key)+is.LogicalID == is.Name {
			props.Set("name", page.Edited(n, own+is.LogicalID+end))
			return
		}
	}
	props.Set("name", yamlpos.Reworded(n, is.Name))
}

// variables leaves a function the environment variables that it is to have.
func (p *writing) variables(page *yamlpos.Page, d *yamlpos.Draft, f *function, props *yamlpos.Members, was, is *model.Function) {
	has := func(list []model.EnvVar, name string) bool {
		return slices.ContainsFunc(list, func(v model.EnvVar) bool { return v.Name == name })
	}
	for _, v := range is.Environment {
		if !has(was.Environment, v.Name) {
			d.Fail("%s: %s is to have a variable %s, whose value is not known", f.at, is.ID, v.Name)
			return
		}
	}
	node := props.Value("environment").Resolve()
	own := yamlpos.MembersOf(node)
	for _, v := range was.Environment {
		switch {
		case has(is.Environment, v.Name):
		case own.Index(v.Name) < 0:
			d.Fail("%s: the variable %s does not stand in the function itself, so %s cannot be without it", v.Origin, v.Name, is.ID)
			return
		case get(p.provider, "environment", v.Name) != nil:
			d.Fail("%s: the variable %s is one of the provider's too, so %s cannot be without it", v.Origin, v.Name, is.ID)
			return
		default:
			own.Remove(v.Name)
		}
	}
	switch {
	case !own.Changed():
	case !page.Has(node) || page.Shared(node) != nil:
		d.Fail("%s: the variables of %s stand in a place that others use too: write them out first", f.at, f.key)
	case own.Empty():
		props.Remove("environment")
	default:
		own.Write(d)
	}
}

// role gives a function a role that stands in resources.
func (p *writing) role(d *yamlpos.Draft, f *function, props *yamlpos.Members, is *model.Function) {
	role := p.After().Role(is.Role)
	if role == nil || role.LogicalID == "" || p.has(role.LogicalID) {
		d.Fail("%s: %s cannot be given %s here: the framework makes that role by itself", f.at, is.ID, is.Role)
		return
	}
	for _, key := range []string{"iamRoleStatements", "iamRoleStatementsInherit", "iamRoleStatementsName", "iamPermissionsBoundary", "iam"} {
		if props.Index(key) >= 0 && (key == "iam" || p.plugin(perFunction)) {
			props.Remove(key)
		}
	}
	v := yamlpos.Reworded(props.Value("role"), role.LogicalID)
	if props.Index("role") < 0 && props.Index("handler") >= 0 && f.keyNode.Style == yamlpos.Plain {
		v = yamlpos.Text(role.LogicalID)
	}
	props.Set("role", v)
}

// startedBy leaves a function the events that start it, and takes in those that others gave up.
func (p *writing) startedBy(page *yamlpos.Page, d *yamlpos.Draft, f *function, props *yamlpos.Members, was, is *model.Function, stays bool) {
	if pair := pairOf(f.node, "url"); pair != nil {
		at := place(pair.Key, pair.Value)
		if p.started(p.Before(), was.ID, at) && !p.started(p.After(), is.ID, at) {
			props.Remove("url")
		}
	}
	node := props.Value("events")
	var plan []yamlpos.Slot
	changed := false
	for i, item := range items(node) {
		keep := stays // what starts nothing that is known stays where it was
		if p.started(p.Before(), was.ID, item.Span()) {
			keep = p.started(p.After(), is.ID, item.Span())
		}
		if keep {
			plan = append(plan, yamlpos.Stay(i))
		} else {
			changed = true
		}
	}
	var more []yamlpos.Value
	if stays {
		more = p.received(d, f, is)
	}
	for _, v := range more {
		plan = append(plan, yamlpos.Slot{Old: -1, New: &v})
		changed = true
	}
	seq := node.Resolve()
	switch {
	case !changed:
	case len(plan) == 0:
		props.Remove("events")
	case seq == nil || seq.Null:
		props.Set("events", yamlpos.ListOf(yamlpos.Usual, more...))
	case node.Kind == yamlpos.Alias || !page.Has(seq) || page.Shared(seq) != nil:
		d.Fail("%s: the events of %s stand in a place that others use too: write them out first", f.at, f.key)
	default:
		d.Items(seq, plan)
	}
}

// received are copies of the events that other functions gave up to this one.
func (p *writing) received(d *yamlpos.Draft, f *function, is *model.Function) []yamlpos.Value {
	var out []yamlpos.Value
	seen := map[source.Span]bool{}
	for _, t := range p.After().TriggersOf(is.ID) {
		old := p.Was(t)
		if old == nil || old.To == is.ID || seen[old.Origin] || f.at.Contains(old.Origin) {
			continue
		}
		from := p.eventAt(old.Origin)
		if from == nil {
			continue
		}
		seen[old.Origin] = true
		page, _ := p.Page(from.at)
		if page == nil || !page.Has(from.node) || page.File != f.at.File {
			d.Fail("%s: this event stands in another file than %s, so it cannot be moved there", from.at, f.key)
			return nil
		}
		text, err := page.Draft(from.at).Copy()
		if err != nil {
			d.Fail("%v", err)
			return nil
		}
		out = append(out, page.Edited(from.node, text))
	}
	return out
}

// eventAt is the event that stands at a place; nil if there is none.
func (p *writing) eventAt(at source.Span) *event {
	for _, f := range p.functions {
		for i, e := range f.events {
			if e.at == at {
				return &f.events[i]
			}
		}
	}
	return nil
}

// started reports whether a trigger that was read at a place starts the function in a design.
func (p *writing) started(d *model.Design, function model.ID, at source.Span) bool {
	return slices.ContainsFunc(d.TriggersOf(function), func(t *model.Trigger) bool { return t.Origin == at })
}

// roles writes roles that are new, as resources.
func (p *writing) roles() {
	var ids []string
	var values []yamlpos.Value
	for _, r := range p.After().Roles() {
		if p.Before().Role(r.ID) != nil || r.External || r.Stack != p.Stack() || !p.isMade(r) {
			continue
		}
		ids = append(ids, r.LogicalID)
		values = append(values, p.Role(r))
		p.Done(r.ID)
	}
	if len(ids) > 0 {
		p.addResources(ids, values)
	}
}

// isMade reports whether a new role is a copy of one that the framework makes.
func (p *writing) isMade(r *model.Role) bool {
	return slices.ContainsFunc(p.Before().Roles(), func(was *model.Role) bool { return was.Origin == r.Origin && p.has(was.LogicalID) })
}

// addResources puts resources behind those that the user wrote.
func (p *writing) addResources(ids []string, values []yamlpos.Value) {
	page, draft := p.Main()
	section := yamlpos.MappingOf(yamlpos.Usual)
	for i, id := range ids {
		section = section.Put(id, values[i])
	}
	n := page.Root.Resolve().Get("resources")
	switch {
	case n == nil || n.Kind == yamlpos.Scalar && n.Null:
		if n != nil {
			m := yamlpos.MembersOf(page.Root)
			m.Set("resources", yamlpos.MappingOf(yamlpos.Usual).Put("Resources", section))
			m.Write(draft)
			return
		}
		draft.Append(page.Root, "resources", yamlpos.MappingOf(yamlpos.Usual).Put("Resources", section))
	case n.Kind == yamlpos.Sequence:
		var plan []yamlpos.Slot
		for i := range n.Items() {
			plan = append(plan, yamlpos.Stay(i))
		}
		v := yamlpos.MappingOf(yamlpos.Usual).Put("Resources", section)
		draft.Items(n, append(plan, yamlpos.Slot{Old: -1, New: &v}))
	case n.Kind != yamlpos.Mapping:
		p.Fail("%s: resources come from elsewhere, so no role can be written beside them: make resources a list first", n.Span())
	default:
		of := n.Get("Resources")
		switch {
		case of == nil:
			draft.Append(n, "Resources", section)
		case of.Kind != yamlpos.Mapping:
			p.Fail("%s: resources come from elsewhere, so no role can be written beside them: make resources a list first", of.Span())
		default:
			for i, id := range ids {
				draft.Append(of, id, values[i])
			}
		}
	}
}

// besides passes what the framework makes along with functions and events: the proof tells whether it does.
func (p *writing) besides() {
	inside := func(at source.Span) bool {
		return slices.ContainsFunc(p.functions, func(f *function) bool { return f.at.Contains(at) })
	}
	for _, c := range p.Before().Diff(p.After()) {
		for _, e := range []model.Element{c.Before, c.After} {
			switch e := e.(type) {
			case *model.Resource:
				if inside(e.Origin) {
					p.Done(e.ID)
				}
			case *model.Trigger:
				if inside(e.Origin) && !strings.HasPrefix(e.Kind, "state-machine") {
					p.Done(e.ID)
				}
			case *model.Function, *model.Role, *model.Policy, *model.Principal:
			}
		}
	}
}
