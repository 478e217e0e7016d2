package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
)

// A teller puts one design's findings into words.
type teller struct {
	view render.View
	d    *model.Design
	a    *reach.Analysis // nil: only the view's own breach is known

	known []reach.Administrator // whom a breach's table folds
}

// A breachText is one breach as a table.
type breachText struct {
	Anchor string
	ID     model.ID
	Name   string
	Role   string
	Starts string // what starts it
	Reach  string // "8 of 9"
	Must   string // shares
	May    string
	Weight string
	Fed    string
	Admin  string
	Way    []stepText // to the administrator
	Sea    string
	Hits   []hitText
	More   int       // hits beyond those listed
	Known  []hitText // known administrators, where there are several
	Beyond []beyondText

	KnownWords string
	MoreBeyond int
	Feeds      []string
	Shown      bool // the breach that the pictures show
	Gone       bool // of a function that the other design has not
	Only       string
}

type hitText struct {
	Name, Icon string
	Kind       string
	Does       string // "can read, write and delete every item"
	Sure       string // must, may, fed
	Note       string // "not counted", "part: public/*"
	Hops       int
	Tone       string
	Steps      []stepText
}

type stepText struct {
	Says     string
	Actions  string
	Evidence []evidenceText
	Assumed  string
	Note     string
}

type evidenceText struct {
	Says  string
	Place string // file:line
}

type beyondText struct {
	What, Pattern, Sure string
	Evidence            []evidenceText
}

// Most of one thing that is listed: a page of all hits of a large account would be too long to open. The commands
// print all.
const (
	mostHits     = 400  // of one breach
	leastHits    = 5    // of one breach, where there are many
	mostRows     = 5000 // of all breaches together, about
	mostBeyond   = 60
	mostFed      = 20
	mostEvidence = 6
)

func (t *teller) name(id model.ID) string { return t.d.Name(id) }

// figures are the two shares of a breach that the view goes by.
func (t *teller) figures(b *reach.Breach) (must, may reach.Figure) {
	if t.view.Vulnerable {
		return b.Reach.FedMust, b.Reach.FedMay
	}
	return b.Reach.Must, b.Reach.May
}

// breach tells a breach with at most the hits given.
func (t *teller) breach(b *reach.Breach, most int) breachText {
	must, may := t.figures(b)
	out := breachText{ID: b.From, Name: t.name(b.From), Reach: fmt.Sprintf("%d of %d", may.Resources, b.Reach.Of),
		Must: render.Share(must.Share, b.Reach.AtLeast), May: render.Share(may.Share, b.Reach.AtLeast), Weight: render.Percent(may.Weighted),
		Fed: render.Share(b.Reach.FedMay.Share, b.Reach.AtLeast), Admin: admin(b)}
	if f := t.d.Function(b.From); f != nil {
		if f.Role != "" {
			out.Role = t.name(f.Role)
		}
		out.Starts = t.starts(b.From)
	}
	for _, s := range b.AdminWhy() {
		out.Way = append(out.Way, t.step(s))
	}
	folded := reach.Fold(t.known, func(id model.ID) bool {
		return slices.ContainsFunc(b.Hits, func(h reach.Hit) bool { return h.Target == id })
	})
	if len(folded) > 0 {
		out.KnownWords = reach.AdministratorWords(t.d, folded)
	}
	for _, h := range b.Hits {
		to := &out.Hits
		if reach.WhyKnown(folded, h.Target) != "" {
			to = &out.Known
		}
		if len(*to) == most {
			out.More++
			continue
		}
		*to = append(*to, t.hit(h))
	}
	var open []reach.Beyond
	for _, y := range b.Beyond() {
		if y.Fed && !t.view.Vulnerable {
			continue
		}
		open = append(open, y)
		if len(out.Beyond) == min(mostBeyond, most) {
			out.MoreBeyond++
			continue
		}
		text := beyondText{What: y.Words(), Pattern: y.Pattern, Sure: sure(y.Certainty, y.Fed)}
		text.Evidence = t.evidence(nil, y.Evidence)
		out.Beyond = append(out.Beyond, text)
	}
	out.Sea = cmp.Or(reach.SeaWords(open), "nothing")
	fed := b.Feeds(t.view.Vulnerable)
	for i, f := range fed {
		if i == mostFed && len(fed) > mostFed+1 {
			out.Feeds = append(out.Feeds, fmt.Sprintf("%d more", len(fed)-i))
			break
		}
		out.Feeds = append(out.Feeds, t.name(f))
	}
	return out
}

func admin(b *reach.Breach) string {
	switch {
	case b.Admin && !b.AdminMay:
		return "yes"
	case b.Admin, b.AdminMay:
		return "perhaps"
	}
	return "no"
}

func sure(c reach.Certainty, fed bool) string {
	if fed {
		return c.String() + ", fed"
	}
	return c.String()
}

// trigger is what people call a trigger: what it comes from, or the route or schedule that it is.
func (t *teller) trigger(tr *model.Trigger) string {
	switch {
	case tr == nil:
		return "a trigger"
	case tr.From != "" && !tr.Outside:
		return t.name(tr.From)
	}
	return cmp.Or(tr.Label, tr.Name, tr.Kind)
}

