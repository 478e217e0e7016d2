package session_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/internal/corpus"
	"bulkhead/model/edit"
)

// exampleDir is the worked example beside the corpus.
func exampleDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(corpus.Dir(t)), "example")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("NOTICE: skipped, no worked example at %s", dir)
	}
	return dir
}

func TestWorkedExampleIsTheImportOfItsResult(t *testing.T) {
	dir := exampleDir(t)
	ctx := context.Background()
	open := func(name string) *importers.Import {
		in, err := importers.Open(ctx, cfn.Sources(), filepath.Join(dir, name), importers.Options{StackName: "shop"})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	f, err := os.Open(filepath.Join(dir, "edits.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	edits, err := edit.ReadScript(f)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := edit.Run(open("before.yaml").Design, edits)
	if err != nil {
		t.Fatal(err)
	}
	last := steps[len(steps)-1]
	for _, d := range importers.Differences(open("after.yaml").Design, last.After) {
		t.Error(d)
	}
	for _, w := range last.Warnings {
		t.Log(w)
	}
}
