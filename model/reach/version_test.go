package reach

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Setting another version of a policy is of use where there is one that gives more.
func TestVersions(t *testing.T) {
	list := allow("s3:ListAllMyBuckets", "*")
	for _, c := range []struct {
		name     string
		listed   bool
		versions []string
		edited   string // what the policy says after an edit, "" for none
		want     string
	}{
		{"not listed", false, nil, "", "may"},
		{"one alone", true, nil, "", ""},
		{"a version that allows everything", true, []string{adminGrant}, "", "must"},
		{"one that allows everything among others", true, []string{list, adminGrant}, "", "must"},
		{"one that allows less", true, []string{list}, "", ""},
		{"one that allows something else", true, []string{allow("s3:*", "*")}, "", ""},
		{"everything under a condition", true, []string{`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}`}, "", "may"},
		{"everything with a second factor, which a function has not", true, []string{`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`}, "", ""},
		{"everything less something", true, []string{adminGrant + "," + deny("s3:*", "*")}, "", "may"},
		{"one that says the same", true, []string{list + "," + allow("iam:SetDefaultPolicyVersion", "*")}, "", ""},
		{"one that says what the policy said before", true, []string{list}, allow("iam:SetDefaultPolicyVersion", "*"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F")
			p := b.managed("P", list+","+allow("iam:SetDefaultPolicyVersion", "*"))
			b.roleOf(f).Policies = []model.ID{p.ID}
			p.Listed = c.listed
			for _, v := range c.versions {
				p.Versions = append(p.Versions, document(t, v))
			}
			d := b.design()
			a := analyse(t, d, nil)
			if c.edited != "" {
				q := *p
				q.Document = &policy.Document{Version: "2012-10-17", Statements: document(t, c.edited).Statements}
				next, err := d.With(model.Change{Before: p, After: &q})
				if err != nil {
					t.Fatal(err)
				}
				a = analyse(t, next, a)
			}
			x := breach(t, a, f.ID)
			got := ""
			if x.Admin {
				got = "must"
				if x.AdminMay {
					got = "may"
				}
			}
			if got != c.want {
				t.Errorf("administrator %q, not %q", got, c.want)
			}
		})
	}
}

// A version that gives less than everything gives what it says, beside what the principal has otherwise.
func TestVersionsThatGiveLess(t *testing.T) {
	sets, secret := allow("iam:SetDefaultPolicyVersion", "*"), allow("secretsmanager:GetSecretValue", "*")
	read := allow("s3:GetObject", arnOf("AWS::S3::Bucket", "data")+"/*")
	for _, c := range []struct {
		name     string
		says     string // the version in force
		own      string // another policy of the role's
		versions []string
		want     []string
	}{
		{"a secret", sets, "", []string{secret}, []string{"S must"}},
		{"both, one after the other", sets, "", []string{secret, read}, []string{"S must", "data must"}},
		{"by another policy", read, sets, []string{secret}, []string{"S must", "data must"}},
		{"under a condition", sets, "", []string{strings.TrimSuffix(secret, "}") + `, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`}, []string{"S may"}},
		{"perhaps", strings.TrimSuffix(sets, "}") + `, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`, "", []string{secret}, []string{"S may"}},
		{"of another policy", allow("iam:SetDefaultPolicyVersion", "arn:aws:iam::"+testAccount+":policy/Other"), "", []string{secret}, nil},
		{"denied by another policy", sets, deny("secretsmanager:*", "*"), []string{secret}, nil},
		{"in the place of a denial", deny("s3:*", "*"), sets + "," + read, []string{secret}, []string{"S must", "data must"}},
		{"without permission", read, "", []string{secret}, []string{"data must"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			var own []string
			if c.own != "" {
				own = append(own, c.own)
			}
			f := b.function("F", own...)
			p := b.managed("P", c.says)
			p.Listed = true
			for _, v := range c.versions {
				p.Versions = append(p.Versions, document(t, v))
			}
			b.managed("Other", secret)
			r := b.roleOf(f)
			r.Policies = append(r.Policies, p.ID)
			b.bucket("data")
			b.resource("AWS::SecretsManager::Secret", "S")
			a := b.analyse()
			x := breach(t, a, f.ID)
			if got := reads(x); !slices.Equal(got, c.want) {
				t.Errorf("it reads %q, not %q", got, c.want)
			}
			if h := hitOf(x, "res/S"); h != nil {
				if said := x.Sentence(a.design, *h); !strings.Contains(said, "another version of P") || !strings.Contains(said, "iam:SetDefaultPolicyVersion") {
					t.Errorf("it says %s", said)
				}
			}
		})
	}
}

// Many policies with other versions are no more work than a few.
func TestManyVersions(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("iam:SetDefaultPolicyVersion", "*"))
	r := b.roleOf(f)
	for i := range 12 {
		p := b.managed(fmt.Sprintf("P%d", i), allow("s3:ListAllMyBuckets", "*"))
		p.Listed, p.Versions = true, []*policy.Document{document(t, allow("sqs:SendMessage", arnOf("AWS::SQS::Queue", fmt.Sprintf("Q%d", i))))}
		r.Policies = append(r.Policies, p.ID)
		b.queue(fmt.Sprintf("Q%d", i))
	}
	a := b.analyse()
	if n, guises := breach(t, a, f.ID).Reach.Must.Resources, len(a.actors)-a.size.actors; n != 12 || guises > 16 {
		t.Errorf("%d of 12 queues, %d guises", n, guises)
	}
}
