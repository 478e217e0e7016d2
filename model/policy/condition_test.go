package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Each condition on the key k against the values of the request; nil: the key is absent.
func TestConditions(t *testing.T) {
	v := func(values ...string) []string { return values }
	var none []string
	const top = "arn:aws:sns:us-east-1:111111111111:top"
	for _, c := range []struct {
		operator string
		policy   []string
		request  []string
		want     bool
	}{
		{"StringEquals", v("a"), v("a"), true},
		{"StringEquals", v("a"), v("A"), false},
		{"StringEquals", v("a", "b"), v("b"), true},
		{"StringEquals", v("r*"), v("red"), false},
		{"StringEquals", v("r*"), v("r*"), true},
		{"StringEquals", v("a"), none, false},
		{"StringEquals", v(), v("a"), false},
		{"stringequals", v("a"), v("a"), true},
		{"StringNotEquals", v("a", "b"), v("b"), false},
		{"StringNotEquals", v("a", "b"), v("c"), true},
		{"StringNotEquals", v("a"), none, true},
		{"StringEqualsIgnoreCase", v("ÄB"), v("äb"), true},
		{"StringNotEqualsIgnoreCase", v("AB"), v("ab"), false},
		{"StringEqualsIgnoreCase", v("${aws:PrincipalTag/unit}"), v("bLUE"), true},
		{"StringNotEqualsIgnoreCase", v("${aws:PrincipalTag/unit}x"), v("BLUEX"), false},
		{"StringEqualsIgnoreCase", v("${aws:PrincipalTag/none, 'Ä'}"), v("ä"), true},
		{"StringEquals", v("${aws:PrincipalTag/unit}"), v("blue"), false},
		{"StringEquals", v("a${*}c"), v("a*c"), true},
		{"StringEquals", v("${aws:TagKeys}"), v("t"), false},
		{"StringLike", v("r?d"), v("red"), true},
		{"StringLike", v("r*"), v("r\nd"), true},
		{"StringLike", v("R*"), v("red"), false},
		{"StringLike", v("a${*}c"), v("abc"), false},
		{"StringNotLike", v("r*"), v("red"), false},
		{"StringNotLike", v("r*"), none, true},
		{"StringLike", v("${aws:PrincipalTag/team}-*"), v("red-1"), true},
		{"StringEquals", v("${aws:PrincipalTag/none}"), v("x"), false},
		{"StringNotEquals", v("${aws:PrincipalTag/none}"), v("x"), false},
		{"StringNotEquals", v("${aws:PrincipalTag/none, 'y'}"), v("x"), true},
		{"StringEquals", v("${aws:PrincipalTag/none}", "x"), v("x"), true},
		{"StringEqualsIfExists", v("a"), none, true},
		{"StringEqualsIfExists", v("a"), v("b"), false},

		{"NumericEquals", v("10"), v("10.0"), true},
		{"NumericEquals", v("10"), v("1e1"), true},
		{"NumericEquals", v("10"), v("ten"), false},
		{"NumericNotEquals", v("10"), v("11"), true},
		{"NumericNotEquals", v("10"), v("ten"), false},
		{"NumericLessThan", v("10.5"), v("10.25"), true},
		{"NumericLessThan", v("10"), v("9"), true},
		{"NumericLessThan", v("9"), v("10"), false},
		{"NumericLessThan", v("-4"), v("-5"), true},
		{"NumericLessThanEquals", v("10"), v("10"), true},
		{"NumericGreaterThan", v("0.1"), v("0.09"), false},
		{"NumericGreaterThanEquals", v("12345678901234567890123"), v("12345678901234567890122"), false},
		{"NumericGreaterThan", v("5"), none, false},
		{"NumericEquals", v("0"), v("-0.0"), true},
		{"NumericEquals", v("NaN"), v("NaN"), false},
		{"NumericEquals", v("0x10"), v("16"), false},

		{"DateEquals", v("2024-01-01T01:00:00+01:00"), v("2024-01-01T00:00:00Z"), true},
		{"DateEquals", v("2024-01-01T00:00:00Z"), v("1704067200"), true},
		{"DateEquals", v("1704067200"), v("2024-01-01"), true},
		{"DateNotEquals", v("2024-01-01"), v("2024-01-02"), true},
		{"DateLessThan", v("2024-06-01"), v("2024-05-31T23:59:59.999Z"), true},
		{"DateLessThanEquals", v("2024"), v("2024-01-01T00:00Z"), true},
		{"DateGreaterThan", v("2024-01-01T00:00:00.500Z"), v("2024-01-01T00:00:00.750Z"), true},
		{"DateGreaterThanEquals", v("2024-01"), v("2023-12-31"), false},
		{"DateEquals", v("2024-01-01T00:00:00+0100"), v("2023-12-31T23:00:00Z"), true},
		{"DateEquals", v("2024-02-30"), v("2024-03-01"), false},
		{"DateEquals", v("2024-01-01T24:00:00Z"), v("2024-01-02"), false},
		{"DateEquals", v("2024-01-01T00:00:00.Z"), v("2024-01-01"), false},
		{"DateEquals", v("2024-01-01Z"), v("2024-01-01"), false},
		{"DateEquals", v("2024-1-1"), v("2024-01-01"), false},
		{"DateLessThan", v("garbage"), v("2024-01-01"), false},
		{"DateNotEquals", v("2024-01-01"), v("garbage"), false},
		{"DateLessThan", v("2024-13-45"), v("2024-01-01"), false},
		{"DateLessThan", v("99999999999999999999999999"), v("2024-01-01"), false},

		{"Bool", v("true"), v("true"), true},
		{"Bool", v("True"), v("true"), true},
		{"Bool", v("false"), v("true"), false},
		{"Bool", v("false"), none, false},
		{"BoolIfExists", v("false"), none, true},
		{"Bool", v("yes"), v("yes"), false},

		{"IpAddress", v("203.0.113.0/24"), v("203.0.113.7"), true},
		{"IpAddress", v("203.0.113.7"), v("203.0.113.7"), true},
		{"IpAddress", v("203.0.113.9/24"), v("203.0.113.7"), true},
		{"IpAddress", v("203.0.113.0/25"), v("203.0.113.200"), false},
		{"IpAddress", v("0.0.0.0/0"), v("8.8.8.8"), true},
		{"IpAddress", v("0.0.0.0/0"), v("2001:db8::1"), false},
		{"IpAddress", v("2001:DB8:1234:5678::/64"), v("2001:db8:1234:5678::1"), true},
		{"IpAddress", v("203.0.113.0/24"), v("::ffff:203.0.113.7"), true},
		{"IpAddress", v("10.0.0.0/8", "192.168.0.0/16"), v("192.168.3.4"), true},
		{"IpAddress", v("10.0.0.0/99"), v("10.0.0.1"), false},
		{"NotIpAddress", v("10.0.0.0/8"), v("10.1.2.3"), false},
		{"NotIpAddress", v("10.0.0.0/8"), v("11.1.2.3"), true},
		{"NotIpAddress", v("10.0.0.0/8"), none, true},
		{"NotIpAddress", v("garbage"), v("11.1.2.3"), false},

		{"ArnEquals", v("arn:aws:sns:*:111111111111:*"), v(top), true},
		{"ArnLike", v(top), v(top), true},
		{"ArnLike", v("arn:aws:sns:us-east-1:111111111111:Top"), v(top), false},
		{"ArnLike", v("arn:aws:sns:us-east-1:111111111111:to?"), v(top), true},
		{"ArnLike", v("arn:aws:sns:*:top"), v(top), false},
		{"ArnLike", v("arn:aws:sns"), v(top), true},
		{"ArnLike", v("*"), v(top), true},
		{"ArnLike", v("arn:aws:x:*:111122223333:finance/*"), v("arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/d.txt"), false},
		{"StringLike", v("arn:aws:x:*:111122223333:finance/*"), v("arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/d.txt"), true},
		{"ArnLike", v("arn:aws:lambda:*:*:function:*"), v("arn:aws:lambda:us-east-1:1:function:f:1"), true},
		{"ArnLike", v("arn:aws:s3:::${aws:PrincipalTag/team}"), v("arn:aws:s3:::red"), true},
		{"ArnNotLike", v(top), v("arn:aws:sns:us-east-1:111111111111:else"), true},
		{"ArnNotEquals", v("arn:aws:sns:*:*:*"), v(top), false},
		{"ArnNotLike", v(top), none, true},
		{"ArnNotLike", v(top), v("no ARN"), false},

		{"BinaryEquals", v("QmluYXJ5"), v("QmluYXJ5"), true},
		{"BinaryEquals", v("QmluYXJ5"), v("Binary"), true},
		{"BinaryEquals", v("QmluYXJ5"), v("else"), false},

		{"Null", v("true"), none, true},
		{"Null", v("true"), v("x"), false},
		{"Null", v("false"), none, false},
		{"Null", v("false"), v(""), true},
		{"Null", v("true", "false"), v("x"), true},

		{"ForAllValues:StringEquals", v("a", "b"), v("a", "b"), true},
		{"ForAllValues:StringEquals", v("a", "b"), v("a", "c"), false},
		{"ForAllValues:StringEquals", v("a"), none, true},
		{"ForAllValues:StringEquals", v("a"), v(), true},
		{"ForAllValues:StringEquals", v("a"), v(""), true},
		{"ForAllValues:StringNotEquals", v("x", "y"), v("a", "b"), true},
		{"ForAllValues:StringNotEquals", v("x", "y"), v("a", "x"), false},
		{"ForAllValues:StringLike", v("a*"), v("a1", "a2"), true},
		{"ForAnyValue:StringEquals", v("a", "b"), v("c", "b"), true},
		{"ForAnyValue:StringEquals", v("a"), v("c", "d"), false},
		{"ForAnyValue:StringEquals", v("a"), none, false},
		{"ForAnyValue:StringNotEquals", v("a"), v("a", "b"), true},
		{"ForAnyValue:StringNotEquals", v("a"), v("a"), false},
		{"ForAnyValue:StringNotEquals", v("a"), none, false},
		{"ForAnyValue:StringNotEquals", v("a"), v(""), false},
		{"ForAnyValue:StringEqualsIfExists", v("a"), none, true},
		{"foranyvalue:stringlike", v("o-1/r-1/*"), v("o-1/r-1/ou-1/"), true},
		{"StringEquals", v("a"), v("a", "b"), true},
		{"StringNotEquals", v("a"), v("a", "b"), false},

		{"StringAlmost", v("a"), v("a"), false},
	} {
		d := &Document{Version: "2012-10-17", Statements: []*Statement{{
			Actions: []string{"*"}, Resources: []string{"*"}, Conditions: []Condition{{c.operator, "Custom:K", c.policy}},
		}}}
		ctx := Context{"aws:principaltag/team": {"red"}, "aws:principaltag/unit": {"Blue"}, "aws:tagkeys": {"t"}}
		if c.request != nil {
			ctx["custom:k"] = c.request
		}
		s := &Stack{Identity: MustCompile(d)}
		got := s.Evaluate(Request{Principal: session, Action: "s3:GetObject", Resource: thing, ResourceAccount: own, Context: ctx})
		if (got.Outcome == Allowed) != c.want {
			t.Errorf("%s %q on %q: %v", c.operator, c.policy, c.request, got.Outcome)
		}
		// As a denial it applies where as an allow it would.
		d.Statements[0].Effect = Deny
		s = &Stack{Identity: MustCompile(d)}
		got = s.Evaluate(Request{Principal: session, Action: "s3:GetObject", Resource: thing, ResourceAccount: own, Context: ctx})
		if (got.Outcome == ExplicitDeny) != c.want {
			t.Errorf("denial %s %q on %q: %v", c.operator, c.policy, c.request, got.Outcome)
		}
	}
}

