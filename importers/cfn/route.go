package cfn

import (
	"cmp"
	"fmt"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// A route is a way into an API that a SAM event declares.
type route struct {
	to     *resource // function or state machine
	key    string    // of the event
	api    *yamlpos.Node
	apiID  string // logical id of the API if api does not tell
	method string
	path   string
	open   bool
	keyed  bool // … with an API key
	token  bool // an authorizer other than IAM's lets in
	inside bool // the API is private
	event  string
	entry  source.Span
	node   *yamlpos.Node
}

// apiRoutes makes triggers of API routes: of SAM events, of REST methods, of HTTP and WebSocket routes, and of
// OpenAPI bodies.
func (b *builder) apiRoutes() {
	for _, r := range b.routes {
		api := b.find(r.api, nil)
		if api == nil && r.apiID != "" {
			api = b.resource(r.apiID)
		}
		t := &model.Trigger{
			ID: model.MakeID("trigger", b.in(r.to.ID+"/"+r.key)), Name: r.key, From: b.elementOf(api), To: b.elementOf(r.to), Kind: "api-route",
			Event: r.event, Label: routeLabel(r.method, r.path), Open: r.open, Keyed: r.keyed, Token: r.token, Outside: !r.inside, Stack: b.stack, Origin: r.entry,
		}
		if b.lacks(api, r) {
			t.Kind, t.Event, t.Label, t.Open, t.Keyed, t.Token = "permission", "apigateway", "apigateway", false, false, false
			b.note(source.Warning, r.entry, "The event gives the API the permission to call, no more: SAM adds routes to a definition only with MergeDefinitions.",
				"event %s of %s: the definition of its API has no %s", r.key, r.to.ID, routeLabel(r.method, r.path))
		}
		if t.To != "" {
			b.addTrigger(t, r.to, r.node)
		}
	}
	for _, r := range b.resources {
		if r.Hidden && !r.Compiled {
			continue
		}
		switch r.Type {
		case "AWS::ApiGateway::Method":
			b.restMethod(r)
		case "AWS::ApiGatewayV2::Route":
			b.httpRoute(r)
		case "AWS::ApiGateway::RestApi":
			b.openAPI(r, b.get(r.Props, "Body"), "rest")
		case "AWS::ApiGatewayV2::Api":
			b.openAPI(r, b.get(r.Props, "Body"), "http")
			if f := b.invoked(b.get(r.Props, "Target")); f != nil {
				t := b.newTrigger(r, f, "api-route", "http")
				t.ID = model.MakeID("trigger", b.in(r.ID+"/$default"))
				t.From, t.Label, t.Open, t.Outside = b.elementOf(r), "$default", true, true
				b.addTrigger(t, r, r.Value)
			}
		case "AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer":
			b.authorizer(r)
		case "AWS::ElasticLoadBalancingV2::TargetGroup":
			b.targetGroup(r)
		}
	}
}

func routeLabel(method, path string) string {
	method = strings.ToUpper(method)
	if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" || method == "*" {
		method = "ANY"
	}
	return strings.TrimSpace(method + " " + path)
}

// invoked returns the function that an integration's URI names: its ARN between "functions/" and "/invocations".
func (b *builder) invoked(n *yamlpos.Node) *resource {
	if n == nil {
		return nil
	}
	if f := b.findFunction(n); f != nil {
		return f
	}
	b.notes.quiet++
	text := b.words(n)
	b.notes.quiet--
	_, arn, ok := strings.Cut(text, "/functions/")
	if !ok {
		return nil
	}
	arn = strings.TrimSuffix(arn, "/invocations")
	return b.findText(nameInARN(arn), ofType("AWS::Lambda::Function"))
}

// restMethod reads AWS::ApiGateway::Method.
func (b *builder) restMethod(r *resource) {
	f := b.invoked(b.get(r.Props, "Integration", "Uri"))
	to := f
	if f == nil {
		n := b.get(r.Props, "Integration")
		to = b.serviceTarget(b.get(n, "Type"), b.get(n, "Uri"), b.get(n, "RequestTemplates"), b.get(n, "RequestParameters"))
	}
	if to == nil {
		return
	}
	api := b.find(b.get(r.Props, "RestApiId"), ofType("AWS::ApiGateway::RestApi"))
	t := b.newTrigger(r, to, "api-route", "rest")
	t.From = b.elementOf(api)
	auth := b.words(b.get(r.Props, "AuthorizationType"))
	t.Outside = !b.isPrivate(api)
	t.Open = (auth == "" || auth == "NONE") && t.Outside
	t.Keyed, t.Token = t.Open && b.isTrue(b.get(r.Props, "ApiKeyRequired")), takesToken(auth)
	t.Label = routeLabel(b.words(b.get(r.Props, "HttpMethod")), b.restPath(b.get(r.Props, "ResourceId")))
	b.addTrigger(t, r, r.Value)
}

