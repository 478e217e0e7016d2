package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
)

// roles writes the roles that the template declares. Copies of one stand before it.
func (p *patch) roles(_ []model.Change) error {
	for _, was := range p.before.Roles() {
		if was.Implicit || was.External {
			continue
		}
		s, r := p.at(was.ID)
		if s == nil {
			continue
		}
		family := p.now.roles[was.Origin]
		s.family(r, was.ID, ids(family), func(d *yamlpos.Draft, id model.ID) {
			s.role(d, r, was, p.after.Role(id))
		})
		p.done[was.ID] = true
		for _, o := range family {
			p.done[o.ID] = true
		}
	}
	return nil
}

// madeRoles writes the policies of roles that the transform makes for something other than a function, such as a
// state machine.
func (p *patch) madeRoles(_ []model.Change) error {
	for _, was := range p.before.Roles() {
		made := p.places.resources[was.ID]
		if !was.Implicit || made == nil || made.Owner == nil || made.Owner.Written == samFunction {
			continue
		}
		is, s := p.after.Role(was.ID), p.sheetOf(made.Owner.Origin)
		if is == nil || s == nil || model.Same(was, is) && samePolicies(p, was, is) {
			continue
		}
		p.done[was.ID] = true
		s.enterHolder(made.Owner.ID, made.Owner)
		props := yamlpos.MembersOf(made.Owner.Value.Get("Properties").Resolve())
		h := &holding{sheet: s, draft: s.draft, props: props, before: was, after: is, places: p.places.policies[was.ID]}
		h.write()
		props.Write(s.draft)
		s.leaveHolder()
	}
	return nil
}

// people writes the policies of users and groups.
func (p *patch) people(_ []model.Change) error {
	for _, was := range p.before.Principals() {
		s, r := p.at(was.ID)
		is := p.after.Principal(was.ID)
		if s == nil || is == nil || slices.Equal(was.Policies, is.Policies) && !slices.ContainsFunc(was.Policies, func(id model.ID) bool {
			return !model.Same(p.before.Policy(id), p.after.Policy(id))
		}) {
			continue
		}
		n := *is
		n.Policies = was.Policies
		if !model.Same(was, &n) {
			continue
		}
		p.done[was.ID] = true
		s.enterHolder(r.ID, r)
		props := yamlpos.MembersOf(r.Value.Get("Properties").Resolve())
		h := &holding{
			sheet: s, draft: s.draft, props: props, places: p.places.policies[was.ID],
			before: &model.Role{ID: was.ID, LogicalID: r.ID, Policies: was.Policies}, after: &model.Role{ID: was.ID, LogicalID: r.ID, Policies: is.Policies},
		}
		h.write()
		props.Write(s.draft)
		s.leaveHolder()
	}
	return nil
}

func ids[T model.Element](list []T) []model.ID {
	var out []model.ID
	for _, e := range list {
		out = append(out, e.ElementID())
	}
	return out
}

// family writes what became of a resource: itself changed in its place, and copies of it before it. Where the
// resource itself goes, what takes its place is written into it, for the sake of comments and order.
func (s *sheet) family(r *resource, own model.ID, now []model.ID, write func(*yamlpos.Draft, model.ID)) {
	if len(now) == 0 {
		s.remove(r)
		return
	}
	stays := own
	if !slices.Contains(now, own) {
		stays = now[len(now)-1]
		if heir := s.patch.heirOf(own); slices.Contains(now, heir) {
			stays = heir
		}
	}
	for _, id := range now {
		if id == stays {
			continue
		}
		d := s.Draft(r.Origin)
		write(d, id)
		s.repoint(d, r.Value, s.patch.passed)
		text, err := d.Copy()
		if err != nil {
			s.draft.Fail("%v", err)
			continue
		}
		s.writeCopy(r, text)
	}
	write(s.draft, stays)
}

// role makes a declared role, or a copy of it, what it is to be.
func (s *sheet) role(d *yamlpos.Draft, r *resource, was, is *model.Role) {
	if model.Same(was, is) && samePolicies(s.patch, was, is) {
		return
	}
	if is.LogicalID != r.ID {
		d.Rename(r.Key, is.LogicalID)
	}
	s.enterHolder(is.LogicalID, r)
	defer s.leaveHolder()
	props := yamlpos.MembersOf(r.Value.Get("Properties").Resolve())
	if s.shared(d, r.Value) {
		return
	}
	s.physicalName(d, props, "RoleName", was.Name, is.Name)
	s.document(d, props.Value("AssumeRolePolicyDocument"), was.Trust, is.Trust)
	if was.Boundary != is.Boundary || was.Path != is.Path {
		d.Fail("%s: path or boundary of %s cannot be changed", r.Origin, was.ID)
	}
	h := &holding{sheet: s, draft: d, props: props, before: was, after: is, places: s.places.policies[was.ID]}
	h.write()
	props.Write(d)
}

// samePolicies reports whether the policies of a role that stand with it are what they were.
func samePolicies(p *patch, was, is *model.Role) bool {
	return slices.EqualFunc(was.Policies, is.Policies, func(a, b model.ID) bool {
		x, y := p.before.Policy(a), p.after.Policy(b)
		return x == y || x != nil && y != nil && model.Same(x, y)
	})
}

// physicalName changes the property that names a resource: a name that AWS generates needs none.
func (s *sheet) physicalName(d *yamlpos.Draft, props *yamlpos.Members, property, was, is string) {
	switch {
	case was == is:
	case strings.HasSuffix(is, "-GENERATED"):
		props.Remove(property)
	default:
		v, err := s.express(is)
		if err != nil {
			d.Fail("%s %s: %v", property, is, err)
		}
		props.Set(property, v)
	}
}
