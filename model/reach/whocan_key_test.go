package reach

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// Of encrypted data, who lacks the key may not, whatever the policies say of the data; the answer says so, and the evidence has what lets
// the others use the key.
func TestWhoCanNeedsTheKey(t *testing.T) {
	b := build(t)
	k := b.resource("AWS::KMS::Key", "k")
	b.resource("AWS::SecretsManager::Secret", "S").Key = k.ID
	b.bucket("data").Key = "unseen"
	secret := allow("secretsmanager:GetSecretValue secretsmanager:DeleteSecret", arnOf("AWS::SecretsManager::Secret", "S"))
	b.user("Without", secret, allow("s3:GetObject", "*"))
	b.user("With", secret, allow("kms:Decrypt", k.ARN), allow("s3:GetObject", "*"))
	b.user("Perhaps", secret, when(allow("kms:Decrypt", k.ARN), `"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}`))
	b.user("ByPath", secret, allow("sts:AssumeRole", roleARN("Reader")))
	b.role("Reader", rootTrust, secret, allow("kms:Decrypt", k.ARN))
	a := b.analyse()
	for _, c := range []struct{ action, resource, may, barred, needs string }{
		{"secretsmanager:GetSecretValue", "S", "must role/Reader; must user/With; may user/Perhaps; must user/ByPath by role/Reader", "user/Without", "kms:Decrypt on res/k"},
		{"secretsmanager:DeleteSecret", "S", "must role/Reader; must user/Without; must user/With; must user/Perhaps; must user/ByPath", "", ""},
		{"s3:GetObject", "data", "may user/Without; may user/With", "", "kms:Decrypt on "},
	} {
		q, err := a.Question(c.action, c.resource)
		if err != nil {
			t.Fatal(err)
		}
		found, _, err := a.Answer(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		var may, barred, needs []string
		for _, w := range found {
			line := fmt.Sprintf("%s %s", w.Certainty, w.Principal)
			for _, s := range w.Path {
				line += " by " + string(s.To)
			}
			may = append(may, line)
			if c.needs != "" {
				uses := w.Note == ifKeyLets // whose policy was not seen
				for _, e := range w.Key {
					uses = uses || strings.Contains(strings.Join(e.Actions, " "), "kms:Decrypt")
				}
				if !uses {
					t.Errorf("%s: no evidence that %s may use the key: %+v", c.action, w.Principal, w.Key)
				}
			}
		}
		_, ids, err := a.Answer(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			barred = append(barred, string(id))
		}
		for _, x := range q.Keys {
			needs = append(needs, fmt.Sprintf("%s on %s", x.Action, x.Key))
		}
		if got := strings.Join(may, "; "); got != c.may {
			t.Errorf("%s on %s:\n%s\nwant\n%s", c.action, c.resource, got, c.may)
		}
		if got := strings.Join(barred, "; "); got != c.barred {
			t.Errorf("%s on %s keeps out %s, want %s", c.action, c.resource, got, c.barred)
		}
		if got := strings.Join(needs, "; "); got != c.needs {
			t.Errorf("%s on %s needs %s, want %s", c.action, c.resource, got, c.needs)
		}
	}
}
