package reach

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
)

// Starts outside the account: what anyone, another account or an identity provider reaches through resource and trust
// policies and open routes, and onward from there.
func TestStrangers(t *testing.T) {
	const other = "999988887777"
	b := build(t)
	open := b.function("Open", allow("s3:GetObject", "*"))
	b.trigger("", open.ID, "function-url").Open = true
	open.Policy = document(t, public(open, callsURL, invokes))
	data := b.bucket("data")
	data.Policy = document(t, `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "`+data.ARN+`/public/*"},
		{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::`+other+`:role/reader"}, "Action": "s3:PutObject", "Resource": "`+data.ARN+`/*"}`)
	b.trigger(data.ID, "fn/Worker", "s3-notification")
	b.function("Worker")
	q := b.queue("Q")
	q.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "`+other+`"}, "Action": "sqs:SendMessage", "Resource": "`+q.ARN+`"}`)
	b.table("T")
	b.role("Partner", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::`+other+`:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}`, allow("dynamodb:GetItem", "*"))
	b.role("CI", `{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::`+testAccount+`:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/mine:*"}}}`, allow("lambda:UpdateFunctionCode", functionARN("Worker")))
	b.role("Own", `{"Effect": "Allow", "Principal": {"AWS": "`+testAccount+`"}, "Action": "sts:AssumeRole"}`)
	a := analyse(t, b.design(), nil)
	want := map[model.ID][]string{
		"outside/anyone":       {"must fn/Open invoke", "must res/data read public/*"},
		"outside/999988887777": {"may role/Partner secret", "may res/T read", "must fn/Open invoke", "must res/Q send", "must res/data read public/*"},
		"outside/arn:aws:iam::999988887777:role/reader": {"must fn/Open invoke", "must fn/Worker invoke", "must res/data read,write"},
		"outside/token.actions.githubusercontent.com":   {"may fn/Worker write", "may res/data read public/*", "may role/CI secret"},
	}
	if got := a.Strangers(); len(got) != len(want) || got[0] != Anyone {
		t.Errorf("strangers %v", got)
	}
	for id, w := range want {
		breach := a.Breach(id)
		if breach == nil {
			t.Errorf("%s is no start", id)
			continue
		}
		var got []string
		for _, h := range breach.Hits {
			if h.Fed {
				continue
			}
			var caps []string
			for _, c := range h.Capabilities.All() {
				caps = append(caps, c.String())
			}
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", h.Certainty, h.Target, strings.Join(caps, ","), h.Part)))
		}
		slices.Sort(got)
		slices.Sort(w)
		if !slices.Equal(got, w) {
			t.Errorf("%s reaches\n  %s\nnot\n  %s", id, strings.Join(got, "\n  "), strings.Join(w, "\n  "))
		}
	}
}

// A route that asks for an API key is open to whoever has it: perhaps, and so it says.
func TestKeyedRoute(t *testing.T) {
	b := build(t)
	f := b.function("F")
	tr := b.trigger("", f.ID, "graphql")
	tr.Open, tr.Keyed = true, true
	d := b.design()
	a := analyse(t, d, nil)
	o := a.OpeningsOn(f.ID)
	if len(o) != 1 || o[0].Certainty != May || !strings.HasPrefix(o[0].Sentence(d), "anyone with the API key can call F") {
		t.Errorf("openings %+v", o)
	}
	h := hitOf(a.Breach(Anyone), f.ID)
	if h == nil || h.Certainty != May || !strings.Contains(h.Sentence(d), "if it has the API key") {
		t.Errorf("hit %+v", h)
	}
}

