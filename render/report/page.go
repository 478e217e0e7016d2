package report

import (
	"bytes"
	_ "embed" // of the page's template and style
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
	"bulkhead/render/svg"
)

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	style string
)

var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageText))
})

// A page is what the template shows.
type page struct {
	Title     string
	Style     template.CSS
	Edited    bool
	Sides     []sideText
	Measures  []measureText
	Pictures  []pictureText
	Functions []functionText
	Breaches  []breachText // after, or of the one design
	Earlier   []breachText // before, where they differ
	Added     []string
	Removed   []string
	Edits     []editText
	Deploy    template.HTML
	deploy    string // the same as Markdown
	NotSeen   []string
	Outside   []string
	Messages  []messageText
	More      int // messages beyond those listed
	Legend    []template.HTML
	Glossary  []term
	Sources   []string
	Kind      string
	About     string // account and region
	Assume    bool   // fed functions are taken as vulnerable
}

type sideText struct {
	Claim render.Claim
	Good  bool
}

type measureText struct {
	Name, Before, After string
	Better, Worse       bool
	Note                string
}

type pictureText struct {
	Name, Title string
	SVG         template.HTML
	Wide        bool
	Alternative string
	Files       []string
}

// A functionText is a function's line in the table, with its parts below it where it was split.
type functionText struct {
	Name   string
	Part   bool
	Before *breachText
	After  *breachText
}

type editText struct {
	Says     string
	Warnings []string
	Unproven string
}

type messageText struct{ Severity, Place, Summary, Detail string }

const mostMessages = 200

// page writes the HTML page.
func (r *Report) page(b *bytes.Buffer, p *page) error {
	if err := pageTemplate().Execute(b, p); err != nil {
		return fmt.Errorf("fill the page: %w", err)
	}
	return nil
}

// tell is what all forms of the report say.
func (r *Report) tell(pictures []*picture) (*page, error) {
	d := r.After.Design
	info := d.Info()
	p := &page{Title: r.Title, Style: template.CSS(palettes() + style), Edited: r.edited(), Kind: info.Kind, Sources: info.Files, Assume: r.After.Vulnerable}
	if p.Title == "" {
		p.Title = info.Name
	}
	for _, s := range []string{info.Account, info.Region} {
		if s != "" {
			p.About = strings.TrimPrefix(p.About+", "+s, ", ")
		}
	}
	for _, c := range pictures[0].claim {
		p.Sides = append(p.Sides, sideText{Claim: c, Good: c.Good})
	}
	for _, pic := range pictures {
		t, err := r.picture(pic)
		if err != nil {
			return nil, err
		}
		p.Pictures = append(p.Pictures, t)
	}
	before, after := r.tellers()
	p.Measures = measures(before, after)
	r.breaches(p, before, after)
	r.changes(p, before, after)
	for _, s := range r.Steps {
		p.Edits = append(p.Edits, editText{Says: s.Edit.String(), Warnings: s.Warnings, Unproven: s.Unproven})
	}
	if r.Deploy != "" && p.Edited {
		p.Deploy, p.deploy = markdown(r.Deploy), r.Deploy
	}
	p.NotSeen, p.Outside = r.After.NotSeen(), info.Outside
	switch n := info.Unresolved; {
	case n == 1:
		p.NotSeen = append(p.NotSeen, "a value that the source does not tell")
	case n > 1:
		p.NotSeen = append(p.NotSeen, fmt.Sprintf("%d values that the source does not tell", n))
	}
	r.messages(p)
	p.Legend, p.Glossary = r.legend(pictures), glossary
	return p, nil
}

