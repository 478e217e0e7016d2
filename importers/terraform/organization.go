package terraform

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// guardrails reads what a configuration sets the accounts of an organization: its service and resource control policies, at the
// organization's root, at units, and at accounts. They bind the accounts that the design has beside the one that the configuration works
// in, and other inputs. That one is the organization's management account, which nothing binds, where the configuration makes the
// organization or accounts of it; otherwise it may be a member that administers policies for the organization: what is set to it itself
// binds it, and what is set to all perhaps does.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
func (b *builder) guardrails() {
	t := &organization{b: b, places: map[string][]string{}}
	t.grow()
	at, read := map[string]*model.Guardrails{}, map[*object]*policy.Document{}
	manager := ""
	var asked []string // places that policies are attached to, in order
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
		target := t.place(a.word("target_id"), a)
		if at[target] == nil {
			at[target] = &model.Guardrails{}
			asked = append(asked, target)
		}
		attach(at[target], kind, target, d)
		if !isAccountNumber(target) && target != theRoot && !t.units[target] {
			b.tell(source.Warning, a.spot("target_id"), "Its policies perhaps bind them: what they deny is shown as perhaps allowed.", "which accounts are in %s is not known", target)
			b.info.NotSeen = append(b.info.NotSeen, "policies of "+a.address)
		}
	}
	if manager == "" {
		return
	}
	b.info.Guardrails = map[string]model.Guardrails{}
	accounts := []string{model.AnyAccount}
	for _, x := range b.objects {
		accounts = append(accounts, x.owner.account)
	}
	for place := range at {
		if isAccountNumber(place) {
			accounts = append(accounts, place)
		}
	}
	for number := range t.places {
		if isAccountNumber(number) {
			accounts = append(accounts, number)
		}
	}
	slices.Sort(accounts)
	for _, number := range slices.Compact(accounts) {
		g := model.Guardrails{Management: number == manager && (t.manages || len(at) == 0)}
		if !g.Management {
			for _, place := range asked {
				g.SCPs, g.RCPs = append(g.SCPs, t.binding(at[place].SCPs, number, place, manager)...), append(g.RCPs, t.binding(at[place].RCPs, number, place, manager)...)
			}
		}
		b.info.Guardrails[number] = g
	}
}

// theRoot stands for an organization's root.
const theRoot = "root"

// An organization is what a configuration tells of an organization's accounts and units.
type organization struct {
	b       *builder
	places  map[string][]string // account or unit that it makes → what it is in, from the nearest on to the root
	units   map[string]bool
	manages bool // it makes the organization, or accounts of it
}

// grow finds the accounts and units.
func (t *organization) grow() {
	t.units = map[string]bool{}
	parent := map[string]string{}
	for _, x := range t.b.objects {
		switch x.typ {
		case "aws_organizations_organization":
			t.manages = t.manages || !x.data
		case "aws_organizations_account":
			t.manages = t.manages || !x.data
			if number := x.word("id"); isAccountNumber(number) {
				parent[number] = cmp.Or(t.place(x.word("parent_id"), x), theRoot)
			}
		case "aws_organizations_organizational_unit":
			if !x.data {
				t.units[x.address] = true
				parent[x.address] = t.place(x.word("parent_id"), x)
			}
		}
	}
	for place := range parent {
		for up := parent[place]; up != "" && !slices.Contains(t.places[place], up); up = parent[up] {
			t.places[place] = append(t.places[place], up)
		}
	}
}

// place is what a text means that a policy is attached to, or an account is in: an account's number, theRoot, the address of a unit that
// the configuration makes, or the text.
func (t *organization) place(text string, from *object) string {
	if isRoot(text) {
		return theRoot
	}
	if x := t.b.find(text, from); x != nil && x.typ == "aws_organizations_organizational_unit" && !x.data {
		return x.address
	}
	return text
}

// binding are levels of one place as they bind an account: wholly, perhaps, or not.
func (t *organization) binding(levels []model.Level, number, place, manager string) []model.Level {
	switch {
	case place == number, slices.Contains(t.places[number], place), place == theRoot && number != manager:
		return levels
	case isAccountNumber(place), t.units[place] && (t.places[number] != nil || number == manager):
		return nil
	}
	if known := t.places[number]; known != nil && known[len(known)-1] == theRoot {
		return nil // all that it is in is known
	}
	out := slices.Clone(levels)
	for i := range out {
		out[i].Policies = slices.Clone(out[i].Policies)
		for j, d := range out[i].Policies {
			if len(d.Statements) == 0 || d.Statements[0].Sid != fullAccess {
				out[i].Policies[j] = perhapsThere(d, place)
			}
		}
	}
	return out
}

// perhapsThere is a document whose statements are perhaps there.
func perhapsThere(d *policy.Document, place string) *policy.Document {
	out := &policy.Document{Version: d.Version, ID: d.ID}
	for _, st := range d.Statements {
		maybe := *st
		maybe.Conditions = append(slices.Clone(st.Conditions), policy.Condition{Operator: "Bool", Key: "organizations:" + tokenName(place), Values: []string{"true"}})
		out.Statements = append(out.Statements, &maybe)
	}
	return out
}

// fullAccess is the policy that AWS attaches everywhere by itself.
const fullAccess = "FullAWSAccess"

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
				{Sid: fullAccess, Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}}}})
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
