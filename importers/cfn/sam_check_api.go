package cfn

import (
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
		t.refuse(uri.Span(), "%s has both DefinitionBody and DefinitionUri", what)
	}
	auth := t.get(p, "Auth")
	if d := t.get(auth, "DefaultAuthorizer"); !isEmpty(d) {
		if name, _ := intrinsic(d); d.Kind != yamlpos.Scalar || name != "" {
			t.refuse(d.Span(), "%s: DefaultAuthorizer is not a text", what)
		} else if isEmpty(t.get(auth, "Authorizers")) && r.Written == samAPI { // SAM does not look
		} else if !t.hasAuthorizer(auth, d.Value) {
			t.refuse(d.Span(), "%s: DefaultAuthorizer %s is not among its Authorizers", what, d.Value)
		}
	}
	if list := auth.Get("Authorizers").Resolve(); isCall(list) && !t.isParameter(list) {
		t.refuse(list.Span(), "%s: Authorizers takes no intrinsic function", what)
	} else if list != nil && t.should(what, list, '{', "Authorizers") {
		for _, a := range list.Pairs() {
			if v := a.Value.Resolve(); v == nil || v.Kind == yamlpos.Scalar && v.Null {
				t.refuse(a.Key.Span(), "%s: authorizer %s is not a mapping", what, a.Key.Value)
			}
		}
	}
	if n := t.get(p, "StageName"); n != nil && n.Kind == yamlpos.Scalar && !n.Null && n.Value == "" && r.Written == samAPI {
		t.refuse(n.Span(), "%s: StageName is empty", what)
	}
	if n := p.Get("DefinitionUri").Resolve(); !isFalsy(n) {
		t.checkURI(what, "DefinitionUri", n)
	}
	if r.Written == samAPI {
		t.checkAuth(what, auth)
		t.checkCors(what, t.get(p, "Cors"))
		t.checkResponses(what, p)
		t.checkDomain(what, p.Get("Domain").Resolve(), "EDGE", "REGIONAL", "PRIVATE")
		t.inlineOnly(what, p, "Cors", "Auth", "GatewayResponses", "Models", "MergeDefinitions", "DisableExecuteApiEndpoint")
		t.needsOpenAPI(what, p, "Cors", "Auth", "GatewayResponses", "Models")
		if n := t.get(p, "EndpointConfiguration"); n.Get("VPCEndpointIds") != nil && n.Get("VpcEndpointIds") != nil {
			t.refuse(n.Span(), "%s: EndpointConfiguration has both VPCEndpointIds and VpcEndpointIds", what)
		}
		for _, m := range t.pairs(t.get(p, "Models")) {
			if isEmpty(t.get(m.Value, "type")) {
				t.refuse(entrySpan(m.Key, m.Value), "%s: model %s has no type", what, m.Key.Value)
			}
		}
		if n := t.get(p, "OpenApiVersion"); n != nil && !isCall(n) && (n.Kind != yamlpos.Scalar || plainKind(n) == '?') {
			t.refuse(n.Span(), "%s: OpenApiVersion is not a text", what)
		} else if n != nil && !isCall(n) && !openAPIVersion.MatchString(t.words(n)) {
			t.refuse(n.Span(), "%s: OpenApiVersion is like 3.0.1", what)
		}
	} else {
		t.checkHTTPAuth(what, auth)
		t.checkDomain(what, p.Get("Domain").Resolve(), "REGIONAL")
		t.inlineOnly(what, p, "CorsConfiguration", "Auth", "Tags", "Description", "Name", "DisableExecuteApiEndpoint")
		t.needsOpenAPI(what, p, "CorsConfiguration", "Auth", "Tags")
		for _, x := range [][2]string{{"Description", "description"}, {"Name", "title"}} {
			if n := t.get(p, x[0]); n != nil && t.get(p, "DefinitionBody", "info", x[1]) != nil {
				t.refuse(n.Span(), "%s: %s stands in its DefinitionBody already", what, x[0])
			}
		}
		if cors := t.get(p, "CorsConfiguration"); cors != nil && cors.Kind != yamlpos.Mapping && plainKind(cors) != '?' {
			t.refuse(cors.Span(), "%s: CorsConfiguration is neither true, false nor a mapping", what)
		} else if cors != nil && cors.Kind == yamlpos.Mapping {
			if origins := t.get(cors, "AllowOrigins"); t.isTrue(t.get(cors, "AllowCredentials")) && origins != nil && len(origins.Items()) == 1 && t.words(origins.Items()[0]) == "*" {
				t.refuse(cors.Span(), "%s: CorsConfiguration takes no AllowCredentials for every origin", what)
			}
			t.within(what, "CorsConfiguration", cors, "AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge")
		}
		if body := t.get(p, "DefinitionBody"); (auth != nil || t.get(p, "CorsConfiguration") != nil) && body.Get("swagger") != nil {
			t.refuse(body.Span(), "%s: DefinitionBody is not OpenAPI 3", what)
		}
	}
	t.checkOpenAPI(what, t.get(p, "DefinitionBody"))
}

