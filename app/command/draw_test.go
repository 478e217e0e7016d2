package command_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestDrawFormats(t *testing.T) {
	template := read(t, filepath.FromSlash("../../assets/samples/webshop/template.yaml"))
	for _, view := range []string{"hull", "map"} {
		for _, format := range []string{"svg", "png", "pdf"} {
			t.Run(view+" "+format, func(t *testing.T) {
				r := typed(t, template, "draw", "-", "--view", view, "--format", format)
				if r.code != 0 {
					t.Fatalf("exit %d: %s", r.code, r.err)
				}
				switch format {
				case "svg":
					if all := strings.Join(texts(t, r.out), "\n"); !strings.Contains(all, "Products") {
						t.Errorf("no table in the picture:\n%s", all)
					}
				case "png":
					img, err := png.Decode(strings.NewReader(r.out))
					if err != nil || img.Bounds().Dx() < 400 || img.Bounds().Dy() < 200 {
						t.Fatalf("%v", err)
					}
					small := typed(t, template, "draw", "-", "--view", view, "--format", format, "--scale", "1")
					if one, err := png.DecodeConfig(strings.NewReader(small.out)); err != nil || abs(2*one.Width-img.Bounds().Dx()) > 2 {
						t.Errorf("at scale 1 %d wide, at scale 2 %d: %v", one.Width, img.Bounds().Dx(), err)
					}
				case "pdf":
					if !strings.HasPrefix(r.out, "%PDF-") || !strings.HasSuffix(strings.TrimSpace(r.out), "%%EOF") {
						t.Error("no whole PDF")
					}
				}
				// The same into a file, whose name says the format.
				path := filepath.Join(t.TempDir(), "a."+format)
				if r := typed(t, template, "draw", "-", "--view", view, "-o", path); r.code != 0 || r.out != "" {
					t.Fatalf("exit %d: %s", r.code, r.err)
				}
				if read(t, path) != r.out {
					t.Error("the file differs from standard output")
				}
				if dark := typed(t, template, "draw", "-", "--view", view, "--format", format, "--dark"); dark.code != 0 || dark.out == r.out {
					t.Errorf("dark is light: exit %d", dark.code)
				}
			})
		}
	}
}

func abs(n int) int { return max(n, -n) }

// texts are the words of an SVG picture, one text element each.
func texts(t *testing.T, svg string) []string {
	t.Helper()
	var out []string
	var text *strings.Builder
	in := xml.NewDecoder(bytes.NewReader([]byte(svg)))
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "text" {
				text = &strings.Builder{}
			}
		case xml.EndElement:
			if token.Name.Local == "text" {
				out = append(out, text.String())
				text = nil
			}
		case xml.CharData:
			if text != nil {
				text.Write(token)
			}
		}
	}
}

var (
	shareText = regexp.MustCompile(`^\d+ %$`)
	ofText    = regexp.MustCompile(`(\d+) of (\d+) (?:counted )?resources?`)
)

// The figures in the pictures of a breach are those of breach --json, in both views: its share and its count, the
// share of every other function that is named, the mean and the watertightness.
func TestFiguresInPictures(t *testing.T) {
	checked := 0
	for _, path := range append(templates(t), samples...) {
		d := decoded[breachDoc](t, done(t, "breach", path, "--json"))
		for i, b := range d.Breaches {
			if i == 3 {
				break // of a large design three do
			}
			for _, view := range []string{"hull", "map"} {
				words := texts(t, done(t, "draw", path, "--breach", b.From, "--view", view, "--side", "after"))
				all := strings.Join(words, "\n")
				known := map[string]bool{}
				for _, x := range []float64{d.Measures.Worst, d.Measures.Mean, d.Measures.MeanEntry} {
					// Three decimals are printed, from which the second cannot always be told.
					known[percent(x)], known[percent(x-0.0005)], known[percent(x+0.00049)] = true, true, true
				}
				for _, o := range d.Breaches {
					known[percent(float64(o.Reach.May.Resources)/float64(max(o.Reach.Of, 1)))] = true
					known[percent(float64(o.Reach.Must.Resources)/float64(max(o.Reach.Of, 1)))] = true
				}
				own := percent(float64(b.Reach.May.Resources) / float64(max(b.Reach.Of, 1)))
				found := false
				for _, w := range words {
					if shareText.MatchString(w) && !known[w] {
						t.Errorf("%s of %s: %s %q is no figure of breach --json", view, filepath.Base(path), b.From, w)
					}
					found = found || w == own
					for _, m := range ofText.FindAllStringSubmatch(w, -1) {
						if m[1] != fmt.Sprint(b.Reach.May.Resources) && m[1] != fmt.Sprint(b.Reach.Must.Resources) || m[2] != fmt.Sprint(b.Reach.Of) {
							t.Errorf("%s of %s: %s floods %d of %d, and the picture says %q", view, filepath.Base(path), b.From, b.Reach.May.Resources, b.Reach.Of, w)
						}
						checked++
					}
				}
				if !found {
					t.Errorf("%s of %s: the breach of %s does not say %s:\n%s", view, filepath.Base(path), b.From, own, all)
				}
				if w := fmt.Sprintf("%.2f", d.Measures.Watertightness); !strings.Contains(all, w) {
					t.Errorf("%s of %s: no watertightness %s", view, filepath.Base(path), w)
				}
			}
		}
	}
	if checked == 0 {
		t.Error("no picture says how many of how many")
	}
}

