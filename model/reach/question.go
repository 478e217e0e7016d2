package reach

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// A Question is what somebody wants to know of an action and a resource: on what the action acts, for people name a bucket
// and mean its objects.
type Question struct {
	Actions  []string  // as AWS spells them; several where the action asked about has wildcards
	Resource string    // an ARN, "*" for anything at all
	Keys     []KeyNeed // what has to be allowed as well, as a key encrypts the resource
	On       []string  // patterns of what of the resource the actions act on, where that is not the resource itself: its objects, its indexes

	target int32   // -1 where the design does not show the resource
	forms  []int32 // of the target, that the actions act on
}

// A KeyNeed is what an action on encrypted data takes beside the permission on the data: the use of the key.
type KeyNeed struct {
	Key    model.ID // "" where it is not in the design
	ARN    string
	Action string // kms:Decrypt, kms:GenerateDataKey
}

// needs are what a question's actions need of the key that encrypts the resource.
func (an *Analysis) needs(q *Question) []KeyNeed {
	var out []KeyNeed
	for _, a := range q.Actions {
		needs := an.keyFor(q.target, a)
		if needs == "" || slices.ContainsFunc(out, func(k KeyNeed) bool { return k.Action == needs }) {
			continue
		}
		switch t := &an.world.targets[q.target]; t.key {
		case noKey:
		case unseenKey:
			out = append(out, KeyNeed{ARN: an.world.unseenKeyARN(t), Action: needs})
		default:
			key := &an.world.targets[t.key]
			out = append(out, KeyNeed{key.id, key.arn, needs})
		}
	}
	return out
}

// Says is in words on what the actions act, "" where that is the resource itself: "s3:GetObject acts on arn:aws:s3:::data/*".
func (q *Question) Says() string {
	if len(q.On) == 0 {
		return ""
	}
	verb := "acts"
	if len(q.Actions) > 1 {
		verb = "act"
	}
	return strings.Join(q.Actions, ", ") + " " + verb + " on " + strings.Join(q.On, ", ")
}

// Question reads an action, which may have wildcards, and a resource: an ARN, with wildcards or not, an element's id or name, or
// "*". What AWS has not, what the design has not and no ARN names, and an action that does not act on the resource are errors that
// say so.
func (an *Analysis) Question(action, resource string) (*Question, error) {
	c := an.world.catalog
	resource = unqualified(resource)
	var actions []*catalog.Action
	if strings.ContainsAny(action, "*?") {
		actions = c.Expand(action)
	} else if x := c.Action(action); x != nil {
		actions = []*catalog.Action{x}
	}
	if len(actions) == 0 {
		return nil, fmt.Errorf("AWS has no action %q", action)
	}
	q := &Question{Resource: resource, target: -1}
	named := !strings.HasPrefix(resource, "arn:")
	if resource == "" {
		q.Resource = "*"
	} else if resource != "*" {
		q.target = an.asked(resource)
		if q.target < 0 && named {
			return nil, fmt.Errorf("the design has no %q; give the whole ARN of what it does not show", resource)
		}
	}
	if q.target >= 0 {
		t := &an.world.targets[q.target]
		if named || t.arn == "" {
			q.Resource = t.arn
		}
		if t.arn == "" {
			return nil, fmt.Errorf("%s has no ARN that a policy could name", an.Name(t.id))
		}
		actions = q.acting(an, actions, named)
	} else if q.Resource != "*" && len(actions) > 1 {
		actions = slices.DeleteFunc(actions, func(a *catalog.Action) bool { return len(c.TypesOf(a, q.Resource)) == 0 })
	}
	if len(actions) == 0 {
		return nil, fmt.Errorf("%s does not act on %s%s", action, an.called(q), actsOn(c.Action(action)))
	}
	if most := 400; len(actions) > most {
		return nil, fmt.Errorf("%s is %d actions: ask about at most %d, or about one resource", action, len(actions), most)
	}
	for _, a := range actions {
		q.Actions = append(q.Actions, a.String())
	}
	q.Keys = an.needs(q)
	return q, nil
}

// unqualified is the ARN that permissions are on: of a state machine's version or alias, the machine's ("Authorization for versions
// and aliases in Step Functions workflows").
func unqualified(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) == 8 && parts[2] == "states" && parts[5] == "stateMachine" {
		return strings.Join(parts[:7], ":")
	}
	return arn
}

// asked is the target that a name, id or ARN means, as a whole or by a part of it; -1 for none.
func (an *Analysis) asked(resource string) int32 {
	if e := an.design.Find(resource); e != nil {
		if ti := an.world.target(e.ElementID()); ti >= 0 {
			return ti
		}
	}
	if ti, ok := an.world.byARN[strings.TrimSuffix(resource, ":*")]; ok {
		return ti
	}
	if m := an.world.match(resource); len(m) > 0 && !strings.ContainsAny(resource, "*?") && strings.HasPrefix(resource, "arn:") {
		return an.world.forms[m[0].form].target
	}
	return -1
}

// acting leaves the actions that act on the target, and finds on which forms of it. Who gives an ARN means that alone, if the
// action acts on it; who gives a name means all that belongs to it.
func (q *Question) acting(an *Analysis, actions []*catalog.Action, named bool) []*catalog.Action {
	w := an.world
	t := &w.targets[q.target]
	whole := named || q.Resource == t.arn || strings.TrimSuffix(q.Resource, ":*") == t.arn
	var out []*catalog.Action
	for _, a := range actions {
		lower := strings.ToLower(a.String())
		var forms []int32
		for _, fi := range t.forms {
			if w.forms[fi].menu.bit(lower) >= 0 {
				forms = append(forms, fi)
			}
		}
		switch {
		case len(a.Resources) == 0 && len(actions) > 1: // of a wildcard, those that are about it
			continue
		case len(forms) == 0 && len(a.Resources) > 0 && !slices.ContainsFunc(a.Resources, func(rt *catalog.ResourceType) bool { return rt.Matches(q.Resource) }):
			continue
		case !whole, len(forms) == 0:
			forms = nil // the ARN as it stands
		case !named && slices.ContainsFunc(forms, func(fi int32) bool { return w.forms[fi].witness == t.arn }):
			forms = nil
		}
		out = append(out, a)
		for _, fi := range forms {
			if !slices.Contains(q.forms, fi) {
				q.forms = append(q.forms, fi)
			}
		}
	}
	if !slices.ContainsFunc(q.forms, func(fi int32) bool { return w.forms[fi].witness == t.arn }) {
		for _, fi := range q.forms {
			q.On = append(q.On, w.forms[fi].space)
		}
	}
	return out
}

// called is the resource of a question as people call it: "orders, a queue".
func (an *Analysis) called(q *Question) string {
	if q.target < 0 {
		return q.Resource
	}
	t := &an.world.targets[q.target]
	noun := catalog.KindOf(t.typ).Noun
	article := "a "
	if strings.ContainsAny(noun[:1], "aeiouA") {
		article = "an "
	}
	return an.Name(t.id) + ", " + article + noun
}

// actsOn says on what an action acts: ", but on object".
func actsOn(a *catalog.Action) string {
	if a == nil || len(a.Resources) == 0 {
		return ""
	}
	var names []string
	for _, rt := range a.Resources {
		if !slices.Contains(names, rt.Name) {
			names = append(names, rt.Name)
		}
	}
	return ", but on " + few(names)
}
