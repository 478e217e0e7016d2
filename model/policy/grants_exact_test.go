package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// agree holds what grants describe against what a stack allows, request by request; it counts those that are allowed.
func agree(t interface{ Fatalf(string, ...any) }, s *Stack, grants []Grant, requests []Request, shown string) (allowed int) {
	for _, r := range requests {
		is := s.Evaluate(r).Outcome == Allowed
		if described := slices.ContainsFunc(grants, func(g Grant) bool { return g.describes(&r) }); is != described {
			t.Fatalf("%s on %s with %v: allowed %v, granted %v\n%s\n%+v", r.Action, r.Resource, r.Context, is, described, shown, grants)
		}
		if is {
			allowed++
		}
	}
	return allowed
}

// Layers whose patterns have many parts in common, and layers that meet in variables: a request is allowed just where some grant
// describes it.
func TestGrantsOfHardPatterns(t *testing.T) {
	stars := rapid.StringOfN(rapid.SampledFrom([]rune("ab****?")), 3, 10, -1)
	variable := rapid.SampledFrom([]string{"${aws:PrincipalTag/p}", "${aws:PrincipalTag/q}", "${aws:PrincipalTag/p, 'ab'}", "${aws:TagKeys}", "${*}"})
	part := rapid.OneOf(stars, stars, variable, rapid.SampledFrom([]string{"a", "b", "*", "/"}))
	draw := func(t *rapid.T, name string) *Document {
		d := &Document{Version: rapid.SampledFrom([]string{"2012-10-17", "2012-10-17", "2012-10-17", ""}).Draw(t, "version")}
		for range rapid.IntRange(1, 2).Draw(t, name) {
			s := &Statement{
				Effect:    Effect(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "effect")),
				Actions:   []string{"s3:" + stars.Draw(t, "action")},
				NotAction: rapid.IntRange(0, 7).Draw(t, "notAction") == 0, NotResource: rapid.IntRange(0, 7).Draw(t, "notResource") == 0,
			}
			if rapid.Bool().Draw(t, "every action") {
				s.Actions = []string{"s3:*"}
			}
			for range rapid.IntRange(1, 3).Draw(t, "resources") {
				s.Resources = append(s.Resources, "arn:aws:s3:::"+strings.Join(rapid.SliceOfN(part, 1, 3).Draw(t, "resource"), ""))
			}
			if s.Effect == Deny && rapid.Bool().Draw(t, "condition") {
				s.Conditions = []Condition{{"StringEquals", "aws:PrincipalTag/p", []string{"a"}}}
			}
			d.Statements = append(d.Statements, s)
		}
		return d
	}
	some, beside := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		docs := []*Document{draw(t, "identity"), draw(t, "boundary"), draw(t, "scp")}
		s := &Stack{Identity: MustCompile(docs[0]), Boundary: MustCompile(docs[1])}
		if rapid.Bool().Draw(t, "scps") {
			s.SCPs = [][]*Program{{MustCompile(docs[2])}}
		}
		var words, names []string
		for _, d := range docs {
			for _, st := range d.Statements {
				for _, r := range st.Resources {
					words = append(words, strings.NewReplacer("${*}", "*", "?", "b", "*", rapid.SampledFrom([]string{"", "a", "ab"}).Draw(t, "star")).Replace(r))
				}
				names = append(names, strings.NewReplacer("?", "b", "*", "a").Replace(st.Actions[0]))
			}
		}
		var requests []Request
		for range 40 {
			r := Request{Principal: alice, ResourceAccount: own, Context: Context{}, Action: rapid.SampledFrom(append(names, "s3:ab", "s3:abba")).Draw(t, "asked")}
			for _, tag := range []string{"p", "q"} {
				if rapid.IntRange(0, 3).Draw(t, "tagged") > 0 {
					r.Context["aws:principaltag/"+tag] = []string{rapid.SampledFrom([]string{"", "a", "ab", "b", "a*", "ba/a"}).Draw(t, "tag")}
				}
			}
			r.Resource = "arn:aws:s3:::" + rapid.StringOfN(rapid.SampledFrom([]rune("ab")), 1, 9, -1).Draw(t, "word")
			if rapid.IntRange(0, 2).Draw(t, "near") > 0 {
				r.Resource = rapid.SampledFrom(words).Draw(t, "of a pattern")
				for _, tag := range []string{"p", "q"} {
					value := strings.Join(r.Context["aws:principaltag/"+tag], "")
					r.Resource = strings.ReplaceAll(r.Resource, "${aws:PrincipalTag/"+tag+"}", value)
				}
			}
			requests = append(requests, r)
		}
		grants := slices.Collect(s.Grants())
		for _, g := range grants {
			if beside += len(g.Within); g.From == nil {
				t.Fatalf("a grant from nowhere: %+v", g)
			}
			req, found, complete := s.Sample(&g)
			if !found && complete {
				t.Fatalf("an empty grant: %+v", g)
			}
			if found && s.Evaluate(req).Outcome != Allowed {
				t.Fatalf("%+v is not allowed", req)
			}
		}
		some += agree(t, s, grants, requests, showAll(t, s))
	})
	if some == 0 || beside == 0 {
		t.Errorf("the draws prove nothing: %d requests are allowed, %d grants have patterns side by side", some, beside)
	}
}

