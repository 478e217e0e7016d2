package edit

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A need is access that AWS itself uses with a function's role.
type need struct {
	actions []string
	target  string   // ARN that they are used on; "*" where they take none; "" where the source is not in the design
	what    string   // "the mapping from Outbox"
	stops   string   // what happens without: "would stop polling"
	anyOf   bool     // one of the actions is enough
	also    []string // what AWS's own policy for it allows beside, which goes along and is not asked for
	logging bool     // the log group's name belongs to the function: a copy of the statement keeps its resources
}

// polling is what an event source mapping does with the function's role, by the trigger's event.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html and the pages of each source.
var polling = []struct {
	event   string
	actions []string // on the source
	part    string   // of the source that they are used on
	any     []string // that take no resource
	also    []string // beside those
}{
	{event: "sqs", actions: []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}},
	{event: "dynamodb", part: "/stream/*", actions: []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}, any: []string{"dynamodb:ListStreams"}},
	{event: "kinesis", actions: []string{"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"}, any: []string{"kinesis:ListStreams"}},
	{event: "kafka", actions: []string{"kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"}, any: networkInterfaces, also: networks},
	{event: "mq", actions: []string{"mq:DescribeBroker"}},
	{event: "documentdb", actions: []string{"rds:DescribeDBClusters", "rds:DescribeDBSubnetGroups"}, any: networkInterfaces, also: networks},
}

// networkInterfaces is what a function in a VPC needs.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
var networkInterfaces = []string{"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"}

// networks is what an event source mapping that reaches into a VPC looks up there.
// https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html
var networks = []string{"ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"}

// logging is what a function needs to write its log.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
var logging = []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}

// delivery is what sending to a dead-letter target or a destination takes, by the target's service.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
var delivery = map[string]string{
	"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction", "events": "events:PutEvents", "s3": "s3:PutObject",
}

// carrying is what a service does with a role of its own to bring an event to a target, by the trigger's kind and the
// target's type. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html#eb-target-permissions,
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html,
// https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
var carrying = []struct {
	kinds  []string // all where there is none
	target string
	anyOf  []string // one of them is what it takes: which one, the design does not tell
	part   string   // of the target that they are used on
}{
	{target: "AWS::Lambda::Function", anyOf: []string{"lambda:InvokeFunction"}},
	{target: "AWS::SQS::Queue", anyOf: []string{"sqs:SendMessage"}},
	{target: "AWS::SNS::Topic", anyOf: []string{"sns:Publish"}},
	{target: "AWS::StepFunctions::StateMachine", anyOf: []string{"states:StartExecution", "states:StartSyncExecution"}},
	{target: "AWS::Events::EventBus", anyOf: []string{"events:PutEvents"}},
	{target: "AWS::Events::ApiDestination", anyOf: []string{"events:InvokeApiDestination"}, part: "/*"},
	{target: "AWS::Kinesis::Stream", anyOf: []string{"kinesis:PutRecord", "kinesis:PutRecords"}},
	{target: "AWS::KinesisFirehose::DeliveryStream", anyOf: []string{"firehose:PutRecord", "firehose:PutRecordBatch"}},
	{target: "AWS::CodeBuild::Project", anyOf: []string{"codebuild:StartBuild"}},
	{target: "AWS::CodePipeline::Pipeline", anyOf: []string{"codepipeline:StartPipelineExecution"}},
	{target: "AWS::Batch::JobQueue", anyOf: []string{"batch:SubmitJob"}},
	{target: "AWS::ECS::Cluster", anyOf: []string{"ecs:RunTask"}},
	{target: "AWS::ApiGateway::RestApi", anyOf: []string{"execute-api:Invoke"}},
	{target: "AWS::Logs::LogGroup", anyOf: []string{"logs:PutLogEvents"}},
	{kinds: []string{"state-machine-task"}, target: "AWS::DynamoDB::Table", anyOf: []string{"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"}},
}

// carriers are what acts with the role of a trigger, in words, and what happens without.
var carriers = map[string][2]string{
	"state-machine-task": {"state machine", "would fail"}, "event-rule": {"rule", "would bring nothing"}, "schedule": {"schedule", "would bring nothing"},
	"pipe": {"pipe", "would stop"}, "log-subscription": {"log subscription", "would bring nothing"},
}

