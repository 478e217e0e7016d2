package policy

import (
	"fmt"
	"testing"
	"time"

	"bulkhead/model/catalog"
)

// manyStatements is a policy of the size that real roles have at most.
func manyStatements(n int) *Document {
	d := &Document{Version: "2012-10-17"}
	services := []string{"s3", "sqs", "sns", "dynamodb", "lambda", "logs", "kms", "secretsmanager", "ssm", "events"}
	for i := range n {
		service := services[i%len(services)]
		d.Statements = append(d.Statements, &Statement{
			Sid:       fmt.Sprintf("s%d", i),
			Actions:   []string{service + ":Get*", service + ":List*", fmt.Sprintf("%s:Put%d", service, i)},
			Resources: []string{fmt.Sprintf("arn:aws:%s:us-east-1:111111111111:a%d/*", service, i), fmt.Sprintf("arn:aws:%s:*:111111111111:b%d-*/c", service, i)},
		})
		if i%5 == 0 {
			d.Statements[i].Conditions = []Condition{{"StringEquals", "aws:ResourceTag/team", []string{"red", "blue"}}, {"Bool", "aws:SecureTransport", []string{"true"}}}
		}
	}
	d.Statements = append(d.Statements, &Statement{Effect: Deny, Actions: []string{"iam:*"}, Resources: []string{"*"}})
	return d
}

func BenchmarkEvaluate(b *testing.B) {
	big := MustCompile(manyStatements(50))
	admin := MustCompile(&Document{Statements: []*Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}})
	bucket := MustCompile(&Document{Statements: []*Statement{{
		Principals: []Principal{{"AWS", "arn:aws:iam::111111111111:role/app"}}, Actions: []string{"s3:*"}, Resources: []string{"arn:aws:s3:::data", "arn:aws:s3:::data/*"},
	}}})
	ctx := Context{"aws:resourcetag/team": {"red"}, "aws:securetransport": {"true"}}
	for _, c := range []struct {
		name  string
		stack *Stack
		req   Request
	}{
		{"small", &Stack{Identity: admin}, Request{Principal: session, Action: "s3:GetObject", Resource: thing, ResourceAccount: own}},
		{"statements", &Stack{Identity: big}, Request{Principal: session, Action: "sqs:GetQueueUrl", Resource: "arn:aws:sqs:us-east-1:111111111111:a41/x"}},
		{"conditions", &Stack{Identity: big}, Request{Principal: session, Action: "s3:Get40", Resource: "arn:aws:s3:us-east-1:111111111111:a40/x", Context: ctx}},
		{"open", &Stack{Identity: big}, Request{Principal: session, Action: "s3:Get40", Resource: "arn:aws:s3:us-east-1:111111111111:a40/x", Open: true}},
		{"layers", &Stack{Identity: big, Boundary: admin, SCPs: [][]*Program{{admin}, {admin}, {admin}}}, Request{Principal: session, Action: "s3:GetObject", Resource: thing, ResourceAccount: own, ResourcePolicy: bucket}},
		{"refused", &Stack{Identity: big}, Request{Principal: session, Action: "ec2:RunInstances", Resource: "*"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var d Decision
			for b.Loop() {
				c.stack.EvaluateInto(&c.req, &d)
			}
			b.ReportMetric(float64(decisionTarget), "target-ns/op")
		})
	}
}

// A decision is to take no longer than this, and no memory.
const decisionTarget = 500 * time.Nanosecond

// All of AWS's own policies, read and compiled.
func BenchmarkCompileManagedPolicies(b *testing.B) {
	const target = 500 * time.Millisecond
	c := catalog.Load()
	var texts [][]byte
	for _, name := range c.ManagedPolicies() {
		texts = append(texts, c.ManagedPolicy(name).Document)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			d, err := Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := Compile(c, d); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(texts)), "policies")
	b.ReportMetric(float64(target), "target-ns/op")
}

func BenchmarkCompile(b *testing.B) {
	d := manyStatements(50)
	b.ReportAllocs()
	for b.Loop() {
		MustCompile(d)
	}
}

func BenchmarkParse(b *testing.B) {
	text, err := manyStatements(50).Format()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWithin(b *testing.B) {
	before := manyStatements(50)
	tight := manyStatements(50)
	for _, s := range tight.Statements {
		s.Actions = s.Actions[:1]
	}
	wide := manyStatements(50)
	wide.Statements[30] = &Statement{Actions: []string{"logs:*"}, Resources: []string{"*"}}
	joined := manyStatements(50)
	for i, s := range joined.Statements[:50] {
		s.Actions = []string{s.Actions[0]}
		s.Resources = []string{fmt.Sprintf("arn:aws:%s:us-east-1:111111111111:a%d/x*", s.Actions[0][:len(s.Actions[0])-5], i)}
		s.Conditions = append(s.Conditions, Condition{"IpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}})
	}
	union := &Document{Version: "2012-10-17", Statements: []*Statement{{Actions: []string{"s3:*", "sqs:*", "sns:*", "dynamodb:*"}, Resources: []string{"*"}}}}
	parts := manyStatements(46)
	for _, service := range []string{"s3", "sqs", "sns", "dynamodb"} {
		parts.Statements = append(parts.Statements, &Statement{Actions: []string{service + ":*"}, Resources: []string{"*"}})
	}
	for _, c := range []struct {
		name          string
		after, before *Document
	}{{"same", before, before}, {"tightened", tight, before}, {"narrowed", joined, before}, {"widened", wide, before}, {"union", union, parts}} {
		b.Run(c.name, func(b *testing.B) {
			s, t := &Stack{Identity: MustCompile(c.after)}, &Stack{Identity: MustCompile(c.before)}
			b.ReportAllocs()
			var v Verdict
			for b.Loop() {
				v = s.Within(t)
			}
			b.ReportMetric(float64(v.Answer), "answer")
			b.ReportMetric(float64(10*time.Millisecond), "target-ns/op")
		})
	}
}

func BenchmarkGrants(b *testing.B) {
	admin := MustCompile(&Document{Statements: []*Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}})
	stars := func(n int, actions, resource string) *Program {
		d := &Document{Version: "2012-10-17"}
		for i := range n {
			d.Statements = append(d.Statements, &Statement{Actions: []string{actions}, Resources: []string{fmt.Sprintf(resource, i)}})
		}
		return MustCompile(d)
	}
	big := MustCompile(manyStatements(200))
	for _, c := range []struct {
		name  string
		stack *Stack
	}{
		{"statements", &Stack{Identity: MustCompile(manyStatements(50))}},
		{"bounded", &Stack{Identity: big, Boundary: big, SCPs: [][]*Program{{admin}, {big}}}},
		{"stars", &Stack{Identity: stars(200, "s3:Get*", "arn:aws:s3:::*a%d-*/b*"), Boundary: stars(200, "s3:*Object*", "arn:aws:s3:::*%d-x*/*b?c*")}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				for range c.stack.Grants() {
					n++
				}
				b.ReportMetric(float64(n), "grants")
			}
		})
	}
}
