package reach

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/event"
	"bulkhead/model/policy"
)

// What a filter sees of the event that a write makes. On its way from service to service an event is put into others: a message
// of a topic into the envelope that a queue gets, an event of a bus into a message's body, a record's data into the record. A
// filter further on asks for places of what arrives there.

// A course is the triggers of a feed, in order.
type course struct {
	an       *Analysis
	triggers []int32
}

// A sight is what stands at a place of what a filter sees.
type sight struct {
	place  string   // the same place as the write has it, or, where a service makes it anew, a name of its own
	values []string // what a service always puts there; place does not count then
	like   string   // … or a pattern of it
	absent bool     // nothing is ever there
}

// made precedes names of places that a service fills on the way: they are taken to be as the filter wants them, and no rule about
// the events that a write makes is about them.
const made = "made."

func (c course) at(i int) *model.Trigger { return c.an.triggers[c.triggers[i]] }

// from is what a trigger comes from, nil where the design does not have it.
func (c course) from(i int) *model.Resource { return c.an.design.Resource(c.at(i).From) }

// anew is a place that a service fills on the way; known values where it always fills it alike.
func (c course) anew(i int, place string, values ...string) sight {
	for _, v := range values {
		if v == "" || strings.Contains(v, "${") {
			return sight{place: fmt.Sprintf("%s%d.%s", made, i, place)}
		}
	}
	return sight{place: fmt.Sprintf("%s%d.%s", made, i, place), values: values}
}

// seen is what stands at a place of what a trigger's filter sees.
func (c course) seen(i int, place string) sight {
	tr, r := c.at(i), c.from(i)
	switch {
	case r != nil && r.Type == "AWS::S3::Bucket" && (place == atKey || place == atName):
		return c.object(i, place)
	case tr.Kind == "event-rule":
		return c.event(i, place)
	case tr.Kind == "sns-subscription" && tr.Filter.OnBody:
		return c.message(i, place)
	case tr.Kind == "sns-subscription":
		return c.attribute(i, place)
	case r != nil && r.Type == "AWS::SQS::Queue":
		return c.queued(i, place)
	case r != nil && r.Type == "AWS::Kinesis::Stream":
		return c.streamed(i, place)
	case r != nil && isTable(r.Type) && place == "eventSource":
		return c.anew(i, place, "aws:dynamodb")
	case r != nil && isTable(r.Type) && i == 1 && c.at(0).Kind == model.Replication:
		return c.seen(0, place) // an item of a replica makes the record that the item itself does
	case i == 0 && r != nil && isTable(r.Type) && r.PartitionKey != "":
		for _, image := range [...]string{"Keys", "NewImage", "OldImage"} {
			if kind, ok := strings.CutPrefix(place, "dynamodb."+image+"."+r.PartitionKey+"."); ok && len(kind) == 1 {
				return sight{place: atPartition}
			}
		}
	}
	if i == 0 {
		return sight{place: place}
	}
	return c.anew(i, place)
}

// object is what an object is called, or what was done to it, in a bucket on the way. Replicas are called alike (Amazon S3 User
// Guide, "Replicating objects within and across Regions"); other services put objects of their own.
func (c course) object(i int, place string) sight {
	if i == 0 {
		return sight{place: place}
	}
	switch prev := c.at(i - 1); {
	case prev.Kind == model.Replication:
		return c.object(i-1, place)
	case place == atKey && prev.Keys != "":
		s := c.anew(i, place)
		s.like = prev.Keys
		return s
	case place == atName && prev.Kind != "state-machine-task":
		return c.anew(i, place, "ObjectCreated:Put", "ObjectCreated:CompleteMultipartUpload")
	}
	return c.anew(i, place)
}

