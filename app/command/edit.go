package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/render"
)

type editCmd struct {
	templateFlags
	File   []string `arg:"" help:"Template, folder, snapshot or saved design. Several make one design."`
	Script string   `help:"Edit script: JSON Lines, - for standard input." placeholder:"EDITS" required:""`
	JSON   bool     `name:"json" help:"Print JSON."`
}

type editJSON struct {
	Edits    []stepDoneJSON `json:"edits"`
	Before   measuresJSON   `json:"before"`
	After    measuresJSON   `json:"after"`
	Counted  int            `json:"counted"`
	Parts    []partJSON     `json:"parts"`
	Added    []changeJSON   `json:"addedHits"`
	Removed  []changeJSON   `json:"removedHits"`
	Unproven []string       `json:"unproven"`
}

type stepDoneJSON struct {
	Edit     string   `json:"edit"`
	Warnings []string `json:"warnings"`
	Unproven string   `json:"unproven,omitempty"`
}

type partJSON struct {
	Function model.ID   `json:"function"`
	Parts    []model.ID `json:"parts"`
}

type changeJSON struct {
	From       model.ID `json:"from"`
	Target     model.ID `json:"target"`
	Capability string   `json:"capability"`
}

func (c editCmd) Run(ctx context.Context, env *Env) error {
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
	out := describeEdits(st)
	if c.JSON {
		err = printJSON(env.Out, out)
	} else {
		printEdits(env.Out, st, out)
	}
	if err != nil {
		return err
	}
	return undecided(st)
}

// undecided ends a command with code 3 where a step could not be proven to allow nothing new.
func undecided(st session.State) error {
	if u := st.Unproven(); len(u) > 0 {
		return &exit{exitUndecided, "not proven to allow nothing new: " + strings.Join(u, "; ")}
	}
	return nil
}

// runScript applies an edit script to a session. The first edit that cannot be made ends it.
func runScript(env *Env, s *session.Session, script string) error {
	if script == "" {
		return nil
	}
	var in io.Reader = env.In
	if script != "-" {
		f, err := os.Open(script)
		if err != nil {
			return inputError(fmt.Errorf("read the edit script: %w", err))
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	edits, err := edit.ReadScript(in)
	if err != nil {
		return inputError(fmt.Errorf("%s: %w", script, err))
	}
	for i, e := range edits {
		result, err := s.Do(e)
		if err != nil {
			code := exitUsage
			var refusal *edit.Refusal
			switch {
			case !errors.As(err, &refusal):
			case refusal.Undecided:
				code = exitUndecided
			default:
				code = exitNo
			}
			return &exit{code, fmt.Sprintf("%s: edit %d: %v", script, i+1, err)}
		}
		for _, w := range result.Warnings {
			fmt.Fprintf(env.Err, "%s: edit %d: %s\n", script, i+1, w)
		}
	}
	return nil
}

func describeEdits(st session.State) editJSON {
	out := editJSON{Edits: []stepDoneJSON{}, Before: describeMeasures(st.Before.Measures), After: describeMeasures(st.After.Measures),
		Counted: st.After.Measures.Counted, Parts: []partJSON{}, Unproven: list(st.Unproven())}
	for _, s := range st.Steps {
		out.Edits = append(out.Edits, stepDoneJSON{s.Edit.String(), list(s.Warnings), s.Unproven})
	}
	if st.Comparison != nil {
		for _, f := range st.Before.Design.Functions() {
			if parts := st.Comparison.Parts[f.ID]; len(parts) > 0 {
				out.Parts = append(out.Parts, partJSON{f.ID, parts})
			}
		}
		out.Added, out.Removed = changes(st.Comparison.Added), changes(st.Comparison.Removed)
	}
	out.Added, out.Removed = list(out.Added), list(out.Removed)
	return out
}

func changes(cs []reach.HitChange) []changeJSON {
	var out []changeJSON
	for _, c := range cs {
		out = append(out, changeJSON{c.From, c.Target, c.Capability.String()})
	}
	return out
}

func printEdits(w io.Writer, st session.State, out editJSON) {
	for _, e := range out.Edits {
		fmt.Fprintln(w, e.Edit)
	}
	b, a := st.Before.Measures, st.After.Measures
	row := func(name, before, after string) { fmt.Fprintf(w, "%-15s %8s → %s\n", name, before, after) }
	row("worst", render.Percent(b.Worst), render.Percent(a.Worst)+" "+st.After.Design.Name(a.WorstOf))
	row("mean", render.Percent(b.Mean), render.Percent(a.Mean))
	row("watertightness", fmt.Sprintf("%.2f", b.Watertightness), fmt.Sprintf("%.2f", a.Watertightness))
	row("functions", fmt.Sprint(b.Functions), fmt.Sprint(a.Functions))
	fmt.Fprintf(w, "%s gone, %s new; of %s\n", count(len(out.Removed), "hit"), count(len(out.Added), "hit"), count(out.Counted, "counted resource"))
	if st.After.Analysis == nil {
		return
	}
	for _, f := range st.After.Design.Functions() {
		x, _ := st.After.Analysis.Reach(f.ID)
		fmt.Fprintf(w, "  %-24s %6s  %d of %d\n", st.After.Design.Name(f.ID), render.Percent(x.May.Share), x.May.Resources, x.Of)
	}
}
