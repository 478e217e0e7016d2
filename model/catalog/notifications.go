package catalog

import "strings"

// NotificationOf is the kind of event that a bucket's notifications call what EventBridge has as a detail type of source
// aws.s3; "" for none.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func NotificationOf(detailType string) string {
	switch detailType {
	case "Object Created":
		return "s3:ObjectCreated:*"
	case "Object Deleted":
		return "s3:ObjectRemoved:*"
	case "Object Restore Completed", "Object Restore Initiated":
		return "s3:ObjectRestore:*"
	case "Object Tags Added", "Object Tags Deleted":
		return "s3:ObjectTagging:*"
	case "Object ACL Updated":
		return "s3:ObjectAcl:Put"
	}
	return ""
}

// PolledEvent names the events that an event source mapping polls, by the CloudFormation type of their source, "" where it
// is not known, else by the service in its ARN.
func PolledEvent(typ, arn string) string {
	switch typ {
	case "AWS::SQS::Queue":
		return "sqs"
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
		return "dynamodb"
	case "AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer":
		return "kinesis"
	case "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster":
		return "kafka"
	case "AWS::AmazonMQ::Broker":
		return "mq"
	case "AWS::DocDB::DBCluster":
		return "documentdb"
	}
	if parts := strings.SplitN(arn, ":", 4); len(parts) == 4 && parts[0] == "arn" {
		return parts[2]
	}
	return "stream"
}
