package edit

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// change makes the design with the parts in the place of the whole.
func (s *splitting) change() (*model.Design, error) {
	var changes []model.Change
	moves := s.shareFunctionPolicy()

	// New parts stand before the one that stays: the first takes the whole's place, each further one comes behind
	// the last of the same origin.
	order := slices.DeleteFunc(slices.Clone(s.parts), func(p *splitPart) bool { return p.Keeps })
	if s.kept != nil {
		order = append(order, s.kept)
	}
	for i, p := range order {
		p.function.Policy = moves[p]
		change := model.Change{After: p.function}
		if i == 0 {
			change.Before = s.whole
		}
		changes = append(changes, change)
	}
	changes = append(changes, s.changeRoles(order)...)
	changes = append(changes, s.changeMade()...)
	for _, p := range s.parts {
		names := s.namer(p)
		for _, t := range p.triggers {
			if p.Keeps {
				continue
			}
			n := names.trigger(t, s.whole, p.function)
			changes = append(changes, model.Change{Before: t, After: n})
		}
	}
	after, err := s.design.With(changes...)
	if err != nil {
		return nil, fmt.Errorf("split %s: %w", s.whole.ID, err)
	}
	if s.kept == nil {
		if after, err = s.repoint(after); err != nil {
			return nil, fmt.Errorf("split %s: %w", s.whole.ID, err)
		}
	}
	return sweep(s.design, after)
}

// changeRoles puts the roles and policies of the parts into the design and takes out what nobody has any more.
func (s *splitting) changeRoles(order []*splitPart) []model.Change {
	var changes []model.Change
	final := map[model.ID]bool{}
	replaced := s.shared // where others share it, the whole's role stays as it is
	for _, p := range order {
		if p.role.ID == s.role.ID {
			p.policies, p.role.Listed = renumber(s.role, p.policies)
			p.role.Policies = nil
			for _, pol := range p.policies {
				p.role.Policies = append(p.role.Policies, pol.ID)
			}
		}
		if p.role.ID != s.role.ID {
			names := s.namer(p)
			p.role.Policies, p.role.Pins, p.role.Listed = nil, nil, nil
			s.ownLogs(p) // each writes its own
			for i, pol := range p.policies {
				if s.isMade(pol) && s.design.Policy(pol.ID) == pol {
					p.policies[i] = names.policy(pol, inlineID(p.role, names.logical(pol.Name)))
				}
				p.role.Policies = append(p.role.Policies, p.policies[i].ID)
			}
			for i, arn := range p.function.Destinations {
				p.function.Destinations = slices.Clone(p.function.Destinations)
				p.function.Destinations[i] = names.text(arn)
			}
		}
		change := model.Change{After: p.role}
		if !replaced {
			change.Before, replaced = s.role, true
		}
		changes = append(changes, change)
	}
	var puts []model.Change
	for _, p := range order {
		for _, pol := range p.policies {
			if old := s.design.Policy(pol.ID); old == nil {
				puts = append(puts, model.Change{After: pol})
			} else if old != pol {
				puts = append(puts, model.Change{Before: old, After: pol})
			}
			final[pol.ID] = true
		}
	}
	if s.shared && s.role.Compiled {
		changes = append(changes, s.logsInCompiled(order)...)
	}
	if !s.shared {
		for _, id := range s.role.Policies {
			pol := s.design.Policy(id)
			if pol != nil && !final[id] && !pol.Managed && len(holders(s.design, id)) == 1 {
				changes = append(changes, model.Change{Before: pol})
			}
		}
	}
	return append(changes, puts...)
}

// ownLogs lets a part's own policies name the part's log where those of the whole name the whole's. What names the log by a name that
// AWS will generate goes into a policy beside the role: within it would close a circle.
func (s *splitting) ownLogs(p *splitPart) {
	names := s.logNames(p)
	if names == nil {
		return
	}
	var out []*model.Policy
	var apart policy.Document
	for _, pol := range p.policies {
		if pol.Managed || s.design.Policy(pol.ID) != nil {
			out = append(out, pol)
			continue
		}
		own := *pol
		own.Document = names.document(pol.Document)
		if !s.role.Compiled && own.Document != pol.Document && strings.HasSuffix(p.function.Name, generated) {
			within := *own.Document
			within.Statements = nil
			for i, st := range own.Document.Statements {
				if st == pol.Document.Statements[i] {
					within.Statements = append(within.Statements, st)
				} else {
					apart.Statements = append(apart.Statements, st)
				}
			}
			apart.Version = within.Version
			own.Document = &within
			if len(within.Statements) == 0 {
				continue
			}
		}
		out = append(out, &own)
	}
	if len(apart.Statements) > 0 {
		out = append(out, besides(s.design, p.role, &apart))
	}
	p.policies = out
}

