package reach

import (
	"cmp"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// A Hit is a resource, function or role that a breach reaches.
type Hit struct {
	Target       model.ID
	ARN, Type    string               // of the target
	Capabilities catalog.Capabilities // all, must or may
	Must         catalog.Capabilities // those that are must
	Certainty    Certainty            // Must if any capability that is a hit is must
	Hops         int                  // length of Path
	Path         []Step               // shortest way to any of them, a must one where there is one; the last step ends at Target
	Ways         []Way                // Path and, where other capabilities come otherwise, the ways to them
	Part         string               // "public/*" where only a part is reached
	Fed          bool                 // reached only when fed functions are taken as vulnerable
	FedMore      catalog.Capabilities // capabilities that come in addition when fed functions are taken as vulnerable
	FedMoreMust  catalog.Capabilities // those of them that are must then
	FedWays      []Way                // ways to them
	Counted      bool                 // in the ledger
	OwnLog       bool                 // a function's writing to its own log group: listed, counts in nothing
}

// A Way is how a breach comes to some of the capabilities of a hit.
type Way struct {
	Capabilities catalog.Capabilities
	Path         []Step
}

// At is the hit with the capabilities that are come by within the given number of steps; 0: all the way, and with
// vulnerable what fed functions add where they are taken as vulnerable.
func (h Hit) At(hops int, vulnerable bool) Hit {
	if hops > 0 && len(h.Ways) > 0 {
		var near catalog.Capabilities
		for _, w := range h.Ways {
			if len(w.Path) <= hops {
				near |= w.Capabilities
			}
		}
		h.Capabilities, h.Must = h.Capabilities&near, h.Must&near
	} else if vulnerable {
		h.Capabilities, h.Must = h.Capabilities|h.FedMore, h.Must|h.FedMoreMust
		h.Ways = slices.Concat(h.Ways, h.FedWays)
	}
	return h
}

// A Figure is resources hit, as share and weighted share of the counted ones.
type Figure struct {
	Resources int
	Share     float64 // 0..1; 0 where nothing is counted
	Weighted  float64 // 0..1
}

// Figures are the four figures of a breach.
type Figures struct {
	Of              int    // counted resources
	Must, May       Figure // May contains Must
	FedMust, FedMay Figure // with fed functions taken as vulnerable
	AtLeast         bool   // some policies of what it runs as were not seen: it reaches this at least
}

// A Breach is what code execution in From reaches.
type Breach struct {
	From     model.ID
	Admin    bool   // it reaches an administrator, or can become one
	AdminMay bool   // … only perhaps
	AdminFed bool   // … only when fed functions are taken as vulnerable, where Admin is false
	AdminWhy []Step // way to it
	Reach    Figures
	Hits     []Hit      // sorted by hops, then target; fed ones included and marked
	Beyond   []Beyond   // data first, then by service, type, pattern
	Runs     []model.ID // principals and functions whose code or credentials it holds, start first; without fed
	Fed      []model.ID // functions whose input it chooses, and what these run and feed when vulnerable
	NotSeen  []string   // what of this breach no source showed: policies of roles that are only named

	swells []Beyond // as each actor has them
}

// A walk is a breadth-first search from a node under one look.
type walk struct {
	order  []int32          // nodes in the order of discovery, the start first
	hops   []int32          // to each node, and one more; 0 for those that are not found
	by     []*edge          // that led to it
	parent []int32          // node that the edge starts from
	paths  map[int32][]Step // to nodes, as far as somebody asked

	// own are roles found by their own sessions: a function can do as another session of its role what this one may
	// not, but that it holds the role is no news. Where somebody else leads there as well, that is the news.
	own map[int32]neighbour
}

// walk searches from a node. Edges go in the order of nodes, so that ties are stable.
func (an *Analysis) walk(start int32, look int) *walk {
	return an.walkUntil(start, look, func(int32) bool { return false })
}

// walkUntil is walk as far as the first node, beside the start, of which found is true.
func (an *Analysis) walkUntil(start int32, look int, found func(node int32) bool) *walk {
	n := len(an.nodes)
	w := &walk{order: []int32{start}, hops: make([]int32, n), by: make([]*edge, n), parent: make([]int32, n)}
	w.hops[start] = 1
	expanded := newSet(len(an.actors))
	for i := 0; i < len(w.order); i++ {
		n := w.order[i]
		actor := an.actorOf[n]
		if expanded.has(actor) {
			continue
		}
		expanded.put(actor)
		a := an.actors[actor]
		self := int32(-1)
		if a.self >= 0 {
			self = an.nodeAt[a.self]
		}
		for e := range a.allEdges() {
			if !takes(look, e) {
				continue
			}
			own := e.to == self
			if w.found(e.to) {
				if x, ok := w.own[e.to]; ok && x.edge == nil && !own {
					w.own[e.to] = neighbour{e.to, e, n, w.dist(n) + 1}
				}
				continue
			}
			if own {
				if w.own == nil {
					w.own = map[int32]neighbour{}
				}
				w.own[e.to] = neighbour{}
			}
			w.hops[e.to], w.by[e.to], w.parent[e.to] = w.hops[n]+1, e, n
			w.order = append(w.order, e.to)
			if found(e.to) {
				return w
			}
		}
	}
	return w
}

// found reports whether the walk comes to a node.
func (w *walk) found(n int32) bool { return w.hops[n] > 0 }

// dist is how many steps it takes to a node that is found.
func (w *walk) dist(n int32) int { return int(w.hops[n]) - 1 }

// news is the edge to a node for which the walk is told to hold it; false where there is none.
func (w *walk) news(n int32) (neighbour, bool) {
	if x, ok := w.own[n]; ok {
		return x, x.edge != nil
	}
	return neighbour{n, w.by[n], w.parent[n], w.dist(n)}, true
}

// path is the steps to a node, the start's none, and those behind it.
func (an *Analysis) path(w *walk, n int32, behind ...Step) []Step {
	hops := w.dist(n)
	if hops+len(behind) == 0 {
		return nil
	}
	out := make([]Step, hops+len(behind))
	copy(out[hops:], behind)
	for i := hops - 1; i >= 0; i-- {
		out[i] = an.edgeStep(w.parent[n], w.by[n])
		n = w.parent[n]
	}
	return out
}

// Breach returns what code execution in a function, or the credentials of a role or user, reaches; nil for an
// id that is none of these.
func (an *Analysis) Breach(from model.ID) *Breach {
	start, ok := an.nodeOf[from]
	if !ok || an.nodes[start].sort == isGroup {
		return nil
	}
	b := &Breach{From: from, Reach: an.figures(start)}
	var walks [looks]*walk
	for look := range looks {
		walks[look] = an.walk(start, look)
	}
	an.hits(b, start, &walks)
	an.administrators(b, &walks)
	for _, n := range walks[runsMay].order {
		if _, ok := walks[runsMay].news(n); ok {
			b.Runs = append(b.Runs, an.nodes[n].id)
		}
		b.NotSeen = append(b.NotSeen, an.notSeenOf(an.actors[an.actorOf[n]])...)
	}
	slices.Sort(b.NotSeen)
	b.NotSeen = slices.Compact(b.NotSeen)
	b.Fed = an.fed(start, &walks)
	b.swells = an.beyond(&walks)
	b.Beyond = mergeSea(b.swells)
	return b
}

// notSeenOf says what of an actor's permissions no source showed.
func (an *Analysis) notSeenOf(a *actor) []string {
	var out []string
	if a.unseen {
		out = append(out, "policies of "+an.Name(a.id))
	}
	if a.unlimited {
		out = append(out, "permissions boundary of "+an.Name(a.id))
	}
	return out
}

// Breaches lists the breaches of every function, in source order.
func (an *Analysis) Breaches() []*Breach {
	var out []*Breach
	for _, f := range an.design.Functions() {
		out = append(out, an.Breach(f.ID))
	}
	return out
}

// fed lists what is fed, directly or when fed functions are vulnerable, but not held anyway.
func (an *Analysis) fed(start int32, walks *[looks]*walk) []model.ID {
	var out []model.ID
	for _, n := range walks[fedMay].order {
		if _, news := walks[fedMay].news(n); !news {
			continue
		}
		if !walks[runsMay].found(n) && n != start {
			out = append(out, an.nodes[n].id)
		}
	}
	return out
}

// A reached is what the looks find of one target.
type reached struct {
	caps  [looks]catalog.Capabilities
	near  [looks][catalog.Tag + 1]spot // nearest node with each capability
	edges [looks]*neighbour            // by which it is run as or fed, if it is
	whole [looks]bool                  // some hit is not of a part
}

// A spot is a node and the steps from there to a target; zero steps: none.
type spot struct {
	node int32
	dist int
}

// hits lists everything reached.
func (an *Analysis) hits(b *Breach, start int32, walks *[looks]*walk) {
	w := an.world
	targets := make([]*reached, len(w.targets))
	get := func(t int32) *reached {
		r := targets[t]
		if r == nil {
			r = &reached{}
			targets[t] = r
		}
		return r
	}
	for look, walk := range walks {
		an.tread(walk.order, func(n int32, x *act) {
			caps := hits(x.under(look))
			if t := &w.targets[x.target]; caps == 0 || t.sort == isImplied && t.ownLogOf != b.From {
				return
			}
			r := get(x.target)
			r.caps[look] |= caps
			r.whole[look] = r.whole[look] || !x.part
			for c := range r.near[look] {
				if near := &r.near[look][c]; caps.Has(catalog.Capability(c)) && near.dist == 0 {
					*near = spot{n, walk.dist(n) + 1}
				}
			}
		})
		// Functions and principals that it runs as or feeds, whatever else may be done to them.
		for _, x := range an.surroundings(walk, look) {
			t := w.target(an.nodes[x.node].id)
			if t < 0 {
				continue
			}
			r := get(t)
			r.whole[look], r.edges[look] = true, &x
			switch {
			case x.edge.kind == Feeds:
				r.caps[look] = r.caps[look].With(catalog.Invoke)
			case r.caps[look] == 0:
				r.caps[look] = r.caps[look].With(catalog.Secret)
			}
		}
	}
	own := an.ownRole(start)
	for ti, r := range targets {
		t := &w.targets[ti]
		if r == nil || t.id == b.From || int32(ti) == own {
			continue
		}
		b.Hits = append(b.Hits, an.hit(b, int32(ti), r, walks))
	}
	slices.SortFunc(b.Hits, func(x, y Hit) int {
		return cmp.Or(cmp.Compare(x.Hops, y.Hops), cmp.Compare(w.byID[x.Target], w.byID[y.Target]), cmp.Compare(x.Target, y.Target))
	})
}

// ownRole is the target of the role whose session the start is, -1 for none.
func (an *Analysis) ownRole(start int32) int32 {
	if f := an.design.Function(an.nodes[start].id); f != nil {
		return an.world.target(f.Role)
	}
	return -1
}

// A neighbour is a node next to a walk, or in it, with the edge that leads there.
type neighbour struct {
	node int32
	edge *edge
	from int32
	dist int
}

// surroundings lists the nodes of a walk but the start, and those that are fed from it.
func (an *Analysis) surroundings(w *walk, look int) []neighbour {
	var out []neighbour
	seen := map[int32]bool{w.order[0]: true}
	for _, n := range w.order[1:] {
		seen[n] = true
		if x, ok := w.news(n); ok {
			out = append(out, x)
		}
	}
	if look >= fedMust {
		return out
	}
	expanded := map[int32]bool{}
	for _, n := range w.order {
		actor := an.actorOf[n]
		if expanded[actor] {
			continue
		}
		expanded[actor] = true
		for e := range an.actors[actor].allEdges() {
			if e.kind == Feeds && (e.must || !sure(look)) && !seen[e.to] {
				seen[e.to] = true
				out = append(out, neighbour{e.to, e, n, w.dist(n) + 1})
			}
		}
	}
	return out
}

// hit makes the Hit of a target.
func (an *Analysis) hit(b *Breach, ti int32, r *reached, walks *[looks]*walk) Hit {
	t := &an.world.targets[ti]
	h := Hit{Target: t.id, ARN: t.arn, Type: t.typ, Capabilities: r.caps[runsMay], Must: r.caps[runsMust]}
	first := runsMust
	if h.Fed = h.Capabilities == 0; h.Fed {
		first = fedMust
		h.Capabilities, h.Must = r.caps[fedMay], r.caps[fedMust]
	} else {
		h.FedMore = r.caps[fedMay] &^ h.Capabilities
		h.FedMoreMust = r.caps[fedMust] & h.FedMore
		if h.FedMore != 0 {
			h.FedWays = an.ways(ti, r, walks, fedMust, h.FedMoreMust, h.FedMore)
			h.FedWays = slices.DeleteFunc(h.FedWays, func(w Way) bool { return w.Capabilities == 0 })
		}
	}
	h.Certainty = certainty(h.Must != 0)
	h.Ways = an.ways(ti, r, walks, first, h.Must, h.Capabilities)
	h.Path = h.Ways[0].Path
	h.Hops = len(h.Path)
	if !r.whole[first+1] {
		h.Part = h.Path[h.Hops-1].Part
	}
	h.OwnLog = t.ownLogOf != "" && t.ownLogOf == b.From && h.Capabilities == catalog.Capabilities(0).With(catalog.Write)
	h.Counted = an.ledger.has(t.id) && !h.OwnLog
	return h
}

// ways lists how capabilities are come by: what is sure first, then the shortest, then in the order of discovery.
func (an *Analysis) ways(ti int32, r *reached, walks *[looks]*walk, first int, must, may catalog.Capabilities) []Way {
	type candidate struct {
		look, dist int
		node       int32
		edge       *neighbour
		caps       catalog.Capabilities
	}
	var all []candidate
	var left = may
	for look := first; look <= first+1; look++ {
		if x := r.edges[look]; x != nil && (look == first || r.edges[first] == nil) {
			caps := catalog.Capabilities(0).With(catalog.Invoke)
			if x.edge.kind == Runs {
				caps = may // whoever runs as it has no need of other ways
			}
			all = append(all, candidate{look, x.dist, x.node, x, caps})
		}
		for c := range r.near[look] {
			near := r.near[look][c]
			if near.dist == 0 || look != first && must.Has(catalog.Capability(c)) {
				continue
			}
			i := slices.IndexFunc(all, func(x candidate) bool { return x.edge == nil && x.look == look && x.node == near.node })
			if i < 0 {
				i = len(all)
				all = append(all, candidate{look: look, dist: near.dist, node: near.node})
			}
			all[i].caps = all[i].caps.With(catalog.Capability(c))
		}
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Or(x.look-y.look, x.dist-y.dist) })
	var out []Way
	for i, x := range all {
		caps := x.caps & left
		if caps == 0 && i > 0 {
			continue
		}
		left &^= caps
		w := Way{Capabilities: caps}
		if x.edge != nil {
			w.Path = an.path(walks[x.look], x.edge.from, an.edgeStep(x.edge.from, x.edge.edge))
		} else {
			w.Path = an.path(walks[x.look], x.node, an.actStep(x.node, ti))
		}
		out = append(out, w)
	}
	return out
}

