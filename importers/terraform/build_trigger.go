package terraform

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// triggers makes the triggers of wiring resources.
func (b *builder) triggers() {
	b.routes()
	rules := b.rules()
	for _, x := range b.objects {
		switch x.typ {
		case "aws_lambda_event_source_mapping":
			b.mapping(x)
		case "aws_lambda_function_event_invoke_config":
			b.destinations(x)
		case "aws_lambda_function_url":
			b.functionURL(x)
		case "aws_s3_bucket_notification":
			b.notifications(x)
		case "aws_s3_bucket_replication_configuration", "aws_s3_bucket":
			b.replications(x)
		case "aws_sqs_queue", "aws_sqs_queue_redrive_policy":
			b.redrive(x)
		case "aws_dynamodb_kinesis_streaming_destination":
			b.changes(x)
		case "aws_sns_topic_subscription":
			b.subscription(x)
		case "aws_cloudwatch_event_target":
			b.rule(x, rules)
		case "aws_scheduler_schedule":
			b.schedule(x)
		case "aws_cloudwatch_log_subscription_filter":
			b.logSubscription(x)
		case "aws_cognito_user_pool":
			b.userPool(x)
		case "aws_sfn_state_machine":
			b.machine(x)
		case "aws_pipes_pipe":
			b.pipe(x)
		case "aws_iot_topic_rule":
			b.iotRule(x)
		case "aws_secretsmanager_secret_rotation", "aws_secretsmanager_secret":
			b.rotation(x)
		case "aws_lambda_invocation":
			b.invocation(x)
		case "aws_datasync_task":
			b.transfers(x)
		case "aws_cloudwatch_log_account_policy":
			b.forAllGroups(x)
		case "aws_cloudwatch_log_metric_filter":
			b.counted(x)
		case "aws_cloudwatch_event_archive":
			b.replays(x)
		}
		b.callouts(x)
	}
	b.replicas()
	b.republished()
}

func (b *builder) missing(x *object, what string) {
	b.tell(source.Warning, x.span, "It was left out.", "%s %s", x.address, what)
}

// newTrigger is a trigger that an object makes; parts tell several of one object apart.
func (b *builder) newTrigger(x *object, to model.ID, kind, event string, parts ...string) *model.Trigger {
	id := strings.Join(append([]string{x.address}, parts...), "/")
	return &model.Trigger{ID: model.MakeID("trigger", id), Name: x.address, To: to, Kind: kind, Event: event, Off: isOff(x), Stack: b.info.Name, Origin: x.span}
}

// isOff reports whether an object that starts something is disabled.
func isOff(x *object) bool {
	switch strings.ToUpper(cmp.Or(x.word("state"), x.word("desired_state"))) {
	case "DISABLED", "STOPPED":
		return true
	}
	return words(x.get("enabled")) == "false" || words(x.get("actions_enabled")) == "false" || words(x.get("is_enabled")) == "false"
}

// mapping reads aws_lambda_event_source_mapping.
func (b *builder) mapping(x *object) {
	f := b.function(x.word("function_name"), x)
	if f == nil {
		b.missing(x, "maps events to a function that is not in the configuration")
		return
	}
	t := b.newTrigger(x, b.ids[f], "event-source-mapping", "")
	arn := x.word("event_source_arn")
	from := b.find(arn, x)
	t.From = b.elementOf(from)
	typ := ""
	if from != nil {
		typ = typeOf(from)
	}
	t.Event = catalog.PolledEvent(typ, arn)
	if len(items(x.get("self_managed_event_source"))) > 0 {
		t.Event = "kafka"
	}
	t.Label = t.Event
	t.Filter.Pattern = patterns(x.get("filter_criteria", "filter"))
	if t.From == "" && arn != "" {
		if t.From = b.elsewhere(arn, "", x, x.spot("event_source_arn")); t.From == "" {
			t.Label = arn
		}
		b.tell(source.Info, x.spot("event_source_arn"), "Who else feeds it is not in the picture.", "%s polls %s, which is not in the configuration", x.address, arn)
	}
	t.Filter.Parts = texts(x.get("topics"))
	slices.Sort(t.Filter.Parts) // a set
	t.Failed = x.word("destination_config", "on_failure", "destination_arn")
	b.start(t)
}

