package reach

import (
	"maps"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Conditions on aws:PrincipalTag are about who asks. Who may tag the role or user that it is makes them hold: it is then that
// principal with other tags.

// tagsPrincipal and tagsSession are the techniques: to change the tags that a role or user has, and to assume a role with tags beside
// its own, which take their place ("Pass session tags in AWS STS").
const (
	tagsPrincipal = "principal-tag"
	tagsSession   = "session-tag"
)

const principalTag = "aws:principaltag/"

// A tag is one of a principal; nil: it has it not.
type tag struct {
	key   string // as it is spelled
	value []string
}

// mostTags is how many values of one tag are tried at most.
const mostTags = 12

// newAskedTags finds the tags of principals that policies of the design ask for, each with the values worth trying: those that a
// condition names, those that resources have where it compares with them, and none.
func (an *Analysis) newAskedTags() {
	an.askedTags = nil
	if !slices.ContainsFunc(an.keys, func(k string) bool { return strings.HasPrefix(k, principalTag) }) {
		return
	}
	values := map[string][]tag{}
	var order []string
	put := func(key string, value ...string) {
		lower := strings.ToLower(key)
		if _, ok := values[lower]; !ok {
			order = append(order, lower)
			values[lower] = []tag{{key, nil}}
		}
		t := tag{key, value}
		if len(values[lower]) < mostTags && !slices.ContainsFunc(values[lower], func(o tag) bool { return slices.Equal(o.value, value) }) {
			values[lower] = append(values[lower], t)
		}
	}
	for e := range an.design.All() {
		doc := model.DocumentOf(e)
		if a := an.compiled.of(doc); a != nil && doc != nil {
			if !a.asksPrincipalTags() {
				continue
			}
			for _, s := range a.statements {
				for _, c := range s.from.Conditions {
					_, of, _ := strings.Cut(c.Key, "/")
					for _, v := range c.Values {
						if strings.HasPrefix(strings.ToLower(c.Key), principalTag) && !strings.Contains(v, "${") && !strings.EqualFold(c.Operator, "Null") {
							put(of, instance(v))
						} else if strings.HasPrefix(strings.ToLower(c.Key), principalTag) {
							put(of)
						}
						for _, variable := range variablesOf(v) {
							if key, ok := strings.CutPrefix(variable, principalTag); ok && isResourceTag(strings.ToLower(c.Key)) {
								put(key)
								for _, x := range an.tagValues(of) {
									put(key, x)
								}
							}
						}
					}
				}
			}
		}
	}
	for _, lower := range order {
		an.askedTags = append(an.askedTags, values[lower]...)
	}
}

// asksPrincipalTags reports whether conditions or variables are about tags of who asks.
func (a *answers) asksPrincipalTags() bool {
	return slices.ContainsFunc(a.keys, func(k string) bool { return strings.HasPrefix(k, principalTag) })
}

// tagValues are the values that a tag has on what the design shows, in its order.
func (an *Analysis) tagValues(key string) (out []string) {
	for i := range an.world.targets {
		for k, v := range an.world.targets[i].tags {
			if strings.EqualFold(k, key) && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// request is what a call that sets a tag, or takes it off, carries.
func (t tag) request() policy.Context {
	return policy.Context{"aws:tagkeys": {t.key}, "aws:requesttag/" + strings.ToLower(t.key): t.value}
}

// spell is a tag as one string, for telling changes apart.
func (t tag) spell() string {
	if t.value == nil {
		return strings.ToLower(t.key) + "\x03"
	}
	return strings.ToLower(t.key) + "\x02" + t.value[0]
}

// newTagged finds the roles whose trust policies perhaps let sessions have tags: few do, and of those who assume the others it does not
// matter what tags anybody asks for.
func (an *Analysis) newTagged() {
	an.tagged = map[int32]bool{}
	for _, ti := range an.roles {
		g := an.gates[ti]
		if g == nil {
			continue
		}
		if g.unseen || g.answers != nil && slices.ContainsFunc(g.answers.statements, func(s *statement) bool { return !s.deny && s.acts("sts:tagsession") }) {
			an.tagged[ti] = true
		}
	}
}

// setBy are the actions by which a technique sets the tag, or takes it off.
func (t tag) setBy(k *technique) []string {
	if k.id == tagsSession {
		return k.needs
	}
	set, remove, _ := strings.Cut(k.needs[0], "|")
	if t.value == nil {
		return []string{remove}
	}
	return []string{set}
}

// retagSelf tries to change the tags of principals that policies ask for.
func (e *explorer) retagSelf(f *finding, k *plan) {
	if len(e.an.askedTags) == 0 || k.id != tagsSession && e.all(f, k, nil) == never {
		return
	}
	if k.id == tagsSession && (!e.an.tagged[f.target] || e.allowed(f, "sts:assumerole") == never) {
		return
	}
	e.actor.meddles = true // for what tags others ask may change
	for _, t := range e.an.askedTags {
		if t.value == nil && k.id == tagsSession {
			continue // those of the role stay
		}
		v := surely
		for _, action := range t.setBy(k.technique) {
			extra := e.an.alterContext(f.target, action)
			maps.Copy(extra, t.request())
			v = min(v, e.ask(f.target, action, extra))
		}
		if v == never {
			continue
		}
		for _, i := range e.an.holders(f.target) {
			now, known := e.an.actors[i].value(principalTag + strings.ToLower(t.key))
			if known && slices.Equal(now, t.value) || e.an.actors[i].self != f.target {
				continue // as it is, or who is in a group
			}
			if k.id == tagsSession && e.an.actors[i].function != nil {
				continue // its sessions are not of the actor's making
			}
			e.alters(f, k, i, v == surely, change{tags: []tag{t}})
		}
	}
}

// tagged puts tags into what is known of an actor's requests.
func (a *actor) tagged(tags []tag) {
	a.context, a.absent = maps.Clone(a.context), slices.Clone(a.absent)
	for _, t := range tags {
		key := principalTag + strings.ToLower(t.key)
		a.absent = slices.DeleteFunc(a.absent, func(k string) bool { return k == key })
		if delete(a.context, key); t.value != nil {
			a.context[key] = t.value
		} else {
			a.absent = append(a.absent, key)
		}
	}
}

// sameTags reports whether two lists of tags are one.
func sameTags(x, y []tag) bool {
	return slices.EqualFunc(x, y, func(a, b tag) bool { return a.spell() == b.spell() })
}

// andTags are some tags, and others in their place.
func andTags(old, more []tag) []tag {
	out := slices.DeleteFunc(slices.Clone(old), func(t tag) bool {
		return slices.ContainsFunc(more, func(m tag) bool { return strings.EqualFold(t.key, m.key) })
	})
	out = append(out, more...)
	slices.SortFunc(out, func(x, y tag) int { return strings.Compare(x.spell(), y.spell()) })
	return out
}

// isRequestTag reports whether a condition key, lower-case, is about the tags that a request passes: which of them are transitive, too
// (STS API Reference, AssumeRole, TransitiveTagKeys: "a list of keys for session tags that you want to set as transitive").
func isRequestTag(key string) bool {
	return key == "aws:tagkeys" || key == "sts:transitivetagkeys" || strings.HasPrefix(key, "aws:requesttag/")
}

// passesTags reports whether an action starts a session, which tags may be passed to: whoever passes some has to be allowed
// sts:TagSession on the role as well ("Pass session tags in AWS STS", permissions required to add session tags).
func passesTags(action string) bool {
	return strings.HasPrefix(strings.ToLower(action), "sts:assumerole")
}

// untagged is context of a request that passes no tags.
func (an *Analysis) untagged(extra policy.Context) policy.Context {
	out := maps.Clone(extra)
	if out == nil {
		out = policy.Context{}
	}
	for _, k := range an.tagsAsked {
		out[k] = nil
	}
	return out
}
