package reach

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Details are the steps with their statements, worked out when somebody asks for them.

type detailKey struct {
	actor, target int32
}

// A stepKey is an edge of an actor's: rows share their edges.
type stepKey struct {
	actor int32
	edge  *edge
}

// An account collects the reasons of several decisions.
type account struct {
	an       *Analysis
	actor    *actor
	evidence []Evidence
	actions  []map[string]bool // of each evidence; true: surely
	lets     []map[string]bool // the same of what it comes to allow
	assumed  []policy.Condition
	by       []string // calls that write policies
}

// note adds a ruling's reasons. target is whose resource policy was asked, -1 for none.
func (c *account) note(d ruling, target int32, actions ...string) {
	says, lets := actions, []string(nil)
	if d.tagging != nil {
		for _, made := range d.tagging.made {
			c.note(ruling{Decision: made}, target, d.tagging.action)
		}
		c.by = append(c.by, d.tagging.action)
	}
	if d.through != nil {
		c.note(ruling{Decision: d.through.Decision}, d.through.inlet, actions...)
	}
	if d.by != nil {
		says, lets = []string{d.by.action}, actions
		if d.by.with != "" {
			says = append(says, d.by.with)
		}
		c.by = append(c.by, says...)
	}
	for _, r := range d.Reasons {
		if r.Layer == policy.LayerSCP && r.From.Effect == policy.Allow {
			continue // every level allows, or there were nothing to tell
		}
		if r.Layer == policy.LayerIdentity && r.Policy < len(c.actor.ids) && c.actor.ids[r.Policy] == "" {
			continue // what an attacker gave it
		}
		e := Evidence{Layer: r.Layer, Statement: r.Statement, Sid: r.From.Sid, Span: r.From.Span, From: r.From}
		switch r.Layer {
		case policy.LayerIdentity:
			if r.Policy < len(c.actor.ids) {
				e.Policy, e.By = c.actor.ids[r.Policy], c.actor.by[r.Policy]
				e.Span = c.actor.place(e.Policy, r.From)
			}
		case policy.LayerBoundary:
			e.Policy = c.actor.boundaryID
		case policy.LayerResource:
			if target >= 0 {
				e.Policy = c.an.world.targets[target].id
			}
		case policy.LayerSession, policy.LayerSCP, policy.LayerRCP, policy.LayerEndpoint, policy.LayerPublicAccess:
		}
		i := slices.IndexFunc(c.evidence, func(x Evidence) bool {
			return x.From == e.From && x.Policy == e.Policy && x.By == e.By && x.Layer == e.Layer
		})
		if i < 0 {
			i = len(c.evidence)
			c.evidence = append(c.evidence, e)
			c.actions = append(c.actions, map[string]bool{})
			c.lets = append(c.lets, nil)
		}
		for _, a := range says {
			if len(says) > 1 && !slices.ContainsFunc(r.From.Actions, func(p string) bool { return matchAction(strings.ToLower(p), strings.ToLower(a)) != never }) {
				continue
			}
			c.actions[i][a] = c.actions[i][a] || r.Sure
		}
		if c.lets[i] == nil && len(lets) > 0 {
			c.lets[i] = map[string]bool{}
		}
		for _, a := range lets {
			c.lets[i][a] = c.lets[i][a] || r.Sure && d.Must
		}
	}
	for _, a := range d.Assumed {
		if !slices.ContainsFunc(c.assumed, a.Equal) {
			c.assumed = append(c.assumed, a)
		}
	}
}

// layerOrder is the order in which people read reasons.
var layerOrder = map[policy.Layer]int{policy.LayerIdentity: 0, policy.LayerResource: 1, policy.LayerBoundary: 2, policy.LayerSession: 3}

