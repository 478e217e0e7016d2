package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
)

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
// starts to analyse it.
func Open(ctx context.Context, name string, sources []importers.Source, o Options) (*Session, error) {
	clean := filepath.Clean(name)
	info, err := os.Stat(clean)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, errors.Unwrap(err))
	}
	if clean == "." || clean == ".." || clean == string(filepath.Separator) || strings.HasSuffix(clean, string(filepath.Separator)+"..") {
		if clean, err = filepath.Abs(clean); err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
	}
	dir, base := filepath.Split(clean)
	if dir == "" {
		dir = "."
	}
	if !info.IsDir() && filepath.Ext(base) == ".bulkhead" {
		// Its sources may stand above it, where an fs.FS of its folder cannot look.
		return openSaved(ctx, clean, sources, o)
	}
	s, err := OpenFS(ctx, os.DirFS(dir), base, sources, o)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.state.Path, s.disk = name, clean
	s.mu.Unlock()
	return s, nil
}

// OpenFS is Open within a file system, for samples and tests: saved designs have their sources beside them.
func OpenFS(ctx context.Context, fsys fs.FS, name string, sources []importers.Source, o Options) (*Session, error) {
	if path.Ext(name) == ".bulkhead" {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		saved, err := edit.ReadSaved(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		return replay(ctx, name, saved, sources, o, func(ref string) (fs.FS, string, string) {
			return fsys, path.Join(path.Dir(name), ref), ""
		})
	}
	in, err := importFrom(ctx, fsys, name, sources, o.Import)
	if err != nil {
		return nil, err
	}
	return start(in, sources, o), nil
}

// Blank opens an empty design, to be drawn from nothing.
func Blank(title string, sources []importers.Source, o Options) (*Session, error) {
	d, err := model.New(model.Info{Name: title, Kind: "blank", Partition: or(o.Import.Partition, "aws"),
		Region: or(o.Import.Region, "us-east-1"), Account: or(o.Import.Account, "123456789012")})
	if err != nil {
		return nil, fmt.Errorf("new design: %w", err)
	}
	return start(&importers.Import{Design: d, Options: o.Import}, sources, o), nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func openSaved(ctx context.Context, file string, sources []importers.Source, o Options) (*Session, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, errors.Unwrap(err))
	}
	saved, err := edit.ReadSaved(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return replay(ctx, file, saved, sources, o, func(ref string) (fs.FS, string, string) {
		at := filepath.FromSlash(ref)
		if !filepath.IsAbs(at) {
			at = filepath.Join(filepath.Dir(file), at)
		}
		dir, base := filepath.Split(at)
		if dir == "" {
			dir = "."
		}
		return os.DirFS(dir), base, at
	})
}

// replay imports the source of a saved design and does its edits again.
func replay(ctx context.Context, file string, saved *edit.SavedDesign, sources []importers.Source, o Options, at func(ref string) (fsys fs.FS, name, disk string)) (*Session, error) {
	if len(saved.Sources) > 1 {
		return nil, fmt.Errorf("open %s: it has %d sources; only designs of one source can be opened", file, len(saved.Sources))
	}
	for name, value := range saved.Params {
		if o.Import.Params == nil {
			o.Import.Params = map[string]string{}
		}
		if _, ok := o.Import.Params[name]; !ok {
			o.Import.Params[name] = value
		}
	}
	o.Import.Region, o.Import.Account = or(o.Import.Region, saved.Region), or(o.Import.Account, saved.Account)

	var s *Session
	var changed []string
	if len(saved.Sources) == 0 {
		var err error
		if s, err = Blank(or(saved.Name, "design"), sources, o); err != nil {
			return nil, err
		}
	} else {
		ref := saved.Sources[0]
		fsys, name, disk := at(ref.Path)
		in, err := importFrom(ctx, fsys, name, sources, o.Import)
		if err != nil {
			return nil, fmt.Errorf("open %s: its source: %w", file, err)
		}
		if data, ok := in.Files[in.Path]; ok && ref.SHA256 != "" && edit.Hash(data) != ref.SHA256 {
			changed = append(changed, ref.Path)
		}
		quiet := o
		quiet.Idle = true // until the edits are done
		s = start(in, sources, quiet)
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
	s.work.idle = o.Idle
	s.edited()
	return s, nil
}

// start is the session of an import.
func start(in *importers.Import, sources []importers.Source, o Options) *Session {
	s := &Session{sources: sources, options: o, catalog: catalog.Load, history: edit.NewHistory(in.Design)}
	s.work.idle = o.Idle
	s.mu.Lock()
	defer s.mu.Unlock()
	side := Side{Design: in.Design}
	s.state = State{Path: in.Path, Title: in.Design.Info().Name, Import: in, Before: side, After: side}
	s.edited()
	return s
}

// importFrom imports with the first source that knows the file.
func importFrom(ctx context.Context, fsys fs.FS, name string, sources []importers.Source, o importers.Options) (*importers.Import, error) {
	for _, src := range sources {
		if src.Detect(fsys, name) {
			in, err := src.Import(ctx, fsys, name, o)
			if err != nil {
				return nil, fmt.Errorf("open %s: %w", name, err)
			}
			return in, nil
		}
	}
	return nil, fmt.Errorf("open %s: not a template, snapshot or design that Bulkhead reads", name)
}
