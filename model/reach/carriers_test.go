package reach

import (
	"strings"
	"testing"

	"bulkhead/model"
)

// What calls of a service start: each by its own permission, on its own ARNs, and no other.
func TestCarriers(t *testing.T) {
	at := func(service, rest string) string {
		return "arn:aws:" + service + ":us-east-1:" + testAccount + ":" + rest
	}
	for _, c := range []struct {
		typ, arn, kind string
		set            func(*model.Resource, *model.Trigger)
		grants, want   string
	}{
		{"AWS::Bedrock::Agent", at("bedrock", "agent/A1"), "agent", nil, allow("bedrock:InvokeAgent", at("bedrock", "agent-alias/A1/*")), "may; if the agent's model calls it"},
		{"AWS::Bedrock::Agent", at("bedrock", "agent/A1"), "agent", nil, allow("bedrock:InvokeAgent", at("bedrock", "agent-alias/A2/*")), ""},
		{"AWS::Bedrock::Agent", at("bedrock", "agent/A1"), "agent", nil, allow("bedrock:InvokeAgent", at("bedrock", "agent/A1")), ""},
		{"AWS::Bedrock::Agent", at("bedrock", "agent/A1"), "agent", nil, allow("bedrock:InvokeModel", "*"), ""},
		{"AWS::Bedrock::Flow", at("bedrock", "flow/F1"), "agent", nil, allow("bedrock:InvokeFlow", at("bedrock", "flow/F1/alias/X")), "must"},
		{"AWS::Bedrock::Flow", at("bedrock", "flow/F1"), "agent", nil, allow("bedrock:GetFlow", "*"), ""},
		{"AWS::BedrockAgentCore::Gateway", at("bedrock-agentcore", "gateway/g"), "agent", nil, allow("bedrock-agentcore:InvokeGateway", at("bedrock-agentcore", "gateway/g")), "must"},
		{"AWS::BedrockAgentCore::Gateway", at("bedrock-agentcore", "gateway/g"), "agent", nil, allow("bedrock-agentcore:InvokeGateway", at("bedrock-agentcore", "gateway/h")), ""},
		{"AWS::BedrockAgentCore::Gateway", at("bedrock-agentcore", "gateway/g"), "agent", func(_ *model.Resource, tr *model.Trigger) { tr.Token = true }, allow("bedrock-agentcore:*", "*"), ""},
		{"AWS::Lex::Bot", at("lex", "bot/B1"), "bot", nil, allow("lex:RecognizeText", at("lex", "bot-alias/B1/TSTALIASID")), "must"},
		{"AWS::Lex::BotAlias", at("lex", "bot-alias/B1/L"), "bot", nil, allow("lex:RecognizeText", at("lex", "bot-alias/B1/*")), "must"},
		{"AWS::Lex::BotAlias", at("lex", "bot-alias/B1/L"), "bot", nil, allow("lex:GetSession", "*"), ""},
		{"AWS::Connect::Instance", at("connect", "instance/i"), "contact-flow", nil, allow("connect:StartChatContact", at("connect", "instance/i/contact-flow/*")), "may; if a contact flow calls it"},
		{"AWS::CloudWatch::Alarm", at("cloudwatch", "alarm:a"), "alarm", nil, allow("cloudwatch:SetAlarmState", at("cloudwatch", "alarm:a")), "must"},
		{"AWS::CloudWatch::Alarm", at("cloudwatch", "alarm:a"), "alarm", nil, allow("cloudwatch:SetAlarmState", at("cloudwatch", "alarm:b")), ""},
		{"AWS::CloudWatch::Alarm", at("cloudwatch", "alarm:a"), "alarm", func(_ *model.Resource, tr *model.Trigger) { tr.Off = true }, allow("cloudwatch:SetAlarmState", "*"), ""},
		{"AWS::CloudWatch::Alarm", at("cloudwatch", "alarm:a"), "alarm", func(_ *model.Resource, tr *model.Trigger) { tr.Metric = "Shop" }, conditional("cloudwatch:PutMetricData", "*", `"StringEquals": {"cloudwatch:namespace": "Shop"}`), "may; if the alarm's metric passes its threshold"},
		{"AWS::CloudWatch::Alarm", at("cloudwatch", "alarm:a"), "alarm", func(_ *model.Resource, tr *model.Trigger) { tr.Metric = "Shop" }, conditional("cloudwatch:PutMetricData", "*", `"StringEquals": {"cloudwatch:namespace": "Bank"}`), ""},
		{"AWS::CloudWatch::Alarm", at("cloudwatch", "alarm:a"), "alarm", nil, allow("cloudwatch:PutMetricData", "*"), ""},
		{"AWS::CodeCommit::Repository", at("codecommit", "r"), "repository", nil, allow("codecommit:GitPush", at("codecommit", "r")), "must"},
		{"AWS::CodeCommit::Repository", at("codecommit", "r"), "repository", nil, allow("codecommit:GitPull", "*"), ""},
		{"AWS::CodeCommit::Repository", at("codecommit", "r"), "repository", func(_ *model.Resource, tr *model.Trigger) { tr.Filter.Parts = []string{"createReference"} }, allow("codecommit:PutFile", "*"), ""},
		{"AWS::CodeCommit::Repository", at("codecommit", "r"), "repository", func(_ *model.Resource, tr *model.Trigger) { tr.Filter.Parts = []string{"createReference"} }, allow("codecommit:CreateBranch", "*"), "must; event createReference"},
		{"AWS::CodePipeline::Pipeline", at("codepipeline", "p"), "pipeline", nil, allow("codepipeline:StartPipelineExecution", at("codepipeline", "p")), "may; if the pipeline gets to that action, with what the start gives"},
		{machineType, at("states", "stateMachine:m"), "state-machine-task", func(r *model.Resource, _ *model.Trigger) { r.Workflow = "STANDARD" }, allow("states:StartSyncExecution", "*"), ""},
		{machineType, at("states", "stateMachine:m"), "state-machine-task", func(r *model.Resource, _ *model.Trigger) { r.Workflow = "STANDARD" }, allow("states:StartExecution", "*"), "must"},
		{machineType, at("states", "stateMachine:m"), "state-machine-task", func(r *model.Resource, _ *model.Trigger) { r.Workflow = "EXPRESS" }, allow("states:StartSyncExecution", "*"), "must"},
		{machineType, at("states", "stateMachine:m"), "state-machine-task", func(_ *model.Resource, tr *model.Trigger) { tr.Waits = true }, allow("states:SendTaskSuccess", "*"), "may; if it has the token of a task that waits"},
		{machineType, at("states", "stateMachine:m"), "state-machine-task", nil, allow("states:SendTaskSuccess", "*"), ""},
		{"AWS::MSK::Cluster", at("kafka", "cluster/c/1-2"), "event-source-mapping", func(_ *model.Resource, tr *model.Trigger) { tr.Filter.Parts = []string{"pay"} }, allow("kafka-cluster:WriteData", at("kafka", "topic/c/1-2/pay")), "must; topic pay"},
		{"AWS::MSK::Cluster", at("kafka", "cluster/c/1-2"), "event-source-mapping", func(_ *model.Resource, tr *model.Trigger) { tr.Filter.Parts = []string{"pay"} }, allow("kafka-cluster:*", at("kafka", "topic/c/1-2/audit")), ""},
		{"AWS::MSK::Cluster", at("kafka", "cluster/c/1-2"), "event-source-mapping", func(_ *model.Resource, tr *model.Trigger) { tr.Filter.Parts = []string{"${Topic}"} }, allow("kafka-cluster:*", at("kafka", "topic/c/1-2/audit")), "may; topic ${Topic}; if what the design does not tell allows it"},
		{"AWS::AppSync::GraphQLApi", at("appsync", "apis/g"), "graphql", func(_ *model.Resource, tr *model.Trigger) { tr.Filter.Parts = []string{"Query.orders"} }, allow("appsync:GraphQL", at("appsync", "apis/g/types/Query/*")), "must; field Query.orders"},
		{"AWS::AppSync::GraphQLApi", at("appsync", "apis/g"), "graphql", func(_ *model.Resource, tr *model.Trigger) { tr.Filter.Parts = []string{"Query.orders"} }, allow("appsync:GraphQL", at("appsync", "apis/g/types/Mutation/*")), ""},
	} {
		b := filter(t, c.grants)
		r := b.resource(c.typ, "R")
		r.ARN = c.arn
		tr := b.trigger(r.ID, b.fed.ID, c.kind)
		if c.set != nil {
			c.set(r, tr)
		}
		if got := b.says(); got != c.want {
			t.Errorf("%s by %s: %q, not %q", c.arn, c.grants, got, c.want)
		}
	}
}

