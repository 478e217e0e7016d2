package command_test

import (
	"strings"
	"testing"
)

// What the source makes of one entry, such as a rule that several buckets start, goes to one part, by whichever of its
// triggers it is named; it cannot be divided.
func TestTriggersOfOneRule(t *testing.T) {
	const buckets = `Transform: AWS::Serverless-2016-10-31
Resources:
  In: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}}
  Out: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}}
`
	const event = `  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: .
      Events:
        Rule:
          Type: EventBridgeRule
          Properties:
            Pattern: {source: [aws.s3], detail-type: [Object Created]}
`
	const rule = `  F: {Type: AWS::Lambda::Function, Properties: {Handler: app.handler, Runtime: python3.12, Role: !GetAtt Role.Arn, Code: {ZipFile: x}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.s3], detail-type: [Object Created]}
      Targets:
        - {Id: a, Arn: !GetAtt F.Arn}
`
	for name, c := range map[string]struct{ template, first, second, moved string }{
		"an event": {buckets + event, "trigger/F/Rule", "trigger/F/Rule-2", "+  A:\n"},
		"a rule":   {buckets + rule, "trigger/Rule", "trigger/Rule-2", "+        - {Id: a, Arn: !GetAtt A.Arn}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			split := func(a, f string) result {
				script := `{"op": "split", "function": "fn/F", "parts": [{"name": "A", "triggers": [` + a + `], "environment": [], "grants": []}, {"name": "F", "keeps": true, "triggers": [` + f + `], "environment": [], "grants": []}]}`
				return run(t, "export", write(t, "template.yaml", c.template), "--script", write(t, "edits.jsonl", script), "--patch")
			}
			for _, by := range []string{`"Rule"`, `"` + c.first + `"`, `"` + c.second + `"`, `"` + c.first + `", "` + c.second + `"`} {
				if r := split(by, ""); r.code != 0 || !strings.Contains(r.out, c.moved) {
					t.Errorf("by %s: exit %d, %s%s", by, r.code, r.out, r.err)
				}
			}
			if r := split(`"`+c.first+`"`, `"`+c.second+`"`); r.code != 2 || !strings.Contains(r.err, "the triggers of one rule go to one part") {
				t.Errorf("divided: exit %d, %s%s", r.code, r.out, r.err)
			}
			other := c.template + "  A: {Type: AWS::Lambda::Function, Properties: {Handler: a.b, Runtime: python3.12, Role: !GetAtt Own.Arn, Code: {ZipFile: x}}}\n" +
				"  Own: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}\n"
			if name == "an event" {
				other = c.template + "  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n      Runtime: python3.12\n      CodeUri: .\n"
			}
			r := run(t, "export", write(t, "template.yaml", other), "--script", write(t, "edits.jsonl", `{"op": "moveTrigger", "trigger": "`+c.second+`", "to": "fn/A"}`), "--patch")
			if r.code != 0 || r.out == "" {
				t.Errorf("moved: exit %d, %s%s", r.code, r.out, r.err)
			}
		})
	}
}
