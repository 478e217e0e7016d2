package cfn

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
)

// Callers of a WebSocket API are authorized when they connect, and of no other route: what $connect asks for is what all
// routes ask for.
func TestSecurityOfWebSockets(t *testing.T) {
	for connect, want := range map[string]string{
		"":                            "open",
		"AuthorizationType: NONE,":    "open",
		"AuthorizationType: AWS_IAM,": "credentials",
		"AuthorizationType: CUSTOM, AuthorizerId: a,": "token",
		"none": "open", // no such route
	} {
		text := `
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Role: r, Code: {ZipFile: ""}}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  Other: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${F.Arn}/invocations'}}
  Theirs: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Other, RouteKey: $connect, AuthorizationType: AWS_IAM}}
  Say: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: say, Target: !Sub 'integrations/${I}'}}
`
		if connect != "none" {
			text += "  Connect: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, " + connect + " RouteKey: $connect}}\n"
		}
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		triggers := in.Design.Triggers()
		if len(triggers) != 1 {
			t.Fatalf("%s: %d triggers", connect, len(triggers))
		}
		got := "credentials"
		switch tr := triggers[0]; {
		case tr.Token:
			got = "token"
		case tr.Open:
			got = "open"
		}
		if got != want {
			t.Errorf("%s: %s, not %s", connect, got, want)
		}
	}
}

// What an event says of its callers counts where SAM writes the API's definition, and not where the API has one of its own.
func TestDefinedAPI(t *testing.T) {
	for with, want := range map[string]string{
		"": "open",
		"DefinitionBody: {swagger: '2.0', paths: {/a: {get: {}}}}":                         "token",
		"DefinitionBody: {swagger: '2.0', paths: {/b: {get: {}}}}, MergeDefinitions: true": "open",
	} {
		text := `Transform: AWS::Serverless-2016-10-31
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: P, Auth: {DefaultAuthorizer: A, Authorizers: {A: {UserPoolArn: !GetAtt Pool.Arn}}}, ` + with + `}
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Events: {E: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /a, Method: get, Auth: {Authorizer: NONE}}}}}
`
		if with == "" {
			text = strings.ReplaceAll(text, ", }", "}")
		}
		in, err := importBytes("t.yaml", text)
		if err != nil || len(in.Diagnostics) > 0 {
			t.Fatal(err, in.Diagnostics)
		}
		for _, tr := range in.Design.Triggers() {
			got := map[bool]string{true: "open"}[tr.Open]
			if tr.Token {
				got = "token"
			}
			if got != want {
				t.Errorf("%s: %q, want %q", with, got, want)
			}
		}
	}
}