// An API's stages tell which calls of its routes there are, where they are known.
func TestStages(t *testing.T) {
	const at = "arn:aws:execute-api:us-east-1:" + testAccount + ":api/"
	for _, c := range []struct {
		stages      []string
		grant, want string
	}{
		{[]string{"prod"}, at + "prod/POST/pay", "must"},
		{[]string{"prod"}, at + "dev/POST/pay", ""},
		{[]string{"prod"}, at + "*/POST/pay", "must"},
		{[]string{"prod", "dev"}, at + "dev/*", "must"},
		{[]string{"$default"}, at + "$default/POST/pay", "must"},
		{[]string{"${Stage}"}, at + "dev/POST/pay", "must"}, // not known
		{nil, at + "dev/POST/pay", "must"},
	} {
		b := filter(t, allow("execute-api:Invoke", c.grant))
		api := b.resource("AWS::ApiGateway::RestApi", "api")
		api.Stages = c.stages
		b.trigger(api.ID, b.fed.ID, "api-route").Label = "POST /pay"
		if got := b.says(); got != c.want {
			t.Errorf("stages %q by %s: %q, not %q", c.stages, c.grant, got, c.want)
		}
	}
}

// Objects of a bucket are copied into another, and services put objects of their own into one: keys and events there are theirs.
func TestObjectsThatGoOn(t *testing.T) {
	const put = "s3:PutObject"
	for _, c := range []struct {
		copies, notifies model.Filter
		grants, want     string
	}{
		{model.Filter{}, model.Filter{}, allow(put, "arn:aws:s3:::from/*"), "must"},
		{model.Filter{}, model.Filter{}, allow(put, "arn:aws:s3:::other/*"), ""},
		{model.Filter{Prefix: "in/"}, model.Filter{Suffix: ".csv"}, allow(put, "arn:aws:s3:::from/in/*"), "must; objects in/*, then objects *.csv"},
		{model.Filter{Prefix: "in/"}, model.Filter{}, allow(put, "arn:aws:s3:::from/out/*"), ""},
		{model.Filter{Prefix: "in/"}, model.Filter{Prefix: "out/"}, allow(put, "arn:aws:s3:::from/*"), ""},
		{model.Filter{Tagged: true}, model.Filter{}, allow(put, "arn:aws:s3:::from/*"), "may; if the object has the tags that are copied"},
		{model.Filter{}, model.Filter{Events: []string{"s3:ObjectCreated:*"}}, allow(put, "arn:aws:s3:::from/*"), "must"},
		{model.Filter{Events: []string{"s3:ObjectCreated:*"}}, model.Filter{Events: []string{"s3:ObjectRemoved:*"}}, allow(put, "arn:aws:s3:::from/*"), ""},
		{model.Filter{Events: []string{"s3:ObjectCreated:*"}}, model.Filter{}, allow("s3:DeleteObject", "arn:aws:s3:::from/*"), ""},
	} {
		b := filter(t, c.grants)
		from, to := b.bucket("from"), b.bucket("to")
		b.trigger(from.ID, to.ID, model.Replication).Filter = c.copies
		b.trigger(to.ID, b.fed.ID, "s3-notification").Filter = c.notifies
		if got := b.says(); got != c.want {
			t.Errorf("copied %+v, notified %+v by %s: %q, not %q", c.copies, c.notifies, c.grants, got, c.want)
		}
	}
	for _, c := range []struct {
		keys string
		f    model.Filter
		want bool
	}{
		{"", model.Filter{Prefix: "a/"}, true},
		{"raw/*", model.Filter{Prefix: "raw/"}, true},
		{"raw/*", model.Filter{Prefix: "raw/2026/"}, true},
		{"raw/*", model.Filter{Prefix: "curated/"}, false},
		{"raw/*", model.Filter{Suffix: ".gz"}, true},
		{"raw/*", model.Filter{Events: []string{"s3:ObjectCreated:Put"}}, true},
		{"raw/*", model.Filter{Events: []string{"s3:ObjectRemoved:*"}}, false},
	} {
		b := filter(t, allow("firehose:PutRecord", "*"))
		hose, to := b.resource("AWS::KinesisFirehose::DeliveryStream", "H"), b.bucket("to")
		hose.ARN = "arn:aws:firehose:us-east-1:" + testAccount + ":deliverystream/H"
		b.trigger(hose.ID, to.ID, "firehose").Keys = c.keys
		b.trigger(to.ID, b.fed.ID, "s3-notification").Filter = c.f
		if got := b.says(); (got != "") != c.want {
			t.Errorf("keys %q, notified %+v: %q", c.keys, c.f, got)
		}
	}
}

