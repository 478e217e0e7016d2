package session

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
)

// savedExt is the extension of saved designs.
const savedExt = ".bulkhead"

// maxSaved is the size of the largest saved design that is read, in bytes.
const maxSaved = 64 << 20

// A MisfitError is a saved design of which some edits no longer fit its source. Options.Fitting opens it without
// them.
type MisfitError struct {
	Path    string
	Changed []string // sources that changed since it was saved
	Misfits []*edit.StepError
}

// Error lists what does not fit, one line each.
func (e *MisfitError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of its edits no longer fit", e.Path, len(e.Misfits))
	if len(e.Changed) > 0 {
		fmt.Fprintf(&b, "; since it was saved, %s changed", strings.Join(e.Changed, ", "))
	}
	for _, m := range e.Misfits {
		fmt.Fprintf(&b, "\n  %v", m)
	}
	return b.String()
}

// Open reads a template, folder, snapshot or saved design from disk with the first source that knows it, and
// starts to analyse it. An error is one line that starts with the path.
func Open(ctx context.Context, name string, sources []importers.Source, o Options) (*Session, error) {
	if filepath.Ext(name) == savedExt {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return openSaved(ctx, name, sources, o)
		}
	}
	in, err := importers.Open(ctx, sources, name, o.Import)
	if err != nil {
		return nil, err
	}
	s := start(in, o)
	s.locate(name, name)
	return s, nil
}

// OpenAll reads several templates, folders or snapshots as one design; one name is as Open.
func OpenAll(ctx context.Context, names []string, sources []importers.Source, o Options) (*Session, error) {
	if len(names) == 1 {
		return Open(ctx, names[0], sources, o)
	}
	for _, name := range names {
		if filepath.Ext(name) == savedExt {
			return nil, fmt.Errorf("%s: a saved design is opened by itself, not with others", name)
		}
	}
	in, err := importers.OpenAll(ctx, sources, names, o.Import)
	if err != nil {
		return nil, err
	}
	s := start(in, o)
	s.locate(strings.Join(names, ", "), names...)
	return s, nil
}

// OpenFS is Open within a file system, for samples, standard input and tests: saved designs have their sources
// in it.
func OpenFS(ctx context.Context, fsys fs.FS, name string, sources []importers.Source, o Options) (*Session, error) {
	if path.Ext(name) == savedExt {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return replay(name, data, sources, o, func(refs []edit.SourceRef, o importers.Options) (*importers.Import, []string, error) {
			if len(refs) > 1 {
				return nil, nil, fmt.Errorf("%d sources that are on no disk", len(refs))
			}
			in, err := importers.OpenFS(ctx, sources, fsys, path.Join(path.Dir(name), refs[0].Path), o)
			return in, nil, err
		})
	}
	in, err := importers.OpenFS(ctx, sources, fsys, name, o.Import)
	if err != nil {
		return nil, err
	}
	return start(in, o), nil
}

