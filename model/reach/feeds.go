package reach

import (
	"cmp"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// A feed is a function that a resource's triggers start, through other resources too.
type feed struct {
	node     int32
	triggers []int32
	passage  *passage // that the triggers' filters leave
	off      []string // what it takes to enable those of them that are disabled, as needs of a technique
}

// feeds follows the triggers from a resource, as far as their filters let anything pass; before are those by which it was come to.
func (an *Analysis) feeds(from model.ID, before ...int32) []feed {
	first := an.triggersFrom[from]
	if !slices.ContainsFunc(first, func(i int32) bool { return an.world.filter(an.triggers[i]) != nil }) {
		return an.follow(from, first, before)
	}
	var out []feed
	for _, i := range first { // each trigger lets through something else
		out = append(out, an.follow(from, []int32{i}, before)...)
	}
	return out
}

// follow follows some of the triggers from a resource.
func (an *Analysis) follow(from model.ID, first, before []int32) []feed {
	var out []feed
	seen, called := map[model.ID]bool{from: true}, map[model.ID]bool{from: true}
	type at struct {
		id   model.ID
		path []int32
	}
	queue := []at{{from, before}}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		next, further := first, len(here.path) > len(before)
		if further {
			next = an.triggersFrom[here.id]
		}
		for _, i := range next {
			tr := an.triggers[i]
			if tr.Reads {
				continue
			}
			if tr.Kind == model.Replication && len(here.path) > 0 && an.triggers[here.path[len(here.path)-1]].Kind == model.Replication && an.isBucket(tr.From) {
				continue // replicas are not copied on ("What does Amazon S3 replicate?")
			}
			if tr.Token || tr.Open { // by a token, or by everybody: a permission is neither needed nor enough
				continue
			}
			if seen[tr.To] && further || tr.Kind == "schedule" || tr.Kind == "rotation" {
				continue
			}
			path := append(slices.Clip(here.path), i)
			p := an.passage(path)
			if !an.lets(p, path) {
				continue
			}
			if n, ok := an.nodeOf[tr.To]; ok {
				if an.nodes[n].sort == isFunction {
					// Each trigger of the resource itself counts: their filters differ.
					out = append(out, feed{n, path, p, an.enabling(path)})
					if further {
						seen[tr.To] = true
					}
					if !called[tr.To] && len(an.triggersFrom[tr.To]) > 0 && !slices.Contains(waiting, tr.Kind) {
						called[tr.To] = true
						queue = append(queue, at{tr.To, path})
					}
				}
				continue
			}
			if !seen[tr.To] {
				seen[tr.To] = true
				queue = append(queue, at{tr.To, path})
			}
		}
	}
	return out
}

func (an *Analysis) isBucket(id model.ID) bool {
	r := an.design.Resource(id)
	return r != nil && r.Type == "AWS::S3::Bucket"
}

// lets tells whether anybody's write to the first resource of a path gets through its filters.
func (an *Analysis) lets(p *passage, path []int32) bool {
	if p == nil {
		return true
	}
	tr := an.triggers[path[0]]
	ti := an.world.target(tr.From)
	if ti < 0 || an.design.Resource(tr.From) == nil {
		return passable(p, []write{{}}, false)
	}
	t := &an.world.targets[ti]
	c, ok := carriers[t.typ]
	if !ok {
		c = carrier{}
		if tr.Kind == "event-rule" && an.onUnseenBus(tr) {
			c = defaultBus
		}
	}
	return passable(p, an.writes(&c, t, tr, ""), c.technique == defaultBus.technique)
}

// carried finds the functions fed by writing to a resource.
func (e *explorer) carried(f *finding, t *target) {
	if feeds := e.an.feedsFrom[f.target]; len(feeds) > 0 {
		c, ok := carriers[t.typ]
		for _, to := range feeds {
			if !ok {
				break
			}
			v, how := e.writes(f, t, &c, to)
			if v, how = e.enables(to, v, how); v != never {
				e.add(edge{to: to.node, kind: Feeds, must: v == surely && c.note == "", carrier: &c, over: f.target, how: how, triggers: to.triggers})
			}
		}
	}
	if readers := e.an.readers[t.id]; len(readers) > 0 {
		c, ok := poisons[t.typ]
		if !ok {
			return
		}
		v := never
		for _, x := range c.actions {
			v = max(v, e.allowed(f, x))
		}
		if v == never {
			return
		}
		for _, n := range readers {
			e.add(edge{to: n, kind: Feeds, carrier: &c, over: f.target})
		}
	}
}

