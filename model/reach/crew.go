package reach

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Some techniques are several calls, each of which may be made by another principal that the attacker holds: one makes a function,
// another invokes it. iam:PassRole alone has to be whose call hands the role over ("Grant a user permissions to pass a role to an
// AWS service": the service checks the permissions of who configures it).

// A crew is who makes the calls of a technique together.
type crew struct {
	actors []*actor
	hands  string // the call that the first of them makes itself, "" where any may make each
	bound  string // ARN of the boundary that who makes a new principal gives it, "" for none
}

// does reports whether a member's permissions count for an action.
func (c *crew) does(member int, action string) bool {
	return member == 0 || !strings.EqualFold(action, c.hands)
}

// names says who is in it beside the first, for people.
func (c *crew) names(an *Analysis) string {
	var out []string
	for _, a := range c.actors[1:] {
		out = append(out, an.Name(a.id))
	}
	return list(out)
}

// A half is a technique of several calls of which an actor may make the one that hands a role over, or the first, and not surely all.
type half struct {
	plan    *plan
	service string
	over    int32 // role that is passed, resource that is taken over or rewritten; -1 for neither
	to      int32 // node; -1: a new principal, or what the service acts with
	truth   truth // of its own part
	alone   truth // of all of it, without a crew
}

// opens is the call of a technique by which a half is one: the one that hands the role over, else the first.
func (k *technique) opens() string { return cmp.Or(k.hands, k.needs[0]) }

// halved lists the plans of several calls that the actor does not surely have the means for, though it has for the one that opens.
func (e *explorer) halved(of []*plan, has []means) []half {
	if e.actor.admin == surely || e.actor.outside != nil {
		return nil
	}
	var out []half
	for _, p := range of {
		if len(p.technique.needs) < 2 {
			continue
		}
		alone := never
		if i := slices.IndexFunc(has, func(m means) bool { return m.plan == p }); i >= 0 {
			alone = has[i].truth
		}
		if alone == surely || !e.actor.offers(p.opens()) {
			continue
		}
		v := e.opening(p.technique)
		if v == surely {
			v = e.allThere(p.technique)
		}
		if v > alone {
			out = append(out, half{plan: p, over: -1, to: -1, truth: v, alone: alone})
		}
	}
	return out
}

// opening tells whether the actor may make the call that opens a technique, somewhere.
func (e *explorer) opening(k *technique) truth {
	find := func() truth {
		_, v := e.an.combine(e.actor, []string{k.opens()}, e.an.unoccupied(k))
		return v
	}
	if x, ok := numbers().opening[k]; ok {
		return e.learn(x, find)
	}
	return find()
}

// halve keeps a half where the actor's part is surer than what it comes to by itself.
func (e *explorer) halve(h half) {
	if h.truth > h.alone {
		e.actor.halves = append(e.actor.halves, h)
	}
}

// A helping remembers with which techniques an actor could help.
type helping struct {
	mu    sync.Mutex
	known map[*technique]bool
}

// helps reports whether an actor may make one of the calls of a technique, other than the one that opens it.
func (an *Analysis) helps(a *actor, k *technique) bool {
	a.helping.mu.Lock()
	defer a.helping.mu.Unlock()
	yes, known := a.helping.known[k]
	if known {
		return yes
	}
	for _, need := range k.needs {
		if need == k.opens() || !a.offers(need) {
			continue
		}
		if _, v := an.combine(a, []string{need}, nil); v != never {
			yes = true
			break
		}
	}
	if a.helping.known == nil {
		a.helping.known = map[*technique]bool{}
	}
	a.helping.known[k] = yes
	return yes
}

// mostHelpers is how many helpers are tried together where none is enough by himself.
const mostHelpers = 8

