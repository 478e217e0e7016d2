package reach

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A Wall is statements whose removal keeps a breach from a target.
type Wall struct {
	From, Target model.ID
	Statements   []Evidence // to remove, in the order of the design; empty where no removal stops it, see Why
	Smallest     bool       // no fewer statements do, which is proven
	Also         []Cut      // what else it takes away, by start and target
	Why          string     // where Statements is empty: why nothing stops it
}

// A Cut is what a wall takes from a breach.
type Cut struct {
	From, Target model.ID
	Capabilities catalog.Capabilities
}

// A Loss is the same cut from several breaches.
type Loss struct {
	Target       model.ID
	Capabilities catalog.Capabilities
	From         []model.ID // in the order of the design
}

// Losses are what a wall takes away as well, told once for all breaches that lose the same: what counts first, then what the design
// shows, each what most of them lose first.
func (an *Analysis) Losses(w *Wall) []Loss {
	var out []Loss
	type lost struct {
		target model.ID
		caps   catalog.Capabilities
	}
	at := map[lost]int{}
	for _, x := range w.Also {
		k, ok := at[lost{x.Target, x.Capabilities}]
		if !ok {
			k = len(out)
			at[lost{x.Target, x.Capabilities}] = k
			out = append(out, Loss{Target: x.Target, Capabilities: x.Capabilities})
		}
		out[k].From = append(out[k].From, x.From)
	}
	rank := func(l Loss) int {
		switch {
		case an.Counted(l.Target):
			return 0
		case an.design.Element(l.Target) != nil:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(x, y Loss) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(len(y.From), len(x.From)))
	})
	return out
}

