package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"bulkhead/importers"
	"bulkhead/model/edit"
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
