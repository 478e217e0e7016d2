// Package review holds a design against an earlier one as whoever reviews a change would: what it reaches now that it
// did not, whom it lets do more, which walls are gone.
//
//	(Analysis before, Analysis after) --Compare--> []Finding ; Analysis --Limits--> []Finding
//
// A finding is by element and capability, never by a share, so that empty functions and dry buckets outweigh nothing.
// What only has another name, another place or another order is the same: see matching.
package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

// A Rule is a kind of finding.
type Rule string

// The rules, in the order in which findings are told.
const (
	NewAdmin    Rule = "new-admin"    // a way to an administrator that was not there
	NewHit      Rule = "new-hit"      // a capability on an element that a breach did not have
	NewSea      Rule = "new-sea"      // a way beyond the design that was not there
	NewOpening  Rule = "new-opening"  // a way in from outside that was not there
	WiderGrant  Rule = "wider-grant"  // a policy that allows what it did not
	WallRemoved Rule = "wall-removed" // a denial, boundary or other wall that is gone or lower
	Admin       Rule = "admin"        // a way to an administrator, whether or not it was there
	Worst       Rule = "worst"        // a breach that reaches a larger share than is let pass
)

// Rules lists all rules in their order.
var Rules = []Rule{NewAdmin, NewHit, NewSea, NewOpening, WiderGrant, WallRemoved, Admin, Worst}

// A Finding is one thing that a gate stops at.
type Finding struct {
	// ID says what it is about, in words that outlive the order of statements, their Sids and the lines they stand on.
	ID        string
	Rule      Rule
	Subject   model.ID // start, holder or policy
	Target    model.ID // of a hit; "" for others
	Can       string   // of a hit or the sea: the capability
	Says      string   // one sentence
	Why       []string // further sentences: reasons, the request that shows it
	Place     source.Span
	Undecided string          // why it is not certain, and what would tell; "" where it is
	Witness   *policy.Request // of a wider grant: allowed now and not before
}

// A Result is what a comparison found.
type Result struct {
	Findings []Finding
	Better   []string // what is reached no more, one sentence each
	Renamed  []Rename // elements that go by another id now
}

// A Rename is an element that has another id than before.
type Rename struct{ Before, After model.ID }

// Compare lists what after has worse than before, and what it has better. Places are those of after, but of walls that
// are gone those of before.
func Compare(before, after *reach.Analysis) *Result {
	if before == after {
		return &Result{}
	}
	c := &comparison{before: before, after: after, was: before.Design(), is: after.Design(), names: match(before.Design(), after.Design()),
		verdicts: map[string]policy.Verdict{}, wider: map[model.ID]bool{}, flat: map[*policy.Document]*policy.Document{}, surge: map[model.ID]bool{}}
	c.grants()
	c.openDoors()
	c.starts()
	r := &Result{Findings: c.findings, Better: c.better, Renamed: c.names.renamed()}
	r.sort()
	return r
}

// Limits lists what a design must not have whatever it had before: functions from which an administrator is reachable,
// and with worst below 1 those that reach a larger share of the counted resources, must or may, unweighted.
func Limits(an *reach.Analysis, noAdmin bool, worst float64) []Finding {
	var out []Finding
	d := an.Design()
	for _, f := range d.Functions() {
		if noAdmin {
			if b := an.Brief(f.ID); b.Admin {
				out = append(out, adminFinding(an, Admin, f.ID))
			}
		}
		if r, ok := an.Reach(f.ID); ok && r.May.Share > worst {
			out = append(out, Finding{ID: "worst " + string(f.ID), Rule: Worst, Subject: f.ID, Place: f.Origin,
				Says: fmt.Sprintf("%s reaches %d of %d counted resources (%.0f %%), more than %.0f %%", d.Name(f.ID), r.May.Resources, r.Of, 100*r.May.Share, 100*worst)})
		}
	}
	return out
}

// A comparison is a Result while it is worked out.
type comparison struct {
	before, after *reach.Analysis
	was, is       *model.Design
	names         *matching
	findings      []Finding
	better        []string

	wider    map[model.ID]bool // holders after of whom it is not proven that they are allowed nothing new
	verdicts map[string]policy.Verdict
	flat     map[*policy.Document]*policy.Document // documents of after in before's names
	heirloom []reach.Beyond                        // see inherited
	surge    map[model.ID]bool                     // see surges
}

func (c *comparison) add(f Finding) { c.findings = append(c.findings, f) }

// sort puts findings into an order that does not depend on the sources', and leaves doubles out.
func (r *Result) sort() {
	slices.SortStableFunc(r.Findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(Rules, x.Rule), slices.Index(Rules, y.Rule)), strings.Compare(x.ID, y.ID))
	})
	r.Findings = slices.CompactFunc(r.Findings, func(x, y Finding) bool { return x.ID == y.ID })
}

// adminFinding is a start from which an administrator is reachable, with the way.
func adminFinding(an *reach.Analysis, rule Rule, from model.ID) Finding {
	b := an.Breach(from)
	d := an.Design()
	f := Finding{ID: string(rule) + " " + string(from), Rule: rule, Subject: from, Place: placeOf(d, from)}
	f.Says = an.Name(from) + " becomes an administrator"
	if b.AdminMay {
		f.Says = an.Name(from) + " perhaps becomes an administrator"
		f.Undecided = unresolved(b.AdminWhy())
	}
	for _, s := range b.AdminWhy() {
		f.Why = append(f.Why, s.Sentence(d))
		if place := firstPlace(s.Evidence); !place.IsZero() {
			f.Place = place
		}
	}
	return f
}

func placeOf(d *model.Design, id model.ID) source.Span {
	if e := d.Element(id); e != nil {
		return e.Place()
	}
	return source.Span{}
}

func firstPlace(es []reach.Evidence) source.Span {
	for _, e := range es {
		if !e.Span.IsZero() {
			return e.Span
		}
	}
	return source.Span{}
}

// unresolved says what of a way the source does not tell, "" where only conditions of its policies decide it.
func unresolved(way []*reach.Step) string {
	for _, s := range way {
		for _, a := range s.Assumed {
			if a.Operator == "Matches" || a.Operator == "Allows" {
				return "it takes that " + a.Key + " " + strings.ToLower(a.Operator) + " " + strings.Join(a.Values, ", ")
			}
		}
		if s.Certainty == reach.May && len(s.Assumed) == 0 && s.Note != "" {
			return s.Note
		}
	}
	return ""
}