// writes tells whether the actor may write to a resource so that the feed's filters let it pass, and how where they ask
// for something of their own.
func (e *explorer) writes(f *finding, t *target, c *carrier, to feed) (truth, *written) {
	held := func(action string) truth { return e.held(f, action) }
	tr := e.an.triggers[to.triggers[0]]
	if r, ok := routeOf(tr); ok && isAPI(t.typ) {
		return e.calls(f, t, c, r)
	}
	if spots, sure := spotsOf(t, tr); len(spots) > 0 {
		return e.onSpots(f, c, spots, sure)
	}
	if to.passage == nil && t.typ != "AWS::S3::Bucket" {
		best := never
		actions, own := c.starts(t, tr)
		for _, action := range actions {
			best = max(best, held(action))
		}
		if own {
			return best, &written{actions: actions}
		}
		return best, nil
	}
	d := &destination{target: f.target, arn: t.arn, bucket: t.typ == "AWS::S3::Bucket", locked: t.key != noKey, held: held}
	for _, p := range f.parts {
		if p.part.pattern != "" {
			d.limits = append(d.limits, p.part.pattern)
		}
	}
	switch {
	case c.technique == defaultBus.technique:
		d.bound = busBindings
	case isTable(t.typ):
		d.bound = tableBindings
	}
	return e.passes(to.passage, e.possible(e.an.writes(c, t, tr, e.actor.account)), d)
}

// held tells how surely an action (lower-case) is allowed on a target or a part of it.
func (e *explorer) held(f *finding, action string) truth {
	best := never
	for _, xs := range [...][]allowance{f.whole, f.parts} {
		for i := range xs {
			if j := e.w.forms[xs[i].form].menu.bit(action); j >= 0 && xs[i].may.has(j) {
				best = max(best, truthOf(xs[i].must.has(j), true))
			}
		}
	}
	return best
}

// doors feeds functions through event buses that the design does not show and through routes that ask for AWS credentials.
func (e *explorer) doors() {
	w := e.w
	may := func(service string) bool {
		return slices.ContainsFunc(e.actor.identity, func(d *answers) bool { return d.names(service) })
	}
	can := func(action, arn string) truth {
		d := e.an.decide(e.actor, -1, action, arn, nil)
		return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
	}
	const unasked = truth(255)
	own := e.actor.account // doors are of the account that they are in
	api := "arn:" + w.partition + ":execute-api:" + w.region + ":" + own + ":" + anyName + "/" + anyName + "/POST/" + anyName
	called, told := unasked, unasked
	metrics := map[string]truth{}
	buses := map[string]truth{}
	busAt := func(arn string) *destination {
		if _, asked := buses[arn]; !asked {
			buses[arn] = never
			if may("events") {
				buses[arn] = can("events:PutEvents", arn)
			}
		}
		return &destination{target: -1, arn: arn, bound: busBindings, held: func(string) truth { return buses[arn] }}
	}
	for _, i := range e.an.doorways {
		tr := e.an.triggers[i]
		if ti := w.target(tr.To); ti >= 0 && w.targets[ti].account != own {
			continue
		}
		switch {
		case tr.Kind == "event-rule" && e.an.onUnseenBus(tr):
			c, bus := &defaultBus, busAt("arn:"+w.partition+":events:"+cmp.Or(e.an.regionOfBus(tr), w.region)+":"+own+":event-bus/default")
			if tr.Bus != "" {
				c, bus = &otherBus, busAt(tr.Bus)
			}
			if bus.held("") != never {
				e.through(i, c, func(p *passage) (truth, *written) {
					return e.passes(p, e.an.writes(c, nil, tr, e.actor.account), bus)
				})
			}
		case tr.Kind == "api-route" && tr.From == "" && !tr.Open && !tr.Token:
			if called == unasked {
				if called = never; may("execute-api") {
					called = can("execute-api:Invoke", api)
				}
			}
			e.through(i, &signedAPI, func(*passage) (truth, *written) { return called, &written{arn: api} })
		case tr.Waits:
			if told == unasked {
				if told = never; may("states") {
					told = can("states:SendTaskSuccess", "*")
				}
			}
			if told == never {
				continue
			}
			e.through(i, &taskToken, func(*passage) (truth, *written) { return told, &written{arn: "*"} })
		case tr.Metric != "":
			with := policy.Context{"cloudwatch:namespace": {tr.Metric}}
			v, asked := metrics[tr.Metric]
			if !asked {
				if may("cloudwatch") {
					d := e.an.decide(e.actor, -1, "cloudwatch:PutMetricData", "*", with)
					v = truthIn(&d.Decision)
				}
				metrics[tr.Metric] = v
			}
			if v == never {
				continue
			}
			e.through(i, &alarmMetric, func(*passage) (truth, *written) { return v, &written{arn: "*", with: with} })
		case tr.Kind == "iot-rule":
			filter, all := catalog.TopicOf(tr.Label)
			pattern := strings.NewReplacer("+", "*", "#", "*").Replace(filter)
			base := "arn:" + w.partition + ":iot:" + w.region + ":" + own + ":topic/"
			topics, straight := []string{base + pattern}, base
			if rule := e.an.design.Resource(tr.From); rule != nil && rule.Name != "" {
				// Without the broker, straight to the rule (AWS IoT Core developer guide, "Reducing messaging costs with Basic Ingest").
				straight = base + "$aws/rules/" + rule.Name + "/"
				topics = append(topics, straight+pattern)
			}
			arn, v := e.an.anyplace(e.actor, []*catalog.Action{w.catalog.Action("iot:Publish")}, slices.Values(topics), func(arn string) bool {
				topic, ok := strings.CutPrefix(arn, straight)
				if !ok {
					topic = strings.TrimPrefix(arn, base)
				}
				return catalog.OnTopic(topic, filter)
			})
			c := &iotTopic
			if !all {
				c = &iotSome
			}
			e.through(i, c, func(*passage) (truth, *written) { return v, &written{arn: arn} })
		}
	}
}

