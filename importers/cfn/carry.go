package cfn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
)

// What carries data on without starting anything by itself: dead letters, replication, what pipelines and indexes take in.

// dead adds where what a trigger could not deliver goes: the queue that a DeadLetterConfig or a RedrivePolicy names.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
func (b *builder) dead(t *model.Trigger, n *yamlpos.Node, holder *resource) {
	if n == nil {
		return
	}
	arn := b.get(n, "Arn")
	queue := b.find(arn, ofType("AWS::SQS::Queue"))
	if arn == nil {
		var policy struct{ DeadLetterTargetArn string }
		if json.Unmarshal([]byte(b.jsonText(n)), &policy) != nil {
			return
		}
		queue = b.findText(policy.DeadLetterTargetArn, ofType("AWS::SQS::Queue"))
	}
	b.deadIn(t, queue, n, holder)
}

func (b *builder) deadIn(t *model.Trigger, queue *resource, n *yamlpos.Node, holder *resource) {
	id := b.elementOf(queue)
	if id == "" || id == t.To {
		return
	}
	d := *t
	d.ID, d.To, d.Dead, d.Label, d.Role, d.Origin = model.MakeID("trigger", b.in(queue.called()+"/dead")), id, true, "dead letters", "", n.Span()
	d.Outside, d.Open, d.Keyed, d.Token, d.Name = false, false, false, false, queue.ID+"/dead"
	if t.Kind != "event-rule" {
		d.Form = model.NotTold // what is not delivered is as the subscriber would have got it
	}
	b.addTrigger(&d, holder, n)
}

// replications reads where a bucket's objects are copied.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-replicationrule.html
func (b *builder) replications(r *resource) {
	for i, n := range b.items(b.get(r.Props, "ReplicationConfiguration", "Rules")) {
		to := b.find(b.get(n, "Destination", "Bucket"), ofType("AWS::S3::Bucket"))
		if to == nil || to == r {
			continue
		}
		t := b.newTrigger(r, to, model.Replication, "s3")
		t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/replication%d", r.ID, i)))
		t.From, t.Label, t.Origin, t.Off = b.elementOf(r), "replication", n.Span(), b.words(b.get(n, "Status")) == "Disabled"
		t.Role, t.Filter.Events = b.actsAs(b.get(r.Props, "ReplicationConfiguration", "Role")), []string{"s3:ObjectCreated:*"}
		if b.words(b.get(n, "DeleteMarkerReplication", "Status")) == "Enabled" {
			t.Filter.Events = append(t.Filter.Events, "s3:ObjectRemoved:DeleteMarkerCreated")
		}
		for _, path := range [][]string{{"Prefix"}, {"Filter", "Prefix"}, {"Filter", "And", "Prefix"}} {
			if p := b.words(b.get(n, path...)); p != "" {
				t.Filter.Prefix = p
			}
		}
		t.Filter.Tagged = b.get(n, "Filter", "TagFilter") != nil || b.get(n, "Filter", "And", "TagFilters") != nil
		b.addTrigger(t, r, n)
	}
}

// inlets are the properties by which a resource takes in what is written elsewhere.
var inlets = []struct{ cfnType, path, prefix, kind, event, label string }{
	{"AWS::KinesisFirehose::DeliveryStream", "KinesisStreamSourceConfiguration.KinesisStreamARN", "", "firehose", "kinesis", "records"},
	{"AWS::KinesisFirehose::DeliveryStream", "MSKSourceConfiguration.MSKClusterARN", "", "firehose", "kafka", "records"},
	{"AWS::Bedrock::DataSource", "DataSourceConfiguration.S3Configuration.BucketArn", "DataSourceConfiguration.S3Configuration.InclusionPrefixes", model.Ingestion, "bedrock", "documents"},
	{"AWS::Kendra::DataSource", "DataSourceConfiguration.S3Configuration.BucketName", "DataSourceConfiguration.S3Configuration.InclusionPrefixes", model.Ingestion, "kendra", "documents"},
}

// transfers leads objects on that a DataSync task copies from one bucket into another.
func (b *builder) transfers(r *resource) {
	at := func(name string) (*resource, string) {
		l := b.find(b.get(r.Props, name), ofType("AWS::DataSync::LocationS3"))
		if l == nil {
			return nil, ""
		}
		return b.find(b.get(l.Props, "S3BucketArn"), ofType("AWS::S3::Bucket")), strings.TrimPrefix(b.words(b.get(l.Props, "Subdirectory")), "/")
	}
	from, prefix := at("SourceLocationArn")
	to, under := at("DestinationLocationArn")
	if from == nil || to == nil {
		return
	}
	t := b.newTrigger(r, to, "datasync", "datasync")
	t.From, t.Label, t.Filter.Prefix, t.Keys = b.elementOf(from), "copies", prefix, catalog.KeyPattern(under)
	b.addTrigger(t, r, r.Value)
}

