package reach

import (
	"testing"

	"bulkhead/model"
)

// A filter further on sees what the services before it made of the event: an envelope, a body, fields that they set.
func TestFilterSeesWhatArrives(t *testing.T) {
	topic, queue, other := arnOf("AWS::SNS::Topic", "N"), arnOf("AWS::SQS::Queue", "Q"), arnOf("AWS::SQS::Queue", "Other")
	// From a topic to a queue, and the queue's filter.
	forms := []model.Form{model.NotTold, model.AsItIs, model.InEnvelope}
	for _, c := range []struct {
		topics, filter string
		onBody         bool
		want           [3]bool // by form
	}{
		{``, `{"body": {"kind": ["order"]}}`, false, [3]bool{true, true, false}}, // an envelope has no such name
		{``, `{"body": {"Type": ["Notification"]}}`, false, [3]bool{true, true, true}},
		{``, `{"body": {"Type": ["Order"]}}`, false, [3]bool{true, true, false}},
		{``, `{"body": {"TopicArn": ["` + topic + `"]}}`, false, [3]bool{true, true, true}},
		{``, `{"body": {"TopicArn": ["` + other + `"]}}`, false, [3]bool{true, true, false}},
		{``, `{"body": {"Message": [{"prefix": "x"}]}}`, false, [3]bool{true, true, true}},
		{``, `{"body": {"Message": {"kind": ["order"]}}}`, false, [3]bool{true, true, false}}, // it is a text there
		{``, `{"body": {"MessageAttributes": {"k": {"Value": ["v"]}}}}`, false, [3]bool{true, true, true}},
		{``, `{"messageAttributes": {"k": {"stringValue": ["v"]}}}`, false, [3]bool{true, true, false}},
		{`{"k": [{"exists": false}]}`, `{"messageAttributes": {"k": {"stringValue": ["v"]}}}`, false, [3]bool{true, false, false}},
		{`{"k": [{"exists": false}]}`, `{"body": {"MessageAttributes": {"k": {"Value": ["v"]}}}}`, false, [3]bool{true, true, false}},
		{`{"k": [{"exists": false}]}`, `{"body": {"k": ["v"]}}`, true, [3]bool{true, false, false}},
		{``, `{"eventSourceARN": ["` + queue + `"]}`, false, [3]bool{true, true, true}},
	} {
		for i, form := range forms {
			b := filter(t, allow("sns:Publish", "*"))
			q := b.queue("Q")
			tr := b.trigger(b.resource("AWS::SNS::Topic", "N").ID, q.ID, "sns-subscription")
			tr.Form, tr.Filter = form, model.Filter{Pattern: c.topics, OnBody: c.onBody}
			b.trigger(q.ID, b.fed.ID, "event-source-mapping").Filter.Pattern = c.filter
			if got := b.says(); (got != "") != c.want[i] {
				t.Errorf("%s, then %s, form %d: %q", c.topics, c.filter, form, got)
			}
		}
	}
	// From a bus to a queue.
	for _, c := range []struct {
		filter string
		want   [2]bool // as it is, or made
	}{
		{`{"body": {"source": ["bank"]}}`, [2]bool{false, true}},
		{`{"body": {"source": ["shop"], "detail": {"kind": ["order"]}}}`, [2]bool{true, true}},
		{`{"body": {"kind": ["order"]}}`, [2]bool{false, true}},
		{`{"body": {"account": ["999999999999"]}}`, [2]bool{false, true}},
		{`{"messageAttributes": {"k": {"stringValue": ["v"]}}}`, [2]bool{false, false}},
	} {
		for i, form := range []model.Form{model.AsItIs, model.NotTold} {
			b := filter(t, allow("events:PutEvents", "*"))
			q := b.queue("Q")
			tr := b.trigger("", q.ID, "event-rule")
			tr.Form, tr.Filter.Pattern = form, `{"source": ["shop"]}`
			b.trigger(q.ID, b.fed.ID, "event-source-mapping").Filter.Pattern = c.filter
			if got := b.says(); (got != "") != c.want[i] {
				t.Errorf("from a bus, then %s, form %d: %q", c.filter, form, got)
			}
		}
	}
	// From a bucket, by a topic or not.
	for pattern, want := range map[string]bool{
		`{"Records": {"s3": {"object": {"key": [{"prefix": "in/"}]}}}}`:                                 true,
		`{"Records": {"s3": {"object": {"key": [{"prefix": "out/"}]}}}}`:                                false,
		`{"Records": {"s3": {"bucket": {"name": ["data"]}}}}`:                                           true,
		`{"Records": {"s3": {"bucket": {"name": ["other"]}}}}`:                                          false,
		`{"Records": {"eventName": [{"prefix": "ObjectCreated:"}]}}`:                                    true,
		`{"Records": {"eventName": [{"prefix": "ObjectRemoved:"}]}}`:                                    false,
		`{"Records": {"eventSource": ["aws:s3"], "s3": {"object": {"size": [{"numeric": [">", 1]}]}}}}`: true,
		`{"kind": ["order"]}`: false,
	} {
		for _, form := range []model.Form{model.AsItIs, model.NotTold} { // the second: no topic
			b := filter(t, allow("s3:PutObject", "arn:aws:s3:::data/in/*"))
			q, last := b.queue("Q"), b.bucket("data").ID
			if form == model.AsItIs {
				topic := b.resource("AWS::SNS::Topic", "N").ID
				b.trigger(last, topic, "s3-notification")
				b.trigger(topic, q.ID, "sns-subscription").Form = form
			} else {
				b.trigger(last, q.ID, "s3-notification")
			}
			b.trigger(q.ID, b.fed.ID, "event-source-mapping").Filter.Pattern = `{"body": ` + pattern + `}`
			if got := b.says(); (got != "") != want {
				t.Errorf("of a bucket, %s, form %d: %q", pattern, form, got)
			}
		}
	}
	// Records of a source tell which it is.
	for _, c := range []struct {
		typ, action, filter string
		want                bool
	}{
		{"AWS::SQS::Queue", "sqs:SendMessage", `{"eventSource": ["aws:sqs"], "awsRegion": ["us-east-1"]}`, true},
		{"AWS::SQS::Queue", "sqs:SendMessage", `{"eventSource": ["aws:kinesis"]}`, false},
		{"AWS::SQS::Queue", "sqs:SendMessage", `{"awsRegion": ["eu-west-1"]}`, false},
		{"AWS::SQS::Queue", "sqs:SendMessage", `{"kind": ["order"]}`, false}, // a message has it in its body
		{"AWS::SQS::Queue", "sqs:SendMessage", `{"kind": [{"exists": false}], "body": ["x"]}`, true},
		{"AWS::SQS::Queue", "sqs:SendMessage", `{"attributes": {"MessageGroupId": ["a"]}}`, true},
		{"AWS::Kinesis::Stream", "kinesis:PutRecord", `{"data": {"kind": ["order"]}}`, true},
		{"AWS::Kinesis::Stream", "kinesis:PutRecord", `{"eventSource": ["aws:sqs"]}`, false},
		{"AWS::DynamoDB::Table", "dynamodb:PutItem", `{"eventSource": ["aws:dynamodb"], "eventName": ["INSERT"]}`, true},
		{"AWS::DynamoDB::Table", "dynamodb:PutItem", `{"eventSource": ["aws:sqs"], "eventName": ["INSERT"]}`, false},
	} {
		b := filter(t, allow(c.action, "*"))
		b.trigger(b.resource(c.typ, "Q").ID, b.fed.ID, "event-source-mapping").Filter.Pattern = c.filter
		if got := b.says(); (got != "") != c.want {
			t.Errorf("%s, %s: %q", c.typ, c.filter, got)
		}
	}
}
