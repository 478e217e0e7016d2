package reach

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// An edge leads from an actor to a node: it runs as it, or feeds it.
type edge struct {
	to        int32
	kind      Kind
	must      bool
	technique *technique
	service   string   // that the role is passed to, or that runs with it
	carrier   *carrier // of a feed through a resource or a door
	over      int32    // target that the carrier's actions are on; -1 for none
	how       *written // … and how, where the target's ARN and all of them are not it
	triggers  []int32  // by which the data gets to the function, in order
	rank      int32    // the target where it was found, or lastly
	first     int32    // rank of the first edge of its kind to the node, where this one is surer
	alter     *alter   // of what leads to a guise, nil for others
	join      *join    // … that two are needed for
}

// A power is whether one may do anything: never, perhaps, surely.
type power = truth

// A way is what edges are told apart by.
type way struct {
	to, rank int32
	kind     Kind
}

// An explorer finds an actor's steps onward from its findings.
type explorer struct {
	an      *Analysis
	w       *world
	actor   *actor
	best    map[way]int // index in actor's edges
	apart   bool        // edges that are found at different targets stay apart
	limited bool        // it is no user, or something holds it in every group that it joins
	rank    int32       // of what is found now
	lessons
	before *standing // what it was; nil where nothing is known of that

	lacks    set          // nodes to which the actor may not go by its row; nil: not known yet
	like     *abilities   // of all who have the same; nil: nobody has
	passing  []means      // techniques that the actor can pass a role to
	halving  []half       // … and those of which it can do the part that passes it
	attaches []attachable // what it may attach at most; nil: not known yet

	filling  truth          // whether it puts a role into an instance profile, and one; 0: not known yet
	barred   uint8          // whether something is in the way of assuming roles: 1 for no, 2 for yes; 0: not known yet
	passRole []*statement   // that are about iam:PassRole, …
	sign     []byte         // … how surely each is about a role, …
	signed   int32          // … this one, …
	passed   map[pass]truth // … and whether such roles may be passed; nil: not known yet
}

func newExplorer(an *Analysis, a *actor) *explorer {
	return &explorer{an: an, w: an.world, actor: a, best: map[way]int{}, limited: !a.joinsFreely(), lessons: make(lessons, numbers().size), like: an.kin.abilitiesOf(a)}
}

// add keeps the best edge to each node and kind: the surest, then the first.
func (e *explorer) add(x edge) {
	x.rank, x.first = e.rank, e.rank
	if e.rank == lastly && !x.must && e.shares(x.to, x.kind) {
		return // the row's is found first
	}
	key := way{to: x.to, kind: x.kind}
	if e.apart {
		key.rank = x.rank
	}
	if i, ok := e.best[key]; ok {
		if old := &e.actor.edges[i]; x.must && !old.must {
			x.first = old.first
			*old = x
		}
		return
	}
	e.best[key] = len(e.actor.edges)
	e.actor.edges = append(e.actor.edges, x)
}

// allowed tells whether an action (lower-case) is allowed on the target as a whole.
func (e *explorer) allowed(f *finding, action string) truth {
	best := never
	for _, x := range f.whole {
		if i := e.w.forms[x.form].menu.bit(action); i >= 0 && x.may.has(i) {
			best = max(best, truthOf(x.must.has(i), true))
		}
	}
	return best
}

// all tells whether each need of a plan is allowed on the target, one of its alternatives at least. extra, called
// where something is allowed perhaps, is what the attacker chooses: with it, it may be sure, or not at all.
func (e *explorer) all(f *finding, p *plan, extra func(action string) policy.Context) truth {
	out := surely
	for _, need := range p.needs {
		best := never
		for _, n := range need {
			v := never
			for i := range f.whole {
				x := &f.whole[i]
				if k := e.w.forms[x.form].menu.steps[n]; k >= 0 && x.may.has(int(k)) && x.isBy(p, int(k)) {
					v = max(v, truthOf(x.must.has(int(k)), true))
				}
			}
			if v == perhaps && extra != nil {
				v = e.ask(f.target, plans().actions[n], extra(plans().actions[n]))
			}
			best = max(best, v)
		}
		if out = min(out, best); out == never {
			break
		}
	}
	return out
}

// ask asks the evaluator about an action on a target as a whole.
func (e *explorer) ask(ti int32, action string, extra policy.Context) truth {
	d := e.an.decide(e.actor, ti, action, e.w.targets[ti].arn, extra)
	return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
}

