package policy

import (
	"slices"
	"strings"
)

// empty reports a grant of which the exceptions and contradictions leave nothing.
func (s *Stack) empty(g *Grant) bool {
	if len(g.Except) == 0 && len(g.When) == 0 {
		return false
	}
	if _, all := s.sampleCallers(g); !all {
		return false // nobody has looked at everybody
	}
	_, found, complete := s.Sample(g)
	return !found && complete
}

// Sample makes a request that a grant allows, on a resource of the principal's account. complete is false where
// it gave up looking.
func (s *Stack) Sample(g *Grant) (req Request, found, complete bool) {
	who, complete := s.sampleCallers(g)
	for _, principal := range who {
		// The plainest words first; looking for those that no exception takes is dear.
		if req, found := s.plainSample(g, principal); found {
			return req, true, true
		}
	}
	req, found, all := s.rareSample(g, who[0])
	return req, found, found || complete && all
}

// plainSample looks among the shortest actions and resources of a grant.
func (s *Stack) plainSample(g *Grant, principal string) (req Request, found bool) {
	for _, a := range g.Actions[:min(3, len(g.Actions))] {
		for _, r := range g.Resources[:min(3, len(g.Resources))] {
			p, q := compilePattern(a, syntax{wildcards: true, fold: true}), compilePattern(r, syntax{wildcards: true, variables: true})
			word, resource := sampleWord(p.list()), sampleWord(q.list())
			if p.shape == shapeAny {
				word = symbols("example:action", syntax{})
			}
			if q.shape == shapeAny {
				resource = symbols("arn:aws:example:us-east-1:"+parseCaller(principal).account+":thing/example", syntax{})
			}
			if surely(actionShape, word) {
				if req, ok := s.trySample(principal, spell(word), resource); ok {
					return req, true
				}
			}
		}
	}
	return Request{}, false
}

// rareSample looks for an action and a resource that no exception takes.
func (s *Stack) rareSample(g *Grant, principal string) (req Request, found, complete bool) {
	complete = true
	work := workBudget / 100
	syn := syntax{wildcards: true, fold: true}
	var actionLists, resourceLists [][]symbol
	for _, e := range g.Except {
		for _, a := range e.Actions {
			p := compilePattern(a, syn)
			actionLists = append(actionLists, p.list())
		}
		for _, r := range e.Resources {
			for _, p := range compileResource(r, true) {
				resourceLists = append(resourceLists, p.list())
			}
		}
	}
	actionLists = append(actionLists, actionShape, actionTwice)
	resourceLists = append(resourceLists, arnShape, []symbol{{char: '*'}})
	for _, a := range g.Actions {
		p := compilePattern(a, syn)
		actions, all := classes(p.list(), actionLists, classBudget, &work)
		complete = complete && all
		for _, ac := range actions {
			if n := len(actionLists); !ac.sure.has(n-2) || ac.sure.has(n-1) {
				continue
			}
			for _, r := range g.Resources {
				rp := compilePattern(r, syntax{wildcards: true, variables: true})
				resources, all := classes(rp.list(), resourceLists, classBudget, &work)
				complete = complete && all
				for _, rc := range resources {
					if n := len(resourceLists); !rc.may.has(n-2) && !rc.may.has(n-1) {
						continue
					}
					if req, ok := s.trySample(principal, spell(ac.word), rc.word); ok {
						return req, true, true
					}
				}
			}
		}
	}
	return Request{}, false, complete
}

func (s *Stack) trySample(principal, action string, resource []symbol) (Request, bool) {
	req := Request{Principal: principal, Action: action, Context: Context{}}
	req.Resource = s.inAccount(&req, resource)
	if s.Possible(req).Outcome != Allowed {
		return req, false
	}
	req.Open = true
	return req, true
}

// inAccount makes a request's resource one of its principal's account, and lets key and trust policies delegate to that; it
// returns the resource's name.
func (s *Stack) inAccount(req *Request, resource []symbol) string {
	req.ResourceAccount = parseCaller(req.Principal).account
	if lower := lowerASCII(req.Action); strings.HasPrefix(lower, "kms:") || strings.HasPrefix(lower, "sts:") {
		req.ResourcePolicy = delegatingTo(req.ResourceAccount)
	}
	return fillWord(resource, req)
}

