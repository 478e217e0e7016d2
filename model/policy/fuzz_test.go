package policy

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// What is read prints as something that reads back the same; what is not says where.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
		`{"Id":"x","Statement":[{"Sid":"a","Effect":"Deny","NotPrincipal":{"AWS":["1","*"]},"NotAction":["s3:*"],"NotResource":[],"Condition":{"Bool":{"k":true},"NumericEquals":{"n":[1,-2.5e3,"x"]}}}]}`,
		"\ufeff{\"Statement\":[]}", `{"Statement":"\ud83d\ude00\u0000"}`, `[`, ``, "{\"Statement\":\"\x00\"}", strings.Repeat("[", 150),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			var at *SyntaxError
			if !errors.As(err, &at) || at.Offset < 0 || at.Offset > len(data) || at.Line < 1 || at.Column < 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		for _, s := range d.Statements {
			again, err := Parse([]byte(`{"Statement":` + string(data[s.Span.Start:s.Span.End]) + `}`))
			if err != nil || !again.Statements[0].Equal(s) {
				t.Fatalf("the span of %+v is not its own: %v", s, err)
			}
		}
		text, err := d.MarshalJSON()
		if err != nil {
			return // one operator and key twice, in two spellings of the same
		}
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("printed as %s, which is not read: %v", text, err)
		}
		if !again.Equal(d) {
			t.Fatalf("printed as %s, which is another", text)
		}
		d.Check(nil, Setting{Place: Places(data)})
	})
}

// slowMatch is the definition by a table, character by character.
func slowMatch(p, s []rune) bool {
	row := make([]bool, len(s)+1)
	row[0] = true
	for _, c := range p {
		next := make([]bool, len(s)+1)
		for j := range next {
			if c == '*' {
				next[j] = row[j] || j > 0 && next[j-1]
			} else {
				next[j] = j > 0 && row[j-1] && (c == '?' || c == s[j-1])
			}
		}
		row = next
	}
	return row[len(s)]
}

func FuzzMatch(f *testing.F) {
	f.Add("a*a*a*a*b", "aaaaaaaaaaaaaaaa", "a*b")
	f.Add("arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:*")
	f.Add("?é*", "xéy", "*é*")
	f.Add("${X}*", "${X}a", "*")
	f.Add("a${*}b", "a*b", "a?b")
	f.Fuzz(func(t *testing.T, p, s, wide string) {
		if len(p)+len(s)+len(wide) > 300 {
			return
		}
		must, may := Match(p, s)
		if must && !may {
			t.Fatal("must without may")
		}
		plain := !strings.Contains(p+s+wide, "${") && utf8.ValidString(p) && utf8.ValidString(s) && utf8.ValidString(wide)
		if plain {
			if want := slowMatch([]rune(p), []rune(s)); must != want || may != want {
				t.Fatalf("Match(%q, %q) = %v, %v", p, s, must, may)
			}
		}
		if self := Covers(p, p); !self {
			t.Fatalf("%q does not cover itself", p)
		}
		if Covers(wide, p) && must {
			if m, _ := Match(wide, s); !m {
				t.Fatalf("%q covers %q, which matches %q, and does not itself", wide, p, s)
			}
		}
		if example, ok := Overlap(p, wide); ok && plain && !strings.ContainsAny(example, "*?") {
			a, _ := Match(p, example)
			b, _ := Match(wide, example)
			if !a || !b {
				t.Fatalf("Overlap(%q, %q) = %q", p, wide, example)
			}
		}
	})
}

var fuzzPolicies = []string{
	`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a/${aws:username}/*"},{"Effect":"Deny","NotAction":"s3:Get*","Resource":"*","Condition":{"StringNotEquals":{"aws:x":"a"}}}]}`,
	`{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::a*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["a*","b"]},"NumericLessThan":{"n:n":5}}}}`,
	`{"Statement":{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3","arn:aws:s3:::${Bucket}/*"],"Principal":{"AWS":["111111111111","*"]}}}`,
	`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:Get?","sqs:*"],"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"Null":{"aws:y":"true"},"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:1:*"}}}}`,
}

