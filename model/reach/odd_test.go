package reach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Designs that would make a careless walk hang or blow up.

func TestOddDesigns(t *testing.T) {
	for name, make := range map[string]func(b *builder) model.ID{
		"nothing but a function without a role": func(b *builder) model.ID {
			f := &model.Function{ID: "fn/F", Name: "F", ARN: functionARN("F")}
			b.elements = append(b.elements, f)
			return f.ID
		},
		"a role that is nowhere": func(b *builder) model.ID {
			f := &model.Function{ID: "fn/F", Name: "F", ARN: functionARN("F"), Role: "role/Nowhere", RoleARN: roleARN("Nowhere")}
			b.elements = append(b.elements, f)
			return f.ID
		},
		"no ARNs": func(b *builder) model.ID {
			f := b.function("F", adminGrant)
			f.ARN = ""
			b.roleOf(f).ARN = ""
			b.table("T").ARN = ""
			return f.ID
		},
		"odd ARNs": func(b *builder) model.ID {
			f := b.function("F", adminGrant)
			for i, arn := range []string{":", "arn:", "arn:aws", "arn:aws:s3:::", "arn:aws:dynamodb:::table/", "${Unknown}", "arn:aws:sqs:us-east-1:123456789012:${Name}", "arn:aws:s3:::${", "*", "arn:aws:s3:::*"} {
				b.table(fmt.Sprintf("T%d", i)).ARN = arn
			}
			return f.ID
		},
		"a function that triggers itself": func(b *builder) model.ID {
			f := b.function("F", allow("sqs:SendMessage lambda:InvokeFunction lambda:UpdateFunctionCode", "*"))
			b.trigger(b.queue("Q").ID, f.ID, "event-source-mapping")
			return f.ID
		},
		"resources that trigger each other": func(b *builder) model.ID {
			f := b.function("F", allow("sns:Publish", "*"))
			g := b.function("G")
			x, y := b.resource("AWS::SNS::Topic", "X"), b.queue("Y")
			b.trigger(x.ID, y.ID, "sns-subscription")
			b.trigger(y.ID, x.ID, "pipe")
			b.trigger(x.ID, x.ID, "pipe")
			b.trigger(y.ID, g.ID, "event-source-mapping")
			b.trigger("res/gone", g.ID, "permission")
			b.trigger(x.ID, "res/gone", "permission")
			return f.ID
		},
		"roles that assume each other and trust everybody": func(b *builder) model.ID {
			everybody := `{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}`
			r := b.role("R0", everybody, adminGrant)
			for i := range 30 {
				b.role(fmt.Sprintf("R%d", i+1), everybody, allow("sts:AssumeRole", "*"))
			}
			return b.functionOf("F", r).ID
		},
		"policies and boundaries that are not there": func(b *builder) model.ID {
			f := b.function("F")
			r := b.roleOf(f)
			r.Policies, r.Boundary, r.Trust = []model.ID{"policy/gone", "fn/F"}, "policy/gone", nil
			return f.ID
		},
		"a policy that says nothing": func(b *builder) model.ID {
			f := b.function("F", allow("s3:*", "*"))
			for _, e := range b.elements {
				if p, ok := e.(*model.Policy); ok {
					p.Document = &policy.Document{Statements: []*policy.Statement{{}, {Actions: []string{""}, Resources: []string{""}}, {NotAction: true, NotResource: true}, {NotAction: true, Resources: []string{"*"}}}}
				}
			}
			return f.ID
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := build(t)
			start := make(b)
			a := b.analyse()
			for _, n := range a.nodes[:a.size.nodes] {
				for _, h := range breach(t, a, n.id).Hits {
					if h.Sentence(a.Design()) == "" {
						t.Errorf("no words for %+v", h)
					}
				}
			}
			breach(t, a, start)
			a.Measures(true)
			a.Touches(start)
			if _, err := a.WhoCan(context.Background(), "s3:GetObject", "*"); err != nil {
				t.Error(err)
			}
		})
	}
}

