package cfn

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// An end is one side of a connector.
type end struct {
	r      *resource // nil where it is given by ARN
	kind   string    // CloudFormation type
	arn    *yamlpos.Node
	role   *yamlpos.Node // name of its role, or a reference to it
	detail *yamlpos.Node // Qualifier of an API
	id     *yamlpos.Node // ResourceId of an API
	name   *yamlpos.Node
}

// A right is actions on the patterns that %s, the ARN of the resource, is put into; %n is its name.
type right struct {
	actions  []string
	patterns []string
}

// connectors reads the connectors of the template, on their own and in resources.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
func (t *transform) connectors(r *resource) {
	if r.Written == samConnector {
		if n := t.get(r.Props, "Source"); n != nil {
			t.checkEnd(r.ID, n, r.Origin)
		}
		t.connector(r, r.ID, t.end(t.get(r.Props, "Source")), t.get(r.Props, "Destination"), t.get(r.Props, "Permissions"), r.Origin)
		return
	}
	if r.Value == nil {
		return
	}
	for _, c := range t.pairs(r.Value.Get("Connectors")) {
		p := t.get(c.Value, "Properties")
		from := t.endOf(r)
		from.detail = t.get(p, "SourceReference", "Qualifier")
		t.connector(r, r.ID+c.Key.Value, from, t.get(p, "Destination"), t.get(p, "Permissions"), entrySpan(c.Key, c.Value))
	}
}

// end reads Source or a Destination.
func (t *transform) end(n *yamlpos.Node) end {
	if id := t.words(t.get(n, "Id")); id != "" {
		if r := t.resource(id); r != nil {
			e := t.endOf(r)
			e.detail = t.get(n, "Qualifier")
			return e
		}
	}
	e := end{kind: t.words(t.get(n, "Type")), arn: t.get(n, "Arn"), detail: t.get(n, "Qualifier"), id: t.get(n, "ResourceId"), name: t.get(n, "Name")}
	if role := t.get(n, "RoleName"); !isEmpty(role) {
		e.role = role
	}
	for _, id := range t.refs(e.arn) {
		if r := t.resource(id); r != nil {
			e.r = r
			if e.kind == "" {
				e.kind = r.Type
			}
			break
		}
	}
	if kind := samTypes[e.kind]; kind != "" {
		e.kind = kind
	}
	return e
}

var samTypes = map[string]string{
	samFunction: "AWS::Lambda::Function", samMachine: "AWS::StepFunctions::StateMachine", samAPI: "AWS::ApiGateway::RestApi",
	samHTTPAPI: "AWS::ApiGatewayV2::Api", samTable: "AWS::DynamoDB::Table", samGraphQL: "AWS::AppSync::GraphQLApi",
}

func (t *transform) endOf(r *resource) end {
	e := end{r: r, kind: r.Type, arn: getAttOf(r.ID, "Arn", r.Origin), id: refTo(r.ID, r.Origin), name: getAttOf(r.ID, "Name", r.Origin)}
	if r.Type == "AWS::AppSync::GraphQLApi" {
		e.id = getAttOf(r.ID, "ApiId", r.Origin)
	}
	var role *yamlpos.Node
	switch r.Type {
	case "AWS::Lambda::Function":
		role = t.get(r.Props, "Role")
	case "AWS::StepFunctions::StateMachine":
		if role = t.get(r.Props, "RoleArn"); role == nil {
			role = t.get(r.Props, "Role")
		}
	case "AWS::AppSync::DataSource":
		role = t.get(r.Props, "ServiceRoleArn")
	}
	for _, id := range t.refs(role) {
		if x := t.resource(id); x != nil && x.Type == "AWS::IAM::Role" {
			e.role = refTo(id, r.Origin)
			break
		}
	}
	return e
}

// targetRole is the role with which a rule acts on one of its targets, nil where it has no such target or no role for it.
func (t *transform) targetRole(rule *resource, to end, span source.Span) *yamlpos.Node {
	for _, x := range t.items(t.get(rule.Props, "Targets")) {
		if to.r == nil || !slices.Contains(t.refs(x.Get("Arn")), to.r.ID) {
			continue
		}
		for _, id := range t.refs(x.Get("RoleArn")) {
			if r := t.resource(id); r != nil && r.Type == "AWS::IAM::Role" {
				return refTo(id, span)
			}
		}
	}
	return nil
}

