package terraform

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model/source"
)

// large is a configuration of n functions, each with a role, a policy and a queue.
func large(n int) source.Files {
	files := source.Files{}
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `
resource "aws_lambda_function" "f%[1]d" {
  function_name = "f%[1]d"
  role          = aws_iam_role.f%[1]d.arn
  handler       = "app.handler"
  runtime       = "python3.12"
  environment {
    variables = { QUEUE = aws_sqs_queue.f%[1]d.url }
  }
}

resource "aws_iam_role" "f%[1]d" {
  name               = "f%[1]d"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "f%[1]d" {
  role = aws_iam_role.f%[1]d.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource = aws_sqs_queue.f%[1]d.arn }]
  })
}

resource "aws_sqs_queue" "f%[1]d" {
  name = "f%[1]d"
}
`, i)
		if (i+1)%100 == 0 || i == n-1 {
			files[fmt.Sprintf("part%04d.tf", i/100)] = []byte(b.String())
			b.Reset()
		}
	}
	return files
}

// BenchmarkImport reads a configuration of 10,000 resources.
func BenchmarkImport(b *testing.B) {
	fsys := importers.Memory(large(2500), nil)
	for b.Loop() {
		if _, err := (Source{kindFolder}).Import(context.Background(), fsys, ".", importers.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(1e9, "target-ns/op")
}