// reasons are what was collected: identity policies first, in the order in which they are attached.
func (c *account) reasons() []Evidence {
	for i := range c.evidence {
		c.evidence[i].Actions = slices.Sorted(maps.Keys(c.actions[i]))
		for _, a := range c.evidence[i].Actions {
			if c.actions[i][a] {
				c.evidence[i].Sure = append(c.evidence[i].Sure, a)
			}
		}
		c.evidence[i].Lets = slices.Sorted(maps.Keys(c.lets[i]))
		for _, a := range c.evidence[i].Lets {
			if c.lets[i][a] {
				c.evidence[i].letsSure = append(c.evidence[i].letsSure, a)
			}
		}
	}
	slices.SortStableFunc(c.evidence, func(x, y Evidence) int {
		return cmp.Or(cmp.Compare(layerOrder[x.Layer], layerOrder[y.Layer]),
			cmp.Compare(slices.Index(c.actor.ids, x.Policy), slices.Index(c.actor.ids, y.Policy)), cmp.Compare(x.Policy, y.Policy), cmp.Compare(x.Statement, y.Statement))
	})
	return c.evidence
}

// from is a remembered step as one of a node's.
func (s *Step) from(node model.ID) *Step {
	if s.From == node {
		return s
	}
	c := *s
	c.From = node
	return &c
}

// actStep is what an actor, met at a node, does to a target.
func (an *Analysis) actStep(n, ti int32) *Step {
	key := detailKey{an.actorOf[n], ti}
	an.mu.Lock()
	d, known := an.detail.get(key)
	an.mu.Unlock()
	if !known {
		step := an.newActStep(an.actors[key.actor], ti)
		step.From = an.nodes[n].id
		d = &step
		an.mu.Lock()
		an.detail.put(key, d)
		an.mu.Unlock()
	}
	return d.from(an.nodes[n].id)
}

func (an *Analysis) newActStep(a *actor, ti int32) Step {
	w := an.world
	t := &w.targets[ti]
	f := an.finding(a, ti)
	c := &account{an: an, actor: a}
	step := Step{To: t.id, Kind: Acts, both: a.account != "" && t.account != "" && a.account != t.account}
	step.Part = an.partsOf(f)
	read, write := truth(255), truth(255)
	all := map[string]bool{}
	look := func(x *allowance, arn string) {
		m := w.forms[x.form].menu
		asked := map[string]*ruling{}
		sign := an.signer(a, ti, m)
		for i, action := range m.actions {
			if !x.may.has(i) || !m.hits.has(i) {
				continue
			}
			name := action.String()
			all[name] = true
			step.Capabilities |= action.Capabilities
			if x.must.has(i) {
				step.Must |= action.Capabilities
			}
			key := sign(i)
			d := asked[string(key)]
			if d == nil {
				dec := an.decide(a, ti, name, arn, nil)
				d = &dec
				asked[string(key)] = d
			}
			c.note(*d, ti, name)
			switch needOf(action) {
			case toRead:
				read = 0
			case toWrite:
				write = 0
			case needsNothing:
			}
		}
	}
	for i := range f.whole {
		look(&f.whole[i], w.forms[f.whole[i].form].witness)
	}
	for i := range f.parts {
		// What holds for all of it holds for the part.
		if x := &f.parts[i]; step.Part != "" || !covered(x, f) {
			look(x, x.part.part)
		}
	}
	an.noteKey(c, &step, a, t, read == 0, write == 0)
	step.Capabilities, step.Must = hits(step.Capabilities), hits(step.Must)
	step.Actions = slices.Sorted(maps.Keys(all))
	step.Certainty = certainty(step.Must != 0)
	step.Evidence, step.Assumed = c.reasons(), c.assumed
	if step.Certainty == May && all[callsURL] && !all[invokes] {
		step.Note = ifOldURL
	}
	for _, name := range step.Actions {
		if note := vouched[strings.ToLower(name)]; note != "" && step.Must != step.Capabilities {
			step.Note = note
		}
	}
	if step.Part == "" {
		step.Denials = an.denials(a, f, step.Capabilities)
	}
	step.explain()
	return step
}

