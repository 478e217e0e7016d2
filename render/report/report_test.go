package report

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
	"bulkhead/render/dot"
)

const samples = "../../assets/samples/"

func analysed(t testing.TB, d *model.Design) *reach.Analysis {
	t.Helper()
	a, err := reach.Analyze(context.Background(), d, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func view(a *reach.Analysis, start model.ID) render.View {
	v := render.View{Title: a.Design().Info().Name, Design: a.Design(), Analysis: a, Measures: a.Measures(false)}
	if start == "" {
		start = v.Measures.WorstOf
	}
	if start != "" {
		v.Breach = a.Breach(start)
	}
	return v
}

// plain is the report of a template as it is.
func plain(t testing.TB, path string) Report {
	t.Helper()
	in, err := importers.Open(context.Background(), cfn.Sources(), path, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := view(analysed(t, in.Design), "")
	return Report{Title: in.Design.Info().Name, Before: v, After: v, Diagnostics: in.Diagnostics, Map: dot.Own()}
}

// split is the report of the webshop and its split.
func split(t testing.TB) Report {
	t.Helper()
	r := plain(t, samples+"webshop/template.yaml")
	f, err := os.Open(samples + "webshop/split.bulkhead")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was read
	saved, err := edit.ReadSaved(f)
	if err != nil {
		t.Fatal(err)
	}
	if r.Steps, err = edit.Run(r.Before.Design, saved.Edits); err != nil {
		t.Fatal(err)
	}
	after := r.Steps[len(r.Steps)-1].After
	r.Comparison = reach.Compare(r.Before.Analysis, analysed(t, after))
	r.After = view(r.Comparison.After, "fn/Shop")
	r.Deploy = edit.Deploy(r.Before.Design, after, r.Steps, nil)
	return r
}

func pageOf(t testing.TB, r Report) string {
	t.Helper()
	html, _, _ := formsOf(t, r)
	return html
}

var space = regexp.MustCompile(`\s+`)

// words is what a reader of the page reads, and checks the page on the way: tags that match, ids that are there once
// and links that lead to one, nothing from outside and nothing that runs.
func words(t testing.TB, html string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(html))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var text strings.Builder
	ids, links := map[string]bool{}, []string{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page's tags do not match: %v", err)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text.WriteString(" " + string(tok))
		case xml.StartElement:
			if slices.Contains([]string{"script", "iframe", "object", "embed", "link", "img", "form"}, tok.Name.Local) {
				t.Errorf("the page has a <%s>", tok.Name.Local)
			}
			for _, a := range tok.Attr {
				switch {
				case strings.HasPrefix(a.Name.Local, "on"):
					t.Errorf("<%s> has a handler", tok.Name.Local)
				case a.Name.Local == "id":
					if ids[a.Value] {
						t.Errorf("the id %s is there twice", a.Value)
					}
					ids[a.Value] = true
				case a.Name.Local == "href" && strings.HasPrefix(a.Value, "#"):
					links = append(links, a.Value[1:])
				case a.Name.Local == "href" && !slices.Contains([]string{".svg", ".png", ".pdf"}, filepath.Ext(a.Value)), strings.Contains(a.Value, "://") && !strings.HasPrefix(a.Value, "http://www.w3.org/"):
					t.Errorf("%s=%q leads outside", a.Name.Local, a.Value)
				}
			}
		}
	}
	for _, l := range links {
		if !ids[l] {
			t.Errorf("#%s leads nowhere", l)
		}
	}
	return space.ReplaceAllString(text.String(), " ")
}

func TestSplit(t *testing.T) {
	r := split(t)
	text := words(t, pageOf(t, r))
	b, a := r.Comparison.BeforeMeasures, r.Comparison.AfterMeasures
	if b.Worst <= a.Worst || a.Worst == 0 {
		t.Fatalf("the sample's split does not make the worst breach smaller: %v, %v", b.Worst, a.Worst)
	}
	for _, want := range []string{
		"Worst breach " + render.Percent(b.Worst) + " " + render.Percent(a.Worst),
		"Mean breach " + render.Percent(b.Mean) + " " + render.Percent(a.Mean),
		fmt.Sprintf("Watertightness %.2f %.2f", b.Watertightness, a.Watertightness),
		"SCPs", "Rolling it out", "any other table",
	} {
		if !strings.Contains(text, want) && !strings.Contains(text, strings.ToLower(want)) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, s := range r.Steps {
		if !strings.Contains(text, s.Edit.String()) {
			t.Errorf("the page does not say %q", s.Edit)
		}
	}
	everyHit(t, text, r.Comparison.Before, "fn/Shop")
	for _, f := range r.Comparison.After.Design().Functions() {
		everyHit(t, text, r.Comparison.After, f.ID)
	}
	for _, part := range []string{"part Catalog", "part Payment"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in the table of functions", part)
		}
	}
}

// everyHit checks that a breach's hits are on the page, each with what it is and the statements' places.
func everyHit(t *testing.T, text string, a *reach.Analysis, from model.ID) {
	t.Helper()
	d := a.Design()
	b := a.Breach(from)
	if len(b.Hits) == 0 {
		t.Errorf("%s hits nothing", from)
	}
	for _, h := range b.Hits {
		if !strings.Contains(text, h.Can(d)) {
			t.Errorf("%s: the page does not say %q", from, h.Can(d))
		}
		for _, one := range h.ByWay() {
			grounds := one.Grounds()
			path := one.Path()
			for _, s := range path[:len(path)-1] {
				grounds = append(grounds, s.Grounds()...)
			}
			if len(grounds) == 0 {
				t.Errorf("%s: %s has no reason", from, h.Target)
			}
			for _, e := range grounds {
				if !strings.Contains(text, e.Sentence(d)) {
					t.Errorf("%s: the page does not say %q", from, e.Sentence(d))
				}
				if !e.Span.IsZero() && !strings.Contains(text, fmt.Sprintf("%s:%d", e.Span.File, e.Span.Line)) {
					t.Errorf("%s: the page does not say %s:%d", from, e.Span.File, e.Span.Line)
				}
			}
		}
	}
}

func TestUnedited(t *testing.T) {
	r := plain(t, samples+"lambdashell/template.yaml")
	r.Deploy = "# Roll nothing out"
	text := words(t, pageOf(t, r))
	for _, want := range []string{"Worst breach 0 %", "Watertightness 1.00", "its own log", "The sea: nothing"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, no := range []string{"before after", "Rolling it out", "Roll nothing", "What flooded before", "Edits"} {
		if strings.Contains(text, no) {
			t.Errorf("the page says %q, though nothing was edited", no)
		}
	}
}

// A role that is only named is among what was not seen, as it is below the pictures.
func TestUnseenRole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "template.yaml")
	text := `{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12", "Handler": "a.b", "Code": {"ZipFile": "x"},
		"Role": "arn:aws:iam::123456789012:role/elsewhere"}}}}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, p, _ := formsOf(t, plain(t, file))
	if want := "policies of elsewhere"; !slices.Contains(p.NotSeen, want) {
		t.Errorf("not seen: %q, without %q", p.NotSeen, want)
	}
}

// TestWrite: all files are there, readable, and the same each time; nothing else is left behind.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "out")
	if err := Write(context.Background(), dir, split(t)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	first := map[string][]byte{}
	for _, e := range entries {
		got = append(got, e.Name())
		if first[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"hull-after.svg", "hull-before.svg", "hull-dark.svg", "hull.pdf", "hull.png", "hull.svg", "index.html",
		"map-after.svg", "map-before.svg", "map-dark.svg", "map.pdf", "map.png", "map.svg", "report.md", "report.pdf"}
	if !slices.Equal(got, want) {
		t.Errorf("the files are %v, want %v", got, want)
	}
	for name, data := range first {
		switch filepath.Ext(name) {
		case ".png":
			if _, err := png.Decode(bytes.NewReader(data)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case ".pdf":
			if !bytes.HasPrefix(data, []byte("%PDF-")) {
				t.Errorf("%s is no PDF", name)
			}
		case ".svg":
			if err := xml.Unmarshal(data, new(struct{ XMLName xml.Name })); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := Write(context.Background(), dir, split(t)); err != nil {
		t.Fatal(err)
	}
	for name, data := range first {
		if again, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: the second time it is different (%v)", name, err)
		}
	}
}

func TestNotWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Write(ctx, dir, split(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("something was written after cancelling")
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(context.Background(), blocked, plain(t, samples+"lambdashell/template.yaml")); err == nil {
		t.Error("no error where the folder is a file")
	}
}

// TestHostileNames: what a template calls its things is text on the page and nothing else.
func TestHostileNames(t *testing.T) {
	evil := `</style><script>alert(1)</script>"'&{{.}}`
	d, err := model.New(model.Info{Name: evil, Kind: evil, Files: []string{evil}, Account: evil, NotSeen: []string{evil}, Outside: []string{evil}},
		&model.Function{ID: "fn/x", LogicalID: evil, Handler: evil, Name: evil, Role: "role/x"},
		&model.Role{ID: "role/x", LogicalID: evil, Name: evil},
		&model.Resource{ID: "res/x", LogicalID: evil, Name: evil, Type: evil},
		&model.Trigger{ID: "trigger/x", To: "fn/x", Label: evil, Kind: evil, Name: evil, Outside: true})
	if err != nil {
		t.Fatal(err)
	}
	v := view(analysed(t, d), "fn/x")
	html := pageOf(t, Report{Title: evil, Before: v, After: v, Map: dot.Own(), Deploy: "# " + evil + "\n\n- `" + evil + "`\n\n```\n" + evil + "\n```",
		Diagnostics: []source.Diagnostic{{Severity: source.Warning, Summary: evil, Detail: evil, Span: source.Span{File: evil, Line: 3}}}})
	text := words(t, html)
	if n := strings.Count(text, "<script>alert(1)</script>"); n < 10 {
		t.Errorf("the names are on the page only %d times", n)
	}
	if strings.Contains(html, "<script") {
		t.Error("a name has become a script")
	}
}

func TestMarkdown(t *testing.T) {
	got := string(markdown("# Roll out\n\nFirst **this** & `a<b`\nand on.\n\n1. one\n2. two\n   goes on\n\n- x\n\n- y\n\npara\n```\ncode <b>\n\n# no heading\n```\n## Back"))
	want := `<h3>Roll out</h3>
<p>First <strong>this</strong> &amp; <code>a&lt;b</code> and on.</p>
<ol>
<li>one</li>
<li>two goes on</li>
</ol>
<ul>
<li>x</li>
<li>y</li>
</ul>
<p>para</p>
<pre><code>code &lt;b&gt;

# no heading
</code></pre>
<h3>Back</h3>
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPalettes(t *testing.T) {
	seen := map[string]bool{}
	for c := render.Ground; c <= render.Good; c++ {
		name := names[c]
		if name == "" || seen[name] {
			t.Errorf("colour %d is called %q", c, name)
		}
		if seen[name] = true; strings.Count(palettes(), "--"+name+":") != 3 {
			t.Errorf("--%s is not defined for light, dark and paper", name)
		}
	}
}
