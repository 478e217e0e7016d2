package terraform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// What carries data on without starting anything by itself: dead letters, replication, what pipelines and indexes take in.

// dead adds where what a trigger could not deliver goes.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
func (b *builder) dead(t *model.Trigger, arn string, x *object, path ...string) {
	queue := b.find(arn, x, "AWS::SQS::Queue")
	id := b.elementOf(queue)
	if id == "" || id == t.To {
		return
	}
	d := *t
	d.ID, d.Name = model.MakeID("trigger", queue.address+"/dead"), queue.address+"/dead"
	d.To, d.Dead, d.Label, d.Role, d.Origin = id, true, "dead letters", "", x.spot(path...)
	if t.Kind != "event-rule" {
		d.Form = model.NotTold // what is not delivered is as the subscriber would have got it
	}
	b.start(&d)
}

// deadLetters is the queue that a redrive policy names.
func deadLetters(policy string) string {
	var read struct{ DeadLetterTargetArn string }
	_ = json.Unmarshal([]byte(policy), &read) // what is no policy names none
	return read.DeadLetterTargetArn
}

// replications reads where a bucket's objects are copied: a resource of its own, or the bucket's argument of older providers.
func (b *builder) replications(x *object) {
	from, rules, at := x, x.get("replication_configuration", "rules"), []string{"replication_configuration"}
	if x.typ != "aws_s3_bucket" {
		from, rules, at = b.find(x.word("bucket"), x, "AWS::S3::Bucket"), x.get("rule"), []string{"rule"}
	}
	for i, v := range items(rules) {
		to := b.origin(words(dig(v, "destination", "bucket")), x, "AWS::S3::Bucket")
		if to == "" || b.elementOf(from) == "" || to == b.elementOf(from) {
			continue
		}
		t := b.newTrigger(x, to, model.Replication, "s3", "replication", strconv.Itoa(i))
		t.From, t.Label, t.Origin, t.Off = b.elementOf(from), "replication", x.spot(at...), words(dig(v, "status")) == "Disabled"
		t.Role, t.Filter.Events = b.actsAs(x.word("role"), x), []string{"s3:ObjectCreated:*"}
		if words(dig(v, "delete_marker_replication", "status")) == "Enabled" {
			t.Filter.Events = append(t.Filter.Events, "s3:ObjectRemoved:DeleteMarkerCreated")
		}
		for _, path := range [][]string{{"prefix"}, {"filter", "prefix"}, {"filter", "and", "prefix"}} {
			if p := words(dig(v, path...)); p != "" {
				t.Filter.Prefix = p
			}
		}
		t.Filter.Tagged = len(items(dig(v, "filter", "tag"))) > 0 || len(pairs(dig(v, "filter", "and", "tags"))) > 0 || len(pairs(dig(v, "filter", "tags"))) > 0
		b.start(t)
	}
}

// replicas leads items of a global table on between its replicas, of those that the configuration starts something from.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
func (b *builder) replicas() {
	for _, x := range b.objects {
		table, regions := x, []string{}
		switch x.typ {
		case "aws_dynamodb_table":
			for _, v := range items(x.get("replica")) {
				regions = append(regions, words(dig(v, "region_name")))
			}
		case "aws_dynamodb_table_replica":
			table, regions = b.find(x.word("global_table_arn"), x, "AWS::DynamoDB::Table"), []string{x.region}
		default:
			continue
		}
		for _, region := range regions {
			arn := strings.SplitN(b.arnOf(table), ":", 6)
			if table == nil || len(arn) != 6 || region == "" {
				continue
			}
			arn[3] = region
			to := b.foreign[strings.Join(arn, ":")]
			if to == "" {
				continue
			}
			for _, ends := range [][2]model.ID{{b.ids[table], to}, {to, b.ids[table]}} {
				t := b.newTrigger(x, ends[1], model.Replication, "dynamodb", region)
				t.From, t.Label = ends[0], "replica"
				b.start(t)
			}
		}
	}
}

