package cfn

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/internal/tightening"
)

// inputs lists the templates of the corpus and the inputs of the SAM goldens.
func inputs(t testing.TB) []string {
	t.Helper()
	golden, err := filepath.Glob(filepath.Join(corpus.Dir(t), "sam-golden", "input", "*.y*ml"))
	if err != nil || len(golden) < 100 {
		t.Fatalf("%d SAM goldens (%v)", len(golden), err)
	}
	return append(templates(t), golden...)
}

// tryOpen imports a file that may be one that nothing can be made of.
func tryOpen(t testing.TB, file string) *importers.Import {
	t.Helper()
	in, err := importers.OpenFS(context.Background(), Sources(), os.DirFS(filepath.Dir(file)), filepath.Base(file), importers.Options{})
	if err != nil {
		return nil
	}
	return in
}

// Every statement of every template of the corpus can be tightened in five ways, and the patch is proven. Refusals
// name the place.
func TestTightenCorpus(t *testing.T) {
	done, refused := 0, map[string]int{}
	for _, file := range inputs(t) {
		in := tryOpen(t, file)
		if in == nil {
			continue
		}
		seen := map[string]bool{}
		for _, p := range in.Design.Policies() {
			if p.Document == nil || p.Document.Span.IsZero() {
				continue
			}
			for i, st := range p.Document.Statements {
				for _, how := range tightening.All {
					// Of the thousands of statements of the goldens, one of each look is enough.
					look := how.Name + string(in.Files[in.Path][st.Span.Start:st.Span.End])
					if seen[look] {
						continue
					}
					seen[look] = true
					to := how.Change(st)
					if to == nil {
						continue
					}
					after := tightening.Tightened(t, in.Design, p, i, to)
					if after == nil {
						continue
					}
					edits, err := Source{}.rewrite(in, after)
					if err != nil {
						if !strings.Contains(err.Error(), in.Path+":") {
							t.Errorf("%s: %s of %s: refused without a place: %v", file, how.Name, p.ID, err)
						}
						refused[how.Name]++
						t.Logf("%s: %s of %s: %v", file, how.Name, p.ID, err)
						continue
					}
					if len(edits) == 0 {
						t.Errorf("%s: %s of %s: nothing was changed", file, how.Name, p.ID)
						continue
					}
					if _, err := importers.Prove(context.Background(), in, after, edits); err != nil {
						files, _ := in.Files.Apply(edits)
						t.Errorf("%s: %s of %s: %v\n%s", file, how.Name, p.ID, err, importers.UnifiedDiff(in.Files, files))
						continue
					}
					done++
					if os.Getenv("SHOW") != "" {
						files, _ := in.Files.Apply(edits)
						t.Logf("%s %s\n%s", file, how.Name, importers.UnifiedDiff(in.Files, files))
					}
				}
			}
		}
	}
	t.Logf("%d tightenings proven, refused: %v", done, refused)
	if done < 350 {
		t.Errorf("only %d tightenings", done)
	}
}
