package cfn

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkImport reads a SAM template of 1,000 functions with a queue, a table and a route each.
func BenchmarkImport(b *testing.B) {
	var t strings.Builder
	t.WriteString("Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Runtime: python3.12, Handler: app.handler}}\nResources:\n")
	for i := range 1_000 {
		fmt.Fprintf(&t, `  F%[1]d:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/%[1]d
      Environment: {Variables: {TABLE: !Ref T%[1]d, QUEUE: !Ref Q%[1]d}}
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref T%[1]d}
        - Statement: [{Effect: Allow, Action: [sqs:SendMessage], Resource: !GetAtt Q%[1]d.Arn}]
      Events:
        Route: {Type: HttpApi, Properties: {Method: GET, Path: /f%[1]d}}
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Q%[1]d.Arn}}
  T%[1]d: {Type: AWS::Serverless::SimpleTable}
  Q%[1]d: {Type: AWS::SQS::Queue}
`, i)
	}
	text := t.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		in, err := importBytes("bench.yaml", text)
		if err != nil || len(in.Design.Functions()) != 1_000 || len(in.Diagnostics) != 0 {
			b.Fatal(err, len(in.Design.Functions()), in.Diagnostics[:min(3, len(in.Diagnostics))])
		}
	}
}
