package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
)

// A Ranking is every breach at once: which compartment hurts most, and which resource is most exposed. It costs little
// where a Diagram of as large a design costs much.
type Ranking struct {
	Claim     Claim
	Sea       Sea    // what all reach together; see SeaOfAll
	By        string // what the bundles of the ranks have in common; "" where there is one bundle alone
	Functions int
	Pending   bool       // the breaches are still to be worked out: it has names, and no figures
	Ranks     []Rank     // worst first
	Exposures []Exposure // most exposed first; counted resources alone
}

// A Rank is a compartment with the worst breach of its functions.
type Rank struct {
	ID        model.ID // of the compartment
	Start     model.ID // its function with the worst breach
	Name      string
	Caption   string // its functions where it has several, and its role
	Bundle    string
	Functions int
	Triggers  int
	Open      bool    // anyone outside may start it
	Share     float64 // of the counted resources, must and may
	Sure      float64 // the part of it that holds whatever the unknowns
	Weighted  float64
	Resources int // counted, must and may
	AtLeast   bool
	Admin     bool    // an administrator is reachable
	Was       float64 // Share in the design that it is compared with, −1 where it is not there
}

// An Exposure is a counted resource with how many breaches reach it.
type Exposure struct {
	ID     model.ID
	Name   string
	Noun   string
	Icon   string
	Crown  bool
	By     int // functions whose breaches hit it
	Weight float64
}

// Rankings ranks the design of a view, whichever breach it shows. before, if not nil, is what it is compared with.
func Rankings(v View, before *View) *Ranking {
	v.Breach = nil
	s := sight(v)
	r := &Ranking{Functions: len(s.design.Functions()), Claim: claimOf([]*survey{s}, 0)}
	r.Claim.Parts = nil
	r.Claim.Sentence = strings.Replace(r.Claim.Sentence, "No breach shown", "Every breach at once", 1)
	if r.Pending = r.Functions > 0 && len(s.reaches) == 0; r.Pending {
		r.Claim.Sentence = fmt.Sprintf("Working out the breaches of %s in %s", count(r.Functions, "function", "functions"), count(len(s.compartments), "compartment", "compartments"))
	}
	was := func(model.ID) float64 { return -1 }
	if before != nil && before.Design != v.Design {
		old := sight(*before)
		was = func(id model.ID) float64 {
			if i, ok := old.at[id]; ok {
				share, _ := old.worst(old.compartments[i])
				return share
			}
			return -1
		}
		r.Claim.Good = r.Claim.Good || v.Measures.Worst < before.Measures.Worst && !s.ruled()
	}
	bundles := Bundles(s.design)
	in := map[model.ID]string{}
	if len(bundles) > 1 {
		r.By = bundles[0].By
		for _, b := range bundles {
			for _, m := range b.Members {
				in[m] = b.Name
			}
		}
	}
	for _, c := range s.compartments {
		r.Ranks = append(r.Ranks, s.rank(c, in[c.ID], was(c.ID)))
	}
	slices.SortStableFunc(r.Ranks, func(a, b Rank) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.Weighted, a.Weighted))
	})
	for _, x := range s.resources {
		if !s.counted[x.ID] {
			continue
		}
		kind := kindOf(x)
		r.Exposures = append(r.Exposures, Exposure{ID: x.ID, Name: s.name(x.ID), Noun: kind.Noun, Icon: kind.Icon, Crown: x.Crown,
			By: v.Measures.Exposure[x.ID], Weight: s.facts.Weight(x.ID)})
	}
	slices.SortStableFunc(r.Exposures, func(a, b Exposure) int {
		return cmp.Or(cmp.Compare(b.By, a.By), cmp.Compare(b.Weight, a.Weight))
	})
	return r
}

// SeaOfAll says what all breaches of a view's design reach beyond it, in one figure. Of a whole account that takes as long to
// count as the analysis, so a Ranking has none until it is given one.
func SeaOfAll(v View) Sea {
	if v.Analysis == nil {
		return Sea{}
	}
	kinds := v.Analysis.SeaKinds(v.Vulnerable)
	if kinds == 0 {
		return Sea{Words: "nothing beyond the design"}
	}
	return Sea{Words: fmt.Sprintf("over all breaches, %s of things beyond the design", count(kinds, "kind", "kinds")), Open: true}
}

// worst is the function of a compartment with the worst breach, the first of those with the same.
func (s *survey) worst(c model.Compartment) (share float64, function model.ID) {
	function = c.Functions[0]
	for _, f := range c.Functions {
		if v, ok := s.share(f); ok && v > share {
			share, function = v, f
		}
	}
	return share, function
}

func (s *survey) rank(c model.Compartment, bundle string, was float64) Rank {
	share, start := s.worst(c)
	figures := s.reaches[start]
	must, may := s.view.figures(figures)
	r := Rank{ID: c.ID, Start: start, Name: cmp.Or(c.Name, s.name(c.ID)), Bundle: bundle, Functions: len(c.Functions),
		Share: share, Sure: must.Share, Weighted: may.Weighted, Resources: may.Resources, AtLeast: figures.AtLeast, Was: was}
	for _, f := range c.Functions {
		for _, t := range s.triggers[f] {
			if t.Kind != "permission" {
				r.Triggers++
				r.Open = r.Open || t.Open
			}
		}
		if s.view.Analysis != nil {
			r.Admin = r.Admin || s.view.Analysis.Rules(f, s.view.Vulnerable)
		}
	}
	if r.Functions > 1 {
		r.Caption = count(r.Functions, "function", "functions")
	}
	if role := s.name(c.Role); role != "" && role != r.Name {
		r.Caption = strings.TrimPrefix(r.Caption+" · "+role, " · ")
	}
	return r
}

// Twins are the ranks and the exposures as tables.
func (r *Ranking) Twins() []Twin {
	ranks := Twin{Title: "Compartments, worst breach first", Head: []string{"Compartment", "Group", "Functions", "Triggers", "A breach reaches", "Sure", "Resources", "Weighted", "Administrator reachable"}}
	for _, k := range r.Ranks {
		ranks.Rows = append(ranks.Rows, []string{k.Name, k.Bundle, fmt.Sprint(k.Functions), fmt.Sprint(k.Triggers), Share(k.Share, k.AtLeast), Percent(k.Sure), fmt.Sprint(k.Resources), Percent(k.Weighted), map[bool]string{true: "yes"}[k.Admin]})
	}
	things := Twin{Title: "Resources, most exposed first", Head: []string{"Resource", "Kind", "Reached by", "Weight"}}
	for _, e := range r.Exposures {
		name := e.Name
		if e.Crown {
			name += " (crown jewel)"
		}
		things.Rows = append(things.Rows, []string{name, e.Noun, fmt.Sprintf("%d of %d", e.By, r.Functions), fmt.Sprintf("%g", e.Weight)})
	}
	return []Twin{ranks, things}
}
