package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/reach"
)

var numerals = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// number is a number in a sentence.
func number(n int) string {
	if n < len(numerals) {
		return numerals[n]
	}
	return fmt.Sprint(n)
}

func numbered(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return number(n) + " " + many
}

// claimOf says in words and figures what the picture of survey i shows.
func claimOf(surveys []*survey, i int) Claim {
	s := surveys[i]
	info := s.design.Info()
	c := Claim{Title: cmp.Or(s.view.Title, info.Name, "Design")}
	if i == 0 && len(surveys) == 2 && s.view.Title == "Before" && info.Name != "" {
		c.Title = "Before · " + info.Name
	}
	b := s.view.Breach
	flood := s.flood()
	if b == nil {
		s.calm(&c)
	} else {
		s.breached(&c, b, flood, surveys, i)
	}
	for _, comp := range s.compartments {
		if s.wants(comp) {
			c.Parts = append(c.Parts, s.parts(comp)...)
		}
	}
	if m := s.view.Measures; m.Functions > 0 {
		c.Sums = []Part{{Name: "mean", Figure: Share(m.Mean, m.AtLeast > 0)}, {Name: "watertightness", Figure: Tight(m)}}
	}
	if len(surveys) == 2 && i == 1 {
		// No share is not dry where the sea is reached, and who rules the account rules all of it, however small the share.
		share := s.headline()
		c.Good = c.Good || share > 0 && share < surveys[0].headline() && !s.ruled()
		c.Open = c.Open && !c.Good
	}
	c.Notes = s.notes(b)
	return c
}

// parts are the shares of a compartment's functions; where many have the same, they are one part.
func (s *survey) parts(c model.Compartment) []Part {
	var out []Part
	same := true
	for _, f := range c.Functions {
		if share, ok := s.share(f); ok {
			out = append(out, Part{ID: f, Name: s.name(f), Figure: Share(share, s.reaches[f].AtLeast), Share: share})
			same = same && out[len(out)-1].Figure == out[0].Figure
		}
	}
	if len(out) > 3 && same {
		return []Part{{ID: c.ID, Name: fmt.Sprintf("%d functions of %s", len(out), cmp.Or(c.Name, s.name(c.ID))), Figure: out[0].Figure, Share: out[0].Share}}
	}
	return out
}

// headline is the share that the picture's figure shows.
func (s *survey) headline() float64 {
	if b := s.view.Breach; b != nil {
		_, may := s.view.figures(b.Reach)
		return may.Share
	}
	return s.view.Measures.Worst
}

// ruled reports whether an administrator is reachable, perhaps too, in what the picture shows.
func (s *survey) ruled() bool {
	if b := s.view.Breach; b != nil {
		return b.Admin || b.AdminMay || b.AdminFed && s.view.Vulnerable
	}
	return len(s.view.Measures.Admin) > 0
}

// calm is the claim where no breach is shown.
func (s *survey) calm(c *Claim) {
	m := s.view.Measures
	functions := 0
	for _, comp := range s.compartments {
		functions += len(comp.Functions)
	}
	counted := 0
	for _, yes := range s.counted {
		if yes {
			counted++
		}
	}
	if functions == 0 {
		c.Sentence = "Nothing here runs code: no functions, " + count(len(s.resources), "resource", "resources")
		c.Good = true
		return
	}
	c.Sentence = fmt.Sprintf("No breach shown: %s in %s, %s that count", count(functions, "function", "functions"),
		count(len(s.compartments), "compartment", "compartments"), count(counted, "resource", "resources"))
	if m.Functions > 0 {
		c.Figure, c.Open = Share(m.Worst, m.AtLeast > 0), m.Worst == 0
		c.Noun = "the worst breach"
		if m.WorstOf != "" && m.Worst > 0 {
			c.Noun += ", of " + s.name(m.WorstOf)
		}
		if n := len(m.Admin); n > 0 {
			c.Noun += "; an administrator is reachable from " + count(n, "function", "functions")
			c.Open = false
		}
		if c.Open {
			*c = c.Beside(SeaOfAll(s.view))
		}
		switch {
		case counted > 0 || c.Good || c.Open:
		case len(m.Admin) > 0:
			c.Figure = ruler
		default:
			c.Figure, c.Noun, c.Open = beyond, Uncounted, true
		}
	}
}

