package cfn

import (
	"context"
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/source"
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

// Every template of the corpus imports, without an error diagnostic: but that its code is not there, as the corpus has templates
// without their code.
func TestCorpus(t *testing.T) {
	for _, file := range templates(t) {
		in := open(t, file, importers.Options{})
		if len(in.Design.Functions()) == 0 && !strings.Contains(file, "DeployAssert") {
			t.Errorf("%s: no functions", file)
		}
		for _, d := range in.Diagnostics {
			if d.Severity == source.Error && !strings.Contains(d.Summary, "has no code") {
				t.Errorf("%s: %s", file, d)
			}
		}
	}
}

// The functions and roles that were counted in each template are there.
func TestCorpusCounts(t *testing.T) {
	dir := corpus.Dir(t)
	f, err := os.Open(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows[1:] {
		if kind := row[1]; kind != "sam" && kind != "cfn" && kind != "cdk" {
			continue
		}
		n++
		in := open(t, filepath.Join(dir, row[0]), importers.Options{})
		functions, _ := strconv.Atoi(row[4])
		roles, _ := strconv.Atoi(row[5])
		if got := len(in.Design.Functions()); got < functions {
			t.Errorf("%s: %d functions, counted %d", row[0], got, functions)
		}
		if got := len(in.Design.Roles()); got < roles {
			t.Errorf("%s: %d roles, counted %d", row[0], got, roles)
		}
	}
	if n == 0 {
		t.Error("no templates")
	}
}

// What is at an element's place is the element: its key is the logical id, and a statement's bytes read as one.
func TestCorpusPlaces(t *testing.T) {
	statements := 0
	for _, file := range templates(t) {
		in := open(t, file, importers.Options{})
		text := func(s source.Span) string { return string(in.Files[s.File][s.Start:s.End]) }
		for _, e := range in.Design.Elements() {
			switch e := e.(type) {
			case *model.Function:
				if got := strings.TrimPrefix(text(e.Origin), `"`); !strings.HasPrefix(got, e.LogicalID) {
					t.Errorf("%s: the place of %s begins with %.20q", file, e.ID, got)
				}
			case *model.Resource:
				if e.External {
					continue // its place is where it is named
				}
				if got := strings.TrimPrefix(text(e.Origin), `"`); !e.Origin.IsZero() && !strings.HasPrefix(got, e.LogicalID) && !strings.HasPrefix(e.LogicalID, "Serverless") {
					t.Errorf("%s: the place of %s begins with %.20q", file, e.ID, got)
				}
			case *model.Policy:
				if e.Document == nil || e.Origin.IsZero() {
					continue
				}
				for _, s := range e.Document.Statements {
					statements++
					if got := text(s.Span); !strings.Contains(got, "Effect") && !strings.Contains(text(e.Origin), "Policy") {
						t.Errorf("%s: a statement of %s stands at %.60q", file, e.ID, got)
					}
				}
			}
		}
	}
	if statements == 0 {
		t.Error("no statements")
	}
}

// Reading twice gives the same, in the same order.
func TestCorpusTwice(t *testing.T) {
	for _, file := range templates(t) {
		a, b := open(t, file, importers.Options{}), open(t, file, importers.Options{})
		if printed(a) != printed(b) {
			t.Errorf("%s reads differently a second time", file)
		}
		again, err := readAgain(context.Background(), a)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if diff := a.Design.Diff(again.design); len(diff) > 0 {
			t.Errorf("%s: read again it has %d differences", file, len(diff))
		}
	}
}
