package reach

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A Who is a principal that may do an action, by its own permissions or by a path to another that may.
type Who struct {
	Principal model.ID
	Actions   []string // of the question's, those that it may; of a path, whoever is at its end
	Part      string   // of the resource, where it may on that alone: "public/*", "index/*"
	Certainty Certainty
	Evidence  []Evidence // of whoever does it in the end
	Key       []Evidence // why it may use the key that encrypts the resource, where it takes that
	Assumed   []policy.Condition
	Note      string  // why it is only perhaps, where no condition says it
	Path      []*Step // steps to whoever does it; empty: directly
}

// WhoCan lists the functions, roles and users that may do an action on a resource: those that may directly first, then those by a
// path, each in the order of the design. See Question for what may be asked. Of an action with wildcards, who may any of those that
// it stands for is listed, directly rather than by a path.
func (an *Analysis) WhoCan(ctx context.Context, action, resource string) ([]Who, error) {
	q, err := an.Question(action, resource)
	if err != nil {
		return nil, fmt.Errorf("who can: %w", err)
	}
	found, _, err := an.Answer(ctx, q)
	return found, err
}

// Answer is WhoCan for a question that was read, and lists beside them the functions, roles and users whose policies allow an action of it
// but that lack the key that encrypts the resource and come to none of its actions: AWS refuses them. Of those there are none where no key
// of the design's own encrypts it.
func (an *Analysis) Answer(ctx context.Context, q *Question) (who []Who, barred []model.ID, err error) {
	var out []Who
	at := map[model.ID]int{}
	for _, action := range q.Actions {
		found, kept, err := an.whoCan(ctx, q, action)
		if err != nil {
			return nil, nil, err
		}
		if len(q.Actions) == 1 {
			return found, kept, nil
		}
		for _, id := range kept {
			if !slices.Contains(barred, id) {
				barred = append(barred, id)
			}
		}
		for _, x := range found {
			i, met := at[x.Principal]
			if !met {
				at[x.Principal] = len(out)
				out = append(out, x)
				continue
			}
			old := &out[i]
			switch direct, was := len(x.Path) == 0, len(old.Path) == 0; {
			case direct != was:
				if direct {
					*old = x
				}
			case x.Part == "" && old.Part != "" || x.Part == old.Part && x.Certainty < old.Certainty:
				x.Actions = append(old.Actions, x.Actions...)
				*old = x
			default:
				old.Actions = append(old.Actions, x.Actions...)
			}
		}
	}
	place := map[model.ID]int{}
	for i, n := range an.nodes[:an.size.nodes] {
		place[n.id] = i
	}
	slices.SortStableFunc(out, func(x, y Who) int {
		return cmp.Or(cmp.Compare(min(len(x.Path), 1), min(len(y.Path), 1)), cmp.Compare(place[x.Principal], place[y.Principal]))
	})
	barred = slices.DeleteFunc(barred, func(id model.ID) bool { _, may := at[id]; return may })
	return out, barred, nil
}

// An answered is what the evaluator says of a principal, and of which part of the resource.
type answered struct {
	policy.Decision
	part string
	key  *ruling // why it may use the key that encrypts it, nil where it needs none
}