// breached is the claim of one breach.
func (s *survey) breached(c *Claim, b *reach.Breach, flood *flood, surveys []*survey, i int) {
	must, may := s.view.figures(b.Reach)
	m := s.view.Measures
	sentence := "Breach of " + cmp.Or(s.name(b.From), string(b.From))
	if reach.Outside(b.From) {
		sentence = "From outside, by " + s.name(b.From)
	}
	worst := m.WorstOf == b.From || (m.Worst > 0 && may.Share >= m.Worst && s.design.Function(b.From) != nil)
	if s.view.Hop > 0 && s.view.Hop < flood.last {
		sentence += fmt.Sprintf(", hop %d of %d: %d of %d so far", s.view.Hop, flood.last, flood.so, may.Resources)
	} else {
		switch {
		case worst && i == 1:
			sentence += ", the worst that is left"
		case worst && m.Functions > 1:
			sentence += ", the worst"
		}
		about := s.about(b.From)
		if len(surveys) == 2 && i == 1 {
			if did := changes(surveys[0], surveys[1]); did != "" {
				about = did
			}
		}
		if about != "" {
			sentence += ": " + about
		}
	}
	if s.view.Vulnerable {
		sentence += "; fed functions taken as vulnerable"
	}
	c.Sentence = sentence

	open := slices.ContainsFunc(b.Beyond(), func(y reach.Beyond) bool { return !y.Fed || s.view.Vulnerable })
	c.Good = may.Resources == 0 && !open && !s.ruled()
	c.Open = c.Good && b.Reach.AtLeast
	c.Figure = Share(may.Share, b.Reach.AtLeast)
	switch {
	case b.Reach.Of > 0 || c.Good:
	case s.ruled():
		c.Figure = ruler
	default:
		c.Figure, c.Open = beyond, true
	}
	c.Good = c.Good && !c.Open
	c.Noun = s.noun(b, must, may, open)
	if s.view.Hop > 0 && s.view.Hop < flood.last {
		c.Noun = "in the end, " + c.Noun
	}
}

// What a picture says where nothing counts, and yet there is something to fear: no share, which is none of nothing, but what is
// reached.
const (
	ruler     = "admin"
	beyond    = "the sea"
	Uncounted = "nothing here holds data that counts"
)

// noun is what the figure is a share of, and what matters most in it.
func (s *survey) noun(b *reach.Breach, must, may reach.Figure, open bool) string {
	of := b.Reach.Of
	var n string
	type found struct {
		hit    *reach.Hit
		weight float64
		crown  bool
	}
	var hits []found
	whole := s.view
	whole.Hop = 0 // the figure is of all hops
	for i := range b.Hits {
		h := whole.seen(b.Hits[i])
		if r := s.design.Resource(h.Target); r != nil && h.Counted && !h.OwnLog && (!h.Fed || s.view.Vulnerable) && h.Capabilities.Depth() > 0 {
			hits = append(hits, found{h, s.facts.Weight(r.ID), r.Crown})
		}
	}
	slices.SortStableFunc(hits, func(a, b found) int {
		if a.crown != b.crown {
			return map[bool]int{true: -1, false: 1}[a.crown]
		}
		return cmp.Or(cmp.Compare(b.weight*b.hit.Capabilities.Depth(), a.weight*a.hit.Capabilities.Depth()))
	})
	resources := "resources"
	if of == 1 {
		resources = "resource"
	}
	switch {
	case of == 0:
		n = Uncounted
	case may.Resources == 0:
		n = fmt.Sprintf("none of %d %s floods", of, resources)
		if b.Reach.AtLeast {
			n = fmt.Sprintf("none of %d %s is known to flood", of, resources)
		}
	case must.Resources < may.Resources:
		n = fmt.Sprintf("%d to %d of %d %s flood", must.Resources, may.Resources, of, resources)
	default:
		n = fmt.Sprintf("%d of %d %s flood", may.Resources, of, resources)
		if may.Resources == 1 {
			n = fmt.Sprintf("1 of %d %s floods", of, resources)
		}
	}
	switch {
	case len(hits) == 0:
	case len(hits) <= 3:
		list := make([]string, len(hits))
		for i, h := range hits {
			list[i] = fmt.Sprintf("%s (%s)", s.name(h.hit.Target), words(h.hit.Capabilities, h.hit.Must, h.hit.Part))
		}
		n += ": " + strings.Join(list, ", ")
	case hits[0].crown || hits[0].weight > 1:
		n += ", " + s.name(hits[0].hit.Target) + " among them"
	}
	if may.Resources == 0 {
		for _, h := range b.Hits {
			if h.OwnLog {
				n += "; it can write its own log"
				break
			}
		}
	}
	if open {
		n += "; and the sea"
	}
	if b.Reach.AtLeast {
		n += "; not all policies were seen"
	}
	switch {
	case b.AdminMay:
		n = "an administrator is perhaps reachable; " + n
	case b.Admin:
		n = "an administrator is reachable; " + n
	case b.AdminFed && s.view.Vulnerable:
		n = "an administrator is reachable; " + n
	}
	return n
}