// inlets are the arguments by which a resource takes in what is written elsewhere.
var inlets = []struct{ typ, path, prefix, kind, event, label string }{
	{"aws_kinesis_firehose_delivery_stream", "kinesis_source_configuration.kinesis_stream_arn", "", "firehose", "kinesis", "records"},
	{"aws_kinesis_firehose_delivery_stream", "msk_source_configuration.msk_cluster_arn", "", "firehose", "kafka", "records"},
	{"aws_bedrockagent_data_source", "data_source_configuration.s3_configuration.bucket_arn", "data_source_configuration.s3_configuration.inclusion_prefixes", model.Ingestion, "bedrock", "documents"},
	{"aws_kendra_data_source", "configuration.s3_configuration.bucket_name", "configuration.s3_configuration.inclusion_prefixes", model.Ingestion, "kendra", "documents"},
}

// transfers leads objects on that a DataSync task copies from one bucket into another.
func (b *builder) transfers(x *object) {
	at := func(name string) (model.ID, string) {
		l := b.find(x.word(name), x, "AWS::DataSync::LocationS3")
		if l == nil {
			return "", ""
		}
		return b.origin(l.word("s3_bucket_arn"), l, "AWS::S3::Bucket"), strings.TrimPrefix(l.word("subdirectory"), "/")
	}
	from, prefix := at("source_location_arn")
	to, under := at("destination_location_arn")
	if from == "" || to == "" {
		return
	}
	t := b.newTrigger(x, to, "datasync", "datasync")
	t.From, t.Label, t.Filter.Prefix, t.Keys = from, "copies", prefix, catalog.KeyPattern(under)
	b.start(t)
}

// forAllGroups leads all log groups of an account on to where its policy sends them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters-AccountLevel.html
func (b *builder) forAllGroups(x *object) {
	var policy struct{ DestinationArn, FilterPattern string }
	if x.word("policy_type") != "SUBSCRIPTION_FILTER_POLICY" || json.Unmarshal([]byte(x.word("policy_document")), &policy) != nil {
		return
	}
	to := b.target(policy.DestinationArn, x)
	for _, g := range b.objects {
		if to == "" || g.typ != "aws_cloudwatch_log_group" || g.account != x.account || g.region != x.region || strings.Contains(x.word("selection_criteria"), strconv.Quote(b.nameOf(g))) {
			continue // criteria list those that are left out
		}
		t := b.newTrigger(x, to, "log-subscription", "logs", g.address)
		t.From, t.Label, t.Filter.Pattern = b.ids[g], "log events", policy.FilterPattern
		b.start(t)
	}
}

// counted leads a log group on to the alarms that watch a metric in which a filter counts what is written there.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
func (b *builder) counted(x *object) {
	group := b.origin(x.word("log_group_name"), x, "AWS::Logs::LogGroup")
	for _, v := range items(x.get("metric_transformation")) {
		metric := [2]string{words(dig(v, "namespace")), words(dig(v, "name"))}
		for _, alarm := range b.objects {
			if group == "" || alarm.typ != "aws_cloudwatch_metric_alarm" || b.ids[alarm] == "" || !slices.Contains(metrics(alarm), metric) {
				continue
			}
			t := b.newTrigger(x, b.ids[alarm], model.MetricFilter, "logs", alarm.address)
			t.From, t.Label = group, "log events"
			b.start(t)
		}
	}
}

// metrics are the metrics that an alarm watches: namespaces and names.
func metrics(alarm *object) [][2]string {
	out := [][2]string{{alarm.word("namespace"), alarm.word("metric_name")}}
	for _, v := range items(alarm.get("metric_query")) {
		out = append(out, [2]string{words(dig(v, "metric", "namespace")), words(dig(v, "metric", "metric_name"))})
	}
	return out
}

