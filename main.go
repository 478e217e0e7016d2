// Bulkhead models AWS serverless systems as compartments, shows what a breach floods and writes tighter
// policies back.
//
// This file chooses window or command and wires the parts; it is the one place where all of them meet.
package main

import (
	"context"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"bulkhead/app"
	"bulkhead/app/command"
	"bulkhead/assets"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
	"bulkhead/importers/serverless"
	"bulkhead/importers/terraform"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	sources := slices.Concat(cfn.Sources(), []importers.Source{serverless.New(), account.New()}, terraform.Sources())
	samples, err := fs.Sub(assets.FS, "samples")
	if err != nil {
		panic(err) // the folder is embedded; its name is a constant
	}
	env := command.Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Sources: sources,
		Samples: samples, Windowed: app.Windowed,
		Window: func(ctx context.Context, paths []string, o importers.Options) error {
			return app.Run(ctx, app.Program{Sources: sources, Samples: samples, Version: command.Version()}, paths, o)
		},
	}
	code := command.Run(ctx, os.Args[1:], env)
	stop()
	os.Exit(code)
}
