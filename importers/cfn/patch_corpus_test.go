package cfn

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/policy"
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

// A tightening is one statement changed.
type tightening struct {
	name   string
	change func(*policy.Statement) *policy.Statement // nil: it cannot be done here; the same: drop it
}

var tightenings = []tightening{
	{"drop an action", func(s *policy.Statement) *policy.Statement {
		if len(s.Actions) < 2 || s.NotAction {
			return nil
		}
		n := *s
		n.Actions = s.Actions[1:]
		return &n
	}},
	{"spell a wildcard out", func(s *policy.Statement) *policy.Statement {
		if s.NotAction {
			return nil
		}
		for i, a := range s.Actions {
			if strings.HasSuffix(a, "*") && strings.Contains(a, ":") {
				all := catalog.Load().Expand(a)
				if len(all) < 2 {
					return nil
				}
				n := *s
				n.Actions = append(append([]string(nil), s.Actions[:i]...), all[0].String(), all[len(all)-1].String())
				n.Actions = append(n.Actions, s.Actions[i+1:]...)
				return &n
			}
		}
		return nil
	}},
	{"narrow the resource", func(s *policy.Statement) *policy.Statement {
		if s.NotResource || len(s.Resources) == 0 || s.Resources[0] == "arn:aws:s3:::narrow/*" {
			return nil
		}
		n := *s
		n.Resources = []string{"arn:aws:s3:::narrow/*"}
		return &n
	}},
	{"add a condition", func(s *policy.Statement) *policy.Statement {
		n := *s
		n.Conditions = append(s.Conditions[:len(s.Conditions):len(s.Conditions)], policy.Condition{Operator: "StringEqualsIfExists", Key: "aws:RequestedRegion", Values: []string{"eu-west-1", "eu-west-3"}})
		return &n
	}},
	{"drop the statement", func(s *policy.Statement) *policy.Statement { return s }},
}

// tightened is the design with one statement changed; nil if the policy would be left empty.
func tightened(t testing.TB, d *model.Design, p *model.Policy, i int, to *policy.Statement) *model.Design {
	t.Helper()
	doc := *p.Document
	doc.Statements = append([]*policy.Statement(nil), p.Document.Statements...)
	if to == p.Document.Statements[i] {
		if len(doc.Statements) == 1 {
			return nil
		}
		doc.Statements = append(doc.Statements[:i:i], doc.Statements[i+1:]...)
	} else {
		doc.Statements[i] = to
	}
	n := *p
	n.Document = &doc
	after, err := d.With(model.Change{Before: p, After: &n})
	if err != nil {
		t.Fatal(err)
	}
	return after
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
				for _, how := range tightenings {
					// Of the thousands of statements of the goldens, one of each look is enough.
					look := how.name + string(in.Files[in.Path][st.Span.Start:st.Span.End])
					if seen[look] {
						continue
					}
					seen[look] = true
					to := how.change(st)
					if to == nil {
						continue
					}
					after := tightened(t, in.Design, p, i, to)
					if after == nil {
						continue
					}
					edits, err := Source{}.rewrite(in, after)
					if err != nil {
						if !strings.Contains(err.Error(), in.Path+":") {
							t.Errorf("%s: %s of %s: refused without a place: %v", file, how.name, p.ID, err)
						}
						refused[how.name]++
						t.Logf("%s: %s of %s: %v", file, how.name, p.ID, err)
						continue
					}
					if len(edits) == 0 {
						t.Errorf("%s: %s of %s: nothing was changed", file, how.name, p.ID)
						continue
					}
					if _, err := importers.Prove(context.Background(), in, after, edits); err != nil {
						files, _ := in.Files.Apply(edits)
						t.Errorf("%s: %s of %s: %v\n%s", file, how.name, p.ID, err, importers.UnifiedDiff(in.Files, files))
						continue
					}
					done++
					if os.Getenv("SHOW") != "" {
						files, _ := in.Files.Apply(edits)
						t.Logf("%s %s\n%s", file, how.name, importers.UnifiedDiff(in.Files, files))
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