// Policies of hundreds of parts within others: all that is allowed is granted, and nothing else.
func TestGrantsOfManyParts(t *testing.T) {
	const n, few = 200, 30
	bucket := func(format string, i int) string { return "arn:aws:s3:::" + fmt.Sprintf(format, i) }
	resources := func(format string) (out []string) {
		for i := range n {
			out = append(out, bucket(format, i))
		}
		return out
	}
	statements := func(n int, f func(i int) *Statement) *Document {
		d := &Document{Version: "2012-10-17"}
		for i := range n {
			d.Statements = append(d.Statements, f(i))
		}
		return d
	}
	one := func(s ...string) []string { return s }
	whole := func(s *Statement) *Document { return &Document{Version: "2012-10-17", Statements: []*Statement{s}} }
	for _, c := range []struct {
		name            string
		identity, limit *Document
		most            int
	}{
		{"lists within lists", whole(&Statement{Actions: one("s3:*"), Resources: resources("*a%d-*/b*")}), whole(&Statement{Actions: one("s3:Get*", "s3:Put*"), Resources: resources("*%d-x*/*b?c*")}), 10},
		{"statements within statements",
			statements(few, func(i int) *Statement {
				return &Statement{Actions: one("s3:Get*", "s3:Put*Tagging"), Resources: one(bucket("*a%d-*/b*", i))}
			}),
			statements(few, func(i int) *Statement {
				return &Statement{Actions: one("s3:*Object*"), Resources: one(bucket("*%d-x*/*b?c*", i))}
			}), few * few},
		{"statements apart within statements",
			statements(n, func(i int) *Statement {
				return &Statement{Actions: one("s3:Get*"), Resources: one(bucket("a%d-*/b*", i))}
			}),
			statements(n, func(i int) *Statement {
				return &Statement{Actions: one("s3:*Object*"), Resources: one(bucket("a%d-*b?c*", i))}
			}), n},
		{"names within variables", whole(&Statement{Actions: one("s3:*"), Resources: resources("a%d-${aws:username}/bxc*")}), whole(&Statement{Actions: one("s3:*"), Resources: resources("*%d-*l?ce/${aws:PrincipalTag/p}*")}), 10},
		{"denials of all but", whole(&Statement{Actions: one("s3:*"), Resources: one("*")}), statements(n, func(i int) *Statement {
			if i == 0 {
				return &Statement{Actions: one("*"), Resources: one("*")}
			}
			return &Statement{Effect: Deny, NotAction: true, Actions: one("s3:Get*", fmt.Sprintf("s3:P*%d", i)), NotResource: i%2 == 0, Resources: one(bucket("*a%d*", i)), Conditions: []Condition{{"StringNotEquals", "aws:PrincipalTag/p", one("b")}}}
		}), 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Stack{Identity: MustCompile(c.identity), Boundary: MustCompile(c.limit)}
			grants := slices.Collect(s.Grants())
			if len(grants) == 0 || len(grants) > c.most {
				t.Errorf("%d grants", len(grants))
			}
			var requests []Request
			for i := range 40 {
				for _, format := range []string{"a%d-xalice/bxc", "a%d-x/bxc", "xa%d-/a7-x/bxcb", "a%d-alice/bxc", "a%d-b/c"} {
					for _, name := range []string{"alice", "xalice", "x"} {
						r := Request{Principal: alice, ResourceAccount: own, Action: of3(i, "s3:GetObject", "s3:PutObjectTagging", "s3:ListBucket"), Resource: bucket(format, i*7%few), Context: Context{"aws:username": {name}, "aws:principaltag/p": {"b"}}}
						if i%4 == 1 {
							delete(r.Context, "aws:principaltag/p")
						}
						requests = append(requests, r)
					}
				}
			}
			if agree(t, s, grants, requests, "") == 0 {
				t.Error("nothing is allowed: the requests prove nothing")
			}
		})
	}
}

func of3(i int, texts ...string) string { return texts[i%len(texts)] }

