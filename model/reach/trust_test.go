package reach

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A trust policy rewritten to let the caller in opens a role where nothing of the caller's own keeps it from assuming one.
func TestRewrittenTrust(t *testing.T) {
	const rewrite = "iam:UpdateAssumeRolePolicy"
	top := roleARN("Top")
	level := func(statements ...string) func(*builder) {
		return func(b *builder) {
			b.info.Guardrails = map[string]model.Guardrails{testAccount: {SCPs: []model.Level{{Policies: []*policy.Document{document(t, strings.Join(statements, ", "))}}}}}
		}
	}
	for _, c := range []struct {
		name         string
		grants       []string
		limit        string
		more         func(*builder)
		byRole, user string // "must", "may", "" for not at all
	}{
		{"alone", []string{allow(rewrite, top)}, "", nil, "must", "must"},
		{"another role's", []string{allow(rewrite, roleARN("Other"))}, "", nil, "", ""},
		{"and a denial of assuming", []string{allow(rewrite, top), deny("sts:AssumeRole", "*")}, "", nil, "", ""},
		{"and a denial of assuming another", []string{allow(rewrite, top), deny("sts:AssumeRole", roleARN("Other"))}, "", nil, "must", "must"},
		{"and a denial of assuming without MFA", []string{allow(rewrite, top), strings.Replace(conditional("sts:AssumeRole", "*", `"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}`), "Allow", "Deny", 1)}, "", nil, "", "may"},
		// The boundary's implicit deny does not limit what a resource's policy grants to a user, nor what it grants to a role's session
		// by its own ARN.
		{"within a boundary without assuming", []string{allow(rewrite, top)}, allow(rewrite, "*"), nil, "must", "must"},
		{"within a boundary with assuming", []string{allow(rewrite, top)}, allow(rewrite+" sts:AssumeRole", "*"), nil, "must", "must"},
		{"within a boundary that denies assuming", []string{allow(rewrite, top)}, allow("*", "*") + "," + deny("sts:*", "*"), nil, "", ""},
		{"under an SCP without assuming", []string{allow(rewrite, top)}, "", level(allow("iam:* s3:*", "*")), "", ""},
		{"under an SCP that denies assuming this one", []string{allow(rewrite, top)}, "", level(fullAccess, deny("sts:AssumeRole", top)), "", ""},
		{"under an SCP that denies assuming another", []string{allow(rewrite, top)}, "", level(fullAccess, deny("sts:AssumeRole", roleARN("Other"))), "must", "must"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.grants...)
			u := b.user("U", c.grants...)
			if c.limit != "" {
				limit := b.managed("Limit", c.limit).ID
				b.roleOf(f).Boundary, u.Boundary = limit, limit
			}
			b.role("Top", trusts("ec2.amazonaws.com"), allow("s3:GetObject", "*"))
			b.role("Other", trusts("ec2.amazonaws.com"))
			if c.more != nil {
				c.more(b)
			}
			a := b.analyse()
			for start, want := range map[model.ID]string{f.ID: c.byRole, u.ID: c.user} {
				br, got := breach(t, a, start), ""
				if v, ok := strings.CutPrefix(runsTo(br, "role/Top"), "iam-012 "); ok {
					got = v
				} else if slices.Contains(br.Runs, "role/Top") {
					got = "may" // what it surely does to the role hides it
				}
				if got != want {
					t.Errorf("from %s: %q, not %q", start, got, want)
				}
			}
		})
	}
}

// Whom a trust policy that was not seen lets in is not known: passing the role, assuming it, or taking over what runs with
// it is perhaps.
func TestUnseenTrust(t *testing.T) {
	for permissions, want := range map[string]bool{
		"iam:PassRole lambda:CreateFunction lambda:InvokeFunction": true,
		"sts:AssumeRole":            true,
		"ssm:SendCommand":           true,
		"lambda:CreateFunction":     false,
		"iam:PassRole sqs:Create*":  false,
		"iam:PassRole s3:CreateJob": true,
	} {
		b := build(t)
		f := b.function("F", allow(permissions, "*"))
		r := b.role("Named", lambdaTrust)
		r.Trust, r.External = nil, true
		a := b.analyse()
		n, to := a.nodeOf[f.ID], a.nodeOf[r.ID]
		if got := slices.Contains(breach(t, a, f.ID).Runs, r.ID); got != want || a.walk(n, runsMust).found(to) {
			t.Errorf("%s: runs %v, surely %v", permissions, got, a.walk(n, runsMust).found(to))
		}
	}
}
