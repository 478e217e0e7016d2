package serverless

import (
	"regexp"
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A rest is the REST API of a service while its routes are collected.
type rest struct {
	id   *yamlpos.Node // of the API
	root *yamlpos.Node // of its root resource
	at   source.Span
}

// methodPath takes "GET users/create" apart.
var methodPath = regexp.MustCompile(`^\s*([A-Za-z*]+)\s+(\S+)\s*$`)

// route is the method and path of an http or httpApi event.
func (e event) route() (method, path string) {
	method, path = words(e.prop("method")), words(e.prop("path"))
	if text := words(e.value); text != "" {
		if text == "*" {
			return "", "*"
		}
		if m := methodPath.FindStringSubmatch(text); m != nil {
			return m[1], m[2]
		}
	}
	return method, path
}

// restID is the id of the REST API: the service's own, or one that is there already.
func (c *compiler) restID(at source.Span) (id, root *yamlpos.Node) {
	if n := get(c.provider, "apiGateway", "restApiId"); there(n) {
		return n, get(c.provider, "apiGateway", "restApiRootResourceId")
	}
	return ref(restAPI, at), getAtt(restAPI, "RootResourceId", at)
}

// http makes routes of the REST API.
// https://www.serverless.com/framework/docs/providers/aws/events/apigateway
func (c *compiler) http(f *function, events []event) {
	c.startREST()
	for _, e := range events {
		method, path := e.route()
		path = strings.Trim(path, "/")
		c.event(e.at, f, strings.ToUpper(method)+" /"+path)
		p := obj(e.at, entry{"HttpMethod", str(strings.ToUpper(method), e.at)}, entry{"RestApiId", c.rest.id}, entry{"ResourceId", c.restPath(path, e.at)}, entry{"ApiKeyRequired", orFalse(e.prop("private"), e.at)})
		put(p, "AuthorizationType", str("NONE", e.at))
		c.restAuthorizer(e, p)
		switch kind := strings.ToLower(strings.ReplaceAll(words(e.prop("integration")), "_", "-")); kind {
		case "mock", "http", "http-proxy":
			put(p, "Integration", obj(e.at, entry{"Type", str(strings.ToUpper(strings.ReplaceAll(kind, "-", "_")), e.at)}, entry{"Uri", e.prop("request", "uri")}))
		default:
			sort := "AWS_PROXY"
			if kind == "lambda" || kind == "aws" {
				sort = "AWS"
			}
			put(p, "Integration", obj(e.at, entry{"Type", str(sort, e.at)}, entry{"Uri", integration(f.target(e.at), e.at)}))
		}
		id := "ApiGatewayMethod" + pathID(path) + upperFirst(strings.ToLower(method))
		c.hidden(e, id, "AWS::ApiGateway::Method", p)
		c.models(e, id)
	}
	// Also where all of them answer without the function.
	c.permission(f, normalized(f.key)+"LambdaPermissionApiGateway", "apigateway.amazonaws.com", f.at, entry{"SourceArn", executeARN(c.rest.id, "/*/*", f.at)})
}

// startREST makes the REST API, once.
func (c *compiler) startREST() {
	if c.rest == nil {
		c.rest = &rest{at: c.at}
		c.rest.id, c.rest.root = c.restID(c.at)
		c.api()
	}
}

func orFalse(n *yamlpos.Node, at source.Span) *yamlpos.Node {
	if there(n) {
		return word("true", at)
	}
	return word("false", at)
}

// api makes the REST API.
func (c *compiler) api() {
	if there(get(c.provider, "apiGateway", "restApiId")) {
		return
	}
	at := c.at
	own := words(get(c.provider, "apiName"))
	if own == "" {
		own = c.stage() + "-" + c.serviceName()
		if there(get(c.provider, "apiGateway", "shouldStartNameWithService")) {
			own = c.prefix()
		}
	}
	kind := words(get(c.provider, "endpointType"))
	if kind == "" {
		kind = "EDGE"
	}
	p := obj(at, entry{"Name", str(own, at)}, entry{"EndpointConfiguration", obj(at, entry{"Types", list(at, str(strings.ToUpper(kind), at))})})
	if n := get(c.provider, "apiGateway", "resourcePolicy"); there(n) {
		put(p, "Policy", obj(n.Span(), entry{"Version", str("2012-10-17", at)}, entry{"Statement", n}))
	} else if n := get(c.provider, "resourcePolicy"); there(n) {
		put(p, "Policy", obj(n.Span(), entry{"Version", str("2012-10-17", at)}, entry{"Statement", n}))
	}
	c.add(restAPI, "AWS::ApiGateway::RestApi", p, cfn.Made{Origin: at})
	c.add("ApiGatewayDeployment", "AWS::ApiGateway::Deployment", obj(at, entry{"RestApiId", ref(restAPI, at)}, entry{"StageName", str(c.stage(), at)}), cfn.Made{Origin: at})
}

// restPath makes the resources of a path and is the id of the last.
func (c *compiler) restPath(path string, at source.Span) *yamlpos.Node {
	parent := c.rest.root
	if path == "" {
		return parent
	}
	whole := ""
	for _, p := range strings.Split(path, "/") {
		if whole != "" {
			whole += "/"
		}
		whole += p
		if known := c.knownPath(whole); known != nil {
			parent = known
			continue
		}
		id := "ApiGatewayResource" + pathID(whole)
		c.add(id, "AWS::ApiGateway::Resource", obj(at, entry{"ParentId", parent}, entry{"PathPart", str(p, at)}, entry{"RestApiId", c.rest.id}), cfn.Made{Origin: c.rest.at, Hidden: false})
		parent = ref(id, at)
	}
	return parent
}

// knownPath is the id of a path's resource of an API that is there already; nil if the service tells none.
func (c *compiler) knownPath(path string) *yamlpos.Node {
	for _, p := range get(c.provider, "apiGateway", "restApiResources").Effective() {
		if strings.Trim(p.Key.Value, "/") == path {
			return p.Value.Resolve()
		}
	}
	return nil
}

// restAuthorizer says who may call a route.
func (c *compiler) restAuthorizer(e event, method *yamlpos.Node) {
	n := e.prop("authorizer")
	if !there(n) {
		return
	}
	at := n.Span()
	kind, name, arn := "", words(get(n, "name")), get(n, "arn")
	if isMapping(n) {
		kind = words(get(n, "type"))
	} else if text := words(n); text != "" {
		switch {
		case strings.EqualFold(text, "aws_iam"):
			kind = "AWS_IAM"
		case strings.HasPrefix(text, "arn:"):
			arn = n
		default:
			name = text
		}
	} else {
		arn = n
	}
	if strings.EqualFold(kind, "AWS_IAM") {
		put(method, "AuthorizationType", str("AWS_IAM", at))
		return
	}
	if id := get(n, "authorizerId"); there(id) && isMapping(n) {
		put(method, "AuthorizationType", str(strings.ToUpper(kind), at))
		put(method, "AuthorizerId", id)
		return
	}
	var own *function
	if arn == nil {
		if own = c.called(name); own == nil {
			c.note(source.Error, at, e.of.key+" has an authorizer that is no function of the service: "+name, "Its route was taken as one that asks for an authorizer.")
			put(method, "AuthorizationType", str("CUSTOM", at))
			return
		}
		arn = own.target(at)
	} else if name == "" {
		text := words(arn)
		name = text[strings.LastIndexByte(text, ':')+1:]
		name = name[strings.LastIndexByte(name, '-')+1:]
	}
	id := normalized(name) + "ApiGatewayAuthorizer"
	put(method, "AuthorizerId", ref(id, at))
	props := obj(at, entry{"Name", str(name, at)}, entry{"RestApiId", c.rest.id})
	if strings.EqualFold(kind, "COGNITO_USER_POOLS") || strings.Contains(words(arn), ":cognito-idp:") {
		put(method, "AuthorizationType", str("COGNITO_USER_POOLS", at))
		put(props, "Type", str("COGNITO_USER_POOLS", at))
		put(props, "ProviderARNs", list(at, arn))
		c.add(id, "AWS::ApiGateway::Authorizer", props, cfn.Made{Origin: at})
		return
	}
	put(method, "AuthorizationType", str("CUSTOM", at))
	if kind == "" {
		kind = "TOKEN"
	}
	put(props, "Type", str(strings.ToUpper(kind), at))
	put(props, "AuthorizerUri", integration(arn, at))
	c.add(id, "AWS::ApiGateway::Authorizer", props, cfn.Made{Origin: at})
	if !there(get(n, "managedExternally")) || !isMapping(n) {
		permit := obj(at, entry{"FunctionName", arn}, entry{"Action", str("lambda:InvokeFunction", at)}, entry{"Principal", str("apigateway.amazonaws.com", at)},
			entry{"SourceArn", executeARN(c.rest.id, "/*/*", at)})
		c.add(normalized(name)+"LambdaPermissionApiGateway", "AWS::Lambda::Permission", permit, cfn.Made{Origin: at, Hidden: true})
	}
}

// finishREST makes what the REST API has once: its keys, and what it writes logs with.
func (c *compiler) finishREST() {
	if c.rest == nil {
		return
	}
	c.apiKeys()
	logs := get(c.provider, "logs", "restApi")
	access := get(logs, "accessLogging")
	off := access != nil && !access.Null && !there(access)
	if !there(logs) || off || there(get(c.provider, "apiGateway", "restApiId")) {
		return
	}
	c.add("ApiGatewayLogGroup", "AWS::Logs::LogGroup", obj(logs.Span(), entry{"LogGroupName", str("/aws/api-gateway/"+c.prefix(), logs.Span())}), cfn.Made{Origin: c.at})
	c.apiLogs(logs.Span())
}

// httpAPI makes routes of the HTTP API.
// https://www.serverless.com/framework/docs/providers/aws/events/http-api
func (c *compiler) httpAPI(f *function, events []event) {
	config := get(c.provider, "httpApi")
	id := ref(httpAPI, c.at)
	if n := get(config, "id"); there(n) {
		id = n
	} else if !c.has(httpAPI) {
		c.newHTTPAPI(config)
	}
	to := "HttpApiIntegration" + normalized(f.key)
	for _, e := range events {
		method, path := e.route()
		if method == "*" {
			method = "any"
		}
		key, routed := strings.ToUpper(method)+" "+path, ""
		if path == "*" || path == "" {
			key, routed = "$default", "HttpApiRouteDefault"
		} else {
			routed = "HttpApiRoute" + pathID(key)
		}
		c.event(e.at, f, key)
		p := obj(e.at, entry{"ApiId", id}, entry{"RouteKey", str(key, e.at)}, entry{"Target", join("/", e.at, str("integrations", e.at), ref(to, e.at))})
		c.httpAuthorizer(e, p, config)
		c.hidden(e, routed, "AWS::ApiGatewayV2::Route", p)
	}
	c.add(to, "AWS::ApiGatewayV2::Integration", obj(f.at, entry{"ApiId", id}, entry{"IntegrationType", str("AWS_PROXY", f.at)}, entry{"IntegrationUri", f.target(f.at)}), cfn.Made{Origin: f.at, Owner: f.id})
	c.permission(f, normalized(f.key)+"LambdaPermissionHttpApi", "apigateway.amazonaws.com", f.at, entry{"SourceArn", executeARN(id, "/*", f.at)})
}

func (c *compiler) newHTTPAPI(config *yamlpos.Node) {
	at := c.at
	name := words(get(config, "name"))
	if name == "" {
		name = c.stage() + "-" + c.serviceName()
		if there(get(config, "shouldStartNameWithService")) {
			name = c.prefix()
		}
	}
	c.add(httpAPI, "AWS::ApiGatewayV2::Api", obj(at, entry{"Name", str(name, at)}, entry{"ProtocolType", str("HTTP", at)}), cfn.Made{Origin: at})
	if there(get(c.provider, "logs", "httpApi")) {
		c.add("HttpApiLogGroup", "AWS::Logs::LogGroup", obj(at, entry{"LogGroupName", str("/aws/http-api/"+c.stack(), at)}), cfn.Made{Origin: at})
	}
	c.add("HttpApiStage", "AWS::ApiGatewayV2::Stage", obj(at, entry{"ApiId", ref(httpAPI, at)}, entry{"StageName", str("$default", at)}), cfn.Made{Origin: at})
	authorizers := get(config, "authorizers")
	if authorizers == nil {
		return
	}
	for _, p := range authorizers.Effective() {
		a, at := p.Value.Resolve(), place(p.Key, p.Value)
		named := words(get(a, "name"))
		if named == "" {
			named = p.Key.Value
		}
		props := obj(at, entry{"ApiId", ref(httpAPI, at)}, entry{"Name", str(named, at)})
		if words(get(a, "type")) != "request" {
			put(props, "AuthorizerType", str("JWT", at))
			put(props, "JwtConfiguration", obj(at, entry{"Audience", get(a, "audience")}, entry{"Issuer", get(a, "issuerUrl")}))
			c.add("HttpApiAuthorizer"+normalized(named), "AWS::ApiGatewayV2::Authorizer", props, cfn.Made{Origin: at})
			continue
		}
		arn := get(a, "functionArn")
		if arn == nil {
			if own := c.called(words(get(a, "functionName"))); own != nil {
				arn = own.target(at)
			}
		}
		put(props, "AuthorizerType", str("REQUEST", at))
		if arn != nil {
			put(props, "AuthorizerUri", integration(arn, at))
		}
		c.add("HttpApiAuthorizer"+normalized(named), "AWS::ApiGatewayV2::Authorizer", props, cfn.Made{Origin: at})
		if arn != nil && !there(get(a, "managedExternally")) {
			permit := obj(at, entry{"FunctionName", arn}, entry{"Action", str("lambda:InvokeFunction", at)}, entry{"Principal", str("apigateway.amazonaws.com", at)}, entry{"SourceArn", executeARN(ref(httpAPI, at), "/*", at)})
			c.add(normalized(named)+"LambdaAuthorizerPermissionHttpApi", "AWS::Lambda::Permission", permit, cfn.Made{Origin: at, Hidden: true})
		}
	}
}

// httpAuthorizer says who may call a route.
func (c *compiler) httpAuthorizer(e event, route, config *yamlpos.Node) {
	n := e.prop("authorizer")
	if !there(n) {
		return
	}
	name, kind := words(n), ""
	if isMapping(n) {
		name, kind = words(get(n, "name")), words(get(n, "type"))
	}
	if kind == "" {
		kind = words(get(config, "authorizers", name, "type"))
	}
	auth := map[string]string{"aws_iam": "AWS_IAM", "request": "CUSTOM"}[strings.ToLower(kind)]
	if auth == "" {
		auth = "JWT"
	}
	put(route, "AuthorizationType", str(auth, n.Span()))
	switch {
	case auth == "AWS_IAM":
	case isMapping(n) && get(n, "id") != nil:
		put(route, "AuthorizerId", get(n, "id"))
	default:
		if own := words(get(config, "authorizers", name, "name")); own != "" {
			name = own
		}
		put(route, "AuthorizerId", ref("HttpApiAuthorizer"+normalized(name), n.Span()))
	}
}

// websocket makes routes of the WebSocket API.
// https://www.serverless.com/framework/docs/providers/aws/events/websocket
func (c *compiler) websocket(f *function, events []event) {
	id := ref(webSocketAPI, c.at)
	external := get(c.provider, "apiGateway", "websocketApiId")
	if external == nil {
		external = get(c.provider, "websocketsApiId")
	}
	if there(external) {
		id = external
	} else if !c.sockets {
		c.sockets = true
		name := words(get(c.provider, "websocketsApiName"))
		if name == "" {
			name = c.stage() + "-" + c.serviceName() + "-websockets"
		}
		c.add(webSocketAPI, "AWS::ApiGatewayV2::Api", obj(c.at, entry{"Name", str(name, c.at)}, entry{"ProtocolType", str("WEBSOCKET", c.at)}), cfn.Made{Origin: c.at})
		c.add("WebsocketsDeploymentStage", "AWS::ApiGatewayV2::Stage", obj(c.at, entry{"ApiId", id}, entry{"StageName", str(c.stage(), c.at)}), cfn.Made{Origin: c.at})
		c.statement(allow(c.at, list(c.at, sub("arn:${AWS::Partition}:execute-api:*:*:*/@connections/*", c.at)), "execute-api:ManageConnections"))
		if logs := get(c.provider, "logs", "websocket"); there(logs) {
			c.add("WebsocketsLogGroup", "AWS::Logs::LogGroup", obj(logs.Span(), entry{"LogGroupName", str("/aws/websocket/"+c.prefix(), logs.Span())}), cfn.Made{Origin: c.at})
			c.apiLogs(logs.Span())
		}
	}
	to := normalized(f.key) + "WebsocketsIntegration"
	for _, e := range events {
		key := words(e.get("route"))
		c.event(e.at, f, "websocket "+key)
		p := obj(e.at, entry{"ApiId", id}, entry{"RouteKey", str(key, e.at)}, entry{"AuthorizationType", str("NONE", e.at)},
			entry{"Target", join("/", e.at, str("integrations", e.at), ref(to, e.at))})
		c.socketAuthorizer(e, p, id)
		c.hidden(e, routeID(key), "AWS::ApiGatewayV2::Route", p)
		if there(e.prop("routeResponseSelectionExpression")) {
			response := obj(e.at, entry{"ApiId", id}, entry{"RouteId", ref(routeID(key), e.at)}, entry{"RouteResponseKey", str("$default", e.at)})
			c.add(routeID(key)+"Response", "AWS::ApiGatewayV2::RouteResponse", response, cfn.Made{Origin: e.at, Owner: f.id})
		}
	}
	c.add(to, "AWS::ApiGatewayV2::Integration", obj(f.at, entry{"ApiId", id}, entry{"IntegrationType", str("AWS_PROXY", f.at)}, entry{"IntegrationUri", integration(f.target(f.at), f.at)}), cfn.Made{Origin: f.at, Owner: f.id})
	c.permission(f, normalized(f.key)+"LambdaPermissionWebsockets", "apigateway.amazonaws.com", f.at)
}

func (c *compiler) socketAuthorizer(e event, route, api *yamlpos.Node) {
	n := e.prop("authorizer")
	if !there(n) {
		return
	}
	at := n.Span()
	if strings.EqualFold(words(n), "aws_iam") {
		put(route, "AuthorizationType", str("AWS_IAM", at))
		return
	}
	put(route, "AuthorizationType", str("CUSTOM", at))
	name, arn := words(n), get(n, "arn")
	if isMapping(n) {
		name = words(get(n, "name"))
	} else if strings.Contains(name, ":") {
		arn = n
	}
	if text := words(arn); text != "" {
		name = text[strings.LastIndexByte(text, ':')+1:]
	}
	if arn == nil {
		own := c.called(name)
		if own == nil {
			c.note(source.Error, at, e.of.key+" has an authorizer that is no function of the service: "+name, "Its route was taken as one that asks for an authorizer.")
			return
		}
		arn = own.target(at)
	}
	id := normalized(name) + "WebsocketsAuthorizer"
	put(route, "AuthorizerId", ref(id, at))
	c.add(id, "AWS::ApiGatewayV2::Authorizer", obj(at, entry{"ApiId", api}, entry{"Name", str(name, at)}, entry{"AuthorizerType", str("REQUEST", at)}, entry{"AuthorizerUri", integration(arn, at)}), cfn.Made{Origin: at})
	permit := obj(at, entry{"FunctionName", arn}, entry{"Action", str("lambda:InvokeFunction", at)}, entry{"Principal", str("apigateway.amazonaws.com", at)})
	c.add(normalized(name)+"LambdaPermissionWebsockets", "AWS::Lambda::Permission", permit, cfn.Made{Origin: at, Hidden: true})
}
