package edit_test

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

// keeping is a split of Shop in which the second part stays.
func keeping() *edit.Split {
	return &edit.Split{Function: "fn/Shop", Parts: []edit.Part{
		{Name: "Catalog", Handler: "catalog.handler", Triggers: []string{"List"}, Environment: []string{"PRODUCTS"},
			Grants: []edit.Access{{Actions: []string{"dynamodb:GetItem", "dynamodb:Query"}, Resources: []string{"res/Products"}}}},
		{Name: "Shop", Keeps: true, Triggers: []string{"trigger/Shop/Checkout"}, Environment: []string{"ORDERS"},
			Grants: []edit.Access{{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"res/Orders"}}, {Actions: []string{"sqs:SendMessage"}, Resources: []string{"res/Outbox"}}}},
	}}
}

func TestSplitWithAPartThatStays(t *testing.T) {
	d := shop(t)
	r := apply(t, d, keeping())
	after := r.Design

	var order []string
	for _, f := range after.Functions() {
		order = append(order, string(f.ID))
	}
	if got := strings.Join(order, " "); got != "fn/Catalog fn/Shop fn/Mailer" {
		t.Errorf("functions stand as %s", got)
	}
	catalog, kept, whole := after.Function("fn/Catalog"), after.Function("fn/Shop"), d.Function("fn/Shop")
	if catalog.Origin != whole.Origin || catalog.Name != "shop-Catalog-GENERATED" || catalog.ARN != arnOf("function", "shop-Catalog-GENERATED") ||
		catalog.Handler != "catalog.handler" || catalog.Role != "role/CatalogRole" || catalog.RoleARN != arnOf("role", "shop-CatalogRole-GENERATED") || catalog.Code != whole.Code {
		t.Errorf("catalog is %+v", catalog)
	}
	if kept.Name != whole.Name || kept.Handler != whole.Handler || kept.Role != whole.Role {
		t.Errorf("the part that stays is %+v", kept)
	}
	if len(catalog.Environment) != 1 || catalog.Environment[0].Name != "PRODUCTS" || len(kept.Environment) != 1 || kept.Environment[0].Name != "ORDERS" {
		t.Errorf("environments: %v and %v", catalog.Environment, kept.Environment)
	}
	if role, old := after.Role("role/CatalogRole"), d.Role("role/ShopRole"); role.Trust != old.Trust || role.Boundary != old.Boundary || role.Origin != old.Origin {
		t.Errorf("the new role is %+v", role)
	}

	// Triggers move with the permission that lets them in, and nothing else does.
	if tr := after.Trigger("trigger/Catalog/List"); tr == nil || tr.To != "fn/Catalog" || tr.Origin != d.Trigger("trigger/Shop/List").Origin || after.Trigger("trigger/Shop/List") != nil {
		t.Errorf("the moved trigger is %+v", tr)
	}
	if after.Trigger("trigger/Shop/Checkout") != d.Trigger("trigger/Shop/Checkout") {
		t.Error("the other trigger was touched")
	}
	if len(catalog.Policy.Statements) != 1 || catalog.Policy.Statements[0].Resources[0] != catalog.ARN || catalog.Policy.Statements[0].Span != whole.Policy.Statements[0].Span {
		t.Errorf("catalog's policy is %+v", catalog.Policy.Statements)
	}
	if len(kept.Policy.Statements) != 1 || kept.Policy.Statements[0] != whole.Policy.Statements[1] {
		t.Errorf("shop's policy is %+v", kept.Policy.Statements)
	}

	products, orders, outbox := d.Resource("res/Products").ARN, d.Resource("res/Orders").ARN, d.Resource("res/Outbox").ARN
	if got, want := saying(after.Policy("policy/CatalogRole/CatalogRolePolicy0")), `{"Sid":"Tables","Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Query"],"Resource":"`+products+`"}
{"Sid":"NoTables","Effect":"Deny","Action":"dynamodb:DeleteTable","Resource":"*"}`; got != want {
		t.Errorf("catalog may\n%s\nwant\n%s", got, want)
	}
	if got, want := saying(after.Policy("policy/ShopRole/main")), `{"Sid":"Tables","Effect":"Allow","Action":"dynamodb:PutItem","Resource":"`+orders+`"}
{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"`+outbox+`","Condition":{"Bool":{"aws:SecureTransport":"true"}}}
{"Sid":"NoTables","Effect":"Deny","Action":"dynamodb:DeleteTable","Resource":"*"}`; got != want {
		t.Errorf("shop may\n%s\nwant\n%s", got, want)
	}
	old := d.Policy("policy/ShopRole/main").Document.Statements
	if now := after.Policy("policy/ShopRole/main").Document.Statements; now[2] != old[2] || now[1].Span != old[1].Span {
		t.Error("statements lost their pointers or places")
	}
	for _, id := range []model.ID{"role/CatalogRole", "role/ShopRole"} {
		if v := stackOf(t, after, id).Within(stackOf(t, d, "role/ShopRole")); v.Answer != policy.Yes {
			t.Errorf("%s is not within the whole: %v %s", id, v.Answer, v.Why)
		}
		if !allows(t, after, id, "logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/x:log-stream:y") {
			t.Errorf("%s cannot write logs", id)
		}
	}
	for _, want := range []string{"every other dynamodb:* action", "sqs:ReceiveMessage", "ssm:GetParameter", "AmazonS3ReadOnlyAccess", "Mail", "environment variable MODE"} {
		if !contains(r.Warnings, want) {
			t.Errorf("%q is not listed as dropped: %q", want, r.Warnings)
		}
	}
	if after.Policy("policy/shared") == nil || len(after.Role("role/MailerRole").Policies) != 2 {
		t.Error("the policy that Mailer shares went with the split")
	}
	if d.Function("fn/Catalog") != nil || d.Function("fn/Shop") != whole {
		t.Error("the design before was written")
	}
}

