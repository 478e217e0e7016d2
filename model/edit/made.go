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
	log        [2]string   // names of the log groups, where a framework makes them
	identities map[model.ID]model.ID
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
	if before, ok := strings.CutSuffix(s, n.log[0]); ok && n.log[0] != "" && (before == "" || strings.HasSuffix(before, ":")) {
		return before + n.log[1]
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

// made lists what the transform made for a function beside its role and triggers, in source order.
func made(d *model.Design, f *model.Function) []model.Element {
	var out []model.Element
	for _, e := range d.Elements() {
		logical := ""
		switch e := e.(type) {
		case *model.Resource:
			logical = e.LogicalID
		case *model.Role:
			if e.ID != f.Role {
				logical = e.LogicalID
			}
		case *model.Trigger:
			if d.Function(e.To) == nil { // between others: from a topic to the queue that was made for an event
				logical = e.Name
			}
		}
		if logical != "" && f.Origin.Contains(e.Place()) && maker(d, logical, e) == f {
			out = append(out, e)
		}
	}
	return out
}

// maker is the function that an element was made for: of those around its place, the one with the longest name
// that begins the element's.
func maker(d *model.Design, logical string, e model.Element) *model.Function {
	var best *model.Function
	for _, f := range d.Functions() {
		if f.Origin.Contains(e.Place()) && f.LogicalID != "" && isNamedAfter(logical, f) &&
			(best == nil || len(stem(f)) > len(stem(best))) {
			best = f
		}
	}
	return best
}

// isNamedAfter reports whether a logical id goes on behind the stem of a function. Frameworks that have stems of their own
// go on with a capital letter: AuthRole is of no function A.
func isNamedAfter(logical string, f *model.Function) bool {
	rest, ok := strings.CutPrefix(logical, stem(f))
	return ok && rest != "" && (f.Stem == "" || rest[0] < 'a' || rest[0] > 'z')
}

// stem is what the logical ids of what was made for a function begin with.
func stem(f *model.Function) string { return firstOf(f.Stem, f.LogicalID) }

// eventOf is the trigger of a function that an element or policy was made for, nil if it is for the function as a
// whole.
func eventOf(d *model.Design, f *model.Function, e model.Element) *model.Trigger {
	for _, t := range d.TriggersOf(f.ID) {
		if t.Origin.Contains(e.Place()) && t.Origin != f.Origin {
			return t
		}
	}
	return nil
}

// isMade reports whether a policy of a generated role was made by the transform for the function's configuration
// or for an event, and not for an entry of its list of policies.
func isMade(role *model.Role, p *model.Policy) bool {
	if !role.Implicit || p.Managed || p.LogicalID != "" {
		return false
	}
	n, ok := strings.CutPrefix(p.Name, role.LogicalID+"Policy")
	return !ok || strings.Trim(n, "0123456789") != "" || n == ""
}

func (s *splitting) eventOf(e model.Element) *model.Trigger { return eventOf(s.design, s.whole, e) }
func (s *splitting) isMade(p *model.Policy) bool            { return isMade(s.role, p) }

// namer is how names change from the whole to a part.
func (s *splitting) namer(p *splitPart) *namer {
	if p.names == nil {
		p.names = newNamer(s.design, s.whole, s.role, p.function, p.role, p.triggers)
	}
	return p.names
}

// logsOf is the name of the log group of a function.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
func logsOf(f *model.Function) string { return "/aws/lambda/" + f.Name }

// logNamer is how the name of a function's log changes, and no other name.
func logNamer(from, to *model.Function) *namer {
	return &namer{physicals: [][2]string{{logsOf(from) + ":", logsOf(to) + ":"}}}
}

// lambdaMakesLog reports whether it is Lambda that makes a function's log group, when it is written to first: then what may write to
// the one's by its name may write to the other's instead. One that is declared is there for the one alone.
func lambdaMakesLog(d *model.Design, f *model.Function) bool {
	return f.LogGroup == "" && f.Name != "" && !slices.ContainsFunc(d.Resources(), func(r *model.Resource) bool {
		return strings.TrimSuffix(r.ARN, ":*") == f.LogGroupARN()
	})
}

// numbered is what a framework calls, by number, what it makes of a function's events and hides.
var numbered = []string{"EventsRule", "IotTopicRule", "AlbTargetGroup", "AlbMultiValueTargetGroup"}

// newNamer is how names change where triggers go from one function to another.
func newNamer(d *model.Design, from *model.Function, fromRole *model.Role, to *model.Function, toRole *model.Role, triggers []*model.Trigger) *namer {
	n := &namer{from: stem(from), to: stem(to), oldARN: from.ARN, newARN: to.ARN, identities: map[model.ID]model.ID{from.ID: to.ID}}
	if fromRole != nil && toRole != nil {
		n.oldRole, n.newRole = fromRole.ARN, toRole.ARN
		n.identities[fromRole.ID] = toRole.ID
	}
	add := func(stack, old string) {
		n.physicals = append(n.physicals, [2]string{physical(stack, old), physical(stack, n.logical(old))})
	}
	for _, t := range triggers {
		add(from.Stack, from.LogicalID+t.Name)
	}
	if from.Stem != "" {
		n.log = [2]string{logsOf(from), logsOf(to)}
		n.physicals = append(n.physicals, [2]string{logsOf(from) + ":", logsOf(to) + ":"})
		for _, of := range numbered {
			n.physicals = append(n.physicals, [2]string{from.Stack + "-" + from.Stem + of, from.Stack + "-" + to.Stem + of})
		}
	}
	for _, e := range made(d, from) {
		if t := eventOf(d, from, e); t != nil && !slices.Contains(triggers, t) {
			continue
		}
		switch e := e.(type) {
		case *model.Trigger:
			n.identities[e.ID] = renamed(e.ID, e.Name, n.logical(e.Name))
		case *model.Resource:
			add(e.Stack, e.LogicalID)
			n.identities[e.ID] = renamed(e.ID, e.LogicalID, n.logical(e.LogicalID))
		case *model.Role:
			add(e.Stack, e.LogicalID)
			n.identities[e.ID] = renamed(e.ID, e.LogicalID, n.logical(e.LogicalID))
			for _, id := range e.Policies {
				if pol := d.Policy(id); pol != nil && !pol.Managed && pol.LogicalID == "" {
					n.identities[id] = inlineID(&model.Role{ID: n.identities[e.ID]}, n.logical(pol.Name))
				}
			}
		}
	}
	return n
}

// trigger is a trigger of the one function as one of the other.
func (n *namer) trigger(t *model.Trigger, from, to *model.Function) *model.Trigger {
	c := *t
	c.To, c.From = to.ID, n.id(t.From)
	if t.Role != from.Role {
		c.Role = n.id(t.Role) // made for the event, and called after it
	}
	c.ID = movedTrigger(t.ID, from.ID, to.ID)
	return &c
}

// events are the changes that what was made for triggers takes when they go to another function.
func (n *namer) events(d *model.Design, from *model.Function, triggers []*model.Trigger) []model.Change {
	var changes []model.Change
	for _, e := range made(d, from) {
		if t := eventOf(d, from, e); t != nil && slices.Contains(triggers, t) {
			changes = append(changes, n.element(d, e)...)
		}
	}
	return changes
}

// changeMade moves what was made for events along with them, and gives every new part what was made for the
// function.
func (s *splitting) changeMade() []model.Change {
	var changes []model.Change
	for _, e := range made(s.design, s.whole) {
		t := s.eventOf(e)
		there := s.kept == nil || t != nil // the original has to go with the first copy
		for _, p := range s.parts {
			if p.Keeps || t != nil && !slices.Contains(p.triggers, t) {
				continue
			}
			for _, c := range s.namer(p).element(s.design, e) {
				if !there {
					c.Before = nil
				}
				changes = append(changes, c)
			}
			there = false
		}
	}
	return changes
}

// element is an element under other names, with its own policies if it is a role.
func (n *namer) element(d *model.Design, e model.Element) []model.Change {
	switch e := e.(type) {
	case *model.Trigger:
		c := *e
		c.ID, c.Name, c.From, c.To = n.id(e.ID), n.logical(e.Name), n.id(e.From), n.id(e.To)
		c.Role = n.id(e.Role)
		return []model.Change{{Before: e, After: &c}}
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
