package reach

import (
	"fmt"
	"strings"
	"testing"

	"bulkhead/model/catalog"
)

// What another account is let do with everything on a resource leaves out what is for the resource's own account alone.
func TestActionsThatStayHome(t *testing.T) {
	const other = "999999999999"
	for _, c := range []struct{ typ, actions, want string }{
		{"AWS::SQS::Queue", "sqs:*", "[read write send delete]"},
		{"AWS::SQS::Queue", "sqs:SetQueueAttributes sqs:DeleteQueue sqs:AddPermission", "[]"},
		{"AWS::SQS::Queue", "sqs:PurgeQueue", "[delete]"},
		{"AWS::KMS::Key", "kms:*", "[secret write permissions]"}, // a grant is a permission
		{"AWS::KMS::Key", "kms:PutKeyPolicy kms:ScheduleKeyDeletion kms:DisableKey", "[]"},
		{"AWS::S3::Bucket", "s3:PutBucketPolicy", "[]"},
		{"AWS::S3::Bucket", "s3:PutLifecycleConfiguration", "[write delete]"},
	} {
		for account, outside := range map[string]bool{other: true, testAccount: false} {
			b := build(t)
			r := b.resource(c.typ, "x")
			actions := ""
			for _, a := range strings.Fields(c.actions) {
				actions += `"` + a + `", `
			}
			r.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::`+account+`:root"}, "Action": [`+actions[:len(actions)-2]+`], "Resource": "*"}`)
			from := b.function("F", allow(c.actions, "*"))
			start := from.ID
			if outside {
				start = "outside/" + other
			}
			var got catalog.Capabilities
			if x := b.analyse().Breach(start); x != nil {
				for _, h := range x.Hits {
					if h.Target == r.ID {
						got |= h.Capabilities
					}
				}
			}
			if is := fmt.Sprint(got.All()); outside && is != c.want {
				t.Errorf("%s, %s from elsewhere: %s, not %s", c.typ, c.actions, is, c.want)
			} else if !outside && is == "[]" {
				t.Errorf("%s, %s within the account: nothing", c.typ, c.actions)
			}
		}
	}
}
