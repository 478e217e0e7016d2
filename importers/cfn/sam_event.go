package cfn

import (
	"cmp"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// An event is one entry of Events.
type event struct {
	of    *resource // function or state machine
	key   string
	id    string // logical id that SAM makes of both
	kind  string
	props *yamlpos.Node
	span  source.Span
	node  *yamlpos.Node
}

func (t *transform) newEvent(of *resource, p yamlpos.Pair) (event, bool) {
	e := event{of: of, key: p.Key.Value, id: of.ID + p.Key.Value, span: entrySpan(p.Key, p.Value), node: p.Value}
	if p.Value.Kind != yamlpos.Mapping {
		t.notes.add(source.Error, p.Key.Span(), "event "+e.key+" of "+of.ID+" is not a mapping", "It was left out.")
		return e, false
	}
	e.kind = t.words(t.get(p.Value, "Type"))
	e.props = t.get(p.Value, "Properties")
	if e.props != nil && e.props.Null {
		t.wrongEvent(e, "its Properties are not a mapping")
	}
	if e.props != nil && e.props.Kind != yamlpos.Mapping && !e.props.Null {
		t.notes.add(source.Error, e.props.Span(), "Properties of event "+e.key+" of "+of.ID+" are not a mapping", "It was left out.")
		return e, false
	}
	return e, true
}

func (t *transform) trigger(e event, m madeTrigger) {
	m.to, m.entry, m.node = e.of, e.span, e.node
	if m.key == "" {
		m.key = e.key
	}
	t.scope.triggers = append(t.scope.triggers, m)
}

// acts says with which role the service behind an event acts. Routes have none: they are no triggers yet.
func (t *transform) acts(e event, role *yamlpos.Node) {
	if last := len(t.scope.triggers) - 1; last >= 0 && t.scope.triggers[last].entry == e.span {
		t.scope.triggers[last].role = role
	}
}

// wrongEvent tells of an event that SAM refuses.
func (t *transform) wrongEvent(e event, what string) {
	t.notes.add(source.Error, e.span, "event "+e.key+" of "+e.of.ID+": "+what, "It was read as far as it goes.")
}

// event turns one event of a function into its trigger, what the service needs to call the function, and what
// the function's role needs to poll.
func (t *transform) event(f *resource, role *samRole, p yamlpos.Pair) {
	e, ok := t.newEvent(f, p)
	if !ok {
		return
	}
	t.checkEvent(e)
	switch e.kind {
	case "Api":
		t.restEvent(e)
	case "HttpApi":
		t.httpEvent(e)
	case "S3":
		t.s3Event(e)
	case "SNS":
		t.snsEvent(e, role)
	case "Kinesis", "DynamoDB", "SQS", "MSK", "MQ", "SelfManagedKafka", "DocumentDB":
		t.pullEvent(e, role)
	case "Schedule":
		t.rule(e, "schedule")
	case "CloudWatchEvent", "EventBridgeRule":
		t.rule(e, "event-rule")
	case "ScheduleV2":
		t.scheduler(e)
	case "CloudWatchLogs":
		t.logsEvent(e)
	case "IoTRule":
		rule := t.hide(f, e.id, "AWS::IoT::TopicRule", mapping(e.span), e.span)
		t.trigger(e, madeTrigger{kind: "iot-rule", event: "iot", label: t.words(t.get(e.props, "Sql")), outside: true})
		t.permission(f, e.id+"Permission", "iot.amazonaws.com", e.span, pair("SourceArn", getAttOf(rule.ID, "Arn", e.span)), pair("SourceAccount", refTo("AWS::AccountId", e.span)))
	case "AlexaSkill":
		t.trigger(e, madeTrigger{kind: "alexa", event: "alexa", label: "Alexa skill", outside: true})
		t.permission(f, e.id+"Permission", "alexa-appkit.amazon.com", e.span, pair("EventSourceToken", t.get(e.props, "SkillId")))
	case "Cognito":
		t.cognitoEvent(e)
	case "":
		t.wrongEvent(e, "it has no Type")
	default:
		t.notes.add(source.Error, e.span, "event "+e.key+" of "+f.ID+" is of a type that is not known: "+e.kind, "It was left out.")
	}
}

func (t *transform) s3Event(e event) {
	m := madeTrigger{kind: "s3-notification", event: "s3", from: t.get(e.props, "Bucket"), fits: ofType("AWS::S3::Bucket")}
	m.filter.Events = t.texts(t.get(e.props, "Events"), nil)
	for _, i := range t.items(t.get(e.props, "Filter", "S3Key", "Rules")) {
		switch strings.ToLower(t.words(t.get(i, "Name"))) {
		case "prefix":
			m.filter.Prefix = t.words(t.get(i, "Value"))
		case "suffix":
			m.filter.Suffix = t.words(t.get(i, "Value"))
		}
	}
	m.label = strings.Join(m.filter.Events, ", ")
	t.trigger(e, m)
	t.permission(e.of, e.id+"Permission", "s3.amazonaws.com", e.span, pair("SourceAccount", refTo("AWS::AccountId", e.span)))
}

// snsEvent reads a subscription, directly or through a queue.
func (t *transform) snsEvent(e event, role *samRole) {
	topic := t.get(e.props, "Topic")
	queue := t.get(e.props, "SqsSubscription")
	if queue == nil || strings.EqualFold(t.words(queue), "false") {
		t.trigger(e, madeTrigger{kind: "sns-subscription", event: "sns", label: "sns", from: topic, fits: ofType("AWS::SNS::Topic"), policy: t.get(e.props, "FilterPolicy"),
			dead: t.get(e.props, "RedrivePolicy"), filter: model.Filter{OnBody: onBody(t.words(t.get(e.props, "FilterPolicyScope")))}})
		t.permission(e.of, e.id+"Permission", "sns.amazonaws.com", e.span, pair("SourceArn", topic))
		return
	}
	var arn *yamlpos.Node
	id := ""
	if queue.Kind == yamlpos.Mapping && !isCall(queue) {
		arn = t.get(queue, "QueueArn")
	} else {
		id = e.id + "Queue"
		t.make(e.of, id, "AWS::SQS::Queue", mapping(e.span), e.span)
		arn = getAttOf(id, "Arn", e.span)
	}
	statement := mapping(e.span, pair("Effect", scalar("Allow", e.span)), pair("Principal", scalar("*", e.span)), pair("Action", scalar("sqs:SendMessage", e.span)),
		pair("Resource", arn), pair("Condition", mapping(e.span, pair("ArnEquals", mapping(e.span, pair("aws:SourceArn", topic))))))
	target := arn
	if id != "" {
		target = refTo(id, e.span)
	} else if url := t.get(queue, "QueueUrl"); url != nil {
		target = url
	}
	t.make(e.of, cmp.Or(t.words(t.get(queue, "QueuePolicyLogicalId")), e.id+"QueuePolicy"), "AWS::SQS::QueuePolicy", mapping(e.span, pair("Queues", sequence(e.span, target)), pair("PolicyDocument", documentOf(e.span, "2012-10-17", statement))), e.span)
	t.make(e.of, e.id, "AWS::SNS::Subscription", mapping(e.span, pair("TopicArn", topic), pair("Protocol", scalar("sqs", e.span)), pair("Endpoint", arn), pair("FilterPolicy", t.get(e.props, "FilterPolicy")),
		pair("FilterPolicyScope", t.get(e.props, "FilterPolicyScope"))), e.span)
	t.trigger(e, madeTrigger{kind: "event-source-mapping", event: "sqs", label: "sqs", from: arn, fits: ofType("AWS::SQS::Queue")})
	if role != nil {
		role.awsFor("service-role/AWSLambdaSQSQueueExecutionRole", e.span)
	}
}

// rule reads a schedule or a pattern: an EventBridge rule calls the function, or starts the state machine with
// a role of its own.
func (t *transform) rule(e event, kind string) {
	p := e.props
	name := t.get(p, "RuleName")
	if kind == "schedule" {
		name = t.get(p, "Name")
	}
	rule := t.hide(e.of, e.id, "AWS::Events::Rule", mapping(e.span, pair("Name", name), pair("EventBusName", t.get(p, "EventBusName"))), e.span)
	m := madeTrigger{kind: kind, event: "events", from: t.get(p, "EventBusName"), fits: ofType("AWS::Events::EventBus")}
	m.pattern = t.get(p, "Pattern")
	if kind == "schedule" {
		m.event, m.label = "schedule", t.words(t.get(p, "Schedule"))
	}
	if d := t.get(p, "DeadLetterConfig"); kind != "schedule" {
		if m.dead = d; t.words(t.get(d, "Type")) == "SQS" {
			m.queue = t.queueName(e, d)
		}
	}
	t.trigger(e, m)
	t.ruleQueue(e, rule)
	if e.of.Written == samMachine {
		if n := t.get(p, "RoleArn"); n != nil {
			t.acts(e, n)
			return
		}
		t.starter(e, "events.amazonaws.com", e.id+"Role", e.of.Props.Get("PermissionsBoundary"))
		return
	}
	t.permission(e.of, e.id+"Permission", "events.amazonaws.com", e.span, pair("SourceArn", getAttOf(rule.ID, "Arn", e.span)))
}

// ruleQueue makes the dead-letter queue that a rule's DeadLetterConfig asks for by type.
func (t *transform) ruleQueue(e event, rule *resource) {
	d := t.get(e.props, "DeadLetterConfig")
	if d == nil || t.words(t.get(d, "Type")) != "SQS" {
		return
	}
	id := t.queueName(e, d)
	t.make(e.of, id, "AWS::SQS::Queue", mapping(d.Span()), d.Span())
	statement := mapping(d.Span(), pair("Effect", scalar("Allow", d.Span())), pair("Principal", mapping(d.Span(), pair("Service", scalar("events.amazonaws.com", d.Span())))),
		pair("Action", scalar("sqs:SendMessage", d.Span())), pair("Resource", getAttOf(id, "Arn", d.Span())),
		pair("Condition", mapping(d.Span(), pair("ArnEquals", mapping(d.Span(), pair("aws:SourceArn", getAttOf(rule.ID, "Arn", d.Span())))))))
	t.make(e.of, id+"Policy", "AWS::SQS::QueuePolicy", mapping(d.Span(), pair("Queues", sequence(d.Span(), refTo(id, d.Span()))), pair("PolicyDocument", documentOf(d.Span(), "2012-10-17", statement))), d.Span())
}

// scheduler reads ScheduleV2: EventBridge Scheduler calls, and sends what it could not deliver, with a role of its own.
func (t *transform) scheduler(e event) {
	p := e.props
	t.trigger(e, madeTrigger{kind: "schedule", event: "schedule", label: t.words(t.get(p, "ScheduleExpression"))})
	d := t.get(p, "DeadLetterConfig")
	queue := t.get(d, "Arn")
	if queue == nil && t.words(t.get(d, "Type")) == "SQS" {
		queue = getAttOf(t.make(e.of, t.queueName(e, d), "AWS::SQS::Queue", mapping(d.Span()), d.Span()).ID, "Arn", d.Span())
	}
	if n := t.get(p, "RoleArn"); n != nil {
		t.acts(e, n)
		return
	}
	role := t.newRole(e.of, e.id+"Role", e.span)
	if e.of.Written == samMachine {
		role.addInline(e.id+"StartExecutionPolicy", documentOf(e.span, "", allow(e.span, t.calleeARN(e.of, e.span), "states:StartExecution")), madeOf{})
	} else {
		role.addInline(e.id+"LambdaPolicy", documentOf(e.span, "", allow(e.span, t.calleeARN(e.of, e.span), "lambda:InvokeFunction")), madeOf{})
	}
	if queue != nil {
		role.addInline(e.id+"SQSPolicy", documentOf(d.Span(), "", allow(d.Span(), queue, "sqs:SendMessage")), madeOf{})
	}
	t.acts(e, getAttOf(role.id, "Arn", e.span))
	role.make(trustOf("scheduler.amazonaws.com", e.span), pair("PermissionsBoundary", p.Get("PermissionsBoundary")))
}

// queueName is the logical id of the dead-letter queue that is made for an event.
func (t *transform) queueName(e event, d *yamlpos.Node) string {
	return cmp.Or(t.words(t.get(d, "QueueLogicalId")), e.id+"Queue")
}

// calleeARN is callee by ARN.
func (t *transform) calleeARN(f *resource, span source.Span) *yamlpos.Node {
	if n := t.callee(f, span); t.aliasOf(f) != "" || f.Written == samMachine {
		return n // Ref of an alias or of a state machine is its ARN
	}
	return getAttOf(f.ID, "Arn", span)
}

// starter makes the role with which a service starts a state machine; named is what its policy is called after.
func (t *transform) starter(e event, service, named string, boundary *yamlpos.Node) {
	role := t.newRole(e.of, e.id+"Role", e.span)
	role.addInline(named+"StartExecutionPolicy", documentOf(e.span, "", allow(e.span, t.calleeARN(e.of, e.span), "states:StartExecution")), madeOf{})
	t.acts(e, getAttOf(role.id, "Arn", e.span))
	role.make(trustOf(service, e.span), pair("PermissionsBoundary", boundary))
}

func (t *transform) logsEvent(e event) {
	group := t.get(e.props, "LogGroupName")
	t.trigger(e, madeTrigger{kind: "log-subscription", event: "logs", label: "log events", from: group, fits: ofType("AWS::Logs::LogGroup"),
		filter: model.Filter{Pattern: t.words(t.get(e.props, "FilterPattern"))}})
	if group == nil {
		return
	}
	arn := subOf("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*", e.span, pair("Group", group))
	t.permission(e.of, e.id+"Permission", "logs.amazonaws.com", e.span, pair("SourceArn", arn))
}

func (t *transform) cognitoEvent(e event) {
	pool := t.get(e.props, "UserPool")
	names := t.texts(t.get(e.props, "Trigger"), nil)
	t.trigger(e, madeTrigger{kind: "cognito", event: "cognito", label: strings.Join(names, ", "), from: pool, fits: ofType("AWS::Cognito::UserPool")})
	id := e.of.ID + "CognitoPermission"
	if t.scope.made[id] != nil {
		return // one for all events of the function
	}
	more := []yamlpos.Pair{}
	if refs := t.refs(pool); len(refs) > 0 {
		more = append(more, pair("SourceArn", getAttOf(refs[0], "Arn", e.span)))
	}
	t.permission(e.of, id, "cognito-idp.amazonaws.com", e.span, more...)
}
