package policy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is surely allowed under unknowns is allowed under every context, and what is not even perhaps allowed is
// allowed under none.
func TestOpenBoundsEveryContext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Stack{Identity: MustCompile(drawDocument(t, "identity", false)), Boundary: compileMaybe(drawMaybe(t, "boundary", false))}
		r := drawRequest(t)
		r.ResourcePolicy = compileMaybe(drawMaybe(t, "resource", true))
		open := r
		open.Open, open.Context = true, nil
		bound := s.Evaluate(open)
		possible := s.Possible(open)
		if bound.Must && bound.Outcome != Allowed {
			t.Fatal("must, but not allowed")
		}
		for range 8 {
			closed := r
			closed.Context = drawRequest(t).Context
			d := s.Evaluate(closed)
			if bound.Must && d.Outcome != Allowed {
				t.Fatalf("must, but %v with %v", d.Outcome, closed.Context)
			}
			if d.Outcome == Allowed && (bound.Outcome != Allowed || possible.Outcome != Allowed) {
				t.Fatalf("allowed with %v, but bound %v, possible %v", closed.Context, bound.Outcome, possible.Outcome)
			}
		}
	})
}

// What somebody may do in one context is possible, whoever calls, whomever policies name and whatever they ask of the caller.
func TestPossibleMissesNothing(t *testing.T) {
	some, none := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawNamed(t)
		r := drawCall(t)
		if rapid.Bool().Draw(t, "resource") {
			r.ResourcePolicy = drawNamed(t).Endpoint
		}
		if rapid.IntRange(0, 3).Draw(t, "foreign") == 0 {
			r.ResourceAccount = foreign
		}
		open := r
		open.Context, open.Open = Context{}, true
		// Who calls is no open question: what AWS sends of the caller stays.
		for _, key := range []string{"aws:userid", "aws:principalarn"} {
			if v, ok := r.Context[key]; ok {
				open.Context[key] = v
			}
		}
		possible := s.Possible(open)
		for range 10 {
			closed := r
			drawn := drawRequest(t)
			closed.Action, closed.Resource = r.Action, r.Resource
			closed.Context = drawn.Context
			for k, v := range open.Context {
				closed.Context[k] = v
			}
			if s.Evaluate(closed).Outcome != Allowed {
				continue
			}
			if some++; possible.Outcome != Allowed {
				t.Fatalf("%s: %s on %s is allowed with %v, and not possible: %v\n%s", r.Principal, r.Action, r.Resource, closed.Context, possible.Outcome, showAll(t, s))
			}
		}
		if possible.Outcome != Allowed {
			none++
		}
	})
	if some == 0 || none == 0 {
		t.Errorf("%d allowed, %d impossible: the draws prove nothing", some, none)
	}
}

// everyContext is all contexts that the drawn conditions can tell apart.
func everyContext() (contexts []Context) {
	values := []string{"a", "ab", "b", "c", "ac", "cc", "a*", "?"}
	for m := range 1 << len(values) {
		var keys []string
		for i, v := range values {
			if m&(1<<i) != 0 {
				keys = append(keys, v)
			}
		}
		for _, tag := range append([]string{"none", ""}, values...) {
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
	return contexts
}

// What is possible, some context allows.
func TestPossibleIsNoMore(t *testing.T) {
	contexts := everyContext()
	found, impossible := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawStack(t, "identity")
		r := drawRequest(t)
		r.ResourcePolicy = compileMaybe(drawMaybe(t, "resource", true))
		r.Context = Context{}
		possible := s.Possible(r).Outcome == Allowed
		allowed := false
		for _, c := range contexts {
			if r.Context = c; s.Evaluate(r).Outcome == Allowed {
				allowed = true
				break
			}
		}
		if possible != allowed {
			t.Fatalf("%s on %s: possible %v, in some context allowed %v\n%s", r.Action, r.Resource, possible, allowed, show(t, s))
		}
		if allowed {
			found++
		} else {
			impossible++
		}
	})
	if found == 0 || impossible == 0 {
		t.Errorf("%d possible, %d impossible: the draws prove nothing", found, impossible)
	}
}

// What an allowed request takes is enough for it, and can be had.
func TestAssumedIsEnough(t *testing.T) {
	contexts := everyContext()
	told := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawStack(t, "identity")
		r := drawRequest(t)
		r.ResourcePolicy = compileMaybe(drawMaybe(t, "resource", true))
		r.Context = Context{}
		d := s.Possible(r)
		if d.Outcome != Allowed || d.Must || slices.ContainsFunc(d.Assumed, func(c Condition) bool { return strings.HasPrefix(c.Operator, "Not") }) {
			return // or turned round in words that IAM does not have
		}
		told++
		had := false
		for _, c := range contexts {
			r.Context = c
			v := view{req: &r, caller: parseCaller(r.Principal), resource: own, tags: present}
			met := !slices.ContainsFunc(d.Assumed, func(c Condition) bool {
				compiled := compileCondition(&c, true)
				t, broken := compiled.eval(&v)
				return t != yes || broken
			})
			if had = had || met; met && s.Evaluate(r).Outcome != Allowed {
				t.Fatalf("%s on %s takes %v, and is refused with %v\n%s", r.Action, r.Resource, d.Assumed, c, show(t, s))
			}
		}
		if !had {
			t.Fatalf("%s on %s takes %v, which no context has\n%s", r.Action, r.Resource, d.Assumed, show(t, s))
		}
	})
	if told == 0 {
		t.Error("the draws prove nothing")
	}
}

// What layers and denials ask least for by themselves may contradict each other; what is assumed is true at once.
func TestAssumedIsTrueAtOnce(t *testing.T) {
	const tag = `"aws:PrincipalTag/team"`
	parse := func(statements string) *Program {
		d, err := Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + statements + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		return MustCompile(d)
	}
	rule := func(effect, condition string) string {
		return `{"Effect": "` + effect + `", "Action": "s3:*", "Resource": "*", "Condition": ` + condition + `}`
	}
	a, b := `{"StringEquals": {`+tag+`: "a"}}`, `{"StringEquals": {`+tag+`: "b"}}`
	both := `{"StringEquals": {` + tag + `: "b"}, "Bool": {"aws:SecureTransport": "true"}}`
	for _, c := range []struct {
		name, identity, boundary string
		want                     []string
	}{
		{"no contradiction", rule("Allow", a), rule("Allow", a), []string{"StringEquals aws:PrincipalTag/team a"}},
		{"a boundary by its other statement", rule("Allow", b), rule("Allow", a) + ", " + rule("Allow", both), []string{"StringEquals aws:PrincipalTag/team b", "Bool aws:SecureTransport true"}},
		{"a denial by its other condition", rule("Allow", b) + ", " + rule("Deny", both), `{"Effect": "Allow", "Action": "*", "Resource": "*"}`, []string{"StringEquals aws:PrincipalTag/team b", "NotBool aws:SecureTransport true"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &Stack{Identity: parse(c.identity), Boundary: parse(c.boundary)}
			d := s.Possible(Request{Principal: alice, ResourceAccount: own, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/x", Context: Context{}})
			var got []string
			for _, c := range d.Assumed {
				got = append(got, strings.Join(append([]string{c.Operator, c.Key}, c.Values...), " "))
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if d.Outcome != Allowed || !slices.Equal(got, c.want) {
				t.Errorf("%v, assuming %q, not %q", d.Outcome, got, c.want)
			}
		})
	}
}