// tellers are those of both sides; before is nil where nothing was edited.
func (r *Report) tellers() (before, after *teller) {
	after = &teller{view: r.After, d: r.After.Design, a: r.After.Analysis}
	defer func() {
		for _, t := range []*teller{before, after} {
			if t != nil && t.a != nil {
				t.known = t.a.Administrators(r.KnownAdmins...)
			}
		}
	}()
	if !r.edited() {
		return nil, after
	}
	before = &teller{view: r.Before, d: r.Before.Design, a: r.Before.Analysis}
	if c := r.Comparison; c != nil {
		before.a, after.a = c.Before, c.After
		before.view.Measures, after.view.Measures = c.BeforeMeasures, c.AfterMeasures
		if r.After.Vulnerable {
			before.view.Measures, after.view.Measures = c.Before.Measures(true), c.After.Measures(true)
		}
	}
	return before, after
}

// pageWidth is how wide the page is, as in its style, in points.
const pageWidth = 1320

func (r *Report) picture(p *picture) (pictureText, error) {
	scene := p.whole
	if len(p.sides) > 1 && scene.Width > pageWidth {
		scene = render.Stack(p.sides...) // side by side the second one would be out of sight
	}
	t := pictureText{Name: p.name, Title: map[string]string{"hull": "The hull", "map": "The map"}[p.name], Wide: scene.Width > 1700,
		Alternative: scene.Description}
	var b bytes.Buffer
	if err := svg.Write(&b, scene, render.Light, svg.Options{Prefix: p.name + "-", Paint: variable}); err != nil {
		return t, err
	}
	t.SVG = template.HTML(b.String()) //nolint:gosec // the writer escapes what it is given
	for _, ext := range []string{".svg", "-dark.svg", ".png", ".pdf"} {
		t.Files = append(t.Files, p.name+ext)
	}
	return t, nil
}

// breaches fills the tables of functions and of hits.
func (r *Report) breaches(p *page, before, after *teller) {
	texts := func(t *teller, prefix string) ([]breachText, map[model.ID]*breachText) {
		var out []breachText
		breaches, n := t.breaches()
		for b := range breaches {
			most := max(leastHits, min(mostHits, mostRows/n))
			if t.view.Breach != nil && t.view.Breach.From == b.From {
				most = mostHits
			}
			text := t.breach(b, most)
			text.Anchor = fmt.Sprintf("%s%d", prefix, len(out)+1)
			text.Shown = t.view.Breach != nil && t.view.Breach.From == b.From
			out = append(out, text)
		}
		byID := map[model.ID]*breachText{}
		for i := range out {
			byID[out[i].ID] = &out[i]
		}
		return out, byID
	}
	var afters map[model.ID]*breachText
	p.Breaches, afters = texts(after, "breach-")
	if before == nil {
		for i := range p.Breaches {
			p.Functions = append(p.Functions, functionText{Name: p.Breaches[i].Name, After: &p.Breaches[i]})
		}
		return
	}
	earlier, _ := texts(before, "before-")
	listed := map[model.ID]bool{}
	for i := range earlier {
		b := &earlier[i]
		a := afters[b.ID]
		p.Functions = append(p.Functions, functionText{Name: b.Name, Before: b, After: a})
		listed[b.ID] = true
		if r.Comparison != nil {
			for _, part := range r.Comparison.Parts[b.ID] {
				if t := afters[part]; t != nil && !listed[part] {
					listed[part] = true
					p.Functions = append(p.Functions, functionText{Name: t.Name, Part: true, After: t})
				}
			}
		}
	}
	for i := range p.Breaches {
		if a := &p.Breaches[i]; !listed[a.ID] {
			p.Functions = append(p.Functions, functionText{Name: a.Name, After: a})
		}
	}
	for _, b := range earlier {
		if a := afters[b.ID]; a == nil || !alike(&b, a) {
			p.Earlier = append(p.Earlier, b)
		}
	}
}

// alike reports whether two breaches say the same, apart from where they say it.
func alike(a, b *breachText) bool {
	x, y := *a, *b
	x.Anchor, y.Anchor = "", ""
	return fmt.Sprintf("%+v", x) == fmt.Sprintf("%+v", y)
}

