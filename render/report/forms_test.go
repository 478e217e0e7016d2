package report

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/render"
	"bulkhead/render/dot"
	"bulkhead/render/font"
)

var update = flag.Bool("update", false, "write the golden files anew")

// formsOf is a report's page, and what the other forms are made of.
func formsOf(t testing.TB, r Report) (html string, p *page, pictures []*picture) {
	t.Helper()
	pictures, err := r.pictures(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if p, err = r.tell(pictures); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.page(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String(), p, pictures
}

// team is the report of the sample account.
func team(t testing.TB) Report {
	t.Helper()
	in, err := importers.Open(context.Background(), []importers.Source{account.New()}, samples+"team/snapshot.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := view(analysed(t, in.Design), "")
	return Report{Title: in.Design.Info().Name, Before: v, After: v, Diagnostics: in.Diagnostics, Map: dot.Own()}
}

func sampleReports(t *testing.T) map[string]Report {
	return map[string]Report{"webshop": split(t), "lambdashell": plain(t, samples+"lambdashell/template.yaml"), "photos": plain(t, samples+"photos/template.yaml"), "team": team(t)}
}

var drawing = regexp.MustCompile(`(?s)<svg.*?</svg>`)

// TestForms: the reports of the samples are what they were, as a page and as Markdown; pictures have goldens of their own.
func TestForms(t *testing.T) {
	for name, r := range sampleReports(t) {
		html, p, pictures := formsOf(t, r)
		var md bytes.Buffer
		p.markdown(&md)
		for ext, got := range map[string]string{".html": drawing.ReplaceAllString(html, "<svg/>"), ".md": md.String()} {
			golden := filepath.Join("testdata", name+ext)
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v (go test ./render/report -update writes it)", err)
			}
			if got != string(want) {
				t.Errorf("%s differs (go test ./render/report -update accepts it): %s", golden, firstDifference(string(want), got))
			}
		}
		checkPaper(t, p.paper(pictures))
		sayTheSame(t, name, p, html, md.String(), paperText(p.paper(pictures)))
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		x, y := "(end)", "(end)"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return fmt.Sprintf("line %d is\n%s\nand was\n%s", i+1, y, x)
		}
	}
	return "nowhere"
}

// paperText is what stands on the pages, without space and breaks.
func paperText(pages []*render.Scene) string {
	var b strings.Builder
	for _, p := range pages {
		for _, it := range p.Items {
			if text, ok := it.(render.Text); ok {
				b.WriteString(text.Text)
			}
		}
	}
	return space.ReplaceAllString(b.String(), "")
}

// sayTheSame: claims, figures, functions, edits, what was not seen and the statements of the breach of the pictures are in all
// forms.
func sayTheSame(t *testing.T, name string, p *page, html, md, paper string) {
	t.Helper()
	var said []string
	for _, s := range p.Sides {
		said = append(said, s.Claim.Figure, s.Claim.Sentence)
	}
	for _, m := range p.Measures {
		said = append(said, m.Name, m.After)
	}
	for _, f := range p.Functions {
		said = append(said, f.Name)
	}
	for _, e := range p.Edits {
		said = append(said, e.Says)
		said = append(said, e.Warnings...)
	}
	said = append(said, p.NotSeen...)
	for _, b := range p.Breaches {
		if !b.Shown {
			continue
		}
		for _, h := range b.Hits {
			said = append(said, h.Name, h.Does)
			for _, s := range h.Steps {
				for _, e := range s.Evidence {
					said = append(said, e.Says, e.Place)
				}
			}
		}
	}
	if len(said) < 15 {
		t.Fatalf("%s says only %q", name, said)
	}
	page := space.ReplaceAllString(words(t, html), "")
	text := space.ReplaceAllString(strings.NewReplacer("\\", "", "&lt;", "<", "&gt;", ">", "<br>", "").Replace(md), "")
	for _, s := range said {
		bare := space.ReplaceAllString(s, "")
		for form, all := range map[string]string{"the page": page, "Markdown": text, "paper": paper} {
			if !strings.Contains(all, bare) {
				t.Errorf("%s: %s does not say %q", name, form, s)
			}
		}
	}
}

// checkPaper: pages are A4 and numbered, nothing is cut, nothing lies over the foot, no text over another.
func checkPaper(t *testing.T, pages []*render.Scene) {
	t.Helper()
	for i, p := range pages {
		sides := []float64{p.Width, p.Height}
		if slices.Sort(sides); math.Abs(sides[0]-paperWidth) > 0.01 || math.Abs(sides[1]-paperHeight) > 0.01 {
			t.Errorf("page %d is %g by %g", i+1, p.Width, p.Height)
		}
		foot, texts := 0, 0
		type box struct {
			x0, x1, y0, y1 float64
			text           string
		}
		var boxes []box
		for _, it := range p.Items {
			text, ok := it.(render.Text)
			if !ok {
				continue
			}
			texts++
			w := font.Metrics().Width(text.Text, text.Size, text.Weight)
			x := text.X
			switch text.Anchor {
			case render.Middle:
				x -= w / 2
			case render.End:
				x -= w
			case render.Start:
			}
			if x < paperMargin-12 || x+w > p.Width-paperMargin+12 || text.Y-text.Size < 0 || text.Y > p.Height {
				t.Errorf("page %d: %q is at %.0f to %.0f, %.0f", i+1, text.Text, x, x+w, text.Y)
			}
			if text.Y > p.Height-paperMargin-paperFoot+text.Size {
				if foot++; text.Y < p.Height-paperMargin {
					t.Errorf("page %d: %q lies on the foot", i+1, text.Text)
				}
			}
			boxes = append(boxes, box{x, x + w, text.Y - text.Size*0.7, text.Y, text.Text})
		}
		if foot != 2 || !slices.ContainsFunc(boxes, func(b box) bool { return b.text == fmt.Sprintf("%d of %d", i+1, len(pages)) }) {
			t.Errorf("page %d of %d has %d texts at its foot", i+1, len(pages), foot)
		}
		if texts < 3 {
			t.Errorf("page %d of %d is empty", i+1, len(pages))
		}
		slices.SortFunc(boxes, func(a, b box) int { return int(a.y0 - b.y0) })
		for j, a := range boxes {
			for _, b := range boxes[j+1:] {
				if b.y0 > a.y1 {
					break
				}
				if a.x0 < b.x1-0.5 && b.x0 < a.x1-0.5 && a.y0 < b.y1-0.5 && b.y0 < a.y1-0.5 {
					t.Errorf("page %d: %q lies over %q", i+1, a.text, b.text)
				}
			}
		}
	}
}

// TestPaperTakesAnything: long words, rows that no page holds, and nothing at all.
func TestPaperTakesAnything(t *testing.T) {
	long := strings.Repeat("arn:aws:iam::123456789012:role/without-end", 20)
	many := make(cell, 300)
	for i := range many {
		many[i] = small(fmt.Sprintf("line %d of a row that no page holds", i))
	}
	s := newSheaf("anything")
	s.heading(0, long)
	s.write(plainRun(strings.Repeat("x", 3000)), plainRun(""))
	columns := []column{{"a", 1, false}, {"b", 1, true}, {"c", 3, false}}
	s.table(columns, [][]cell{{{small("first")}, {small("1")}, many}, {{small(long)}, {small("2")}, {small("after it")}}})
	s.table(columns, nil)
	s.list([]string{long, ""})
	s.figure("a picture", &render.Scene{Width: 5000, Height: 400, Items: []render.Item{render.Shape{}, render.Text{X: 10, Y: 100, Size: 90, Text: "wide"}}})
	s.figure("a picture", &render.Scene{Width: 400, Height: 5000, Items: []render.Item{render.Shape{}, render.Text{X: 10, Y: 100, Size: 30, Text: "high"}}})
	s.write(plainRun("the end"))
	pages := s.bound()
	checkPaper(t, pages)
	text := paperText(pages)
	for _, want := range append([]string{"wide", "high", "the end", "after it"}, "line 0 of", "line 150 of", "line 299 of") {
		if !strings.Contains(text, space.ReplaceAllString(want, "")) {
			t.Errorf("%q is not there", want)
		}
	}
}
