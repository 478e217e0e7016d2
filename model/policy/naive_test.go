package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A second evaluator, as plain as the documentation reads: one account, two-valued, no variables, a few
// operators. What it can say, Evaluate must say too.

func naiveStatement(s *Statement, layer Layer, r *Request) bool {
	in := func(patterns []string, text string) bool {
		for _, p := range patterns {
			if naiveMatch(p, text) {
				return true
			}
		}
		return false
	}
	lower := func(list []string) (out []string) {
		for _, l := range list {
			out = append(out, strings.ToLower(l))
		}
		return out
	}
	if in(lower(s.Actions), strings.ToLower(r.Action)) == s.NotAction {
		return false
	}
	if s.Resources == nil || in(s.Resources, r.Resource) == s.NotResource {
		return false
	}
	if layer == LayerResource {
		named := false
		for _, p := range s.Principals {
			named = named || p.Value == "*" || p.Value == r.Principal || p.Value == own
		}
		if !named {
			return false
		}
	}
	for _, c := range s.Conditions {
		if !naiveCondition(c, r.Context[strings.ToLower(c.Key)]) {
			return false
		}
	}
	return true
}

func naiveCondition(c Condition, values []string) bool {
	one := func(v string) bool {
		for _, p := range c.Values {
			if strings.HasSuffix(c.Operator, "Like") && naiveMatch(p, v) || p == v {
				return true
			}
		}
		return false
	}
	switch c.Operator {
	case "Null":
		return (c.Values[0] == "true") == (values == nil)
	case "StringEquals", "StringLike":
		return values != nil && one(values[0])
	case "StringNotEquals", "StringNotLike":
		return values == nil || !one(values[0])
	case "StringEqualsIfExists":
		return values == nil || one(values[0])
	case "ForAllValues:StringEquals":
		for _, v := range values {
			if !one(v) {
				return false
			}
		}
		return true
	case "ForAnyValue:StringLike":
		for _, v := range values {
			if one(v) {
				return true
			}
		}
		return false
	}
	panic(c.Operator)
}

func naiveEvaluate(identity, boundary, scp, resource *Document, r *Request) Outcome {
	allows := func(d *Document, layer Layer) (allow, deny bool) {
		if d == nil {
			return false, false
		}
		for _, s := range d.Statements {
			if naiveStatement(s, layer, r) {
				allow, deny = allow || s.Effect == Allow, deny || s.Effect == Deny
			}
		}
		return allow, deny
	}
	i, denyI := allows(identity, LayerIdentity)
	b, denyB := allows(boundary, LayerBoundary)
	o, denyO := allows(scp, LayerSCP)
	_, denyR := allows(resource, LayerResource)
	direct := false
	if resource != nil {
		for _, s := range resource.Statements {
			if s.Effect == Allow && naiveStatement(s, LayerResource, r) {
				for _, p := range s.Principals {
					direct = direct || p.Value == "*" || p.Value == r.Principal
				}
			}
		}
	}
	switch {
	case denyI || denyB || denyO || denyR:
		return ExplicitDeny
	case scp != nil && !o:
		return ImplicitDeny
	case direct || i && (boundary == nil || b):
		return Allowed
	}
	return ImplicitDeny
}

// The vocabulary of drawn policies and requests: small, so that they meet.
var (
	someActions   = []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage"}
	actionTexts   = []string{"*", "s3:*", "S3:Get*", "s3:?etObject", "s3:GetObject", "s3:PutObject", "*:*Object", "sqs:SendMessage", "s3:List*"}
	someResources = []string{"arn:aws:s3:::a", "arn:aws:s3:::a/x", "arn:aws:s3:::a/xy", "arn:aws:s3:::b/x", "arn:aws:sqs:us-east-1:111111111111:q"}
	resourceTexts = []string{"*", "arn:aws:s3:::*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:aws:s3:::a*", "arn:aws:s3:::?/x", "arn:aws:s3:::*/x*", "arn:aws:sqs:*:*:q", "arn:aws:s3:::a/x"}
	someValues    = []string{"", "a", "ab", "b"}
	valueTexts    = []string{"a", "b", "a*", "?", "ab"}
	someKeys      = []string{"aws:PrincipalTag/p", "aws:TagKeys"}
	someOperators = []string{"StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIfExists", "Null", "ForAllValues:StringEquals", "ForAnyValue:StringLike"}
)

