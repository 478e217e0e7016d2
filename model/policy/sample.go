package policy

import (
	"slices"
	"strings"
)

// empty reports a grant of which the exceptions and contradictions leave nothing, as far as the steps left in work tell.
func (s *Stack) empty(g *Grant, work *int) bool {
	if *work < 0 || len(g.Within) < 2 && len(g.Except) == 0 && len(g.When) == 0 {
		return false // patterns that were told to meet
	}
	who, all := s.sampleCallers(g)
	if !all {
		return false // nobody has looked at everybody
	}
	_, found, complete := s.sample(g, who, all, work)
	return !found && complete
}

// Sample makes a request that a grant allows, on a resource of the principal's account. complete is false where
// it gave up looking.
func (s *Stack) Sample(g *Grant) (req Request, found, complete bool) {
	who, all := s.sampleCallers(g)
	work := workBudget
	return s.sample(g, who, all, &work)
}

// sample is Sample for some principals, which are all that a grant tells apart or not.
func (s *Stack) sample(g *Grant, who []string, all bool, work *int) (req Request, found, complete bool) {
	for _, principal := range who {
		// The plainest words first; looking for those that no exception takes is dear.
		if req, found := s.plainSample(g, principal, work); found {
			return req, true, true
		}
	}
	for _, principal := range who[:min(2, len(who))] {
		few := min(workBudget/100, *work)
		*work -= few
		req, found, complete = s.rareSample(g, principal, &few)
		if *work += max(0, few); found || !complete {
			return req, found, found
		}
	}
	return req, false, all
}

// plainSample looks among the shortest actions and resources of a grant.
func (s *Stack) plainSample(g *Grant, principal string, work *int) (req Request, found bool) {
	resources := g.sampleResources("arn:aws:example:us-east-1:" + parseCaller(principal).account + ":thing/example")
	for _, a := range g.sampleActions() {
		if !surely(actionShape, a) {
			continue
		}
		for _, r := range resources {
			if req, ok := s.trySample(principal, spell(a), r, work); ok {
				return req, true
			}
		}
	}
	return Request{}, false
}

func (g *Grant) sampleActions() [][]symbol {
	beside := make([][]string, len(g.Within))
	for i := range g.Within {
		beside[i] = g.Within[i].Actions
	}
	return sampleWords(g.Actions, beside, syntax{wildcards: true, fold: true}, "example:action")
}

func (g *Grant) sampleResources(whole string) [][]symbol {
	beside := make([][]string, len(g.Within))
	for i := range g.Within {
		beside[i] = g.Within[i].Resources
	}
	return sampleWords(g.Resources, beside, syntax{wildcards: true, variables: true}, whole)
}

// sampleWords are short words of the first of some patterns, and such as one of another list beside them matches too; whole
// stands for *.
func sampleWords(patterns []string, beside [][]string, syn syntax, whole string) (out [][]symbol) {
	const few = 3
	for _, text := range patterns[:min(few, len(patterns))] {
		p := compilePattern(text, syn)
		if p.shape == shapeAny {
			out = append(out, symbols(whole, syntax{}))
		} else {
			out = append(out, sampleWord(p.list()))
		}
		for _, list := range beside {
			for _, text := range list[:min(few, len(list))] {
				if q := compilePattern(text, syn); q.shape != shapeAny && p.meets(&q) {
					out = append(out, symbols(commonWord(p.list(), q.list()), syntax{}))
				}
			}
		}
	}
	return out
}

// rareSample looks for an action and a resource that no exception takes.
func (s *Stack) rareSample(g *Grant, principal string, work *int) (req Request, found, complete bool) {
	complete = true
	syn := syntax{wildcards: true, fold: true}
	var actionLists, resourceLists [][]symbol
	scopes := slices.Clone(g.Within)
	for _, e := range g.Except {
		scopes = append(scopes, e.Scope)
		for _, spare := range e.Spares {
			scopes = append(scopes, spare.Scope)
		}
	}
	for _, scope := range scopes {
		for _, a := range scope.Actions {
			p := compilePattern(a, syn)
			actionLists = append(actionLists, p.list())
		}
		for _, r := range scope.Resources {
			p := compilePattern(r, syntax{wildcards: true, variables: true})
			resourceLists = append(resourceLists, p.list())
		}
	}
	actionLists = append(actionLists, actionShape, actionTwice)
	resourceLists = append(resourceLists, arnShape, []symbol{{char: '*'}})
	for _, a := range g.Actions {
		p := compilePattern(a, syn)
		actions, all := classes(p.list(), actionLists, classBudget, work)
		complete = complete && all
		for _, ac := range actions {
			if n := len(actionLists); !ac.sure.has(n-2) || ac.sure.has(n-1) {
				continue
			}
			for _, r := range g.Resources {
				rp := compilePattern(r, syntax{wildcards: true, variables: true})
				resources, all := classes(rp.list(), resourceLists, classBudget, work)
				complete = complete && all
				for _, rc := range resources {
					if n := len(resourceLists); !rc.may.has(n-2) && !rc.may.has(n-1) {
						continue
					}
					if req, ok := s.trySample(principal, spell(ac.word), rc.word, work); ok {
						return req, true, true
					}
					if *work < 0 {
						return Request{}, false, false
					}
				}
			}
		}
	}
	return Request{}, false, complete
}

// trySteps is what it costs to ask about one request.
const trySteps = 1000

func (s *Stack) trySample(principal, action string, resource []symbol, work *int) (Request, bool) {
	*work -= trySteps
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
		keep(e.conditions())
	}
	// A sample gives a variable one value, and a condition may ask for another.
	all = len(conditions) == 0 && !usesCallerKeys(g) && !g.hasVariable(func(symbol) bool { return true })
	switch {
	case s.Principal != "":
		return []string{s.Principal}, all
	case all:
		return []string{witnessPrincipal, witnessUser}, true
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
	asks := func(s symbol) bool { return callerKeys[s.name] }
	conditions := slices.Clone(g.When)
	for _, e := range g.Except {
		if e.hasVariable(asks) || slices.ContainsFunc(e.Spares, func(s Spare) bool { return s.hasVariable(asks) }) {
			return true
		}
		conditions = append(conditions, e.conditions()...)
	}
	return g.hasVariable(asks) || slices.ContainsFunc(conditions, func(c Condition) bool { return anyVariable(c.Values, asks) })
}

// conditions are all that an exception asks.
func (e *Except) conditions() []Condition {
	out := slices.Clone(e.Unless)
	for _, s := range e.Spares {
		out = append(out, s.When...)
	}
	return out
}

// hasVariable reports whether what allows of a grant has such a variable.
func (g *Grant) hasVariable(is func(symbol) bool) bool {
	return g.Scope.hasVariable(is) || slices.ContainsFunc(g.Within, func(scope Scope) bool { return scope.hasVariable(is) })
}

func (scope *Scope) hasVariable(is func(symbol) bool) bool { return anyVariable(scope.Resources, is) }

func anyVariable(list []string, is func(symbol) bool) bool {
	return slices.ContainsFunc(list, func(text string) bool {
		return slices.ContainsFunc(symbols(text, syntax{variables: true}), func(s symbol) bool { return s.kind == variable && is(s) })
	})
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
