package review

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

// starts compares breach with breach: hits, administrators and the sea.
func (c *comparison) starts() {
	var was, is map[model.ID]reach.Brief
	var both sync.WaitGroup
	both.Go(func() { was = briefs(c.before) })
	both.Go(func() { is = briefs(c.after) })
	both.Wait()
	for id := range is {
		// Who is named now could before what the account that it is of, and what anyone could.
		for _, x := range c.after.Broader(id) {
			if b, ok := was[x]; ok {
				o := was[id]
				o.Hits, o.Runs = slices.Concat(o.Hits, b.Hits), slices.Concat(o.Runs, b.Runs)
				o.AdminMay = b.AdminMay && (o.AdminMay || !o.Admin) || o.AdminMay && !b.Admin
				o.Admin = o.Admin || b.Admin
				was[id] = o
			}
		}
	}
	c.breaches(was, is)
	lostAdmin := false // some start came to an administrator and does no more
	for id, b := range was {
		lostAdmin = lostAdmin || b.Admin && !is[c.startAfter(id)].Admin
	}
	for _, id := range startsOf(c.after) {
		old, known := c.start(id)
		b, o := is[id], was[old]
		if b.Admin && !(o.Admin && (b.AdminMay || !o.AdminMay)) && (known || !lostAdmin) {
			c.add(adminFinding(c.after, NewAdmin, id))
		}
		if c.rough(b, o, known) {
			c.sea(id, old, known, o)
		}
	}
}

// briefs are the breaches of all starts.
func briefs(an *reach.Analysis) map[model.ID]reach.Brief {
	out := map[model.ID]reach.Brief{}
	for _, id := range startsOf(an) {
		out[id] = an.Brief(id)
	}
	return out
}

// A tally holds what can be done to targets, by before's ids.
type tally struct {
	index map[model.ID]int
	caps  []catalog.Capabilities
}

func (t *tally) at(id model.ID) *catalog.Capabilities {
	i, ok := t.index[id]
	if !ok {
		i = len(t.caps)
		t.index[id] = i
		t.caps = append(t.caps, 0)
	}
	return &t.caps[i]
}

// breaches adds the hits that are new, and notes those that are gone. What a start that is new hits is no news where
// another hit it that does no more: a split, a route that moved.
func (c *comparison) breaches(was, is map[model.ID]reach.Brief) {
	lost, scratch := &tally{index: map[model.ID]int{}}, &tally{index: map[model.ID]int{}}
	better := map[[2]model.ID]catalog.Capabilities{}
	for id, b := range was {
		now := is[c.startAfter(id)].Hits
		for _, x := range now {
			*scratch.at(c.oldID(x.Target)) |= x.Capabilities
		}
		for _, x := range b.Hits {
			if gone := x.Capabilities &^ *scratch.at(x.Target); gone != 0 {
				*lost.at(x.Target) |= gone
				better[[2]model.ID{id, x.Target}] = gone
			}
		}
		for _, x := range now {
			*scratch.at(c.oldID(x.Target)) = 0
		}
	}
	for id, b := range is {
		old, known := c.start(id)
		for _, x := range was[old].Hits {
			*scratch.at(x.Target) |= x.Capabilities
		}
		var fresh []reach.Touch
		for _, x := range b.Hits {
			y := c.oldID(x.Target)
			caps := x.Capabilities &^ *scratch.at(y)
			if !known {
				caps &^= *lost.at(y)
			}
			if c.isDoor(id, x.Target) {
				caps &^= catalog.Capabilities(0).With(catalog.Invoke)
			}
			if caps != 0 && c.is.Policy(x.Target) != nil && !c.has(y) {
				caps &^= c.lay(old, x.Target)
			}
			if caps != 0 && !(known && y == old) {
				fresh = append(fresh, reach.Touch{Target: x.Target, Capabilities: caps})
			}
		}
		for _, x := range was[old].Hits {
			*scratch.at(x.Target) = 0
		}
		if len(fresh) > 0 {
			c.newHits(id, fresh)
		}
	}
	c.tellBetter(better)
}