// unite finds what is reached by techniques whose calls several make who are held together, as far as who was there at the flood. It
// is true where that is something new. Only components of which something is not as it was in the flow before are looked at, and of those
// that are as in a graph before the ones in which several made such calls, or may make others than they did: in the rest nobody does.
// moved: its actors stood elsewhere; changed: those who are not as they were.
func (an *Analysis) unite(flooded int32, before *graph, moved bool, changed set) bool {
	var leading []int32
	for i := range flooded {
		if len(an.actors[i].halves) > 0 {
			leading = append(leading, i)
		}
	}
	if leading == nil {
		return false
	}
	turned, anew := an.turnedHelpers(leading, before, moved, changed)
	var reaches [looks]*holding
	var whole [looks]set // components of which all is looked at, not what is made anew alone
	var hands sync.WaitGroup
	for look, f := range an.flows {
		among := f.fresh
		switch {
		case before == nil:
		case moved:
			among = f.inner()
		case len(before.guises.able[look])+len(turned) > 0:
			among = slices.Clone(among)
			for _, v := range before.guises.able[look] {
				among = append(among, f.component[v])
			}
			if len(turned) > 0 {
				whole[look] = newSet(f.parts.Len())
				for _, c := range among {
					whole[look].put(c)
				}
				reach := f.holding(turned, f.inner())
				for _, i := range turned {
					among = append(among, reach.of(i)...)
				}
				reach.done()
			}
			slices.Sort(among)
			among = slices.Compact(among)
		}
		if len(among) > 0 {
			hands.Go(func() { reaches[look] = f.holding(leading, among) })
		}
	}
	hands.Wait()
	more := false
	for look, reach := range reaches {
		if reach == nil {
			continue
		}
		f := an.flows[look]
		able := map[int32]bool{}
		var same []half // of one technique, which this look asks for
		for _, by := range leading {
			if reach.nobody(by) {
				continue // nobody to help
			}
			halves := an.actors[by].halves
			for len(halves) > 0 {
				n := 1
				for n < len(halves) && halves[n].plan == halves[0].plan && (halves[n].over == halves[0].over || halves[0].plan.route == passing) {
					n++
				}
				same = same[:0]
				for _, h := range halves[:n] { // of roles that are passed some are handed over surely, others perhaps
					if sure(look) && h.truth == surely || !sure(look) && h.alone == never {
						same = append(same, h)
					}
				}
				if halves = halves[n:]; len(same) == 0 {
					continue
				}
				all := whole[look] == nil || anew[same[0].plan.technique]
				holders := reach.ofThose(by, func(reached set) bool {
					return slices.ContainsFunc(same, func(h half) bool { return !an.leadsTo(reached, &h, flooded) })
				})
				holders = slices.DeleteFunc(holders, func(c int32) bool { return f.parts.At(c).leaf || !all && !whole[look].has(c) })
				if len(holders) == 0 {
					continue
				}
				who, joined := an.uniteAt(f, look, by, same, holders, flooded)
				more = more || joined
				for _, c := range who {
					able[c] = true
				}
			}
		}
		reach.done()
		if len(able) > 0 {
			an.remember(look, able)
		}
	}
	return more
}

// remember keeps in which components several make calls together.
func (an *Analysis) remember(look int, able map[int32]bool) {
	f := an.flows[look]
	if an.guises.able[look] == nil {
		an.guises.able[look] = map[int32]int32{}
	}
	for v, c := range f.component {
		if able[c] {
			an.guises.able[look][c] = int32(v)
		}
	}
}

// turnedHelpers are those who changed in the calls that they make of techniques that some actor leads, or in those that they lead:
// whoever reaches them may do more or less by it, though he reaches nobody else. of is the techniques.
func (an *Analysis) turnedHelpers(leading []int32, before *graph, moved bool, changed set) (out []int32, of map[*technique]bool) {
	if before == nil || moved {
		return nil, nil
	}
	of = map[*technique]bool{}
	led := map[*technique]bool{} // → some of it is to be done on a target, not anywhere
	for _, i := range leading {
		for _, h := range an.actors[i].halves {
			led[h.plan.technique] = led[h.plan.technique] || h.over >= 0 && h.plan.route != passing
		}
	}
	changed.each(func(i int32) bool {
		if int(i) < len(before.actors) && an.turnedIn(before.actors[i], an.actors[i], led, of) {
			out = append(out, i)
		}
		return true
	})
	return out, of
}

