package edit_test

import (
	"testing"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// What names the whole, and what two functions would be called, is said before anybody deploys it.
func TestSplitSaysItsHazards(t *testing.T) {
	role := arnOf("role", generated("ShopRole"))
	d := withPolicy(t, shop(t), "res/Photos", `{"Effect": "Allow", "Principal": {"AWS": "`+role+`"}, "Action": "s3:PutObject", "Resource": "`+arnOf("bucket", generated("Photos"))+`/*"}`)
	other := *d.Role("role/MailerRole")
	other.Trust = &policy.Document{Version: "2012-10-17", Statements: append(document(t, 98, `{"Effect": "Allow", "Principal": {"AWS": "`+role+`"}, "Action": "sts:AssumeRole"}`).Statements, other.Trust.Statements...)}
	d = withElement(t, d, model.Change{Before: d.Role("role/MailerRole"), After: &other})

	s := inHalves(true)
	s.Parts[0].FunctionName = generated("Mailer")
	r := apply(t, d, s)
	for _, want := range []string{
		"the policy of res/Photos names role/ShopRole; it does not name the roles of Catalog",
		"the trust policy of role/MailerRole names role/ShopRole; it does not name the roles of Catalog",
		"fn/Catalog and fn/Mailer have the same physical name " + generated("Mailer"),
		"MailerRole may call fn/Shop by name; it may not call Catalog",
	} {
		if !contains(r.Warnings, want) {
			t.Errorf("no warning %q in %q", want, r.Warnings)
		}
	}

	// Where no part stays, both name the one that takes the whole's place, and so does the caller.
	r = apply(t, d, inHalves(false))
	if !contains(r.Warnings, "the policy of res/Photos names role/ShopRole; it does not name the roles of Catalog") || contains(r.Warnings, "roles of Catalog and Rest") {
		t.Errorf("warnings: %q", r.Warnings)
	}
	if !allows(t, r.Design, "role/MailerRole", "lambda:InvokeFunction", arnOf("function", generated("Rest"))) {
		t.Error("Mailer cannot call the part that took the place of Shop")
	}

	// Where nothing names the whole there is nothing to say.
	plain := shop(t)
	mute := *plain.Policy("policy/MailerRole/main")
	mute.Document = document(t, 71, `{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}`)
	r = apply(t, withElement(t, plain, model.Change{Before: plain.Policy("policy/MailerRole/main"), After: &mute}), inHalves(true))
	for _, no := range []string{"does not name", "may call", "same physical name"} {
		if contains(r.Warnings, no) {
			t.Errorf("%q in %q", no, r.Warnings)
		}
	}
}
