package terraform

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model/source"
)

// Every folder and plan of the corpus imports with the functions that it declares, and the roles; nothing is wrong in any
// of them.
func TestCorpus(t *testing.T) {
	root := corpus.Dir(t)
	f, err := os.Open(filepath.Join(root, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	seen := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		c := strings.Split(lines.Text(), "\t")
		if len(c) < 7 || !strings.HasPrefix(c[1], "tf") {
			continue
		}
		seen++
		in := open(t, filepath.Join(root, c[0]), importers.Options{})
		functions, _ := strconv.Atoi(c[4])
		roles, _ := strconv.Atoi(c[5])
		if got := len(in.Design.Functions()); got != functions {
			t.Errorf("%s: %d functions, not %d", c[0], got, functions)
		}
		made := 0
		for _, r := range in.Design.Roles() {
			if !r.External {
				made++
			}
		}
		if made != roles {
			t.Errorf("%s: %d roles, not %d", c[0], made, roles)
		}
		for _, f := range in.Design.Functions() {
			if f.Role == "" || f.Handler == "" && f.Package.From == "" && c[1] == "tf-dir" {
				t.Errorf("%s: %s has role %q, handler %q and package %q", c[0], f.LogicalID, f.Role, f.Handler, f.Package.From)
			}
		}
		for _, d := range in.Diagnostics {
			if d.Severity == source.Error {
				t.Errorf("%s: %s", c[0], d)
			}
		}
	}
	if seen < 8 {
		t.Errorf("%d inputs", seen)
	}
}