// visit looks at what may be done to one target.
func (e *explorer) visit(f *finding) {
	t := &e.w.targets[f.target]
	e.rank = f.target
	switch t.sort {
	case isFunction, isRole, isUser, isGroup, isPolicy:
		if t.sort == isFunction {
			e.carried(f, t)
			e.holdings(f, t)
		}
		onward := func(x allowance) bool { return x.may.meets(e.w.forms[x.form].menu.onward) }
		if slices.ContainsFunc(f.whole, onward) || t.sort == isFunction && slices.ContainsFunc(f.parts, onward) {
			e.principal(f, t)
		}
	case isResource, isImplied:
		e.carried(f, t)
		e.holdings(f, t)
		e.rewrites(f, t)
		e.occupies(f, t)
	case isStranger: // is nobody's target
	}
}

// principal tries the techniques on a function, role, user, group or policy.
func (e *explorer) principal(f *finding, t *target) {
	to := e.an.nodeAt[f.target]
	isNode := to >= 0
	changes := e.actor.admin != surely || e.an.lonely(f.target)
	for _, p := range plans().on[t.sort] {
		if e.an.inVain(f.target, p.technique) {
			if e.actor.admin != surely && e.all(f, p, nil) != never {
				e.meddle(f) // what the policy says may be another
			}
			continue
		}
		switch p.route {
		case onTarget, feeding:
			if !isNode || t.id == e.actor.id || p.on == isGroup && e.limited {
				continue
			}
			v := e.all(f, p, nil)
			var how *written
			if p.route == feeding {
				if q, by := e.qualified(f, t, p); q > v {
					v, how = q, by
				}
			}
			if p.id == "iam-012" && t.guarded {
				v = never
			}
			if p.id == "iam-012" && v != never {
				v = min(v, e.couldAssume(f.target))
			}
			if v == never {
				continue
			}
			kind := Runs
			if p.route == feeding {
				kind = Feeds
			}
			e.add(edge{to: to, kind: kind, must: v == surely && p.note == "", technique: p.technique, over: f.target, how: how})
		case altering, unguarding:
			if !t.guarded && changes {
				e.alter(f, p)
			}
		case joining:
			if e.limited && e.actor.admin != surely {
				e.join(f, p)
			}
		case passing, existing, running, creating, mapping, deputizing, federating:
		}
	}
	switch t.sort {
	case isRole:
		if isNode {
			e.pass(f, to)
		}
	case isFunction:
		e.url(f, t)
	case isResource, isUser, isGroup, isPolicy, isImplied, isStranger:
	}
}

// joinsFreely reports whether the actor is a user, or whoever is in a group, that may do what any further group is granted. Who has a
// boundary or is denied something keeps that, and is followed as what the group makes of it ("Permissions boundaries for IAM
// entities", "Policy evaluation logic").
func (a *actor) joinsFreely() bool {
	return (a.sort == isUser || a.sort == isGroup) && a.boundary == nil && !a.unlimited && !slices.ContainsFunc(a.identity, (*answers).denies)
}

// qualified tells whether a function is fed by one of its versions or aliases that a grant names, without the others. Which
// there are, designs do not show: one that is named is taken to be there, those of a pattern perhaps are.
func (e *explorer) qualified(f *finding, t *target, p *plan) (best truth, how *written) {
	for i := range f.parts {
		x := &f.parts[i]
		if e.w.forms[x.form].space != t.arn+":*" {
			continue
		}
		pattern := cmp.Or(x.part.pattern, x.part.part)
		qualifier := pattern[strings.LastIndexByte(pattern, ':')+1:]
		latest, _ := policy.Match(pattern, t.arn+":$LATEST") // every function has it
		by := &written{arn: x.part.part}
		if strings.ContainsAny(qualifier, "*?") && !latest {
			by.note = ifQualified
		}
		for _, n := range p.needs[0] {
			k := e.w.forms[x.form].menu.steps[n]
			if k < 0 || !x.may.has(int(k)) || !x.isBy(p, int(k)) {
				continue
			}
			if v := truthOf(x.must.has(int(k)) && by.note == "", true); v > best {
				best, how = v, by
			}
		}
	}
	return best, how
}

// A means is a plan whose needs, iam:PassRole aside, the actor has somewhere.
type means struct {
	*plan
	truth truth
}

