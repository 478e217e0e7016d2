package importers_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/importers"
	"bulkhead/internal/corpus"
	"bulkhead/model/source"
)

func TestUnifiedDiff(t *testing.T) {
	before := source.Files{"a": []byte("1\n2\n3\n4\n5\n6\n"), "same": []byte("x")}
	after := source.Files{"a": []byte("1\n2\n3\n4\nfive\n6\n"), "same": []byte("x"), "new": []byte("n\n")}
	want := "--- a/a\n+++ b/a\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\n 6\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+n\n"
	if got := importers.UnifiedDiff(before, after); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := importers.UnifiedDiff(before, before); got != "" {
		t.Errorf("no change, but %q", got)
	}
}

// The worked example's diff has the lines of the one that diff -u made.
func TestUnifiedDiffOfWorkedExample(t *testing.T) {
	dir := filepath.Join(filepath.Dir(corpus.Dir(t)), "example")
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	body := func(text string) string {
		_, rest, _ := strings.Cut(text, "\n@@")
		return rest
	}
	got := importers.UnifiedDiff(source.Files{"x": read("before.yaml")}, source.Files{"x": read("after.yaml")})
	if want := string(read("after.diff")); body(got) != body(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever the texts, patch makes the new one of the old one.
func TestUnifiedDiffApplies(t *testing.T) {
	patch, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("NOTICE: skipped, patch is not installed")
	}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.Custom(func(t *rapid.T) string {
			s := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "", "  d"}), 1, 12).Draw(t, "lines"), "\n")
			if rapid.Bool().Draw(t, "ends") {
				s += "\n"
			}
			return s
		})
		before, after := text.Draw(rt, "before"), text.Draw(rt, "after")
		if rapid.Bool().Draw(rt, "few changes") { // several hunks
			before = strings.Repeat("a\nb\nc\n", 15) + before
			lines := strings.SplitAfter(before, "\n")
			for _, at := range rapid.SliceOfN(rapid.IntRange(0, len(lines)-1), 1, 8).Draw(rt, "places") {
				lines[at] = rapid.SampledFrom([]string{"", "x\n", "x\ny\n", lines[at] + "x\n"}).Draw(rt, "line")
			}
			after = strings.Join(lines, "")
		}
		diff := importers.UnifiedDiff(source.Files{"f": []byte(before)}, source.Files{"f": []byte(after)})
		if diff == "" {
			if before != after {
				rt.Fatalf("no diff from %q to %q", before, after)
			}
			return
		}
		checkHeads(rt, diff, before, after)
		dir := t.TempDir()
		write(t, dir, map[string]string{"f": before})
		cmd := exec.Command(patch, "-p1", "-s")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(diff)
		if out, err := cmd.CombinedOutput(); err != nil {
			rt.Fatalf("%v: %s\n%s", err, out, diff)
		}
		got, err := os.ReadFile(filepath.Join(dir, "f"))
		if os.IsNotExist(err) {
			got, err = nil, nil // patch removes what becomes empty
		}
		if err != nil || string(got) != after {
			rt.Fatalf("from %q to %q: patched to %q (%v)\n%s", before, after, got, err, diff)
		}
	})
}

// checkHeads holds the line numbers of hunks against the texts: patch finds its place without them, people do not.
func checkHeads(t *rapid.T, diff, before, after string) {
	olds, news := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	i, j := 0, 0
	lines := strings.SplitAfter(diff, "\n")[2:]
	for k, l := range lines {
		ends := k+1 < len(lines) && strings.HasPrefix(lines[k+1], "\\ No newline")
		text := func() string {
			if ends {
				return strings.TrimSuffix(l[1:], "\n")
			}
			return l[1:]
		}
		switch {
		case strings.HasPrefix(l, "@@"):
			var a, b int
			head := regexp.MustCompile(`,\d+`).ReplaceAllString(strings.TrimSpace(l), "")
			if _, err := fmt.Sscanf(head, "@@ -%d +%d @@", &a, &b); err != nil {
				t.Fatalf("%q: %v", l, err)
			}
			i, j = max(a-1, 0), max(b-1, 0)
			if strings.Contains(l, "-"+strconv.Itoa(a)+",0") {
				i = a
			}
			if strings.Contains(l, "+"+strconv.Itoa(b)+",0") {
				j = b
			}
		case l == "" || l[0] == '\\':
		default:
			if l[0] != '+' {
				if i >= len(olds) || olds[i] != text() {
					t.Fatalf("line %d of the old text is not %q\n%s", i+1, text(), diff)
				}
				i++
			}
			if l[0] != '-' {
				if j >= len(news) || news[j] != text() {
					t.Fatalf("line %d of the new text is not %q\n%s", j+1, text(), diff)
				}
				j++
			}
		}
	}
}

// A change of everything in a large file is found all the same.
func TestUnifiedDiffOfLargeFiles(t *testing.T) {
	before := strings.Repeat("a\nb\n", 20_000)
	after := strings.Repeat("c\nd\n", 20_000)
	diff := importers.UnifiedDiff(source.Files{"f": []byte(before)}, source.Files{"f": []byte(after)})
	if n := strings.Count(diff, "\n-") + strings.Count(diff, "\n+"); n != 80_001 { // and one of the heads
		t.Errorf("%d lines", n)
	}
}
