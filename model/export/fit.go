package export

import (
	"fmt"

	"bulkhead/model/policy"
)

// mostAttached is how many managed policies AWS attaches to a role, user or group unless the quota is raised, and mostRaised
// how many to a role or user when it is ("IAM and AWS STS quotas").
const (
	mostAttached = 10
	mostRaised   = 20
)

// fit puts a holder's own statements in line where there is room, and into managed policies where there is not.
func (h *Holder) fit(t policy.Type) {
	size := 0
	for _, d := range h.Own {
		size += d.Size()
	}
	room := t.Room()
	if size <= room {
		h.Inline = h.Own
		return
	}
	for _, d := range h.Own {
		parts, whole := split(d, policy.ManagedPolicy.Room(), (*policy.Document).Size)
		if !whole {
			h.Notes = append(h.Notes, fmt.Sprintf("a statement is larger than the %d characters of a managed policy and cannot be divided", policy.ManagedPolicy.Room()))
		}
		h.Managed = append(h.Managed, parts...)
	}
	switch n := len(h.Managed) + len(h.Attached); {
	case n > mostRaised:
		h.Notes = append(h.Notes, fmt.Sprintf("it takes %d managed policies, more than the %d that AWS attaches at most", n, mostRaised))
	case n > mostAttached:
		h.Notes = append(h.Notes, fmt.Sprintf("it takes %d managed policies: the account's quota of %d has to be raised", n, mostAttached))
	}
}

// split divides a document into such of a size, its statements in their order. A statement that is too large by itself is
// divided by its actions, or by its resources, which says the same; whole is false where one cannot be.
func split(d *policy.Document, room int, size func(*policy.Document) int) (parts []*policy.Document, whole bool) {
	whole = true
	with := func(statements ...*policy.Statement) *policy.Document {
		return &policy.Document{Version: d.Version, Statements: statements}
	}
	var small []*policy.Statement
	var divide func(s *policy.Statement)
	divide = func(s *policy.Statement) {
		if size(with(s)) <= room {
			small = append(small, s)
			return
		}
		a, b := *s, *s
		b.Sid = ""
		switch {
		case !s.NotResource && len(s.Resources) > 1 && (s.NotAction || len(s.Resources) >= len(s.Actions)):
			half := len(s.Resources) / 2
			a.Resources, b.Resources = s.Resources[:half], s.Resources[half:]
		case !s.NotAction && len(s.Actions) > 1:
			half := len(s.Actions) / 2
			a.Actions, b.Actions = s.Actions[:half], s.Actions[half:]
		case !s.NotResource && len(s.Resources) > 1:
			half := len(s.Resources) / 2
			a.Resources, b.Resources = s.Resources[:half], s.Resources[half:]
		default:
			whole = false
			small = append(small, s)
			return
		}
		divide(&a)
		divide(&b)
	}
	for _, s := range d.Statements {
		divide(s)
	}
	part, empty := with(), size(with())
	taken := empty
	for _, s := range small {
		n := size(with(s)) - empty + 2 // and what parts it from the one before
		if len(part.Statements) > 0 && taken+n > room {
			parts = append(parts, part)
			part, taken = with(), empty
		}
		part.Statements = append(part.Statements, s)
		taken += n
	}
	if len(part.Statements) > 0 {
		parts = append(parts, part)
	}
	return parts, whole
}
