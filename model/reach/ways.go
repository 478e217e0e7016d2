package reach

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// waysBudget is how many beginnings of ways are looked at.
const waysBudget = 20_000

// Ways lists the shortest ways from a start to a target, n at most, each through other principals than the ones before
// it and through none twice. Ties are broken by how much is sure, then by the order of the design. What is reached only
// through fed functions has ways through these. Nil where a breach does not reach the target.
func (an *Analysis) Ways(from, target model.ID, n int) []Way {
	start, ok := an.nodeOf[from]
	ti := an.world.target(target)
	if !ok || ti < 0 || from == target {
		return nil
	}
	node, isNode := an.nodeOf[target]
	if !isNode {
		node = -1
	}
	for _, look := range [...]int{runsMay, fedMay} {
		s := &survey{an: an, look: look, target: ti, node: node}
		if out := s.ways(start, n); len(out) > 0 {
			return out
		}
	}
	return nil
}

// A survey looks for ways to one target.
type survey struct {
	an           *Analysis
	look         int
	target, node int32   // the target, and its node if it is one, else -1
	left         []int32 // steps from each actor to the target, 0: no way
	from, start  int32   // the node that starts, and its actor
	walk, sure   *walk   // from the start, by the look and, once it is needed, by its sure one
}

// edges are an actor's, those to guises among them that two are needed for who are both held.
func (s *survey) edges(actor int32) iter.Seq[*edge] {
	return func(yield func(*edge) bool) {
		for e := range s.an.actors[actor].allEdges() {
			if !yield(e) {
				return
			}
		}
		turns := s.an.guises.turns[actor]
		for k := range turns {
			if !yield(&turns[k]) {
				return
			}
		}
		// Where others who rule are perhaps held, nothing is made of two who surely are but in the sure look.
		for _, look := range [...]int{s.look, sureOf(s.look)} {
			held := s.an.flows[look].of(s.start)
			for _, j := range s.an.guises.joinOf[look][actor] {
				if j.by == actor && j.all(held.has) && held.has(s.an.actorOf[j.edge.to]) && !yield(&j.edge) {
					return
				}
			}
		}
	}
}

// A trail is the beginning of a way, or all of it.
type trail struct {
	actor  int32
	node   int32 // as which the actor was met
	by     *edge
	before *trail
	steps  int
	unsure int // steps that are only perhaps
	end    *act
	done   bool
	rank   int // order of discovery
}

// trails is a heap: what may be the shortest first.
type trails struct {
	all  []*trail
	left []int32
}

func (t trails) Len() int      { return len(t.all) }
func (t trails) Swap(i, j int) { t.all[i], t.all[j] = t.all[j], t.all[i] }
func (t *trails) Push(x any)   { t.all = append(t.all, x.(*trail)) }
func (t *trails) Pop() any {
	x := t.all[len(t.all)-1]
	t.all = t.all[:len(t.all)-1]
	return x
}
func (t trails) Less(i, j int) bool {
	x, y := t.all[i], t.all[j]
	return cmp.Or(t.length(x)-t.length(y), x.unsure-y.unsure, x.rank-y.rank) < 0
}

// length is how long a way with this beginning is at least.
func (t trails) length(x *trail) int {
	if x.done {
		return x.steps
	}
	return x.steps + int(t.left[x.actor])
}

// act is what an actor does to the target that is a hit, nil for nothing.
func (s *survey) act(actor int32) *act {
	if x := s.an.actors[actor].act(s.target); x != nil && hits(x.may) != 0 {
		return x
	}
	return nil
}

// last reports whether an edge ends at the target: whatever is fed is reached, though nothing leads on from there.
func (s *survey) last(e *edge) bool { return e.to == s.node }

