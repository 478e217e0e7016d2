package edit

import (
	"slices"
	"strconv"
	"strings"

	"bulkhead/model"
)

// Inline policies of roles that a transform generates (SAM) have names made of the place of their entry in the
// function's list of policies, managed ones counted: ShopRolePolicy0, ShopRolePolicy2. An entry that goes moves
// those behind it up.

// inlineID is the id of an inline policy of a role.
func inlineID(role *model.Role, name string) model.ID {
	_, rest, _ := strings.Cut(string(role.ID), "/")
	return model.MakeID("policy", rest+"/"+name)
}

// places tells at which place of the function's list each policy of a generated role stands. Policies that the
// transform adds by itself have none.
func places(d *model.Design, role *model.Role) map[model.ID]int {
	out := map[model.ID]int{}
	taken := map[int]bool{}
	var unplaced []model.ID
	for _, id := range role.Policies {
		p := d.Policy(id)
		if p == nil {
			continue
		}
		if n, ok := strings.CutPrefix(p.Name, role.LogicalID+"Policy"); ok && !p.Managed {
			if place, err := strconv.Atoi(n); err == nil {
				out[id], taken[place] = place, true
			}
		} else if p.Managed && !addedByTransform(d, role, p) {
			unplaced = append(unplaced, id)
		}
	}
	next := 0
	for _, id := range unplaced {
		for taken[next] {
			next++
		}
		out[id], taken[next] = next, true
	}
	return out
}

// addedByTransform reports whether the transform attaches a managed policy to a function's generated role unasked.
func addedByTransform(d *model.Design, role *model.Role, p *model.Policy) bool {
	for _, f := range d.Functions() {
		if f.Role == role.ID && executionPolicies(p.Name, f, d.TriggersOf(f.ID)) {
			return true
		}
	}
	return false
}

// inlineName is the name of an inline policy that stands in the place of another policy of the role, or, for "",
// behind all of them.
func inlineName(d *model.Design, role *model.Role, instead model.ID) string {
	if role.Implicit {
		at := places(d, role)
		place, ok := at[instead]
		if !ok {
			for _, n := range at {
				place = max(place, n+1)
			}
		}
		return role.LogicalID + "Policy" + strconv.Itoa(place)
	}
	for n := 0; ; n++ {
		name := firstOf(role.LogicalID, role.Name) + "Policy" + strconv.Itoa(n)
		if !slices.Contains(role.Policies, inlineID(role, name)) {
			return name
		}
	}
}

// renumber gives the policies that a generated role is to have the names that they will get, where others of the
// role as it is now went.
func renumber(d *model.Design, role *model.Role, policies []*model.Policy) []*model.Policy {
	if !role.Implicit {
		return policies
	}
	at := places(d, role)
	var stay []int // places that are still taken
	for _, p := range policies {
		if n, ok := placeOf(at, role, p); ok {
			stay = append(stay, n)
		}
	}
	slices.Sort(stay)
	stay = slices.Compact(stay)
	out := slices.Clone(policies)
	for i, p := range out {
		n, ok := placeOf(at, role, p)
		if !ok || p.Managed {
			continue
		}
		name := role.LogicalID + "Policy" + strconv.Itoa(slices.Index(stay, n))
		if name != p.Name {
			c := *p
			c.Name, c.ID = name, inlineID(role, name)
			out[i] = &c
		}
	}
	return out
}

// placeOf is the place of a policy, old or new.
func placeOf(at map[model.ID]int, role *model.Role, p *model.Policy) (int, bool) {
	if n, ok := at[p.ID]; ok {
		return n, true
	}
	if n, ok := strings.CutPrefix(p.Name, role.LogicalID+"Policy"); ok && !p.Managed {
		place, err := strconv.Atoi(n)
		return place, err == nil
	}
	return 0, false
}
