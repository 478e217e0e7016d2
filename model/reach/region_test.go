package reach

import (
	"strings"
	"testing"
)

// What a technique makes, and the role that is passed for it, is asked for in a region of the attacker's choice. IAM itself is called in
// us-east-1 alone.
func TestRegionIsChosen(t *testing.T) {
	const passing = "iam:PassRole lambda:CreateFunction lambda:InvokeFunction"
	within := func(effect, operator, regions, action string) string {
		return `{"Effect": "` + effect + `", "Action": ` + quoted(action) + `, "Resource": "*", "Condition": {"` + operator + `": {"aws:RequestedRegion": ` + quoted(regions) + `}}}`
	}
	for _, c := range []struct {
		name string
		says []string
		want string // certainty of the target role, or of the administrator that is made; "" for none
	}{
		{"nothing asks", []string{allow(passing, "*")}, "must"},
		{"all denied outside of another region", []string{allow(passing, "*"), within("Deny", "StringNotEquals", "eu-west-1", "*")}, "must"},
		{"passing denied outside of another region", []string{allow(passing, "*"), within("Deny", "StringNotEquals", "eu-west-1", "iam:PassRole")}, "must"},
		{"all denied in the design's region", []string{allow(passing, "*"), within("Deny", "StringEquals", "us-east-1", "*")}, "must"},
		{"denied outside of regions of a pattern", []string{allow(passing, "*"), within("Deny", "StringNotLike", "eu-*", "*")}, "must"},
		{"allowed in one region", []string{within("Allow", "StringEquals", "ap-east-1", passing)}, "must"},
		{"denied in each that is allowed", []string{within("Allow", "StringEquals", "eu-west-1 eu-west-2", passing), within("Deny", "StringLike", "eu-*", "*")}, ""},
		{"functions in one region that is denied", []string{allow("iam:PassRole", "*"), allow("lambda:CreateFunction lambda:InvokeFunction", "arn:aws:lambda:us-east-1:*:function:*"), within("Deny", "StringNotEquals", "eu-west-1", "lambda:*")}, ""},
		{"functions in one region that is let", []string{allow("iam:PassRole", "*"), allow("lambda:CreateFunction lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:*:function:*"), within("Deny", "StringNotEquals", "eu-west-1", "lambda:*")}, "must"},
		{"a call without a resource", []string{allow("iam:PassRole glue:CreateDevEndpoint", "*"), within("Deny", "StringNotEquals", "eu-west-1", "*")}, "must"},
		{"both calls in one region", []string{allow(passing, "*"), within("Deny", "StringNotEquals", "eu-west-1", "lambda:CreateFunction"), within("Deny", "StringEquals", "eu-west-1", "lambda:InvokeFunction")}, ""},
		{"all of the account's, in one region", []string{allow("*", "*"), within("Deny", "StringNotEquals", "eu-west-1", "s3:* lambda:* ec2:*")}, "must"},
		{"a user, where IAM is called", []string{allow("iam:CreateUser iam:AttachUserPolicy iam:CreateAccessKey", "*"), within("Deny", "StringNotEquals", "us-east-1", "*")}, "must"},
		{"a user, where IAM is not called", []string{allow("iam:CreateUser iam:AttachUserPolicy iam:CreateAccessKey", "*"), within("Deny", "StringNotEquals", "eu-west-1", "*")}, ""},
	} {
		b := build(t)
		f := b.function("F", strings.Join(c.says, ","))
		target := b.role("Target", `{"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "glue.amazonaws.com"]}, "Action": "sts:AssumeRole"}`)
		x := breach(t, b.analyse(), f.ID)
		_, got, _ := strings.Cut(runsTo(x, target.ID), " ")
		if strings.HasPrefix(c.name, "a user") || strings.HasPrefix(c.name, "all of the account's") {
			got = map[truth]string{surely: "must", perhaps: "may"}[truthOf(x.Admin && !x.AdminMay, x.Admin)]
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q\n%s", c.name, got, c.want, strings.Join(say(x), "\n"))
		}
	}
}
