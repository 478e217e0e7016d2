package cfn

import (
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
)

// within tells where a mapping has keys beside the allowed ones, or is none.
func (t *transform) within(what, name string, n *yamlpos.Node, allowed ...string) {
	if n == nil || isCall(n) || !t.should(what, n, '{', name) || n.Kind != yamlpos.Mapping {
		return
	}
	for _, p := range lastOfEach(n.Pairs()) {
		if p.Key.Value != "Fn::Transform" && !strings.HasPrefix(p.Key.Value, "Fn::ForEach::") && !slices.Contains(allowed, p.Key.Value) {
			t.refuse(p.Key.Span(), "%s: %s takes no %s", what, name, p.Key.Value)
		}
	}
}

// oneOf tells where a plain text is none of those that are taken.
func (t *transform) oneOf(what, name string, n *yamlpos.Node, allowed ...string) {
	if n == nil || isCall(n) {
		return
	}
	if text := t.words(n); !slices.Contains(allowed, text) && !hasUnknown(text) {
		t.refuse(n.Span(), "%s: %s is one of %s", what, name, strings.Join(allowed, ", "))
	}
}

// checkAuth looks at the Auth of a REST API.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
func (t *transform) checkAuth(what string, auth *yamlpos.Node) {
	t.within(what, "Auth", auth, "AddDefaultAuthorizerToCorsPreflight", "AddApiKeyRequiredToCorsPreflight", "DefaultAuthorizer", "Authorizers", "InvokeRole", "ApiKeyRequired",
		"ResourcePolicy", "UsagePlan")
	for _, a := range t.pairs(t.get(auth, "Authorizers")) {
		name := "authorizer " + a.Key.Value
		if !t.should(what, a.Value, '{', name) || a.Value.Kind != yamlpos.Mapping || isCall(a.Value) {
			continue
		}
		kind := t.get(a.Value, "FunctionPayloadType")
		for _, key := range []string{"FunctionPayloadType", "DisableFunctionDefaultPermissions"} {
			if n := a.Value.Get(key).Resolve(); isCall(n) && !t.isParameter(n) {
				t.refuse(n.Span(), "%s: %s of %s takes no intrinsic function", what, key, name)
			}
		}
		t.oneOf(what, "FunctionPayloadType of "+name, kind, "TOKEN", "REQUEST")
		t.should(what, t.get(a.Value, "AuthorizationScopes"), '[', "AuthorizationScopes of "+name)
		t.should(what, t.get(a.Value, "DisableFunctionDefaultPermissions"), '?', "DisableFunctionDefaultPermissions of "+name)
		t.checkIdentity(what, name, a.Value.Get("Identity").Resolve())
		if t.words(kind) == "REQUEST" && t.lacksIdentity(t.get(a.Value, "Identity")) {
			t.refuse(a.Value.Span(), "%s: %s needs an Identity with Headers, QueryStrings, StageVariables or Context", what, name)
		}
	}
	if plan := t.get(auth, "UsagePlan"); plan != nil {
		t.within(what, "UsagePlan", plan, "CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName")
		create := t.get(plan, "CreateUsagePlan")
		if create == nil && plan.Kind == yamlpos.Mapping && !isCall(plan) {
			t.refuse(plan.Span(), "%s: UsagePlan needs CreateUsagePlan", what)
		}
		if isCall(create) && !t.isParameter(create) {
			t.refuse(create.Span(), "%s: CreateUsagePlan takes no intrinsic function", what)
		}
		t.oneOf(what, "CreateUsagePlan", create, "PER_API", "SHARED", "NONE")
	}
	t.checkAccessList(what, t.get(auth, "ResourcePolicy"))
}