// OpenAllFS is OpenAll within a file system: each name is read within its own folder of it, and a saved design's sources
// are by their places from its own.
func OpenAllFS(ctx context.Context, fsys fs.FS, names []string, sources []importers.Source, o Options) (*Session, error) {
	for _, name := range names {
		switch {
		case path.Ext(name) != savedExt:
			continue
		case len(names) > 1:
			return nil, fmt.Errorf("%s: a saved design is opened by itself, not with others", name)
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return replay(name, data, sources, o, func(refs []edit.SourceRef, o importers.Options) (*importers.Import, []string, error) {
			var at []string
			for _, ref := range refs {
				at = append(at, path.Join(path.Dir(name), ref.Path))
			}
			in, err := importers.OpenAllFS(ctx, sources, fsys, at, o)
			return in, nil, err
		})
	}
	in, err := importers.OpenAllFS(ctx, sources, fsys, names, o.Import)
	if err != nil {
		return nil, err
	}
	return start(in, o), nil
}

// Blank opens an empty design, to be drawn from nothing.
// Among sources is what writes it down in the end (importers.Drafter).
func Blank(title string, sources []importers.Source, o Options) (*Session, error) {
	d, err := model.New(model.Info{Name: title, Kind: "blank", Partition: cmp.Or(o.Import.Partition, "aws"),
		Region: cmp.Or(o.Import.Region, "us-east-1"), Account: cmp.Or(o.Import.Account, "123456789012")})
	if err != nil {
		return nil, fmt.Errorf("new design: %w", err)
	}
	s := start(&importers.Import{Design: d, Options: o.Import}, o)
	for _, src := range sources {
		if drafter, ok := src.(importers.Drafter); ok && s.drafter == nil {
			s.drafter = drafter
		}
	}
	return s, nil
}

func openSaved(ctx context.Context, file string, sources []importers.Source, o Options) (*Session, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if info.Size() > maxSaved {
		return nil, fmt.Errorf("%s: more than the %d MB that are read", file, maxSaved>>20)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: no permission to read it: %w", file, err)
	}
	return replay(file, data, sources, o, func(refs []edit.SourceRef, o importers.Options) (*importers.Import, []string, error) {
		var disk []string
		for _, ref := range refs {
			at := filepath.FromSlash(ref.Path)
			if !filepath.IsAbs(at) {
				at = filepath.Join(filepath.Dir(file), at)
			}
			disk = append(disk, at)
		}
		in, err := importers.OpenAll(ctx, sources, disk, o)
		return in, disk, err
	})
}

// replay imports the sources of a saved design and does its edits again.
func replay(file string, data []byte, sources []importers.Source, o Options, open func(refs []edit.SourceRef, o importers.Options) (*importers.Import, []string, error)) (*Session, error) {
	saved, err := edit.ReadSaved(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	params := maps.Clone(saved.Params)
	if params == nil {
		params = map[string]string{}
	}
	maps.Copy(params, o.Import.Params) // what is given now goes before what was saved
	o.Import.Params = params
	o.Import.Region, o.Import.Account = cmp.Or(o.Import.Region, saved.Region), cmp.Or(o.Import.Account, saved.Account)
	o.Import.StackName = cmp.Or(o.Import.StackName, saved.Stack)

	quiet := o
	quiet.Idle = true // until the edits are done
	var s *Session
	var changed []string
	if len(saved.Sources) == 0 {
		if s, err = Blank(cmp.Or(saved.Name, strings.TrimSuffix(filepath.Base(file), savedExt)), sources, quiet); err != nil {
			return nil, err
		}
	} else {
		in, disk, err := open(saved.Sources, o.Import)
		if err != nil {
			return nil, fmt.Errorf("%s: its source: %w", file, err)
		}
		for i, ref := range saved.Sources {
			if ref.SHA256 != "" && contentHash(in, i) != ref.SHA256 {
				changed = append(changed, ref.Path)
			}
		}
		s = start(in, quiet)
		s.disk = disk
	}
	var misfits []*edit.StepError
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, e := range saved.Edits {
		if _, err := s.history.Do(e); err != nil {
			misfits = append(misfits, &edit.StepError{Index: i, Edit: e, Err: err})
		}
	}
	if len(misfits) > 0 && !o.Fitting {
		return nil, &MisfitError{Path: file, Changed: changed, Misfits: misfits}
	}
	s.state.Path, s.state.SavePath = file, file
	s.state.Misfits, s.state.Changed = misfits, changed
	s.saved = edit.Edits(s.history.Steps())
	s.state.Notes, s.noted = saved.Notes, saved.Notes
	s.work.idle = o.Idle
	s.edited()
	return s, nil
}

// contentHash is the hash of what an import read of one of its sources: of the file, or of all files with their names.
func contentHash(in *importers.Import, n int) string {
	files := in.FilesOf(n)
	names := slices.Sorted(maps.Keys(files))
	if len(names) == 1 && (names[0] == in.Path || in.Path == ".") {
		return edit.Hash(files[names[0]])
	}
	var b bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&b, "%s\n%s\n", name, edit.Hash(files[name]))
	}
	return edit.Hash(b.Bytes())
}

// start is the session of an import.
func start(in *importers.Import, o Options) *Session {
	s := &Session{catalog: catalog.Load, history: edit.NewHistory(in.Design)}
	s.work.idle = o.Idle
	s.mu.Lock()
	defer s.mu.Unlock()
	side := Side{Design: in.Design}
	s.state = State{Path: in.Path, Title: in.Design.Info().Name, Import: in, Before: side, After: side}
	s.edited()
	return s
}

// locate says where the sources are on disk, and what people called them.
func (s *Session) locate(name string, disk ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Path, s.disk = name, disk
	s.publish()
}
