package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/render"
	"bulkhead/render/dot"
	"bulkhead/render/drawio"
	"bulkhead/render/font"
	"bulkhead/render/hull"
	"bulkhead/render/pdf"
	"bulkhead/render/png"
	"bulkhead/render/svg"
	"bulkhead/render/table"
)

type drawCmd struct {
	templateFlags
	File       []string `arg:"" help:"Template, folder, snapshot or saved design. Several make one design."`
	Script     string   `help:"Edit script to apply first; then before and after are drawn." placeholder:"EDITS"`
	Breach     string   `help:"Function, role or user that is breached: id, ARN or name; worst for the worst function." placeholder:"ID" default:"worst"`
	View       string   `help:"hull, map, table (every breach ranked) or heat (compartments against resources); table by itself where a hull cannot show all." enum:"hull,map,table,heat," default:""`
	Focus      string   `help:"Of a large design, what hull and map show: breach for the compartments around it, a group (a stack, team, app or prefix of names) or all." default:"" placeholder:"GROUP"`
	Side       string   `help:"before, after or both; both where there are edits." enum:"before,after,both," default:""`
	Format     string   `help:"svg, png, pdf or drawio (the map, with its groups); by the name of OUT without it." enum:"svg,png,pdf,drawio," default:""`
	Dark       bool     `help:"Dark colours."`
	Scale      float64  `help:"Pixels a point, for png: 1 to 4." default:"2"`
	Vulnerable bool     `name:"assume-vulnerable" help:"Take functions whose input the breach chooses as vulnerable too."`
	Out        string   `short:"o" help:"File to write, - for standard output." default:"-" placeholder:"OUT"`
}

func (c drawCmd) Run(ctx context.Context, env *Env) error {
	format := c.Format
	if format == "" {
		format = strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Out)), ".")
	}
	if format == "" {
		format = "svg"
	}
	if format == "drawio" && c.View != "map" && c.View != "" {
		return usage("draw: draw.io takes the map: leave --view out, or say --view map")
	}
	if c.Scale < 1 || c.Scale > 4 {
		return usage("draw: --scale %g: 1 to 4", c.Scale)
	}
	o, err := open(ctx, env, c.File, c.options())
	if err != nil {
		return err
	}
	if err := runScript(env, o.Session, c.Script); err != nil {
		return err
	}
	if _, err := o.Session.Wait(ctx); err != nil {
		return err
	}
	o.Session.Assume(c.Vulnerable)
	if err := selectBreach(o.Session, c.Breach); err != nil {
		return err
	}
	palette := render.Light
	if c.Dark {
		palette = render.Dark
	}
	var b bytes.Buffer
	if format == "drawio" {
		if err := drawIO(ctx, &b, o.Session.State(), c.Side, c.Focus, palette); err != nil {
			return err
		}
		return c.put(env, b.Bytes())
	}
	scene, err := drawState(ctx, o.Session.State(), c.View, c.Side, c.Focus)
	if err != nil {
		return err
	}
	switch format {
	case "svg":
		err = svg.Write(&b, scene, palette, svg.Options{})
	case "png":
		err = png.Write(&b, scene, palette, c.Scale)
	case "pdf":
		err = pdf.Write(&b, palette, pdf.Paper{}, scene)
	default:
		return usage("draw: %q is no format: svg, png, pdf or drawio", format)
	}
	if err != nil {
		return fmt.Errorf("draw %s: %w", format, err)
	}
	return c.put(env, b.Bytes())
}

// put writes what was drawn where it is wanted.
func (c drawCmd) put(env *Env, data []byte) error {
	if c.Out == "-" {
		_, err := env.Out.Write(data)
		return err
	}
	return writeFile(c.Out, data)
}

// drawIO writes the map of one side, or a page for each.
func drawIO(ctx context.Context, w io.Writer, st session.State, side, focus string, palette *render.Palette) error {
	before, after := views(st)
	if err := focusOn(&after, focus, "map"); err != nil {
		return err
	}
	before.Focus = after.Focus
	var diagrams []*render.Diagram
	names := []string{after.Title}
	switch {
	case !st.Edited && (side == "both"):
		return usage("draw: nothing was edited, so there is no after")
	case st.Edited && side != "before" && side != "after":
		before.Title, after.Title = "", "" // they are called Before and After
		b, a := render.Compare{Before: before, After: after, Comparison: st.Comparison}.Draw()
		diagrams, names = []*render.Diagram{b, a}, []string{"Before", "After"}
	case side == "before":
		diagrams = []*render.Diagram{render.Draw(before)}
	default:
		diagrams = []*render.Diagram{render.Draw(after)}
	}
	layout := dot.New()
	defer layout.Close() //nolint:errcheck // it has nothing to say
	scenes, err := layout.Layout(ctx, font.Metrics(), diagrams...)
	if err != nil {
		return err
	}
	pages := make([]drawio.Page, len(scenes))
	for i, s := range scenes {
		pages[i] = drawio.Page{Name: names[i], Diagram: diagrams[i], Scene: s}
	}
	return drawio.Write(w, palette, pages...)
}

