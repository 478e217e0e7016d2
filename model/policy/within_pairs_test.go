package policy

import "testing"

// Pairs of policies decided by hand, each both ways: after within before, and before within after. An old one is of the Version
// that has no variables.
func TestWithinPairs(t *testing.T) {
	for _, c := range []struct {
		name          string
		after, before string
		want, back    Answer
		old           string
	}{
		{"NotAction in another order", allow(`"NotAction": ["iam:*", "sts:*"], "Resource": "*"`), allow(`"NotAction": ["sts:*", "iam:*"], "Resource": "*"`), Yes, Yes, ""},
		{"NotAction and everything", allow(`"NotAction": "iam:*", "Resource": "*"`), allow(`"Action": "*", "Resource": "*"`), Yes, No, ""},
		{"actions that NotAction cuts through", allow(`"Action": ["s3:*", "sqs:*"], "Resource": "*"`), allow(`"NotAction": "s3:Delete*", "Resource": "*"`), No, No, ""},
		{"actions that NotAction leaves", allow(`"Action": "s3:Get*", "Resource": "*"`), allow(`"NotAction": "s3:Delete*", "Resource": "*"`), Yes, No, ""},
		{"? across NotAction", allow(`"Action": "s3:?e*", "Resource": "*"`), allow(`"NotAction": "s3:Delete*", "Resource": "*"`), No, No, ""},
		{"NotAction of a pattern and of one of it", allow(`"NotAction": "s3:Delete*", "Resource": "*"`), allow(`"NotAction": "s3:DeleteObject", "Resource": "*"`), Yes, No, ""},
		{"NotAction in one bucket", allow(`"NotAction": "iam:*", "Resource": "arn:aws:s3:::a/*"`), allow(`"NotAction": "iam:*", "Resource": "*"`), Yes, No, ""},
		{"a denial of all but a service", allow(`"Action": "*", "Resource": "*"`) + "," + deny(`"NotAction": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`), Yes, Yes, ""},
		{"a denial of all but reading", allow(`"Action": "s3:Get*", "Resource": "*"`), allow(`"Action": "*", "Resource": "*"`) + "," + deny(`"NotAction": "s3:Get*", "Resource": "*"`), Yes, Yes, ""},
		{"more than a denial of all but reading leaves", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "*", "Resource": "*"`) + "," + deny(`"NotAction": "s3:Get*", "Resource": "*"`), No, Yes, ""},
		{"a denial of all but two services", allow(`"Action": "*", "Resource": "*"`) + "," + deny(`"NotAction": ["s3:*", "sqs:*"], "Resource": "*"`), allow(`"Action": ["s3:*", "sqs:*"], "Resource": "*"`), Yes, Yes, ""},
		{"NotAction and what it leaves out, at once", allow(`"Action": ["s3:*", "sqs:*"], "Resource": "*"`), allow(`"NotAction": "s3:*", "Resource": "*"`) + "," + allow(`"Action": "s3:*", "Resource": "*"`), Yes, No, ""},
		{"NotAction under a condition", allow(`"NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), allow(`"NotAction": "iam:*", "Resource": "*"`), Yes, No, ""},
		{"a conditional denial of all but", allow(`"Action": "*", "Resource": "*"`) + "," + deny(`"NotAction": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}`), allow(`"Action": "*", "Resource": "*"`), Yes, No, ""},
		{"NotResource and everything", allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"`), allow(`"Action": "s3:*", "Resource": "*"`), Yes, No, ""},
		{"NotResource and what it leaves out", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"`) + "," + allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::b/*"`), Yes, Yes, ""},
		{"a resource that NotResource cuts through", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/x*"`), No, No, ""},
		{"a resource that NotResource leaves", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/y*"`), allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/x*"`), Yes, No, ""},
		{"NotResource of a wider pattern", allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a*"`), allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"`), Yes, No, ""},
		{"a denial with NotResource and its resource", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), Yes, Yes, ""},
		{"a resource beside a denial with NotResource", allow(`"Action": "s3:*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"`), No, Yes, ""},
		{"a denial of writing elsewhere", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:Put*", "NotResource": "arn:aws:s3:::a/*"`), Yes, No, ""},
		{"NotResource with a variable", allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "*"`), Yes, No, ""},
		{"NotResource with a variable, the same", allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/${aws:username}/*"`), Yes, Yes, ""},
		{"NotResource, two lists", allow(`"Action": "s3:*", "NotResource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]`), allow(`"Action": "s3:*", "NotResource": ["arn:aws:s3:::c/*", "arn:aws:s3:::a/*"]`), Yes, No, ""},
		{"a denial that grew", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:Delete*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:DeleteObject", "Resource": "*"`), Yes, No, ""},
		{"a denial with fewer exceptions", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}`), Yes, No, ""},
		{"a denial without its condition", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:Delete*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:Delete*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}`), Yes, No, ""},
		{"a denial of plain text transport", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}`), allow(`"Action": "s3:*", "Resource": "*"`), Yes, No, ""},
		{"a dropped denial of what was not allowed", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "iam:*", "Resource": "*"`), Yes, Yes, ""},
		{"a dropped denial elsewhere", allow(`"Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"`) + "," + deny(`"Action": "s3:*", "Resource": "arn:aws:s3:::b/*"`), Yes, Yes, ""},
		{"negated denials with and without IfExists", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}`), Yes, Yes, ""},
		{"denials with and without IfExists", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), Yes, No, ""},
		{"MFA asked for, or only where it is told", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}`), Yes, No, ""},
		{"a denial by two keys and by one", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a", "aws:y": "b"}}`), Yes, No, ""},
		{"an allow and the denial of its opposite", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:x": "a"}}`), Yes, Yes, ""},
		{"a literal under StringLike", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "ab"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "ab"}}`), Yes, Yes, ""},
		{"a tighter pattern", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "a?"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "a*"}}`), Yes, No, ""},
		{"less or equal, and less", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NumericLessThanEquals": {"s3:max-keys": "4"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NumericLessThan": {"s3:max-keys": "5"}}`), Yes, No, ""},
		{"one number between two", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NumericEquals": {"s3:max-keys": "5"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NumericGreaterThan": {"s3:max-keys": "4"}, "NumericLessThan": {"s3:max-keys": "6"}}`), Yes, No, ""},
		{"a later start", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}`), Yes, No, ""},
		{"the same time in two zones", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T01:00:00+01:00"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}`), Yes, Yes, ""},
		{"a range outside of a range", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}`), Yes, No, ""},
		{"outside of more", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "10.1.0.0/16"}}`), Yes, No, ""},
		{"an address of a range", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.1.2.3"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.1.2.0/30"}}`), Yes, No, ""},
		{"a set of fewer", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}`), Yes, No, ""},
		{"all of a set and one of it", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}`), No, No, ""},
		{"one of a set, and that it is there", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "false"}}`), Yes, No, ""},
		{"two conditions and one", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a", "aws:y": "b"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:y": "b"}}`), Yes, No, ""},
		{"conditions on two keys", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:y": "a"}}`), No, No, ""},
		{"fewer that are not", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:x": ["a", "b"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:x": "a"}}`), Yes, No, ""},
		{"one that is, and another that is not", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "b"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:x": "a"}}`), Yes, No, ""},
		{"none, and another that is not", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:x": "true"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:x": "a"}}`), Yes, No, ""},
		{"none, and IfExists", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:x": "true"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:x": "a"}}`), Yes, No, ""},
		{"ARNs of roles with a path", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/a/*"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}`), Yes, No, ""},
		{"one case and any", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "red"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIgnoreCase": {"aws:x": "RED"}}`), Yes, No, ""},
		{"two statements for one of two values", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`) + "," + allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "b"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": ["b", "a"]}}`), Yes, Yes, ""},
		{"a key with a set of values, and none of them", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": ["b", "c"]}}`), Yes, No, ""},
		{"users and everybody", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "User"}}`), allow(`"Action": "s3:*", "Resource": "*"`), Yes, No, ""},
		{"who has a name, and users", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:username": "false"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": ["User"]}}`), Yes, Yes, ""},
		{"a type, which everybody has", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalType": "false", "aws:PrincipalArn": "false"}}`), allow(`"Action": "s3:*", "Resource": "*"`), Yes, Yes, ""},
		{"names without roles", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:username": "false"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}`), "", Yes, Yes, ""},
		{"sessions by their ids, and roles", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "AROA*:*"}, "Null": {"aws:username": "true"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalType": "User"}}`), Yes, No, ""},
		{"roles, and all but a user denied", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "AssumedRole"}}`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::222222222222:user/bob"}}`), No, Yes, ""},
		{"a part of one's own folder", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/x"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), Yes, No, ""},
		{"one's own folder and all", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*/*"`), Yes, No, ""},
		{"a variable and the same text in an older policy", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), No, No, "before"},
		{"an older policy's text within a pattern", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), Yes, No, "both"},
		{"an older policy within itself", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), Yes, Yes, "both"},
		{"a variable without its default", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:PrincipalTag/t}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:PrincipalTag/t, 'x'}/*"`), Yes, No, ""},
		{"a variable with a default, and a wildcard", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:PrincipalTag/t, 'x'}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), Yes, No, ""},
		{"a tag equal to one's own, and any", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/t": "${aws:PrincipalTag/t}"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:RequestTag/t": "false"}}`), Yes, No, ""},
		{"an asterisk, and one character", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${*}"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/?"`), Yes, No, ""},
		{"an asterisk and more, and all", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${*}*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), Yes, No, ""},
		{"two variables and one", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/${aws:PrincipalTag/t}"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), Yes, No, ""},
		{"another variable", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:PrincipalTag/t}"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:PrincipalTag/u}"`), No, No, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			compile := func(statements string, old bool) *Stack {
				version := "2012-10-17"
				if old {
					version = "2008-10-17"
				}
				return &Stack{Identity: MustCompile(mustParse(t, `{"Version": "`+version+`", "Statement": [`+statements+`]}`))}
			}
			after, before := compile(c.after, c.old == "after" || c.old == "both"), compile(c.before, c.old == "before" || c.old == "both")
			for _, way := range []struct {
				name     string
				from, to *Stack
				want     Answer
			}{{"after within before", after, before, c.want}, {"before within after", before, after, c.back}} {
				v := way.from.Within(way.to)
				if v.Answer != way.want {
					t.Errorf("%s: %v, want %v: %s", way.name, v.Answer, way.want, v.Why)
				}
				checkVerdict(t, way.from, way.to, v)
			}
		})
	}
}
