package edit

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// leftOver lists what the whole was allowed and no part is: every Allow statement that no part took as it is, and
// the variables that no part was given.
func (s *splitting) leftOver() {
	for i, st := range s.quarry.statements {
		if st.Effect != policy.Allow || s.attached(st.policy) || s.isMade(st.policy) {
			continue
		}
		var taken []*policy.Statement
		for _, p := range s.parts {
			for _, piece := range p.pieces {
				if piece.stone == i {
					taken = append(taken, piece.Statement)
				}
			}
		}
		if text := rest(s.design, st.Statement, taken); text != "" {
			s.warn("dropped: %s (%s of %s)", text, statementName(st.Statement, st.index), firstOf(st.policy.Name, short(st.policy.ID)))
		}
	}
	var global []string
	for _, v := range s.whole.Environment {
		if isGlobal(s.whole, v) {
			global = append(global, v.Name)
			continue
		}
		if !slices.ContainsFunc(s.parts, func(p *splitPart) bool { return slices.Contains(p.Environment, v.Name) }) {
			s.warn("dropped: environment variable %s", v.Name)
		}
	}
	if len(global) > 0 {
		s.warn("every part has %s: it stands where all functions get it from", and(global))
	}
}

// attached reports whether a managed policy stays attached to a part.
func (s *splitting) attached(p *model.Policy) bool {
	return p.Managed && slices.ContainsFunc(s.parts, func(part *splitPart) bool { return slices.Contains(part.role.Policies, p.ID) })
}

func statementName(s *policy.Statement, index int) string {
	if s.Sid != "" {
		return "statement " + s.Sid
	}
	return fmt.Sprintf("statement %d", index+1)
}

// rest says what of a statement none of the taken ones has; "" if nothing.
func rest(d *model.Design, s *policy.Statement, taken []*policy.Statement) string {
	if len(taken) == 0 {
		return describe(s)
	}
	if slices.Contains(taken, s) {
		return ""
	}
	if s.NotAction || s.NotResource {
		return "the rest of " + describe(s)
	}
	var others, whole, places []string
	at := map[string][]string{} // where it was allowed and is not any more → actions
	for _, action := range s.Actions {
		pattern := strings.ToLower(action)
		var of []*policy.Statement
		complete := false
		for _, t := range taken {
			for _, a := range t.Actions {
				if policy.Covers(pattern, strings.ToLower(a)) {
					of = append(of, t)
					complete = complete || policy.Covers(strings.ToLower(a), pattern)
					break
				}
			}
		}
		if len(of) == 0 {
			whole = append(whole, action)
			continue
		}
		if !complete {
			others = append(others, action)
		}
		if place := elsewhere(d, s, of); place != "" {
			if at[place] == nil {
				places = append(places, place)
			}
			at[place] = append(at[place], action)
		}
	}
	var out []string
	for _, a := range others {
		out = append(out, "every other "+a+" action")
	}
	if len(whole) > 0 {
		out = append(out, and(whole))
	}
	for _, p := range places {
		out = append(out, and(at[p])+" "+p)
	}
	return strings.Join(out, "; ")
}

// elsewhere says on which of a statement's resources none of the taken ones has it: "on Orders", of a wildcard
// "elsewhere than on Products"; "" if there is none.
func elsewhere(d *model.Design, s *policy.Statement, taken []*policy.Statement) string {
	var on, but []string
	for _, r := range s.Resources {
		var within []string
		covered := false
		for _, t := range taken {
			for _, x := range t.Resources {
				covered = covered || policy.Covers(x, r)
				if policy.Covers(r, x) {
					within = appendNew(within, called(d, x))
				}
			}
		}
		switch {
		case covered:
		case len(within) == 0:
			on = appendNew(on, called(d, r))
		case r == "*":
			but = appendNew(but, "elsewhere than on "+and(within))
		default:
			but = appendNew(but, "on "+called(d, r)+" elsewhere than on "+and(within))
		}
	}
	var out []string
	if len(on) > 0 {
		out = append(out, "on "+and(on))
	}
	return strings.Join(append(out, but...), ", ")
}

