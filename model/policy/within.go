package policy

import (
	"context"
	"fmt"
	"slices"

	"bulkhead/model/catalog"
)

// Answer is Yes, No or Unknown.
type Answer uint8

// The answers of Within.
const (
	Unknown Answer = iota
	Yes
	No
)

// String is the word used in JSON: unknown, yes, no.
func (a Answer) String() string { return [...]string{"unknown", "yes", "no"}[a] }

// A Verdict is the answer to "does this allow nothing that the other does not?".
type Verdict struct {
	Answer  Answer
	Witness *Request // for No: allowed by the one, refused by the other; checked by Evaluate
	Why     string   // for No and Unknown, one sentence
	// Note, where it is not empty, says that a denial of the other is missing here: what no policy of the stack
	// allows, a resource policy could now.
	Note string
}

// The budgets of Within. A question that takes more is Unknown.
const (
	classBudget = 4000     // states of one division of strings into classes
	workBudget  = 20000000 // steps of all divisions together
	cellBudget  = 400000   // combinations looked at
)

// The principals of witnesses, and the account that owns them and the resource.
const (
	witnessAccount   = "123456789012"
	witnessPrincipal = "arn:aws:iam::" + witnessAccount + ":role/witness"
	witnessUser      = "arn:aws:iam::" + witnessAccount + ":user/witness"
)

// Within reports whether everything that s allows, t allows as well: whatever the action, resource and context,
// for one principal and a resource of its account without a policy of its own. Yes only with a proof, No only
// with a witness, otherwise Unknown.
//
// The proof first looks for a statement of t that covers each of s. What is left is divided into cells: all
// actions, resources and values of condition keys that no statement tells apart, each looked at by one example.
func (s *Stack) Within(t *Stack) Verdict {
	v, _ := s.WithinUntil(context.Background(), t) // that is never done
	return v
}

// WithinUntil is Within that gives up when ctx is done, with its error.
func (s *Stack) WithinUntil(ctx context.Context, t *Stack) (Verdict, error) {
	a, b := newSide(s), newSide(t)
	a.spare(Deny)
	b.spare(Allow)
	w := &proof{ctx: ctx, from: a, to: b, left: cellBudget, work: workBudget}
	all := slices.Concat(a.all(), b.all())
	w.actions = newPatternSet(all, func(s *statement) []pattern { return s.actions })
	w.resources = newPatternSet(all, func(s *statement) []pattern { return s.resources })
	v := w.run()
	v.Note = w.missingDenial()
	return v, ctx.Err()
}

// A side is a stack as groups of statements: each group must allow, no statement may deny.
type side struct {
	stack  *Stack
	groups [][]*statement // the first is of identity policies
	denies []*statement
	// rcps are denials of resource control policies of which it depends on the request whether they bind: they are
	// taken to deny on the side that must allow, and not on the other.
	rcps []*statement
	cat  *catalog.Catalog
}

func newSide(s *Stack) *side {
	out := &side{stack: s}
	// add takes what one group of programs says; named: of the principals whom its statements name.
	add := func(named bool, programs ...*Program) {
		var group []*statement
		for _, p := range programs {
			if p == nil {
				continue
			}
			if out.cat == nil {
				out.cat = p.catalog
			}
			for _, st := range p.statements {
				list := []*statement{st}
				if named {
					list = s.unnamed(st)
				}
				if st.effect == Deny {
					out.denies = append(out.denies, list...)
				} else {
					group = append(group, list...)
				}
			}
		}
		out.groups = append(out.groups, group)
	}
	add(false, s.Identity)
	for _, p := range []*Program{s.Boundary, s.Session} {
		if p != nil {
			add(false, p)
		}
	}
	if s.Endpoint != nil {
		add(true, s.Endpoint)
	}
	if !s.ManagementAccount {
		for _, level := range s.SCPs {
			add(false, level...)
		}
	}
	for _, p := range slices.Concat(s.RCPs...) {
		if p == nil || s.ManagementAccount {
			continue
		}
		for _, st := range p.statements {
			if st.effect != Deny {
				continue
			}
			binds, perhaps := s.rcp(st)
			if binds != nil {
				out.denies = append(out.denies, s.unnamed(binds)...)
			}
			if perhaps != nil {
				out.rcps = append(out.rcps, s.unnamed(perhaps)...)
			}
		}
	}
	return out
}

// spare leaves out statements of one effect that spare callers whom no condition of theirs tells: those of the other effect
// are taken to spare nobody.
func (a *side) spare(effect Effect) {
	spares := func(st *statement) bool { return st.effect == effect && st.spares != nil }
	for i := range a.groups {
		a.groups[i] = slices.DeleteFunc(a.groups[i], spares)
	}
	a.denies, a.rcps = slices.DeleteFunc(a.denies, spares), slices.DeleteFunc(a.rcps, spares)
}