// patterns are the patterns of filter blocks, one after the other.
func patterns(filters cty.Value) string {
	var out []string
	for _, f := range items(filters) {
		if p := words(dig(f, "pattern")); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

// destinations reads aws_lambda_function_event_invoke_config.
func (b *builder) destinations(x *object) {
	f := b.functions[b.function(x.word("function_name"), x)]
	if f == nil {
		return
	}
	for _, when := range []string{"on_success", "on_failure"} {
		if to := x.word("destination_config", when, "destination"); to != "" {
			f.Destinations = append(f.Destinations, to)
		}
	}
}

func (b *builder) functionURL(x *object) {
	f := b.function(x.word("function_name"), x)
	if f == nil {
		return
	}
	t := b.newTrigger(x, b.ids[f], "function-url", "url")
	t.Outside, t.Open, t.Label = true, x.word("authorization_type") == "NONE", "function URL"
	b.start(t)
}

// notifications reads aws_s3_bucket_notification.
func (b *builder) notifications(x *object) {
	bucket := b.origin(x.word("bucket"), x, "AWS::S3::Bucket")
	if bucket == "" {
		bucket = b.elsewhere(x.word("bucket"), "s3", x, x.spot("bucket"))
	}
	for _, c := range []struct{ block, target string }{{"lambda_function", "lambda_function_arn"}, {"queue", "queue_arn"}, {"topic", "topic_arn"}} {
		for i, v := range items(x.get(c.block)) {
			to := b.target(words(dig(v, c.target)), x)
			if to == "" {
				continue
			}
			t := b.newTrigger(x, to, "s3-notification", "s3", c.block, strconv.Itoa(i))
			t.From, t.Origin = bucket, x.spot(c.block, strconv.Itoa(i))
			t.Filter = model.Filter{Prefix: words(dig(v, "filter_prefix")), Suffix: words(dig(v, "filter_suffix")), Events: texts(dig(v, "events"))}
			slices.Sort(t.Filter.Events) // a set
			t.Label = strings.Join(t.Filter.Events, ", ")
			b.start(t)
		}
	}
}

// redrive reads where a queue puts messages that are not worked off: of aws_sqs_queue, or a resource of its own.
func (b *builder) redrive(x *object) {
	from := x
	if x.typ != "aws_sqs_queue" {
		from = b.find(x.word("queue_url"), x, "AWS::SQS::Queue")
	}
	to := b.find(deadLetters(x.word("redrive_policy")), x, "AWS::SQS::Queue")
	if from == nil || to == nil || from == to {
		return
	}
	t := b.newTrigger(x, b.elementOf(to), model.Redrive, "sqs", "redrive")
	t.From, t.Label, t.Origin = b.elementOf(from), "dead letters", x.spot("redrive_policy")
	b.start(t)
}

// changes reads the data stream that a table puts its changes into.
func (b *builder) changes(x *object) {
	from, to := b.find(x.word("table_name"), x, "AWS::DynamoDB::Table"), b.find(x.word("stream_arn"), x, "AWS::Kinesis::Stream")
	if from == nil || to == nil {
		return
	}
	t := b.newTrigger(x, b.elementOf(to), model.Changes, "dynamodb")
	t.From, t.Label = b.elementOf(from), "changes"
	b.start(t)
}

// subscription reads aws_sns_topic_subscription.
func (b *builder) subscription(x *object) {
	to := b.target(x.word("endpoint"), x)
	if to == "" {
		return
	}
	t := b.newTrigger(x, to, "sns-subscription", "sns")
	t.From, t.Label = b.origin(x.word("topic_arn"), x, "AWS::SNS::Topic"), "sns"
	if t.From == "" {
		if t.From = b.elsewhere(x.word("topic_arn"), "sns", x, x.spot("topic_arn")); t.From == "" {
			t.Label = x.word("topic_arn")
		}
	}
	t.Filter.Pattern, t.Filter.OnBody = compact(x.word("filter_policy")), x.word("filter_policy_scope") == "MessageBody"
	switch x.word("raw_message_delivery") {
	case "", "false":
		t.Form = model.InEnvelope
	case "true":
		t.Form = model.AsItIs
	}
	b.start(t)
	b.dead(t, deadLetters(x.word("redrive_policy")), x, "redrive_policy")
}

// compact is JSON without white space; what is no JSON stays as it is.
func compact(text string) string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil {
		return text
	}
	return out.String()
}

// rules finds the rules of targets by bus and name.
func (b *builder) rules() map[[2]string]*object {
	out := map[[2]string]*object{}
	for _, x := range b.objects {
		if x.typ == "aws_cloudwatch_event_rule" {
			out[[2]string{busName(x.word("event_bus_name")), b.nameOf(x)}] = x
		}
	}
	return out
}

// busName is an event bus's name in what may be a name or an ARN; "" is the default bus.
func busName(text string) string {
	if i := strings.Index(text, ":event-bus/"); i >= 0 {
		text = text[i+len(":event-bus/"):]
	}
	if text == "default" {
		return ""
	}
	return text
}

// rule reads aws_cloudwatch_event_target with its rule.
func (b *builder) rule(x *object, rules map[[2]string]*object) {
	rule := rules[[2]string{busName(x.word("event_bus_name")), x.word("rule")}]
	if rule == nil {
		rule = b.find(x.word("rule"), x, "AWS::Events::Rule")
	}
	to := b.target(x.word("arn"), x)
	if to == "" {
		return
	}
	t := b.newTrigger(x, to, "event-rule", "events")
	if rule == nil {
		t.Label, t.Role = x.word("rule"), b.actsAs(x.word("role_arn"), x)
		b.tell(source.Info, x.spot("rule"), "What it waits for, and who sends that, is not in the picture.", "%s is a target of a rule that is not in the configuration: %s", x.address, t.Label)
		b.start(t)
		return
	}
	t.From, t.Filter.Pattern, t.Off = b.elementOf(rule), compact(rule.word("event_pattern")), isOff(rule)
	t.Role = b.actsAs(x.word("role_arn"), x)
	if t.Role == "" {
		t.Role = b.actsAs(rule.word("role_arn"), rule)
	}
	bus := busName(rule.word("event_bus_name"))
	if id := b.origin(bus, rule, "AWS::Events::EventBus"); id != "" {
		t.From = id
	} else if bus != "" {
		t.Bus = "arn:" + rule.partition + ":events:" + rule.region + ":" + rule.account + ":event-bus/" + bus
		if name := rule.word("event_bus_name"); strings.HasPrefix(name, "arn:") {
			t.Bus = name
		}
	}
	if x.word("input") == "" && x.word("input_path") == "" && x.word("input_transformer", "input_template") == "" {
		t.Form = model.AsItIs
	}
	pattern := patternOf(t.Filter.Pattern)
	t.Label = pattern.label()
	if expression := rule.word("schedule_expression"); t.Filter.Pattern == "" && expression != "" {
		t.Kind, t.Event, t.Label = "schedule", "schedule", expression
	}
	if bus != "" {
		b.start(t)
	} else {
		b.startOnDefault(t, pattern, rule)
	}
	b.dead(t, x.word("dead_letter_config", "arn"), x, "dead_letter_config")
}

// schedule reads aws_scheduler_schedule. A universal target is a call of AWS, whose input names what it is about.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
func (b *builder) schedule(x *object) {
	start := func(to model.ID, parts ...string) {
		if to == "" {
			return
		}
		t := b.newTrigger(x, to, "schedule", "schedule", parts...)
		t.From, t.Label, t.Role = b.elementOf(x), x.word("schedule_expression"), b.actsAs(x.word("target", "role_arn"), x)
		b.start(t)
	}
	arn := x.word("target", "arn")
	if !strings.Contains(arn, ":::aws-sdk:") {
		start(b.target(arn, x))
		return
	}
	seen := map[model.ID]bool{}
	b.calls(x.word("target", "input"), x, func(to *object, _ bool) {
		if id := b.elementOf(to); id != "" && !seen[id] {
			seen[id] = true
			start(id, to.address)
		}
	})
}

func (b *builder) logSubscription(x *object) {
	to := b.target(x.word("destination_arn"), x)
	if to == "" {
		return
	}
	t := b.newTrigger(x, to, "log-subscription", "logs")
	t.From, t.Label = b.origin(x.word("log_group_name"), x, "AWS::Logs::LogGroup"), "log events"
	if t.From == "" {
		t.From = b.elsewhere(x.word("log_group_name"), "logs", x, x.spot("log_group_name"))
	}
	t.Filter.Pattern, t.Role = x.word("filter_pattern"), b.actsAs(x.word("role_arn"), x)
	b.start(t)
}

// userPool reads a user pool's Lambda triggers.
func (b *builder) userPool(x *object) {
	for _, p := range pairs(x.get("lambda_config", "0")) {
		arn := words(p.value)
		if arn == "" {
			arn = words(dig(p.value, "lambda_arn"))
		}
		f := b.function(arn, x)
		if f == nil || p.key == "kms_key_id" {
			continue
		}
		t := b.newTrigger(x, b.ids[f], "cognito", "cognito", p.key)
		t.Name, t.From, t.Label, t.Origin = p.key, b.elementOf(x), camel(p.key), x.spot("lambda_config", "0", p.key)
		b.start(t)
	}
}

// camel is an argument as AWS's APIs spell it: pre_sign_up is PreSignUp.
func camel(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// machine makes triggers of the tasks of a state machine: its definition names functions and resources by their ARNs,
// URLs and names.
func (b *builder) machine(x *object) {
	found := map[model.ID]*model.Trigger{}
	add := func(to *object, reads bool) {
		id := b.elementOf(to)
		if id == "" || to == x {
			return
		}
		if t := found[id]; t != nil {
			t.Reads = t.Reads && reads
			return
		}
		t := b.newTrigger(x, id, "state-machine-task", "states", to.address)
		found[id], t.Reads = t, reads
		t.From, t.Label, t.Role, t.Waits = b.elementOf(x), "task", b.actsAs(x.word("role_arn"), x), catalog.WaitsForToken(x.word("definition"))
		b.start(t)
	}
	definition := x.word("definition")
	for i, s := range catalog.ItemSources(definition) {
		if bucket := b.elementOf(b.find(s.Bucket, x, "AWS::S3::Bucket")); bucket != "" {
			t := b.newTrigger(x, b.elementOf(x), model.Items, "s3", "items", strconv.Itoa(i))
			t.From, t.Label = bucket, "items"
			t.Filter = model.ItemFilter(s.Key, s.Prefix)
			b.start(t)
		}
	}
	if b.calls(definition, x, add) {
		return
	}
	for _, arn := range catalog.FunctionARNs(definition) {
		add(b.function(arn, x), false)
	}
	if definition == "" || isOneToken(definition) {
		b.tell(source.Info, x.spot("definition"), "Its tasks are not known.", "the definition of %s is not known", x.address)
	}
}

// namedBy are the types of what calls of AWS name under a key; ARNs and URLs count under any.
var namedBy = map[string]string{
	"FunctionName": "AWS::Lambda::Function", "TableName": "AWS::DynamoDB::Table", "EventBusName": "AWS::Events::EventBus", "Bucket": "AWS::S3::Bucket",
}

// tasked are the types that tasks and other calls go on to.
var tasked = []string{"AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::DynamoDB::Table", "AWS::Events::EventBus", "AWS::StepFunctions::StateMachine", "AWS::S3::Bucket"}

// calls calls add with everything that the calls of AWS in a JSON text name; it is false where that is no JSON.
func (b *builder) calls(text string, x *object, add func(to *object, reads bool)) bool {
	return catalog.TaskTexts(text, func(key, text string, reads bool) {
		switch typ := namedBy[key]; {
		case typ == "AWS::Lambda::Function", strings.Contains(text, ":function:"):
			add(b.function(text, x), reads)
		case strings.HasPrefix(text, "arn:"), strings.HasPrefix(text, "https://sqs."):
			add(b.find(text, x, tasked...), reads)
		case typ != "":
			add(b.find(text, x, typ), reads)
		}
	})
}

// pipe reads aws_pipes_pipe: what it polls, enriches with and feeds.
func (b *builder) pipe(x *object) {
	from := b.origin(x.word("source"), x)
	if from == "" {
		from = b.elsewhere(x.word("source"), "", x, x.spot("source"))
	}
	for _, key := range []string{"enrichment", "target"} {
		to := b.target(x.word(key), x)
		if to == "" {
			continue
		}
		t := b.newTrigger(x, to, "pipe", "pipe", key)
		t.From, t.Label, t.Role = from, "pipe", b.actsAs(x.word("role_arn"), x)
		t.Filter.Pattern = patterns(x.get("source_parameters", "filter_criteria", "filter"))
		b.start(t)
	}
}

// iotActions are the blocks of aws_iot_topic_rule with the argument that names what they write to.
var iotActions = [][]string{
	{"lambda", "function_arn"}, {"sqs", "queue_url"}, {"sns", "target_arn"}, {"kinesis", "stream_name"}, {"dynamodb", "table_name"}, {"dynamodbv2", "put_item", "table_name"},
	{"s3", "bucket_name"}, {"firehose", "delivery_stream_name"}, {"step_functions", "state_machine_name"},
}

func (b *builder) iotRule(x *object) {
	for _, path := range iotActions {
		for i, v := range items(x.get(path[0])) {
			to := b.target(words(dig(v, path[1:]...)), x)
			if to == "" {
				continue
			}
			t := b.newTrigger(x, to, "iot-rule", "iot", path[0], strconv.Itoa(i))
			t.From, t.Label, t.Outside, t.Origin = b.elementOf(x), x.word("sql"), true, x.spot(path[0], strconv.Itoa(i))
			t.Role, t.Keys = b.actsAs(words(dig(v, "role_arn")), x), keysOf(v, "key")
			b.start(t)
		}
	}
}

// rotation reads aws_secretsmanager_secret_rotation, and the secret's own argument of older providers.
func (b *builder) rotation(x *object) {
	f := b.function(x.word("rotation_lambda_arn"), x)
	if f == nil {
		return
	}
	secret := x
	if x.typ != "aws_secretsmanager_secret" {
		secret = b.find(x.word("secret_id"), x, "AWS::SecretsManager::Secret")
	}
	t := b.newTrigger(x, b.ids[f], "rotation", "secretsmanager")
	t.From, t.Label = b.elementOf(secret), "rotation"
	if !slices.ContainsFunc(b.starts, func(o *model.Trigger) bool { return o.Kind == t.Kind && o.From == t.From && o.To == t.To }) {
		b.start(t)
	}
}

// invocation reads aws_lambda_invocation: a deployment calls the function.
func (b *builder) invocation(x *object) {
	f := b.function(x.word("function_name"), x)
	if f == nil {
		return
	}
	t := b.newTrigger(x, b.ids[f], "custom-resource", "terraform")
	t.Label = "deployment"
	b.start(t)
}