// needsOpenAPI tells of properties that SAM writes into the definition where that is none that it can read.
func (t *transform) needsOpenAPI(what string, p *yamlpos.Node, keys ...string) {
	raw, body := p.Get("DefinitionBody").Resolve(), t.get(p, "DefinitionBody")
	if raw == nil || body == nil && !isCall(raw) {
		return
	}
	paths := t.get(body, "paths")
	version := t.get(body, "openapi")
	ok := paths != nil && paths.Kind == yamlpos.Mapping && !isCall(paths) && (!isEmpty(t.get(body, "swagger")) || version != nil && strings.HasPrefix(t.words(version), "3"))
	name, _ := intrinsic(raw)
	if ok && name == "" || name == "Fn::Transform" || body.Get("Fn::Transform") != nil {
		return
	}
	for _, key := range keys {
		if n := t.get(p, key); !isEmpty(n) {
			t.refuse(raw.Span(), "%s: %s is written into the DefinitionBody, which is no OpenAPI definition with paths", what, key)
			return
		}
	}
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
	t.should(what, t.get(body, "securityDefinitions"), '{', "securityDefinitions")
	for _, s := range t.items(t.get(body, "servers")) {
		t.should(what, t.get(s, "x-amazon-apigateway-endpoint-configuration"), '{', "x-amazon-apigateway-endpoint-configuration")
	}
	paths := t.get(body, "paths")
	if !t.should(what, paths, '{', "paths") || paths == nil {
		return
	}
	for _, path := range lastOfEach(paths.Pairs()) {
		if strings.HasPrefix(path.Key.Value, "x-") {
			continue
		}
		t.checkPath(what, path)
	}
}

func (t *transform) checkPath(what string, path yamlpos.Pair) {
	for _, n := range t.branchesOf(what, path.Key, path.Value) {
		if n.Kind != yamlpos.Mapping {
			t.refuse(path.Key.Span(), "%s: path %s is not a mapping", what, path.Key.Value)
			continue
		}
		for _, m := range lastOfEach(n.Pairs()) {
			if !slices.Contains([]string{"parameters", "summary", "description", "servers", "$ref"}, m.Key.Value) && !strings.HasPrefix(m.Key.Value, "Fn::") {
				t.checkMethod(what, path.Key.Value, m)
			}
		}
	}
}

// branchesOf lists what a part of a definition may be: both branches of an Fn::If, as SAM goes through them, without those that
// have no value. A call of another function is nothing to look into.
func (t *transform) branchesOf(what string, key, n *yamlpos.Node) []*yamlpos.Node {
	n = n.Resolve()
	name, arg := intrinsic(n)
	if n.Get("Fn::If") != nil && name == "" {
		name, arg = "Fn::If", n.Get("Fn::If").Resolve()
	}
	switch {
	case n == nil:
		return nil
	case name == "":
		return []*yamlpos.Node{n}
	case name != "Fn::If":
		return nil
	case arg == nil || arg.Kind != yamlpos.Sequence:
		t.refuse(n.Span(), "%s: Fn::If in %s does not take a list", what, key.Value)
		return nil
	}
	var out []*yamlpos.Node
	for _, i := range arg.Items()[min(1, len(arg.Items())):] {
		if i = i.Resolve(); !isNoValue(i) {
			out = append(out, i)
		}
	}
	return out
}