// logNames is how the name of the whole's log becomes that of a part's in the part's own policies; nil where it stays.
func (s *splitting) logNames(p *splitPart) *namer {
	switch {
	case s.role.Compiled:
		return s.namer(p)
	case p.function.Name != s.whole.Name && lambdaMakesLog(s.design, s.whole):
		return logNamer(s.whole, p.function)
	}
	return nil
}

// logsInCompiled names the logs of the parts where a role that a framework makes, and that others share, names those of
// the whole: the framework lets it write the log of every function, one by one where it has no prefix in common with
// others.
func (s *splitting) logsInCompiled(order []*splitPart) []model.Change {
	var changes []model.Change
	for _, id := range s.role.Policies {
		pol := s.design.Policy(id)
		if pol == nil || pol.Managed || pol.Document == nil {
			continue
		}
		doc := *pol.Document
		doc.Statements = nil
		changed := false
		for _, st := range pol.Document.Statements {
			n := *st
			n.Resources = nil
			for _, r := range st.Resources {
				if !strings.Contains(r, logsOf(s.whole)+":") {
					n.Resources = append(n.Resources, r)
					continue
				}
				for _, p := range order {
					n.Resources = append(n.Resources, s.namer(p).text(r))
				}
			}
			if slices.Equal(n.Resources, st.Resources) {
				doc.Statements = append(doc.Statements, st)
				continue
			}
			changed = true
			doc.Statements = append(doc.Statements, &n)
		}
		if changed {
			n := *pol
			n.Document = &doc
			changes = append(changes, model.Change{Before: pol, After: &n})
			s.warn("the framework lets %s, which other functions have, write the log of each function: that of the parts as well", s.role.ID)
		}
	}
	return changes
}

// movedTrigger is the id of a trigger that was an event of one function, or is named after it as the task of a
// state machine is, and is now another's.
func movedTrigger(id, from, to model.ID) model.ID {
	_, old, _ := strings.Cut(string(from), "/")
	_, name, _ := strings.Cut(string(to), "/")
	if rest, ok := strings.CutPrefix(string(id), "trigger/"+old+"/"); ok {
		return model.ID("trigger/" + name + "/" + rest)
	}
	// A state machine's task is named after the function that it runs.
	if rest, ok := strings.CutSuffix(string(id), "/"+old); ok {
		return model.ID(rest + "/" + name)
	}
	if rest, ok := strings.CutSuffix(string(id), "/"+old); ok && strings.HasPrefix(rest, "trigger/") {
		return model.ID(rest + "/" + name)
	}
	return id
}

// shareFunctionPolicy gives each statement of the whole's resource policy to the parts whose triggers it lets in.
func (s *splitting) shareFunctionPolicy() map[*splitPart]*policy.Document {
	out := map[*splitPart]*policy.Document{}
	whole := s.whole.Policy
	if whole == nil {
		return out
	}
	give := func(p *splitPart, st *policy.Statement) {
		if out[p] == nil {
			doc := *whole
			doc.Statements = nil
			out[p] = &doc
		}
		if !p.Keeps {
			st = s.namer(p).statement(st)
		}
		out[p].Statements = append(out[p].Statements, st)
	}
	for _, st := range whole.Statements {
		to := s.letsIn(st)
		if len(to) == 0 && s.heir != nil {
			to = []*splitPart{s.heir}
		}
		if len(to) == 0 {
			s.warn("the permission of %s on %s goes to no part", principalsOf(st), s.whole.ID)
		}
		for _, p := range to {
			st := st
			if st.Sid != "" && p != stays(to, s.heir) {
				// The Sid is the name of the resource that permits: a second one needs another.
				n := *st
				n.Sid += p.Name
				st = &n
			}
			give(p, st)
		}
	}
	if s.kept != nil && out[s.kept] != nil && slices.Equal(out[s.kept].Statements, whole.Statements) {
		out[s.kept] = whole
	}
	return out
}

