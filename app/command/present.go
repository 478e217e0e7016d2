package command

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/hull"
	"bulkhead/render/pdf"
	"bulkhead/render/png"
	"bulkhead/render/slides"
	"bulkhead/render/svg"
)

type presentCmd struct {
	templateFlags
	File   []string `arg:"" help:"Template, folder, snapshot or saved design. Several make one design."`
	Script string   `help:"Edit script to apply first; then before and after are shown." placeholder:"EDITS"`
	Breach []string `help:"Function, role or user whose breach is shown; several times for several. The three worst functions without it." placeholder:"ID"`
	Dark   bool     `help:"Dark colours, of PDF and pictures; the page has both."`
	Scale  float64  `help:"Pixels a point, for png: 1 to 4." default:"2"`
	Out    string   `short:"o" required:"" help:"OUT.html for one page with everything, OUT.pdf for a page a step, or a folder for an SVG and a PNG each." placeholder:"OUT"`
}

// mostBreaches is how many functions are breached where nobody says which.
const mostBreaches = 3

func (c presentCmd) Run(ctx context.Context, env *Env) error {
	if c.Scale < 1 || c.Scale > 4 {
		return usage("present: --scale %g: 1 to 4", c.Scale)
	}
	o, err := open(ctx, env, c.File, c.options())
	if err != nil {
		return err
	}
	if err := runScript(env, o.Session, c.Script); err != nil {
		return err
	}
	st, err := o.Session.Wait(ctx)
	if err != nil {
		return err
	}
	starts, err := c.starts(st)
	if err != nil {
		return err
	}
	var breaches []slides.Breach
	for _, id := range starts {
		breaches = append(breaches, slides.Breach{Key: string(id), Name: nameIn(st, id), Compare: compared(st.Breached(id))})
	}
	all, err := slides.Draw(ctx, hull.Layout{Width: 1600, Height: 1000}, font.Metrics(), slides.Steps(compared(st.Breached("")), breaches), st.Notes)
	if err != nil {
		return err
	}
	return c.write(all, st.Title)
}

func compared(st session.State) render.Compare {
	before, after := views(st)
	return render.Compare{Before: before, After: after, Comparison: st.Comparison}
}

func nameIn(st session.State, id model.ID) string {
	if st.After.Design.Element(id) != nil {
		return st.After.Design.Name(id)
	}
	return st.Before.Design.Name(id)
}

// starts are those that were asked for, or the functions with the worst breaches before the edits.
func (c presentCmd) starts(st session.State) ([]model.ID, error) {
	var out []model.ID
	for _, name := range c.Breach {
		e := st.After.Design.FindStart(name)
		if e == nil {
			e = st.Before.Design.FindStart(name)
		}
		if e == nil {
			return nil, usage("no function, role or user is called %q (bulkhead model lists them)", name)
		}
		out = append(out, e.ElementID())
	}
	if len(out) == 0 {
		before, _ := views(st)
		for _, r := range render.Rankings(before, nil).Ranks {
			if len(out) < mostBreaches && r.Share > 0 {
				out = append(out, r.Start)
			}
		}
	}
	return out, nil
}

func (c presentCmd) write(all []slides.Slide, title string) error {
	palette := render.Light
	if c.Dark {
		palette = render.Dark
	}
	var b bytes.Buffer
	switch strings.ToLower(filepath.Ext(c.Out)) {
	case ".html":
		if err := slides.Page(&b, title, all); err != nil {
			return err
		}
		return writeFile(c.Out, b.Bytes())
	case ".pdf":
		var scenes []*render.Scene
		for _, s := range all {
			scenes = append(scenes, s.Scene)
		}
		if err := pdf.Write(&b, palette, pdf.Paper{}, scenes...); err != nil {
			return err
		}
		return writeFile(c.Out, b.Bytes())
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return inputError(fmt.Errorf("present: %w", err))
	}
	for i, s := range all {
		for _, format := range []string{"svg", "png"} {
			b.Reset()
			var err error
			if format == "svg" {
				err = svg.Write(&b, s.Scene, palette, svg.Options{})
			} else {
				err = png.Write(&b, s.Scene, palette, min(c.Scale, png.Fit(s.Scene, c.Scale)))
			}
			if err != nil {
				return fmt.Errorf("present %s: %w", s.Title, err)
			}
			if err := writeFile(filepath.Join(c.Out, fmt.Sprintf("%02d-%s.%s", i+1, fileWords(s.Title), format)), b.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

// fileWords is a title as a part of a file's name.
func fileWords(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(slices.Compact(words), "-")
}
