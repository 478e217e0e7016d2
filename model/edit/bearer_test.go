package edit_test

import (
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
)

// bounded is the shop with a policy that is attached to ShopRole, is the boundary of MailerRole, and lies on nobody
// else's stack.
func bounded(t *testing.T, statements ...string) *model.Design {
	t.Helper()
	d := shop(t)
	guard := &model.Policy{ID: "policy/guard", LogicalID: "Guard", Name: "guard", ARN: account + "policy/guard", Managed: true, Stack: "shop", Origin: at(85), Document: document(t, 86, statements...)}
	shopRole, mailer := *d.Role("role/ShopRole"), *d.Role("role/MailerRole")
	shopRole.Policies = append(shopRole.Policies[:len(shopRole.Policies):len(shopRole.Policies)], guard.ID)
	mailer.Boundary = guard.ID
	d, err := d.With(model.Change{After: guard}, model.Change{Before: d.Role("role/ShopRole"), After: &shopRole}, model.Change{Before: d.Role("role/MailerRole"), After: &mailer})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTightenLooksAtWhomThePolicyBounds(t *testing.T) {
	// What ShopRole is denied here it is denied by NoTables as well; MailerRole is denied it by its boundary alone.
	const all = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
	noTables := `{"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"}`
	drop := &edit.Tighten{Role: "role/ShopRole", Policy: "policy/guard", Statement: index(1), Drop: true}

	d := bounded(t, all, noTables)
	_, err := drop.Apply(d)
	if r := refused(err); r == nil || !r.Undecided || !strings.Contains(r.Why, "the denial statement 2 is missing") {
		t.Errorf("MailerRole's own policies allow it in no case, a resource policy might: %v", err)
	}
	_, err = drop.Apply(withStatement(t, d, "role/MailerRole", all))
	r := refused(err)
	if r == nil || r.Undecided || r.Witness == nil || !strings.HasPrefix(r.Why, "MailerRole would be allowed") {
		t.Fatalf("the boundary of MailerRole lost a denial: %v", err)
	}
	if r.Witness.Action != "dynamodb:DeleteTable" || r.Witness.Principal != d.Role("role/MailerRole").ARN {
		t.Errorf("the witness is %+v", r.Witness)
	}

	// A boundary that allows more where no identity policy does is open to resource policies that name the role.
	d = bounded(t, `{"Effect": "Allow", "Action": ["sqs:*", "lambda:*", "logs:*"], "Resource": "*"}`)
	wider := &edit.Tighten{Role: "role/ShopRole", Policy: "policy/guard", Statement: index(0), Actions: []string{"sqs:*", "dynamodb:Query"}}
	_, err = wider.Apply(d)
	if r := refused(err); r == nil || !r.Undecided || !strings.Contains(r.Why, "MailerRole") || !strings.Contains(r.Why, "boundary") {
		t.Errorf("a wider boundary: %v", err)
	}
}

// withStatement is the design with one more inline policy of a role.
func withStatement(t *testing.T, d *model.Design, id model.ID, statement string) *model.Design {
	t.Helper()
	role := *d.Role(id)
	p := &model.Policy{ID: model.ID("policy/more/" + string(id)), Name: "more", Stack: "shop", Origin: at(95), Document: document(t, 96, statement)}
	role.Policies = append(role.Policies[:len(role.Policies):len(role.Policies)], p.ID)
	d, err := d.With(model.Change{Before: d.Role(id), After: &role}, model.Change{After: p})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTightenSaysWhoseBoundaryGetsSmaller(t *testing.T) {
	d := bounded(t, `{"Effect": "Allow", "Action": ["sqs:*", "lambda:*", "logs:*"], "Resource": "*"}`)
	r := apply(t, d, &edit.Tighten{Role: "role/ShopRole", Policy: "policy/guard", Statement: index(0), Actions: []string{"lambda:*", "logs:*"}})
	for _, want := range []string{"the policy is attached to ShopRole and is the permissions boundary of MailerRole", "the mapping from Outbox would stop: MailerRole is no longer allowed"} {
		if !contains(r.Warnings, want) {
			t.Errorf("no warning %q in %q", want, r.Warnings)
		}
	}
	_, err := (&edit.Tighten{Role: "role/ShopRole", Policy: "policy/guard", Statement: index(0), Drop: true}).Apply(d)
	if err == nil || !strings.Contains(err.Error(), "permissions boundary of MailerRole") {
		t.Errorf("a boundary without statements: %v", err)
	}
}

func TestTightenProvesForEveryoneWhoHasThePolicy(t *testing.T) {
	// The first who has it is denied it elsewhere, the last is not.
	deny := `{"Effect": "Deny", "Action": "ssm:PutParameter", "Resource": "*"}`
	d := shop(t)
	shared := *d.Policy("policy/shared")
	shared.Document = document(t, 81, `{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}`, deny)
	d, err := d.With(model.Change{Before: d.Policy("policy/shared"), After: &shared})
	if err != nil {
		t.Fatal(err)
	}
	for _, spared := range []model.ID{"role/ShopRole", "role/MailerRole"} {
		_, err := (&edit.Tighten{Role: "role/ShopRole", Policy: "policy/shared", Statement: index(1), Drop: true}).Apply(withStatement(t, d, spared, deny))
		gains := "MailerRole"
		if spared == "role/MailerRole" {
			gains = "ShopRole"
		}
		if r := refused(err); r == nil || r.Undecided || !strings.HasPrefix(r.Why, gains+" would") {
			t.Errorf("%s is denied it elsewhere: %v", spared, err)
		}
	}
}

func TestTightenLooksAtWhoIsInTheGroup(t *testing.T) {
	group := func(id string) *model.Principal {
		return &model.Principal{ID: model.ID("group/" + id), Kind: "group", Name: id, ARN: account + "group/" + id, Origin: at(20)}
	}
	user := &model.Principal{ID: "user/u", Kind: "user", Name: "u", ARN: account + "user/u", Groups: []model.ID{"group/g"}, Policies: []model.ID{"policy/u"}, Origin: at(30)}
	g := group("g")
	g.Policies = []model.ID{"policy/g"}
	d, err := model.New(model.Info{Name: "a", Kind: "account", Partition: "aws", Account: "123456789012"}, g, group("h"), user,
		&model.Policy{ID: "policy/u", Name: "p", Document: document(t, 31, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)},
		&model.Policy{ID: "policy/g", Name: "gp", Document: document(t, 41, `{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}`, `{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}`)})
	if err != nil {
		t.Fatal(err)
	}
	drop := &edit.Tighten{Role: "group/g", Policy: "policy/g", Statement: index(1), Drop: true, Confirm: true}
	_, err = drop.Apply(d)
	if r := refused(err); r == nil || r.Undecided || r.Witness == nil || r.Witness.Action != "s3:DeleteBucket" || r.Witness.Principal != user.ARN || !strings.HasPrefix(r.Why, "u would") {
		t.Errorf("u is in the group and allowed everything: %v", err)
	}
	outside := *user
	outside.Groups = []model.ID{"group/h"}
	if d, err = d.With(model.Change{Before: user, After: &outside}); err != nil {
		t.Fatal(err)
	}
	if r, err := drop.Apply(d); err != nil || r.Unproven == "" {
		t.Errorf("with nobody in the group it is undecided: %v", err)
	}
}
