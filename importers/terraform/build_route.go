package terraform

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
)

const (
	restAPI = "AWS::ApiGateway::RestApi"
	httpAPI = "AWS::ApiGatewayV2::Api"
)

// routes makes triggers of API routes: of REST methods, of HTTP and WebSocket routes, and of OpenAPI bodies.
func (b *builder) routes() {
	methods := b.restMethods()
	for _, x := range b.objects {
		switch x.typ {
		case "aws_api_gateway_integration":
			b.restRoute(x, methods)
		case "aws_apigatewayv2_route":
			b.httpRoute(x)
		case "aws_api_gateway_rest_api":
			b.openAPI(x, "rest")
		case "aws_apigatewayv2_api":
			b.openAPI(x, "http")
			if f := b.invoked(x.word("target"), x); f != "" {
				t := b.newTrigger(x, f, "api-route", "http", "$default")
				t.From, t.Label, t.Open, t.Outside = b.elementOf(x), "$default", true, true
				b.start(t)
			}
		case "aws_api_gateway_authorizer", "aws_apigatewayv2_authorizer":
			b.authorizer(x)
		case "aws_lb_target_group_attachment", "aws_alb_target_group_attachment":
			b.loadBalancer(x)
		}
	}
}

// invoked returns the function that an integration's URI names: its ARN between "functions/" and "/invocations".
func (b *builder) invoked(uri string, from *object) model.ID {
	if _, arn, ok := strings.Cut(uri, "/functions/"); ok {
		uri, _, _ = strings.Cut(arn, "/")
	}
	return b.ids[b.function(uri, from)]
}

// restMethods finds the methods of a REST API by API, resource and verb.
func (b *builder) restMethods() map[[3]string]*object {
	out := map[[3]string]*object{}
	for _, x := range b.objects {
		if x.typ == "aws_api_gateway_method" {
			out[[3]string{x.word("rest_api_id"), x.word("resource_id"), x.word("http_method")}] = x
		}
	}
	return out
}

// restRoute reads aws_api_gateway_integration with its method.
func (b *builder) restRoute(x *object, methods map[[3]string]*object) {
	api := b.find(x.word("rest_api_id"), x, restAPI)
	to := b.invoked(x.word("uri"), x)
	if to == "" {
		to = b.serviceTarget(x)
	}
	if to == "" {
		return
	}
	t := b.newTrigger(x, to, "api-route", "rest")
	t.From, t.Outside = b.elementOf(api), !b.isPrivate(api)
	t.Role = b.actsAs(x.word("credentials"), x)
	verb := x.word("http_method")
	if m := methods[[3]string{x.word("rest_api_id"), x.word("resource_id"), verb}]; m != nil {
		auth := m.word("authorization")
		t.Open = (auth == "" || auth == "NONE") && t.Outside
		t.Keyed, t.Token = t.Open && isTrue(m.get("api_key_required")), takesToken(auth)
	}
	t.Label = routeLabel(verb, b.restPath(x.word("resource_id"), x))
	b.start(t)
}

// takesToken reports whether an authorizer of the API's own lets callers in.
func takesToken(auth string) bool {
	return auth == "JWT" || auth == "CUSTOM" || auth == "COGNITO_USER_POOLS"
}

func routeLabel(method, path string) string {
	method = strings.ToUpper(method)
	if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" || method == "*" {
		method = "ANY"
	}
	return strings.TrimSpace(method + " " + path)
}

// isPrivate reports whether an API is reached only through VPC endpoints.
func (b *builder) isPrivate(api *object) bool {
	return api != nil && slices.Contains(texts(api.get("endpoint_configuration", "types")), "PRIVATE")
}

// restPath walks from an aws_api_gateway_resource up to the root.
func (b *builder) restPath(id string, from *object) string {
	path := ""
	for range 50 {
		r := b.find(id, from, "AWS::ApiGateway::Resource")
		if r == nil {
			break
		}
		path = "/" + r.word("path_part") + path
		id = r.word("parent_id")
	}
	return cmp.Or(path, "/")
}

// sinks are what an API may write to without a function between.
var sinks = []string{
	"AWS::SQS::Queue", "AWS::StepFunctions::StateMachine", "AWS::SNS::Topic", "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream",
	"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Events::EventBus",
}

// servicePath finds the name of a queue or bucket in an integration's URI: arn:…:apigateway:region:sqs:path/account/name.
var servicePath = regexp.MustCompile(`:apigateway:[^:]*:(sqs|s3|sns|kinesis|dynamodb|firehose|states|events):path/(?:[0-9]{12}/)?([^/?{}]+)`)

