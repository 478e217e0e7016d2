package reach

import (
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
		{"one that allows something else", true, []string{allow("s3:*", "*")}, "", "may"},
		{"everything under a condition", true, []string{`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`}, "", "may"},
		{"everything less something", true, []string{adminGrant + "," + deny("s3:*", "*")}, "", "may"},
		{"one that says the same", true, []string{list + "," + allow("iam:SetDefaultPolicyVersion", "*")}, "", ""},
		{"one that says what the policy said before", true, []string{list}, allow("iam:SetDefaultPolicyVersion", "*"), "may"},
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
