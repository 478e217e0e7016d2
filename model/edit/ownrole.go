package edit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Apply makes the role that the transform makes for the function one that stands in the source, under the name that
// the transform gives it, so that what refers to it stays right. It has the same trust, boundary and policies; with
// Needs, what AWS itself does with it takes the place of the execution policies, each on its own resource.
func (e *OwnRole) Apply(d *model.Design) (*Result, error) {
	return e.applyUntil(context.Background(), d)
}

func (e *OwnRole) applyUntil(ctx context.Context, d *model.Design) (*Result, error) {
	f, ok := d.Find(string(e.Function)).(*model.Function)
	if !ok {
		return nil, fmt.Errorf("there is no function %s", e.Function)
	}
	was := d.Role(f.Role)
	switch {
	case was == nil || was.External:
		return nil, fmt.Errorf("the role of %s is not in the source", f.ID)
	case !was.Implicit:
		return nil, fmt.Errorf("%s, the role of %s, stands in the source already", d.Name(was.ID), d.Name(f.ID))
	}
	owned, role, err := own(d, was)
	if err != nil {
		return nil, err
	}
	var warnings []string
	for _, o := range d.Functions() {
		if o.Role == was.ID && o.ID != f.ID {
			warnings = append(warnings, fmt.Sprintf("%s has the role as well", d.Name(o.ID)))
		}
	}
	if !e.Needs {
		return &Result{Design: owned, Warnings: warnings}, nil
	}
	var of []model.ID
	for _, id := range was.Policies {
		if p := d.Policy(id); p != nil && implied(was, p) && p.Document != nil {
			of = append(of, id)
		}
	}
	part := needed(owned, role, of, except(role.Policies, of))
	after, err := part.instead(owned, role)
	if err != nil {
		return nil, err
	}
	r, err := proven(ctx, d, after, []*bearer{{holder: holderOf(was), attached: true}}, false, e.Confirm)
	if err != nil {
		return nil, err
	}
	r.Warnings = slices.Concat(warnings, part.warnings, r.Warnings)
	return r, nil
}

// implied reports whether the transform attaches a managed policy to the role by itself: no list of the source has it.
func implied(role *model.Role, p *model.Policy) bool {
	_, listed := role.Listed[p.ID]
	return role.Implicit && !listed && isExecution(p)
}

// isExecution reports whether AWS wrote a policy for what Lambda itself does with a role.
func isExecution(p *model.Policy) bool { return isAWSManaged(p) && executionOnly(p.Name) }

// except lists ids without some.
func except(ids, without []model.ID) []model.ID {
	return slices.DeleteFunc(slices.Clone(ids), func(id model.ID) bool { return slices.Contains(without, id) })
}

// own is the design in which a role that the transform makes for a function stands in the source. Roles that it makes
// for something else, such as a state machine, are an error.
func own(d *model.Design, role *model.Role) (*model.Design, *model.Role, error) {
	if !slices.ContainsFunc(d.Functions(), func(f *model.Function) bool { return f.Role == role.ID && f.Origin == role.Origin }) {
		return nil, nil, fmt.Errorf("%s is made by the transform, and not for a function, so it cannot be written out: give what it is for a role of its own first", d.Name(role.ID))
	}
	n := *role
	n.Implicit, n.Listed = false, nil
	after, err := d.With(model.Change{Before: role, After: &n})
	if err != nil {
		return nil, nil, err
	}
	return after, &n, nil
}

// A neededPart is what stands in the place of managed policies of a role.
type neededPart struct {
	quarry   *quarry
	of       []model.ID // policies that go
	pieces   []piece
	warnings []string
}

// needed is what AWS itself does with a role, as far as some of its policies allow it: for the triggers, the log and the
// configuration of the functions that have it, on the resources that these name, unless others that stay allow it too.
// What comes from outside the design keeps the resources of the policy. Policies of which all is needed as it is stay.
func needed(d *model.Design, role *model.Role, of, others []model.ID) *neededPart {
	part := used(d, role, of, others)
	part.of = slices.DeleteFunc(part.of, part.keeps)
	return part
}

// used is needed, with the policies of which all is needed.
func used(d *model.Design, role *model.Role, of, others []model.ID) *neededPart {
	part := &neededPart{quarry: newQuarry(d, role, of), of: slices.Clone(of)}
	was, err := stack(role.Name, d.Documents(of)...)
	if err != nil {
		return part // documents of a design compile
	}
	stays, err := stack(role.Name, d.Documents(others)...)
	if err != nil {
		return part
	}
	for _, f := range d.Functions() {
		if f.Role != role.ID {
			continue
		}
		for _, n := range needs(d, f) {
			wide := ""
			switch {
			case n.logging && f.LogGroupARN() != "":
				n.logging, n.target = false, f.LogGroupARN()+":*"
			case n.target == "":
				n.target = "*"
				wide = n.what + " keeps its access to all: where it comes from is not in the design"
			}
			n.actions = slices.Concat(n.actions, n.also)
			has := n.allowed(role, stays)
			had := slices.DeleteFunc(n.allowed(role, was), func(a string) bool { return slices.Contains(has, a) })
			if len(had) > 0 && wide != "" {
				part.warnings = append(part.warnings, wide)
			}
			part.add(part.quarry.carveNeed(n, had)...)
		}
	}
	return part
}