// covered reports whether the whole form allows all that one of its parts does, as surely.
func covered(x *allowance, f *finding) bool {
	for i := range f.whole {
		if y := &f.whole[i]; y.form == x.form {
			for k, w := range x.may {
				if w&^y.may[k]|x.must[k]&^y.must[k] != 0 {
					return false
				}
			}
			return true
		}
	}
	return false
}

// ifKeyLets is what everything hangs on where the policy of a resource's key was not seen.
const ifKeyLets = "if the key that encrypts it lets this principal; its policy was not seen"

// noteKey adds the reasons for which the target's key may be used.
func (an *Analysis) noteKey(c *account, step *Step, a *actor, t *target, read, write bool) {
	if !read && !write {
		return
	}
	if t.key == noKey {
		return
	}
	if t.key == unseenKey {
		step.Note = ifKeyLets
	}
	for _, x := range []struct {
		wanted bool
		action string
	}{{read, "kms:Decrypt"}, {write, "kms:GenerateDataKey"}} {
		if x.wanted {
			if v, d := an.use(a, t, x.action); v != never {
				c.note(d, max(t.key, -1), x.action)
			}
		}
	}
}

// explain gives a step that is only perhaps a reason where no condition does.
func (s *Step) explain() {
	if s.Certainty == May && len(s.Assumed) == 0 && s.Note == "" {
		s.Note = "if what the design does not tell allows it"
	}
}

// partsOn are the parts of a target that an actor's policies and limits name.
func (an *Analysis) partsOn(a *actor, ti int32) []match {
	w := an.world
	var parts []match
	collect := func(d *answers, allows bool) {
		for _, s := range d.statements {
			if s = a.own(w, s); s == nil || !s.deny && !allows || s.deny && !s.from.NotResource {
				continue // of denials, what they spare is worth a look
			}
			for _, p := range s.parts {
				if w.forms[p.form].target == ti && !slices.ContainsFunc(parts, func(m match) bool { return m.form == p.form && m.part == p.part }) {
					parts = append(parts, p)
				}
			}
		}
	}
	within := func(level ...*answers) {
		narrow := !slices.ContainsFunc(level, (*answers).allowsAll)
		for _, d := range level {
			collect(d, narrow)
		}
	}
	for _, d := range a.identity {
		collect(d, true)
	}
	if a.boundary != nil {
		within(a.boundary)
	}
	if a.guards != nil {
		for _, level := range a.guards.scps {
			within(level...)
		}
		for _, d := range a.guards.rcps {
			collect(d, false)
		}
	}
	return parts
}

// finding works out one actor's finding on one target.
func (an *Analysis) finding(a *actor, ti int32) *finding {
	w := an.world
	t := &w.targets[ti]
	g := an.gates[ti]
	f := &finding{target: ti}
	parts := an.partsOn(a, ti)
	for _, fi := range t.forms {
		form := &w.forms[fi]
		x := allowance{form: fi}
		x.must, x.may = an.judge(a, ti, form.menu, form.witness, an.candidates(a, form.menu, g, form.witness), nil)
		if !x.may.empty() {
			f.whole = append(f.whole, x)
		}
		if form.space == "" {
			continue
		}
		for _, p := range w.partsWorthALook(a, fi, parts, g) {
			x := allowance{form: fi, part: p}
			x.must, x.may = an.judge(a, ti, form.menu, p.part, an.candidates(a, form.menu, g, p.part), nil)
			if !x.may.empty() {
				f.parts = append(f.parts, x)
			}
		}
	}
	an.enter(a, f)
	an.rewrite(a, f, parts)
	an.retag(a, f, parts)
	an.lock(a, f)
	an.assumable(a, f)
	an.signed(a, f)
	an.vouch(f)
	return f
}