// has reports whether something was in the design before.
func (c *comparison) has(id model.ID) bool { return c.was.Element(id) != nil }

// lay is what a start could do before to a policy that is new, as to any other of the account: where statements stand is
// no news, a policy that they were moved to is none.
func (c *comparison) lay(start, to model.ID) catalog.Capabilities {
	var out catalog.Capabilities
	if c.before == nil {
		return 0
	}
	y := reach.Beyond{Service: "iam", Type: "AWS::IAM::ManagedPolicy", Pattern: c.is.Policy(to).ARN}
	for _, o := range beyond(c.before, start) {
		for _, can := range o.Capabilities.All() {
			if c.covers(o, y, can) {
				out = out.With(can)
			}
		}
	}
	return out
}

// mistaken reports whether a way leads to something new by a name that the source does not tell, and that was there before: AWS
// makes up the name of what is new, so it is not the one that somebody gave.
func (c *comparison) mistaken(target model.ID, way []*reach.Step) bool {
	r := c.is.Resource(target)
	if r == nil || !r.Fresh || c.names.was[target] != "" || len(way) == 0 {
		return false
	}
	last := way[len(way)-1]
	return !c.wider[c.holder(last.From)] && c.names.was[last.From] != "" &&
		slices.ContainsFunc(last.Assumed, func(a policy.Condition) bool {
			return a.Operator == "Matches" && untold(strings.Join(a.Values, " ")) != ""
		})
}

// startsOf lists whose breaches are compared: functions, users, roles that no function runs with and outsiders.
func startsOf(an *reach.Analysis) []model.ID {
	d := an.Design()
	var out []model.ID
	runs := map[model.ID]bool{}
	for _, f := range d.Functions() {
		out = append(out, f.ID)
		runs[f.Role] = true
	}
	for _, r := range d.Roles() {
		if !runs[r.ID] && !r.ServiceLinked {
			out = append(out, r.ID)
		}
	}
	for _, p := range d.Principals() {
		if p.Kind == model.User {
			out = append(out, p.ID)
		}
	}
	return append(out, an.Strangers()...)
}

// start is the start before that one after is; false for a new one.
func (c *comparison) start(id model.ID) (model.ID, bool) {
	if was, ok := c.names.was[id]; ok {
		return was, true
	}
	// Anyone and each account are outside before as well, also where no policy spoke of them.
	return id, c.is.Element(id) == nil
}

// isDoor reports whether an outsider starts a function: that is told as the opening that it is.
func (c *comparison) isDoor(from, target model.ID) bool {
	return c.is.Element(from) == nil && c.is.Function(target) != nil
}

// startAfter is the start after that one before is, "" for one that is gone.
func (c *comparison) startAfter(id model.ID) model.ID {
	if c.was.Element(id) == nil {
		return id
	}
	return c.names.is[id]
}

// oldID is the id that an element of after had.
func (c *comparison) oldID(id model.ID) model.ID {
	if was, ok := c.names.was[id]; ok {
		return was
	}
	return id
}

// newHits adds the hits of a start that it did not have. Those that come by one way are told in one sentence.
func (c *comparison) newHits(from model.ID, fresh []reach.Touch) {
	b := c.after.Breach(from)
	news := map[model.ID]catalog.Capabilities{}
	for _, x := range fresh {
		news[x.Target] = x.Capabilities
	}
	type face struct {
		target model.ID
		can    catalog.Capability
	}
	told := map[face]Finding{}
	for _, h := range b.Hits {
		for _, part := range h.ByWay() {
			caps := part.Capabilities & news[h.Target]
			if caps == 0 {
				continue
			}
			part.Capabilities, part.Must = caps, caps&part.Must
			way := part.Path()
			if part.Must == 0 && c.mistaken(h.Target, way) {
				for _, can := range caps.All() {
					if x := (face{h.Target, can}); told[x].Says == "" {
						told[x] = Finding{} // no news, unless it is reached another way
					}
				}
				continue
			}
			f := Finding{Says: b.Sentence(c.is, part)}
			if len(way) > 0 {
				f.Place = placeGiving(way[len(way)-1].Evidence, caps)
			}
			for i := len(way) - 1; i >= 0 && f.Place.IsZero(); i-- {
				f.Place = firstPlace(way[i].Evidence)
			}
			if part.Must == 0 {
				f.Undecided = unresolved(way)
			}
			for _, can := range caps.All() {
				if x := (face{h.Target, can}); told[x].Says == "" {
					told[x] = f
				}
			}
		}
	}
	for _, x := range fresh {
		for _, can := range x.Capabilities.All() {
			f, ok := told[face{x.Target, can}]
			if ok && f.Says == "" {
				continue
			}
			if !ok {
				f.Says = fmt.Sprintf("%s reaches %s (%s)", c.after.Name(from), c.after.Name(x.Target), can)
			}
			if f.Place.IsZero() {
				f.Place = placeOf(c.is, from)
			}
			f.ID, f.Rule, f.Subject, f.Target, f.Can = fmt.Sprintf("hit %s %s %s", from, x.Target, can), NewHit, from, x.Target, can.String()
			c.add(f)
		}
	}
}

