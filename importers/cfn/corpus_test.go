package cfn

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
)

// templates lists the corpus's templates of the kinds that this package reads.
func templates(t testing.TB) []string {
	t.Helper()
	dir := corpus.Dir(t)
	var out []string
	for _, kind := range []string{"sam", "cfn", "cdk"} {
		err := filepath.WalkDir(filepath.Join(dir, "templates", kind), func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (strings.HasSuffix(p, ".yaml") || strings.HasSuffix(p, ".template.json")) {
				out = append(out, p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// open imports a file of the disk.
func open(t testing.TB, file string, o importers.Options) *importers.Import {
	t.Helper()
	in, err := importers.OpenFS(context.Background(), Sources(), os.DirFS(filepath.Dir(file)), filepath.Base(file), o)
	if err != nil {
		t.Fatalf("import %s: %v", file, err)
	}
	return in
}

// Every template of the corpus imports, without an error diagnostic.
func TestCorpus(t *testing.T) {
	for _, file := range templates(t) {
		in := open(t, file, importers.Options{})
		if len(in.Design.Functions()) == 0 && !strings.Contains(file, "DeployAssert") {
			t.Errorf("%s: no functions", file)
		}
		for _, d := range in.Diagnostics {
			if os.Getenv("SHOW") != "" {
				t.Logf("%s: %s", d, d.Detail)
			}
		}
	}
}

func TestShow(t *testing.T) {
	if f := os.Getenv("FILE"); f != "" {
		t.Log("\n" + printed(t, open(t, f, importers.Options{})))
	}
}