// forAllGroups leads all log groups of the template on to where an account's policy sends them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters-AccountLevel.html
func (b *builder) forAllGroups(r *resource) {
	var policy struct{ DestinationArn, FilterPattern string }
	if b.words(b.get(r.Props, "PolicyType")) != "SUBSCRIPTION_FILTER_POLICY" || json.Unmarshal([]byte(b.jsonText(b.get(r.Props, "PolicyDocument"))), &policy) != nil {
		return
	}
	to := b.findText(policy.DestinationArn, nil)
	for _, g := range b.resources {
		if b.elementOf(to) == "" || g.Type != "AWS::Logs::LogGroup" || b.elementOf(g) == "" || strings.Contains(b.words(b.get(r.Props, "SelectionCriteria")), strconv.Quote(b.nameOf(g))) {
			continue // criteria list those that are left out
		}
		t := b.newTrigger(r, to, "log-subscription", "logs")
		t.ID = model.MakeID("trigger", b.in(r.ID+"/"+g.called()))
		t.From, t.Label, t.Filter.Pattern = b.elementOf(g), "log events", policy.FilterPattern
		b.addTrigger(t, r, r.Value)
	}
}

// counted leads a log group on to the alarms that watch a metric in which a filter counts what is written there.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
func (b *builder) counted(r *resource) {
	group := b.source(b.get(r.Props, "LogGroupName"), ofType("AWS::Logs::LogGroup"))
	for _, n := range b.items(b.get(r.Props, "MetricTransformations")) {
		metric := [2]string{b.words(b.get(n, "MetricNamespace")), b.words(b.get(n, "MetricName"))}
		for _, alarm := range b.resources {
			if group == "" || alarm.Type != "AWS::CloudWatch::Alarm" || b.elementOf(alarm) == "" || !slices.Contains(b.metrics(alarm), metric) {
				continue
			}
			t := b.newTrigger(r, alarm, model.MetricFilter, "logs")
			t.ID = model.MakeID("trigger", b.in(r.ID+"/"+alarm.called()))
			t.From, t.Label, t.Origin = group, "log events", n.Span()
			b.addTrigger(t, r, n)
		}
	}
}

// metrics are the metrics that an alarm watches: namespaces and names.
func (b *builder) metrics(alarm *resource) [][2]string {
	out := [][2]string{{b.words(b.get(alarm.Props, "Namespace")), b.words(b.get(alarm.Props, "MetricName"))}}
	for _, m := range b.items(b.get(alarm.Props, "Metrics")) {
		x := b.get(m, "MetricStat", "Metric")
		out = append(out, [2]string{b.words(b.get(x, "Namespace")), b.words(b.get(x, "MetricName"))})
	}
	return out
}

// replays leads an archive on to the bus that its events come from, where they are put again; where that is the default bus, which is
// no resource, to its rules.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html
func (b *builder) replays(r *resource) {
	n := b.get(r.Props, "SourceArn")
	var to []*resource
	if bus := b.find(n, ofType("AWS::Events::EventBus")); bus != nil {
		to = append(to, bus)
	} else if n != nil && b.busARN(n) == "" {
		for _, x := range b.resources {
			if bus := b.get(x.Props, "EventBusName"); x.Type == "AWS::Events::Rule" && b.elementOf(x) != "" && b.busARN(bus) == "" && b.find(bus, ofType("AWS::Events::EventBus")) == nil {
				to = append(to, x)
			}
		}
	}
	for _, x := range to {
		t := b.newTrigger(r, x, model.Replay, "events")
		t.ID = model.MakeID("trigger", b.in(r.ID+"/"+x.called()))
		t.From, t.Label = b.elementOf(r), "archived events"
		b.addTrigger(t, r, r.Value)
	}
}

// takesIn makes triggers of what a resource takes in.
func (b *builder) takesIn(r *resource) {
	for _, c := range inlets {
		if c.cfnType != r.Type {
			continue
		}
		from := b.source(b.get(r.Props, strings.Split(c.path, ".")...), nil)
		if from == "" {
			continue
		}
		t := b.newTrigger(r, r, c.kind, c.event)
		t.ID = model.MakeID("trigger", b.in(r.ID+"/source"))
		t.From, t.Label = from, c.label
		if only := b.texts(b.get(r.Props, strings.Split(c.prefix, ".")...), nil); c.prefix != "" && len(only) == 1 {
			t.Filter.Prefix = only[0]
		}
		b.addTrigger(t, r, r.Value)
	}
	if r.Type == "AWS::CodePipeline::Pipeline" {
		b.pipelineSources(r)
	}
}

