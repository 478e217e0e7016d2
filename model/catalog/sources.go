package catalog

import "strings"

// An eventSource is a kind of thing that events come from.
type eventSource struct {
	event, service, resource, typ string
	part                          string // what precedes a part of it: a table's stream, a stream's consumer
}

var eventSources = []eventSource{
	{"sqs", "sqs", "", "AWS::SQS::Queue", ""},
	{"sns", "sns", "", "AWS::SNS::Topic", ""},
	{"kinesis", "kinesis", "stream/", "AWS::Kinesis::Stream", "/consumer/"},
	{"dynamodb", "dynamodb", "table/", "AWS::DynamoDB::Table", "/stream/"},
	{"logs", "logs", "log-group:", "AWS::Logs::LogGroup", ":*"},
	{"s3", "s3", "", "AWS::S3::Bucket", ""},
	{"kafka", "kafka", "cluster/", "AWS::MSK::Cluster", ""},
}

// SourceOf is the ARN of what events come from by the text that names it, and its type: of a table's stream the table.
// Where the text is no ARN (a name, or an unknown), the kind of event tells what it names in a region and account. Both
// are "" where neither tells.
func SourceOf(text, event, partition, region, account string) (arn, cfnType string) {
	for _, s := range eventSources {
		arn := text
		if event == s.event && text != "" && !strings.HasPrefix(text, "arn:") {
			if s.service == "s3" {
				region, account = "", ""
			}
			arn = strings.Join([]string{"arn", partition, s.service, region, account, s.resource + text}, ":")
		}
		p := strings.SplitN(arn, ":", 6)
		if len(p) < 6 || p[2] != s.service || !strings.HasPrefix(p[5], s.resource) || p[5] == s.resource {
			continue
		}
		if s.part != "" {
			arn, _, _ = strings.Cut(arn, s.part)
		}
		return arn, s.typ
	}
	return "", ""
}