// What is left over is said as it stands: of a wildcard all but what was taken, of named resources those that were not.
func TestSplitSaysWhereDroppedAccessWas(t *testing.T) {
	for name, c := range map[string]struct {
		narrow []string // resources of statement Tables before the split
		want   string
	}{
		"a wildcard":       {nil, "dropped: every other dynamodb:* action; dynamodb:* elsewhere than on Products and Orders (statement Tables of main)"},
		"named resources":  {[]string{"res/Orders", "res/Products", "res/Products/index/*"}, "dropped: every other dynamodb:* action; dynamodb:* on Products/index/* (statement Tables of main)"},
		"a smaller range":  {[]string{"arn:aws:dynamodb:us-east-1:123456789012:table/*"}, "dropped: every other dynamodb:* action; dynamodb:* on arn:aws:dynamodb:us-east-1:123456789012:table/* elsewhere than on Products and Orders (statement Tables of main)"},
		"nothing but that": {[]string{"res/Orders", "res/Products"}, "dropped: every other dynamodb:* action (statement Tables of main)"},
	} {
		d := shop(t)
		if c.narrow != nil {
			d = apply(t, d, &edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/main", Statement: edit.StatementRef{Sid: "Tables"}, Resources: c.narrow}).Design
		}
		if r := apply(t, d, keeping()); !slices.Contains(r.Warnings, c.want) {
			t.Errorf("%s: %q is not said: %q", name, c.want, r.Warnings)
		}
	}
}

// A part that does nothing is not passed off as a gain.
func TestSplitSaysThatAPartIsEmpty(t *testing.T) {
	s := keeping()
	s.Parts = append(s.Parts, edit.Part{Name: "Nothing"})
	const want = "part Nothing is empty"
	if r := apply(t, shop(t), s); !contains(r.Warnings, want) {
		t.Errorf("%q is not said: %q", want, r.Warnings)
	}
	if r := apply(t, shop(t), keeping()); contains(r.Warnings, "is empty") {
		t.Errorf("no part is empty: %q", r.Warnings)
	}
}

func TestSplitRefuses(t *testing.T) {
	d := shop(t)
	tests := []struct {
		name   string
		change func(*edit.Split)
		want   string
	}{
		{"one part", func(s *edit.Split) { s.Parts = s.Parts[:1] }, "at least two parts"},
		{"no such function", func(s *edit.Split) { s.Function = "fn/Nothing" }, "there is no function fn/Nothing"},
		{"a trigger twice", func(s *edit.Split) { s.Parts[1].Triggers = []string{"List", "Checkout"} }, "goes to Catalog and Shop"},
		{"no such trigger", func(s *edit.Split) { s.Parts[0].Triggers = []string{"Nothing"} }, "there is no trigger Nothing; there are List and Checkout"},
		{"a trigger for nobody", func(s *edit.Split) { s.Parts[1] = edit.Part{Name: "Rest"} }, "no part names trigger Checkout"},
		{"no such variable", func(s *edit.Split) { s.Parts[0].Environment = []string{"NOTHING"} }, "has no environment variable NOTHING"},
		{"two that stay", func(s *edit.Split) { s.Parts[0].Keeps, s.Parts[0].Name = true, "Shop" }, "Shop"},
		{"one that stays under another name", func(s *edit.Split) { s.Parts[1].Name = "Checkout" }, "so it is called Shop"},
		{"a name that is taken", func(s *edit.Split) { s.Parts[0].Name = "Orders" }, "called that already"},
		{"a name that is none", func(s *edit.Split) { s.Parts[0].Name = "My Catalog" }, "letters and digits only"},
		{"a name twice", func(s *edit.Split) { s.Parts = append(s.Parts, edit.Part{Name: "Catalog"}) }, "two parts are called Catalog"},
		{"repoint to nobody", func(s *edit.Split) { s.Repoint = "Catalog" }, "callers reach Shop, which stays"},
		{"more than the whole", func(s *edit.Split) {
			s.Parts[0].Grants = []edit.Access{{Actions: []string{"kms:Decrypt"}, Resources: []string{"*"}}}
		}, "would be allowed what fn/Shop is not: kms:Decrypt on "},
		{"more than a wildcard stands for", func(s *edit.Split) {
			s.Parts[0].Grants = []edit.Access{{Actions: []string{"sqs:*"}, Resources: []string{"res/Outbox"}}}
		}, "would be allowed what fn/Shop is not: sqs:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := keeping()
			test.change(s)
			if _, err := s.Apply(d); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestSplitWithoutAPartThatStays(t *testing.T) {
	s := keeping()
	s.Parts[1].Name, s.Parts[1].Keeps, s.Repoint = "Checkout", false, "Checkout"
	s.Parts[1].Triggers = []string{"Checkout"}
	d := shop(t)
	r := apply(t, d, s)
	after := r.Design
	for _, id := range []model.ID{"fn/Shop", "role/ShopRole", "policy/ShopRole/main", "trigger/Shop/List", "trigger/Shop/Checkout"} {
		if after.Element(id) != nil {
			t.Errorf("%s is still there", id)
		}
	}
	arn := after.Function("fn/Checkout").ARN
	if got := after.Policy("policy/MailerRole/main").Document.Statements[1].Resources[0]; got != arn {
		t.Errorf("Mailer calls %s, not %s", got, arn)
	}
	if got := after.Function("fn/Mailer").Environment[0].Refers; got != "fn/Checkout" {
		t.Errorf("Mailer's variable refers to %s", got)
	}

	s.Repoint = ""
	r = apply(t, d, s)
	for _, want := range []string{"policy policy/MailerRole/main", "environment variable SHOP of fn/Mailer"} {
		if !contains(r.Warnings, want) {
			t.Errorf("%q is not named as dangling: %q", want, r.Warnings)
		}
	}
}

func TestSplitOfASharedRole(t *testing.T) {
	d := shop(t)
	mailer := *d.Function("fn/Mailer")
	mailer.Role = "role/ShopRole"
	d, err := d.With(model.Change{Before: d.Function("fn/Mailer"), After: &mailer})
	if err != nil {
		t.Fatal(err)
	}
	r := apply(t, d, keeping())
	if got := r.Design.Function("fn/Shop").Role; got == "role/ShopRole" {
		t.Error("the part that stays still shares its role")
	}
	if r.Design.Role("role/ShopRole") != d.Role("role/ShopRole") || r.Design.Policy("policy/ShopRole/main") != d.Policy("policy/ShopRole/main") {
		t.Error("the role that Mailer has was changed")
	}
	if !contains(r.Warnings, "a role of its own") {
		t.Errorf("no word of it: %q", r.Warnings)
	}
}

func TestSplitCopiesWhatTriggersRequire(t *testing.T) {
	d := shop(t)
	d, err := d.With(model.Change{After: &model.Trigger{ID: "trigger/Shop/Jobs", Name: "Jobs", From: "res/Outbox", To: "fn/Shop", Kind: "event-source-mapping", Event: "sqs", Origin: at(22)}})
	if err != nil {
		t.Fatal(err)
	}
	s := keeping()
	s.Parts[0].Triggers = append(s.Parts[0].Triggers, "Jobs")
	r := apply(t, d, s)
	queue := d.Resource("res/Outbox").ARN
	for _, action := range []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"} {
		if !allows(t, r.Design, "role/CatalogRole", action, queue) {
			t.Errorf("Catalog polls the queue without %s", action)
		}
		if allows(t, r.Design, "role/CatalogRole", action, queue+"2") {
			t.Errorf("Catalog has %s on other queues", action)
		}
		if allows(t, r.Design, "role/ShopRole", action, queue) {
			t.Errorf("Shop kept %s without polling", action)
		}
	}
	if !strings.Contains(saying(r.Design.Policy("policy/CatalogRole/CatalogRolePolicy0")), "aws:SecureTransport") {
		t.Error("the copied access lost its condition")
	}
}

// In a role that SAM makes, policies are named by their place in the list, and a place that goes moves the others.
func TestSplitRenumbersGeneratedPolicies(t *testing.T) {
	d := shop(t)
	role := *d.Role("role/ShopRole")
	role.Implicit = true
	role.Listed = model.Places{"policy/ShopRole/ShopRolePolicy0": 0, "policy/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess": 1, "policy/ShopRole/ShopRolePolicy2": 2}
	role.Policies = []model.ID{"policy/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "policy/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
		"policy/ShopRole/ShopRolePolicy0", "policy/ShopRole/ShopRolePolicy2"}
	own := func(n, statement string) *model.Policy {
		return &model.Policy{ID: model.ID("policy/ShopRole/ShopRolePolicy" + n), Name: "ShopRolePolicy" + n, Origin: at(52), Document: document(t, 53, statement)}
	}
	d, err := d.With(model.Change{Before: d.Role(role.ID), After: &role}, model.Change{Before: d.Policy("policy/ShopRole/main")},
		model.Change{After: own("0", `{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}`)}, model.Change{After: own("2", `{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}`)})
	if err != nil {
		t.Fatal(err)
	}
	s := keeping()
	s.Parts[1].Grants = s.Parts[1].Grants[:1] // only the table: the queue's policy and the managed one go
	r := apply(t, d, s)
	var got []string
	for _, id := range r.Design.Role("role/ShopRole").Policies {
		got = append(got, string(id))
	}
	if want := "policy/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole policy/ShopRole/ShopRolePolicy0"; strings.Join(got, " ") != want {
		t.Errorf("got %v", got)
	}
	if p := r.Design.Policy("policy/ShopRole/ShopRolePolicy0"); p.Name != "ShopRolePolicy0" || p.Document.Statements[0].Actions[0] != "dynamodb:PutItem" {
		t.Errorf("policy 0 is %s: %s", p.Name, saying(p))
	}
	if r.Design.Policy("policy/ShopRole/ShopRolePolicy2") != nil {
		t.Error("policy 2 is still there")
	}
}