// rough reports whether a start can reach beyond the design what it did not: it runs as somebody as whom it did not, or as
// somebody whose own policies reach there what they did not.
func (c *comparison) rough(b, old reach.Brief, known bool) bool {
	if !known {
		return true
	}
	ran := map[model.ID]bool{}
	for _, id := range old.Runs {
		ran[id] = true
	}
	return slices.ContainsFunc(b.Runs, func(id model.ID) bool {
		was, ok := c.names.was[id]
		return !ok || !ran[was] || c.surges(c.holder(id))
	})
}

// surges reports whether somebody's own policies reach beyond the design what they did not.
func (c *comparison) surges(id model.ID) bool {
	if !c.wider[id] {
		return false
	}
	out, ok := c.surge[id]
	if !ok {
		was := c.before.Sea(c.names.was[id])
		out = slices.ContainsFunc(c.after.Sea(id), func(y reach.Beyond) bool {
			return slices.ContainsFunc(y.Capabilities.All(), func(can catalog.Capability) bool {
				return can.IsHit() && !slices.ContainsFunc(was, func(o reach.Beyond) bool { return c.covers(o, y, can) })
			})
		})
		c.surge[id] = out
	}
	return out
}

// holder is whose policies a node uses: a function's role's.
func (c *comparison) holder(id model.ID) model.ID {
	if f := c.is.Function(id); f != nil {
		return f.Role
	}
	return id
}

// sea adds the ways beyond the design that a start did not have. What a grant as it was reaches now because the design
// lost something is none.
func (c *comparison) sea(id, was model.ID, known bool, old reach.Brief) {
	seen := beyond(c.before, was)
	for _, x := range c.after.Broader(id) {
		seen = slices.Concat(seen, beyond(c.before, x))
	}
	if !known {
		seen = c.inherited()
	}
	ran := map[model.ID]bool{}
	for _, o := range old.Runs {
		ran[o] = true
		if f := c.was.Function(o); f != nil {
			ran[f.Role] = true
		}
	}
	c.beyond(id, seen, func(y reach.Beyond) bool {
		return !slices.ContainsFunc(append([]model.ID{y.Principal}, y.Also...), func(id model.ID) bool {
			p, ok := c.names.was[id]
			return !ok || !ran[p] || c.surges(id)
		})
	})
}

// beyond is what a start reaches beyond the design.
func beyond(an *reach.Analysis, from model.ID) []reach.Beyond {
	b := an.Breach(from)
	if b == nil {
		return nil
	}
	return b.Beyond()
}

// inherited is what a start that is new may reach beyond the design without news: what those reached that are gone, and
// the log groups that some other writes, which every function does.
func (c *comparison) inherited() []reach.Beyond {
	if c.heirloom == nil {
		c.heirloom = []reach.Beyond{}
		for _, id := range startsOf(c.before) {
			gone := c.names.is[id] == "" && c.was.Element(id) != nil
			if !gone && c.was.Function(id) == nil {
				continue
			}
			sea := beyond(c.before, id)
			if !gone {
				sea = logWrites(sea)
			}
			c.heirloom = append(c.heirloom, sea...)
		}
	}
	return c.heirloom
}

