package reach

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/event"
	"bulkhead/model/policy"
)

// Filters: what of the events that a write causes gets through to a function. An attacker who may send anything
// satisfies every filter that can be satisfied at all; so a filter rules a feed out where nothing satisfies it, where
// only AWS does, or where what the writer's own policies allow and what the filter lets pass have nothing in common.

// A passage is what the filters along a feed let pass, taken together and seen from the write to its first resource.
type passage struct {
	pattern *event.Pattern // nil: everything
	unread  bool           // a filter could not be read
}

// ifPasses is why a feed through a filter that was not read is only perhaps.
const ifPasses = "if its filter, which could not be read, lets it pass"

// The places of an event that a writer chooses within the limits of its policies.
const (
	atKey       = "key"           // of an object
	atPartition = "partition key" // of an item
	atSource    = "source"        // of an event on a bus
	atType      = "detail-type"
	atName      = "event name" // of what is done to an object, as notifications have it
)

// isTable holds the types whose changes make a stream.
func isTable(typ string) bool {
	c, ok := carriers[typ]
	return ok && c.technique == tableStream.technique
}

// filter reads a trigger's filter; the same text is read once.
func (w *world) filter(tr *model.Trigger) *passage {
	f := tr.Filter
	if f.Prefix == "" && f.Suffix == "" && (f.Pattern == "" || tr.Kind == "log-subscription") {
		return nil // whoever writes a log writes what its text pattern looks for
	}
	key := f.Prefix + "\x00" + f.Suffix + "\x00" + f.Pattern
	w.mu.RLock()
	p, ok := w.filters[key]
	w.mu.RUnlock()
	if ok {
		return p
	}
	p = &passage{}
	var err error
	if p.pattern, err = event.Parse(f.Pattern); err != nil {
		p.unread, p.pattern = true, nil
	}
	for _, x := range [...]struct {
		text  string
		value event.Value
	}{{f.Prefix, event.Prefix(f.Prefix)}, {f.Suffix, event.Suffix(f.Suffix)}} {
		if x.text != "" {
			p.pattern = p.pattern.With(event.Field{Path: atKey, Any: []event.Value{x.value}})
		}
	}
	w.mu.Lock()
	w.filters[key] = p
	w.mu.Unlock()
	return p
}

// passage is what the triggers of a feed let pass, in order; nil: everything.
func (an *Analysis) passage(path []int32) *passage {
	var out *passage
	for i, k := range path {
		tr := an.triggers[k]
		p := an.world.filter(tr)
		if f, ok := (course{an, path}).asked(i); ok {
			if p == nil {
				p = &passage{}
			}
			p = &passage{pattern: p.pattern.With(f), unread: p.unread}
		}
		if p == nil {
			continue
		}
		if out == nil {
			out = &passage{}
		}
		p = course{an, path}.traced(i, p)
		both, err := out.pattern.And(p.pattern)
		if err != nil {
			out.unread = true
			continue
		}
		out.pattern, out.unread = both, out.unread || p.unread
	}
	return out
}

// A write is one way to cause an event, and what it looks like.
type write struct {
	actions []string            // lower-case
	also    string              // an action that it takes as well, somewhere; "" for none
	fixed   map[string][]string // places → what they may be, whoever writes
	lacks   []string            // places, and what is below them, that are not there
	tops    []string            // names at the top of it, all of which are there; nil: any
	note    string              // why it is only perhaps
}

// envelope are the names at the top of every event on a bus ("Event structure reference"); PutEvents refuses entries without
// source, detail-type or detail.
var envelope = []string{"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}

// regionOf is the region of an ARN, "" where it is not known.
func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && !strings.ContainsAny(parts[3], "$*?") {
		return parts[3]
	}
	return ""
}

// regionOfBus is the region of the bus that a rule stands on, where that is not of the design: its rule's.
func (an *Analysis) regionOfBus(tr *model.Trigger) string {
	region := regionOf(tr.Bus)
	if r := an.design.Resource(tr.From); r != nil && region == "" {
		region = regionOf(r.ARN)
	}
	return cmp.Or(region, an.design.Info().Region)
}

// writes are the ways to cause the events of a trigger from a resource; bus: by PutEvents.
func (an *Analysis) writes(c *carrier, t *target, tr *model.Trigger, account string) []write {
	switch {
	case c.technique == defaultBus.technique:
		fixed := map[string][]string{"version": {"0"}}
		if account != "" {
			fixed["account"] = []string{account}
		}
		region := an.regionOfBus(tr)
		if t != nil {
			region = regionOf(t.arn)
		}
		if region != "" {
			fixed["region"] = []string{region}
		}
		return []write{{actions: c.actions, fixed: fixed, tops: envelope}}
	case t != nil && t.typ == "AWS::S3::Bucket":
		if tr.Kind == "event-rule" {
			return bucketWrites(t)
		}
		return an.world.writesOf(tr.Filter.Events)
	case t != nil && isTable(t.typ):
		return tableWrites
	}
	return []write{{actions: c.actions}}
}

