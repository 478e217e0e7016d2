package policy

import (
	"strings"

	"pgregory.net/rapid"
)

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
