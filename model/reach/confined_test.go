package reach

import (
	"slices"
	"strings"
	"testing"
)

// New principals that have to have a boundary may do what it leaves.
func TestConfinedPrincipals(t *testing.T) {
	bound := "arn:aws:iam::" + testAccount + ":policy/Bound"
	within := func(statement, boundary string) string {
		return when(statement, `"StringEquals": {"iam:PermissionsBoundary": "`+boundary+`"}`)
	}
	role := allow("iam:CreateRole iam:PutRolePolicy", roleARN("dev-*"))
	s3 := allow("s3:*", "*")
	for _, c := range []struct {
		name     string
		policies string
		bound    string // what the design's boundary says, "" for none
		want     []string
	}{
		{"within a boundary that leaves one of them", within(role, bound), s3, []string{"data must"}},
		{"within a boundary that leaves neither", within(role, bound), allow("sqs:*", "*"), nil},
		{"within a boundary that leaves both", within(role, bound), allow("*", "*"), []string{"S must", "data must"}},
		{"within one of AWS's", within(role, "arn:aws:iam::aws:policy/AmazonS3FullAccess"), "", []string{"data must"}},
		{"within one that the design does not show", within(role, bound), "", []string{"S may", "data may"}},
		{"within one of a pattern", when(role, `"ArnLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/Bo*"}`), s3, []string{"data must"}},
		{"a user", within(allow("iam:CreateUser iam:AttachUserPolicy", userARN("dev-*")), bound) + "," + allow("iam:CreateAccessKey", userARN("dev-*")), s3, []string{"data must"}},
		{"a user without a way in", within(allow("iam:CreateUser iam:AttachUserPolicy", userARN("dev-*")), bound), s3, nil},
		{"a role that is given nothing", within(allow("iam:CreateRole", roleARN("dev-*")), bound), s3, nil},
		{"denied without it", role + "," + when(deny("iam:CreateRole iam:PutRolePolicy", "*"), `"StringNotEquals": {"iam:PermissionsBoundary": "`+bound+`"}`), s3, []string{"data must"}},
		{"whose boundary it may take off", within(role, bound) + "," + allow("iam:DeleteRolePermissionsBoundary", roleARN("dev-*")), s3, []string{"S must", "data must"}},
		{"whose boundary it may take off others", within(role, bound) + "," + allow("iam:DeleteRolePermissionsBoundary", roleARN("prod-*")), s3, []string{"data must"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policies)
			b.bucket("data")
			b.resource("AWS::SecretsManager::Secret", "S")
			if c.bound != "" {
				b.managed("Bound", c.bound)
			}
			a := b.analyse()
			br := breach(t, a, f.ID)
			if got := reads(br); !slices.Equal(got, c.want) {
				t.Errorf("reaches %q, not %q: %s", got, c.want, strings.Join(say(br), "; "))
			}
			if r, _ := a.Reach(f.ID); r != br.Reach {
				t.Errorf("figures %+v and %+v", r, br.Reach)
			}
		})
	}
}
