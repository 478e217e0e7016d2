package reach

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// anyone is whoever asks, with or without an AWS account.
const anyone model.ID = "outside/anyone"

// A stranger is somebody outside the account that a policy of the design lets in, or may: anyone, another account or
// one of its principals, an identity provider. It is a start like any other, with what its own account may allow it
// taken as everything.
type stranger struct {
	principal string // as policies name it, "*" for anyone
	caller    string // who asks
	account   string // "" for none
	federated string // the action by which a provider's users take a role, "" if it is none
	doors     []int32
	routes    []int32 // triggers without authorizer
	stack     *policy.Stack
}

// Strangers lists the starts outside the account, anyone first, the others by name.
func (an *Analysis) Strangers() []model.ID {
	var out []model.ID
	for _, n := range an.nodes {
		if n.sort == isStranger {
			out = append(out, n.id)
		}
	}
	return out
}

// newStrangers finds who outside the account is let in, and makes a start of each.
func (an *Analysis) newStrangers() {
	an.strangers = map[model.ID]*stranger{}
	get := func(p policy.Principal, t *target) *stranger {
		s := &stranger{principal: p.Value, caller: p.Value, stack: &policy.Stack{}}
		id := model.MakeID("outside", p.Value)
		switch {
		case p.Value == "*":
			id, s.caller = anyone, "anonymous"
		case p.Kind == "Federated":
			if t.sort != isRole {
				return nil
			}
			id = model.MakeID("outside", p.Value[strings.LastIndexByte(p.Value, '/')+1:])
			s.account = t.account
			s.federated = "sts:AssumeRoleWithWebIdentity"
			if strings.Contains(p.Value, ":saml-provider/") {
				s.federated = "sts:AssumeRoleWithSAML"
			}
		case p.Kind == "AWS" && foreign(accountARN(p.Value), t.account) != "" && an.guards[accountOf(accountARN(p.Value))] == nil && !an.owns(accountOf(accountARN(p.Value))):
			arn := accountARN(p.Value)
			s.account = accountOf(arn)
			s.caller = arn
			if strings.HasSuffix(arn, ":root") {
				id = model.MakeID("outside", s.account)
				s.caller = strings.TrimSuffix(arn, ":root") + ":role/" + anyName
			}
			s.stack = &policy.Stack{Identity: program(everything)}
		default:
			return nil
		}
		if old := an.strangers[id]; old != nil {
			return old
		}
		an.strangers[id] = s
		return s
	}
	for i := range an.world.targets {
		t := &an.world.targets[i]
		doc := an.resourcePolicy(int32(i))
		if doc == nil {
			continue
		}
		for _, st := range doc.Statements {
			if st.Effect == policy.Deny || st.NotPrincipal {
				continue
			}
			for _, p := range st.Principals {
				if s := get(p, t); s != nil && !slices.Contains(s.doors, int32(i)) {
					if an.gates[i] == nil {
						an.gates[i] = newGate(an.answers(doc), t.account, t.sort == isRole || t.isKey())
					}
					s.doors = append(s.doors, int32(i))
				}
			}
		}
	}
	for i, tr := range an.triggers {
		if tr.Open {
			if s := get(policy.Principal{Kind: "*", Value: "*"}, nil); s != nil {
				s.routes = append(s.routes, int32(i))
			}
		}
	}
	// What lets anyone in lets everybody else in as well.
	var ids []model.ID
	for id, s := range an.strangers {
		ids = append(ids, id)
		if all := an.strangers[anyone]; all != nil && id != anyone && s.federated == "" {
			s.doors = append(s.doors, all.doors...)
			slices.Sort(s.doors)
			s.doors = slices.Compact(s.doors)
			s.routes = all.routes
		}
	}
	slices.SortFunc(ids, func(x, y model.ID) int {
		if x == anyone || y == anyone {
			return map[bool]int{true: -1, false: 1}[x == anyone]
		}
		return strings.Compare(string(x), string(y))
	})
	for _, id := range ids {
		an.nodeOf[id] = int32(len(an.nodes))
		an.nodes = append(an.nodes, node{id, isStranger})
	}
}

// owns reports whether the design shows an account's own roles and users, so that these are the starts.
func (an *Analysis) owns(account string) bool {
	return account == an.world.account || slices.ContainsFunc(an.world.targets, func(t target) bool {
		return t.account == account && (t.sort == isRole || t.sort == isUser || t.sort == isFunction)
	})
}

// context is the condition keys that follow from who the stranger is, and those that its requests lack: no service
// calls on its behalf, and who is nobody's principal has none of a principal's keys.
func (s *stranger) context() (policy.Context, []string) {
	c := policy.Context{}
	for k, v := range attackerChooses {
		c[k] = []string{v}
	}
	absent := []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:principalservicename", "lambda:sourcefunctionarn"}
	if s.principal == "*" || s.federated != "" {
		absent = append(absent, "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:username")
	}
	return c, absent
}

// calls is the action by which a stranger does what a technique asks for.
func (s *stranger) calls(action string) string {
	if s.federated != "" && strings.EqualFold(action, "sts:AssumeRole") {
		return s.federated
	}
	return action
}

// routes finds the functions that start at routes and URLs without authorizer.
func (e *explorer) routes() {
	for _, i := range e.actor.outside.routes {
		tr := e.an.triggers[i]
		to, c := tr.To, &openRoute
		if tr.Keyed {
			c = &keyedRoute
		}
		if tr.Kind == "function-url" {
			e.openURL(i, tr)
			continue
		}
		if n, ok := e.an.nodeOf[to]; ok {
			e.add(edge{to: n, kind: Feeds, must: c.note == "", carrier: c, over: -1, triggers: []int32{i}})
			continue
		}
		for _, f := range e.an.feeds(to) {
			how := &written{}
			if f.passage != nil && f.passage.unread {
				how.note = ifPasses
			}
			e.add(edge{to: f.node, kind: Feeds, must: how.note == "" && c.note == "", carrier: c, over: -1, how: how, triggers: append([]int32{i}, f.triggers...)})
		}
	}
}
