package cfn

import (
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
)

// checkAPI looks at a REST or HTTP API: its authorizers, domain, responses and OpenAPI body.
func (t *transform) checkAPI(r *resource) {
	t.checkSAM(r)
	what := strings.TrimPrefix(r.Written, "AWS::Serverless::") + " " + r.ID
	p := r.Props
	if body, uri := t.get(p, "DefinitionBody"), t.get(p, "DefinitionUri"); body != nil && uri != nil {
		t.refuse(uri.Span, "%s has both DefinitionBody and DefinitionUri", what)
	}
	auth := t.get(p, "Auth")
	if d := t.get(auth, "DefaultAuthorizer"); d != nil {
		if name, _ := intrinsic(d); d.Kind != yamlpos.Scalar || name != "" {
			t.refuse(d.Span, "%s: DefaultAuthorizer is not a text", what)
		} else if !t.hasAuthorizer(auth, d.Value) {
			t.refuse(d.Span, "%s: DefaultAuthorizer %s is not among its Authorizers", what, d.Value)
		}
	}
	t.should(what, t.get(auth, "Authorizers"), '{', "Authorizers")
	t.checkURI(what, "DefinitionUri", t.get(p, "DefinitionUri"))
	if r.Written == samAPI {
		t.checkAuth(what, auth)
		t.checkCors(what, t.get(p, "Cors"))
		t.checkResponses(what, p)
		t.checkDomain(what, t.get(p, "Domain"), "EDGE", "REGIONAL", "PRIVATE")
		t.inlineOnly(what, p, "Cors", "Auth", "GatewayResponses", "Models")
		if n := t.get(p, "OpenApiVersion"); n != nil && !isCall(n) && !openAPIVersion.MatchString(t.words(n)) {
			t.refuse(n.Span, "%s: OpenApiVersion is like 3.0.1", what)
		}
	} else {
		t.checkHTTPAuth(what, auth)
		t.checkDomain(what, t.get(p, "Domain"), "REGIONAL")
		t.inlineOnly(what, p, "CorsConfiguration", "Auth", "Tags")
		if cors := t.get(p, "CorsConfiguration"); cors != nil && cors.Kind == yamlpos.Mapping {
			t.within(what, "CorsConfiguration", cors, "AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge")
		}
		if body := t.get(p, "DefinitionBody"); (auth != nil || t.get(p, "CorsConfiguration") != nil) && body.Get("swagger") != nil {
			t.refuse(body.Span, "%s: DefinitionBody is not OpenAPI 3", what)
		}
	}
	t.checkOpenAPI(what, t.get(p, "DefinitionBody"))
}

func (t *transform) hasAuthorizer(auth *yamlpos.Node, name string) bool {
	if name == "NONE" || name == "AWS_IAM" {
		return true
	}
	list := t.get(auth, "Authorizers")
	return list != nil && (isCall(list) || list.Get(name) != nil)
}

// checkOpenAPI looks at the structure of a body as far as SAM edits it.
func (t *transform) checkOpenAPI(what string, body *yamlpos.Node) {
	if body == nil || body.Kind != yamlpos.Mapping || isCall(body) || body.Get("Fn::Transform") != nil {
		return
	}
	for _, s := range t.items(t.get(body, "servers")) {
		t.should(what, t.get(s, "x-amazon-apigateway-endpoint-configuration"), '{', "x-amazon-apigateway-endpoint-configuration")
	}
	paths := t.get(body, "paths")
	if !t.should(what, paths, '{', "paths") || paths == nil {
		return
	}
	for _, path := range lastOfEach(paths.Pairs) {
		if strings.HasPrefix(path.Key.Value, "x-") {
			continue
		}
		t.checkPath(what, path)
	}
}

func (t *transform) checkPath(what string, path yamlpos.Pair) {
	n := path.Value.Resolve()
	if name, arg := intrinsic(n); name == "Fn::If" && (arg == nil || arg.Kind != yamlpos.Sequence) {
		t.refuse(n.Span, "%s: Fn::If in path %s does not take a list", what, path.Key.Value)
		return
	} else if name != "" {
		n = t.settle(n)
	}
	if n == nil {
		return
	}
	if n.Kind != yamlpos.Mapping {
		t.refuse(path.Key.Span, "%s: path %s is not a mapping", what, path.Key.Value)
		return
	}
	if isCall(n) {
		return
	}
	for _, m := range lastOfEach(n.Pairs) {
		name := m.Key.Value
		if slices.Contains([]string{"parameters", "summary", "description", "servers", "$ref"}, name) || strings.HasPrefix(name, "Fn::") {
			continue
		}
		v := m.Value.Resolve()
		if isCall(v) {
			continue
		}
		if v == nil || v.Kind != yamlpos.Mapping {
			t.refuse(m.Key.Span, "%s: %s of path %s is not a mapping", what, name, path.Key.Value)
			continue
		}
		if strings.EqualFold(name, "any") {
			t.refuse(m.Key.Span, "%s: OpenAPI has no method any; path %s means x-amazon-apigateway-any-method", what, path.Key.Value)
		}
		t.should(what, t.get(v, "responses"), '{', "responses of path "+path.Key.Value)
		t.checkSecurity(what, v.Get("security"), path.Key.Value)
	}
}