// What is written to a log group may be counted in a metric whose alarm starts somebody, and archived events may come again.
func TestCountedAndReplayed(t *testing.T) {
	archive, group := "arn:aws:events:us-east-1:"+testAccount+":archive/A", "arn:aws:logs:us-east-1:"+testAccount+":log-group:app"
	for grants, want := range map[string]string{
		allow("logs:PutLogEvents", group+":*"):                   "may; if the alarm's metric passes its threshold",
		allow("logs:PutLogEvents", group+"-2:*"):                 "",
		allow("cloudwatch:SetAlarmState", "*"):                   "must",
		allow("cloudwatch:PutMetricData logs:GetLogEvents", "*"): "",
	} {
		b := filter(t, grants)
		logs, alarm := b.resource("AWS::Logs::LogGroup", "app"), b.resource("AWS::CloudWatch::Alarm", "M")
		logs.ARN, alarm.ARN = group, "arn:aws:cloudwatch:us-east-1:"+testAccount+":alarm:M"
		b.trigger(logs.ID, alarm.ID, model.MetricFilter)
		b.trigger(alarm.ID, b.fed.ID, "alarm")
		if got := b.says(); got != want {
			t.Errorf("a metric filter by %s: %q, not %q", grants, got, want)
		}
		if a := b.analyse(); a.Counted(logs.ID) {
			t.Error("the log group counts, though nobody reads it")
		}
	}
	for grants, want := range map[string]string{
		allow("events:StartReplay", archive):      "may; events whose source is shop; with events that were archived",
		allow("events:StartReplay", archive+"-2"): "",
		allow("events:CreateArchive", "*"):        "",
	} {
		b := filter(t, grants)
		kept, bus := b.resource("AWS::Events::Archive", "A"), b.resource("AWS::Events::EventBus", "bus")
		kept.ARN = archive
		b.trigger(kept.ID, bus.ID, model.Replay)
		b.trigger(bus.ID, b.fed.ID, "event-rule").Filter.Pattern = `{"source": ["shop"]}`
		if got := b.says(); got != want {
			t.Errorf("a replay by %s: %q, not %q", grants, got, want)
		}
	}
}