// beyond adds what a start reaches beyond the design as far as it is not among what was seen, nor no news. What one
// statement gives is told in one sentence.
func (c *comparison) beyond(id model.ID, seen []reach.Beyond, noNews func(reach.Beyond) bool) {
	var fresh []reach.Beyond
	for _, y := range beyond(c.after, id) {
		if y.Fed || noNews(y) {
			continue
		}
		for _, can := range y.Capabilities.All() {
			if !can.IsHit() || slices.ContainsFunc(seen, func(o reach.Beyond) bool { return c.covers(o, y, can) }) {
				y.Capabilities &^= catalog.Capabilities(0).With(can)
			}
		}
		if y.Capabilities != 0 {
			fresh = append(fresh, y)
		}
	}
	because := func(y reach.Beyond) string {
		if len(y.Evidence) == 0 {
			return ""
		}
		return y.Evidence[0].Sentence(c.is)
	}
	for i := range fresh {
		fresh[i].Evidence = giving(fresh[i])
	}
	for _, y := range fresh {
		var with []reach.Beyond
		var caps catalog.Capabilities
		for _, o := range fresh {
			if because(o) == because(y) {
				with = append(with, o)
				caps |= o.Capabilities
			}
		}
		f := Finding{Rule: NewSea, Subject: id, Place: firstPlace(y.Evidence), Says: fmt.Sprintf("%s reaches beyond the design: %s%s", c.after.Name(id), reach.SeaWords(with), listed(caps.All()))}
		for _, e := range y.Evidence[:min(1, len(y.Evidence))] {
			f.Why = append(f.Why, e.Sentence(c.is))
		}
		if f.Place.IsZero() {
			f.Place = placeOf(c.is, id)
		}
		if name := untold(y.Pattern); name != "" {
			f.Undecided = "what " + name + " is, the source does not tell: it may be a thing of the design (--param gives it)"
		}
		for _, can := range y.Capabilities.All() {
			f.ID, f.Can = strings.Join([]string{"sea", string(id), y.Service, kindOf(y), y.Pattern, can.String()}, " "), can.String()
			c.add(f)
		}
	}
}

// placeGiving is where the first statement stands that gives one of some capabilities, zero where none is told to.
func placeGiving(es []reach.Evidence, caps catalog.Capabilities) source.Span {
	for _, e := range es {
		if !e.Span.IsZero() && slices.ContainsFunc(e.Actions, func(name string) bool {
			a := catalog.Load().Action(name)
			return a != nil && a.Capabilities&caps != 0
		}) {
			return e.Span
		}
	}
	return source.Span{}
}

// giving is the evidence of something beyond the design, with the statements first that give what can be done to it.
func giving(y reach.Beyond) []reach.Evidence {
	gives := func(e reach.Evidence) bool {
		return e.From != nil && !e.From.NotAction && slices.ContainsFunc(e.From.Actions, func(pattern string) bool {
			return slices.ContainsFunc(catalog.Load().Expand(pattern), func(a *catalog.Action) bool {
				return (y.Service == "*" || a.Service == y.Service) && a.Capabilities&y.Capabilities != 0
			})
		})
	}
	out := slices.Clone(y.Evidence)
	slices.SortStableFunc(out, func(a, b reach.Evidence) int {
		switch x, z := gives(a), gives(b); {
		case x && !z:
			return -1
		case z && !x:
			return 1
		}
		return 0
	})
	return out
}

// untold is the first unknown of a pattern, "" if it has none. IAM's own variables have a colon in their names.
func untold(pattern string) string {
	for rest := pattern; ; {
		_, after, ok := strings.Cut(rest, "${")
		name, more, closed := strings.Cut(after, "}")
		if !ok || !closed {
			return ""
		}
		if !strings.ContainsAny(name, ":*?$") {
			return "${" + name + "}"
		}
		rest = more
	}
}

func kindOf(y reach.Beyond) string {
	if y.Type == "" {
		return "*"
	}
	return y.Type
}

