package yamlpos_test

import (
	"fmt"
	"strings"
	"testing"

	"bulkhead/importers/yamlpos"
)

func BenchmarkParseYAML(b *testing.B) {
	var s strings.Builder
	s.WriteString("Resources:\n")
	for i := range 10_000 {
		fmt.Fprintf(&s, "  Queue%d:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '${AWS::StackName}-queue-%d'\n      VisibilityTimeout: 30 # seconds\n", i, i)
	}
	bench(b, s.String())
}

func BenchmarkParseJSON(b *testing.B) {
	var s strings.Builder
	s.WriteString("{\n \"Resources\": {\n")
	for i := range 10_000 {
		fmt.Fprintf(&s, "  \"Queue%d\": {\n   \"Type\": \"AWS::SQS::Queue\",\n   \"Properties\": {\n    \"QueueName\": {\"Fn::Sub\": \"${AWS::StackName}-queue-%d\"},\n    \"VisibilityTimeout\": 30\n   }\n  },\n", i, i)
	}
	s.WriteString("  \"Last\": {}\n }\n}\n")
	bench(b, s.String())
}

func bench(b *testing.B, text string) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := yamlpos.Parse("bench", []byte(text)); err != nil {
			b.Fatal(err)
		}
	}
}