// able lists the plans that the actor has the means for.
func (e *explorer) able(of []*plan) []means {
	if e.like == nil {
		return e.findAble(of)
	}
	return e.like.means(of, e.findAble)
}

func (e *explorer) findAble(of []*plan) []means {
	var out []means
	for _, p := range of {
		if v := e.somewhere(p.technique); v != never {
			if v = min(v, e.allThere(p.technique)); v != never {
				out = append(out, means{p, v})
			}
		}
	}
	return out
}

// pass tries to pass a role to services.
func (e *explorer) pass(f *finding, to int32) {
	passed := e.allowed(f, "iam:passrole")
	if g := e.an.gates[f.target]; passed == never || len(e.an.trust[f.target]) == 0 && (g == nil || !g.unseen) {
		return
	}
	if e.passing == nil {
		e.newPassing()
	}
	for _, m := range e.passing {
		for _, service := range m.by {
			if v := min(m.truth, e.handed(f, service, passed)); v != never {
				e.add(edge{to: to, kind: Runs, must: v == surely && m.note == "", technique: m.technique, service: service, over: f.target})
			}
		}
	}
	for _, h := range e.halving {
		for _, service := range h.plan.by {
			x := h
			x.service, x.over, x.to, x.truth = service, f.target, to, min(h.truth, e.handed(f, service, passed))
			e.halve(x)
		}
	}
}

// newPassing finds the techniques that the actor can pass a role to, and those of which it can do the part that passes it.
func (e *explorer) newPassing() {
	e.passing = append([]means{}, e.able(plans().passing)...)
	e.halving = e.halved(plans().passing, e.passing)
}

// handed tells how surely the actor passes a role to a service that takes it, where it is allowed as surely as passed.
func (e *explorer) handed(f *finding, service string, passed truth) truth {
	v := e.an.trusts(f.target, service)
	if service == instances {
		v = min(v, e.profiled(f.target))
	}
	if v != never && passed == perhaps {
		v = min(v, e.passable(f.target, service))
	}
	return v
}

// A pass is what tells iam:PassRole on roles apart: which statements are about them, and to whom they are passed.
type pass struct{ about, service string }

// passable tells whether a role may be passed to a service. Roles that the same statements are about are passed alike: a role's tags do
// not count, and it has no policy of its own in this.
func (e *explorer) passable(role int32, service string) truth {
	t := &e.w.targets[role]
	if e.an.choices != nil { // what the attacker chooses is for each
		v, _ := e.an.passed(e.actor, role, service)
		return v
	}
	if e.passed == nil {
		e.passed = map[pass]truth{}
		for _, d := range slices.Concat(e.actor.identity, e.actor.limits()) {
			for _, s := range d.statements {
				if s.acts("iam:passrole") {
					if s = e.actor.own(e.w, s); s != nil {
						e.passRole = append(e.passRole, s)
					}
				}
			}
		}
	}
	if e.signed != role || e.sign == nil {
		e.signed, e.sign = role, append(e.sign[:0], t.account...)
		for _, s := range e.passRole {
			e.sign = append(e.sign, byte(s.reaches(t.arn)))
		}
	}
	v, known := e.passed[pass{string(e.sign), service}]
	if !known {
		v, _ = e.an.passed(e.actor, role, service)
		e.passed[pass{string(e.sign), service}] = v
	}
	return v
}

// passed tells whether a role may be passed to a service, and by which name of the service: its own, or perhaps one of a
// region that the actor's policies name. Which of them AWS compares is not said for each service. how is what the request tells.
func (an *Analysis) passed(a *actor, role int32, service string) (v truth, how policy.Context) {
	ask := func(name string) (truth, policy.Context) {
		extra := policy.Context{"iam:passedtoservice": {name}}
		from := func(region string) truth {
			d := an.decide(a, role, "iam:PassRole", an.world.targets[role].arn, in(region, extra))
			return truthIn(&d.Decision)
		}
		if an.asking[requestedRegion] == 0 {
			return from(""), extra
		}
		region, v := an.inAnyRegion([]*actor{a}, from)
		return v, in(region, extra)
	}
	v, how = ask(service)
	if v == never {
		for _, name := range an.valuesOf(a, -1, "iam:passedtoservice") {
			if name == service || !speaksFor(name, service) {
				continue
			}
			if v, how := ask(name); v != never {
				return perhaps, how
			}
		}
	}
	return v, how
}

