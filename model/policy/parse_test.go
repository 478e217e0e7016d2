package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseGrammar(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"lists of one", `{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Action":["s3:*"],"Resource":["*"]}]}`,
			`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`},
		{"a statement without its list", `{"Statement":{"Effect":"Deny","NotAction":"s3:*","NotResource":["a","b"]}}`,
			`{"Statement":[{"Effect":"Deny","NotAction":"s3:*","NotResource":["a","b"]}]}`},
		{"blocks in any order", `{"Statement":{"Resource":"*","Condition":{},"Action":"*","Effect":"Allow"},"Version":"2008-10-17"}`,
			`{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`},
		{"numbers and booleans as condition values", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k":true},"NumericEquals":{"n":[1,-2.5e3]}}}}`,
			`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k":"true"},"NumericEquals":{"n":["1","-2.5e3"]}}}]}`},
		{"everyone", `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}`,
			`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}`},
		{"principals by kind", `{"Statement":{"Effect":"Deny","NotPrincipal":{"Service":["a.amazonaws.com","b.amazonaws.com"],"AWS":"*","Federated":"f","CanonicalUser":["c"]},"Action":"*"}}`,
			`{"Statement":[{"Effect":"Deny","NotPrincipal":{"Service":["a.amazonaws.com","b.amazonaws.com"],"AWS":"*","Federated":"f","CanonicalUser":"c"},"Action":"*"}]}`},
		{"a bare account", `{"Statement":{"Effect":"Allow","Principal":"111122223333","Action":"*"}}`,
			`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*"}]}`},
		{"elements in another case", `{"version":"2012-10-17","STATEMENT":{"effect":"Allow","action":"*","RESOURCE":"*"}}`,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`},
		{"escapes", `{"Statement":{"Effect":"Allow","Action":"\u0073\/\\\"\n\ud83d\ude00é","Resource":"*"}}`,
			`{"Statement":[{"Effect":"Allow","Action":"s/\\\"\n😀é","Resource":"*"}]}`},
		{"empty lists stay", `{"Statement":[{"Effect":"Allow","Action":[],"Resource":[]}]}`,
			`{"Statement":[{"Effect":"Allow","Action":[],"Resource":[]}]}`},
		{"no statements", `{"Statement":[]}`, `{"Statement":[]}`},
		{"angle brackets stay", `{"Statement":{"Effect":"Allow","Action":"<&>","Resource":"*"}}`,
			`{"Statement":[{"Effect":"Allow","Action":"<&>","Resource":"*"}]}`},
		{"a byte order mark", "\ufeff" + `{"Statement":[]}`, `{"Statement":[]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			flat, err := d.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if string(flat) != c.want {
				t.Errorf("got  %s\nwant %s", flat, c.want)
			}
			if !json.Valid(got) {
				t.Errorf("not JSON: %s", got)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	deep := strings.Repeat("[", 200)
	for _, c := range []struct{ in, want string }{
		{``, "line 1, column 1 (byte 0): the policy is empty"},
		{"  \n ", "line 1, column 1 (byte 0): the policy is empty"},
		{`[]`, "line 1, column 1 (byte 0): the policy is a list, not an object"},
		{`{"Statement":[]} x`, "line 1, column 18 (byte 17): 'x' after the end of the policy"},
		{`{"Statement":[]`, "line 1, column 16 (byte 15): the end of the text where a comma or \"}\" is expected"},
		{"{\n  \"Statement\": [}\n", "line 2, column 17 (byte 18): '}' where a value is expected"},
		{`{"Version":"2012-10-17"}`, "line 1, column 1 (byte 0): the policy has no Statement"},
		{`{"Version":"2013-10-17","Statement":[]}`, `line 1, column 12 (byte 11): Version "2013-10-17": IAM knows 2012-10-17 and 2008-10-17`},
		{`{"Statement":[],"Statement":[]}`, `line 1, column 17 (byte 16): "Statement" stands twice in one object`},
		{`{"Statement":[],"statement":[]}`, `line 1, column 17 (byte 16): Statement stands twice`},
		{`{"Statements":[]}`, `line 1, column 2 (byte 1): "Statements" is not an element of a policy: Version, Id and Statement are`},
		{`{"Statement":["x"]}`, "line 1, column 15 (byte 14): a statement is a string, not an object"},
		{`{"Statement":{"Effect":"allow","Action":"*"}}`, `line 1, column 24 (byte 23): Effect "allow": it is Allow or Deny, in this spelling`},
		{`{"Statement":{"Action":"*"}}`, "line 1, column 14 (byte 13): Effect is missing in a statement"},
		{`{"Statement":{"Effect":"Allow"}}`, "line 1, column 14 (byte 13): Action (or NotAction) is missing in a statement"},
		{`{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*"}}`, "line 1, column 45 (byte 44): Action and NotAction in one statement"},
		{`{"Statement":{"Effect":"Allow","Action":7}}`, "line 1, column 41 (byte 40): Action holds a number where a string is expected"},
		{`{"Statement":{"Effect":"Allow","Action":"*","Resource":[{"Ref":"x"}]}}`, "line 1, column 57 (byte 56): Resource holds an object where a string is expected"},
		{`{"Statement":{"Effect":"Allow","Action":"*","Principal":{"Aws2":"x"}}}`, `line 1, column 58 (byte 57): "Aws2" is not a kind of principal: AWS, Service, Federated and CanonicalUser are`},
		{`{"Statement":{"Effect":"Allow","Action":"*","Condition":{"Bool":{"k":null}}}}`, "line 1, column 70 (byte 69): Condition k holds null where a string, number or boolean is expected"},
		{`{"Statement":{"Effect":"Allow","Action":"*","Condition":{"Bool":"x"}}}`, "line 1, column 65 (byte 64): Condition Bool is a string, not an object of keys"},
		{`{"Statement":{"Effect":"Allow","Action":"*","Color":"x"}}`, `line 1, column 45 (byte 44): "Color" is not an element of a statement`},
		{"{\"Statement\":\"a\x00b\"}", "line 1, column 16 (byte 15): the control character 0x00 within a string"},
		{"{\"Statement\":\"a\xffb\"}", "line 1, column 16 (byte 15): byte 0xff is not UTF-8"},
		{"{\"Statement\":\x00}", "line 1, column 14 (byte 13): '\\x00' where a value is expected"},
		{`{"Statement":"\ud800x"}`, "line 1, column 15 (byte 14): half of a surrogate pair"},
		{`{"Statement":"\x"}`, "line 1, column 15 (byte 14): a backslash before a character that JSON does not escape"},
		{`{"Statement":01}`, "line 1, column 14 (byte 13): a number that JSON does not know"},
		{`{"Statement":"x`, "line 1, column 14 (byte 13): a string without its closing quotation mark"},
		{deep, "line 1, column 102 (byte 101): nested more than 100 levels deep"},
	} {
		_, err := Parse([]byte(c.in))
		if err == nil {
			t.Errorf("%.80q is read", c.in)
			continue
		}
		var at *SyntaxError
		if !errors.As(err, &at) {
			t.Errorf("%.80q: the error has no place: %v", c.in, err)
		}
		if err.Error() != c.want {
			t.Errorf("%.80q:\ngot  %s\nwant %s", c.in, err, c.want)
		}
	}
}

// The bytes of a statement's span are that statement.
func TestStatementSpans(t *testing.T) {
	data := []byte("{\n \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"},\n\n  {\n   \"Effect\": \"Deny\", \"Action\": \"é\",\n   \"Resource\": \"*\"} ]}")
	d, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ line, column int }{{3, 3}, {5, 3}}
	for i, s := range d.Statements {
		if s.Span.Line != want[i].line || s.Span.Column != want[i].column {
			t.Errorf("statement %d is at %d:%d, want %v", i, s.Span.Line, s.Span.Column, want[i])
		}
		again, err := Parse([]byte(`{"Statement":` + string(data[s.Span.Start:s.Span.End]) + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if !again.Statements[0].Equal(s) {
			t.Errorf("the bytes of statement %d are another: %+v", i, again.Statements[0])
		}
	}
}

// Large policies are read, each statement with its place.
func TestParseLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"Statement":[`)
	const n = 10000
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"Sid":"s%d","Effect":"Allow","Action":["s3:Get%d","s3:Put%d"],"Resource":"arn:aws:s3:::b%d/*"}`, i, i, i, i)
	}
	b.WriteString(`]}`)
	d, err := Parse([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Statements) != n || d.Statements[n-1].Span.Line != n {
		t.Errorf("%d statements, the last on line %d", len(d.Statements), d.Statements[len(d.Statements)-1].Span.Line)
	}
	p := MustCompile(d)
	s := &Stack{Identity: p}
	got := s.Evaluate(Request{Principal: "arn:aws:iam::111122223333:user/a", Action: "s3:Put9999", Resource: "arn:aws:s3:::b9999/k"})
	if got.Outcome != Allowed || got.Reasons[0].Statement != n-1 {
		t.Errorf("%+v", got)
	}
}

func TestFormat(t *testing.T) {
	d, err := Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:b","a:c"],"Resource":"*"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Format()
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "a:b",
        "a:c"
      ],
      "Resource": "*"
    }
  ]
}
`
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
}

// What IAM's JSON cannot say is not printed as something else.
func TestPrintRefusesTwoOfOneKey(t *testing.T) {
	c := Condition{"StringEquals", "aws:x", []string{"a"}}
	s := &Statement{Actions: []string{"*"}, Conditions: []Condition{c, c}}
	if out, err := s.MarshalJSON(); err == nil {
		t.Errorf("printed as %s", out)
	}
	if len(s.Hash()) != 8 {
		t.Errorf("hash %q", s.Hash())
	}
}

func TestHash(t *testing.T) {
	parse := func(s string) *Statement {
		d, err := Parse([]byte(`{"Statement":` + s + `}`))
		if err != nil {
			t.Fatal(err)
		}
		return d.Statements[0]
	}
	a := parse(`{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	b := parse(`   {"Action":["s3:*"],"Effect":"Allow","Resource":"*"}`)
	c := parse(`{"Effect":"Allow","Action":"s3:*","Resource":["*","x"]}`)
	if a.Hash() != b.Hash() {
		t.Error("a Sid or a list of one changes the hash")
	}
	if a.Hash() == c.Hash() {
		t.Error("another resource has the same hash")
	}
	if len(a.Hash()) != 8 || a.Equal(b) || !b.Equal(parse(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)) {
		t.Errorf("hash %q, equal %v", a.Hash(), a.Equal(b))
	}
}

