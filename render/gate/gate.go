// Package gate writes what a check of a change found, for those who read it: a terminal, a pull request, a service that
// scans code.
//
//	Report --Text, Markdown, SARIF--> bytes
package gate

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/review"
	"bulkhead/model/source"
	"bulkhead/render"
)

// A Report is a check's answer.
type Report struct {
	Files      []string // that were checked, as given
	Against    string   // what they are held against, as given; "" where nothing was
	Version    string   // of the program
	Open       []review.Finding
	Accepted   []Accepted
	Problems   []Problem // of the file of accepted risks
	Better     []string
	Measures   reach.Measures  // now
	Before     *reach.Measures // on the same ledger; nil where they are not known
	Incomplete string          // what was not compared, and why; "" where everything was
	NotSeen    []string
	Picture    string // path of the picture of before and after beside the text, "" for none
}

// An Accepted is a finding that somebody answers for.
type Accepted struct {
	review.Finding
	Reason, Owner string
	Expiry        time.Time // zero: never
}

// A Problem is what is wrong with an accepted risk, and what to do.
type Problem struct {
	ID, Says string
	Place    source.Span
}

// Sure and undecided are the findings that stand.
func (r *Report) split() (sure, undecided []review.Finding) {
	for _, f := range r.Open {
		if f.Undecided == "" {
			sure = append(sure, f)
		} else {
			undecided = append(undecided, f)
		}
	}
	return sure, undecided
}

// Fails reports whether the answer is "no", and Undecided whether it is neither.
func (r *Report) Fails() bool {
	sure, _ := r.split()
	return len(sure) > 0 || len(r.Problems) > 0
}

// Undecided reports whether the answer rests on something that is not known.
func (r *Report) Undecided() bool {
	_, undecided := r.split()
	return !r.Fails() && len(undecided) > 0
}

// names of the rules, one and many.
var names = map[review.Rule][2]string{
	review.NewAdmin:    {"new way to an administrator", "new ways to an administrator"},
	review.NewHit:      {"new hit", "new hits"},
	review.NewSea:      {"new way beyond the design", "new ways beyond the design"},
	review.NewOpening:  {"new way in from outside", "new ways in from outside"},
	review.WiderGrant:  {"wider grant", "wider grants"},
	review.WallRemoved: {"wall removed", "walls removed"},
	review.Admin:       {"way to an administrator", "ways to an administrator"},
	review.Worst:       {"breach above the limit", "breaches above the limit"},
}

// Headline is the answer in one line.
func (r *Report) Headline() string {
	sure, undecided := r.split()
	var parts []string
	for _, rule := range review.Rules {
		if n := count(sure, rule); n > 0 {
			parts = append(parts, plural(n, names[rule]))
		}
	}
	if n := len(undecided); n > 0 {
		parts = append(parts, plural(n, [2]string{"point undecided", "points undecided"}))
	}
	if n := len(r.Problems); n > 0 {
		parts = append(parts, plural(n, [2]string{"accepted risk to look at", "accepted risks to look at"}))
	}
	if len(parts) == 0 {
		switch {
		case r.Against == "":
			return "nothing to stop at"
		case len(r.Accepted) > 0:
			return "nothing new but what is accepted"
		case len(r.Better) > 0:
			return "nothing new, and " + plural(len(r.Better), [2]string{"thing is", "things are"}) + " out of reach"
		}
		return "nothing new"
	}
	return strings.Join(parts, ", ")
}

func count(fs []review.Finding, rule review.Rule) int {
	n := 0
	for _, f := range fs {
		if f.Rule == rule {
			n++
		}
	}
	return n
}

func plural(n int, name [2]string) string {
	if n == 1 {
		return "1 " + name[0]
	}
	return fmt.Sprintf("%d %s", n, name[1])
}

// A figure is a row of the table of measures.
type figure struct{ name, before, now string }

