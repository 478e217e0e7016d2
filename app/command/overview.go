package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// Text about a design as a whole: its figures, its starts ranked, and those that are no functions.

// mostTold is how many breaches are told in full; of more, each has a line.
const mostTold = 20

// mostListed is how many starts that are no functions are told one by one.
const mostListed = 10

// printHead prints what a design is, its figures and what was not seen of it.
func printHead(w io.Writer, a *reach.Analysis, vulnerable bool) {
	d := a.Design()
	m := a.Measures(vulnerable)
	fmt.Fprintf(w, "%s: %s, %d counted of %s\n", d.Info().Name, count(m.Functions, "function"), m.Counted, count(m.Resources, "resource"))
	if m.Functions > 0 {
		fmt.Fprintln(w, figureWords(a, m))
		if fed := a.Measures(true); !vulnerable && (fed.Worst != m.Worst || fed.Mean != m.Mean || len(fed.Admin) > len(m.Admin)) {
			fmt.Fprintf(w, "with fed functions vulnerable too: %s\n", figureWords(a, fed))
		}
	} else {
		fmt.Fprintln(w, "no function, so nothing to measure: a breach starts in a role, a user or outside")
	}
	if m.AtLeast > 0 {
		fmt.Fprintf(w, "at least: not all policies that concern %s were seen\n", count(m.AtLeast, "function"))
	}
	if unseen := a.NotSeen(); len(unseen) > 0 {
		fmt.Fprintf(w, "not seen: %s\n", joined(unseen))
	}
	if n := d.Info().Unresolved; n > 0 {
		fmt.Fprintf(w, "%s unresolved\n", count(n, "value"))
	}
	for _, wall := range d.Info().Outside {
		fmt.Fprintf(w, "outside the model: %s\n", wall)
	}
}

// figureWords are the measures in one line.
func figureWords(a *reach.Analysis, m reach.Measures) string {
	least := m.AtLeast > 0
	worst := "nothing floods"
	if least {
		worst = "nothing is known to flood"
	}
	if m.WorstOf != "" {
		worst = fmt.Sprintf("worst %s (%s", render.Share(m.Worst, least), a.Name(m.WorstOf))
		if f, ok := a.Reach(m.WorstOf); ok {
			if must, may := mustAndMay(f, m.Vulnerable); must.Share != may.Share {
				worst += ", surely " + render.Percent(must.Share)
			}
		}
		worst += ")"
	}
	words := []string{worst, "mean " + render.Share(m.Mean, least)}
	if m.MeanEntry != m.Mean {
		words = append(words, "of those started from outside "+render.Share(m.MeanEntry, least))
	}
	words = append(words, "watertightness "+render.Tight(m))
	if n := len(m.Admin); n > 0 {
		is := "may be"
		if slices.ContainsFunc(m.Admin, func(id model.ID) bool { return a.RulesSurely(id, m.Vulnerable) }) {
			is = "is"
		}
		words = append(words, "an administrator "+is+" within reach of "+count(n, "function"))
	}
	return strings.Join(words, " · ")
}

// mustAndMay are the two figures of a start.
func mustAndMay(f reach.Figures, vulnerable bool) (must, may reach.Figure) {
	if vulnerable {
		return f.FedMust, f.FedMay
	}
	return f.Must, f.May
}

// A ranked is a start and what its breach comes to.
type ranked struct {
	id      model.ID
	figures reach.Figures
	admin   bool
}

// rankedStarts are starts, the worst first: who reaches an administrator, then by share, then by weight. Equal ones stay in order.
func rankedStarts(a *reach.Analysis, ids []model.ID, vulnerable bool) []ranked {
	var out []ranked
	for _, id := range ids {
		if f, ok := a.Reach(id); ok {
			out = append(out, ranked{id, f, a.Rules(id, vulnerable)})
		}
	}
	slices.SortStableFunc(out, func(x, y ranked) int {
		if x.admin != y.admin {
			if x.admin {
				return -1
			}
			return 1
		}
		_, p := mustAndMay(x.figures, vulnerable)
		_, q := mustAndMay(y.figures, vulnerable)
		return cmp.Or(cmp.Compare(q.Share, p.Share), cmp.Compare(q.Weighted, p.Weighted))
	})
	return out
}

// printOverview prints every function's breach, the worst first, or of many a line for each; and who else may start one.
func printOverview(ctx context.Context, w io.Writer, a *reach.Analysis, vulnerable bool, known []reach.Administrator) error {
	d := a.Design()
	printHead(w, a, vulnerable)
	var functions, others []model.ID
	runs := map[model.ID]bool{}
	for _, f := range d.Functions() {
		functions = append(functions, f.ID)
		runs[f.Role] = true
	}
	for _, r := range d.Roles() {
		if !runs[r.ID] {
			others = append(others, r.ID)
		}
	}
	for _, p := range d.Principals() {
		if p.Kind == model.User {
			others = append(others, p.ID)
		}
	}
	if starts := rankedStarts(a, functions, vulnerable); len(starts) <= mostTold {
		for _, s := range starts {
			if ctx.Err() != nil {
				return fmt.Errorf("breach: %w", ctx.Err())
			}
			printBreach(w, a, a.Breach(s.id), vulnerable, known)
		}
	} else {
		fmt.Fprintf(w, "\n%s, the worst first; what one of them reaches, and why: --from NAME\n", count(len(starts), "function"))
		printRanked(w, a, starts, vulnerable)
	}
	printOthers(w, a, rankedStarts(a, others, vulnerable), len(functions) == 0, vulnerable, known)
	printOutside(w, a, vulnerable)
	return nil
}

