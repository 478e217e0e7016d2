package policy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// everyRequest is all that the drawn vocabulary can ask.
func everyRequest() []Request {
	contexts := []Context{}
	var keySets [][]string
	for m := range 8 {
		var set []string
		for i, v := range someValues[1:] {
			if m&(1<<i) != 0 {
				set = append(set, v)
			}
		}
		keySets = append(keySets, set)
	}
	for _, tag := range append([]string{"none"}, someValues...) {
		for _, keys := range keySets {
			c := Context{}
			if tag != "none" {
				c["aws:principaltag/p"] = []string{tag}
			}
			if keys != nil {
				c["aws:tagkeys"] = keys
			}
			contexts = append(contexts, c)
		}
	}
	var out []Request
	for _, a := range someActions {
		for _, r := range someResources {
			for _, c := range contexts {
				out = append(out, Request{Principal: alice, ResourceAccount: own, Action: a, Resource: r, Context: c})
			}
		}
	}
	return out
}

func drawStack(t *rapid.T, name string) *Stack {
	s := &Stack{Identity: MustCompile(drawDocument(t, name, false))}
	if rapid.SampledFrom([]bool{false, false, true}).Draw(t, "bounded") {
		s.Boundary = MustCompile(drawDocument(t, "boundary", false))
	}
	if rapid.SampledFrom([]bool{false, false, true}).Draw(t, "scps") {
		s.SCPs = [][]*Program{{MustCompile(drawDocument(t, "scp", false))}}
	}
	return s
}

func show(t *rapid.T, s *Stack) string {
	var b strings.Builder
	for _, p := range []*Program{s.Identity, s.Boundary} {
		if p != nil {
			for _, d := range p.documents {
				text, err := d.MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				b.Write(text)
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// Yes is true of every request, No has its witness, and nothing drawn here is too hard.
func TestWithinIsTrue(t *testing.T) {
	requests := everyRequest()
	counts := map[Answer]int{}
	rapid.Check(t, func(t *rapid.T) {
		s, u := drawStack(t, "after"), drawStack(t, "before")
		v := s.Within(u)
		counts[v.Answer]++
		checkVerdict(t, s, u, v)
		switch v.Answer {
		case Yes:
			for _, r := range requests {
				if s.Evaluate(r).Outcome == Allowed && u.Evaluate(r).Outcome != Allowed {
					t.Fatalf("Yes, but %s on %s with %v\n%s\n%s", r.Action, r.Resource, r.Context, show(t, s), show(t, u))
				}
			}
		case Unknown:
			t.Fatalf("Unknown: %s\n%s\n%s", v.Why, show(t, s), show(t, u))
		case No:
		}
	})
	if counts[Yes] == 0 || counts[No] == 0 {
		t.Errorf("the draws prove nothing: %v", counts)
	}
}

// drawRich is a statement as policies have them, with variables and unknowns.
func drawRich(t *rapid.T) *Statement {
	s := drawRule(t, false)
	extra := []string{"arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::${Bucket}", "arn:aws:s3:::${Bucket}/*", "arn:aws:s3", "arn:aws:sqs:*:q", "arn:aws:s3:::a/${aws:PrincipalTag/p, 'x'}*"}
	s.Resources = append(slices.Clone(s.Resources), drawSome(t, "extra", extra)...)
	switch rapid.IntRange(0, 4).Draw(t, "more") {
	case 0:
		s.Conditions = append(s.Conditions, Condition{"StringEquals", "aws:ResourceTag/t", []string{"${aws:PrincipalTag/p}"}})
	case 1:
		s.Conditions = append(s.Conditions, Condition{"NotIpAddress", "aws:SourceIp", []string{"10.0.0.0/8", "192.168.0.0/16"}})
	case 2:
		s.Conditions = append(s.Conditions, Condition{"StringEqualsIgnoreCase", "aws:x", []string{"Y"}})
	}
	return s
}

// A stack is within itself, and so are the usual tightenings of it.
func TestWithinTightenings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := &Document{Version: "2012-10-17"}
		for range rapid.IntRange(1, 4).Draw(t, "statements") {
			before.Statements = append(before.Statements, drawRich(t))
		}
		after := &Document{Version: "2012-10-17", Statements: slices.Clone(before.Statements)}
		i := rapid.IntRange(0, len(before.Statements)-1).Draw(t, "which")
		s := *before.Statements[i]
		kind := rapid.SampledFrom([]string{"same", "drop action", "drop resource", "drop statement", "add condition", "split", "expand", "narrow", "deny"}).Draw(t, "kind")
		if s.Effect == Deny {
			kind = "same"
		}
		switch kind {
		case "drop action":
			if len(s.Actions) < 2 || s.NotAction {
				return
			}
			s.Actions = s.Actions[1:]
		case "drop resource":
			if s.NotResource {
				return
			}
			s.Resources = s.Resources[:len(s.Resources)-1]
		case "add condition":
			s.Conditions = append(slices.Clone(s.Conditions), Condition{"Bool", "aws:SecureTransport", []string{"true"}})
		case "split":
			if len(s.Actions) < 2 || s.NotAction {
				return
			}
			rest := s
			s.Actions, rest.Actions = s.Actions[:1], s.Actions[1:]
			after.Statements = append(after.Statements, &rest)
		case "expand":
			if s.NotAction || s.Actions[0] != "s3:*" {
				return
			}
			s.Actions = append([]string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}, s.Actions[1:]...)
		case "narrow":
			if s.NotResource || s.Resources[0] != "*" {
				return
			}
			s.Resources = append([]string{"arn:aws:s3:::a", "arn:aws:s3:::${Other}/*"}, s.Resources[1:]...)
		case "deny":
			after.Statements = append(after.Statements, drawRich(t))
			after.Statements[len(after.Statements)-1].Effect = Deny
		}
		after.Statements[i] = &s
		if kind == "drop statement" {
			after.Statements = slices.Delete(after.Statements, i, i+1)
		}
		a, b := &Stack{Identity: MustCompile(after)}, &Stack{Identity: MustCompile(before)}
		if v := a.Within(b); v.Answer != Yes {
			t.Fatalf("%s: %v: %s\nafter\n%s\nbefore\n%s", kind, v.Answer, v.Why, show(t, a), show(t, b))
		}
	})
}