// through adds the feeds of one trigger and of what lies behind it. can tells how surely the actor gets through all of
// their filters, and how.
func (e *explorer) through(i int32, c *carrier, can func(*passage) (truth, *written)) {
	for _, f := range e.an.behind[i] {
		v, how := can(f.passage)
		if v, how = e.enables(f, v, how); v == never {
			continue
		}
		if f.passage != nil && f.passage.unread {
			unsure := *how
			v, unsure.note, how = perhaps, ifPasses, &unsure
		}
		e.add(edge{to: f.node, kind: Feeds, must: v == surely && c.note == "", carrier: c, over: -1, how: how, triggers: f.triggers})
	}
}

// aside reports whether a trigger is pulled by calls that are on no resource of the design: topics, tokens, metrics.
func aside(tr *model.Trigger) bool { return tr.Kind == "iot-rule" || tr.Waits || tr.Metric != "" }

// newBehind finds the functions behind the triggers that start at no resource: rules of the default bus, routes, topic
// rules.
func (an *Analysis) newBehind() {
	an.behind = map[int32][]feed{}
	for i, tr := range an.triggers {
		if !aside(tr) && !(tr.Kind == "api-route" && tr.From == "") && !(tr.Kind == "event-rule" && an.onUnseenBus(tr)) {
			continue
		}
		if n, ok := an.nodeOf[tr.To]; ok {
			path := []int32{int32(i)}
			if p := an.passage(path); an.nodes[n].sort == isFunction && an.lets(p, path) {
				an.behind[int32(i)] = append(an.behind[int32(i)], feed{n, path, p, an.enabling(path)})
			}
			if slices.Contains(waiting, tr.Kind) {
				continue
			}
		}
		an.behind[int32(i)] = append(an.behind[int32(i)], an.feeds(tr.To, int32(i))...)
	}
}

// onUnseenBus reports whether a rule stands on a bus that the design does not show, such as the account's default one.
func (an *Analysis) onUnseenBus(tr *model.Trigger) bool {
	if tr.From == "" {
		return true
	}
	r := an.design.Resource(tr.From)
	return r != nil && r.Type == "AWS::Events::Rule"
}
