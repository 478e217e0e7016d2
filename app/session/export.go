package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// A Patch is the change of the source that makes it say what After says. It was proven: the patched source
// imports as After.
type Patch struct {
	Edits       []source.Edit
	Files       source.Files        // the files that change, as they are to be
	Diff        string              // unified, of all files
	Diagnostics []source.Diagnostic // that the patched source has and the source had not, e.g. dangling references
}

// ErrNoPatcher says that a source can be read but not written.
var ErrNoPatcher = errors.New("this source cannot be patched; export the policies")

// Policies prints the policies of After as IAM JSON by file name, one file a role: "policies/ShopRole.json". It
// holds the role's own statements, inline and customer-managed; AWS's managed policies stay attached and are
// listed in DEPLOY.md. A role without statements of its own has no file.
func (s *Session) Policies() (map[string][]byte, error) {
	d := s.State().After.Design
	out := map[string][]byte{}
	for _, r := range d.Roles() {
		if r.External || r.ServiceLinked {
			continue
		}
		for i, doc := range ownDocuments(d, r) {
			data, err := doc.Format()
			if err != nil {
				return nil, fmt.Errorf("print the policy of %s: %w", r.ID, err)
			}
			name := fileName(r)
			if i > 0 {
				name = fmt.Sprintf("%s-%d", name, i+1)
			}
			for n := 2; out["policies/"+name+".json"] != nil; n++ {
				name = fmt.Sprintf("%s_%d", fileName(r), n)
			}
			out["policies/"+name+".json"] = append(bytes.TrimRight(data, "\n"), '\n')
		}
	}
	return out, nil
}

// fileName is a role's name as a file name on every system.
func fileName(r *model.Role) string {
	name := r.LogicalID
	if name == "" {
		name = r.Name
	}
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("+=,.@-_", c) {
			return c
		}
		return '_'
	}, name)
}

// ownDocuments joins the documents of a role's own policies. There are two where some were written for the old
// version, which has no policy variables, and hold what would be one.
func ownDocuments(d *model.Design, r *model.Role) []*policy.Document {
	const current = "2012-10-17"
	var out []*policy.Document
	byVersion := map[string]*policy.Document{}
	for _, id := range r.Policies {
		p := d.Policy(id)
		if p == nil || p.Document == nil || p.Managed && strings.Contains(p.ARN, ":iam::aws:policy/") {
			continue
		}
		version := p.Document.Version
		if version != current && !hasVariables(p.Document) {
			version = current
		}
		doc := byVersion[version]
		if doc == nil {
			doc = &policy.Document{Version: version}
			byVersion[version] = doc
			out = append(out, doc)
		}
		for _, st := range p.Document.Statements {
			if st.Sid != "" && slices.ContainsFunc(doc.Statements, func(o *policy.Statement) bool { return o.Sid == st.Sid }) {
				c := *st
				c.Sid = "" // a Sid stands once in a document
				st = &c
			}
			doc.Statements = append(doc.Statements, st)
		}
	}
	return slices.DeleteFunc(out, func(d *policy.Document) bool { return len(d.Statements) == 0 })
}

func hasVariables(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(st *policy.Statement) bool {
		has := func(s string) bool { return strings.Contains(s, "${") }
		return slices.ContainsFunc(st.Resources, has) || slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool { return slices.ContainsFunc(c.Values, has) })
	})
}

// Patch computes and proves the patch. It fails where the source cannot be patched, and writes nothing.
func (s *Session) Patch(ctx context.Context) (*Patch, error) { return s.patch(ctx, s.State()) }

func (s *Session) patch(ctx context.Context, st State) (*Patch, error) {
	if st.Import.Source == nil {
		return s.draft(st)
	}
	patcher, ok := st.Import.Source.(importers.Patcher)
	if !ok {
		return nil, ErrNoPatcher
	}
	after, err := edit.WithoutMarks(st.After.Design, st.Before.Design)
	if err != nil {
		return nil, fmt.Errorf("patch %s: %w", st.Path, err)
	}
	edits, err := patcher.Patch(st.Import, after)
	if err != nil {
		return nil, fmt.Errorf("patch %s: %w", st.Path, err)
	}
	again, err := importers.ProveImport(ctx, st.Import, after, edits)
	if err != nil {
		return nil, fmt.Errorf("patch %s: %w", st.Path, err)
	}
	p := &Patch{Edits: edits, Files: source.Files{}, Diff: importers.UnifiedDiff(s.sourceFiles(), again.Files)}
	for name, data := range again.Files {
		if string(st.Import.Files[name]) != string(data) {
			p.Files[name] = data
		}
	}
	known := map[string]int{}
	for _, d := range st.Import.Diagnostics {
		known[d.Severity.String()+d.Summary]++
	}
	for _, d := range again.Diagnostics {
		if key := d.Severity.String() + d.Summary; known[key] > 0 {
			known[key]--
		} else if d.Severity > source.Info {
			p.Diagnostics = append(p.Diagnostics, d)
		}
	}
	return p, nil
}

