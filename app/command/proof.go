package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/model/export"
	"bulkhead/model/policy"
)

// proofSuffix ends the names of files that hold a proof.
const proofSuffix = ".proof.json"

type proofJSON struct {
	Proof string        `json:"proof"`
	Said  export.Within `json:"said"`  // by the proof
	Found export.Within `json:"found"` // now
}

// proveAgain works proofs out again and tells what was found: exit code 0 where each is yes or of something new, 1 where one is
// no, 3 where one is undecided, 2 where a file is missing, changed or no proof.
func proveAgain(env *Env, names []string, asJSON bool) error {
	var files []string
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return inputError(fmt.Errorf("proof: %w", err))
		}
		if !info.IsDir() {
			files = append(files, name)
			continue
		}
		found, err := filepath.Glob(filepath.Join(escapeGlob(name), "*"+proofSuffix))
		if err != nil {
			return inputError(fmt.Errorf("proof %s: %w", name, err))
		}
		if len(found) == 0 {
			return usage("within: --proof %s: no *%s in this folder", name, proofSuffix)
		}
		slices.Sort(found)
		files = append(files, found...)
	}
	out := []proofJSON{}
	no, undecided := 0, 0
	for _, f := range files {
		said, found, err := export.Verify(os.DirFS(filepath.Dir(f)), filepath.Base(f))
		if err != nil {
			var missing *fs.PathError
			if errors.As(err, &missing) {
				err = fmt.Errorf("%s: %w", missing.Path, missing.Err)
			}
			return inputError(fmt.Errorf("proof %s: %w", f, err))
		}
		out = append(out, proofJSON{filepath.ToSlash(f), said, found})
		switch found.Answer {
		case policy.No.String():
			no++
		case policy.Unknown.String():
			undecided++
		}
	}
	if asJSON {
		if err := printJSON(env.Out, out); err != nil {
			return err
		}
	} else {
		for _, p := range out {
			fmt.Fprintln(env.Out, tellProof(p))
		}
	}
	switch {
	case no > 0:
		return &exit{exitNo, fmt.Sprintf("%d of %s not within what was there before", no, count(len(out), "policy"))}
	case undecided > 0:
		return &exit{exitUndecided, fmt.Sprintf("%d of %s undecided", undecided, count(len(out), "policy"))}
	}
	return nil
}

func tellProof(p proofJSON) string {
	text := p.Proof + ": " + p.Found.Answer
	if why := p.Found.Why; why != "" {
		text += ": " + why
	}
	if p.Found.Note != "" {
		text += " (" + p.Found.Note + ")"
	}
	if p.Said.Answer != p.Found.Answer {
		text += fmt.Sprintf("; the proof says %s", p.Said.Answer)
	}
	return text
}

// escapeGlob is a path in which no sign stands for others.
func escapeGlob(s string) string {
	if filepath.Separator == '\\' {
		return s // no escaping there, nor names with * and ?
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}
