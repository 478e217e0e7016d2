package policy

import (
	"fmt"
	"strings"
	"testing"
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