func (t *transform) checkSecurity(what string, n *yamlpos.Node, path string) {
	n = n.Resolve()
	if n == nil || isCall(n) {
		return
	}
	if n.Kind != yamlpos.Sequence {
		t.refuse(n.Span, "%s: security of path %s is not a list", what, path)
		return
	}
	for _, i := range t.items(n) {
		if i.Kind != yamlpos.Mapping {
			t.refuse(i.Span, "%s: an entry in security of path %s is not a mapping", what, path)
		}
	}
}

// checkRestEvent looks at what an Api event asks of its API.
func (t *transform) checkRestEvent(e event, what string) {
	n := t.get(e.props, "RestApiId")
	if name, _ := intrinsic(n); name == "Fn::Select" || name == "Fn::Join" || name == "Fn::Split" {
		t.refuse(n.Span, "%s: RestApiId is not a Ref of an API", what)
	}
	if raw := e.props.Get("RestApiId").Resolve(); raw != nil {
		if name, _ := intrinsic(raw); name == "Fn::Select" {
			t.refuse(raw.Span, "%s: RestApiId is not a Ref of an API", what)
		}
	}
	method := t.get(e.props, "Method")
	t.should(what, method, '"', "Method")
	t.should(what, t.get(e.props, "Path"), '"', "Path")
	if path := t.get(e.props, "Path"); path != nil && path.Kind == yamlpos.Scalar && !isCall(path) && path.Value != "" && !strings.HasPrefix(path.Value, "/") {
		t.notes.add(0, path.Span, what+": the path does not begin with a slash", "One was put before it.")
	}
	model := t.get(e.props, "RequestModel")
	for _, key := range []string{"ValidateBody", "ValidateParameters"} {
		v := model.Get(key).Resolve()
		if v != nil && (isCall(v) || wrongKind(v, '?') != "") {
			t.refuse(v.Span, "%s: %s is neither true nor false", what, key)
		}
	}
	api, sam := t.apiNamed(n, implicitRest)
	if !sam {
		return
	}
	t.checkRequest(e, what, api)
	auth := t.get(e.props, "Auth")
	if key := t.get(auth, "ApiKeyRequired"); key != nil && !isCall(key) && strings.EqualFold(key.Value, "false") && t.get(api.Get("Auth"), "ApiKeyRequired") == nil {
		t.refuse(key.Span, "%s: ApiKeyRequired is false, but the API asks for no key", what)
	}
	t.checkAuthorizer(e, what, api)
}

func (t *transform) checkHTTPEvent(e event, what string) {
	if api, sam := t.apiNamed(t.get(e.props, "ApiId"), implicitHTTP); sam {
		t.checkAuthorizer(e, what, api)
	}
	path, method := t.get(e.props, "Path"), t.get(e.props, "Method")
	if (path == nil) != (method == nil) {
		t.refuse(e.span, "%s needs both Path and Method, or neither", what)
	}
}

// apiNamed is the properties of the API that an event names; sam is false if SAM does not make it. It makes nothing.
func (t *transform) apiNamed(n *yamlpos.Node, implicit string) (props *yamlpos.Node, sam bool) {
	id := implicit
	if n != nil {
		refs := t.refs(n)
		if len(refs) == 0 {
			if n.Kind != yamlpos.Scalar {
				return nil, false
			}
			refs = []string{n.Value}
		}
		id = refs[0]
	}
	if r := t.template.byID[id]; r != nil && (r.Written == samAPI || r.Written == samHTTPAPI) {
		return r.Props, true
	}
	if id != implicit || t.template.byID[id] != nil {
		return nil, false
	}
	section := "Api"
	if implicit == implicitHTTP {
		section = "HttpApi"
	}
	return t.template.Globals.Get(section).Resolve(), true
}