// pipelineSources reads what a pipeline begins at: an object of a bucket, a repository.
func (b *builder) pipelineSources(r *resource) {
	n := 0
	for _, stage := range b.items(b.get(r.Props, "Stages")) {
		for _, action := range b.items(b.get(stage, "Actions")) {
			if b.words(b.get(action, "ActionTypeId", "Category")) != "Source" {
				continue
			}
			set, key := b.get(action, "Configuration"), ""
			var from model.ID
			switch b.words(b.get(action, "ActionTypeId", "Provider")) {
			case "S3":
				from, key = b.source(b.get(set, "S3Bucket"), ofType("AWS::S3::Bucket")), b.words(b.get(set, "S3ObjectKey"))
			case "CodeCommit":
				from = b.source(b.get(set, "RepositoryName"), ofType("AWS::CodeCommit::Repository"))
			}
			if from == "" {
				continue
			}
			t := b.newTrigger(r, r, model.PipelineSource, "codepipeline")
			t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/source%d", r.ID, n)))
			t.From, t.Label, t.Origin = from, "source", action.Span()
			t.Filter.Prefix, t.Filter.Suffix = key, key
			b.addTrigger(t, r, r.Value)
			n++
		}
	}
}

// keysOf is the pattern of the keys under which a resource puts objects, by the property that its prefix is in; "" for any.
func (b *builder) keysOf(n *yamlpos.Node) string { return catalog.KeyPattern(b.words(n)) }

// republished leads topic rules on to what is started by the rules that take what they publish.
func (b *builder) republished() {
	rules := slices.DeleteFunc(slices.Clone(b.starts), func(t *model.Trigger) bool { return t.Kind != "iot-rule" })
	for _, r := range b.resources {
		if r.Type != "AWS::IoT::TopicRule" || b.elementOf(r) == "" {
			continue
		}
		for _, n := range b.items(b.get(r.Props, "TopicRulePayload", "Actions")) {
			topic := b.get(n, "Republish", "Topic")
			for _, o := range rules {
				filter, _ := catalog.TopicOf(o.Label)
				if topic == nil || o.From == b.elementOf(r) || !catalog.Republishes(b.words(topic), filter) {
					continue
				}
				t := *o
				t.ID, t.From, t.Label, t.Origin = model.MakeID("trigger", b.in(r.ID+"/republish")), b.elementOf(r), b.words(b.get(r.Props, "TopicRulePayload", "Sql")), n.Span()
				t.Off = b.isOff(r.Props) || o.Off
				b.addTrigger(&t, r, n)
			}
		}
	}
}

// metric is the namespace of the metric that an alarm watches, where customers may put some.
func (b *builder) metric(alarm *resource) string {
	n := b.get(alarm.Props, "Namespace")
	for _, m := range b.items(b.get(alarm.Props, "Metrics")) {
		if x := b.get(m, "MetricStat", "Metric", "Namespace"); n == nil && catalog.OwnMetric(b.words(x)) != "" {
			n = x
		}
	}
	return catalog.OwnMetric(b.words(n))
}

// fields are the fields of a GraphQL API that a data source answers, by itself or in a pipeline; none where no resolver is at hand.
func (b *builder) fields(source *resource) []string {
	name := b.words(b.get(source.Props, "Name"))
	is := func(r *resource) bool {
		return b.words(b.get(r.Props, "DataSourceName")) == name && b.words(b.get(r.Props, "ApiId")) == b.words(b.get(source.Props, "ApiId"))
	}
	var out []string
	for _, r := range b.resources {
		if r.Type != "AWS::AppSync::Resolver" {
			continue
		}
		by := is(r)
		for _, n := range b.items(b.get(r.Props, "PipelineConfig", "Functions")) {
			if f := b.find(n, ofType("AWS::AppSync::FunctionConfiguration")); f != nil {
				by = by || is(f)
			}
		}
		field := b.words(b.get(r.Props, "TypeName")) + "." + b.words(b.get(r.Props, "FieldName"))
		if by && !slices.Contains(out, field) {
			out = append(out, field)
		}
	}
	return out
}

// stages puts the names of an API's stages on it.
func (b *builder) stages() {
	for _, r := range b.resources {
		api, stage := b.get(r.Props, "RestApiId"), b.get(r.Props, "StageName")
		switch r.Type {
		case "AWS::ApiGatewayV2::Stage":
			api = b.get(r.Props, "ApiId")
		case "AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment":
		default:
			continue
		}
		if e := b.others[b.find(api, nil)]; e != nil && stage != nil {
			if name := b.words(stage); !slices.Contains(e.Stages, name) {
				e.Stages = append(e.Stages, name)
			}
		}
	}
	for _, r := range b.resources {
		if e := b.others[r]; e != nil && r.Written == samHTTPAPI && len(e.Stages) == 0 {
			name := "$default"
			if n := b.get(r.Props, "StageName"); n != nil {
				name = b.words(n)
			}
			e.Stages = []string{name}
		}
	}
}
