package yamlpos_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers/yamlpos"
	"bulkhead/internal/corpus"
)

// corpusFiles are the templates that every test of spans goes over.
func corpusFiles(t testing.TB) []string {
	t.Helper()
	dir := corpus.Dir(t)
	var out []string
	for _, sub := range []string{"templates/sam", "templates/cfn", "templates/cdk", "templates/sls", "templates/pulumi-yaml", "sam-golden/input"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			switch filepath.Ext(path) {
			case ".yaml", ".yml", ".json", ".out":
				if !d.IsDir() {
					out = append(out, path)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 200 {
		t.Fatalf("only %d templates found", len(out))
	}
	return out
}

func TestSpansOfCorpusParseToTheirElements(t *testing.T) {
	nodes := 0
	for _, path := range corpusFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		root, diagnostics, err := yamlpos.Parse(name, data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for _, d := range diagnostics {
			t.Log(path, d)
		}
		nodes += checkSpans(t, name, data, root)
	}
	if nodes < 50_000 {
		t.Errorf("only %d values were looked at", nodes)
	}
	t.Log(nodes, "values")
}

// Windows line ends and a byte order mark move every byte; the spans have to follow.
func TestSpansOfCorpusWithWindowsLineEnds(t *testing.T) {
	for _, path := range corpusFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := "\ufeff" + strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n", "\r\n")
		root, _, err := yamlpos.Parse(path, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		checkSpans(t, path, []byte(text), root)
	}
}
