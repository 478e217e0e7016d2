package gate

import (
	"fmt"
	"strings"
)

// Text is the report for a terminal, each finding with its id.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "check: %s\n", r.Headline())
	for _, f := range r.figures() {
		if f.before != "" && f.before != f.now {
			fmt.Fprintf(&b, "  %-38s %s → %s\n", f.name, f.before, f.now)
		} else {
			fmt.Fprintf(&b, "  %-38s %s\n", f.name, f.now)
		}
	}
	sure, undecided := r.split()
	for _, g := range groups(sure) {
		fmt.Fprintf(&b, "\n%s: %s\n", g.Rule, full(g.Finding))
		for _, w := range g.Why {
			fmt.Fprintf(&b, "    %s\n", w)
		}
		for _, id := range g.ids {
			fmt.Fprintf(&b, "    id: %s\n", id)
		}
	}
	for _, g := range groups(undecided) {
		fmt.Fprintf(&b, "\nundecided: %s\n    %s\n", full(g.Finding), g.Undecided)
		for _, id := range g.ids {
			fmt.Fprintf(&b, "    id: %s\n", id)
		}
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\naccepted risk: %s\n    id: %s\n", p.Says, p.ID)
	}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&b, "\n%s:\n", title)
			for _, l := range lines {
				fmt.Fprintf(&b, "  %s\n", l)
			}
		}
	}
	var accepted []string
	for _, a := range r.Accepted {
		accepted = append(accepted, fmt.Sprintf("%s (%s, %s)", full(a.Finding), a.Reason, a.who()))
	}
	section("accepted", accepted)
	section("better", r.Better)
	if r.Incomplete != "" {
		fmt.Fprintf(&b, "\n%s\n", r.Incomplete)
	}
	if len(r.NotSeen) > 0 {
		fmt.Fprintf(&b, "\nnot seen: %s\n", strings.Join(r.NotSeen, ", "))
	}
	return b.String()
}

// who says who answers for a finding, and until when.
func (a Accepted) who() string {
	if a.Expiry.IsZero() {
		return a.Owner
	}
	return a.Owner + " until " + a.Expiry.Format("2006-01-02")
}
