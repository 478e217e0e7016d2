package policy

import "iter"

// A Scope is actions on resources: patterns, of which one each matches. A pattern stands as it is: nothing is completed, * takes in
// colons too, and variables count wherever they stand in a resource.
type Scope struct {
	Actions   []string
	Resources []string
}

// A Grant is what one statement allows within the other layers of a stack. A request is of it if it is of its Scope and of each of
// Within, all of When hold, and no Except takes it. Patterns and conditions are written as Version 2012-10-17 reads them,
// whatever the Version of the policies.
type Grant struct {
	Scope
	// Within is what limits allow of it, where no short list of patterns says what they have in common: the meet of `a*b*` and
	// `*x*y`, or what of `${aws:username}/*` is in `al*/x`.
	Within   []Scope
	Except   []Except // taken away by denials, and by NotAction and NotResource
	When     []Condition
	From     *Statement // of an identity policy
	Document *Document
}

// An Except is what a Deny takes from a Grant: all of its Scope but what Spares have, unless a condition of Unless fails.
type Except struct {
	Scope
	Spares []Spare
	Unless []Condition
	From   *Statement
}

// A Spare is what an Except leaves alone: by NotAction, NotResource or NotPrincipal. All of When have to hold.
type Spare struct {
	Scope
	When []Condition
}

// Grants lists what the stack's identity policies allow within its other layers, in source order. A request
// that a Grant describes, its conditions met and those of its exceptions not, is allowed on a resource of the
// principal's own account, and every request that the policies allow is described by a Grant: what no policy decides
// (sts:GetCallerIdentity) is not listed. One statement gives several grants where a boundary cuts it into parts; they are made
// as they are asked for.
// Whom an endpoint policy names stands in conditions on aws:PrincipalArn, aws:PrincipalAccount and aws:userid, unless
// Stack.Principal decides.
func (s *Stack) Grants() iter.Seq[Grant] {
	return func(yield func(Grant) bool) {
		if s.Identity == nil {
			return
		}
		w := s.granting()
		work := workBudget // for what is empty: past it, grants of nothing are listed too
		for _, st := range s.Identity.statements {
			if st.effect != Allow {
				continue
			}
			r, ok := regionOf(st)
			if ok && !w.limited(r, w.limits, func(r region) bool {
				g := r.grant(st)
				return s.empty(&g, &work) || yield(g)
			}) {
				return
			}
		}
	}
}

// granting is the layers beside the identity policies, ready to be laid on what a statement of these allows.
type granting struct {
	limits  [][]region // each group has to allow
	denials []denial
}

func (s *Stack) granting() *granting {
	bound := *s
	if s.Principal != "" && parseCaller(s.Principal).linked {
		bound.SCPs, bound.RCPs = nil, nil
	}
	a, w := newSide(&bound), &granting{}
	for _, group := range a.groups[1:] {
		list := []region{}
		for _, st := range group {
			if r, ok := regionOf(st); ok {
				list = append(list, r)
			}
		}
		w.limits = append(w.limits, list)
	}
	add := func(d denial, ok bool) {
		if ok {
			w.denials = append(w.denials, d)
		}
	}
	for _, st := range a.denies {
		add(denialOf(st))
	}
	for _, st := range a.rcps {
		add(bound.rcpDenial(st))
	}
	return w
}

// limited calls each with what of a region each group of limits allows, less denials; false if each said so.
func (w *granting) limited(r region, groups [][]region, each func(region) bool) bool {
	if len(groups) == 0 {
		r, ok := w.rest(r)
		return !ok || each(r)
	}
	for i := range groups[0] {
		if r.isIn(&groups[0][i]) {
			return w.limited(r, groups[1:], each) // the others allow no more
		}
	}
	for i := range groups[0] {
		if part, ok := r.and(&groups[0][i]); ok && !w.limited(part, groups[1:], each) {
			return false
		}
	}
	return true
}

// rest is what denials leave of a region; false if nothing is.
func (w *granting) rest(r region) (region, bool) {
	r, ok := r.settle()
	for i := range w.denials {
		if !ok {
			return r, false
		}
		r, ok = r.minus(&w.denials[i])
	}
	return r, ok
}
