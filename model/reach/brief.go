package reach

import (
	"bulkhead/model"
	"bulkhead/model/catalog"
)

// A Touch is a hit in brief: a target and what can be done to it.
type Touch struct {
	Target       model.ID
	Capabilities catalog.Capabilities
}

// A Brief is a breach without ways, statements and figures: what comparing many of them takes.
type Brief struct {
	Hits     []Touch    // must or may, without what only fed functions reach; in the order of the design, each target once
	Runs     []model.ID // principals and functions whose code or credentials it holds, start first
	Admin    bool       // it reaches an administrator, or can become one
	AdminMay bool       // … only perhaps
}

// Brief is a breach in brief; empty for an id that starts none.
func (an *Analysis) Brief(from model.ID) Brief {
	start, ok := an.nodeOf[from]
	if !ok {
		return Brief{}
	}
	w := an.walk(start, runsMay)
	b := Brief{Hits: an.touched(from, start, w)}
	for _, n := range w.order {
		if _, ok := w.news(n); ok && int(n) < an.size.nodes {
			b.Runs = append(b.Runs, an.nodes[n].id)
		}
	}
	if b.Admin = an.rulers(start, runsMay); b.Admin {
		b.AdminMay = !an.rulers(start, runsMust)
	}
	return b
}

// touched are the hits of a start, must or may, without what only fed functions reach.
func (an *Analysis) touched(from model.ID, start int32, w *walk) []Touch {
	caps := make([]catalog.Capabilities, len(an.world.targets))
	own := an.ownRole(start)
	an.tread(w.order, func(_ int32, x *act) bool {
		t := &an.world.targets[x.target]
		may := x.may
		if x.target == own || t.sort == isImplied {
			return true
		}
		if t.isLogOf(from) {
			may &^= catalog.Capabilities(0).With(catalog.Write)
		}
		caps[x.target] |= hits(may)
		return t.most&^caps[x.target] == 0
	})
	var untold []Touch // of nodes that are no targets
	w.surroundings(func(x neighbour) {
		if int(x.node) >= an.size.nodes {
			return
		}
		c := catalog.Secret
		if x.edge.kind == Feeds {
			c = catalog.Invoke
		}
		if t := an.targetAt[x.node]; t >= 0 {
			caps[t] = caps[t].With(c)
		} else {
			untold = append(untold, Touch{an.nodes[x.node].id, catalog.Capabilities(0).With(c)})
		}
	})
	var out []Touch
	for t, c := range caps {
		if id := an.world.targets[t].id; c != 0 && id != from {
			out = append(out, Touch{id, c})
		}
	}
	return append(out, untold...)
}