// What is surely allowed with all keys unknown is allowed with none; what is allowed is perhaps allowed.
func FuzzEvaluate(f *testing.F) {
	for i, p := range fuzzPolicies {
		f.Add([]byte(p), []byte(fuzzPolicies[(i+1)%len(fuzzPolicies)]), "arn:aws:iam::111111111111:user/alice", "s3:GetObject", "arn:aws:s3:::a/alice/x", "aws:x", "a")
	}
	f.Add([]byte(fuzzPolicies[0]), []byte(fuzzPolicies[2]), "lambda.amazonaws.com", "sts:AssumeRole", "arn:aws:iam::111111111111:role/x", "aws:SourceIp", "10.1.2.3")
	f.Fuzz(func(t *testing.T, identity, resource []byte, principal, action, arn, key, value string) {
		a, err := Parse(identity)
		if err != nil {
			return
		}
		s := &Stack{Identity: MustCompile(a)}
		req := Request{Principal: principal, Action: action, Resource: arn, ResourceAccount: own, Context: Context{strings.ToLower(key): {value}}, S3: S3Settings{ABAC: On}}
		if b, err := Parse(resource); err == nil {
			req.ResourcePolicy = MustCompile(b)
			s.Boundary = req.ResourcePolicy
		}
		d := s.Evaluate(req)
		open := req
		open.Open = true
		bound := s.Evaluate(open)
		if d.Must && d.Outcome != Allowed || bound.Must && bound.Outcome != Allowed {
			t.Fatal("must, but not allowed")
		}
		if bound.Must && d.Outcome != Allowed {
			t.Fatalf("surely allowed, but %v", d.Outcome)
		}
		if d.Outcome == Allowed && bound.Outcome != Allowed {
			t.Fatalf("allowed, but at most %v", bound.Outcome)
		}
		if p := s.Possible(req); d.Outcome == Allowed && p.Outcome != Allowed {
			t.Fatalf("allowed, but not possible: %v", p.Outcome)
		}
		for _, r := range d.Reasons {
			if (r.From.Effect == Deny) != (d.Outcome == ExplicitDeny) || r.Document.Statements[r.Statement] != r.From {
				t.Fatalf("%v because of %+v", d.Outcome, r)
			}
		}
	})
}

// A verdict is true of any one request.
func FuzzWithin(f *testing.F) {
	for i, p := range fuzzPolicies {
		f.Add([]byte(p), []byte(fuzzPolicies[(i+1)%len(fuzzPolicies)]), "s3:GetObject", "arn:aws:s3:::a/alice/x", "aws:x", "a")
		f.Add([]byte(p), []byte(p), "sqs:SendMessage", "*", "aws:username", "alice")
	}
	f.Add([]byte(`{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:userid":"A*:*"},"StringNotEquals":{"aws:PrincipalType":"User"}}}}`),
		[]byte(`{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"aws:username":"true"},"Bool":{"aws:SecureTransport":["true","false"]}}},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/w*"}}}]}`),
		"s3:GetObject", "arn:aws:s3:::a", "aws:userid", "AIDAX")
	f.Fuzz(func(t *testing.T, after, before []byte, action, arn, key, value string) {
		if len(after)+len(before) > 2000 || !surely(actionShape, symbols(action, syntax{})) || surely(actionTwice, symbols(action, syntax{})) {
			return
		}
		if f, ok := splitARN(arn); arn != "*" && (!ok || f[1] == "" || f[2] == "" || f[5] == "") {
			return
		}
		a, errA := Parse(after)
		b, errB := Parse(before)
		if errA != nil || errB != nil {
			return
		}
		s, u := &Stack{Identity: MustCompile(a)}, &Stack{Identity: MustCompile(b)}
		v := s.Within(u)
		checkVerdict(t, s, u, v)
		req := Request{Principal: alice, Action: action, Resource: arn, ResourceAccount: own, Context: Context{strings.ToLower(key): {value}}, S3: S3Settings{ABAC: On}, ResourcePolicy: MustCompile(&Document{
			Statements: []*Statement{{Principals: []Principal{{"AWS", own}}, Actions: []string{"*"}, Resources: []string{"*"}}},
		})}
		if v.Answer == Yes && req.fits() && s.Evaluate(req).Must && u.Evaluate(req).Outcome != Allowed {
			t.Fatalf("Yes, but %s on %s with %s = %q\n%s\n%s", action, arn, key, value, after, before)
		}
	})
}
