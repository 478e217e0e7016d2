package hull

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bulkhead/assets"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/render"
	"bulkhead/render/png"
)

func open(t testing.TB, path string) *importers.Import {
	t.Helper()
	sources := append(cfn.Sources(), importers.Source(account.Source{}))
	in, err := importers.Open(context.Background(), sources, path, importers.Options{})
	if err != nil {
		return nil // some files there are no templates
	}
	return in
}

func analyse(t testing.TB, d *model.Design) *reach.Analysis {
	t.Helper()
	an, err := reach.Analyze(context.Background(), d, catalog.Load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return an
}

// worst is the view of the worst breach of a design.
func worst(an *reach.Analysis) render.View {
	m := an.Measures(false)
	v := render.View{Design: an.Design(), Analysis: an, Measures: m}
	from := m.WorstOf
	if fs := an.Design().Functions(); from == "" && len(fs) > 0 {
		from = fs[0].ID
	}
	if from != "" {
		v.Breach = an.Breach(from)
	}
	return v
}

// figures holds every picture of a design to the figures of reach: as many things are wet as the share says.
func figures(t *testing.T, name string, an *reach.Analysis) {
	t.Helper()
	for b := range an.Breaches() {
		for _, vulnerable := range []bool{false, true} {
			d := render.Draw(render.View{Design: an.Design(), Analysis: an, Breach: b, Measures: an.Measures(vulnerable), Vulnerable: vulnerable})
			wet := map[bool]int{}
			see := func(tiles []*render.Tile) {
				for _, tile := range tiles {
					if tile.Counted {
						wet[tile.Tone > render.Dry]++
					}
				}
			}
			for _, bay := range d.Bays {
				see(bay.Tiles)
			}
			see(d.Bilge)
			want := b.Reach.May
			if vulnerable {
				want = b.Reach.FedMay
			}
			if wet[true] != want.Resources || wet[true]+wet[false] != b.Reach.Of {
				t.Errorf("%s: the breach of %s (vulnerable: %t) wets %d of %d, the picture %d of %d", name, b.From, vulnerable, want.Resources, b.Reach.Of, wet[true], wet[true]+wet[false])
			}
			if len(b.NotSeen) > 0 && d.Claim.Good {
				t.Errorf("%s: the breach of %s was not all seen, and is called good: %s", name, b.From, d.Claim.Figure)
			}
			if said := render.Share(want.Share, len(b.NotSeen) > 0); d.Claim.Figure != said && (b.Reach.Of > 0 || d.Claim.Good || d.Claim.Figure == "") {
				t.Errorf("%s: the breach of %s reaches %f, the picture says %s", name, b.From, want.Share, d.Claim.Figure)
			}
		}
	}
}

// TestCorpus holds the pictures of real templates to the rules of the drawing.
func TestCorpus(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t), "templates")
	look := os.Getenv("BULKHEAD_LOOK")
	n := 0
	for _, kind := range []string{"sam", "cfn", "cdk"} {
		err := filepath.WalkDir(filepath.Join(dir, kind), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			in := open(t, path)
			if in == nil {
				return nil
			}
			n++
			name := strings.ReplaceAll(strings.TrimPrefix(path, dir+"/"), "/", "_")
			an := analyse(t, in.Design)
			figures(t, name, an)
			v := worst(an)
			start := time.Now()
			d := []*render.Diagram{render.Draw(v)}
			scenes := layout(t, d...)
			took := time.Since(start)
			sound(t, name, d)
			if look != "" {
				t.Logf("%03d %6.1f ms %2d bays %2d in the bilge  %4.0f × %4.0f  %s", n, took.Seconds()*1000, len(d[0].Bays), len(d[0].Bilge), scenes[0].Width, scenes[0].Height, name)
				var b bytes.Buffer
				if err := png.Write(&b, scenes[0], render.Light, 1); err != nil {
					return err
				}
				return os.WriteFile(filepath.Join(look, "corpus", fmt.Sprintf("%s%03d.png", kind, n)), b.Bytes(), 0o644)
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

// TestSamples holds the pictures of the samples to the rules and to the figures.
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
		an := analyse(t, in.Design)
		figures(t, name, an)
		sound(t, name, []*render.Diagram{render.Draw(worst(an))})
	}
}
