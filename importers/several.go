package importers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/source"
)

// OpenAll imports several files and folders of the disk as one design; one alone as Open does. Each is read within its
// own folder. An error is one line that starts with the path that it is about.
func OpenAll(ctx context.Context, sources []Source, paths []string, o Options) (*Import, error) {
	if len(paths) == 1 {
		return Open(ctx, sources, paths[0], o)
	}
	s := &several{}
	var mounted mounts
	for i, p := range paths {
		for _, other := range paths[:i] {
			if sameFile(p, other) {
				return nil, fmt.Errorf("%s: it is given twice", p)
			}
		}
		in, err := Open(ctx, sources, p, o)
		if err != nil {
			return nil, err
		}
		at := s.label(p, in.Path == ".")
		mounted = append(mounted, mount{at, in.fsys})
		s.names = append(s.names, path.Join(at, in.Path))
		s.members = append(s.members, in.Source)
		s.stacks = append(s.stacks, in.Options.StackName)
	}
	in, err := s.Import(ctx, mounted, ".", o)
	if err != nil {
		return nil, err
	}
	in.fsys = mounted
	return in, nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// several reads its members as one design, and patches each by its own source.
type several struct {
	names   []string // in the mounted file system
	members []Source
	stacks  []string
	mu      sync.Mutex
	scoped  map[string]bool // names that have a prefix since they were first read, or made
}

// label is the folder under which a path is mounted: as it was given, as far as that can be a name of its own.
func (s *several) label(p string, folder bool) string {
	at := filepath.ToSlash(filepath.Clean(p))
	if !folder {
		at = path.Dir(at)
	}
	if !fs.ValidPath(at) || at == "." {
		if abs, err := filepath.Abs(p); err == nil {
			at = filepath.ToSlash(abs)
			if !folder {
				at = path.Dir(at)
			}
		}
		at = path.Base(at)
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(s.names, func(n string) bool {
			return n == name || strings.HasPrefix(n, name+"/") || strings.HasPrefix(name, n+"/")
		})
	}
	name := at
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", at, n)
	}
	return name
}

// Name is "several".
func (s *several) Name() string { return "several" }

// Detect is always false: several inputs are named one by one.
func (s *several) Detect(fs.FS, string) bool { return false }

// Import reads all members anew.
func (s *several) Import(ctx context.Context, fsys fs.FS, _ string, o Options) (*Import, error) {
	out := &Import{Source: s, Path: ".", Options: o, Files: source.Files{}}
	var designs []*model.Design
	for i, name := range s.names {
		po := o
		po.StackName = s.stacks[i]
		in, err := s.members[i].Import(ctx, fsys, name, po)
		if err != nil {
			return nil, openError(name, err)
		}
		in.fsys = fsys
		out.parts = append(out.parts, in)
		designs = append(designs, in.Design)
		for f, data := range in.Files {
			out.Files[f] = data
		}
		out.Diagnostics = append(out.Diagnostics, in.Diagnostics...)
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
	return out, nil
}

// Patch is the edits of each member's files. A member that changed and cannot be patched is an error.
func (s *several) Patch(in *Import, after *model.Design) ([]source.Edit, error) {
	var out []source.Edit
	for i, part := range in.parts {
		d, scoped, err := in.joined.Part(i, after)
		if err != nil {
			return nil, fmt.Errorf("patch %s: %w", s.names[i], err)
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
			return nil, fmt.Errorf("%s: %s files are not patched; export policies instead", s.names[i], part.Source.Name())
		}
		edits, err := p.Patch(part, d)
		if err != nil {
			return nil, err
		}
		out = append(out, edits...)
	}
	return out, nil
}

// mounts is file systems under folders of one.
type mounts []mount

type mount struct {
	at   string
	fsys fs.FS
}

// Open opens a file of one of the file systems. Nothing above them can be listed.
func (m mounts) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	for _, x := range m {
		if name == x.at {
			return x.fsys.Open(".")
		}
		if rest, ok := strings.CutPrefix(name, x.at+"/"); ok {
			f, err := x.fsys.Open(rest)
			var p *fs.PathError
			if errors.As(err, &p) {
				return nil, &fs.PathError{Op: p.Op, Path: name, Err: p.Err}
			}
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
}
