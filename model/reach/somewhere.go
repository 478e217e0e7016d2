package reach

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Techniques need permissions on things of the attacker's own choosing: a function that it creates, a project that it
// names. Whether it has them, and where, is found by trying the names that its own policies allow.

// somewhere tells whether the actor may do all that a technique needs, iam:PassRole aside, on things of its own
// choosing. What is of one resource type has to be the same thing: the function that is created is the one invoked.
func (e *explorer) somewhere(k *technique) truth {
	find := func() truth {
		if e.like != nil {
			return e.like.truth(k, e.findSomewhere)
		}
		return e.findSomewhere(k)
	}
	if x, ok := numbers().somewhere[k]; ok {
		return e.learn(x, find)
	}
	return find()
}

func (e *explorer) findSomewhere(k *technique) truth {
	v := surely
	for _, need := range k.needs {
		if !e.actor.offers(need) {
			v = never
			break
		}
	}
	if v != never {
		_, v = e.an.combine(e.actor, k.needs, e.an.unoccupied(k))
	}
	if v != never && k.scripts {
		_, by := e.an.runsScripts(e.actor, k)
		v = min(v, by)
	}
	return v
}

// A place is an action on an ARN where it is allowed.
type place struct{ action, arn string }

// places are where what a technique needs is allowed, one for each need.
func (an *Analysis) places(a *actor, needs []string) []place {
	p, _ := an.combine(a, needs, nil)
	return p
}

// combine tries all combinations of alternatives. Places for which suits is false do not count; nil: all do.
func (an *Analysis) combine(a *actor, needs []string, suits func(arn string) bool) (where []place, best truth) {
	return an.combineBy(crew{actors: []*actor{a}}, needs, suits)
}

// combineBy is combine where each of a crew may do a part.
func (an *Analysis) combineBy(c crew, needs []string, suits func(arn string) bool) (where []place, best truth) {
	var try func(chosen []string, rest []string)
	try = func(chosen, rest []string) {
		if best == surely {
			return
		}
		if len(rest) == 0 {
			if p, v := an.together(c, chosen, suits); v > best {
				where, best = p, v
			}
			return
		}
		for alternative := range strings.SplitSeq(rest[0], "|") {
			try(append(slices.Clip(chosen), alternative), rest[1:])
		}
	}
	try(nil, needs)
	return where, best
}

// together tells whether actions are allowed, those of one resource type on the same thing, and where.
func (an *Analysis) together(c crew, needs []string, suits func(arn string) bool) ([]place, truth) {
	var where []place
	out := surely
	done := make([]bool, len(needs))
	for i := range needs {
		if done[i] {
			continue
		}
		first := an.world.catalog.Action(needs[i])
		if first == nil {
			return nil, never
		}
		same := []*catalog.Action{first}
		types := first.Resources
		for j := i + 1; j < len(needs); j++ {
			next := an.world.catalog.Action(needs[j])
			if next == nil {
				return nil, never
			}
			both := slices.DeleteFunc(slices.Clone(types), func(t *catalog.ResourceType) bool { return !slices.Contains(next.Resources, t) })
			if len(both) > 0 {
				types, same, done[j] = both, append(same, next), true
			}
		}
		arn, v := an.anywhere(c, same, types, suits)
		if out = min(out, v); out == never {
			return nil, never
		}
		for _, x := range same {
			where = append(where, place{x.String(), arn})
			more, v := an.besides(c, x, types)
			if out = min(out, v); out == never {
				return nil, never
			}
			where = append(where, more...)
		}
	}
	return where, out
}

// jointly are actions of techniques that are asked of several resources in one call, all of which have to be allowed, with the types of
// these (Amazon EC2 User Guide, "Example policies to control access to the Amazon EC2 API", launching instances; Service Authorization
// Reference, required resource types). The others are asked of one.
var jointly = map[string][]string{
	"ec2:RunInstances": {"instance", "image", "network-interface", "security-group", "subnet", "volume"},
	"batch:SubmitJob":  {"job-definition", "job-queue"},
}

