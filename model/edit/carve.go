package edit

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A quarry is the statements of a role's policies, from which accesses are carved: every statement of a part comes
// from one statement of the whole and keeps its conditions, its place and its rank.
type quarry struct {
	design     *model.Design
	role       *model.Role
	statements []stone
}

// A stone is one statement of the whole.
type stone struct {
	policy *model.Policy
	index  int // within the document
	*policy.Statement
}

// A piece is a statement made from a stone.
type piece struct {
	stone int // index in the quarry
	*policy.Statement
}

func newQuarry(d *model.Design, role *model.Role, policies []model.ID) *quarry {
	q := &quarry{design: d, role: role}
	for _, id := range policies {
		p := d.Policy(id)
		if p == nil || p.Document == nil {
			continue
		}
		for i, s := range p.Document.Statements {
			q.statements = append(q.statements, stone{p, i, s})
		}
	}
	return q
}

// covers reports whether the statement surely allows the action pattern on all of the resource pattern, its
// conditions aside.
func (s stone) covers(action, resource string) bool {
	return s.Effect == policy.Allow && s.coversAction(action) && s.coversResource(resource)
}

func (s stone) coversAction(action string) bool {
	action = strings.ToLower(action)
	if s.NotAction {
		return !slices.ContainsFunc(s.Actions, func(p string) bool {
			_, meets := policy.Overlap(strings.ToLower(p), action)
			return meets
		})
	}
	return slices.ContainsFunc(s.Actions, func(p string) bool { return policy.Covers(strings.ToLower(p), action) })
}

func (s stone) coversResource(resource string) bool {
	if s.NotResource {
		return !slices.ContainsFunc(s.Resources, func(p string) bool {
			_, meets := policy.Overlap(p, resource)
			return meets || strings.Contains(p, "${") || strings.Contains(resource, "${")
		})
	}
	return slices.ContainsFunc(s.Resources, func(p string) bool { return p == resource || policy.Covers(p, resource) })
}

// sources lists the statements that an action on a resource comes from: the first that allows it without
// conditions, else all that allow it under some.
func (q *quarry) sources(action, resource string) []int {
	var conditioned []int
	for i, s := range q.statements {
		if !s.covers(action, resource) {
			continue
		}
		if len(s.Conditions) == 0 {
			return []int{i}
		}
		conditioned = append(conditioned, i)
	}
	return conditioned
}

// carve makes the statements that give an access, each from the statement of the whole that allows it. What no
// statement of the whole allows is a *Refusal.
func (q *quarry) carve(a Access) ([]piece, error) {
	if len(a.Actions) == 0 || len(a.Resources) == 0 {
		return nil, fmt.Errorf("a grant needs actions and resources")
	}
	resources, err := targets(q.design, a.Resources)
	if err != nil {
		return nil, err
	}
	// One statement that has it all keeps the access in one piece.
	for i, s := range q.statements {
		if len(s.Conditions) > 0 {
			continue
		}
		all := true
		for _, action := range a.Actions {
			for _, r := range resources {
				all = all && s.covers(action, r)
			}
		}
		if all {
			return []piece{q.cut(i, a.Actions, resources, a.Conditions)}, nil
		}
	}
	actions, err := q.spelledOut(a.Actions, resources)
	if err != nil {
		return nil, err
	}
	type share struct {
		actions   []string
		resources [][]string // of each action
	}
	shares := map[int]*share{}
	for _, action := range actions {
		for _, r := range resources {
			for _, i := range q.sources(action, r) {
				sh := shares[i]
				if sh == nil {
					sh = &share{}
					shares[i] = sh
				}
				if n := len(sh.actions); n == 0 || sh.actions[n-1] != action {
					sh.actions = append(sh.actions, action)
					sh.resources = append(sh.resources, nil)
				}
				last := len(sh.resources) - 1
				sh.resources[last] = append(sh.resources[last], r)
			}
		}
	}
	var out []piece
	for i := range q.statements {
		sh := shares[i]
		if sh == nil {
			continue
		}
		// Actions with the same resources stand together, in the order of their first.
		for len(sh.actions) > 0 {
			var with, restActions []string
			var restResources [][]string
			on := sh.resources[0]
			for k, action := range sh.actions {
				if slices.Equal(sh.resources[k], on) {
					with = append(with, action)
				} else {
					restActions = append(restActions, action)
					restResources = append(restResources, sh.resources[k])
				}
			}
			out = append(out, q.cut(i, with, on, a.Conditions))
			sh.actions, sh.resources = restActions, restResources
		}
	}
	return out, nil
}

