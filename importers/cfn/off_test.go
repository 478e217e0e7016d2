package cfn

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
)

// What starts something and is disabled says so, wherever CloudFormation and SAM say it.
func TestDisabled(t *testing.T) {
	const text = `
Transform: AWS::Serverless-2016-10-31
Parameters: {Switch: {Type: String}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      CodeUri: .
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, Enabled: %v}}
        Rule: {Type: EventBridgeRule, Properties: {Pattern: {source: [shop]}, State: %s}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: %v}}
  Q: {Type: AWS::SQS::Queue}
  Map: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn, Enabled: %v}}
  Events: {Type: AWS::Events::Rule, Properties: {State: %s, EventPattern: {source: [shop]}, Targets: [{Id: f, Arn: !GetAtt F.Arn}]}}
  Pipe: {Type: AWS::Pipes::Pipe, Properties: {DesiredState: %p, RoleArn: r, Source: !GetAtt Q.Arn, Target: !GetAtt F.Arn}}
`
	for _, c := range []struct {
		enabled, state, pipe string
		off                  bool
	}{{"true", "ENABLED", "RUNNING", false}, {"false", "DISABLED", "STOPPED", true}, {"!Ref Switch", "!Ref Switch", "!Ref Switch", false}} {
		written := strings.NewReplacer("%v", c.enabled, "%s", c.state, "%p", c.pipe).Replace(text)
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(written)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		triggers := in.Design.Triggers()
		if len(triggers) != 6 {
			t.Errorf("%d triggers", len(triggers))
		}
		for _, tr := range triggers {
			if tr.Off != c.off {
				t.Errorf("%s, %s: %s is off: %v", c.enabled, c.state, tr.ID, tr.Off)
			}
		}
	}
}
