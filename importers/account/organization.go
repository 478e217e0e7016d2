package account

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// What Organizations answers is read as it comes, in one object, a list or one answer a line: describe-policy (with its
// Targets, or followed by list-targets-for-policy), list-policies-for-target, list-accounts, list-parents, list-roots.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html

var organizationKeys = regexp.MustCompile(`"PolicySummary"|"TargetId"\s*:\s*"(r-|ou-|[0-9]{12})`)

// isOrganization reports whether text begins like answers of Organizations.
func isOrganization(head []byte) bool { return organizationKeys.Match(head) }

// AnyAccount stands among guardrails for accounts that the answers do not list.
const AnyAccount = model.AnyAccount

// An organization collects what the answers say.
type organization struct {
	r          *reader
	policies   map[string]*control
	order      []string
	last       string            // policy that was described last
	parents    map[string]string // account or organizational unit → what holds it
	accounts   map[string]bool
	management string
	roots      map[string]bool
}

// A control is a policy of the organization.
type control struct {
	document *policy.Document
	rcp      bool
	skip     bool // of a type that no access depends on
	targets  []string
	names    map[string]string
}

// organization reads answers of Organizations: the guardrails of each account.
func (r *reader) organization(roots []*yamlpos.Node) {
	o := &organization{r: r, policies: map[string]*control{}, parents: map[string]string{}, accounts: map[string]bool{}, roots: map[string]bool{}}
	for _, n := range roots {
		o.answer(n)
	}
	r.info.Guardrails = map[string]model.Guardrails{}
	accounts := slices.Sorted(maps.Keys(o.accounts))
	if len(accounts) == 0 {
		accounts = []string{AnyAccount}
	}
	for _, a := range accounts {
		r.info.Guardrails[a] = o.of(a)
	}
	if r.info.Account = o.management; r.info.Account == "" && len(accounts) == 1 && accounts[0] != AnyAccount {
		r.info.Account = accounts[0]
	}
	for _, id := range o.order {
		for _, t := range o.policies[id].targets {
			if !o.accounts[t] && !o.roots[t] && !o.holds(t) {
				r.report(source.Warning, source.Span{File: r.file, Line: 1, Column: 1}, fmt.Sprintf("which accounts are in %s is not known", t), "Its policies bind nobody here; add the answers of list-parents.")
				r.info.NotSeen = append(r.info.NotSeen, "policies of "+t)
			}
		}
	}
	slices.Sort(r.info.NotSeen)
	r.info.NotSeen = slices.Compact(r.info.NotSeen)
}

func (o *organization) answer(n *yamlpos.Node) {
	n = n.Resolve()
	if n == nil || n.Kind == yamlpos.Scalar {
		return
	}
	for _, i := range n.Items() {
		o.answer(i)
	}
	o.policy(n)
	if p := n.Get("Policy"); p != nil {
		o.policy(p)
		o.targets(o.last, n.Get("Targets"))
	} else if n.Get("PolicySummary") == nil {
		o.targets(cmp.Or(text(n.Get("PolicyId")), o.last), n.Get("Targets"))
	}
	target := cmp.Or(text(n.Get("TargetId")), text(n.Get("Target")))
	for _, p := range items(n.Get("Policies")) {
		o.policy(p)
		if id := cmp.Or(text(p.Get("Id")), text(p.Get("PolicySummary").Get("Id"))); target != "" && id != "" {
			o.attach(id, target)
		}
	}
	for _, a := range items(n.Get("Accounts")) {
		if id := text(a.Get("Id")); id != "" {
			o.accounts[id] = true
			o.holdsIn(id, cmp.Or(text(a.Get("ParentId")), text(n.Get("ParentId"))))
		}
	}
	for _, u := range items(n.Get("OrganizationalUnits")) {
		o.holdsIn(text(u.Get("Id")), cmp.Or(text(u.Get("ParentId")), text(n.Get("ParentId"))))
	}
	for _, p := range items(n.Get("Parents")) {
		o.holdsIn(text(n.Get("ChildId")), text(p.Get("Id")))
	}
	for _, root := range items(n.Get("Roots")) {
		o.roots[text(root.Get("Id"))] = true
	}
	if m := text(n.Get("Organization").Get("MasterAccountId")); m != "" {
		o.management, o.accounts[m] = m, true
	}
}

func (o *organization) holdsIn(child, parent string) {
	if child == "" || parent == "" {
		return
	}
	o.parents[child] = parent
	if len(child) == 12 {
		o.accounts[child] = true
	}
	if len(parent) > 2 && parent[:2] == "r-" {
		o.roots[parent] = true
	}
}

// policy reads one policy with its content.
func (o *organization) policy(n *yamlpos.Node) {
	summary := n.Get("PolicySummary")
	id := text(summary.Get("Id"))
	if id == "" {
		return
	}
	c := o.control(id)
	switch text(summary.Get("Type")) {
	case "RESOURCE_CONTROL_POLICY":
		c.rcp = true
	case "SERVICE_CONTROL_POLICY", "":
	default:
		c.skip = true
	}
	o.last = id
	if !c.skip && c.document == nil {
		in := policy.ServiceControl
		if c.rcp {
			in = policy.ResourceControl
		}
		c.document = o.r.document(n.Get("Content"), &policy.Setting{Type: in})
	}
	o.targets(id, n.Get("Targets"))
}

func (o *organization) control(id string) *control {
	if o.policies[id] == nil {
		o.policies[id] = &control{}
		o.order = append(o.order, id)
	}
	return o.policies[id]
}

func (o *organization) targets(id string, list *yamlpos.Node) {
	if id == "" {
		return
	}
	for _, t := range items(list) {
		if text(t.Get("Type")) == "ROOT" {
			o.roots[text(t.Get("TargetId"))] = true
		}
		o.attach(id, text(t.Get("TargetId")))
	}
}

func (o *organization) attach(id, target string) {
	c := o.control(id)
	if target == "" || slices.Contains(c.targets, target) {
		return
	}
	c.targets = append(c.targets, target)
	if len(target) == 12 {
		o.accounts[target] = true
	}
}

// holds reports whether something is known to be in an organizational unit.
func (o *organization) holds(unit string) bool {
	for _, p := range o.parents {
		if p == unit {
			return true
		}
	}
	return false
}

// of are the guardrails of an account: a level for the root, for each organizational unit on the way, and for itself.
// Where the way is not known the root holds it all the same: there is one.
func (o *organization) of(account string) model.Guardrails {
	var way []string
	for at := account; at != "" && len(way) < 12; at = o.parents[at] { // units nest five deep
		way = append(way, at)
	}
	if last := way[len(way)-1]; !o.roots[last] && len(o.roots) == 1 {
		for root := range o.roots {
			way = append(way, root)
		}
	}
	slices.Reverse(way)
	g := model.Guardrails{Management: account == o.management && account != ""}
	for _, target := range way {
		for _, rcp := range []bool{false, true} {
			level := model.Level{Target: target}
			for _, id := range o.order {
				c := o.policies[id]
				if c.rcp == rcp && !c.skip && c.document != nil && slices.Contains(c.targets, target) {
					level.Policies = append(level.Policies, c.document)
				}
			}
			switch {
			case len(level.Policies) == 0:
			case rcp:
				g.RCPs = append(g.RCPs, level)
			default:
				g.SCPs = append(g.SCPs, level)
			}
		}
	}
	return g
}