// isPrivate reports whether an API is reached only through VPC endpoints.
func (b *builder) isPrivate(api *resource) bool {
	if api == nil {
		return false
	}
	for _, path := range [][]string{{"EndpointConfiguration", "Types"}, {"EndpointConfiguration", "Type"}, {"EndpointConfiguration"}} {
		for _, t := range b.texts(b.get(api.Props, path...), nil) {
			if t == "PRIVATE" {
				return true
			}
		}
	}
	return false
}

// restPath walks from an AWS::ApiGateway::Resource up to the root.
func (b *builder) restPath(n *yamlpos.Node) string {
	path := ""
	for range 50 {
		var r *resource
		for _, id := range b.refs(n) {
			if c := b.resource(id); c != nil && c.Type == "AWS::ApiGateway::Resource" {
				r = c
			}
		}
		if r == nil {
			break
		}
		path = "/" + b.words(b.get(r.Props, "PathPart")) + path
		n = b.get(r.Props, "ParentId")
	}
	return cmp.Or(path, "/")
}

// serviceTarget is the resource that an AWS service integration of an API writes to, as far as what it says shows.
func (b *builder) serviceTarget(kind *yamlpos.Node, says ...*yamlpos.Node) *resource {
	if text := b.words(kind); !strings.EqualFold(text, "AWS") && !strings.EqualFold(text, "AWS_PROXY") {
		return nil
	}
	for _, n := range says {
		if r := b.find(n, isSink); r != nil {
			return r
		}
	}
	return nil
}

// isSink reports whether an API may write to a resource without a function between.
func isSink(r *resource) bool {
	switch r.Type {
	case "AWS::SQS::Queue", "AWS::StepFunctions::StateMachine", "AWS::StepFunctions::StateMachineAlias", "AWS::SNS::Topic", "AWS::Kinesis::Stream", "AWS::KinesisFirehose::DeliveryStream",
		"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Events::EventBus":
		return true
	}
	return false
}

// httpRoute reads AWS::ApiGatewayV2::Route with its integration.
func (b *builder) httpRoute(r *resource) {
	integration := b.find(b.get(r.Props, "Target"), ofType("AWS::ApiGatewayV2::Integration"))
	if integration == nil {
		return
	}
	f := b.invoked(b.get(integration.Props, "IntegrationUri"))
	if f == nil && b.get(integration.Props, "IntegrationSubtype") != nil {
		f = b.find(b.get(integration.Props, "RequestParameters"), isSink)
	}
	if f == nil {
		return
	}
	api := b.find(b.get(r.Props, "ApiId"), ofType("AWS::ApiGatewayV2::Api"))
	t := b.newTrigger(r, f, "api-route", "http")
	auth := b.words(b.get(r.Props, "AuthorizationType"))
	if api != nil && b.words(b.get(api.Props, "ProtocolType")) == "WEBSOCKET" {
		t.Event, auth = "websocket", b.connectAuth(api)
	}
	t.From, t.Label, t.Outside, t.Open = b.elementOf(api), b.words(b.get(r.Props, "RouteKey")), true, auth == "" || auth == "NONE"
	t.Token = takesToken(auth)
	b.addTrigger(t, r, r.Value)
}

// connectAuth is how callers of a WebSocket API are authorized: once, when they connect.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-control-access.html
func (b *builder) connectAuth(api *resource) string {
	for _, r := range b.resources {
		if r.Type == "AWS::ApiGatewayV2::Route" && b.words(b.get(r.Props, "RouteKey")) == "$connect" && b.find(b.get(r.Props, "ApiId"), nil) == api {
			return b.words(b.get(r.Props, "AuthorizationType"))
		}
	}
	return ""
}

// authorizer makes a trigger of a Lambda authorizer: callers choose what it reads.
func (b *builder) authorizer(r *resource) {
	f := b.invoked(b.get(r.Props, "AuthorizerUri"))
	if f == nil {
		return
	}
	t := b.newTrigger(r, f, "authorizer", "authorizer")
	api := b.get(r.Props, "RestApiId")
	if api == nil {
		api = b.get(r.Props, "ApiId")
	}
	t.From, t.Label, t.Outside, t.Open = b.source(api, nil), "authorizer", true, true
	b.addTrigger(t, r, r.Value)
}

// targetGroup makes triggers of functions behind a load balancer.
func (b *builder) targetGroup(r *resource) {
	if b.words(b.get(r.Props, "TargetType")) != "lambda" {
		return
	}
	for i, n := range b.items(b.get(r.Props, "Targets")) {
		f := b.findFunction(b.get(n, "Id"))
		if f == nil {
			continue
		}
		t := b.newTrigger(r, f, "load-balancer", "elasticloadbalancing")
		if i > 0 {
			t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/%d", r.ID, i)))
		}
		t.From, t.Label, t.Outside, t.Open, t.Origin = b.elementOf(r), "load balancer", true, true, n.Span()
		b.addTrigger(t, r, n)
	}
}