// serviceTarget is the resource that an AWS service integration of an API writes to, as far as it shows.
func (b *builder) serviceTarget(x *object) model.ID {
	return b.serviceTargetOf(x, x.word("type"), x.word("uri"), x.get("request_templates"), x.get("request_parameters"))
}

// serviceTargetOf is serviceTarget of an integration that says this.
func (b *builder) serviceTargetOf(x *object, kind, uri string, requests ...cty.Value) model.ID {
	if !strings.EqualFold(kind, "AWS") && !strings.EqualFold(kind, "AWS_PROXY") {
		return ""
	}
	if m := servicePath.FindStringSubmatch(uri); m != nil {
		if id := b.origin(m[2], x, sinks...); id != "" {
			return id
		}
	}
	for _, request := range requests {
		for _, p := range pairs(request) {
			for _, text := range split(words(p.value)) {
				if id := b.origin(text, x, sinks...); id != "" {
					return id
				}
			}
		}
	}
	return ""
}

// split takes a template of a request apart where names and ARNs begin and end.
func split(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("\"'`&=,;(){}[] \t\r\n\\", c) })
}

// httpRoute reads aws_apigatewayv2_route with its integration.
func (b *builder) httpRoute(x *object) {
	id := strings.TrimPrefix(x.word("target"), "integrations/")
	integration := b.find(id, x, "AWS::ApiGatewayV2::Integration")
	if integration == nil {
		return
	}
	to := b.invoked(integration.word("integration_uri"), integration)
	if to == "" && integration.word("integration_subtype") != "" {
		for _, p := range pairs(integration.get("request_parameters")) {
			if to = b.origin(words(p.value), integration, sinks...); to != "" {
				break
			}
		}
	}
	if to == "" {
		return
	}
	api := b.find(x.word("api_id"), x, httpAPI)
	t := b.newTrigger(x, to, "api-route", "http")
	auth := x.word("authorization_type")
	if api != nil && api.word("protocol_type") == "WEBSOCKET" {
		t.Event, auth = "websocket", b.connectAuth(api)
	}
	t.From, t.Label, t.Outside, t.Open = b.elementOf(api), x.word("route_key"), true, auth == "" || auth == "NONE"
	t.Token, t.Role = takesToken(auth), b.actsAs(integration.word("credentials_arn"), integration)
	b.start(t)
}

// connectAuth is how callers of a WebSocket API are authorized: once, when they connect.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-control-access.html
func (b *builder) connectAuth(api *object) string {
	for _, x := range b.objects {
		if x.typ == "aws_apigatewayv2_route" && x.word("route_key") == "$connect" && b.find(x.word("api_id"), x, httpAPI) == api {
			return x.word("authorization_type")
		}
	}
	return ""
}

func (b *builder) hasRoute(from, to model.ID, label string) bool {
	return slices.ContainsFunc(b.starts, func(t *model.Trigger) bool {
		return t.Kind == "api-route" && t.From == from && t.To == to && t.Label == label
	})
}

// authorizer makes a trigger of a Lambda authorizer: callers choose what it reads.
func (b *builder) authorizer(x *object) {
	to := b.invoked(x.word("authorizer_uri"), x)
	if to == "" {
		return
	}
	t := b.newTrigger(x, to, "authorizer", "authorizer")
	t.From, t.Label, t.Outside, t.Open = b.origin(cmp.Or(x.word("rest_api_id"), x.word("api_id")), x), "authorizer", true, true
	b.start(t)
}

// loadBalancer makes a trigger of a function behind a load balancer.
func (b *builder) loadBalancer(x *object) {
	f := b.function(x.word("target_id"), x)
	group := b.find(x.word("target_group_arn"), x, "AWS::ElasticLoadBalancingV2::TargetGroup")
	if f == nil || group != nil && group.word("target_type") != "lambda" {
		return
	}
	t := b.newTrigger(x, b.ids[f], "load-balancer", "elasticloadbalancing")
	t.From, t.Label, t.Outside, t.Open = b.elementOf(group), "load balancer", true, true
	b.start(t)
}

// A callout is an argument with which a resource calls a function, or sends to another resource.
type callout struct {
	typ     string
	path    string // arguments by dots; each element of a list on the way
	kind    string
	event   string
	label   string
	outside bool
	from    string // argument that names where it comes from, if not the resource itself
	keys    string // argument with the prefix of what it puts into a bucket
}