// A widening that lets one request more through is never called Yes.
func TestWithinWidenings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := &Document{Version: "2012-10-17"}
		for range rapid.IntRange(1, 3).Draw(t, "statements") {
			before.Statements = append(before.Statements, drawRich(t))
		}
		after := &Document{Version: "2012-10-17", Statements: slices.Clone(before.Statements)}
		after.Statements = append(after.Statements, &Statement{Actions: []string{"glue:GetTable"}, Resources: []string{"arn:aws:glue:us-east-1:123456789012:table/d/t"}})
		a, b := &Stack{Identity: MustCompile(after)}, &Stack{Identity: MustCompile(before)}
		v := a.Within(b)
		checkVerdict(t, a, b, v)
		req := Request{Principal: alice, Action: "glue:GetTable", Resource: "arn:aws:glue:us-east-1:123456789012:table/d/t", ResourceAccount: own}
		if d := b.Evaluate(req); d.Outcome != Allowed && a.Evaluate(req).Outcome == Allowed && v.Answer == Yes {
			t.Fatalf("Yes\nafter\n%s\nbefore\n%s", show(t, a), show(t, b))
		}
	})
}

// describes is what a Grant says, word for word.
func (g *Grant) describes(r *Request) bool {
	v := view{req: r, caller: parseCaller(r.Principal), resource: r.ResourceAccount, tags: present}
	action, resource := subjectOf(r.Action), subjectOf(r.Resource)
	in := func(list []string, s *subject, fold bool) bool {
		return slices.ContainsFunc(list, func(text string) bool {
			p := compilePattern(text, syntax{wildcards: true, variables: !fold, fold: fold})
			t, how := p.match(s), compared
			if p.variables {
				t, how = p.matchFilled(s, &v)
			}
			return how == compared && t == yes
		})
	}
	holds := func(list []Condition) bool {
		for i := range list {
			c := compileCondition(&list[i], true)
			if t, broken := c.eval(&v); t != yes || broken {
				return false
			}
		}
		return true
	}
	of := func(s Scope) bool { return in(s.Actions, &action, true) && in(s.Resources, &resource, false) }
	spares := func(s Spare) bool { return of(s.Scope) && holds(s.When) }
	taken := func(e Except) bool { return of(e.Scope) && !slices.ContainsFunc(e.Spares, spares) && holds(e.Unless) }
	return of(g.Scope) && !slices.ContainsFunc(g.Within, func(s Scope) bool { return !of(s) }) && holds(g.When) && !slices.ContainsFunc(g.Except, taken)
}

