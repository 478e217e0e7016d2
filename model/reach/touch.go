package reach

import "bulkhead/model"

// Touches lists the steps (acts, feeds, runs) that a compartment's role or function has of its own, without going
// through other principals; for pictures. Acts come first, in the order of the design.
func (an *Analysis) Touches(from model.ID) []Step {
	n, ok := an.nodeOf[from]
	if !ok {
		return nil
	}
	a := an.actors[an.actorOf[n]]
	own := an.ownRole(n)
	var out []Step
	for x := range a.allActs() {
		t := &an.world.targets[x.target]
		if hits(x.may) == 0 || x.target == own || t.id == from || t.sort == isImplied {
			continue
		}
		out = append(out, *an.actStep(n, x.target))
	}
	for e := range a.allEdges() {
		if e.to != n {
			out = append(out, *an.edgeStep(n, e))
		}
	}
	return out
}
