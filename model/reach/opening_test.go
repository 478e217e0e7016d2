package reach

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestOpenings(t *testing.T) {
	const other = "999988887777"
	on := func(principal, condition string) string {
		return `{"Effect": "Allow", "Principal": ` + principal + `, "Action": "lambda:InvokeFunction", "Resource": "` + functionARN("F") + `"` + condition + `}`
	}
	s3 := `{"Service": "s3.amazonaws.com"}`
	for _, c := range []struct {
		name, policy string
		want         []string
	}{
		{"own bucket", on(s3, `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::data"}}`), nil},
		{"own account", on(s3, `, "Condition": {"StringEquals": {"aws:SourceAccount": "`+testAccount+`"}}`), nil},
		{"own organization", on(s3, `, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}`), []string{"account must s3.amazonaws.com"}},
		{"no source", on(s3, ""), []string{"deputy must s3.amazonaws.com"}},
		{"any bucket", on(s3, `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}`), []string{"deputy must s3.amazonaws.com"}},
		{"any account's rule", on(`{"Service": "events.amazonaws.com"}`, `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}}`), []string{"deputy must events.amazonaws.com"}},
		{"own account's rule", on(`{"Service": "events.amazonaws.com"}`, `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:`+testAccount+`:rule/*"}}`), nil},
		{"any source, of the own account", on(s3, `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}, "StringEquals": {"aws:SourceAccount": "`+testAccount+`"}}`), nil},
		{"a secret", on(`{"Service": "alexa-appkit.amazon.com"}`, `, "Condition": {"StringEquals": {"lambda:EventSourceToken": "t"}}`), []string{"deputy may alexa-appkit.amazon.com"}},
		{"another account", on(`{"AWS": "`+other+`"}`, ""), []string{"account must " + other}},
		{"another account's role", on(`{"AWS": "arn:aws:iam::`+other+`:role/ci"}`, ""), []string{"account must arn:aws:iam::" + other + ":role/ci"}},
		{"the own account", on(`{"AWS": "`+testAccount+`"}`, ""), nil},
		{"anyone", on(`"*"`, ""), []string{"anyone must *"}},
		{"anyone but one", strings.Replace(on(`{"AWS": "arn:aws:iam::`+other+`:root"}`, ""), "Principal", "NotPrincipal", 1), []string{"anyone must *"}},
		{"anyone of the organization", on(`"*"`, `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}`), []string{"account must o-1"}},
		{"anyone, by our topic", on(`"*"`, `, "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:`+testAccount+`:T"}}`), nil},
		{"anyone, denied", on(`"*"`, "") + `, {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "` + testAccount + `"}}}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F")
			f.Policy = document(t, c.policy)
			var got []string
			for _, o := range analyse(t, b.design(), nil).OpeningsOn("fn/F") {
				got = append(got, fmt.Sprintf("%s %s %s", o.Kind, o.Certainty, o.Principal))
				if len(o.Evidence) == 0 || o.Evidence[0].From != f.Policy.Statements[0] {
					t.Errorf("%s opens by %v", o.Principal, o.Evidence)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("opens to %q, not %q", got, c.want)
			}
		})
	}
}

// Roles open to other accounts and to identity providers, queues to services; routes without authorizer to anyone.
func TestOpeningsElsewhere(t *testing.T) {
	const github = "arn:aws:iam::" + testAccount + ":oidc-provider/token.actions.githubusercontent.com"
	web := func(condition string) string {
		return `{"Effect": "Allow", "Principal": {"Federated": "` + github + `"}, "Action": "sts:AssumeRoleWithWebIdentity"` + condition + `}`
	}
	b := build(t)
	b.function("F")
	b.trigger("", "fn/F", "api-route").Open = true
	b.role("Partner", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole"}`)
	b.role("PartnerWithID", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}`)
	b.role("CI", web(`, "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/mine:*"}}`))
	b.role("AnyCI", web(`, "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`))
	q := b.queue("Q")
	q.Policy = document(t, `{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "`+q.ARN+`"}`)
	var got []string
	for _, o := range analyse(t, b.design(), nil).Openings() {
		got = append(got, fmt.Sprintf("%s %s %s", o.On, o.Kind, o.Certainty))
	}
	slices.Sort(got)
	want := []string{"fn/F anyone must", "res/Q deputy must", "role/AnyCI federated may", "role/CI federated may", "role/Partner account must", "role/PartnerWithID account may"}
	if !slices.Equal(got, want) {
		t.Errorf("openings %q, not %q", got, want)
	}
}