// draft writes a blank design down as new files.
func (s *Session) draft(st State) (*Patch, error) {
	if s.drafter == nil {
		return nil, ErrNoPatcher
	}
	after, err := edit.WithoutMarks(st.After.Design, st.Before.Design)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", st.Title, err)
	}
	files, err := s.drafter.Draft(after)
	if err != nil {
		return nil, err
	}
	return &Patch{Files: files, Diff: importers.UnifiedDiff(nil, files)}, nil
}

// Deploy is DEPLOY.md: what the change means for people who roll it out.
func (s *Session) Deploy() string {
	st := s.State()
	return edit.Deploy(st.Before.Design, st.After.Design, st.Steps, s.handlerCheck())
}

// WriteSource writes the proven patch into the source's files and returns their names. It refuses, with nothing
// written, where a file changed on disk since it was read or was written here last.
func (s *Session) WriteSource(ctx context.Context) ([]string, error) {
	if !s.onDisk() {
		return nil, errors.New("the source is not a file on disk: export the diff instead")
	}
	st := s.State()
	p, err := s.patch(ctx, st)
	if err != nil {
		return nil, err
	}
	onDisk := s.sourceFiles()
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.state.Import.Files)
	maps.Copy(next, p.Files)
	if err := st.Import.Write(onDisk, next); err != nil {
		return nil, err
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(next)) {
		if string(onDisk[name]) != string(next[name]) {
			if dir, within, ok := st.Import.Locate(name); ok {
				names = append(names, filepath.Join(dir, filepath.FromSlash(within)))
			}
		}
	}
	s.written, s.writtenEdits = next, edit.Edits(st.Steps)
	if s.state.SavePath == "" && !slices.ContainsFunc(s.writtenEdits, onlyHere) {
		// The edits are in the source: nothing is lost with the session.
		s.saved = s.writtenEdits
		s.state.Dirty = !sameEdits(edit.Edits(s.state.Steps), s.saved)
	}
	s.compareSource()
	s.publish()
	return names, nil
}

// sourceFiles are the source's files as they should be on disk: as imported, or as WriteSource left them.
func (s *Session) sourceFiles() source.Files {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.written != nil {
		return s.written
	}
	return s.state.Import.Files
}

// compareSource tells whether the source holds the edits that are done, and no others. s.mu is held.
func (s *Session) compareSource() {
	inSource := func(edits []edit.Edit) []edit.Edit {
		return slices.DeleteFunc(slices.Clone(edits), onlyHere)
	}
	s.state.Written = s.written != nil
	s.state.Differs = !sameEdits(inSource(edit.Edits(s.state.Steps)), inSource(s.writtenEdits))
}

// onDisk reports whether the source's files are on disk.
func (s *Session) onDisk() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.disk) > 0
}

// WriteTo writes policies, source.diff (where the source can be patched; the template itself of a blank design; CDK.md,
// where the changes belong, of a CDK app) and DEPLOY.md into a folder, and returns the names of the files.
func (s *Session) WriteTo(ctx context.Context, dir string) ([]string, error) {
	files, err := s.Policies()
	if err != nil {
		return nil, err
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
			for name, data := range p.Files {
				files[name] = data
			}
		default:
			files["source.diff"] = []byte(p.Diff)
		}
	}
	files["DEPLOY.md"] = []byte(s.Deploy())
	var names []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return names, fmt.Errorf("export: %w", err)
		}
		if err := writeFile(path, files[name]); err != nil {
			return names, fmt.Errorf("export %s: %w", name, err)
		}
		names = append(names, path)
	}
	return names, nil
}
