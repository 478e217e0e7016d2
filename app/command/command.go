// Package command holds the headless commands.
//
//	arguments --Run--> importers, edit, reach, render --> standard output, files, exit code
//
// Names, flags, JSON keys and exit codes are a contract: keys may be added, none renamed.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"bulkhead/importers"
)

// Exit codes of every command.
const (
	exitDone      = 0
	exitNo        = 1 // the answer is "no"
	exitUsage     = 2 // input or usage is wrong
	exitUndecided = 3
)

// An Env is what the commands work with.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Sources  []importers.Source
	Samples  fs.FS // "lambdashell/template.yaml" …
	// Window opens the window, with one design of all that the paths name; empty without any.
	Window func(ctx context.Context, paths []string, o importers.Options) error
	Now    func() time.Time // nil: time.Now
	// Windowed says that Window opens one: the build is not headless.
	Windowed bool
}

// now is what time it is.
func (e *Env) now() time.Time {
	if e.Now != nil {
		return e.Now()
	}
	return time.Now()
}

// An exit ends a command with a code; its message, if any, is one line for standard error.
type exit struct {
	code    int
	message string
}

func (e *exit) Error() string { return e.message }

// usage is an error about input or usage: exit code 2.
func usage(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...).Error()}
}

// templateFlags say what a template does not.
type templateFlags struct {
	Param   map[string]string `help:"Value of a template parameter: --param Name=Value." placeholder:"NAME=VALUE" mapsep:"none"`
	Region  string            `help:"Region to resolve names in (us-east-1)."`
	Account string            `help:"Account to resolve names in (123456789012)."`
}

func (f templateFlags) options() importers.Options {
	return importers.Options{Params: f.Param, Region: f.Region, Account: f.Account}
}

// grammar is the command line.
type grammar struct {
	Open     openCmd     `cmd:"" default:"withargs" help:"Open the window (also: bulkhead FILE)."`
	Model    modelCmd    `cmd:"" help:"What was imported."`
	Breach   breachCmd   `cmd:"" help:"Blast radius of one start, or of every function."`
	WhoCan   whoCanCmd   `cmd:"" name:"who-can" help:"Principals that may do ACTION on RESOURCE, directly or by a path."`
	Simulate simulateCmd `cmd:"" help:"Decide requests: one JSON case a line in, one decision a line out."`
	Within   withinCmd   `cmd:"" help:"Does policy AFTER allow nothing that BEFORE did not?"`
	Suggest  suggestCmd  `cmd:"" help:"Suggest tightenings and splits (not built yet)."`
	Edit     editCmd     `cmd:"" help:"Apply an edit script; print before, after and the change."`
	Export   exportCmd   `cmd:"" help:"Write policies, or a patch of the source."`
	Report   reportCmd   `cmd:"" help:"Before and after: pictures, and one page as HTML, Markdown and PDF."`
	Draw     drawCmd     `cmd:"" help:"One picture."`
	Check    checkCmd    `cmd:"" help:"Gate for CI: what is worse than a baseline, or above a limit."`
	Present  presentCmd  `cmd:"" help:"Steps for a review: before, breaches, after, figures."`
	Import   importCmd   `cmd:"" help:"Import a live account."`
	Verify   verifyCmd   `cmd:"" help:"Compare decisions with those of AWS's policy simulator."`
	Redact   redactCmd   `cmd:"" help:"Give accounts and names in snapshots other ones, so that they can be shown."`
	Tour     tourCmd     `cmd:"" help:"The whole job on a built-in sample, without a window."`
	Version  versionCmd  `cmd:"" help:"What this program is."`
	Help     helpCmd     `cmd:"" help:"This text."`
}

// Run runs the command that args name and returns the exit code.
func Run(ctx context.Context, args []string, env Env) (code int) {
	var g grammar
	parser, err := kong.New(&g,
		kong.Name("bulkhead"),
		kong.Description("Models AWS serverless systems as compartments: what does a breach flood, and which walls would hold?"),
		kong.Writers(env.Out, env.Err),
		kong.Vars{"forms": formsList()},
		kong.Exit(func(int) { panic(errHelp) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&env),
	)
	if err != nil {
		fmt.Fprintf(env.Err, "bulkhead: %v\n", err)
		return exitUsage
	}
	defer func() {
		// kong prints help and then asks to exit, which it does by calling a function that must not return.
		if p := recover(); p != nil {
			if p != errHelp { //nolint:errorlint // identity of a panic value
				panic(p)
			}
			code = exitDone
		}
	}()
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(env.Err, "bulkhead: %v (see: bulkhead help)\n", err)
		return exitUsage
	}
	err = k.Run()
	if err == nil {
		return exitDone
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted; nothing was written")
	}
	code = exitUsage
	var e *exit
	if errors.As(err, &e) {
		code = e.code
	}
	if message := strings.TrimSpace(err.Error()); message != "" {
		fmt.Fprintf(env.Err, "bulkhead: %s\n", strings.ReplaceAll(message, "\n", " "))
	}
	return code
}

var errHelp = errors.New("help was printed")

type helpCmd struct {
	Command string `arg:"" optional:"" help:"Command to explain."`
}

func (h helpCmd) Run(k *kong.Kong) error {
	args := []string{"--help"}
	if h.Command != "" {
		args = []string{h.Command, "--help"}
	}
	_, err := k.Parse(args)
	return err
}

type openCmd struct {
	templateFlags
	File []string `arg:"" optional:"" help:"Template, folder, snapshot, saved design or sample:NAME. Several make one design."`
}

func (o openCmd) Run(ctx context.Context, env *Env) error {
	return env.Window(ctx, o.File, o.options())
}

type suggestCmd struct {
	File []string `arg:"" help:"Designs."`
	JSON bool     `name:"json"`
}

func (suggestCmd) Run() error { return usage("suggest: not built yet") }
