package reach

import (
	"cmp"
	"slices"

	"bulkhead/model"
)

// Outline lists the same steps as Touches without actions, evidence and conditions: what a picture of many principals
// needs, for a small part of the work. What a principal can make of itself is its own there: the picture has one place for
// it.
func (an *Analysis) Outline(from model.ID) []Step {
	n, ok := an.nodeOf[from]
	if !ok {
		return nil
	}
	own := an.ownRole(n)
	var out []Step
	at := map[int32]int{} // target of an act → its place in out
	type way struct {
		to   int32
		kind Kind
	}
	led := map[way]bool{}
	for _, self := range an.selves(an.actorOf[n]) {
		a := an.actors[self.actor]
		for x := range a.allActs() {
			t := &an.world.targets[x.target]
			may, must := hits(x.may), hits(x.must)
			if !self.must {
				must = 0
			}
			if may == 0 || x.target == own || t.id == from || t.sort == isImplied {
				continue
			}
			if i, ok := at[x.target]; ok {
				out[i].Capabilities, out[i].Must = out[i].Capabilities|may, out[i].Must|must
				out[i].Certainty = certainty(out[i].Must != 0)
				continue
			}
			at[x.target] = len(out)
			out = append(out, Step{From: from, To: t.id, Kind: Acts, Capabilities: may, Must: must, Certainty: certainty(must != 0)})
		}
		for e := range a.allEdges() {
			if e.to == n || led[way{e.to, e.kind}] {
				continue
			}
			if len(an.guises.turns[an.actorOf[n]]) > 0 {
				led[way{e.to, e.kind}] = true
			}
			s := Step{From: from, To: an.nodes[e.to].id, Kind: e.kind, Certainty: certainty(e.must && self.must)}
			switch {
			case e.carrier != nil:
				s.Technique, s.Says = e.carrier.technique, e.carrier.says
				for _, t := range e.triggers {
					s.Via = cmp.Or(an.triggers[t].ID, s.Via)
				}
			case e.technique != nil:
				s.Technique, s.Says = e.technique.id, e.technique.says
			}
			out = append(out, s)
		}
	}
	return out
}

// A self is an actor and what it can make of itself, and how surely.
type self struct {
	actor int32
	must  bool
}

// selves are an actor and the guises that it comes to by itself, the nearest first.
func (an *Analysis) selves(actor int32) []self {
	out := []self{{actor, true}}
	for i := 0; i < len(out); i++ {
		turns := an.guises.turns[out[i].actor]
		for k := range turns {
			to := an.actorOf[turns[k].to]
			if !slices.ContainsFunc(out, func(s self) bool { return s.actor == to }) {
				out = append(out, self{to, out[i].must && turns[k].must})
			}
		}
	}
	return out
}
