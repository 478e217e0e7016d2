package policy

import "slices"

// possibleBudget bounds the statements that Possible decides, over all contexts that it tries.
const possibleBudget = 1000000

// maxConditions is how many conditions that depend on the context Possible looks into.
const maxConditions = 300

// Possible decides whether some context allows a request: one that gives the keys of req.Context the values they
// have there and may give any other key, those apart that follow from principal and resource, any value or
// none. Where the policies contradict each other on a key, it does not; where that takes too long to tell, it
// does, which is an upper bound. Assumed lists what the context must be like.
func (s *Stack) Possible(req Request) Decision {
	req.Open, req.Anytime = true, true
	d := s.Evaluate(req)
	if d.Outcome != Allowed || d.Must {
		return d
	}
	found, complete := s.search(&req)
	if found != nil && !s.meets(found, d.Assumed) {
		d.Assumed = d.Assumed[:0]
		e := evaluation{stack: s, req: &req, witness: s.seen(found)}
		e.prepare()
		e.decide(&Decision{})
		e.assume(&d)
	}
	if found != nil || !complete {
		return d
	}
	req.Open = false
	if closed := s.Evaluate(req); closed.Outcome != Allowed {
		return closed
	}
	return d
}

// seen is what a request tells of its condition keys.
func (s *Stack) seen(req *Request) *view {
	e := evaluation{stack: s, req: req}
	e.prepare()
	return &e.view
}

// meets reports whether a request is as an open one was assumed to be: what its layers ask least for by themselves may
// contradict each other.
func (s *Stack) meets(req *Request, assumed []Condition) bool {
	v := s.seen(req)
	return !slices.ContainsFunc(assumed, func(c Condition) bool {
		compiled := compileCondition(&c, true)
		t, broken := compiled.eval(v)
		return t != yes || broken
	})
}

// search tries contexts, one example for each way in which the conditions can tell them apart. It returns a request that is
// allowed, nil where it finds none; complete is true where there is none then.
func (s *Stack) search(req *Request) (found *Request, complete bool) {
	e := evaluation{stack: s, req: req}
	e.prepare()
	var d Decision
	e.decide(&d)
	var conditions []*condition
	complete = true
	for _, m := range e.matches {
		if m.applies != maybe {
			continue
		}
		if named := m.layer == LayerResource || m.layer == LayerRCP || m.layer == LayerEndpoint; named {
			// No key of the context tells which session of a role calls.
			_, t := e.matchPrincipals(m.statement, m.layer)
			complete = complete && t != maybe
		}
		// A variable asks for another key, whose examples would have to fit.
		for i := range m.statement.resources {
			complete = complete && !m.statement.resources[i].variables
		}
		for i := range m.statement.conditions {
			c := &m.statement.conditions[i]
			if t, _ := c.eval(&e.view); t == maybe {
				conditions = append(conditions, c)
			}
		}
	}
	if len(conditions) > maxConditions {
		return nil, false
	}
	spaces := keySpaces(conditions, nil)
	for k, sp := range spaces {
		for _, other := range spaces[:k] {
			complete = complete && other.key != sp.key
		}
		for i := range sp.points {
			complete = complete && !sp.points[i].open
		}
		complete = complete && !sp.lost
		// The values of an opaque condition are not known; leave the key to what other conditions say.
		sp.points = slices.DeleteFunc(sp.points, func(p keyPoint) bool { return p.open })
		if len(sp.points) == 0 {
			return nil, false
		}
	}
	try := *req
	try.Open, try.Over = false, nil
	at := make([]int, len(spaces))
	size := 10 // what a decision costs without statements
	for _, p := range append([]*Program{s.Identity, s.Boundary, s.Session, s.Endpoint, req.ResourcePolicy}, slices.Concat(slices.Concat(s.SCPs, s.RCPs)...)...) {
		if p != nil {
			size += len(p.statements)
		}
	}
	for n := 0; n < possibleBudget; n += size {
		try.Context = req.whole()
		try.Absent = slices.Clone(req.Absent)
		for i, sp := range spaces {
			if p := sp.points[at[i]]; p.values != nil {
				try.Context[sp.key] = p.values
			} else {
				try.Absent = append(try.Absent, sp.key)
			}
		}
		if s.EvaluateInto(&try, &d); d.Outcome == Allowed {
			return &try, complete
		}
		k := 0
		for ; k < len(at); k++ {
			if at[k]++; at[k] < len(spaces[k].points) {
				break
			}
			at[k] = 0
		}
		if k == len(at) {
			return nil, complete
		}
	}
	return nil, false
}