// rest finds what does not start at a target: roles that something existing runs with, new principals, and feeds
// through doors.
func (e *explorer) rest() {
	e.rank = lastly
	known := set(nil)        // roles that have been found
	all := map[string]bool{} // services of which all roles have been
	rules := false           // it makes a principal that may do anything
	able := e.able(elsewhere())
	for _, p := range plans().rest {
		switch {
		case e.actor.outside != nil:
		case p.route == deputizing:
			e.deputize(p)
		case p.route == federating:
			e.federate(p)
		}
	}
	for _, m := range able {
		k, v := m.technique, m.truth
		switch {
		case k.route == creating:
			rules = rules || v == surely
			e.actor.alters = append(e.actor.alters, alter{actor: -1, target: -1, must: v == surely, technique: k, change: change{any: true}})
		case k.route == mapping:
			e.mapped(m)
		case k.route == existing:
			if k.needs[0] == inTask {
				e.enters(k)
			}
			for _, service := range k.by {
				if all[service] {
					continue // the first technique is as good
				}
				all[service] = len(e.w.occupied.by) == 0
				for _, ti := range e.an.trusting[service] {
					if known == nil {
						known = newSet(len(e.w.targets))
					}
					if known.has(ti) || ti == e.actor.self || e.w.targets[ti].account != e.actor.account || !e.an.mayRun(ti, k) {
						continue
					}
					known.put(ti)
					if to := e.an.nodeAt[ti]; to >= 0 {
						e.add(edge{to: to, kind: Runs, technique: k, service: service, over: ti})
					}
				}
			}
		}
	}
	for _, h := range e.halved(elsewhere(), able) {
		e.halve(h)
	}
	if e.actor.outside != nil {
		e.routes()
		return
	}
	if !rules {
		e.enrol()
		e.confined()
	}
	e.rewrite()
	e.doors()
	e.inside()
	e.listings()
}

// enrol tries to make new users that are in a group.
func (e *explorer) enrol() {
	v := e.somewhere(newMember)
	if v == never {
		return
	}
	for i := range e.w.targets {
		t := &e.w.targets[i]
		if to := e.an.nodeAt[i]; t.sort == isGroup && to >= 0 && t.account == e.actor.account && t.id != e.actor.id {
			if v := min(v, e.ask(int32(i), "iam:AddUserToGroup", nil)); v != never {
				e.add(edge{to: to, kind: Runs, must: v == surely, technique: newMember, over: int32(i)})
			}
		}
	}
}

// mapped feeds each function that an event source mapping may be pointed at, or whose mapping may be given another
// source.
func (e *explorer) mapped(m means) {
	for _, ti := range e.an.functions {
		t := &e.w.targets[ti]
		to := e.an.nodeAt[ti]
		if t.id == e.actor.id || t.account != e.actor.account {
			continue
		}
		if slices.Contains(e.an.keys, "lambda:functionarn") {
			about := policy.Context{"lambda:functionarn": {t.arn}}
			if !slices.ContainsFunc(e.an.places(e.actor, m.technique.needs), func(p place) bool {
				d := e.an.decide(e.actor, -1, p.action, p.arn, about)
				return d.Outcome == policy.Allowed
			}) {
				continue
			}
		}
		e.add(edge{to: to, kind: Feeds, technique: m.technique, over: ti})
	}
}

// rewrite counts, as perhaps, the rewriting of policies of the account that the design does not show: it shows what the
// sources attach, and people attach more. Where it shows one that the actor has and may rewrite, that one decides.
func (e *explorer) rewrite() {
	a := e.actor
	if a.admin == surely {
		return
	}
	shown := a.ids
	if a.guise != nil && a.guise.of >= 0 {
		shown = slices.Concat(shown, e.an.actors[a.guise.of].ids) // another version of a policy is of the same
	}
	for _, p := range plans().on[isPolicy] {
		if !a.offers(p.technique.needs[0]) || slices.ContainsFunc(shown, func(id model.ID) bool {
			ti := e.w.target(id)
			return ti >= 0 && e.ask(ti, p.technique.needs[0], nil) != never
		}) {
			continue
		}
		if _, v := e.an.unseenPolicy(a, p.technique); v != never {
			a.alters = append(a.alters, alter{actor: a.base(), target: -1, technique: p.technique, change: change{any: true}})
		}
	}
}