// A proof is one run of Within.
type proof struct {
	ctx                context.Context
	from, to           *side
	left               int // cells
	work               int // steps of automata
	actions, resources *patternSet
	// statements of both sides that matter to the one that is looked at.
	statements []*statement
	// cancelled denials of to are matched by the same ones of from.
	cancelled map[*statement]bool
	// kept are groups of to that allow all that some group of from does.
	kept     []bool
	unproven string // why a cell could not be settled
}

func (w *proof) run() Verdict {
	w.cancelled = map[*statement]bool{}
	for _, d := range w.to.denies {
		w.cancelled[d] = slices.ContainsFunc(w.from.denies, func(e *statement) bool {
			w.work -= 1 + len(e.actions)*len(d.actions)/8
			return w.work >= 0 && e.covers(d)
		})
	}
	for _, d := range w.to.rcps {
		w.cancelled[d] = slices.ContainsFunc(w.from.rcps, func(e *statement) bool { return e.covers(d) })
	}
	w.to.denies = append(w.to.denies, w.to.rcps...)
	w.kept = make([]bool, len(w.to.groups))
	for i, g := range w.to.groups[1:] {
		w.kept[i+1] = slices.ContainsFunc(w.from.groups[1:], func(h []*statement) bool { return groupCovers(g, h) })
	}
	for _, st := range w.from.groups[0] {
		w.look()
		if !w.denied(st) && w.covered(func(u *statement) bool { return w.spend(len(u.actions)*len(st.actions)/8) && u.covers(st) }) {
			continue
		}
		if w.work < 0 {
			return Verdict{Why: "the policies are too large to compare"}
		}
		w.statements = w.relevant(st)
		if v := w.guess(st); v != nil {
			return *v
		}
		if v := w.statement(st); v != nil {
			return *v
		}
	}
	if w.unproven != "" {
		return Verdict{Why: w.unproven}
	}
	return Verdict{Answer: Yes}
}

// look leaves nothing to be spent where nobody waits for the answer any more.
func (w *proof) look() {
	if w.ctx.Err() != nil {
		w.left, w.work = -1, -1
	}
}

// spend takes from what is left of the steps; false if there are none.
func (w *proof) spend(steps int) bool {
	w.work -= 1 + steps
	return w.work >= 0
}

// covered reports whether each group of to allows something that from does: as a whole, or by one of its statements.
func (w *proof) covered(by func(*statement) bool) bool {
	for i, g := range w.to.groups {
		if !w.kept[i] && !slices.ContainsFunc(g, by) {
			return false
		}
	}
	return true
}

// denied reports whether a denial of to that from lacks can meet a statement.
func (w *proof) denied(st *statement) bool { return w.deniedAt(st, st.actions, st.resources) }

// deniedAt is denied for some of a statement's actions and resources.
func (w *proof) deniedAt(st *statement, actions, resources []pattern) bool {
	return slices.ContainsFunc(w.to.denies, func(d *statement) bool {
		w.spend((len(d.actions)*len(actions) + len(d.resources)*len(resources)) / 8)
		return !w.cancelled[d] && !(apart(d.actions, d.from.NotAction, actions, st.from.NotAction) ||
			apart(d.resources, d.from.NotResource, resources, st.from.NotResource))
	})
}

// apart reports that nothing is in both sets.
func apart(a []pattern, notA bool, b []pattern, notB bool) bool {
	switch {
	case notA && notB:
		return false
	case notA:
		return coversAll(a, b)
	case notB:
		return coversAll(b, a)
	}
	return disjoint(a, b)
}

func groupCovers(wide, narrow []*statement) bool {
	for _, n := range narrow {
		if !slices.ContainsFunc(wide, func(u *statement) bool { return u.covers(n) }) {
			return false
		}
	}
	return true
}

// missingDenial names a denial of to that from lacks.
func (w *proof) missingDenial() string {
	for _, d := range w.to.denies {
		if !w.cancelled[d] {
			name := d.from.Sid
			if name == "" {
				name = fmt.Sprintf("statement %d", d.index+1)
			}
			return fmt.Sprintf("the denial %s is missing or smaller: a resource policy could now allow what it refused", name)
		}
	}
	return ""
}

// all lists every statement of a side.
func (a *side) all() []*statement {
	out := slices.Concat(a.groups...)
	return append(append(out, a.denies...), a.rcps...)
}
