package policy

import (
	"math/rand/v2"
	"slices"
	"strings"

	"bulkhead/model/catalog"
)

// A tightening makes a smaller policy of one, or nil where it does not apply. k is the statement to change.
type tightening struct {
	name string
	make func(r *rand.Rand, d *Document, k int) *Document
}

func of[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// with is a document with one statement changed.
func with(d *Document, k int, f func(s *Statement) bool) *Document {
	out := &Document{Version: d.Version, Statements: slices.Clone(d.Statements)}
	s := *d.Statements[k]
	s.Actions, s.Resources, s.Conditions = slices.Clone(s.Actions), slices.Clone(s.Resources), slices.Clone(s.Conditions)
	if !f(&s) {
		return nil
	}
	out.Statements[k] = &s
	return out
}

// allowing changes an Allow.
func allowing(f func(r *rand.Rand, s *Statement) bool) func(*rand.Rand, *Document, int) *Document {
	return func(r *rand.Rand, d *Document, k int) *Document {
		return with(d, k, func(s *Statement) bool { return s.Effect == Allow && f(r, s) })
	}
}

// onCondition changes one condition of an Allow, in a copy.
func onCondition(f func(r *rand.Rand, c *Condition) bool) func(*rand.Rand, *Document, int) *Document {
	return allowing(func(r *rand.Rand, s *Statement) bool {
		if len(s.Conditions) == 0 {
			return false
		}
		c := &s.Conditions[r.IntN(len(s.Conditions))]
		c.Values = slices.Clone(c.Values)
		return f(r, c)
	})
}

// also adds a condition to an Allow.
func also(operator, key string, values ...string) func(*rand.Rand, *Document, int) *Document {
	return allowing(func(_ *rand.Rand, s *Statement) bool {
		for _, c := range s.Conditions {
			if strings.EqualFold(c.Key, key) && strings.EqualFold(c.Operator, operator) {
				return false
			}
		}
		s.Conditions = append(s.Conditions, Condition{operator, key, values})
		return true
	})
}

func narrower(r *rand.Rand, p string) (string, bool) {
	i := strings.LastIndexByte(p, '*')
	if i < 0 {
		if i = strings.IndexByte(p, '?'); i < 0 {
			return p, false
		}
		return p[:i] + "x" + p[i+1:], true
	}
	return p[:i] + of(r, []string{"a*", "*a", "?*", "?", "a", "a*b", "*-prod", "??*"}) + p[i+1:], true
}

var tightenings = []tightening{
	{"an action dropped", allowing(func(r *rand.Rand, s *Statement) bool {
		if len(s.Actions) < 2 || s.NotAction {
			return false
		}
		i := r.IntN(len(s.Actions))
		s.Actions = slices.Delete(s.Actions, i, i+1)
		return true
	})},
	{"a statement dropped", func(_ *rand.Rand, d *Document, k int) *Document {
		if d.Statements[k].Effect != Allow || len(d.Statements) < 2 {
			return nil
		}
		return &Document{Version: d.Version, Statements: slices.Delete(slices.Clone(d.Statements), k, k+1)}
	}},
	{"an action pattern narrowed", allowing(func(r *rand.Rand, s *Statement) bool {
		for _, i := range r.Perm(len(s.Actions)) {
			service, name, ok := strings.Cut(s.Actions[i], ":")
			if s.NotAction || !strings.Contains(name, "*") && s.Actions[i] != "*" {
				continue
			}
			if !ok {
				s.Actions[i] = of(r, []string{"s3:*", "ec2:Describe*", "iam:?et*"})
			} else {
				s.Actions[i] = service + ":" + strings.Replace(name, "*", of(r, []string{"Get*", "*Object", "?*", "L"}), 1)
			}
			return true
		}
		return false
	})},
	{"a wildcard expanded to the actions known", allowing(func(_ *rand.Rand, s *Statement) bool {
		var list []string
		for _, a := range s.Actions {
			for _, known := range catalog.Load().Expand(a) {
				list = append(list, known.String())
			}
		}
		if s.NotAction || len(list) < 2 || len(list) > 3000 || slices.Contains(s.Actions, "*") {
			return false
		}
		s.Actions = list[1:]
		return true
	})},
	{"all actions but some", allowing(func(_ *rand.Rand, s *Statement) bool {
		if s.NotAction || !slices.Contains(s.Actions, "*") {
			return false
		}
		s.NotAction, s.Actions = true, []string{"iam:*", "organizations:*"}
		return true
	})},
	{"an exception among actions", allowing(func(r *rand.Rand, s *Statement) bool {
		if !s.NotAction {
			return false
		}
		s.Actions = append(s.Actions, of(r, []string{"s3:Put*", "ec2:RunInstances", "kms:*"}))
		return true
	})},
	{"a resource dropped", allowing(func(r *rand.Rand, s *Statement) bool {
		if len(s.Resources) < 2 || s.NotResource {
			return false
		}
		i := r.IntN(len(s.Resources))
		s.Resources = slices.Delete(s.Resources, i, i+1)
		return true
	})},
	{"a resource named", allowing(func(r *rand.Rand, s *Statement) bool {
		if s.NotResource || !slices.Contains(s.Resources, "*") {
			return false
		}
		s.Resources = []string{of(r, []string{"arn:aws:s3:::data", "arn:aws:sqs:*:111122223333:q-?", "arn:aws:dynamodb:eu-*:111122223333:table/T*"}), "arn:aws:s3:::data/*"}
		return true
	})},
	{"a resource pattern narrowed", allowing(func(r *rand.Rand, s *Statement) bool {
		for _, i := range r.Perm(len(s.Resources)) {
			if s.NotResource || s.Resources[i] == "*" {
				continue
			}
			if p, ok := narrower(r, s.Resources[i]); ok {
				s.Resources[i] = p
				return true
			}
		}
		return false
	})},
	{"all resources but one", allowing(func(_ *rand.Rand, s *Statement) bool {
		if s.NotResource || !slices.Contains(s.Resources, "*") {
			return false
		}
		s.NotResource, s.Resources = true, []string{"arn:aws:s3:::secret/*"}
		return true
	})},
	{"an exception among resources", allowing(func(_ *rand.Rand, s *Statement) bool {
		if !s.NotResource {
			return false
		}
		s.Resources = append(s.Resources, "arn:aws:s3:::secret/*", "arn:aws:kms:*:*:key/a?c")
		return true
	})},
	{"a resource of one's own", func(r *rand.Rand, d *Document, k int) *Document {
		if d.Version != "2012-10-17" {
			return nil
		}
		return allowing(func(_ *rand.Rand, s *Statement) bool {
			i := slices.IndexFunc(s.Resources, func(p string) bool { return strings.HasSuffix(p, "/*") })
			if s.NotResource || i < 0 {
				return false
			}
			s.Resources[i] = strings.TrimSuffix(s.Resources[i], "*") + "${aws:username}/*"
			return true
		})(r, d, k)
	}},
	{"StringEquals added", also("StringEquals", "aws:PrincipalTag/team", "red", "blue")},
	{"StringLike added", also("StringLike", "aws:RequestedRegion", "eu-*")},
	{"StringNotEquals added", also("StringNotEquals", "aws:RequestedRegion", "us-east-1", "us-east-2")},
	{"StringEqualsIfExists added", also("StringEqualsIfExists", "aws:SourceVpc", "vpc-1")},
	{"ForAnyValue added", also("ForAnyValue:StringEquals", "aws:TagKeys", "team")},
	{"ForAllValues added", also("ForAllValues:StringLike", "aws:TagKeys", "team-*", "cost")},
	{"IpAddress added", also("IpAddress", "aws:SourceIp", "10.0.0.0/8", "203.0.113.0/24")},
	{"NumericLessThan added", also("NumericLessThan", "s3:max-keys", "10")},
	{"DateLessThan added", also("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z")},
	{"Bool added", also("Bool", "aws:MultiFactorAuthPresent", "true")},
	{"Null added", also("Null", "aws:PrincipalTag/team", "false")},
	{"ArnLike added", also("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/app-*")},
	{"a value of a condition dropped", onCondition(func(r *rand.Rand, c *Condition) bool {
		if len(c.Values) < 2 || strings.Contains(c.Operator, "Not") {
			return false
		}
		i := r.IntN(len(c.Values))
		c.Values = slices.Delete(c.Values, i, i+1)
		return true
	})},
	{"a value of a negated condition added", onCondition(func(_ *rand.Rand, c *Condition) bool {
		if c.Operator != "StringNotEquals" && c.Operator != "StringNotLike" {
			return false
		}
		c.Values = append(c.Values, "somebody")
		return true
	})},
	{"IfExists dropped", onCondition(func(_ *rand.Rand, c *Condition) bool {
		o, ok := strings.CutSuffix(c.Operator, "IfExists")
		if !ok || strings.Contains(c.Operator, "Not") || strings.Contains(c.Operator, ":") {
			return false
		}
		c.Operator = o
		return true
	})},
	{"a value pattern narrowed", onCondition(func(r *rand.Rand, c *Condition) bool {
		for _, i := range r.Perm(len(c.Values)) {
			if c.Operator == "StringLike" && strings.Contains(c.Values[i], "*") {
				c.Values[i], _ = narrower(r, c.Values[i])
				return true
			}
		}
		return false
	})},
	{"a denial added", func(r *rand.Rand, d *Document, _ int) *Document {
		deny := &Statement{Effect: Deny, Actions: []string{of(r, []string{"*", "s3:*", "ec2:Run*", "iam:PassRole"})}, Resources: []string{of(r, []string{"*", "arn:aws:s3:::secret/*", "arn:aws:*:*:*:prod-*"})}}
		if r.IntN(2) == 0 {
			deny.Conditions = []Condition{of(r, []Condition{{"StringNotEquals", "aws:RequestedRegion", []string{"eu-west-1"}}, {"BoolIfExists", "aws:MultiFactorAuthPresent", []string{"false"}}, {"NotIpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}}})}
		}
		return &Document{Version: d.Version, Statements: append(slices.Clone(d.Statements), deny)}
	}},
	{"a denial widened", func(r *rand.Rand, d *Document, k int) *Document {
		return with(d, k, func(s *Statement) bool {
			if s.Effect != Deny {
				return false
			}
			switch {
			case len(s.Conditions) > 0 && r.IntN(2) == 0:
				s.Conditions = s.Conditions[1:]
			case !s.NotResource:
				s.Resources = append(s.Resources, "arn:aws:s3:::secret/*")
			default:
				return false
			}
			return true
		})
	}},
}

// layers are what tightens a stack as a whole.
var tighteningLayers = []struct {
	name string
	put  func(s *Stack, limit *Program)
}{
	{"a boundary added", func(s *Stack, p *Program) { s.Boundary = p }},
	{"a session policy added", func(s *Stack, p *Program) { s.Session = p }},
	{"a level of SCPs added", func(s *Stack, p *Program) { s.SCPs = append(slices.Clone(s.SCPs), []*Program{p}) }},
	{"a level of RCPs added", func(s *Stack, _ *Program) {
		s.RCPs = append(slices.Clone(s.RCPs), []*Program{perimeter[len(s.Identity.statements)%len(perimeter)]})
	}},
	{"an endpoint policy added", func(s *Stack, p *Program) { s.Endpoint = p }},
}

// perimeter are resource control policies as organizations have them.
var perimeter = []*Program{
	rcp(Statement{Actions: []string{"s3:*", "sqs:*", "secretsmanager:*", "sts:AssumeRole"}, Conditions: []Condition{
		{"StringNotEqualsIfExists", "aws:PrincipalOrgID", []string{"o-own"}}, {"BoolIfExists", "aws:PrincipalIsAWSService", []string{"false"}},
	}}),
	rcp(Statement{Actions: []string{"*"}, Conditions: []Condition{{"Bool", "aws:SecureTransport", []string{"false"}}}}),
	rcp(Statement{Actions: []string{"kms:ScheduleKeyDeletion", "s3:Delete*", "lambda:*"}}),
}

func rcp(s Statement) *Program {
	s.Effect, s.Principals, s.Resources = Deny, []Principal{{"*", "*"}}, []string{"*"}
	p, err := Compile(catalog.Load(), &Document{Version: "2012-10-17", Statements: []*Statement{&s}})
	if err != nil {
		panic(err)
	}
	return p
}

var limits = []string{
	`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:*", "ec2:*", "lambda:*", "logs:*"], "Resource": "*"}}`,
	`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "NotAction": ["s3:*", "iam:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}}]}`,
	`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}]}`,
}

// tighter are pairs of conditions: wherever the second holds, so does the first.
var tighter = []struct {
	name         string
	loose, tight Condition
}{
	{"an address range", Condition{"IpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}}, Condition{"IpAddress", "aws:SourceIp", []string{"10.1.0.0/16"}}},
	{"one of two ranges", Condition{"IpAddress", "aws:SourceIp", []string{"10.0.0.0/8", "2001:db8::/32"}}, Condition{"IpAddress", "aws:SourceIp", []string{"2001:db8:1::/48"}}},
	{"one range more spared", Condition{"NotIpAddress", "aws:SourceIp", []string{"10.0.0.0/8"}}, Condition{"NotIpAddress", "aws:SourceIp", []string{"10.0.0.0/8", "192.168.0.0/16"}}},
	{"a smaller number", Condition{"NumericLessThan", "s3:max-keys", []string{"100"}}, Condition{"NumericLessThanEquals", "s3:max-keys", []string{"10"}}},
	{"one number of many", Condition{"NumericGreaterThan", "s3:max-keys", []string{"5"}}, Condition{"NumericEquals", "s3:max-keys", []string{"7"}}},
	{"an earlier end", Condition{"DateLessThan", "aws:CurrentTime", []string{"2030-01-01T00:00:00Z"}}, Condition{"DateLessThan", "aws:CurrentTime", []string{"2028-01-01T00:00:00Z"}}},
	{"a later start", Condition{"DateGreaterThanEquals", "aws:CurrentTime", []string{"2020-01-01T00:00:00Z"}}, Condition{"DateGreaterThan", "aws:CurrentTime", []string{"1900000000"}}},
	{"fewer values", Condition{"StringEquals", "aws:PrincipalTag/team", []string{"red", "blue"}}, Condition{"StringEquals", "aws:PrincipalTag/team", []string{"red"}}},
	{"one value of a pattern", Condition{"StringLike", "aws:PrincipalTag/team", []string{"r*", "b?ue"}}, Condition{"StringEquals", "aws:PrincipalTag/team", []string{"blue", "red"}}},
	{"a pattern within a pattern", Condition{"StringLike", "aws:PrincipalTag/team", []string{"*-prod-*"}}, Condition{"StringLike", "aws:PrincipalTag/team", []string{"a?-prod-x*"}}},
	{"one value more refused", Condition{"StringNotEquals", "aws:RequestedRegion", []string{"us-east-1"}}, Condition{"StringNotEquals", "aws:RequestedRegion", []string{"us-east-1", "us-east-2"}}},
	{"a pattern more refused", Condition{"StringNotLike", "aws:RequestedRegion", []string{"us-*"}}, Condition{"StringNotLike", "aws:RequestedRegion", []string{"u*", "ap-*"}}},
	{"letters of any case", Condition{"StringEqualsIgnoreCase", "aws:PrincipalTag/team", []string{"Red", "Blue"}}, Condition{"StringEqualsIgnoreCase", "aws:PrincipalTag/team", []string{"RED"}}},
	{"letters of one case", Condition{"StringEqualsIgnoreCase", "aws:PrincipalTag/team", []string{"Red", "Blue"}}, Condition{"StringEquals", "aws:PrincipalTag/team", []string{"red", "blue"}}},
	{"a key that must be there", Condition{"StringEqualsIfExists", "aws:SourceVpc", []string{"vpc-1", "vpc-2"}}, Condition{"StringEquals", "aws:SourceVpc", []string{"vpc-1"}}},
	{"any of fewer", Condition{"ForAnyValue:StringEquals", "aws:TagKeys", []string{"team", "cost", "owner"}}, Condition{"ForAnyValue:StringEquals", "aws:TagKeys", []string{"team"}}},
	{"all of fewer", Condition{"ForAllValues:StringLike", "aws:TagKeys", []string{"team-*", "cost", "owner", "a", "b", "c", "d"}}, Condition{"ForAllValues:StringEquals", "aws:TagKeys", []string{"team-a", "cost"}}},
	{"a flag that must be there", Condition{"BoolIfExists", "aws:SecureTransport", []string{"true"}}, Condition{"Bool", "aws:SecureTransport", []string{"true"}}},
	{"a value, where any did", Condition{"Null", "aws:PrincipalTag/team", []string{"false"}}, Condition{"StringLike", "aws:PrincipalTag/team", []string{"*"}}},
	{"an ARN of one account", Condition{"ArnLike", "aws:PrincipalArn", []string{"arn:aws:iam::*:role/*"}}, Condition{"ArnEquals", "aws:PrincipalArn", []string{"arn:aws:iam::111122223333:role/app-*"}}},
	{"bytes", Condition{"BinaryEquals", "aws:x", []string{"QmluYXJ5", "VmFsdWU="}}, Condition{"BinaryEquals", "aws:x", []string{"QmluYXJ5"}}},
	{"one variable of two values", Condition{"StringEquals", "aws:PrincipalTag/team", []string{"${aws:ResourceTag/team}", "all"}}, Condition{"StringEquals", "aws:PrincipalTag/team", []string{"${aws:ResourceTag/team}"}}},
	{"a variable itself, where what begins with it did", Condition{"StringLike", "aws:PrincipalTag/team", []string{"${aws:ResourceTag/team}*"}}, Condition{"StringEquals", "aws:PrincipalTag/team", []string{"${aws:ResourceTag/team}"}}},
}

// rewritings say the same otherwise.
var rewritings = []tightening{
	{"actions over two statements", splitting(func(s, rest *Statement) bool {
		if s.NotAction || len(s.Actions) < 2 {
			return false
		}
		n := len(s.Actions) / 2
		s.Actions, rest.Actions = s.Actions[:n], rest.Actions[n:]
		return true
	})},
	{"resources over two statements", splitting(func(s, rest *Statement) bool {
		if s.NotResource || len(s.Resources) < 2 {
			return false
		}
		s.Resources, rest.Resources = s.Resources[:1], rest.Resources[1:]
		return true
	})},
	{"a condition and what it refuses", splitting(func(s, rest *Statement) bool {
		s.Conditions = append(s.Conditions, Condition{"StringEquals", "aws:RequestedRegion", []string{"eu-west-1"}})
		rest.Conditions = append(rest.Conditions, Condition{"StringNotEquals", "aws:RequestedRegion", []string{"eu-west-1"}})
		return true
	})},
	{"a pattern as a union", allowing(func(r *rand.Rand, s *Statement) bool {
		for _, i := range r.Perm(len(s.Resources)) {
			if p := s.Resources[i]; !s.NotResource && strings.HasPrefix(p, "arn:") && strings.HasSuffix(p, "*") && strings.Count(p, ":") >= 5 {
				p = strings.TrimSuffix(p, "*")
				s.Resources = append(s.Resources, p, p+"?", p+"??*")
				s.Resources = slices.Delete(s.Resources, i, i+1)
				return true
			}
		}
		return false
	})},
	{"a statement twice", splitting(func(_, _ *Statement) bool { return true })},
	{"statements turned round", func(_ *rand.Rand, d *Document, _ int) *Document {
		out := &Document{Version: d.Version, Statements: slices.Clone(d.Statements)}
		slices.Reverse(out.Statements)
		return out
	}},
	{"actions in capitals", allowing(func(_ *rand.Rand, s *Statement) bool {
		for i := range s.Actions {
			s.Actions[i] = strings.ToUpper(s.Actions[i])
		}
		return true
	})},
	{"another version, without variables", func(_ *rand.Rand, d *Document, _ int) *Document {
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				if strings.Contains(strings.Join(c.Values, ""), "${") {
					return nil
				}
			}
			if strings.Contains(strings.Join(s.Resources, ""), "${") {
				return nil
			}
		}
		version := "2008-10-17"
		if d.Version != "2012-10-17" {
			version = "2012-10-17"
		}
		return &Document{Version: version, Statements: d.Statements}
	}},
}

// splitting makes two statements of an Allow.
func splitting(f func(s, rest *Statement) bool) func(*rand.Rand, *Document, int) *Document {
	return func(r *rand.Rand, d *Document, k int) *Document {
		rest := *d.Statements[k]
		rest.Actions, rest.Resources, rest.Conditions = slices.Clone(rest.Actions), slices.Clone(rest.Resources), slices.Clone(rest.Conditions)
		out := allowing(func(_ *rand.Rand, s *Statement) bool { return f(s, &rest) })(r, d, k)
		if out != nil {
			out.Statements = append(out.Statements, &rest)
		}
		return out
	}
}
