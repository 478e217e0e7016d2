package terraform

import (
	"encoding/json"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
)

// A pattern is what an event pattern asks for, as far as wiring needs it.
type pattern struct{ sources, detailTypes, buckets []string }

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
	return pattern{strs(read.Source), strs(read.DetailType), strs(read.Detail.Bucket.Name)}
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
// default bus; else as it is.
func (b *builder) startOnDefault(t *model.Trigger, p pattern, rule *object) {
	buckets, events := b.bucketsOf(p, rule)
	if len(buckets) == 0 {
		b.start(t)
		return
	}
	t.Filter.Events = events
	for _, bucket := range buckets {
		each := *t
		each.From = bucket
		b.start(&each)
	}
}

// bucketsOf are the buckets whose events a pattern asks for, and the kinds of event as notifications name them: those
// that it names, or, where it names none, those that send their events to EventBridge.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func (b *builder) bucketsOf(p pattern, rule *object) (buckets []model.ID, events []string) {
	if !slices.Equal(p.sources, []string{"aws.s3"}) {
		return nil, nil
	}
	add := func(name string, from *object) {
		if id := b.origin(name, from, "AWS::S3::Bucket"); id != "" && !slices.Contains(buckets, id) {
			buckets = append(buckets, id)
		}
	}
	if len(p.buckets) > 0 {
		for _, name := range p.buckets {
			add(name, rule)
		}
	} else {
		for _, x := range b.objects {
			if x.typ == "aws_s3_bucket_notification" && isTrue(x.get("eventbridge")) {
				add(x.word("bucket"), x)
			}
		}
	}
	for _, t := range p.detailTypes {
		if e := catalog.NotificationOf(t); e != "" {
			events = append(events, e)
		}
	}
	return buckets, events
}
