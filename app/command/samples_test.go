package command_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// breachDoc is what these tests read of breach --json.
type breachDoc struct {
	Design   struct{ Functions, Resources, Counted int }
	Measures struct{ Worst, Mean, MeanEntry, Watertightness float64 }
	NotSeen  []string
	Breaches []struct {
		From  string
		Admin bool
		Reach struct {
			Of        int
			Must, May struct {
				Resources int
				Share     float64
			}
			Fed struct {
				Must, May struct{ Resources int }
			}
		}
		Beyond []struct {
			Service, Type, Pattern string
			Evidence               []struct{ Line int }
		}
		Hits []struct {
			ID, Target, Type, Certainty string
			Capabilities                []string
			Counted, OwnLog             bool
			Path                        []struct {
				From, To, Kind string
				Evidence       []struct {
					Policy, File string
					Line         int
				}
			}
		}
	}
}

func TestLambdaShell(t *testing.T) {
	d := decoded[breachDoc](t, done(t, "breach", "sample:lambdashell", "--json"))
	if d.Measures.Worst != 0 || d.Measures.Mean != 0 || d.Measures.Watertightness != 1 || len(d.Breaches) != 1 {
		t.Fatalf("measures %+v of %d breaches", d.Measures, len(d.Breaches))
	}
	b := d.Breaches[0]
	if b.Reach.Must.Resources != 0 || b.Reach.May.Resources != 0 || b.Reach.May.Share != 0 || b.Reach.Fed.May.Resources != 0 || b.Admin {
		t.Errorf("reach %+v", b.Reach)
	}
	if len(b.Beyond) != 0 {
		t.Errorf("beyond: %+v", b.Beyond)
	}
	if len(b.Hits) != 1 || !b.Hits[0].OwnLog || b.Hits[0].Counted || b.Hits[0].Type != "AWS::Logs::LogGroup" {
		t.Errorf("hits %+v, want its own log group alone", b.Hits)
	}
}

// The six of the Webshop that count.
var six = []string{"res/Products", "res/Carts", "res/Orders", "res/Receipts", "res/Outbox", "res/PaymentKey"}

func TestWebshop(t *testing.T) {
	before := decoded[breachDoc](t, done(t, "breach", "sample:webshop", "--from", "Shop", "--json"))
	shop := before.Breaches[0]
	if shop.Reach.Of != 6 || shop.Reach.Must.Resources != 6 || shop.Reach.May.Share != 1 || before.Measures.Worst != 1 {
		t.Errorf("reach %+v, worst %v", shop.Reach, before.Measures.Worst)
	}
	var hit, sea []string
	for _, h := range shop.Hits {
		if h.Counted {
			hit = append(hit, h.Target)
		}
		for _, step := range h.Path {
			for _, e := range step.Evidence {
				if e.File == "" != (e.Line == 0) || e.Line == 0 && !h.OwnLog {
					t.Errorf("%s: a statement without its line: %+v", h.ID, e)
				}
			}
		}
	}
	for _, b := range shop.Beyond {
		sea = append(sea, b.Service)
	}
	for _, r := range six {
		if !slices.Contains(hit, r) {
			t.Errorf("%s is not flooded", r)
		}
	}
	for _, s := range []string{"dynamodb", "s3", "secretsmanager", "sqs"} {
		if !slices.Contains(sea, s) {
			t.Errorf("the sea does not name %s: %q", s, sea)
		}
	}
	if text := done(t, "breach", "sample:webshop", "--from", "Shop"); !strings.Contains(text, "6 of 6") || !strings.Contains(text, "the sea: any other table, bucket and secret; send to any other queue; write any log group of the account") {
		t.Errorf("the text does not say so:\n%s", text)
	}

	after := decoded[breachDoc](t, done(t, "breach", "sample:webshop/split.bulkhead", "--json"))
	if after.Design.Counted != 6 || after.Design.Functions != 7 {
		t.Errorf("after the split: %+v", after.Design)
	}
	if after.Measures.Mean > before.Measures.Mean/3 || after.Measures.Watertightness <= before.Measures.Watertightness {
		t.Errorf("mean %v → %v, watertightness %v → %v", before.Measures.Mean, after.Measures.Mean, before.Measures.Watertightness, after.Measures.Watertightness)
	}
	for _, b := range after.Breaches {
		hit := map[string]bool{}
		for _, h := range b.Hits {
			if slices.Contains(six, h.Target) {
				hit[h.Target] = true
			}
		}
		if len(hit) > 2 || b.Reach.May.Resources > 2 || b.Reach.Of != 6 || b.Reach.May.Resources != len(hit) {
			t.Errorf("%s floods %v of %d", b.From, hit, b.Reach.Of)
		}
	}
}