// carve makes the pieces of an access. Without resources it is for what AWS itself uses its actions on; those that it
// does not use, as far as is known, keep the resources of the policy.
func (n *neededPart) carve(d *model.Design, role *model.Role, a Access) ([]piece, error) {
	if len(a.Resources) > 0 || len(a.Actions) == 0 {
		return n.quarry.carve(a)
	}
	use := used(d, role, n.of, nil)
	part := &neededPart{quarry: n.quarry}
	for _, action := range a.Actions {
		known := false
		for _, p := range use.pieces {
			if slices.ContainsFunc(p.Actions, func(b string) bool { return strings.EqualFold(action, b) }) {
				known = true
				part.add(n.quarry.cut(p.stone, []string{action}, p.Resources, a.Conditions))
			}
		}
		if known {
			continue
		}
		var from []int
		for i, s := range n.quarry.statements {
			if s.Effect == policy.Allow && s.coversAction(action) {
				from = append(from, i)
			}
		}
		if len(from) == 0 {
			return nil, n.quarry.refuse(action, "*")
		}
		for _, i := range from {
			s := n.quarry.statements[i]
			p := n.quarry.cut(i, []string{action}, s.Resources, a.Conditions)
			if s.NotResource {
				c := *p.Statement
				c.NotResource = true
				p.Statement = &c
			}
			part.add(p)
		}
	}
	return part.pieces, nil
}

// add takes in pieces. Those of one statement with the same actions, or on the same resources, become one.
func (n *neededPart) add(pieces ...piece) {
	for _, p := range pieces {
		i := slices.IndexFunc(n.pieces, func(o piece) bool {
			return o.stone == p.stone && o.NotResource == p.NotResource && slices.EqualFunc(o.Conditions, p.Conditions, policy.Condition.Equal) &&
				(slices.Equal(o.Actions, p.Actions) || slices.Equal(o.Resources, p.Resources))
		})
		if i < 0 {
			n.pieces = append(n.pieces, p)
			continue
		}
		st := *n.pieces[i].Statement
		for _, r := range p.Resources {
			st.Resources = appendNew(slices.Clip(st.Resources), r)
		}
		for _, a := range p.Actions {
			st.Actions = appendNew(slices.Clip(st.Actions), a)
		}
		n.pieces[i].Statement = &st
	}
}

// keeps reports whether all of a policy is needed as it is, and takes its pieces out.
func (n *neededPart) keeps(id model.ID) bool {
	of := func(p piece) bool { return n.quarry.statements[p.stone].policy.ID == id }
	for i, s := range n.quarry.statements {
		if s.policy.ID != id {
			continue
		}
		whole := slices.ContainsFunc(n.pieces, func(p piece) bool {
			return p.stone == i && slices.Equal(p.Resources, s.Resources) && !slices.ContainsFunc(s.Actions, func(a string) bool { return !slices.Contains(p.Actions, a) })
		})
		if !whole {
			return false
		}
	}
	n.pieces = slices.DeleteFunc(n.pieces, of)
	return true
}

// instead is the design in which the role has the part in the place of the policies. What names a function that has
// the role by a name that AWS will generate goes into a policy of its own: within the role it would close a circle.
// https://aws.amazon.com/blogs/infrastructure-and-automation/handling-circular-dependency-errors-in-aws-cloudformation/
func (n *neededPart) instead(d *model.Design, role *model.Role) (*model.Design, error) {
	var within, apart []piece
	for _, p := range n.pieces {
		if namesItsFunction(d, role, p.Statement) {
			apart = append(apart, p)
		} else {
			within = append(within, p)
		}
	}
	var versions []string
	for _, id := range n.of {
		if p := d.Policy(id); p != nil && p.Document != nil {
			versions = append(versions, p.Document.Version)
		}
	}
	document := func(pieces []piece) *policy.Document {
		statements := n.quarry.assemble(pieces, nil)
		return &policy.Document{Version: commonVersion(versions, statements), Statements: statements}
	}
	var next []*model.Policy
	placed := len(within) == 0
	for _, id := range role.Policies {
		p := d.Policy(id)
		switch {
		case p == nil:
		case !slices.Contains(n.of, id):
			next = append(next, p)
		case !placed:
			placed = true
			next = append(next, inlined(role, p, document(within)))
		}
	}
	if len(apart) > 0 {
		next = append(next, besides(d, role, document(apart)))
	}
	return withPolicies(d, role, next)
}

// inlined is an inline policy of a role that stands in the place of another.
func inlined(role *model.Role, instead *model.Policy, doc *policy.Document) *model.Policy {
	name := inlineName(role, instead.ID)
	return newInline(role, name, doc, instead.Origin)
}

// besides is a policy of a role that is a resource beside it, called after what has the role: ShopLogs.
func besides(d *model.Design, role *model.Role, doc *policy.Document) *model.Policy {
	if isAddress(role.LogicalID) {
		return newInline(role, inlineName(role, ""), doc, role.Origin)
	}
	taken := logicalIDs(d, role.Stack)
	base := strings.TrimSuffix(role.LogicalID, "Role") + "Logs"
	for _, st := range doc.Statements {
		if slices.ContainsFunc(st.Actions, func(a string) bool { return !strings.HasPrefix(strings.ToLower(a), "logs:") }) {
			base = strings.TrimSuffix(role.LogicalID, "Role") + "Policy"
		}
	}
	name := base
	for i := 2; taken[name]; i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	_, rest, _ := strings.Cut(string(renamed(role.ID, role.LogicalID, name)), "/")
	return &model.Policy{ID: model.ID("policy/" + rest), LogicalID: name, Name: name, Document: doc, Stack: role.Stack, Origin: role.Origin}
}

// namesItsFunction reports whether a statement of a role names a function that has it, by the name that the source does
// not tell.
func namesItsFunction(d *model.Design, role *model.Role, st *policy.Statement) bool {
	for _, f := range d.Functions() {
		if f.Role == role.ID && strings.HasSuffix(f.Name, generated) && slices.ContainsFunc(st.Resources, func(r string) bool { return strings.Contains(r, f.Name) }) {
			return true
		}
	}
	return false
}
