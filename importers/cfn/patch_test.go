package cfn

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model/edit"
)

// patched is the file after a patch that was proven.
func patched(t testing.TB, in *importers.Import, script string) string {
	t.Helper()
	edits, err := edit.ReadScript(strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	d := in.Design
	for _, e := range edits {
		r, err := e.Apply(d)
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		d = r.Design
	}
	changes, err := in.Source.(importers.Patcher).Patch(in, d)
	if err != nil {
		t.Fatal(err)
	}
	after, err := in.Files.Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importers.Prove(context.Background(), in, d, changes); err != nil {
		t.Errorf("%v\n%s", err, importers.UnifiedDiff(in.Files, after))
	}
	return string(after[in.Path])
}

// The worked example: before.yaml and edits.jsonl come to exactly after.yaml.
func TestWorkedExample(t *testing.T) {
	dir := filepath.Join(filepath.Dir(corpus.Dir(t)), "example")
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	in := open(t, filepath.Join(dir, "before.yaml"), importers.Options{})
	got := patched(t, in, read("edits.jsonl"))
	if want := read("after.yaml"); got != want {
		t.Errorf("got\n%s", importers.UnifiedDiff(map[string][]byte{"x": []byte(want)}, map[string][]byte{"x": []byte(got)}))
	}
}
