package cfn

import (
	"fmt"
	"strings"
	"testing"
	"time"

	yaml "go.yaml.in/yaml/v3"
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

// BenchmarkImportLarge reads a template of 10,000 resources: functions with roles, policies and mappings, tables and
// queues. It is to take a second, and three times what the YAML library takes to read the same into nodes
// (yaml-times/op).
func BenchmarkImportLarge(b *testing.B) {
	var t strings.Builder
	t.WriteString("Resources:\n")
	for i := range 2_000 {
		fmt.Fprintf(&t, `  F%[1]d:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      Role: !GetAtt R%[1]d.Arn
      Code: {S3Bucket: code, S3Key: f%[1]d.zip}
      Environment:
        Variables:
          TABLE: !Ref T%[1]d
          QUEUE: !Sub https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/${Q%[1]d.QueueName}
  R%[1]d:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [dynamodb:GetItem, dynamodb:PutItem]
                Resource: !GetAtt T%[1]d.Arn
              - Effect: Allow
                Action: [sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes]
                Resource: !GetAtt Q%[1]d.Arn
  T%[1]d:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      BillingMode: PAY_PER_REQUEST
  Q%[1]d:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60}
  M%[1]d:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Q%[1]d.Arn, FunctionName: !Ref F%[1]d}
`, i)
	}
	text := t.String()
	b.SetBytes(int64(len(text)))
	var library time.Duration
	for b.Loop() {
		in, err := importBytes("bench.yaml", text)
		if err != nil || len(in.Design.Functions()) != 2_000 || len(in.Diagnostics) != 0 {
			b.Fatal(err, len(in.Design.Functions()), in.Diagnostics[:min(3, len(in.Diagnostics))])
		}
		b.StopTimer()
		start := time.Now()
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			b.Fatal(err)
		}
		library += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(time.Second.Nanoseconds()), "target-ns/op")
	b.ReportMetric(b.Elapsed().Seconds()/library.Seconds(), "yaml-times/op")
}