// hollow warns of parts that do nothing: a function more makes the mean smaller, and nothing better.
func (s *splitting) hollow() {
	for _, p := range s.parts {
		if p != s.heir && len(p.triggers) == 0 && len(p.Grants) == 0 {
			s.warn("part %s is empty: nothing starts it, and it is given nothing to do; that makes nothing better", p.Name)
		}
	}
}

// lostNeeds warns of access that AWS used with the whole's role and cannot use with a part's.
func (s *splitting) lostNeeds(after *model.Design) {
	was, err := stack(s.role.Name, s.design.Documents(s.role.Policies)...)
	if err != nil {
		return // it compiled before
	}
	for _, p := range s.parts {
		is, err := stack(p.role.Name, after.Documents(p.role.Policies)...)
		if err != nil {
			return
		}
		// The part's own names: a role that may write to the whole's log by name may not write to the part's.
		own := s.needsOf(p, p.function)
		for i, n := range s.partNeeds(p) {
			had, has := n.allowed(s.role, was), own[i].allowed(p.role, is)
			lost := slices.DeleteFunc(had, func(a string) bool { return slices.Contains(has, a) })
			if len(lost) > 0 && !(n.logging && len(lost) == 1 && lost[0] == "logs:CreateLogGroup") {
				s.warn("%s %s: %s is not allowed %s", own[i].what, n.stops, p.role.LogicalID, and(lost))
			}
		}
	}
}

// hazards warns of what names the whole's role and will not name the parts', and of names that collide.
func (s *splitting) hazards(after *model.Design) {
	var others []string
	for _, p := range s.parts {
		if p.role.ID != s.role.ID && (s.kept != nil || s.shared || p != s.heir) {
			others = append(others, p.Name)
		}
	}
	if len(others) > 0 && (s.heir != nil || s.shared) {
		for _, r := range s.design.Resources() {
			if namesARN(s.beside(r.Policy), s.role.ARN) {
				s.warn("the policy of %s names %s; it does not name the roles of %s", r.ID, s.role.ID, and(others))
			}
		}
		for _, r := range s.design.Roles() {
			if namesARN(s.beside(r.Trust), s.role.ARN) {
				s.warn("the trust policy of %s names %s; it does not name the roles of %s", r.ID, s.role.ID, and(others))
			}
		}
	}
	if s.kept != nil {
		s.otherCallers()
	}
	for _, p := range s.parts {
		for _, f := range after.Functions() {
			if f.ID != p.function.ID && f.Name == p.function.Name && f.Name != "" {
				s.warn("%s and %s have the same physical name %s: they cannot be deployed together", p.function.ID, f.ID, f.Name)
			}
		}
	}
}

// otherCallers warns of roles that may call the whole, where triggers moved: what they called it for may be with a
// new part now, which they may not call.
func (s *splitting) otherCallers() {
	var moved []string
	for _, p := range s.parts {
		if !p.Keeps && len(p.triggers) > 0 {
			moved = append(moved, p.Name)
		}
	}
	if len(moved) == 0 {
		return
	}
	for _, p := range s.design.Policies() {
		if p.Document == nil || isAWSManaged(p) || slices.Contains(s.role.Policies, p.ID) || s.whole.Origin.Contains(p.Origin) || !namesARN(p.Document, s.whole.ARN) {
			continue
		}
		for _, h := range holders(s.design, p.ID) {
			s.warn("%s may call %s by name; it may not call %s", h.name, s.whole.ID, and(moved))
		}
	}
}

// idle warns of actions of an access that none of its resources takes: s3:GetObject on a bucket instead of its
// objects is the usual one.
func idle(who string, a Access, pieces []piece) []string {
	var resources []string
	for _, p := range pieces {
		for _, r := range p.Resources {
			if !slices.Contains(resources, r) {
				resources = append(resources, r)
			}
		}
	}
	var out []string
	for _, action := range a.Actions {
		if reaches(action, resources) {
			continue
		}
		out = append(out, fmt.Sprintf("%s: %s does not work on %s (it is for %s)", who, action, strings.Join(a.Resources, ", "), worksOn(action)))
	}
	return out
}