func (t *transform) checkMethod(what, path string, m yamlpos.Pair) {
	for _, v := range t.branchesOf(what, m.Key, m.Value) {
		if v.Kind != yamlpos.Mapping {
			t.refuse(m.Key.Span(), "%s: %s of path %s is not a mapping", what, m.Key.Value, path)
			continue
		}
		if strings.EqualFold(m.Key.Value, "any") {
			t.refuse(m.Key.Span(), "%s: OpenAPI has no method any; path %s means x-amazon-apigateway-any-method", what, path)
		}
		t.should(what, t.get(v, "responses"), '{', "responses of path "+path)
		t.checkSecurity(what, v.Get("security"), path)
	}
}

func (t *transform) checkSecurity(what string, n *yamlpos.Node, path string) {
	n = n.Resolve()
	if n == nil || isCall(n) {
		return
	}
	if n.Kind != yamlpos.Sequence {
		t.refuse(n.Span(), "%s: security of path %s is not a list", what, path)
		return
	}
	for _, i := range t.items(n) {
		if i.Kind != yamlpos.Mapping {
			t.refuse(i.Span(), "%s: an entry in security of path %s is not a mapping", what, path)
		}
	}
}

// checkRestEvent looks at what an Api event asks of its API.
func (t *transform) checkRestEvent(e event, what string) {
	n := t.get(e.props, "RestApiId")
	if name, _ := intrinsic(n); name != "" && name != "Ref" || n != nil && name == "" && plainKind(n) != '"' {
		t.refuse(n.Span(), "%s: RestApiId is not a Ref of an API", what)
	}
	if raw := e.props.Get("RestApiId").Resolve(); raw != nil {
		if name, _ := intrinsic(raw); name == "Fn::Select" || name == "Fn::If" || isNoValue(raw) || t.isRefToNothing(raw) {
			t.refuse(raw.Span(), "%s: RestApiId is not a Ref of an API", what)
		}
	}
	t.checkRoute(e, what)
	if r := t.referred(n); r != nil && r.Written == samHTTPAPI {
		t.refuse(n.Span(), "%s: RestApiId names an HttpApi", what)
	}
	if n != nil && n.Kind == yamlpos.Scalar && !isCall(n) && t.template.byID[n.Value] == nil && n.Value != implicitRest && !hasUnknown(n.Value) {
		t.refuse(n.Span(), "%s: RestApiId %s is no API of this template", what, n.Value)
	}
	if path := t.get(e.props, "Path"); path != nil && path.Kind == yamlpos.Scalar && !isCall(path) && path.Value != "" && !strings.HasPrefix(path.Value, "/") {
		t.notes.add(0, path.Span(), what+": the path does not begin with a slash", "One was put before it.")
	}
	model := t.get(e.props, "RequestModel")
	for _, key := range []string{"ValidateBody", "ValidateParameters"} {
		v := model.Get(key).Resolve()
		if v != nil && (isCall(v) || wrongKind(v, '?') != "") {
			t.refuse(v.Span(), "%s: %s is neither true nor false", what, key)
		}
	}
	api, sam := t.apiNamed(n, implicitRest)
	if !sam {
		return
	}
	t.checkRequest(e, what, api)
	auth := t.get(e.props, "Auth")
	t.checkAccessList(what, t.get(auth, "ResourcePolicy"))
	if scopes := t.get(auth, "AuthorizationScopes"); !isEmpty(scopes) {
		t.should(what, scopes, '[', "AuthorizationScopes")
		if isEmpty(t.get(auth, "Authorizer")) {
			t.refuse(scopes.Span(), "%s: AuthorizationScopes needs an Authorizer", what)
		}
	}
	if key := t.get(auth, "ApiKeyRequired"); key != nil && !isCall(key) && isFalsy(key) && t.get(api.Get("Auth"), "ApiKeyRequired") == nil {
		t.refuse(key.Span(), "%s: ApiKeyRequired is false, but the API asks for no key", what)
	}
	if own := t.get(auth, "OverrideApiAuth"); t.isTrue(own) && isEmpty(t.get(auth, "Authorizer")) && isEmpty(t.get(auth, "ApiKeyRequired")) && isEmpty(t.get(auth, "ResourcePolicy")) {
		t.refuse(own.Span(), "%s: OverrideApiAuth needs Authorizer, ApiKeyRequired or ResourcePolicy", what)
	}
	t.checkAuthorizer(e, what, api)
}