// A table's items are copied to its replicas, whose streams have the same records.
func TestReplicasOfTables(t *testing.T) {
	for pattern, want := range map[string]string{
		``: "must",
		`{"eventName": ["INSERT"], "dynamodb": {"Keys": {"id": {"S": [{"prefix": "a"}]}}}}`: "must",
		`{"eventName": ["REMOVE"], "dynamodb": {"NewImage": {"x": {"S": ["a"]}}}}`:          "",
	} {
		b := filter(t, allow("dynamodb:PutItem", arnOf("AWS::DynamoDB::Table", "T")))
		here, there := b.table("T"), b.table("T2")
		here.PartitionKey = "id"
		b.trigger(here.ID, there.ID, model.Replication)
		b.trigger(there.ID, b.fed.ID, "event-source-mapping").Filter.Pattern = pattern
		if got := b.says(); got != want && (want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s: %q, not %q", pattern, got, want)
		}
	}
}

// What cannot be delivered, and records of asynchronous calls, perhaps go on with what the attacker sent.
func TestUndeliveredGoesOn(t *testing.T) {
	b := filter(t, allow("sns:Publish", "*"))
	topic, dead, x := b.resource("AWS::SNS::Topic", "N"), b.queue("dead"), b.function("X")
	b.trigger(topic.ID, x.ID, "sns-subscription")
	b.trigger(topic.ID, dead.ID, "sns-subscription").Dead = true
	b.trigger(dead.ID, b.fed.ID, "event-source-mapping")
	if got := b.says(); got != "may; if it cannot be delivered" {
		t.Errorf("a subscription's dead letters: %q", got)
	}
	for _, c := range []struct {
		grants, by string
		want       bool
	}{
		{allow("lambda:InvokeFunction", functionARN("X")), "", true},
		{allow("lambda:GetFunction", functionARN("X")), "", false},
		{allow("sns:Publish", "*"), "sns-subscription", true},
		{allow("sqs:SendMessage", "*"), "event-source-mapping", false}, // it waits for the function
	} {
		b := filter(t, c.grants)
		q, x := b.queue("records"), b.function("X")
		x.Destinations = []string{q.ARN}
		switch c.by {
		case "sns-subscription":
			b.trigger(b.resource("AWS::SNS::Topic", "N").ID, x.ID, c.by)
		case "event-source-mapping":
			b.trigger(b.queue("jobs").ID, x.ID, c.by)
			b.roleOf(b.writer).Policies = b.policies("w", allow("sqs:SendMessage", arnOf("AWS::SQS::Queue", "jobs")))
		}
		b.trigger(q.ID, b.fed.ID, "event-source-mapping")
		if got := b.says(); (got == "may; "+ifAsynchronous) != c.want || got != "" && !c.want {
			t.Errorf("%s by %q: %q", c.grants, c.by, got)
		}
	}
}