// besides finds where an action is allowed that is asked of resources of several types in one call, on those that are not of some types.
func (an *Analysis) besides(c crew, x *catalog.Action, types []*catalog.ResourceType) (where []place, out truth) {
	out = surely
	for _, name := range jointly[x.String()] {
		i := slices.IndexFunc(x.Resources, func(t *catalog.ResourceType) bool { return t.Name == name })
		if i < 0 || len(types) == 1 && types[0] == x.Resources[i] {
			continue
		}
		arn, v := an.anywhere(c, []*catalog.Action{x}, x.Resources[i:i+1], nil)
		if out = min(out, v); out == never {
			return nil, never
		}
		where = append(where, place{x.String(), arn})
	}
	return where, out
}

// anywhere finds an ARN of one of the types on which all of the actions are allowed, and how surely.
func (an *Analysis) anywhere(c crew, actions []*catalog.Action, types []*catalog.ResourceType, suits func(arn string) bool) (string, truth) {
	return an.anyplaceBy(c, actions, func(yield func(string) bool) {
		for _, t := range types {
			for _, arn := range t.ARNs {
				if strings.HasPrefix(arn, "arn:${Partition}:s3:") && actions[0].Service != "s3" {
					continue // where output goes: of no use alone
				}
				if !yield(an.world.spaceOf(arn, c.actors[0].account)) {
					return
				}
			}
		}
	}, suits)
}

// regional is a space in the region that a pattern names: its own, where the pattern lets it. A wildcard for the region in
// both would take in the account of another.
func (w *world) regional(space, pattern string) string {
	fields := strings.SplitN(space, ":", 6)
	if len(fields) != 6 || fields[3] != "*" {
		return space
	}
	fields[3] = w.region
	if p := strings.SplitN(pattern, ":", 6); len(p) == 6 {
		if must, _ := policy.Match(p[3], w.region); !must {
			fields[3] = instance(p[3])
		}
	}
	return strings.Join(fields, ":")
}

// anyplace finds an ARN in one of the patterns' spaces on which all of the actions are allowed, and how surely; where there are no
// spaces, "*". Places for which suits is false do not count; nil: all do.
func (an *Analysis) anyplace(a *actor, actions []*catalog.Action, spaces iter.Seq[string], suits func(arn string) bool) (where string, best truth) {
	return an.anyplaceBy(crew{actors: []*actor{a}}, actions, spaces, suits)
}

// anyplaceBy is anyplace where each of a crew may do some of the actions.
func (an *Analysis) anyplaceBy(c crew, actions []*catalog.Action, spaces iter.Seq[string], suits func(arn string) bool) (where string, best truth) {
	var patterns, names []string
	for _, x := range actions {
		names = append(names, strings.ToLower(x.String()))
	}
	for _, a := range c.actors {
		patterns = append(patterns, an.patternsOf(a, actions, names)...)
	}
	if len(patterns) == 0 {
		return "", never
	}
	tried, free, extra := map[string]bool{}, make([]bool, len(c.actors)), make([]policy.Context, len(c.actors))
	for i, a := range c.actors {
		free[i] = a.free()
		if a.asks("iam:policyarn") || a.asks("iam:permissionsboundary") {
			extra[i] = newPrincipal(an.world, c.bound)
		}
	}
	asked := an.asking[requestedRegion] > 0
	allowed := func(place, region string) truth {
		v := surely
		for _, x := range actions {
			any := never
			for i, a := range c.actors {
				if !c.does(i, x.String()) {
					continue
				}
				if free[i] && foreign(place, a.account) == "" && !mustAllow(x.String(), place) {
					any = surely
					break
				}
				d := an.decide(a, -1, x.String(), place, in(region, carried(x.String(), place, extra[i])))
				if any = max(any, truthIn(&d.Decision)); any == surely {
					break
				}
			}
			if v = min(v, any); v == never {
				break
			}
		}
		return v
	}
	try := func(place, pattern string) bool { // false: it cannot be surer
		if tried[place] || suits != nil && !suits(place) {
			return true
		}
		tried[place] = true
		var v truth
		switch {
		case !asked:
			v = allowed(place, "")
		case movable(pattern, actions[0].Service):
			var region string
			region, v = an.inAnyRegion(c.actors, func(region string) truth { return allowed(moved(place, region), region) })
			place = moved(place, region)
		default:
			v = allowed(place, madeIn(place, actions[0].Service))
		}
		if v > best {
			where, best = place, v
		}
		return best != surely
	}
	anything := true
	for space := range spaces {
		anything = false
		for _, p := range patterns {
			if policy.Apart(p, space) {
				continue
			}
			if place, ok := within(p, an.world.regional(space, p)); ok && !stretched(place, space) && !try(place, p) {
				return where, best
			}
		}
	}
	if anything {
		try("*", "*")
	}
	return where, best
}

