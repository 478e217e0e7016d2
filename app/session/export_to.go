package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/model/export"
	"bulkhead/render/code"
)

// Export says what WriteTo writes beside the patch and DEPLOY.md.
type Export struct {
	Forms      []string // of code.Forms; none: IAM's JSON
	Boundaries bool     // a permissions boundary for each role
	SCP        bool     // service control policies that hold all roles
	ProofsOnly bool     // no forms: the policies in IAM's JSON and their proofs alone
}

// An Exported is what WriteTo wrote.
type Exported struct {
	Files []string // in the order of their names
	Notes []string // what AWS would not take as it is, and what walls do not hold, a sentence each
}

// policiesDir holds policies in IAM's JSON and their proofs.
const policiesDir = "policies"

// Policies prints the policies of After by file name, in each form that is asked for. In IAM's JSON it is one file a role,
// "policies/ShopRole.json". A role's file holds its own statements, inline and customer-managed; AWS's managed policies stay
// attached and are listed in DEPLOY.md. A role without statements of its own has no file. Beside each file stands the proof that
// it allows nothing new, which needs both designs to be analysed.
func (s *Session) Policies(ctx context.Context, o Export) (map[string][]byte, []string, error) {
	st, err := s.Wait(ctx)
	if err != nil {
		return nil, nil, err
	}
	holders, err := export.Policies(st.After.Design, export.Options{Boundaries: o.Boundaries})
	if err != nil {
		return nil, nil, err
	}
	var notes []string
	for _, h := range holders {
		for _, n := range h.Notes {
			notes = append(notes, h.Name+": "+n)
		}
		if b := h.Boundary; b != nil && b.Kept != "" {
			notes = append(notes, h.Name+": it keeps the permissions boundary that it has")
		} else if b != nil && b.Loose != "" {
			notes = append(notes, h.Name+": its permissions boundary would be too large: "+b.Loose)
		}
	}
	set := &code.Set{Design: st.After.Design, Holders: holders, Place: placeOf(st)}
	forms := o.Forms
	if len(forms) == 0 {
		forms = []string{"json"}
	}
	if !slices.Contains(forms, "json") {
		forms = append([]string{"json"}, forms...) // what the proofs are about
	}
	out := map[string][]byte{}
	for _, f := range forms {
		files, err := code.Write(f, set)
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(out, files)
	}
	if err := s.proofs(st, holders, out); err != nil {
		return nil, nil, err
	}
	if o.SCP {
		policies, more := export.ServiceControl(st.After.Design)
		notes = append(notes, more...)
		for i, d := range policies {
			data, err := d.Format()
			if err != nil {
				return nil, nil, fmt.Errorf("print the service control policy: %w", err)
			}
			name := "scp.json"
			if len(policies) > 1 {
				name = fmt.Sprintf("scp-%d.json", i+1)
			}
			out[name] = data
		}
	}
	return out, notes, nil
}

// proofs adds the proof of each holder's policies to the files.
func (s *Session) proofs(st State, holders []*export.Holder, files map[string][]byte) error {
	p := &export.Proving{Before: st.Before.Design, After: st.After.Design, Comparison: st.Comparison, Unproven: st.Unproven(), Files: map[string][]byte{}}
	for name, data := range files {
		if rest, ok := strings.CutPrefix(name, policiesDir+"/"); ok {
			p.Files[rest] = data
		}
	}
	for _, h := range holders {
		var own []string
		for _, f := range code.PolicyFiles(h) {
			own = append(own, strings.TrimPrefix(f.Path, policiesDir+"/"))
		}
		boundary := ""
		if f, ok := code.BoundaryFile(h); ok {
			boundary = strings.TrimPrefix(f.Path, policiesDir+"/")
		}
		if err := p.Prove(h, own, boundary); err != nil {
			return err
		}
	}
	for name, data := range p.Files {
		files[path.Join(policiesDir, name)] = data
	}
	return nil
}

// placeOf is what the design's texts have for the place of the deployment.
func placeOf(st State) code.Place {
	info := st.After.Design.Info()
	if info.Kind == "account" || st.Import == nil {
		return code.Place{}
	}
	o := st.Import.Options
	var p code.Place
	if o.Partition == "" {
		p.Partition = info.Partition
	}
	if o.Region == "" {
		p.Region = info.Region
	}
	if o.Account == "" {
		p.Account = info.Account
	}
	return p
}

// WriteTo writes policies with their proofs, source.diff (where the source can be patched; the template itself of a blank
// design; CDK.md, where the changes belong, of a CDK app) and DEPLOY.md into a folder.
func (s *Session) WriteTo(ctx context.Context, dir string, o Export) (*Exported, error) {
	files, notes, err := s.Policies(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.ProofsOnly {
		return s.writeFiles(dir, files, notes)
	}
	if st := s.State(); st.Edited || st.Differs {
		p, err := s.Patch(ctx)
		var generated *importers.GeneratedError
		switch {
		case errors.Is(err, ErrNoPatcher):
		case errors.As(err, &generated):
			if text := s.Generated(); text != "" {
				files["CDK.md"] = []byte(text)
			}
		case err != nil:
			return nil, err
		case st.Import.Source == nil:
			maps.Copy(files, p.Files)
		default:
			files["source.diff"] = []byte(p.Diff)
		}
	}
	files["DEPLOY.md"] = []byte(s.Deploy())
	return s.writeFiles(dir, files, notes)
}

func (s *Session) writeFiles(dir string, files map[string][]byte, notes []string) (*Exported, error) {
	out := &Exported{Notes: notes}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return out, fmt.Errorf("export: %w", err)
		}
		if err := writeFile(path, files[name]); err != nil {
			return out, fmt.Errorf("export %s: %w", name, err)
		}
		out.Files = append(out.Files, path)
	}
	return out, nil
}
