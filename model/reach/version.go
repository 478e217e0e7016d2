package reach

import (
	"slices"
	"strconv"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Whoever sets another version of a policy gives its holders what that version says: the account's file lists them all, a template
// none.

// versions tells how much more than the one in force another version of a policy gives: surely everything, perhaps something, or
// never anything.
func (w *world) versions(p *model.Policy) truth {
	if p == nil || !p.Listed || p.Document == nil {
		return perhaps
	}
	out := never
	for _, d := range p.Versions {
		switch {
		case givesAll(d):
			return surely
		case out == never && !w.isWithin(d, p.Document):
			out = perhaps
		}
	}
	return out
}

// isWithin reports whether a document surely allows nothing beyond another. It is remembered.
func (w *world) isWithin(d, other *policy.Document) bool {
	key := [2]*policy.Document{d, other}
	w.mu.RLock()
	yes, known := w.lesser[key]
	w.mu.RUnlock()
	if !known {
		yes = (&policy.Stack{Identity: program(d)}).Within(&policy.Stack{Identity: program(other)}).Answer == policy.Yes
		w.mu.Lock()
		w.lesser[key] = yes
		w.mu.Unlock()
	}
	return yes
}

// givesAll reports whether a document allows everything without condition and denies nothing.
func givesAll(d *policy.Document) bool {
	all := false
	for _, s := range d.Statements {
		if s.Effect == policy.Deny {
			return false
		}
		all = all || statementAllowsAll(s)
	}
	return all
}

// besides are the versions of a listed policy that give something beyond the one in force: those that deny nothing, and whether one
// of those that do may.
func (w *world) besides(p *model.Policy) (plain []model.ID, denying bool) {
	for n, d := range p.Versions {
		switch {
		case w.isWithin(d, p.Document):
		case slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool { return s.Effect == policy.Deny }):
			denying = true
		default:
			plain = append(plain, versionID(p.ID, n))
		}
	}
	return plain, denying
}

// sameBesides reports whether a policy's other versions give the same beyond the one in force, though that says something else.
func (w *world) sameBesides(p, q *model.Policy) bool {
	if len(p.Versions) == 0 {
		return true
	}
	plain, denying := w.besides(p)
	now, denies := w.besides(q)
	return w.versions(p) == w.versions(q) && denying == denies && slices.Equal(plain, now)
}

// ofVersion is between a policy's id and the number of a version.
const ofVersion = "\x02"

// versionID names another version of a policy among what a principal is given.
func versionID(p model.ID, n int) model.ID {
	return p + ofVersion + model.ID(strconv.Itoa(n))
}

// version is what another version of a policy says; nil for an id that is of none.
func (an *Analysis) version(id model.ID) *policy.Document {
	of, number, ok := strings.Cut(string(id), ofVersion)
	if !ok {
		return nil
	}
	p := an.design.Policy(model.ID(of))
	if n, err := strconv.Atoi(number); err == nil && p != nil && n < len(p.Versions) {
		return p.Versions[n]
	}
	return nil
}

// mostApart is how many policies of a principal's are followed each with its other versions, and how many groups that a user may be
// put in: one of them, some or all. Of more, all that take nothing are taken together, and all others.
const mostApart = 4

// rearm tries to set other versions of a policy that give more than the one in force and deny nothing. They are taken together, as
// each can be tried in turn.
func (e *explorer) rearm(f *finding, k *plan, v truth) {
	p := e.an.design.Policy(e.w.targets[f.target].id)
	c := change{}
	c.given, _ = e.w.besides(p)
	slices.Sort(c.given)
	if e.an.answers(p.Document).denies() {
		c.without = []model.ID{p.ID}
	}
	for _, i := range e.an.holders(f.target) {
		e.alters(f, k, i, v == surely, c)
	}
}

// gather joins what may be given to one principal by other versions of very many policies, or by very many groups.
func (an *Analysis) gather(alters []alter) []alter {
	type kind struct {
		actor int32
		joins bool
	}
	of := func(x *alter) (k kind, ok bool) {
		k = kind{x.actor, x.technique.route == joining}
		return k, k.joins || x.technique.id == setsVersion && !x.any
	}
	count := map[kind]int{}
	many := false
	for i := range alters {
		if k, ok := of(&alters[i]); ok {
			count[k]++
			many = many || count[k] > mostApart
		}
	}
	if !many {
		return alters
	}
	type like struct {
		kind
		must, takes bool
	}
	takes := map[int32]bool{} // groups whose policies deny something
	first := map[like]int{}
	out := alters[:0:0]
	for _, x := range alters {
		k, ok := of(&x)
		if !ok || count[k] <= mostApart {
			out = append(out, x)
			continue
		}
		key := like{kind: k, must: x.must}
		if k.joins {
			known := false
			if key.takes, known = takes[x.target]; !known {
				key.takes = slices.ContainsFunc(x.given, func(id model.ID) bool { return denying(an.documentOf(id)) })
				takes[x.target] = key.takes
			}
		}
		if i, ok := first[key]; ok {
			out[i].given, out[i].without = append(out[i].given, x.given...), append(out[i].without, x.without...)
			out[i].also = append(out[i].also, x.target)
			continue
		}
		first[key] = len(out)
		x.given, x.without = slices.Clip(x.given), slices.Clip(x.without)
		out = append(out, x)
	}
	for i := range out {
		if x := &out[i]; len(x.also) > 0 {
			slices.Sort(x.given)
			slices.Sort(x.without)
			x.given, x.without = slices.Compact(x.given), slices.Compact(x.without)
		}
	}
	return out
}

// denying reports whether a document denies something.
func denying(doc *policy.Document) bool {
	return slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool { return s.Effect == policy.Deny })
}

// setsVersion is the technique.
const setsVersion = "iam-set-default-policy-version"

// inVain reports whether a technique on a target leads nowhere by what the design tells of the target, or by another row of its own.
func (an *Analysis) inVain(ti int32, k *technique) bool {
	if k.id != setsVersion {
		return false
	}
	p := an.design.Policy(an.world.targets[ti].id)
	v := an.world.versions(p)
	if v != perhaps || p == nil || !p.Listed || p.Document == nil {
		return v == never || (v == surely) != (k.note == "")
	}
	plain, denying := an.world.besides(p)
	if k.note == "" {
		return len(plain) == 0
	}
	return !denying
}
