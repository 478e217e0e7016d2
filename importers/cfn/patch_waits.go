package cfn

import (
	"slices"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
)

// Followers tell what takes the place of what goes in the order of deployment: logical id → those that what waited for
// it (DependsOn) waits for now. Nothing: it waits no more.
type followers map[string][]string

// followers finds what comes in the place of functions, roles and policies that go: the part that takes the place for
// callers where there is one, else all parts. A policy's statements stand in the roles that had it.
func (p *patch) followers() followers {
	out := followers{}
	add := func(id, by string) {
		if by != "" && !slices.Contains(out[id], by) {
			out[id] = append(out[id], by)
		}
	}
	for _, f := range p.before.Functions() {
		if p.after.Function(f.ID) != nil || f.LogicalID == "" {
			continue
		}
		parts := p.now.functions[f.Origin]
		if heir := p.after.Function(p.heirOf(f.ID)); heir != nil {
			parts = []*model.Function{heir}
		}
		was := p.before.Role(f.Role)
		out[f.LogicalID] = nil
		for _, part := range parts {
			add(f.LogicalID, part.LogicalID)
			if is := p.after.Role(part.Role); was != nil && is != nil && p.after.Role(was.ID) == nil {
				add(was.LogicalID, is.LogicalID)
			}
		}
	}
	for _, r := range p.before.Roles() {
		for _, id := range r.Policies {
			if q := p.before.Policy(id); q != nil && q.LogicalID != "" && p.after.Policy(id) == nil {
				out[q.LogicalID] = slices.Clone(out[q.LogicalID])
				for _, role := range out[r.LogicalID] {
					add(q.LogicalID, role)
				}
			}
		}
	}
	for _, r := range p.before.Resources() {
		if p.after.Resource(r.ID) == nil {
			out[r.LogicalID] = nil
		}
	}
	delete(out, "")
	return out
}

// led is what follows for something that was a function's and is another's now.
func (p *patch) led(was, is *model.Function) followers {
	out := followers{}
	if was.ID != is.ID {
		out[was.LogicalID] = []string{is.LogicalID}
	}
	before, after := p.before.Role(was.Role), p.after.Role(is.Role)
	if before == nil || after == nil || before.ID == after.ID {
		return out
	}
	out[before.LogicalID] = []string{after.LogicalID}
	for _, id := range before.Policies {
		if q := p.before.Policy(id); q != nil && q.LogicalID != "" && !slices.Contains(after.Policies, id) {
			out[q.LogicalID] = []string{after.LogicalID}
		}
	}
	return out
}

// waitAll leads the DependsOn of what stays to what takes the place of what goes.
func (s *sheet) waitAll() {
	for _, r := range s.template.Declared {
		if s.Has(r.Value) && r.Value.Kind == yamlpos.Mapping && !slices.Contains(s.gone, r) {
			s.wait(s.draft, r, s.led[r])
		}
	}
}

// wait leads the DependsOn of a resource, or of a copy of it, to what takes the place of what goes, first of all to
// what the resource itself leads to now.
func (s *sheet) wait(d *yamlpos.Draft, r *resource, led followers) {
	m := yamlpos.MembersOf(r.Value)
	n := m.Value("DependsOn")
	if n == nil || !s.Has(n) {
		return
	}
	items := []*yamlpos.Node{n}
	if n.Kind == yamlpos.Sequence {
		items = n.Items()
	}
	named := map[string]bool{}
	for _, i := range items {
		named[i.Value] = true
	}
	var plan []yamlpos.Slot
	changed := false
	for i, item := range items {
		to, goes := led[item.Value]
		if !goes {
			to, goes = s.patch.follow[item.Value]
		}
		goes = goes || slices.ContainsFunc(s.gone, func(g *resource) bool { return g.ID == item.Value })
		old := i
		switch {
		case goes:
			changed = true
		case r.Type == "AWS::S3::Bucket": // it may only notify whom its permissions let it call
			to = s.copied[item.Value]
			fallthrough
		default:
			plan = append(plan, yamlpos.Stay(i))
			old = -1
		}
		for _, id := range to {
			if named[id] {
				continue
			}
			named[id], changed = true, true
			v := yamlpos.Reworded(item, id)
			plan = append(plan, yamlpos.Slot{Old: old, New: &v})
			old = -1
		}
	}
	switch {
	case !changed:
	case len(plan) == 0:
		m.Remove("DependsOn")
		m.Write(d)
	case s.shared(d, n):
	case n.Kind == yamlpos.Sequence:
		d.Items(n, plan)
	case len(plan) == 1:
		d.Replace(n, *plan[0].New)
	default:
		var all []yamlpos.Value
		for _, slot := range plan {
			if slot.New == nil {
				all = append(all, s.Copy(n))
			} else {
				all = append(all, *slot.New)
			}
		}
		d.Replace(n, yamlpos.ListOf(yamlpos.OneLine, all...))
	}
}
