package cfn

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
)

// Every event of a function and every resource that wires one up brings its filter into the design.
func TestFilters(t *testing.T) {
	const head = `
Transform: AWS::Serverless-2016-10-31
Resources:
  B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}}
  Quiet: {Type: AWS::S3::Bucket}
  Q: {Type: AWS::SQS::Queue}
  N: {Type: AWS::SNS::Topic}
  T: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [{AttributeName: sk, KeyType: RANGE}, {AttributeName: pk, KeyType: HASH}], StreamSpecification: {StreamViewType: NEW_IMAGE}}}
  S: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: g}}
  Plain: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: .}}
`
	sam := func(kind, properties string) string {
		return `  F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: ., Events: {E: {Type: ` + kind + `, Properties: {` + properties + `}}}}}`
	}
	res := func(kind, properties string) string {
		return `  X: {Type: "` + kind + `", Properties: {` + properties + `}}`
	}
	const (
		criteria = `FilterCriteria: {Filters: [{Pattern: '{"body": {"a": ["b"]}}'}, {Pattern: '{"body": {"c": [1]}}'}]}`
		both     = "{\"body\": {\"a\": [\"b\"]}}\n{\"body\": {\"c\": [1]}}"
		keys     = `Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}, {Name: Suffix, Value: .jpg}]}}`
		pattern  = `{source: [shop], detail: {n: [{numeric: ['>', 5]}], on: [true]}}`
		asJSON   = `{"source":["shop"],"detail":{"n":[{"numeric":[">",5]}],"on":[true]}}`
		object   = `{source: [aws.s3], detail-type: [Object Created]}`
		objects  = `{"source":["aws.s3"],"detail-type":["Object Created"]}`
	)
	created := []string{"s3:ObjectCreated:*"}
	for name, c := range map[string]struct {
		text string
		from []string
		want model.Filter
	}{
		"SAM S3":               {sam("S3", `Bucket: !Ref B, Events: 's3:ObjectCreated:*', `+keys), []string{"B"}, model.Filter{Prefix: "in/", Suffix: ".jpg", Events: created}},
		"SAM SNS":              {sam("SNS", `Topic: !Ref N, FilterPolicy: {store: [{prefix: s}]}`), []string{"N"}, model.Filter{Pattern: `{"store":[{"prefix":"s"}]}`}},
		"SAM SNS body":         {sam("SNS", `Topic: !Ref N, FilterPolicyScope: MessageBody, FilterPolicy: {store: [s]}`), []string{"N"}, model.Filter{Pattern: `{"store":["s"]}`, OnBody: true}},
		"SAM SNS, queue":       {sam("SNS", `Topic: !Ref N, FilterPolicyScope: MessageBody, FilterPolicy: {store: [s]}, SqsSubscription: true`), []string{"FEQueue", "N"}, model.Filter{Pattern: `{"store":["s"]}`, OnBody: true}},
		"SAM SQS":              {sam("SQS", `Queue: !GetAtt Q.Arn, `+criteria), []string{"Q"}, model.Filter{Pattern: both}},
		"SAM Kinesis":          {sam("Kinesis", `Stream: !GetAtt S.Arn, StartingPosition: LATEST, `+criteria), []string{"S"}, model.Filter{Pattern: both}},
		"SAM DynamoDB":         {sam("DynamoDB", `Stream: !GetAtt T.StreamArn, StartingPosition: LATEST, `+criteria), []string{"T"}, model.Filter{Pattern: both}},
		"SAM rule":             {sam("EventBridgeRule", `Pattern: `+pattern), []string{""}, model.Filter{Pattern: asJSON}},
		"SAM rule on a bus":    {sam("CloudWatchEvent", `EventBusName: !Ref Bus, Pattern: `+pattern), []string{"Bus"}, model.Filter{Pattern: asJSON}},
		"SAM rule of a bucket": {sam("EventBridgeRule", `Pattern: `+object), []string{"B"}, model.Filter{Pattern: objects, Events: created}},
		"SAM logs":             {sam("CloudWatchLogs", `LogGroupName: !Ref G, FilterPattern: ERROR`), []string{"G"}, model.Filter{Pattern: "ERROR"}},
		"mapping":              {res("AWS::Lambda::EventSourceMapping", `FunctionName: !Ref Plain, EventSourceArn: !GetAtt Q.Arn, `+criteria), []string{"Q"}, model.Filter{Pattern: both}},
		"bucket": {res("AWS::S3::Bucket", `NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: !GetAtt Plain.Arn, `+keys+`}]}`),
			[]string{"X"}, model.Filter{Prefix: "in/", Suffix: ".jpg", Events: created}},
		"subscription": {res("AWS::SNS::Subscription", `TopicArn: !Ref N, Protocol: lambda, Endpoint: !GetAtt Plain.Arn, FilterPolicyScope: MessageBody, FilterPolicy: '{"store": ["s"]}'`),
			[]string{"N"}, model.Filter{Pattern: `{"store": ["s"]}`, OnBody: true}},
		"rule": {res("AWS::Events::Rule", `EventBusName: !Ref Bus, Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: `+pattern), []string{"Bus"}, model.Filter{Pattern: asJSON}},
		"rule of two buckets": {res("AWS::Events::Rule", `Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: {source: [aws.s3], detail-type: [Object Created], detail: {bucket: {name: [!Ref B, !Ref Quiet]}}}`),
			[]string{"B", "Quiet"}, model.Filter{Pattern: `{"detail":{"bucket":{"name":["${B}","${Quiet}"]}},"detail-type":["Object Created"],"source":["aws.s3"]}`, Events: created}},
		"SAM rule of a bucket, the default bus named": {sam("EventBridgeRule", `EventBusName: default, Pattern: `+object), []string{"B"}, model.Filter{Pattern: objects, Events: created}},
		"rule of a bucket and a shop": {res("AWS::Events::Rule", `Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: {source: [aws.s3, shop], detail-type: [Object Created]}`),
			[]string{"X", "B"}, model.Filter{Pattern: `{"source":["aws.s3","shop"],"detail-type":["Object Created"]}`, Events: created}},
		"rule of objects from anywhere": {res("AWS::Events::Rule", `Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: {detail-type: [Object Created]}`),
			[]string{"X", "B"}, model.Filter{Pattern: `{"detail-type":["Object Created"]}`, Events: created}},
		"rule of buckets by the beginning of their names": {res("AWS::Events::Rule", `Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: {source: [{prefix: aws.s3}], detail-type: [Object Created], detail: {bucket: {name: [!Ref Quiet, {prefix: lo}]}}}`),
			[]string{"X", "Quiet", "B"}, model.Filter{Pattern: `{"source":[{"prefix":"aws.s3"}],"detail-type":["Object Created"],"detail":{"bucket":{"name":["${Quiet}",{"prefix":"lo"}]}}}`, Events: created}},
		"rule of orders from anywhere": {res("AWS::Events::Rule", `Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: {detail-type: [Paid]}`),
			[]string{"X"}, model.Filter{Pattern: `{"detail-type":["Paid"]}`}},
		"rule of a bucket on another bus": {res("AWS::Events::Rule", `EventBusName: !Ref Bus, Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: `+object), []string{"Bus"}, model.Filter{Pattern: objects}},
		"pipe":                            {res("AWS::Pipes::Pipe", `Source: !GetAtt Q.Arn, Target: !GetAtt Plain.Arn, RoleArn: r, SourceParameters: {`+criteria+`}`), []string{"Q"}, model.Filter{Pattern: both}},
		"log subscription":                {res("AWS::Logs::SubscriptionFilter", `LogGroupName: !Ref G, FilterPattern: '{ $.a = 1 }', DestinationArn: !GetAtt Plain.Arn`), []string{"G"}, model.Filter{Pattern: "{ $.a = 1 }"}},
	} {
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(head + c.text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var from []string
		var filters []model.Filter
		for _, tr := range in.Design.Triggers() {
			from, filters = append(from, strings.TrimPrefix(string(tr.From), "res/")), append(filters, tr.Filter)
		}
		if !slices.ContainsFunc(filters, func(f model.Filter) bool { return sameFilter(in.Design, f, c.want) }) {
			t.Errorf("%s: %+v, not %+v", name, filters, c.want)
		}
		if fmt.Sprint(from) != fmt.Sprint(c.from) {
			t.Errorf("%s: from %v, not %v", name, from, c.from)
		}
		if r := in.Design.Resource("res/T"); r.PartitionKey != "pk" {
			t.Errorf("partition key %q", r.PartitionKey)
		}
	}
}

// In which form a topic and a rule hand on what they got.
func TestForms(t *testing.T) {
	const head = "Transform: AWS::Serverless-2016-10-31\nParameters: {P: {Type: String}}\nResources:\n  N: {Type: AWS::SNS::Topic}\n  Q: {Type: AWS::SQS::Queue}\n"
	subscription := "  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref N, Protocol: sqs, Endpoint: !GetAtt Q.Arn%s}}"
	rule := "  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !GetAtt Q.Arn%s}]}}"
	for _, c := range []struct {
		text, more string
		want       model.Form
	}{
		{subscription, "", model.InEnvelope},
		{subscription, ", RawMessageDelivery: true", model.AsItIs},
		{subscription, ", RawMessageDelivery: 'false'", model.InEnvelope},
		{subscription, ", RawMessageDelivery: !Ref P", model.NotTold},
		{rule, "", model.AsItIs},
		{rule, ", InputPath: $.detail", model.NotTold},
		{rule, ", Input: '{}'", model.NotTold},
		{rule, ", InputTransformer: {InputTemplate: '{}'}", model.NotTold},
	} {
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: fmt.Appendf(nil, head+c.text, c.more)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.more, err)
		}
		if tr := in.Design.Triggers(); len(tr) != 1 || tr[0].Form != c.want {
			t.Errorf("%s%s: %+v, not %d", c.text, c.more, tr, c.want)
		}
	}
}