// isRefToNothing reports whether a value is a Ref of what can be no resource: a pseudo parameter, or no text.
func (t *transform) isRefToNothing(n *yamlpos.Node) bool {
	name, arg := intrinsic(n)
	if name != "Ref" || arg == nil {
		return false
	}
	_, pseudo := t.pseudo(arg.Value)
	return pseudo || plainKind(arg) != '"'
}

// checkRoute looks at the method and the path of an event, which SAM reads as texts.
func (t *transform) checkRoute(e event, what string) {
	for _, key := range []string{"Method", "Path"} {
		if n := t.get(e.props, key); n != nil && !n.Null && !isCall(n) && plainKind(n) != '"' {
			t.refuse(n.Span(), "%s: %s is not a text", what, key)
		}
	}
}

func (t *transform) checkHTTPEvent(e event, what string) {
	n := t.get(e.props, "ApiId")
	if raw := e.props.Get("ApiId").Resolve(); raw != nil {
		if name, _ := intrinsic(raw); name == "Fn::Select" || name == "Fn::If" || isNoValue(raw) || t.isRefToNothing(raw) {
			t.refuse(raw.Span(), "%s: ApiId is not a Ref of an API", what)
		}
	}
	if name, _ := intrinsic(n); name != "" && name != "Ref" {
		t.refuse(n.Span(), "%s: ApiId is not a Ref of an API", what)
	}
	if r := t.referred(n); r != nil && r.Written == samAPI {
		t.refuse(n.Span(), "%s: ApiId names a REST API", what)
	}
	t.checkRoute(e, what)
	if scopes := t.get(e.props, "Auth", "AuthorizationScopes"); !isEmpty(scopes) {
		t.should(what, scopes, '[', "AuthorizationScopes")
	}
	if api, sam := t.apiNamed(t.get(e.props, "ApiId"), implicitHTTP); sam {
		t.checkAuthorizer(e, what, api)
	}
	path, method := t.get(e.props, "Path"), t.get(e.props, "Method")
	if isMissing(path) != isMissing(method) {
		t.refuse(e.span, "%s needs both Path and Method, or neither", what)
	}
}

// referred is the resource of the template that a Ref or a plain logical id names, nil for none.
func (t *transform) referred(n *yamlpos.Node) *resource {
	if name, arg := intrinsic(n); name == "Ref" && arg != nil {
		n = arg
	}
	if n == nil || n.Kind != yamlpos.Scalar {
		return nil
	}
	return t.template.byID[n.Value]
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

// isDefined reports whether a REST API has a definition of its own, into which SAM writes nothing that the event says of its
// callers: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-apifunctionauth.html
func (t *transform) isDefined(e event, api *yamlpos.Node) bool {
	own := t.get(api, "DefinitionBody") != nil || t.get(api, "DefinitionUri") != nil
	return own && !t.isTrue(t.get(api, "MergeDefinitions")) && !t.isTrue(t.get(e.props, "Auth", "OverrideApiAuth"))
}

func (t *transform) checkAuthorizer(e event, what string, api *yamlpos.Node) {
	n := t.get(e.props, "Auth", "Authorizer")
	if isEmpty(n) {
		if own := t.get(e.props, "Auth"); e.kind == "HttpApi" && !isEmpty(own) && t.get(api, "Auth", "DefaultAuthorizer") == nil {
			t.refuse(own.Span(), "%s: Auth needs an Authorizer, for the API has no DefaultAuthorizer", what)
		}
		return
	}
	if isCall(n) || n.Kind != yamlpos.Scalar {
		t.refuse(n.Span(), "%s: Authorizer is not a text", what)
		return
	}
	if e.kind == "Api" && t.isDefined(e, api) {
		return
	}
	auth := t.get(api, "Auth")
	if n.Value == "NONE" {
		if t.get(auth, "DefaultAuthorizer") == nil {
			t.refuse(n.Span(), "%s: Authorizer NONE, but the API has no DefaultAuthorizer", what)
		}
		return
	}
	if !t.hasAuthorizer(auth, n.Value) || e.kind == "HttpApi" && n.Value == "AWS_IAM" && !t.isTrue(t.get(auth, "EnableIamAuthorizer")) && t.get(auth, "Authorizers", "AWS_IAM") == nil {
		t.refuse(n.Span(), "%s: Authorizer %s is not among those of the API", what, n.Value)
	}
}