// measure finds how far each actor is from the target, backwards from it.
func (s *survey) measure() {
	s.left = make([]int32, len(s.an.actors))
	into := make([][]int32, len(s.an.actors))
	var queue []int32
	for i := range s.an.actors {
		near := s.act(int32(i)) != nil
		for e := range s.edges(int32(i)) {
			near = near || s.last(e)
			if takes(s.look, e) {
				to := s.an.actorOf[e.to]
				into[to] = append(into[to], int32(i))
			}
		}
		if near {
			s.left[i] = 1
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, i := range into[at] {
			if s.left[i] == 0 {
				s.left[i] = s.left[at] + 1
				queue = append(queue, i)
			}
		}
	}
}

// ways goes on from the most promising beginning until n ways are found.
func (s *survey) ways(start int32, n int) []Way {
	s.from, s.start = start, s.an.actorOf[start]
	s.measure()
	first := &trail{actor: s.start, node: start}
	if s.left[first.actor] == 0 {
		return nil
	}
	s.walk = s.an.walk(start, s.look)
	open := &trails{left: s.left, all: []*trail{first}}
	rank := 0
	push := func(t *trail) {
		rank++
		t.rank = rank
		heap.Push(open, t)
	}
	var out []Way
	for tries := 0; open.Len() > 0 && len(out) < n && tries < waysBudget; tries++ {
		t := heap.Pop(open).(*trail)
		if t.done {
			// Two guises of one principal are one way to read.
			if w := s.way(t); !slices.ContainsFunc(out, w.alongside) {
				out = append(out, w)
			}
			continue
		}
		// Whoever runs as the target has no need to do anything to it.
		runs := false
		for e := range s.edges(t.actor) {
			runs = runs || s.last(e) && e.kind == Runs
		}
		if x := s.act(t.actor); x != nil && !runs {
			push(&trail{actor: t.actor, node: t.node, before: t, steps: t.steps + 1, unsure: t.unsure + unsure(hits(x.must) != 0), end: x, done: true})
		}
		met := map[int32]bool{}
		for e := range s.edges(t.actor) {
			next := &trail{actor: s.an.actorOf[e.to], node: e.to, by: e, before: t, steps: t.steps + 1, unsure: t.unsure + unsure(e.must)}
			if s.last(e) {
				next.done = true
				push(next)
				continue
			}
			if takes(s.look, e) && s.left[next.actor] > 0 && !met[next.actor] && !t.passed(next.actor) {
				met[next.actor] = true
				push(next)
			}
		}
	}
	return out
}

// alongside reports whether two ways lead through the same principals, each by the same kind of step.
func (w Way) alongside(v Way) bool {
	return slices.EqualFunc(w.path, v.path, func(x, y *Step) bool { return x.From == y.From && x.To == y.To && x.Kind == y.Kind })
}

func unsure(must bool) int {
	if must {
		return 0
	}
	return 1
}

// passed reports whether a trail goes through an actor.
func (t *trail) passed(actor int32) bool {
	for ; t != nil; t = t.before {
		if t.actor == actor {
			return true
		}
	}
	return false
}

// to is how somebody is held.
func (s *survey) to(actor int32) []*Step {
	w := s.walk
	if !w.met(s.an, actor) { // what is made of two who surely are
		if s.sure == nil {
			s.sure = s.an.walk(s.from, sureOf(s.look))
		}
		w = s.sure
	}
	return s.an.path(w, w.first(s.an, actor))
}

// way is a trail with its statements.
func (s *survey) way(t *trail) Way {
	w := Way{Hops: t.steps}
	switch {
	case t.end != nil:
		w.Capabilities = hits(t.end.may)
		w.path = []*Step{s.an.actStep(t.node, s.target)}
		t = t.before
	case t.by.kind == Feeds:
		w.Capabilities = w.Capabilities.With(catalog.Invoke)
	default:
		w.Capabilities = w.Capabilities.With(catalog.Secret)
	}
	for ; t.by != nil; t = t.before {
		step := s.an.edgeStep(t.before.node, t.by)
		if j := t.by.join; j != nil {
			for _, of := range j.others() {
				step = step.with(s.to(of)...)
			}
		}
		w.path = append(w.path, step)
	}
	slices.Reverse(w.path)
	for i := 1; i < len(w.path); i++ {
		w.path[i] = w.path[i].owed(w.path[:i])
	}
	return w
}
