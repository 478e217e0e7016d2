package render_test

import (
	"context"
	"testing"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// rolesAlone is a design in which nothing runs code and nothing counts: a user that may become an administrator, one that reads
// buckets elsewhere, and one that may do nothing.
func rolesAlone(t *testing.T) *reach.Analysis {
	t.Helper()
	doc := func(text string) *policy.Document {
		d, err := policy.Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + text + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const account = "arn:aws:iam::111122223333:"
	may := func(id model.ID, text string) *model.Policy { return &model.Policy{ID: id, Document: doc(text)} }
	d, err := model.New(model.Info{Account: "111122223333"},
		&model.Principal{ID: "user/idle", Kind: model.User, Name: "idle", ARN: account + "user/idle"},
		&model.Principal{ID: "user/reader", Kind: model.User, Name: "reader", ARN: account + "user/reader", Policies: []model.ID{"policy/read"}},
		&model.Principal{ID: "user/climber", Kind: model.User, Name: "climber", ARN: account + "user/climber", Policies: []model.ID{"policy/climb"}},
		&model.Role{ID: "role/ruler", Name: "ruler", ARN: account + "role/ruler", Policies: []model.ID{"policy/rule"},
			Trust: doc(`{"Effect": "Allow", "Principal": {"AWS": "` + account + `root"}, "Action": "sts:AssumeRole"}`)},
		may("policy/read", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}`),
		may("policy/climb", `{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "`+account+`role/ruler"}`),
		may("policy/rule", `{"Effect": "Allow", "Action": "*", "Resource": "*"}`))
	if err != nil {
		t.Fatal(err)
	}
	a, err := reach.Analyze(context.Background(), d, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Where nothing runs code, roles and users are all that can be breached: hull and map show them all, who leads to an administrator
// first.
func TestRolesAloneAreDrawn(t *testing.T) {
	a := rolesAlone(t)
	d := render.Draw(render.View{Design: a.Design(), Analysis: a, Measures: a.Measures(false), Breach: a.Breach("user/idle")})
	if len(d.Quay) != 4 || len(d.Nodes) != 4 {
		t.Fatalf("%d stand ashore, the map has %d", len(d.Quay), len(d.Nodes))
	}
	for i, first := range []model.ID{"role/ruler", "user/climber"} {
		if d.Quay[i].ID != first {
			t.Errorf("number %d is %+v", i, d.Quay[i])
		}
	}
	for _, g := range d.Quay {
		if (g.State == render.Breached) != (g.ID == "user/idle") {
			t.Errorf("%+v", g)
		}
	}
	led := false
	for _, e := range d.Edges {
		led = led || e.From == "user/climber" && e.To == "role/ruler" && e.Kind == render.RunsEdge
	}
	if !led {
		t.Error("no line leads from the user to the role that it may assume")
	}
}

// A share of nothing is no figure to fear: what there is to fear is said instead.
func TestNoShareOfNothing(t *testing.T) {
	a := rolesAlone(t)
	for from, want := range map[model.ID]struct {
		figure     string
		good, open bool
	}{
		"user/idle": {"0 %", true, false}, "user/reader": {"the sea", false, true}, "user/climber": {"admin", false, false},
	} {
		c := render.Draw(render.View{Design: a.Design(), Analysis: a, Measures: a.Measures(false), Breach: a.Breach(from)}).Claim
		if c.Figure != want.figure || c.Good != want.good || c.Open != want.open {
			t.Errorf("%s: %q, good %t, open %t", from, c.Figure, c.Good, c.Open)
		}
	}
}
