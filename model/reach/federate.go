package reach

import (
	"slices"
	"strings"
)

// Roles that people sign in to by an identity provider trust whatever the provider says, as its metadata in IAM tells who that is.

// federate runs as the roles that trust a SAML provider whose metadata the actor may replace: it signs assertions of its own then (IAM
// API Reference, UpdateSAMLProvider; "Creating SAML identity providers"). Conditions on the assertion are the attacker's to meet.
func (e *explorer) federate(k *plan) {
	if !slices.ContainsFunc(e.actor.identity, func(d *answers) bool { return d.names("iam") }) {
		return
	}
	for _, ti := range e.an.roles {
		to := e.an.nodeAt[ti]
		if to < 0 || ti == e.actor.self || e.w.targets[ti].account != e.actor.account {
			continue
		}
		for _, arn := range e.an.gates[ti].providers() {
			d := e.an.decide(e.actor, -1, k.technique.needs[0], arn, nil)
			if v := truthIn(&d.Decision); v != never {
				e.add(edge{to: to, kind: Runs, must: v == surely, technique: k.technique, over: ti, how: &written{arn: arn}})
			}
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