func (t *transform) checkAuthorizer(e event, what string, api *yamlpos.Node) {
	n := t.get(e.props, "Auth", "Authorizer")
	if n == nil {
		return
	}
	if isCall(n) || n.Kind != yamlpos.Scalar {
		t.refuse(n.Span, "%s: Authorizer is not a text", what)
		return
	}
	auth := t.get(api, "Auth")
	if n.Value == "NONE" {
		if t.get(auth, "DefaultAuthorizer") == nil {
			t.refuse(n.Span, "%s: Authorizer NONE, but the API has no DefaultAuthorizer", what)
		}
		return
	}
	if !t.hasAuthorizer(auth, n.Value) {
		t.refuse(n.Span, "%s: Authorizer %s is not among those of the API", what, n.Value)
	}
}

var routeKey = regexp.MustCompile(`^(\$connect|\$disconnect|\$default|[A-Za-z0-9_./-]+)$`)

func (t *transform) checkWebSocketAPI(r *resource) {
	t.checkSAM(r)
	what := "WebSocketApi " + r.ID
	routes := t.get(r.Props, "Routes")
	if routes != nil && routes.Kind == yamlpos.Mapping && len(routes.Pairs) == 0 {
		t.refuse(routes.Span, "%s has no routes", what)
	}
	for _, p := range t.pairs(routes) {
		if !routeKey.MatchString(p.Key.Value) {
			t.refuse(p.Key.Span, "%s: there can be no route %s", what, p.Key.Value)
		}
		if p.Value.Kind != yamlpos.Mapping || isCall(p.Value) {
			t.refuse(p.Value.Span, "%s: route %s is not a mapping with FunctionArn", what, p.Key.Value)
		}
	}
	if auth := t.get(r.Props, "Auth"); auth != nil && t.words(t.get(auth, "AuthType")) == "AWS_IAM" && len(auth.Pairs) > 1 {
		t.refuse(auth.Span, "%s: AuthType AWS_IAM takes nothing beside it", what)
	}
}

// checkGraphQL looks at what AWS::Serverless::GraphQLApi needs.
func (t *transform) checkGraphQL(r *resource) {
	t.checkSAM(r)
	what := "GraphQLApi " + r.ID
	p := r.Props
	inline, uri := t.get(p, "SchemaInline"), t.get(p, "SchemaUri")
	switch {
	case inline != nil && uri != nil:
		t.refuse(uri.Span, "%s has both SchemaInline and SchemaUri", what)
	case inline == nil && uri == nil:
		t.refuse(r.Origin, "%s needs SchemaInline or SchemaUri", what)
	}
	for _, a := range append([]*yamlpos.Node{t.get(p, "Auth")}, t.items(t.get(p, "Auth", "Additional"))...) {
		if a == nil {
			continue
		}
		needs, known := map[string]string{"AWS_LAMBDA": "LambdaAuthorizer", "OPENID_CONNECT": "OpenIDConnect", "AMAZON_COGNITO_USER_POOLS": "UserPool",
			"AWS_IAM": "", "API_KEY": ""}[t.words(t.get(a, "Type"))]
		if !known {
			t.refuse(a.Span, "%s: Auth has no Type that is known", what)
		} else if needs != "" && t.get(a, needs) == nil {
			t.refuse(a.Span, "%s: Auth needs %s", what, needs)
		}
	}
	sources := t.get(p, "DataSources")
	for _, f := range t.pairs(t.get(p, "Functions")) {
		t.checkGraphQLFunction(what, f, sources)
	}
}

func (t *transform) checkGraphQLFunction(what string, f yamlpos.Pair, sources *yamlpos.Node) {
	v := f.Value
	if v.Kind != yamlpos.Mapping || isCall(v) {
		return
	}
	if t.get(v, "Id") != nil {
		if len(v.Pairs) > 1 {
			t.refuse(v.Span, "%s: function %s has an Id and other properties", what, f.Key.Value)
		}
		return
	}
	if inline, code := t.get(v, "InlineCode"), t.get(v, "CodeUri"); (inline == nil) == (code == nil) {
		t.refuse(v.Span, "%s: function %s needs one of InlineCode and CodeUri", what, f.Key.Value)
	}
	if t.get(v, "Runtime") == nil {
		t.refuse(v.Span, "%s: function %s needs Runtime", what, f.Key.Value)
	}
	d := t.get(v, "DataSource")
	if d == nil {
		t.refuse(v.Span, "%s: function %s needs DataSource", what, f.Key.Value)
		return
	}
	if d.Kind == yamlpos.Scalar && !isCall(d) && !strings.EqualFold(d.Value, "NONE") {
		for _, kind := range t.pairs(sources) {
			if kind.Value.Get(d.Value) != nil {
				return
			}
		}
		t.refuse(d.Span, "%s: there is no data source %s", what, d.Value)
	}
}
