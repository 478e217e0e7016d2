package cfn

import (
	"regexp"
	"strings"

	"bulkhead/importers/yamlpos"
)

var routeKey = regexp.MustCompile(`^(\$connect|\$disconnect|\$default|[A-Za-z0-9]+)$`)

// checkWebSocketAPI looks at the routes of AWS::Serverless::WebSocketApi, and who may connect.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-websocketapi.html
func (t *transform) checkWebSocketAPI(r *resource) {
	t.checkSAM(r)
	what := "WebSocketApi " + r.ID
	p := r.Props
	routes := t.get(p, "Routes")
	if raw := p.Get("Routes").Resolve(); isCall(raw) {
		t.refuse(raw.Span(), "%s: Routes takes no intrinsic function", what)
	}
	if routes != nil && routes.Kind == yamlpos.Mapping && len(routes.Pairs()) == 0 {
		t.refuse(routes.Span(), "%s has no routes", what)
	}
	for _, x := range asWritten(routes) {
		x.Value = x.Value.Resolve()
		if !routeKey.MatchString(x.Key.Value) {
			t.refuse(x.Key.Span(), "%s: there can be no route %s", what, x.Key.Value)
		}
		if x.Value.Kind != yamlpos.Mapping || isCall(x.Value) || x.Value.Get("FunctionArn") == nil {
			t.refuse(entrySpan(x.Key, x.Value), "%s: route %s is not a mapping with FunctionArn", what, x.Key.Value)
			continue
		}
		if n := t.get(x.Value, "RequestParameters"); !isEmpty(n) && x.Key.Value != "$connect" {
			t.refuse(n.Span(), "%s: route %s takes no RequestParameters, which are for $connect", what, x.Key.Value)
		}
	}
	t.oneOf(what, "IpAddressType", t.get(p, "IpAddressType"), "ipv4", "dualstack")
	if n := t.get(p, "StageName"); t.words(n) == "$default" {
		t.refuse(n.Span(), "%s: a stage cannot be called $default", what)
	}
	if n := t.get(p, "Domain", "MutualTlsAuthentication"); !isEmpty(n) {
		t.refuse(n.Span(), "%s: Domain takes no MutualTlsAuthentication", what)
	}
	t.checkDomain(what, p.Get("Domain").Resolve(), "REGIONAL")
	auth := t.get(p, "Auth")
	if isEmpty(auth) || isCall(auth) {
		return
	}
	if routes.Get("$connect") == nil {
		t.refuse(auth.Span(), "%s: Auth is about the route $connect, which there is not", what)
	}
	kind := t.get(auth, "AuthType")
	text := strings.ToUpper(t.words(kind))
	switch {
	case isEmpty(kind):
		t.refuse(auth.Span(), "%s: Auth needs an AuthType", what)
	case text == "CUSTOM":
		if isEmpty(t.get(auth, "AuthArn")) {
			t.refuse(auth.Span(), "%s: AuthType CUSTOM needs an AuthArn", what)
		}
	case text == "AWS_IAM" || text == "NONE":
		if len(auth.Pairs()) > 1 {
			t.refuse(auth.Span(), "%s: AuthType %s takes nothing beside it", what, text)
		}
	default:
		t.oneOf(what, "AuthType", kind, "AWS_IAM", "CUSTOM", "NONE")
	}
}