// printRanked prints a line for each start.
func printRanked(w io.Writer, a *reach.Analysis, starts []ranked, vulnerable bool) {
	var t textTable
	for _, s := range starts {
		must, may := mustAndMay(s.figures, vulnerable)
		row := []string{a.Name(s.id), fmt.Sprintf("%d of %d", may.Resources, s.figures.Of), render.Share(may.Share, s.figures.AtLeast), "", ""}
		if must.Resources != may.Resources {
			row[3] = fmt.Sprintf("surely %d", must.Resources)
		}
		switch {
		case s.admin:
			row[4] = withinReach(a, s.id, vulnerable)
		case s.figures.Of == 0: // no share tells anything
			row = []string{row[0], cmp.Or(reach.SeaWords(a.Sea(s.id)), "nothing beyond the design")}
		}
		t = append(t, row)
	}
	t.print(w)
}

// withinReach says how sure it is that a start reaches an administrator, as one does.
func withinReach(a *reach.Analysis, id model.ID, vulnerable bool) string {
	if a.RulesSurely(id, vulnerable) {
		return "an administrator is within reach"
	}
	return "an administrator may be within reach"
}

// printOthers lists roles and users, other than those of functions, that reach an administrator without being known as one;
// where there are no functions, all that start.
func printOthers(w io.Writer, a *reach.Analysis, starts []ranked, all, vulnerable bool, known []reach.Administrator) {
	if len(known) > 0 {
		fmt.Fprintf(w, "\n%s\n", reach.AdministratorWords(a.Design(), known))
	}
	starts = slices.DeleteFunc(starts, func(s ranked) bool { return reach.WhyKnown(known, s.id) != "" })
	rulers := slices.DeleteFunc(slices.Clone(starts), func(s ranked) bool { return !s.admin })
	if n := len(rulers); n > 0 {
		kind, verb := "roles and users", "reach"
		if !all {
			kind = "roles and users without a function"
		}
		if n == 1 {
			kind, verb = strings.Replace(kind, "roles and users", "role or user", 1), "reaches"
		}
		fmt.Fprintf(w, "\n%d %s %s an administrator:\n", n, kind, verb)
		var t textTable
		for _, s := range rulers[:min(n, mostListed)] {
			b := a.Breach(s.id)
			word := reach.Must
			if b.AdminMay || !b.Admin {
				word = reach.May
			}
			way := chain(a.Design(), b.AdminWhy())
			if way == "" {
				way = a.Name(s.id) + ": may do anything"
			}
			t = append(t, []string{word.String(), way})
		}
		t.print(w)
		if n > mostListed {
			fmt.Fprintf(w, "  and %d more: %s\n", n-mostListed, namesOf(a, rulers[mostListed:]))
		}
	}
	if rest := slices.DeleteFunc(starts, func(s ranked) bool { return s.admin }); all && len(rest) > 0 {
		fmt.Fprintf(w, "\n%s; what one of them reaches, and why: --from NAME\n", othersWords(len(rest), len(rest) == len(starts)))
		printRanked(w, a, rest, vulnerable)
	}
}

// othersWords counts roles and users, those that are left or all.
func othersWords(n int, all bool) string {
	other := "other "
	if all {
		other = ""
	}
	if n == 1 {
		return "1 " + other + "role or user"
	}
	return fmt.Sprintf("%d %sroles and users", n, other)
}

// strangersWords says a first step from outside, "" for what is done to a resource.
func strangersWords(a *reach.Analysis, s reach.Step) string {
	switch s.Kind {
	case reach.Feeds:
		return "chooses the input of " + a.Name(s.To)
	case reach.Runs:
		return "runs as " + a.Name(s.To)
	case reach.Acts:
	}
	return ""
}

// namesOf names starts, a handful at most.
func namesOf(a *reach.Analysis, starts []ranked) string {
	const most = 8
	var names []string
	for _, s := range starts[:min(len(starts), most)] {
		names = append(names, a.Name(s.id))
	}
	if n := len(starts) - most; n > 0 {
		names = append(names, "…")
	}
	return joined(names)
}

// printOutside lists the starts outside the account.
func printOutside(w io.Writer, a *reach.Analysis, vulnerable bool) {
	strangers := rankedStarts(a, a.Strangers(), vulnerable)
	if len(strangers) == 0 {
		return
	}
	fmt.Fprintf(w, "\nfrom outside, each a start of its own: --from NAME\n")
	var t textTable
	for _, s := range strangers[:min(len(strangers), mostTold)] {
		must, may := mustAndMay(s.figures, vulnerable)
		row := []string{string(s.id), fmt.Sprintf("%d of %d", may.Resources, s.figures.Of), render.Share(may.Share, s.figures.AtLeast), "", ""}
		if must.Resources != may.Resources {
			row[3] = fmt.Sprintf("surely %d", must.Resources)
		}
		var first []string
		for _, step := range a.Outline(s.id) {
			if words := strangersWords(a, step); words != "" && !slices.Contains(first, words) {
				first = append(first, words)
			}
		}
		if n := len(first); n > 3 {
			first = append(first[:2], fmt.Sprintf("%d more", n-2))
		}
		if s.admin {
			first = append([]string{withinReach(a, s.id, vulnerable)}, first...)
		}
		if row[4] = strings.Join(first, ", "); row[4] == "" && may.Resources == 0 {
			row[4] = "nothing is open to it as far as seen"
		}
		t = append(t, row)
	}
	t.print(w)
	if n := len(strangers) - mostTold; n > 0 {
		fmt.Fprintf(w, "  and %d more\n", n)
	}
}
