package cfn

import (
	"testing"

	"bulkhead/importers"
)

// Routes that take an API key and no authorizer are open to whoever has it; an authorizer beside the key closes them.
func TestKeyedRoutes(t *testing.T) {
	in := imported(t, "template.yaml", `
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Auth: {ApiKeyRequired: true}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      Events:
        Keyed: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /keyed, Method: get}}
        Plain: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /plain, Method: get, Auth: {ApiKeyRequired: false}}}
        Signed: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /signed, Method: get, Auth: {Authorizer: AWS_IAM}}}
        Implicit: {Type: Api, Properties: {Path: /implicit, Method: get}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: rest}}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Rest
      ResourceId: !GetAtt Rest.RootResourceId
      HttpMethod: POST
      ApiKeyRequired: true
      AuthorizationType: NONE
      Integration: {Uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}
  Graph: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: graph, AuthenticationType: API_KEY}}
  GraphSource:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Graph.ApiId, Name: f, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}}
  Closed: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: closed, AuthenticationType: AWS_IAM}}
  ClosedSource:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Closed.ApiId, Name: f, Type: AWS_LAMBDA, LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}}
`, importers.Options{})
	want := map[string]string{
		"GET /keyed": "anyone with the API key", "GET /plain": "anyone", "GET /signed": "", "GET /implicit": "anyone", "POST /": "anyone with the API key",
		"res/Graph": "anyone with the API key", "res/Closed": "",
	}
	for _, tr := range in.Design.Triggers() {
		name := tr.Label
		if tr.Kind == "graphql" {
			name = string(tr.From)
		}
		who, ok := want[name]
		if !ok || tr.OpenTo() != who {
			t.Errorf("%s is open to %q, not %q", name, tr.OpenTo(), who)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("no triggers: %v", want)
	}
}

// A route whose callers show a token is no route for whoever has execute-api:Invoke; an IAM-authorized one is.
func TestTokenRoutes(t *testing.T) {
	in := imported(t, "template.yaml", `
Transform: AWS::Serverless-2016-10-31
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Rest:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, Auth: {DefaultAuthorizer: C, Authorizers: {C: {UserPoolArn: !GetAtt Pool.Arn}}}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties: {Auth: {DefaultAuthorizer: J, Authorizers: {J: {JwtConfiguration: {issuer: "https://x", audience: [a]}, IdentitySource: $request.header.Authorization}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      Events:
        Cognito: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /cognito, Method: get}}
        Signed: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /signed, Method: get, Auth: {Authorizer: AWS_IAM}}}
        Bare: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /bare, Method: get, Auth: {Authorizer: NONE}}}
        Jwt: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: /jwt, Method: get}}
  Plain: {Type: AWS::ApiGateway::RestApi, Properties: {Name: plain}}
  Custom:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Plain
      ResourceId: !GetAtt Plain.RootResourceId
      HttpMethod: POST
      AuthorizationType: CUSTOM
      Integration: {Uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}
  Iam:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Plain
      ResourceId: !GetAtt Plain.RootResourceId
      HttpMethod: GET
      AuthorizationType: AWS_IAM
      Integration: {Uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}
`, importers.Options{})
	want := map[string]bool{"GET /cognito": true, "GET /signed": false, "GET /bare": false, "GET /jwt": true, "POST /": true, "GET /": false}
	seen := 0
	for _, tr := range in.Design.Triggers() {
		if tr.Kind != "api-route" {
			continue
		}
		token, ok := want[tr.Label]
		if !ok {
			t.Errorf("%s is not expected", tr.Label)
			continue
		}
		seen++
		if tr.Token != token || tr.Token && tr.Open {
			t.Errorf("%s: token %v, open %v", tr.Label, tr.Token, tr.Open)
		}
	}
	if seen != len(want) {
		t.Errorf("%d routes of %d", seen, len(want))
	}
}
