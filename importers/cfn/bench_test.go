package cfn

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
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
	text := large()
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

// large is a template of 10,000 resources.
func large() string {
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
	return t.String()
}

// reads is what a process of its own reads large with, for BenchmarkImportPeak: nothing, the YAML library or the importer.
const reads = "BULKHEAD_BENCH_READS"

// TestReads is such a process: it prints its peak memory in KB.
func TestReads(t *testing.T) {
	switch how := os.Getenv(reads); how {
	case "":
		t.Skip("for BenchmarkImportPeak")
	case "library":
		if err := yaml.Unmarshal([]byte(large()), &yaml.Node{}); err != nil {
			t.Fatal(err)
		}
	case "importer":
		if _, err := importBytes("bench.yaml", large()); err != nil {
			t.Fatal(err)
		}
	default:
		_ = large()
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println("peak", strings.Fields(peak)[0])
}

// BenchmarkImportPeak is the most memory that reading a template of 10,000 resources takes, beyond that of a process that only
// makes its text. It is to be twice what the YAML library takes to read the same into nodes (library-times/op).
func BenchmarkImportPeak(b *testing.B) {
	peak := func(how string) float64 {
		c := exec.Command(os.Args[0], "-test.run", "^TestReads$", "-test.v")
		c.Env = append(os.Environ(), reads+"="+how)
		out, err := c.Output()
		_, text, ok := strings.Cut(string(out), "peak ")
		if err != nil || !ok {
			b.Skipf("the peak is not to be had: %v", err)
		}
		kb, err := strconv.ParseFloat(strings.Fields(text)[0], 64)
		if err != nil {
			b.Fatal(err)
		}
		return kb
	}
	var library, importer float64
	for b.Loop() {
		nothing := peak("nothing")
		library += peak("library") - nothing
		importer += peak("importer") - nothing
	}
	b.ReportMetric(importer*1024/float64(b.N), "peak-B/op")
	b.ReportMetric(importer/library, "library-times/op")
}