// checkAccessList looks at ResourcePolicy, of an API or of an event.
func (t *transform) checkAccessList(what string, n *yamlpos.Node) {
	if isEmpty(n) || !t.should(what, n, '{', "ResourcePolicy") {
		return
	}
	for _, p := range t.pairs(n) {
		list := p.Value.Items()
		if p.Value.Kind == yamlpos.Mapping && !isCall(p.Value) {
			list = []*yamlpos.Node{p.Value}
		}
		for _, i := range list {
			i = i.Resolve()
			switch {
			case strings.HasPrefix(p.Key.Value, "SourceVpc") && plainKind(t.settle(i)) != '"':
				t.refuse(i.Span(), "%s: %s of ResourcePolicy takes texts; Intrinsic… takes calls", what, p.Key.Value)
			case p.Key.Value != "CustomStatements" && i.Kind != yamlpos.Scalar && !isCall(i):
				t.refuse(i.Span(), "%s: %s of ResourcePolicy takes texts", what, p.Key.Value)
			}
		}
		if strings.HasPrefix(p.Key.Value, "AwsAccount") && p.Value.Kind == yamlpos.Scalar && !isEmpty(p.Value) {
			t.refuse(p.Value.Span(), "%s: %s of ResourcePolicy is a list", what, p.Key.Value)
		}
	}
}

// checkIdentity looks at what of a request identifies its caller.
func (t *transform) checkIdentity(what, name string, n *yamlpos.Node) {
	if isEmpty(n) || isCall(n) || !t.should(what, n, '{', "Identity of "+name) {
		return
	}
	for _, key := range []string{"Headers", "QueryStrings", "StageVariables", "Context"} {
		list := n.Get(key).Resolve()
		if isCall(list) {
			t.refuse(list.Span(), "%s: %s of %s takes no intrinsic function", what, key, name)
			continue
		}
		if isFalsy(list) || !t.should(what, list, '[', key+" of "+name) {
			continue
		}
		for _, i := range list.Items() {
			if plainKind(i.Resolve()) != '"' {
				t.refuse(i.Span(), "%s: %s of %s takes texts", what, key, name)
			}
		}
	}
}

// lacksIdentity reports whether nothing of a request identifies its caller; answers that are never cached need nothing.
func (t *transform) lacksIdentity(n *yamlpos.Node) bool {
	if t.words(t.get(n, "ReauthorizeEvery")) == "0" {
		return false
	}
	for _, key := range []string{"Headers", "QueryStrings", "StageVariables", "Context"} {
		if v := t.get(n, key); v != nil && (v.Kind != yamlpos.Sequence || len(v.Items()) > 0) {
			return false
		}
	}
	return true
}

// checkHTTPAuth looks at the Auth of an HTTP API.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-httpapiauth.html
func (t *transform) checkHTTPAuth(what string, auth *yamlpos.Node) {
	t.within(what, "Auth", auth, "Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer")
	for _, a := range t.pairs(t.get(auth, "Authorizers")) {
		name := "authorizer " + a.Key.Value
		if a.Key.Value == "AWS_IAM" || !t.should(what, a.Value, '{', name) || a.Value.Kind != yamlpos.Mapping || isCall(a.Value) {
			continue
		}
		needs := []string{"FunctionArn", "AuthorizerPayloadFormatVersion"}
		if n := t.get(a.Value, "OpenIdConnectUrl"); n != nil {
			t.refuse(n.Span(), "%s: %s: OpenIdConnectUrl is no longer taken", what, name)
			continue
		}
		jwt := t.get(a.Value, "JwtConfiguration") != nil
		if jwt {
			needs = []string{"JwtConfiguration", "IdentitySource"}
		}
		for _, key := range []string{"FunctionArn", "FunctionInvokeRole", "Identity", "AuthorizerPayloadFormatVersion", "EnableSimpleResponses", "EnableFunctionDefaultPermissions"} {
			if n := t.get(a.Value, key); n != nil && jwt {
				t.refuse(n.Span(), "%s: %s has a JwtConfiguration and takes no %s", what, name, key)
			}
		}
		for _, key := range []string{"AuthorizationScopes", "IdentitySource"} {
			if n := t.get(a.Value, key); n != nil && !jwt {
				t.refuse(n.Span(), "%s: %s calls a function and takes no %s", what, name, key)
			}
		}
		t.checkIdentity(what, name, a.Value.Get("Identity").Resolve())
		t.should(what, t.get(a.Value, "EnableFunctionDefaultPermissions"), '?', "EnableFunctionDefaultPermissions of "+name)
		for _, key := range needs {
			if isEmpty(t.get(a.Value, key)) {
				t.refuse(a.Value.Span(), "%s: %s needs %s", what, name, key)
			}
		}
		t.should(what, t.get(a.Value, "JwtConfiguration"), '{', "JwtConfiguration of "+name)
		t.should(what, t.get(a.Value, "AuthorizationScopes"), '[', "AuthorizationScopes of "+name)
	}
}

