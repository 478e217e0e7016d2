package session_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/edit"
)

// two is a folder of two stacks: one sends to a queue of the other's. Both call a function Orders.
func two(t *testing.T) (a, b string) {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	a = put("sender/template.yaml", `Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      Policies:
        - Statement:
            - Effect: Allow
              Action: [sqs:SendMessage, sqs:GetQueueUrl] # both
              Resource: arn:aws:sqs:us-east-1:123456789012:jobs
`)
	b = put("worker/template.yaml", `Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {QueueName: jobs}
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: worker.handler
      Runtime: python3.13
      Events:
        Q: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
`)
	return a, b
}

func openBoth(t *testing.T, names ...string) *session.Session {
	t.Helper()
	s, err := session.OpenAll(context.Background(), names, sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeveralAreOneDesign(t *testing.T) {
	a, b := two(t)
	s := openBoth(t, a, b)
	d := s.State().After.Design
	var ids []model.ID
	for _, f := range d.Functions() {
		ids = append(ids, f.ID)
	}
	if want := []model.ID{"fn/sender/Orders", "fn/worker/Orders"}; !slices.Equal(ids, want) {
		t.Fatalf("functions %v, not %v", ids, want)
	}
	if d.Resource("res/Jobs") == nil {
		t.Error("an id that only one stack has needs no stack before it")
	}
	tr := d.TriggersOf("fn/worker/Orders")
	if len(tr) != 1 || tr[0].From != "res/Jobs" {
		t.Errorf("the worker's triggers: %+v", tr)
	}
	managed := 0
	for _, p := range d.Policies() {
		if p.Name == "AWSLambdaBasicExecutionRole" {
			managed++
		}
	}
	if managed != 1 {
		t.Errorf("one policy of AWS's is there %d times", managed)
	}
}

// Each stack is patched in its own file; the other keeps every byte.
func TestSeveralArePatchedApart(t *testing.T) {
	a, b := two(t)
	s := openBoth(t, a, b)
	d := s.State().After.Design
	role := d.Function("fn/sender/Orders").Role
	policy := d.Role(role).Policies[len(d.Role(role).Policies)-1]
	e := edits(t, `{"op": "tighten", "role": "`+string(role)+`", "policy": "`+string(policy)+`", "statement": {"index": 0}, "actions": ["sqs:SendMessage"]}`)
	do(t, s, e[0])
	p, err := s.Patch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Diff, "-              Action: [sqs:SendMessage, sqs:GetQueueUrl] # both") || !strings.Contains(p.Diff, "sender/template.yaml") || strings.Contains(p.Diff, "worker/template.yaml") {
		t.Errorf("the diff is\n%s", p.Diff)
	}
	split := edits(t, `{"op": "split", "function": "fn/worker/Orders", "parts": [{"name": "Worker", "handler": "worker.main", "triggers": ["Q"]}, {"name": "Rest", "handler": "rest.main"}]}`)
	do(t, s, split[0])
	if p, err = s.Patch(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Diff, "worker/template.yaml") || !strings.Contains(p.Diff, "+  Worker:") {
		t.Errorf("the diff of the split is\n%s", p.Diff)
	}
}

// A design of several sources, given one by one or as their folder, is saved, opened again, written into its sources and
// read again.
func TestSeveralAreSaved(t *testing.T) {
	for _, as := range []string{"files", "folder"} {
		t.Run(as, func(t *testing.T) {
			a, b := two(t)
			names := []string{a, b}
			if as == "folder" {
				names = []string{filepath.Dir(filepath.Dir(a))}
			}
			s := openBoth(t, names...)
			d := s.State().After.Design
			role := d.Function("fn/sender/Orders").Role
			policy := d.Role(role).Policies[len(d.Role(role).Policies)-1]
			do(t, s, edits(t, `{"op": "tighten", "role": "`+string(role)+`", "policy": "`+string(policy)+`", "statement": {"index": 0}, "actions": ["sqs:SendMessage"]}`)[0])
			saved := filepath.Join(t.TempDir(), "both.bulkhead")
			if err := s.Save(saved); err != nil {
				t.Fatal(err)
			}
			s = openBoth(t, saved)
			if st := s.State(); len(st.Steps) != 1 || len(st.Changed) > 0 || len(st.After.Design.Functions()) != 2 {
				t.Fatalf("opened again: %d steps, changed %v", len(st.Steps), st.Changed)
			}
			if changed := s.Changed(); len(changed) > 0 {
				t.Errorf("%v changed on disk", changed)
			}
			other, err := os.ReadFile(b)
			if err != nil {
				t.Fatal(err)
			}
			written, err := s.WriteSource(context.Background())
			if err != nil || len(written) != 1 {
				t.Fatalf("wrote %v: %v", written, err)
			}
			if data, _ := os.ReadFile(a); !strings.Contains(string(data), "Action: sqs:SendMessage # both") {
				t.Errorf("the sender is\n%s", data)
			}
			if data, _ := os.ReadFile(b); string(data) != string(other) {
				t.Error("the worker changed")
			}
			if err := os.WriteFile(b, append(other, '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
			if changed := s.Changed(); len(changed) != 1 {
				t.Errorf("%v changed on disk", changed)
			}
			s, err = s.Reload(context.Background(), sources(), session.Options{Idle: true})
			if err != nil {
				t.Fatal(err)
			}
			if st := s.State(); len(st.Steps) != 0 || len(st.After.Design.Functions()) != 2 || len(s.Changed()) > 0 {
				t.Errorf("read again: %d steps, changed %v", len(st.Steps), s.Changed())
			}
		})
	}
}

func TestSeveralRefuse(t *testing.T) {
	a, b := two(t)
	for _, names := range [][]string{{a, a}, {a, filepath.Join(filepath.Dir(b), "nothing.yaml")}, {a, filepath.Join(t.TempDir(), "x.bulkhead")}} {
		if _, err := session.OpenAll(context.Background(), names, sources(), session.Options{Idle: true}); err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), names[1]) {
			t.Errorf("%v: error %v", names, err)
		}
	}
}

func edits(t *testing.T, script string) []edit.Edit {
	t.Helper()
	out, err := edit.ReadScript(strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
