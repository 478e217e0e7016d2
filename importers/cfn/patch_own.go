package cfn

import (
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// writesOut reports whether a role that is to stand in the template is the one that the transform makes for a function,
// or a copy of it: nothing in the template says it yet.
func (s *sheet) writesOut(r *resource, before, after *model.Role) bool {
	made := s.places.resources[before.ID]
	is := s.patch.before.Role(after.ID)
	return !after.Implicit && made != nil && made.Made && made.Owner == r && (is == nil || is.Implicit) && after.Origin == before.Origin
}

// ownRole writes the role that the transform makes for a function as a resource of its own, and takes out of the
// function what was for that role: with a Role, the transform looks at none of it.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html#sam-function-role
func (s *sheet) ownRole(d *yamlpos.Draft, r *resource, props *yamlpos.Members, f *model.Function, before, after *model.Role) {
	if n := props.Value("Role"); n != nil {
		d.Fail("%s: whether %s has this role or one that the transform makes is chosen by a condition: the role cannot be written out without losing the choice", n.Span(), f.ID)
		return
	}
	if n := r.Props.Get("Role"); s.Has(n) {
		d.Fail("%s: the role of %s is chosen here by a condition: it cannot be written out without losing the choice", n.Span(), f.ID)
		return
	}
	if !s.patch.done[after.ID] {
		s.patch.done[after.ID] = true
		s.precede(r, after.LogicalID, s.roleResource(d, r, before, after))
	}
	v, err := s.express(f.RoleARN)
	if err != nil {
		d.Fail("%s: the role of %s: %v", r.Origin, f.ID, err)
		return
	}
	props.Swap("Policies", "Role", v)
	for _, key := range []string{"PermissionsBoundary", "AssumeRolePolicyDocument", "RolePath"} {
		props.Remove(key)
	}
	if before.ID == after.ID {
		return
	}
	if led := s.patch.led(s.patch.before.Function(s.idOf(r)), f); d == s.draft {
		s.led[r] = led
	} else {
		s.wait(d, r, led)
	}
}

// precede puts a new resource before one of the template.
func (s *sheet) precede(r *resource, id string, v yamlpos.Value) {
	section, i := s.section(r)
	if i < 0 {
		s.draft.Fail("%s: %s is not written in Resources itself", r.Origin, r.ID)
		return
	}
	s.draft.Precede(section, i, id, v)
}

// within runs f while a resource is being written that is new, and stands in no text yet.
func (s *sheet) within(id string, f func()) {
	holder, block := s.holder, s.block
	s.holder, s.block = id, source.Span{}
	f()
	s.holder, s.block = holder, block
}

// handedOn are the attributes that the transform hands on from a function to what it makes of it.
var handedOn = []string{"Condition", "DeletionPolicy", "UpdateReplacePolicy"}

// begun is a new resource of a type, with the attributes that the transform gives it from a function.
func (s *sheet) begun(cfnType string, r *resource) yamlpos.Value {
	v := yamlpos.MappingOf(yamlpos.Usual).Put("Type", yamlpos.Text(cfnType))
	for _, key := range handedOn {
		if n := r.Value.Get(key); n != nil && s.Has(n) {
			v = v.Put(key, s.Copy(n))
		}
	}
	return v
}

// roleResource is a role that the transform made for r, as a resource: what stands in the function is copied.
func (s *sheet) roleResource(d *yamlpos.Draft, r *resource, before, after *model.Role) yamlpos.Value {
	p := yamlpos.MappingOf(yamlpos.Usual)
	s.within(after.LogicalID, func() {
		copied := func(key string) (yamlpos.Value, bool) {
			n := r.Props.Get(key)
			if n == nil || !s.Has(n) {
				return yamlpos.Value{}, false
			}
			return s.Copy(n), true
		}
		if v, ok := copied("RolePath"); ok {
			p = p.Put("Path", v)
		}
		trust, ok := copied("AssumeRolePolicyDocument")
		if !ok || !sameDocument(before.Trust, after.Trust) {
			trust = s.printedDocument(d, after.Trust)
		}
		p = p.Put("AssumeRolePolicyDocument", trust)
		if v, ok := copied("PermissionsBoundary"); ok {
			p = p.Put("PermissionsBoundary", v)
		}
		w := &writtenOut{sheet: s, draft: d, role: before}
		for _, id := range after.Policies {
			if q := s.patch.after.Policy(id); q != nil {
				w.policy(q)
			}
		}
		if len(w.managed) > 0 {
			p = p.Put("ManagedPolicyArns", yamlpos.ListOf(yamlpos.Usual, w.managed...))
		}
		if len(w.inline) > 0 {
			p = p.Put("Policies", yamlpos.ListOf(yamlpos.Usual, w.inline...))
		}
		var tags []yamlpos.Value
		for _, t := range s.pairs(s.get(r.Props, "Tags")) {
			if s.Has(t.Key) && s.Has(t.Value) {
				tags = append(tags, yamlpos.MappingOf(yamlpos.Usual).Put("Key", yamlpos.Text(t.Key.Value)).Put("Value", s.Copy(t.Value)))
			}
		}
		if len(tags) > 0 {
			p = p.Put("Tags", yamlpos.ListOf(yamlpos.Usual, tags...))
		}
	})
	return s.begun("AWS::IAM::Role", r).Put("Properties", p)
}

// A writtenOut collects the policies of a role that is written out.
type writtenOut struct {
	*sheet
	draft   *yamlpos.Draft
	role    *model.Role // as the transform makes it
	managed []yamlpos.Value
	inline  []yamlpos.Value
}

// policy adds a policy. What stands in a list of the function keeps its bytes.
func (w *writtenOut) policy(p *model.Policy) {
	place := w.placeOf(p)
	if p.LogicalID != "" && (!p.Managed || p.Attaches || place == nil || place.List == nil) {
		return // a resource of its own, which names the roles that it is attached to
	}
	var entry *yamlpos.Node // in the function's list
	if place != nil && place.Entry != nil && w.Has(place.Entry) {
		entry = place.Entry
		if list := place.List; list != entry && list != nil && !(list.Kind == yamlpos.Sequence && !isCall(list) && slices.Contains(list.Items(), entry)) {
			w.draft.Fail("%s: this policy is chosen by a call, or stands behind an alias: write it out first", entry.Span())
			return
		}
	}
	switch {
	case !p.Managed:
		doc := yamlpos.Value{}
		if was := w.patch.before.Policy(p.ID); was != nil && entry != nil && place.Document != nil && w.Has(place.Document) && sameDocument(was.Document, p.Document) {
			doc = w.Copy(place.Document)
		} else {
			doc = w.printedDocument(w.draft, p.Document)
		}
		w.inline = append(w.inline, yamlpos.MappingOf(yamlpos.Usual).Put("PolicyName", yamlpos.Text(p.Name)).Put("PolicyDocument", doc))
	case entry != nil && (entry.Kind != yamlpos.Scalar || isCall(entry) || strings.HasPrefix(entry.Value, "arn:")):
		w.managed = append(w.managed, w.Copy(entry))
	default:
		v, err := w.express(p.ARN)
		if err != nil {
			w.draft.Fail("%s: %v", p.ID, err)
		}
		w.managed = append(w.managed, v)
	}
}

// placeOf is where a policy of the role stood; nil if nowhere.
func (w *writtenOut) placeOf(p *model.Policy) *policyPlace {
	for i, pl := range w.places.policies[w.role.ID] {
		if pl.Policy == p.ID {
			return &w.places.policies[w.role.ID][i]
		}
	}
	return nil
}

// besides writes policies that are new resources beside the roles that have them.
func (p *patch) besides(_ []model.Change) error {
	for _, role := range p.after.Roles() {
		for _, id := range role.Policies {
			q := p.after.Policy(id)
			if q == nil || q.LogicalID == "" || q.Managed || p.before.Policy(id) != nil || p.done[id] {
				continue
			}
			s, r := p.ownerOf(role)
			if s == nil {
				continue
			}
			p.done[id] = true
			s.precede(r, q.LogicalID, s.besideResource(r, q))
		}
	}
	return nil
}

// ownerOf is the resource that a role is of, and its template: its own, the function's that it is made for, or of a part's new role
// those of the whole's.
func (p *patch) ownerOf(role *model.Role) (*sheet, *resource) {
	ids := []model.ID{role.ID}
	for _, o := range p.before.Roles() {
		if p.before.Role(role.ID) == nil && o.Origin == role.Origin && !o.Origin.IsZero() {
			ids = append(ids, o.ID)
		}
	}
	for _, id := range ids {
		if s, r := p.at(id); s != nil {
			return s, r
		}
		if made := p.places.resources[id]; made != nil && made.Owner != nil && made.Owner.Value != nil {
			if s := p.sheetOf(made.Owner.Origin); s != nil {
				return s, made.Owner
			}
		}
	}
	return nil, nil
}

// besideResource is a policy that names the roles that have it; r is what the roles are for.
func (s *sheet) besideResource(r *resource, q *model.Policy) yamlpos.Value {
	v := yamlpos.MappingOf(yamlpos.Usual).Put("PolicyName", yamlpos.Text(q.Name))
	var roles []yamlpos.Value
	for _, o := range s.patch.after.Roles() {
		if slices.Contains(o.Policies, q.ID) {
			roles = append(roles, s.ref(o.LogicalID))
		}
	}
	v = v.Put("Roles", yamlpos.ListOf(yamlpos.Usual, roles...))
	s.within(q.LogicalID, func() { v = v.Put("PolicyDocument", s.printedDocument(s.draft, q.Document)) })
	return s.begun("AWS::IAM::Policy", r).Put("Properties", v)
}