// starts says what starts a function, at most three things of it.
func (t *teller) starts(id model.ID) string {
	var out []string
	triggers := t.d.TriggersOf(id)
	for i, tr := range triggers {
		if i == 3 && len(triggers) > 4 {
			out = append(out, fmt.Sprintf("%d more", len(triggers)-3))
			break
		}
		label := t.trigger(tr)
		if tr.Off {
			label += " (disabled)"
		}
		if who := tr.OpenTo(); who != "" {
			label += " (open to " + who + ")"
		}
		out = append(out, label)
	}
	return strings.Join(out, ", ")
}

func (t *teller) hit(h reach.Hit) hitText {
	out := hitText{Name: t.name(h.Target), Does: h.Can(t.d), Sure: sure(h.Certainty, h.Fed), Hops: h.Hops}
	switch e := t.d.Element(h.Target).(type) {
	case *model.Resource:
		out.Kind = strings.TrimPrefix(e.Type, "AWS::")
	case *model.Function:
		out.Kind = "Lambda::Function"
	case *model.Role:
		out.Kind = "IAM::Role"
	}
	var notes []string
	if h.OwnLog {
		notes = append(notes, "its own log: counts in nothing")
	} else if !h.Counted {
		notes = append(notes, "not counted")
	}
	if h.Part != "" {
		notes = append(notes, "part: "+h.Part)
	}
	out.Note = strings.Join(notes, "; ")
	switch d := h.Capabilities.Depth(); {
	case d > 0.9:
		out.Tone = "tile3"
	case d > 0.5:
		out.Tone = "tile2"
	default:
		out.Tone = "tile1"
	}
	if h.OwnLog {
		out.Tone = ""
	}
	ways := h.ByWay()
	for _, one := range ways {
		path := one.Path()
		for i, s := range path {
			step := t.step(s)
			if i == len(path)-1 && s.Kind == reach.Acts {
				step.Says = t.name(s.From) + " " + one.Can(t.d)
				step.Evidence = t.evidence(one.Grounds(), s.Evidence)
			}
			out.Steps = append(out.Steps, step)
		}
	}
	if _, kind := h.By(); len(ways) == 1 && h.Hops == 1 && kind == reach.Acts {
		out.Steps[0].Says = "" // the hit says it
	}
	return out
}

func (t *teller) step(s *reach.Step) stepText {
	// Without its reasons a step says only what it does; they follow one by one.
	bare := *s
	bare.Evidence, bare.Assumed, bare.Note = nil, nil, ""
	out := stepText{Says: t.name(s.From) + " " + bare.Sentence(t.d), Actions: some(s.Actions, 4), Evidence: t.evidence(s.Grounds(), s.Evidence)}
	var assumed []string
	for _, c := range s.Assumed {
		assumed = append(assumed, condition(c))
	}
	out.Assumed = strings.Join(assumed, "; ")
	out.Note = s.Note
	if s.Via != "" {
		out.Note = strings.TrimPrefix(out.Note+"; by "+t.trigger(t.d.Trigger(s.Via)), "; ")
	}
	return out
}

func condition(c policy.Condition) string {
	return c.Key + " " + c.Operator + " " + some(c.Values, 3)
}

// some joins the first n words and counts the rest.
func some(words []string, n int) string {
	if len(words) <= n+1 {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:n], ", "), len(words)-n)
}

// evidence tells statements: those that a step rests on, then others that allow it, or a part of it, as well.
func (t *teller) evidence(grounds, all []reach.Evidence) []evidenceText {
	var out []evidenceText
	tell := func(e reach.Evidence) {
		if x := (evidenceText{Says: e.Sentence(t.d), Place: place(e.Span)}); !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	for _, e := range grounds {
		tell(e)
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(e reach.Evidence) bool {
		return slices.ContainsFunc(grounds, func(g reach.Evidence) bool { return g.From == e.From && g.Layer == e.Layer && g.Policy == e.Policy })
	})
	for i, e := range rest {
		if len(out) >= mostEvidence && len(rest)-i > 1 {
			return append(out, evidenceText{Says: fmt.Sprintf("and %d more statements", len(rest)-i)})
		}
		tell(e)
	}
	return out
}

func place(s source.Span) string {
	if s.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// breaches are those of all functions, one after the other, and that of the pictures where it starts elsewhere; and how many
// these are.
func (t *teller) breaches() (iter.Seq[*reach.Breach], int) {
	shown := t.view.Breach
	if t.a == nil {
		if shown == nil {
			return func(func(*reach.Breach) bool) {}, 0
		}
		return func(yield func(*reach.Breach) bool) { yield(shown) }, 1
	}
	n := len(t.d.Functions())
	if shown == nil || t.d.Function(shown.From) != nil {
		return t.a.Breaches(), n
	}
	return func(yield func(*reach.Breach) bool) {
		if yield(shown) {
			t.a.Breaches()(yield)
		}
	}, n + 1
}
