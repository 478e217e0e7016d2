package edit

import (
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A transform makes more of a function than the function and its role: queues for its destinations, a scheduler's
// role for an event, policies for what they take. All of them are named after the function ("ShopNightlyRole"), so
// that those of an event that moves, and those of every part, get other names.

// A namer replaces names that were made of one function's by those made of another's.
type namer struct {
	from, to   string // logical ids of the functions
	oldARN     string
	newARN     string
	oldRole    string
	newRole    string
	physicals  [][2]string // placeholders
	identities map[model.ID]model.ID
	moves      bool // the one is no longer there
}

// text replaces placeholders wherever they stand in a text, and the function's ARN where it begins one.
func (n *namer) text(s string) string {
	for _, p := range n.physicals {
		s = strings.ReplaceAll(s, p[0], p[1])
	}
	for _, p := range [][2]string{{n.oldARN, n.newARN}, {n.oldRole, n.newRole}} {
		if p[0] != "" && (s == p[0] || strings.HasPrefix(s, p[0]+":") || strings.HasPrefix(s, p[0]+"/")) {
			s = p[1] + s[len(p[0]):]
		}
	}
	return s
}

// logical is a logical id that began with the one function's name.
func (n *namer) logical(s string) string {
	if rest, ok := strings.CutPrefix(s, n.from); ok {
		return n.to + rest
	}
	return s
}

func (n *namer) id(id model.ID) model.ID {
	if to, ok := n.identities[id]; ok {
		return to
	}
	return id
}

func (n *namer) document(d *policy.Document) *policy.Document {
	if d == nil {
		return nil
	}
	out := *d
	out.Statements = nil
	changed := false
	for _, s := range d.Statements {
		c := n.statement(s)
		changed = changed || c != s
		out.Statements = append(out.Statements, c)
	}
	if !changed {
		return d
	}
	return &out
}

func (n *namer) statement(s *policy.Statement) *policy.Statement {
	changed := false
	swap := func(text string) string {
		to := n.text(text)
		changed = changed || to != text
		return to
	}
	c := *s
	c.Resources, c.Principals, c.Conditions = nil, nil, nil
	for _, r := range s.Resources {
		c.Resources = append(c.Resources, swap(r))
	}
	for _, p := range s.Principals {
		p.Value = swap(p.Value)
		c.Principals = append(c.Principals, p)
	}
	for _, cond := range s.Conditions {
		values := make([]string, len(cond.Values))
		for i, v := range cond.Values {
			values[i] = swap(v)
		}
		cond.Values = values
		c.Conditions = append(c.Conditions, cond)
	}
	if !changed {
		return s
	}
	return &c
}

// made lists what the transform made for the whole beside its role and triggers, in source order.
func (s *splitting) made() []model.Element {
	var out []model.Element
	for _, e := range s.design.Elements() {
		if e.ElementID() == s.whole.ID || e.ElementID() == s.role.ID || !s.whole.Origin.Contains(e.Place()) {
			continue
		}
		logical := ""
		switch e := e.(type) {
		case *model.Resource:
			logical = e.LogicalID
		case *model.Role:
			logical = e.LogicalID
		default:
			continue
		}
		if strings.HasPrefix(logical, s.whole.LogicalID) && logical != s.whole.LogicalID {
			out = append(out, e)
		}
	}
	return out
}

// eventOf is the trigger that an element or policy was made for, nil if it is for the function as a whole.
func (s *splitting) eventOf(e model.Element) *model.Trigger {
	for _, t := range s.design.TriggersOf(s.whole.ID) {
		if t.Origin.Contains(e.Place()) && t.Origin != s.whole.Origin {
			return t
		}
	}
	return nil
}

// isMade reports whether a policy of the whole's role was made by the transform for the function's configuration
// or for an event, and not for an entry of its list of policies.
func (s *splitting) isMade(p *model.Policy) bool {
	if !s.role.Implicit || p.Managed || p.LogicalID != "" {
		return false
	}
	n, ok := strings.CutPrefix(p.Name, s.role.LogicalID+"Policy")
	return !ok || strings.Trim(n, "0123456789") != "" || n == ""
}

// namer is how names change from the whole to a part.
func (s *splitting) namer(p *splitPart) *namer {
	n := &namer{
		from: s.whole.LogicalID, to: p.Name, oldARN: s.whole.ARN, newARN: p.function.ARN, oldRole: s.role.ARN, newRole: p.role.ARN,
		identities: map[model.ID]model.ID{s.whole.ID: p.function.ID, s.role.ID: p.role.ID},
	}
	add := func(stack, old string) {
		n.physicals = append(n.physicals, [2]string{physical(stack, old), physical(stack, n.logical(old))})
	}
	for _, t := range p.triggers {
		add(s.whole.Stack, s.whole.LogicalID+t.Name)
	}
	for _, e := range s.made() {
		if t := s.eventOf(e); t != nil && !slices.Contains(p.triggers, t) {
			continue
		}
		switch e := e.(type) {
		case *model.Resource:
			add(e.Stack, e.LogicalID)
			n.identities[e.ID] = renamed(e.ID, e.LogicalID, n.logical(e.LogicalID))
		case *model.Role:
			add(e.Stack, e.LogicalID)
			n.identities[e.ID] = renamed(e.ID, e.LogicalID, n.logical(e.LogicalID))
			for _, id := range e.Policies {
				if pol := s.design.Policy(id); pol != nil && !pol.Managed && pol.LogicalID == "" {
					renamedRole := &model.Role{ID: n.identities[e.ID]}
					n.identities[id] = inlineID(renamedRole, n.logical(pol.Name))
				}
			}
		}
	}
	return n
}

// changeMade moves what was made for events along with them, and gives every new part what was made for the
// function.
func (s *splitting) changeMade() []model.Change {
	var changes []model.Change
	put := func(e model.Element, n *namer, moved *bool) {
		after := n.element(s.design, e)
		for _, c := range after {
			if !*moved && s.kept == nil || n.moves {
				changes = append(changes, model.Change{Before: c.Before, After: c.After})
				continue
			}
			changes = append(changes, model.Change{After: c.After})
		}
		*moved = true
	}
	for _, e := range s.made() {
		t := s.eventOf(e)
		moved := false
		for _, p := range s.parts {
			if p.Keeps || t != nil && !slices.Contains(p.triggers, t) {
				continue
			}
			n := s.namer(p)
			n.moves = t != nil
			put(e, n, &moved)
		}
	}
	return changes
}

// element is an element under other names, with its own policies if it is a role.
func (n *namer) element(d *model.Design, e model.Element) []model.Change {
	switch e := e.(type) {
	case *model.Resource:
		c := *e
		c.ID, c.LogicalID, c.Name, c.ARN = n.id(e.ID), n.logical(e.LogicalID), n.text(e.Name), n.text(e.ARN)
		c.Policy = n.document(e.Policy)
		return []model.Change{{Before: e, After: &c}}
	case *model.Role:
		c := *e
		c.ID, c.LogicalID, c.Name, c.ARN = n.id(e.ID), n.logical(e.LogicalID), n.text(e.Name), n.text(e.ARN)
		c.Trust = n.document(e.Trust)
		c.Policies = nil
		var out []model.Change
		for _, id := range e.Policies {
			c.Policies = append(c.Policies, n.id(id))
			if p := d.Policy(id); p != nil && n.id(id) != id {
				out = append(out, model.Change{Before: p, After: n.policy(p, n.id(id))})
			}
		}
		return append([]model.Change{{Before: e, After: &c}}, out...)
	}
	return nil
}

// policy is an inline policy under another name.
func (n *namer) policy(p *model.Policy, id model.ID) *model.Policy {
	c := *p
	c.ID, c.Name, c.Document = id, n.logical(p.Name), n.document(p.Document)
	return &c
}