func TestDecimals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(-2000, 2000).Draw(t, "a"), rapid.IntRange(-2000, 2000).Draw(t, "b")
		text := func(n int) string { // n/100
			s := strings.Repeat("0", rapid.IntRange(0, 2).Draw(t, "zeros"))
			sign := ""
			if n < 0 {
				sign, n = "-", -n
			}
			return sign + s + itoa(n/100) + "." + itoa(n%100/10) + itoa(n%10) + strings.Repeat("0", rapid.IntRange(0, 2).Draw(t, "trail"))
		}
		x, okX := parseDecimal(text(a))
		y, okY := parseDecimal(text(b))
		if !okX || !okY {
			t.Fatalf("%q and %q are not read", text(a), text(b))
		}
		got := x.compare(y)
		if (got < 0) != (a < b) || (got > 0) != (a > b) {
			t.Fatalf("%d and %d compare as %d", a, b, got)
		}
	})
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// A negation holds where the condition does not, on keys that are there.
func TestNegate(t *testing.T) {
	for _, c := range []Condition{
		{"StringEquals", "k", []string{"a", "b"}}, {"StringNotLike", "k", []string{"a*"}}, {"ArnLike", "k", []string{"arn:aws:sns:*:*:*"}},
		{"Null", "k", []string{"true"}}, {"IpAddress", "k", []string{"10.0.0.0/8"}},
		{"ForAllValues:StringLike", "k", []string{"a*"}}, {"ForAnyValue:StringNotEquals", "k", []string{"a"}},
	} {
		n := negate(c)
		a, b := compileCondition(&c, true), compileCondition(&n, true)
		for _, values := range [][]string{{"a"}, {"ab"}, {"c"}, {"a", "c"}, {"10.1.2.3"}, {"1.2.3.4"}, {"arn:aws:sns:a:b:c"}, {"arn:aws:sqs:a:b:c"}} {
			if a.family() == familyIP && strings.Trim(values[0], "0123456789.") != "" || a.op == opARN && !strings.HasPrefix(values[0], "arn:") {
				continue
			}
			if len(values) > 1 && a.qualifier == plain {
				continue
			}
			v := view{req: &Request{Context: Context{"k": values}}, tags: present}
			x, _ := a.eval(&v)
			y, _ := b.eval(&v)
			if x != y.not() {
				t.Errorf("%s is %d and %s is %d on %q", c, x, n, y, values)
			}
		}
		if back := negate(n); !strings.EqualFold(back.Operator, c.Operator) || len(back.Values) != len(c.Values) {
			t.Errorf("%s negated twice is %s", c, back)
		}
	}
	if n := negate(Condition{"Bool", "k", []string{"true"}}); n.Operator != "NotBool" {
		t.Errorf("%s", n)
	}
}

