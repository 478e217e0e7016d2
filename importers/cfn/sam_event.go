package cfn

import (
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
		t.notes.add(source.Error, p.Key.Span, "event "+e.key+" of "+of.ID+" is not a mapping", "It was left out.")
		return e, false
	}
	e.kind = t.words(t.get(p.Value, "Type"))
	e.props = t.get(p.Value, "Properties")
	if e.props != nil && e.props.Kind != yamlpos.Mapping && !e.props.Null {
		t.notes.add(source.Error, e.props.Span, "Properties of event "+e.key+" of "+of.ID+" are not a mapping", "It was left out.")
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
		t.permission(f, e.id+"Permission", "iot.amazonaws.com", e.span, pair("SourceArn", getAttOf(rule.ID, "Arn", e.span)))
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
			filter: model.Filter{OnBody: onBody(t.words(t.get(e.props, "FilterPolicyScope")))}})
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
	t.make(e.of, e.id+"QueuePolicy", "AWS::SQS::QueuePolicy", mapping(e.span, pair("Queues", sequence(e.span, target)), pair("PolicyDocument", documentOf(e.span, "2012-10-17", statement))), e.span)
	t.make(e.of, e.id, "AWS::SNS::Subscription", mapping(e.span, pair("TopicArn", topic), pair("Protocol", scalar("sqs", e.span)), pair("Endpoint", arn), pair("FilterPolicy", t.get(e.props, "FilterPolicy")),
		pair("FilterPolicyScope", t.get(e.props, "FilterPolicyScope"))), e.span)
	t.trigger(e, madeTrigger{kind: "event-source-mapping", event: "sqs", label: "sqs", from: arn, fits: ofType("AWS::SQS::Queue")})
	if role != nil {
		role.awsFor("service-role/AWSLambdaSQSQueueExecutionRole", e.span)
	}
}