// about says what is breached: one function, one role, ten routes.
func (s *survey) about(id model.ID) string {
	f := s.design.Function(id)
	if f == nil {
		switch {
		case s.design.Principal(id) != nil:
			return "its credentials"
		case reach.Outside(id):
			return ""
		}
		return "whoever holds the role"
	}
	out := []string{"one function"}
	if i, ok := s.at[id]; ok {
		if c := s.compartments[i]; len(c.Functions) > 1 {
			out[0] = fmt.Sprintf("one of %s on one role", numbered(len(c.Functions), "function", "functions"))
		} else if c.Role != "" {
			out = append(out, "one role")
		}
	}
	routes, others := 0, map[string]int{}
	var order []string
	for _, t := range s.triggers[id] {
		noun := ""
		switch icon := triggerIcon(s.design, t); {
		case isRoute(t):
			routes++
			continue
		case icon == "link":
			noun = "public address"
		case icon == "clock":
			noun = "schedule"
		case icon == "bus":
			noun = "event rule"
		case s.design.Resource(t.From) != nil:
			noun = kindOf(s.design.Resource(t.From)).Noun
		default:
			noun = "trigger"
		}
		if others[noun] == 0 {
			order = append(order, noun)
		}
		others[noun]++
	}
	if routes > 0 {
		out = append(out, numbered(routes, "route", "routes"))
	}
	for _, n := range order {
		out = append(out, numbered(others[n], n, plural(n)))
	}
	return strings.Join(out, ", ")
}

// plural is more than one of a noun.
func plural(noun string) string {
	switch {
	case strings.HasSuffix(noun, "s"):
		return noun + "es"
	case strings.HasSuffix(noun, "ry"):
		return strings.TrimSuffix(noun, "y") + "ies"
	}
	return noun + "s"
}

// changes says what was done between two designs: one split into four, two roles tightened.
func changes(before, after *survey) string {
	var out []string
	parts := map[model.ID]int{} // compartment before → compartments after that came from it
	p := &places{partOf: map[model.ID]string{}}
	_, sources := p.families([]*survey{before, after}, nil)
	for _, src := range sources {
		for _, b := range src {
			parts[b]++
		}
	}
	sizes := map[int]int{}
	for _, n := range parts {
		if n > 1 {
			sizes[n]++
		}
	}
	into := make([]int, 0, len(sizes))
	for n := range sizes {
		into = append(into, n)
	}
	slices.SortFunc(into, func(a, b int) int { return b - a })
	for _, n := range into {
		out = append(out, number(sizes[n])+" split into "+number(n))
	}
	changed := map[model.ID]bool{}
	for _, c := range before.design.Diff(after.design) {
		if b, ok := c.Before.(*model.Policy); ok && b != nil {
			changed[b.ID] = true
		}
	}
	roles := 0
	for _, r := range after.design.Roles() {
		old := before.design.Role(r.ID)
		if old == nil || parts[old.ID] > 1 {
			continue
		}
		if !slices.Equal(old.Policies, r.Policies) || slices.ContainsFunc(r.Policies, func(id model.ID) bool { return changed[id] }) {
			roles++
		}
	}
	if roles > 0 {
		out = append(out, numbered(roles, "role changed", "roles changed"))
	}
	return strings.Join(out, ", ")
}

// awayNote says that a picture of a part of a design leaves resources out.
func awayNote(n int) string {
	if n == 1 {
		return "One resource that no compartment drawn here can touch is not drawn"
	}
	return fmt.Sprintf("%d resources that no compartment drawn here can touch are not drawn", n)
}

// notes say once what was not seen and what stands outside the model.
func (s *survey) notes(b *reach.Breach) []string {
	var out []string
	info := s.design.Info()
	if b != nil && s.home(b.From) == b.From && !slices.Contains(s.guests, b.From) && s.design.Function(b.From) == nil {
		if _, ok := s.at[b.From]; !ok {
			why := "it touches nothing here that counts"
			if s.unseen > 0 {
				why = "there are too many ashore"
			}
			out = append(out, s.name(b.From)+" is not drawn: "+why)
		}
	}
	if b != nil && !s.view.Vulnerable && b.Reach.FedMay.Share > b.Reach.May.Share {
		out = append(out, fedNote+Percent(b.Reach.FedMay.Share))
	}
	if unseen := notSeen(s.facts, info); len(unseen) > 0 {
		out = append(out, "Not seen: "+strings.Join(unseen, ", "))
	}
	if s.unseen > 0 {
		out = append(out, count(s.unseen, "more user or role", "more users and roles")+" ashore are not drawn")
	}
	if info.Unresolved > 0 {
		out = append(out, count(info.Unresolved, "value", "values")+" not resolved")
	}
	if len(info.Outside) > 0 {
		out = append(out, "Walls that IAM does not see: "+strings.Join(info.Outside, "; "))
	}
	return out
}
