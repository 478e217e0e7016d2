package account

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// guardrails reads the organization's policies that bind the account, each level with what is attached there.
func (r *reader) guardrails(root *yamlpos.Node) {
	g := model.Guardrails{SCPs: r.levels(root.Get("scps"), "an SCP", policy.ServiceControl), RCPs: r.levels(root.Get("rcps"), "an RCP", policy.ResourceControl),
		Management: text(root.Get("managementAccount")) == "true"}
	if len(g.SCPs)+len(g.RCPs) > 0 && r.info.Account != "" {
		r.info.Guardrails = map[string]model.Guardrails{r.info.Account: g}
	}
}

// levels reads one kind of guardrails. Entries for one target are one level, any policy of which may allow; those for
// another account do not bind this one. A policy that cannot be read is told, and its level taken as if it were not
// there: what it would have let pass, or denied, is not known.
func (r *reader) levels(list *yamlpos.Node, kind string, t policy.Type) []model.Level {
	var out []model.Level
	for _, n := range items(list) {
		level := model.Level{Target: text(n.Get("target"))}
		if account := level.Target; len(account) == 12 && strings.Trim(account, "0123456789") == "" && account != r.info.Account {
			continue
		}
		readable := true
		for _, p := range items(n.Get("policies")) {
			d := r.guardrail(p, t)
			if d == nil {
				r.report(source.Warning, p.Span(), fmt.Sprintf("%s of %s was not read", kind, level.Target), "what this level forbids is shown as allowed")
				readable = false
				continue
			}
			level.Policies = append(level.Policies, d)
		}
		if !readable {
			r.info.NotSeen = append(r.info.NotSeen, kind+" of "+level.Target)
			continue
		}
		if i := slices.IndexFunc(out, func(l model.Level) bool { return l.Target != "" && l.Target == level.Target }); i >= 0 {
			out[i].Policies = append(out[i].Policies, level.Policies...)
			continue
		}
		out = append(out, level)
	}
	return out
}

// guardrail reads one policy: the document itself, or as Organizations' DescribePolicy gives it, with the document as text
// in Content.
func (r *reader) guardrail(n *yamlpos.Node, t policy.Type) *policy.Document {
	n = n.Resolve()
	if content := n.Get("Policy").Get("Content"); content != nil {
		n = content
	} else if content := n.Get("Content"); content != nil {
		n = content
	} else if document := n.Get("Document"); document != nil {
		n = document
	}
	return r.document(n, &policy.Setting{Type: t})
}
