package reach

import (
	"strings"
	"testing"

	"bulkhead/model"
)

// What a denial takes away is said, with its statement; what it takes whole, or not surely, is not.
func TestDenials(t *testing.T) {
	const all = `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`
	deny := func(action, resource, condition string) string {
		return `{"Sid": "Keep", "Effect": "Deny", "Action": ` + action + `, "Resource": "` + resource + `"` + condition + `}`
	}
	for _, c := range []struct {
		name, denial, can string
		why               bool
	}{
		{"nothing denied", "", "can read, write and delete every object of data and change who may reach it", false},
		{"a part", deny(`"s3:*"`, "arn:aws:s3:::data/secret/*", ""), "can read, write and delete every object of data except secret/* and change who may reach it", true},
		{"some deleting", deny(`["s3:DeleteObject", "s3:DeleteObjectVersion"]`, "*", ""), "can read, write and delete every object of data and change who may reach it, but not by s3:DeleteObject and s3:DeleteObjectVersion", true},
		{"another bucket's", deny(`"s3:*"`, "arn:aws:s3:::other/*", ""), "can read, write and delete every object of data and change who may reach it", false},
		{"all of a kind", deny(`"s3:Get*"`, "*", ""), "can write every object of data", false},
		{"perhaps", deny(`"s3:GetObject"`, "*", `, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			doc := all
			if c.name == "all of a kind" {
				doc = `{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}`
			}
			if c.denial != "" {
				doc += ", " + c.denial
			}
			b.function("F", doc)
			b.bucket("data")
			d := b.design()
			h := hitOf(analyse(t, d, nil).Breach("fn/F"), model.ID("res/data"))
			if got := h.Can(d); c.can != "" && got != c.can {
				t.Errorf("it says %q, not %q", got, c.can)
			}
			if why := strings.Join(h.Path()[0].Why(d), "; "); strings.Contains(why, "though FRole · statement 2 (Keep) denies s3:") != c.why {
				t.Errorf("reasons: %s", why)
			}
			br := analyse(t, d, nil).Breach("fn/F")
			if s := br.Sentence(d, *h); strings.Contains(s, ", though FRole · statement 2 (Keep) denies s3:") != c.why || !strings.HasPrefix(s, "F can ") && !strings.HasPrefix(s, "F may ") {
				t.Errorf("the sentence is %q", s)
			}
			for _, f := range h.Facts(d) {
				if n := len(f.Reasons); (n == 2 && strings.HasPrefix(f.Reasons[1].Says, "though FRole · statement 2 (Keep) denies s3:")) != c.why {
					t.Errorf("the reasons of %q are %+v", f.Does, f.Reasons)
				}
			}
		})
	}
}

// The denials of a bucket's policy are said to those whom they mean, by whatever they are named.
func TestDenialsOfAResource(t *testing.T) {
	for _, c := range []struct {
		name, principal string
		why             bool
	}{
		{"everybody", `"Principal": "*"`, true},
		{"the role", `"Principal": {"AWS": "` + roleARN("FRole") + `"}`, true},
		{"the account", `"Principal": {"AWS": "` + testAccount + `"}`, true},
		{"another role", `"Principal": {"AWS": "` + roleARN("Other") + `"}`, false},
		{"all but another role", `"NotPrincipal": {"AWS": "` + roleARN("Other") + `"}`, true},
		{"all but the role", `"NotPrincipal": {"AWS": ["` + roleARN("FRole") + `", "arn:aws:iam::` + testAccount + `:root"]}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			b.function("F", allow("s3:*Object*", "*"))
			r := b.bucket("data")
			r.Policy = document(t, `{"Effect": "Deny", `+c.principal+`, "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::data/*"}`)
			d := b.design()
			h := hitOf(analyse(t, d, nil).Breach("fn/F"), r.ID)
			why := strings.Join(h.Path()[0].Why(d), "; ")
			if got := strings.Contains(why, "though policy of data · statement 1 denies s3:DeleteObject"); got != c.why {
				t.Errorf("reasons: %s", why)
			}
		})
	}
}
