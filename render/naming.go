package render

import (
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// names tells which resources the policies of a principal spell out by name, so that a thing that one compartment asks
// for by name stands with it although another's wildcard takes it as well.
type names struct {
	design *model.Design
	byTail map[string][]model.ID // service and last part of the ARN → resources
	called map[model.ID]map[model.ID]bool
	policy map[model.ID][]model.ID // policy → resources that it spells out
}

func newNames(d *model.Design, resources []*model.Resource) *names {
	n := &names{design: d, byTail: map[string][]model.ID{}, called: map[model.ID]map[model.ID]bool{}, policy: map[model.ID][]model.ID{}}
	byARN := map[string]model.ID{}
	for _, r := range d.Roles() {
		byARN[r.ARN] = r.ID
	}
	for _, p := range d.Principals() {
		byARN[p.ARN] = p.ID
	}
	for _, r := range resources {
		service, tail, ok := cutARN(r.ARN)
		if !ok {
			continue
		}
		key := service + ":" + tail
		n.byTail[key] = append(n.byTail[key], r.ID)
		if service == "secretsmanager" && r.Name != "" {
			// A secret's ARN ends in a dash and six characters that AWS draws: patterns write "-??????" or "-*".
			n.byTail["secretsmanager:secret:"+r.Name] = append(n.byTail["secretsmanager:secret:"+r.Name], r.ID)
		}
		if r.Policy != nil {
			for _, s := range r.Policy.Statements {
				for _, p := range s.Principals {
					if id, ok := byARN[p.Value]; ok && s.Effect == policy.Allow && !s.NotPrincipal {
						n.call(id, r.ID)
					}
				}
			}
		}
	}
	for _, p := range d.Policies() {
		if p.Document != nil {
			n.policy[p.ID] = n.spelled(p.Document)
		}
	}
	for _, r := range d.Roles() {
		for _, p := range r.Policies {
			n.call(r.ID, n.policy[p]...)
		}
	}
	for _, u := range d.Principals() {
		for _, p := range u.Policies {
			n.call(u.ID, n.policy[p]...)
		}
	}
	return n
}

// cutARN is an ARN's service and what follows its account.
func cutARN(arn string) (service, tail string, ok bool) {
	f := strings.SplitN(arn, ":", 6)
	if len(f) < 6 || f[0] != "arn" {
		return "", "", false
	}
	return f[2], f[5], true
}

func (n *names) call(principal model.ID, resources ...model.ID) {
	if n.called[principal] == nil {
		n.called[principal] = map[model.ID]bool{}
	}
	for _, r := range resources {
		n.called[principal][r] = true
	}
}

// calls reports whether a principal asks for a resource by name, or the resource's own policy names the principal.
func (n *names) calls(principal, resource model.ID) bool { return n.called[principal][resource] }

// spelled lists the resources whose names a document's Allow statements spell out before their first wildcard.
func (n *names) spelled(d *policy.Document) []model.ID {
	var out []model.ID
	for _, s := range d.Statements {
		if s.Effect != policy.Allow || s.NotResource {
			continue
		}
		for _, pattern := range s.Resources {
			out = append(out, n.spells(pattern)...)
		}
	}
	return out
}

// spells lists the resources that one pattern is of: its literal part is a resource's name, or goes on behind a
// slash or colon after it ("bucket/*", "table/Orders/index/*").
func (n *names) spells(pattern string) []model.ID {
	service, tail, ok := cutARN(pattern)
	if !ok {
		return nil
	}
	literal, wild := tail, false
	if i := strings.IndexAny(tail, "*?"); i >= 0 {
		literal, wild = tail[:i], true
	}
	for {
		if found := n.byTail[service+":"+literal]; found != nil {
			return found
		}
		if wild && service == "secretsmanager" {
			if found := n.byTail[service+":"+strings.TrimSuffix(literal, "-")]; found != nil {
				return found
			}
		}
		i := strings.LastIndexAny(literal, "/:")
		if i < 0 {
			return nil
		}
		literal = literal[:i]
	}
}
