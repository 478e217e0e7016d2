package reach

import (
	"slices"
	"strings"
)

// Roles that people sign in to by an identity provider trust whatever the provider says, as its metadata in IAM tells who that is.

// federate runs as the roles that trust a SAML provider whose metadata the actor may replace: it signs assertions of its own then (IAM
// API Reference, UpdateSAMLProvider; "Creating SAML identity providers"). Conditions on the assertion are the attacker's to meet.
func (e *explorer) federate(k *plan) {
	if len(e.an.federated) == 0 || !slices.ContainsFunc(e.actor.identity, func(d *answers) bool { return d.names("iam") }) {
		return
	}
	for _, r := range e.an.federated {
		to := e.an.nodeAt[r.role]
		if to < 0 || r.role == e.actor.self || e.w.targets[r.role].account != e.actor.account {
			continue
		}
		for _, arn := range r.providers {
			d := e.an.decide(e.actor, -1, k.technique.needs[0], arn, nil)
			if v := truthIn(&d.Decision); v != never {
				e.add(edge{to: to, kind: Runs, must: v == surely, technique: k.technique, over: r.role, how: &written{arn: arn}})
			}
		}
	}
}

// A federated role is one that SAML providers, by their ARNs, sign people in to.
type federated struct {
	role      int32
	providers []string
}

// newFederated finds them: few of an account's roles are.
func (an *Analysis) newFederated() {
	for _, ti := range an.roles {
		if arns := an.gates[ti].providers(); len(arns) > 0 {
			an.federated = append(an.federated, federated{ti, arns})
		}
	}
}

// providers are the ARNs of the SAML providers that a role's trust policy lets in.
func (g *gate) providers() (arns []string) {
	if g == nil || g.answers == nil {
		return nil
	}
	for _, s := range g.answers.statements {
		if s.deny || !s.acts("sts:assumerolewithsaml") {
			continue
		}
		for _, p := range s.from.Principals {
			if p.Kind == "Federated" && strings.Contains(p.Value, ":saml-provider/") && !slices.Contains(arns, p.Value) {
				arns = append(arns, p.Value)
			}
		}
	}
	return arns
}
