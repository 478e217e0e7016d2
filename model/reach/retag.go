package reach

import (
	"maps"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A condition on a resource's tags holds whoever may not change them. Who may tag the resource, or take its tags off, makes the
// condition hold or fail first ("Controlling access to AWS resources using tags": whoever can modify tags can modify access).

// A tagging is a change of tags that an actor may make of a target.
type tagging struct {
	action string // "ec2:CreateTags"; of several, the last
	made   []policy.Decision
	truth  truth
	tags   policy.Context // the condition keys as they are then; nil: the tag is gone
}

// mostTaggings is how many changes of one target's tags are tried at most.
const mostTaggings = 64

// tagKeys are the tags that policies which may be about a target ask for, as they are spelled, each with the values worth trying:
// those that a condition tells apart, and nil for none.
func (an *Analysis) tagKeys(a *actor, ti int32) (keys []string, values [][][]string) {
	docs := slices.Concat(a.identity, a.limits())
	if a.guards != nil {
		docs = append(docs, a.guards.rcps...)
	}
	if g := an.gates[ti]; g != nil && g.answers != nil {
		docs = append(docs, g.answers)
	}
	t := &an.world.targets[ti]
	for _, d := range docs {
		if !slices.ContainsFunc(d.keys, isResourceTag) {
			continue
		}
		for _, s := range d.statements {
			for _, c := range s.from.Conditions {
				if !isResourceTag(strings.ToLower(c.Key)) {
					continue
				}
				key := c.Key[strings.IndexByte(c.Key, '/')+1:]
				i := slices.IndexFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
				if i < 0 {
					i = len(keys)
					keys, values = append(keys, key), append(values, [][]string{nil, {anyName}})
				}
				for _, v := range c.Values {
					if filled, ok := a.fill(v); ok && !strings.EqualFold(c.Operator, "Null") {
						x := []string{instance(filled)}
						if !slices.ContainsFunc(values[i], func(y []string) bool { return slices.Equal(x, y) }) {
							values[i] = append(values[i], x)
						}
					}
				}
			}
		}
	}
	for i, key := range keys { // as it is now is no change
		now := an.world.targetValue(t, "aws:resourcetag/"+strings.ToLower(key))
		values[i] = slices.DeleteFunc(values[i], func(v []string) bool { return len(v) == 1 && v[0] == now })
	}
	return keys, values
}

// isResourceTag reports whether a condition key, lower-case, is about a resource's tags.
func isResourceTag(key string) bool {
	_, name, _ := strings.Cut(key, ":")
	return strings.HasPrefix(name, "resourcetag/")
}

// tagPrefixes are the services under which a target's tags are asked for, and aws.
func (t *target) tagPrefixes() []string {
	return slices.Concat([]string{"aws", t.service}, relatives[t.service], masters[t.service])
}

// setsTags reports whether an action sets a resource's tags, or takes them off.
func setsTags(x *catalog.Action) (sets, removes bool) {
	if !x.Capabilities.Has(catalog.Tag) || strings.Contains(x.Name, "Object") || strings.Contains(x.Name, "Account") {
		return false, false
	}
	switch {
	case strings.HasPrefix(x.Name, "Untag"), strings.HasPrefix(x.Name, "Remove"), strings.HasPrefix(x.Name, "Delete"):
		return false, true
	case strings.Contains(x.Name, "Tag"):
		return true, false
	}
	return false, false
}

// taggings are the changes of a target's tags that an actor may make, one tag at a time, then several together.
func (an *Analysis) taggings(a *actor, ti int32) []tagging {
	t := &an.world.targets[ti]
	if !an.asksTags || a.outside != nil || t.account != a.account {
		return nil
	}
	var setting, removing []string
	for _, fi := range t.forms {
		form := &an.world.forms[fi]
		if form.witness != t.arn {
			continue
		}
		for _, x := range form.menu.actions {
			if sets, removes := setsTags(x); sets && !slices.Contains(setting, x.String()) {
				setting = append(setting, x.String())
			} else if removes && !slices.Contains(removing, x.String()) {
				removing = append(removing, x.String())
			}
		}
	}
	keys, values := an.tagKeys(a, ti)
	if len(keys) == 0 || len(setting)+len(removing) == 0 {
		return nil
	}
	single := make([][]tagging, len(keys))
	for i, key := range keys {
		lower := strings.ToLower(key)
		for _, v := range values[i] {
			actions, with := setting, policy.Context{"aws:requesttag/" + lower: v, "aws:tagkeys": {key}}
			if v == nil {
				actions = removing
			}
			best := tagging{}
			for _, action := range actions {
				d := an.direct(a, ti, action, t.arn, with)
				if x := truthIn(&d); x > best.truth {
					best = tagging{action: action, made: []policy.Decision{d}, truth: x}
				}
			}
			if best.truth == never {
				continue
			}
			best.tags = policy.Context{}
			for _, p := range t.tagPrefixes() {
				best.tags[p+":resourcetag/"+lower] = v
			}
			single[i] = append(single[i], best)
		}
	}
	var out []tagging
	for _, of := range single {
		more := slices.Clone(of)
		for _, x := range out { // beside what is changed of the others
			for _, y := range of {
				both := tagging{action: y.action, made: slices.Concat(x.made, y.made), truth: min(x.truth, y.truth), tags: maps.Clone(x.tags)}
				maps.Copy(both.tags, y.tags)
				more = append(more, both)
			}
		}
		if out = append(out, more...); len(out) > mostTaggings {
			out = out[:mostTaggings]
		}
	}
	return out
}

// retagged is a ruling about an action on an ARN of a target after the actor changed its tags, where that is surer than was.
func (an *Analysis) retagged(a *actor, ti int32, action, arn string, extra policy.Context, was truth) (ruling, bool) {
	var best ruling
	found := false
	for _, x := range an.taggings(a, ti) {
		if x.truth <= was {
			continue
		}
		with := maps.Clone(x.tags)
		maps.Copy(with, extra)
		d := an.direct(a, ti, action, arn, with)
		if v := min(x.truth, truthIn(&d)); v > was {
			was, found = v, true
			d.Must = v == surely
			best = ruling{Decision: d, tagging: &x}
			for i := range x.made {
				best.Assumed = joinConditions(best.Assumed, x.made[i].Assumed)
			}
		}
	}
	return best, found
}

// retag adds to a finding what the actor comes to by changing the target's tags. parts are those that statements name.
func (an *Analysis) retag(a *actor, f *finding, parts []match) {
	w := an.world
	t := &w.targets[f.target]
	if !an.asksTags || a.outside != nil || t.account != a.account || !slices.ContainsFunc(f.whole, func(x allowance) bool {
		m := w.forms[x.form].menu
		return x.may.meets(m.has[catalog.Tag])
	}) {
		return
	}
	changes := an.taggings(a, f.target)
	if len(changes) == 0 {
		return
	}
	on := func(fi int32, p match, arn string) {
		form := &w.forms[fi]
		missing := an.candidates(a, form.menu, an.gates[f.target], arn)
		had := f.on(fi, p.part)
		if had != nil {
			missing.take(had.must)
		}
		if missing.empty() {
			return
		}
		for _, x := range changes {
			must, may := an.judgeBy(a, f.target, form.menu, missing, func(action string) truth {
				if strings.EqualFold(action, "iam:PassRole") {
					return never // which is not told by tags
				}
				d := an.direct(a, f.target, action, arn, x.tags)
				return min(x.truth, truthIn(&d))
			})
			f.add(fi, p, must, may)
		}
	}
	for _, fi := range t.forms {
		form := &w.forms[fi]
		on(fi, match{}, form.witness)
		if form.space != "" {
			for _, p := range w.partsWorthALook(a, fi, parts, an.gates[f.target]) {
				on(fi, p, p.part)
			}
		}
	}
	f.inOrder()
}