// checkCors looks at the Cors of a REST API: a text, or a mapping.
func (t *transform) checkCors(what string, cors *yamlpos.Node) {
	if cors == nil || isCall(cors) || cors.Kind == yamlpos.Scalar {
		return
	}
	t.within(what, "Cors", cors, "AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials")
	origin := cors.Get("AllowOrigin").Resolve()
	if t.isTrue(t.get(cors, "AllowCredentials")) && (origin == nil || !isCall(origin) && origin.Value == "'*'") {
		t.refuse(cors.Span(), "%s: Cors takes no AllowCredentials for every origin", what)
	}
	if origin != nil && origin.Kind == yamlpos.Scalar && !isCall(origin) && origin.Value == "" {
		t.refuse(origin.Span(), "%s: Cors needs an AllowOrigin", what)
	}
}

// checkDomain looks at a custom domain of an API of any kind.
func (t *transform) checkDomain(what string, d *yamlpos.Node, endpoints ...string) {
	if isCall(d) && !t.isParameter(d) {
		t.refuse(d.Span(), "%s: Domain takes no intrinsic function", what)
	}
	if d == nil || d.Kind != yamlpos.Mapping || isCall(d) {
		return
	}
	if isMissing(d.Get("DomainName").Resolve()) || isMissing(d.Get("CertificateArn").Resolve()) {
		t.refuse(d.Span(), "%s: Domain needs DomainName and CertificateArn", what)
	}
	if n := d.Get("EndpointConfiguration").Resolve(); isCall(n) && !t.isParameter(n) {
		t.refuse(n.Span(), "%s: EndpointConfiguration of Domain takes no intrinsic function but a parameter", what)
	}
	t.oneOf(what, "EndpointConfiguration of Domain", t.get(d, "EndpointConfiguration"), endpoints...)
	if n := t.get(d, "Policy"); n != nil && t.words(t.get(d, "EndpointConfiguration")) != "PRIVATE" {
		t.refuse(n.Span(), "%s: Policy is for a private Domain", what)
	}
	t.within(what, "MutualTlsAuthentication", t.get(d, "MutualTlsAuthentication"), "TruststoreUri", "TruststoreVersion")
	for _, i := range elementsOf(t.get(d, "BasePath")) {
		if i = i.Resolve(); isCall(i) && !t.isParameter(i) || !isCall(i) && plainKind(i) != '"' {
			t.refuse(t.get(d, "BasePath").Span(), "%s: BasePath takes texts", what)
		}
	}
	for _, path := range t.texts(t.get(d, "BasePath"), nil) {
		if !slices.Contains(endpoints, "EDGE") && !hasUnknown(path) && badBasePath.MatchString(path) { // of a REST API they are taken out
			t.refuse(t.get(d, "BasePath").Span(), "%s: the base path %s has more than letters, digits, -, _ and /", what, path)
		}
	}
	if n := d.Get("Route53").Resolve(); isCall(n) {
		t.refuse(n.Span(), "%s: Domain.Route53 takes no intrinsic function", what)
	}
	route := t.get(d, "Route53")
	if !t.should(what, route, '{', "Domain.Route53") || route == nil || route.Kind != yamlpos.Mapping || isCall(route) {
		return
	}
	t.should(what, t.get(route, "SeparateRecordSetGroup"), '?', "Domain.Route53.SeparateRecordSetGroup")
	if route.Get("HostedZoneId") == nil && route.Get("HostedZoneName") == nil {
		t.refuse(route.Span(), "%s: Domain.Route53 needs HostedZoneId or HostedZoneName", what)
	}
}

