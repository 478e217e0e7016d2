package edit_test

import (
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

func TestMergeIsTheReverseOfASplit(t *testing.T) {
	d := shop(t)
	parts := apply(t, d, keeping()).Design
	r := apply(t, parts, &edit.Merge{Functions: []model.ID{"fn/Catalog", "fn/Shop"}, Into: "fn/Shop"})
	after := r.Design
	for _, id := range []model.ID{"fn/Catalog", "role/CatalogRole", "trigger/Catalog/List", "policy/CatalogRole/CatalogRolePolicy0"} {
		if after.Element(id) != nil {
			t.Errorf("%s is still there", id)
		}
	}
	if tr := after.Trigger("trigger/Shop/List"); tr == nil || tr.To != "fn/Shop" {
		t.Errorf("the trigger is %+v", tr)
	}
	f := after.Function("fn/Shop")
	if len(f.Environment) != 2 || len(f.Policy.Statements) != 2 || f.Policy.Statements[1].Resources[0] != f.ARN {
		t.Errorf("the function is %+v", f)
	}
	for _, id := range []model.ID{"role/CatalogRole", "role/ShopRole"} {
		if v := stackOf(t, parts, id).Within(stackOf(t, after, "role/ShopRole")); v.Answer != policy.Yes {
			t.Errorf("the merged function lacks what %s had: %s", id, v.Why)
		}
	}
	if v := stackOf(t, after, "role/ShopRole").Within(stackOf(t, d, "role/ShopRole")); v.Answer != policy.Yes {
		t.Errorf("the merged function has more than the whole had: %s", v.Why)
	}
	if !contains(r.Warnings, "is allowed what fn/Catalog had") {
		t.Errorf("it does not say that it widens: %q", r.Warnings)
	}
}

func TestMoveTrigger(t *testing.T) {
	d := shop(t)
	r := apply(t, d, &edit.MoveTrigger{Trigger: "trigger/Shop/List", To: "fn/Mailer"})
	if tr := r.Design.Trigger("trigger/Mailer/List"); tr == nil || tr.To != "fn/Mailer" || r.Design.Trigger("trigger/Shop/List") != nil {
		t.Errorf("the trigger is %+v", tr)
	}
	if p := r.Design.Function("fn/Mailer").Policy; p == nil || len(p.Statements) != 1 || p.Statements[0].Resources[0] != d.Function("fn/Mailer").ARN {
		t.Errorf("the permission did not move: %+v", p)
	}
	if p := r.Design.Function("fn/Shop").Policy; len(p.Statements) != 1 {
		t.Errorf("the permission stayed: %+v", p)
	}
	bare, err := d.With(model.Change{Before: d.Policy("policy/ShopRole/main"), After: &model.Policy{ID: "policy/ShopRole/main", Name: "main",
		Document: document(t, 51, `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	r = apply(t, bare, &edit.MoveTrigger{Trigger: "trigger/Outbox", To: "fn/Shop"})
	if !contains(r.Warnings, "ShopRole is not allowed sqs:ReceiveMessage") {
		t.Errorf("no warning that the mapping cannot poll: %q", r.Warnings)
	}
	if _, err := (&edit.MoveTrigger{Trigger: "trigger/Outbox", To: "fn/Mailer"}).Apply(d); err == nil {
		t.Error("a trigger moved to where it is")
	}
}

func TestGrantSaysThatItWidens(t *testing.T) {
	d := shop(t)
	r := apply(t, d, &edit.Grant{Role: "role/MailerRole", Sid: "More", Access: edit.Access{Actions: []string{"s3:GetObject"}, Resources: []string{"res/Photos/*"}}})
	if !contains(r.Warnings, "MailerRole is allowed more: Allow s3:GetObject") {
		t.Errorf("warnings: %q", r.Warnings)
	}
	if !allows(t, r.Design, "role/MailerRole", "s3:GetObject", d.Resource("res/Photos").ARN+"/x") {
		t.Error("nothing was granted")
	}
	old, now := d.Policy("policy/MailerRole/main").Document.Statements, r.Design.Policy("policy/MailerRole/main").Document.Statements
	if len(now) != len(old)+1 || now[0] != old[0] {
		t.Error("other statements were touched")
	}
	r = apply(t, d, &edit.Grant{Role: "role/MailerRole", Access: edit.Access{Actions: []string{"s3:GetObject"}, Resources: []string{"res/Photos"}}})
	if !contains(r.Warnings, "s3:GetObject does not work on res/Photos") {
		t.Errorf("no warning that objects are meant: %q", r.Warnings)
	}
}

func TestMarkAndPinStandInNoSource(t *testing.T) {
	d := shop(t)
	yes, weight := true, 3.0
	after := apply(t, d, &edit.Mark{Resource: "res/Orders", Crown: &yes, Weight: &weight}).Design
	if r := after.Resource("res/Orders"); !r.Crown || r.Weight != 3 {
		t.Errorf("the mark is %+v", r)
	}
	r := apply(t, after, &edit.Pin{Role: "role/MailerRole", Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/Orders"}})
	if !contains(r.Warnings, "a pin grants nothing") {
		t.Errorf("warnings: %q", r.Warnings)
	}
	if pins := r.Design.Role("role/MailerRole").Pins; len(pins) != 1 || pins[0].Resources[0] != d.Resource("res/Orders").ARN {
		t.Errorf("pins: %v", pins)
	}
	plain, err := edit.WithoutMarks(r.Design, d)
	if err != nil {
		t.Fatal(err)
	}
	if !plain.Same(d) {
		t.Errorf("without marks it differs from the import: %v", plain.Diff(d))
	}
}

func TestBlankPage(t *testing.T) {
	d, err := model.New(model.Info{Name: "new", Kind: "blank", Partition: "aws", Region: "us-east-1", Account: "123456789012"})
	if err != nil {
		t.Fatal(err)
	}
	steps, err := edit.Run(d, []edit.Edit{
		&edit.NewFunction{Name: "Worker"},
		&edit.NewResource{Name: "Jobs", Type: "AWS::SQS::Queue"},
		&edit.NewTrigger{Name: "Jobs", To: "fn/Worker", From: "res/Jobs", Event: "sqs"},
	})
	if err != nil {
		t.Fatal(err)
	}
	after := steps[2].After
	if got := after.Resource("res/Jobs").ARN; got != "arn:aws:sqs:us-east-1:123456789012:new-Jobs-GENERATED" {
		t.Errorf("the queue is %s", got)
	}
	if !allows(t, after, "role/WorkerRole", "sqs:ReceiveMessage", after.Resource("res/Jobs").ARN) {
		t.Error("the worker cannot poll its queue")
	}
	for _, e := range []edit.Edit{&edit.NewFunction{Name: "Worker"}, &edit.NewResource{Name: "Worker", Type: "AWS::SQS::Queue"}, &edit.NewResource{Name: "X", Type: "AWS::No::Such"},
		&edit.NewTrigger{Name: "T", To: "fn/Worker", Event: "sqs"}, &edit.NewTrigger{Name: "T", To: "fn/Worker", Event: "telepathy"}} {
		if _, err := e.Apply(after); err == nil {
			t.Errorf("%s: no error", e)
		}
	}
	if _, err := (&edit.NewFunction{Name: "X"}).Apply(accountDesign(t)); err == nil || !strings.Contains(err.Error(), "account") {
		t.Errorf("a function drawn into an account: %v", err)
	}
}

func accountDesign(t *testing.T) *model.Design {
	t.Helper()
	d := shop(t)
	info := d.Info()
	info.Kind = "account"
	return d.WithInfo(info)
}

func TestHistory(t *testing.T) {
	d := shop(t)
	h := edit.NewHistory(d)
	if h.Undo() || h.Redo() || h.UndoTitle() != "" {
		t.Error("an empty history has something to undo")
	}
	if _, err := h.Do(keeping()); err != nil {
		t.Fatal(err)
	}
	split := h.Design()
	yes := true
	if _, err := h.Do(&edit.Mark{Resource: "res/Orders", Crown: &yes}); err != nil {
		t.Fatal(err)
	}
	if h.UndoTitle() != "Mark Orders as a crown jewel" {
		t.Errorf("undo says %q", h.UndoTitle())
	}
	if _, err := h.Do(keeping()); err == nil || len(h.Steps()) != 2 {
		t.Error("an edit that does not fit changed the history")
	}
	if !h.Undo() || h.Design() != split {
		t.Error("undo is not the older design")
	}
	if !h.Undo() || h.Design() != d || h.RedoTitle() != "Split Shop into 2 functions" {
		t.Errorf("undo is not the first design, or redo says %q", h.RedoTitle())
	}
	if !h.Redo() || h.Design() != split {
		t.Error("redo is not the same design again")
	}
	if _, err := h.Do(&edit.Mark{Resource: "res/Products", Crown: &yes}); err != nil {
		t.Fatal(err)
	}
	if h.Redo() || len(h.Steps()) != 2 {
		t.Error("what was undone is still there after another edit")
	}
}

func TestDeploy(t *testing.T) {
	d := shop(t)
	d, err := d.With(model.Change{After: &model.Trigger{ID: "trigger/Shop/Stream", Name: "Stream", From: "res/Orders", To: "fn/Shop", Kind: "event-source-mapping", Event: "dynamodb", Label: "dynamodb", Origin: at(22)}})
	if err != nil {
		t.Fatal(err)
	}
	s := keeping()
	s.Parts[0].Triggers = append(s.Parts[0].Triggers, "Stream")
	steps, err := edit.Run(d, []edit.Edit{s})
	if err != nil {
		t.Fatal(err)
	}
	text := edit.Deploy(d, steps[0].After, steps, func(*model.Function) (bool, bool) { return false, true })
	for _, want := range []string{
		"Split Shop into 2 functions", "Created: function `Catalog`", "Created: role `CatalogRole`", "Moved: trigger `GET /list` from `Shop` to `Catalog`",
		"**Code to write: `catalog.handler`**", "`Catalog` and `Shop` ship the same package `src`", "`TRIM_HORIZON` handles the kept records a second time",
		"/aws/lambda/shop-Catalog-…", "every other dynamodb:* action", "## Order", "## Way back",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Removed:") {
		t.Errorf("something is removed:\n%s", text)
	}
	if got := edit.Deploy(d, d, nil, nil); !strings.Contains(got, "Nothing changes") {
		t.Errorf("no change: %s", got)
	}
}

// Each kind of source is deployed and undone by its own tool, with the hazards of that tool alone.
func TestDeployByKind(t *testing.T) {
	for kind, want := range map[string][]string{
		"serverless": {"Run `serverless package` and compare", "Then `serverless deploy`", "Deploy the service as it was before"},
		"terraform":  {"Run `terraform plan`", "Then `terraform apply`", "Apply the configuration as it was before", "Terraform makes a permission anew"},
		"sam":        {"Deploy the template", "is declared already"},
	} {
		d := shop(t)
		info := d.Info()
		info.Kind = kind
		steps, err := edit.Run(d.WithInfo(info), []edit.Edit{keeping()})
		if err != nil {
			t.Fatal(kind, err)
		}
		group := &model.Resource{ID: "res/CatalogLogGroup", LogicalID: "CatalogLogGroup", Name: "/aws/lambda/" + steps[0].After.Function("fn/Catalog").Name, Type: "AWS::Logs::LogGroup"}
		after, err := steps[0].After.With(model.Change{After: group})
		if err != nil {
			t.Fatal(kind, err)
		}
		text := edit.Deploy(d.WithInfo(info), after, steps, nil)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: it does not say %q:\n%s", kind, w, text)
			}
		}
		for _, other := range []string{"`serverless deploy`", "`terraform apply`", "Deploy the template", "Terraform makes a permission anew"} {
			if strings.Contains(text, other) && !strings.Contains(strings.Join(want, "\n"), other) {
				t.Errorf("%s: it says %q:\n%s", kind, other, text)
			}
		}
		if kind == "serverless" && strings.Contains(text, "is declared already") {
			t.Errorf("the framework makes the log group first:\n%s", text)
		}
	}
}

// Marks are nothing that is deployed.
func TestDeployOfMarks(t *testing.T) {
	d := shop(t)
	yes := true
	mark := &edit.Mark{Resource: "res/Orders", Crown: &yes}
	steps, err := edit.Run(d, []edit.Edit{mark})
	if err != nil {
		t.Fatal(err)
	}
	if text := edit.Deploy(d, steps[0].After, steps, nil); !strings.Contains(text, "- Mark Orders as a crown jewel") || !strings.Contains(text, "Nothing is to be deployed") || strings.Contains(text, "Changed:") {
		t.Errorf("of a mark alone it says\n%s", text)
	}
	if steps, err = edit.Run(d, []edit.Edit{mark, keeping()}); err != nil {
		t.Fatal(err)
	}
	if text := edit.Deploy(d, steps[1].After, steps, nil); !strings.Contains(text, "Created: function `Catalog`") || strings.Contains(text, "`Orders`\n") {
		t.Errorf("of a mark and a split it says\n%s", text)
	}
}

// Of several stacks it is said which are deployed, in which order, and what an import of another forbids.
func TestDeployOfSeveralStacks(t *testing.T) {
	d := shop(t)
	var changes []model.Change
	for _, e := range d.Elements() {
		switch e := e.(type) {
		case *model.Function:
			n := *e
			n.Stack = "shop"
			changes = append(changes, model.Change{Before: e, After: &n})
		case *model.Role:
			n := *e
			n.Stack = "shop"
			changes = append(changes, model.Change{Before: e, After: &n})
		case *model.Policy:
			n := *e
			n.Stack = "shop"
			changes = append(changes, model.Change{Before: e, After: &n})
		case *model.Resource:
			n := *e
			n.Stack, n.Origin.File = "data", "data.yaml"
			changes = append(changes, model.Change{Before: e, After: &n})
		}
	}
	d, err := d.With(append(changes, model.Change{After: &model.Trigger{ID: "trigger/Nightly", Name: "Nightly", To: "fn/Shop", Kind: "schedule", Event: "schedule", Label: "nightly", Stack: "ops"}})...)
	if err != nil {
		t.Fatal(err)
	}
	without := keeping()
	without.Parts[1].Name, without.Parts[1].Handler, without.Parts[1].Keeps, without.Repoint = "Checkout", "checkout.handler", false, "Checkout"
	for name, s := range map[string]*edit.Split{"keeping": keeping(), "dissolving": without} {
		s.Confirm = true
		s.Parts[1].Triggers = append(s.Parts[1].Triggers, "trigger/Nightly")
		steps, err := edit.Run(d, []edit.Edit{s})
		if err != nil {
			t.Fatal(name, err)
		}
		text := edit.Deploy(d, steps[0].After, steps, nil)
		want := []string{"Created: function `Catalog`, in stack `shop`", "Deploy `shop`", "Leave `data` (`data.yaml`)", "Deploy `shop` "}
		export := "refuses to change the value of an export while another stack imports it, as `ops` does"
		if name == "dissolving" {
			want = append(want, export, "Between them: first the stack that exports")
		} else if strings.Contains(text, "refuses to change the value") {
			t.Errorf("%s: nothing that is exported goes\n%s", name, text)
		}
		for _, w := range want {
			if !strings.Contains(text, w) && !(name == "dissolving" && strings.HasPrefix(w, "Leave")) {
				t.Errorf("%s: it does not say %q:\n%s", name, w, text)
			}
		}
	}
}

// What a mapping could not work off goes on with the role of the function that it starts.
func TestFailedOfMappings(t *testing.T) {
	d := shop(t)
	was := d.Trigger("trigger/Outbox")
	is := *was
	is.Failed = arnOf("queue", "failed")
	d, err := d.With(model.Change{Before: was, After: &is})
	if err != nil {
		t.Fatal(err)
	}
	f := d.Function(is.To)
	for _, r := range edit.Required(d, d.Role(f.Role), &policy.Stack{}, &policy.Stack{}) {
		if r.Resource == is.Failed && slices.Equal(r.Actions, []string{"sqs:SendMessage"}) {
			return
		}
	}
	t.Error("nothing says that it sends to the queue of what failed")
}