// tableWrites are the records of a stream by what makes them ("Change data capture for DynamoDB Streams"; for what time
// to live removes, "DynamoDB Streams and Time to Live"). Streams of keys alone have no images; that is not looked at.
var tableWrites = func() []write {
	const old, young, service = "dynamodb.OldImage", "dynamodb.NewImage", "userIdentity"
	record := func(event string, note string, lacks []string, actions ...string) write {
		var of []string
		for _, a := range actions {
			of = append(of, "dynamodb:"+a)
		}
		return write{actions: of, fixed: map[string][]string{"eventName": {event}}, lacks: lacks, note: note}
	}
	return []write{
		record("INSERT", "", []string{old, service}, "putitem", "updateitem", "batchwriteitem", "partiqlinsert"),
		record("MODIFY", "", []string{service}, "putitem", "updateitem", "batchwriteitem", "partiqlupdate"),
		record("REMOVE", "", []string{young, service}, "deleteitem", "batchwriteitem", "partiqldelete"),
		record("REMOVE", "if the table removes items by a time to live", []string{young}, "putitem", "updateitem", "batchwriteitem", "partiqlinsert", "partiqlupdate"),
	}
}()

// lets tells whether an event of a write can pass an alternative, as far as its writer's policies do not come in.
func (x *write) lets(a event.Alternative) truth {
	out := surely
	needed, absent := map[string]bool{}, map[string]bool{}
	for _, f := range a {
		if f.Absent() && len(f.Any) == 1 {
			absent[f.Path] = true
		} else if f.Needed() {
			needed[f.Path] = true
		}
		values, isFixed := x.fixed[f.Path]
		switch {
		case slices.ContainsFunc(x.lacks, func(l string) bool {
			return strings.HasPrefix(f.Path+".", l+".")
		}):
			if !f.Absent() {
				return never
			}
		case isFixed:
			best := never
			for _, v := range values {
				best = max(best, truthOf(f.Match(v)))
			}
			if out = min(out, best); out == never {
				return never
			}
		case !f.Possible():
			return never
		case x.tops != nil && (f.Path == atSource || f.Path == atType) && !f.Absent() && !slices.ContainsFunc(f.Globs(), func(g string) bool { return g != "" }):
			return never // it has at least one character
		}
		if top, _, _ := strings.Cut(f.Path, "."); x.tops != nil && f.Path != atKey && !strings.HasPrefix(f.Path, made) {
			if there := slices.Contains(x.tops, top); there && f.Path == top && f.Absent() && len(f.Any) == 1 || !there && !f.Absent() {
				return never
			}
		}
	}
	for p := range absent {
		if needed[p] {
			return never
		}
	}
	return out
}

// passable tells whether anybody's write gets through a passage. Sources that begin with "aws." are AWS's own (EventBridge
// User Guide, "Sending events with PutEvents").
func passable(p *passage, writes []write, bus bool) bool {
	if p == nil || p.pattern == nil {
		return true
	}
	for i := range writes {
		for _, a := range p.pattern.Alternatives {
			if writes[i].lets(a) == never {
				continue
			}
			if _, found := examples(at(a, atSource), nil, nil); bus && found == never {
				continue
			}
			return true
		}
	}
	return false
}

// at are the fields of an alternative at a place.
func at(a event.Alternative, path string) []event.Field {
	var out []event.Field
	for _, f := range a {
		if f.Path == path {
			out = append(out, f)
		}
	}
	return out
}

// examples are texts that pass all of the fields, made for each of the limits, which are patterns; meet gives what a
// limit and a field's pattern have in common, nil: as texts. found is surely where there are some, perhaps where there
// may be some that were not found, and never where there are none. Texts that begin with "aws." are left out of sources.
func examples(fields []event.Field, limits []string, meet func(limit, glob string) (string, bool)) (out []string, found truth) {
	if meet == nil {
		meet = within
	}
	globs := []string{"*"}
	for i, f := range fields {
		mine := f.Globs()
		if i == 0 {
			globs = mine
			continue
		}
		var both []string
		for _, g := range globs {
			for _, h := range mine {
				if _, ok := policy.Overlap(g, h); ok {
					both = append(both, joint(g, h)...)
				}
			}
		}
		globs = both
	}
	reserved := func(string) bool { return false }
	if len(fields) > 0 && fields[0].Path == atSource {
		reserved = func(s string) bool { return strings.HasPrefix(s, "aws.") || s == "" }
		globs = slices.DeleteFunc(globs, reserved)
	}
	unsure := func(s string) bool { // whether case counts is not said
		return len(fields) > 0 && fields[0].Path == atSource && strings.HasPrefix(strings.ToLower(s), "aws.")
	}
	for _, limit := range append([]string{"*"}, limits...) {
		for _, g := range globs {
			text, ok := meet(limit, g)
			if !ok {
				continue
			}
			passes := !reserved(text) && !slices.ContainsFunc(fields, func(f event.Field) bool { _, may := f.Match(text); return !may })
			switch {
			case passes && unsure(text):
				found = max(found, perhaps)
			case passes && !slices.Contains(out, text):
				out, found = append(out, text), surely
			case !passes && literalPrefix(limit) != limit:
				found = max(found, perhaps)
			}
		}
	}
	return out, found
}

