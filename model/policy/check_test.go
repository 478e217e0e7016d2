package policy

import (
	"strings"
	"testing"

	"bulkhead/model/catalog"
)

func TestCheck(t *testing.T) {
	c := catalog.Load()
	for _, x := range []struct{ name, in, want string }{
		{"nothing", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:get*","*"],"Resource":["arn:aws:s3:::a/${aws:username}/*","*","${Bucket}"]}]}`, ""},
		{"a misspelled action", `{"Statement":{"Effect":"Allow","Action":"s3:GetObjet","Resource":"*"}}`, `warning 1:41: AWS lists no action "s3:GetObjet" (It is kept as written. Is it s3:GetObject?)`},
		{"a misspelled service", `{"Statement":{"Effect":"Allow","Action":"s33:GetObject","Resource":"*"}}`, `warning 1:41: no service has the prefix "s33"`},
		{"a pattern of nothing", `{"Statement":{"Effect":"Allow","Action":"s3:Gat*","Resource":"*"}}`, `warning 1:41: no action matches "s3:Gat*"`},
		{"no action at all", `{"Statement":{"Effect":"Allow","Action":"s3","Resource":"*"}}`, `error 1:41: "s3" is not an action`},
		{"an empty list", `{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}`, `error 1:41: Action is empty`},
		{"no statements", `{"Statement":[]}`, `warning 1:1: the policy has no statements`},
		{"no ARN", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"bucket/*"}}`, `error 1:56: resource "bucket/*" is neither an ARN nor *`},
		{"a variable in the wrong place", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q"}}`, `warning 1:79: resource "arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q" has a variable before its fifth colon`},
		{"variables in an old version", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::a/${aws:username}"}}`, `warning 1:56: policy variables without Version 2012-10-17`},
		{"a wildcard in a principal", `{"Statement":{"Effect":"Allow","Action":"*","Principal":{"AWS":"arn:aws:iam::1:role/*"}}}`, `error 1:64: principal "arn:aws:iam::1:role/*" has a wildcard`},
		{"NotPrincipal with Allow", `{"Statement":{"Effect":"Allow","Action":"*","NotPrincipal":{"AWS":"1"}}}`, `warning 1:60: NotPrincipal with Allow`},
		{"an unknown operator", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqual":{"aws:RequestedRegion":"a"}}}}`, `error 1:73: "StringEqual" is not a condition operator`},
		{"values of a wrong kind", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":"ten"},"IpAddress":{"aws:SourceIp":["10.0.0.0/33","${Net}"]},"Bool":{"aws:SecureTransport":"yes"}}}}`,
			`error 1:106: NumericLessThan s3:max-keys: "ten" is not a number
error 1:142: IpAddress aws:SourceIp: "10.0.0.0/33" is not an IP address or range
error 1:197: Bool aws:SecureTransport: "yes" is not true or false`},
	} {
		t.Run(x.name, func(t *testing.T) {
			var got []string
			for _, d := range mustParse(t, x.in).Check(c, Setting{Place: Places([]byte(x.in))}) {
				line := strings.TrimSuffix(strings.TrimPrefix(d.String(), ":"), "")
				place, rest, _ := strings.Cut(line, ": ")
				word, summary, _ := strings.Cut(rest, ": ")
				text := word + " " + place + ": " + summary
				if strings.Contains(x.want, "(") && !strings.Contains(x.want, "ISO") {
					text += " (" + d.Detail + ")"
				}
				if d.Detail == "" {
					t.Errorf("%s has no detail", summary)
				}
				got = append(got, text)
			}
			if s := strings.Join(got, "\n"); s != x.want {
				t.Errorf("got  %s\nwant %s", s, x.want)
			}
		})
	}
}

// AWS's own policies have nothing that AWS would refuse.
func TestCheckManagedPolicies(t *testing.T) {
	c := catalog.Load()
	for _, name := range c.ManagedPolicies() {
		for _, d := range mustParse(t, string(c.ManagedPolicy(name).Document)).Check(c, Setting{Type: ManagedPolicy}) {
			if d.Severity.String() == "error" {
				t.Errorf("%s: %s: %s", name, d.Summary, d.Detail)
			}
		}
	}
}