// pullEvent reads an event source mapping: Lambda polls with the function's role.
func (t *transform) pullEvent(e event, role *samRole) {
	p := e.props
	m := madeTrigger{kind: "event-source-mapping"}
	m.filter.Pattern = strings.Join(t.patterns(t.get(p, "FilterCriteria", "Filters")), "\n")
	access := t.items(t.get(p, "SourceAccessConfigurations"))
	uri := func(kinds ...string) *yamlpos.Node {
		for _, a := range access {
			for _, k := range kinds {
				if t.words(t.get(a, "Type")) == k {
					return t.get(a, "URI")
				}
			}
		}
		return nil
	}
	attach := func(string) {}
	inline := func(string, string, ...*yamlpos.Node) {}
	if role != nil {
		attach = func(name string) { role.awsFor(name, e.span) }
		inline = func(name, version string, statements ...*yamlpos.Node) {
			var there []*yamlpos.Node
			for _, s := range statements {
				if s != nil {
					there = append(there, s)
				}
			}
			role.addInline(name, documentOf(e.span, version, there...), madeOf{})
		}
	}
	secret := func(n *yamlpos.Node) *yamlpos.Node {
		if n == nil {
			return nil
		}
		return allow(e.span, n, "secretsmanager:GetSecretValue")
	}
	decrypt := func() *yamlpos.Node {
		key := t.words(t.get(p, "SecretsManagerKmsKeyId"))
		if key == "" {
			return nil
		}
		return allow(e.span, subOf("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"+key, e.span), "kms:Decrypt")
	}
	switch e.kind {
	case "SQS":
		m.event, m.from = "sqs", t.get(p, "Queue")
		attach("service-role/AWSLambdaSQSQueueExecutionRole")
	case "Kinesis":
		m.event, m.from = "kinesis", t.get(p, "Stream")
		attach("service-role/AWSLambdaKinesisExecutionRole")
	case "DynamoDB":
		m.event, m.from = "dynamodb", t.get(p, "Stream")
		attach("service-role/AWSLambdaDynamoDBExecutionRole")
	case "MSK":
		m.event, m.from = "kafka", t.get(p, "Stream")
		attach("service-role/AWSLambdaMSKExecutionRole")
		if s := secret(uri("CLIENT_CERTIFICATE_TLS_AUTH")); s != nil {
			inline("MSKExecutionRolePolicy", "", s)
		}
	case "MQ":
		m.event, m.from = "mq", t.get(p, "Broker")
		name := "SamAutoGeneratedAMQPolicy"
		if t.isTrue(t.get(p, "DynamicPolicyName")) {
			name = e.id + "AMQPolicy"
		}
		inline(name, "", secret(uri("BASIC_AUTH")), allow(e.span, m.from, "mq:DescribeBroker"), decrypt())
	case "SelfManagedKafka":
		m.event, m.label = "kafka", "Kafka topic "+strings.Join(t.texts(t.get(p, "Topics"), nil), ", ")
		var network *yamlpos.Node
		if uri("VPC_SUBNET") != nil && uri("VPC_SECURITY_GROUP") != nil {
			network = allow(e.span, scalar("*", e.span), "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
				"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups")
		}
		inline("SelfManagedKafkaExecutionRolePolicy", "2012-10-17",
			secret(uri("SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "BASIC_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH", "SERVER_ROOT_CA_CERTIFICATE")), network, decrypt())
	case "DocumentDB":
		m.event, m.from = "documentdb", t.get(p, "Cluster")
		arn := func(rest string) *yamlpos.Node {
			return subOf("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:"+rest, e.span)
		}
		inline("DocumentDBExecutionRolePolicy", "", secret(uri("BASIC_AUTH")),
			allow(e.span, arn("cluster-pg:*"), "rds:DescribeDBClusterParameters"), allow(e.span, arn("subgrp:*"), "rds:DescribeDBSubnetGroups"),
			allow(e.span, m.from, "rds:DescribeDBClusters"),
			allow(e.span, scalar("*", e.span), "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
				"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"), decrypt())
	}
	if m.label == "" {
		m.label = m.event
	}
	if d := t.get(p, "DestinationConfig", "OnFailure"); d != nil && role != nil {
		to := t.get(d, "Destination")
		switch kind := t.words(t.get(d, "Type")); {
		case to == nil:
		case kind == "SQS":
			role.addInline(e.id+"SQSPolicy", documentOf(e.span, "", allow(e.span, to, "sqs:SendMessage")), madeOf{})
		case kind == "SNS":
			role.addInline(e.id+"SNSPolicy", documentOf(e.span, "", allow(e.span, to, "sns:publish")), madeOf{})
		}
	}
	t.trigger(e, m)
}

// rule reads a schedule or a pattern: an EventBridge rule calls the function, or starts the state machine with
// a role of its own.
func (t *transform) rule(e event, kind string) {
	p := e.props
	rule := t.hide(e.of, e.id, "AWS::Events::Rule", mapping(e.span, pair("Name", t.get(p, "Name")), pair("EventBusName", t.get(p, "EventBusName"))), e.span)
	m := madeTrigger{kind: kind, event: "events", from: t.get(p, "EventBusName"), fits: ofType("AWS::Events::EventBus")}
	m.pattern = t.get(p, "Pattern")
	if kind == "schedule" {
		m.event, m.label = "schedule", t.words(t.get(p, "Schedule"))
	}
	t.trigger(e, m)
	t.ruleQueue(e, rule)
	if e.of.Written == samMachine {
		t.starter(e, "events.amazonaws.com", e.id+"Role")
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
	id := e.id + "Queue"
	if name := t.words(t.get(d, "QueueLogicalId")); name != "" {
		id = name
	}
	t.make(e.of, id, "AWS::SQS::Queue", mapping(d.Span), d.Span)
	statement := mapping(d.Span, pair("Effect", scalar("Allow", d.Span)), pair("Principal", mapping(d.Span, pair("Service", scalar("events.amazonaws.com", d.Span)))),
		pair("Action", scalar("sqs:SendMessage", d.Span)), pair("Resource", getAttOf(id, "Arn", d.Span)),
		pair("Condition", mapping(d.Span, pair("ArnEquals", mapping(d.Span, pair("aws:SourceArn", getAttOf(rule.ID, "Arn", d.Span)))))))
	t.make(e.of, id+"Policy", "AWS::SQS::QueuePolicy", mapping(d.Span, pair("Queues", sequence(d.Span, refTo(id, d.Span))), pair("PolicyDocument", documentOf(d.Span, "2012-10-17", statement))), d.Span)
}

// scheduler reads ScheduleV2: EventBridge Scheduler calls with a role of its own.
func (t *transform) scheduler(e event) {
	p := e.props
	t.trigger(e, madeTrigger{kind: "schedule", event: "schedule", label: t.words(t.get(p, "ScheduleExpression"))})
	if d := t.get(p, "DeadLetterConfig"); d != nil && t.words(t.get(d, "Type")) == "SQS" {
		id := e.id + "Queue"
		if name := t.words(t.get(d, "QueueLogicalId")); name != "" {
			id = name
		}
		t.make(e.of, id, "AWS::SQS::Queue", mapping(d.Span), d.Span)
	}
	if n := t.get(p, "RoleArn"); n != nil {
		t.acts(e, n)
		return
	}
	if e.of.Written == samMachine {
		t.starter(e, "scheduler.amazonaws.com", e.id)
		return
	}
	role := t.newRole(e.of, e.id+"Role", e.span)
	role.addInline(role.id+"LambdaPolicy", documentOf(e.span, "", allow(e.span, t.calleeARN(e.of, e.span), "lambda:InvokeFunction")), madeOf{})
	t.acts(e, getAttOf(role.id, "Arn", e.span))
	role.make(trustOf("scheduler.amazonaws.com", e.span), pair("PermissionsBoundary", p.Get("PermissionsBoundary")))
}

func (t *transform) calleeARN(f *resource, span source.Span) *yamlpos.Node {
	if alias := t.aliasOf(f); alias != "" {
		return refTo(alias, span)
	}
	return getAttOf(f.ID, "Arn", span)
}

// starter makes the role with which a service starts a state machine; named is what its policy is called after.
func (t *transform) starter(e event, service, named string) {
	role := t.newRole(e.of, e.id+"Role", e.span)
	role.addInline(named+"StartExecutionPolicy", documentOf(e.span, "", allow(e.span, refTo(e.of.ID, e.span), "states:StartExecution")), madeOf{})
	t.acts(e, getAttOf(role.id, "Arn", e.span))
	role.make(trustOf(service, e.span), pair("PermissionsBoundary", e.of.Props.Get("PermissionsBoundary")))
}

func (t *transform) logsEvent(e event) {
	group := t.get(e.props, "LogGroupName")
	t.trigger(e, madeTrigger{kind: "log-subscription", event: "logs", label: "log events", from: group, fits: ofType("AWS::Logs::LogGroup"),
		filter: model.Filter{Pattern: t.words(t.get(e.props, "FilterPattern"))}})
	if group == nil {
		return
	}
	arn := subOf("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*", e.span, pair("Group", group))
	t.permission(e.of, e.id+"Permission", "logs."+t.region+"."+t.urlSuffix(), e.span, pair("SourceArn", arn))
}

func (t *transform) cognitoEvent(e event) {
	pool := t.get(e.props, "UserPool")
	names := t.texts(t.get(e.props, "Trigger"), nil)
	t.trigger(e, madeTrigger{kind: "cognito", event: "cognito", label: strings.Join(names, ", "), from: pool, fits: ofType("AWS::Cognito::UserPool")})
	more := []yamlpos.Pair{}
	if refs := t.refs(pool); len(refs) > 0 {
		more = append(more, pair("SourceArn", getAttOf(refs[0], "Arn", e.span)))
	}
	t.permission(e.of, e.of.ID+"CognitoPermission", "cognito-idp.amazonaws.com", e.span, more...)
}