// checkEnd looks at one side of a connector: a resource of the template by its Id, or one that other properties tell of.
func (t *transform) checkEnd(id string, n *yamlpos.Node, span source.Span) {
	if n == nil || n.Kind != yamlpos.Mapping {
		t.refuse(span, "connector %s: its ends are mappings", id)
		return
	}
	others := 0
	for _, p := range lastOfEach(n.Pairs()) {
		if p.Key.Value != "Id" && p.Key.Value != "Qualifier" {
			others++
		}
	}
	name := n.Get("Id").Resolve()
	switch {
	case (name != nil) == (others > 0):
		t.refuse(n.Span(), "connector %s: an end has an Id, with or without a Qualifier, or else a Type and what else is needed", id)
	case name != nil && plainKind(name) != '"':
		t.refuse(name.Span(), "connector %s: an Id is not a text", id)
	case name != nil && t.resource(name.Value) == nil:
		t.refuse(name.Span(), "connector %s: nothing in the template is called %s", id, name.Value)
	case name == nil && plainKind(t.get(n, "Type")) != '"':
		t.refuse(n.Span(), "connector %s: an end has no Type", id)
	}
}

// checkConnectors looks at the connectors that stand in a resource.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/managing-permissions-connectors.html
func (t *transform) checkConnectors(r *resource) {
	list := r.Value.Get("Connectors").Resolve()
	if list == nil {
		return
	}
	if isCall(list) || list.Kind != yamlpos.Mapping {
		t.refuse(list.Span(), "%s: Connectors is not a mapping", r.ID)
		return
	}
	for _, c := range lastOfEach(list.Pairs()) {
		what := "connector " + r.ID + c.Key.Value
		if strings.HasPrefix(c.Key.Value, "Fn::ForEach::") {
			continue
		}
		if !logicalName.MatchString(c.Key.Value) {
			t.refuse(c.Key.Span(), "%s: its name has more than letters and digits", what)
		}
		p := c.Value.Get("Properties").Resolve()
		if p == nil || isCall(p) || p.Kind != yamlpos.Mapping {
			t.refuse(entrySpan(c.Key, c.Value), "%s needs Properties, a mapping", what)
			continue
		}
		t.checkFields(what, p, p.Span(), fields("SourceReference{= Destination! Permissions<!"))
		if n := t.get(p, "SourceReference"); n != nil && n.Kind == yamlpos.Mapping {
			t.checkFields(what+" SourceReference", n, n.Span(), fields("Arn Name Qualifier QueueUrl ResourceId RoleName Type"))
		}
	}
}

func (t *transform) connector(owner *resource, id string, from end, to, permissions *yamlpos.Node, span source.Span) {
	var categories []string
	for _, c := range t.texts(permissions, func(n *yamlpos.Node) { t.refuse(n.Span(), "connector %s: Permissions are Read and Write", id) }) {
		if c == "Read" || c == "Write" {
			categories = append(categories, c)
		} else {
			t.notes.add(source.Error, span, "connector "+id+" has Permissions other than Read and Write", "They were left out.")
		}
	}
	destinations := t.items(to)
	several := to != nil && to.Kind == yamlpos.Sequence
	for i, n := range destinations {
		suffix := ""
		if several {
			suffix = fmt.Sprintf("Destination%d", i)
		}
		t.checkEnd(id, n, span)
		t.connect(owner, id, suffix, from, t.end(n), categories, span)
	}
	if len(destinations) == 0 {
		t.notes.add(source.Error, span, "connector "+id+" has no Destination", "It was left out.")
	}
}

