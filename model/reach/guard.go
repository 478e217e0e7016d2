package reach

import (
	"iter"
	"slices"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// guards are an account's guardrails compiled: SCPs limit its principals, RCPs deny on its resources.
type guards struct {
	scps      [][]*answers // levels
	rcps      []*answers
	programs  [2][][]*policy.Program // SCPs, RCPs
	documents []*answers             // of the SCPs' levels that say more than that everything passes
}

// newGuards compiles the guardrails of each account.
func (an *Analysis) newGuards() {
	an.guards = map[string]*guards{}
	for account, g := range an.design.Info().Guardrails {
		if g.Management || len(g.SCPs)+len(g.RCPs) == 0 {
			continue // the management account is bound by neither
		}
		out := &guards{}
		for i, levels := range [2][]model.Level{g.SCPs, g.RCPs} {
			for _, level := range levels {
				var docs []*answers
				for _, d := range level.Policies {
					docs = append(docs, an.answers(d))
				}
				// The catalogue knows which services RCPs bind.
				p, err := policy.Compile(an.world.catalog, level.Policies...)
				if err != nil {
					p = nil
				}
				out.programs[i] = append(out.programs[i], []*policy.Program{p})
				if i == 1 {
					out.rcps = append(out.rcps, docs...)
					continue
				}
				out.scps = append(out.scps, docs)
				if len(docs) != 1 || !docs[0].allowsAll() || slices.ContainsFunc(docs[0].statements, func(s *statement) bool { return s.deny }) {
					out.documents = append(out.documents, docs...)
				}
			}
		}
		an.guards[account] = out
	}
}

// put adds the guardrails to a stack.
func (g *guards) put(s *policy.Stack) {
	if g != nil {
		s.SCPs, s.RCPs = g.programs[0], g.programs[1]
	}
}

// limits are the documents within which an actor's own stay: its boundary and the SCPs of its account.
func (a *actor) limits() []*answers {
	var out []*answers
	if a.boundary != nil {
		out = append(out, a.boundary)
	}
	if a.guards != nil {
		out = append(out, a.guards.documents...)
	}
	return out
}

// layersOn is the actor's policies as the evaluator takes them for a target, nil for none: RCPs are those of the
// target's account.
func (an *Analysis) layersOn(a *actor, t *target) *policy.Stack {
	s := a.layers()
	if t != nil && a.outside != nil && t.account != a.account {
		s = a.outside.on(a, t.account)
	}
	if t == nil || a.linked || t.account == a.account || a.guards == nil && an.guards[t.account] == nil {
		return s
	}
	other := *s
	other.RCPs = nil
	if g := an.guards[t.account]; g != nil {
		other.RCPs = g.programs[1]
	}
	return &other
}

// unbound is the action on resources of a service that RCPs bind which they do not ("Resource control policies").
const unbound = "kms:retiregrant"

// guardedByRCP reports whether the RCPs of an actor's own account bind a target.
func (an *Analysis) guardedByRCP(a *actor, t *target) bool {
	return t.account == a.account && an.world.catalog.CoveredByRCPs(t.service)
}

// allowsAll reports whether a document allows everything without condition, as FullAWSAccess does.
func (a *answers) allowsAll() bool {
	return slices.ContainsFunc(a.statements, func(s *statement) bool { return !s.deny && statementAllowsAll(s.from) })
}

// statementAllowsAll reports whether a statement is about everything, without condition.
func statementAllowsAll(s *policy.Statement) bool {
	return len(s.Conditions) == 0 && !s.NotAction && !s.NotResource && slices.Contains(s.Actions, "*") && slices.Contains(s.Resources, "*")
}

// guardrailDocuments are the documents of a design's guardrails.
func guardrailDocuments(d *model.Design) iter.Seq[*policy.Document] {
	return func(yield func(*policy.Document) bool) {
		for _, g := range d.Info().Guardrails {
			for _, level := range slices.Concat(g.SCPs, g.RCPs) {
				for _, doc := range level.Policies {
					if !yield(doc) {
						return
					}
				}
			}
		}
	}
}

// sameGuardrails reports whether two designs' accounts have the same guardrails.
func sameGuardrails(a, b map[string]model.Guardrails) bool {
	if len(a) != len(b) {
		return false
	}
	same := func(x, y model.Level) bool { return slices.Equal(x.Policies, y.Policies) }
	for account, x := range a {
		y, ok := b[account]
		if !ok || x.Management != y.Management || !slices.EqualFunc(x.SCPs, y.SCPs, same) || !slices.EqualFunc(x.RCPs, y.RCPs, same) {
			return false
		}
	}
	return true
}