// carrierNeeds lists what the service behind a trigger does with the role that the trigger names.
func carrierNeeds(d *model.Design, t *model.Trigger) []need {
	carrier, ok := carriers[t.Kind]
	to := d.Element(t.To)
	if !ok || to == nil {
		return nil
	}
	var out []need
	name := firstOf(t.Name, short(t.ID))
	kind, part := "AWS::Lambda::Function", ""
	if r, ok := to.(*model.Resource); ok {
		kind = r.Type
	}
	for _, row := range carrying {
		if row.target != kind || row.kinds != nil && !slices.Contains(row.kinds, t.Kind) {
			continue
		}
		part = row.part
		what := fmt.Sprintf("%s %s, which brings events to %s,", carrier[0], name, short(t.To))
		if t.Kind == "state-machine-task" {
			what = fmt.Sprintf("the task of %s %s on %s", carrier[0], name, short(t.To))
		}
		out = append(out, need{actions: row.anyOf, anyOf: true, target: model.ARN(to) + part, what: what, stops: carrier[1]})
	}
	if from, ok := d.Element(t.From).(*model.Resource); ok && t.Kind == "pipe" {
		for _, row := range polling {
			if polled[from.Type] == row.event {
				out = append(out, need{actions: row.actions, target: from.ARN + row.part, what: fmt.Sprintf("pipe %s, which polls %s,", name, short(t.From)), stops: "would stop"})
			}
		}
	}
	return out
}

// polled is the event of a source that a pipe polls.
var polled = map[string]string{
	"AWS::SQS::Queue": "sqs", "AWS::DynamoDB::Table": "dynamodb", "AWS::DynamoDB::GlobalTable": "dynamodb", "AWS::Kinesis::Stream": "kinesis",
	"AWS::MSK::Cluster": "kafka", "AWS::AmazonMQ::Broker": "mq",
}

// needs lists the access that AWS uses with the function's role.
func needs(d *model.Design, f *model.Function) []need {
	var out []need
	for _, t := range d.TriggersOf(f.ID) {
		out = append(out, triggerNeeds(d, t)...)
	}
	return append(out, ownNeeds(f)...)
}

// triggerNeeds lists what the service behind a trigger does with the role of the function that it starts.
func triggerNeeds(d *model.Design, t *model.Trigger) []need {
	if t.Kind != "event-source-mapping" {
		return nil // pushed, not polled: the function's own resource policy lets it in
	}
	var out []need
	for _, row := range polling {
		if row.event != strings.ToLower(t.Event) {
			continue
		}
		from := d.Element(t.From)
		arn, name := "", "a source outside the design"
		if from != nil {
			arn, name = model.ARN(from), short(t.From)
		}
		if r, ok := from.(*model.Resource); ok && row.event == "kinesis" && r.Type != "AWS::Kinesis::Stream" {
			arn = "" // a consumer: the actions are on its stream, which it does not name
		}
		if arn != "" {
			arn += row.part
		}
		what := "the mapping from " + name
		out = append(out, need{actions: row.actions, target: arn, what: what, stops: "would stop"})
		if r, ok := from.(*model.Resource); ok && r.Key != "" {
			if key := model.ARN(d.Element(r.Key)); key != "" {
				out = append(out, need{actions: []string{"kms:Decrypt"}, target: key, what: what + ", which is encrypted,", stops: "would stop"})
			}
		}
		if row.any != nil {
			out = append(out, need{actions: row.any, also: row.also, target: "*", what: what, stops: "would stop"})
		}
		out = append(out, sends(t.Failed, "what "+what+" could not work off")...)
	}
	return out
}

// ownNeeds lists what the function's configuration takes.
func ownNeeds(f *model.Function) []need {
	out := []need{{actions: logging, target: logStream(f), what: "the log of " + firstOf(f.LogicalID, f.Name), stops: "would stay empty", logging: true}}
	if f.VPC {
		out = append(out, need{actions: networkInterfaces, also: []string{"ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"}, target: "*", what: firstOf(f.LogicalID, f.Name) + " in its VPC", stops: "would stop starting"})
	}
	if f.Tracing {
		out = append(out, need{actions: []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
			also: []string{"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"}, target: "*", what: "tracing of " + firstOf(f.LogicalID, f.Name), stops: "would stop"})
	}
	out = append(out, sends(f.DeadLetter, "the dead-letter target of "+firstOf(f.LogicalID, f.Name))...)
	for _, arn := range f.Destinations {
		out = append(out, sends(arn, "a destination of "+firstOf(f.LogicalID, f.Name))...)
	}
	return out
}

