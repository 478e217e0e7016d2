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