// turnedIn reports whether an actor, as it was and as it is, differs in the calls of techniques, or in what it leads, and adds these
// techniques. What its policies say of these calls in the same words is the same.
func (an *Analysis) turnedIn(was, is *actor, led, of map[*technique]bool) bool {
	said, same := is.saidAnew(was)
	own := map[*technique]bool{} // of this actor
	differs := func(k *technique) bool {
		return !same || slices.ContainsFunc(k.needs, func(need string) bool {
			for alternative := range strings.SplitSeq(strings.ToLower(need), "|") {
				if slices.ContainsFunc(said, func(s *statement) bool { return s.acts(alternative) }) {
					return true
				}
			}
			return false
		})
	}
	leads := !slices.Equal(was.halves, is.halves)
	for _, h := range slices.Concat(was.halves, is.halves) {
		if k := h.plan.technique; leads || !own[k] && differs(k) {
			own[k] = true
		}
	}
	for k, there := range led {
		if own[k] || !differs(k) {
			continue
		}
		suits := an.unoccupied(k)
		if there {
			suits = nil
		}
		for _, need := range k.needs {
			if need == k.opens() {
				continue
			}
			_, v := an.combine(is, []string{need}, suits)
			if _, w := an.combine(was, []string{need}, suits); max(v, w) != never {
				own[k] = true
				break
			}
		}
	}
	maps.Copy(of, own)
	return len(own) > 0
}

// uniteAt joins halves of one technique to those who hold their actor and helpers, the nearest. It lists the components that hold them,
// and tells whether that leads to something new.
func (an *Analysis) uniteAt(f *flow, look int, by int32, halves []half, holders []int32, flooded int32) (able []int32, more bool) {
	var crews map[int32]crew
	var truths map[int32]truth
	for _, c := range holders {
		if !slices.ContainsFunc(halves, func(h half) bool { return !an.leadsThere(f.parts.At(c), &h, flooded) }) {
			continue
		}
		who, v := an.crewIn(f.parts.At(c), by, &halves[0], flooded)
		if v == never || sure(look) && v != surely {
			continue
		}
		if crews == nil {
			crews, truths = map[int32]crew{}, map[int32]truth{}
		}
		able = append(able, c)
		crews[c], truths[c] = who, v
	}
	g := &an.guises
	for _, v := range an.nearest(f, flooded, able) {
		c := f.component[v]
		for i := range halves {
			for _, e := range an.united(&halves[i], by, crews[c], truths[c]) {
				to := an.actorOf[e.to]
				if sure(look) && !e.must || to < flooded && f.parts.At(c).has(to) || slices.Contains(g.joined[look][v], to) {
					continue
				}
				more = true
				j := &join{by: by, edge: e, crew: crews[c]}
				j.edge.join = j
				g.joins[look] = append(g.joins[look], j)
				for _, a := range j.crew.actors {
					g.joinOf[look][a.index] = append(g.joinOf[look][a.index], j)
				}
				g.joined[look][v] = append(g.joined[look][v], to)
			}
		}
	}
	return able, more
}

// leadsThere reports whether a component reaches what a half leads to as it is.
func (an *Analysis) leadsThere(c *component, h *half, flooded int32) bool {
	switch {
	case h.to >= 0:
		return c.has(an.actorOf[h.to])
	case h.plan.route == creating:
		to, ok := an.guises.at["new\x00"+an.world.account]
		return an.ruled(c.rules[1], an.world.account) || ok && to < flooded && c.has(to)
	}
	return an.ruled(c.rules[1], an.world.account)
}

// leadsTo reports whether whoever reaches these actors is led there for that reason.
func (an *Analysis) leadsTo(reached set, h *half, flooded int32) bool {
	switch {
	case h.to >= 0:
		return reached.has(an.actorOf[h.to])
	case h.plan.route == creating:
		to, ok := an.guises.at["new\x00"+an.world.account]
		return ok && to < flooded && reached.has(to)
	}
	return false
}

