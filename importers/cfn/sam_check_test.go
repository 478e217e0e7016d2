package cfn

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model/source"
)

// errorsOf are the error diagnostics of a template.
func errorsOf(t *testing.T, text string) []string {
	t.Helper()
	in, err := importers.OpenFS(context.Background(), Sources(), fstest.MapFS{"t.yaml": {Data: []byte(text)}}, "t.yaml", importers.Options{})
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, d := range in.Diagnostics {
		if d.Severity == source.Error {
			out = append(out, d.String())
		}
	}
	return out
}

// Each template of the file has one thing in it that SAM refuses.
func TestRefused(t *testing.T) {
	data, err := os.ReadFile("testdata/refused.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		name, text, _ := strings.Cut(part, " --\n")
		if found := errorsOf(t, "Transform: AWS::Serverless-2016-10-31\n"+text); len(found) == 0 {
			t.Errorf("%s is not refused:\n%s", name, text)
		}
		n++
	}
	if n < 100 {
		t.Errorf("%d templates", n)
	}
}

// What SAM takes is not refused. Of the few inputs that are in error all the same, SAM does not look at what is wrong.
func TestGoodIsNotRefused(t *testing.T) {
	wrong := []string{"api_with_resource_policy.yaml", "api_with_resource_policy_global.yaml", "connector_hardcoded_props.yaml", "resource_with_invalid_type.yaml"}
	files, err := filepath.Glob(filepath.Join(corpus.Dir(t), "sam-golden", "input", "*.yaml"))
	if err != nil || len(files) < 100 {
		t.Fatalf("%d inputs (%v)", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "error_") || slices.Contains(wrong, name) {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range errorsOf(t, string(data)) {
			t.Errorf("%s: %s", name, e)
		}
	}
}