func (t *transform) connect(owner *resource, id, suffix string, from, to end, categories []string, span source.Span) {
	has := func(category string) bool {
		for _, c := range categories {
			if c == category {
				return true
			}
		}
		return false
	}
	pairName := shortType(from.kind) + " to " + shortType(to.kind)
	if from.kind == "AWS::SQS::Queue" && to.kind == "AWS::Lambda::Function" && !(has("Read") && has("Write")) {
		t.refuse(span, "connector %s: %s needs both Read and Write", id, pairName)
	}
	if from.kind == "AWS::StepFunctions::StateMachine" && to.kind == from.kind && !has("Read") {
		t.refuse(span, "connector %s: %s needs Read", id, pairName)
	}
	if service := callers[from.kind]; service != "" && to.kind == "AWS::Lambda::Function" {
		if !has("Write") || has("Read") {
			t.refuse(span, "connector %s: %s takes Write only", id, pairName)
			return
		}
		if to.arn == nil {
			t.refuse(span, "connector %s: its destination has no Arn", id)
			return
		}
		props := []yamlpos.Pair{pair("Action", scalar("lambda:InvokeFunction", span)), pair("FunctionName", to.arn), pair("Principal", scalar(service, span)), pair("SourceArn", t.callerARN(from, span))}
		if from.kind == "AWS::S3::Bucket" {
			props = append(props, pair("SourceAccount", refTo("AWS::AccountId", span)))
		}
		t.hide(owner, id+"WriteLambdaPermission"+suffix, "AWS::Lambda::Permission", mapping(span, props...), span)
		return
	}
	if service := callers[from.kind]; has("Write") && (from.kind == "AWS::Events::Rule" && (to.kind == "AWS::SQS::Queue" || to.kind == "AWS::SNS::Topic") ||
		from.kind == "AWS::SNS::Topic" && to.kind == "AWS::SQS::Queue") {
		if has("Read") {
			t.refuse(span, "connector %s: %s takes Write only", id, pairName)
		}
		action, kind, property := "sqs:SendMessage", "AWS::SQS::QueuePolicy", "Queues"
		name := "QueuePolicy"
		if to.kind == "AWS::SNS::Topic" {
			action, kind, property, name = "sns:Publish", "AWS::SNS::TopicPolicy", "Topics", "TopicPolicy"
		}
		st := mapping(span, pair("Effect", scalar("Allow", span)), pair("Principal", mapping(span, pair("Service", scalar(service, span)))), pair("Action", scalar(action, span)),
			pair("Resource", to.arn), pair("Condition", mapping(span, pair("ArnEquals", mapping(span, pair("aws:SourceArn", from.arn))))))
		t.make(owner, id+name+suffix, kind, mapping(span, pair(property, sequence(span, to.arn)), pair("PolicyDocument", documentOf(span, "2012-10-17", st))), span)
		return
	}
	if from.r != nil && from.kind == "AWS::Events::Rule" {
		from.role = t.targetRole(from.r, to, span)
	}
	role, about := from.role, to
	var rights map[string][]right
	switch {
	case to.kind == "AWS::Lambda::Function" && polled[from.kind] != nil:
		role, about, rights = to.role, from, polled[from.kind]
	case actors[from.kind]:
		rights = accessTo(from.kind, to.kind)
	}
	var statements []*yamlpos.Node
	for _, c := range categories {
		if rights != nil && len(rights[c]) == 0 {
			t.refuse(span, "connector %s: %s takes no %s", id, pairName, c)
		}
		for _, r := range rights[c] {
			statements = append(statements, t.rightOn(r, about, span))
		}
	}
	switch {
	case rights == nil:
		t.notes.add(source.Error, span, "connector "+id+": SAM has none for "+pairName, "It was left out.")
	case about.arn == nil:
		t.refuse(span, "connector %s: one of its ends has no Arn", id)
	case len(statements) == 0:
		t.notes.add(source.Error, span, "connector "+id+": "+pairName+" has no permissions of this kind", "It was left out.")
	case role == nil:
		t.notes.add(source.Error, span, "connector "+id+": the role that it gives permissions to is not known", "It was left out.")
	default:
		t.make(owner, id+"Policy"+suffix, "AWS::IAM::ManagedPolicy",
			mapping(span, pair("PolicyDocument", documentOf(span, "2012-10-17", statements...)), pair("Roles", sequence(span, role))), span)
	}
}

func shortType(kind string) string {
	if kind == "" {
		return "what is not known"
	}
	return kind[strings.LastIndexByte(kind, ':')+1:]
}

// callers are the services that call or send by themselves, with the right to in the destination's policy.
var callers = map[string]string{
	"AWS::Events::Rule": "events.amazonaws.com", "AWS::ApiGateway::RestApi": "apigateway.amazonaws.com", "AWS::ApiGatewayV2::Api": "apigateway.amazonaws.com",
	"AWS::SNS::Topic": "sns.amazonaws.com", "AWS::S3::Bucket": "s3.amazonaws.com", "AWS::AppSync::GraphQLApi": "appsync.amazonaws.com",
}

// actors act with a role of their own.
var actors = map[string]bool{
	"AWS::Lambda::Function": true, "AWS::StepFunctions::StateMachine": true, "AWS::AppSync::DataSource": true, "AWS::Events::Rule": true,
}

// polled are what Lambda polls with the function's role.
var polled = map[string]map[string][]right{
	"AWS::SQS::Queue": {
		"Read":  {{[]string{"sqs:ReceiveMessage", "sqs:GetQueueAttributes"}, []string{"%s"}}},
		"Write": {{[]string{"sqs:DeleteMessage"}, []string{"%s"}}},
	},
	"AWS::DynamoDB::Table": {
		"Read": {{[]string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}, []string{"%s/stream/*"}}},
	},
}

// callerARN is the source that a service calls a function from.
func (t *transform) callerARN(from end, span source.Span) *yamlpos.Node {
	switch from.kind {
	case "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api":
		rest := from.detail
		if rest == nil {
			rest = scalar("*", span)
		}
		return subOf("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Rest}", span, pair("Api", from.id), pair("Rest", rest))
	case "AWS::AppSync::GraphQLApi":
		return subOf("arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${Api}", span, pair("Api", from.id))
	}
	return from.arn
}

