// Package revision reads the files of a revision of a git repository, with no checkout and nothing written to disk.
//
//	name --trees--> object --git cat-file--> bytes
package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"bulkhead/importers"
)

// ErrNoGit says that there is no git to ask.
var ErrNoGit = errors.New("git is not installed")

// ErrNoRevision says that the repository does not have what was asked for.
var ErrNoRevision = errors.New("no such revision")

// An FS is the files of a revision, or of a folder of it. Contents are those that were committed, with no filter of the
// working tree; they are read when they are asked for. A symbolic link is followed within the FS, as os.Root does; a
// submodule is an empty folder. It may be used by several goroutines.
type FS struct {
	root    string // of the working tree, on disk
	tree    string // hash of the folder that is its top
	objects *objects
}

// Open is the whole tree of a revision of the repository that has dir in its working tree. Whoever is done with it, and with
// what Sub made of it, closes it; the end of ctx closes it as well.
// An error is ErrNoGit, ErrNoRevision, or what git said.
func Open(ctx context.Context, dir, revision string) (*FS, error) {
	if strings.HasPrefix(revision, "-") || revision == "" {
		return nil, ErrNoRevision
	}
	top, err := run(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	root := filepath.FromSlash(strings.TrimRight(top, "\r\n"))
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	tree, err := run(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{tree}")
	switch {
	case errors.Is(err, ErrNoGit) || ctx.Err() != nil:
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s: %w", root, ErrNoRevision)
	}
	return &FS{root, strings.TrimSpace(tree), &objects{ctx: ctx, dir: root}}, nil
}

// Root is the folder of the working tree, with no symbolic link in its path.
func (f *FS) Root() string { return f.root }

// Close ends the git that serves it.
func (f *FS) Close() error { return f.objects.close() }

// Open opens a file or folder.
func (f *FS) Open(name string) (fs.File, error) {
	failed := func(err error) (fs.File, error) { return nil, &fs.PathError{Op: "open", Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return failed(fs.ErrInvalid)
	}
	e, err := f.find(name, 0)
	if err != nil {
		return failed(err)
	}
	e.name = path.Base(name)
	switch e.kind {
	case fs.ModeDir:
		entries, err := f.objects.folder(e)
		if err != nil {
			return failed(err)
		}
		return importers.OpenedFolder(info{e, 0}, listed(f.objects, entries)), nil
	default:
		data, err := f.objects.blob(e.hash)
		if err != nil {
			return failed(err)
		}
		return importers.OpenedFile(info{e, int64(len(data))}, data), nil
	}
}

// Sub is a folder as an FS of its own, which no symbolic link leads out of.
func (f *FS) Sub(dir string) (fs.FS, error) {
	if !fs.ValidPath(dir) {
		return nil, &fs.PathError{Op: "sub", Path: dir, Err: fs.ErrInvalid}
	}
	e, err := f.find(dir, 0)
	if err == nil && (e.kind != fs.ModeDir || e.hash == "") {
		err = errors.New("not a folder")
	}
	if err != nil {
		return nil, &fs.PathError{Op: "sub", Path: dir, Err: err}
	}
	return &FS{f.root, e.hash, f.objects}, nil
}

// mostLinks is how many symbolic links one name may lead through.
const mostLinks = 40

// find is what a name stands for, with symbolic links followed.
func (f *FS) find(name string, links int) (entry, error) {
	at := entry{kind: fs.ModeDir, hash: f.tree}
	if name == "." {
		return at, nil
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		if at.kind != fs.ModeDir {
			return entry{}, fs.ErrNotExist
		}
		entries, err := f.objects.folder(at)
		if err != nil {
			return entry{}, err
		}
		found := false
		for _, e := range entries {
			if e.name == part {
				at, found = e, true
			}
		}
		if !found {
			return entry{}, fs.ErrNotExist
		}
		if at.kind == fs.ModeSymlink {
			target, err := f.objects.blob(at.hash)
			if err != nil {
				return entry{}, err
			}
			to := path.Join(append(append(append([]string{}, parts[:i]...), string(target)), parts[i+1:]...)...)
			switch {
			case path.IsAbs(string(target)), !fs.ValidPath(to):
				return entry{}, errors.New("a symbolic link leads out of the folder")
			case links == mostLinks:
				return entry{}, errors.New("too many levels of symbolic links")
			}
			return f.find(to, links+1)
		}
	}
	return at, nil
}

// run runs git in a folder and returns what it prints.
func run(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return "", ErrNoGit
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return "", fmt.Errorf("git %s: %s", args[0], strings.TrimPrefix(line, "fatal: "))
	}
	return string(out), nil
}

// entry is a name in a folder. A submodule is a folder without a hash.
type entry struct {
	name string
	kind fs.FileMode // 0, fs.ModeDir, fs.ModeSymlink
	hash string
}

// listed is entries as io/fs lists them: sorted by name, where git has folders as if their names ended in a slash.
func listed(o *objects, entries []entry) []fs.DirEntry {
	out := make([]fs.DirEntry, 0, len(entries))
	for _, e := range entries {
		out = append(out, dirEntry{e, o})
	}
	return out
}

type dirEntry struct {
	entry
	objects *objects
}

func (d dirEntry) Name() string      { return d.name }
func (d dirEntry) IsDir() bool       { return d.kind == fs.ModeDir }
func (d dirEntry) Type() fs.FileMode { return d.kind }
func (d dirEntry) Info() (fs.FileInfo, error) {
	if d.kind == fs.ModeDir {
		return info{d.entry, 0}, nil
	}
	data, err := d.objects.blob(d.hash)
	if err != nil {
		return nil, err
	}
	return info{d.entry, int64(len(data))}, nil
}