// replays leads an archive on to the bus that its events come from, where they are put again; where that is the default bus, which is
// no resource, to its rules.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
func (b *builder) replays(x *object) {
	arn := x.word("event_source_arn")
	to := []model.ID{b.origin(arn, x, "AWS::Events::EventBus")}
	if to[0] == "" {
		to = nil
		for _, rule := range b.objects {
			bus := rule.word("event_bus_name")
			if rule.typ == "aws_cloudwatch_event_rule" && b.ids[rule] != "" && (bus == "" || bus == "default" || strings.HasSuffix(bus, ":event-bus/default")) && strings.HasSuffix(arn, ":event-bus/default") {
				to = append(to, b.ids[rule])
			}
		}
	}
	for _, id := range to {
		t := b.newTrigger(x, id, model.Replay, "events", string(id))
		t.From, t.Label = b.ids[x], "archived events"
		b.start(t)
	}
}

// takesIn makes triggers of what a resource takes in.
func (b *builder) takesIn(x *object) {
	for _, c := range inlets {
		if c.typ != x.typ {
			continue
		}
		from := b.origin(x.word(strings.Split(c.path, ".")...), x)
		if from == "" {
			continue
		}
		t := b.newTrigger(x, b.ids[x], c.kind, c.event, "source")
		t.From, t.Label = from, c.label
		if c.prefix != "" {
			if only := texts(x.get(strings.Split(c.prefix, ".")...)); len(only) == 1 {
				t.Filter.Prefix = only[0]
			}
		}
		b.start(t)
	}
	if x.typ == "aws_codepipeline" {
		b.pipelineSources(x)
	}
}

// pipelineSources reads what a pipeline begins at: an object of a bucket, a repository.
func (b *builder) pipelineSources(x *object) {
	n := 0
	for _, stage := range items(x.get("stage")) {
		for _, action := range items(dig(stage, "action")) {
			if words(dig(action, "category")) != "Source" {
				continue
			}
			set := func(name string) string { return words(dig(action, "configuration", name)) }
			from, key := model.ID(""), ""
			switch words(dig(action, "provider")) {
			case "S3":
				from, key = b.origin(set("S3Bucket"), x, "AWS::S3::Bucket"), set("S3ObjectKey")
			case "CodeCommit":
				from = b.origin(set("RepositoryName"), x, "AWS::CodeCommit::Repository")
			}
			if from == "" {
				continue
			}
			t := b.newTrigger(x, b.ids[x], model.PipelineSource, "codepipeline", fmt.Sprintf("source%d", n))
			t.From, t.Label, t.Filter.Prefix, t.Filter.Suffix = from, "source", key, key
			b.start(t)
			n++
		}
	}
}

// republished leads topic rules on to what is started by the rules that take what they publish.
func (b *builder) republished() {
	rules := slices.DeleteFunc(slices.Clone(b.starts), func(t *model.Trigger) bool { return t.Kind != "iot-rule" })
	for _, x := range b.objects {
		if x.typ != "aws_iot_topic_rule" {
			continue
		}
		for i, v := range items(x.get("republish")) {
			topic := words(dig(v, "topic"))
			for _, o := range rules {
				filter, _ := catalog.TopicOf(o.Label)
				if topic == "" || o.From == b.ids[x] || !catalog.Republishes(topic, filter) {
					continue
				}
				t := *o
				t.ID = model.MakeID("trigger", x.address+"/republish/"+strconv.Itoa(i))
				t.Name, t.From, t.Label, t.Origin, t.Off = x.address, b.ids[x], x.word("sql"), x.spot("republish", strconv.Itoa(i)), isOff(x) || o.Off
				b.start(&t)
			}
		}
	}
}