// Before and after in one picture carry both figures.
func TestFiguresBeforeAndAfter(t *testing.T) {
	before := decoded[breachDoc](t, done(t, "breach", "sample:webshop", "--json"))
	after := decoded[breachDoc](t, done(t, "breach", "sample:webshop/split.bulkhead", "--json"))
	for _, view := range []string{"hull", "map"} {
		all := strings.Join(texts(t, done(t, "draw", "sample:webshop/split.bulkhead", "--breach", "Shop", "--view", view)), "\n")
		for _, want := range []string{
			percent(before.Measures.Worst), percent(after.Measures.Worst),
			fmt.Sprintf("%.2f", before.Measures.Watertightness), fmt.Sprintf("%.2f", after.Measures.Watertightness),
			"6 of 6", "2 of 6", "Catalog",
		} {
			if !strings.Contains(all, want) {
				t.Errorf("%s: no %q in\n%s", view, want, all)
			}
		}
		for _, side := range []string{"before", "after"} {
			one := strings.Join(texts(t, done(t, "draw", "sample:webshop/split.bulkhead", "--breach", "Shop", "--view", view, "--side", side)), "\n")
			if strings.Contains(one, "Catalog") != (side == "after") {
				t.Errorf("%s, %s:\n%s", view, side, one)
			}
		}
	}
}

// The ranked table tells every breach, worst first, and how many breaches reach each resource.
func TestDrawTable(t *testing.T) {
	for _, path := range samples {
		d := decoded[breachDoc](t, done(t, "breach", path, "--json"))
		words := texts(t, done(t, "draw", path, "--view", "table", "--side", "after"))
		last := 2.0
		for _, b := range d.Breaches {
			share := float64(b.Reach.May.Resources) / float64(max(b.Reach.Of, 1))
			if !strings.Contains(strings.Join(words, "\n"), percent(share)) {
				t.Errorf("%s: no row says %s of %s", path, percent(share), b.From)
			}
		}
		ranks := 0
		for _, w := range words {
			if m := regexp.MustCompile(`^(?:≥ )?(<?\d+) %$`).FindStringSubmatch(w); m != nil && ranks < len(d.Breaches) {
				ranks++
			}
			if m := regexp.MustCompile(`^(\d+) of (\d+)$`).FindStringSubmatch(w); m != nil {
				n := 0
				fmt.Sscan(m[1], &n) //nolint:errcheck // a number, as matched
				if m[2] != fmt.Sprint(len(d.Breaches)) || float64(n) > last*float64(len(d.Breaches)) {
					t.Errorf("%s: %q is no exposure, or stands behind a smaller one", path, w)
				}
				last = float64(n) / float64(len(d.Breaches))
			}
		}
	}
}

// The heat view has a cell for each function's breach and each resource, as deep as the breach's hit.
func TestDrawHeat(t *testing.T) {
	d := decoded[breachDoc](t, done(t, "breach", "sample:team", "--json"))
	svg := done(t, "draw", "sample:team", "--view", "heat")
	for _, view := range []string{"heat", "table"} {
		if all := done(t, "draw", "sample:team", "--view", view); !strings.Contains(all, "over all breaches, ") || !strings.Contains(all, " of things beyond the design") {
			t.Errorf("the %s does not say what lies beyond", view)
		}
	}
	wet, hits := strings.Count(svg, "at worst: "), 0
	for _, b := range d.Breaches {
		hits += b.Reach.May.Resources
	}
	if wet != hits || hits == 0 {
		t.Errorf("%d cells are wet, the breaches hit %d", wet, hits)
	}
}