// joint are patterns for what two have in common: the beginning of one with the end of the other, also where the two
// share characters, and else each of them.
func joint(g, h string) []string {
	if strings.HasPrefix(g, "*") && strings.HasSuffix(h, "*") {
		g, h = h, g
	}
	begin, isBegin := strings.CutSuffix(g, "*")
	end, isEnd := strings.CutPrefix(h, "*")
	if !isBegin || !isEnd || strings.Contains(begin, "*") || strings.Contains(end, "*") {
		return []string{g, h}
	}
	out := []string{begin + "*" + end}
	for n := 1; n <= min(len(begin), len(end)); n++ {
		if strings.HasSuffix(begin, end[:n]) {
			out = append(out, begin+end[n:])
		}
	}
	return out
}

// written is the write of a feed where the filters ask for one of its own.
type written struct {
	arn     string // "": the target's own
	actions []string
	with    policy.Context // what the writer chooses
	note    string
	lists   bool   // the actions are on no resource: they list all that there are
	then    *place // what is done after it, nil for nothing
}

// A binding is a condition key that limits what a writer chooses at a place of the event.
type binding struct{ path, key string }

var (
	busBindings   = []binding{{atSource, "events:source"}, {atType, "events:detail-type"}}
	tableBindings = []binding{{atPartition, "dynamodb:leadingkeys"}}
)

// A destination is what a feed's first write goes to.
type destination struct {
	target int32 // -1 where the design does not have it
	arn    string
	bucket bool
	locked bool                      // a key encrypts it
	held   func(action string) truth // how surely the actor may do it somewhere there
	limits []string                  // patterns of ARNs in the actor's grants
	bound  []binding
}

// passes tells how surely a write that the actor may make gets through a passage, and which one; nil: any.
func (e *explorer) passes(p *passage, writes []write, to *destination) (best truth, how *written) {
	alternatives := []event.Alternative{nil}
	if p != nil && p.pattern != nil {
		alternatives = p.pattern.Alternatives
	}
	bound := slices.DeleteFunc(slices.Clone(to.bound), func(b binding) bool { return !slices.Contains(e.an.keys, b.key) })
	plain := len(bound) == 0 && (!to.bucket || !slices.ContainsFunc(alternatives, func(a event.Alternative) bool { return len(at(a, atKey)) > 0 }))
	for i := range writes {
		x := &writes[i]
		for _, a := range alternatives {
			v := x.lets(a)
			if x.note != "" || p != nil && p.unread {
				v = min(v, perhaps)
			}
			if v == never || v <= best {
				continue
			}
			if to.bound != nil && to.bound[0].path == atSource {
				_, found := examples(at(a, atSource), nil, nil)
				if v = min(v, found); v <= best {
					continue
				}
			}
			for _, y := range e.choices(a, to, bound, plain) {
				for _, action := range x.actions {
					held := to.held(action)
					if held == perhaps && !plain && !to.locked {
						held = surely // what the writer chooses may settle it
					}
					w := min(v, y.truth, held)
					if w > best && !plain {
						d := e.an.decide(e.actor, to.target, action, cmp.Or(y.arn, to.arn), y.with)
						w = min(w, truthOf(d.Outcome == policy.Allowed && d.Must, d.Outcome == policy.Allowed))
					}
					if w > best {
						best, how = w, &written{arn: y.arn, actions: x.actions, with: y.with, note: x.note}
						if to.target < 0 {
							how.arn = to.arn
						}
					}
				}
			}
		}
	}
	if how != nil && how.note == "" && p != nil && p.unread {
		how.note = ifPasses
	}
	return best, how
}

// A choice is what a writer puts into an event.
type choice struct {
	arn   string // of the object; "" for none
	with  policy.Context
	truth truth // how surely it passes
}

