// Package corpus finds the shared test corpus: real templates, goldens and decision cases.
package corpus

import (
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
