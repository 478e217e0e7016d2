package command

import (
	"context"
	"fmt"

	"bulkhead/app/session"
	"bulkhead/model/reach"
	"bulkhead/render/report"
)

type reportCmd struct {
	templateFlags
	File   []string `arg:"" help:"Template, folder, snapshot or saved design. Several make one design."`
	Script string   `help:"Edit script to apply first." placeholder:"EDITS"`
	Breach string   `help:"Function, role or user that is breached in the pictures; the worst without it." placeholder:"ID" default:"worst"`
	Out    string   `short:"o" help:"Folder to write." required:"" placeholder:"DIR"`
	knownFlags
}

func (c reportCmd) Run(ctx context.Context, env *Env) error {
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
	if err := selectBreach(o.Session, c.Breach); err != nil {
		return err
	}
	if err := writeReport(ctx, o.Session, c.Out, c.Known...); err != nil {
		return inputError(err)
	}
	fmt.Fprintf(env.Err, "wrote %s/index.html, and the same as report.md and report.pdf\n", c.Out)
	return undecided(o.Session.State())
}

// writeReport writes pictures and page of a session into a folder.
func writeReport(ctx context.Context, s *session.Session, dir string, known ...string) error {
	st := s.State()
	if st.Start == "" {
		s.Breach(session.WorstStart(st.After, st.Vulnerable))
		st = s.State()
	}
	before, after := views(st)
	return report.Write(ctx, dir, report.Report{
		Title: st.Title, Before: before, After: after, Comparison: st.Comparison, Steps: st.Steps,
		Deploy: s.Deploy(), Diagnostics: st.Diagnostics(), KnownAdmins: known,
	})
}

// seaOf says what a breach reaches beyond the design.
func seaOf(b *reach.Breach) string {
	if words := reach.SeaWords(b.Beyond()); words != "" {
		return words
	}
	return "nothing"
}
