package reach

import (
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
	arn       string   // … and the ARN where it is not the target's own
	triggers  []int32  // by which the data gets to the function, in order
}

// A power is whether one may do anything: never, perhaps, surely.
type power = truth

// An alter is a way to change what a principal may do.
type alter struct {
	actor     int32 // whose permissions change; the actor itself where it makes a new principal
	target    int32 // that the technique's permissions are on; -1 for a new name
	must      bool
	technique *technique
}

// An explorer finds an actor's steps onward from its findings.
type explorer struct {
	an    *Analysis
	w     *world
	actor *actor
	best  map[int64]int // node and kind → index in actor's edges
	where map[*technique]truth

	passing  []means         // techniques that the actor can pass a role to
	trusting *policy.Program // a trust policy that names the actor
}

func newExplorer(an *Analysis, a *actor) *explorer {
	return &explorer{an: an, w: an.world, actor: a, best: map[int64]int{}, where: map[*technique]truth{}}
}

// add keeps the best edge to each node and kind: the surest, then the first.
func (e *explorer) add(x edge) {
	key := int64(x.to)<<8 | int64(x.kind)
	if i, ok := e.best[key]; ok {
		if x.must && !e.actor.edges[i].must {
			e.actor.edges[i] = x
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
func (e *explorer) all(f *finding, p *plan, extra func() policy.Context) truth {
	out := surely
	for _, need := range p.needs {
		best := never
		for _, n := range need {
			v := never
			for i := range f.whole {
				x := &f.whole[i]
				if k := e.w.forms[x.form].menu.steps[n]; k >= 0 && x.may.has(int(k)) {
					v = max(v, truthOf(x.must.has(int(k)), true))
				}
			}
			if v == perhaps && extra != nil {
				v = e.ask(f.target, plans().actions[n], extra())
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
	switch t.sort {
	case isFunction, isRole, isUser, isGroup, isPolicy:
		for i := range f.whole {
			if x := &f.whole[i]; x.may.meets(e.w.forms[x.form].menu.onward) {
				e.principal(f, t)
				break
			}
		}
	case isResource, isImplied:
		e.carried(f, t)
	}
}

// principal tries the techniques on a function, role, user, group or policy.
func (e *explorer) principal(f *finding, t *target) {
	to, isNode := e.an.nodeOf[t.id]
	for _, p := range plans().on[t.sort] {
		switch p.route {
		case onTarget, feeding:
			if !isNode || t.id == e.actor.id || p.on == isGroup && e.actor.sort != isUser {
				continue
			}
			v := never
			if p.id == "esm-repoint" {
				v = e.somewhere(p.technique)
			} else {
				v = e.all(f, p, nil)
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
			e.add(edge{to: to, kind: kind, must: v == surely && p.note == "", technique: p.technique, over: f.target})
		case altering, unguarding:
			if e.actor.admin != surely && !t.guarded {
				e.alter(f, p)
			}
		case passing, existing, creating:
		}
	}
	switch t.sort {
	case isRole:
		if isNode {
			e.pass(f, to)
		}
	case isFunction:
		e.url(f, t)
	case isResource, isUser, isGroup, isPolicy, isImplied:
	}
}

// A means is a plan whose needs, iam:PassRole aside, the actor has somewhere.
type means struct {
	*plan
	truth truth
}

// able lists the plans that the actor has the means for.
func (e *explorer) able(of []*plan) []means {
	var out []means
	for _, p := range of {
		if v := e.somewhere(p.technique); v != never {
			out = append(out, means{p, v})
		}
	}
	return out
}

// pass tries to pass a role to services.
func (e *explorer) pass(f *finding, to int32) {
	passed := e.allowed(f, "iam:passrole")
	if passed == never {
		return
	}
	if e.passing == nil {
		e.passing = append([]means{}, e.able(plans().passing)...)
	}
	for _, m := range e.passing {
		for _, service := range m.by {
			v := min(m.truth, e.an.trusts(f.target, service))
			if v == never {
				continue
			}
			if passed == perhaps {
				v = min(v, e.ask(f.target, "iam:PassRole", passedTo(service)))
			}
			if v != never {
				e.add(edge{to: to, kind: Runs, must: v == surely, technique: m.technique, service: service, over: f.target})
			}
		}
	}
}

func passedTo(service string) policy.Context {
	return policy.Context{"iam:passedtoservice": {service}}
}

// rest finds what does not start at a target: roles that something existing runs with, new principals, and feeds
// through doors.
func (e *explorer) rest() {
	for _, m := range e.able(plans().rest) {
		k, v := m.technique, m.truth
		switch {
		case k.route == creating && e.actor.admin != surely:
			e.actor.alters = append(e.actor.alters, alter{actor: e.actor.index, target: -1, must: v == surely, technique: k})
		case k.route == existing:
			for _, service := range k.by {
				for _, ti := range e.an.roles {
					if ti == e.actor.self || e.an.trusts(ti, service) == never {
						continue
					}
					if to, ok := e.an.nodeOf[e.w.targets[ti].id]; ok {
						e.add(edge{to: to, kind: Runs, technique: k, service: service, over: ti})
					}
				}
			}
		}
	}
	e.rewrite()
	e.doors()
}

// rewrite counts, as perhaps, the rewriting of policies of the account that the design does not show as attached: it
// shows what the sources attach, and people attach more. Where it shows one, that one decides.
func (e *explorer) rewrite() {
	a := e.actor
	if a.admin == surely || a.sort == isGroup || slices.ContainsFunc(a.ids, func(id model.ID) bool { return e.w.target(id) >= 0 }) {
		return
	}
	for _, p := range plans().on[isPolicy] {
		if e.somewhere(p.technique) != never {
			a.alters = append(a.alters, alter{actor: a.index, target: -1, technique: p.technique})
		}
	}
}

// couldAssume tells whether the actor could assume a role whose trust policy names it.
func (e *explorer) couldAssume(ti int32) truth {
	t := &e.w.targets[ti]
	if e.trusting == nil {
		e.trusting = program(&policy.Document{Version: "2012-10-17", Statements: []*policy.Statement{{
			Actions: []string{"sts:AssumeRole"}, Principals: []policy.Principal{{Kind: "AWS", Value: e.actor.arn}},
		}}})
	}
	req := policy.Request{Principal: e.actor.principal(), Action: "sts:AssumeRole", Resource: t.arn, ResourceAccount: t.account,
		Open: true, Context: e.an.contextOf(e.actor, t, nil), Absent: e.actor.absent, ResourcePolicy: e.trusting}
	d := e.actor.layers().Evaluate(req)
	return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
}

// alter tries to change what principals may do.
func (e *explorer) alter(f *finding, k *plan) {
	v := e.all(f, k, func() policy.Context { return e.an.alterContext(f.target) })
	if v == never {
		return
	}
	e.actor.meddles = true
	for _, a := range e.an.holders(f.target) {
		if k.route == unguarding && !e.an.guarded(a, k.technique) {
			continue
		}
		e.actor.alters = append(e.actor.alters, alter{actor: a, target: f.target, must: v == surely && k.note == "", technique: k.technique})
	}
}

// alterContext is what an attacker chooses, and what the design knows, when it changes a principal.
func (an *Analysis) alterContext(ti int32) policy.Context {
	extra := policy.Context{"iam:policyarn": {administratorAccess(an.world)}}
	a := an.actorOfTarget(ti)
	switch {
	case a == nil:
	case a.boundaryID == "":
		extra["iam:permissionsboundary"] = nil // it has none
	default:
		if p := an.design.Policy(a.boundaryID); p != nil && p.ARN != "" {
			extra["iam:permissionsboundary"] = []string{p.ARN}
		}
	}
	return extra
}

// newPrincipal is the context of making a user or role: with AdministratorAccess, without a boundary.
func newPrincipal(w *world) policy.Context {
	return policy.Context{"iam:policyarn": {administratorAccess(w)}, "iam:permissionsboundary": nil}
}

// somewhere tells whether the actor may do all that a technique needs, iam:PassRole aside, on things of its own
// choosing. What is of one resource type has to be the same thing: the function that is created is the one invoked.
func (e *explorer) somewhere(k *technique) truth {
	if v, ok := e.where[k]; ok {
		return v
	}
	v := surely
	for _, need := range k.needs {
		service, _, _ := strings.Cut(strings.ToLower(need), ":")
		if !slices.ContainsFunc(e.actor.identity, func(d *answers) bool { return d.names(service) }) {
			v = never
			break
		}
	}
	if v != never {
		v = e.an.somewhere(e.actor, k.needs)
	}
	e.where[k] = v
	return v
}

// somewhere tries all combinations of alternatives.
func (an *Analysis) somewhere(a *actor, needs []string) truth {
	_, v := an.combine(a, needs)
	return v
}

// A place is an action on an ARN where it is allowed.
type place struct{ action, arn string }

// places are where what a technique needs is allowed, one for each need.
func (an *Analysis) places(a *actor, needs []string) []place {
	p, _ := an.combine(a, needs)
	return p
}

func (an *Analysis) combine(a *actor, needs []string) (where []place, best truth) {
	var try func(chosen []string, rest []string)
	try = func(chosen, rest []string) {
		if best == surely {
			return
		}
		if len(rest) == 0 {
			if p, v := an.together(a, chosen); v > best {
				where, best = p, v
			}
			return
		}
		for alternative := range strings.SplitSeq(rest[0], "|") {
			try(append(slices.Clip(chosen), alternative), rest[1:])
		}
	}
	try(nil, needs)
	return where, best
}

// together tells whether actions are allowed, those of one resource type on the same thing, and where.
func (an *Analysis) together(a *actor, needs []string) ([]place, truth) {
	var where []place
	out := surely
	done := make([]bool, len(needs))
	for i := range needs {
		if done[i] {
			continue
		}
		first := an.world.catalog.Action(needs[i])
		if first == nil {
			return nil, never
		}
		same := []*catalog.Action{first}
		types := first.Resources
		for j := i + 1; j < len(needs); j++ {
			next := an.world.catalog.Action(needs[j])
			if next == nil {
				return nil, never
			}
			both := slices.DeleteFunc(slices.Clone(types), func(t *catalog.ResourceType) bool { return !slices.Contains(next.Resources, t) })
			if len(both) > 0 {
				types, same, done[j] = both, append(same, next), true
			}
		}
		arn, v := an.anywhere(a, same, types)
		if out = min(out, v); out == never {
			return nil, never
		}
		for _, x := range same {
			where = append(where, place{x.String(), arn})
		}
	}
	return where, out
}

// anywhere finds an ARN of one of the types on which all of the actions are allowed, and how surely.
func (an *Analysis) anywhere(a *actor, actions []*catalog.Action, types []*catalog.ResourceType) (string, truth) {
	var patterns []string
	for _, d := range a.identity {
		for _, s := range d.statements {
			if s.deny || !slices.ContainsFunc(actions, func(x *catalog.Action) bool { return s.acts(strings.ToLower(x.String())) }) {
				continue
			}
			if s = a.own(an.world, s); s == nil {
				continue
			}
			if s.from.NotResource {
				patterns = append(patterns, "*")
			} else {
				patterns = append(patterns, s.from.Resources...)
			}
		}
	}
	if len(patterns) == 0 {
		return "", never
	}
	var places []string
	if len(types) == 0 {
		places = []string{"*"}
	}
	for _, t := range types {
		for _, arn := range t.ARNs {
			space := an.world.spaceOf(arn)
			for _, p := range patterns {
				for _, full := range completions(p) {
					if place, ok := within(full, space); ok && !slices.Contains(places, place) {
						places = append(places, place)
					}
				}
			}
		}
	}
	where, best := "", never
	for _, place := range places {
		v := surely
		for _, x := range actions {
			d := an.decide(a, -1, x.String(), place, newPrincipal(an.world))
			if v = min(v, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)); v == never {
				break
			}
		}
		if v > best {
			where, best = place, v
		}
		if best == surely {
			break
		}
	}
	return where, best
}

// spaceOf is a resource type's ARN as a pattern, in the design's own account.
func (w *world) spaceOf(arn string) string {
	s := strings.ReplaceAll(arn, "${Partition}", w.partition)
	if w.account != "" {
		s = strings.ReplaceAll(s, "${Account}", w.account)
	}
	return strings.ReplaceAll(normalize(s, w.partition), "{}", "*")
}

// spaceFor is spaceOf in the account that a pattern names.
func (w *world) spaceFor(arn, pattern string) string {
	space := w.spaceOf(arn)
	if other := foreign(pattern, w.account); other != "" && w.account != "" {
		return strings.Replace(space, ":"+w.account+":", ":"+other+":", 1)
	}
	return space
}

// trusts tells whether a role's trust policy lets a service assume it.
func (an *Analysis) trusts(role int32, service string) truth {
	if g := an.gates[role]; g != nil && g.unseen {
		return perhaps
	}
	return an.trust[role][service]
}

// newTrust asks each role's trust policy about the services that it names and that a technique goes by.
func (an *Analysis) newTrust() {
	an.trust = map[int32]map[string]truth{}
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
				if an.trust[ti] == nil {
					an.trust[ti] = map[string]truth{}
				}
				an.trust[ti][service] = v
			}
		}
	}
}

// trustDecision asks a role's trust policy about a service that acts for this account, on a thing of the
// attacker's naming.
func (an *Analysis) trustDecision(role int32, service string) policy.Decision {
	t := &an.world.targets[role]
	action := "sts:AssumeRole"
	if service == "cognito-identity.amazonaws.com" {
		action = "sts:AssumeRoleWithWebIdentity"
	}
	return (&policy.Stack{}).Evaluate(policy.Request{Principal: service, Action: action, Resource: t.arn, ResourceAccount: t.account,
		Open: true, Context: policy.Context{"aws:sourceaccount": {an.world.account}}, ResourcePolicy: an.gates[role].program})
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

// guarded reports whether there is something for a technique to take away from an actor.
func (an *Analysis) guarded(i int32, k *technique) bool {
	a := an.actors[i]
	if k.id == "guard-removal" {
		return a.limit != nil
	}
	return slices.ContainsFunc(a.identity, func(d *answers) bool {
		return slices.ContainsFunc(d.statements, func(s *statement) bool { return s.deny })
	})
}

// feedsOf are the functions that a resource's triggers start, through other resources too.
type feed struct {
	node     int32
	triggers []int32
	filter   model.Filter // of the first trigger
}

// feeds follows the triggers from a resource.
func (an *Analysis) feeds(from model.ID) []feed {
	var out []feed
	seen := map[model.ID]bool{from: true}
	type at struct {
		id   model.ID
		path []int32
	}
	queue := []at{{from, nil}}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		for _, i := range an.triggersFrom[here.id] {
			tr := an.triggers[i]
			if seen[tr.To] && len(here.path) > 0 || tr.Kind == "schedule" || tr.Kind == "rotation" {
				continue
			}
			path := append(slices.Clip(here.path), i)
			if n, ok := an.nodeOf[tr.To]; ok {
				if an.nodes[n].sort == isFunction {
					// Each trigger of the resource itself counts: their filters differ.
					out = append(out, feed{n, path, an.triggers[path[0]].Filter})
					if len(here.path) > 0 {
						seen[tr.To] = true
					}
				}
				continue
			}
			if !seen[tr.To] {
				seen[tr.To] = true
				queue = append(queue, at{tr.To, path})
			}
		}
	}
	return out
}

// carried finds the functions fed by writing to a resource.
func (e *explorer) carried(f *finding, t *target) {
	if feeds := e.an.feedsFrom[f.target]; len(feeds) > 0 {
		c, ok := carriers[t.typ]
		for _, to := range feeds {
			if !ok {
				break
			}
			if v, arn := e.writes(f, t, &c, to); v != never {
				e.add(edge{to: to.node, kind: Feeds, must: v == surely && c.note == "", carrier: &c, over: f.target, arn: arn, triggers: to.triggers})
			}
		}
	}
	if readers := e.an.readers[t.id]; len(readers) > 0 {
		c, ok := poisons[t.typ]
		if !ok {
			return
		}
		v := never
		for _, x := range c.actions {
			v = max(v, e.allowed(f, x))
		}
		if v == never {
			return
		}
		for _, n := range readers {
			e.add(edge{to: n, kind: Feeds, carrier: &c, over: f.target})
		}
	}
}

// writes tells whether the actor may write to a resource so that the feed's first trigger lets it pass, and for a
// filter of keys, which one does.
func (e *explorer) writes(f *finding, t *target, c *carrier, to feed) (best truth, arn string) {
	actions := c.actions
	if t.typ == "AWS::S3::Bucket" {
		actions = objectActions(to.filter.Events)
	}
	if t.typ == "AWS::Events::EventBus" && onlyAWS(to.filter.Pattern) {
		return never, ""
	}
	has := func(xs []allowance) {
		for i := range xs {
			m := e.w.forms[xs[i].form].menu
			for _, a := range actions {
				if j := m.bit(a); j >= 0 && xs[i].may.has(j) {
					best = max(best, truthOf(xs[i].must.has(j), true))
				}
			}
		}
	}
	has(f.whole)
	if to.filter.Prefix == "" && to.filter.Suffix == "" {
		has(f.parts)
		return best, ""
	}
	// The filter lets keys pass that the whole's witness does not stand for: ask about one that passes.
	if best == never && len(f.parts) == 0 {
		return never, ""
	}
	space := t.arn + "/" + to.filter.Prefix + "*" + to.filter.Suffix
	keys := []string{instance(space)}
	for _, p := range f.parts {
		if key, ok := within(p.part.pattern, space); ok && p.part.pattern != "" {
			keys = append(keys, key)
		}
	}
	best = never
	for _, key := range keys {
		for _, a := range actions {
			d := e.an.decide(e.actor, f.target, a, key, nil)
			if v := truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed); v > best {
				best, arn = v, key
			}
		}
	}
	return best, arn
}

// objectActions are the actions that cause S3's events ("Supported event types for SQS, SNS, and Lambda").
func objectActions(events []string) []string {
	if len(events) == 0 {
		return []string{"s3:putobject", "s3:deleteobject"}
	}
	var out []string
	for _, e := range events {
		switch e := strings.TrimPrefix(e, "s3:"); {
		case strings.HasPrefix(e, "ObjectCreated"):
			out = append(out, "s3:putobject")
		case strings.HasPrefix(e, "ObjectRemoved"):
			out = append(out, "s3:deleteobject", "s3:deleteobjectversion")
		case strings.HasPrefix(e, "ObjectRestore"):
			out = append(out, "s3:restoreobject")
		case strings.HasPrefix(e, "ObjectTagging"):
			out = append(out, "s3:putobjecttagging", "s3:deleteobjecttagging")
		case strings.HasPrefix(e, "ObjectAcl"):
			out = append(out, "s3:putobjectacl")
		default:
			out = append(out, "s3:putobject")
		}
	}
	return out
}

// onlyAWS reports whether an event pattern asks for sources that PutEvents refuses to anyone but AWS: those that
// begin with "aws." (EventBridge API Reference, PutEventsRequestEntry).
func onlyAWS(pattern string) bool {
	sources, ok := stringsAt(pattern, "source")
	if !ok || len(sources) == 0 {
		return false
	}
	for _, s := range sources {
		if !strings.HasPrefix(s, "aws.") {
			return false
		}
	}
	return true
}

// url feeds a function through its URL where that asks for AWS credentials. An open one is everybody's, not the
// breach's.
func (e *explorer) url(f *finding, t *target) {
	if e.allowed(f, "lambda:invokefunctionurl") == never {
		return
	}
	for _, i := range e.an.triggersTo[t.id] {
		tr := e.an.triggers[i]
		if tr.Kind == "function-url" && !tr.Open {
			e.add(edge{to: e.an.nodeOf[t.id], kind: Feeds, must: e.allowed(f, "lambda:invokefunctionurl") == surely, carrier: &signedURL, over: f.target, triggers: []int32{i}})
		}
	}
}

// doors feeds functions through the default event bus and through routes that ask for AWS credentials.
func (e *explorer) doors() {
	w := e.w
	can := func(service, action, arn string) truth {
		if !slices.ContainsFunc(e.actor.identity, func(d *answers) bool { return d.names(service) }) {
			return never
		}
		d := e.an.decide(e.actor, -1, action, arn, nil)
		return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
	}
	bus := "arn:" + w.partition + ":events:" + w.region + ":" + w.account + ":event-bus/default"
	api := "arn:" + w.partition + ":execute-api:" + w.region + ":" + w.account + ":" + anyName + "/" + anyName + "/POST/" + anyName
	bused, called := truth(255), truth(255)
	for i, tr := range e.an.triggers {
		switch {
		case tr.Kind == "event-rule" && e.an.onDefaultBus(tr) && !onlyAWS(tr.Filter.Pattern):
			if bused == 255 {
				bused = can("events", "events:PutEvents", bus)
			}
			if bused != never {
				e.through(int32(i), &defaultBus, bused, bus)
			}
		case tr.Kind == "api-route" && tr.From == "" && !tr.Open:
			if called == 255 {
				called = can("execute-api", "execute-api:Invoke", api)
			}
			if called != never {
				e.through(int32(i), &signedAPI, called, api)
			}
		}
	}
}

// through adds the feeds of one trigger and of what lies behind it.
func (e *explorer) through(i int32, c *carrier, v truth, arn string) {
	tr := e.an.triggers[i]
	if n, ok := e.an.nodeOf[tr.To]; ok {
		if e.an.nodes[n].sort == isFunction {
			e.add(edge{to: n, kind: Feeds, must: v == surely && c.note == "", carrier: c, over: -1, arn: arn, triggers: []int32{i}})
		}
		return
	}
	for _, f := range e.an.feeds(tr.To) {
		e.add(edge{to: f.node, kind: Feeds, must: v == surely && c.note == "", carrier: c, over: -1, arn: arn, triggers: append([]int32{i}, f.triggers...)})
	}
}

// onDefaultBus reports whether a rule stands on the account's default event bus.
func (an *Analysis) onDefaultBus(tr *model.Trigger) bool {
	if tr.From == "" {
		return true
	}
	r := an.design.Resource(tr.From)
	return r != nil && r.Type == "AWS::Events::Rule"
}