// inlineOnly tells of properties that work only where the definition is in the template, not at a URI.
func (t *transform) inlineOnly(what string, p *yamlpos.Node, keys ...string) {
	if t.get(p, "DefinitionUri") == nil || t.get(p, "DefinitionBody") != nil {
		return
	}
	for _, key := range keys {
		if n := t.get(p, key); n != nil {
			t.refuse(n.Span(), "%s: %s works only with a DefinitionBody", what, key)
		}
	}
}

// checkResponses looks at the gateway responses of a REST API.
func (t *transform) checkResponses(what string, p *yamlpos.Node) {
	if n := t.get(p, "GatewayResponses"); isCall(n) {
		t.refuse(n.Span(), "%s: GatewayResponses takes no intrinsic function", what)
		return
	}
	for _, g := range asWritten(t.get(p, "GatewayResponses")) {
		g.Value = g.Value.Resolve()
		if isCall(g.Value) {
			t.refuse(g.Value.Span(), "%s: gateway response %s takes no intrinsic function", what, g.Key.Value)
			continue
		}
		if g.Value == nil || g.Value.Kind != yamlpos.Mapping {
			t.refuse(g.Value.Span(), "%s: gateway response %s is not a mapping", what, g.Key.Value)
			continue
		}
		t.within(what, "gateway response "+g.Key.Value, g.Value, "ResponseParameters", "ResponseTemplates", "StatusCode")
		t.within(what, "ResponseParameters", t.get(g.Value, "ResponseParameters"), "Headers", "Paths", "QueryStrings")
		if n := g.Value.Get("StatusCode").Resolve(); isCall(n) {
			t.refuse(n.Span(), "%s: StatusCode takes no intrinsic function", what)
		} else {
			t.should(what, n, '#', "StatusCode")
		}
		for _, x := range t.pairs(t.get(g.Value, "ResponseParameters")) {
			t.should(what, x.Value, '{', x.Key.Value)
		}
	}
}

var (
	badBasePath      = regexp.MustCompile(`[^0-9a-zA-Z/_-]`)
	requestParameter = regexp.MustCompile(`^method\.request\.(querystring|path|header)\..+$`)
	openAPIVersion   = regexp.MustCompile(`^[23](\.[0-9]+){0,2}$`)
)

// checkRequest looks at what an Api event says of requests.
func (t *transform) checkRequest(e event, what string, api *yamlpos.Node) {
	for _, i := range t.items(t.get(e.props, "RequestParameters")) {
		names := []*yamlpos.Node{i}
		if isCall(i) {
			t.refuse(i.Span(), "%s: a request parameter takes no intrinsic function", what)
		}
		if i.Kind == yamlpos.Mapping && !isCall(i) {
			names = nil
			for _, p := range i.Pairs()[:min(1, len(i.Pairs()))] {
				names = append(names, p.Key)
				if v := p.Value.Resolve(); v == nil || v.Kind != yamlpos.Mapping || isCall(v) {
					t.refuse(p.Key.Span(), "%s: %s is not a mapping with Required and Caching", what, p.Key.Value)
					continue
				}
				t.within(what, p.Key.Value, p.Value.Resolve(), "Required", "Caching")
				t.should(what, t.get(p.Value, "Required"), '?', "Required of "+p.Key.Value)
				t.should(what, t.get(p.Value, "Caching"), '?', "Caching of "+p.Key.Value)
			}
		}
		if i.Kind == yamlpos.Sequence {
			t.refuse(i.Span(), "%s: a request parameter is neither a text nor a mapping", what)
		}
		for _, n := range names {
			if n.Kind == yamlpos.Scalar && !isCall(n) && !requestParameter.MatchString(n.Value) {
				t.refuse(n.Span(), "%s: %s is no request parameter: method.request.header.Name, .querystring. or .path.", what, n.Value)
			}
		}
	}
	model := t.get(e.props, "RequestModel", "Model")
	if model != nil && model.Kind != yamlpos.Scalar {
		t.refuse(model.Span(), "%s: Model of RequestModel is not a text", what)
		return
	}
	name := t.words(model)
	if models := t.get(api, "Models"); name != "" && (models == nil || !isCall(models) && models.Get(name) == nil) {
		t.refuse(e.span, "%s: RequestModel %s is not among the Models of the API", what, name)
	}
}
