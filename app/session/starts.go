package session

import (
	"bulkhead/model"
	"bulkhead/model/reach"
)

// WorstStart is where a breach of a side floods most: the worst of its functions, the first where none floods; of a design
// without functions the role or user that reaches an administrator, or else most. "" where nothing starts.
func WorstStart(s Side, vulnerable bool) model.ID {
	if s.Measures.WorstOf != "" {
		return s.Measures.WorstOf
	}
	if fs := s.Design.Functions(); len(fs) > 0 {
		return fs[0].ID
	}
	if s.Analysis == nil {
		return ""
	}
	var starts []model.ID
	for _, r := range s.Design.Roles() {
		starts = append(starts, r.ID)
	}
	for _, p := range s.Design.Principals() {
		if p.Kind == model.User {
			starts = append(starts, p.ID)
		}
	}
	known := s.Analysis.Administrators()
	var worst model.ID
	high := -1.0
	for _, id := range starts {
		f, ok := s.Analysis.Reach(id)
		if !ok {
			continue
		}
		x := f.May.Share
		if vulnerable {
			x = f.FedMay.Share
		}
		if s.Analysis.Rules(id, vulnerable) && reach.WhyKnown(known, id) == "" {
			x += 2 // more than any share: and it is news, as that of a known administrator is not
		}
		if x > high {
			worst, high = id, x
		}
	}
	return worst
}

// starts reports whether a breach can start in what has an id: a function, a role, a user, a group, or somebody from outside.
func (s *State) starts(id model.ID) bool {
	for _, side := range []*Side{&s.After, &s.Before} {
		d := side.Design
		if d.Function(id) != nil || d.Role(id) != nil || d.Principal(id) != nil {
			return true
		}
		if reach.Outside(id) && side.Analysis != nil {
			if _, ok := side.Analysis.Stranger(string(id)); ok {
				return true
			}
		}
	}
	return false
}