// changes lists what a breach reaches that it did not, and the other way round.
func (r *Report) changes(p *page, before, after *teller) {
	if r.Comparison == nil || before == nil {
		return
	}
	tell := func(t *teller, cs []reach.HitChange) []string {
		var out []string
		for _, c := range cs {
			out = append(out, fmt.Sprintf("%s: %s of %s", t.name(c.From), c.Capability, t.name(c.Target)))
		}
		return out
	}
	p.Added, p.Removed = tell(after, r.Comparison.Added), tell(before, r.Comparison.Removed)
}

func (r *Report) messages(p *page) {
	for _, severity := range []source.Severity{source.Error, source.Warning, source.Info} {
		for _, m := range r.Diagnostics {
			if m.Severity != severity {
				continue
			}
			if len(p.Messages) == mostMessages {
				p.More++
				continue
			}
			p.Messages = append(p.Messages, messageText{severity.String(), place(m.Span), m.Summary, m.Detail})
		}
	}
}

// measures puts the figures of both sides beside each other; lower is better except for watertightness.
func measures(before, after *teller) []measureText {
	var out []measureText
	add := func(name, note string, value func(reach.Measures) float64, print func(float64, reach.Measures) string, rising bool) {
		a := after.view.Measures
		m := measureText{Name: name, Note: note, After: print(value(a), a)}
		if before != nil {
			b := before.view.Measures
			m.Before = print(value(b), b)
			if d := value(a) - value(b); d > 1e-9 || d < -1e-9 {
				m.Better = (d > 0) == rising
				m.Worse = !m.Better
			}
		}
		out = append(out, m)
	}
	share := func(v float64, m reach.Measures) string { return render.Share(v, m.AtLeast > 0) }
	add("Worst breach", "the share of the counted resources that the worst function reaches", func(m reach.Measures) float64 { return m.Worst }, share, false)
	add("Mean breach", "over all functions", func(m reach.Measures) float64 { return m.Mean }, share, false)
	add("Mean breach from outside", "over the functions that something outside can start", func(m reach.Measures) float64 { return m.MeanEntry }, share, false)
	add("Watertightness", "1 less the mean breach", func(m reach.Measures) float64 { return m.Watertightness },
		func(_ float64, m reach.Measures) string { return render.Tight(m) }, true)
	add("Worst breach, weighted", "by what each resource is worth and how deep the water stands", func(m reach.Measures) float64 { return m.WorstWeighted }, share, false)
	add("Mean breach, weighted", "", func(m reach.Measures) float64 { return m.MeanWeighted }, share, false)
	add("Administrator reachable", "functions from which one is, as far as seen", func(m reach.Measures) float64 { return float64(len(m.Admin)) },
		func(v float64, m reach.Measures) string { return fmt.Sprintf("%.0f of %d", v, m.Functions) }, false)
	if after.view.Measures.Crowns > 0 || before != nil && before.view.Measures.Crowns > 0 {
		add("Crown jewels exposed", "", func(m reach.Measures) float64 { return float64(m.CrownsExposed) },
			func(v float64, m reach.Measures) string { return fmt.Sprintf("%.0f of %d", v, m.Crowns) }, false)
	}
	return out
}

// legend has the signs of all pictures, each as a small picture of its own.
func (r *Report) legend(pictures []*picture) []template.HTML {
	seen := map[render.SignKind]bool{}
	var signs []render.Sign
	for _, p := range pictures {
		for _, s := range p.whole.Legend {
			if !seen[s.Kind] {
				seen[s.Kind] = true
				signs = append(signs, s)
			}
		}
	}
	slices.SortFunc(signs, func(a, b render.Sign) int { return int(a.Kind) - int(b.Kind) })
	var out []template.HTML
	for i, s := range signs {
		sign := &render.Scene{Width: s.Width + 4, Height: 26, Title: s.Kind.String()}
		for _, it := range s.Items {
			sign.Items = append(sign.Items, render.Shifted(it, 2, 13))
		}
		var b bytes.Buffer
		if err := svg.Write(&b, sign, render.Light, svg.Options{Prefix: fmt.Sprintf("sign%d-", i), Paint: variable, Plain: true}); err == nil {
			out = append(out, template.HTML(b.String())) //nolint:gosec // the writer escapes what it is given
		}
	}
	return out
}
