package edit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

func TestTighten(t *testing.T) {
	d := shop(t)
	hash := d.Policy("policy/ShopRole/main").Document.Statements[0].Hash()
	orders := d.Resource("res/Orders").ARN
	tests := []struct {
		name string
		edit edit.Tighten
		want string // the statement after, or what the error says
	}{
		{"resources by id", edit.Tighten{Statement: edit.StatementRef{Sid: "Tables"}, Resources: []string{"res/Orders"}},
			`{"Sid":"Tables","Effect":"Allow","Action":"dynamodb:*","Resource":"` + orders + `"}`},
		{"a part of a resource", edit.Tighten{Statement: index(0), Resources: []string{"res/Orders", "res/Orders/index/*"}},
			`{"Sid":"Tables","Effect":"Allow","Action":"dynamodb:*","Resource":["` + orders + `","` + orders + `/index/*"]}`},
		{"an ARN", edit.Tighten{Statement: index(0), Resources: []string{"arn:aws:dynamodb:us-east-1:123456789012:table/x*"}},
			`{"Sid":"Tables","Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:us-east-1:123456789012:table/x*"}`},
		{"actions", edit.Tighten{Statement: index(0), Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}},
			`{"Sid":"Tables","Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem"],"Resource":"*"}`},
		{"a condition", edit.Tighten{Statement: index(0), Conditions: edit.Conditions{{Operator: "StringEquals", Key: "aws:RequestedRegion", Values: []string{"us-east-1"}}}},
			`{"Sid":"Tables","Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}`},
		{"by hash at another place", edit.Tighten{Statement: edit.StatementRef{Index: new(3), Hash: hash}, Actions: []string{"dynamodb:Query"}},
			`{"Sid":"Tables","Effect":"Allow","Action":"dynamodb:Query","Resource":"*"}`},
		{"by hash alone", edit.Tighten{Statement: edit.StatementRef{Hash: hash}, Actions: []string{"dynamodb:Query"}},
			`{"Sid":"Tables","Effect":"Allow","Action":"dynamodb:Query","Resource":"*"}`},

		{"changed since", edit.Tighten{Statement: edit.StatementRef{Sid: "Tables", Hash: "00000000"}, Drop: true}, "changed since the edit was made"},
		{"gone since", edit.Tighten{Statement: edit.StatementRef{Sid: "Gone"}, Drop: true}, "there is no statement Gone any more; there are Tables, statement 2"},
		{"out of range", edit.Tighten{Statement: index(9), Drop: true}, "there is no statement 10"},
		{"no such resource", edit.Tighten{Statement: index(0), Resources: []string{"res/Nothing"}}, "there is no resource res/Nothing"},
		{"nothing to do", edit.Tighten{Statement: index(0)}, "nothing to tighten"},
		{"the same", edit.Tighten{Statement: index(0), Actions: []string{"dynamodb:*"}}, "says that already"},
		{"nothing left", edit.Tighten{Statement: index(0), Actions: []string{}}, "no actions are left"},
		{"wider actions", edit.Tighten{Statement: index(1), Actions: []string{"sqs:*"}}, "would be allowed something new: sqs:"},
		{"another condition", edit.Tighten{Statement: index(1), Conditions: edit.Conditions{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"false"}}}}, "would be allowed something new: sqs:"},
		{"a denial dropped", edit.Tighten{Statement: edit.StatementRef{Sid: "NoTables"}, Drop: true}, "would be allowed something new: dynamodb:DeleteTable"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := test.edit
			e.Role, e.Policy = "role/ShopRole", "policy/ShopRole/main"
			r, err := e.Apply(d)
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("got error %q, want %q", err, test.want)
				}
				return
			}
			before, after := d.Policy("policy/ShopRole/main").Document, r.Design.Policy("policy/ShopRole/main").Document
			if got := strings.Split(saying(r.Design.Policy("policy/ShopRole/main")), "\n")[0]; got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if after.Statements[0].Span != before.Statements[0].Span {
				t.Errorf("the statement stands at %v, not at %v as before", after.Statements[0].Span, before.Statements[0].Span)
			}
			for i, s := range after.Statements[1:] {
				if s != before.Statements[i+1] {
					t.Errorf("statement %d was not changed and has another pointer", i+2)
				}
			}
			if v := stackOf(t, r.Design, "role/ShopRole").Within(stackOf(t, d, "role/ShopRole")); v.Answer != policy.Yes {
				t.Errorf("within: %v %s", v.Answer, v.Why)
			}
			if d.Policy("policy/ShopRole/main").Document != before {
				t.Error("the design before has another document")
			}
		})
	}
}