// rightOn makes a statement of a right.
func (t *transform) rightOn(r right, on end, span source.Span) *yamlpos.Node {
	var list []*yamlpos.Node
	for _, p := range r.patterns {
		if p == "%s" {
			list = append(list, on.arn)
			continue
		}
		pattern := strings.ReplaceAll(strings.ReplaceAll(p, "%s", "${Arn}"), "%n", "${Name}")
		list = append(list, subOf(pattern, span, pair("Arn", on.arn), pair("Name", on.name)))
	}
	return allow(span, sequence(span, list...), r.actions...)
}

// accessTo is what a connector lets an actor do with a destination, from the table of permissions in the
// reference of SAM connectors; nil if there is none.
func accessTo(from, to string) map[string][]right {
	const execution = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:%n:*"
	const nestedRule = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
	machine, data, rule := from == "AWS::StepFunctions::StateMachine", from == "AWS::AppSync::DataSource", from == "AWS::Events::Rule"
	one := []string{"%s"}
	if rule && to != "AWS::Events::EventBus" && to != "AWS::StepFunctions::StateMachine" {
		return nil
	}
	switch to {
	case "AWS::Lambda::Function":
		patterns := one
		if data {
			patterns = []string{"%s", "%s:*"}
		}
		return map[string][]right{"Write": {{[]string{"lambda:InvokeAsync", "lambda:InvokeFunction"}, patterns}}}
	case "AWS::DynamoDB::Table":
		patterns := []string{"%s", "%s/index/*"}
		return map[string][]right{
			"Read": {{[]string{"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:PartiQLSelect"}, patterns}},
			"Write": {{[]string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete",
				"dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"}, patterns}},
		}
	case "AWS::Events::EventBus":
		return map[string][]right{"Write": {{[]string{"events:PutEvents"}, one}}}
	}
	if data {
		return nil
	}
	switch to {
	case "AWS::StepFunctions::StateMachine":
		switch {
		case rule:
			return map[string][]right{"Write": {{[]string{"states:StartExecution"}, one}}}
		case machine:
			return map[string][]right{
				"Read": {{[]string{"states:DescribeExecution"}, []string{execution}}, {[]string{"events:DescribeRule"}, []string{nestedRule}}},
				"Write": {{[]string{"states:StartExecution"}, one}, {[]string{"states:StopExecution"}, []string{execution}},
					{[]string{"events:PutTargets", "events:PutRule"}, []string{nestedRule}}},
			}
		}
		return map[string][]right{
			"Read": {{[]string{"states:DescribeStateMachine", "states:ListExecutions"}, one},
				{[]string{"states:DescribeExecution", "states:DescribeStateMachineForExecution", "states:GetExecutionHistory"}, []string{execution}}},
			"Write": {{[]string{"states:StartExecution", "states:StartSyncExecution"}, one}, {[]string{"states:StopExecution"}, []string{execution}}},
		}
	case "AWS::SNS::Topic":
		return map[string][]right{"Write": {{[]string{"sns:Publish"}, one}}}
	case "AWS::SQS::Queue":
		if machine {
			return map[string][]right{"Write": {{[]string{"sqs:SendMessage"}, one}}}
		}
		return map[string][]right{
			"Read":  {{[]string{"sqs:ReceiveMessage", "sqs:GetQueueAttributes"}, one}},
			"Write": {{[]string{"sqs:DeleteMessage", "sqs:SendMessage", "sqs:ChangeMessageVisibility", "sqs:PurgeQueue"}, one}},
		}
	case "AWS::S3::Bucket":
		patterns := []string{"%s", "%s/*"}
		return map[string][]right{
			"Read": {{[]string{"s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectTorrent", "s3:GetObjectVersion",
				"s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTorrent", "s3:ListBucket", "s3:ListBucketMultipartUploads",
				"s3:ListBucketVersions", "s3:ListMultipartUploadParts"}, patterns}},
			"Write": {{[]string{"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectLegalHold",
				"s3:PutObjectRetention", "s3:RestoreObject"}, patterns}},
		}
	case "AWS::Location::PlaceIndex":
		if machine {
			return nil
		}
		return map[string][]right{"Read": {{[]string{"geo:DescribePlaceIndex", "geo:GetPlace", "geo:SearchPlaceIndexForPosition",
			"geo:SearchPlaceIndexForSuggestions", "geo:SearchPlaceIndexForText"}, one}}}
	}
	return nil
}
