package reach

import (
	"testing"

	"bulkhead/model"
)

// Which action causes which event of a bucket, by a notification and on the default bus.
func TestObjectEvents(t *testing.T) {
	objects := arnOf("AWS::S3::Bucket", "b") + "/*"
	type rule = string
	for _, c := range []struct {
		name, allowed string
		event         string // of the notification
		pattern       rule   // of a rule instead
		want, note    string
	}{
		{"put", "s3:PutObject", "s3:ObjectCreated:Put", "", "must", ""},
		{"form", "s3:PutObject", "s3:ObjectCreated:Post", "", "must", ""},
		{"multipart", "s3:PutObject", "s3:ObjectCreated:CompleteMultipartUpload", "", "must", ""},
		{"any creation", "s3:PutObject", "s3:ObjectCreated:*", "", "must", ""},
		{"copy without reading", "s3:PutObject", "s3:ObjectCreated:Copy", "", "", ""},
		{"copy", "s3:PutObject s3:GetObject", "s3:ObjectCreated:Copy", "", "must", ""},
		{"reading alone", "s3:GetObject", "s3:ObjectCreated:Copy", "", "", ""},
		{"delete", "s3:DeleteObject", "s3:ObjectRemoved:Delete", "", "may", ifUnversioned},
		{"delete a version", "s3:DeleteObjectVersion", "s3:ObjectRemoved:Delete", "", "must", ""},
		{"marker", "s3:DeleteObject", "s3:ObjectRemoved:DeleteMarkerCreated", "", "may", ifVersioned},
		{"marker by a version", "s3:DeleteObjectVersion", "s3:ObjectRemoved:DeleteMarkerCreated", "", "", ""},
		{"any removal", "s3:DeleteObject", "s3:ObjectRemoved:*", "", "must", ""},
		{"removal by putting", "s3:PutObject", "s3:ObjectRemoved:*", "", "", ""},
		{"restore", "s3:RestoreObject", "s3:ObjectRestore:Completed", "", "may", ifArchived},
		{"tags", "s3:PutObjectTagging", "s3:ObjectTagging:Put", "", "must", ""},
		{"tags of a version", "s3:PutObjectVersionTagging", "s3:ObjectTagging:*", "", "must", ""},
		{"tags taken off", "s3:PutObjectTagging", "s3:ObjectTagging:Delete", "", "", ""},
		{"lists of access", "s3:PutObjectAcl", "s3:ObjectAcl:Put", "", "may", ifACLs},
		{"replication", "s3:PutObject", "s3:Replication:*", "", "may", ifReplicated},
		{"what S3 does", "s3:*", "s3:LifecycleExpiration:*", "", "", ""},
		{"what S3 loses", "s3:*", "s3:ReducedRedundancyLostObject", "", "", ""},
		{"what S3 moves", "s3:*", "s3:IntelligentTiering", "", "", ""},
		{"an event that is not known", "s3:PutObject", "${Events}", "", "must", ""},

		{"rule: created", "s3:PutObject", "", `{"source": ["aws.s3"], "detail-type": ["Object Created"]}`, "must", ""},
		{"rule: created by a copy", "s3:PutObject", "", `{"source": ["aws.s3"], "detail": {"reason": ["CopyObject"]}}`, "", ""},
		{"rule: created by a copy, reading", "s3:PutObject s3:GetObject", "", `{"source": ["aws.s3"], "detail": {"reason": ["CopyObject"]}}`, "must", ""},
		{"rule: deleted", "s3:DeleteObject", "", `{"source": ["aws.s3"], "detail-type": ["Object Deleted"]}`, "must", ""},
		{"rule: deleted for good", "s3:DeleteObject", "", `{"source": ["aws.s3"], "detail": {"deletion-type": ["Permanently Deleted"]}}`, "may", ifUnversioned},
		{"rule: marker", "s3:DeleteObject", "", `{"source": ["aws.s3"], "detail": {"deletion-type": ["Delete Marker Created"]}}`, "may", ifVersioned},
		{"rule: tags", "s3:PutObjectTagging", "", `{"source": ["aws.s3"], "detail-type": ["Object Tags Added"]}`, "must", ""},
		{"rule: tags by putting", "s3:PutObject", "", `{"source": ["aws.s3"], "detail-type": ["Object Tags Added"]}`, "", ""},
		{"rule: what S3 moves", "s3:*", "", `{"source": ["aws.s3"], "detail-type": ["Object Storage Class Changed"]}`, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", allow(c.allowed, objects))
			g := b.function("G")
			bucket := b.bucket("b")
			if c.pattern != "" {
				tr := b.trigger(bucket.ID, g.ID, "event-rule")
				tr.Filter.Pattern = c.pattern
			} else {
				b.trigger(bucket.ID, g.ID, "s3-notification").Filter = model.Filter{Events: []string{c.event}}
			}
			got, note := "", ""
			if h := hitOf(breach(t, b.analyse(), f.ID), g.ID); h != nil {
				got, note = h.Certainty.String(), h.Last().Note
			}
			if got != c.want || note != c.note {
				t.Errorf("%q, %q", got, note)
			}
		})
	}
}