// unseenPolicy finds a policy of the account that the design does not show and a technique's permission is on, and how surely.
func (an *Analysis) unseenPolicy(a *actor, k *technique) (string, truth) {
	action := an.world.catalog.Action(k.needs[0])
	return an.anyplace(a, []*catalog.Action{action}, slices.Values([]string{an.world.spaceOf(action.Resources[0].ARNs[0], a.account)}), func(arn string) bool {
		_, shown := an.world.byARN[arn]
		return !shown
	})
}

// couldAssume tells whether the actor could assume a role whose trust policy it writes: by a name that no implicit denial of its
// boundary limits, that of its session say.
func (e *explorer) couldAssume(ti int32) truth {
	t := &e.w.targets[ti]
	if t.account == e.actor.account && e.unbarred() {
		return surely // its trust policy is enough
	}
	req := policy.Request{Principal: e.actor.principal(), Action: "sts:AssumeRole", Resource: t.arn, ResourceAccount: t.account,
		Open: true, Absent: e.actor.absent, ResourcePolicy: lettingProgram()}
	req.Context, req.Over = e.an.contextOf(e.actor, t, nil)
	d := e.actor.layers().Evaluate(req)
	return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
}

// unbarred reports whether nothing limits the actor, and none of its policies denies it to assume roles.
func (e *explorer) unbarred() bool {
	if e.barred == 0 {
		a := e.actor
		bars := a.boundary != nil || a.outside != nil || a.guards != nil || slices.ContainsFunc(a.identity, func(d *answers) bool {
			return slices.ContainsFunc(d.statements, func(s *statement) bool { return s.deny && s.acts("sts:assumerole") })
		})
		e.barred = 1
		if bars {
			e.barred = 2
		}
	}
	return e.barred == 1
}

// alter tries to change what principals may do.
func (e *explorer) alter(f *finding, k *plan) {
	switch {
	case k.id == "deny-removal":
		e.undeny(f, k)
		return
	case k.id == tagsPrincipal, k.id == tagsSession:
		e.retagSelf(f, k)
		return
	case e.all(f, k, nil) == never:
		return
	}
	e.meddle(f)
	v := e.altering(f, k)
	if v != surely {
		e.attach(f, k, v)
	}
	if v == never {
		return
	}
	if k.id == setsVersion && k.note == "" && e.w.versions(e.an.design.Policy(e.w.targets[f.target].id)) != surely {
		e.rearm(f, k, v)
		return
	}
	for _, i := range e.an.holders(f.target) {
		a := e.an.actors[i]
		c := change{any: true}
		switch {
		case k.id == "guard-removal":
			if c = (change{free: true}); a.boundaryID == "" {
				continue
			}
		case k.on == isPolicy:
			if id := e.w.targets[f.target].id; e.an.answers(e.an.design.Policy(id).Document).denies() {
				c.without = []model.ID{id} // it says what the attacker writes
			}
		}
		e.alters(f, k, i, v == surely && k.note == "", c)
	}
	if k.on == isPolicy {
		// Whoever has it for a boundary is held by what the attacker writes.
		for _, i := range e.an.boundOf[e.w.targets[f.target].id] {
			e.alters(f, k, i, v == surely && k.note == "", change{free: true})
		}
	}
}

// altering tells whether each need of a plan that changes a principal is allowed on the target.
func (e *explorer) altering(f *finding, k *plan) truth {
	return e.all(f, k, func(action string) policy.Context { return e.an.alterContext(f.target, action) })
}

// meddle notes that the actor may change something on a target. What that makes of whom depends on whose it is, what boundary and
// groups they have, and what policies say; of itself, on what is its own.
func (e *explorer) meddle(f *finding) {
	if f.target != e.actor.self {
		e.actor.meddles = true
	}
}

// alters keeps a change that the actor may make of a principal.
func (e *explorer) alters(f *finding, k *plan, of int32, must bool, c change) {
	e.actor.alters = append(e.actor.alters, alter{actor: of, target: f.target, must: must, technique: k.technique, change: c})
}