// administrators finds whether and how a breach comes to rule the account.
func (an *Analysis) administrators(b *Breach, walks *[looks]*walk) {
	for _, look := range [...]int{runsMust, runsMay, fedMay} {
		walk := walks[look]
		n, x, ok := an.ruler(walk, sure(look))
		if !ok {
			continue
		}
		if look == fedMay {
			b.AdminFed = true
		} else {
			b.Admin, b.AdminMay = true, look == runsMay
		}
		b.AdminWhy = an.path(walk, n)
		if x != nil {
			b.AdminWhy = append(b.AdminWhy, an.alterStep(n, x))
		} else if len(b.AdminWhy) == 0 {
			b.AdminWhy = append(b.AdminWhy, an.adminStep(n))
		}
		return
	}
}

// ruler is the nearest node of a walk that may do anything, or that can change one of the walk so that it may.
func (an *Analysis) ruler(w *walk, must bool) (node int32, change *alter, ok bool) {
	want := perhaps
	if must {
		want = surely
	}
	var reached set
	for _, n := range w.order {
		a := an.actors[an.actorOf[n]]
		if a.admin >= want {
			return n, nil, true
		}
		for k := range a.alters {
			x := &a.alters[k]
			if must && !x.must {
				continue
			}
			if x.actor != a.index && reached == nil {
				reached = newSet(len(an.actors))
				for _, m := range w.order {
					reached.put(an.actorOf[m])
				}
			}
			if x.actor == a.index || reached.has(x.actor) {
				return n, x, true
			}
		}
	}
	return 0, nil, false
}

// rulers tells whether a start reaches an administrator, without the way to it.
func (an *Analysis) rulers(start int32, look int) (rules bool) {
	k := 0
	if sure(look) {
		k = 1
	}
	c := an.flows[look].of(an.actorOf[start])
	if c.rules[k] {
		return true
	}
	find := func(i int32) bool {
		rules = c.has(i) && slices.ContainsFunc(an.actors[i].alters, func(x alter) bool { return (x.must || k == 0) && c.has(x.actor) })
		return !rules
	}
	an.alterers.each(find)
	return rules
}

// Name is an element's or stranger's name for people.
func (an *Analysis) Name(id model.ID) string { return an.design.Name(id) }
