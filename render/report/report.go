// Package report writes what is known of a design, before and after its edits, for people who do not run the program:
// pictures, and one HTML page that needs nothing but itself; the same as Markdown, and as PDF for paper.
//
//	Views, Comparison, Steps --Draw, Layout--> Scenes --svg, png, pdf--> files
//	                         --tell--> tables and sentences --html/template--> index.html
//	                                                        --markdown--> report.md
//	                                                        --paper--> Scenes, one a page --pdf--> report.pdf
//
// The tables say all that the pictures show, for readers who cannot see them.
package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/model/source"
	"bulkhead/render"
	"bulkhead/render/dot"
	"bulkhead/render/font"
	"bulkhead/render/hull"
	"bulkhead/render/pdf"
	"bulkhead/render/png"
	"bulkhead/render/svg"
)

// A Report is what is reported. Before and After are the same design where nothing was edited.
type Report struct {
	Title         string
	Before, After render.View
	Comparison    *reach.Comparison // nil where nothing was edited
	Steps         []edit.Step
	Deploy        string // Markdown: how to roll the change out; "" if there is nothing to say
	Diagnostics   []source.Diagnostic
	KnownAdmins   []string      // principals that are known as administrators, beside those that show
	Map           render.Layout // lays out the map; nil: Graphviz, for a moment, or our own
}

// edited reports whether there is a before to show.
func (r *Report) edited() bool { return r.Before.Design != nil && r.Before.Design != r.After.Design }

// A file is a file of the report.
type file struct {
	name string
	data []byte
}

// Write writes the report into a folder, which it makes where it is missing: index.html, the same as report.md and report.pdf, hull and map as SVG, PNG and
// PDF, in dark colours as SVG, and where there were edits each side as SVG of its own. Files are written when all of
// them are ready, each in one go.
func Write(ctx context.Context, dir string, r Report) error {
	files, err := r.files(ctx)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, f := range files {
		if err := write(filepath.Join(dir, f.name), f.data); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}

func write(name string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".bulkhead-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}

// files makes everything, sorted by name.
func (r *Report) files(ctx context.Context) ([]file, error) {
	pictures, err := r.pictures(ctx)
	if err != nil {
		return nil, err
	}
	page, err := r.tell(pictures)
	if err != nil {
		return nil, err
	}
	white := *render.Light // as paper is
	white.Colors[render.Ground] = color.NRGBA{R: 255, G: 255, B: 255, A: 255}
	jobs := map[string]func(*bytes.Buffer) error{
		"index.html": func(b *bytes.Buffer) error { return r.page(b, page) },
		"report.md":  func(b *bytes.Buffer) error { page.markdown(b); return nil },
		"report.pdf": func(b *bytes.Buffer) error { return pdf.Write(b, &white, pdf.Paper{}, page.paper(pictures)...) },
	}
	for _, p := range pictures {
		jobs[p.name+".svg"] = func(b *bytes.Buffer) error { return svg.Write(b, p.whole, render.Light, svg.Options{}) }
		jobs[p.name+"-dark.svg"] = func(b *bytes.Buffer) error { return svg.Write(b, p.whole, render.Dark, svg.Options{}) }
		jobs[p.name+".png"] = func(b *bytes.Buffer) error {
			return png.Write(b, p.whole, render.Light, png.Fit(p.whole, 2))
		}
		jobs[p.name+".pdf"] = func(b *bytes.Buffer) error { return pdf.Write(b, render.Light, pdf.Paper{}, p.whole) }
		if len(p.sides) == 2 {
			for i, side := range []string{"before", "after"} {
				jobs[p.name+"-"+side+".svg"] = func(b *bytes.Buffer) error { return svg.Write(b, p.sides[i], render.Light, svg.Options{}) }
			}
		}
	}
	names := slices.Sorted(maps.Keys(jobs))
	buffers := make([]bytes.Buffer, len(names))
	err = each(len(names), func(i int) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := jobs[names[i]](&buffers[i]); err != nil {
			return fmt.Errorf("%s: %w", names[i], err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]file, len(names))
	for i, name := range names {
		out[i] = file{name, buffers[i].Bytes()}
	}
	return out, nil
}

// A picture is a view of the design: both sides, and both in one.
type picture struct {
	name  string
	sides []*render.Scene
	whole *render.Scene
	claim []render.Claim
}

// patience is how long Graphviz may take: a reader waits for the whole report.
const patience = 900 * time.Millisecond

func (r *Report) pictures(ctx context.Context) ([]*picture, error) {
	var diagrams []*render.Diagram
	if r.edited() {
		// The design's name is the page's title; the pictures say which side they are.
		before, after := r.Before, r.After
		before.Title, after.Title = "", ""
		b, a := render.Compare{Before: before, After: after, Comparison: r.Comparison}.Draw()
		diagrams = []*render.Diagram{b, a}
	} else {
		diagrams = []*render.Diagram{render.Draw(r.After)}
	}
	var claims []render.Claim
	for _, d := range diagrams {
		claims = append(claims, d.Claim)
	}
	charts := r.Map
	if charts == nil {
		l := dot.New()
		l.Limit = patience
		defer l.Close() //nolint:errcheck // it has nothing to say
		charts = l
	}
	pictures := []*picture{{name: "hull", claim: claims}, {name: "map", claim: claims}}
	layouts := []render.Layout{hull.Layout{}, charts}
	joins := []func(...*render.Scene) *render.Scene{render.Stack, render.Beside}
	err := each(len(pictures), func(i int) error {
		p := pictures[i]
		scenes, err := layouts[i].Layout(ctx, font.Metrics(), diagrams...)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		p.sides, p.whole = scenes, scenes[0]
		if len(scenes) > 1 {
			p.whole = joins[i](scenes...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return pictures, nil
}

// each calls do for 0 to n−1, all at once, and returns what went wrong.
func each(n int, do func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