func (r *Report) figures() []figure {
	row := func(name string, of func(reach.Measures) string) figure {
		f := figure{name: name, now: of(r.Measures)}
		if r.Before != nil {
			f.before = of(*r.Before)
		}
		return f
	}
	share := func(x float64, m reach.Measures) string {
		if m.AtLeast > 0 {
			return "≥ " + render.Percent(x)
		}
		return render.Percent(x)
	}
	return []figure{
		row("Worst breach", func(m reach.Measures) string { return share(m.Worst, m) }),
		row("Mean breach", func(m reach.Measures) string { return share(m.Mean, m) }),
		row("Functions that reach an administrator", func(m reach.Measures) string { return fmt.Sprint(len(m.Admin)) }),
		row("Functions", func(m reach.Measures) string { return fmt.Sprint(m.Functions) }),
		row("Counted resources", func(m reach.Measures) string { return fmt.Sprint(m.Counted) }),
	}
}

// at is a place as people write it, "" for none.
func at(s source.Span) string {
	if s.File == "" {
		return ""
	}
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// full is a finding's sentence with its place, unless the sentence has it.
func full(f review.Finding) string {
	if place := at(f.Place); place != "" && !strings.Contains(f.Says, place) {
		return f.Says + ", " + place
	}
	return f.Says
}

// A group is findings that are told in one line: hits of one start on one target for one reason.
type group struct {
	review.Finding
	ids   []string
	grave int
}

// grave is how grave each thing is that a breach can do, gravest last; what is not among them is none.
var grave = map[string]int{
	catalog.Invoke.String(): 1, catalog.Read.String(): 2, catalog.Send.String(): 3, catalog.Write.String(): 3,
	catalog.Delete.String(): 4, catalog.Permissions.String(): 5, catalog.Secret.String(): 6,
}

// groups puts findings together that say the same, in the order of the rules, gravest first.
func groups(fs []review.Finding) []group {
	var out []group
	for _, f := range fs {
		i := slices.IndexFunc(out, func(g group) bool {
			return g.Rule == f.Rule && g.Says == f.Says && g.Undecided == f.Undecided
		})
		if i < 0 {
			out = append(out, group{f, []string{f.ID}, grave[f.Can]})
			continue
		}
		out[i].ids, out[i].grave = append(out[i].ids, f.ID), max(out[i].grave, grave[f.Can])
	}
	slices.SortStableFunc(out, func(x, y group) int {
		return cmp.Or(cmp.Compare(slices.Index(review.Rules, x.Rule), slices.Index(review.Rules, y.Rule)), cmp.Compare(y.grave, x.grave))
	})
	return fold(out)
}

// nameOf is the last part of an id, as people write it.
func nameOf(id model.ID) string {
	name := string(id)[strings.LastIndexByte(string(id), '/')+1:]
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

// sameReason is how many lines may say that one statement lets one subject do something, before the rest is counted.
const sameReason = 4

// fold counts the groups of one rule, subject and place beyond the first.
func fold(gs []group) []group {
	type reason struct {
		rule, subject, place string
	}
	of := func(g group) reason { return reason{string(g.Rule), string(g.Subject), at(g.Place)} }
	n := map[reason]int{}
	for _, g := range gs {
		n[of(g)]++
	}
	var out []group
	seen, rest := map[reason]int{}, map[reason][]string{}
	for _, g := range gs {
		r := of(g)
		seen[r]++
		switch {
		case n[r] <= sameReason+1 || seen[r] <= sameReason:
			out = append(out, g)
		default:
			if name := nameOf(g.Target); name != "" && !slices.Contains(rest[r], name) {
				rest[r] = append(rest[r], name)
			}
			if seen[r] < n[r] {
				continue
			}
			says := fmt.Sprintf("… and %d more", n[r]-sameReason)
			if r.place != "" {
				says += " by what stands at " + r.place
			}
			if len(rest[r]) > 0 {
				says += ": " + few(rest[r], 3)
			}
			out = append(out, group{Finding: review.Finding{Rule: g.Rule, Subject: g.Subject, Place: g.Place, Undecided: g.Undecided, Says: says}})
		}
	}
	return out
}
