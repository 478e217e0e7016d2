package importers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/source"
)

// An Input is one of several files or folders that make one design.
type Input struct {
	Source Source
	Path   string // within the file system of all
	Stack  string // as in Options; "" where nothing but the file's own name tells
	Found  bool   // in a folder, and not asked for by name: what cannot be read of it is a diagnostic
}

// A Gatherer is a Source whose inputs are read better together than each by itself: stacks that import what other stacks
// export.
type Gatherer interface {
	Source
	// Family is the same for all sources whose inputs are read together.
	Family() string
	// Gather is the source that reads all of the inputs, which are of its family, whatever path it is given.
	Gather(inputs []Input) Source
}

// OpenAll imports several files and folders of the disk as one design; one alone as Open does. Each is read within its
// own folder. An error is one line that starts with the path that it is about.
func OpenAll(ctx context.Context, sources []Source, paths []string, o Options) (*Import, error) {
	var places []place
	for i, p := range paths {
		for _, other := range paths[:i] {
			if sameFile(p, other) {
				return nil, fmt.Errorf("%s: it is given twice", p)
			}
		}
		place, err := locate(p)
		if err != nil {
			return nil, err
		}
		places = append(places, place)
	}
	return openPlaces(ctx, sources, paths, places, o)
}

// OpenAllFS is OpenAll within a file system: each path is read within its own folder of it.
func OpenAllFS(ctx context.Context, sources []Source, fsys fs.FS, paths []string, o Options) (*Import, error) {
	var places []place
	for _, p := range paths {
		place, err := locateIn(fsys, p)
		if err != nil {
			return nil, err
		}
		places = append(places, place)
	}
	return openPlaces(ctx, sources, paths, places, o)
}

// openPlaces imports what is at places as one design; paths are what people call them.
func openPlaces(ctx context.Context, sources []Source, paths []string, places []place, o Options) (*Import, error) {
	if len(places) == 1 {
		place := places[0]
		in, err := OpenFS(ctx, sources, place.fsys, place.name, place.named(o))
		if err != nil {
			return nil, calledBy(paths[0], place.name, err)
		}
		in.roots = mounts{{"", place.fsys, place.dir}}
		return in, nil
	}
	var inputs []Input
	var roots mounts
	var notes []source.Diagnostic
	for i, place := range places {
		p := paths[i]
		found, diagnostics, err := inputsOf(ctx, sources, place.fsys, place.name, place.named(o))
		if err != nil {
			return nil, calledBy(p, place.name, err)
		}
		at := roots.label(p, place.name == ".")
		roots = append(roots, mount{at, place.fsys, place.dir})
		for _, in := range found {
			in.Path = path.Join(at, in.Path)
			inputs = append(inputs, in)
		}
		for _, d := range diagnostics {
			d.Span.File = path.Join(at, d.Span.File)
			notes = append(notes, d)
		}
	}
	in, err := importInputs(ctx, roots, inputs, o)
	if err != nil {
		return nil, err
	}
	in.fsys, in.roots = roots, roots
	in.Diagnostics = append(in.Diagnostics, notes...)
	return in, nil
}

// named are options with the name that the place gives a stack.
func (p place) named(o Options) Options {
	if o.StackName == "" {
		o.StackName = p.stack
	}
	return o
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// importInputs reads inputs as one design: those of a family together, and what comes of them joined.
func importInputs(ctx context.Context, fsys fs.FS, inputs []Input, o Options) (*Import, error) {
	var members []Input
	families := map[string][]Input{}
	for _, in := range inputs {
		g, ok := in.Source.(Gatherer)
		if !ok {
			members = append(members, in)
			continue
		}
		if len(families[g.Family()]) == 0 {
			members = append(members, Input{Source: g, Path: "."})
		}
		families[g.Family()] = append(families[g.Family()], in)
	}
	for i, m := range members {
		g, ok := m.Source.(Gatherer)
		if !ok {
			continue
		}
		if of := families[g.Family()]; len(of) > 1 {
			members[i].Source = g.Gather(of)
		} else {
			members[i] = of[0]
		}
	}
	if len(members) == 1 {
		if members[0].Path != "." {
			o.StackName = members[0].Stack
		}
		in, err := members[0].Source.Import(ctx, fsys, members[0].Path, o)
		if err != nil {
			return nil, openError(members[0].Path, err)
		}
		return in, nil
	}
	return (&several{members: members}).Import(ctx, fsys, ".", o)
}

// several reads its members as one design, and patches each by its own source.
type several struct {
	members []Input
	mu      sync.Mutex
	scoped  map[string]bool // names that have a prefix since they were first read, or made
}

// Name is "several".
func (s *several) Name() string { return "several" }

// Detect is always false: several inputs are named one by one.
func (s *several) Detect(fs.FS, string) bool { return false }

// Import reads all members anew.
func (s *several) Import(ctx context.Context, fsys fs.FS, _ string, o Options) (*Import, error) {
	out := &Import{Source: s, Path: ".", Options: o, Files: source.Files{}}
	var designs []*model.Design
	var failed error
	for i, m := range s.members {
		po := o
		po.StackName = m.Stack
		in, err := m.Source.Import(ctx, fsys, m.Path, po)
		if err != nil {
			err = openError(m.Path, err)
			if !m.Found || ctx.Err() != nil {
				return nil, err
			}
			out.Diagnostics = append(out.Diagnostics, Unread(m.Path, err))
			failed = errors.Join(failed, err)
			continue
		}
		in.fsys = fsys
		out.parts = append(out.parts, part{in, i})
		designs = append(designs, in.Design)
		for f, data := range in.Files {
			out.Files[f] = data
		}
		out.Diagnostics = append(out.Diagnostics, in.Diagnostics...)
	}
	if len(designs) == 0 {
		return nil, failed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	joined, err := model.Join(s.scoped, designs...)
	if err != nil {
		return nil, err
	}
	if s.scoped == nil {
		s.scoped = joined.Scoped
	}
	out.joined, out.Design = joined, joined.Design
	if o.StackName != "" {
		info := out.Design.Info()
		info.Name = o.StackName
		out.Design = out.Design.WithInfo(info)
	}
	return out, nil
}

// Unread tells of a file that was found in a folder and cannot be read.
func Unread(name string, err error) source.Diagnostic {
	text := strings.TrimPrefix(err.Error(), name+": ")
	return source.Diagnostic{Severity: source.Error, Span: source.Span{File: name}, Summary: "it cannot be read: " + text, Detail: "It was left out of the design."}
}

// Patch is the edits of each member's files. A member that changed and cannot be patched is an error.
func (s *several) Patch(in *Import, after *model.Design) ([]source.Edit, error) {
	var out []source.Edit
	for i, part := range in.parts {
		name := s.members[part.member].Path
		d, scoped, err := in.joined.Part(i, after)
		if err != nil {
			return nil, fmt.Errorf("patch %s: %w", name, err)
		}
		s.mu.Lock()
		for _, name := range scoped {
			s.scoped[name] = true
		}
		s.mu.Unlock()
		if len(part.Design.Diff(d)) == 0 {
			continue
		}
		p, ok := part.Source.(Patcher)
		if !ok {
			return nil, fmt.Errorf("%s: %s files are not patched; export policies instead", name, part.Source.Name())
		}
		edits, err := p.Patch(part.Import, d)
		if err != nil {
			return nil, err
		}
		out = append(out, edits...)
	}
	return out, nil
}

// A part is what one member of several gave.
type part struct {
	*Import
	member int
}