// A request is allowed just where some grant describes it.
func TestGrantsAreWhatIsAllowed(t *testing.T) {
	requests := everyRequest()
	rapid.Check(t, func(t *rapid.T) {
		s := drawStack(t, "identity")
		grants := slices.Collect(s.Grants())
		for _, r := range requests {
			allowed := s.Evaluate(r).Outcome == Allowed
			described := slices.ContainsFunc(grants, func(g Grant) bool { return g.describes(&r) })
			if allowed != described {
				t.Fatalf("%s on %s with %v: allowed %v, granted %v\n%s%+v", r.Action, r.Resource, r.Context, allowed, described, show(t, s), grants)
			}
		}
		for _, g := range grants {
			if g.From == nil || g.Document == nil {
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
	})
}

const everyone = `{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`

// withEndpoint is a stack that allows all that its endpoint does, of a principal or of nobody in particular.
func withEndpoint(t *testing.T, principal, statements string) *Stack {
	return &Stack{Identity: program(t, everything), Endpoint: program(t, statements), Principal: principal}
}

func TestGrants(t *testing.T) {
	for _, c := range []struct {
		name  string
		stack *Stack
		want  []string
	}{
		{"as written", identity(t, allow(`"Action": ["s3:GetObject", "s3:Put*"], "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]`)),
			[]string{"s3:GetObject,s3:Put* on arn:aws:s3:::a/*,arn:aws:s3:::b/*"}},
		{"an incomplete ARN", identity(t, allow(`"Action": "sqs:*", "Resource": "arn:aws:sqs"`)), []string{"sqs:* on arn:aws:sqs:*:*:*"}},
		{"a denial", identity(t, everything+","+deny(`"Action": "iam:*", "Resource": "*"`)), []string{"* on * except iam:* on *"}},
		{"a denial of something else", identity(t, allow(`"Action": "s3:*", "Resource": "*"`)+","+deny(`"Action": "iam:*", "Resource": "*"`)), []string{"s3:* on *"}},
		{"a denial of all", identity(t, allow(`"Action": "s3:*", "Resource": "*"`)+","+deny(`"Action": "*", "Resource": "*"`)), nil},
		{"a denial of all but", identity(t, allow(`"Action": ["s3:*", "sqs:*"], "Resource": "*"`)+","+deny(`"NotAction": "s3:Get*", "Resource": "*"`)), []string{"s3:Get* on *"}},
		{"NotAction", identity(t, allow(`"NotAction": "iam:*", "Resource": "*"`)), []string{"* on * except iam:* on *"}},
		{"a boundary", &Stack{Identity: program(t, everything), Boundary: program(t, allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/*"`))}, []string{"s3:* on arn:aws:s3:::a/*"}},
		{"a boundary across", &Stack{Identity: program(t, allow(`"Action": "s3:*Object", "Resource": "arn:aws:s3:::a*"`)), Boundary: program(t, allow(`"Action": "s3:Get*", "Resource": "arn:aws:s3:::*/x"`))},
			[]string{"s3:get*object on arn:aws:s3:::a*/x"}},
		{"an SCP", &Stack{Identity: program(t, everything), SCPs: [][]*Program{{program(t, everything)}, {program(t, everything+","+deny(`"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}`))}}},
			[]string{"* on * except s3:* on * unless Bool aws:SecureTransport false"}},
		{"conditions on who calls", identity(t, allow(`"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111111111111", "aws:username": "bob"}}`)),
			[]string{"s3:* on * when StringEquals aws:PrincipalAccount 111111111111 when StringEquals aws:username bob"}},
		{"an endpoint that names a role and an account", withEndpoint(t, "", `{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111111111111:role/app", "222222222222"]}, "Action": "s3:Get*", "Resource": "*"}`),
			[]string{"s3:Get* on * when ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:role/app", "s3:Get* on * when StringEquals aws:PrincipalAccount 222222222222"}},
		{"an endpoint for a role with a path", withEndpoint(t, "", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:role/team/app"}, "Action": "*", "Resource": "*"}`),
			[]string{"* on * when ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:role/team/app, arn:aws:iam::111111111111:role/app"}},
		{"an endpoint for a session", withEndpoint(t, "", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:sts::111111111111:assumed-role/app/s1"}, "Action": "*", "Resource": "*"}`),
			[]string{"* on * when ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/app, arn:aws:iam::111111111111:role/*/app when StringLike aws:userid *:s1"}},
		{"an endpoint for a service", withEndpoint(t, "", `{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "*", "Resource": "*"}`), nil},
		{"an endpoint for all but one", withEndpoint(t, "", everyone+`, {"Effect": "Deny", "NotPrincipal": {"AWS": ["111111111111", "arn:aws:iam::111111111111:user/alice"]}, "Action": "s3:*", "Resource": "*"}`),
			[]string{"* on * except s3:* on * unless ArnNotEquals aws:PrincipalArn arn:aws:iam::111111111111:user/alice, arn:aws:sts::111111111111:federated-user/alice"}},
		{"an endpoint against one, for another", withEndpoint(t, bob, everyone+`, {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111111111111:user/alice"}, "Action": "s3:*", "Resource": "*"}`), []string{"* on *"}},
		{"an endpoint against one, for it", withEndpoint(t, alice, everyone+`, {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111111111111:user/alice"}, "Action": "s3:*", "Resource": "*"}`), []string{"* on * except s3:* on *"}},
		{"a policy older than variables", &Stack{Identity: MustCompile(&Document{Statements: []*Statement{{Actions: []string{"s3:*"}, Resources: []string{"arn:aws:s3:::a/${aws:username}"}, Conditions: []Condition{{"StringEquals", "aws:PrincipalTag/t", []string{"${aws:username}"}}}}}})},
			[]string{"s3:* on arn:aws:s3:::a/${$}{aws:username} when StringEquals aws:PrincipalTag/t ${$}{aws:username}"}},
		{"all but a variable's", identity(t, allow(`"Action": "s3:*", "NotResource": "arn:aws:s3:::a/${aws:username}"`)),
			[]string{"s3:* on * except * on arn:aws:s3:::a/${aws:username} when Null aws:username false"}},
		{"a variable that a condition fixes", identity(t, allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:PrincipalTag/p}/*", "Condition": {"StringEquals": {"aws:PrincipalTag/p": "red"}}`)),
			[]string{"s3:* on arn:aws:s3:::a/${aws:PrincipalTag/p}/* when StringEquals aws:PrincipalTag/p red"}},
		{"a variable within a boundary", &Stack{Identity: program(t, allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"`)), Boundary: program(t, allow(`"Action": "s3:*", "Resource": "arn:aws:s3:::a/alice/x"`))},
			[]string{"s3:* on arn:aws:s3:::a/${aws:username}/* within * on arn:aws:s3:::a/alice/x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for g := range c.stack.Grants() {
				scope := func(s Scope) string { return strings.Join(s.Actions, ",") + " on " + strings.Join(s.Resources, ",") }
				text := scope(g.Scope)
				for _, s := range g.Within {
					text += " within " + scope(s)
				}
				for _, e := range g.Except {
					text += " except " + scope(e.Scope)
					for _, s := range e.Spares {
						text += " but " + scope(s.Scope)
						for _, w := range s.When {
							text += " of " + w.String()
						}
					}
					for _, u := range e.Unless {
						text += " unless " + u.String()
					}
				}
				for _, w := range g.When {
					text += " when " + w.String()
				}
				got = append(got, text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// fillUnknowns puts values in the place of the unknowns of a document.
func fillUnknowns(d *Document, values map[string]string) *Document {
	out := &Document{Version: d.Version}
	for _, s := range d.Statements {
		filled := *s
		filled.Resources = nil
		for _, r := range s.Resources {
			for name, v := range values {
				r = strings.ReplaceAll(r, "${"+name+"}", v)
			}
			filled.Resources = append(filled.Resources, r)
		}
		out.Statements = append(out.Statements, &filled)
	}
	return out
}

// A Yes about unknowns and variables holds for whatever they are.
func TestWithinHoldsForWhateverUnknownsAre(t *testing.T) {
	requests := everyRequest()
	yeses := 0
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) *Document {
			d := &Document{Version: "2012-10-17"}
			for range rapid.IntRange(1, 3).Draw(t, name) {
				s := drawRule(t, false)
				s.Resources = drawSome(t, "resources", []string{
					"arn:aws:s3:::${Bucket}", "arn:aws:s3:::${Bucket}/*", "arn:aws:s3:::${Bucket}/x*", "arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::${aws:username}*",
					"arn:aws:s3:::${Other}/x", "arn:aws:s3:::*", "arn:aws:s3:::a/*", "*",
				})
				s.Conditions = nil
				d.Statements = append(d.Statements, s)
			}
			return d
		}
		after, before := draw("after"), draw("before")
		if rapid.Bool().Draw(t, "related") {
			after.Statements = append(after.Statements[:1], before.Statements...)
			after.Statements[0].Effect = Deny
		}
		if (&Stack{Identity: MustCompile(after)}).Within(&Stack{Identity: MustCompile(before)}).Answer != Yes {
			return
		}
		yeses++
		values := map[string]string{}
		for _, name := range []string{"Bucket", "Other"} {
			values[name] = rapid.SampledFrom([]string{"", "a", "b", "a/x", "a*", "*", "?"}).Draw(t, name)
		}
		s, u := &Stack{Identity: MustCompile(fillUnknowns(after, values))}, &Stack{Identity: MustCompile(fillUnknowns(before, values))}
		name := rapid.SampledFrom([]string{"", "a", "b", "a/", "zz"}).Draw(t, "username")
		for _, r := range requests {
			r.Context = Context{"aws:username": {name}}
			if name == "zz" {
				r.Context, r.Absent = nil, []string{"aws:username"}
			}
			if s.Evaluate(r).Outcome == Allowed && u.Evaluate(r).Outcome != Allowed {
				t.Fatalf("Yes, but with %v and user %q: %s on %s\n%s\n%s", values, name, r.Action, r.Resource, show(t, s), show(t, u))
			}
		}
	})
	if yeses == 0 {
		t.Error("the draws prove nothing")
	}
}
