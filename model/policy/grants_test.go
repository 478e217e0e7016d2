package policy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawLayers is a stack with layers of every kind: a session policy, several levels of SCPs with several policies each,
// resource control policies, an endpoint policy.
func drawLayers(t *rapid.T) *Stack {
	maybe := func(name string) bool { return rapid.SampledFrom([]bool{false, false, true}).Draw(t, name) }
	levels := func(name string) (out [][]*Program) {
		for range rapid.IntRange(0, 3).Draw(t, name) {
			var level []*Program
			for range rapid.IntRange(1, 2).Draw(t, name+" of a level") {
				level = append(level, MustCompile(drawWide(t, name)))
			}
			out = append(out, level)
		}
		return out
	}
	s := &Stack{Identity: MustCompile(drawDocument(t, "identity", false)), ManagementAccount: rapid.IntRange(0, 9).Draw(t, "management") == 0}
	if maybe("bounded") {
		s.Boundary = MustCompile(drawWide(t, "boundary"))
	}
	if maybe("session") {
		s.Session = MustCompile(drawWide(t, "session"))
	}
	if maybe("scps") {
		s.SCPs = levels("scp")
	}
	if maybe("rcps") {
		s.RCPs = levels("rcp")
		for _, p := range slices.Concat(s.RCPs...) {
			for _, st := range p.documents[0].Statements {
				st.Principals = []Principal{{"*", "*"}}
			}
		}
		s.RCPs = recompiled(s.RCPs)
	}
	if maybe("endpoint") {
		s.Endpoint = MustCompile(drawWide(t, "endpoint"))
	}
	return s
}

// drawWide is a policy that limits: more often than not it allows all else.
func drawWide(t *rapid.T, name string) *Document {
	d := drawDocument(t, name, false)
	if rapid.Bool().Draw(t, "wide") {
		d.Statements = append(d.Statements, &Statement{Actions: []string{"*"}, Resources: []string{"*"}})
	}
	return d
}

// recompiled is levels whose documents were changed.
func recompiled(levels [][]*Program) [][]*Program {
	var out [][]*Program
	for _, level := range levels {
		var programs []*Program
		for _, p := range level {
			programs = append(programs, MustCompile(p.documents...))
		}
		out = append(out, programs)
	}
	return out
}

// A request is allowed just where some grant describes it, whatever the layers.
func TestGrantsOfLayers(t *testing.T) {
	requests := append(everyRequest(), Request{Principal: alice, ResourceAccount: own, Action: "lambda:GetFunction", Resource: "arn:aws:lambda:us-east-1:111111111111:function:f", Context: Context{}})
	some := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawLayers(t)
		grants := slices.Collect(s.Grants())
		for _, r := range requests {
			allowed := s.Evaluate(r).Outcome == Allowed
			described := slices.ContainsFunc(grants, func(g Grant) bool { return g.describes(&r) })
			if allowed != described {
				t.Fatalf("%s on %s with %v: allowed %v, granted %v\n%+v", r.Action, r.Resource, r.Context, allowed, described, grants)
			}
			if allowed {
				some++
			}
		}
	})
	if some == 0 {
		t.Error("nothing is allowed: the draws prove nothing")
	}
}

