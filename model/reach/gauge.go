package reach

import (
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// A gauge reads a ledger's figures off the sets of a flow: resources of one weight are counted together, by the bits that
// a breach has in common with them.
type gauge struct {
	entries []set     // resources of one weight each, by ordinal; of all depths
	weights []float64 // of each of entries
	all     set
	at      []int32         // of each entry of the ledger its ordinal, -1 where it is not there
	ids     []model.ID      // of each ordinal its entry's; "" for none
	ownLogs map[int32][]int // nodes of functions → entries that are their own log groups
}

// newGauge lays a ledger over the resources of a world. What the ledger has beside them stays dry.
func newGauge(an *Analysis) *gauge {
	w := an.world
	g := &gauge{all: newSet(w.resources), ids: make([]model.ID, w.resources), ownLogs: map[int32][]int{}}
	for i, e := range an.ledger.entries {
		ti := w.target(e.resource.ID)
		if ti < 0 || w.targets[ti].ordinal < 0 {
			g.at = append(g.at, -1)
			continue
		}
		t := &w.targets[ti]
		g.at = append(g.at, t.ordinal)
		g.ids[t.ordinal] = t.id
		k := slices.Index(g.weights, e.weight)
		if k < 0 {
			k = len(g.weights)
			g.weights, g.entries = append(g.weights, e.weight), append(g.entries, newSet(w.resources))
		}
		g.entries[k].put(t.ordinal)
		g.all.put(t.ordinal)
		for _, f := range t.ownLogOf {
			if n, ok := an.nodeOf[f]; ok {
				g.ownLogs[n] = append(g.ownLogs[n], i)
			}
		}
	}
	return g
}

// A reading is what a gauge shows of a water.
type reading struct {
	gauge     *gauge
	resources int
	thirds    []int // depths added up, by weight
}

// read counts what is under water. It is remembered for the gauge that asked last.
func (w *water) read(g *gauge) *reading {
	if r := w.known.Load(); r != nil && r.gauge == g {
		return r
	}
	r := &reading{gauge: g, resources: w.wet[0].shared(g.all), thirds: make([]int, len(g.weights))}
	for k, s := range g.entries {
		for d := range w.wet {
			r.thirds[k] += w.wet[d].shared(s)
		}
	}
	w.known.Store(r)
	return r
}

// figure is what a breach hits under one look.
func (an *Analysis) figure(start int32, look int) Figure {
	g := an.gauge
	r := an.flows[look].of(an.actorOf[start]).read(g)
	if len(g.ownLogs[start]) == 0 {
		return an.share(r)
	}
	own := &reading{resources: r.resources, thirds: slices.Clone(r.thirds)}
	for _, i := range g.ownLogs[start] {
		e := &an.ledger.entries[i]
		was, d := an.stands(start, e, look)
		own.thirds[slices.Index(g.weights, e.weight)] += d - was
		if was > 0 && d == 0 {
			own.resources--
		}
	}
	return an.share(own)
}

// share is a reading as shares of the ledger.
func (an *Analysis) share(r *reading) Figure {
	f := Figure{Resources: r.resources}
	sum := 0.0
	for k, n := range r.thirds {
		sum += an.gauge.weights[k] * float64(n) / depths
	}
	if n := len(an.ledger.entries); n > 0 {
		f.Share = float64(f.Resources) / float64(n)
	}
	if an.ledger.weight > 0 {
		f.Weighted = sum / an.ledger.weight
	}
	return f
}

// stands is how deep water stands on a function's own log group in a breach of it, in thirds: by all that is done to it,
// and without the function's writing to it, which wets nothing.
func (an *Analysis) stands(start int32, e *entry, look int) (all, d int) {
	ti := an.world.target(e.resource.ID)
	c := an.flows[look].of(an.actorOf[start])
	if all = c.depth(an.world.targets[ti].ordinal); all == 0 {
		return 0, 0
	}
	for i, a := range an.actors {
		if !c.has(int32(i)) {
			continue
		}
		if x := a.act(ti); x != nil {
			d = max(d, depthIndex(x.under(look)&^catalog.Capabilities(0).With(catalog.Write)))
		}
	}
	return all, d
}

// Depth is how deep a breach of a start stands on a resource, in thirds, as docs/measures.md weighs capabilities: 1 read, 2
// write or send, 3 delete, permissions or secret; 0 dry. must is the part of it that holds whatever the unknowns. It costs
// next to nothing: it is what tables of all breaches ask. 0 for ids that are no start or no resource.
func (an *Analysis) Depth(from, resource model.ID, vulnerable bool) (must, may int) {
	start, ok := an.nodeOf[from]
	ti := an.world.target(resource)
	if !ok || ti < 0 || an.world.targets[ti].ordinal < 0 {
		return 0, 0
	}
	sure, perhaps := runsMust, runsMay
	if vulnerable {
		sure, perhaps = fedMust, fedMay
	}
	deep := func(look int) int { return an.flows[look].of(an.actorOf[start]).depth(an.world.targets[ti].ordinal) }
	must, may = deep(sure), deep(perhaps)
	if may > 0 && an.world.targets[ti].isLogOf(from) {
		e := &entry{resource: an.design.Resource(resource)}
		_, must = an.stands(start, e, sure)
		_, may = an.stands(start, e, perhaps)
	}
	return must, may
}
