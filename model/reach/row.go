package reach

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Many principals have the same statements that reach far: "*", every log group, all of a team's things. What those let
// one do to a target is the same for each of them wherever nothing of its own has a say, so it is worked out once.

// A row is what all actors with the same far-reaching statements, under the same limits, may do. It holds for an actor on
// all targets but those that the actor excepts, where its own statements, or policies that name it, have a say.
type row struct {
	acts    []act   // by target
	edges   []edge  // by node, then in the order in which they are found: all there are
	best    []edge  // by node: those that an actor has who excepts nothing
	alters  []alter // by principal, then by target: all there are
	changes []alter // by principal: those that an actor has who excepts nothing
	halves  []half
	meddles bool
	over    map[int32][]int32 // target → nodes of edges over it
	change  map[int32][]int32 // target → principals of alters on it
	leads   [Runs + 1]set     // nodes of best, by kind; nil for none

	wet [2][depths]set // resources by how deep water stands at least, surely and perhaps
	dry bool           // there are none
}

// shareFrom is how many forms a statement reaches at least to be worth sharing.
const shareFrom = 48

// lastly is the rank of an edge that is found after those of all targets.
const lastly int32 = math.MaxInt32

// rowOf is the row of an actor and the targets on which it holds not; nil where it has none.
func (an *Analysis) rowOf(t *tally, e *explorer) (*row, []int32) {
	a := e.actor
	id, far := an.kin.shares(a)
	if id == "" {
		return nil, nil
	}
	if slices.ContainsFunc(far, func(d *answers) bool {
		return slices.ContainsFunc(d.statements, func(s *statement) bool { return !s.deny && s.acts("iam:passrole") })
	}) {
		// How it may pass a role on depends on all its statements.
		e.newPassing()
		b := []byte(id)
		for _, m := range e.passing {
			b = append(append(b, m.id...), 0, byte(m.truth))
		}
		for _, h := range e.halving {
			b = append(append(b, h.plan.id...), 1, byte(h.truth), byte(h.alone))
		}
		id = string(b)
	}
	if e.limited && (a.sort == isUser || a.sort == isGroup) && slices.ContainsFunc(far, func(d *answers) bool {
		return slices.ContainsFunc(d.statements, func(s *statement) bool { return !s.deny && s.acts("iam:addusertogroup") })
	}) {
		// How it joins groups depends on all that denies it something; whoever is in a group is changed itself.
		if a.sort == isGroup {
			return nil, nil
		}
		id += "\x00limited"
	}
	k := an.kin
	k.mu.Lock()
	r := cmp.Or(k.rows[id], k.fickle[id])
	k.mu.Unlock()
	if r == nil {
		r = an.newRow(t, a, far, e)
		known := k.rows
		if r.meddles {
			known = k.fickle
		}
		k.mu.Lock()
		if known[id] == nil {
			known[id] = r
		}
		r = known[id] // another hand's, where that was faster
		k.mu.Unlock()
	}
	return r, k.excepted(a)
}

// newRow works a row out for nobody in particular: somebody with the far-reaching statements alone, whom no policy names.
func (an *Analysis) newRow(t *tally, like *actor, far []*answers, of *explorer) *row {
	somebody := &actor{profile: like.profile, found: found{admin: like.admin}}
	somebody.id, somebody.function, somebody.self, somebody.arn = "", nil, -1, nobody(like.arn)
	somebody.index, somebody.guise = -1, nil
	somebody.identity, somebody.ids, somebody.by, somebody.documents = far, nil, nil, nil
	if like.boundary != nil {
		somebody.boundary = an.kin.plainOf(like.boundary)
		somebody.limit = somebody.boundary.doc
	}
	if like.session != "" {
		somebody.session = nobody(like.session)
	}
	for _, d := range far {
		somebody.documents = append(somebody.documents, d.doc)
	}
	e := newExplorer(an, somebody)
	e.apart, e.passing, e.halving, e.limited = true, of.passing, of.halving, of.limited
	t.count(somebody, nil)
	t.findings(func(f *finding) {
		if x, ok := an.actOf(somebody, f); ok {
			somebody.acts = append(somebody.acts, x)
		}
		e.visit(f)
	})
	r := &row{acts: slices.Clip(somebody.acts), edges: slices.Clip(somebody.edges), alters: somebody.alters, halves: somebody.halves, meddles: somebody.meddles, dry: true, over: map[int32][]int32{}}
	r.settleChanges(an)
	slices.SortStableFunc(r.edges, byNode)
	for i := range r.edges {
		x := &r.edges[i]
		if nodes := r.over[x.rank]; !slices.Contains(nodes, x.to) {
			r.over[x.rank] = append(nodes, x.to)
		}
	}
	for rest := r.edges; len(rest) > 0; {
		n := leading(rest)
		r.best = append(r.best, preferred(rest[:n])...)
		rest = rest[n:]
	}
	for i := range r.best {
		x := &r.best[i]
		if r.leads[x.kind] == nil {
			r.leads[x.kind] = newSet(len(an.nodes))
		}
		r.leads[x.kind].put(x.to)
	}
	for look := range r.wet {
		for d := range r.wet[look] {
			r.wet[look][d] = newSet(an.world.resources)
		}
		for i := range r.acts {
			x := &r.acts[i]
			if o := an.world.targets[x.target].ordinal; o >= 0 {
				for d := range depthIndex(x.under(look)) {
					r.wet[look][d].put(o)
					r.dry = false
				}
			}
		}
	}
	return r
}

// nobody is an ARN of a name that nobody has, in the place of an actor's.
func nobody(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return arn
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	parts[5] = kind + "/" + anyName + "/" + anyName
	return strings.Join(parts, ":")
}
