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
	for _, p := range lastOfEach(n.Pairs) {
		if !strings.HasPrefix(p.Key.Value, "Fn::") && !slices.Contains(allowed, p.Key.Value) {
			t.refuse(p.Key.Span, "%s: %s takes no %s", what, name, p.Key.Value)
		}
	}
}

// oneOf tells where a plain text is none of those that are taken.
func (t *transform) oneOf(what, name string, n *yamlpos.Node, allowed ...string) {
	if n == nil || isCall(n) {
		return
	}
	if text := t.words(n); !slices.Contains(allowed, text) && !hasUnknown(text) {
		t.refuse(n.Span, "%s: %s is one of %s", what, name, strings.Join(allowed, ", "))
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
		t.oneOf(what, "FunctionPayloadType of "+name, kind, "TOKEN", "REQUEST")
		t.should(what, t.get(a.Value, "AuthorizationScopes"), '[', "AuthorizationScopes of "+name)
		if t.words(kind) == "REQUEST" && t.lacksIdentity(t.get(a.Value, "Identity")) {
			t.refuse(a.Value.Span, "%s: %s needs an Identity with Headers, QueryStrings, StageVariables or Context", what, name)
		}
	}
	if plan := t.get(auth, "UsagePlan"); plan != nil {
		t.within(what, "UsagePlan", plan, "CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName")
		create := t.get(plan, "CreateUsagePlan")
		if create == nil && plan.Kind == yamlpos.Mapping && !isCall(plan) {
			t.refuse(plan.Span, "%s: UsagePlan needs CreateUsagePlan", what)
		}
		t.oneOf(what, "CreateUsagePlan", create, "PER_API", "SHARED", "NONE")
	}
	for _, p := range t.pairs(t.get(auth, "ResourcePolicy")) {
		for _, i := range t.items(p.Value) {
			if p.Key.Value != "CustomStatements" && i.Kind != yamlpos.Scalar && !isCall(i) {
				t.refuse(i.Span, "%s: %s of ResourcePolicy takes texts", what, p.Key.Value)
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
		if v := t.get(n, key); v != nil && (v.Kind != yamlpos.Sequence || len(v.Items) > 0) {
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
		if t.get(a.Value, "JwtConfiguration") != nil || t.get(a.Value, "OpenIdConnectUrl") != nil {
			needs = []string{"JwtConfiguration", "IdentitySource"}
		}
		for _, key := range needs {
			if t.get(a.Value, key) == nil {
				t.refuse(a.Value.Span, "%s: %s needs %s", what, name, key)
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
		t.refuse(cors.Span, "%s: Cors takes no AllowCredentials for every origin", what)
	}
	if origin != nil && origin.Kind == yamlpos.Scalar && !isCall(origin) && origin.Value == "" {
		t.refuse(origin.Span, "%s: Cors needs an AllowOrigin", what)
	}
}

// checkDomain looks at a custom domain of an API of any kind.
func (t *transform) checkDomain(what string, d *yamlpos.Node, endpoints ...string) {
	if d == nil || d.Kind != yamlpos.Mapping || isCall(d) {
		return
	}
	if t.get(d, "DomainName") == nil || t.get(d, "CertificateArn") == nil {
		t.refuse(d.Span, "%s: Domain needs DomainName and CertificateArn", what)
	}
	t.oneOf(what, "EndpointConfiguration of Domain", t.get(d, "EndpointConfiguration"), endpoints...)
	t.within(what, "MutualTlsAuthentication", t.get(d, "MutualTlsAuthentication"), "TruststoreUri", "TruststoreVersion")
	route := t.get(d, "Route53")
	if !t.should(what, route, '{', "Domain.Route53") || route == nil || route.Kind != yamlpos.Mapping || isCall(route) {
		return
	}
	t.should(what, t.get(route, "SeparateRecordSetGroup"), '?', "Domain.Route53.SeparateRecordSetGroup")
	if route.Get("HostedZoneId") == nil && route.Get("HostedZoneName") == nil {
		t.refuse(route.Span, "%s: Domain.Route53 needs HostedZoneId or HostedZoneName", what)
	}
}

// inlineOnly tells of properties that work only where the definition is in the template, not at a URI.
func (t *transform) inlineOnly(what string, p *yamlpos.Node, keys ...string) {
	if t.get(p, "DefinitionUri") == nil || t.get(p, "DefinitionBody") != nil {
		return
	}
	for _, key := range keys {
		if n := t.get(p, key); n != nil {
			t.refuse(n.Span, "%s: %s works only with a DefinitionBody", what, key)
		}
	}
}

// checkResponses looks at the gateway responses of a REST API.
func (t *transform) checkResponses(what string, p *yamlpos.Node) {
	for _, g := range t.pairs(t.get(p, "GatewayResponses")) {
		if g.Value.Kind != yamlpos.Mapping {
			t.refuse(g.Value.Span, "%s: gateway response %s is not a mapping", what, g.Key.Value)
			continue
		}
		t.within(what, "gateway response "+g.Key.Value, g.Value, "ResponseParameters", "ResponseTemplates", "StatusCode")
		t.within(what, "ResponseParameters", t.get(g.Value, "ResponseParameters"), "Headers", "Paths", "QueryStrings")
		t.should(what, t.get(g.Value, "StatusCode"), '#', "StatusCode")
	}
}

var (
	requestParameter = regexp.MustCompile(`^method\.request\.(querystring|path|header)\..+$`)
	openAPIVersion   = regexp.MustCompile(`^[23](\.[0-9]+){0,2}$`)
)

// checkRequest looks at what an Api event says of requests.
func (t *transform) checkRequest(e event, what string, api *yamlpos.Node) {
	for _, i := range t.items(t.get(e.props, "RequestParameters")) {
		names := []*yamlpos.Node{i}
		if i.Kind == yamlpos.Mapping && !isCall(i) {
			names = nil
			for _, p := range i.Pairs {
				names = append(names, p.Key)
				t.should(what, t.get(p.Value, "Required"), '?', "Required of "+p.Key.Value)
				t.should(what, t.get(p.Value, "Caching"), '?', "Caching of "+p.Key.Value)
			}
		}
		for _, n := range names {
			if n.Kind == yamlpos.Scalar && !isCall(n) && !requestParameter.MatchString(n.Value) {
				t.refuse(n.Span, "%s: %s is no request parameter: method.request.header.Name, .querystring. or .path.", what, n.Value)
			}
		}
	}
	name := t.words(t.get(e.props, "RequestModel", "Model"))
	if models := t.get(api, "Models"); name != "" && (models == nil || !isCall(models) && models.Get(name) == nil) {
		t.refuse(e.span, "%s: RequestModel %s is not among the Models of the API", what, name)
	}
}