// A table may put its changes into a data stream.
func TestChangesOfTables(t *testing.T) {
	const head = "Resources:\n  S: {Type: AWS::Kinesis::Stream, Properties: {ShardCount: 1}}\n  T: {Type: AWS::DynamoDB::"
	const keys = "AttributeDefinitions: [{AttributeName: pk, AttributeType: S}], KeySchema: [{AttributeName: pk, KeyType: HASH}]"
	for text, want := range map[string]int{
		"Table, Properties: {" + keys + "}}": 0,
		"Table, Properties: {" + keys + ", KinesisStreamSpecification: {StreamArn: !GetAtt S.Arn}}}":                                        1,
		"GlobalTable, Properties: {" + keys + ", Replicas: [{Region: us-east-1, KinesisStreamSpecification: {StreamArn: !GetAtt S.Arn}}]}}": 1,
	} {
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(head + text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		tr := in.Design.Triggers()
		if len(tr) != want || want > 0 && (tr[0].From != "res/T" || tr[0].To != "res/S" || tr[0].Kind != model.Changes) {
			t.Errorf("%s: %+v", text, tr)
		}
	}
}

// sameFilter compares filters, patterns as JSON where they are one value.
func sameFilter(d *model.Design, got, want model.Filter) bool {
	for _, r := range d.Resources() {
		want.Pattern = strings.ReplaceAll(want.Pattern, "${"+r.LogicalID+"}", r.Name)
	}
	var a, b any
	if json.Unmarshal([]byte(got.Pattern), &a) == nil && json.Unmarshal([]byte(want.Pattern), &b) == nil {
		got.Pattern, want.Pattern = fmt.Sprint(a), fmt.Sprint(b)
	}
	return fmt.Sprintf("%+v", got) == fmt.Sprintf("%+v", want)
}

// A rule stands on the bus that it names, whether the template makes that or not.
func TestBusOfRules(t *testing.T) {
	const own = "arn:aws:events:us-east-1:123456789012:event-bus/"
	for bus, want := range map[string]string{
		"":                       "",
		"default":                "",
		own + "default":          "",
		"orders":                 own + "orders",
		"!ImportValue OrdersBus": own + "${OrdersBus}",
		"!Sub 'arn:aws:events:${AWS::Region}:999999999999:event-bus/default'": "arn:aws:events:us-east-1:999999999999:event-bus/default",
		"!Ref Bus": "res/Bus",
	} {
		named := ""
		if bus != "" {
			named = "EventBusName: " + bus + ", "
		}
		text := `
Transform: AWS::Serverless-2016-10-31
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Plain: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: .}}
  F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.12, CodeUri: ., Events: {E: {Type: EventBridgeRule, Properties: {` + named + `Pattern: {source: [shop]}}}}}}
  X: {Type: AWS::Events::Rule, Properties: {` + named + `Targets: [{Id: a, Arn: !GetAtt Plain.Arn}], EventPattern: {source: [shop]}}}
`
		in, err := Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(text)}}, "template.yaml", importers.Options{})
		if err != nil {
			t.Fatalf("%s: %v", bus, err)
		}
		triggers := in.Design.Triggers()
		if len(triggers) != 2 {
			t.Fatalf("%s: %d triggers", bus, len(triggers))
		}
		for _, tr := range triggers {
			got := tr.Bus
			if tr.From == "res/Bus" {
				got = "res/Bus"
			}
			if got != want {
				t.Errorf("%s of %s: %q, not %q", bus, tr.ID, got, want)
			}
		}
	}
}

// A simple table's key is id where the template does not name another.
func TestSimpleTableHasAPartitionKey(t *testing.T) {
	in := imported(t, "template.yaml", `Transform: AWS::Serverless-2016-10-31
Resources:
  Plain: {Type: AWS::Serverless::SimpleTable}
  Named: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: {Name: pk, Type: String}}}
`, importers.Options{})
	for id, want := range map[model.ID]string{"res/Plain": "id", "res/Named": "pk"} {
		if got := in.Design.Resource(id).PartitionKey; got != want {
			t.Errorf("the key of %s is %q, want %q", id, got, want)
		}
	}
}
