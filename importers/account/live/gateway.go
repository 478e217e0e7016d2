package live

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
)

var (
	getRestAPIs     = op(operation{of: restAPIService, name: "GetRestApis", action: "GET", path: "/restapis", on: apisAlone, reads: "REST APIs and their policies"})
	getMethods      = op(operation{of: restAPIService, name: "GetResources", action: "GET", path: "/restapis/{restapi_id}/resources?embed=methods", on: apisAlone, reads: "routes of REST APIs and what they call"})
	getRestAuth     = op(operation{of: restAPIService, name: "GetAuthorizers", action: "GET", path: "/restapis/{restapi_id}/authorizers", on: apisAlone, reads: "authorizers of REST APIs"})
	getAPIs         = op(operation{of: apiService, name: "GetApis", action: "GET", path: "/v2/apis", on: apisAlone, reads: "HTTP and WebSocket APIs"})
	getRoutes       = op(operation{of: apiService, name: "GetRoutes", action: "GET", path: "/v2/apis/{apiId}/routes", on: apisAlone, reads: "their routes"})
	getIntegrations = op(operation{of: apiService, name: "GetIntegrations", action: "GET", path: "/v2/apis/{apiId}/integrations", on: apisAlone, reads: "what the routes call"})
	getAuthorizers  = op(operation{of: apiService, name: "GetAuthorizers", action: "GET", path: "/v2/apis/{apiId}/authorizers", on: apisAlone, reads: "their authorizers"})
)

// What of API Gateway is read: its action is the method of HTTP, and among what it could read are values of API keys.
var apisAlone = []string{"arn:*:apigateway:*::/restapis", "arn:*:apigateway:*::/restapis/*", "arn:*:apigateway:*::/apis", "arn:*:apigateway:*::/apis/*"}

type restAPIPage struct {
	Item     []restAPI
	Position string `page:"position"`
}

type restAPI struct {
	Id, Name string
	Policy   document
}

type methodPage struct {
	Item []struct {
		Path            string
		ResourceMethods map[string]struct {
			AuthorizationType string
			ApiKeyRequired    flag
			MethodIntegration struct {
				Uri         someARN
				Credentials string
			}
		}
	}
	Position string `page:"position"`
}

type restAuthPage struct {
	Item []struct {
		Name                  string
		AuthorizerUri         someARN
		AuthorizerCredentials string
	}
	Position string `page:"position"`
}

type apiPage struct {
	Items     []struct{ ApiId, Name, ProtocolType string }
	NextToken string `page:"nextToken"`
}

type routePage struct {
	Items     []route
	NextToken string `page:"nextToken"`
}

type route struct {
	RouteKey, Target, AuthorizationType string
	ApiKeyRequired                      flag
}

type integrationPage struct {
	Items []struct {
		IntegrationId  string
		IntegrationUri someARN
		CredentialsArn string
	}
	NextToken string `page:"nextToken"`
}

type authorizerPage struct {
	Items []struct {
		Name                     string
		AuthorizerUri            someARN
		AuthorizerCredentialsArn string
	}
	NextToken string `page:"nextToken"`
}

// called is what an integration's address stands for: a function, or a queue; "" for anything else.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
func called(uri string) string {
	f := strings.SplitN(uri, ":", 6)
	if len(f) < 6 || f[0] != "arn" {
		return "" // a page's address, which may hold a key
	}
	if f[2] == "lambda" {
		return uri
	}
	if _, rest, ok := strings.Cut(f[5], "/functions/"); ok && f[2] == "apigateway" && f[4] == "lambda" {
		return strings.TrimSuffix(rest, "/invocations")
	}
	if f[2] == "apigateway" && f[4] == "sqs" {
		if path := strings.Split(f[5], "/"); len(path) >= 3 && path[0] == "path" {
			return strings.Join([]string{"arn", f[1], "sqs", f[3], path[1], path[2]}, ":")
		}
	}
	return ""
}

func (t *taker) restAPIs(ctx context.Context, region string) {
	pages(ctx, t, region, getRestAPIs, args{"limit": 500}, "", func(p *restAPIPage) {
		each(t, p.Item, func(api restAPI) { t.restAPI(ctx, region, api) })
	})
}

func (t *taker) apis(ctx context.Context, region string) {
	pages(ctx, t, region, getAPIs, nil, "", func(p *apiPage) {
		for _, api := range p.Items {
			t.beside(func() { t.api(ctx, region, api.ApiId, api.Name) })
		}
	})
}

func (t *taker) api(ctx context.Context, region, id, name string) {
	arn := "arn:" + partitionOf(region).name + ":apigateway:" + region + "::/apis/" + id
	t.resource(Resource{Arn: arn, Type: "AWS::ApiGatewayV2::Api", Name: name})
	in := args{"apiId": id}
	t.beside(func() {
		pages(ctx, t, region, getAuthorizers, in, name, func(p *authorizerPage) {
			for _, a := range p.Items {
				t.trigger(Trigger{From: arn, To: called(string(a.AuthorizerUri)), Kind: "authorizer", Role: a.AuthorizerCredentialsArn, Filter: filter{}})
			}
		})
	})
	type integration struct{ to, role string }
	behind := map[string]integration{}
	pages(ctx, t, region, getIntegrations, in, name, func(p *integrationPage) {
		for _, x := range p.Items {
			behind["integrations/"+x.IntegrationId] = integration{called(string(x.IntegrationUri)), x.CredentialsArn}
		}
	})
	pages(ctx, t, region, getRoutes, in, name, func(p *routePage) {
		for _, r := range p.Items {
			to := behind[r.Target]
			t.trigger(Trigger{From: arn, To: to.to, Kind: "api-route", Role: to.role, Filter: filter{Route: r.RouteKey, Auth: cmp.Or(r.AuthorizationType, "NONE"), Keyed: r.ApiKeyRequired}})
		}
	})
}

func (t *taker) restAPI(ctx context.Context, region string, api restAPI) {
	arn := "arn:" + partitionOf(region).name + ":apigateway:" + region + "::/restapis/" + api.Id
	t.resource(Resource{Arn: arn, Type: "AWS::ApiGateway::RestApi", Name: api.Name})
	t.policy(arn, api.Policy)
	in := args{"restapi_id": api.Id}
	t.beside(func() {
		pages(ctx, t, region, getRestAuth, in, api.Name, func(p *restAuthPage) {
			for _, a := range p.Item {
				t.trigger(Trigger{From: arn, To: called(string(a.AuthorizerUri)), Kind: "authorizer", Role: a.AuthorizerCredentials, Filter: filter{}})
			}
		})
	})
	in = maps.Clone(in)
	in["limit"] = 500
	pages(ctx, t, region, getMethods, in, api.Name, func(p *methodPage) {
		for _, r := range p.Item {
			for _, method := range slices.Sorted(maps.Keys(r.ResourceMethods)) {
				m := r.ResourceMethods[method]
				t.trigger(Trigger{From: arn, To: called(string(m.MethodIntegration.Uri)), Kind: "api-route", Role: m.MethodIntegration.Credentials,
					Filter: filter{Route: method + " " + r.Path, Auth: cmp.Or(m.AuthorizationType, "NONE"), Keyed: m.ApiKeyRequired}})
			}
		}
	})
}
