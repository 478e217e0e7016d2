package reach

import (
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A Denial is a statement that takes away a part of what a step would do: some of the actions, or all of them on a part
// of the target.
type Denial struct {
	Evidence
	Part    string   // "secret/*"; "" where it is about the target as a whole
	Actions []string // that it takes away, sorted
}

// denials lists what surely takes something away from an actor's act on a target of which something is left. What is
// taken away whole, such as all deleting, is no part of the step and needs no word.
func (an *Analysis) denials(a *actor, f *finding, left catalog.Capabilities) []Denial {
	t := &an.world.targets[f.target]
	g := an.gates[f.target]
	var out []Denial
	ask := func(id, by model.ID, layer policy.Layer, among []*statement) {
		for _, s := range among {
			if !s.deny {
				continue
			}
			own := a.own(an.world, s)
			if own == nil || an.truth(a, own, t) != surely {
				continue
			}
			e := Evidence{Policy: id, By: by, Layer: layer, Statement: s.index, Sid: s.from.Sid, Span: a.place(id, s.from), From: s.from}
			for i := range f.whole {
				x := &f.whole[i]
				m := an.world.forms[x.form].menu
				taken := func(from bits) (actions []string) {
					b := own.actions(m).must
					for k, action := range m.actions {
						if from.has(k) && b.has(k) && m.hits.has(k) && hits(action.Capabilities)&left != 0 {
							actions = append(actions, action.String())
						}
					}
					slices.Sort(actions)
					return actions
				}
				if _, v := own.on(x.form, m); v == surely {
					would := an.candidates(a, m, g, an.world.forms[x.form].witness)
					if actions := taken(would); len(actions) > 0 {
						out = append(out, Denial{Evidence: e, Actions: actions})
					}
				}
				for _, p := range own.parts {
					if p.form != x.form || !p.must {
						continue
					}
					if actions := taken(x.may); len(actions) > 0 {
						out = append(out, Denial{Evidence: e, Part: partName(t, p), Actions: actions})
					}
				}
			}
		}
	}
	for i, d := range a.identity {
		ask(a.ids[i], a.by[i], policy.LayerIdentity, d.statements)
	}
	if a.boundary != nil {
		ask(a.boundaryID, "", policy.LayerBoundary, a.boundary.statements)
	}
	if a.guards != nil {
		for _, level := range a.guards.scps {
			for _, d := range level {
				ask("", "", policy.LayerSCP, d.statements)
			}
		}
		if an.guardedByRCP(a, t) {
			for _, d := range a.guards.rcps {
				ask("", "", policy.LayerRCP, d.statements)
			}
		}
	}
	if g != nil && g.answers != nil && !an.replaces(a, f) {
		var about []*statement
		for _, s := range g.answers.statements {
			if s.deny && an.isAbout(a, t, s) {
				about = append(about, s)
			}
		}
		ask(t.id, "", policy.LayerResource, about)
	}
	return out
}

// isAbout reports whether the Principal or NotPrincipal of a denial in a target's policy surely means an actor.
func (an *Analysis) isAbout(a *actor, t *target, s *statement) bool {
	only := &policy.Statement{Effect: policy.Deny, Actions: []string{"*"}, Resources: []string{"*"}, Principals: s.from.Principals, NotPrincipal: s.from.NotPrincipal}
	limits := policy.Stack{Boundary: an.layersOn(a, t).Boundary} // NotPrincipal minds whether there is one
	d := limits.Evaluate(policy.Request{Principal: a.principal(), Action: t.service + ":Any", Resource: t.arn, ResourceAccount: t.account, Open: true,
		Context: a.context, Absent: a.absent, ResourcePolicy: program(&policy.Document{Version: s.doc.Version, Statements: []*policy.Statement{only}})})
	return d.Outcome == policy.ExplicitDeny && slices.ContainsFunc(d.Reasons, func(r policy.Reason) bool { return r.From == only })
}

// concerns reports whether a denial takes away something of a hit's capabilities.
func (x Denial) concerns(caps catalog.Capabilities) bool {
	known := catalog.Load()
	return slices.ContainsFunc(x.Actions, func(a string) bool {
		action := known.Action(a)
		return action == nil || action.Capabilities&caps != 0
	})
}
