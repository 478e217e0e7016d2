package command

import (
	"fmt"
	"io"
	"os"
)

type simulateCmd struct{}

func (simulateCmd) Run(env *Env) error {
	code, err := Simulate(env.In, env.Out)
	if err != nil {
		return &exit{code, err.Error()}
	}
	if code != exitDone {
		return &exit{code: code}
	}
	return nil
}

type withinCmd struct {
	After  string   `arg:"" optional:"" help:"Policy JSON; - for standard input."`
	Before string   `arg:"" optional:"" help:"Policy JSON to compare with."`
	Proof  []string `help:"Work proofs of an export out again, from the files beside them: *.proof.json, or folders with some." placeholder:"FILE"`
	JSON   bool     `name:"json" help:"Print JSON."`
}

func (c withinCmd) Run(env *Env) error {
	switch {
	case len(c.Proof) > 0 && c.After != "":
		return usage("within: give AFTER and BEFORE, or --proof FILE")
	case len(c.Proof) > 0:
		return proveAgain(env, c.Proof, c.JSON)
	case c.Before == "":
		return usage("within: give AFTER and BEFORE, or --proof FILE")
	}
	after, err := readInput(env, c.After)
	if err != nil {
		return err
	}
	before, err := readInput(env, c.Before)
	if err != nil {
		return err
	}
	code, err := Within(after, before, c.JSON, env.Out)
	if err != nil {
		return &exit{code, err.Error()}
	}
	if code != exitDone {
		return &exit{code: code}
	}
	return nil
}

// maxPolicy is the largest policy file that is read, in bytes.
const maxPolicy = 16 << 20

func readInput(env *Env, name string) ([]byte, error) {
	in := env.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, inputError(fmt.Errorf("read policy: %w", err))
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxPolicy+1))
	if err != nil {
		return nil, inputError(fmt.Errorf("read policy %s: %w", name, err))
	}
	if len(data) > maxPolicy {
		return nil, usage("read policy %s: larger than %d MB", name, maxPolicy>>20)
	}
	return data, nil
}
