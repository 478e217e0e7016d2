package cfn

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

// printed is an import as text: every element with its place, and the diagnostics.
func printed(t testing.TB, in *importers.Import) string {
	t.Helper()
	var b strings.Builder
	line := func(name string, v any) {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(name + " " + string(data) + "\n")
	}
	line("info", in.Design.Info())
	for _, e := range in.Design.Elements() {
		name := string(e.ElementID())
		switch e := e.(type) {
		case *model.Policy:
			if e.Origin.IsZero() && e.Document != nil {
				c := *e
				c.Document = nil // AWS's own
				line(name, c)
				continue
			}
			line(name, e)
		default:
			line(name, e)
		}
	}
	for _, d := range in.Diagnostics {
		b.WriteString(d.String() + "\n\t" + d.Detail + "\n")
	}
	return b.String()
}

// compareGolden holds text against testdata/name.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test ./importers/cfn -update writes it anew); got:\n%s", file, got)
	}
}