// sends is what it takes to send events to a queue, topic, bus, function or bucket by its ARN.
func sends(arn, what string) []need {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) < 6 || delivery[fields[2]] == "" {
		return nil
	}
	target := arn
	if fields[2] == "s3" {
		target += "/*"
	}
	return []need{{actions: []string{delivery[fields[2]]}, target: target, what: what, stops: "would lose its events"}}
}

// logStream is a log stream in the function's own log group.
func logStream(f *model.Function) string {
	if group := f.LogGroupARN(); group != "" {
		return group + ":log-stream:stream"
	}
	return ""
}

// LogOwner is the function whose own log group, or all that is in it, an ARN names; nil for others.
func LogOwner(d *model.Design, arn string) *model.Function {
	if !strings.Contains(arn, ":log-group:") {
		return nil
	}
	for _, f := range d.Functions() {
		if group := f.LogGroupARN(); group != "" && (arn == group || arn == group+":*") {
			return f
		}
	}
	return nil
}

// request is one of a need's actions as a request of the role.
func (n need) request(role *model.Role, action string) policy.Request {
	resource := strings.ReplaceAll(n.target, "*", "GENERATED")
	if n.target == "*" {
		resource = "*"
	}
	if action == "logs:CreateLogGroup" {
		resource = strings.TrimSuffix(resource, "stream") // there is no stream yet
	}
	return policy.Request{Principal: role.ARN, Action: action, Resource: resource, Open: true}
}

// allowed lists those of a need's actions that a stack allows, at least perhaps.
func (n need) allowed(role *model.Role, s *policy.Stack) []string {
	if n.target == "" {
		return nil
	}
	var out []string
	for _, a := range n.actions {
		if s.Evaluate(n.request(role, a)).Outcome == policy.Allowed {
			out = append(out, a)
		}
	}
	return out
}

// stops names what an edit of a holder's policies would stop: needed access that was there and is not any more.
func stops(before, after *model.Design, h *holder, was, is *policy.Stack) []string {
	role, ok := h.element.(*model.Role)
	if !ok {
		return nil
	}
	var out []string
	lost := func(n need) {
		lost := n.lost(role, was, is)
		if len(lost) == 0 {
			return
		}
		if text := fmt.Sprintf("%s %s: %s is no longer allowed %s", n.what, n.stops, h.name, and(lost)); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, f := range after.Functions() {
		if f.Role == role.ID && before.Function(f.ID) != nil {
			for _, n := range needs(after, f) {
				lost(n)
			}
		}
	}
	for _, t := range after.Triggers() {
		if t.Role == role.ID && before.Trigger(t.ID) != nil {
			for _, n := range carrierNeeds(after, t) {
				lost(n)
			}
		}
	}
	return out
}

// A Requirement is access that AWS itself uses with a role, for a trigger or the configuration of a function.
type Requirement struct {
	For      string   // "the mapping from Outbox"
	Actions  []string // of which one is enough if AnyOf
	AnyOf    bool
	Resource string   // ARN, "*" where the actions take none, "" where it is not in the design
	Lost     []string // allowed before and not any more, and not made up for by another
}

// Required lists what AWS does with a role of a design, and what of it one stack of its policies allows and another does not.
func Required(d *model.Design, role *model.Role, was, is *policy.Stack) []Requirement {
	var out []Requirement
	add := func(n need) {
		r := Requirement{For: strings.TrimSuffix(n.what, ","), Actions: n.actions, AnyOf: n.anyOf, Resource: n.target, Lost: n.lost(role, was, is)}
		out = append(out, r)
	}
	for _, f := range d.Functions() {
		if f.Role == role.ID {
			for _, n := range needs(d, f) {
				add(n)
			}
		}
	}
	for _, t := range d.Triggers() {
		if t.Role == role.ID {
			for _, n := range carrierNeeds(d, t) {
				add(n)
			}
		}
	}
	return out
}

// lost lists the actions of a need that were allowed and are not any more, as far as that stops something.
func (n need) lost(role *model.Role, was, is *policy.Stack) []string {
	had, has := n.allowed(role, was), n.allowed(role, is)
	var lost []string
	for _, a := range had {
		if !slices.Contains(has, a) {
			lost = append(lost, a)
		}
	}
	if n.anyOf && len(has) > 0 {
		return nil
	}
	if n.logging && len(lost) == 1 && lost[0] == "logs:CreateLogGroup" {
		return nil // a log group that is there already needs no CreateLogGroup
	}
	return lost
}