// drawStatement makes any statement that IAM's grammar can say.
func drawStatement(t *rapid.T) *Statement {
	text := rapid.StringN(0, 8, -1)
	list := func(name string) []string { return rapid.SliceOfN(text, 0, 3).Draw(t, name) }
	s := &Statement{
		Sid:       text.Draw(t, "sid"),
		Effect:    Effect(rapid.IntRange(0, 1).Draw(t, "effect")),
		Actions:   list("actions"),
		NotAction: rapid.Bool().Draw(t, "notAction"),
	}
	if rapid.Bool().Draw(t, "hasResource") {
		s.Resources, s.NotResource = list("resources"), rapid.Bool().Draw(t, "notResource")
	}
	if rapid.Bool().Draw(t, "hasPrincipal") {
		s.NotPrincipal = rapid.Bool().Draw(t, "notPrincipal")
		s.Principals = []Principal{}
		for _, kind := range []string{"AWS", "Service", "Federated"} {
			for _, v := range list(kind) {
				s.Principals = append(s.Principals, Principal{kind, v})
			}
		}
		if len(s.Principals) == 0 {
			s.Principals = []Principal{{"*", "*"}}
		}
	}
	for _, op := range []string{"StringEquals", "Bool"} {
		for _, key := range []string{"aws:a", "aws:b"} {
			if rapid.Bool().Draw(t, op+key) {
				s.Conditions = append(s.Conditions, Condition{op, key, list("values")})
			}
		}
	}
	return s
}

func TestPrintRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &Document{
			Version: rapid.SampledFrom([]string{"", "2012-10-17", "2008-10-17"}).Draw(t, "version"),
			ID:      rapid.StringN(0, 5, -1).Draw(t, "id"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "statements") {
			d.Statements = append(d.Statements, drawStatement(t))
		}
		flat, err := d.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		indented, err := d.Format()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{flat, indented} {
			again, err := Parse(text)
			if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			if !again.Equal(d) {
				t.Fatalf("read back as another: %s", text)
			}
			for i, s := range again.Statements {
				if s.Hash() != d.Statements[i].Hash() {
					t.Fatalf("statement %d has another hash", i)
				}
			}
			if b, _ := again.MarshalJSON(); string(b) != string(flat) {
				t.Fatalf("printed anew as %s", b)
			}
		}
	})
}