// choices are what the actor may choose so that an alternative lets it pass.
func (e *explorer) choices(a event.Alternative, to *destination, bound []binding, plain bool) []choice {
	if plain {
		return []choice{{truth: surely}}
	}
	passing := func(fields []event.Field, text string) truth {
		out := surely
		for _, f := range fields {
			out = min(out, truthOf(f.Match(text)))
		}
		return out
	}
	if to.bucket {
		var out []choice
		head := to.arn + "/"
		keys, found := examples(at(a, atKey), to.limits, func(limit, glob string) (string, bool) {
			arn, ok := within(limit, head+glob)
			return strings.TrimPrefix(arn, head), ok
		})
		for _, k := range keys {
			out = append(out, choice{arn: head + k, truth: passing(at(a, atKey), k)})
		}
		if len(out) == 0 && found == perhaps {
			out = append(out, choice{arn: head + anyName, truth: perhaps})
		}
		return out
	}
	out := []choice{{truth: surely}}
	for _, b := range bound {
		fields := at(a, b.path)
		if b.key == "dynamodb:leadingkeys" && len(fields) == 0 {
			continue
		}
		texts, found := examples(fields, e.an.valuesOf(e.actor, to.target, b.key), nil)
		var next []choice
		for _, c := range out {
			for _, text := range texts {
				with := maps.Clone(c.with)
				if with == nil {
					with = policy.Context{}
				}
				with[b.key] = []string{text}
				next = append(next, choice{with: with, truth: min(c.truth, passing(fields, text))})
			}
			if found == perhaps || len(next) > 100 {
				next = append(next, choice{with: c.with, truth: perhaps})
			}
			if len(next) > 100 {
				break
			}
		}
		out = next
	}
	return out
}

// valuesOf are the values that policies compare a condition key of an actor's requests to a target with, as patterns.
func (an *Analysis) valuesOf(a *actor, target int32, key string) []string {
	var out []string
	look := func(docs ...*answers) {
		for _, d := range docs {
			if !slices.Contains(d.keys, key) {
				continue
			}
			for _, s := range d.statements {
				for _, c := range s.from.Conditions {
					if !strings.EqualFold(c.Key, key) {
						continue
					}
					for _, v := range c.Values {
						if filled, ok := a.fill(v); ok && !slices.Contains(out, filled) {
							out = append(out, filled)
						}
					}
				}
			}
		}
	}
	look(a.identity...)
	look(a.limits()...)
	if target >= 0 {
		if g := an.gates[target]; g != nil && g.answers != nil {
			look(g.answers)
		}
	}
	return out
}

// only says what a feed's filters let pass, one after the other: "objects in/*.jpg"; "" for everything.
func (an *Analysis) only(path []int32) string {
	var out []string
	for _, k := range path {
		if w := Lets(an.design, an.triggers[k]); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", then ")
}

// partsNoun is what the parts of a filter are called, "topic " of a Kafka cluster's.
func partsNoun(typ string) string {
	switch typ {
	case "AWS::AppSync::GraphQLApi":
		return "field "
	case "AWS::CodeCommit::Repository":
		return "event "
	}
	return "topic "
}

// Lets says what a trigger's filter lets pass: "objects in/*.jpg", "events whose source is shop"; "" for everything.
func Lets(d *model.Design, tr *model.Trigger) string {
	f := tr.Filter
	from := ""
	if r := d.Resource(tr.From); r != nil {
		from = r.Type
	}
	if f.Prefix != "" && f.Prefix == f.Suffix {
		return "object " + f.Prefix
	}
	if len(f.Parts) > 0 && f.Pattern == "" {
		return partsNoun(from) + strings.Join(f.Parts, ", ")
	}
	if f.Prefix != "" || f.Suffix != "" {
		return "objects " + f.Prefix + "*" + f.Suffix
	}
	if f.Pattern == "" || tr.Kind == "schedule" {
		return ""
	}
	if tr.Kind == "log-subscription" {
		return "log events that match " + f.Pattern
	}
	p, err := event.Parse(f.Pattern)
	if err != nil {
		return "what its filter lets pass, which could not be read"
	}
	noun, inside := "events", []string{"detail"}
	switch {
	case from == "AWS::S3::Bucket":
		// That they are the bucket's and which kind they are of goes without saying.
		noun, p = "objects", p.Without("source", atType, "detail.bucket.name")
		p = p.Rename(func(s string) string { return strings.TrimPrefix(s, "detail.object.") })
	case tr.Kind == "sns-subscription":
		noun, inside = "messages", nil
		place := "attribute "
		if f.OnBody {
			place = "body."
		}
		p = p.Rename(func(s string) string { return place + s })
	case isTable(from):
		noun, inside = "changes", []string{"dynamodb"}
	case tr.Kind == "event-source-mapping" && tr.Event == "sqs", from == "AWS::SQS::Queue":
		noun, inside = "messages", nil
	case tr.Kind == "event-source-mapping":
		noun, inside = "records", nil
	}
	words := p.Words(inside...)
	switch words {
	case "":
		return ""
	case "nothing":
		return "nothing"
	}
	return noun + " whose " + words
}
