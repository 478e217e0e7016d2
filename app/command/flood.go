package command

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

// The text of breach: for each a headline, and a table of what it reaches with the reasons.

func printBreach(w io.Writer, a *reach.Analysis, b *reach.Breach, vulnerable bool, known []reach.Administrator) {
	d := a.Design()
	must, may := mustAndMay(b.Reach, vulnerable)
	surely := ""
	if must.Resources != may.Resources {
		surely = fmt.Sprintf(" (surely %d, %s)", must.Resources, render.Percent(must.Share))
	}
	least := ""
	if b.Reach.AtLeast {
		least = "at least "
	}
	who := "A breach of " + a.Name(b.From)
	if reach.Outside(b.From) {
		who = "From outside, " + a.Name(b.From)
	}
	fmt.Fprintf(w, "\n%s reaches %s%d of %d, %s%s%s\n", who, least, may.Resources, b.Reach.Of, render.Percent(may.Share), surely, adminWords(d, b, vulnerable))
	if fedMust, fedMay := mustAndMay(b.Reach, true); !vulnerable && fedMay.Resources > may.Resources {
		surely := ""
		if fedMust.Resources != fedMay.Resources {
			surely = fmt.Sprintf(" (surely %d, %s)", fedMust.Resources, render.Percent(fedMust.Share))
		}
		fmt.Fprintf(w, "  with fed functions vulnerable too: %d of %d, %s%s\n", fedMay.Resources, b.Reach.Of, render.Percent(fedMay.Share), surely)
	}
	if b.Reach.AtLeast {
		fmt.Fprintf(w, "  not seen: %s\n", joined(b.NotSeen))
	}
	if words := reach.SeaInFull(b.Sea(vulnerable)); words != "" {
		fmt.Fprintf(w, "  the sea: %s\n", words)
	}
	printOpenings(w, a, b)

	var t floodTable
	hits := slices.Clone(b.Hits)
	if !vulnerable {
		hits = slices.DeleteFunc(hits, func(h reach.Hit) bool { return h.Fed })
	}
	slices.SortStableFunc(hits, func(x, y reach.Hit) int { return rank(x) - rank(y) })
	folded := reach.Fold(known, func(id model.ID) bool {
		return slices.ContainsFunc(hits, func(h reach.Hit) bool { return h.Target == id })
	})
	if len(folded) > 0 {
		fmt.Fprintf(w, "  reaches %s\n", reach.AdministratorWords(d, folded))
	}
	called := map[string]int{} // names, which a function and its role may share
	for _, h := range hits {
		called[d.Name(h.Target)]++
	}
	for _, h := range hits {
		if reach.WhyKnown(folded, h.Target) == "" {
			t.add(d, h, called[d.Name(h.Target)] > 1)
		}
	}
	t.print(w)
}

// rank orders hits: what runs, what is fed, what is done to resources, what everybody does.
func rank(h reach.Hit) int {
	if h.OwnLog {
		return 3
	}
	switch _, kind := h.By(); {
	case kind == reach.Runs, h.Held():
		return 0
	case kind == reach.Feeds:
		return 1
	}
	return 2
}

// adminWords ends a headline: " · an administrator is reachable: Shop → deploy". With fed functions taken as vulnerable, one who is
// reachable through them counts.
func adminWords(d *model.Design, b *reach.Breach, vulnerable bool) string {
	words := ""
	switch {
	case b.AdminFed && vulnerable:
		words = " · an administrator may be reachable"
	case b.Admin && !b.AdminMay:
		words = " · an administrator is reachable"
	case b.Admin || b.AdminMay:
		words = " · an administrator may be reachable"
	default:
		return ""
	}
	why := b.AdminWhy()
	if len(why) == 0 || len(why) == 1 && why[0].From == why[0].To {
		return words + ": it is one itself"
	}
	return words + ": " + chain(d, why)
}

// chain is a way in one line: "Shop → Mailer → deploy".
func chain(d *model.Design, way []*reach.Step) string {
	var names []string
	for i, s := range way {
		if i == 0 {
			names = append(names, d.Name(s.From))
		}
		if s.To != "" {
			names = append(names, d.Name(s.To))
		}
	}
	return strings.Join(slices.Compact(names), " → ")
}

func printOpenings(w io.Writer, a *reach.Analysis, b *reach.Breach) {
	var routes, keyed []string
	for _, o := range openingsOf(a, b.From) {
		switch t := a.Design().Trigger(o.Trigger); {
		case t == nil, o.Certainty == reach.May: // with what it takes
			fmt.Fprintf(w, "  open: %s\n", o.Sentence(a.Design()))
		case t.Keyed:
			keyed = append(keyed, a.Name(o.Trigger))
		default:
			routes = append(routes, a.Name(o.Trigger))
		}
	}
	for _, x := range []struct {
		routes []string
		says   string
	}{{routes, "anyone can call %s without credentials, by %s"}, {keyed, "anyone with the API key can call %s, by %s"}} {
		if n := len(x.routes); n > 3 {
			x.routes = append(x.routes[:2], fmt.Sprintf("%d more", n-2))
		}
		if len(x.routes) > 0 {
			fmt.Fprintf(w, "  open: "+x.says+"\n", a.Name(b.From), joined(x.routes))
		}
	}
}

// A floodTable is rows of kind, target, what is done, certainty, place and reason, which may be long. Cells that repeat
// are empty.
type floodTable struct{ textTable }

func (t *floodTable) add(d *model.Design, h reach.Hit, alike bool) {
	name := d.Name(h.Target)
	if alike {
		name = reach.NameOf(d, h.Target)
	}
	facts := h.Facts(d)
	slices.SortStableFunc(facts, func(x, y reach.Fact) int { // that it runs as the target comes first
		return cmp.Compare(heldLast(x), heldLast(y))
	})
	for i, f := range facts {
		row := []string{f.Kind.String(), name, f.Does, f.Certainty.String(), "", ""}
		if i > 0 {
			row[0], row[1] = "", ""
		}
		if len(f.Reasons) == 0 {
			t.textTable = append(t.textTable, row)
		}
		for k, r := range f.Reasons {
			if k > 0 {
				row = make([]string, 6)
			}
			row[4], row[5] = where(r.Place), r.Says
			t.textTable = append(t.textTable, row)
		}
		if len(f.Way) > 1 {
			t.textTable = append(t.textTable, []string{5: "by " + chain(d, f.Way)})
		}
	}
}

// heldLast is 0 of a fact that says that the breach acts as the target.
func heldLast(f reach.Fact) int {
	if f.Kind == reach.Runs {
		return 0
	}
	return 1
}

func where(s source.Span) string {
	if s.File == "" {
		return ""
	}
	return s.String()
}