// partsOf names the parts where only parts are reached, "" otherwise.
func (an *Analysis) partsOf(f *finding) string {
	var out []string
	for i := range f.whole {
		x := &f.whole[i]
		form := &an.world.forms[x.form]
		if form.whole(x.may) {
			return ""
		}
		if x.may.meets(form.menu.hits) {
			name, below := strings.CutPrefix(form.space, an.world.targets[f.target].arn)
			if !below {
				name = shortARN(name)
			}
			out = append(out, strings.TrimLeft(name, "/:"))
		}
	}
	for i := range f.parts {
		x := &f.parts[i]
		if !x.may.meets(an.world.forms[x.form].menu.hits) {
			continue
		}
		if name := partName(&an.world.targets[f.target], x.part); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	all := slices.Clone(out) // of which a wider one says another as well
	out = slices.DeleteFunc(out, func(name string) bool {
		return slices.ContainsFunc(all, func(wide string) bool { return wide != name && policy.Covers(wide, name) })
	})
	return strings.Join(out, ", ")
}

// whole reports whether actions on the form are good for something on all of the target.
func (f *form) whole(b bits) bool { return !f.minor && b.meets(f.menu.hits) }

// partName is a part as people write it: "public/*", "index/byDate".
func partName(t *target, p match) string {
	if p.name != "" {
		return p.name
	}
	name := cmp.Or(p.pattern, p.part)
	if rest, ok := strings.CutPrefix(name, t.arn); ok {
		return strings.TrimLeft(rest, "/:")
	}
	// The pattern names other targets too: what it leaves of this one.
	if rest, ok := strings.CutPrefix(p.part, t.arn); ok {
		return asPattern.Replace(strings.TrimLeft(rest, "/:"))
	}
	return asPattern.Replace(name)
}

// edgeStep is an edge from a node, with its statements.
func (an *Analysis) edgeStep(n int32, e *edge) *Step {
	key := stepKey{an.actorOf[n], e}
	an.mu.Lock()
	d, known := an.steps.get(key)
	an.mu.Unlock()
	if !known {
		step := an.newEdgeStep(an.actors[key.actor], e)
		step.From = an.nodes[n].id
		d = &step
		an.mu.Lock()
		an.steps.put(key, d)
		an.mu.Unlock()
	}
	return d.from(an.nodes[n].id)
}

func (an *Analysis) newEdgeStep(a *actor, e *edge) Step {
	w := an.world
	c := &account{an: an, actor: a}
	step := Step{To: an.nodes[e.to].id, Kind: e.kind, Certainty: certainty(e.must)}
	ask := func(action string, target int32, arn string, extra policy.Context) bool {
		if target < 0 {
			extra = an.calledIn(a, action, arn, extra)
		}
		d := an.decide(a, target, action, arn, extra)
		if d.Outcome != policy.Allowed {
			return false
		}
		name := action
		if x := w.catalog.Action(action); x != nil {
			name = x.String()
		}
		c.note(d, target, name)
		step.Actions = append(step.Actions, name)
		return true
	}
	if e.alter != nil {
		return an.alterStep(a, e.alter)
	}
	if e.join != nil {
		return an.crewStep(e)
	}
	if e.carrier != nil {
		an.carrierStep(&step, a, e, ask)
	} else {
		an.techniqueStep(&step, a, e, c, ask)
	}
	step.Actions = append(step.Actions, c.by...)
	slices.Sort(step.Actions)
	step.Actions = slices.Compact(step.Actions)
	step.Evidence, step.Assumed = c.reasons(), c.assumed
	step.explain()
	return step
}

// carrierStep fills in a feed through a resource.
func (an *Analysis) carrierStep(step *Step, a *actor, e *edge, ask func(string, int32, string, policy.Context) bool) {
	w := an.world
	step.Technique, step.Says, step.Note, step.any = e.carrier.technique, e.carrier.says, e.carrier.note, !slices.Contains(wholly, e.carrier)
	for i, k := range e.triggers {
		if i > 0 || e.over >= 0 {
			step.Through = append(step.Through, an.triggers[k].From)
		}
		step.Via = cmp.Or(an.triggers[k].ID, step.Via) // a function's destination has none
	}
	if e.carrier == &signedURL || e.carrier == &publicURL {
		step.Through = nil
	}
	step.Only = an.only(e.triggers)
	actions := e.carrier.actions
	if h := e.how; h != nil {
		if h.actions != nil {
			actions = h.actions
		}
		step.Note = cmp.Or(step.Note, h.note)
	}
	if e.how != nil && e.how.then != nil {
		defer ask(e.how.then.action, an.world.byARN[e.how.then.arn], e.how.then.arn, nil)
	}
	if e.over < 0 {
		for _, x := range actions { // an open route has none
			ask(x, -1, e.how.arn, e.how.with)
		}
		return
	}
	t := &w.targets[e.over]
	if len(e.triggers) == 0 {
		step.Through = []model.ID{t.id}
	}
	if e.how != nil && e.how.lists {
		for _, x := range actions {
			ask(x, -1, "*", nil)
		}
		return
	}
	f := an.finding(a, e.over)
	var with policy.Context
	if e.how != nil {
		with = e.how.with
	}
	if e.how != nil && e.how.arn != "" {
		for _, action := range actions {
			ask(action, e.over, e.how.arn, with)
		}
		return
	}
	held := func(xs []allowance) {
		for i := range xs {
			x := &xs[i]
			m := w.forms[x.form].menu
			for _, action := range actions {
				if j := m.bit(action); j >= 0 && x.may.has(j) {
					ask(action, e.over, cmp.Or(x.part.part, w.forms[x.form].witness), with)
				}
			}
		}
	}
	held(f.whole)
	if len(step.Actions) == 0 {
		held(f.parts)
	}
}

// techniqueStep fills in a technique.
func (an *Analysis) techniqueStep(step *Step, a *actor, e *edge, c *account, ask func(string, int32, string, policy.Context) bool) {
	w := an.world
	k := e.technique
	step.Technique, step.Says, step.Note = k.id, k.says, k.note
	arn := w.targets[e.over].arn
	anywhere := func() {
		where, _ := an.combine(a, k.needs, an.unoccupied(k))
		for _, x := range where {
			ask(x.action, -1, x.arn, nil)
		}
	}
	switch k.route {
	case mapping:
		anywhere()
	case federating:
		ask(k.needs[0], -1, e.how.arn, nil)
	case deputizing:
		i := slices.IndexFunc(an.deputies[k.by[0]], func(d deputy) bool { return d.function == e.over })
		where, lets, _ := an.newSetup(a, k).on(&an.deputies[k.by[0]][i])
		for _, x := range where {
			ask(x.action, -1, x.arn, nil)
		}
		if an.sourceThere(where) {
			step.Note = ""
		}
		c.note(ruling{Decision: lets}, e.over, invokes)
	case onTarget, feeding, running:
		if h := e.how; h != nil {
			step.Note = cmp.Or(step.Note, h.note)
			step.Says += " " + asPattern.Replace(strings.TrimPrefix(h.arn, arn+":")) + " of"
			for alternative := range strings.SplitSeq(k.needs[0], "|") {
				if ask(alternative, e.over, h.arn, nil) {
					break
				}
			}
			return
		}
		f := an.finding(a, e.over)
		for _, need := range k.needs {
			for alternative := range strings.SplitSeq(need, "|") {
				where := arn
				for _, x := range f.whole {
					if i := w.forms[x.form].menu.bit(strings.ToLower(alternative)); i >= 0 && x.may.has(i) {
						where = w.forms[x.form].witness
						break
					}
				}
				if ask(alternative, e.over, where, nil) {
					break
				}
			}
		}
		if k.route == running {
			step.Through = []model.ID{w.targets[e.over].id}
			step.Says = "rewrites " + an.Name(w.targets[e.over].id) + ", which acts as"
			an.noteTrust(c, w.target(an.nodes[e.to].id), e.service)
		}
		if g := an.gates[e.over]; k.id == "sts-001" && g != nil && g.unseen {
			step.Note = "if its trust policy, which was not seen, lets this principal"
		}
	case passing:
		_, how := an.passed(a, e.over, e.service)
		ask("iam:PassRole", e.over, arn, how)
		if name := how["iam:passedtoservice"][0]; name != e.service {
			step.Note = cmp.Or(step.Note, "if it is passed to "+name+", the service's name in one region")
		}
		if !an.thereStep(step, a, k, ask) {
			anywhere()
		}
		if e.service == instances {
			an.profileStep(step, a, e, ask)
		}
		step.Says = "passes the role to " + strings.TrimSuffix(e.service, ".amazonaws.com") + ", which acts as"
		an.noteTrust(c, e.over, e.service)
	case existing:
		if k.scripts {
			document, _ := an.runsScripts(a, k)
			ask(k.needs[0], -1, document, nil)
		}
		if t := &w.targets[e.over]; t.sort == isResource {
			for _, need := range k.needs {
				if t.typ == serviceType && need == inTask {
					for _, task := range tasksOf(t.arn) {
						ask(need, -1, task, nil)
					}
					continue
				}
				for alternative := range strings.SplitSeq(need, "|") {
					if w.limited(e.over, alternative) {
						ask(alternative, e.over, arn, nil)
						continue
					}
					for _, x := range an.places(a, []string{alternative}) {
						ask(x.action, -1, x.arn, nil)
					}
				}
			}
			if step.Note = ""; !slices.Contains(settled, k.id) {
				if step.Note = ifLetIn; k.shown {
					step.Note = k.note
				}
			}
			step.Through, step.Says = []model.ID{t.id}, "takes over "+an.Name(t.id)+", which acts as"
			for _, service := range k.by {
				an.noteTrust(c, w.target(an.nodes[e.to].id), service)
			}
			return
		}
		anywhere()
		step.Says = "takes over something of " + strings.TrimSuffix(e.service, ".amazonaws.com") + " that acts as"
		an.noteTrust(c, e.over, e.service)
	case creating: // a member of a group
		ask("iam:AddUserToGroup", e.over, arn, nil)
		anywhere()
	case altering, unguarding, joining:
	}
}

// noteTrust adds the trust policy's statement that lets a service assume a role.
func (an *Analysis) noteTrust(c *account, role int32, service string) {
	g := an.gates[role]
	if g == nil || g.program == nil {
		return
	}
	d := an.trustDecision(role, service)
	c.note(ruling{Decision: d}, role, "sts:AssumeRole")
}

// alterStep is a step to a guise.
func (an *Analysis) alterStep(a *actor, x *alter) Step {
	w := an.world
	c := &account{an: an, actor: a}
	k := x.technique
	to := newPrincipalID
	if x.actor >= 0 {
		to = an.actors[x.actor].id
	}
	step := Step{To: to, Kind: Runs, Technique: k.id, Certainty: certainty(x.must), Says: k.says, Note: k.note, change: &x.change}
	put := func(action string, d ruling) bool {
		if d.Outcome != policy.Allowed {
			return false
		}
		c.note(d, -1, action)
		step.Actions = append(step.Actions, action)
		return true
	}
	if x.target < 0 {
		if k.route != creating {
			step.Note = "if a policy of the account that it may rewrite comes to be attached to it; the design shows none"
		}
		places, _ := an.combineBy(crew{actors: []*actor{a}, bound: an.arnOf(x.bound)}, k.needs, nil)
		if k.route != creating {
			arn, _ := an.unseenPolicy(a, k)
			places = []place{{k.needs[0], arn}}
			step.Says += " of"
		}
		for _, p := range places {
			put(p.action, an.decide(a, -1, p.action, p.arn, newPrincipal(w, an.arnOf(x.bound))))
		}
	} else {
		if id := w.targets[x.target].id; id != to {
			if k.route == joining && to == a.id {
				step.Says = "adds itself to"
			}
			step.Says += " " + an.Name(id)
			if n := len(x.also); n > 0 {
				step.Says += " and " + strconv.Itoa(n) + " more"
			}
			step.Says += " of"
		}
		for _, target := range append([]int32{x.target}, x.also...) {
			an.alterOn(a, x, target, put)
		}
	}
	slices.Sort(step.Actions)
	step.Actions = slices.Compact(step.Actions)
	step.Evidence, step.Assumed = c.reasons(), c.assumed
	step.explain()
	return step
}

// alterOn puts the calls by which an actor makes a change on a target.
func (an *Analysis) alterOn(a *actor, x *alter, target int32, put func(action string, d ruling) bool) {
	for _, need := range x.technique.needs {
		for alternative := range strings.SplitSeq(need, "|") {
			extra := an.alterContext(target, alternative)
			if ids := slices.Concat(x.given, x.without); len(ids) > 0 && !x.any && x.technique.id != setsVersion {
				p := an.design.Policy(ids[0])
				if p != nil && !p.Managed && strings.HasPrefix(alternative, "iam:Detach") {
					continue
				}
				if p != nil && p.Managed && strings.HasPrefix(alternative, "iam:Delete") {
					continue
				}
				if extra["iam:policyarn"] = []string{string(ids[0])}; p != nil {
					extra["iam:policyarn"] = []string{p.ARN}
				}
			}
			for _, t := range x.tags {
				maps.Copy(extra, t.request())
			}
			if len(x.tags) > 0 && !slices.Contains(x.tags[0].setBy(x.technique), alternative) {
				continue
			}
			if put(alternative, an.decide(a, target, alternative, an.world.targets[target].arn, extra)) {
				break
			}
		}
	}
}

// with is a step that takes what other steps lead to as well.
func (s *Step) with(others ...*Step) *Step {
	c := *s
	c.Evidence = slices.Clone(c.Evidence)
	for _, o := range others {
		c.lean(o)
	}
	return &c
}

// lean adds the statements of another step.
func (s *Step) lean(o *Step) {
	for _, e := range o.Evidence {
		if !slices.ContainsFunc(s.Evidence, func(x Evidence) bool {
			return x.From == e.From && x.Policy == e.Policy && x.By == e.By && x.Layer == e.Layer
		}) {
			s.Evidence = append(s.Evidence, e)
		}
	}
	for _, a := range o.Assumed {
		if !slices.ContainsFunc(s.Assumed, a.Equal) {
			s.Assumed = append(slices.Clip(s.Assumed), a)
		}
	}
}

// owed is a step with the steps by which its actor came to the layers that allow it, and their statements.
func (s *Step) owed(path []*Step) *Step {
	from := len(path)
	for from > 0 && path[from-1].change != nil {
		from--
	}
	if s.owes != nil || from == len(path) {
		return s
	}
	c := *s
	c.owes, c.own = path[from:], len(s.Evidence)
	c.Evidence = slices.Clone(c.Evidence)
	for _, o := range c.owes {
		c.lean(o)
	}
	return &c
}

// adminStep says why a node's own permissions rule.
func (an *Analysis) adminStep(n int32) *Step {
	a := an.actors[an.actorOf[n]]
	c := &account{an: an, actor: a}
	step := Step{From: an.nodes[n].id, To: an.nodes[n].id, Kind: Runs, Technique: "administrator", Certainty: certainty(a.admin == surely), Says: "may do anything as"}
	for _, p := range probes {
		d := an.probe(a, a.layers(), p, an.probedIn(a, a.layers(), p))
		if d.Outcome == policy.Allowed {
			c.note(ruling{Decision: d}, -1, p.action)
			step.Actions = append(step.Actions, p.action)
		}
	}
	slices.Sort(step.Actions)
	step.Evidence, step.Assumed = c.reasons(), c.assumed
	step.explain()
	return &step
}
