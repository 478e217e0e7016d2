package reach

import (
	"cmp"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// A Hit is a resource, function or role that a breach reaches. Its ways and their statements are worked out when somebody
// asks for them.
type Hit struct {
	Target       model.ID
	ARN, Type    string               // of the target
	Capabilities catalog.Capabilities // all, must or may
	Must         catalog.Capabilities // those that are must
	Certainty    Certainty            // Must if any capability that is a hit is must
	Hops         int                  // length of Path
	Part         string               // "public/*" where only a part is reached
	Fed          bool                 // reached only when fed functions are taken as vulnerable
	FedMore      catalog.Capabilities // capabilities that come in addition when fed functions are taken as vulnerable
	FedMoreMust  catalog.Capabilities // those that are must only then: of what comes in addition, and of what is may without
	Counted      bool                 // in the ledger
	OwnLog       bool                 // a function's writing to its own log group: listed, counts in nothing

	ways    []Way  // nil: those of the trace
	more    bool   // … and the ways that fed functions add
	trace   *trace // nil where there is none
	reached *reached
}

// A Way is how a breach comes to some of the capabilities of a hit.
type Way struct {
	Capabilities catalog.Capabilities
	Hops         int // length of its path

	path  []*Step // nil: of the walk, to from and one step on
	an    *Analysis
	walk  *walk
	from  int32
	edge  *edge // nil: an act on the target
	where int32 // that target
}

// Path is the steps of a way. They are shared and not to be changed.
func (w Way) Path() []*Step {
	if w.path != nil || w.an == nil {
		return w.path
	}
	return w.an.path(w.walk, w.from, w.Last())
}

// Last is the last step of a way; nil for a way without steps. It is shared and not to be changed.
func (w Way) Last() *Step {
	switch n := len(w.path); {
	case n > 0:
		return w.path[n-1]
	case w.an == nil:
		return nil
	case w.edge != nil:
		return w.an.stepOn(w.walk, w.from, w.an.edgeStep(w.from, w.edge))
	}
	return w.an.stepOn(w.walk, w.from, w.an.actStep(w.from, w.where))
}

// Ways are the shortest way to any of a hit's capabilities, a must one where there is one, and, where others come otherwise,
// the ways to them.
func (h Hit) Ways() []Way {
	if h.ways != nil || h.trace == nil {
		return h.ways
	}
	first := h.reached.first()
	out := h.trace.ways(h.reached, first, h.reached.caps[first], h.reached.caps[first+1])
	if !h.more {
		return out
	}
	if surer := h.FedMoreMust &^ h.FedMore; surer != 0 { // a sure way goes before one that is not
		for i := range out {
			out[i].Capabilities &^= surer
		}
		out = slices.DeleteFunc(out, func(w Way) bool { return w.Capabilities == 0 })
	}
	if h.FedMoreMust != 0 && h.reached.caps[first] == 0 {
		return append(h.FedWays(), out...)
	}
	return append(out, h.FedWays()...)
}

// FedWays are the ways to what comes in addition, or comes to be sure, when fed functions are taken as vulnerable.
func (h Hit) FedWays() []Way {
	if h.trace == nil || h.Fed || h.FedMore|h.FedMoreMust == 0 {
		return nil
	}
	out := h.trace.ways(h.reached, fedMust, h.FedMoreMust, h.FedMore|h.FedMoreMust)
	return slices.DeleteFunc(out, func(w Way) bool { return w.Capabilities == 0 })
}

// nearest is the first of Ways.
func (h Hit) nearest() Way {
	if ways := h.Ways(); len(ways) > 0 {
		return ways[0]
	}
	return Way{}
}

// Path is the shortest way; the last step ends at the target.
func (h Hit) Path() []*Step { return h.nearest().Path() }

// Last is the last step of the shortest way, nil where none is known. It is shared and not to be changed.
func (h Hit) Last() *Step { return h.nearest().Last() }

// By is who takes the last step of the shortest way, and of what kind that is; "" where no way is known. It takes much
// less than Last.
func (h Hit) By() (model.ID, Kind) {
	switch w := h.nearest(); {
	case w.an == nil:
		if last := w.Last(); last != nil {
			return last.From, last.Kind
		}
		return "", Acts
	case w.edge != nil:
		return w.an.nodes[w.from].id, w.edge.kind
	default:
		return w.an.nodes[w.from].id, Acts
	}
}

// Held reports whether the breach comes to act as what is hit by one of its ways, surely or perhaps: that it does something to it
// besides, as passing a role, matters less.
func (h Hit) Held() bool {
	return slices.ContainsFunc(h.Ways(), func(w Way) bool {
		switch {
		case w.an == nil:
			last := w.Last()
			return last != nil && last.Kind == Runs
		case w.edge != nil:
			return w.edge.kind == Runs
		}
		return false
	})
}

// Along is the hit by one way to all of its capabilities.
func (h Hit) Along(path ...*Step) Hit {
	h.ways = []Way{{Capabilities: h.Capabilities, Hops: len(path), path: path}}
	return h
}

// At is the hit with the capabilities that are come by within the given number of steps; 0: all the way, and with
// vulnerable what fed functions add where they are taken as vulnerable.
func (h Hit) At(hops int, vulnerable bool) Hit {
	if hops > 0 {
		if ways := h.Ways(); len(ways) > 0 {
			var near catalog.Capabilities
			for _, w := range ways {
				if w.Hops <= hops {
					near |= w.Capabilities
				}
			}
			h.Capabilities, h.Must = h.Capabilities&near, h.Must&near
		}
		return h
	}
	if vulnerable {
		h.Capabilities, h.Must = h.Capabilities|h.FedMore, h.Must|h.FedMoreMust
		h.more = true
		if h.FedMoreMust != 0 {
			h.Certainty = Must
			if h.ways == nil && h.trace != nil {
				h.Hops = h.nearest().Hops
			}
		}
	}
	return h
}

// A trace is how the walks of a breach came to what they found.
type trace struct {
	an    *Analysis
	walks [looks]*walk
	at    []*reached // of each target, nil for none
	spare []reached  // for those that are found yet
	found int
}

// A reached is what the looks find of one target.
type reached struct {
	target int32
	caps   [looks]catalog.Capabilities
	near   [looks][catalog.Tag + 1]int32 // nearest node with each capability, and one more; 0 for none
	edges  [looks]*neighbour             // by which it is run as or fed, if it is
	whole  [looks]bool                   // some hit is not of a part
}

// hits lists everything reached.
func (an *Analysis) hits(b *Breach, start int32, walks *[looks]*walk) {
	w := an.world
	tr := &trace{an: an, walks: *walks, at: make([]*reached, len(w.targets))}
	for look, walk := range walks {
		tr.acts(walk.order, look, b.From)
		// Functions and principals that it runs as or feeds, whatever else may be done to them.
		walk.surroundings(func(x neighbour) {
			if int(x.node) >= an.size.nodes {
				return // of somebody whom it holds already
			}
			t := an.targetAt[x.node]
			if t < 0 {
				return
			}
			r := tr.of(t)
			r.whole[look], r.edges[look] = true, &x
			switch {
			case x.edge.kind == Feeds:
				r.caps[look] = r.caps[look].With(catalog.Invoke)
			case r.caps[look] == 0:
				r.caps[look] = r.caps[look].With(catalog.Secret)
			}
		})
	}
	// The nearest first, then in the order of targets.
	own := an.ownRole(start)
	var far [][]*reached // by hops
	for _, r := range tr.at {
		if r == nil {
			continue
		}
		if w.targets[r.target].id == b.From || r.target == own {
			continue
		}
		n := tr.hops(r)
		for len(far) <= n {
			far = append(far, nil)
		}
		far[n] = append(far[n], r)
	}
	b.Hits = make([]Hit, 0, tr.found)
	for n, all := range far {
		for _, r := range all {
			b.Hits = append(b.Hits, an.hit(b, tr, r, n))
		}
	}
}

// of is what is found of a target.
func (tr *trace) of(target int32) *reached {
	r := tr.at[target]
	if r == nil {
		if len(tr.spare) == 0 {
			tr.spare = make([]reached, min(512, 16+tr.found))
		}
		r, tr.spare = &tr.spare[0], tr.spare[1:]
		r.target = target
		tr.at[target] = r
		tr.found++
	}
	return r
}

// acts finds what the actors of a walk's nodes do.
func (tr *trace) acts(order []int32, look int, from model.ID) {
	tr.an.tread(order, func(n int32, x *act) bool {
		caps, t := hits(x.under(look)), &tr.an.world.targets[x.target]
		if r := tr.at[x.target]; r != nil && caps&^r.caps[look] == 0 && (x.part || r.whole[look]) {
			return false // as others before it
		}
		if t.sort == isImplied && !t.isLogOf(from) {
			return true
		}
		if caps == 0 {
			return false
		}
		r := tr.of(x.target)
		for c := range r.near[look] {
			if near := &r.near[look][c]; *near == 0 && caps.Has(catalog.Capability(c)) {
				*near = n + 1
			}
		}
		r.caps[look] |= caps
		r.whole[look] = r.whole[look] || !x.part
		return r.whole[look] && t.most&^r.caps[look] == 0
	})
}

// ownRole is the target of the role whose session the start is, -1 for none.
func (an *Analysis) ownRole(start int32) int32 {
	if f := an.design.Function(an.nodes[start].id); f != nil {
		return an.world.target(f.Role)
	}
	return -1
}

// first is the surer of the two looks that tell of what is reached: those with fed functions taken as vulnerable where only
// they reach it.
func (r *reached) first() int {
	if r.caps[runsMay] == 0 {
		return fedMust
	}
	return runsMust
}

// hit makes the Hit of what is reached in so many steps.
func (an *Analysis) hit(b *Breach, tr *trace, r *reached, hops int) Hit {
	t := &an.world.targets[r.target]
	first := r.first()
	h := Hit{Target: t.id, ARN: t.arn, Type: t.typ, Capabilities: r.caps[first+1], Must: r.caps[first], Certainty: certainty(r.caps[first] != 0), Hops: hops,
		Fed: first == fedMust, trace: tr, reached: r}
	if !h.Fed {
		h.FedMore = r.caps[fedMay] &^ h.Capabilities
		h.FedMoreMust = r.caps[fedMust] &^ h.Must
	}
	if !r.whole[first+1] {
		h.Part = h.Last().Part
	}
	h.OwnLog = t.isLogOf(b.From) && h.Capabilities == catalog.Capabilities(0).With(catalog.Write)
	h.Counted = an.ledger.has(t.id) && !h.OwnLog
	return h
}

// hops is the length of the shortest way, a sure one where there is one.
func (tr *trace) hops(r *reached) int {
	least := 0
	for look := r.first(); least == 0; look++ {
		shorter := func(n int) {
			if least == 0 || n < least {
				least = n
			}
		}
		if x := r.edges[look]; x != nil {
			shorter(x.dist)
		}
		for _, n := range r.near[look] {
			if n > 0 {
				shorter(tr.walks[look].dist(n-1) + 1)
			}
		}
	}
	return least
}

// ways lists how capabilities are come by: what is sure first, then the shortest, then in the order of discovery.
func (tr *trace) ways(r *reached, first int, must, may catalog.Capabilities) []Way {
	type candidate struct {
		Way
		look int
	}
	var all []candidate
	left := may
	for look := first; look <= first+1; look++ {
		walk := tr.walks[look]
		if x := r.edges[look]; x != nil && (look == first || r.edges[first] == nil) {
			caps := catalog.Capabilities(0).With(catalog.Invoke)
			if x.edge.kind == Runs {
				caps = may // whoever runs as it has no need of other ways
			}
			all = append(all, candidate{Way{Capabilities: caps, Hops: x.dist, an: tr.an, walk: walk, from: x.from, edge: x.edge}, look})
		}
		for c, near := range r.near[look] {
			if near == 0 || look != first && must.Has(catalog.Capability(c)) {
				continue
			}
			i := slices.IndexFunc(all, func(x candidate) bool { return x.edge == nil && x.look == look && x.from == near-1 })
			if i < 0 {
				i = len(all)
				all = append(all, candidate{Way{Hops: walk.dist(near-1) + 1, an: tr.an, walk: walk, from: near - 1, where: r.target}, look})
			}
			all[i].Capabilities = all[i].Capabilities.With(catalog.Capability(c))
		}
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Or(x.look-y.look, x.Hops-y.Hops) })
	var out []Way
	for i, x := range all {
		caps := x.Capabilities & left
		// That it runs as the target is told though what is done to the target is as much, and as near: a role that may surely
		// be passed, and perhaps be acted as.
		if caps == 0 && i > 0 && (x.edge == nil || x.edge.kind != Runs || x.Hops > out[0].Hops) {
			continue
		}
		left &^= caps
		w := x.Way
		w.Capabilities = caps
		out = append(out, w)
	}
	return out
}