// A key that is perhaps there: what holds either way is decided, the rest is not.
func TestOrAbsent(t *testing.T) {
	for condition, want := range map[string]string{
		`"Bool": {"k:a": "false"}`:              "may",
		`"Bool": {"k:a": "true"}`:               "no",
		`"BoolIfExists": {"k:a": "false"}`:      "must",
		`"BoolIfExists": {"k:a": "true"}`:       "may",
		`"Null": {"k:a": "true"}`:               "may",
		`"StringNotEquals": {"k:a": "true"}`:    "must",
		`"StringNotEquals": {"k:a": "false"}`:   "may",
		`"ForAllValues:Bool": {"k:a": "false"}`: "must",
		`"ForAnyValue:Bool": {"k:a": "false"}`:  "may",
		`"StringLike": {"k:a": "f*"}`:           "may",
		`"StringEquals": {"k:b": "x"}`:          "must",
		`"StringEquals": {"k:b": "${k:a}"}`:     "no", // a variable that is not surely there
	} {
		p := program(t, `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {`+condition+`}}`)
		d := (&Stack{Identity: p}).Evaluate(Request{Principal: "arn:aws:iam::111111111111:user/a", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111111111111", Open: true,
			Context: Context{"k:a": {"false", OrAbsent}, "k:b": {"x"}}})
		got := "no"
		if d.Outcome == Allowed {
			got = map[bool]string{true: "must", false: "may"}[d.Must]
		}
		if got != want {
			t.Errorf("%s: %s, not %s", condition, got, want)
		}
	}
}