func TestTightenDropsPoliciesWithoutStatements(t *testing.T) {
	d := shop(t)
	d, err := d.With(model.Change{Before: d.Policy("policy/ShopRole/main"), After: &model.Policy{ID: "policy/ShopRole/main", Name: "main", Document: document(t, 51,
		`{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	r := apply(t, d, &edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/main", Statement: index(0), Drop: true})
	if r.Design.Policy("policy/ShopRole/main") != nil || len(r.Design.Role("role/ShopRole").Policies) != 3 {
		t.Errorf("the empty policy is still there: %v", r.Design.Role("role/ShopRole").Policies)
	}
}

func TestTightenSharedPolicySaysWhoLoses(t *testing.T) {
	d := shop(t)
	r := apply(t, d, &edit.Tighten{Role: "role/ShopRole", Policy: "policy/shared", Statement: edit.StatementRef{Sid: "Read"}, Actions: []string{"ssm:GetParameter"}})
	if !contains(r.Warnings, "attached to ShopRole and MailerRole") {
		t.Errorf("no warning that MailerRole loses as well: %q", r.Warnings)
	}
	if allows(t, r.Design, "role/MailerRole", "ssm:GetParameters", "*") {
		t.Error("MailerRole still has it")
	}
}

// What AWS wrote stays as it is for others; the role has what is left of it inline.
func TestTightenPoliciesOfAWS(t *testing.T) {
	d := shop(t)
	r := apply(t, d, &edit.Tighten{Role: "role/ShopRole", Policy: "AmazonS3ReadOnlyAccess", Statement: index(0), Actions: []string{"s3:Get*"}})
	role := r.Design.Role("role/ShopRole")
	if slices.Contains(role.Policies, "policy/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess") || !allows(t, r.Design, role.ID, "s3:GetObject", "arn:aws:s3:::x/y") || allows(t, r.Design, role.ID, "s3:ListBucket", "arn:aws:s3:::x") {
		t.Errorf("%v", role.Policies)
	}
}

func TestTightenWarnsOfWhatWouldStop(t *testing.T) {
	d := shop(t)
	tests := []struct {
		name  string
		edit  edit.Tighten
		warns string // "" for none
	}{
		{"polling", edit.Tighten{Statement: index(0), Drop: true}, "the mapping from Outbox would stop: MailerRole is no longer allowed sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes"},
		{"one of three", edit.Tighten{Statement: index(0), Actions: []string{"sqs:ReceiveMessage", "sqs:GetQueueAttributes"}}, "no longer allowed sqs:DeleteMessage"},
		{"another queue", edit.Tighten{Statement: index(0), Resources: []string{"arn:aws:sqs:us-east-1:123456789012:other"}, Confirm: true}, ""},
		{"logging", edit.Tighten{Statement: index(2), Drop: true}, "the log of Mailer would stay empty"},
		{"only the call", edit.Tighten{Statement: index(1), Drop: true}, ""},
		{"the log by name", edit.Tighten{Statement: index(2), Resources: []string{"arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/" + generated("Mailer") + ":*"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := test.edit
			e.Role, e.Policy = "role/MailerRole", "policy/MailerRole/main"
			r, err := e.Apply(d)
			if err != nil {
				if test.name == "another queue" && refused(err) != nil {
					return
				}
				t.Fatal(err)
			}
			if test.warns == "" && len(r.Warnings) > 0 || test.warns != "" && !contains(r.Warnings, test.warns) {
				t.Errorf("warnings %q, want %q", r.Warnings, test.warns)
			}
		})
	}
}

func TestUndecidedNeedsConfirmation(t *testing.T) {
	d := shop(t)
	d, err := d.With(model.Change{Before: d.Policy("policy/ShopRole/main"), After: &model.Policy{ID: "policy/ShopRole/main", Name: "main", Document: document(t, 51,
		`{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${Bucket}/*"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	e := &edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/main", Statement: index(0), Resources: []string{"arn:aws:s3:::photos/*"}}
	// S3ReadOnlyAccess would allow it anyway.
	d = apply(t, d, &edit.ReplaceManaged{Role: "role/ShopRole", ARN: "AmazonS3ReadOnlyAccess"}).Design
	_, err = e.Apply(d)
	if r := refused(err); r == nil || !r.Undecided {
		t.Fatalf("got %v, want an undecided refusal", err)
	}
	e.Confirm = true
	if r := apply(t, d, e); r.Unproven == "" {
		t.Error("a confirmed edit is not recorded as unproven")
	}
}

func TestReplaceManaged(t *testing.T) {
	d := shop(t)
	const id = "policy/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
	r := apply(t, d, &edit.ReplaceManaged{Role: "role/ShopRole", ARN: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
		With: edit.With{Accesses: []edit.Access{{Actions: []string{"s3:GetObject"}, Resources: []string{"res/Photos/*"}}}}})
	if r.Design.Policy(id) != nil {
		t.Error("nobody has AmazonS3ReadOnlyAccess any more, and the design still lists it")
	}
	p := r.Design.Policy("policy/ShopRole/ShopRolePolicy0")
	if p == nil {
		t.Fatalf("no inline policy: %v", r.Design.Role("role/ShopRole").Policies)
	}
	if want := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::shop-Photos-GENERATED/*"}`; saying(p) != want {
		t.Errorf("got %s, want %s", saying(p), want)
	}
	if got := r.Design.Role("role/ShopRole").Policies[2]; got != p.ID {
		t.Errorf("it stands at another place than the managed policy: %v", r.Design.Role("role/ShopRole").Policies)
	}
	_, err := (&edit.ReplaceManaged{Role: "role/ShopRole", ARN: "AmazonS3ReadOnlyAccess",
		With: edit.With{Accesses: []edit.Access{{Actions: []string{"s3:PutObject"}, Resources: []string{"res/Photos/*"}}}}}).Apply(d)
	if ref := refused(err); ref == nil || ref.Witness == nil || ref.Witness.Action != "s3:PutObject" {
		t.Errorf("got %v, want a refusal with a witness", err)
	}
	doc := document(t, 1, `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`)
	if _, err := (&edit.ReplaceManaged{Role: "role/ShopRole", ARN: "AmazonS3ReadOnlyAccess", With: edit.With{Document: doc}}).Apply(d); refused(err) == nil {
		t.Errorf("got %v, want a refusal of a wider document", err)
	}
}

func TestNarrowToDesign(t *testing.T) {
	d := shop(t)
	e := edit.NarrowToDesign(d, "role/ShopRole", "policy/ShopRole/main", 0)
	if e == nil {
		t.Fatal("no suggestion")
	}
	// GetRecords and the like are for parts of tables only.
	if got := strings.Join(e.Resources, " "); got != "res/Orders res/Orders/* res/Products res/Products/*" {
		t.Errorf("tables: %s", got)
	}
	apply(t, d, e)
	if e := edit.NarrowToDesign(d, "role/ShopRole", "policy/ShopRole/main", 1); e == nil || strings.Join(e.Resources, " ") != "res/Outbox" {
		t.Errorf("queues: %v", e)
	}
	if e := edit.NarrowToDesign(d, "role/MailerRole", "policy/MailerRole/main", 0); e != nil {
		t.Errorf("a statement without wildcards: %v", e.Resources)
	}
	wide, err := d.With(model.Change{Before: d.Policy("policy/shared"), After: &model.Policy{ID: "policy/shared", Name: "shared", Managed: true, ARN: account + "policy/shared",
		Document: document(t, 81, `{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	if e := edit.NarrowToDesign(wide, "role/ShopRole", "policy/shared", 0); e == nil || strings.Join(e.Resources, " ") != "res/Photos res/Photos/*" {
		t.Errorf("bucket and objects: %+v", e)
	}
}

// TestNarrowToDesignKeepsParts: what names things of the design, and what is in them, is as narrow as the design tells.
func TestNarrowToDesignKeepsParts(t *testing.T) {
	d := shop(t)
	p := *d.Policy("policy/shared")
	for _, resources := range []string{`"` + arnOf("table", generated("Orders")) + `", "` + arnOf("table", generated("Orders")) + `/index/*"`, `"` + arnOf("table", generated("Orders")) + `/index/*"`} {
		p.Document = document(t, 81, `{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": [`+resources+`]}`)
		with, err := d.With(model.Change{Before: d.Policy("policy/shared"), After: &p})
		if err != nil {
			t.Fatal(err)
		}
		if e := edit.NarrowToDesign(with, "role/ShopRole", "policy/shared", 0); e != nil {
			t.Errorf("of %s it is suggested to leave %v", resources, e.Resources)
		}
	}
}

// TestNarrowToDesignFitsAPolicy: nothing is suggested that no role could hold.
func TestNarrowToDesignFitsAPolicy(t *testing.T) {
	d := shop(t)
	for _, n := range []int{20, 200} {
		var more []model.Change
		for i := range n {
			name := fmt.Sprintf("Table%d", i)
			more = append(more, model.Change{After: &model.Resource{ID: model.MakeID("res", name), LogicalID: name, Name: name, Type: "AWS::DynamoDB::Table", ARN: arnOf("table", name)}})
		}
		wide, err := d.With(more...)
		if err != nil {
			t.Fatal(err)
		}
		e := edit.NarrowToDesign(wide, "role/ShopRole", "policy/ShopRole/main", 0)
		if fits := n == 20; (e != nil) != fits {
			t.Errorf("of %d tables and their parts it is suggested to name all: %v, want %v", n, e != nil, fits)
		}
	}
}

func TestExpandActions(t *testing.T) {
	got := edit.ExpandActions("sqs:ReceiveMess*", "SQS:sendmessage")
	if strings.Join(got, " ") != "sqs:ReceiveMessage sqs:SendMessage" {
		t.Errorf("got %v", got)
	}
}