// undeny tries to take policies off a principal that deny it something: inline ones by deleting, others by detaching them.
func (e *explorer) undeny(f *finding, k *plan) {
	if e.all(f, k, nil) == never {
		return
	}
	e.meddle(f)
	if k.on == isGroup {
		e.leave(f, k)
		return
	}
	detach, remove, _ := strings.Cut(k.technique.needs[0], "|")
	for _, i := range e.an.holders(f.target) {
		a := e.an.actors[i]
		var gone [surely + 1][]model.ID
		for n, id := range a.ids {
			if a.by[n] != e.w.targets[f.target].id || !a.identity[n].denies() {
				continue
			}
			action, extra := remove, e.an.alterContext(f.target, remove)
			if p := e.an.design.Policy(id); p.Managed {
				action, extra["iam:policyarn"] = detach, []string{p.ARN}
			}
			v := e.ask(f.target, action, extra)
			gone[v] = append(gone[v], id)
		}
		for v := surely; v > never; v-- {
			if ids := slices.Sorted(slices.Values(slices.Concat(gone[v], gone[surely]))); len(gone[v]) > 0 {
				e.alters(f, k, i, v == surely, change{without: slices.Compact(ids)})
			}
		}
	}
}

// leave tries to take users out of a group that denies them something: what it gives goes with it.
func (e *explorer) leave(f *finding, k *plan) {
	v, group := e.altering(f, k), e.w.targets[f.target].id
	if v == never {
		return
	}
	for _, i := range e.an.holders(f.target) {
		a := e.an.actors[i]
		if a.id == group {
			continue // which is whoever is in it
		}
		var gone []model.ID
		denies := false
		for n, id := range a.ids {
			if a.by[n] == group && !slices.ContainsFunc(a.ids, func(x model.ID) bool { return x == id && a.by[slices.Index(a.ids, x)] != group }) {
				gone, denies = append(gone, id), denies || a.identity[n].denies()
			}
		}
		if slices.Sort(gone); denies {
			e.alters(f, k, i, v == surely, change{without: slices.Compact(gone)})
		}
	}
}

// join tries to add users to a group of administrators. Each is of use to whoever holds that user as well.
func (e *explorer) join(f *finding, k *plan) {
	group := e.an.actorOfTarget(f.target)
	if e.all(f, k, nil) == never {
		return
	}
	if e.meddle(f); group == nil || len(group.ids) == 0 {
		return
	}
	v := e.altering(f, k)
	if v == never {
		return
	}
	given := slices.Sorted(slices.Values(group.ids))
	for _, a := range e.an.actors[:e.an.size.actors] {
		if (a.sort == isUser || a.sort == isGroup && a.index == e.actor.base()) && a != group && a.account == group.account && !slices.Contains(e.an.design.Principal(a.id).Groups, group.id) {
			e.actor.alters = append(e.actor.alters, alter{actor: a.index, target: f.target, must: v == surely, technique: k.technique, change: change{given: given}})
		}
	}
}

// alterContext is what an attacker chooses, and what the design knows, when it changes a principal by an action.
func (an *Analysis) alterContext(ti int32, action string) policy.Context {
	extra := policy.Context{"iam:policyarn": {administratorAccess(an.world)}}
	a := an.actorOfTarget(ti)
	switch {
	case strings.HasSuffix(action, "PermissionsBoundary") && strings.HasPrefix(action, "iam:Put"):
		extra["iam:permissionsboundary"] = extra["iam:policyarn"] // the new one
	case a == nil:
	case a.boundaryID == "":
		extra["iam:permissionsboundary"] = nil // it has none
	default:
		if p := an.design.Policy(a.boundaryID); p != nil && p.ARN != "" && an.tellsBoundary(action) {
			extra["iam:permissionsboundary"] = []string{p.ARN}
		}
	}
	return extra
}

// tellsBoundary reports whether requests for an action tell the boundary of the principal that they are about ("Actions, resources,
// and condition keys for AWS Identity and Access Management (IAM)").
func (an *Analysis) tellsBoundary(action string) bool {
	a := an.world.catalog.Action(action)
	return a != nil && slices.Contains(a.ConditionKeys, "iam:PermissionsBoundary")
}

// newPrincipal is the context of making a user or role: with AdministratorAccess, and a boundary by its ARN, "" for none.
func newPrincipal(w *world, bound string) policy.Context {
	c := policy.Context{"iam:policyarn": {administratorAccess(w)}, "iam:permissionsboundary": nil}
	if bound != "" {
		c["iam:permissionsboundary"] = []string{bound}
	}
	return c
}

// arnOf is the ARN of a policy of the design, or of one that has no other id.
func (an *Analysis) arnOf(id model.ID) string {
	if p := an.design.Policy(id); p != nil {
		return p.ARN
	}
	return string(id)
}

