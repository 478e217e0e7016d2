package reach

import (
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
	filter   model.Filter // of the first trigger
}

// feeds follows the triggers from a resource.
func (an *Analysis) feeds(from model.ID) []feed {
	var out []feed
	seen := map[model.ID]bool{from: true}
	type at struct {
		id   model.ID
		path []int32
	}
	queue := []at{{from, nil}}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		for _, i := range an.triggersFrom[here.id] {
			tr := an.triggers[i]
			if seen[tr.To] && len(here.path) > 0 || tr.Kind == "schedule" || tr.Kind == "rotation" {
				continue
			}
			path := append(slices.Clip(here.path), i)
			if n, ok := an.nodeOf[tr.To]; ok {
				if an.nodes[n].sort == isFunction {
					// Each trigger of the resource itself counts: their filters differ.
					out = append(out, feed{n, path, an.triggers[path[0]].Filter})
					if len(here.path) > 0 {
						seen[tr.To] = true
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

// carried finds the functions fed by writing to a resource.
func (e *explorer) carried(f *finding, t *target) {
	if feeds := e.an.feedsFrom[f.target]; len(feeds) > 0 {
		c, ok := carriers[t.typ]
		for _, to := range feeds {
			if !ok {
				break
			}
			if v, arn := e.writes(f, t, &c, to); v != never {
				e.add(edge{to: to.node, kind: Feeds, must: v == surely && c.note == "", carrier: &c, over: f.target, arn: arn, triggers: to.triggers})
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

// writes tells whether the actor may write to a resource so that the feed's first trigger lets it pass, and for a
// filter of keys, which one does.
func (e *explorer) writes(f *finding, t *target, c *carrier, to feed) (best truth, arn string) {
	actions := c.actions
	if t.typ == "AWS::S3::Bucket" {
		actions = objectActions(to.filter.Events)
	}
	if t.typ == "AWS::Events::EventBus" && onlyAWS(to.filter.Pattern) {
		return never, ""
	}
	has := func(xs []allowance) {
		for i := range xs {
			m := e.w.forms[xs[i].form].menu
			for _, a := range actions {
				if j := m.bit(a); j >= 0 && xs[i].may.has(j) {
					best = max(best, truthOf(xs[i].must.has(j), true))
				}
			}
		}
	}
	has(f.whole)
	if to.filter.Prefix == "" && to.filter.Suffix == "" {
		has(f.parts)
		return best, ""
	}
	// The filter lets keys pass that the whole's witness does not stand for: ask about one that passes.
	if best == never && len(f.parts) == 0 {
		return never, ""
	}
	space := t.arn + "/" + to.filter.Prefix + "*" + to.filter.Suffix
	keys := []string{instance(space)}
	for _, p := range f.parts {
		if key, ok := within(p.part.pattern, space); ok && p.part.pattern != "" {
			keys = append(keys, key)
		}
	}
	best = never
	for _, key := range keys {
		for _, a := range actions {
			d := e.an.decide(e.actor, f.target, a, key, nil)
			if v := truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed); v > best {
				best, arn = v, key
			}
		}
	}
	return best, arn
}

// objectActions are the actions that cause S3's events ("Supported event types for SQS, SNS, and Lambda").
func objectActions(events []string) []string {
	if len(events) == 0 {
		return []string{"s3:putobject", "s3:deleteobject"}
	}
	var out []string
	for _, e := range events {
		switch e := strings.TrimPrefix(e, "s3:"); {
		case strings.HasPrefix(e, "ObjectCreated"):
			out = append(out, "s3:putobject")
		case strings.HasPrefix(e, "ObjectRemoved"):
			out = append(out, "s3:deleteobject", "s3:deleteobjectversion")
		case strings.HasPrefix(e, "ObjectRestore"):
			out = append(out, "s3:restoreobject")
		case strings.HasPrefix(e, "ObjectTagging"):
			out = append(out, "s3:putobjecttagging", "s3:deleteobjecttagging")
		case strings.HasPrefix(e, "ObjectAcl"):
			out = append(out, "s3:putobjectacl")
		default:
			out = append(out, "s3:putobject")
		}
	}
	return out
}

// onlyAWS reports whether an event pattern asks for sources that PutEvents refuses to anyone but AWS: those that
// begin with "aws." (EventBridge API Reference, PutEventsRequestEntry).
func onlyAWS(pattern string) bool {
	sources, ok := stringsAt(pattern, "source")
	if !ok || len(sources) == 0 {
		return false
	}
	for _, s := range sources {
		if !strings.HasPrefix(s, "aws.") {
			return false
		}
	}
	return true
}

// url feeds a function through its URL where that asks for AWS credentials. An open one is everybody's, not the
// breach's.
func (e *explorer) url(f *finding, t *target) {
	if e.allowed(f, "lambda:invokefunctionurl") == never {
		return
	}
	for _, i := range e.an.triggersTo[t.id] {
		tr := e.an.triggers[i]
		if tr.Kind == "function-url" && !tr.Open {
			e.add(edge{to: e.an.nodeOf[t.id], kind: Feeds, must: e.allowed(f, "lambda:invokefunctionurl") == surely, carrier: &signedURL, over: f.target, triggers: []int32{i}})
		}
	}
}

// doors feeds functions through the default event bus and through routes that ask for AWS credentials.
func (e *explorer) doors() {
	w := e.w
	can := func(service, action, arn string) truth {
		if !slices.ContainsFunc(e.actor.identity, func(d *answers) bool { return d.names(service) }) {
			return never
		}
		d := e.an.decide(e.actor, -1, action, arn, nil)
		return truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed)
	}
	bus := "arn:" + w.partition + ":events:" + w.region + ":" + w.account + ":event-bus/default"
	api := "arn:" + w.partition + ":execute-api:" + w.region + ":" + w.account + ":" + anyName + "/" + anyName + "/POST/" + anyName
	bused, called := truth(255), truth(255)
	for i, tr := range e.an.triggers {
		switch {
		case tr.Kind == "event-rule" && e.an.onDefaultBus(tr) && !onlyAWS(tr.Filter.Pattern):
			if bused == 255 {
				bused = can("events", "events:PutEvents", bus)
			}
			if bused != never {
				e.through(int32(i), &defaultBus, bused, bus)
			}
		case tr.Kind == "api-route" && tr.From == "" && !tr.Open:
			if called == 255 {
				called = can("execute-api", "execute-api:Invoke", api)
			}
			if called != never {
				e.through(int32(i), &signedAPI, called, api)
			}
		case tr.Kind == "iot-rule":
			filter, all := topicOf(tr.Label)
			arn, v := e.an.anyplace(e.actor, []*catalog.Action{w.catalog.Action("iot:Publish")}, []string{"arn:" + w.partition + ":iot:" + w.region + ":" + w.account + ":topic/" + filter})
			c := &iotTopic
			if !all {
				c = &iotSome
			}
			if v != never {
				e.through(int32(i), c, v, arn)
			}
		}
	}
}

// topicOf is the topic filter of an IoT rule's statement as a pattern, "*" where it has none, and whether the rule takes
// every message there (AWS IoT Core developer guide, "AWS IoT SQL reference": FROM, WHERE; "MQTT topics": + and #).
func topicOf(sql string) (pattern string, all bool) {
	_, rest, ok := cutFold(sql, " from ")
	rest = strings.TrimSpace(rest)
	if !ok || rest == "" || rest[0] != '\'' && rest[0] != '"' {
		return "*", false
	}
	topic, rest, ok := strings.Cut(rest[1:], rest[:1])
	if !ok {
		return "*", false
	}
	_, _, where := cutFold(rest, "where ")
	return strings.NewReplacer("+", "*", "#", "*").Replace(topic), !where
}

// cutFold is strings.Cut without case; sep is lower-case.
func cutFold(s, sep string) (before, after string, found bool) {
	if i := strings.Index(strings.ToLower(s), sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// through adds the feeds of one trigger and of what lies behind it.
func (e *explorer) through(i int32, c *carrier, v truth, arn string) {
	tr := e.an.triggers[i]
	if n, ok := e.an.nodeOf[tr.To]; ok {
		if e.an.nodes[n].sort == isFunction {
			e.add(edge{to: n, kind: Feeds, must: v == surely && c.note == "", carrier: c, over: -1, arn: arn, triggers: []int32{i}})
		}
		return
	}
	for _, f := range e.an.feeds(tr.To) {
		e.add(edge{to: f.node, kind: Feeds, must: v == surely && c.note == "", carrier: c, over: -1, arn: arn, triggers: append([]int32{i}, f.triggers...)})
	}
}

// onDefaultBus reports whether a rule stands on the account's default event bus.
func (an *Analysis) onDefaultBus(tr *model.Trigger) bool {
	if tr.From == "" {
		return true
	}
	r := an.design.Resource(tr.From)
	return r != nil && r.Type == "AWS::Events::Rule"
}
