package event

import "slices"

// FromBuckets tells whether a pattern of EventBridge lets events that Amazon S3 sends pass by their source, and whether those of
// buckets that it does not name by a plain text: where it names none, or by a prefix, a wildcard or what it is not. What cannot be
// read perhaps lets all pass.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
func FromBuckets(text string) (sent, others bool) {
	p, err := Parse(text)
	if err != nil {
		return true, true
	}
	if p == nil {
		return false, false
	}
	for _, a := range p.Alternatives {
		passes, named := true, false
		for _, f := range a {
			switch f.Path {
			case "source":
				_, may := f.Match("aws.s3")
				passes = passes && may
			case "detail.bucket.name":
				named = named || !slices.ContainsFunc(f.Any, func(v Value) bool { return v.Op != Equals || v.Fold || v.Not != nil })
			}
		}
		sent, others = sent || passes, others || passes && !named
	}
	return sent, others
}
