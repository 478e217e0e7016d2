package cfn

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
)

var methods = regexp.MustCompile(`(?i)^(get|put|post|delete|options|head|patch|trace|x-amazon-apigateway-any-method)$`)

// openAPI reads the integrations in an API's OpenAPI or Swagger body, with who may call them.
func (b *builder) openAPI(r *resource, body *yamlpos.Node, event string) {
	if body == nil {
		return
	}
	for _, path := range b.pairs(b.get(body, "paths")) {
		for _, m := range b.pairs(path.Value) {
			if !methods.MatchString(m.Key.Value) {
				continue
			}
			integration := b.get(m.Value, "x-amazon-apigateway-integration")
			to := b.invoked(b.get(integration, "uri"))
			if to == nil {
				to = b.serviceTarget(b.get(integration, "type"), b.get(integration, "uri"), b.get(integration, "requestTemplates"), b.get(integration, "requestParameters"))
			}
			if to == nil {
				continue
			}
			label := routeLabel(m.Key.Value, path.Key.Value)
			asks := b.byDefault(r, m, b.asks(body, m.Value))
			if t := b.routeOf(b.elementOf(r), b.elementOf(to), label); t != nil { // an event's
				if t.Open && !t.Keyed {
					let(t, asks)
				}
				continue
			}
			t := b.newTrigger(r, to, "api-route", event)
			t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/%s", r.ID, label)))
			t.From, t.Name, t.Label, t.Origin = b.elementOf(r), label, label, entrySpan(m.Key, m.Value)
			t.Outside = !b.isPrivate(r)
			let(t, asks)
			b.addTrigger(t, r, m.Value)
		}
	}
	for _, p := range b.pairs(schemes(b, body)) {
		f := b.invoked(b.get(p.Value, "x-amazon-apigateway-authorizer", "authorizerUri"))
		if f == nil {
			continue
		}
		t := b.newTrigger(r, f, "authorizer", "authorizer")
		t.ID = model.MakeID("trigger", b.in(r.ID+"/"+p.Key.Value))
		t.From, t.Name, t.Label, t.Outside, t.Open, t.Origin = b.elementOf(r), p.Key.Value, "authorizer", true, true, entrySpan(p.Key, p.Value)
		b.addTrigger(t, r, p.Value)
	}
}

// An asked is what a caller of an operation has to show, least first.
type asked uint8

const (
	asksNothing asked = iota
	asksForKey
	asksForCredentials // of AWS; or for something else that is not known
	asksForToken
)

// let says on a route whom it lets in.
func let(t *model.Trigger, asks asked) {
	t.Open = asks <= asksForKey && t.Outside
	t.Keyed = t.Open && asks == asksForKey
	t.Token = asks == asksForToken
}

// schemes are the security schemes of a body, as OpenAPI 3 or Swagger 2 has them.
func schemes(b *builder, body *yamlpos.Node) *yamlpos.Node {
	if n := b.get(body, "components", "securitySchemes"); n != nil {
		return n
	}
	return b.get(body, "securityDefinitions")
}

// asks tells what an operation asks of its callers: by its own security or the body's, of which one entry is enough, and in
// it all schemes count; or by x-amazon-apigateway-auth.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
func (b *builder) asks(body, operation *yamlpos.Node) asked {
	if strings.EqualFold(b.words(b.get(operation, "x-amazon-apigateway-auth", "type")), "AWS_IAM") {
		return asksForCredentials
	}
	security := b.get(operation, "security")
	if security == nil {
		security = b.get(body, "security")
	}
	entries := b.items(security)
	if len(entries) == 0 {
		return asksNothing
	}
	least, key := asksForToken, false
	for _, entry := range entries {
		most := asksNothing
		for _, p := range b.pairs(entry) {
			scheme := b.get(schemes(b, body), p.Key.Value)
			if scheme == nil && p.Key.Value == "NONE" {
				continue // SAM's word for no authorizer
			}
			most = max(most, b.scheme(scheme))
		}
		if most == asksForKey { // no authorizer: a method asks for a key besides the one that it has
			key = true
			if len(entries) > 1 {
				continue
			}
		}
		least = min(least, most)
	}
	if key {
		return max(least, asksForKey)
	}
	return least
}

// byDefault is what an operation of a SAM API asks of its callers with the DefaultAuthorizer that SAM writes into the definition
// wherever an operation has none of its own; preflight requests are left out.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html
func (b *builder) byDefault(api *resource, operation yamlpos.Pair, asks asked) asked {
	if api.Written != samAPI && api.Written != samHTTPAPI || asks > asksForKey || strings.EqualFold(operation.Key.Value, "options") {
		return asks
	}
	for _, entry := range b.items(b.get(operation.Value, "security")) {
		if entry.Get("NONE") != nil {
			return asks
		}
	}
	switch b.words(b.get(api.Props, "Auth", "DefaultAuthorizer")) {
	case "", "NONE":
		return asks
	case "AWS_IAM":
		return asksForCredentials
	}
	return asksForToken
}

// pathVariables are the variables in a path: their names do not matter.
var pathVariables = regexp.MustCompile(`\{[^}]*\}`)

// lacks reports whether the definition that a REST API has of its own shows that the route of an event is not there. SAM writes it
// into none but with MergeDefinitions, as it does into those of HTTP APIs; a definition in another file is not seen.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
func (b *builder) lacks(api *resource, r route) bool {
	if api == nil || api.Written != samAPI || b.isTrue(b.get(api.Props, "MergeDefinitions")) {
		return false
	}
	paths := b.get(api.Props, "DefinitionBody", "paths")
	if paths == nil || paths.Kind != yamlpos.Mapping || isCall(paths) || api.Props.Get("DefinitionBody").Resolve().Get("Fn::Transform") != nil {
		return false
	}
	same := func(path string) string {
		return strings.TrimSuffix(pathVariables.ReplaceAllString("/"+strings.TrimPrefix(path, "/"), "{}"), "/")
	}
	for _, p := range paths.Pairs() {
		v := p.Value.Resolve()
		if strings.HasPrefix(p.Key.Value, "Fn::") || isCall(v) {
			return false
		}
		if same(p.Key.Value) != same(r.path) {
			continue
		}
		for _, m := range v.Pairs() {
			if strings.HasPrefix(m.Key.Value, "Fn::") || isAnyMethod(m.Key.Value) || isAnyMethod(r.method) || strings.EqualFold(m.Key.Value, r.method) {
				return false
			}
		}
	}
	return true
}

// scheme tells what a security scheme asks for.
func (b *builder) scheme(n *yamlpos.Node) asked {
	if n == nil {
		return asksForCredentials // it stands elsewhere
	}
	kind := strings.ToLower(cmp.Or(b.words(b.get(n, "x-amazon-apigateway-authtype")), b.words(b.get(n, "x-amazon-apigateway-authorizer", "type"))))
	switch {
	case kind == "awssigv4":
		return asksForCredentials
	case kind != "" || b.get(n, "x-amazon-apigateway-authorizer") != nil:
		return asksForToken
	case strings.EqualFold(b.words(b.get(n, "type")), "apiKey") && strings.EqualFold(b.words(b.get(n, "name")), "x-api-key"):
		return asksForKey
	}
	return asksForCredentials
}

// routeOf is the route that is there already, nil for none.
func (b *builder) routeOf(from, to model.ID, label string) *model.Trigger {
	for _, t := range b.starts {
		if t.Kind == "api-route" && t.From == from && t.To == to && t.Label == label {
			return t
		}
	}
	return nil
}
