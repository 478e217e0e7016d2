package reach

import (
	"slices"
	"strings"
	"sync"

	"bulkhead/model/policy"
)

// A gate is a target's resource policy: who may pass without an identity policy, who may not pass with one.
type gate struct {
	answers *answers // nil: none, or not seen
	program *policy.Program
	unseen  bool // there is, or may be, a policy that was not read, or a part of one
	strict  bool // the policy must allow, even within the account: keys and trust policies

	// denies are the denials of everybody. Whoever is special is decided by the evaluator instead.
	denies []*statement
	all    bool            // everybody is special
	anyone bool            // an Allow names everybody, or an unknown that can be anybody of the account
	named  map[string]bool // role and user ARNs, and role names of sessions, that are special
	others map[string]bool // accounts other than the target's own whose policies an Allow leaves it to

	once sync.Once
	open *policy.Program // see opened
}

// newGate reads a resource policy.
func newGate(a *answers, account string, strict bool) *gate {
	g := &gate{answers: a, strict: strict, named: map[string]bool{}, others: map[string]bool{}}
	if a == nil {
		return g
	}
	g.program = a.program()
	for _, s := range a.statements {
		if s.from.NotPrincipal {
			g.all = true
			continue
		}
		everybody := false
		for _, p := range s.from.Principals {
			switch {
			case p.Kind == "Service" || p.Kind == "Federated" || p.Kind == "CanonicalUser":
			case p.Value == "*":
				everybody = true
			case strings.Contains(p.Value, "${"):
				g.all = true
				g.anyone = g.anyone || !s.deny
			case p.Value == account || strings.HasSuffix(p.Value, ":iam::"+account+":root"):
				// The account's own identity policies decide already, unless the policy must allow.
				if s.deny || strict {
					g.all = true
				}
			case strings.HasSuffix(accountARN(p.Value), ":root"):
				g.others[accountOf(accountARN(p.Value))] = true
			case strings.Contains(p.Value, ":assumed-role/"):
				_, name, _ := strings.Cut(p.Value, ":assumed-role/")
				name, _, _ = strings.Cut(name, "/")
				g.named["session/"+name] = true
			case strings.HasPrefix(p.Value, "AIDA") || strings.HasPrefix(p.Value, "AROA"):
				g.all = true
			default:
				g.named[p.Value] = true
			}
		}
		switch {
		case everybody && s.deny && !s.dynamic:
			g.denies = append(g.denies, s)
		case everybody:
			g.all, g.anyone = true, true
		}
	}
	return g
}

// special reports whether the evaluator has to decide for an actor. allowed: its own policies allow something there.
func (g *gate) special(a *actor, t *target, allowed bool) bool {
	switch {
	case g.answers == nil:
		return (g.unseen || t.account != a.account) && allowed
	case g.unseen && allowed:
		return true
	case g.strict:
		// The account's identity policies have to allow whoever is not named.
		return allowed || g.names(a)
	case g.all, t.account != a.account:
		return true
	}
	return g.names(a)
}

// names reports whether the policy names the actor itself, its role or its session, or everybody.
func (g *gate) names(a *actor) bool {
	if a.outside != nil {
		return true // it looks at those targets alone that name it
	}
	if g.anyone || g.named[a.arn] {
		return true
	}
	if len(g.named) > 0 && (a.sort == isRole || a.sort == isFunction) {
		return g.named["session/"+a.arn[strings.LastIndexByte(a.arn, '/')+1:]]
	}
	return false
}

// alike reports whether an Allow names everybody, and no statement tells apart whom it does not name by anything but conditions.
func (g *gate) alike() bool {
	if g.answers == nil || !g.anyone {
		return false
	}
	everybody := false
	for _, s := range g.answers.statements {
		if s.from.NotPrincipal {
			return false
		}
		for _, p := range s.from.Principals {
			if strings.Contains(p.Value, "${") || strings.HasPrefix(p.Value, "AIDA") || strings.HasPrefix(p.Value, "AROA") {
				return false
			}
			everybody = everybody || p.Value == "*" && !s.deny
		}
	}
	return everybody
}

