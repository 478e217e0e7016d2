package reach

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Who may change permissions may make more of a principal that it holds, of itself above all: that principal with any
// policy, without its boundary, without what denies it something. Each is an actor like others, with layers of its own,
// so that what it reaches follows by the same algebra.

// newPrincipalID stands for users and roles that an attacker makes.
const newPrincipalID model.ID = "new/new principal"

// A change is what a technique makes of a principal.
type change struct {
	any     bool       // any policy is its own
	free    bool       // its boundary is gone
	without []model.ID // policies that deny it something and are gone, sorted
	given   []model.ID // policies that it has in addition, sorted
	tags    []tag      // of its own, that are others now, sorted
	bound   model.ID   // boundary that a new principal has to have: a policy of the design, or an ARN; "" for none
}

// stays is the boundary that a new principal keeps; "" for none.
func (c *change) stays() model.ID {
	if c.free {
		return ""
	}
	return c.bound
}

// key tells changes apart.
func (c *change) key() string {
	if len(c.without)+len(c.given)+len(c.tags)+len(c.bound) == 0 { // most
		return [...]string{"", "free", "any", "any free"}[2*number(c.any)+number(c.free)]
	}
	var b strings.Builder
	for _, x := range [...]bool{c.any, c.free} {
		b.WriteByte("01"[map[bool]int{true: 1}[x]])
	}
	for _, ids := range [...][]model.ID{c.without, c.given} {
		b.WriteByte(0)
		for _, id := range ids {
			b.WriteString(string(id))
			b.WriteByte(1)
		}
	}
	b.WriteByte(0)
	for _, t := range c.tags {
		b.WriteString(t.spell())
		b.WriteByte(1)
	}
	b.WriteByte(0)
	b.WriteString(string(c.bound))
	return b.String()
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// and is one change after another.
func (c *change) and(d *change) change {
	both := func(x, y []model.ID) []model.ID {
		out := slices.Concat(x, y)
		slices.Sort(out)
		return slices.Compact(out)
	}
	return change{any: c.any || d.any, free: c.free || d.free, without: both(c.without, d.without), given: both(c.given, d.given), tags: andTags(c.tags, d.tags), bound: cmp.Or(d.bound, c.bound)}
}

// A join leads to a guise by two who are held both: whoever may make the change, and the principal that is changed.
type join struct {
	by, of int32
	edge   edge
	crew   crew // of a technique whose calls they make together; of is nobody then
}

// all reports whether something holds for everybody whom it takes.
func (j *join) all(holds func(actor int32) bool) bool {
	if j.crew.actors == nil {
		return holds(j.by) && holds(j.of)
	}
	return !slices.ContainsFunc(j.crew.actors, func(a *actor) bool { return !holds(a.index) })
}

// others are those whom it takes beside who makes it.
func (j *join) others() []int32 {
	if j.crew.actors == nil {
		return []int32{j.of}
	}
	var out []int32
	for _, a := range j.crew.actors[1:] {
		out = append(out, a.index)
	}
	return out
}

// guises are the actors that others can be made.
type guises struct {
	nodes   []node                   // of an earlier graph, to be used again where they are the same
	actorOf []int32                  // likewise
	keys    []string                 // of each guise
	at      map[string]int32         // key → actor
	of      map[int32][]int32        // principal → itself and its guises
	turns   map[int32][]edge         // actor → guises that it makes of itself, and new principals
	joins   [looks][]*join           // what is found by two, …
	joinOf  [looks]map[int32][]*join // … by each of the two
	joined  [looks]map[int32][]int32 // and the nearest who hold both → guises
	known   map[joinKey]*meeting
	able    [looks]map[int32]int32 // components whose principals make calls together that none of them may make alone → a member
}

type joinKey struct {
	look   int
	by, of int32
	alter  *alter
}

// A meeting is where two were joined, and to what.
type meeting struct {
	to  int32
	at  []int32 // the nearest who hold both, so far: whom is held changes who holds whom
	all bool    // one of the two is it, so that nobody holds both without it
}

// covers reports whether a component leads to where they were joined.
func (m *meeting) covers(f *flow, c int32) bool {
	return slices.ContainsFunc(m.at, func(v int32) bool { return f.component[v] == c || f.parts.At(c).has(v) })
}

// base is the principal of which an actor is a guise, or itself.
func (a *actor) base() int32 {
	if a.guise != nil {
		return a.guise.of
	}
	return a.index
}

// A guise is what an actor is made of.
type guise struct {
	of int32 // the principal; -1 for a new one
	change
}

// became is the state of an actor after a change.
func (a *actor) became(c *change) change {
	if a.guise == nil {
		return *c
	}
	return a.guise.and(c)
}

// guiseKey tells guises apart.
func guiseKey(of model.ID, c *change) string { return string(of) + "\x00" + c.key() }

// guiseOf is the actor that a principal is after a change; a new one where it was none yet.
func (an *Analysis) guiseOf(of *actor, c change) int32 {
	g := &an.guises
	key := guiseKey(of.id, &c)
	if at, ok := g.at[key]; ok {
		return at
	}
	a := &actor{profile: of.profile}
	a.index, a.guise = int32(len(an.actors)), &guise{of: of.index, change: c}
	a.ids, a.by, a.documents, a.identity = nil, nil, nil, nil
	put := func(id, by model.ID, doc *policy.Document) {
		a.ids, a.by, a.documents, a.identity = append(a.ids, id), append(a.by, by), append(a.documents, doc), append(a.identity, an.answers(doc))
	}
	if c.any {
		put("", "", everything)
	}
	for i, id := range of.ids {
		if !slices.Contains(c.without, id) && (!c.any || of.identity[i].denies()) {
			put(id, of.by[i], of.documents[i])
		}
	}
	for _, id := range c.given {
		if slices.Contains(a.ids, id) {
			continue
		}
		if an.design.Policy(id) == nil {
			put("", "", an.documentOf(id)) // one of AWS's
		} else {
			put(id, "", an.documentOf(id))
		}
	}
	if c.free {
		a.boundaryID, a.limit, a.boundary, a.unlimited = "", nil, nil, false
	}
	if len(c.tags) > 0 {
		a.tagged(c.tags)
	}
	return an.addGuise(a, key, of.id, of.sort)
}

// newPrincipal is the actor that a user or role is which an actor makes in its account, with any policy, within a boundary, "" for
// none.
func (an *Analysis) newPrincipal(by *actor, bound model.ID) int32 {
	key := "new\x00" + by.account
	if bound != "" {
		key += "\x00" + string(bound)
	}
	if at, ok := an.guises.at[key]; ok {
		return at
	}
	a := &actor{profile: profile{index: int32(len(an.actors)), id: newPrincipalID, sort: isUser, arn: "arn:" + an.world.partition + ":iam::" + by.account + ":user/" + anyName + "/" + anyName, account: by.account, self: -1,
		guise: &guise{of: -1, change: change{any: true, bound: bound}}}}
	a.newContext(an.world, nil, an.keys)
	a.ids, a.by, a.documents, a.identity = []model.ID{""}, []model.ID{""}, []*policy.Document{everything}, []*answers{an.answers(everything)}
	a.guards = an.guards[a.account]
	if bound != "" {
		a.boundaryID, a.unlimited = bound, true
		if doc := an.documentOf(bound); len(doc.Statements) > 0 {
			a.limit, a.boundary, a.unlimited = doc, an.answers(doc), false
		}
	}
	return an.addGuise(a, key, a.id, isUser)
}

func (an *Analysis) addGuise(a *actor, key string, id model.ID, s sort) int32 {
	g := &an.guises
	an.actors, an.actorOf, an.nodes = append(an.actors, a), extend(an.actorOf, g.actorOf, a.index), extend(an.nodes, g.nodes, node{id, s})
	g.keys = append(g.keys, key)
	g.at[key] = a.index
	if a.guise.of >= 0 {
		if g.of[a.guise.of] == nil {
			g.of[a.guise.of] = []int32{a.guise.of}
		}
		g.of[a.guise.of] = append(g.of[a.guise.of], a.index)
	}
	return a.index
}

// extend adds a member to a list that is the beginning of an earlier one, which others have too: most often it is the next of that.
func extend[T comparable](list, earlier []T, v T) []T {
	if n := len(list); 0 < n && n < len(earlier) && &list[0] == &earlier[0] && earlier[n] == v {
		return earlier[: n+1 : n+1]
	}
	return append(list, v)
}

// states are a principal and its guises.
func (an *Analysis) states(i int32) []int32 {
	if s := an.guises.of[i]; s != nil {
		return s
	}
	return []int32{i}
}

// nodeOfGuise is the node of an actor that is a guise.
func (an *Analysis) nodeOfGuise(i int32) int32 {
	return int32(len(an.nodes) - (len(an.actors) - int(i)))
}

// disguise finds who can be made more, and floods. old, an earlier graph in which all was settled as it is now, may be nil;
// so may before, the same graph where only some real actors changed. The error is ctx's.
func (an *Analysis) disguise(ctx context.Context, old, before *graph, changed set) error {
	nodes, actorOf := an.nodes, an.actorOf
	an.actors, an.nodes, an.actorOf = an.actors[:an.size.actors], slices.Clip(an.nodes[:an.size.nodes]), slices.Clip(an.actorOf[:an.size.nodes])
	an.guises = guises{nodes: nodes, actorOf: actorOf, at: map[string]int32{}, of: map[int32][]int32{}, turns: map[int32][]edge{}, known: map[joinKey]*meeting{}}
	for look := range looks {
		an.guises.joinOf[look], an.guises.joined[look] = map[int32][]*join{}, map[int32][]int32{}
	}
	anew := slices.Clone(changed)
	turned := 0 // actors whose turns are known
	turn := func() error {
		for turned < len(an.actors) {
			// What guises are is known before, or found out now.
			work := newSet(len(an.actors))
			for len(anew) < len(work) {
				anew = append(anew, 0)
			}
			for i := max(turned, an.size.actors); i < len(an.actors); i++ {
				a := an.actors[i]
				was := old.guise(an.guises.keys[i-an.size.actors])
				if was != nil && !was.meddles && was.alike(a) {
					a.found = was.found
					continue
				}
				if a.was = was; was == nil && a.guise.of >= 0 && !a.guise.any {
					a.was = an.actors[a.guise.of] // of what it is made it differs little
				}
				work.put(int32(i))
				anew.put(int32(i))
			}
			if err := an.exploreAll(ctx, work); err != nil {
				return err
			}
			for n := len(an.actors); turned < n; turned++ {
				an.turn(an.actors[turned])
			}
		}
		return nil
	}
	if err := turn(); err != nil {
		return err
	}
	past := an.former(before)
	moved := past != nil && !past.stays(an)
	for {
		an.flood(past, anew)
		found := anew
		past, anew = an.former(an.graph), nil
		if ctx.Err() != nil {
			return ctx.Err()
		}
		flooded := int32(len(an.actors))
		more := an.conjoin()
		more = an.unite(flooded, before, moved, found) || more
		for _, f := range an.flows {
			f.fresh = nil
		}
		if !more {
			return nil
		}
		before = nil
		if err := turn(); err != nil {
			return err
		}
	}
}

// guise is the actor with a key in an earlier graph, nil for none.
func (g *graph) guise(key string) *actor {
	if g == nil {
		return nil
	}
	if i, ok := g.guises.at[key]; ok {
		return g.actors[i]
	}
	return nil
}

// turn finds what an actor can make of itself.
func (an *Analysis) turn(a *actor) {
	found := func(to int32, x *alter) {
		if to >= 0 && to != a.index {
			an.guises.turns[a.index] = append(an.guises.turns[a.index], an.turnTo(to, x))
		}
	}
	var own []alter
	if a.base() >= 0 {
		own = a.altersOf(a.base())
	}
	unseen := 0 // policies of its own that the design does not show are last
	for ; unseen < len(own) && own[unseen].target >= 0; unseen++ {
		found(an.after(a, &own[unseen]), &own[unseen])
	}
	made := a.altersOf(-1)
	for i := range made {
		if made[i].technique.route == creating {
			found(an.newPrincipal(a, made[i].stays()), &made[i])
		}
	}
	for i := unseen; i < len(own); i++ {
		found(an.after(a, &own[i]), &own[i])
	}
}

// after is what a state of a principal becomes by a change; -1 where that is nothing new.
func (an *Analysis) after(state *actor, x *alter) int32 {
	c := state.became(&x.change)
	if state.guise != nil && (c.key() == state.guise.key() || an.tooMany(x.actor, &c)) {
		return -1
	}
	return an.guiseOf(an.actors[x.actor], c)
}

// mostStates is to how many states of one principal several changes are followed, among those in which it is given policies and
// among the others: of many changes that each give something and take something there are choices without end.
const mostStates = 32

// tooMany reports whether a state to which several changes lead is a new one beyond those.
func (an *Analysis) tooMany(of int32, c *change) bool {
	states := an.states(of)
	if len(states) <= mostStates {
		return false
	}
	if _, ok := an.guises.at[guiseKey(an.actors[of].id, c)]; ok {
		return false
	}
	n := 0
	for _, s := range states {
		if g := an.actors[s].guise; g != nil && (len(g.given) > 0) == (len(c.given) > 0) {
			n++
		}
	}
	return n >= mostStates
}

func (an *Analysis) turnTo(to int32, x *alter) edge {
	return edge{to: an.nodeOfGuise(to), kind: Runs, must: x.must, technique: x.technique, over: x.target, alter: x}
}

// conjoin finds what is made of others by whoever holds both them and who may change them. It is true where that is
// something new.
func (an *Analysis) conjoin() bool {
	more, flooded := false, int32(len(an.actors))
	for look := range looks {
		f := an.flows[look]
		var reach *holding // nil: not asked yet
		for _, by := range an.alterers {
			rules := f.of(by).rules[1]
			var holders []int32 // components that reach whoever may; nil: not known yet
			try := func(x *alter) {
				if x.actor < 0 || x.actor == an.actors[by].base() || sure(look) && !x.must || an.inVainFor(rules, x.actor) {
					return
				}
				if holders == nil {
					if reach == nil {
						reach = f.holding(an.alterers, f.inner())
					}
					holders = slices.Clone(reach.of(by))
				}
				for _, of := range an.states(x.actor) {
					if of < flooded && an.joinAt(f, look, by, of, x, flooded, holders) {
						more = true
					}
				}
			}
			if an.allRuled(rules) { // most may change everybody: look at those alone whom that spares
				an.letIn.each(func(p int32) bool {
					alters := an.actors[by].altersOf(p)
					for i := range alters {
						try(&alters[i])
					}
					return true
				})
				continue
			}
			for x := range an.actors[by].allAlters() {
				try(x)
			}
		}
		if reach != nil {
			reach.done()
		}
	}
	return more
}

// joinAt joins an alteration to those who hold both who may make it and a state of whom it is made, each the nearest.
func (an *Analysis) joinAt(f *flow, look int, by, of int32, x *alter, flooded int32, holders []int32) bool {
	g := &an.guises
	key := joinKey{look, by, of, x}
	known := g.known[key]
	if known != nil && (known.all || !slices.ContainsFunc(holders, func(c int32) bool {
		return f.parts.At(c).has(of) && !known.covers(f, c) && !an.inVainFor(f.parts.At(c).rules[1], x.actor)
	})) {
		return false
	}
	var nearest []int32
	all := true
	switch {
	case f.of(by).has(of):
		nearest = []int32{by}
	case f.of(of).has(by):
		nearest = []int32{of}
	default:
		all = false
		nearest = an.nearest(f, flooded, slices.DeleteFunc(slices.Clone(holders), func(c int32) bool {
			return !f.parts.At(c).has(of) || an.inVainFor(f.parts.At(c).rules[1], x.actor) || known != nil && known.covers(f, c)
		}))
	}
	nearest = slices.DeleteFunc(nearest, func(v int32) bool { return an.inVainFor(f.of(v).rules[1], x.actor) })
	if len(nearest) == 0 {
		return false
	}
	if known == nil {
		to := an.after(an.actors[of], x)
		if to < 0 {
			return false
		}
		known = &meeting{to: to}
		g.known[key] = known
		j := &join{by: by, of: of, edge: an.turnTo(to, x)}
		j.edge.join = j
		g.joins[look] = append(g.joins[look], j)
		g.joinOf[look][by] = append(g.joinOf[look][by], j)
		g.joinOf[look][of] = append(g.joinOf[look][of], j)
	}
	known.at, known.all = append(known.at, nearest...), all
	for _, v := range nearest {
		if !slices.Contains(g.joined[look][v], known.to) {
			g.joined[look][v] = append(g.joined[look][v], known.to)
		}
	}
	return true
}

// lonely reports whether a target is a role or user whom another account lets in by name: who may do anything in the account may
// still do more there as that one, once it has given it the permission.
func (an *Analysis) lonely(ti int32) bool {
	t := &an.world.targets[ti]
	return (t.sort == isRole || t.sort == isUser) && slices.ContainsFunc(an.holders(ti), func(i int32) bool { return an.letIn.has(i) })
}

// nearest is one actor of each of some components that leads to none of the others.
func (an *Analysis) nearest(f *flow, flooded int32, components []int32) []int32 {
	if len(components) == 0 {
		return nil
	}
	among := map[int32]int32{} // component → its first actor, and one more
	for _, c := range components {
		among[c] = 0
	}
	for i := range flooded {
		if c := f.component[i]; among[c] == 0 {
			if _, ok := among[c]; ok {
				among[c] = i + 1
			}
		}
	}
	leads := map[int32]bool{} // to another of them that has an actor
	for v, c := range f.component {
		if _, ok := among[c]; !ok {
			continue
		}
		for _, to := range f.next.At(int32(v)) {
			if o := f.component[to]; o != c && among[o] > 0 {
				leads[c] = true
			}
		}
	}
	var out []int32
	for _, c := range components {
		if first := among[c]; first > 0 && !leads[c] {
			out = append(out, first-1)
		}
	}
	slices.Sort(out)
	return out
}

// denies reports whether a document denies anything.
func (a *answers) denies() bool {
	return slices.ContainsFunc(a.statements, func(s *statement) bool { return s.deny })
}

// allows reports whether a document allows anything.
func (a *answers) allows() bool {
	return slices.ContainsFunc(a.statements, func(s *statement) bool { return !s.deny })
}