// Five thousand functions on one role that may replace each other's code: one compartment, as wide as it is.
func TestManyFunctionsOnOneRole(t *testing.T) {
	const n = 5000
	b := build(t)
	r := b.role("Shared", lambdaTrust, allow("lambda:*", "*"), allow("dynamodb:GetItem", "*"))
	for i := range n {
		f := &model.Function{ID: model.ID(fmt.Sprintf("fn/F%d", i)), Name: fmt.Sprintf("F%d", i), ARN: functionARN(fmt.Sprintf("F%d", i)), Role: r.ID, RoleARN: r.ARN}
		b.elements = append(b.elements, f)
	}
	b.table("T")
	a := b.analyse()
	if len(a.actors) != 1 {
		t.Errorf("%d actors", len(a.actors))
	}
	m := a.Measures(true)
	if m.Worst != 1 || m.Exposure["res/T"] != n {
		t.Errorf("measures %v %v", m.Worst, m.Exposure)
	}
	if br := breach(t, a, "fn/F7"); len(br.Runs) != n || len(br.Hits) != n {
		t.Errorf("runs %d, hits %d", len(br.Runs), len(br.Hits))
	}
}

// A chain of roles, each of which may assume the next, longer than any stack of calls.
func TestLongChain(t *testing.T) {
	const n = 3000
	b := build(t)
	f := b.function("F", allow("sts:AssumeRole", roleARN("R0")))
	for i := range n {
		b.role(fmt.Sprintf("R%d", i), rootTrust, allow("sts:AssumeRole", roleARN(fmt.Sprintf("R%d", i+1))))
	}
	b.role(fmt.Sprintf("R%d", n), rootTrust, allow("sqs:SendMessage", "*"))
	b.queue("Q")
	a := b.analyse()
	if r, _ := a.Reach(f.ID); r.Must.Resources != 1 {
		t.Errorf("figures %+v", r)
	}
	w := a.walk(a.nodeOf[f.ID], runsMust)
	if len(w.order) != n+2 {
		t.Errorf("%d nodes reached", len(w.order))
	}
}

// Every role may assume every other: a hundred thousand edges in one component.
func TestDenseGraph(t *testing.T) {
	const n = 320
	b := build(t)
	for i := range n {
		b.role(fmt.Sprintf("R%d", i), rootTrust, allow("sts:AssumeRole", roleARN("R*")))
	}
	f := b.function("F", allow("sts:AssumeRole", roleARN("R7")))
	a := b.analyse()
	edges := 0
	for _, x := range a.actors {
		for range x.allEdges() {
			edges++
		}
	}
	if edges < 100_000 {
		t.Errorf("only %d edges", edges)
	}
	if br := breach(t, a, f.ID); len(br.Runs) != n+1 {
		t.Errorf("runs %d", len(br.Runs))
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := build(t)
	b.function("F", adminGrant)
	if _, err := Analyze(ctx, b.design(), catalog.Load(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// One analysis serves many hands at once, and the next is made from it meanwhile.
func TestConcurrentUse(t *testing.T) {
	a := example(t).analyse()
	d := a.Design()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 3 {
				a.Breaches()
				a.Measures(i%2 == 0)
				a.Touches("fn/Shop")
				next := analyse(t, d, a)
				Compare(a, next)
				if _, err := next.WhoCan(context.Background(), "s3:GetObject", "*"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// A condition on the function makes each of a role's functions a principal of its own. That such a function can pass
// or assume its role again is no hit on the role, whoever starts it; a way to the role by somebody else is one.
func TestOwnRoleIsNoNews(t *testing.T) {
	const perFunction = `{"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:` + testAccount + `:function:Other"}}}`
	for _, c := range []struct {
		name   string
		policy string // of the start
		want   string
	}{
		{"through the function", allow("lambda:UpdateFunctionCode", functionARN("G")), ""},
		{"by itself as well", allow("lambda:UpdateFunctionCode", functionARN("G")) + "," + allow("iam:UpdateAssumeRolePolicy sts:AssumeRole", roleARN("GRole")), "iam-012 must"},
	} {
		for _, more := range []string{"", "," + perFunction} {
			b := build(t)
			f := b.function("F", c.policy)
			g := b.function("G", allow("iam:UpdateAssumeRolePolicy iam:PassRole lambda:CreateFunction lambda:InvokeFunction sts:AssumeRole", "*")+more)
			br := breach(t, b.analyse(), f.ID)
			if got := runsTo(br, g.Role); got != c.want || slices.Contains(br.Runs, g.Role) != (c.want != "") {
				t.Errorf("%s, with %q: the role is run by %q, runs %v", c.name, more, got, br.Runs)
			}
			if runsTo(br, g.ID) != "lambda-003 must" {
				t.Errorf("%s, with %q: the function is not run: %v", c.name, more, say(br))
			}
		}
	}
}