// mentions reports whether an Allow of the policy may be about a service or identity provider.
func (g *gate) mentions(service string) bool {
	for _, s := range g.answers.statements {
		if s.deny {
			continue
		}
		if s.from.NotPrincipal {
			return true
		}
		for _, p := range s.from.Principals {
			if speaksFor(p.Value, service) || p.Value == "*" || strings.Contains(p.Value, "${") {
				return true
			}
		}
	}
	return false
}

// opens reports whether a gate may let an actor pass, or delegate to its account; for trust policies.
func (g *gate) opens(a *actor) bool {
	if g.answers == nil {
		return g.unseen
	}
	return g.all || g.others[a.account] || g.names(a)
}

// allows are the actions on a form that some Allow of the gate, as it is for an actor, is about; nil for none.
func (g *gate) allows(a *actor, w *world, form int32, m *menu) bits {
	if g.answers == nil {
		return nil
	}
	var out bits
	for _, s := range g.answers.statements {
		if s.deny || s.from.NotPrincipal && s.from.Principals == nil {
			continue
		}
		if s = a.own(w, s); s == nil {
			continue
		}
		if b, t := s.on(form, m); t != never {
			if out == nil {
				out = make(bits, m.words)
			}
			for i, w := range b.may {
				out[i] |= w
			}
		}
	}
	return out
}

// isKey reports whether a target is a KMS key: an alias has no policy.
func (t *target) isKey() bool { return t.service == "kms" && strings.Contains(t.arn, ":key/") }

// newGates reads the resource policies of all targets.
func (an *Analysis) newGates() {
	w := an.world
	unseenKeys := slices.ContainsFunc(an.design.Info().NotSeen, func(s string) bool {
		return strings.Contains(s, "key policies") || strings.Contains(s, "resources and their policies")
	})
	an.gates, an.defaultKeys = make([]*gate, len(w.targets)), map[string]*policy.Program{}
	for i := range w.targets {
		t := &w.targets[i]
		var doc *policy.Document
		strict, unseen := false, false
		switch t.sort {
		case isResource:
			doc = t.resource.Policy
			strict = t.isKey()
			unseen = t.resource.PolicyUnseen || doc == nil && strict && (unseenKeys || !an.owns(t.account))
			if strict && doc == nil && !unseen && an.defaultKeys[t.account] == nil {
				an.defaultKeys[t.account] = defaultKey(w.partition, t.account)
			}
		case isFunction:
			f := an.design.Function(t.id)
			doc, unseen = f.Policy, f.PolicyUnseen
		case isRole:
			r := an.design.Role(t.id)
			doc, strict = r.Trust, true
			unseen = doc == nil
		case isUser, isGroup, isPolicy, isImplied, isStranger:
		}
		if doc == nil {
			if unseen {
				an.gates[i] = &gate{unseen: true, strict: strict}
			}
			continue
		}
		g := newGate(an.answers(doc), t.account, strict)
		g.unseen = unseen
		if g.all || unseen || len(g.named)+len(g.others) > 0 || len(g.denies) > 0 || strict {
			an.gates[i] = g
		}
	}
}

// defaultKey is the policy of a key that is given none: it leaves the key to the account's own policies ("Default key
// policy").
func defaultKey(partition, account string) *policy.Program {
	return delegating("kms:*", partition, account)
}

// delegating is a resource policy that leaves actions to the account's own policies.
func delegating(actions, partition, account string) *policy.Program {
	return program(&policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{
		Actions: []string{actions}, Resources: []string{"*"}, Principals: []policy.Principal{{Kind: "AWS", Value: "arn:" + partition + ":iam::" + account + ":root"}},
	}}})
}
