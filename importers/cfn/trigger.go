package cfn

import (
	"encoding/json"
	"fmt"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// A madeTrigger is what a SAM event comes to, before its ends are found.
type madeTrigger struct {
	to      *resource // function or state machine
	holder  *resource // what it stands in, if not in to
	key     string    // of the event
	from    *yamlpos.Node
	fits    func(*resource) bool
	kind    string
	event   string
	label   string
	filter  model.Filter
	pattern *yamlpos.Node // EventBridge pattern
	policy  *yamlpos.Node // SNS filter policy
	open    bool
	token   bool
	outside bool
	role    *yamlpos.Node // that the service acts with
	dead    *yamlpos.Node // where what cannot be delivered goes: a DeadLetterConfig, a RedrivePolicy
	queue   string        // … or the queue that the transform makes for it
	entry   source.Span
	node    *yamlpos.Node
}

// addTrigger puts a trigger into the design; a second one of the same id gets a number.
func (b *builder) addTrigger(t *model.Trigger, holder *resource, node *yamlpos.Node) {
	if e, ok := b.template.events[t.Origin]; ok && b.isOf(t, e.Function) {
		t.ID, t.Name = model.MakeID("trigger", b.in(e.Function+"/"+e.Name)), e.Name
	}
	base := t.ID
	for i := 2; b.places.triggers[t.ID] != nil || b.hasTrigger(t.ID); i++ {
		t.ID = model.ID(fmt.Sprintf("%s-%d", base, i))
	}
	b.starts = append(b.starts, t)
	b.startsOf[t.To] = append(b.startsOf[t.To], t)
	b.places.triggers[t.ID] = node
	b.places.triggerOf[t.ID] = holder
	b.add(t)
}

// isOf reports whether a trigger starts the function that the source calls name.
func (b *builder) isOf(t *model.Trigger, name string) bool {
	return t.To == model.MakeID("fn", b.in(name))
}

func (b *builder) hasTrigger(id model.ID) bool {
	_, ok := b.places.triggerOf[id]
	return ok
}

// readTriggers makes the triggers of SAM events and of wiring resources.
func (b *builder) readTriggers() {
	for _, m := range b.scope.triggers {
		holder := m.holder
		if holder == nil {
			holder = m.to
		}
		t := &model.Trigger{
			ID: model.MakeID("trigger", b.in(holder.ID+"/"+m.key)), Name: m.key, To: b.elementOf(m.to), Kind: m.kind, Event: m.event,
			Label: m.label, Filter: m.filter, Open: m.open, Token: m.token, Outside: m.outside, Stack: b.stack, Origin: m.entry,
		}
		t.Role, t.Off = b.actsAs(m.role), b.isOff(b.get(m.node, "Properties"))
		if m.pattern != nil {
			t.Filter.Pattern = b.jsonText(m.pattern)
			t.Label = b.patternLabel(m.pattern)
		}
		if m.policy != nil {
			t.Filter.Pattern = b.jsonText(m.policy)
		}
		if m.from != nil {
			t.From = b.source(m.from, m.fits)
			if m.kind == "event-rule" && t.From == "" {
				t.Bus = b.busARN(m.from)
			}
			if t.From == "" && m.kind != "event-rule" {
				t.From = b.elsewhere(m.from, m.event)
			}
			if t.From == "" && t.Label == "" {
				t.Label = b.words(m.from)
			}
		}
		if t.To != "" {
			b.addRule(t, t.From == "" && t.Bus == "", m.pattern, holder, m.node)
			if m.queue != "" {
				b.deadIn(t, b.resource(m.queue), m.dead, holder)
			} else {
				b.dead(t, m.dead, holder)
			}
		}
	}
	b.apiRoutes()
	for _, r := range b.resources {
		if r.Hidden && !r.Compiled {
			continue
		}
		switch r.Type {
		case "AWS::Lambda::EventSourceMapping":
			b.mapping(r)
		case "AWS::Lambda::EventInvokeConfig":
			b.destinations(r)
		case "AWS::Lambda::Url":
			b.functionURL(r)
		case "AWS::S3::Bucket":
			b.notifications(r)
			b.replications(r)
		case "AWS::SQS::Queue":
			b.redrive(r)
		case "AWS::DynamoDB::Table":
			b.changes(r, b.get(r.Props, "KinesisStreamSpecification"), r.ID+"/kinesis")
		case "AWS::DynamoDB::GlobalTable":
			for i, n := range b.items(b.get(r.Props, "Replicas")) {
				b.changes(r, b.get(n, "KinesisStreamSpecification"), fmt.Sprintf("%s/kinesis%d", r.ID, i))
			}
		case "AWS::SNS::Subscription":
			b.subscription(r, b.get(r.Props, "TopicArn"), r.Props, model.MakeID("trigger", b.in(r.ID)), r.ID)
		case "AWS::SNS::Topic":
			for i, n := range b.items(b.get(r.Props, "Subscription")) {
				b.subscription(r, nil, n, model.MakeID("trigger", b.in(fmt.Sprintf("%s/subscription%d", r.ID, i))), r.ID)
			}
		case "AWS::Events::Rule":
			b.rule(r)
		case "AWS::Scheduler::Schedule":
			b.schedule(r)
		case "AWS::Logs::SubscriptionFilter":
			b.logSubscription(r)
		case "AWS::Cognito::UserPool":
			b.userPool(r)
		case "AWS::StepFunctions::StateMachine":
			b.machine(r)
		case "AWS::Pipes::Pipe":
			b.pipe(r)
		case "AWS::IoT::TopicRule":
			b.iotRule(r)
		case "AWS::SecretsManager::RotationSchedule":
			b.rotation(r)
		case "AWS::CloudFormation::CustomResource":
			b.customResource(r)
		case "AWS::DataSync::Task":
			b.transfers(r)
		case "AWS::Logs::AccountPolicy":
			b.forAllGroups(r)
		case "AWS::Logs::MetricFilter":
			b.counted(r)
		case "AWS::Events::Archive":
			b.replays(r)
		default:
			if strings.HasPrefix(r.Type, "Custom::") {
				b.customResource(r)
			}
			b.callouts(r)
		}
	}
	b.republished()
}

// source is the element that events come from.
func (b *builder) source(n *yamlpos.Node, fits func(*resource) bool) model.ID {
	r := b.find(n, fits)
	if r == nil {
		return ""
	}
	if r.Type == "AWS::Kinesis::StreamConsumer" {
		if of := b.of(r).find(b.of(r).get(r.Props, "StreamARN"), nil); of != nil {
			r = of
		}
	}
	return b.elementOf(r)
}

// target is the element that events go to: a function (by alias or version too), or a resource.
func (b *builder) target(n *yamlpos.Node) *resource {
	if f := b.findFunction(n); f != nil {
		return f
	}
	r := b.find(n, nil)
	if b.elementOf(r) == "" {
		return nil
	}
	return r
}

// actsAs is the role that a value means; "" for none, and for one that the template does not make.
func (b *builder) actsAs(n *yamlpos.Node) model.ID {
	return b.idOf(b.find(n, ofType("AWS::IAM::Role")))
}

func (b *builder) newTrigger(r *resource, to *resource, kind, event string) *model.Trigger {
	return &model.Trigger{ID: model.MakeID("trigger", b.in(r.ID)), Name: r.ID, To: b.elementOf(to), Kind: kind, Event: event, Off: b.isOff(r.Props), Stack: b.stack, Origin: r.Origin}
}

// isOff reports whether properties say that what they are of is disabled: Enabled of a mapping, State of a rule or schedule,
// DesiredState of a pipe, RuleDisabled of a topic rule.
func (b *builder) isOff(props *yamlpos.Node) bool {
	b.notes.quiet++ // what cannot be told is on
	defer func() { b.notes.quiet-- }()
	switch b.words(b.get(props, "State")) {
	case "DISABLED":
		return true
	}
	return b.words(b.get(props, "Enabled")) == "false" || b.words(b.get(props, "ActionsEnabled")) == "false" || b.words(b.get(props, "DesiredState")) == "STOPPED" || b.isTrue(b.get(props, "TopicRulePayload", "RuleDisabled"))
}

// mapping reads AWS::Lambda::EventSourceMapping.
func (b *builder) mapping(r *resource) {
	f := b.findFunction(b.get(r.Props, "FunctionName"))
	if f == nil {
		b.note(source.Warning, r.Origin, "It was left out.", "%s maps events to a function that is not in the template", r.ID)
		return
	}
	t := b.newTrigger(r, f, "event-source-mapping", "")
	n := b.get(r.Props, "EventSourceArn")
	t.From = b.source(n, nil)
	b.notes.quiet++
	arn := b.words(n)
	b.notes.quiet--
	typ := ""
	if from := b.places.resources[t.From]; from != nil {
		typ = from.Type
	}
	t.Event = catalog.PolledEvent(typ, arn)
	if b.get(r.Props, "SelfManagedEventSource") != nil {
		t.Event = "kafka"
	} else if b.get(r.Props, "DocumentDBEventSourceConfig") != nil {
		t.Event = "documentdb"
	}
	t.Label = t.Event
	t.Filter.Pattern = b.filterCriteria(b.get(r.Props, "FilterCriteria"))
	if t.From == "" && n != nil {
		if t.From = b.elsewhere(n, ""); t.From == "" {
			t.Label = arn
		}
		b.note(source.Info, n.Span(), "Who else feeds it is not in the picture.", "%s polls %s, which is not in the template", r.ID, arn)
	}
	t.Filter.Parts = b.texts(b.get(r.Props, "Topics"), nil)
	t.Failed = b.words(b.dig(r.Props, []string{"DestinationConfig", "OnFailure", "Destination"}))
	b.addTrigger(t, r, r.Value)
}

// filterCriteria is the JSON of the patterns in a FilterCriteria.
func (b *builder) filterCriteria(n *yamlpos.Node) string {
	return strings.Join(b.patterns(b.get(n, "Filters")), "\n")
}

func (s *scope) patterns(n *yamlpos.Node) []string {
	var out []string
	for _, i := range s.items(n) {
		if p := s.words(s.get(i, "Pattern")); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// destinations reads AWS::Lambda::EventInvokeConfig.
func (b *builder) destinations(r *resource) {
	f := b.functions[b.findFunction(b.get(r.Props, "FunctionName"))]
	if f == nil {
		return
	}
	for _, when := range []string{"OnSuccess", "OnFailure"} {
		if to := b.words(b.get(r.Props, "DestinationConfig", when, "Destination")); to != "" {
			f.Destinations = append(f.Destinations, to)
		}
	}
}

// functionURL reads AWS::Lambda::Url.
func (b *builder) functionURL(r *resource) {
	f := b.findFunction(b.get(r.Props, "TargetFunctionArn"))
	if f == nil {
		return
	}
	t := b.newTrigger(r, f, "function-url", "url")
	if r.Made && r.Owner != nil {
		t.ID, t.Name = model.MakeID("trigger", b.in(r.Owner.called()+"/FunctionUrl")), "FunctionUrl"
	}
	t.Outside, t.Open, t.Label = true, b.words(b.get(r.Props, "AuthType")) == "NONE", "function URL"
	t.Alias = b.words(b.get(r.Props, "Qualifier"))
	if alias := b.find(b.get(r.Props, "TargetFunctionArn"), ofType("AWS::Lambda::Alias")); alias != nil {
		t.Alias = b.of(alias).words(b.of(alias).get(alias.Props, "Name"))
	}
	b.addTrigger(t, r, r.Value)
}

// redrive reads where a queue puts messages that are not worked off.
func (b *builder) redrive(r *resource) {
	var policy struct{ DeadLetterTargetArn string }
	if json.Unmarshal([]byte(b.jsonText(b.get(r.Props, "RedrivePolicy"))), &policy) != nil {
		return // none, or nothing that is known
	}
	to := b.findText(policy.DeadLetterTargetArn, ofType("AWS::SQS::Queue"))
	if to == nil || to == r {
		return
	}
	t := b.newTrigger(r, to, model.Redrive, "sqs")
	t.ID = model.MakeID("trigger", b.in(r.ID+"/redrive"))
	t.From, t.Label, t.Origin = b.elementOf(r), "dead letters", b.get(r.Props, "RedrivePolicy").Span()
	b.addTrigger(t, r, r.Value)
}

// changes reads the data stream that a table puts its changes into.
func (b *builder) changes(r *resource, n *yamlpos.Node, key string) {
	to := b.find(b.get(n, "StreamArn"), ofType("AWS::Kinesis::Stream"))
	if to == nil {
		return
	}
	t := b.newTrigger(r, to, model.Changes, "dynamodb")
	t.ID = model.MakeID("trigger", b.in(key))
	t.From, t.Label, t.Origin = b.elementOf(r), "changes", n.Span()
	b.addTrigger(t, r, r.Value)
}

// notifications reads a bucket's NotificationConfiguration.
func (b *builder) notifications(r *resource) {
	for _, c := range []struct{ list, property, name string }{
		{"LambdaConfigurations", "Function", "lambda"}, {"QueueConfigurations", "Queue", "queue"}, {"TopicConfigurations", "Topic", "topic"},
	} {
		for i, n := range b.items(b.get(r.Props, "NotificationConfiguration", c.list)) {
			to := b.target(b.get(n, c.property))
			if to == nil {
				continue
			}
			t := b.newTrigger(r, to, "s3-notification", "s3")
			t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/%s%d", r.ID, c.name, i)))
			t.From, t.Origin = b.elementOf(r), n.Span()
			if e := b.words(b.get(n, "Event")); e != "" {
				t.Filter.Events = []string{e}
			}
			b.keyFilter(n, &t.Filter)
			t.Label = strings.Join(t.Filter.Events, ", ")
			b.addTrigger(t, r, n)
		}
	}
}

// keyFilter reads prefix and suffix rules of an S3 notification.
func (b *builder) keyFilter(n *yamlpos.Node, f *model.Filter) {
	for _, i := range b.items(b.get(n, "Filter", "S3Key", "Rules")) {
		value := b.words(b.get(i, "Value"))
		switch strings.ToLower(b.words(b.get(i, "Name"))) {
		case "prefix":
			f.Prefix = value
		case "suffix":
			f.Suffix = value
		}
	}
}

// subscription reads a subscription to a topic: AWS::SNS::Subscription, or an entry of a topic's own list.
func (b *builder) subscription(r *resource, topic, n *yamlpos.Node, id model.ID, name string) {
	to := b.target(b.get(n, "Endpoint"))
	if to == nil {
		return
	}
	from := b.elementOf(r)
	if r.Type != "AWS::SNS::Topic" {
		if from = b.source(topic, ofType("AWS::SNS::Topic")); from == "" {
			from = b.elsewhere(topic, "sns")
		}
	}
	t := &model.Trigger{ID: id, Name: name, From: from, To: b.elementOf(to), Kind: "sns-subscription", Event: "sns", Label: "sns", Stack: b.stack, Origin: r.Origin}
	node := r.Value
	if r.Type == "AWS::SNS::Topic" {
		t.Origin, node = n.Span(), n
	}
	if t.From == "" {
		t.Label = b.words(topic)
	}
	t.Filter.Pattern, t.Filter.OnBody = b.jsonText(b.get(n, "FilterPolicy")), onBody(b.words(b.get(n, "FilterPolicyScope")))
	t.Form = deliveryOf(b.words(b.get(n, "RawMessageDelivery")))
	b.addTrigger(t, r, node)
	b.dead(t, b.get(n, "RedrivePolicy"), r)
}

// onBody reads a FilterPolicyScope: message attributes are the default.
func onBody(scope string) bool { return scope == "MessageBody" }

// deliveryOf reads a RawMessageDelivery: messages come in an envelope by default.
func deliveryOf(raw string) model.Form {
	switch strings.ToLower(raw) {
	case "", "false":
		return model.InEnvelope
	case "true":
		return model.AsItIs
	}
	return model.NotTold
}

// rule reads AWS::Events::Rule: one trigger for each target.
func (b *builder) rule(r *resource) {
	targets := b.items(b.get(r.Props, "Targets"))
	schedule := b.words(b.get(r.Props, "ScheduleExpression"))
	pattern := b.jsonText(b.get(r.Props, "EventPattern"))
	for _, n := range targets {
		to := b.target(b.get(n, "Arn"))
		if to == nil {
			continue
		}
		t := b.newTrigger(r, to, "event-rule", "events")
		if len(targets) > 1 {
			t.ID = model.MakeID("trigger", b.in(r.ID+"/"+b.words(b.get(n, "Id"))))
		}
		t.From, t.Origin, t.Filter.Pattern = b.elementOf(r), n.Span(), pattern
		if b.get(n, "Input") == nil && b.get(n, "InputPath") == nil && b.get(n, "InputTransformer") == nil {
			t.Form = model.AsItIs
		}
		t.Role = b.actsAs(b.get(n, "RoleArn"))
		if t.Role == "" {
			t.Role = b.actsAs(b.get(r.Props, "RoleArn"))
		}
		bus := b.source(b.get(r.Props, "EventBusName"), ofType("AWS::Events::EventBus"))
		if bus != "" {
			t.From = bus
		} else {
			t.Bus = b.busARN(b.get(r.Props, "EventBusName"))
		}
		t.Label = b.patternLabel(b.get(r.Props, "EventPattern"))
		if pattern == "" && schedule != "" {
			t.Kind, t.Event, t.Label = "schedule", "schedule", schedule
		}
		b.addRule(t, bus == "" && t.Bus == "", b.get(r.Props, "EventPattern"), r, n)
		b.dead(t, b.get(n, "DeadLetterConfig"), r)
	}
}

// addRule adds a rule's trigger: from each bucket whose events its pattern asks for where it stands on the default bus,
// which is where buckets send them; else as it is.
func (b *builder) addRule(t *model.Trigger, onDefault bool, pattern *yamlpos.Node, holder *resource, node *yamlpos.Node) {
	var buckets []model.ID
	var events []string
	if onDefault {
		buckets, events = b.bucketsOf(pattern, t.Filter.Pattern)
	}
	if sources := b.texts(b.get(pattern, "source"), nil); len(buckets) == 0 || len(b.items(b.get(pattern, "source"))) != 1 || len(sources) != 1 {
		b.addTrigger(t, holder, node) // others send what it asks for as well
	}
	for _, bucket := range buckets {
		each := *t
		each.From, each.Filter.Events = bucket, events
		b.addTrigger(&each, holder, node)
	}
}

// busARN is the ARN of a rule's event bus that the template does not make, "" for the account's default bus.
func (s *scope) busARN(n *yamlpos.Node) string {
	name := s.words(n)
	own := "arn:" + s.partition + ":events:" + s.region + ":" + s.account + ":event-bus/"
	if strings.HasPrefix(name, "arn:") {
		own = ""
	}
	if full := own + name; name != "" && !strings.HasSuffix(full, s.account+":event-bus/default") {
		return full
	}
	return ""
}

// patternLabel says an event pattern in a few words: its detail types, else its sources.
func (s *scope) patternLabel(n *yamlpos.Node) string {
	for _, key := range []string{"detail-type", "source"} {
		if list := s.texts(s.get(n, key), nil); len(list) > 0 {
			return strings.Join(list, ", ")
		}
	}
	return "events"
}

// schedule reads AWS::Scheduler::Schedule. A universal target is a call of AWS, whose input names what it is about.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
func (b *builder) schedule(r *resource) {
	start := func(to *resource, called string) {
		t := b.newTrigger(r, to, "schedule", "schedule")
		t.ID += model.ID(called)
		t.From, t.Label = b.elementOf(r), b.words(b.get(r.Props, "ScheduleExpression"))
		t.Role = b.actsAs(b.get(r.Props, "Target", "RoleArn"))
		b.addTrigger(t, r, r.Value)
	}
	arn := b.get(r.Props, "Target", "Arn")
	if to := b.target(arn); to != nil {
		start(to, "")
		return
	}
	if input := b.get(r.Props, "Target", "Input"); strings.Contains(b.words(arn), ":::aws-sdk:") {
		b.notes.quiet++
		defer func() { b.notes.quiet-- }()
		seen := map[*resource]bool{}
		b.calls(b.words(input), []*yamlpos.Node{input}, func(to *resource, _ bool) {
			if to = b.taskOf(to); to != nil && !seen[to] {
				seen[to] = true
				start(to, "/"+to.called())
			}
		})
	}
}

// logSubscription reads AWS::Logs::SubscriptionFilter.
func (b *builder) logSubscription(r *resource) {
	to := b.target(b.get(r.Props, "DestinationArn"))
	if to == nil {
		return
	}
	t := b.newTrigger(r, to, "log-subscription", "logs")
	t.From, t.Label = b.source(b.get(r.Props, "LogGroupName"), ofType("AWS::Logs::LogGroup")), "log events"
	if t.From == "" {
		t.From = b.elsewhere(b.get(r.Props, "LogGroupName"), "logs")
	}
	t.Filter.Pattern, t.Role = b.words(b.get(r.Props, "FilterPattern")), b.actsAs(b.get(r.Props, "RoleArn"))
	b.addTrigger(t, r, r.Value)
}

// userPool reads a user pool's Lambda triggers.
func (b *builder) userPool(r *resource) {
	for _, p := range b.pairs(b.get(r.Props, "LambdaConfig")) {
		n := p.Value
		if n.Kind == yamlpos.Mapping && !isCall(n) {
			n = b.get(n, "LambdaArn")
		}
		f := b.findFunction(n)
		if f == nil {
			continue
		}
		t := b.newTrigger(r, f, "cognito", "cognito")
		t.ID = model.MakeID("trigger", b.in(r.ID+"/"+p.Key.Value))
		t.Name, t.From, t.Label, t.Origin = p.Key.Value, b.elementOf(r), p.Key.Value, entrySpan(p.Key, p.Value)
		b.addTrigger(t, r, p.Value)
	}
}

// pipe reads AWS::Pipes::Pipe: what it polls, enriches with and feeds.
func (b *builder) pipe(r *resource) {
	from := b.source(b.get(r.Props, "Source"), nil)
	if from == "" {
		from = b.elsewhere(b.get(r.Props, "Source"), "")
	}
	for _, key := range []string{"Enrichment", "Target"} {
		to := b.target(b.get(r.Props, key))
		if to == nil {
			continue
		}
		t := b.newTrigger(r, to, "pipe", "pipe")
		t.ID = model.MakeID("trigger", b.in(r.ID+"/"+key))
		t.From, t.Label, t.Role = from, "pipe", b.actsAs(b.get(r.Props, "RoleArn"))
		t.Filter.Pattern = b.filterCriteria(b.get(r.Props, "SourceParameters", "FilterCriteria"))
		b.addTrigger(t, r, r.Value)
	}
}

// iotRule reads AWS::IoT::TopicRule.
func (b *builder) iotRule(r *resource) {
	for i, n := range b.items(b.get(r.Props, "TopicRulePayload", "Actions")) {
		for _, p := range b.pairs(n) {
			for _, key := range []string{"FunctionArn", "QueueUrl", "TargetArn", "StreamName", "TableName", "BucketName"} {
				to := b.target(b.get(p.Value, key))
				if to == nil {
					continue
				}
				t := b.newTrigger(r, to, "iot-rule", "iot")
				if i > 0 {
					t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/%d", r.ID, i)))
				}
				t.From, t.Label, t.Outside, t.Origin = b.elementOf(r), b.words(b.get(r.Props, "TopicRulePayload", "Sql")), true, n.Span()
				t.Keys = b.keysOf(b.get(p.Value, "Key"))
				b.addTrigger(t, r, n)
				break
			}
		}
	}
}

// rotation reads AWS::SecretsManager::RotationSchedule.
func (b *builder) rotation(r *resource) {
	f := b.findFunction(b.get(r.Props, "RotationLambdaARN"))
	if f == nil {
		return
	}
	t := b.newTrigger(r, f, "rotation", "secretsmanager")
	t.From, t.Label = b.source(b.get(r.Props, "SecretId"), ofType("AWS::SecretsManager::Secret")), "rotation"
	b.addTrigger(t, r, r.Value)
}

// customResource reads the function behind a custom resource: a deployment calls it.
func (b *builder) customResource(r *resource) {
	f := b.findFunction(b.get(r.Props, "ServiceToken"))
	if f == nil {
		return
	}
	t := b.newTrigger(r, f, "custom-resource", "cloudformation")
	t.Label = "deployment"
	b.addTrigger(t, r, r.Value)
}
