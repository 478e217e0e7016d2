package reach

import (
	"context"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A First says whose breach is told before the rest of a design is known.
type First struct {
	Of   func() model.ID // asked once it comes to that; "" for nobody's
	Tell func(b *Breach) // called from the goroutine that analyses, at most once
}

// AnalyzeFirst is Analyze that tells first what a breach of one start comes to, where the design is so large that the rest takes
// longer, and where that breach has to do with the less of it. The breach has its figures, hits, and whether an administrator is
// reached, as the analysis has them afterwards; it has neither ways nor what is beyond the design.
func AnalyzeFirst(ctx context.Context, d *model.Design, c *catalog.Catalog, prev *Analysis, first First) (*Analysis, error) {
	return analyze(ctx, d, c, prev, shareFrom, foremost{first, 256})
}

// foremost is whose breach is told first, where at least so many actors are to be looked at, of whom it has to do with half at most;
// 0: however many there are.
type foremost struct {
	First
	least int
}

// of looks at those whom a start leads to, which are taken out of work, and tells of its breach. It returns the analysis of that
// alone; nil where it does not come to that.
func (f foremost) of(ctx context.Context, an *Analysis, work set) (*Analysis, error) {
	if f.Of == nil || work.count() < f.least {
		return nil, nil
	}
	from := f.Of()
	start, ok := an.nodeOf[from]
	if !ok {
		return nil, nil
	}
	p := &Analysis{design: an.design, graph: an.fresh()}
	p.compiled = compilations{shared: an.compiled.own, own: map[*policy.Document]*answers{}}
	p.kin = &kin{an: p, kinship: an.kin.kinship, fickle: an.kin.fickle}
	work.each(func(i int32) bool {
		an.actors[i].helping = &helping{} // a start may lead to it before it is looked at
		return true
	})
	most := work.count()
	if f.least > 0 {
		most /= 2
	}
	todo := newSet(len(an.actors))
	if i := an.actorOf[start]; work.has(i) {
		todo.put(i)
	}
	for {
		for n := todo.count(); n > 0; n = todo.count() {
			if most -= n; most < 0 {
				return nil, nil // the whole takes hardly longer
			}
			if err := an.exploreAll(ctx, todo); err != nil {
				return nil, err
			}
			next := newSet(len(an.actors))
			work.leave(todo)
			todo.each(func(i int32) bool {
				for e := range an.actors[i].allEdges() {
					if to := an.actorOf[e.to]; work.has(to) {
						next.put(to)
					}
				}
				return true
			})
			todo = next
		}
		p.actors = slices.Clone(an.actors[:an.size.actors])
		if err := p.disguise(ctx, nil, nil, nil); err != nil {
			return nil, err
		}
		reached := p.flows[fedMay].of(p.actorOf[start])
		work.each(func(i int32) bool {
			if reached.has(i) {
				todo.put(i)
			}
			return true
		})
		if todo.count() == 0 {
			break
		}
	}
	p.measured(newLedger(p.design.Resources(), p.design))
	f.Tell(p.Breach(from).brief())
	return p, nil
}

// brief is a breach without what would be worked out when somebody asks.
func (b *Breach) brief() *Breach {
	c := *b
	c.adminWhy, c.sea = nil, nil
	c.Hits = slices.Clone(b.Hits)
	for i := range c.Hits {
		h := &c.Hits[i]
		h.ways, h.more, h.trace, h.reached = nil, false, nil, nil
	}
	return &c
}
