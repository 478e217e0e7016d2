package reach

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"bulkhead/model"
)

// An Administrator is a role or user of which it is known, and no news, that it may do much: lists fold them into one
// line. Figures and JSON leave none of them out.
type Administrator struct {
	ID  model.ID
	Why string // one of the reasons below
}

// The reasons to know an administrator, first the one that counts where several do.
const (
	Listed        = "listed"
	MayDoAnything = "may do anything"
	ControlTower  = "of Control Tower"
	ServiceLinked = "service-linked"
)

// Administrators lists the known administrators in the order of the design: roles and users that are listed by name, ARN
// or id, with * for anything; those that surely may do anything by what their policies say; Control Tower's roles ("How
// AWS Control Tower works with roles"), and service-linked ones, which only AWS uses. A role that a function runs with is
// one only where it is listed: that it may do anything is news.
func (an *Analysis) Administrators(listed ...string) []Administrator {
	runs := map[model.ID]bool{}
	for _, f := range an.design.Functions() {
		runs[f.Role] = true
	}
	var out []Administrator
	for i, n := range an.nodes[:an.size.nodes] {
		if n.sort != isRole && n.sort != isUser {
			continue
		}
		e := an.design.Element(n.id)
		r, _ := e.(*model.Role)
		names := []string{string(n.id), model.ARN(e), an.design.Name(n.id)}
		why := ""
		switch {
		case slices.ContainsFunc(listed, func(l string) bool { return slices.ContainsFunc(names, func(s string) bool { return named(l, s) }) }):
			why = Listed
		case runs[n.id]:
		case an.actors[an.actorOf[i]].admin == surely:
			why = MayDoAnything
		case r != nil && (strings.HasPrefix(r.Name, "AWSControlTower") || strings.HasPrefix(r.Name, "aws-controltower-")):
			why = ControlTower
		case r != nil && r.ServiceLinked:
			why = ServiceLinked
		}
		if why != "" {
			out = append(out, Administrator{n.id, why})
		}
	}
	return out
}

// Escalating lists the roles and users that reach an administrator, or can become one, must or may, in the order of the design:
// without those of functions, whose breaches say so, and without known administrators. vulnerable: with fed functions taken as
// vulnerable.
func (an *Analysis) Escalating(vulnerable bool) []model.ID {
	runs := map[model.ID]bool{}
	for _, f := range an.design.Functions() {
		runs[f.Role] = true
	}
	known := map[model.ID]bool{}
	for _, k := range an.Administrators() {
		known[k.ID] = true
	}
	var out []model.ID
	for _, n := range an.nodes[:an.size.nodes] {
		if (n.sort == isRole || n.sort == isUser) && !runs[n.id] && !known[n.id] && an.Rules(n.id, vulnerable) {
			out = append(out, n.id)
		}
	}
	return out
}

// named reports whether a name is one that was listed; * stands for anything, slashes included.
func named(listed, name string) bool {
	ok, err := path.Match(strings.ReplaceAll(listed, "/", "\x01"), strings.ReplaceAll(name, "/", "\x01"))
	return name != "" && (listed == name || err == nil && ok)
}

// Fold are the known administrators of a list, whose principals is tells, if they are more than one: a single one is told
// like everybody else.
func Fold(known []Administrator, is func(model.ID) bool) []Administrator {
	out := slices.DeleteFunc(slices.Clone(known), func(k Administrator) bool { return !is(k.ID) })
	if len(out) < 2 {
		return nil
	}
	return out
}

// WhyKnown is why a principal is among known administrators, "" for others.
func WhyKnown(known []Administrator, id model.ID) string {
	for _, k := range known {
		if k.ID == id {
			return k.Why
		}
	}
	return ""
}

// AdministratorWords says several known administrators in one line: "3 known administrators: break-glass and deploy (may
// do anything), AWSServiceRoleForSupport (service-linked)".
func AdministratorWords(d *model.Design, known []Administrator) string {
	order := []string{Listed, MayDoAnything, ControlTower, ServiceLinked}
	sorted := slices.Clone(known)
	slices.SortStableFunc(sorted, func(x, y Administrator) int {
		return cmp.Compare(slices.Index(order, x.Why), slices.Index(order, y.Why))
	})
	var groups []string
	for len(sorted) > 0 {
		why := sorted[0].Why
		var names []string
		for len(sorted) > 0 && sorted[0].Why == why {
			names, sorted = append(names, d.Name(sorted[0].ID)), sorted[1:]
		}
		groups = append(groups, few(names)+" ("+why+")")
	}
	noun := "known administrators"
	if len(known) == 1 {
		noun = "known administrator"
	}
	return fmt.Sprintf("%d %s: %s", len(known), noun, strings.Join(groups, ", "))
}