// exists tells how surely there is a policy that the design does not show, or the actor makes it. An account's file has all of its own.
func (e *explorer) exists(arn string) truth {
	if !e.w.known || accountOf(arn) != e.actor.account {
		return perhaps
	}
	d := e.an.decide(e.actor, -1, "iam:CreatePolicy", arn, nil)
	return min(perhaps, truthIn(&d.Decision))
}

// confined finds the new principals that the actor may make where they have to have a boundary, each with one that its policies ask
// for: they may do what that leaves.
func (e *explorer) confined() {
	const key = "iam:permissionsboundary"
	if !e.actor.asks(key) || e.actor.admin == surely {
		return
	}
	var bounds []model.ID
	for _, named := range e.an.valuesOf(e.actor, -1, key) {
		n := len(bounds)
		for _, p := range e.an.design.Policies() {
			if _, ok := policy.Overlap(named, p.ARN); ok && p.ARN != "" && p.Managed && !slices.Contains(bounds, p.ID) {
				bounds = append(bounds, p.ID)
			}
		}
		if n == len(bounds) && !slices.Contains(bounds, model.ID(instance(named))) {
			bounds = append(bounds, model.ID(instance(named))) // one of AWS's, or one that the design does not show
		}
	}
	try := func(k *technique, c change) {
		_, v := e.an.combineBy(crew{actors: []*actor{e.actor}, bound: e.an.arnOf(c.bound)}, k.needs, nil)
		if v != never && len(e.an.documentOf(c.bound).Statements) == 0 {
			v = min(v, e.exists(e.an.arnOf(c.bound)))
		}
		if v != never {
			e.actor.alters = append(e.actor.alters, alter{actor: -1, target: -1, must: v == surely, technique: k, change: c})
		}
	}
	for _, id := range bounds {
		for _, k := range unbinding {
			try(k, change{any: true, free: true, bound: id})
		}
		for _, p := range plans().rest {
			if p.route == creating {
				try(p.technique, change{any: true, bound: id})
			}
		}
	}
}

// trusts tells whether a role's trust policy lets a service assume it.
func (an *Analysis) trusts(role int32, service string) truth {
	if g := an.gates[role]; g != nil && g.unseen {
		return perhaps
	}
	for _, t := range an.trust[role] {
		if t.service == service {
			return t.truth
		}
	}
	return never
}

// A trusted is a service that may assume a role.
type trusted struct {
	service string
	truth   truth
}

// newTrust asks each role's trust policy about the services that it names and that a technique goes by.
func (an *Analysis) newTrust() {
	an.trust, an.trusting = map[int32][]trusted{}, map[string][]int32{}
	defer func() {
		for _, service := range plans().services {
			for _, ti := range an.roles {
				if an.trusts(ti, service) != never {
					an.trusting[service] = append(an.trusting[service], ti)
				}
			}
		}
	}()
	for _, ti := range an.roles {
		g := an.gates[ti]
		if g == nil || g.answers == nil {
			continue
		}
		for _, service := range plans().services {
			if !g.mentions(service) {
				continue
			}
			d := an.trustDecision(ti, service)
			if v := truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed); v != never {
				an.trust[ti] = append(an.trust[ti], trusted{service, v})
			}
		}
	}
}

// trustDecision asks a role's trust policy about a service that acts for the role's account, on a thing of the
// attacker's naming.
func (an *Analysis) trustDecision(role int32, service string) policy.Decision {
	t := &an.world.targets[role]
	action := "sts:AssumeRole"
	if service == "cognito-identity.amazonaws.com" {
		action = "sts:AssumeRoleWithWebIdentity"
	}
	return an.asService(an.gates[role], service, policy.Request{Action: action, Resource: t.arn, ResourceAccount: t.account,
		Context: policy.Context{"aws:sourceaccount": {t.account}}})
}

// actorOfTarget is whose permissions a role, user or group has; nil for none.
func (an *Analysis) actorOfTarget(ti int32) *actor {
	if ti < 0 {
		return nil
	}
	n, ok := an.nodeOf[an.world.targets[ti].id]
	if !ok {
		return nil
	}
	return an.actors[an.actorOf[n]]
}

// holders lists the actors whose permissions come from a role, user, group or policy.
func (an *Analysis) holders(ti int32) []int32 {
	if t := &an.world.targets[ti]; t.sort == isPolicy {
		return an.attached[t.id]
	}
	return an.holdersOf[ti]
}
