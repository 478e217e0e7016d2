package cfn

import (
	"slices"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// functions writes the functions that the template declares. The parts of a split stand before the one that stays.
func (p *patch) functions(_ []model.Change) error {
	for _, was := range p.before.Functions() {
		s, r := p.at(was.ID)
		if s == nil {
			continue
		}
		family := p.now.functions[was.Origin]
		if len(family) != 1 || family[0].ID != was.ID {
			s.unconnected(r)
		}
		s.family(r, was.ID, ids(family), func(d *yamlpos.Draft, id model.ID) {
			s.function(d, r, was, p.after.Function(id))
		})
		p.done[was.ID] = true
		for _, f := range append([]*model.Function{was}, family...) {
			p.done[f.ID] = true
			for _, d := range []*model.Design{p.before, p.after} {
				if role := d.Role(f.Role); role != nil && role.Implicit {
					p.done[role.ID] = true
				}
			}
		}
	}
	return nil
}

// unconnected fails where a connector gives a function access: what SAM makes of it follows the function's name.
func (s *sheet) unconnected(r *resource) {
	if n := r.Value.Get("Connectors"); n != nil {
		s.draft.Fail("%s: %s has connectors, whose policies SAM makes: write them out first", n.Span(), r.ID)
	}
	for _, c := range s.template.Declared {
		if c.Written == samConnector && slices.Contains(s.connected(c.Value), r.ID) {
			s.draft.Fail("%s: connector %s names %s, and SAM makes its policies: write them out first", c.Origin, c.ID, r.ID)
		}
		for _, p := range s.pairs(c.Value.Get("Connectors")) {
			if slices.Contains(s.connected(p.Value), r.ID) {
				s.draft.Fail("%s: connector %s of %s names %s, and SAM makes its policies: write them out first", p.Key.Span(), p.Key.Value, c.ID, r.ID)
			}
		}
	}
}

// connected lists the logical ids at the ends of a connector.
func (s *sheet) connected(connector *yamlpos.Node) []string {
	var out []string
	for _, end := range []string{"Source", "Destination"} {
		n := s.get(connector.Get("Properties"), end)
		for _, i := range append(s.items(n), n) {
			out = append(out, s.words(s.get(i, "Id")))
			out = append(out, s.refs(i)...)
		}
	}
	return out
}

// function makes a declared function, or a copy of it, what it is to be.
func (s *sheet) function(d *yamlpos.Draft, r *resource, was, is *model.Function) {
	n := *is
	n.ID, n.LogicalID, n.Name, n.ARN, n.Role, n.RoleARN = was.ID, was.LogicalID, was.Name, was.ARN, was.Role, was.RoleARN
	n.Handler, n.Environment, n.Policy, n.Destinations = was.Handler, was.Environment, was.Policy, was.Destinations
	if !model.Same(was, &n) {
		d.Fail("%s: what changed of %s cannot be written into this template: it has %s", r.Origin, was.ID, importers.Difference(&n, was))
		return
	}
	if is.LogicalID != r.ID {
		d.Rename(r.Key, is.LogicalID)
	}
	s.enterHolder(is.LogicalID, r)
	defer s.leaveHolder()
	props := yamlpos.MembersOf(r.Value.Get("Properties").Resolve())
	if was.Handler != is.Handler {
		props.Set("Handler", yamlpos.Reworded(props.Value("Handler"), is.Handler))
	}
	s.physicalName(d, props, "FunctionName", was.Name, is.Name)
	s.environmentOf(d, r, props, was, is)
	s.roleOf(d, r, props, was, is)
	s.events(d, r, props, was, is)
	if props.Changed() && !s.shared(d, r.Value.Get("Properties").Resolve()) {
		props.Write(d)
	}
}

// environmentOf leaves a function the variables that it is to have.
func (s *sheet) environmentOf(d *yamlpos.Draft, r *resource, props *yamlpos.Members, was, is *model.Function) {
	has := func(list []model.EnvVar, name string) bool {
		return slices.ContainsFunc(list, func(v model.EnvVar) bool { return v.Name == name })
	}
	for _, v := range is.Environment {
		if !has(was.Environment, v.Name) {
			d.Fail("%s: %s is to have a variable %s, whose value is not known", was.Origin, is.ID, v.Name)
			return
		}
	}
	environment := yamlpos.MembersOf(props.Value("Environment").Resolve())
	node := environment.Value("Variables")
	variables := yamlpos.MembersOf(node.Resolve())
	for _, v := range was.Environment {
		if has(is.Environment, v.Name) {
			continue
		}
		if variables.Index(v.Name) < 0 {
			d.Fail("%s: the variable %s does not stand in the function itself, so %s cannot be without it", v.Origin, v.Name, is.ID)
			return
		}
		if g := s.template.Globals.Get("Function").Get("Environment").Get("Variables").Get(v.Name); g != nil && r.Written == samFunction {
			d.Fail("%s: the variable %s is one of Globals too, so %s cannot be without it", g.Span(), v.Name, is.ID)
			return
		}
		variables.Remove(v.Name)
	}
	switch {
	case !variables.Changed():
	case s.shared(d, node.Resolve()):
	case !variables.Empty():
		variables.Write(d)
	default:
		environment.Remove("Variables")
		if environment.Empty() {
			props.Remove("Environment")
			return
		}
		environment.Write(d)
	}
}

// roleOf writes which role a function has: the name of one, or the policies of the one that the transform makes.
func (s *sheet) roleOf(d *yamlpos.Draft, r *resource, props *yamlpos.Members, was, is *model.Function) {
	before, after := s.patch.before.Role(was.Role), s.patch.after.Role(is.Role)
	switch {
	case before == nil || after == nil:
		if was.RoleARN != is.RoleARN {
			d.Fail("%s: the role of %s cannot be changed", r.Origin, is.ID)
		}
	case before.Implicit && after.Implicit:
		if before.ID == after.ID && samePolicies(s.patch, before, after) {
			return
		}
		h := &holding{sheet: s, draft: d, props: props, before: before, after: after, places: s.places.policies[before.ID]}
		h.write()
	case before.Implicit && s.writesOut(r, before, after):
		s.ownRole(d, r, props, is, before, after)
	case before.ID == after.ID:
		// It is another's, which writes it out, and keeps its name.
	case after.Implicit:
		d.Fail("%s: %s is to have %s, which is another sort of role", r.Origin, is.ID, after.ID)
	case before.ID != after.ID:
		v, err := s.express(is.RoleARN)
		if err != nil {
			d.Fail("%s: the role of %s: %v", r.Origin, is.ID, err)
		}
		if n := props.Value("Role"); n != nil {
			s.moved[move{d, n, before.LogicalID}] = true
		}
		props.Set("Role", v)
		if led := s.patch.led(was, is); d == s.draft {
			s.led[r] = led
		} else {
			s.wait(d, r, led)
		}
	}
}

// events leaves a SAM function the events that start it, and takes in those that others gave up.
func (s *sheet) events(d *yamlpos.Draft, r *resource, props *yamlpos.Members, was, is *model.Function) {
	if r.Written != samFunction {
		return
	}
	if n := props.Value("FunctionUrlConfig"); n != nil && s.started(n.Span(), was.ID, s.patch.then) && !s.started(n.Span(), is.ID, s.patch.now) {
		props.Remove("FunctionUrlConfig")
	}
	node := props.Value("Events")
	events := yamlpos.MembersOf(node.Resolve())
	if node != nil && node.Resolve().Kind == yamlpos.Mapping {
		for _, pair := range node.Resolve().Pairs() {
			at := entrySpan(pair.Key, pair.Value)
			switch {
			case pair.Merged:
			case s.started(at, was.ID, s.patch.then):
				if !s.started(at, is.ID, s.patch.now) {
					events.Remove(pair.Key.Value)
				}
			case is.ID != was.ID && s.patch.after.Function(was.ID) != nil:
				events.Remove(pair.Key.Value) // nobody knows what it is: it stays where it was
			}
		}
	}
	var more []string
	added := yamlpos.MappingOf(yamlpos.Usual)
	for _, t := range s.patch.now.triggers[is.ID] {
		if s.patch.isNew(t) {
			v := s.newEvent(t)
			more = append(more, t.Name)
			if node == nil {
				added = added.Put(t.Name, v)
			} else {
				events.Set(t.Name, v)
			}
			s.patch.done[t.ID] = true
			continue
		}
		old := s.before(t)
		if old == nil || old.To == was.ID || s.places.triggerOf[old.ID] == nil || s.places.triggerOf[old.ID].Written != samFunction {
			continue
		}
		n := s.places.triggers[old.ID]
		if n == nil || !s.Has(n) || slices.Contains(more, old.Name) {
			continue
		}
		if from := s.patch.after.Resource(t.From); from != nil && t.Kind == "s3-notification" && s.leads(is.LogicalID, from.LogicalID) {
			d.Fail("%s: %s cannot start %s, which needs it: CloudFormation refuses such a circle", t.Origin, from.ID, is.ID)
			return
		}
		if events.Index(old.Name) >= 0 {
			d.Fail("%s: %s has another event called %s", t.Origin, is.ID, old.Name)
			return
		}
		text, err := s.Draft(n.Span()).Copy()
		if err != nil {
			d.Fail("%v", err)
			return
		}
		more = append(more, old.Name)
		v := s.Edited(n, text)
		if node == nil {
			added = added.Put(old.Name, v)
		} else {
			events.Set(old.Name, v)
		}
	}
	switch {
	case added.Len() > 0:
		props.Set("Events", added)
	case !events.Changed():
	case s.shared(d, node.Resolve()):
	case events.Empty():
		props.Remove("Events")
	default:
		events.Write(d)
	}
}

// started reports whether a trigger that was read at a place starts the function in a design.
func (s *sheet) started(at source.Span, function model.ID, d *index) bool {
	return slices.ContainsFunc(d.triggers[function], func(t *model.Trigger) bool { return t.Origin == at })
}

// before is what a trigger of the design after was: the one with its id, else the one at its place.
func (s *sheet) before(t *model.Trigger) *model.Trigger { return s.patch.was(t) }

func (p *patch) was(t *model.Trigger) *model.Trigger {
	if b := p.before.Trigger(t.ID); b != nil {
		return b
	}
	if t.Origin.IsZero() {
		return nil
	}
	for _, b := range p.before.Triggers() {
		if b.Origin == t.Origin && p.after.Trigger(b.ID) == nil {
			return b
		}
	}
	return nil
}
