package dot

import (
	"context"
	"io/fs"
	"math"
	"path/filepath"
	"testing"

	"bulkhead/assets"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/scenetest"
)

// TestCorpus holds the maps of real templates, one a breach, to what a map must be: every sign explained and none that
// is not there, no tile over another, every thing that the breach wets at the end of a line that it takes.
func TestCorpus(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t), "templates")
	sources := append(cfn.Sources(), importers.Source(account.Source{}))
	n := 0
	for _, kind := range []string{"sam", "cfn", "cdk"} {
		err := filepath.WalkDir(filepath.Join(dir, kind), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			if in, err := importers.Open(context.Background(), sources, path, importers.Options{}); err == nil {
				n++
				sound(t, filepath.Base(filepath.Dir(path)), in.Design)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 20 {
		t.Errorf("only %d templates could be drawn", n)
	}
}

// TestSamples does the same for the samples.
func TestSamples(t *testing.T) {
	sources := append(cfn.Sources(), importers.Source(account.Source{}))
	for name, file := range map[string]string{"lambdashell": "template.yaml", "webshop": "template.yaml", "photos": "template.yaml", "team": "snapshot.json"} {
		fsys, err := fs.Sub(assets.FS, "samples/"+name)
		if err != nil {
			t.Fatal(err)
		}
		in, err := importers.OpenFS(context.Background(), sources, fsys, file, importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		sound(t, name, in.Design)
	}
}

func sound(t *testing.T, name string, design *model.Design) {
	an, err := reach.Analyze(context.Background(), design, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := render.View{Design: design, Analysis: an, Measures: an.Measures(false)}
	views := []render.View{v}
	for b := range an.Breaches() {
		v.Breach = b
		views = append(views, v)
	}
	for _, v := range views {
		d := render.Draw(v)
		p := union(font.Metrics(), []*render.Diagram{d})
		at := p.layered()
		body := draw(font.Metrics(), d, p, at)
		for _, what := range scenetest.Unexplained(body) {
			t.Errorf("%s: %s", name, what)
		}
		for i, n := range p.nodes {
			for k := range i {
				o, q, r := p.nodes[k], at.nodes[i], at.nodes[k]
				if math.Abs(q.x-r.x) < (n.w+o.w)/2-0.01 && math.Abs(q.y-r.y) < (n.h+o.h)/2-0.01 {
					t.Errorf("%s: %s and %s overlap", name, n.id, o.id)
				}
			}
		}
		reached(t, name, d, p)
	}
}

// reached: each thing that is wet has a line drawn to it that the breach takes.
func reached(t *testing.T, name string, d *render.Diagram, p *plan) {
	shown, needed := p.ways(d), shortest(d)
	led := map[model.ID]bool{}
	for _, e := range d.Edges {
		i, ok := p.edgeAt[edgeKey{e.From, e.To, e.Kind}]
		if ok && e.Wet && (shown == nil || shown[e]) && (!p.edges[i].spared || needed[e]) {
			led[e.To] = true
		}
	}
	for _, n := range d.Nodes {
		if n.Kind == render.ResourceNode && n.Tone > render.Dry && !led[n.ID] {
			t.Errorf("%s: %s is wet, and no line leads there", name, n.ID)
		}
	}
}