// Sentence says who loses what: "Shop and ShopRole: read, write of Products".
func (l Loss) Sentence(d *model.Design) string {
	var names []string
	for _, id := range l.From { // a function and its role may have the same name
		if name := d.Name(id); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return fmt.Sprintf("%s: %s of %s", few(names), capabilityWords(l.Capabilities), d.Name(l.Target))
}

// wallBudget is how many analyses a wall may take, and wallSteps how many sets its search may look at in all.
const (
	wallBudget  = 60
	wallChoices = 6 // walls of as many statements of which the gentlest is taken
	wallSteps   = 200_000
)

// Wall looks for the fewest statements whose removal keeps a breach of from away from a target: no hit is left,
// must or may (of a fed one: fed functions taken as vulnerable). The error is ctx's, or that there is no such hit.
//
// One statement carries many steps and one step may rest on several, so this is a hitting set and no flow: each way
// that is found rests on statements of which one has to go. The fewest that meet all ways known are removed and the
// design analysed again; a way that is left is one more to meet, and when none is left, no fewer statements could do.
// Past the budget what was found is thinned out instead, and not called smallest. Of walls of as many statements the one is taken
// that takes least away from others.
func (an *Analysis) Wall(ctx context.Context, from, target model.ID) (*Wall, error) {
	h := hitOf(an.Breach(from), target)
	if h == nil {
		return nil, fmt.Errorf("wall between %s and %s: a breach does not reach it", from, target)
	}
	s := &search{an: an, from: from, target: target, fed: h.Fed, at: map[brick]int{}}
	w := &Wall{From: from, Target: target}
	for {
		if !s.meet(h) {
			w.Why = "one way to it rests on no statement that can be removed"
			return w, nil
		}
		chosen, proven := s.fewest()
		var err error
		if h, err = s.without(ctx, chosen); err != nil {
			return nil, err
		}
		if h != nil {
			continue
		}
		if w.Smallest = proven; proven {
			chosen, err = s.gentlest(ctx, chosen)
		} else {
			chosen, err = s.thin(ctx, chosen)
		}
		if err != nil {
			return nil, err
		}
		return w, s.finish(ctx, w, chosen)
	}
}

// hitOf is a breach's hit of a target, nil if there is none.
func hitOf(b *Breach, target model.ID) *Hit {
	if b == nil {
		return nil
	}
	i := slices.IndexFunc(b.Hits, func(h Hit) bool { return h.Target == target })
	if i < 0 {
		return nil
	}
	return &b.Hits[i]
}

// Reaches reports whether something is hit.
func (b *Breach) Reaches(target model.ID) bool { return hitOf(b, target) != nil }

// A brick is a statement that may be removed, by its place.
type brick struct {
	holder    model.ID // policy, resource, function or role
	statement *policy.Statement
}

// A search is for one wall.
type search struct {
	an           *Analysis
	from, target model.ID
	fed          bool
	bricks       []brick
	evidence     []Evidence // of each brick
	at           map[brick]int
	ways         [][]int // sets of bricks of which one has to go
	analyses     int
	steps        int       // sets that were looked at
	after        *Analysis // of the last analysis
}

// meet adds the ways of a hit. It is false where one of them rests on nothing that can be removed.
func (s *search) meet(h *Hit) bool {
	for _, way := range h.Ways() {
		var set []int
		for _, step := range way.Path() {
			for _, e := range step.Evidence {
				if i := s.brick(e); i >= 0 && !slices.Contains(set, i) {
					set = append(set, i)
				}
			}
		}
		if len(set) == 0 {
			return false
		}
		slices.Sort(set)
		if !slices.ContainsFunc(s.ways, func(w []int) bool { return slices.Equal(w, set) }) {
			s.ways = append(s.ways, set)
		}
	}
	return true
}

// brick is the index of a statement that may be removed, -1 for one that may not: what lets a service run as a role
// is no wall of the design, and boundaries and guardrails grant nothing.
func (s *search) brick(e Evidence) int {
	if e.Policy == "" || e.From == nil || e.Layer != policy.LayerIdentity && e.Layer != policy.LayerResource {
		return -1
	}
	if s.an.design.Role(e.Policy) != nil && !slices.ContainsFunc(e.From.Principals, func(p policy.Principal) bool { return p.Kind != "Service" }) {
		return -1
	}
	if doc := model.PolicyOf(s.an.design.Element(e.Policy)); e.Layer == policy.LayerResource && (doc == nil || !slices.Contains(doc.Statements, e.From)) {
		return -1 // what a key that is given no policy has by default
	}
	b := brick{e.Policy, e.From}
	if i, ok := s.at[b]; ok {
		return i
	}
	s.at[b] = len(s.bricks)
	if i := slices.Index(s.an.statementsOf(e.Policy), e.From); i >= 0 {
		e.Statement = i // in the design as it is, not without what was tried before
	}
	s.bricks, s.evidence = append(s.bricks, b), append(s.evidence, e)
	return s.at[b]
}

// statementsOf are the statements of what an element says: a policy, or who may do what to a resource, function or role.
func (an *Analysis) statementsOf(id model.ID) []*policy.Statement {
	doc := model.DocumentOf(an.design.Element(id))
	if doc == nil {
		return nil
	}
	return doc.Statements
}

// fewest is a smallest set of bricks that meets all ways known. Past the budget it is all bricks, and not proven.
func (s *search) fewest() (chosen []int, proven bool) {
	for n := 1; n <= len(s.ways) && s.analyses < wallBudget; n++ {
		found, ok := s.meeting(n, 1)
		if len(found) > 0 {
			return found[0], true
		}
		if !ok {
			break
		}
	}
	for i := range s.bricks {
		chosen = append(chosen, i)
	}
	return chosen, false
}

// meeting are sets of n bricks that meet all ways known, most at most; false where the search for them was given up.
func (s *search) meeting(n, most int) (found [][]int, ok bool) {
	// Branch over the shortest way that is not met yet: one of its bricks has to go.
	var try func(chosen []int, more int)
	try = func(chosen []int, more int) {
		if s.steps++; s.steps > wallSteps || len(found) == most {
			return
		}
		var open []int
		for _, w := range s.ways {
			if !slices.ContainsFunc(w, func(b int) bool { return slices.Contains(chosen, b) }) && (open == nil || len(w) < len(open)) {
				open = w
			}
		}
		switch {
		case open == nil:
			set := slices.Sorted(slices.Values(chosen))
			if !slices.ContainsFunc(found, func(f []int) bool { return slices.Equal(f, set) }) {
				found = append(found, set)
			}
		case more > 0:
			for _, b := range open {
				try(append(slices.Clone(chosen), b), more-1)
			}
		}
	}
	try(nil, n)
	return found, s.steps <= wallSteps
}

// gentlest is a wall of as many statements as one that holds, which takes least from others than the start, and then least at
// all; of several that do, one whose statements are of roles and users, which are tightened. Of the walls there are, the first few
// are looked at.
func (s *search) gentlest(ctx context.Context, holds []int) ([]int, error) {
	sets, _ := s.meeting(len(holds), wallChoices)
	if len(sets) < 2 {
		return holds, nil
	}
	self := map[model.ID]bool{s.from: true}
	if f := s.an.design.Function(s.from); f != nil {
		self[f.Role] = true
	}
	best, least := holds, [3]int{-1}
	for _, set := range sets {
		if left, err := s.without(ctx, set); err != nil {
			return nil, err
		} else if left != nil {
			continue
		}
		var cost [3]int // cuts from others, cuts, statements that are not of roles and users
		for _, c := range s.cuts() {
			if cost[1]++; !self[c.From] {
				cost[0]++
			}
		}
		for _, i := range set {
			if s.evidence[i].Layer != policy.LayerIdentity {
				cost[2]++
			}
		}
		if least[0] < 0 || slices.Compare(cost[:], least[:]) < 0 {
			best, least = set, cost
		}
	}
	return best, nil
}

// thin leaves out bricks that need not go, one after the other, as long as the budget lasts.
func (s *search) thin(ctx context.Context, chosen []int) ([]int, error) {
	for i := 0; i < len(chosen) && s.analyses < 2*wallBudget; {
		fewer := slices.Delete(slices.Clone(chosen), i, i+1)
		left, err := s.without(ctx, fewer)
		if err != nil {
			return nil, err
		}
		if left == nil {
			chosen = fewer
		} else {
			i++
		}
	}
	return chosen, nil
}

// without analyses the design without some bricks, and returns the hit that is left, nil for none.
func (s *search) without(ctx context.Context, chosen []int) (*Hit, error) {
	s.analyses++
	d, err := s.an.design.With(s.changes(chosen)...)
	if err != nil {
		return nil, fmt.Errorf("wall between %s and %s: %w", s.from, s.target, err)
	}
	s.after, err = Analyze(ctx, d, s.an.world.catalog, s.an)
	if err != nil {
		return nil, err
	}
	if h := hitOf(s.after.Breach(s.from), s.target); h != nil && (s.fed || !h.Fed) {
		return h, nil
	}
	return nil, nil
}

// changes remove bricks.
func (s *search) changes(chosen []int) []model.Change {
	gone := map[model.ID][]*policy.Statement{}
	var order []model.ID
	for _, i := range chosen {
		b := s.bricks[i]
		if gone[b.holder] == nil {
			order = append(order, b.holder)
		}
		gone[b.holder] = append(gone[b.holder], b.statement)
	}
	var out []model.Change
	for _, id := range order {
		less := func(d *policy.Document) *policy.Document {
			c := *d
			c.Statements = slices.DeleteFunc(slices.Clone(d.Statements), func(x *policy.Statement) bool { return slices.Contains(gone[id], x) })
			return &c
		}
		switch e := s.an.design.Element(id).(type) {
		case *model.Policy:
			c := *e
			c.Document = less(e.Document)
			out = append(out, model.Change{Before: e, After: &c})
		case *model.Resource:
			c := *e
			c.Policy = less(e.Policy)
			out = append(out, model.Change{Before: e, After: &c})
		case *model.Function:
			c := *e
			c.Policy = less(e.Policy)
			out = append(out, model.Change{Before: e, After: &c})
		case *model.Role:
			c := *e
			c.Trust = less(e.Trust)
			out = append(out, model.Change{Before: e, After: &c})
		}
	}
	return out
}

// finish fills in the wall with bricks, and with what else they take away.
func (s *search) finish(ctx context.Context, w *Wall, chosen []int) error {
	if _, err := s.without(ctx, chosen); err != nil {
		return err
	}
	for _, i := range chosen {
		w.Statements = append(w.Statements, s.evidence[i])
	}
	place := map[model.ID]int{}
	for i, e := range s.an.design.Elements() {
		place[e.ElementID()] = i
	}
	slices.SortFunc(w.Statements, func(x, y Evidence) int {
		return cmp.Or(cmp.Compare(place[x.Policy], place[y.Policy]), cmp.Compare(x.Statement, y.Statement))
	})
	w.Also = s.cuts()
	slices.SortStableFunc(w.Also, func(x, y Cut) int {
		return cmp.Or(cmp.Compare(place[x.From], place[y.From]), cmp.Compare(x.From, y.From), cmp.Compare(place[x.Target], place[y.Target]), cmp.Compare(x.Target, y.Target))
	})
	return nil
}

// cuts are what the bricks without which the design was analysed last take away beside the hit.
func (s *search) cuts() []Cut {
	var out []Cut
	before, after := s.an.takings(), s.after.takings()
	for n, node := range s.an.nodes[:s.an.size.nodes] {
		if node.sort == isGroup {
			continue
		}
		var left map[int32]catalog.Capabilities // nothing, for a stranger whom nothing lets in any more
		if m, ok := s.after.nodeOf[node.id]; ok {
			left = after(m)
		}
		for t, caps := range before(int32(n)) {
			id := s.an.world.targets[t].id
			if lost := caps &^ left[t]; lost != 0 && id != node.id && t != s.an.ownRole(int32(n)) && (node.id != s.from || id != s.target) {
				out = append(out, Cut{node.id, id, lost})
			}
		}
	}
	return out
}

// takings tells what a start does to each target, by itself and by all that it runs as, surely or perhaps. What
// those do who reach each other is worked out once.
func (an *Analysis) takings() func(start int32) map[int32]catalog.Capabilities {
	f := an.flows[runsMay]
	known := map[int32]map[int32]catalog.Capabilities{}
	return func(start int32) map[int32]catalog.Capabilities {
		c := f.component[an.actorOf[start]]
		acts := known[c]
		if acts == nil {
			acts = map[int32]catalog.Capabilities{}
			reached := f.reached(an.actorOf[start])
			for i, a := range an.actors {
				if !reached.has(int32(i)) {
					continue
				}
				for x := range a.allActs() {
					if caps := hits(x.may); caps != 0 {
						acts[x.target] |= caps
					}
				}
			}
			known[c] = acts
		}
		out := maps.Clone(acts)
		for _, n := range an.walk(start, runsMay).order[1:] {
			if int(n) >= an.size.nodes {
				continue
			}
			if t := an.targetAt[n]; t >= 0 {
				out[t] = out[t].With(catalog.Secret) // its code or credentials
			}
		}
		return out
	}
}
