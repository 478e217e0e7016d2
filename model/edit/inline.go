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
	if isAddress(role.LogicalID) {
		return model.MakeID("policy", beside(role.LogicalID, rolePolicy, name))
	}
	_, rest, _ := strings.Cut(string(role.ID), "/")
	return model.MakeID("policy", rest+"/"+name)
}

// places tells at which place of the function's list each policy of a generated role stands. Policies that the
// transform adds by itself have none. The importer knows; for roles that an edit made it follows from the names.
func places(role *model.Role) model.Places {
	out := model.Places{}
	for _, id := range role.Policies {
		if place, ok := role.Listed[id]; ok {
			out[id] = place
			continue
		}
		prefix := string(inlineID(role, role.LogicalID+"Policy"))
		if n, ok := strings.CutPrefix(string(id), prefix); ok {
			if place, err := strconv.Atoi(n); err == nil {
				out[id] = place
			}
		}
	}
	return out
}

// inlineName is the name of an inline policy that stands in the place of another policy of the role, or, for "",
// behind all of them.
func inlineName(role *model.Role, instead model.ID) string {
	if role.Implicit {
		at := places(role)
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
		if isAddress(role.LogicalID) {
			name = localName(role.LogicalID) + "_policy"
			if n > 0 {
				name += strconv.Itoa(n + 1)
			}
		}
		if !slices.Contains(role.Policies, inlineID(role, name)) {
			return name
		}
	}
}

// renumber gives the policies that a generated role is to have the names that they will get, where others of the
// role as it is now went. It returns them with their places.
func renumber(role *model.Role, policies []*model.Policy) ([]*model.Policy, model.Places) {
	if !role.Implicit {
		return policies, nil
	}
	at := places(role)
	place := func(p *model.Policy) (int, bool) {
		if n, ok := at[p.ID]; ok {
			return n, true
		}
		n, ok := places(&model.Role{ID: role.ID, LogicalID: role.LogicalID, Policies: []model.ID{p.ID}})[p.ID]
		return n, ok
	}
	gone := map[int]bool{}
	for _, n := range at {
		gone[n] = true
	}
	for _, p := range policies {
		if n, ok := place(p); ok {
			delete(gone, n)
		}
	}
	out, listed := slices.Clone(policies), model.Places{}
	for i, p := range out {
		was, ok := place(p)
		if !ok {
			continue
		}
		n := was
		for g := range gone {
			if g < was {
				n--
			}
		}
		if name := role.LogicalID + "Policy" + strconv.Itoa(n); !p.Managed && name != p.Name {
			c := *p
			c.Name, c.ID = name, inlineID(role, name)
			out[i] = &c
		}
		listed[out[i].ID] = n
	}
	return out, listed
}
