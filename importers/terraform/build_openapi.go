package terraform

import (
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/source"
)

var openAPIVerb = regexp.MustCompile(`(?i)^(get|put|post|delete|options|head|patch|trace|x-amazon-apigateway-any-method)$`)

// openAPI reads the integrations in an API's OpenAPI or Swagger body, JSON or YAML, with who may call them.
func (b *builder) openAPI(x *object, event string) {
	text := x.word("body")
	if text == "" {
		return
	}
	body, err := yamlValue(cty.StringVal(text))
	if err != nil || isOneToken(text) {
		b.tell(source.Info, x.spot("body"), "Its routes are not known.", "the body of %s cannot be read", x.address)
		return
	}
	for _, p := range pairs(dig(body, "paths")) {
		for _, m := range pairs(p.value) {
			if !openAPIVerb.MatchString(m.key) {
				continue
			}
			integration := dig(m.value, "x-amazon-apigateway-integration")
			to := b.invoked(words(dig(integration, "uri")), x)
			if to == "" {
				to = b.serviceTargetOf(x, words(dig(integration, "type")), words(dig(integration, "uri")), dig(integration, "requestTemplates"), dig(integration, "requestParameters"))
			}
			label := routeLabel(m.key, p.key)
			if to == "" || b.hasRoute(b.elementOf(x), to, label) {
				continue
			}
			t := b.newTrigger(x, to, "api-route", event, label)
			t.From, t.Name, t.Label, t.Origin = b.elementOf(x), label, label, x.spot("body")
			t.Outside = !b.isPrivate(x)
			asks := asksOf(body, m.value)
			t.Open, t.Token = asks <= asksForKey && t.Outside, asks == asksForToken
			t.Keyed, t.Role = t.Open && asks == asksForKey, b.actsAs(words(dig(integration, "credentials")), x)
			b.start(t)
		}
	}
	for _, p := range pairs(schemesOf(body)) {
		to := b.invoked(words(dig(p.value, "x-amazon-apigateway-authorizer", "authorizerUri")), x)
		if to == "" {
			continue
		}
		t := b.newTrigger(x, to, "authorizer", "authorizer", p.key)
		t.From, t.Name, t.Label, t.Outside, t.Open, t.Origin = b.elementOf(x), p.key, "authorizer", true, true, x.spot("body")
		b.start(t)
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

// schemesOf are the security schemes of a body, as OpenAPI 3 or Swagger 2 has them.
func schemesOf(body cty.Value) cty.Value {
	if v := dig(body, "components", "securitySchemes"); !v.IsNull() {
		return v
	}
	return dig(body, "securityDefinitions")
}

// asksOf tells what an operation asks of its callers: by its own security or the body's, of which one entry is enough, and
// in it all schemes count; or by x-amazon-apigateway-auth.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
func asksOf(body, operation cty.Value) asked {
	if strings.EqualFold(words(dig(operation, "x-amazon-apigateway-auth", "type")), "AWS_IAM") {
		return asksForCredentials
	}
	security := dig(operation, "security")
	if security.IsNull() {
		security = dig(body, "security")
	}
	entries := items(security)
	if len(entries) == 0 {
		return asksNothing
	}
	least, key := asksForToken, false
	for _, entry := range entries {
		most := asksNothing
		for _, p := range pairs(entry) {
			most = max(most, asksOfScheme(dig(schemesOf(body), p.key)))
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

// asksOfScheme tells what a security scheme asks for.
func asksOfScheme(v cty.Value) asked {
	kind := strings.ToLower(words(dig(v, "x-amazon-apigateway-authtype")))
	own := dig(v, "x-amazon-apigateway-authorizer")
	switch {
	case kind == "awssigv4":
		return asksForCredentials
	case kind != "" || !own.IsNull():
		return asksForToken
	case strings.EqualFold(words(dig(v, "type")), "apiKey") && strings.EqualFold(words(dig(v, "name")), "x-api-key"):
		return asksForKey
	}
	return asksForCredentials // also of one that stands elsewhere
}
