package reach

import (
	"context"
	"maps"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// again is the analysis of a design that differs from an analysed one in what some identity policies and boundaries say,
// or in what resources are called or weigh: it takes over all but what those have to do with. It is nil where more differs,
// down to the condition keys that anybody asks for, which are part of every actor. The error is ctx's.
func again(ctx context.Context, d *model.Design, c *catalog.Catalog, prev *Analysis, shareFrom int) (*Analysis, error) {
	if prev == nil || prev.world.catalog != c || prev.graph.shareFrom != shareFrom || !sameInfo(prev.graph.design, d) {
		return nil, nil
	}
	old := prev.graph
	replaced, ok := old.design.Replaced(d)
	if !ok {
		return nil, nil
	}
	said := map[model.ID][2]*policy.Document{} // what changed policies say, before and after
	relabelled := false
	for _, c := range replaced {
		switch b := c.After.(type) {
		case *model.Policy:
			a, ok := c.Before.(*model.Policy)
			if !ok || !sameTarget(a, b) || a.Document == nil || b.Document == nil {
				return nil, nil
			}
			if a.Document != b.Document {
				said[b.ID] = [2]*policy.Document{a.Document, b.Document}
			}
		case *model.Resource:
			if !sameTarget(c.Before, b) {
				return nil, nil
			}
			relabelled = true
		default:
			return nil, nil
		}
	}
	g := old.fresh()
	g.design = d
	an := &Analysis{design: d, graph: g}
	g.compiled = old.compiled.next(old.design)
	g.asking = maps.Clone(old.asking)
	for _, docs := range said {
		var a *answers
		for i, doc := range docs {
			a = an.answersAfter(doc, a)
			if a.sessions || slices.ContainsFunc(a.keys, isChosen) { // what one writes into requests suits all policies
				return nil, nil
			}
			for _, k := range a.keys {
				if g.asking[k] += 2*i - 1; g.asking[k] == 0 {
					delete(g.asking, k)
				}
			}
		}
	}
	if len(g.asking) != len(old.keys) || slices.ContainsFunc(old.keys, func(k string) bool { return g.asking[k] == 0 }) {
		return nil, nil
	}
	changed := newSet(old.size.actors)
	for id := range said {
		for _, i := range slices.Concat(old.attached[id], old.boundOf[id]) {
			changed.put(i)
		}
	}
	g.actors = append(make([]*actor, 0, len(old.actors)+1), old.actors[:old.size.actors]...) // there may be one guise more
	changed.each(func(i int32) bool {
		g.actors[i] = an.rewritten(old.actors[i], said)
		return true
	})
	// Of what others' policies say, who may change these or give them only cares whether it denies or allows something, what other
	// versions give beyond it, and for what tags it asks.
	told := false
	for _, docs := range said {
		if an.answers(docs[0]).asksPrincipalTags() || an.answers(docs[1]).asksPrincipalTags() {
			an.newAskedTags()
			told = !sameTags(an.askedTags, old.askedTags)
			break
		}
	}
	meddles := func(a *actor) bool { return a.meddles }
	if meddling := old.actors[:old.size.actors]; !told && slices.ContainsFunc(meddling, meddles) {
		for id, docs := range said {
			told = told || an.answers(docs[0]).denies() != an.answers(docs[1]).denies() || an.answers(docs[0]).allows() != an.answers(docs[1]).allows() || !an.world.sameBesides(old.design.Policy(id), d.Policy(id))
		}
	}
	for i, a := range old.actors[:old.size.actors] {
		if told && a.meddles && !changed.has(int32(i)) {
			changed.put(int32(i))
			g.actors[i] = an.rewritten(a, nil)
		}
	}
	g.kin = old.kin.of(an)
	if !told {
		g.kin.fickle = maps.Clone(old.kin.fickle)
	}
	if err := an.exploreAll(ctx, changed); err != nil {
		return nil, err
	}
	an.kin.sweep()
	if err := an.disguise(ctx, old, old, changed); err != nil {
		return nil, err
	}
	g.exposures.before = old.exposures.last()
	old.mu.Lock()
	g.seas = maps.Clone(old.seas)
	old.mu.Unlock()
	changed.each(func(i int32) bool {
		delete(g.seas, i)
		return true
	})
	maps.DeleteFunc(g.seas, func(i int32, _ []Beyond) bool { return int(i) >= g.size.actors })
	if relabelled {
		an.measured(newLedger(d.Resources(), d))
		g.own.ledger, g.own.gauge = an.ledger, an.gauge
	} else {
		an.ledger, an.gauge = g.own.ledger, g.own.gauge
	}
	return an, nil
}

// fresh is a copy of a graph that remembers nothing of what was asked.
func (g *graph) fresh() *graph {
	return &graph{design: g.design, world: g.world, keys: g.keys, asksTarget: g.asksTarget, asksTags: g.asksTags, tagsAsked: g.tagsAsked, deputies: g.deputies, askedTags: g.askedTags, guards: g.guards, defaultKeys: g.defaultKeys, delegating: g.delegating, choices: g.choices, unsettled: g.unsettled, strangers: g.strangers,
		gates: g.gates, namedBy: g.namedBy, letIn: g.letIn, realms: g.realms, everywhere: g.everywhere, open: g.open, roles: g.roles, functions: g.functions, nodeAt: g.nodeAt, targetAt: g.targetAt, attached: g.attached, holdersOf: g.holdersOf, trust: g.trust, trusting: g.trusting,
		federated: g.federated, tagged: g.tagged,
		shareFrom: g.shareFrom, boundOf: g.boundOf, own: g.own, size: g.size, nodes: g.nodes, nodeOf: g.nodeOf, actorOf: g.actorOf, perFunction: g.perFunction, perLambda: g.perLambda,
		triggers: g.triggers, doorways: g.doorways, triggersFrom: g.triggersFrom, triggersTo: g.triggersTo, feedsFrom: g.feedsFrom, behind: g.behind, readers: g.readers, held: g.held, listed: g.listed, entries: g.entries, common: g.common}
}

// rewritten is an actor with what its policies say now.
func (an *Analysis) rewritten(a *actor, said map[model.ID][2]*policy.Document) *actor {
	b := &actor{profile: a.profile, was: a}
	if said == nil {
		return b
	}
	b.documents, b.identity = slices.Clone(a.documents), slices.Clone(a.identity)
	for i, id := range b.ids {
		if docs, ok := said[id]; ok {
			b.documents[i] = docs[1]
			b.identity[i] = an.answers(docs[1])
		}
	}
	if docs, ok := said[b.boundaryID]; ok && b.limit != nil {
		b.limit = docs[1]
		b.boundary = an.answers(docs[1])
	}
	return b
}
