package terraform

import (
	"regexp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// guardrails reads what a configuration sets the accounts of an organization: its service and resource control policies, at the
// organization's root and at accounts that it names by number. They do not bind the account that the configuration works in, which
// is taken for the organization's management account; those that the design has beside it, and other inputs, they bind.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
func (b *builder) guardrails() {
	root, own := model.Guardrails{}, map[string]model.Guardrails{}
	read := map[*object]*policy.Document{}
	manager := ""
	for _, a := range b.objects {
		if a.typ != "aws_organizations_policy_attachment" {
			continue
		}
		p := b.find(a.word("policy_id"), a)
		if p == nil || p.typ != "aws_organizations_policy" {
			b.tell(source.Info, a.spot("policy_id"), "What it denies is shown as allowed.", "%s attaches a policy that is not in the configuration", a.address)
			continue
		}
		kind := policy.ServiceControl
		switch p.word("type") {
		case "RESOURCE_CONTROL_POLICY":
			kind = policy.ResourceControl
		case "", "SERVICE_CONTROL_POLICY":
		default:
			continue // of a type that no access depends on
		}
		if read[p] == nil {
			read[p] = b.document(p, policy.Setting{Type: kind}, "content")
		}
		d := read[p]
		if d == nil {
			continue
		}
		manager = p.owner.account
		target := a.word("target_id")
		switch {
		case isAccountNumber(target):
			g := own[target]
			attach(&g, kind, target, d)
			own[target] = g
		case isRoot(target):
			attach(&root, kind, "root", d)
		default:
			b.tell(source.Warning, a.spot("target_id"), "Its policies bind nobody here: what they deny is shown as allowed.", "which accounts are in %s is not known", target)
			b.info.NotSeen = append(b.info.NotSeen, "policies of "+a.address)
		}
	}
	if manager == "" {
		return
	}
	b.info.Guardrails = map[string]model.Guardrails{manager: {Management: true}}
	accounts := []string{model.AnyAccount}
	for _, x := range b.objects {
		accounts = append(accounts, x.owner.account)
	}
	for number := range own {
		accounts = append(accounts, number)
	}
	slices.Sort(accounts)
	for _, number := range slices.Compact(accounts) {
		if number == manager {
			continue
		}
		g := own[number]
		g.SCPs, g.RCPs = append(slices.Clone(root.SCPs), g.SCPs...), append(slices.Clone(root.RCPs), g.RCPs...)
		b.info.Guardrails[number] = g
	}
}

// attach adds a policy to what is attached at one place. A service control policy stands beside FullAWSAccess there, which AWS
// attaches by itself and Terraform does not list.
func attach(g *model.Guardrails, kind policy.Type, target string, d *policy.Document) {
	levels := &g.SCPs
	if kind == policy.ResourceControl {
		levels = &g.RCPs
	}
	i := slices.IndexFunc(*levels, func(l model.Level) bool { return l.Target == target })
	if i < 0 {
		i = len(*levels)
		*levels = append(*levels, model.Level{Target: target})
		if kind == policy.ServiceControl {
			(*levels)[i].Policies = append((*levels)[i].Policies, &policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{
				{Sid: "FullAWSAccess", Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}}}})
		}
	}
	(*levels)[i].Policies = append((*levels)[i].Policies, d)
}

var rootID = regexp.MustCompile(`^r-[0-9a-z]{4,32}$`)

// isRoot reports whether a text is the id of an organization's root, or refers to it.
func isRoot(text string) bool {
	return rootID.MatchString(text) || strings.Contains(text, "aws_organizations_organization") && strings.Contains(text, "roots")
}

func isAccountNumber(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}