// Who may write access control lists that let everybody in comes to what they can give; elsewhere it may change them, no more.
func TestAccessControlListsLeadOn(t *testing.T) {
	const data = "arn:aws:s3:::data"
	for _, c := range []struct {
		grants string
		public bool
		want   string
	}{
		{allow("s3:PutObjectAcl", data+"/*"), true, "read, permissions"},
		{allow("s3:PutObjectAcl", data+"/*"), false, "permissions"},
		{allow("s3:PutBucketAcl", data), true, "write, permissions"},
		{allow("s3:PutBucketAcl", data), false, "permissions"},
		{allow("s3:PutObjectAcl", data+"/*") + "," + deny("s3:GetObject", "*"), true, "permissions"},
	} {
		b := filter(t, c.grants)
		b.bucket("data").PublicLists = c.public
		got := ""
		for _, h := range breach(t, b.analyse(), "fn/Writer").Hits {
			if h.Target == "res/data" {
				for _, c := range h.Capabilities.All() {
					got = strings.TrimPrefix(got+", "+c.String(), ", ")
				}
			}
		}
		if got != c.want {
			t.Errorf("%s, public %v: %q, not %q", c.grants, c.public, got, c.want)
		}
	}
}

// Behind a rule of a bus that the design does not show, and an open route, filters see what the first event was: where it came from,
// what a rule let through before.
func TestFiltersBehindDoors(t *testing.T) {
	for region, want := range map[string]bool{"us-east-1": true, "eu-west-1": false} {
		b := filter(t, allow("events:PutEvents", "arn:aws:events:us-east-1:"+testAccount+":event-bus/default"))
		rule, bus := b.resource("AWS::Events::Rule", "R"), b.resource("AWS::Events::EventBus", "Central")
		rule.ARN, bus.ARN = "arn:aws:events:us-east-1:"+testAccount+":rule/R", "arn:aws:events:eu-west-1:"+testAccount+":event-bus/Central"
		forward := b.trigger(rule.ID, bus.ID, "event-rule")
		forward.Form, forward.Filter.Pattern = model.AsItIs, `{"source": ["shop"]}`
		b.trigger(bus.ID, b.fed.ID, "event-rule").Filter.Pattern = `{"region": ["` + region + `"]}`
		if got := b.says(); (got != "") != want {
			t.Errorf("events of %s: %q", region, got)
		}
	}
	// A rule elsewhere stands on the bus of its own region.
	for region, want := range map[string]bool{"us-east-1": false, "eu-west-1": true} {
		b := filter(t, allow("events:PutEvents", "arn:aws:events:"+region+":"+testAccount+":event-bus/default"))
		rule := b.resource("AWS::Events::Rule", "R")
		rule.ARN = "arn:aws:events:eu-west-1:" + testAccount + ":rule/R"
		b.trigger(rule.ID, b.fed.ID, "event-rule").Filter.Pattern = `{"source": ["shop"]}`
		if got := b.says(); (got != "") != want {
			t.Errorf("the bus of %s: %q", region, got)
		}
	}
	// Copies are not copied on.
	b := filter(t, allow("s3:PutObject", "arn:aws:s3:::one/*"))
	one, two, three := b.bucket("one").ID, b.bucket("two").ID, b.bucket("three").ID
	b.trigger(one, two, model.Replication)
	b.trigger(two, three, model.Replication)
	b.trigger(three, b.fed.ID, "s3-notification")
	if got := b.says(); got != "" {
		t.Errorf("copies of copies: %q", got)
	}
}

// A target of a rule that runs has an input that whoever makes it chooses.
func TestTargetsOfRules(t *testing.T) {
	for _, there := range []bool{true, false} {
		b := filter(t, allow("events:PutTargets", "*"))
		rule := "arn:aws:events:us-east-1:" + testAccount + ":rule/nightly"
		if there {
			b.resource("AWS::Events::Rule", "nightly").ARN = rule
		}
		b.fed.Policy = document(t, `{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "`+b.fed.ARN+`", "Condition": {"ArnEquals": {"aws:SourceArn": "`+rule+`"}}}`)
		want := map[bool]string{true: "must", false: "may; if there is a rule that runs, to give a target to"}[there]
		if got := b.says(); got != want {
			t.Errorf("a rule that is there, %v: %q, not %q", there, got, want)
		}
	}
}
