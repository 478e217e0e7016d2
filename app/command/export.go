package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bulkhead/app/session"
	"bulkhead/render/code"
)

type exportCmd struct {
	templateFlags
	File   []string `arg:"" help:"Template, folder or saved design. Several make one design."`
	Script string   `help:"Edit script to apply first." placeholder:"EDITS"`
	To     string   `help:"Write policies, the diff and DEPLOY.md into this folder." placeholder:"DIR"`
	Patch  bool     `help:"Print the change of the source as a unified diff."`
	Write  bool     `help:"Rewrite the source itself."`
	Form   []string `help:"Form of the policies that --to writes (json): ${forms}. Several are several folders." placeholder:"FORM" sep:","`

	Boundary bool   `help:"Write a permissions boundary for each role too, which lets it do what it does now and nothing else."`
	SCP      bool   `name:"scp" help:"Write service control policies too, which hold all roles to what they may do now."`
	Proof    string `help:"Write the policies in IAM's JSON, with the proof that they allow nothing new, into this folder." placeholder:"DIR"`
}

// formsList is the forms that there are, for people.
func formsList() string { return strings.Join(code.Forms(), ", ") }

func (c exportCmd) Run(ctx context.Context, env *Env) error {
	if c.To == "" && !c.Patch && !c.Write && c.Proof == "" {
		return usage("export: say what: --to DIR, --patch, --write or --proof DIR")
	}
	for _, f := range c.Form {
		if !slices.Contains(code.Forms(), f) {
			return usage("export: --form %s: there is none; one of %s", f, formsList())
		}
	}
	if c.To == "" && (len(c.Form) > 0 || c.SCP) || c.To == "" && c.Proof == "" && c.Boundary {
		return usage("export: --form, --boundary and --scp are for --to DIR: say where")
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
		if err := c.writeTo(ctx, env, o, c.To, session.Export{Forms: c.Form, Boundaries: c.Boundary, SCP: c.SCP}); err != nil {
			return err
		}
	}
	if c.Proof != "" {
		if err := c.writeTo(ctx, env, o, c.Proof, session.Export{Boundaries: c.Boundary, ProofsOnly: true}); err != nil {
			return err
		}
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

func (c exportCmd) writeTo(ctx context.Context, env *Env, o *opened, dir string, what session.Export) error {
	written, err := o.Session.WriteTo(ctx, dir, what)
	if err != nil {
		return patchError(err)
	}
	for _, n := range written.Notes {
		fmt.Fprintln(env.Err, n)
	}
	fmt.Fprintf(env.Err, "wrote %s into %s\n", count(len(written.Files), "file"), dir)
	return nil
}

func patchError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return inputError(fmt.Errorf("nothing was written: %w", err))
}