// letsIn says whom what makes a callout lets call it, and what of it the callout is about.
func (b *builder) letsIn(t *model.Trigger, x *object, value string) {
	switch {
	case t.Kind == "alarm":
		t.Metric = catalog.OwnMetric(x.word("namespace"))
		for _, v := range items(x.get("metric_query")) {
			if own := catalog.OwnMetric(words(dig(v, "metric", "namespace"))); t.Metric == "" {
				t.Metric = own
			}
		}
	case t.Kind == "graphql" || t.Kind == "graphql-data":
		api := b.find(x.word("api_id"), x, "AWS::AppSync::GraphQLApi")
		t.Keyed = b.isKeyedGraphQL(x.word("api_id"), x)
		t.Token = !t.Keyed && api != nil && !takesIAM(api)
		if x.typ == "aws_appsync_datasource" {
			t.Filter.Parts = b.fields(x)
		}
	case x.typ == "aws_bedrockagentcore_gateway" || x.typ == "aws_bedrockagentcore_gateway_target":
		gateway := x
		if x.typ == "aws_bedrockagentcore_gateway_target" {
			gateway = b.find(x.word("gateway_identifier"), x, "AWS::BedrockAgentCore::Gateway")
		}
		if gateway != nil { // AWS_IAM is the authorizer for callers with AWS credentials; NONE asks for nothing
			t.Token, t.Open = gateway.word("authorizer_type") == "CUSTOM_JWT", gateway.word("authorizer_type") == "NONE"
			t.Outside = t.Open
		}
	case t.Kind == "repository":
		for _, v := range items(x.get("trigger")) {
			if words(dig(v, "destination_arn")) == value {
				t.Filter.Parts = texts(dig(v, "events"))
				slices.Sort(t.Filter.Parts)
			}
		}
	}
	t.Open = t.Open || t.Kind == "cloudfront" || t.Keyed
}

// takesIAM reports whether a GraphQL API takes callers with AWS credentials, among others.
func takesIAM(api *object) bool {
	kinds := []string{api.word("authentication_type")}
	for _, v := range items(api.get("additional_authentication_provider")) {
		kinds = append(kinds, words(dig(v, "authentication_type")))
	}
	return kinds[0] == "" || slices.ContainsFunc(kinds, func(kind string) bool { return kind == "AWS_IAM" || strings.Contains(kind, "${") })
}

// fields are the fields of a GraphQL API that a data source answers, by itself or in a pipeline; none where no resolver is at hand.
func (b *builder) fields(source *object) []string {
	is := func(x *object) bool {
		return x.word("data_source") == source.word("name") && x.word("api_id") == source.word("api_id")
	}
	functions := map[string]bool{} // of pipelines, by id
	for _, x := range b.objects {
		if x.typ == "aws_appsync_function" && is(x) {
			functions[x.word("function_id")] = true
		}
	}
	var out []string
	for _, x := range b.objects {
		if x.typ != "aws_appsync_resolver" {
			continue
		}
		by := is(x) || slices.ContainsFunc(texts(x.get("pipeline_config", "functions")), func(id string) bool { return functions[id] })
		if field := x.word("type") + "." + x.word("field"); by && !slices.Contains(out, field) {
			out = append(out, field)
		}
	}
	return out
}

// stages puts the names of an API's stages on it.
func (b *builder) stages() {
	add := func(api *object, stage string) {
		if e := b.others[api]; e != nil && stage != "" && !slices.Contains(e.Stages, stage) {
			e.Stages = append(e.Stages, stage)
		}
	}
	for _, x := range b.objects {
		switch x.typ {
		case "aws_api_gateway_stage", "aws_api_gateway_deployment":
			add(b.find(x.word("rest_api_id"), x, restAPI), x.word("stage_name"))
		case "aws_apigatewayv2_stage":
			add(b.find(x.word("api_id"), x, httpAPI), x.word("name"))
		case "aws_apigatewayv2_api":
			if x.word("target") != "" { // made quickly, with a stage
				add(x, "$default")
			}
		}
	}
}

// keysOf is the pattern of the keys under which a resource puts objects, by where its prefix is; "" for any.
func keysOf(v cty.Value, path ...string) string { return catalog.KeyPattern(words(dig(v, path...))) }
