package cfn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model/source"
)

// Routes of an OpenAPI body let in whom their security asks for, in both versions of OpenAPI, for REST and HTTP APIs.
func TestSecurityOfOpenAPI(t *testing.T) {
	const schemes = `
          iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
          pool: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: cognito_user_pools, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: [a]}}
          own: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: custom, x-amazon-apigateway-authorizer: {type: token, authorizerUri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Check.Arn}/invocations'}}
          jwt: {type: oauth2, x-amazon-apigateway-authorizer: {type: jwt, jwtConfiguration: {issuer: i, audience: [a]}}}
          key: {type: apiKey, name: x-api-key, in: header}
          odd: {type: oauth2}
`
	const head = `
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Role: r, Code: {ZipFile: ""}}}
  Check: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Role: r, Code: {ZipFile: ""}}}
`
	const integration = `x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}`
	for _, c := range []struct{ whole, operation, want string }{
		{"", "", "open"},
		{"", "security: []", "open"},
		{"", "security: [{}]", "open"},
		{"", "security: [{iam: []}]", "credentials"},
		{"", "security: [{pool: []}]", "token"},
		{"", "security: [{own: []}]", "token"},
		{"", "security: [{jwt: [read]}]", "token"},
		{"", "security: [{key: []}]", "keyed"},
		{"", "security: [{key: [], pool: []}]", "token"},
		{"", "security: [{key: [], iam: []}]", "credentials"},
		{"", "security: [{key: []}, {iam: []}]", "credentials"},
		{"", "security: [{key: []}, {pool: []}]", "token"},
		{"", "security: [{key: []}, {}]", "keyed"},
		{"", "security: [{pool: []}, {iam: []}]", "credentials"},
		{"", "security: [{pool: []}, {}]", "open"},
		{"", "security: [{odd: []}]", "credentials"},
		{"", "security: [{elsewhere: []}]", "credentials"},
		{"", "x-amazon-apigateway-auth: {type: AWS_IAM}", "credentials"},
		{"", "x-amazon-apigateway-auth: {type: NONE}", "open"},
		{"[{pool: []}]", "", "token"},
		{"[{pool: []}]", "security: []", "open"},
		{"[{iam: []}]", "security: [{jwt: []}]", "token"},
	} {
		for _, kind := range []string{"AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"} {
			for _, at := range []string{"components: {securitySchemes: {", "securityDefinitions: {"} {
				body := "openapi: 3.0.1"
				flow := ""
				for _, line := range lines(schemes) {
					flow += line + ", "
				}
				text := head + "  Api:\n    Type: " + kind + "\n    Properties:\n      Body:\n        " + body + "\n        " + at + flow + map[bool]string{true: "}}", false: "}"}[at[0] == 'c'] + "\n"
				if c.whole != "" {
					text += "        security: " + c.whole + "\n"
				}
				text += "        paths:\n          /a:\n            get:\n              " + integration + "\n"
				if c.operation != "" {
					text += "              " + c.operation + "\n"
				}
				in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(text)}}, "template.yaml", importers.Options{})
				if err != nil {
					t.Fatalf("%v in %s", err, text)
				}
				got, checks := "", 0
				for _, tr := range in.Design.Triggers() {
					switch {
					case tr.Kind == "authorizer" && tr.To == "fn/Check" && tr.From == "res/Api":
						checks++
					case tr.Token && !tr.Open:
						got += "token"
					case tr.Open && tr.Keyed:
						got += "keyed"
					case tr.Open:
						got += "open"
					default:
						got += "credentials"
					}
				}
				if got != c.want || checks != 1 {
					t.Errorf("%s, %s of all, %s: %q, not %q; %d authorizers", kind, c.whole, c.operation, got, c.want, checks)
				}
			}
		}
	}
}

// lines are a text's lines without what surrounds them, empty ones left out.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// An event on a REST API with a definition of its own that lacks the path gives a permission and no route; with
// MergeDefinitions, and on an HTTP API, SAM adds the route. Operations of a definition have the API's default authorizer.
func TestDefinedRoutes(t *testing.T) {
	const text = `Transform: AWS::Serverless-2016-10-31
Resources:
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: p
      MergeDefinitions: %s
      Auth: {DefaultAuthorizer: AWS_IAM}
      DefinitionBody:
        swagger: '2.0'
        paths:
          /there/{id}: {get: {x-amazon-apigateway-integration: {uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}}}
          /open: {get: {security: [{NONE: []}], x-amazon-apigateway-integration: {uri: !Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties: {DefinitionBody: {openapi: 3.0.1, paths: {}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      CodeUri: s3://b/k
      Events:
        There: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: '/there/{name}', Method: GET}}
        Gone: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /gone, Method: get}}
        Added: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /added, Method: get}}
`
	for _, c := range []struct {
		merge string
		want  []string
	}{
		{"false", []string{"api-route GET /added true", "api-route GET /open true", "api-route GET /there/{id} false", "api-route GET /there/{name} false", "permission apigateway false"}},
		{"true", []string{"api-route GET /added true", "api-route GET /gone false", "api-route GET /open true", "api-route GET /there/{id} false", "api-route GET /there/{name} false"}},
	} {
		in := imported(t, "t.yaml", fmt.Sprintf(text, c.merge), importers.Options{})
		var got []string
		for _, x := range in.Design.Triggers() {
			got = append(got, fmt.Sprint(x.Kind, " ", x.Label, " ", x.Open))
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("merged %s: %q, want %q", c.merge, got, c.want)
		}
		if told := slices.ContainsFunc(in.Diagnostics, func(d source.Diagnostic) bool { return strings.Contains(d.Summary, "has no GET /gone") }); told != (c.merge == "false") {
			t.Errorf("merged %s: %v", c.merge, in.Diagnostics)
		}
	}
}