// spelledOut replaces action patterns that no single statement allows by the actions that they stand for.
func (q *quarry) spelledOut(patterns, resources []string) ([]string, error) {
	var out []string
	for _, pattern := range patterns {
		missing := ""
		for _, r := range resources {
			if len(q.sources(pattern, r)) == 0 {
				missing = r
				break
			}
		}
		if missing == "" {
			out = append(out, pattern)
			continue
		}
		expanded := []string{pattern}
		if strings.ContainsAny(pattern, "*?") {
			expanded = ExpandActions(pattern)
		}
		for _, action := range expanded {
			for _, r := range resources {
				if len(q.sources(action, r)) == 0 {
					return nil, q.refuse(action, r)
				}
			}
			out = append(out, action)
		}
		if len(expanded) == 0 {
			return nil, q.refuse(pattern, missing)
		}
	}
	return out, nil
}

func (q *quarry) refuse(action, resource string) *Refusal {
	if example, ok := policy.Overlap(resource, resource); ok && example != "" {
		resource = example
	}
	return &Refusal{
		Why:     fmt.Sprintf("%s is not allowed to do this", firstOf(q.role.LogicalID, q.role.Name)),
		Witness: &policy.Request{Principal: q.role.ARN, Action: action, Resource: resource},
	}
}

// cut makes a piece of a stone. One that says the same as the stone is the stone.
func (q *quarry) cut(i int, actions, resources []string, conditions []policy.Condition) piece {
	s := q.statements[i].Statement
	n := *s
	n.Actions, n.NotAction = slices.Clone(actions), false
	n.Resources, n.NotResource = slices.Clone(resources), false
	for _, c := range conditions {
		if !slices.ContainsFunc(n.Conditions, c.Equal) {
			n.Conditions = append(n.Conditions[:len(n.Conditions):len(n.Conditions)], c)
		}
	}
	if n.Equal(s) {
		return piece{i, s}
	}
	return piece{i, &n}
}

// carveNeed makes what a need takes, as far as the whole is allowed it, from the statements that allow it. Of
// logging, the resources stay as they are: they name log groups by patterns as a rule.
func (q *quarry) carveNeed(n need, actions []string) []piece {
	type share struct{ actions, resources []string }
	shares := map[int]*share{}
	add := func(list []string, s string) []string {
		if slices.Contains(list, s) {
			return list
		}
		return append(list, s)
	}
	for _, action := range actions {
		concrete := n.request(q.role, action).Resource
		for _, i := range q.sources(action, concrete) {
			sh := shares[i]
			if sh == nil {
				sh = &share{}
				shares[i] = sh
			}
			sh.actions = add(sh.actions, action)
			s := q.statements[i]
			switch {
			case !n.logging && s.coversResource(n.target):
				sh.resources = add(sh.resources, n.target)
			case s.NotResource:
				sh.resources = add(sh.resources, concrete)
			default:
				for _, r := range s.Resources {
					if policy.Covers(r, concrete) {
						sh.resources = add(sh.resources, r)
					}
				}
			}
		}
	}
	var out []piece
	for i := range q.statements {
		if sh := shares[i]; sh != nil {
			out = append(out, q.cut(i, sh.actions, sh.resources, nil))
		}
	}
	return out
}

// assemble puts pieces in the order of the statements that they come from, keeps Sids unique, and adds every
// denial of the whole at its place.
func (q *quarry) assemble(pieces []piece, only func(stone) bool) []*policy.Statement {
	var out []*policy.Statement
	sids := map[string]bool{}
	for i, s := range q.statements {
		if only != nil && !only(s) {
			continue
		}
		if s.Effect == policy.Deny {
			out = append(out, s.Statement)
			continue
		}
		for _, p := range pieces {
			if p.stone != i || slices.ContainsFunc(out, p.Equal) {
				continue
			}
			st := p.Statement
			if st.Sid != "" && sids[st.Sid] {
				n := *st
				n.Sid = "" // a Sid stands once in a document
				st = &n
			}
			sids[st.Sid] = true
			out = append(out, st)
		}
	}
	return out
}