// tellBetter says what is reached no more, one sentence a start and target.
func (c *comparison) tellBetter(lost map[[2]model.ID]catalog.Capabilities) {
	for k, caps := range lost {
		from, target := c.was.Name(k[0]), c.was.Name(k[1])
		if c.before == nil {
			from, target = c.is.Name(k[0]), c.is.Name(k[1])
		}
		what := fmt.Sprintf("%s no longer reaches %s%s", from, target, listed(caps.All()))
		switch {
		case c.startAfter(k[0]) == "" || c.before == nil && c.is.Element(k[0]) == nil:
			what = fmt.Sprintf("%s is gone, which reached %s%s", from, target, listed(caps.All()))
		case c.startAfter(k[1]) == "" || c.before == nil && c.is.Element(k[1]) == nil:
			continue // the target is gone
		}
		c.better = append(c.better, what)
	}
	slices.Sort(c.better)
}

// openDoors adds the ways in from outside that were not there.
func (c *comparison) openDoors() {
	type door struct {
		on        model.ID
		kind      reach.OpeningKind
		principal string
	}
	was := map[door]reach.Certainty{}
	moved := map[string]bool{} // open triggers, by what people call them, that are no more where they were
	for _, o := range c.before.Openings() {
		if t := c.was.Trigger(o.Trigger); t != nil && !c.stands(t) {
			moved[t.Kind+" "+t.Label] = true
		}
		d := door{o.On, o.Kind, principalOf(o)}
		if x, ok := was[d]; !ok || o.Certainty < x {
			was[d] = o.Certainty
		}
	}
	for _, o := range c.after.Openings() {
		on := o.On
		if x, ok := c.names.was[on]; ok {
			on = x
		}
		if x, ok := was[door{on, o.Kind, principalOf(o)}]; ok && x <= o.Certainty {
			continue
		}
		if _, ok := was[door{on, reach.ToAnyone, "*"}]; ok && o.Kind != reach.ToAnyone {
			continue
		}
		if x, ok := was[door{on, reach.ToAccount, accountOfARN(o.Principal)}]; ok && o.Kind == reach.ToAccount && x <= o.Certainty {
			continue
		}
		if t := c.is.Trigger(o.Trigger); t != nil && t.Label != "" && moved[t.Kind+" "+t.Label] {
			continue
		}
		f := Finding{ID: fmt.Sprintf("opening %s %s %s", o.On, o.Kind, o.Principal), Rule: NewOpening, Subject: o.On, Says: o.Sentence(c.is), Place: firstPlace(o.Evidence)}
		if f.Place.IsZero() {
			f.Place = placeOf(c.is, o.Trigger)
		}
		if f.Place.IsZero() {
			f.Place = placeOf(c.is, o.On)
		}
		for _, a := range o.Assumed {
			if a.Operator == "Matches" {
				f.Undecided = "it takes that " + a.Key + " matches " + strings.Join(a.Values, ", ")
			}
		}
		c.add(f)
	}
}

// principalOf is whom an opening lets in, in one form: an account by its number.
func principalOf(o reach.Opening) string {
	if strings.HasSuffix(o.Principal, ":root") && o.Kind == reach.ToAccount {
		return accountOfARN(o.Principal)
	}
	return o.Principal
}

func accountOfARN(arn string) string {
	if f := strings.SplitN(arn, ":", 6); len(f) == 6 {
		return f[4]
	}
	return arn
}

// listed are capabilities in parentheses.
func listed(caps []catalog.Capability) string {
	slices.Sort(caps)
	list := make([]string, len(caps))
	for i, x := range caps {
		list[i] = x.String()
	}
	return " (" + strings.Join(list, ", ") + ")"
}

// stands reports whether an open trigger is still there, open, for the same element.
func (c *comparison) stands(t *model.Trigger) bool {
	to := c.names.is[t.To]
	return slices.ContainsFunc(c.is.TriggersOf(to), func(x *model.Trigger) bool {
		return x.To == to && x.Kind == t.Kind && x.Label == t.Label && x.Open
	})
}