// united are the edges of a half by a crew.
func (an *Analysis) united(h *half, by int32, c crew, v truth) (out []edge) {
	k := h.plan.technique
	there := h.over >= 0 && k.route != passing // what is taken over is in the design, whatever the technique says of others
	must := min(v, h.truth) == surely && (k.note == "" || there)
	e := edge{to: h.to, kind: Runs, must: must, technique: k, service: h.service, over: h.over, rank: lastly, first: lastly}
	switch {
	case h.to >= 0:
		out = append(out, e)
	case k.route == creating:
		e.to = an.nodeOfGuise(an.newPrincipal(an.actors[by], ""))
		out = append(out, e)
	default:
		for _, service := range k.by {
			for _, ti := range an.trusting[service] {
				if to := an.nodeAt[ti]; to >= 0 && an.mayRun(ti, k) && an.world.targets[ti].account == an.actors[by].account && !slices.ContainsFunc(c.actors, func(a *actor) bool { return a.self == ti }) {
					e.to, e.service, e.over, e.must = to, service, ti, false
					out = append(out, e)
				}
			}
		}
	}
	return out
}

// crewIn is the smallest crew of a component's for a half: one helper, the surest, or of several who are needed.
func (an *Analysis) crewIn(c *component, by int32, h *half, flooded int32) (best crew, v truth) {
	lead := an.actors[by]
	var with []*actor
	try := func(helpers ...*actor) bool {
		who := crew{actors: append([]*actor{lead}, helpers...)}
		if h.plan.route == passing {
			who.hands = h.plan.opens()
		}
		if x := an.comesTo(who, h); x > v {
			best, v = who, x
		}
		return v == surely
	}
	consider := func(i int32) bool {
		a := an.actors[i]
		if i == by || a.account != lead.account || a.admin == surely || !an.helps(a, h.plan.technique) {
			return true
		}
		with = append(with, a)
		return !try(a)
	}
	if c.alone >= 0 && !consider(c.alone) {
		return best, v
	}
	c.actors.each(func(i int32) bool { return i >= flooded || consider(i) })
	if v != never || len(with) < 2 {
		return best, v
	}
	if len(with) > mostHelpers {
		with = with[:mostHelpers]
	}
	if try(with...); v == never {
		return best, v
	}
	for i := len(with) - 1; i >= 0 && len(with) > 1; i-- {
		fewer := slices.Delete(slices.Clone(with), i, i+1)
		who := crew{actors: append([]*actor{lead}, fewer...), hands: best.hands}
		if an.comesTo(who, h) == v {
			with, best = fewer, who
		}
	}
	return best, v
}

// comesTo tells how surely a crew makes all the calls of a half.
func (an *Analysis) comesTo(c crew, h *half) truth {
	k := h.plan.technique
	if h.plan.route == passing || h.over < 0 {
		_, v := an.combineBy(c, k.needs, an.unoccupied(k))
		return v
	}
	out := surely
	for _, need := range k.needs {
		best := never
		for alternative := range strings.SplitSeq(need, "|") {
			_, _, v := an.doneOn(c, h.over, alternative)
			best = max(best, v)
		}
		if out = min(out, best); out == never {
			break
		}
	}
	return out
}

// doneOn finds who of a crew may do an action, on a target where it can be limited to it, else somewhere.
func (an *Analysis) doneOn(c crew, ti int32, action string) (by *actor, arn string, best truth) {
	for i, a := range c.actors {
		if !c.does(i, action) {
			continue
		}
		v, at := never, ""
		if an.world.limited(ti, action) {
			at = an.world.targets[ti].arn
			d := an.decide(a, ti, action, at, nil)
			v = truthIn(&d.Decision)
		} else if where, x := an.combine(a, []string{action}, nil); x != never {
			v, at = x, where[0].arn
		}
		if v > best {
			by, arn, best = a, at, v
		}
	}
	return by, arn, best
}