// stretched reports whether a pattern meets a space of EC2's only in an id with a colon in it, which EC2 does not give: that of an image,
// whose ARN has no account, in that of an instance.
func stretched(place, space string) bool {
	return strings.Count(place, ":") != strings.Count(space, ":") && strings.HasPrefix(space[strings.IndexByte(space, ':')+1:], "aws") && strings.Contains(space, ":ec2:")
}

// carried is what a call about an ARN carries beside extra: where it starts an instance with a role, the profile that the role is in.
func carried(action, arn string, extra policy.Context) policy.Context {
	if action != "ec2:RunInstances" || !strings.Contains(arn, ":instance/") {
		return extra
	}
	out := maps.Clone(extra)
	if out == nil {
		out = policy.Context{}
	}
	out["ec2:instanceprofile"] = []string{"${the instance profile}"}
	return out
}

// patternsOf are the patterns on which an actor's own policies allow one of the actions, whose names are lower-case.
func (an *Analysis) patternsOf(a *actor, actions []*catalog.Action, names []string) (patterns []string) {
	for _, d := range a.identity {
		if !slices.ContainsFunc(actions, func(x *catalog.Action) bool { return d.names(x.Service) }) {
			continue
		}
		for _, s := range d.statements {
			if s.deny || !slices.ContainsFunc(names, s.acts) {
				continue
			}
			if s = a.own(an.world, s); s == nil {
				continue
			}
			if s.from.NotResource {
				patterns = append(patterns, "*")
				continue
			}
			for _, p := range s.from.Resources {
				arn, _ := whenChosen(p)
				patterns = append(patterns, completions(arn)...)
			}
		}
	}
	return patterns
}

// free reports whether an actor's own policies allow it everything, without condition, and nothing limits it: what it may do in its
// account on things without policies of their own needs no asking.
func (a *actor) free() bool {
	if a.outside != nil || a.boundary != nil || a.unlimited || a.guards != nil && (len(a.guards.documents)+len(a.guards.rcps) > 0 || slices.ContainsFunc(a.guards.scps, func(level []*answers) bool { return len(level) == 0 })) {
		return false
	}
	return slices.ContainsFunc(a.identity, (*answers).allowsAll) && !slices.ContainsFunc(a.identity, func(d *answers) bool {
		return slices.ContainsFunc(d.statements, func(s *statement) bool { return s.deny })
	})
}

// asks reports whether some policy of the actor, or that limits it, asks for a condition key.
func (a *actor) asks(key string) bool {
	about := func(d *answers) bool { return slices.Contains(d.keys, key) }
	return slices.ContainsFunc(a.identity, about) || slices.ContainsFunc(a.limits(), about) || a.guards != nil && slices.ContainsFunc(a.guards.rcps, about)
}

// spaceOf is a resource type's ARN as a pattern, in an account.
func (w *world) spaceOf(arn, account string) string {
	key := [2]string{arn, account}
	w.mu.RLock()
	s, ok := w.spaces[key]
	w.mu.RUnlock()
	if !ok {
		s = w.newSpace(arn, account)
		w.mu.Lock()
		w.spaces[key] = s
		w.mu.Unlock()
	}
	return s
}

func (w *world) newSpace(arn, account string) string {
	s := strings.ReplaceAll(arn, "${Partition}", w.partition)
	if account != "" {
		s = strings.ReplaceAll(s, "${Account}", account)
	}
	return strings.ReplaceAll(normalize(s, w.partition), "{}", "*")
}

// spaceFor is spaceOf in the account that a pattern names, or in one's own.
func (w *world) spaceFor(arn, pattern, own string) string {
	if other := foreign(pattern, own); other != "" && own != "" {
		own = other
	}
	return w.spaceOf(arn, own)
}
