package cfn

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// restAPI turns AWS::Serverless::Api into a REST API with its stage.
func (t *transform) restAPI(r *resource) {
	r.Type = "AWS::ApiGateway::RestApi"
	if body := t.get(r.Props, "DefinitionBody"); body != nil {
		r.Props = with(r.Props, pair("Body", body))
	}
	t.stage(r)
	t.authorizers(r)
}

// httpAPI turns AWS::Serverless::HttpApi into an HTTP API with its stage.
func (t *transform) httpAPI(r *resource) {
	r.Type = "AWS::ApiGatewayV2::Api"
	if body := t.get(r.Props, "DefinitionBody"); body != nil {
		r.Props = with(r.Props, pair("Body", body))
	}
	t.authorizers(r)
}

var notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]`)

// stage makes the stage that SAM names after the API, so that what refers to it finds it.
func (t *transform) stage(r *resource) {
	name := t.get(r.Props, "StageName")
	text := t.words(name)
	if text == "" {
		return
	}
	id := r.ID + notAlphanumeric.ReplaceAllString(text, "") + "Stage"
	t.hide(r, id, "AWS::ApiGateway::Stage", mapping(r.Origin, pair("StageName", name), pair("RestApiId", refTo(r.ID, r.Origin))), r.Origin)
}

// authorizers makes the permissions and triggers of Lambda authorizers.
func (t *transform) authorizers(api *resource) {
	for _, a := range t.pairs(t.get(api.Props, "Auth", "Authorizers")) {
		n := t.get(a.Value, "FunctionArn")
		if n == nil {
			continue
		}
		f := t.functionIn(n)
		if f == nil {
			continue
		}
		span := entrySpan(a.Key, a.Value)
		t.scope.triggers = append(t.scope.triggers, madeTrigger{to: f, holder: api, key: a.Key.Value, from: refTo(api.ID, span), kind: "authorizer", event: "authorizer",
			label: "authorizer", open: true, outside: true, entry: span, node: a.Value})
		rest := api.Written == samAPI
		if rest && t.isTrue(t.get(a.Value, "DisableFunctionDefaultPermissions")) || !rest && !t.isTrue(t.get(a.Value, "EnableFunctionDefaultPermissions")) {
			continue
		}
		arn := subOf("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/authorizers/*", span, pair("Api", refTo(api.ID, span)))
		t.hide(api, api.ID+a.Key.Value+"AuthorizerPermission", "AWS::Lambda::Permission", mapping(span,
			pair("Action", scalar("lambda:InvokeFunction", span)), pair("FunctionName", n),
			pair("Principal", scalar("apigateway.amazonaws.com", span)), pair("SourceArn", arn)), span)
	}
}

// implicit returns the API that SAM makes for events that name none.
func (t *transform) implicit(id string) *resource {
	if r := t.template.byID[id]; r != nil {
		return r
	}
	p := &t.rest
	if id == implicitHTTP {
		p = &t.http
	}
	if *p != nil {
		return *p
	}
	r := &resource{ID: id, Type: "AWS::ApiGateway::RestApi", Written: samAPI, Made: true}
	section := "Api"
	if id == implicitHTTP {
		r.Type, r.Written, section = "AWS::ApiGatewayV2::Api", samHTTPAPI, "HttpApi"
	}
	r.Props = mapping(source.Span{})
	if g := t.template.Globals.Get(section).Resolve(); g != nil && g.Kind == yamlpos.Mapping {
		r.Props, r.Origin = g, g.Span()
	}
	t.scope.made[id] = r
	*p = r
	if id == implicitRest {
		if t.get(r.Props, "StageName") == nil {
			r.Props = with(r.Props, pair("StageName", scalar("Prod", r.Origin)))
		}
		t.stage(r)
	}
	t.check(r)
	t.authorizers(r)
	return r
}

// apiOf finds the API that an event names.
func (t *transform) apiOf(n *yamlpos.Node, implicit string) (*resource, *yamlpos.Node) {
	if n == nil {
		api := t.implicit(implicit)
		return api, refTo(api.ID, api.Origin)
	}
	ids := t.refs(n)
	if n.Kind == yamlpos.Scalar && !isCall(n) {
		ids = []string{n.Value} // an API's logical id, as it stands
	}
	for _, id := range ids {
		if id == implicit && t.template.byID[id] == nil {
			return t.implicit(implicit), n
		}
		if r := t.resource(id); r != nil {
			return r, n
		}
	}
	return nil, n
}

// isOpen reports whether anybody may call a route: neither the event nor the API asks for an authorizer.
// An API key is no authorizer: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-setup-api-key-with-console.html
func (t *transform) isOpen(e event, api *resource) bool {
	name := t.authorizerOf(e, api)
	return name == "" || name == "NONE"
}

// authorizerOf is the name of a route's authorizer: the event's own, else the API's; "" if there is none.
func (t *transform) authorizerOf(e event, api *resource) string {
	if a := t.get(e.props, "Auth", "Authorizer"); a != nil && (api == nil || api.Written != samAPI || !t.isDefined(e, api.Props)) {
		return cmp.Or(t.words(a), unnamed)
	}
	if api == nil {
		return ""
	}
	if d := t.get(api.Props, "Auth", "DefaultAuthorizer"); d != nil {
		return cmp.Or(t.words(d), unnamed)
	}
	return ""
}

// unnamed is an authorizer whose name is not known.
const unnamed = "${authorizer}"

// takesToken reports whether a kind of authorization lets callers in by what they carry and not by their permissions:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-to-api.html
func takesToken(authorization string) bool {
	switch authorization {
	case "", "NONE", "AWS_IAM":
		return false
	}
	return !strings.Contains(authorization, "${")
}

// asksKey reports whether a route takes an API key: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
func (t *transform) asksKey(e event, api *resource) bool {
	if own := t.get(e.props, "Auth", "ApiKeyRequired"); own != nil || api == nil {
		return t.isTrue(own)
	}
	return t.isTrue(t.get(api.Props, "Auth", "ApiKeyRequired"))
}

// restEvent reads an Api event.
func (t *transform) restEvent(e event) {
	n := t.get(e.props, "RestApiId")
	api, node := t.apiOf(n, implicitRest)
	method, path := t.words(t.get(e.props, "Method")), t.words(t.get(e.props, "Path"))
	r := route{to: e.of, key: e.key, api: node, method: method, path: path, event: "rest", entry: e.span, node: e.node}
	if api != nil {
		r.apiID = api.ID
		for _, kind := range append(t.texts(t.get(api.Props, "EndpointConfiguration", "Type"), nil), t.texts(t.get(api.Props, "EndpointConfiguration"), nil)...) {
			r.inside = r.inside || kind == "PRIVATE"
		}
	}
	r.open, r.token = t.isOpen(e, api) && !r.inside, takesToken(t.authorizerOf(e, api))
	r.keyed = r.open && t.asksKey(e, api)
	t.scope.routes = append(t.scope.routes, r)
	if e.of.Written == samMachine {
		t.starter(e, "apigateway.amazonaws.com", e.id+"Role", e.of.Props.Get("PermissionsBoundary"))
		return
	}
	t.permission(e.of, e.id+"Permission"+t.stageInID(api), "apigateway.amazonaws.com", e.span, pair("SourceArn", t.routeARN(node, "*/"+methodInARN(method)+pathInARN(path), e.span)))
}

// isAnyMethod reports whether a route is there for all methods.
func isAnyMethod(method string) bool {
	return method == "" || strings.EqualFold(method, "any") || strings.EqualFold(method, "x-amazon-apigateway-any-method")
}

func methodInARN(method string) string {
	if isAnyMethod(method) {
		return "*"
	}
	return strings.ToUpper(method)
}

// stageInID is how an API's stage stands in the logical ids that SAM makes.
func (t *transform) stageInID(api *resource) string {
	if api == nil {
		return "AllStages"
	}
	n := api.Props.Get("StageName").Resolve()
	switch {
	case n == nil || isCall(n) || n.Kind != yamlpos.Scalar:
		return "Stage"
	case notAlphanumeric.MatchString(n.Value):
		sum := sha1.Sum([]byte(n.Value)) // as SAM does; it keeps names apart, no secrets
		return hex.EncodeToString(sum[:])[:10]
	}
	return n.Value
}

var pathVariable = regexp.MustCompile(`{[a-zA-Z0-9._-]+\+?}`)

// httpPathInARN is pathInARN for HTTP APIs, of which SAM knows only the variable {proxy+} to be greedy.
func httpPathInARN(path string) string { return inARN(path, httpVariable) }

var httpVariable = regexp.MustCompile(`{([a-zA-Z0-9._-]+|proxy\+)}`)

// pathInARN is a route's path in the ARN that a permission names: variables are wildcards, and there is no slash at the end.
func pathInARN(path string) string { return inARN(path, pathVariable) }

func inARN(path string, variable *regexp.Regexp) string {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	return variable.ReplaceAllString(path, "*")
}

// routeARN is what a permission for a route names.
func (t *transform) routeARN(api *yamlpos.Node, rest string, span source.Span) *yamlpos.Node {
	return subOf("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"+rest, span, pair("Api", api))
}

// httpEvent reads an HttpApi event. Without a path it is the API's default route.
func (t *transform) httpEvent(e event) {
	api, node := t.apiOf(t.get(e.props, "ApiId"), implicitHTTP)
	method, path := t.words(t.get(e.props, "Method")), t.words(t.get(e.props, "Path"))
	r := route{to: e.of, key: e.key, api: node, method: method, path: path, event: "http", entry: e.span, node: e.node, open: t.isOpen(e, api), token: takesToken(t.authorizerOf(e, api))}
	if api != nil {
		r.apiID = api.ID
	}
	if path == "" {
		path, r.path = defaultRoute, defaultRoute
	}
	t.scope.routes = append(t.scope.routes, r)
	if e.of.Written == samMachine || path != defaultRoute && t.hasDefaultRoute(e.of, api) {
		return
	}
	rest := "*/" + methodInARN(method)
	switch {
	case path == "/"+defaultRoute && strings.EqualFold(method, "any"):
		rest = "*" + path
	case path != defaultRoute:
		rest += httpPathInARN(path)
	}
	t.permission(e.of, e.id+"Permission", "apigateway.amazonaws.com", e.span, pair("SourceArn", t.routeARN(node, rest, e.span)))
}

// defaultRoute is what is left for what no other route of an HTTP API takes.
const defaultRoute = "$default"

// hasDefaultRoute reports whether a function has the default route of an HTTP API whose definition SAM writes, by an event of
// its own or in the definition: the permission for it is one for all other routes.
func (t *transform) hasDefaultRoute(f, api *resource) bool {
	if api == nil || api.Written != samHTTPAPI || t.get(api.Props, "DefinitionUri") != nil || t.aliasOf(f) != "" { // of an alias SAM does not find it
		return false
	}
	for _, p := range t.pairs(t.get(f.Props, "Events")) {
		props := t.get(p.Value, "Properties")
		path := cmp.Or(t.words(t.get(props, "Path")), defaultRoute)
		if t.words(t.get(p.Value, "Type")) != "HttpApi" || path != defaultRoute || !isAnyMethod(t.words(t.get(props, "Method"))) {
			continue
		}
		if of, _ := t.apiOf(t.get(props, "ApiId"), implicitHTTP); of == api {
			return true
		}
	}
	uri := t.get(api.Props, "DefinitionBody", "paths", defaultRoute, "x-amazon-apigateway-any-method", "x-amazon-apigateway-integration", "uri")
	return slices.Contains(t.refs(uri), f.ID)
}

// webSocketAPI reads AWS::Serverless::WebSocketApi: its routes name their functions.
func (t *transform) webSocketAPI(r *resource) {
	r.Type = "AWS::ApiGatewayV2::Api"
	auth := strings.ToUpper(t.words(t.get(r.Props, "Auth", "AuthType")))
	stage := t.get(r.Props, "StageName")
	if stage == nil {
		stage = scalar("default", r.Origin)
	}
	permit := func(id string, function *yamlpos.Node, rest string, span source.Span) {
		arn := subOf("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/"+rest, span, pair("Api", refTo(r.ID, span)), pair("Stage", stage))
		t.hide(r, id, "AWS::Lambda::Permission", mapping(span, pair("Action", scalar("lambda:InvokeFunction", span)), pair("FunctionName", function),
			pair("Principal", scalar("apigateway.amazonaws.com", span)), pair("SourceArn", arn)), span)
	}
	routes := t.get(r.Props, "Routes")
	for _, p := range t.pairs(routes) {
		n := t.get(p.Value, "FunctionArn")
		f := t.functionIn(n)
		if f == nil {
			continue
		}
		span := entrySpan(p.Key, p.Value)
		key := p.Key.Value
		t.scope.triggers = append(t.scope.triggers, madeTrigger{to: f, holder: r, key: key, from: refTo(r.ID, span), kind: "api-route", event: "websocket", label: key,
			open: auth == "" || auth == "NONE", token: takesToken(auth), outside: true, entry: span, node: p.Value})
		permit(r.ID+capitalized(strings.TrimPrefix(key, "$"))+"Permission", n, "${Stage}/"+key, span)
	}
	n := t.get(r.Props, "Auth", "AuthArn")
	f := t.functionIn(n)
	if auth != "CUSTOM" || f == nil || routes.Get("$connect") == nil {
		return
	}
	span := t.get(r.Props, "Auth").Span()
	t.scope.triggers = append(t.scope.triggers, madeTrigger{to: f, holder: r, key: "ConnectAuthorizer", from: refTo(r.ID, span), kind: "authorizer", event: "authorizer",
		label: "authorizer", open: true, outside: true, entry: span, node: t.get(r.Props, "Auth")})
	if t.get(r.Props, "Auth", "InvokeRole") == nil {
		permit(r.ID+"AuthorizerPermission", n, "authorizers/*", span)
	}
}

// functionIn is the function of the template that an ARN names, nil for none.
func (t *transform) functionIn(arn *yamlpos.Node) *resource {
	for _, id := range t.refs(arn) {
		if f := t.resource(id); f != nil && (f.Written == samFunction || f.Type == "AWS::Lambda::Function") {
			return f
		}
	}
	return nil
}

// capitalized is a word with its first letter alone in upper case.
func capitalized(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + strings.ToLower(word[1:])
}
