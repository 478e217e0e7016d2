package terraform

import (
	"encoding/json"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/event"
)

// A pattern is what an event pattern asks for, as far as wiring needs it.
type pattern struct {
	sources, detailTypes, buckets []string
	hasSource, hasType            bool // it asks for one, as a text or otherwise
	onlyBuckets                   bool // buckets alone send what it asks for
}

func patternOf(text string) pattern {
	var read struct {
		Source     []any `json:"source"`
		DetailType []any `json:"detail-type"`
		Detail     struct {
			Bucket struct {
				Name []any `json:"name"`
			} `json:"bucket"`
		} `json:"detail"`
	}
	_ = json.Unmarshal([]byte(text), &read) // what is no pattern asks for nothing that is known
	p := pattern{sources: strs(read.Source), detailTypes: strs(read.DetailType), buckets: strs(read.Detail.Bucket.Name), hasSource: read.Source != nil, hasType: read.DetailType != nil}
	p.onlyBuckets = len(read.Source) == 1 && len(p.sources) == 1
	return p
}

func strs(list []any) []string {
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// label says a pattern in a few words: its detail types, else its sources.
func (p pattern) label() string {
	for _, list := range [][]string{p.detailTypes, p.sources} {
		if len(list) > 0 {
			return strings.Join(list, ", ")
		}
	}
	return "events"
}

// startOnDefault starts a rule's trigger from each bucket whose events its pattern asks for, as buckets send them to the
// default bus, and as it is where others may send what it asks for as well.
func (b *builder) startOnDefault(t *model.Trigger, p pattern, rule *object) {
	buckets, events := b.bucketsOf(t, p, rule)
	if len(buckets) == 0 || !p.onlyBuckets {
		b.start(t)
	}
	for _, bucket := range buckets {
		each := *t
		each.From, each.Filter.Events = bucket, events
		b.start(&each)
	}
}

// bucketsOf are the buckets whose events a pattern asks for, and the kinds of event as notifications name them: those
// that it names, and where it does not name all by a plain text, those that send their events to EventBridge.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func (b *builder) bucketsOf(t *model.Trigger, p pattern, rule *object) (buckets []model.ID, events []string) {
	for _, t := range p.detailTypes {
		if e := catalog.NotificationOf(t); e != "" {
			events = append(events, e)
		}
	}
	sent, others := event.FromBuckets(t.Filter.Pattern)
	if !sent || !p.hasSource && p.hasType && events == nil {
		return nil, nil
	}
	add := func(name string, from *object) {
		if id := b.origin(name, from, "AWS::S3::Bucket"); id != "" && !slices.Contains(buckets, id) {
			buckets = append(buckets, id)
		}
	}
	for _, name := range p.buckets {
		add(name, rule)
	}
	if !others {
		return buckets, events
	}
	for _, x := range b.objects {
		if x.typ == "aws_s3_bucket_notification" && isTrue(x.get("eventbridge")) {
			add(x.word("bucket"), x)
		}
	}
	return buckets, events
}