// A user of the account that is made elsewhere is a start where a policy names it: by that policy it surely does what the
// policy says, no more, and what its own policies add is said to be unseen. In another account it may do what that one
// lets it.
func TestResidents(t *testing.T) {
	const other = "999988887777"
	b := build(t)
	user := "arn:aws:iam::" + testAccount + ":user/ops/starter"
	b.role("Helpdesk", `{"Effect": "Allow", "Principal": {"AWS": "`+user+`"}, "Action": "sts:AssumeRole"}`, allow("s3:GetObject", "*"))
	b.role("Known", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::`+testAccount+`:role/Helpdesk"}, "Action": "sts:AssumeRole"}`)
	b.bucket("data")
	log := b.bucket("log")
	log.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "`+user+`"}, "Action": "s3:PutObject", "Resource": "`+log.ARN+`/*"}`)
	far := b.bucket("far")
	far.Account = other
	far.Policy = document(t, `{"Effect": "Allow", "Principal": {"AWS": "`+user+`"}, "Action": "s3:DeleteObject", "Resource": "`+far.ARN+`/*"}`)
	a := analyse(t, b.design(), nil)
	if got := a.Strangers(); len(got) != 1 {
		t.Fatalf("strangers %v", got)
	}
	for _, name := range []string{user, "starter", "outside/" + user} {
		if id, ok := a.Stranger(name); !ok || id != a.Strangers()[0] {
			t.Errorf("%s is %q", name, id)
		}
	}
	if id, ok := a.Stranger("start"); ok {
		t.Errorf("start is %s", id)
	}
	breach := a.Breach(a.Strangers()[0])
	var got []string
	for _, h := range breach.Hits {
		var caps []string
		for _, c := range h.Capabilities.All() {
			caps = append(caps, c.String())
		}
		got = append(got, fmt.Sprintf("%s %s %s", h.Certainty, h.Target, strings.Join(caps, ",")))
	}
	slices.Sort(got)
	want := []string{"must res/data read", "must res/far delete", "must res/log read,write", "must role/Helpdesk secret", "must role/Known secret"}
	if !slices.Equal(got, want) {
		t.Errorf("reaches %q, not %q", got, want)
	}
	if len(breach.NotSeen) == 0 {
		t.Error("nothing is said to be unseen")
	}
}

// Who has a token of an identity provider that everybody's jobs share says whom it is for, and not whose job it is; an account
// that nobody tells is another one.
func TestSharedProviders(t *testing.T) {
	const github = "token.actions.githubusercontent.com"
	const assumed = `"Action": "sts:AssumeRoleWithWebIdentity"`
	federated := func(host, conditions string) string {
		return `{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::` + testAccount + `:oidc-provider/` + host + `"}, ` + assumed + `, "Condition": {` + conditions + `}}`
	}
	for _, c := range []struct{ name, trust, start, want string }{
		{"whoever's job", federated(github, `"StringEquals": {"`+github+`:aud": "sts.amazonaws.com"}`), "outside/" + github, "must"},
		{"whoever's job, for either", federated(github, `"StringLike": {"`+github+`:aud": ["sts.amazonaws.com", "https://github.com/*"]}`), "outside/" + github, "must"},
		{"the job of one repository", federated(github, `"StringEquals": {"`+github+`:aud": "sts.amazonaws.com", "`+github+`:sub": "repo:bakery/oven:ref:refs/heads/main"}`), "outside/" + github, "may"},
		{"a provider of one's own", federated("login.bakery.example", `"StringEquals": {"login.bakery.example:aud": "oven"}`), "outside/login.bakery.example", "may"},
		{"an account that nobody tells", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${Partner}:root"}, "Action": "sts:AssumeRole"}`, "outside/$%7BPartner%7D", "must"},
		{"a role of it", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${Partner}:role/baker"}, "Action": "sts:AssumeRole"}`, "outside/arn:aws:iam::$%7BPartner%7D:role/baker", "must"},
		{"that knows a word", `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${Partner}:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "yeast"}}}`, "outside/$%7BPartner%7D", "may"},
		{"a denial", federated(github, `"StringEquals": {"`+github+`:aud": "sts.amazonaws.com"}`) + `, {"Effect": "Deny", "Principal": "*", ` + assumed + `}`, "outside/" + github, ""},
	} {
		b := build(t)
		b.role("Oven", c.trust, adminGrant)
		an := b.analyse()
		x := an.Breach(model.ID(c.start))
		if x == nil {
			t.Errorf("%s: %s is no start, but %v", c.name, c.start, an.Strangers())
			continue
		}
		got := runsTo(x, "role/Oven")
		if _, certainty, _ := strings.Cut(got, " "); certainty != c.want || x.Admin != (c.want != "") {
			t.Errorf("%s: %q, not %q; admin %v", c.name, got, c.want, x.Admin)
		}
	}
}
