package session_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"bulkhead/app/session"
	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/model/edit"
)

func TestWorkedExampleByteForByte(t *testing.T) {
	dir := exampleDir(t)
	ctx := context.Background()
	s, err := session.Open(ctx, filepath.Join(dir, "before.yaml"), cfn.Sources(), session.Options{Import: importers.Options{}, Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "edits.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	edits, err := edit.ReadScript(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		if _, err := s.Do(e); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Patch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(dir, "after.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.Files["before.yaml"]); got != string(want) {
		t.Errorf("got\n%s", p.Diff)
	}
}