func TestTour(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	out := done(t, "tour", "-o", dir)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines:\n%s", len(lines), out)
	}
	before := decoded[breachDoc](t, done(t, "breach", "sample:webshop", "--json")).Measures
	after := decoded[breachDoc](t, done(t, "breach", "sample:webshop/split.bulkhead", "--json")).Measures
	for i, want := range [][]string{
		{"model ", "2 functions", "6 of them counted"},
		{"breach ", "Shop floods 6 of 6", "any other table"},
		{"tighten ", "* became res/Products"},
		{"split ", percent(before.Worst) + " → " + percent(after.Worst), percent(before.Mean) + " → " + percent(after.Mean)},
		{"pictures ", filepath.Join(dir, "index.html"), filepath.Join(dir, "export")},
	} {
		for _, w := range want {
			if !strings.Contains(lines[i], w) {
				t.Errorf("line %d does not say %q: %s", i+1, w, lines[i])
			}
		}
	}
	for _, name := range []string{"index.html", "hull.svg", "hull.png", "hull.pdf", "map.svg", "map.png", "map.pdf", "export/source.diff", "export/DEPLOY.md", "export/policies/ShopRole.json", "export/policies/CatalogRole.json"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 100 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// The patch of the worked example, applied to its source by --write, is the source that is expected byte for byte,
// and says the same as its diff.
func TestExportWorkedExample(t *testing.T) {
	dir := example(t)
	source := write(t, "before.yaml", read(t, filepath.Join(dir, "before.yaml")))
	script := filepath.Join(dir, "edits.jsonl")
	diff := done(t, "export", source, "--script", script, "--patch")
	if read(t, source) != read(t, filepath.Join(dir, "before.yaml")) {
		t.Error("--patch wrote the source")
	}
	if got := applied(t, read(t, source), diff); got != read(t, filepath.Join(dir, "after.yaml")) {
		t.Errorf("the diff applied gives\n%s", got)
	}
	done(t, "export", source, "--script", script, "--write")
	if got := read(t, source); got != read(t, filepath.Join(dir, "after.yaml")) {
		t.Errorf("written:\n%s", got)
	}
	if again := run(t, "export", source, "--script", script, "--write"); again.code == 0 || read(t, source) != read(t, filepath.Join(dir, "after.yaml")) {
		t.Errorf("the same edits again: exit %d: %s", again.code, again.err)
	}
}

// applied makes the changes of a unified diff of one file.
func applied(t *testing.T, text, diff string) string {
	t.Helper()
	var out strings.Builder
	in := slices.Collect(strings.Lines(text))
	at := 0 // lines of in that are done
	for line := range strings.Lines(diff) {
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		case strings.HasPrefix(line, "@@ -"):
			start := 0
			for _, r := range line[4:] {
				if r < '0' || r > '9' {
					break
				}
				start = 10*start + int(r-'0')
			}
			for ; at < start-1; at++ {
				out.WriteString(in[at])
			}
		case line[0] == '+':
			out.WriteString(line[1:])
		case line[0] == '-', line[0] == ' ':
			if at >= len(in) || in[at] != line[1:] {
				t.Fatalf("line %d is not %q", at+1, line[1:])
			}
			if line[0] == ' ' {
				out.WriteString(in[at])
			}
			at++
		default:
			t.Fatalf("no line of a diff: %q", line)
		}
	}
	for ; at < len(in); at++ {
		out.WriteString(in[at])
	}
	return out.String()
}

// percent is how a share is written for people.
func percent(share float64) string {
	return fmt.Sprintf("%.0f %%", math.Round(100*share))
}

// What would stop a breach, and by which other ways it comes: on the sample with an escalation.
func TestWallAndWays(t *testing.T) {
	text := done(t, "breach", "sample:team", "--from", "release-notes", "--wall", "invoice-archive")
	if !strings.Contains(text, "Without 1 statement, a breach of release-notes does not reach invoice-archive, and no fewer do") || !strings.Contains(text, "trust policy of deploy · statement 1") {
		t.Errorf("the wall is\n%s", text)
	}
	text = done(t, "breach", "sample:team", "--from", "release-notes", "--ways", "invoice-archive")
	if strings.Count(text, "way ") != 3 || !strings.Contains(text, "release-notes assumes deploy, because release-notes-role · statement 2 (Deploy)") {
		t.Errorf("the ways are\n%s", text)
	}
	if r := typed(t, "", "breach", "sample:team", "--from", "reporting", "--wall", "invoices"); r.code != 2 || !strings.Contains(r.err, "does not reach invoices") {
		t.Errorf("exit %d: %s", r.code, r.err)
	}
}

// The text says at a glance who is an administrator and how; steps onward stand first; columns are columns; ways of
// several hops are said.
func TestBreachText(t *testing.T) {
	text := done(t, "breach", "sample:team", "--from", "release-notes")
	if !strings.Contains(text, " · an administrator is reachable: release-notes → deploy → ops-automation\n") {
		t.Errorf("the headline does not say the way:\n%s", text)
	}
	var kinds []string
	at := map[int]bool{}
	for _, line := range strings.Split(text, "\n") {
		if f := strings.Fields(line); len(f) > 1 && (f[0] == "runs" || f[0] == "feeds" || f[0] == "acts") {
			kinds = append(kinds, f[0])
			at[strings.Index(line, "  "+f[1])] = true
		}
	}
	if len(kinds) < 5 || !slices.IsSortedFunc(kinds, func(a, b string) int {
		return strings.Index("runs feeds acts", a) - strings.Index("runs feeds acts", b)
	}) {
		t.Errorf("rows are of %q", kinds)
	}
	if len(at) != 1 {
		t.Errorf("targets start in columns %v:\n%s", at, text)
	}
	if !strings.Contains(text, "by release-notes → deploy → ops-automation → invoices\n") {
		t.Errorf("no way of several hops:\n%s", text)
	}
}