// whoCan is who may one of a question's actions, and whom the key that encrypts the resource keeps from it.
func (an *Analysis) whoCan(ctx context.Context, q *Question, action string) (found []Who, barred []model.ID, err error) {
	ti := q.target
	kept := make([]bool, len(an.actors)) // by the key
	answers := make([]*answered, len(an.actors))
	may, must := newSet(len(an.actors)), newSet(len(an.actors)) // actors who may, and who surely may
	doers, allows := an.acting([]string{strings.ToLower(action)}), an.about(q)
	an.divide(func(some []*actor) {
		for _, a := range some {
			i := a.index
			if ctx.Err() != nil {
				return
			}
			if !slices.ContainsFunc(doers[i], func(s *statement) bool { return allows(a.own(an.world, s)) }) && (ti < 0 || an.gates[ti] == nil || !an.gates[ti].lets(a, &an.world.targets[ti])) {
				continue
			}
			opens, key, tried := never, (*ruling)(nil), false
			for _, on := range an.askedOn(a, action, q) {
				if old := answers[i]; old != nil && old.Must {
					break
				}
				d := an.direct(a, ti, action, on.arn, nil)
				if d.Outcome == policy.Allowed {
					if !tried {
						opens, key = an.unlock(a, ti, action)
						tried = true
					}
					if opens == never {
						kept[i] = true
						break
					}
					d.Must = d.Must && opens == surely
				}
				if d.Outcome == policy.Allowed && (answers[i] == nil || d.Must && !answers[i].Must) {
					answers[i] = &answered{d, on.part, key}
					may.put(i)
					if d.Must {
						must.put(i)
					}
				}
			}
		}
	})
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("who can %s: %w", action, ctx.Err())
	}
	writers := an.whoWrites(q, action, answers)
	for i, r := range writers {
		if r == nil {
			continue
		}
		switch opens, _ := an.unlock(an.actors[i], ti, action); opens {
		case never:
			writers[i], kept[i] = nil, true
			continue
		case surely:
		default:
			r.Must = false
		}
		if may.put(int32(i)); r.Must {
			must.put(int32(i))
		}
	}
	var direct, byPath []Who
	w := an.newWalk()
	reasons := map[int32][]Evidence{} // of actors
	who := func(start, does int32, path []*Step) Who {
		i := an.actorOf[does]
		if r := writers[i]; r != nil {
			last := an.writingStep(does, ti, r)
			if an.actors[i].guise != nil {
				last = last.owed(path)
			}
			return Who{Principal: an.nodes[start].id, Actions: []string{action}, Certainty: certainty(r.Must), Evidence: last.Evidence, Assumed: last.Assumed, Path: append(path, last)}
		}
		d, evidence := answers[i], reasons[i]
		if evidence == nil {
			c := &account{an: an, actor: an.actors[i]}
			c.note(ruling{Decision: d.Decision}, ti, action)
			evidence = c.reasons()
			reasons[i] = evidence
		}
		if an.actors[i].guise != nil {
			evidence = append(slices.Clip(evidence), new(Step).owed(path).Evidence...)
		}
		assumed, note := d.Assumed, ""
		var key []Evidence
		if d.key != nil {
			c := &account{an: an, actor: an.actors[i]}
			c.note(*d.key, max(an.world.targets[ti].key, -1), an.keyFor(ti, action))
			key = c.reasons()
			assumed = slices.Clip(assumed)
			for _, c := range d.key.Assumed {
				if !slices.ContainsFunc(assumed, c.Equal) {
					assumed = append(assumed, c)
				}
			}
			if an.world.targets[ti].key == unseenKey {
				note = ifKeyLets
			}
		}
		return Who{Principal: an.nodes[start].id, Actions: []string{action}, Part: d.part, Certainty: certainty(d.Must), Evidence: evidence, Key: key, Assumed: assumed, Note: note, Path: path}
	}
	for n := range an.nodes[:an.size.nodes] {
		if n%64 == 0 && ctx.Err() != nil {
			return nil, nil, fmt.Errorf("who can %s: %w", action, ctx.Err())
		}
		if an.nodes[n].sort == isGroup {
			continue
		}
		start := int32(n)
		if answers[an.actorOf[start]] != nil {
			direct = append(direct, who(start, start, nil))
			continue
		}
		met := false
		for look, some := range [...]set{runsMust: must, runsMay: may} {
			var x Who
			switch {
			case some.has(an.actorOf[start]): // by writing the resource's policy
				x = who(start, start, nil)
			case an.flows[look].of(an.actorOf[start]).actors.meets(some):
				an.walkUntil(w, start, look, func(m int32) bool { return some.has(an.actorOf[m]) })
				m := w.order[len(w.order)-1]
				x = who(start, m, an.path(w, m))
			default:
				continue
			}
			x.Certainty = certainty(look == runsMust)
			byPath = append(byPath, x)
			met = true
			break
		}
		if !met && kept[an.actorOf[start]] {
			barred = append(barred, an.nodes[n].id)
		}
	}
	return append(direct, byPath...), barred, nil
}

// whoWrites is how actors come to an action by writing the policy of what a question is about, of those who may not do it as it is;
// nil for those who do not come to it.
func (an *Analysis) whoWrites(q *Question, action string, answers []*answered) []*ruling {
	out := make([]*ruling, len(an.actors))
	if q.target < 0 {
		return out
	}
	w := an.world
	spots := []string{q.Resource}
	if len(q.forms) > 0 {
		spots = nil
		for _, fi := range q.forms {
			spots = append(spots, w.forms[fi].witness)
		}
	}
	var writes []string
	for _, arn := range spots {
		if form := an.formAt(q.target, strings.ToLower(action), arn); form != nil {
			for _, x := range form.menu.writes {
				writes = append(writes, x.lower)
			}
		}
	}
	slices.Sort(writes)
	writers := an.acting(slices.Compact(writes)) // by any of them
	for _, arn := range spots {
		form := an.formAt(q.target, strings.ToLower(action), arn)
		if form == nil {
			continue
		}
		for i := range form.menu.writes {
			x := &form.menu.writes[i]
			on := &Question{Resource: arn, target: q.target}
			if x.bit < 0 {
				base := an.writtenOn(q.target, x.rewriting)
				if base < 0 {
					continue
				}
				on.Resource, on.forms = w.forms[base].witness, []int32{base}
			}
			g := an.gates[q.target]
			allows := an.about(on)
			an.divide(func(some []*actor) {
				for _, a := range some {
					k := a.index
					if answers[k] != nil || out[k] != nil && out[k].Must || !slices.ContainsFunc(writers[k], func(s *statement) bool { return s.acts(x.lower) && allows(a.own(an.world, s)) }) && (g == nil || !g.lets(a, &w.targets[q.target])) {
						continue
					}
					if r := an.decide(a, q.target, action, arn, nil); r.by != nil && r.Outcome == policy.Allowed {
						out[k] = &r
					}
				}
			})
		}
		if !an.asksTags {
			continue
		}
		for k, a := range an.actors {
			if answers[k] != nil || out[k] != nil && out[k].Must || an.candidates(a, form.menu, an.gates[q.target], arn).empty() {
				continue
			}
			if r := an.decide(a, q.target, action, arn, nil); r.tagging != nil && r.Outcome == policy.Allowed {
				out[k] = &r
			}
		}
	}
	return out
}