// asked is what a trigger asks for beyond its filter where others come before it: which events of a bucket.
func (c course) asked(i int) (event.Field, bool) {
	tr, out := c.at(i), event.Field{Path: atName}
	if i == 0 || tr.Kind != "s3-notification" {
		return out, false
	}
	for _, e := range tr.Filter.Events {
		switch family, kind, _ := strings.Cut(strings.TrimPrefix(e, "s3:"), ":"); {
		case strings.Contains(e, "${"):
			return out, false
		case kind == "*" || kind == "":
			out.Any = append(out.Any, event.Prefix(family+":"))
		default:
			out.Any = append(out.Any, event.Value{Op: event.Equals, Text: family + ":" + kind})
		}
	}
	return out, len(out.Any) > 0
}

// event is a place of an event on a bus ("Event structure reference"; of a bucket's, "EventBridge event message structure").
func (c course) event(i int, place string) sight {
	switch r := c.from(i); {
	case i > 0 && c.at(i-1).Kind == "event-rule":
		return c.event(i-1, place)
	case i > 0 && r != nil && r.Type == "AWS::S3::Bucket":
		return c.ofBucket(i, place, r)
	case i > 0:
		return c.anew(i, place)
	case r != nil && r.Type == "AWS::S3::Bucket" && place == "detail.object.key":
		return sight{place: atKey}
	}
	return sight{place: place}
}

// ofBucket is a place of the event on a bus that a bucket on the way makes of what another service puts into it.
func (c course) ofBucket(i int, place string, r *model.Resource) sight {
	switch place {
	case "detail.object.key":
		return c.object(i, atKey)
	case "detail.bucket.name":
		return c.anew(i, place, r.Name)
	case "source":
		return c.anew(i, place, "aws.s3")
	case "detail-type":
		if c.at(i-1).Kind != "state-machine-task" {
			return c.anew(i, place, "Object Created")
		}
	}
	return c.anew(i, place)
}

// queued is a place of a queue's message as pollers get it (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS").
func (c course) queued(i int, place string) sight {
	arn := c.from(i).ARN
	switch top, rest, _ := strings.Cut(place, "."); top {
	case "body":
		return c.message(i, rest)
	case "messageAttributes":
		if name, ok := strings.CutSuffix(rest, ".stringValue"); ok {
			return c.attribute(i, name)
		}
		return c.anew(i, place)
	case "eventSource":
		return c.anew(i, place, "aws:sqs")
	case "eventSourceARN":
		return c.anew(i, place, arn)
	case "awsRegion":
		return c.anew(i, place, regionOf(arn))
	case "messageId", "receiptHandle", "attributes", "md5OfBody", "md5OfMessageAttributes":
		return c.anew(i, place)
	}
	return sight{absent: true}
}

// streamed is a place of a stream's record (AWS Lambda Developer Guide, "Using event filtering with a Kinesis event source").
func (c course) streamed(i int, place string) sight {
	switch top, rest, _ := strings.Cut(place, "."); top {
	case "data":
		return c.message(i, rest)
	case "eventSource":
		return c.anew(i, place, "aws:kinesis")
	}
	if top, _, _ := strings.Cut(place, "."); !slices.Contains(recordNames, top) {
		return sight{absent: true}
	}
	if i == 0 {
		return sight{place: place}
	}
	return c.anew(i, place)
}

// recordNames are what a stream's record has beside its data, in mappings and in pipes.
var recordNames = []string{"kinesis", "kinesisSchemaVersion", "partitionKey", "sequenceNumber", "approximateArrivalTimestamp", "eventVersion", "eventID", "eventName", "invokeIdentityArn", "awsRegion", "eventSourceARN"}

// message is a place of what was sent to what a trigger comes from, "" for all of it.
func (c course) message(i int, place string) sight {
	if i == 0 {
		return sight{place: strings.TrimSuffix("body."+place, ".")}
	}
	switch prev := c.at(i - 1); {
	case prev.Kind == "s3-notification":
		return c.notification(i-1, place)
	case prev.Kind == "event-rule" && prev.Form == model.AsItIs && place != "":
		return c.event(i-1, place)
	case prev.Kind == "sns-subscription" && prev.Form == model.AsItIs, prev.Kind == model.Redrive:
		return c.message(i-1, place)
	case prev.Kind == "sns-subscription" && prev.Form == model.InEnvelope:
		return c.envelope(i-1, place)
	}
	return c.anew(i, place)
}

