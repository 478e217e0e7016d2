package policy

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model/catalog"
)

// identity is a stack of one identity policy with the given statements.
func identity(t testing.TB, statements string) *Stack {
	t.Helper()
	return &Stack{Identity: program(t, statements)}
}

// program compiles one document of Version 2012-10-17.
func program(t testing.TB, statements string) *Program {
	t.Helper()
	d, err := Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + statements + `]}`))
	if err != nil {
		t.Fatalf("%v in %s", err, statements)
	}
	p, err := Compile(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func allow(rest string) string { return `{"Effect": "Allow", ` + rest + `}` }
func deny(rest string) string  { return `{"Effect": "Deny", ` + rest + `}` }

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		name          string
		after, before string
		want          Answer
	}{
		{"nothing is within anything", ``, ``, Yes},
		{"drop an action", allow(`"Action": "s3:GetObject", "Resource": "*"`), allow(`"Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"`), Yes},
		{"add an action", allow(`"Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"`), allow(`"Action": "s3:GetObject", "Resource": "*"`), No},
		{"expand a wildcard", allow(`"Action": ["s3:GetObject", "s3:GetObjectAcl"], "Resource": "*"`), allow(`"Action": "s3:Get*", "Resource": "*"`), Yes},
		{"a wildcard is more than what it stands for today", allow(`"Action": "s3:Get*", "Resource": "*"`), allow(`"Action": ["s3:GetObject", "s3:GetObjectAcl"], "Resource": "*"`), No},
		{"actions in another case", allow(`"Action": "S3:GETOBJECT", "Resource": "*"`), allow(`"Action": "s3:GetObject", "Resource": "*"`), Yes},
		{"narrow the resource", allow(`"Action": "s3:*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]`), allow(`"Action": "s3:*", "Resource": "*"`), Yes},
		{"widen the resource", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a*"`), allow(`"Action": "s3:*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]`), No},
		{"drop a statement", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + allow(`"Action": "sqs:*", "Resource": "*"`), Yes},
		{"split a statement", allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"`) + "," + allow(`"Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"`), allow(`"Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]`), Yes},
		{"join what was split", allow(`"Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"`) + "," + allow(`"Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"`), Yes},
		{"join too much", allow(`"Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]`), allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"`) + "," + allow(`"Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"`), No},
		{"a union of patterns covers", allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/?*"`), allow(`"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/?", "arn:aws:s3:::a/??*"]`), Yes},
		{"a union of patterns with a hole", allow(`"Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/?*"`), allow(`"Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/?", "arn:aws:s3:::a/???*"]`), No},
		{"an incomplete ARN is completed", allow(`"Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-1:111122223333:q"`), allow(`"Action": "sqs:*", "Resource": "arn:aws:sqs"`), Yes},
		{"NotAction smaller", allow(`"NotAction": ["iam:*", "sts:*"], "Resource": "*"`), allow(`"NotAction": "iam:*", "Resource": "*"`), Yes},
		{"NotAction larger", allow(`"NotAction": "iam:*", "Resource": "*"`), allow(`"NotAction": ["iam:*", "sts:*"], "Resource": "*"`), No},
		{"actions beside NotAction", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"NotAction": ["iam:*", "sts:*"], "Resource": "*"`), Yes},
		{"actions across NotAction", allow(`"Action": "*", "Resource": "*"`), allow(`"NotAction": ["iam:*", "sts:*"], "Resource": "*"`), No},
		{"NotAction and its complement", allow(`"Action": "*", "Resource": "*"`), allow(`"NotAction": "iam:*", "Resource": "*"`) + "," + allow(`"Action": "iam:*", "Resource": "*"`), Yes},
		{"NotResource smaller", allow(`"Action": "s3:*", "NotResource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]`), allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"`), Yes},
		{"NotResource larger", allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:*", "NotResource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]`), No},
		{"a resource beside NotResource", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::c/*"`), allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/*"`), Yes},
		{"an added denial", allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:Delete*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`), Yes},
		{"a denial dropped", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:Delete*", "Resource": "*"`), No},
		{"a denial made good by fewer actions", allow(`"Action": ["s3:Get*", "s3:List*"], "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:Delete*", "Resource": "*"`), Yes},
		{"a denial kept", allow(`"Action": "s3:Get*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"`), Yes},
		{"a denial with NotResource", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "*", "NotResource": "arn:aws:s3:::a/*"`), Yes},
		{"a denial with NotResource, passed", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "*", "NotResource": "arn:aws:s3:::a/*"`), No},
		{"a condition added", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}`), allow(`"Action": "s3:*", "Resource": "*"`), Yes},
		{"a condition dropped", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}`), No},
		{"a condition kept", allow(`"Action": "s3:Get*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "${aws:username}*"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "${aws:username}*"}}`), Yes},
		{"fewer values", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:X": ["a", "b"]}}`), Yes},
		{"more values", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": ["a", "b"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), No},
		{"a value of a pattern", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "ab"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "a*"}}`), Yes},
		{"a pattern of a value", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "a*"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "ab"}}`), No},
		{"a tighter range", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), Yes},
		{"a wider range", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/7"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), No},
		{"two ranges make one", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}}`), Yes},
		{"a smaller number", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NumericLessThan": {"s3:max-keys": "5"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"NumericLessThanEquals": {"s3:max-keys": "10"}}`), Yes},
		{"an earlier end", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2024-01-01"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2025-01-01T00:00:00Z"}}`), Yes},
		{"IfExists is wider", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), No},
		{"IfExists is wider, turned round", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "a"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:x": "a"}}`), Yes},
		{"ForAllValues with Null", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}`), No},
		{"ForAnyValue fewer", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}`), Yes},
		{"a denial under a condition that the allow rules out", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}`), Yes},
		{"a condition by parts", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:x": "true"}}`) + "," + allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:x": "false"}}`), Yes},
		{"ARN conditions by field", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:1:t"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:*"}}`), Yes},
		{"ARN conditions by field, wider", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:1:*"}}`), No},
		{"a variable under a wildcard", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), Yes},
		{"a wildcard for a variable", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), No},
		{"a name for a variable", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/alice/*"`), No},
		{"a variable against a denial", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/alice/*"`), Unknown},
		{"an unknown under a wildcard", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::${Bucket}/in/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::${Bucket}/*"`), Yes},
		{"another unknown", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::${Bucket}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::${Other}/*"`), Unknown},
		{"an unknown widened", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::${Bucket}/*"`), allow(`"Action": "s3:Get*", "Resource": "arn:aws:s3:::${Bucket}/*"`), No},
		{"a key is asked for its policy", allow(`"Action": "kms:*", "Resource": "*"`), allow(`"Action": "kms:Decrypt", "Resource": "*"`), No},
		{"a role of another account", allow(`"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::999999999999:role/a"`), ``, No},
		{"letters of any case", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": ["Red", "RED"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIgnoreCase": {"aws:x": "red"}}`), Yes},
		{"letters of two cases are not all", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEqualsIgnoreCase": {"aws:x": "k"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": ["k", "K"]}}`), No},
		{"an absent variable breaks a negated condition", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:x": "${aws:PrincipalTag/a}*"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:x": "${aws:PrincipalTag/a}${aws:PrincipalTag/b}"}}`), No},
		{"a variable with more behind it", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "${aws:username}*"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "${aws:username}"}}`), No},
		{"a variable with less behind it", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "${aws:username}"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:x": "${aws:username}*"}}`), Yes},
		{"a variable and its denial", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": "${aws:username}"}}`), allow(`"Action": "s3:*", "Resource": "*"`) + "," + deny(`"Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:x": "${aws:username}"}}`), Yes},
		{"a set of many values", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c", "d", "e", "f", "g", "h"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": "?"}}`), Yes},
		{"a set of many values, and one more", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c", "d", "e", "f", "g", "hh"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": "?"}}`), No},
		{"the tags of a bucket", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/a": ["b", "c"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}`), No},
		{"what everyone may", allow(`"Action": "sts:GetCallerIdentity", "Resource": "*"`), ``, Yes},
		{"what everyone may, and more", allow(`"Action": "sts:GetCallerIdentity*", "Resource": "*"`), ``, No},
		{"a key that is always there", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalArn": "true"}}`), ``, Yes},
		{"a key that only services have", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}`), ``, Yes},
		{"all but services", allow(`"Action": "s3:*", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}`), Yes},
		{"there is nothing beside true and false", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:SecureTransport": "false"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}`) + "," + allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}`), Yes},
		{"a tag may be anything", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalTag/a": "false"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:PrincipalTag/a": "true"}}`) + "," + allow(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:PrincipalTag/a": "false"}}`), No},
		{"another user", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "bob"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "alice"}}`), No},
		{"users beside roles", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": ["User", "AssumedRole"]}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "User"}}`), No},
		{"a session by its id", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "AROAX:*"}}`), allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:userid": "AROAX:ci-*"}}`), No},
		{"a user's own folder", allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/x"`), No},
		{"of another account", allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}`), ``, No},
		{"the least resource", allow(`"Action": "s3:ListAllMyBuckets", "Resource": "*"`), allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::*"`), No},
	} {
		t.Run(c.name, func(t *testing.T) {
			after, before := identity(t, c.after), identity(t, c.before)
			v := after.Within(before)
			if v.Answer != c.want {
				t.Errorf("%v, want %v: %s\nafter  %s\nbefore %s", v.Answer, c.want, v.Why, c.after, c.before)
			}
			checkVerdict(t, after, before, v)
		})
	}
}

// checkVerdict holds what every verdict promises.
func checkVerdict(t interface{ Errorf(string, ...any) }, s, u *Stack, v Verdict) {
	switch v.Answer {
	case Yes:
		if v.Witness != nil || v.Why != "" {
			t.Errorf("Yes with a witness or a reason: %+v", v)
		}
	case No:
		if v.Witness == nil || v.Why == "" {
			t.Errorf("No without a witness or a reason: %+v", v)
			return
		}
		if !v.Witness.fits() {
			t.Errorf("nobody makes the request of the witness %+v", v.Witness)
		}
		if d := s.Evaluate(*v.Witness); d.Outcome != Allowed || !d.Must {
			t.Errorf("the witness %+v is not surely allowed", v.Witness)
		}
		if d := u.Evaluate(*v.Witness); d.Outcome == Allowed {
			t.Errorf("the witness %+v is not refused", v.Witness)
		}
	case Unknown:
		if v.Why == "" {
			t.Errorf("Unknown without a reason")
		}
	}
}

// An action that the catalogue does not know may be one of AWS's: it is decided, granted and compared like every other.
func TestNewerActions(t *testing.T) {
	compile := func(statements string) *Stack {
		p, err := Compile(catalog.Load(), mustParse(t, `{"Version":"2012-10-17","Statement":[`+statements+`]}`))
		if err != nil {
			t.Fatal(err)
		}
		return &Stack{Identity: p}
	}
	newer := compile(allow(`"Action": "lambda:FrobnicateFunction", "Resource": "*"`))
	every := compile(allow(`"Action": "lambda:*", "Resource": "*"`))
	var listed []string
	for _, a := range catalog.Load().Expand("lambda:*") {
		listed = append(listed, strconv.Quote(a.String()))
	}
	known := compile(allow(`"Action": [` + strings.Join(listed, ",") + `], "Resource": "*"`))
	if d := newer.Evaluate(Request{Principal: alice, Action: "lambda:FrobnicateFunction", Resource: "*"}); d.Outcome != Allowed {
		t.Errorf("decided: %v", d.Outcome)
	}
	n := 0
	for g := range newer.Grants() {
		n++
		if g.Actions[0] != "lambda:FrobnicateFunction" {
			t.Errorf("granted: %v", g.Actions)
		}
	}
	if n != 1 {
		t.Errorf("%d grants", n)
	}
	for _, c := range []struct {
		name     string
		from, to *Stack
		want     Answer
	}{
		{"a newer action within the pattern", newer, every, Yes},
		{"a newer action within the list", newer, known, No},
		{"the list within the pattern", known, every, Yes},
		{"the pattern within the list", every, known, No},
		{"the newer action within itself", newer, newer, Yes},
	} {
		if v := c.from.Within(c.to); v.Answer != c.want {
			t.Errorf("%s: %v, %s", c.name, v.Answer, v.Why)
		}
	}
}

// Within is true of stacks whose endpoint and resource control policies name principals too, and few of its answers there are Unknown.
func TestWithinOfNamedPrincipals(t *testing.T) {
	counts := map[Answer]int{}
	rapid.Check(t, func(t *rapid.T) {
		s, u := drawNamed(t), drawNamed(t)
		switch rapid.IntRange(0, 3).Draw(t, "related") {
		case 0:
			u = s
		case 1: // one layer more
			more := *s
			s, more.Endpoint = &more, u.Endpoint
			if s.Endpoint == nil {
				s.Endpoint = u.Identity
			}
			u = &Stack{Identity: s.Identity, Boundary: s.Boundary, Session: s.Session, SCPs: s.SCPs, RCPs: s.RCPs}
		case 2:
			u.Identity, u.Boundary, u.Session, u.SCPs = s.Identity, s.Boundary, s.Session, s.SCPs
		}
		v := s.Within(u)
		counts[v.Answer]++
		switch v.Answer {
		case No:
			checkVerdict(t, s, u, v)
			if d := s.Evaluate(*v.Witness); d.Outcome != Allowed || !d.Must || u.Evaluate(*v.Witness).Outcome == Allowed {
				t.Fatalf("no witness: %+v", v.Witness)
			}
		case Yes:
			for range 40 {
				r := drawCall(t)
				r.S3.ABAC = On
				if s.Evaluate(r).Outcome == Allowed && u.Evaluate(r).Outcome != Allowed {
					t.Fatalf("Yes, but %s: %s on %s with %v\n%s\n%s", r.Principal, r.Action, r.Resource, r.Context, showAll(t, s), showAll(t, u))
				}
			}
		case Unknown:
		}
	})
	if counts[Yes] == 0 || counts[No] == 0 || counts[Unknown] > counts[Yes]/5 {
		t.Errorf("the draws prove nothing: %v", counts)
	}
}
