package model

import "testing"

func TestName(t *testing.T) {
	q := &Resource{ID: "res/Jobs", LogicalID: "Jobs", Name: "jobs-queue", Type: "AWS::SQS::Queue"}
	f := &Function{ID: "fn/Work", Name: "work"}
	d, err := New(Info{}, q, f,
		&Role{ID: "role/R", LogicalID: "WorkRole", Name: "work-role"},
		&Policy{ID: "policy/P", LogicalID: "WorkPolicy", Name: "ReadJobs"},
		&Principal{ID: "user/u", Name: "ada"},
		&Trigger{ID: "trigger/labelled", From: q.ID, To: f.ID, Label: "nightly", Event: "schedule"},
		&Trigger{ID: "trigger/plain", From: q.ID, To: f.ID, Label: "sqs", Event: "sqs"},
		&Trigger{ID: "trigger/outside", To: f.ID, Event: "http", Kind: "api-route"},
		&Principal{ID: "user/nameless"})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[ID]string{
		"res/Jobs": "Jobs", "fn/Work": "work", "role/R": "WorkRole", "policy/P": "ReadJobs", "user/u": "ada",
		"trigger/labelled": "nightly", "trigger/plain": "Jobs", "trigger/outside": "http",
		"user/nameless": "nameless", "res//aws/lambda/Work": "/aws/lambda/Work", "outside/anyone": "anyone", "*": "*", "": "",
	} {
		if got := d.Name(id); got != want {
			t.Errorf("%s is called %q, not %q", id, got, want)
		}
	}
}

// Of what several stacks or accounts have, the name tells which is meant, and finds it again.
func TestNameAcrossStacks(t *testing.T) {
	a := part(t, Info{Name: "api", Account: "111111111111", Region: "eu-west-1"}, "Orders", "arn:aws:iam::111111111111:role/x")
	b := part(t, Info{Name: "worker", Account: "111111111111", Region: "eu-west-1"}, "Orders", "arn:aws:iam::111111111111:role/y")
	c := part(t, Info{Name: "mail", Account: "111111111111", Region: "eu-west-1"}, "Send", "arn:aws:iam::111111111111:role/z")
	for _, d := range []*Design{a, b, c} {
		for _, f := range d.Functions() {
			f.LogicalID = string(f.ID[len("fn/"):])
		}
		for _, r := range d.Triggers() {
			r.From = r.To
		}
	}
	j, err := Join(nil, a, b, c)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[ID]string{"fn/api/Orders": "api/Orders", "fn/worker/Orders": "worker/Orders", "trigger/worker/Orders/Q": "worker/Orders", "fn/Send": "Send"} {
		if got := j.Design.Name(id); got != want {
			t.Errorf("%s is called %q, not %q", id, got, want)
		}
	}
	if e := j.Design.Find("worker/Orders"); e == nil || e.ElementID() != "fn/worker/Orders" {
		t.Errorf("worker/Orders is %v", e)
	}
	if e := j.Design.Find("Orders"); e != nil {
		t.Errorf("Orders alone is %s", e.ElementID())
	}
	// The one that is left needs no stack before its name.
	less, err := j.Design.With(Change{Before: j.Design.Function("fn/api/Orders")})
	if err != nil || less.Name("fn/worker/Orders") != "Orders" || j.Design.Name("fn/worker/Orders") != "worker/Orders" {
		t.Errorf("alone it is called %q: %v", less.Name("fn/worker/Orders"), err)
	}
	other := part(t, Info{Name: "api", Account: "222222222222", Region: "eu-west-1"}, "Orders", "")
	other.Functions()[0].LogicalID = "Orders"
	if j, err = Join(nil, a, other); err != nil {
		t.Fatal(err)
	}
	if got := j.Design.Name("fn/222222222222:eu-west-1:Orders"); got != "222222222222:eu-west-1/Orders" {
		t.Errorf("in another account it is called %q", got)
	}
}

// What code generated is called by its construct: as short as tells it from others of its kind.
func TestNameOfConstructs(t *testing.T) {
	d, err := New(Info{Constructs: map[ID]string{
		"fn/A1": "App/Orders/Handler/Resource", "fn/B2": "App/Mail/Handler/Resource", "res/T3": "App/Table/Resource", "res/D4": "Prod/App/Data/Table/Default", "res/D5": "Test/App/Data/Table/Default",
		"role/R6": "App/Orders/Handler/ServiceRole/Resource", "trigger/X7": "App/Rule/Resource"}},
		&Function{ID: "fn/A1", LogicalID: "A1"}, &Function{ID: "fn/B2", LogicalID: "B2", Role: "role/R6"}, &Role{ID: "role/R6", LogicalID: "R6"},
		&Resource{ID: "res/T3", LogicalID: "T3"}, &Resource{ID: "res/D4", LogicalID: "D4"}, &Resource{ID: "res/D5", LogicalID: "D5"}, &Resource{ID: "res/E8", LogicalID: "E8"},
		&Trigger{ID: "trigger/X7", To: "fn/A1", Label: "nightly"})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[ID]string{"fn/A1": "Orders/Handler", "fn/B2": "Mail/Handler", "res/T3": "Table", "res/D4": "Prod/App/Data/Table", "res/D5": "Test/App/Data/Table",
		"role/R6": "Handler/ServiceRole", "trigger/X7": "nightly", "res/E8": "E8"} {
		if got := d.Name(id); got != want {
			t.Errorf("%s is called %q, not %q", id, got, want)
		}
		if e := d.Find(want); id != "trigger/X7" && (e == nil || e.ElementID() != id) {
			t.Errorf("%q finds %v, not %s", want, e, id)
		}
	}
	if c := d.Compartments(); c[0].Name != "Orders/Handler" {
		t.Errorf("compartments %+v", c)
	}
}
