package terraform

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/internal/tightening"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// folders lists the configurations of the corpus.
func folders(t testing.TB) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(corpus.Dir(t), "templates", "tf-dir", "*", "*"))
	if err != nil || len(list) < 6 {
		t.Fatalf("%d folders (%v)", len(list), err)
	}
	return append(list, filepath.Join(corpus.Dir(t), "privesc", "iam-vulnerable", "tool-testing"))
}

func openFolder(t testing.TB, dir string) *importers.Import {
	t.Helper()
	in, err := importers.OpenFS(context.Background(), Sources(), os.DirFS(dir), ".", importers.Options{StackName: "s"})
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	return in
}

func openFiles(t testing.TB, files map[string]string) *importers.Import {
	t.Helper()
	data := source.Files{}
	for name, text := range files {
		data[name] = []byte(text)
	}
	in, err := importers.OpenFS(context.Background(), Sources(), importers.Memory(data, nil), ".", importers.Options{StackName: "s"})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// tightenings are those of every patcher, and more that a list can be changed by.
var tightenings = slices.Concat(tightening.All, []tightening.Tightening{
	{Name: "drop the last action", Change: func(s *policy.Statement) *policy.Statement {
		if len(s.Actions) < 2 || s.NotAction {
			return nil
		}
		n := *s
		n.Actions = s.Actions[:len(s.Actions)-1]
		return &n
	}},
	{Name: "add a resource", Change: func(s *policy.Statement) *policy.Statement {
		if len(s.Resources) == 0 {
			return nil
		}
		n := *s
		n.Resources = append(s.Resources[:len(s.Resources):len(s.Resources)], "arn:aws:s3:::more/${aws:username}/*")
		return &n
	}},
})

// anyText is what statements that look the same may differ in.
var anyText = regexp.MustCompile(`"([A-Za-z]*)[^"]*"`)

// hasPlace is where something stands in a file, in an error.
var hasPlace = regexp.MustCompile(`^[^ ]+:\d+: `)

// proven makes a patch, and checks that it imports as it should and that terraform fmt finds nothing new.
func proven(t testing.TB, what string, in *importers.Import, after *model.Design) (source.Files, bool) {
	t.Helper()
	edits, err := in.Source.(importers.Patcher).Patch(in, after)
	if err != nil {
		if !hasPlace.MatchString(err.Error()) {
			t.Errorf("%s: refused without a place: %v", what, err)
		}
		t.Logf("%s: refused: %v", what, err)
		return nil, false
	}
	if len(edits) == 0 {
		t.Errorf("%s: nothing was changed", what)
		return nil, false
	}
	files, err := importers.Prove(context.Background(), in, after, edits)
	if err != nil {
		files, _ := in.Files.Apply(edits)
		t.Errorf("%s: %v\n%s", what, err, importers.UnifiedDiff(in.Files, files))
		return nil, false
	}
	for name, data := range files {
		if was := in.Files[name]; strings.HasSuffix(name, ".tf") && bytes.Equal(was, hclwrite.Format(was)) && !bytes.Equal(data, hclwrite.Format(data)) {
			t.Errorf("%s: terraform fmt would change %s\n%s", what, name, importers.UnifiedDiff(files, source.Files{name: hclwrite.Format(data)}))
		}
	}
	if os.Getenv("SHOW") != "" {
		t.Logf("%s\n%s", what, importers.UnifiedDiff(in.Files, files))
	}
	return files, true
}

// Every statement of every configuration of the corpus can be tightened, and the patch is proven. Refusals name the place.
func TestTightenCorpus(t *testing.T) {
	done, refused := 0, map[string]int{}
	seen := map[string]bool{}
	for _, dir := range folders(t) {
		in := openFolder(t, dir)
		for _, p := range in.Design.Policies() {
			if p.Document == nil || p.Document.Span.IsZero() {
				continue
			}
			for i, st := range p.Document.Statements {
				for _, how := range tightenings {
					// Of many statements that look the same, one is enough.
					look := how.Name + anyText.ReplaceAllString(string(in.Files[st.Span.File][st.Span.Start:st.Span.End]), `"$1"`)
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
					if _, ok := proven(t, filepath.Base(dir)+": "+how.Name+" of "+string(p.ID), in, after); ok {
						done++
					} else {
						refused[how.Name]++
					}
				}
			}
		}
	}
	t.Logf("%d tightenings proven, refused: %v", done, refused)
	if done < 100 {
		t.Errorf("only %d tightenings", done)
	}
}

// The bytes of every statement's place, in every configuration of the corpus, say what the statement says.
func TestStatementsSayWhatStandsThere(t *testing.T) {
	n := 0
	for _, dir := range folders(t) {
		in := openFolder(t, dir)
		p, err := newPatch(in, in.Design)
		if err != nil {
			t.Fatal(err)
		}
		check := func(id model.ID, d *policy.Document) {
			if d == nil || d.Span.IsZero() {
				return
			}
			for _, st := range d.Statements {
				s := p.evaluator.sites[st.Span]
				if s == nil {
					t.Errorf("%s: %s: how the statement at %v is written is not known", dir, id, st.Span)
					continue
				}
				g, err := p.open(s)
				if err != nil {
					t.Errorf("%s: %s: %v", dir, id, err)
					continue
				}
				said := map[string][]string{}
				for _, f := range g.fields {
					for _, i := range f.items {
						said[f.key] = append(said[f.key], i.text)
					}
				}
				not := map[bool]string{true: "Not"}
				for key, want := range map[string][]string{not[st.NotAction] + "Action": st.Actions, not[st.NotResource] + "Resource": st.Resources} {
					if got := said[g.name(key)]; strings.Join(got, " ") != strings.Join(want, " ") {
						t.Errorf("%v: %s says %q, and %s has %q", st.Span, key, got, id, want)
					}
				}
				n++
			}
		}
		for _, q := range in.Design.Policies() {
			check(q.ID, q.Document)
		}
		for _, r := range in.Design.Roles() {
			check(r.ID, r.Trust)
		}
		for _, r := range in.Design.Resources() {
			check(r.ID, r.Policy)
		}
	}
	if n < 60 {
		t.Errorf("only %d statements", n)
	}
}

// A statement that is doubled is printed once more in its own bytes, and nothing else is touched.
func TestStatementsPrintAsTheyStand(t *testing.T) {
	n := 0
	for _, dir := range folders(t) {
		in := openFolder(t, dir)
		for _, q := range in.Design.Policies() {
			if q.Document == nil || q.Document.Span.IsZero() {
				continue
			}
			for i, st := range q.Document.Statements {
				again := *st
				after := withPolicy(t, in.Design, q.ID, func(l []*policy.Statement) []*policy.Statement { return slices.Insert(l, i+1, &again) })
				edits, err := in.Source.(importers.Patcher).Patch(in, after)
				if err != nil {
					if !hasPlace.MatchString(err.Error()) {
						t.Errorf("%s: %s: refused without a place: %v", dir, q.ID, err)
					}
					continue
				}
				files, err := importers.Prove(context.Background(), in, after, edits)
				if err != nil {
					t.Errorf("%s: %v", st.Span, err)
					continue
				}
				was, is := string(in.Files[st.Span.File]), string(files[st.Span.File])
				own := was[st.Span.Start:st.Span.End]
				between, ok := strings.CutSuffix(strings.TrimSuffix(strings.TrimPrefix(is, was[:st.Span.End]), was[st.Span.End:]), own)
				if !ok || strings.Trim(between, ", \n") != "" {
					t.Errorf("%s: printed again it is\n%s\nbehind\n%s", st.Span, between, own)
				}
				n++
			}
		}
	}
	t.Logf("%d statements printed", n)
	if n < 30 {
		t.Errorf("only %d statements", n)
	}
}
