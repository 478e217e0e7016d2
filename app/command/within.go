package command

import (
	"fmt"
	"io"

	"bulkhead/model/catalog"
	"bulkhead/model/policy"
)

// Within says whether policy after allows nothing that policy before did not: exit code 0 for yes, 1 for no with
// a request that shows it, 3 where it cannot be decided, 2 where one of them cannot be read.
func Within(after, before []byte, jsonOut bool, out io.Writer) (code int, err error) {
	c := catalog.Load()
	stacks := [2]*policy.Stack{}
	for i, p := range []struct {
		name string
		data []byte
	}{{"AFTER", after}, {"BEFORE", before}} {
		d, err := policy.Parse(p.data)
		if err != nil {
			return exitUsage, fmt.Errorf("read %s: %w", p.name, err)
		}
		compiled, err := policy.Compile(c, d)
		if err != nil {
			return exitUsage, fmt.Errorf("compile %s: %w", p.name, err)
		}
		stacks[i] = &policy.Stack{Identity: compiled}
	}
	v := stacks[0].Within(stacks[1])
	if jsonOut {
		err = writeLine(out, describeVerdict(v, stacks[0], stacks[1]))
	} else {
		err = tellVerdict(out, v)
	}
	if err != nil {
		return exitUsage, fmt.Errorf("write verdict: %w", err)
	}
	switch v.Answer {
	case policy.Yes:
		return exitDone, nil
	case policy.No:
		return exitNo, nil
	case policy.Unknown:
	}
	return exitUndecided, nil
}

type verdictJSON struct {
	Answer  string       `json:"answer"` // yes, no, unknown
	Why     string       `json:"why"`
	Note    string       `json:"note"`
	Witness *witnessJSON `json:"witness"`
	// Settings are what the case of the witness needs beside the request, as simulate reads it; left out: nothing.
	Settings *settingsJSON `json:"settings,omitempty"`
}

type settingsJSON struct {
	S3 s3SettingsJSON `json:"s3"`
}

type s3SettingsJSON struct {
	BucketABAC bool `json:"bucketAbacEnabled"`
}

// witnessJSON is a request as simulate reads it.
type witnessJSON struct {
	Principal       string         `json:"principal"`
	Action          string         `json:"action"`
	Resource        string         `json:"resource"`
	ResourceAccount string         `json:"resourceAccount"`
	Context         policy.Context `json:"context"`
}

func describeVerdict(v policy.Verdict, after, before *policy.Stack) verdictJSON {
	out := verdictJSON{Answer: v.Answer.String(), Why: v.Why, Note: v.Note}
	if w := v.Witness; w != nil {
		out.Witness = &witnessJSON{w.Principal, w.Action, w.Resource, w.ResourceAccount, w.Context}
		if out.Witness.Context == nil {
			out.Witness.Context = policy.Context{}
		}
		plain := *w
		plain.S3.ABAC = policy.Off
		if after.Evaluate(plain).Outcome != policy.Allowed || before.Evaluate(plain).Outcome == policy.Allowed {
			out.Settings = &settingsJSON{s3SettingsJSON{w.S3.ABAC == policy.On}}
		}
	}
	return out
}

func tellVerdict(out io.Writer, v policy.Verdict) error {
	var err error
	switch v.Answer {
	case policy.Yes:
		_, err = fmt.Fprintln(out, "yes: it allows nothing that the other does not")
	case policy.No:
		_, err = fmt.Fprintf(out, "no: %s, and the other does not\n", v.Why)
	case policy.Unknown:
		_, err = fmt.Fprintf(out, "undecided: %s\n", v.Why)
	}
	if err == nil && v.Note != "" {
		_, err = fmt.Fprintf(out, "note: %s\n", v.Note)
	}
	return err
}