// attribute is one of a message's attributes. S3 and EventBridge give none, and an envelope has them inside.
func (c course) attribute(i int, name string) sight {
	if i == 0 {
		return sight{place: "attribute " + name}
	}
	switch prev := c.at(i - 1); {
	case prev.Kind == "s3-notification", prev.Kind == "event-rule", prev.Kind == "sns-subscription" && prev.Form == model.InEnvelope:
		return sight{absent: true}
	case prev.Kind == "sns-subscription" && prev.Form == model.AsItIs, prev.Kind == model.Redrive:
		return c.attribute(i-1, name)
	}
	return c.anew(i, "attribute "+name)
}

// envelope is a place of what a subscriber gets of a topic without raw delivery (Amazon SNS Developer Guide, "Amazon SNS raw
// message delivery"). The message is text there, whatever it holds.
func (c course) envelope(i int, place string) sight {
	top, rest, below := strings.Cut(place, ".")
	switch {
	case top == "MessageAttributes" && below:
		if name, ok := strings.CutSuffix(rest, ".Value"); ok {
			return c.attribute(i, name)
		}
		return c.anew(i, place)
	case place == "":
		return c.anew(i, place)
	case below:
		return sight{absent: true}
	}
	switch top {
	case "Message":
		return c.message(i, "")
	case "Type":
		return c.anew(i, place, "Notification")
	case "TopicArn":
		if r := c.from(i); r != nil {
			return c.anew(i, place, r.ARN)
		}
		return c.anew(i, place)
	case "MessageId", "Subject", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL":
		return c.anew(i, place)
	}
	return sight{absent: true}
}

// notification is a place of what a bucket tells queues and topics (Amazon S3 User Guide, "Event message structure").
func (c course) notification(i int, place string) sight {
	r := c.from(i)
	switch inside, ok := strings.CutPrefix(place, "Records."); {
	case place == "" || place == "Records":
		return c.anew(i, place)
	case !ok:
		return sight{absent: true}
	case inside == "s3.object.key":
		return sight{place: atKey}
	case inside == "eventName":
		return sight{place: atName}
	case inside == "eventSource":
		return c.anew(i, place, "aws:s3")
	case inside == "s3.bucket.name" && r != nil:
		return c.anew(i, place, r.Name)
	case inside == "s3.bucket.arn" && r != nil:
		return c.anew(i, place, r.ARN)
	}
	return c.anew(i, place)
}

// traced is a passage as the write to the course's first resource sees it; what services put into the event, or never do, is
// decided here.
func (c course) traced(i int, p *passage) *passage {
	if p.pattern == nil {
		return p
	}
	out := &passage{pattern: &event.Pattern{}, unread: p.unread}
	for _, a := range p.pattern.Alternatives {
		if b, v := c.tracedOne(i, a); v != never {
			out.pattern.Alternatives = append(out.pattern.Alternatives, b)
			out.unread = out.unread || v == perhaps
		}
	}
	return out
}

func (c course) tracedOne(i int, a event.Alternative) (event.Alternative, truth) {
	var out event.Alternative
	sure := surely
	for _, f := range a {
		switch t := c.seen(i, f.Path); {
		case t.absent && !f.Absent():
			return nil, never
		case t.absent:
		case t.values != nil:
			best := never
			for _, v := range t.values {
				best = max(best, truthOf(f.Match(v)))
			}
			if sure = min(sure, best); sure == never {
				return nil, never
			}
		case t.like != "":
			if !slices.ContainsFunc(f.Globs(), func(g string) bool { _, ok := policy.Overlap(g, t.like); return ok }) {
				return nil, never
			}
			out = append(out, event.Field{Path: t.place, Any: f.Any})
		default:
			out = append(out, event.Field{Path: t.place, Any: f.Any})
		}
	}
	return out, sure
}
