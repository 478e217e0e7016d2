package render

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
)

// Anyone is the start from outside that all others are of.
const Anyone = reach.Anyone

// A Group is who can become a guest: the widest of those that its trust policy names.
type Group uint8

// The groups, from inside to outside; the order of the quay.
const (
	People     Group = iota // users, and roles that principals of this account may assume
	Services                // AWS services
	Federation              // a CI system, a company's directory: whom an identity provider vouches for
	Others                  // principals of other accounts, or anyone
	Outside                 // is of another account itself, or anyone
)

// String is the group in the words of the picture.
func (g Group) String() string {
	return [...]string{"this account", "services", "CI and federation", "other accounts", "outside"}[g]
}

// group finds who can become a user or role.
func (d *drawing) group(id model.ID) Group {
	if d.outside[id] != "" {
		return Outside
	}
	r := d.design.Role(id)
	if r == nil || r.Trust == nil {
		return People
	}
	account := d.design.Info().Account
	if f := strings.SplitN(r.ARN, ":", 6); len(f) == 6 && f[4] != "" {
		account = f[4]
	}
	widest := People
	for _, s := range r.Trust.Statements {
		if s.Effect != policy.Allow {
			continue
		}
		for _, p := range s.Principals {
			widest = max(widest, groupOf(p, account))
		}
	}
	return widest
}

func groupOf(p policy.Principal, account string) Group {
	switch p.Kind {
	case "Service":
		return Services
	case "Federated":
		return Federation
	case "AWS":
		// An account's number alone, or an ARN with it. One that is not known is taken as this one.
		of := p.Value
		if f := strings.SplitN(p.Value, ":", 6); len(f) == 6 {
			of = f[4]
		}
		if p.Value == "*" || account != "" && len(of) == 12 && of != account {
			return Others
		}
		return People
	case "*":
		return Others
	}
	return People
}

// elsewhere reports whether somebody ashore has nothing to do with the compartments that are wanted drawn: no way leads to
// one of them or comes from one, and the breach does not hold it.
func (d *drawing) elsewhere(id model.ID) bool {
	if d.view.Focus == nil || d.flood.state[id] != Sound {
		return false
	}
	drawn := func(end model.ID) bool {
		i, ok := d.at[end]
		return ok && !d.absent(d.compartments[i].ID)
	}
	return !slices.ContainsFunc(d.survey.doors, func(k *door) bool { return k.from == id && drawn(k.to) || k.to == id && drawn(k.from) })
}

func (d *drawing) quay() {
	for _, id := range d.guests {
		if d.elsewhere(id) {
			continue
		}
		g := &Guest{ID: id, Name: d.name(id), Icon: "role", Group: d.group(id), State: d.flood.state[id], Hop: d.flood.hops[id]}
		if p := d.design.Principal(id); p != nil {
			g.Icon = string(p.Kind)
		}
		who, users := g.Icon, "can be used by: "+g.Group.String()
		if stands := d.outside[id]; stands != "" {
			g.Icon, who, users = "globe", "from outside:", stands
		}
		says := [...]string{"", "the breach chooses its input", "the breach holds its credentials", "the breach starts here"}[g.State]
		if hit := d.flood.byTarget[id]; hit != nil && hit.Hops > 0 && g.State == Held {
			by, _ := hit.By()
			g.By = d.says(by)
		}
		leads := ""
		for _, k := range d.survey.doors {
			if k.from == id {
				leads += ", " + d.says(k.to)
			}
		}
		if leads != "" {
			leads = "leads to " + strings.TrimPrefix(leads, ", ")
		}
		g.Tip = tip(who+" "+g.Name, users, says, fmt.Sprintf("can touch %s", count(len(d.guestTouches[id]), "resource", "resources")), leads)
		d.Quay = append(d.Quay, g)
	}
}
