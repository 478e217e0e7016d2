package session_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"bulkhead/app/session"
	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model/edit"
)

// example is the worked example beside the corpus: its folder and its edits.
func example(t *testing.T) (string, []edit.Edit) {
	t.Helper()
	dir := filepath.Join(filepath.Dir(corpus.Dir(t)), "example")
	script, err := os.ReadFile(filepath.Join(dir, "edits.jsonl"))
	if err != nil {
		t.Skipf("NOTICE: skipped, no worked example: %v", err)
	}
	edits, err := edit.ReadScript(bytes.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	return dir, edits
}

func TestWorkedExampleIsTheImportOfItsResult(t *testing.T) {
	dir, edits := example(t)
	imported := func(name string) *importers.Import {
		in, err := importers.Open(context.Background(), sources(), filepath.Join(dir, name), importers.Options{StackName: "shop"})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	steps, err := edit.Run(imported("before.yaml").Design, edits)
	if err != nil {
		t.Fatal(err)
	}
	last := steps[len(steps)-1]
	for _, d := range importers.Differences(imported("after.yaml").Design, last.After) {
		t.Error(d)
	}
	for _, want := range []string{"every other dynamodb:* action", "sqs:SendMessage elsewhere than on Outbox; secretsmanager:GetSecretValue elsewhere than on PaymentKey"} {
		if !containsText(last.Warnings, want) {
			t.Errorf("%q is not listed as left over: %q", want, last.Warnings)
		}
	}
}

func TestWorkedExampleByteForByte(t *testing.T) {
	dir, edits := example(t)
	s := open(t, filepath.Join(dir, "before.yaml"))
	for _, e := range edits {
		do(t, s, e)
	}
	p, err := s.Patch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if want := read(t, filepath.Join(dir, "after.yaml")); string(p.Files["before.yaml"]) != want {
		t.Errorf("got\n%s", p.Diff)
	}
}

// Open, split with its proof, patch and proof by import.
func BenchmarkSplitAndPatch(b *testing.B) {
	for b.Loop() {
		s, err := session.Open(context.Background(), filepath.FromSlash(everyEvent), sources(), session.Options{Idle: true})
		if err != nil {
			b.Fatal(err)
		}
		e := &edit.Split{Function: "fn/Shop", Parts: []edit.Part{{Name: "Part", Triggers: []string{"Http"}, Grants: []edit.Access{{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/Table"}}}}, {Name: "Shop", Keeps: true}}}
		if _, err := s.Do(e); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Patch(context.Background()); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
