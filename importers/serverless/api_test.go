package serverless

import (
	"context"
	"slices"
	"sort"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
)

// made lists the resources of a design whose type begins with one of the given ones, by logical id.
func made(d *model.Design, types ...string) []string {
	var out []string
	for _, r := range d.Resources() {
		if slices.ContainsFunc(types, func(t string) bool { return strings.HasPrefix(r.Type, t) }) {
			out = append(out, strings.TrimSuffix(r.LogicalID+" "+r.Name, " "+r.Stack+"-"+r.LogicalID+"-GENERATED"))
		}
	}
	sort.Strings(out)
	return out
}

// TestAPIKeys makes the keys and usage plans of an API, and drops the keys' values.
func TestAPIKeys(t *testing.T) {
	const service = "service: s\nprovider:\n  name: aws\n  apiGateway: {%}\nfunctions: {f: {handler: h, events: [{http: {path: a, method: get, private: true, request: {schemas: {application/json: {type: object}}}}}]}}\n"
	for _, c := range []struct{ keys, want string }{
		{"apiKeys: [free, {name: paid, value: secret-of-the-key-0123456789}]", "ApiGatewayApiKey1 ApiGatewayApiKey2 ApiGatewayUsagePlan ApiGatewayUsagePlanKey1 ApiGatewayUsagePlanKey2"},
		{"apiKeys: [{free: [a, b]}, {paid: [{name: c, value: secret-of-the-key-0123456789}]}], usagePlan: [{free: {quota: {limit: 1}}}, {paid: {}}]",
			"ApiGatewayApiKeyFree1 ApiGatewayApiKeyFree2 ApiGatewayApiKeyPaid1 ApiGatewayUsagePlanFree ApiGatewayUsagePlanKeyFree1 ApiGatewayUsagePlanKeyFree2 ApiGatewayUsagePlanKeyPaid1 ApiGatewayUsagePlanPaid"},
		{"usagePlan: {quota: {limit: 1}}", "ApiGatewayUsagePlan"},
		{"minimumCompressionSize: 1024", ""},
	} {
		in := importFolder(t, map[string]string{"serverless.yml": strings.Replace(service, "%", c.keys, 1)}, importers.Options{})
		got := made(in.Design, "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan")
		for i := range got {
			got[i], _, _ = strings.Cut(got[i], " ")
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v", c.keys, got)
		}
		if m := made(in.Design, "AWS::ApiGateway::Model"); !slices.Equal(m, []string{"ApiGatewayMethodAGetApplicationJsonModel"}) {
			t.Errorf("models %v", m)
		}
	}
}

// TestAPILogs: what writes the logs of APIs is made once for all, unless the service says that others do.
func TestAPILogs(t *testing.T) {
	const service = "service: s\nprovider: {name: aws, stackName: other, logs: {%}}\nfunctions: {f: {handler: h, events: [{http: 'GET a'}, {websocket: {route: $default, routeResponseSelectionExpression: $default}}]}}\n"
	for _, c := range []struct{ logs, want string }{
		{"restApi: true, websocket: true", "ApiGatewayLogGroup /aws/api-gateway/s-dev, WebsocketsLogGroup /aws/websocket/s-dev, handler"},
		{"websocket: true", "WebsocketsLogGroup /aws/websocket/s-dev, handler"},
		{"restApi: {accessLogging: false}", ""},
		{"restApi: {role: 'arn:aws:iam::123456789012:role/r'}", "ApiGatewayLogGroup /aws/api-gateway/s-dev, handler"},
		{"restApi: {roleManagedExternally: true}, websocket: true", "ApiGatewayLogGroup /aws/api-gateway/s-dev, WebsocketsLogGroup /aws/websocket/s-dev"},
	} {
		d := importFolder(t, map[string]string{"serverless.yml": strings.Replace(service, "%", c.logs, 1)}, importers.Options{}).Design
		got := slices.DeleteFunc(made(d, "AWS::Logs::LogGroup"), func(s string) bool { return strings.HasPrefix(s, "FLogGroup") })
		if r := d.Role("role/IamRoleCustomResourcesLambdaExecution"); r != nil {
			got = append(got, "handler")
			if n := len(d.Policy(r.Policies[0]).Document.Statements); n != 2 {
				t.Errorf("%s: %d statements", c.logs, n)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v", c.logs, got)
		}
		if r := made(d, "AWS::ApiGatewayV2::RouteResponse"); !slices.Equal(r, []string{"SdefaultWebsocketsRouteResponse"}) {
			t.Errorf("responses %v", r)
		}
	}
}

// TestRoutesOfAnAPI: paths that an API has already are not made, however the service writes them.
func TestRoutesOfAnAPI(t *testing.T) {
	trees, _, err := New().Trees(context.Background(), folder(map[string]string{"serverless.yml": `service: s
provider: {name: aws, apiGateway: {restApiId: abc, restApiRootResourceId: root, restApiResources: {/users: one, 'users/{id}/': two}}}
functions: {f: {handler: h, events: [{http: 'GET users'}, {http: 'GET users/{id}/posts'}]}}
`}), ".", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	resources := get(trees[0].Root, "Resources")
	if get(resources, "ApiGatewayResourceUsers") != nil || get(resources, "ApiGatewayResourceUsersIdVar") != nil {
		t.Error("a path that is there was made")
	}
	if got := words(get(resources, "ApiGatewayResourceUsersIdVarPosts", "Properties", "ParentId")); got != "two" {
		t.Errorf("posts stand in %q", got)
	}
	if got := words(get(resources, "ApiGatewayMethodUsersGet", "Properties", "ResourceId")); got != "one" {
		t.Errorf("users are %q", got)
	}
}

// TestCustomRules: the statements of the function that makes rules stand in the framework's order, whichever event asks first.
func TestCustomRules(t *testing.T) {
	for _, option := range []string{"{useCloudFormation: false}", "{}"} {
		in := importFolder(t, map[string]string{"serverless.yml": "service: s\nprovider: {name: aws, eventBridge: " + option + `}
functions: {f: {handler: h, events: [{s3: {bucket: one, existing: true}}, {eventBridge: {schedule: rate(1 hour)}}, {eventBridge: {eventBus: shop, pattern: {source: [a]}}}]}, g: {handler: h, events: [{s3: {bucket: two, existing: true}}]}}
`}, importers.Options{})
		var got []string
		for _, st := range in.Design.Policy(in.Design.Role("role/IamRoleCustomResourcesLambdaExecution").Policies[0]).Document.Statements {
			got = append(got, st.Actions[0])
		}
		want := []string{"s3:PutBucketNotification", "s3:PutBucketNotification", "lambda:AddPermission", "events:CreateEventBus", "events:PutRule", "lambda:AddPermission"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", option, got)
		}
	}
}
