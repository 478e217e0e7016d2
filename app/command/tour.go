package command

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/app/session"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
	"bulkhead/render"
)

type tourCmd struct {
	Out string `short:"o" help:"Folder for the report, the policies and the patch." default:"out" placeholder:"DIR"`
}

// Run does the whole job on the sample Webshop: model, breach, tighten, split, report, policies.
func (c tourCmd) Run(ctx context.Context, env *Env) error {
	o, err := open(ctx, env, []string{session.SamplePrefix + "webshop"}, templateFlags{}.options())
	if err != nil {
		return err
	}
	s := o.Session
	before, err := s.Wait(ctx)
	if err != nil {
		return err
	}
	shop := session.WorstStart(before.After, false)
	tightened, narrowed := narrowWidest(s, shop)
	if _, err := s.Wait(ctx); err != nil {
		return err
	}
	saved, err := openSession(ctx, env, session.SamplePrefix+"webshop/split.bulkhead", session.Options{Idle: true})
	if err != nil {
		return err
	}
	for _, step := range saved.State().Steps {
		if _, err := s.Do(step.Edit); err != nil {
			return fmt.Errorf("tour: %w", err)
		}
	}
	after, err := s.Wait(ctx)
	if err != nil {
		return err
	}
	if err := writeReport(ctx, s, c.Out); err != nil {
		return err
	}
	written, err := s.WriteTo(ctx, filepath.Join(c.Out, "export"), session.Export{})
	if err != nil {
		return err
	}

	b, a := before.After.Measures, after.After.Measures
	d := before.After.Design
	fmt.Fprintf(env.Out, "model    %s: %s, %s, %d of them counted\n", d.Info().Name, count(b.Functions, "function"), count(b.Resources, "resource"), b.Counted)
	breach := before.After.Analysis.Breach(shop)
	fmt.Fprintf(env.Out, "breach   %s floods %d of %d, and beyond the design %s; watertightness %.2f\n", d.Name(shop), breach.Reach.May.Resources, breach.Reach.Of, seaOf(breach), b.Watertightness)
	if narrowed {
		fmt.Fprintf(env.Out, "tighten  %s\n", tightened)
	} else {
		fmt.Fprintf(env.Out, "tighten  nothing to narrow\n")
	}
	fmt.Fprintf(env.Out, "split    worst %s → %s (%s), mean %s → %s, watertightness %.2f → %.2f\n", render.Percent(b.Worst), render.Percent(a.Worst), after.After.Design.Name(a.WorstOf),
		render.Percent(b.Mean), render.Percent(a.Mean), b.Watertightness, a.Watertightness)
	fmt.Fprintf(env.Out, "pictures %s; policies, patch and DEPLOY.md: %s (%s)\n", filepath.Join(c.Out, "index.html"), filepath.Join(c.Out, "export"), count(len(written.Files), "file"))
	return nil
}

// narrowWidest narrows the statement of a function's role that reaches most resources by a wildcard, to those of
// the design.
func narrowWidest(s *session.Session, function model.ID) (sentence string, done bool) {
	d := s.State().After.Design
	f := d.Function(function)
	if f == nil {
		return "", false
	}
	var best *edit.Tighten
	if role := d.Role(f.Role); role != nil {
		for _, id := range role.Policies {
			p := d.Policy(id)
			if p == nil || p.Document == nil || p.Managed {
				continue
			}
			for i, st := range p.Document.Statements {
				t := edit.NarrowToDesign(d, role.ID, id, i)
				if t == nil || st.Effect == policy.Deny || !slices.Contains(st.Resources, "*") {
					continue
				}
				if best == nil || len(t.Resources) > len(best.Resources) {
					best = t
				}
			}
		}
	}
	if best == nil {
		return "", false
	}
	if _, err := s.Do(best); err != nil {
		return "", false
	}
	return fmt.Sprintf("%s: * became %s", best, strings.Join(best.Resources, ", ")), true
}