// Callers of several kinds and accounts, with what AWS sends of each, and those whom statements name.
var (
	somebody = []struct{ arn, id, principalARN string }{
		{alice, "AIDAALICE", ""},
		{"arn:aws:iam::111111111111:user/else", "AIDAELSE", ""},
		{session, "AROAAPP:s1", ""},
		{"arn:aws:sts::111111111111:assumed-role/app/s2", "AROAAPP:s2", ""},
		{appRole, "AROAAPP:s3", ""},
		{"arn:aws:sts::111111111111:assumed-role/deep/s1", "AROADEEP:s1", "arn:aws:iam::111111111111:role/team/deep"},
		{"arn:aws:sts::111111111111:assumed-role/deep/s2", "AROADEEP:s2", ""},
		{"arn:aws:sts::111111111111:federated-user/alice", "111111111111:alice", ""},
		{"arn:aws:sts::111111111111:federated-user/s1", "111111111111:s1", ""},
		{bob, "AIDABOB", ""},
		{"arn:aws:sts::222222222222:assumed-role/app/s1", "AROAEXT:s1", ""},
	}
	somePrincipals = []Principal{
		{"*", "*"}, {"AWS", "*"}, {"AWS", alice}, {"AWS", bob}, {"AWS", own}, {"AWS", foreign}, {"AWS", root}, {"AWS", appRole}, {"AWS", session},
		{"AWS", "arn:aws:sts::222222222222:assumed-role/app/s1"}, {"AWS", "arn:aws:sts::111111111111:assumed-role/deep/s1"},
		{"AWS", "arn:aws:iam::111111111111:role/team/deep"}, {"AWS", "arn:aws:sts::111111111111:federated-user/alice"},
		{"AWS", "arn:aws:iam::111111111111:user/*"}, {"AWS", "AIDAALICE"}, {"AWS", "AROAAPP"}, {"AWS", "AROADEEP"}, {"Service", "s3.amazonaws.com"}, {"Federated", "accounts.google.com"}, {"CanonicalUser", "abc"},
	}
	callerConditions = []Condition{
		{"ArnLike", "aws:PrincipalArn", []string{"arn:aws:iam::*:role/app", alice}},
		{"ArnNotEquals", "aws:PrincipalArn", []string{alice, appRole}},
		{"StringLike", "aws:PrincipalArn", []string{"arn:aws:iam::111111111111:*"}},
		{"StringEquals", "aws:PrincipalAccount", []string{foreign}},
		{"StringEquals", "aws:ResourceAccount", []string{"${aws:PrincipalAccount}"}},
		{"StringEquals", "aws:PrincipalType", []string{"AssumedRole"}},
		{"StringEquals", "aws:username", []string{"alice", "bob"}},
		{"StringLike", "aws:userid", []string{"*:s1", "AIDA*"}},
		{"Null", "aws:username", []string{"true"}},
		{"StringNotLike", "aws:PrincipalArn", []string{"*/${aws:username}"}},
		{"StringEquals", "aws:PrincipalTag/p", []string{"${aws:username}", "a"}},
	}
)

// drawNamed is a stack whose endpoint and resource control policies name principals, and whose statements look at who calls.
func drawNamed(t *rapid.T) *Stack {
	document := func(name string, named bool) *Document {
		d := &Document{Version: rapid.SampledFrom([]string{"2012-10-17", "2012-10-17", ""}).Draw(t, "version")}
		for range rapid.IntRange(1, 3).Draw(t, name) {
			st := drawRule(t, false)
			if rapid.IntRange(0, 2).Draw(t, "variables") == 0 {
				st.Resources = append(slices.Clone(st.Resources), rapid.SampledFrom([]string{"arn:aws:s3:::${aws:PrincipalTag/p}/x", "arn:aws:s3:::${aws:PrincipalTag/p, 'a'}/*", "arn:aws:s3:::a${*}", "arn:aws:s3"}).Draw(t, "resource"))
			}
			if rapid.IntRange(0, 2).Draw(t, "callers") == 0 {
				st.Conditions = append(st.Conditions, rapid.SampledFrom(callerConditions).Draw(t, "caller"))
			}
			for i := len(st.Conditions) - 1; i > 0; i-- { // JSON has no two of one operator and key
				c := st.Conditions[i]
				if slices.ContainsFunc(st.Conditions[:i], func(d Condition) bool { return d.Operator == c.Operator && d.Key == c.Key }) {
					st.Conditions = slices.Delete(st.Conditions, i, i+1)
				}
			}
			if named {
				st.Principals = rapid.SliceOfNDistinct(rapid.SampledFrom(somePrincipals), 1, 3, rapid.ID[Principal]).Draw(t, "principals")
				st.NotPrincipal = rapid.IntRange(0, 2).Draw(t, "not") == 0
			}
			d.Statements = append(d.Statements, st)
		}
		if rapid.Bool().Draw(t, "wide") {
			d.Statements = append(d.Statements, &Statement{Principals: []Principal{{"*", "*"}}, Actions: []string{"*"}, Resources: []string{"*"}})
		}
		return d
	}
	s := &Stack{Identity: MustCompile(document("identity", false))}
	if rapid.IntRange(0, 3).Draw(t, "endpoint") > 0 {
		s.Endpoint = MustCompile(document("endpoint", true))
	}
	if rapid.IntRange(0, 3).Draw(t, "bounded") == 0 {
		s.Boundary = MustCompile(document("boundary", false))
	}
	if rapid.IntRange(0, 3).Draw(t, "session") == 0 {
		s.Session = MustCompile(document("session", false))
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "scps") {
		s.SCPs = append(s.SCPs, []*Program{MustCompile(document("scp", false)), MustCompile(document("scp", false))})
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "rcps") {
		s.RCPs = append(s.RCPs, []*Program{MustCompile(document("rcp", true))})
	}
	return s
}

