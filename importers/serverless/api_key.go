package serverless

import (
	"regexp"
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
)

// apiKeys makes the keys of the REST API and the usage plans that they belong to. The keys' values are dropped.
// https://www.serverless.com/framework/docs/providers/aws/events/apigateway#setting-api-keys-for-your-rest-api
func (c *compiler) apiKeys() {
	keys, plans := get(c.provider, "apiGateway", "apiKeys"), get(c.provider, "apiGateway", "usagePlan")
	if !there(keys) && !there(plans) {
		return
	}
	at := c.at
	named := map[string]bool{}
	plan := func(id, called string) {
		stage := obj(at, entry{"ApiId", c.rest.id}, entry{"Stage", str(c.stage(), at)})
		c.add(id, "AWS::ApiGateway::UsagePlan", obj(at, entry{"ApiStages", list(at, stage)}, entry{"UsagePlanName", str(called, at)}), cfn.Made{Origin: at})
	}
	for _, p := range items(plans) {
		if name := firstKey(p); name != "" {
			named[name] = true
			plan("ApiGatewayUsagePlan"+upperFirst(name), c.serviceName()+"-"+name+"-"+c.stage())
		}
	}
	if len(named) == 0 {
		plan("ApiGatewayUsagePlan", c.prefix())
	}
	n := 0
	for _, k := range items(keys) {
		of, own := "", []*yamlpos.Node{k}
		if name := firstKey(k); named[name] {
			of, own, n = upperFirst(name), items(get(k, name)), 0
		}
		for _, key := range own {
			n++
			name := key
			if isMapping(key) {
				name = get(key, "name")
			}
			id, at := "ApiGatewayApiKey"+of+itoa(n), key.Span()
			c.add(id, "AWS::ApiGateway::ApiKey", obj(at, entry{"Name", name}), cfn.Made{Origin: at})
			c.add("ApiGatewayUsagePlanKey"+of+itoa(n), "AWS::ApiGateway::UsagePlanKey",
				obj(at, entry{"KeyId", ref(id, at)}, entry{"KeyType", str("API_KEY", at)}, entry{"UsagePlanId", ref("ApiGatewayUsagePlan"+of, at)}), cfn.Made{Origin: at})
		}
	}
}

// firstKey is the first key of a mapping, "" of anything else.
func firstKey(n *yamlpos.Node) string {
	if n = n.Resolve(); isMapping(n) && len(n.Effective()) > 0 {
		return n.Effective()[0].Key.Value
	}
	return ""
}

// models makes the models that the bodies of a route's requests are checked against.
// https://www.serverless.com/framework/docs/providers/aws/events/apigateway#request-schema-validators
func (c *compiler) models(e event, method string) {
	for _, p := range e.prop("request", "schemas").Effective() {
		schema, at := p.Value.Resolve(), place(p.Key, p.Value)
		id := method + startCase(p.Key.Value) + "Model"
		if name := words(schema); get(c.provider, "apiGateway", "request", "schemas", name) != nil {
			id = "ApiGateway" + startCase(name) + "Model"
		}
		c.add(id, "AWS::ApiGateway::Model", obj(at, entry{"RestApiId", c.rest.id}, entry{"ContentType", p.Key}), cfn.Made{Origin: at})
	}
}

// wordsIn are the words that a name is made of.
var wordsIn = regexp.MustCompile(`[A-Z]+(?:[^A-Za-z0-9]|$)|[A-Z]?[a-z]+|[A-Z]+|[0-9]+`)

// startCase is a name with its words in capitals: "application/json" is ApplicationJson.
func startCase(name string) string {
	var b strings.Builder
	for _, w := range wordsIn.FindAllString(name, -1) {
		b.WriteString(upperFirst(notAlphanumeric.ReplaceAllString(w, "")))
	}
	return b.String()
}
