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
