package render

import (
	"slices"

	"bulkhead/model"
	"bulkhead/model/reach"
)

// Known is what a picture finds out about a design of itself, whichever breach it shows: kept by whom draws a large design
// many times. It holds for one analysis and is not used for another.
type Known struct{ survey *survey }

// Learn finds out what pictures of a design ask. It takes its time where the design is large.
func Learn(v View) *Known { return &Known{take(v)} }

// surveyed is the survey of a view, taken from what is known where that fits.
func (v View) surveyed() *survey {
	if a := v.analysed(); v.Known != nil && a != nil && v.Known.survey.view.analysed() == a && v.Known.survey.design == v.Design {
		s := *v.Known.survey
		s.view, s.facts = v, v.facts()
		return &s
	}
	return take(v)
}

// analysed is the analysis that answers for a view, nil where none does.
func (v View) analysed() *reach.Analysis {
	if a, ok := v.facts().(analysis); ok {
		return a.Analysis
	}
	return nil
}

// Around are the compartments that a picture of one element shows: its own; those that a breach of it holds and, where fed
// functions are taken as vulnerable, those that it feeds on the way; those that lead to it or that it leads to; of a
// resource, those that can touch it. Nearest first, no more than a hull has bays. The breach may be nil.
func (k *Known) Around(id model.ID, b *reach.Breach, vulnerable bool) []model.ID {
	s := k.survey
	var out []model.ID
	seen := map[model.ID]bool{}
	add := func(id model.ID) {
		if i, ok := s.at[id]; ok && len(out) < MostBays-1 && !seen[s.compartments[i].ID] {
			seen[s.compartments[i].ID] = true
			out = append(out, s.compartments[i].ID)
		}
	}
	add(id)
	home := s.home(id)
	if b != nil && (b.From == id || s.home(b.From) == home) {
		for _, r := range b.Runs {
			add(r)
		}
		for _, f := range b.Fed {
			if vulnerable {
				add(f)
			}
		}
	}
	for _, d := range s.doors {
		if d.from == home {
			add(d.to)
		}
	}
	for _, d := range s.doors {
		if d.to == home {
			add(d.from)
		}
	}
	// Who touches a thing by name says more of it than who touches everything.
	for _, named := range []bool{true, false} {
		for _, i := range s.users[id] {
			if s.touches[i][id].named == named {
				add(s.compartments[i].ID)
			}
		}
	}
	return out
}

// wants reports whether the view wants a compartment drawn.
func (s *survey) wants(c model.Compartment) bool {
	return s.view.Focus == nil || slices.ContainsFunc(s.view.Focus, func(id model.ID) bool {
		i, ok := s.at[id]
		return ok && s.compartments[i].ID == c.ID
	})
}
