package importers

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"bulkhead/model/source"
)

// mounts is file systems under folders of one.
type mounts []mount

type mount struct {
	at   string // "" for the only one
	fsys fs.FS
	dir  string // on disk, "" if it is on none
}

// Open opens a file of one of the file systems. Nothing above them can be listed.
func (m mounts) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	for _, x := range m {
		rest, ok := x.within(name)
		if !ok {
			continue
		}
		f, err := x.fsys.Open(rest)
		var p *fs.PathError
		if errors.As(err, &p) {
			return nil, &fs.PathError{Op: p.Op, Path: name, Err: p.Err}
		}
		return f, err
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
}

// within is a name as the mounted file system calls it.
func (m mount) within(name string) (string, bool) {
	switch {
	case m.at == "":
		return name, true
	case name == m.at:
		return ".", true
	}
	return strings.CutPrefix(name, m.at+"/")
}

// label is the folder under which a path is mounted: as it was given, as far as that can be a name of its own.
func (m mounts) label(p string, folder bool) string {
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
		return slices.ContainsFunc(m, func(x mount) bool {
			return x.at == name || strings.HasPrefix(x.at, name+"/") || strings.HasPrefix(name, x.at+"/")
		})
	}
	name := at
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", at, n)
	}
	return name
}

// Locate is where a file or folder of the import is on disk: a name within a folder that the import was opened in. ok is
// false for what is on no disk.
func (in *Import) Locate(name string) (dir, within string, ok bool) {
	for _, r := range in.roots {
		if rest, ok := r.within(name); ok && r.dir != "" {
			return r.dir, rest, true
		}
	}
	return "", "", false
}

// At is the import with its files in a folder of the disk.
func (in *Import) At(dir string) *Import {
	out := *in
	out.roots = mounts{{"", in.fsys, dir}}
	return &out
}

// FilesOf are the files that the n-th of the paths gave that were opened together, by their names within its folder.
func (in *Import) FilesOf(n int) source.Files {
	if len(in.roots) <= 1 {
		return in.Files
	}
	out := source.Files{}
	for name, data := range in.Files {
		if rest, ok := in.roots[n].within(name); ok {
			out[rest] = data
		}
	}
	return out
}
