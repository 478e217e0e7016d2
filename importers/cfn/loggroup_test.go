package cfn

import (
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
)

// LoggingConfig says which log group a function writes to: by its name, of Globals as well. The name that Lambda would give is
// one as good as another: it stays with both parts of a split, as it does in the template.
func TestLogGroupsOfFunctions(t *testing.T) {
	text := `
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13, Handler: app.handler, LoggingConfig: {LogGroup: !Ref Shared}}}
Resources:
  Shared: {Type: AWS::Logs::LogGroup}
  Own: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /aws/lambda/second}}
  First:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
  Second:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      FunctionName: second
      LoggingConfig: {LogGroup: !Ref Own, LogFormat: JSON}
      Events:
        A: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        B: {Type: Schedule, Properties: {Schedule: rate(2 days)}}
  Plain:
    Type: AWS::Lambda::Function
    Properties: {Role: arn:aws:iam::123456789012:role/x, Runtime: python3.13, Handler: app.handler, Code: {ZipFile: x}}
`
	in := imported(t, "template.yaml", text, importers.Options{})
	d := in.Design
	for id, want := range map[model.ID]string{
		"fn/First": d.Resource("res/Shared").ARN, "fn/Second": d.Resource("res/Own").ARN, "fn/Plain": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/" + d.Function("fn/Plain").Name,
	} {
		if got := d.Function(id).LogGroupARN(); got != want {
			t.Errorf("%s writes to %s, not %s", id, got, want)
		}
	}
	if got := d.Function("fn/Plain").LogGroup; got != "" {
		t.Errorf("Plain is told to write to %s", got)
	}
	r, err := halves(d, d.Function("fn/Second"), false).Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	after := r.Design
	proven(t, in, after)
	for _, id := range []model.ID{"fn/SecondFirst", "fn/SecondSecond"} {
		if got := after.Function(id).LogGroup; got != d.Resource("res/Own").ARN {
			t.Errorf("%s writes to %s", id, got)
		}
	}
}
