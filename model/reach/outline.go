package reach

import "bulkhead/model"

// Outline lists the same steps as Touches without actions, evidence and conditions: what a picture of many principals
// needs, for a small part of the work.
func (an *Analysis) Outline(from model.ID) []Step {
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
		out = append(out, Step{From: from, To: t.id, Kind: Acts, Capabilities: hits(x.may), Must: hits(x.must), Certainty: certainty(hits(x.must) != 0)})
	}
	for e := range a.allEdges() {
		if e.to == n {
			continue
		}
		s := Step{From: from, To: an.nodes[e.to].id, Kind: e.kind, Certainty: certainty(e.must)}
		switch {
		case e.carrier != nil:
			s.Technique, s.Says = e.carrier.technique, e.carrier.says
			for _, t := range e.triggers {
				s.Via = an.triggers[t].ID
			}
		case e.technique != nil:
			s.Technique, s.Says = e.technique.id, e.technique.says
		}
		out = append(out, s)
	}
	return out
}
