// Package corpus finds the shared test corpus: real templates, goldens and decision cases.
package corpus

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the corpus folder: BULKHEAD_CORPUS, or shared/corpus beside the repository. Where it is missing
// the test fails under CI and is skipped with a notice elsewhere.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("BULKHEAD_CORPUS")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			if parent := filepath.Dir(root); parent != root {
				root = parent
				continue
			}
			t.Fatal("no go.mod above the test's folder")
		}
		dir = filepath.Join(root, "..", "shared", "corpus")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the corpus is missing: %v (set BULKHEAD_CORPUS)", err)
		}
		t.Skipf("NOTICE: skipped, no corpus at %s (set BULKHEAD_CORPUS)", dir)
	}
	return dir
}

// Rows reads a file of the corpus that has one JSON value a line. A file without rows fails the test.
func Rows[T any](t testing.TB, name ...string) []T {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{Dir(t)}, name...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var out []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		out = append(out, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", f.Name(), err)
	}
	if len(out) == 0 {
		t.Fatalf("%s: no rows", f.Name())
	}
	return out
}