// However many statements and denials there are, the last one is granted too.
func TestGrantsToTheLast(t *testing.T) {
	const n = 7000
	d := &Document{Version: "2012-10-17"}
	for i := range n {
		d.Statements = append(d.Statements, &Statement{Effect: Effect(i % 2), Actions: []string{"s3:GetObject", fmt.Sprintf("s3:Get%dOther*", i)}, Resources: []string{fmt.Sprintf("arn:aws:s3:::a/%d/*", i)}})
	}
	s := &Stack{Identity: MustCompile(d)}
	last := 0
	for g := range s.Grants() {
		last = slices.Index(d.Statements, g.From)
		if last < n-100 {
			continue
		}
		agree(t, s, []Grant{g}, []Request{{Principal: alice, ResourceAccount: own, Action: "s3:GetObject", Resource: strings.ReplaceAll(g.Resources[0], "*", "x")}}, "")
	}
	if last != n-2 {
		t.Errorf("the last grant is of statement %d", last)
	}
}

// Resource control policies deny where they bind, and nowhere else.
func TestGrantsWithinRCPs(t *testing.T) {
	everyone := []Principal{{"*", "*"}}
	actions := []string{"kms:RetireGrant", "kms:Decrypt", "s3:GetObject", "sqs:SendMessage", "iam:GetRole", "lambda:GetFunction", "sts:AssumeRole"}
	denied := rapid.SampledFrom([]string{"*", "*:Get*", "k*", "kms:*", "kms:Retire*", "s*:*e*", "s3:GetObject", "lambda:*", "*:*Role", "kms:RetireGrant", "?ms:De*"})
	rapid.Check(t, func(t *rapid.T) {
		d := &Document{Version: "2012-10-17"}
		for range rapid.IntRange(1, 2).Draw(t, "statements") {
			d.Statements = append(d.Statements, &Statement{
				Effect: Deny, Principals: everyone, Resources: []string{"*"}, NotAction: rapid.IntRange(0, 2).Draw(t, "not") == 0,
				Actions: rapid.SliceOfN(denied, 1, 3).Draw(t, "denied"),
			})
		}
		s := &Stack{Identity: MustCompile(&Document{Statements: []*Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}), RCPs: [][]*Program{{MustCompile(d)}}}
		who := rapid.SampledFrom([]string{alice, "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"}).Draw(t, "caller")
		s.Principal = who
		if rapid.Bool().Draw(t, "in an organization") { // neither level binds a service-linked role
			level := &Document{Statements: []*Statement{{Actions: rapid.SliceOfN(denied, 1, 3).Draw(t, "left by the SCPs"), Resources: []string{"*"}}}}
			s.SCPs = [][]*Program{{MustCompile(level)}}
		}
		grants := slices.Collect(s.Grants())
		for _, a := range actions {
			agree(t, s, grants, []Request{{Principal: who, ResourceAccount: own, Action: a, Resource: "arn:aws:x:us-east-1:111111111111:y", ResourcePolicy: delegate(own)}}, showAll(t, s))
		}
	})
}

// A NotPrincipal that lists sessions of many roles is about everybody else, and about nobody of them.
func TestNotManySessions(t *testing.T) {
	var listed []string
	for i := range 12 {
		listed = append(listed, fmt.Sprintf("%q", fmt.Sprintf("arn:aws:sts::111111111111:assumed-role/r%d/s%d", i, i)))
	}
	not := `"NotPrincipal": {"AWS": [` + strings.Join(listed, ",") + `]}, "Action": "s3:*", "Resource": "*"}`
	var requests []Request
	for i := range 13 {
		for k := range 13 {
			requests = append(requests, Request{
				Principal: fmt.Sprintf("arn:aws:sts::111111111111:assumed-role/r%d/s%d", i, k), ResourceAccount: own, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/x",
				Context: Context{"aws:userid": {fmt.Sprintf("AROAR%d:s%d", i, k)}},
			})
		}
	}
	all := identity(t, everything)
	for _, effect := range []string{everyone + `, {"Effect": "Deny", `, `{"Effect": "Allow", `} {
		s := withEndpoint(t, "", effect+not)
		grants := slices.Collect(s.Grants())
		if n := agree(t, s, grants, requests, ""); n == 0 || n == len(requests) {
			t.Errorf("%d of %d requests are allowed", n, len(requests))
		}
		for _, k := range []int{0, 1, 11*13 + 11, 11*13 + 12} {
			other := requests[k]
			one := withEndpoint(t, "", `{"Effect": "Allow", "Principal": {"AWS": "`+other.Principal+`"}, "Action": "s3:*", "Resource": "*"}`)
			for _, v := range []struct{ from, to *Stack }{{one, s}, {s, one}} {
				if answer := v.from.Within(v.to).Answer; answer == Yes && v.from.Evaluate(other).Outcome == Allowed && v.to.Evaluate(other).Outcome != Allowed {
					t.Errorf("Yes, but not of %s", other.Principal)
				}
			}
		}
		if v := s.Within(all); v.Answer != Yes {
			t.Errorf("%v: %s", v.Answer, v.Why)
		}
	}
}
