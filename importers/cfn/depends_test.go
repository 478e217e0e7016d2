package cfn

import (
	"strings"
	"testing"
)

// What waits for something that is not there is told with its place; what SAM makes of a resource is there.
func TestDependsOnNothing(t *testing.T) {
	in, err := importBytes("t.yaml", `Transform: AWS::Serverless-2016-10-31
Resources:
  Queue: {Type: AWS::SQS::Queue, DependsOn: Topic}
  Topic:
    Type: AWS::SNS::Topic
    DependsOn:
      - Gone
      - F
      - FRole
      - ServerlessRestApi
  Table: {Type: AWS::DynamoDB::Table, DependsOn: Missing}
  F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}}}
`)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, d := range in.Diagnostics {
		if strings.Contains(d.Summary, "DependsOn") {
			told = append(told, d.Span.String()+" "+d.Summary)
		}
	}
	want := []string{"t.yaml:7 Topic waits for Gone (DependsOn), which is not in the template", "t.yaml:11 Table waits for Missing (DependsOn), which is not in the template"}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}
