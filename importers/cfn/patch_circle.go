package cfn

import (
	"slices"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
)

// circular reports whether a reference to id in the resource that is being written would close a circle of
// resources that need each other. The best known: a bucket that notifies a function whose role names the bucket.
// https://aws.amazon.com/blogs/infrastructure-and-automation/handling-circular-dependency-errors-in-aws-cloudformation/
func (s *sheet) circular(id string) bool {
	return s.holder != "" && id != s.holder && s.leads(id, s.holder)
}

// leads reports whether a resource needs another, directly or by way of others.
func (s *sheet) leads(from, to string) bool {
	seen := map[string]bool{}
	var leads func(from string) bool
	leads = func(from string) bool {
		if from == to {
			return true
		}
		if seen[from] {
			return false
		}
		seen[from] = true
		return slices.ContainsFunc(s.needed()[from], leads)
	}
	return leads(from)
}

// needed is what each resource of the template refers to, by logical id, as it is to be: SAM's roles count as part
// of their functions, and what SAM makes of an event as part of the event's source.
func (s *sheet) needed() map[string][]string {
	if s.needs != nil {
		return s.needs
	}
	s.needs = map[string][]string{}
	edge := func(from, to string) {
		if from != "" && to != "" && from != to {
			s.needs[from] = append(s.needs[from], to)
		}
	}
	for _, r := range s.template.Declared {
		if s.patch.passed[r.ID] != "" {
			continue
		}
		for _, id := range s.refs(r.Value.Get("Properties")) {
			if made := s.resource(id); made != nil && made.Made && made.Owner != nil {
				id = made.Owner.ID
			}
			edge(r.ID, id)
		}
		for _, i := range s.written(yamlpos.MembersOf(r.Value).Value("DependsOn")) {
			edge(r.ID, i.Value)
		}
	}
	for _, f := range s.patch.after.Functions() {
		if role := s.patch.after.Role(f.Role); role != nil && !role.Implicit {
			edge(f.LogicalID, role.LogicalID)
		}
		for _, t := range s.patch.now.triggers[f.ID] {
			from := s.patch.after.Resource(t.From)
			if from == nil {
				continue
			}
			switch {
			case t.Kind == "s3-notification", t.Kind == "cognito", t.Kind == "api-route" && s.isEvent(t):
				edge(from.LogicalID, f.LogicalID)
			}
		}
	}
	return s.needs
}

// isEvent reports whether a trigger is an event of a SAM function.
func (s *sheet) isEvent(t *model.Trigger) bool {
	was := s.patch.was(t)
	if was == nil {
		return s.patch.isNew(t)
	}
	r := s.places.triggerOf[was.ID]
	return r != nil && r.Written == samFunction
}