// crewStep is a step that several make together, with the statements of each.
func (an *Analysis) crewStep(e *edge) Step {
	w, k, who := an.world, e.technique, e.join.crew
	step := Step{To: an.nodes[e.to].id, Kind: Runs, Technique: k.id, Says: k.says, Note: k.note, Certainty: certainty(e.must)}
	accounts := make([]*account, len(who.actors))
	for i, a := range who.actors {
		accounts[i] = &account{an: an, actor: a}
	}
	ask := func(action string, target int32, arn string, extra policy.Context) {
		member, best := -1, ruling{}
		for i, a := range who.actors {
			if action == "iam:PassRole" && i > 0 || !who.does(i, action) {
				continue
			}
			with := extra
			if target < 0 {
				with = an.calledIn(a, action, arn, extra)
			}
			if d := an.decide(a, target, action, arn, with); truthIn(&d.Decision) > truthIn(&best.Decision) || member < 0 {
				member, best = i, d
			}
		}
		if member >= 0 && best.Outcome == policy.Allowed {
			accounts[member].note(best, target, action)
			step.Actions = append(step.Actions, action)
		}
	}
	together := ", together with " + who.names(an) + ","
	switch {
	case k.route == passing:
		_, how := an.passed(who.actors[0], e.over, e.service)
		ask("iam:PassRole", e.over, w.targets[e.over].arn, how)
		step.Says = "passes the role to " + strings.TrimSuffix(e.service, ".amazonaws.com") + together + " which acts as"
		an.noteTrust(accounts[0], e.over, e.service)
	case e.over >= 0 && w.targets[e.over].sort == isResource:
		verb := "takes over "
		if k.route == running {
			verb = "rewrites "
		}
		step.Says = verb + an.Name(w.targets[e.over].id) + together + " which acts as"
		step.Through = []model.ID{w.targets[e.over].id}
		if step.Note = ""; k.route == existing && !slices.Contains(settled, k.id) {
			step.Note = ifLetIn
		}
		for _, need := range k.needs {
			var by *actor
			var action, arn string
			best := never
			for alternative := range strings.SplitSeq(need, "|") {
				if a, at, v := an.doneOn(who, e.over, alternative); v > best {
					by, action, arn, best = a, alternative, at, v
				}
			}
			if by != nil {
				ti := e.over
				if !w.limited(ti, action) {
					ti = -1
				}
				accounts[slices.Index(who.actors, by)].note(an.decide(by, ti, action, arn, nil), ti, action)
				step.Actions = append(step.Actions, action)
			}
		}
		for _, service := range k.by {
			an.noteTrust(accounts[0], w.target(step.To), service)
		}
	case k.route == existing:
		step.Says = "takes over something of " + strings.TrimSuffix(e.service, ".amazonaws.com") + together + " that acts as"
		an.noteTrust(accounts[0], e.over, e.service)
	default:
		step.Says = k.says + together[:len(together)-1]
		step.change = &change{any: true}
	}
	if e.over < 0 || w.targets[e.over].sort == isRole {
		where, _ := an.combineBy(who, k.needs, an.unoccupied(k))
		var extra policy.Context
		if k.route == creating {
			extra = newPrincipal(w, "")
		}
		for _, x := range where {
			ask(x.action, -1, x.arn, extra)
		}
	}
	slices.Sort(step.Actions)
	step.Actions = slices.Compact(step.Actions)
	for _, c := range accounts {
		step.lean(&Step{Evidence: c.reasons(), Assumed: c.assumed})
	}
	step.explain()
	return step
}

// byPlan puts halves of one technique side by side.
func byPlan(x, y half) int {
	return cmp.Or(cmp.Compare(x.plan.id, y.plan.id), cmp.Compare(len(x.plan.technique.needs), len(y.plan.technique.needs)), cmp.Compare(x.plan.opens(), y.plan.opens()), cmp.Compare(x.over, y.over))
}
