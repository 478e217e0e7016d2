package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// A samTemplate is what is kept of one of SAM's policy templates.
type samTemplate struct {
	Name       string          `json:"name"`
	Parameters []string        `json:"parameters"`
	Definition json.RawMessage `json:"definition"`
}

// writeSAM reduces SAM's policy_templates.json to a sorted list. Where there is no such file, what was written
// before stays: its source is not on npm.
func writeSAM(name, dir string) error {
	out := filepath.Join(dir, "sam-policy-templates.json.gz")
	asked := name != ""
	if !asked {
		corpus := os.Getenv("BULKHEAD_CORPUS")
		if corpus == "" {
			corpus = filepath.Join(dir, "..", "..", "..", "shared", "corpus")
		}
		name = filepath.Join(corpus, "data", "sam-policy-templates.json")
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !asked {
		fmt.Fprintf(os.Stderr, "generate: no %s: %s stays as it is\n", name, out)
		return nil
	}
	if err != nil {
		return err
	}
	var in struct {
		Version   string
		Templates map[string]struct {
			Definition json.RawMessage
			Parameters map[string]any
		}
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	var all []samTemplate
	for _, name := range slices.Sorted(maps.Keys(in.Templates)) {
		t := in.Templates[name]
		var definition bytes.Buffer
		if err := json.Compact(&definition, t.Definition); err != nil {
			return fmt.Errorf("template %s: %w", name, err)
		}
		params := slices.Sorted(maps.Keys(t.Parameters))
		if params == nil {
			params = []string{}
		}
		all = append(all, samTemplate{name, params, definition.Bytes()})
	}
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return writeGzip(out, b)
}