// A large design is drawn as the table by itself; its hull shows what is around the breach, or a group.
func TestDrawLargeDesigns(t *testing.T) {
	var b strings.Builder
	b.WriteString("Transform: AWS::Serverless-2016-10-31\nResources:\n")
	for i := range 70 {
		fmt.Fprintf(&b, "  Team%dFn%d:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: a.b, Runtime: python3.12, CodeUri: .}\n", i%5, i)
	}
	all := func(args ...string) string {
		r := typed(t, b.String(), append([]string{"draw", "-"}, args...)...)
		if r.code != 0 {
			t.Fatalf("draw %q: exit %d: %s", args, r.code, r.err)
		}
		return strings.Join(texts(t, r.out), "\n")
	}
	if s := all(); !strings.Contains(s, "worst breach first") || !strings.Contains(s, "and 10 more") {
		t.Errorf("no table:\n%s", s)
	}
	if s := all("--view", "hull", "--focus", "Team3"); !strings.Contains(s, "Team3Fn8") || strings.Contains(s, "Team2Fn7") || !strings.Contains(s, "56 more") {
		t.Errorf("no hull of Team3:\n%s", s)
	}
	if s := all("--view", "hull", "--breach", "Team2Fn7"); !strings.Contains(s, "Team2Fn7") || strings.Contains(s, "Team3Fn8") || !strings.Contains(s, "69 more") {
		t.Errorf("no hull around the breach:\n%s", s)
	}
	if r := typed(t, b.String(), "draw", "-", "--view", "hull", "--focus", "Team9"); r.code != 2 || !strings.Contains(r.err, "Team3") {
		t.Errorf("a group that is none: exit %d: %s", r.code, r.err)
	}
}

// The map for draw.io has each compartment as a group that holds its functions, and edges between cells that are there.
func TestDrawIO(t *testing.T) {
	type mx struct {
		Pages []struct {
			Name  string `xml:"name,attr"`
			Cells []struct {
				ID     string `xml:"id,attr"`
				Value  string `xml:"value,attr"`
				Style  string `xml:"style,attr"`
				Vertex string `xml:"vertex,attr"`
				Edge   string `xml:"edge,attr"`
				Parent string `xml:"parent,attr"`
				Source string `xml:"source,attr"`
				Target string `xml:"target,attr"`
			} `xml:"mxGraphModel>root>mxCell"`
		} `xml:"diagram"`
	}
	for _, path := range append(samples, "sample:webshop/split.bulkhead") {
		m := decoded[struct {
			Functions []struct{ ID string } `json:"functions"`
		}](t, done(t, "model", path, "--json"))
		var f mx
		if err := xml.Unmarshal([]byte(done(t, "draw", path, "--format", "drawio")), &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if want := map[bool]int{true: 2, false: 1}[strings.HasSuffix(path, ".bulkhead")]; len(f.Pages) != want {
			t.Fatalf("%s: %d pages", path, len(f.Pages))
		}
		page := f.Pages[len(f.Pages)-1]
		seen, groups, inside, edges := map[string]bool{}, map[string]bool{}, 0, 0
		for _, c := range page.Cells {
			if seen[c.ID] {
				t.Errorf("%s: two cells %s", path, c.ID)
			}
			if c.Parent != "" && !seen[c.Parent] {
				t.Errorf("%s: cell %s stands before its group %s", path, c.ID, c.Parent)
			}
			seen[c.ID] = true
			switch {
			case strings.HasPrefix(c.Style, "swimlane"):
				groups[c.ID] = true
			case c.Edge == "1":
				edges++
				if !seen[c.Source] || !seen[c.Target] {
					t.Errorf("%s: edge %s from %q to %q", path, c.ID, c.Source, c.Target)
				}
			case groups[c.Parent]:
				inside++
			}
		}
		if len(groups) == 0 || inside < len(m.Functions) || edges == 0 {
			t.Errorf("%s: %d groups with %d functions of %d, %d edges", path, len(groups), inside, len(m.Functions), edges)
		}
	}
}
