package live

import (
	"context"
	"slices"
)

var (
	describeOrganization = op(operation{of: organizationsService, name: "DescribeOrganization", absent: []string{"AWSOrganizationsNotInUseException"}, reads: "the organization, and its management account"})
	listParents          = op(operation{of: organizationsService, name: "ListParents", reads: "what the account is in"})
	listPoliciesFor      = op(operation{of: organizationsService, name: "ListPoliciesForTarget", absent: []string{"PolicyTypeNotEnabledException"}, reads: "service and resource control policies of the account and what it is in"})
	describeControl      = op(operation{of: organizationsService, name: "DescribePolicy", reads: "what those allow and deny"})
)

type organizationAnswer struct {
	Organization struct{ Id, MasterAccountId string }
}
type parentPage struct {
	Parents   []struct{ Id, Type string }
	NextToken string `page:"NextToken"`
}
type controlPage struct {
	Policies  []struct{ Id string }
	NextToken string `page:"NextToken"`
}
type controlAnswer struct {
	Policy struct{ Content document }
}

// maxUnits is how deep organizational units nest, with room to spare.
const maxUnits = 12

// guardrails reads what binds the account: the policies of the root of its organization, of each organizational unit on the
// way, and its own. Most members may not ask for them; then they were not seen.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
func (t *taker) guardrails(ctx context.Context) {
	region := t.home()
	o, ok := ask[organizationAnswer](ctx, t, region, describeOrganization, nil, "")
	if !ok {
		if t.isGone(region, describeOrganization, nil) {
			t.keep(func(s *Snapshot) { s.Alone = true })
		}
		return
	}
	if o.Organization.MasterAccountId == t.who.Account {
		t.keep(func(s *Snapshot) { s.ManagementAccount = true })
	}
	way := []string{t.who.Account}
	for at := t.who.Account; len(way) < maxUnits; {
		next := ""
		if !pages(ctx, t, region, listParents, args{"ChildId": at}, at, func(p *parentPage) {
			for _, x := range p.Parents {
				next = x.Id
			}
		}) {
			return // levels that miss some above them would pass for all
		}
		if next == "" {
			break
		}
		way = append(way, next)
		if at = next; next[0] == 'r' {
			break
		}
	}
	slices.Reverse(way)
	for _, kind := range []string{"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"} {
		t.beside(func() { t.levels(ctx, kind, way) })
	}
}

// levels reads the policies of one kind along the way from the root to the account.
func (t *taker) levels(ctx context.Context, kind string, way []string) {
	var levels []Level
	for _, target := range way {
		l := Level{Target: target}
		if target == way[0] && target[0] == 'r' {
			l.Target = "root"
		}
		var ids []string
		if !pages(ctx, t, t.home(), listPoliciesFor, args{"TargetId": target, "Filter": kind}, target, func(p *controlPage) {
			for _, x := range p.Policies {
				ids = append(ids, x.Id)
			}
		}) {
			continue
		}
		slices.Sort(ids)
		for _, id := range ids {
			c, ok := ask[controlAnswer](ctx, t, t.home(), describeControl, args{"PolicyId": id}, id)
			if ok && len(c.Policy.Content) > 0 {
				l.Policies = append(l.Policies, c.Policy.Content)
			} else if kind == "SERVICE_CONTROL_POLICY" {
				l.Policies = nil // a level without one of its policies would deny what that allows
				break
			}
		}
		if len(l.Policies) > 0 {
			levels = append(levels, l)
		}
	}
	t.keep(func(s *Snapshot) {
		if kind == "SERVICE_CONTROL_POLICY" {
			s.SCPs = append(s.SCPs, levels...)
		} else {
			s.RCPs = append(s.RCPs, levels...)
		}
	})
}
