package reach

import (
	"maps"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// An act is what an actor may do to a target.
type act struct {
	target    int32
	may, must catalog.Capabilities // may contains must
	part      bool                 // hits are of parts only
}

// under is what counts of an act under a look.
func (x *act) under(look int) catalog.Capabilities {
	if sure(look) {
		return x.must
	}
	return x.may
}

// A tally adds up what an actor may do to every form, action by action:
//
//	allowed by identity policies ∖ denied, within the boundary and each level of SCPs, ∖ denied by the target's policy
//
// Where the target's policy allows by itself or must allow, the evaluator decides instead. A tally is used again
// for one actor after the other.
type tally struct {
	an    *Analysis
	w     *world
	actor *actor

	allowMust, allowMay, denyMust, denyMay, limitMust, limitMay []uint64
	touched                                                     []int32
	seen                                                        []bool
	parts                                                       []match // of this actor's patterns

	only   []int32 // forms that are looked at; nil: all
	chosen []bool  // the same, by form
}

func newTally(an *Analysis) *tally {
	w := an.world
	t := &tally{an: an, w: w, seen: make([]bool, len(w.forms)), chosen: make([]bool, len(w.forms))}
	for _, s := range []*[]uint64{&t.allowMust, &t.allowMay, &t.denyMust, &t.denyMay, &t.limitMust, &t.limitMay} {
		*s = make([]uint64, w.words)
	}
	return t
}

func (t *tally) reset() {
	for _, f := range t.touched { // alone of these anything is set
		form := &t.w.forms[f]
		from, to := form.offset, form.offset+form.menu.words
		for _, s := range [...][]uint64{t.allowMust, t.allowMay, t.denyMust, t.denyMay, t.limitMust, t.limitMay} {
			clear(s[from:to])
		}
		t.seen[f] = false
	}
	t.touched, t.parts = t.touched[:0], t.parts[:0]
	for _, f := range t.only {
		t.chosen[f] = false
	}
	t.only = nil
}

func (t *tally) touch(f int32) {
	if !t.seen[f] {
		t.seen[f] = true
		t.touched = append(t.touched, f)
	}
}

// count makes the sets of an actor on some targets, nil: on all. After it, must and may tell what is allowed.
func (t *tally) count(a *actor, on []int32) {
	t.reset()
	t.actor = a
	if on != nil {
		t.only = []int32{}
		for _, target := range on {
			for _, f := range t.w.targets[target].forms {
				t.only = append(t.only, f)
				t.chosen[f] = true
			}
		}
	}
	for _, d := range a.identity {
		for _, s := range d.statements {
			if !s.deny {
				t.allow(s, t.allowMust, t.allowMay)
			}
		}
	}
	for _, d := range a.identity {
		t.deny(d)
	}
	if a.boundary != nil {
		t.within(a.boundary)
	}
	if a.guards != nil {
		for _, level := range a.guards.scps {
			t.within(level...)
		}
		for _, d := range a.guards.rcps {
			t.denyOn(d, t.an.guardedByRCP)
		}
	}
	slices.Sort(t.touched)
	for _, f := range t.touched {
		t.settle(f)
	}
}

// allow adds an Allow to the sets. Conditions of the target are decided for each.
func (t *tally) allow(s *statement, must, may []uint64) {
	if s = t.actor.own(t.w, s); s == nil {
		return
	}
	t.part(s)
	t.each(s, func(f int32, b doings, v truth) {
		t.touch(f)
		add(must, may, t.w.forms[f].offset, b, v)
	})
}

// part adds the parts that a statement's patterns reach.
func (t *tally) part(s *statement) {
	if t.only == nil {
		t.parts = append(t.parts, s.parts...)
		return
	}
	for _, p := range s.parts {
		if t.chosen[p.form] {
			t.parts = append(t.parts, p)
		}
	}
}

// each calls do for every form that a statement surely or perhaps applies to.
func (t *tally) each(s *statement, do func(f int32, b doings, v truth)) {
	v := surely
	if s.perhaps {
		v = truthOf(false, true)
	}
	if !s.ofTarget {
		if v = min(v, t.an.truth(t.actor, s, nil)); v == never {
			return
		}
	}
	on := func(f int32, b doings, must bool) {
		v := min(v, truthOf(must, true))
		if !s.ofTarget {
			do(f, b, v)
			return
		}
		x := &t.w.targets[t.w.forms[f].target]
		if t.an.passedApart(x) {
			var pass doings
			if pass, b = t.w.forms[f].menu.cut(b, "iam:passrole"); !pass.may.empty() {
				if v := min(v, t.an.truth(t.actor, s, x.passed())); v != never {
					do(f, pass, v)
				}
			}
		}
		if v = min(v, t.an.truth(t.actor, s, x)); v != never {
			do(f, b, v)
		}
	}
	if t.only != nil && len(t.only) < s.size() {
		for _, f := range t.only {
			if b, reaches := s.on(f, t.w.forms[f].menu); reaches != never {
				on(f, b, reaches == surely)
			}
		}
		return
	}
	for i := range s.groups {
		g := &s.groups[i]
		if s.wide {
			for _, f := range g.menu.forms {
				if t.only == nil || t.chosen[f] {
					on(f, g.doings, true)
				}
			}
			continue
		}
		for _, m := range g.forms {
			if t.only == nil || t.chosen[m.form] {
				on(m.form, g.doings, m.must)
			}
		}
	}
}

// cut takes an action out of some.
func (m *menu) cut(b doings, action string) (taken, left doings) {
	i := m.bit(action)
	if i < 0 || !b.may.has(i) {
		return doings{}, b
	}
	taken = doings{must: make(bits, m.words), may: make(bits, m.words)}
	left = doings{must: slices.Clone(b.must), may: slices.Clone(b.may)}
	word, bit := i>>6, uint64(1)<<(i&63)
	taken.must[word], taken.may[word] = b.must[word]&bit, bit
	left.must[word] &^= bit
	left.may[word] &^= bit
	return taken, left
}

func add(must, may []uint64, offset int, b doings, v truth) {
	for i, w := range b.may {
		may[offset+i] |= w
	}
	if v == surely {
		for i, w := range b.must {
			must[offset+i] |= w
		}
	}
}

// within leaves what some of the documents allows, less what they deny.
func (t *tally) within(documents ...*answers) {
	if !slices.ContainsFunc(documents, (*answers).allowsAll) {
		for _, d := range documents {
			for _, s := range d.statements {
				if !s.deny {
					t.permit(s)
				}
			}
		}
		for _, f := range t.touched {
			form := &t.w.forms[f]
			for i := form.offset; i < form.offset+form.menu.words; i++ {
				t.allowMust[i] &= t.limitMust[i]
				t.allowMay[i] &= t.limitMay[i]
				t.limitMust[i], t.limitMay[i] = 0, 0
			}
		}
	}
	for _, d := range documents {
		t.deny(d)
	}
}

// deny adds the Denies of a document, on forms where something is allowed.
func (t *tally) deny(d *answers) { t.denyOn(d, nil) }

// denyOn is deny on the targets alone for which bound holds; nil: on all.
func (t *tally) denyOn(d *answers, bound func(a *actor, x *target) bool) {
	for _, s := range d.statements {
		if !s.deny {
			continue
		}
		if s = t.actor.own(t.w, s); s == nil {
			continue
		}
		if s.from.NotResource {
			t.part(s) // what it spares
		}
		t.each(s, func(f int32, b doings, v truth) {
			if bound != nil {
				_, b = t.w.forms[f].menu.cut(b, unbound)
			}
			if t.seen[f] && (bound == nil || bound(t.actor, &t.w.targets[t.w.forms[f].target])) {
				add(t.denyMust, t.denyMay, t.w.forms[f].offset, b, v)
			}
		})
	}
}

// permit adds an Allow of a boundary or SCP.
func (t *tally) permit(s *statement) {
	if s = t.actor.own(t.w, s); s == nil {
		return
	}
	t.part(s)
	t.each(s, func(f int32, b doings, v truth) {
		if t.seen[f] {
			add(t.limitMust, t.limitMay, t.w.forms[f].offset, b, v)
		}
	})
}

// settle leaves in allowMust and allowMay what is allowed after all, gates aside.
func (t *tally) settle(f int32) {
	form := &t.w.forms[f]
	for i := form.offset; i < form.offset+form.menu.words; i++ {
		t.allowMust[i] &^= t.denyMay[i]
		t.allowMay[i] &^= t.denyMust[i]
	}
	g := t.an.gates[form.target]
	if g == nil || g.denies == nil || t.w.targets[form.target].sort == isRole {
		return
	}
	for _, s := range g.denies {
		b, v := s.on(f, form.menu)
		if v = min(v, t.an.truth(t.actor, s, &t.w.targets[form.target])); v == never {
			continue
		}
		for i, w := range b.may {
			t.allowMust[form.offset+i] &^= w
			if v == surely {
				t.allowMay[form.offset+i] &^= b.must[i]
			}
		}
	}
}

// must is the actions surely allowed on a form; may those that are allowed surely or perhaps.
func (t *tally) must(f int32) bits {
	form := &t.w.forms[f]
	return t.allowMust[form.offset : form.offset+form.menu.words]
}

func (t *tally) may(f int32) bits {
	form := &t.w.forms[f]
	return t.allowMay[form.offset : form.offset+form.menu.words]
}

// A finding is what an actor may do to one target: to each of its forms, and to parts of them.
type finding struct {
	target int32
	whole  []allowance // of each form of the target where anything is allowed
	parts  []allowance
}

// An allowance is the actions allowed on one form, or on a part of it.
type allowance struct {
	form      int32
	part      match
	must, may bits
	given     bits // what of these the actor has, or has surely, by writing the target's policy; nil for nothing
}

func (x *allowance) isPart() bool { return x.part.part != "" }

// findings calls do for each target that the actor may do something to, in order. What is passed is only valid
// during the call.
func (t *tally) findings(do func(*finding)) {
	a, w := t.actor, t.w
	slices.SortStableFunc(t.parts, func(x, y match) int {
		if x.form != y.form {
			return int(x.form - y.form)
		}
		return strings.Compare(x.part, y.part)
	})
	t.parts = slices.CompactFunc(t.parts, func(x, y match) bool { return x.form == y.form && x.part == y.part })

	// Targets where something is allowed, has parts, or where a gate lets the actor pass by itself.
	var targets []int32
	for _, f := range t.touched {
		targets = append(targets, w.forms[f].target)
	}
	for _, p := range t.parts {
		targets = append(targets, w.forms[p.form].target)
	}
	pass := func(i int32) {
		if w.inlets[i] != nil || t.an.gates[i].special(a, &w.targets[i], false) {
			targets = append(targets, i)
		}
	}
	for _, i := range t.an.gated(a) {
		if t.only == nil || t.on(i) {
			pass(i)
		}
	}
	switch {
	case a.outside != nil:
	case t.only == nil:
		for _, i := range t.an.common {
			pass(i)
		}
	case len(t.an.common) > 0:
		for _, f := range t.only {
			if i := w.forms[f].target; among(t.an.common, i) {
				pass(i)
			}
		}
	}
	slices.Sort(targets)
	parts := t.parts
	var out finding
	for _, i := range slices.Compact(targets) {
		n := 0
		for n < len(parts) && w.forms[parts[n].form].target == i {
			n++
		}
		out = finding{target: i, whole: out.whole[:0], parts: out.parts[:0]}
		t.find(&out, parts[:n])
		parts = parts[n:]
		trusted := w.targets[i].sort == isRole && t.an.gates[i] != nil && t.an.gates[i].names(a)
		if len(out.whole) > 0 || len(out.parts) > 0 || trusted {
			do(&out)
		}
	}
}

// on reports whether a target is among those that are looked at.
func (t *tally) on(target int32) bool {
	forms := t.w.targets[target].forms
	return len(forms) > 0 && t.chosen[forms[0]]
}

// find fills in a finding.
func (t *tally) find(out *finding, parts []match) {
	w, a := t.w, t.actor
	target := &w.targets[out.target]
	g := t.an.gates[out.target]
	allowed := slices.ContainsFunc(target.forms, func(f int32) bool { return t.seen[f] && !t.may(f).empty() })
	special := g != nil && target.sort != isRole && g.special(a, target, allowed) || target.account != a.account && allowed && target.sort != isRole || allowed && t.an.isOpen(out.target)
	for _, f := range target.forms {
		form := &w.forms[f]
		x := allowance{form: f}
		if special {
			candidates := make(bits, form.menu.words)
			if t.seen[f] {
				copy(candidates, t.may(f))
			}
			if g != nil {
				for i, b := range g.allows(a, w, f, form.menu) {
					candidates[i] |= b
				}
			}
			x.must, x.may = t.an.judge(a, out.target, form.menu, form.witness, candidates, nil)
		} else if t.seen[f] {
			x.must, x.may = t.must(f), t.may(f)
			if target.account != a.account { // a role of another account, which its trust policy alone opens
				x.must, x.may = form.menu.common(x.must, form.menu.sts), form.menu.common(x.may, form.menu.sts)
			}
		}
		if x.may != nil && !x.may.empty() {
			out.whole = append(out.whole, x)
		}
		if form.space == "" {
			continue
		}
		for _, p := range w.partsWorthALook(a, f, parts, g) {
			x := allowance{form: f, part: p}
			x.must, x.may = t.an.judge(a, out.target, form.menu, p.part, t.an.candidates(a, form.menu, g, p.part), nil)
			if !x.may.empty() {
				out.parts = append(out.parts, x)
			}
		}
	}
	t.an.enter(a, out)
	t.an.rewrite(a, out, parts)
	t.an.retag(a, out, parts)
}

// partsWorthALook lists the parts of a form that patterns name, and what two of them have in common where there is
// a boundary.
func (w *world) partsWorthALook(a *actor, f int32, parts []match, g *gate) []match {
	var out []match
	at := map[string]int{} // many statements may name one part
	for _, p := range parts {
		if p.form != f {
			continue
		}
		key := p.part + "\x00" + p.pattern
		if i, ok := at[key]; ok {
			out[i].must = out[i].must || p.must
			continue
		}
		at[key] = len(out)
		out = append(out, p)
	}
	if g != nil && g.answers != nil {
		for _, s := range g.answers.statements {
			if s = a.own(w, s); s == nil {
				continue
			}
			for _, p := range s.parts {
				if p.form == f && !slices.ContainsFunc(out, func(m match) bool { return m.part == p.part }) {
					out = append(out, p)
				}
			}
		}
	}
	if len(a.limits()) > 0 {
		for i, n := 0, len(out); i < n; i++ {
			for j := i + 1; j < n; j++ {
				if both, ok := overlap(out[i].pattern, out[j].pattern); ok && !slices.ContainsFunc(out, func(m match) bool { return m.part == both }) {
					t := &w.targets[w.forms[f].target]
					out = append(out, match{form: f, must: true, part: both, name: partName(t, out[i]) + " ∩ " + partName(t, out[j])})
				}
			}
		}
	}
	return out
}

func overlap(a, b string) (string, bool) {
	if a == "" || b == "" || a == b {
		return "", false
	}
	return policy.Overlap(a, b)
}

// candidates is the actions that some Allow of the actor's policies or of the gate is about, on an ARN.
func (an *Analysis) candidates(a *actor, m *menu, g *gate, arn string) bits {
	out := make(bits, m.words)
	from := func(s *statement) {
		if s == nil || s.deny || s.reaches(arn) == never {
			return
		}
		for i, w := range s.actions(m).may {
			out[i] |= w
		}
	}
	for _, d := range a.identity {
		for _, s := range d.statements {
			from(a.own(an.world, s))
		}
	}
	if g != nil && g.answers != nil {
		for _, s := range g.answers.statements {
			from(a.own(an.world, s))
		}
	}
	return out
}

// judge asks the evaluator about actions on an ARN of a target (-1: of none). extra is context beside what actor and target tell.
func (an *Analysis) judge(a *actor, ti int32, m *menu, arn string, candidates bits, extra policy.Context) (must, may bits) {
	return an.judgeBy(a, ti, m, candidates, func(action string) truth {
		d := an.direct(a, ti, action, arn, extra)
		return truthIn(&d)
	})
}

// judgeBy asks about actions on a target. Of those that the same statements are about, one is asked about.
func (an *Analysis) judgeBy(a *actor, ti int32, m *menu, candidates bits, ask func(action string) truth) (must, may bits) {
	must, may = make(bits, m.words), make(bits, m.words)
	if candidates.empty() {
		return must, may
	}
	sign := an.signer(a, ti, m)
	answers := map[string]truth{}
	abroad := ti >= 0 && an.world.targets[ti].account != a.account
	for i := range m.actions {
		if !candidates.has(i) || abroad && staysHome(m.actions[i].String()) {
			continue
		}
		key := sign(i)
		v, ok := answers[string(key)]
		if !ok {
			v = ask(m.actions[i].String())
			answers[string(key)] = v
		}
		if v != never {
			may.set(i)
		}
		if v == surely {
			must.set(i)
		}
	}
	return must, may
}

// signer tells actions of a menu apart by the statements that are about them. What it returns is good until it is called again.
func (an *Analysis) signer(a *actor, ti int32, m *menu) func(action int) []byte {
	var sets []bits
	put := func(d *answers) {
		if d == nil {
			return
		}
		for _, s := range d.statements {
			b := s.actions(m)
			if !b.may.empty() {
				sets = append(sets, b.may)
			}
			if !slices.Equal(b.must, b.may) {
				sets = append(sets, b.must)
			}
		}
	}
	for _, d := range a.identity {
		put(d)
	}
	for _, d := range a.limits() {
		put(d)
	}
	guards := a.guards
	if ti >= 0 && an.world.targets[ti].account != a.account {
		guards = an.guards[an.world.targets[ti].account]
	}
	spared := -1 // another
	if guards != nil && len(guards.rcps) > 0 {
		for _, d := range guards.rcps {
			put(d)
		}
		spared = m.bit(unbound)
	}
	if ti >= 0 && an.gates[ti] != nil {
		put(an.gates[ti].answers)
	}
	if ti >= 0 {
		for _, inlet := range an.world.inlets[ti] {
			if g := an.gates[inlet]; g != nil {
				put(g.answers)
			}
		}
	}
	pass := -1 // an action that does not hear the tags of the role that it is about, nor is made in its region: it has an answer of its own
	if ti >= 0 && an.passedApart(&an.world.targets[ti]) {
		pass = m.bit("iam:passrole")
	}
	buf := make([]byte, 0, len(sets)/8+16)
	return func(action int) []byte {
		buf = append(buf[:0], m.actions[action].Service...)
		if action == pass || action == spared {
			buf = append(buf, '*')
		}
		if x := m.actions[action]; x.Service == "sts" {
			buf = append(buf, x.Name...) // who calls and how decides some of them, whatever the statements
		}
		buf = append(buf, 0)
		var word byte
		for i, b := range sets {
			word <<= 1
			if b.has(action) {
				word |= 1
			}
			if i%8 == 7 {
				buf = append(buf, word)
			}
		}
		buf = append(buf, word)
		return buf
	}
}

// mustAllow reports whether the policy of what an ARN names has to allow an action, even within the account: a key's, and
// a role's its assumption ("Policy evaluation logic").
func mustAllow(action, arn string) bool {
	service, _, _ := strings.Cut(action, ":")
	switch parts := strings.SplitN(arn, ":", 6); {
	case len(parts) < 6:
	case service == "kms":
		return parts[2] == "kms" && strings.HasPrefix(parts[5], "key/")
	case service == "sts":
		return parts[2] == "iam" && strings.HasPrefix(parts[5], "role/")
	}
	return false
}

// direct asks the evaluator about one action on an ARN of a target (-1: of none), by the policies that there are.
func (an *Analysis) direct(a *actor, ti int32, action, arn string, extra policy.Context) policy.Decision {
	if a.outside != nil {
		action = a.outside.calls(action)
	}
	req := policy.Request{Principal: a.principal(), Action: action, Resource: arn, Open: true, Absent: a.absent}
	var t *target
	if ti >= 0 {
		t = &an.world.targets[ti]
		if t.account != a.account && staysHome(action) {
			return policy.Decision{Outcome: policy.ImplicitDeny}
		}
		req.ResourceAccount = t.account
		g := an.gates[ti]
		trust := strings.HasPrefix(action, "sts:")
		if g != nil && (t.sort != isRole || trust) {
			req.ResourcePolicy, req.PolicyUnseen = g.program, g.unseen
		}
		if t.isKey() && g == nil {
			req.ResourcePolicy = an.defaultKeys[t.account]
		}
		if t.resource != nil {
			req.S3.BlockPublicAccess = t.resource.BlockPublicAccess
		}
	} else if foreign(arn, a.account) != "" {
		req.PolicyUnseen = true // what another account allows is not known
	} else if mustAllow(action, arn) {
		return an.decideUnseen(a, req, extra)
	}
	if t != nil && t.sort == isRole && len(an.tagsAsked) > 0 && passesTags(action) {
		if d := an.direct(a, ti, "sts:TagSession", arn, extra); d.Outcome != policy.Allowed {
			extra = an.untagged(extra)
		}
	}
	about := t
	if t != nil && an.passedApart(t) && strings.EqualFold(action, "iam:PassRole") {
		about = t.passed()
	}
	d := an.answer(a, t, about, req, extra)
	if req.PolicyUnseen && d.Outcome == policy.Allowed && !an.isSeen(a, t, about, req, extra, &d) {
		return policy.Decision{Outcome: policy.ImplicitDeny}
	}
	return d
}

// isSeen reports whether a request about a target whose policy was not read, or not all of it, is allowed by more than that. What
// such a policy may give by itself, everybody might have: figures are at least what they are then, and it is no hit of any.
func (an *Analysis) isSeen(a *actor, t, about *target, req policy.Request, extra policy.Context, d *policy.Decision) bool {
	named := slices.ContainsFunc(d.Reasons, func(r policy.Reason) bool { return r.Layer == policy.LayerResource })
	switch {
	case a.outside != nil:
		return named
	case t == nil || t.account != a.account:
		return true // it takes permissions of the actor's own as well
	case mustAllow(req.Action, req.Resource):
		return true // perhaps: of keys that were not seen nobody is known to be kept
	}
	req.PolicyUnseen = false
	own := an.answer(a, t, about, req, extra)
	return own.Outcome == policy.Allowed
}

// answer asks the evaluator a question about a target, nil for none, of which the caller sees as much as about has.
func (an *Analysis) answer(a *actor, t, about *target, req policy.Request, extra policy.Context) policy.Decision {
	req.Context, req.Over = an.contextOf(a, about, extra)
	d := an.layersOn(a, t).Evaluate(req)
	if d.Outcome != policy.Allowed || d.Must {
		return d
	}
	// It depends, perhaps on what the caller writes: by what it writes best it is more, or nothing.
	var best *policy.Decision
	rank := func(d *policy.Decision) truth {
		return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
	}
	an.tries(a, about, func(chosen policy.Context) bool {
		with := maps.Clone(chosen)
		maps.Copy(with, extra)
		req.Context, req.Over = an.contextOf(a, about, with)
		x := an.layersOn(a, t).Evaluate(req)
		// A policy that was not read perhaps allows whatever is written: of what is as sure, that counts for which a statement speaks.
		spoken := best != nil && best.Outcome == policy.Allowed && len(best.Reasons) == 0 && len(x.Reasons) > 0
		if best == nil || rank(&x) > rank(best) || rank(&x) == rank(best) && spoken {
			best = &x
		}
		return rank(best) != surely
	})
	if best != nil {
		return *best
	}
	return d
}

// decideUnseen asks the evaluator about a key or role of the actor's account that was not seen: its policy perhaps leaves
// it to the account's own policies.
func (an *Analysis) decideUnseen(a *actor, req policy.Request, extra policy.Context) policy.Decision {
	req.ResourcePolicy = an.delegating[a.account]
	req.Context, req.Over = an.contextOf(a, nil, extra)
	d := an.layersOn(a, nil).Evaluate(req)
	if d.Outcome == policy.Allowed {
		d.Must = false
		d.Assumed = append(slices.Clip(d.Assumed), policy.Condition{Operator: "Allows", Key: "ResourcePolicy", Values: []string{req.Resource}})
		d.Reasons = slices.DeleteFunc(slices.Clone(d.Reasons), func(r policy.Reason) bool { return r.Layer == policy.LayerResource })
	}
	return d
}
