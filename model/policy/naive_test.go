package policy

import (
	"math/big"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A second evaluator, as plain as the documentation reads: every layer, every kind of condition, no unknowns. It
// matches by regular expressions, counts with big numbers and shares no code with Evaluate. What it says,
// Evaluate must say too.
type naive struct {
	identity, boundary, session, endpoint, resource *Document
	scps, rcps                                      []*Document // one for each level
	request                                         Request
	account                                         string              // of the caller, "" if it has none
	keys                                            map[string][]string // lower-case, with those that follow from the caller
}

// pattern turns a policy's text into a regular expression; false if it needs a variable that is not there.
func (n *naive) pattern(text string, wildcards, variables bool) (*regexp.Regexp, bool) {
	out := "(?s)^"
	for text != "" {
		if variables && strings.HasPrefix(text, "${") {
			end := strings.Index(text, "}")
			body := text[2:end]
			text = text[end+1:]
			key, rest, defaults := strings.Cut(body, ",")
			values := n.keys[strings.ToLower(key)]
			switch {
			case body == "*" || body == "?" || body == "$":
				out += regexp.QuoteMeta(body)
			case len(values) == 1 && key != "aws:TagKeys":
				out += regexp.QuoteMeta(values[0])
			case values == nil && defaults:
				out += regexp.QuoteMeta(strings.Trim(rest, " '"))
			default:
				return nil, false
			}
			continue
		}
		switch c := text[:1]; {
		case c == "*" && wildcards:
			out += ".*"
		case c == "?" && wildcards:
			out += "."
		default:
			out += regexp.QuoteMeta(c)
		}
		text = text[1:]
	}
	return regexp.MustCompile(out + "$"), true
}

// applies tells whether a statement of a document is about the request.
func (n *naive) applies(d *Document, s *Statement, named bool) bool {
	listed := func(patterns []string, text string, variables bool) (is, broken bool) {
		for _, p := range patterns {
			r, ok := n.pattern(p, true, variables)
			is, broken = is || ok && r.MatchString(text), broken || !ok
		}
		return is, broken
	}
	lower := make([]string, len(s.Actions))
	for i, a := range s.Actions {
		lower[i] = strings.ToLower(a)
	}
	variables := d.Version == "2012-10-17"
	if is, _ := listed(lower, strings.ToLower(n.request.Action), false); is == s.NotAction {
		return false
	}
	if is, broken := listed(s.Resources, n.request.Resource, variables); s.Resources != nil && (is == s.NotResource || s.NotResource && broken) {
		return false
	}
	if named && n.namedBy(s) == "" {
		return false
	}
	for _, c := range s.Conditions {
		if !n.holds(c, variables) {
			return false
		}
	}
	return true
}

// namedBy tells how a statement names the caller: "self", "role", "account" or not at all.
func (n *naive) namedBy(s *Statement) string {
	best := ""
	caller := n.request.Principal
	for _, p := range s.Principals {
		switch {
		case p.Value == "*" || p.Value == caller && !strings.Contains(caller, ":role/"):
			best = "self"
		case best == "self":
		case p.Value == caller, strings.Contains(caller, ":assumed-role/") && p.Value == "arn:aws:iam::"+n.account+":role/"+strings.Split(caller, "/")[1]:
			best = "role"
		case best == "" && n.account != "" && (p.Value == n.account || p.Value == "arn:aws:iam::"+n.account+":root"):
			best = "account"
		}
	}
	return best
}

func (n *naive) holds(c Condition, variables bool) bool {
	values, there := n.keys[strings.ToLower(c.Key)]
	operator, set := c.Operator, ""
	if before, after, ok := strings.Cut(operator, ":"); ok {
		set, operator = before, after
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	if operator == "Null" {
		return (c.Values[0] == "true") == !there
	}
	negated := strings.Contains(operator, "Not")
	positive := strings.Replace(operator, "Not", "", 1)
	if !there {
		return ifExists || set == "ForAllValues" || negated && set == ""
	}
	// one tells whether a value of the request is as the policy asks.
	one := func(value string) bool {
		for _, want := range c.Values {
			is, ok := n.compare(positive, want, value, variables)
			if !ok && negated {
				return false
			}
			if ok && is {
				return !negated
			}
		}
		return negated
	}
	if set == "ForAllValues" || set == "" && negated {
		return !slices.ContainsFunc(values, func(v string) bool { return !one(v) })
	}
	return slices.ContainsFunc(values, one)
}

// compare compares by one positive operator; false in ok if the two cannot be compared.
func (n *naive) compare(operator, want, value string, variables bool) (is, ok bool) {
	switch operator {
	case "StringEquals", "StringLike":
		r, ok := n.pattern(want, operator == "StringLike", variables)
		return ok && r.MatchString(value), ok
	case "StringEqualsIgnoreCase":
		r, ok := n.pattern(want, false, variables)
		if !ok {
			return false, false
		}
		return regexp.MustCompile("(?i)" + r.String()).MatchString(value), true
	case "ArnLike", "ArnEquals":
		w, v := strings.SplitN(want, ":", 6), strings.SplitN(value, ":", 6)
		for i := range w {
			r, ok := n.pattern(w[i], true, variables)
			if !ok {
				return false, false
			}
			if !r.MatchString(v[i]) {
				return false, true
			}
		}
		return true, true
	case "IpAddress":
		if !strings.Contains(want, "/") {
			want += "/32"
		}
		_, network, _ := net.ParseCIDR(want)
		return network.Contains(net.ParseIP(value)), true
	case "Bool":
		return strings.EqualFold(want, value), true
	}
	order := 0
	if strings.HasPrefix(operator, "Date") {
		w, _ := time.Parse(time.RFC3339, want)
		v, _ := time.Parse(time.RFC3339, value)
		order = v.Compare(w)
	} else {
		w, _ := new(big.Rat).SetString(want)
		v, _ := new(big.Rat).SetString(value)
		order = v.Cmp(w)
	}
	switch operator[strings.IndexAny(operator, "ELG"):] {
	case "Equals":
		return order == 0, true
	case "LessThan":
		return order < 0, true
	case "LessThanEquals":
		return order <= 0, true
	case "GreaterThan":
		return order > 0, true
	}
	return order >= 0, true
}

// asks tells what a document says; how, for a resource's policy: the ways in which its allows name the caller.
func (n *naive) asks(d *Document, named bool) (allow, deny bool, how []string) {
	if d == nil {
		return false, false, nil
	}
	for _, s := range d.Statements {
		if !n.applies(d, s, named) {
			continue
		}
		if s.Effect == Deny {
			deny = true
			continue
		}
		allow, how = true, append(how, n.namedBy(s))
	}
	return allow, deny, how
}

// decide follows "How AWS enforcement code logic evaluates requests" and "Cross-account policy evaluation logic".
func (n *naive) decide() Outcome {
	denied, limited, refused := false, true, false
	ask := func(d *Document, named bool) bool {
		allow, deny, _ := n.asks(d, named)
		denied = denied || deny
		return allow
	}
	identity := false
	if n.account != "" {
		identity = ask(n.identity, false)
		for _, d := range []*Document{n.boundary, n.session} {
			if d != nil {
				limited = ask(d, false) && limited
			}
		}
		for _, d := range n.scps {
			refused = !ask(d, false) || refused
		}
	}
	for _, d := range n.rcps {
		ask(d, true)
	}
	if n.endpoint != nil {
		refused = !ask(n.endpoint, true) || refused
	}
	granted, deny, how := n.asks(n.resource, true)
	denied = denied || deny
	switch {
	case denied:
		return ExplicitDeny
	case refused:
		return ImplicitDeny
	case n.account == "":
		if granted {
			return Allowed
		}
	case n.account != n.request.ResourceAccount:
		if identity && limited && granted {
			return Allowed
		}
	case slices.Contains(how, "self"), limited && (identity || slices.Contains(how, "role")):
		return Allowed
	}
	return ImplicitDeny
}

// The vocabulary of the second evaluator: more than the proofs' own.
var (
	naiveCallers    = []string{alice, session, bob, "arn:aws:sts::222222222222:assumed-role/ext/s", "sns.amazonaws.com", "anonymous", appRole}
	naivePrincipals = []string{"*", alice, session, own, foreign, root, appRole, bob, "arn:aws:iam::222222222222:role/ext", "arn:aws:sts::111111111111:assumed-role/app/s2"}
	naiveResources  = append(slices.Clone(resourceTexts), "arn:aws:s3:::a/${aws:PrincipalTag/p}*", "arn:aws:s3:::${aws:PrincipalTag/none, 'a'}/x", "arn:aws:s3:::${aws:username}/x", "arn:aws:s3:::a/${*}", "arn:aws:s3:::a/${aws:TagKeys}")
	naiveKeys       = []struct {
		key                       string
		many                      bool
		operators, wanted, values []string
	}{
		{"aws:PrincipalTag/p", false, []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"},
			[]string{"a", "A", "b*", "?", "a${*}", "${aws:ResourceTag/p}", "${aws:PrincipalTag/none}", "${aws:PrincipalTag/none, 'ab'}", "${aws:TagKeys}"}, []string{"a", "A", "ab", "b", "a*", "B\nb"}},
		{"aws:ResourceTag/p", false, []string{"StringEquals", "StringLike"}, []string{"a", "${aws:PrincipalTag/p}", "${aws:PrincipalTag/p}*"}, []string{"a", "AB", "b"}},
		{"aws:TagKeys", true, []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike"}, []string{"a", "b*", "c"}, []string{"a", "b", "bb", "c"}},
		{"aws:MultiFactorAuthAge", false, []string{"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"},
			[]string{"10", "9.5", "-3", "1e1"}, []string{"10", "9", "10.0", "-3.5", "100"}},
		{"aws:CurrentTime", false, []string{"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"},
			[]string{"2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2023-06-01T00:00:00.5Z"}, []string{"2024-01-01T00:00:00Z", "2023-06-01T00:00:00.25Z", "2024-01-01T00:00:00-05:00"}},
		{"aws:SecureTransport", false, []string{"Bool"}, []string{"true", "False"}, []string{"true", "false"}},
		{"aws:SourceIp", false, []string{"IpAddress", "NotIpAddress"}, []string{"10.0.0.0/8", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0"}, []string{"10.1.2.3", "10.1.2.4", "192.0.2.1", "2001:DB8::1"}},
		{"aws:SourceArn", false, []string{"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"}, []string{"arn:aws:sns:*:111111111111:*", "arn:aws:sns:us-?:*:t", "arn:*:*:*:*:${aws:PrincipalTag/p}"},
			[]string{"arn:aws:sns:us-1:111111111111:t", "arn:aws:sns:us-1:222222222222:t:sub", "arn:aws:s3:::a"}},
	}
)

func drawNaiveCondition(t *rapid.T) Condition {
	k := rapid.SampledFrom(naiveKeys).Draw(t, "key")
	c := Condition{Operator: rapid.SampledFrom(k.operators).Draw(t, "operator"), Key: k.key, Values: drawSome(t, "values", append(slices.Clone(k.wanted), k.wanted[0]+"-"))}
	if len(k.operators) == 1 || strings.HasPrefix(c.Operator, "Numeric") || strings.HasPrefix(c.Operator, "Date") || strings.HasPrefix(c.Operator, "I") || strings.HasPrefix(c.Operator, "Not") || strings.HasPrefix(c.Operator, "Arn") {
		c.Values = drawSome(t, "values", k.wanted)
	}
	switch {
	case rapid.IntRange(0, 9).Draw(t, "null") == 0:
		return Condition{"Null", k.key, []string{rapid.SampledFrom([]string{"true", "false"}).Draw(t, "is")}}
	case k.many:
		c.Operator = rapid.SampledFrom([]string{"ForAllValues:", "ForAnyValue:"}).Draw(t, "set") + c.Operator
	}
	if rapid.IntRange(0, 4).Draw(t, "exists") == 0 {
		c.Operator += "IfExists"
	}
	return c
}

func drawNaiveDocument(t *rapid.T, principals bool) *Document {
	d := &Document{Version: rapid.SampledFrom([]string{"2012-10-17", "2012-10-17", "2012-10-17", ""}).Draw(t, "version")}
	for range rapid.IntRange(0, 3).Draw(t, "statements") {
		s := &Statement{
			Effect:  Effect(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "effect")),
			Actions: drawSome(t, "actions", append(slices.Clone(actionTexts), "*", "s3:*", "*")), NotAction: rapid.IntRange(0, 6).Draw(t, "notAction") == 0,
			Resources: drawSome(t, "resources", append(slices.Clone(naiveResources), "*", "*", "*", "*")), NotResource: rapid.IntRange(0, 6).Draw(t, "notResource") == 0,
		}
		for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "conditions") {
			s.Conditions = append(s.Conditions, drawNaiveCondition(t))
		}
		if principals {
			for _, v := range drawSome(t, "principals", naivePrincipals) {
				s.Principals = append(s.Principals, Principal{"AWS", v})
			}
		}
		d.Statements = append(d.Statements, s)
	}
	return d
}

func drawNaive(t *rapid.T) *naive {
	maybe := func(name string, principals bool) *Document {
		if rapid.IntRange(0, 3).Draw(t, name) > 0 {
			return nil
		}
		return drawNaiveDocument(t, principals)
	}
	n := &naive{identity: drawNaiveDocument(t, false), boundary: maybe("boundary", false), session: maybe("session", false), endpoint: maybe("endpoint", true)}
	if rapid.Bool().Draw(t, "resource") {
		n.resource = drawNaiveDocument(t, true)
	}
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "levels") {
		n.scps = append(n.scps, drawNaiveDocument(t, false))
	}
	for range rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "levels") {
		n.rcps = append(n.rcps, drawNaiveDocument(t, true))
	}
	return n
}

// drawRequest draws a request, and notes the keys that follow from its caller.
func (n *naive) drawRequest(t *rapid.T) {
	n.account = ""
	n.request = Request{
		Principal: rapid.SampledFrom(naiveCallers).Draw(t, "caller"), ResourceAccount: own, S3: S3Settings{ABAC: On}, Context: Context{},
		Action: rapid.SampledFrom(someActions).Draw(t, "action"), Resource: rapid.SampledFrom(append(slices.Clone(someResources), "arn:aws:s3:::alice/x", "arn:aws:s3:::a/*")).Draw(t, "resource"),
	}
	for _, k := range naiveKeys {
		if rapid.IntRange(0, 2).Draw(t, "has") > 0 {
			n.request.Context[strings.ToLower(k.key)] = []string{rapid.SampledFrom(k.values).Draw(t, "value")}
			if k.many {
				n.request.Context[strings.ToLower(k.key)] = drawSome(t, "values", k.values)
			}
		}
	}
	n.keys = map[string][]string{}
	for k, v := range n.request.Context {
		n.keys[k] = v
	}
	if f := strings.Split(n.request.Principal, ":"); len(f) == 6 {
		n.account = f[4]
		if name, ok := strings.CutPrefix(f[5], "user/"); ok {
			n.keys["aws:username"] = []string{name}
		}
	}
}

func TestEvaluateIsNaive(t *testing.T) {
	seen := map[Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		n := drawNaive(t)
		s := &Stack{Identity: MustCompile(n.identity), Boundary: compileMaybe(n.boundary), Session: compileMaybe(n.session), Endpoint: compileMaybe(n.endpoint)}
		for _, d := range n.scps {
			s.SCPs = append(s.SCPs, []*Program{MustCompile(d)})
		}
		for _, d := range n.rcps {
			// RCPFullAWSAccess is implied: what such a document allows is of no account.
			s.RCPs = append(s.RCPs, []*Program{MustCompile(d)})
		}
		resource := compileMaybe(n.resource)
		for range 8 {
			n.drawRequest(t)
			n.request.ResourcePolicy = resource
			want := n.decide()
			got := s.Evaluate(n.request)
			seen[want]++
			if got.Outcome != want {
				for name, d := range map[string]*Document{"identity": n.identity, "boundary": n.boundary, "session": n.session, "endpoint": n.endpoint, "resource": n.resource} {
					if d != nil {
						text, _ := d.Format()
						t.Logf("%s %s", name, text)
					}
				}
				t.Fatalf("%v, want %v: %s, %s on %s with %v", got.Outcome, want, n.request.Principal, n.request.Action, n.request.Resource, n.keys)
			}
		}
	})
	if len(seen) != 3 {
		t.Errorf("outcomes drawn: %v", seen)
	}
}
