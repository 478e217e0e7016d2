package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// scpRoom is how large a service control policy is made, its white space counted: what AWS Organizations takes in every
// partition and by every way of attaching it ("Quotas and service limits for AWS Organizations").
const scpRoom = 5120

// mostSCPs is how many service control policies are attached to one account or organizational unit beside FullAWSAccess.
const mostSCPs = 4

// ServiceControl makes the service control policies that hold the roles of a design to what they may do in it. They deny, and
// allow nothing: attach them beside FullAWSAccess. Each statement is about one role, by aws:PrincipalArn: other than its
// actions is denied, those on other resources, and what its own policies deny. Conditions of what is allowed are left to the
// role's policies, and a policy variable stands for anything. notes say what they do not hold.
func ServiceControl(d *model.Design) (policies []*policy.Document, notes []string) {
	whole := &policy.Document{Version: current}
	for _, r := range d.Roles() {
		if r.External || r.ServiceLinked {
			continue
		}
		if r.ARN == "" || slices.ContainsFunc(r.Policies, func(id model.ID) bool { return d.Policy(id) == nil || d.Policy(id).Document == nil }) {
			notes = append(notes, d.Name(r.ID)+": no service control policy holds it, since not all of its policies were seen")
			continue
		}
		statements, note := controls(d, r)
		whole.Statements = append(whole.Statements, statements...)
		if note != "" {
			notes = append(notes, d.Name(r.ID)+": "+note)
		}
	}
	if len(whole.Statements) == 0 {
		return nil, notes
	}
	if left := toFill(d, "", whole); len(left) > 0 {
		notes = append(notes, "service control policies hold nobody by names that are not the account's: put in what stands there for "+strings.Join(left, ", "))
	}
	parts, fits := split(whole, scpRoom, printed)
	if !fits {
		notes = append(notes, fmt.Sprintf("a statement is larger than the %d characters of a service control policy and cannot be divided", scpRoom))
	}
	if len(parts) > mostSCPs {
		notes = append(notes, fmt.Sprintf("there are %d: attach them at several levels, which together take %d each beside FullAWSAccess", len(parts), mostSCPs))
	}
	return parts, notes
}

// printed is how many characters a document has as it is printed.
func printed(d *policy.Document) int {
	data, err := d.Format()
	if err != nil {
		return 0
	}
	return len([]rune(string(data)))
}

// controls are the statements that hold one role.
func controls(d *model.Design, r *model.Role) (out []*policy.Statement, note string) {
	var allowed, denied []*policy.Statement
	for _, doc := range d.Documents(r.Policies) {
		for _, s := range plain(Current(doc).Statements) {
			if s.Effect == policy.Allow {
				allowed = append(allowed, brief(ordered(s)))
			} else {
				denied = append(denied, ordered(s))
			}
		}
	}
	for _, s := range grantedTo(d, r) {
		allowed = append(allowed, brief(ordered(s)))
	}
	who := policy.Condition{Operator: "ArnEquals", Key: "aws:PrincipalArn", Values: []string{r.ARN}}
	deny := func(s policy.Statement) {
		s.Effect = policy.Deny
		s.Conditions = append(slices.Clone(s.Conditions), who)
		out = append(out, &s)
	}
	var actions []string
	for _, s := range allowed {
		if s.NotAction {
			note = "it is allowed all actions but some, which is no wall"
			actions = []string{"*"}
			break
		}
		actions = append(actions, s.Actions...)
	}
	slices.Sort(actions)
	actions = uncovered(slices.Compact(actions), coversAction)
	switch {
	case len(actions) == 0:
		deny(policy.Statement{Actions: []string{"*"}, Resources: []string{"*"}})
	case slices.Contains(actions, "*"):
		note = cmp.Or(note, "it is allowed all actions, which is no wall")
	default:
		except := policy.Statement{Actions: actions, NotAction: true, Resources: []string{"*"}}
		if printed(&policy.Document{Version: current, Statements: []*policy.Statement{&except}}) > scpRoom-300 { // which the condition takes
			except.Actions = nil
			for _, a := range actions {
				service, _, _ := strings.Cut(a, ":")
				except.Actions = append(except.Actions, service+":*")
			}
			except.Actions = uncovered(slices.Compact(except.Actions), coversAction)
			note = "of the services that it uses all actions pass"
		}
		deny(except)
	}
	// Those that are for the same resources go together.
	byResources := map[string]*policy.Statement{}
	var order []string
	for _, a := range actions {
		resources, limited := where(a, allowed)
		if !limited {
			continue
		}
		key := strings.Join(resources, "\n")
		if byResources[key] == nil {
			byResources[key] = &policy.Statement{Resources: resources, NotResource: true}
			order = append(order, key)
		}
		byResources[key].Actions = append(byResources[key].Actions, a)
	}
	for _, key := range order {
		deny(*byResources[key])
	}
	for _, s := range denied {
		if !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return c.Operator == who.Operator && c.Key == who.Key }) {
			deny(*s)
		}
	}
	return out, note
}

// where lists the resources on which an action is allowed by any of some statements; limited is false where that is on any.
func where(action string, allowed []*policy.Statement) (resources []string, limited bool) {
	for _, s := range allowed {
		if !slices.ContainsFunc(s.Actions, func(a string) bool {
			_, both := policy.Overlap(strings.ToLower(a), strings.ToLower(action))
			return both
		}) {
			continue
		}
		if s.NotResource {
			return nil, false
		}
		for _, r := range s.Resources {
			resources = append(resources, withoutVariables(r))
		}
	}
	slices.Sort(resources)
	resources = uncovered(slices.Compact(resources), coversResource)
	return resources, !slices.Contains(resources, "*")
}

// withoutVariables is a resource with * in the place of policy variables. Unknown values stay.
func withoutVariables(s string) string {
	var b strings.Builder
	for s != "" {
		if rest, ok := strings.CutPrefix(s, "${"); ok {
			if name, tail, closed := strings.Cut(rest, "}"); closed && (strings.Contains(name, ":") || name == "*" || name == "?" || name == "$") {
				b.WriteByte('*')
				s = tail
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}
