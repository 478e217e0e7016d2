// Package probe draws decisions of a design that can be asked elsewhere: may this principal do that, there?
//
//	Design --Draw--> Questions, each with our answer
//
// They are about what identity policies, permissions boundaries and service control policies say of resources of the
// principal's own account: what AWS's policy simulator decides as well.
package probe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A Question is a decision.
type Question struct {
	Principal model.ID
	ARN       string // of the principal
	Action    string
	Resource  string         // "*" where the action takes none
	Context   policy.Context // the principal's tags: nothing else is said
	Class     Class
	Answer    policy.Outcome // ours
}

// A Class is what a decision rests on, the latter before the former.
type Class uint8

// The classes.
const (
	Identity   Class = iota // policies of the principal and its groups alone
	Boundary                // … within a permissions boundary
	Guardrails              // … within service control policies
	Conditions              // … on what the request says beside that
	classes
)

// String is the class for people.
func (c Class) String() string {
	return [...]string{"identity policies", "permissions boundaries", "service control policies", "conditions"}[c]
}

// Classes are all classes, in order.
func Classes() []Class {
	out := make([]Class, classes)
	for i := range out {
		out[i] = Class(i)
	}
	return out
}

// A subject is a principal that is asked about.
type subject struct {
	id         model.ID
	arn        string
	tags       map[string]string
	stack      *policy.Stack
	statements []*policy.Statement
	guarded    bool // by service control policies that have conditions
}

// Draw draws at most n questions, each once, the same for the same seed: about as many that are allowed as not. Principals of
// whom a policy was not seen are left out. An error is a policy that cannot be compiled.
func Draw(d *model.Design, c *catalog.Catalog, account string, n int, seed uint64) ([]Question, error) {
	p := &drawer{d: d, c: c, account: account, rand: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), expanded: map[string][]*catalog.Action{}} //nolint:gosec // a sample, no secret
	if err := p.gather(); err != nil {
		return nil, err
	}
	if len(p.subjects) == 0 {
		return nil, nil
	}
	var out []Question
	seen := map[string]bool{}
	count := map[policy.Outcome]int{}
	most := map[policy.Outcome]int{policy.Allowed: (n + 1) / 2, policy.ExplicitDeny: (n + 3) / 4, policy.ImplicitDeny: (n + 3) / 4}
	tries := 300 * n
	for i := 0; i < tries && len(out) < n; i++ {
		q, ok := p.one()
		key := q.ARN + " " + q.Action + " " + q.Resource
		if !ok || seen[key] || i < tries/2 && count[q.Answer] >= most[q.Answer] {
			continue
		}
		seen[key] = true
		count[q.Answer]++
		out = append(out, q)
	}
	return out, nil
}

type drawer struct {
	d         *model.Design
	c         *catalog.Catalog
	account   string
	rand      *rand.Rand
	subjects  []*subject
	resources []string
	services  []string // of the resources
	expanded  map[string][]*catalog.Action
}

