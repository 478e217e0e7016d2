package reach

import (
	"maps"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Anyone is whoever asks, with or without an AWS account.
const Anyone model.ID = "outside/anyone"

// A stranger is somebody that the design does not show and a policy of the design lets in, or may: anyone, another account
// or one of its principals (of an account that nobody tells as well: a parameter without a value is taken for another account), an identity provider, a user or role of the account itself that is made elsewhere. It is a
// start like any other. What another account may allow its own is taken as everything; what the account's own unseen
// principals are allowed by themselves is left out, and said to be unseen.
type stranger struct {
	principal string // as policies name it, "*" for anyone
	caller    string // who asks
	account   string // "" for none
	federated string // the action by which a provider's users take a role, "" if it is none
	doors     []int32
	routes    []int32 // triggers without authorizer
	resident  bool    // of an account whose roles and users the design shows
	stack     *policy.Stack

	organization string // whose other accounts it is, or a part of one by its path; "" for none
}

// Outside reports whether an id is that of somebody from outside, as Strangers lists them.
func Outside(id model.ID) bool { return strings.HasPrefix(string(id), "outside/") }

// Strangers lists the starts outside the account, anyone first, the others by name.
func (an *Analysis) Strangers() []model.ID {
	var out []model.ID
	for _, n := range an.nodes[:an.size.nodes] {
		if n.sort == isStranger {
			out = append(out, n.id)
		}
	}
	return out
}

// Stranger is the start outside the design that is called by its id, with or without "outside/", by its ARN, or by a name that only
// one of them ends in.
func (an *Analysis) Stranger(name string) (model.ID, bool) {
	var found []model.ID
	for _, id := range an.Strangers() {
		if string(id) == name || string(id) == "outside/"+name || an.strangers[id].principal == name {
			return id, true
		}
		if strings.HasSuffix(an.strangers[id].principal, "/"+name) {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// Stands says what somebody from outside is: "no AWS account needed", "another account", "identity provider"; "" for
// others.
func (an *Analysis) Stands(id model.ID) string {
	s := an.strangers[id]
	switch {
	case s == nil:
		return ""
	case id == Anyone:
		return "no AWS account needed"
	case s.organization != "":
		return "of an organization"
	case s.federated != "":
		return "identity provider"
	case s.resident:
		return "named, not shown"
	case strings.HasSuffix(s.principal, ":root") || !strings.Contains(s.principal, ":"):
		return "another account"
	}
	return "of another account"
}

// newStrangers finds who outside the account is let in, and makes a start of each.
func (an *Analysis) newStrangers() {
	an.strangers = map[model.ID]*stranger{}
	get := func(p policy.Principal, t *target) *stranger {
		s := &stranger{principal: p.Value, caller: p.Value, stack: &policy.Stack{}}
		id := model.MakeID("outside", p.Value)
		switch {
		case p.Value == "*":
			id, s.caller = Anyone, "anonymous"
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
		case p.Kind == "AWS" && (strings.HasPrefix(accountOf(p.Value), "${") || foreign(accountARN(p.Value), t.account) != "" && an.guards[accountOf(accountARN(p.Value))] == nil && !an.owns(accountOf(accountARN(p.Value)))):
			arn := accountARN(p.Value)
			s.account = accountOf(arn)
			s.caller = arn
			if strings.HasSuffix(arn, ":root") {
				id = model.MakeID("outside", s.account)
				s.caller = strings.TrimSuffix(arn, ":root") + ":role/" + anyName
			}
			s.stack = &policy.Stack{Identity: program(everything)}
		case p.Kind == "AWS" && an.owns(accountOf(p.Value)) && madeElsewhere(p.Value) && an.design.Find(p.Value) == nil:
			s.account, s.resident = accountOf(p.Value), true
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
			if st.Effect == policy.Deny {
				continue
			}
			for _, p := range lets(st) {
				if orgs := organizations(st); p.Value == "*" && len(orgs) > 0 {
					for _, o := range orgs {
						id := model.MakeID("outside", strings.Trim(o, "/*"))
						if an.strangers[id] == nil {
							an.strangers[id] = organization(o)
						}
						an.opens(an.strangers[id], int32(i), doc)
					}
					continue
				}
				if s := get(p, t); s != nil && !slices.Contains(s.doors, int32(i)) {
					an.opens(s, int32(i), doc)
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
		if all := an.strangers[Anyone]; all != nil && id != Anyone && s.federated == "" {
			s.doors = append(s.doors, all.doors...)
			slices.Sort(s.doors)
			s.doors = slices.Compact(s.doors)
			s.routes = all.routes
		}
	}
	// Another account may be of the organization, and who is of a part of it is of the whole.
	for _, s := range an.strangers {
		for _, o := range an.strangers {
			if o.organization == "" || o == s || s.federated != "" || s.principal == "*" || s.resident || s.organization != "" && !o.has(s) {
				continue
			}
			s.doors = append(s.doors, o.doors...)
			slices.Sort(s.doors)
			s.doors = slices.Compact(s.doors)
		}
	}
	slices.SortFunc(ids, func(x, y model.ID) int {
		if x == Anyone || y == Anyone {
			return map[bool]int{true: -1, false: 1}[x == Anyone]
		}
		return strings.Compare(string(x), string(y))
	})
	for _, id := range ids {
		an.nodeOf[id] = int32(len(an.nodes))
		an.nodes = append(an.nodes, node{id, isStranger})
	}
}

// opens adds a target to what somebody outside may come in by.
func (an *Analysis) opens(s *stranger, ti int32, doc *policy.Document) {
	t := &an.world.targets[ti]
	if an.gates[ti] == nil {
		an.gates[ti] = newGate(an.answers(doc), t.account, t.sort == isRole || t.isKey())
	}
	if !slices.Contains(s.doors, ti) {
		s.doors = append(s.doors, ti)
	}
}

// lets are those whom an Allow lets in: all but some are anyone ("NotPrincipal with Allow", IAM User Guide).
func lets(st *policy.Statement) []policy.Principal {
	if st.NotPrincipal {
		return []policy.Principal{{Kind: "*", Value: "*"}}
	}
	return st.Principals
}

// Broader lists the starts outside the design that a start outside the design is one of: its account, anyone.
func (an *Analysis) Broader(id model.ID) []model.ID {
	s := an.strangers[id]
	if s == nil || id == Anyone || s.federated != "" || s.resident {
		return nil
	}
	if s.organization != "" {
		var out []model.ID
		for _, o := range an.Strangers() {
			if x := an.strangers[o]; o != id && x.has(s) {
				out = append(out, o)
			}
		}
		if an.strangers[Anyone] != nil {
			out = append(out, Anyone)
		}
		return out
	}
	if account := model.MakeID("outside", s.account); account != id {
		return []model.ID{account, Anyone}
	}
	return []model.ID{Anyone}
}

// madeElsewhere reports whether a principal of a policy is one user or role, by its whole ARN.
func madeElsewhere(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[2] == "iam" && (strings.HasPrefix(parts[5], "user/") || strings.HasPrefix(parts[5], "role/")) &&
		!strings.ContainsAny(arn, "*?$")
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
	maps.Copy(c, ownCalls)
	if s.organization != "" {
		maps.Copy(c, member(s.organization))
	}
	absent := []string{"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:principalservicename", "lambda:sourcefunctionarn"}
	if s.principal == "*" || s.federated != "" {
		absent = append(absent, "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:username")
	}
	return c, absent
}

// on is the stranger's policies for a target of an account: a resident's own are not seen, and what its account may let it
// do in another is taken as everything.
func (s *stranger) on(a *actor, account string) *policy.Stack {
	if !s.resident {
		return s.stack
	}
	if account == s.account {
		return a.stackOf(nil, nil)
	}
	return a.stackOf(program(everything), nil)
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
		if tr.Off {
			continue
		}
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
		for _, f := range e.an.feeds(to, i) {
			if len(f.off) > 0 {
				continue
			}
			how := &written{note: e.an.doubt(f)}
			if f.passage != nil && f.passage.unread {
				how.note = ifPasses
			}
			e.add(edge{to: f.node, kind: Feeds, must: how.note == "" && c.note == "", carrier: c, over: -1, how: how, triggers: f.triggers})
		}
	}
}