// selectBreach puts the breach where a person says: "worst", "" for none, or a start by id, ARN or name.
func selectBreach(s *session.Session, start string) error {
	st := s.State()
	switch start {
	case "":
		return nil
	case "worst":
		s.Breach(session.WorstStart(st.After, st.Vulnerable))
		return nil
	}
	var id model.ID
	for _, side := range []session.Side{st.Before, st.After} {
		if e := side.Design.FindStart(start); e != nil {
			id = e.ElementID()
		} else if x, ok := side.Analysis.Stranger(start); ok && id == "" {
			id = x
		}
	}
	if id == "" {
		return usage("no function, role, user or group is called %q (bulkhead model lists them)%s", start, strangers(st.After.Analysis))
	}
	s.Breach(id)
	if st := s.State(); st.After.Breach == nil && st.Before.Breach == nil {
		return usage("%s is no function, role, user or group", id)
	}
	return nil
}

// drawState lays out one side or both, one above the other (the map: side by side).
func drawState(ctx context.Context, st session.State, view, side, focus string) (*render.Scene, error) {
	if view == "" {
		view = "hull"
		if len(st.After.Design.Compartments()) > render.MostBays {
			view = "table"
		}
	}
	if !st.Edited && side == "" {
		side = "after"
	}
	before, after := views(st)
	if view == "table" || view == "heat" {
		return drawTable(view, before, after, side)
	}
	if err := focusOn(&after, focus, view); err != nil {
		return nil, err
	}
	before.Focus = after.Focus
	layout := layoutOf(view)
	switch side {
	case "before", "after":
		v := after
		if side == "before" {
			v = before
		}
		scenes, err := layout.Layout(ctx, font.Metrics(), render.Draw(v))
		if err != nil {
			return nil, err
		}
		return scenes[0], nil
	}
	if !st.Edited {
		return nil, usage("draw: nothing was edited, so there is no after")
	}
	before.Title, after.Title = "", "" // they are called Before and After
	b, a := render.Compare{Before: before, After: after, Comparison: st.Comparison}.Draw()
	scenes, err := layout.Layout(ctx, font.Metrics(), b, a)
	if err != nil {
		return nil, err
	}
	if view == "map" {
		return render.Beside(scenes...), nil
	}
	return render.Stack(scenes...), nil
}

// focusOn makes a view show what is asked for: "breach", a group by its name, "all"; "" is the breach for the hull of a design
// that has more compartments than a hull has bays.
func focusOn(v *render.View, focus, view string) error {
	switch {
	case focus == "all", focus == "" && (view == "map" || len(v.Design.Compartments()) <= render.MostBays):
		return nil
	case focus == "" || focus == "breach":
		if v.Breach != nil {
			v.Known = render.Learn(*v)
			v.Focus = v.Known.Around(v.Breach.From, v.Breach, v.Vulnerable)
		}
		return nil
	}
	groups := render.Bundles(v.Design)
	g := render.BundleNamed(groups, focus)
	if g == nil {
		var names []string
		for _, g := range groups {
			names = append(names, g.Name)
		}
		return usage("no group is called %q; there are %s", focus, strings.Join(names, ", "))
	}
	v.Focus = g.Members
	return nil
}

// drawTable draws the tables of one side; where both are asked for, that of after, which tells what was before.
func drawTable(view string, before, after render.View, side string) (*render.Scene, error) {
	v := after
	if side == "before" {
		v = before
	}
	if view == "heat" {
		h := render.Heats(v, table.HeatRows, table.HeatCols)
		h.Sea = render.SeaOfAll(v)
		return table.DrawHeat(font.Metrics(), h), nil
	}
	r := render.Rankings(v, &before)
	r.Sea = render.SeaOfAll(v)
	return table.Draw(font.Metrics(), r), nil
}

func layoutOf(view string) render.Layout {
	if view == "map" {
		return dot.New()
	}
	return hull.Layout{}
}

// writeFile writes a file in one go: readers see the old content or the new, never a part.
func writeFile(name string, data []byte) error { return writeMode(name, data, 0o644) }

// writePrivate is writeFile for what nobody else is to read.
func writePrivate(name string, data []byte) error { return writeMode(name, data, 0o600) }

func writeMode(name string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".bulkhead-*")
	if err != nil {
		return inputError(fmt.Errorf("write %s: %w", name, errors.Unwrap(err)))
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone when all went well
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return inputError(fmt.Errorf("write %s: %w", name, err))
	}
	return nil
}

// views are what the pictures of a state show.
func views(st session.State) (before, after render.View) {
	view := func(s session.Side) render.View {
		return render.View{Title: st.Title, Design: s.Design, Analysis: s.Analysis, Breach: s.Breach, Measures: s.Measures, Vulnerable: st.Vulnerable}
	}
	return view(st.Before), view(st.After)
}