// stays is the part that keeps a permission as it is where several need it.
func stays(of []*splitPart, heir *splitPart) *splitPart {
	if slices.Contains(of, heir) {
		return heir
	}
	return of[len(of)-1]
}

// letsIn lists the parts whose triggers a statement of the function's policy is for: those of the event that it
// was written with, else those of the service and source that it names.
func (s *splitting) letsIn(st *policy.Statement) []*splitPart {
	var out []*splitPart
	for _, p := range s.parts {
		if slices.ContainsFunc(p.triggers, func(t *model.Trigger) bool { return t.Origin.Contains(st.Span) }) {
			return []*splitPart{p}
		}
	}
	for _, fits := range []func(*model.Trigger, *policy.Statement) bool{s.comesFrom, servedBy, fromElsewhere} {
		for _, p := range s.parts {
			if slices.ContainsFunc(p.triggers, func(t *model.Trigger) bool { return fits(t, st) }) {
				out = append(out, p)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// callers are the service principals that call a function for a kind of trigger.
var callers = map[string][]string{
	"api-route": {"apigateway"}, "authorizer": {"apigateway"}, "event-rule": {"events"}, "schedule": {"events", "scheduler"}, "sns-subscription": {"sns"},
	"s3-notification": {"s3"}, "log-subscription": {"logs"}, "cognito": {"cognito-idp"}, "iot-rule": {"iot"}, "rotation": {"secretsmanager"}, "load-balancer": {"elasticloadbalancing"},
}

// servedBy reports whether a statement that names no source is for the service behind a trigger.
func servedBy(t *model.Trigger, st *policy.Statement) bool {
	for _, p := range st.Principals {
		service, _, _ := strings.Cut(p.Value, ".")
		if p.Kind == "Service" && (slices.Contains(callers[t.Kind], service) || t.Event == service) {
			return !slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool { return strings.EqualFold(c.Key, "aws:SourceArn") })
		}
	}
	return false
}

// fromElsewhere reports whether a statement is for the service behind a trigger whose source is not in the design, so that
// what the statement names may be it.
func fromElsewhere(t *model.Trigger, st *policy.Statement) bool {
	return t.From == "" && slices.ContainsFunc(st.Principals, func(p policy.Principal) bool {
		service, _, _ := strings.Cut(p.Value, ".")
		return p.Kind == "Service" && (slices.Contains(callers[t.Kind], service) || t.Event == service)
	})
}

// comesFrom reports whether a statement's aws:SourceArn names where the trigger comes from.
func (s *splitting) comesFrom(t *model.Trigger, st *policy.Statement) bool {
	from := s.design.Element(t.From)
	if from == nil {
		return false
	}
	arn := model.ARN(from)
	name := arn[strings.LastIndexAny(arn, ":/")+1:]
	for _, c := range st.Conditions {
		if !strings.EqualFold(c.Key, "aws:SourceArn") {
			continue
		}
		for _, v := range c.Values {
			// An API is named by another ARN (execute-api) than its own: its id stands in both.
			if v == arn || name != "" && strings.Contains(v, ":execute-api:") && strings.Contains(v, ":"+name+"/") {
				return true
			}
		}
	}
	return false
}

func principalsOf(st *policy.Statement) string {
	var names []string
	for _, p := range st.Principals {
		names = append(names, p.Value)
	}
	return and(names)
}

// repoint leads whoever referred to the function that went to the part that takes its place.
func (s *splitting) repoint(d *model.Design) (*model.Design, error) {
	p := &passing{function: s.whole}
	if !s.shared {
		p.role = s.role
	}
	if s.heir != nil {
		p.heir, p.heirRole, p.boundary = s.heir.function, s.heir.role, s.role.Boundary
	}
	after, err := p.repoint(d)
	if err != nil {
		return nil, err
	}
	switch {
	case s.heir != nil:
	case len(p.dangling) > 0:
		s.warn("%s goes, and no part takes its place for its callers; these refer to nothing any more: %s (repoint names the part that they should reach)", s.whole.ID, strings.Join(p.dangling, ", "))
	default:
		s.warn("%s goes, and no part takes its place for its callers: outputs and whoever calls it from outside the design refer to nothing any more", s.whole.ID)
	}
	return after, nil
}
