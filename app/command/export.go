package command

import (
	"context"
	"errors"
	"fmt"
)

type exportCmd struct {
	templateFlags
	File   []string `arg:"" help:"Template, folder or saved design. Several make one design."`
	Script string   `help:"Edit script to apply first." placeholder:"EDITS"`
	To     string   `help:"Write policies, the diff and DEPLOY.md into this folder." placeholder:"DIR"`
	Patch  bool     `help:"Print the change of the source as a unified diff."`
	Write  bool     `help:"Rewrite the source itself."`
}

func (c exportCmd) Run(ctx context.Context, env *Env) error {
	if c.To == "" && !c.Patch && !c.Write {
		return usage("export: say what: --to DIR, --patch or --write")
	}
	o, err := open(ctx, env, c.File, c.options())
	if err != nil {
		return err
	}
	if err := runScript(env, o.Session, c.Script); err != nil {
		return err
	}
	if c.Patch {
		p, err := o.Session.Patch(ctx)
		if err != nil {
			return patchError(err)
		}
		for _, d := range p.Diagnostics {
			fmt.Fprintln(env.Err, d)
		}
		if _, err := fmt.Fprint(env.Out, p.Diff); err != nil {
			return fmt.Errorf("print the patch: %w", err)
		}
	}
	if c.To != "" {
		names, err := o.Session.WriteTo(ctx, c.To)
		if err != nil {
			return patchError(err)
		}
		fmt.Fprintf(env.Err, "wrote %s into %s\n", count(len(names), "file"), c.To)
	}
	if c.Write {
		names, err := o.Session.WriteSource(ctx)
		if err != nil {
			return patchError(err)
		}
		for _, n := range names {
			fmt.Fprintf(env.Err, "wrote %s\n", n)
		}
	}
	return undecided(o.Session.State())
}

func patchError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return inputError(fmt.Errorf("nothing was written: %w", err))
}
