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

// Of an endpoint policy that names principals, or all but some, too little may be granted and never too much.
func TestGrantsOfNamedPrincipals(t *testing.T) {
	requests := everyRequest()
	some := 0
	rapid.Check(t, func(t *rapid.T) {
		s := &Stack{Identity: MustCompile(drawDocument(t, "identity", false))}
		d := &Document{Version: "2012-10-17", Statements: []*Statement{{Principals: []Principal{{"*", "*"}}, Actions: []string{"*"}, Resources: []string{"*"}}}}
		for range rapid.IntRange(1, 3).Draw(t, "statements") {
			st := drawRule(t, true)
			st.NotPrincipal = rapid.Bool().Draw(t, "not")
			d.Statements = append(d.Statements, st)
		}
		if rapid.Bool().Draw(t, "narrow") {
			d.Statements = d.Statements[1:]
		}
		s.Endpoint = MustCompile(d)
		grants := slices.Collect(s.Grants())
		for _, r := range requests {
			if slices.ContainsFunc(grants, func(g Grant) bool { return g.describes(&r) }) {
				some++
				if s.Evaluate(r).Outcome != Allowed {
					text, _ := d.MarshalJSON()
					t.Fatalf("%s on %s with %v is granted and not allowed\n%s%s", r.Action, r.Resource, r.Context, show(t, s), text)
				}
			}
		}
	})
	if some == 0 {
		t.Error("nothing is granted: the draws prove nothing")
	}
}

// Whatever the policies, what a grant describes is allowed, and what is surely allowed is described.
func FuzzGrants(f *testing.F) {
	for i, p := range fuzzPolicies {
		f.Add([]byte(p), []byte(fuzzPolicies[(i+1)%len(fuzzPolicies)]), []byte(fuzzPolicies[(i+2)%len(fuzzPolicies)]), "s3:GetObject", "arn:aws:s3:::a/alice/x", "aws:x", "a")
		f.Add([]byte(p), []byte(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":["s3:Put*","kms:*","*:x"],"Resource":"*"}}`), "s3:GetObject", "arn:aws:s3:::b", "aws:SourceIp", "10.1.1.1")
	}
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
	return may(g.Actions, r.Action, true) && may(g.Resources, r.Resource, false)
}