// divide lets as many hands as there are processors do something with some of the actors each, none of whom share a word of a set
// with another hand's.
func (an *Analysis) divide(do func(some []*actor)) {
	each := (len64(len(an.actors))/runtime.GOMAXPROCS(0) + 1) * 64
	var hands sync.WaitGroup
	for some := range slices.Chunk(an.actors, each) {
		hands.Go(func() { do(some) })
	}
	hands.Wait()
}

// acting are, of each actor, the Allows of its own that are about one of some actions (lower-case), on whatever. They are found once for
// all questions about targets of a kind.
func (an *Analysis) acting(actions []string) [][]*statement {
	key := strings.Join(actions, " ")
	an.mu.Lock()
	out, known := an.doers[key]
	an.mu.Unlock()
	if known {
		return out
	}
	out = make([][]*statement, len(an.actors))
	an.divide(func(some []*actor) {
		known := map[*answers][]*statement{}
		for _, a := range some {
			for _, d := range a.identity {
				said, ok := known[d]
				if !ok {
					for _, s := range d.statements {
						if !s.deny && slices.ContainsFunc(actions, s.acts) {
							said = append(said, s)
						}
					}
					said = slices.Clip(said)
					known[d] = said
				}
				if out[a.index] == nil {
					out[a.index] = said // shared by all who have no more
				} else {
					out[a.index] = append(out[a.index], said...)
				}
			}
		}
	})
	an.mu.Lock()
	defer an.mu.Unlock()
	const mostKept = 32
	if an.doers == nil || len(an.doers) >= mostKept {
		an.doers = map[string][][]*statement{}
	}
	an.doers[key] = out
	return out
}

// about tells of a statement, nil for none, whether its resources may reach what a question is about.
func (an *Analysis) about(q *Question) func(*statement) bool {
	anything := q.Resource == "*"
	return func(s *statement) bool {
		return s != nil && (anything || s.wide || s.reaches(q.Resource) != never || slices.ContainsFunc(q.forms, func(fi int32) bool {
			_, v := s.on(fi, an.world.forms[fi].menu)
			return v != never || slices.ContainsFunc(s.parts, func(m match) bool { return m.form == fi })
		}))
	}
}

// lets reports whether a gate may let an actor pass whose own policies say nothing.
func (g *gate) lets(a *actor, t *target) bool {
	return g.all || g.anyone || t.account != a.account || g.names(a)
}

// A spot is an ARN to ask about, and of which part of the resource it is, "" for all of it.
type spot struct{ arn, part string }

// askedOn is what a question is about: the resource itself, what of it the action acts on and, of that, the parts that policies
// name; for "*", a place of the actor's own where the action is allowed, if any.
func (an *Analysis) askedOn(a *actor, action string, q *Question) []spot {
	var out []spot
	switch {
	case q.Resource == "*":
		out = append(out, spot{arn: "*"})
		for _, p := range an.places(a, []string{action}) {
			out = append(out, spot{arn: p.arn})
		}
		return out
	case len(q.forms) == 0:
		return []spot{{arn: q.Resource}}
	}
	w := an.world
	t := &w.targets[q.target]
	parts := an.partsOn(a, q.target)
	lower := strings.ToLower(action)
	var of []spot
	for _, fi := range q.forms {
		form := &w.forms[fi]
		if form.menu.bit(lower) < 0 {
			continue
		}
		s := spot{arn: form.witness}
		if form.minor || len(out) > 0 {
			s.part = strings.TrimLeft(strings.TrimPrefix(form.space, t.arn), "/:")
		}
		out = append(out, s)
		for _, p := range w.partsWorthALook(a, fi, parts, an.gates[q.target]) {
			of = append(of, spot{p.part, partName(t, p)})
		}
	}
	return append(out, of...)
}
