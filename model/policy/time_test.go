package policy

import "testing"

// A condition on the time of the request is decided where the time that it names has passed, and open where it is to come.
func TestByTime(t *testing.T) {
	ask := func(operator, key, value string) Decision {
		doc, err := Parse([]byte(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"` + operator + `": {"` + key + `": "` + value + `"}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		s := &Stack{Identity: MustCompile(doc)}
		return s.Evaluate(Request{Principal: "arn:aws:iam::111122223333:role/r", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Open: true})
	}
	const past, later = "2020-01-01T00:00:01Z", "2031-01-01T00:00:00Z"
	for _, c := range []struct {
		operator, key, value string
		want                 string
	}{
		{"DateLessThan", "aws:CurrentTime", past, "no"},
		{"DateLessThanEquals", "aws:EpochTime", "1577836801", "no"},
		{"DateEquals", "aws:CurrentTime", past, "no"},
		{"DateNotEquals", "aws:CurrentTime", past, "must"},
		{"DateGreaterThan", "aws:CurrentTime", past, "must"},
		{"DateGreaterThanEquals", "aws:CurrentTime", "2020", "must"},
		{"DateLessThan", "aws:CurrentTime", later, "may"},
		{"DateGreaterThan", "aws:CurrentTime", later, "may"},
		{"DateLessThan", "aws:TokenIssueTime", past, "no"},
		{"DateLessThanIfExists", "aws:TokenIssueTime", past, "may"}, // a user's key of long life has no such time
		{"DateGreaterThan", "aws:TokenIssueTime", past, "may"},
		{"DateGreaterThanIfExists", "aws:TokenIssueTime", past, "must"},
		{"DateNotEquals", "aws:TokenIssueTime", past, "must"},
		{"ForAnyValue:DateNotEquals", "aws:TokenIssueTime", past, "may"},
		{"DateLessThan", "aws:CurrentTime", "${Day}", "may"},
		{"DateLessThan", "s3:some-date", past, "may"},
	} {
		d := ask(c.operator, c.key, c.value)
		got := "no"
		if d.Outcome == Allowed {
			got = "may"
			if d.Must {
				got = "must"
			}
		}
		if got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.operator, c.key, c.value, got, c.want)
		}
	}
}
