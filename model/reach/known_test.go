package reach

import (
	"slices"
	"testing"

	"bulkhead/model"
)

// Administrators are known by what they can do, by whose they are, and by being listed; a role that a function runs with
// is news unless it is listed, and a name makes nobody one who may not do anything.
func TestAdministrators(t *testing.T) {
	b := build(t)
	f := b.function("Deploy", adminGrant)
	b.function("Quiet", allow("s3:GetObject", "*"))
	b.role("BreakGlass", rootTrust, adminGrant)
	b.role("PowerUser", rootTrust, `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`)
	b.role("AdministratorAccess", rootTrust, allow("s3:GetObject", "*"))
	b.role("AWSControlTowerExecution", rootTrust, adminGrant)
	b.role("aws-controltower-ForwardSnsNotificationRole", lambdaTrust, allow("sns:Publish", "*"))
	b.role("AWSReservedSSO_AdministratorAccess_0123", rootTrust, adminGrant)
	b.role("AWSReservedSSO_ReadOnly_0123", rootTrust, allow("s3:GetObject", "*"))
	b.role("AWSServiceRoleForSupport", rootTrust, allow("s3:GetObject", "*")).ServiceLinked = true
	b.role("ci-one", rootTrust, allow("s3:GetObject", "*"))
	bounded := b.role("Bounded", rootTrust, adminGrant)
	bounded.Boundary = b.managed("Boundary", allow("s3:*", "*")).ID
	b.user("root", adminGrant)
	a := b.analyse()
	say := func(known []Administrator) []string {
		var out []string
		for _, k := range known {
			out = append(out, string(k.ID)+" "+k.Why)
		}
		return out
	}
	want := []string{
		"role/BreakGlass may do anything", "role/AWSControlTowerExecution may do anything", "role/aws-controltower-ForwardSnsNotificationRole of Control Tower",
		"role/AWSReservedSSO_AdministratorAccess_0123 may do anything", "role/AWSServiceRoleForSupport service-linked", "user/root may do anything",
	}
	if got := say(a.Administrators()); !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	for listed, id := range map[string]model.ID{"ci-*": "role/ci-one", roleARN("ci-one"): "role/ci-one", "role/Deploy*": f.Role, "*:role/PowerUser": "role/PowerUser"} {
		if why := WhyKnown(a.Administrators(listed), id); why != Listed {
			t.Errorf("--known-admin %s: %s is known as %q", listed, id, why)
		}
	}
	for _, listed := range []string{"ci", "", "[", "role/ci-one/"} {
		if got := say(a.Administrators(listed)); !slices.Equal(got, want) {
			t.Errorf("--known-admin %q: %q", listed, got)
		}
	}
	words := AdministratorWords(a.Design(), a.Administrators("ci-*"))
	if words != "7 known administrators: ci-one (listed), BreakGlass, AWSControlTowerExecution and 2 more (may do anything), aws-controltower-ForwardSnsNotificationRole (of Control Tower), AWSServiceRoleForSupport (service-linked)" {
		t.Error(words)
	}
	all := a.Administrators()
	if got := Fold(all, func(id model.ID) bool { return id == "user/root" }); got != nil {
		t.Errorf("one alone is folded: %v", got)
	}
	if got := Fold(all, func(id model.ID) bool { return id == "user/root" || id == "role/BreakGlass" }); len(got) != 2 {
		t.Errorf("two are not folded: %v", got)
	}
}