func drawSome(t *rapid.T, name string, from []string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 2, rapid.ID[string]).Draw(t, name)
}

func drawRule(t *rapid.T, principals bool) *Statement {
	s := &Statement{
		Effect:  Effect(rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "effect")),
		Actions: drawSome(t, "actions", actionTexts), NotAction: rapid.SampledFrom([]bool{false, false, false, true}).Draw(t, "notAction"),
		Resources: drawSome(t, "resources", resourceTexts), NotResource: rapid.SampledFrom([]bool{false, false, false, true}).Draw(t, "notResource"),
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "conditions") {
		s.Conditions = append(s.Conditions, drawCondition(t))
	}
	if principals {
		v := rapid.SampledFrom([]string{"*", alice, own, "arn:aws:iam::111111111111:user/else"}).Draw(t, "principal")
		s.Principals = []Principal{{"AWS", v}}
	}
	return s
}

// drawCondition draws set operators for one key and plain ones for the other, as IAM asks.
func drawCondition(t *rapid.T) Condition {
	c := Condition{Operator: rapid.SampledFrom(someOperators).Draw(t, "operator"), Key: someKeys[0]}
	switch {
	case c.Operator == "Null":
		c.Key = rapid.SampledFrom(someKeys).Draw(t, "key")
		c.Values = []string{rapid.SampledFrom([]string{"true", "false"}).Draw(t, "null")}
		return c
	case strings.HasPrefix(c.Operator, "For"):
		c.Key = someKeys[1]
	}
	c.Values = drawSome(t, "values", valueTexts)
	return c
}

func drawDocument(t *rapid.T, name string, principals bool) *Document {
	d := &Document{Version: "2012-10-17"}
	for range rapid.IntRange(0, 3).Draw(t, name) {
		d.Statements = append(d.Statements, drawRule(t, principals))
	}
	return d
}

func drawRequest(t *rapid.T) Request {
	r := Request{
		Principal: alice, ResourceAccount: own, Context: Context{},
		Action:   rapid.SampledFrom(someActions).Draw(t, "action"),
		Resource: rapid.SampledFrom(someResources).Draw(t, "resource"),
	}
	if rapid.Bool().Draw(t, "tag") {
		r.Context["aws:principaltag/p"] = []string{rapid.SampledFrom(someValues).Draw(t, "value")}
	}
	if rapid.Bool().Draw(t, "keys") {
		// An empty text is no value to the set operators, and so not drawn for them.
		r.Context["aws:tagkeys"] = drawSome(t, "values", someValues[1:])
	}
	return r
}

func drawMaybe(t *rapid.T, name string, principals bool) *Document {
	if rapid.Bool().Draw(t, "has"+name) {
		return drawDocument(t, name, principals)
	}
	return nil
}

func compileMaybe(d *Document) *Program {
	if d == nil {
		return nil
	}
	return MustCompile(d)
}

func TestEvaluateIsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		identity, boundary, scp, resource := drawDocument(t, "identity", false), drawMaybe(t, "boundary", false), drawMaybe(t, "scp", false), drawMaybe(t, "resource", true)
		s := &Stack{Identity: MustCompile(identity), Boundary: compileMaybe(boundary)}
		if scp != nil {
			s.SCPs = [][]*Program{{MustCompile(scp)}}
		}
		for range 8 {
			r := drawRequest(t)
			r.ResourcePolicy = compileMaybe(resource)
			want := naiveEvaluate(identity, boundary, scp, resource, &r)
			got := s.Evaluate(r)
			if got.Outcome != want {
				t.Fatalf("%v, want %v: %s on %s with %v", got.Outcome, want, r.Action, r.Resource, r.Context)
			}
		}
	})
}

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
