package cfn

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// each calls f for every statement of an identity policy that is written in the template, once a place.
func each(in *importers.Import, f func(p *model.Policy, i int, st *policy.Statement)) {
	seen := map[source.Span]bool{}
	for _, p := range in.Design.Policies() {
		if p.Document == nil || p.Document.Span.IsZero() {
			continue
		}
		for i, st := range p.Document.Statements {
			if !seen[st.Span] {
				seen[st.Span] = true
				f(p, i, st)
			}
		}
	}
}

// The bytes of a statement's span, read by themselves, are the statement; put in the place of themselves they
// change nothing.
func TestSpansAreTheirStatements(t *testing.T) {
	n := 0
	for _, file := range inputs(t) {
		in := tryOpen(t, file)
		if in == nil {
			continue
		}
		p, err := newPatch(in, in.Design)
		if err != nil {
			t.Fatal(err)
		}
		data := in.Files[in.Path]
		for _, e := range in.Design.Elements() {
			if at := e.Place(); !at.IsZero() {
				same(t, in, at)
			}
		}
		each(in, func(pol *model.Policy, i int, st *policy.Statement) {
			same(t, in, st.Span)
			s := p.sheetOf(st.Span)
			node := p.places.statements[st.Span]
			if node == nil || !s.Has(node) || !s.isStatement(node) {
				return // a policy template, or what SAM makes
			}
			text := strings.Repeat(" ", node.Span().Column-1) + string(data[st.Span.Start:st.Span.End]) + "\n"
			root, _, err := yamlpos.Parse(in.Path, []byte(text))
			if err != nil {
				t.Errorf("%s:%d: %v\n%s", file, st.Span.Line, err, text)
				return
			}
			bare := func(st *policy.Statement) *policy.Statement {
				out := *st
				out.Conditions = written(st.Conditions) // what the template's conditions add stands elsewhere
				return &out
			}
			if !slices.ContainsFunc(s.builder.statements(root), func(got *policy.Statement) bool { return bare(got).Equal(bare(st)) }) {
				t.Errorf("%s:%d: the bytes of statement %d of %s are another statement\n%s", file, st.Span.Line, i, pol.ID, text)
			}
			n++
		})
	}
	if n < 100 {
		t.Errorf("only %d statements", n)
	}
}

func same(t *testing.T, in *importers.Import, at source.Span) {
	t.Helper()
	files, err := in.Files.Apply([]source.Edit{{Span: at, New: string(in.Files[at.File][at.Start:at.End])}})
	if err != nil || string(files[at.File]) != string(in.Files[at.File]) {
		t.Errorf("%s: bytes %d to %d: %v", at, at.Start, at.End, err)
	}
}

// A statement that is doubled is printed once more in its own formatting: behind itself stand the same bytes
// again, comments aside, and nothing else changes.
func TestStatementsPrintAsTheyStand(t *testing.T) {
	n, refused := 0, 0
	for _, file := range inputs(t) {
		in := tryOpen(t, file)
		if in == nil {
			continue
		}
		each(in, func(p *model.Policy, i int, st *policy.Statement) {
			doc := *p.Document
			again := *st
			doc.Statements = append(append(append([]*policy.Statement(nil), p.Document.Statements[:i+1]...), &again), p.Document.Statements[i+1:]...)
			next := *p
			next.Document = &doc
			after, err := in.Design.With(model.Change{Before: p, After: &next})
			if err != nil {
				t.Fatal(err)
			}
			edits, err := Source{}.rewrite(in, after)
			if err != nil {
				refused++
				if os.Getenv("SHOW") != "" {
					t.Log(file, err)
				}
				return
			}
			if _, err := importers.Prove(context.Background(), in, after, edits); err != nil {
				t.Errorf("%s:%d: %v", file, st.Span.Line, err)
				return
			}
			want := printedText(string(in.Files[in.Path][st.Span.Start:st.Span.End]))
			if want == "" || !inList(in, st) {
				return // with comments; a policy template that is unfolded, or a single one that becomes a list
			}
			if len(edits) != 1 || edits[0].Span.Start != edits[0].Span.End {
				t.Errorf("%s:%d: more than the new statement is touched: %v", file, st.Span.Line, edits)
				return
			}
			if got := printedText(edits[0].New); got != want {
				t.Errorf("%s:%d: printed again it is\n%s\nnot\n%s", file, st.Span.Line, got, want)
			}
			n++
		})
	}
	t.Logf("%d statements printed, %d refused", n, refused)
	if n < 120 {
		t.Errorf("only %d statements", n)
	}
}

// inList reports whether the statement is an item of a list.
func inList(in *importers.Import, st *policy.Statement) bool {
	patch, err := newPatch(in, in.Design)
	if err != nil {
		return false
	}
	s := patch.sheetOf(st.Span)
	n := patch.places.statements[st.Span]
	return s != nil && n != nil && s.Has(n) && s.isStatement(n) && s.Parent(n) != nil && s.Parent(n).Kind == yamlpos.Sequence
}

// printedText is text without what differs between the first of a list and the next: the dash, the comma, and the
// indent of the first line; "" if it has comments.
func printedText(text string) string {
	if strings.Contains(text, "#") {
		return ""
	}
	text = strings.TrimSpace(text)
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "-"), ","))
	return strings.TrimSpace(strings.TrimSuffix(text, ","))
}
