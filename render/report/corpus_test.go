package report

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/internal/corpus"
	"bulkhead/render/dot"
)

// templates lists the SAM, CloudFormation and CDK templates of the corpus.
func templates(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, kind := range []string{"sam", "cfn", "cdk"} {
		err := filepath.WalkDir(filepath.Join(corpus.Dir(t), "templates", kind), func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json", ".template"}, filepath.Ext(path)) {
				out = append(out, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestCorpus: every real template has a report that holds together.
func TestCorpus(t *testing.T) {
	n := 0
	for _, path := range templates(t) {
		in, err := importers.Open(context.Background(), cfn.Sources(), path, importers.Options{})
		if errors.Is(err, importers.ErrUnknown) {
			continue // lies beside a template
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		n++
		v := view(analysed(t, in.Design), "")
		r := Report{Title: in.Design.Info().Name, Before: v, After: v, Diagnostics: in.Diagnostics, Map: dot.Own()}
		t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), func(t *testing.T) {
			html, page, pictures := formsOf(t, r)
			if text := words(t, html); len(text) < 1000 {
				t.Errorf("the page says only %q", text)
			}
			checkPaper(t, page.paper(pictures))
		})
	}
	if n < 20 {
		t.Errorf("only %d templates were reported", n)
	}
}

func BenchmarkReport(b *testing.B) {
	for name, path := range map[string]string{
		"webshop": samples + "webshop/template.yaml",
		"large":   filepath.Join(corpus.Dir(b), "templates/cfn/aws-cloudformation__cfn-lint/test/fixtures/templates/quickstart/cis_benchmark.yaml"),
	} {
		b.Run(name, func(b *testing.B) {
			r := plain(b, path)
			r.Map = nil
			for b.Loop() {
				if _, err := r.files(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