// drawCall is a request by somebody, on a resource of the caller's account.
func drawCall(t *rapid.T) Request {
	who := rapid.SampledFrom(somebody).Draw(t, "caller")
	r := drawRequest(t)
	r.Principal, r.ResourceAccount = who.arn, parseCaller(who.arn).account
	r.Context["aws:userid"] = []string{who.id}
	if who.principalARN != "" {
		r.Context["aws:principalarn"] = []string{who.principalARN}
	}
	return r
}

// Whoever calls, and whomever the layers name: a request is allowed just where some grant describes it.
func TestGrantsOfNamedPrincipals(t *testing.T) {
	some, known := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawNamed(t)
		calls := make([]Request, 25)
		for i := range calls {
			calls[i] = drawCall(t)
		}
		if rapid.IntRange(0, 2).Draw(t, "known") == 0 {
			known++
			s.Principal = calls[0].Principal
			calls = slices.DeleteFunc(calls, func(r Request) bool { return r.Principal != s.Principal })
		}
		grants := slices.Collect(s.Grants())
		for _, r := range calls {
			allowed := s.Evaluate(r).Outcome == Allowed
			described := slices.ContainsFunc(grants, func(g Grant) bool { return g.describes(&r) })
			if allowed != described {
				t.Fatalf("%s: %s on %s with %v: allowed %v, granted %v\n%s\n%+v", r.Principal, r.Action, r.Resource, r.Context, allowed, described, showAll(t, s), grants)
			}
			if allowed {
				some++
			}
		}
		for _, g := range grants {
			req, found, complete := s.Sample(&g)
			if !found && complete {
				t.Fatalf("an empty grant: %+v", g)
			}
			if found && s.Evaluate(req).Outcome != Allowed {
				t.Fatalf("%+v is not allowed", req)
			}
		}
	})
	if some == 0 || known == 0 {
		t.Error("nothing is allowed: the draws prove nothing")
	}
}

// showAll prints every layer of a stack.
func showAll(t *rapid.T, s *Stack) string {
	out := show(t, s)
	for _, layer := range []struct {
		name     string
		programs []*Program
	}{{"session", []*Program{s.Session}}, {"endpoint", []*Program{s.Endpoint}}, {"scp", slices.Concat(s.SCPs...)}, {"rcp", slices.Concat(s.RCPs...)}} {
		for _, p := range layer.programs {
			if p == nil {
				continue
			}
			for _, d := range p.documents {
				text, err := d.MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				out += layer.name + " " + string(text) + "\n"
			}
		}
	}
	return out
}

