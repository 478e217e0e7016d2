package policy

import (
	"fmt"
	"strings"
	"testing"

	"bulkhead/model/catalog"
)

// Policies far beyond AWS's limits are decided, compared and listed within a budget, and nothing panics. That it
// takes no minutes shows in the test's own time limit.
func TestHugePolicies(t *testing.T) {
	const n = 4000
	build := func(f func(i int) *Statement) *Document {
		d := &Document{Version: "2012-10-17"}
		for i := range n {
			d.Statements = append(d.Statements, f(i))
		}
		return d
	}
	one := func(s string) []string { return []string{s} }
	docs := map[string]*Document{
		"services": build(func(i int) *Statement {
			return &Statement{Actions: one(fmt.Sprintf("svc%d:Get*", i)), Resources: one("*")}
		}),
		"services and wildcards": build(func(i int) *Statement {
			if i%2 == 0 {
				return &Statement{Actions: one(fmt.Sprintf("svc%d:Get*", i)), Resources: one("*")}
			}
			return &Statement{Actions: one(fmt.Sprintf("*%d", i)), Resources: one("*")}
		}),
		"one service": build(func(i int) *Statement {
			return &Statement{Actions: one(fmt.Sprintf("s3:*a%d*b", i)), Resources: one(fmt.Sprintf("arn:aws:s3:::*%d*/x?", i))}
		}),
		"denials": build(func(i int) *Statement {
			return &Statement{Effect: Effect(i % 2), NotAction: i%4 == 1, Actions: one(fmt.Sprintf("s3:Get%d*", i)), Resources: one("*")}
		}),
		"conditions": build(func(i int) *Statement {
			return &Statement{Actions: one("s3:GetObject"), Resources: one("*"), Conditions: []Condition{{"StringLike", fmt.Sprintf("aws:k%d", i), one("*a*b*")}}}
		}),
		"keys of one condition": {Version: "2012-10-17", Statements: []*Statement{{Actions: one("s3:*"), Resources: one("*"), Conditions: func() (out []Condition) {
			for i := range n {
				out = append(out, Condition{"StringEquals", fmt.Sprintf("aws:k%d", i), one("x")})
			}
			return out
		}()}}},
		"openings without an end": {Version: "2012-10-17", Statements: []*Statement{{Actions: one("s3:*"), Resources: one("arn:aws:s3:::" + strings.Repeat("${", 50*n))}}},
		"one long statement": {Version: "2012-10-17", Statements: []*Statement{{
			Actions: strings.Split(strings.Repeat("s3:a*a*a*a*b,", n)+"s3:x", ","), Resources: strings.Split(strings.Repeat("arn:aws:s3:::a*a*a*a*b,", n)+"*", ","),
		}}},
		"one long pattern": {Version: "2012-10-17", Statements: []*Statement{{
			Actions: one("s3:" + strings.Repeat("a*", n)), Resources: one("arn:aws:s3:::" + strings.Repeat("?*", n)),
		}}},
		"one long condition": {Version: "2012-10-17", Statements: []*Statement{{Actions: one("s3:*"), Resources: one("*"), Conditions: []Condition{
			{"StringLike", "aws:k", strings.Split(strings.Repeat("*a*a*b,", n)+"x", ",")},
			{"NumericLessThan", "aws:n", one(strings.Repeat("9", 100*n))},
			{"DateLessThan", "aws:d", one(strings.Repeat("9", 100*n))},
		}}}},
	}
	req := Request{
		Principal: alice, Action: "s3:" + strings.Repeat("a", 2000), Resource: "arn:aws:s3:::" + strings.Repeat("a", 5000), ResourceAccount: own,
		Context: Context{"aws:k": {strings.Repeat("a", 5000)}, "aws:n": {strings.Repeat("8", 5000)}, "aws:d": {"2024-01-01"}},
	}
	for name, d := range docs {
		t.Run(name, func(t *testing.T) {
			s := &Stack{Identity: MustCompile(d)}
			s.Evaluate(req)
			open := req
			open.Action, open.Resource, open.Context = "s3:GetObject", thing, nil
			s.Possible(open)
			text, err := d.Format()
			if err != nil {
				t.Fatal(err)
			}
			again, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			v := (&Stack{Identity: MustCompile(again)}).Within(s)
			if v.Answer == No {
				t.Errorf("not within itself: %s", v.Why)
			}
			n := 0
			for range s.Grants() {
				if n++; n == 100 {
					break
				}
			}
			d.Check(nil, Setting{})
		})
	}
}