func (p *drawer) gather() error {
	for _, r := range p.d.Resources() {
		if f := strings.Split(r.ARN, ":"); len(f) >= 6 && !r.External && !strings.Contains(r.ARN, "${") && (f[4] == "" || f[4] == p.account) && !slices.Contains(p.resources, r.ARN) {
			p.resources = append(p.resources, r.ARN)
			if !slices.Contains(p.services, f[2]) {
				p.services = append(p.services, f[2])
			}
		}
	}
	g := p.d.Info().Guardrails[p.account]
	var scps [][]*policy.Program
	guarded := false
	for _, level := range g.SCPs {
		var programs []*policy.Program
		for _, doc := range level.Policies {
			program, err := policy.Compile(p.c, doc)
			if err != nil {
				return fmt.Errorf("service control policy of %s: %w", level.Target, err)
			}
			programs = append(programs, program)
			guarded = guarded || slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool { return len(s.Conditions) > 0 })
		}
		scps = append(scps, programs)
	}
	add := func(id model.ID, arn string, tags map[string]string, policies []model.ID, boundary model.ID) error {
		if f := strings.Split(arn, ":"); len(f) < 6 || f[4] != p.account {
			return nil
		}
		var docs []*policy.Document
		for _, x := range policies {
			pol := p.d.Policy(x)
			if pol == nil || pol.Document == nil {
				return nil
			}
			docs = append(docs, pol.Document)
		}
		s := &subject{id: id, arn: arn, tags: tags, stack: &policy.Stack{SCPs: scps, ManagementAccount: g.Management, Principal: arn}, guarded: guarded && !g.Management}
		var err error
		if s.stack.Identity, err = policy.Compile(p.c, docs...); err != nil {
			return fmt.Errorf("policies of %s: %w", id, err)
		}
		for _, doc := range docs {
			s.statements = append(s.statements, doc.Statements...)
		}
		if boundary != "" {
			b := p.d.Policy(boundary)
			if b == nil || b.Document == nil {
				return nil
			}
			if s.stack.Boundary, err = policy.Compile(p.c, b.Document); err != nil {
				return fmt.Errorf("boundary of %s: %w", id, err)
			}
		}
		p.subjects = append(p.subjects, s)
		return nil
	}
	for _, r := range p.d.Roles() {
		if r.External || r.ServiceLinked {
			continue
		}
		if err := add(r.ID, r.ARN, r.Tags, r.Policies, r.Boundary); err != nil {
			return err
		}
	}
	for _, u := range p.d.Principals() {
		if u.Kind != model.User {
			continue
		}
		policies := slices.Clone(u.Policies)
		for _, g := range u.Groups {
			if group := p.d.Principal(g); group != nil {
				policies = append(policies, group.Policies...)
			}
		}
		if err := add(u.ID, u.ARN, u.Tags, policies, u.Boundary); err != nil {
			return err
		}
	}
	return nil
}

// pick is any of a list.
func pick[T any](r *rand.Rand, list []T) (x T, ok bool) {
	if len(list) == 0 {
		return x, false
	}
	return list[r.IntN(len(list))], true
}

// one draws a question; ok is false where the draw led nowhere.
func (p *drawer) one() (q Question, ok bool) {
	s, ok := pick(p.rand, p.subjects)
	if !ok {
		return q, false
	}
	action := p.action(s)
	if action == nil {
		return q, false
	}
	resource, ok := p.resource(action)
	if !ok {
		return q, false
	}
	q = Question{Principal: s.id, ARN: s.arn, Action: action.String(), Resource: resource}
	request := policy.Request{Principal: s.arn, Action: q.Action, Resource: resource, ResourceAccount: p.account, Context: policy.Context{}}
	for k, v := range s.tags {
		request.Context["aws:principaltag/"+strings.ToLower(k)] = []string{v}
	}
	q.Context = request.Context
	q.Answer = s.stack.Evaluate(request).Outcome
	open := request
	open.Open = true
	switch d := s.stack.Evaluate(open); {
	case d.Outcome != q.Answer || len(d.Assumed) > 0 || s.guarded:
		q.Class = Conditions
	case len(s.stack.SCPs) > 0 && !s.stack.ManagementAccount:
		q.Class = Guardrails
	case s.stack.Boundary != nil:
		q.Class = Boundary
	}
	return q, true
}

// action is mostly one that the subject's own statements are about, else any of the services that the design has.
func (p *drawer) action(s *subject) *catalog.Action {
	pattern := ""
	if statement, ok := pick(p.rand, s.statements); ok && !statement.NotAction && p.rand.IntN(4) > 0 {
		pattern, _ = pick(p.rand, statement.Actions)
	}
	if pattern == "" || pattern == "*" {
		service, ok := pick(p.rand, p.services)
		if !ok {
			return nil
		}
		pattern = service + ":*"
	}
	actions, ok := p.expanded[pattern]
	if !ok {
		actions = p.c.Expand(pattern)
		p.expanded[pattern] = actions
	}
	a, _ := pick(p.rand, actions)
	return a
}

// resource is what the action acts on: one of the design, or a part of one.
func (p *drawer) resource(a *catalog.Action) (string, bool) {
	if len(a.Resources) == 0 {
		return "*", true
	}
	rt, _ := pick(p.rand, a.Resources)
	part := p.c.PartOf(rt) != ""
	var fit []string
	for _, arn := range p.resources {
		if part {
			arn += "/probe"
		}
		if rt.Matches(arn) {
			fit = append(fit, arn)
		}
	}
	return pick(p.rand, fit)
}
