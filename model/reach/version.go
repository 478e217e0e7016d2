package reach

import (
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

// inVain reports whether a technique on a target leads nowhere by what the design tells of the target, or by another row of its own.
func (an *Analysis) inVain(ti int32, k *technique) bool {
	if k.id != "iam-set-default-policy-version" {
		return false
	}
	v := an.world.versions(an.design.Policy(an.world.targets[ti].id))
	return v == never || (v == surely) != (k.note == "")
}