// maxCallers bounds the principals that are tried for one grant.
const maxCallers = 30

// sampleCallers lists principals whom a grant may be about: of all kinds, and those that its conditions on keys of the caller
// name. all is false where there may be others whom it treats otherwise.
func (s *Stack) sampleCallers(g *Grant) (out []string, all bool) {
	var conditions []condition
	keep := func(list []Condition) {
		for i := range list {
			if c := compileCondition(&list[i], true); callerKeys[c.key] {
				conditions = append(conditions, c)
			}
		}
	}
	keep(g.When)
	for _, e := range g.Except {
		keep(e.Unless)
	}
	// A sample gives a variable one value, and a condition may ask for another.
	all = len(conditions) == 0 && !usesCallerKeys(g) && !slices.ContainsFunc(g.Resources, func(r string) bool {
		return slices.ContainsFunc(symbols(r, syntax{variables: true}), func(s symbol) bool { return s.kind == variable })
	})
	switch {
	case s.Principal != "":
		return []string{s.Principal}, all
	case all:
		return []string{witnessPrincipal}, true
	case len(conditions) == 0:
		return []string{witnessUser, witnessPrincipal}, false
	}
	said := map[string][]string{} // values that conditions name, by key
	for i := range conditions {
		c := &conditions[i]
		for j := range c.values {
			said[c.key] = append(said[c.key], c.values[j].callerExample(c.op))
		}
	}
	add := func(principal string) {
		if c := parseCaller(principal); c.isIAM() && c.typ != typeRoot && isAccountID(c.account) && c.name != "" && !strings.Contains(c.name, "${") && !slices.Contains(out, principal) && len(out) < maxCallers {
			out = append(out, principal)
		}
	}
	add(witnessPrincipal)
	for _, arn := range said["aws:principalarn"] {
		add(arn)
		for _, id := range said["aws:userid"] {
			if c := parseCaller(arn); c.typ == typeRole {
				_, name, _ := strings.Cut(id, ":")
				add("arn:" + c.partition + ":sts::" + c.account + ":assumed-role/" + c.name + "/" + name)
			}
		}
	}
	names := append(said["aws:username"], "witness")
	for _, key := range []string{"aws:principalaccount", "aws:resourceaccount", "kms:calleraccount", "s3:resourceaccount", ""} {
		for _, account := range append(said[key], witnessAccount) {
			for _, name := range names {
				add("arn:aws:iam::" + account + ":user/" + name)
			}
			add("arn:aws:iam::" + account + ":role/witness")
			add("arn:aws:sts::" + account + ":federated-user/witness")
		}
	}
	return out, false
}

// callerKeys are the keys that follow from the caller and the account of its resources, as far as derived tells.
var callerKeys = map[string]bool{
	"aws:principalarn": true, "aws:principalaccount": true, "aws:principaltype": true, "aws:username": true, "aws:userid": true,
	"aws:principalisawsservice": true, "aws:principalservicename": true, "aws:resourceaccount": true, "kms:calleraccount": true, "s3:resourceaccount": true,
}

// usesCallerKeys reports whether a variable in a grant's patterns or conditions asks for such a key.
func usesCallerKeys(g *Grant) bool {
	uses := func(text string) bool {
		return slices.ContainsFunc(symbols(text, syntax{variables: true}), func(s symbol) bool { return s.kind == variable && callerKeys[s.name] })
	}
	found := slices.ContainsFunc(g.Resources, uses)
	conditions := slices.Clone(g.When)
	for _, e := range g.Except {
		found = found || slices.ContainsFunc(e.Resources, uses)
		conditions = append(conditions, e.Unless...)
	}
	for _, c := range conditions {
		found = found || slices.ContainsFunc(c.Values, uses)
	}
	return found
}

// callerExample is a value that a policy's value matches, made of words that ARNs of callers have.
func (p *conditionValue) callerExample(op operator) string {
	if op == opARN {
		var all []symbol
		for i := range p.segments {
			if i > 0 {
				all = append(all, symbol{char: ':'})
			}
			all = append(all, p.segments[i].list()...)
		}
		return spell(sampleResource(all))
	}
	if op == opStringEquals || op == opStringLike || op == opStringIgnoreCase {
		return spell(sampleResource(p.pattern.list()))
	}
	return p.text
}