// Up to a megabyte of policy, whatever it is of, is read, checked, decided, listed and compared in time that grows with its size.
func TestMegabytes(t *testing.T) {
	list := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%q,", f(i))
		}
		return strings.TrimSuffix(b.String(), ",")
	}
	one := func(rest string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + rest + `}]}`
	}
	statements := func(n int, s string) string {
		return `{"Version":"2012-10-17","Statement":[` + strings.TrimSuffix(strings.Repeat(s+",", n), ",") + `]}`
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	for name, text := range map[string]string{
		"statements":       statements(10000, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}`),
		"denials":          statements(10000, `{"Sid":"x","Effect":"Deny","NotAction":"s3:*","NotResource":"arn:aws:s3:::a"}`),
		"actions":          one(`"Action":[` + list(60000, same("s3:GetObject")) + `],"Resource":"*"`),
		"misspellings":     one(`"Action":[` + list(30000, func(i int) string { return fmt.Sprintf("s3:GetObjec%d", i) }) + `],"Resource":"*"`),
		"one pattern":      one(`"Action":"s3:` + strings.Repeat("a*", 500000) + `","Resource":"*"`),
		"principals":       one(`"Principal":{"AWS":[` + list(65000, same(own)) + `]},"Action":"s3:*","Resource":"*"`),
		"variables":        one(`"Action":"s3:*","Resource":"arn:aws:s3:::` + strings.Repeat("${aws:username}", 70000) + `"`),
		"condition keys":   one(`"Action":"s3:*","Resource":"*","Condition":{"StringLike":{` + strings.ReplaceAll(list(30000, func(i int) string { return fmt.Sprintf("aws:k%d", i) }), ",", `:"a",`) + `:"a"}}`),
		"condition values": one(`"Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:x":[` + list(50000, same("*a*")) + `]}}`),
		"absurd dates":     one(`"Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:x":[` + list(20000, func(i int) string { return strings.Repeat("9", i%40) + "-99-99T99:99:99Z" }) + `]}}`),
		"absurd ranges":    one(`"Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:x":[` + list(20000, func(i int) string { return fmt.Sprintf("%d.300.1.1/%d", i, i) }) + `]}}`),
		"white space":      strings.Repeat(" \n", 1<<19) + one(`"Action":"s3:*","Resource":"*"`),
	} {
		t.Run(name, func(t *testing.T) {
			d := mustParse(t, text)
			d.Check(catalog.Load(), Setting{Type: RoleInline, Place: Places([]byte(text))})
			s := &Stack{Identity: MustCompile(d)}
			s.Evaluate(Request{Principal: alice, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/x", Context: Context{"aws:x": {"bbbbbbbbbb"}, "aws:username": {"u"}}})
			s.Possible(Request{Principal: alice, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/x"})
			n := 0
			for range s.Grants() {
				if n++; n == 10 {
					break
				}
			}
			if v := s.Within(s); v.Answer == No {
				t.Errorf("not within itself: %s", v.Why)
			}
		})
	}
	for name, text := range map[string]string{
		"lists within lists":     strings.Repeat(`{"Statement":[`, 100000),
		"mappings in conditions": `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + strings.Repeat(`{"a":`, 100000),
		"bytes that are no text": one(`"Action":"s3:*","Resource":"` + strings.Repeat("\xff", 1<<20) + `"`),
		"NUL":                    one(`"Action":"s3:*","Resource":"` + strings.Repeat("\x00", 1<<20) + `"`),
		"half a surrogate pair":  one(`"Action":"s3:*","Resource":"` + strings.Repeat(`\ud800`, 1<<17) + `"`),
		"no end":                 one(`"Action":"s3:*","Resource":"` + strings.Repeat("a", 1<<20)),
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "line 1, column ") || len(err.Error()) > 500 {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}