// Whatever the policies, what a grant describes is allowed, and what is surely allowed is described.
func FuzzGrants(f *testing.F) {
	for i, p := range fuzzPolicies {
		f.Add([]byte(p), []byte(fuzzPolicies[(i+1)%len(fuzzPolicies)]), []byte(fuzzPolicies[(i+2)%len(fuzzPolicies)]), "s3:GetObject", "arn:aws:s3:::a/alice/x", "aws:x", "a")
		f.Add([]byte(p), []byte(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":["s3:Put*","kms:*","*:x"],"Resource":"*"}}`), "s3:GetObject", "arn:aws:s3:::b", "aws:SourceIp", "10.1.1.1")
	}
	hard := func(actions, resources, deny string) []byte {
		return []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + actions + `],"Resource":[` + resources + `]},{"Effect":"Deny",` + deny + `}]}`)
	}
	f.Add(hard(`"s3:*e*O*"`, `"arn:aws:s3:::*a*b*","arn:aws:s3:::?*/${aws:username}/*x*"`, `"NotAction":"s3:*t*","NotResource":"arn:aws:s3:::*x*y*"`),
		hard(`"s3:?*t*b*"`, `"arn:aws:s3:::*b*a*","arn:aws:s3:::${aws:PrincipalTag/p, 'a'}*l?ce/*"`, `"Action":"*:*a*t","Resource":"arn:aws:s3:::*a*a*b","Condition":{"Null":{"aws:x":"true"}}`),
		[]byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","NotAction":["s3:Get*","*:Ret*"],"Resource":"*"}}`), "s3:GetObject", "arn:aws:s3:::a/alice/xb", "aws:PrincipalTag/p", "a/a")
	f.Fuzz(func(t *testing.T, identity, limit, rcp []byte, action, arn, key, value string) {
		if len(identity)+len(limit)+len(rcp) > 2000 || !surely(actionShape, symbols(action, syntax{})) || surely(actionTwice, symbols(action, syntax{})) {
			return
		}
		if f, ok := splitARN(arn); !ok || f[1] == "" || f[2] == "" || f[5] == "" {
			return
		}
		a, err := Parse(identity)
		if err != nil {
			return
		}
		s := &Stack{Identity: MustCompile(a)}
		if d, err := Parse(limit); err == nil {
			p := MustCompile(d)
			s.SCPs, s.Session = [][]*Program{{p}, {p}}, p
		}
		if d, err := Parse(rcp); err == nil {
			s.RCPs = [][]*Program{{MustCompile(d)}}
		}
		req := Request{Principal: alice, Action: action, Resource: arn, ResourceAccount: own, Context: Context{lowerASCII(key): {value}}, S3: S3Settings{ABAC: On}, ResourcePolicy: MustCompile(&Document{
			Statements: []*Statement{{Principals: []Principal{{"AWS", own}}, Actions: []string{"*"}, Resources: []string{"*"}}},
		})}
		n := 0
		for g := range s.Grants() {
			if n++; n > 50 {
				break
			}
			sample, found, complete := s.Sample(&g)
			if !found && complete {
				t.Fatalf("an empty grant: %+v", g)
			}
			if found && s.Evaluate(sample).Outcome != Allowed {
				t.Fatalf("%+v is not allowed", sample)
			}
		}
		if req.Action == "sts:GetCallerIdentity" || s.Evaluate(req).Outcome != Allowed || !s.Evaluate(req).Must {
			return
		}
		for g := range s.Grants() {
			if g.about(&req) {
				return
			}
		}
		t.Fatalf("%s on %s is allowed and not granted\n%s\n%s\n%s", action, arn, identity, limit, rcp)
	})
}

// about reports whether a grant may be about a request's action and resource.
func (g *Grant) about(r *Request) bool {
	may := func(list []string, s string, fold bool) bool {
		return slices.ContainsFunc(list, func(p string) bool {
			c := compilePattern(p, syntax{wildcards: true, variables: !fold, fold: fold})
			return perhaps(c.list(), symbols(s, syntax{fold: fold}))
		})
	}
	of := func(s Scope) bool { return may(s.Actions, r.Action, true) && may(s.Resources, r.Resource, false) }
	return of(g.Scope) && !slices.ContainsFunc(g.Within, func(s Scope) bool { return !of(s) })
}