// callouts follow the Terraform AWS provider's documentation of each type.
var callouts = []callout{
	{typ: "aws_appsync_datasource", path: "lambda_config.function_arn", kind: "graphql", event: "appsync", label: "GraphQL", outside: true, from: "api_id"},
	{typ: "aws_appsync_datasource", path: "dynamodb_config.table_name", kind: "graphql-data", event: "appsync", label: "GraphQL", from: "api_id"},
	{typ: "aws_appsync_datasource", path: "event_bridge_config.event_bus_arn", kind: "graphql-data", event: "appsync", label: "GraphQL", from: "api_id"},
	{typ: "aws_vpclattice_target_group_attachment", path: "target.id", kind: "lattice", event: "vpc-lattice", label: "VPC Lattice", from: "target_group_identifier"},
	{typ: "aws_ses_receipt_rule", path: "lambda_action.function_arn", kind: "mail", event: "ses", label: "mail received", outside: true},
	{typ: "aws_ses_receipt_rule", path: "s3_action.bucket_name", kind: "mail", event: "ses", label: "mail received", outside: true, keys: "s3_action.object_key_prefix"},
	{typ: "aws_ses_receipt_rule", path: "sns_action.topic_arn", kind: "mail", event: "ses", label: "mail received", outside: true},
	{typ: "aws_config_config_rule", path: "source.source_identifier", kind: "config-rule", event: "config", label: "configuration changes"},
	{typ: "aws_cloudwatch_metric_alarm", path: "alarm_actions", kind: "alarm", event: "alarm", label: "alarm"},
	{typ: "aws_cloudwatch_composite_alarm", path: "alarm_actions", kind: "alarm", event: "alarm", label: "alarm"},
	{typ: "aws_cloudfront_distribution", path: "default_cache_behavior.lambda_function_association.lambda_arn", kind: "cloudfront", event: "cloudfront", label: "CloudFront", outside: true},
	{typ: "aws_cloudfront_distribution", path: "ordered_cache_behavior.lambda_function_association.lambda_arn", kind: "cloudfront", event: "cloudfront", label: "CloudFront", outside: true},
	{typ: "aws_kinesis_firehose_delivery_stream", path: "extended_s3_configuration.processing_configuration.processors.parameters.parameter_value", kind: "firehose", event: "firehose", label: "records"},
	{typ: "aws_kinesis_firehose_delivery_stream", path: "extended_s3_configuration.bucket_arn", kind: "firehose", event: "firehose", label: "records", keys: "extended_s3_configuration.prefix"},
	{typ: "aws_bedrockagent_agent_action_group", path: "action_group_executor.lambda", kind: "agent", event: "bedrock", label: "agent action", from: "agent_id"},
	{typ: "aws_cloudwatch_metric_alarm", path: "ok_actions", kind: "alarm", event: "alarm", label: "alarm over"},
	{typ: "aws_cloudwatch_metric_alarm", path: "insufficient_data_actions", kind: "alarm", event: "alarm", label: "alarm without data"},
	{typ: "aws_cloudwatch_composite_alarm", path: "ok_actions", kind: "alarm", event: "alarm", label: "alarm over"},
	{typ: "aws_cloudwatch_composite_alarm", path: "insufficient_data_actions", kind: "alarm", event: "alarm", label: "alarm without data"},
	{typ: "aws_cloudwatch_log_destination", path: "target_arn", kind: "log-destination", event: "logs", label: "log events"},
	{typ: "aws_kinesis_firehose_delivery_stream", path: "opensearch_configuration.processing_configuration.processors.parameters.parameter_value", kind: "firehose", event: "firehose", label: "records"},
	{typ: "aws_kinesis_firehose_delivery_stream", path: "http_endpoint_configuration.processing_configuration.processors.parameters.parameter_value", kind: "firehose", event: "firehose", label: "records"},
	{typ: "aws_kinesis_firehose_delivery_stream", path: "redshift_configuration.processing_configuration.processors.parameters.parameter_value", kind: "firehose", event: "firehose", label: "records"},
	{typ: "aws_kinesis_firehose_delivery_stream", path: "splunk_configuration.processing_configuration.processors.parameters.parameter_value", kind: "firehose", event: "firehose", label: "records"},
	{typ: "aws_bedrockagent_agent", path: "prompt_override_configuration.override_lambda", kind: "agent", event: "bedrock", label: "agent output"},
	{typ: "aws_bedrockagent_agent_alias", path: "agent_id", kind: "agent", event: "bedrock", label: "alias"},
	{typ: "aws_bedrockagent_agent_collaborator", path: "agent_descriptor.alias_arn", kind: "agent", event: "bedrock", label: "collaborator", from: "agent_id"},
	{typ: "aws_bedrockagent_flow", path: "definition.node.configuration.lambda_function.lambda_arn", kind: "agent", event: "bedrock", label: "flow"},
	{typ: "aws_bedrockagent_data_source", path: "vector_ingestion_configuration.custom_transformation_configuration.transformation.transformation_function.transformation_lambda_configuration.lambda_arn", kind: "enrichment", event: "bedrock", label: "documents"},
	{typ: "aws_bedrockagentcore_gateway_target", path: "target_configuration.mcp.lambda.lambda_arn", kind: "agent", event: "bedrock", label: "agent tool", from: "gateway_identifier"},
	{typ: "aws_bedrockagentcore_gateway", path: "interceptor_configuration.interceptor.lambda.arn", kind: "agent", event: "bedrock", label: "agent calls"},
	{typ: "aws_codecommit_trigger", path: "trigger.destination_arn", kind: "repository", event: "codecommit", label: "commits", from: "repository_name"},
	{typ: "aws_connect_lambda_function_association", path: "function_arn", kind: "contact-flow", event: "connect", label: "contacts", outside: true, from: "instance_id"},
	{typ: "aws_transfer_workflow", path: "steps.custom_step_details.target", kind: "transfer", event: "transfer", label: "files", outside: true},
	{typ: "aws_transfer_server", path: "function", kind: "authorizer", event: "transfer", label: "login", outside: true},
	{typ: "aws_iot_authorizer", path: "authorizer_function_arn", kind: "authorizer", event: "iot", label: "authorizer", outside: true},
	{typ: "aws_iot_provisioning_template", path: "pre_provisioning_hook.target_arn", kind: "iot-provisioning", event: "iot", label: "new things", outside: true},
	{typ: "aws_appsync_graphql_api", path: "lambda_authorizer_config.authorizer_uri", kind: "authorizer", event: "authorizer", label: "authorizer", outside: true},
	{typ: "aws_config_organization_custom_rule", path: "lambda_function_arn", kind: "config-rule", event: "config", label: "configuration changes"},
	{typ: "aws_ssm_maintenance_window_task", path: "task_arn", kind: "maintenance", event: "ssm", label: "maintenance window"},
	{typ: "aws_kendra_data_source", path: "custom_document_enrichment_configuration.pre_extraction_hook_configuration.lambda_arn", kind: "enrichment", event: "kendra", label: "documents"},
	{typ: "aws_kendra_data_source", path: "custom_document_enrichment_configuration.post_extraction_hook_configuration.lambda_arn", kind: "enrichment", event: "kendra", label: "documents"},
	{typ: "aws_kinesisanalyticsv2_application", path: "application_configuration.sql_application_configuration.input.input_processing_configuration.input_lambda_processor.resource_arn", kind: "analytics", event: "kinesisanalytics", label: "records"},
	{typ: "aws_codepipeline", path: "stage.action.configuration.FunctionName", kind: "pipeline", event: "codepipeline", label: "pipeline"},
	{typ: "aws_s3control_object_lambda_access_point", path: "configuration.transformation_configuration.content_transformation.aws_lambda.function_arn", kind: "object-lambda", event: "s3", label: "objects read"},
}

