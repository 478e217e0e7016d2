package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/review"
)

// A baseline is what a check holds a design against: a design, or facts that an earlier run wrote down.
type baseline struct {
	name     string
	design   *model.Design
	facts    review.Facts
	measures *reach.Measures
	analysis *reach.Analysis
}

// base opens the baseline, nil if there is none.
func (c checkCmd) base(ctx context.Context, env *Env, o *opened) (*baseline, error) {
	switch {
	case c.AgainstGit != "":
		return c.atRevision(ctx, env, o)
	case c.Baseline != "":
		if f, err := readFacts(c.Baseline); f != nil || err != nil {
			return f, err
		}
		quiet := *env
		quiet.Err = io.Discard // of the design that is checked, diagnostics were told
		b, err := open(ctx, &quiet, []string{c.Baseline}, c.baseOptions(o))
		if err != nil {
			return nil, ofBaseline(err)
		}
		return &baseline{name: c.Baseline, design: b.Design}, nil
	}
	return nil, nil
}

// baseOptions are those that a baseline is read with.
func (c checkCmd) baseOptions(o *opened) importers.Options {
	options := c.options()
	if len(c.File) == 1 {
		options.StackName = cmp.Or(o.Import.Options.StackName, o.Design.Info().Name) // names that AWS generates hold it, whatever the folder is called
	}
	return options
}

// ofBaseline says of an error that it is about the baseline.
func ofBaseline(err error) error {
	var e *exit
	if errors.As(err, &e) {
		return &exit{e.code, "baseline " + e.message}
	}
	return err
}

// maxFacts is the largest breach --json that is read, in bytes.
const maxFacts = 1 << 30

// readFacts reads what breach --json printed; nil for a file of another kind.
func readFacts(name string) (*baseline, error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFacts {
		return nil, nil //nolint:nilerr // whoever opens it as a design says so
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, inputError(fmt.Errorf("read baseline: %w", err))
	}
	if start := bytes.TrimLeft(data[:min(len(data), 512)], "\ufeff \t\r\n"); len(start) == 0 || start[0] != '{' {
		return nil, nil
	}
	var shape struct {
		Version  any              `json:"bulkhead"`
		Breaches *json.RawMessage `json:"breaches"`
		Measures *json.RawMessage `json:"measures"`
	}
	err = json.Unmarshal(data, &shape)
	if bad := (*json.SyntaxError)(nil); errors.As(err, &bad) && bad.Offset == int64(len(data)) && bad.Error() == "unexpected end of JSON input" {
		return nil, usage("baseline %s: it is cut off after %d bytes: make it anew, or copy it again", name, len(data))
	}
	isFacts := err == nil && shape.Breaches != nil && shape.Measures != nil
	if v := shape.Version; v != nil && v != breachVersion && (isFacts || strings.HasPrefix(fmt.Sprint(v), "breach/")) {
		return nil, usage("baseline %s: it is a %q, and this program reads %q: make it anew with this program, or use a newer one", name, fmt.Sprint(v), breachVersion)
	}
	if !isFacts {
		return nil, nil
	}
	var in breachesJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, usage("baseline %s: it is no breach --json of this version (%v): make it anew", name, err)
	}
	b := &baseline{name: name, facts: review.Facts{}}
	m := in.Measures
	b.measures = &reach.Measures{Functions: in.Design.Functions, Resources: in.Design.Resources, Counted: in.Design.Counted, Worst: m.Worst, WorstOf: m.WorstOf,
		Mean: m.Mean, MeanEntry: m.MeanEntry, Watertightness: m.Watertightness, Admin: m.Admin, AtLeast: m.AtLeast}
	for _, x := range in.Breaches {
		f := &review.Fact{Admin: x.Admin, AdminMay: x.AdminMay}
		for _, h := range x.Hits {
			if h.Fed || h.OwnLog || h.HeldBy != "" {
				continue
			}
			t := reach.Touch{Target: h.Target}
			for _, can := range h.Capabilities {
				if c, ok := catalog.CapabilityOf(can); ok && c.IsHit() {
					t.Capabilities = t.Capabilities.With(c)
				}
			}
			f.Hits = append(f.Hits, t)
		}
		for _, y := range x.Beyond {
			if y.Fed {
				continue
			}
			var caps catalog.Capabilities
			for _, can := range y.Capabilities {
				if c, ok := catalog.CapabilityOf(can); ok {
					caps = caps.With(c)
				}
			}
			certainty := reach.Must
			if y.Certainty == reach.May.String() {
				certainty = reach.May
			}
			f.Sea = append(f.Sea, reach.Beyond{Service: y.Service, Type: y.Type, Capabilities: caps, Pattern: y.Pattern, Certainty: certainty})
		}
		b.facts[x.From] = f
	}
	return b, nil
}
