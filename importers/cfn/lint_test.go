package cfn

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
)

// Each fault in a policy is told once, by the name of its rule, where the value at fault begins; the rest of the template
// has none.
func TestLint(t *testing.T) {
	const name = "lint.yaml"
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	in, err := importers.OpenFS(context.Background(), Sources(), os.DirFS("testdata"), name, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	told := make([][]string, len(lines))
	for _, d := range in.Diagnostics {
		if d.Rule == "" {
			continue
		}
		told[d.Span.Line-1] = append(told[d.Span.Line-1], d.Rule)
		// Where one value stands alone in its line, the finding begins with it.
		line, _, _ := strings.Cut(lines[d.Span.Line-1], " # ! ")
		value := strings.TrimLeft(line, " -")
		if _, after, ok := strings.Cut(value, ": "); ok && !strings.HasPrefix(value, "{") && d.Rule != "no-principal" {
			value = strings.Trim(after, "[]")
		}
		got := string(text[d.Span.Start:d.Span.End])
		if !strings.HasPrefix(value, "{") && d.Rule != "no-principal" && got != strings.TrimSuffix(value, ":") {
			t.Errorf("line %d: %s stands at %q, not at %q", d.Span.Line, d.Rule, got, value)
		}
		if strings.HasPrefix(value, "{") && got != "\"sqs:SendMessages\"" {
			t.Errorf("line %d: %s stands at %q", d.Span.Line, d.Rule, got)
		}
	}
	for i, line := range lines {
		var want []string
		if _, rules, ok := strings.Cut(line, " # ! "); ok {
			want = strings.Fields(rules)
		}
		if !slices.Equal(told[i], want) {
			t.Errorf("line %d: told %q, not %q: %s", i+1, told[i], want, line)
		}
	}
}

// What is told of the corpus's policies has been read, each finding with the template beside it: none is false.
func TestLintCorpus(t *testing.T) {
	var b strings.Builder
	dir := corpus.Dir(t)
	for _, file := range templates(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range open(t, file, importers.Options{}).Diagnostics {
			if d.Rule != "" {
				fmt.Fprintf(&b, "%s:%d: %s: %s at %s\n", filepath.ToSlash(name), d.Span.Line, d.Severity, d.Rule, text[d.Span.Start:d.Span.End])
			}
		}
	}
	compareGolden(t, "testdata/lint-corpus.golden", b.String())
}