// callouts makes triggers of what a resource calls.
func (b *builder) callouts(x *object) {
	n := 0
	for _, c := range callouts {
		if c.typ != x.typ {
			continue
		}
		if at, _, ok := strings.Cut(c.path, ".processing_configuration."); ok && x.word(at, "processing_configuration", "enabled") == "false" {
			continue
		}
		var values []cty.Value
		gather(x.value, strings.Split(c.path, "."), &values)
		for _, v := range values {
			to := b.target(words(v), x)
			if to == "" || to == b.ids[x] {
				continue
			}
			t := b.newTrigger(x, to, c.kind, c.event)
			if n > 0 {
				t = b.newTrigger(x, to, c.kind, c.event, strconv.Itoa(n))
			}
			n++
			t.From, t.Label, t.Outside = b.elementOf(x), c.label, c.outside
			if c.from != "" {
				if from := b.origin(x.word(c.from), x); from != "" {
					t.From = from
				}
			}
			if c.keys != "" {
				t.Keys = keysOf(x.value, strings.Split(c.keys, ".")...)
			}
			b.letsIn(t, x, words(v))
			b.start(t)
		}
	}
	b.takesIn(x)
}

// gather follows arguments, through all elements of lists on the way.
func gather(v cty.Value, path []string, out *[]cty.Value) {
	v = plainValue(v)
	switch {
	case v.IsNull(), !v.IsKnown():
	case v.Type().IsListType(), v.Type().IsTupleType(), v.Type().IsSetType():
		for _, e := range v.AsValueSlice() {
			gather(e, path, out)
		}
	case len(path) == 0:
		*out = append(*out, v)
	default:
		gather(step(v, path[0]), path[1:], out)
	}
}

// isKeyedGraphQL reports whether a GraphQL API takes callers with an API key alone (AWS AppSync Developer Guide, "API_KEY
// authorization").
func (b *builder) isKeyedGraphQL(api string, from *object) bool {
	x := b.find(api, from, "AWS::AppSync::GraphQLApi")
	return x != nil && x.word("authentication_type") == "API_KEY"
}
