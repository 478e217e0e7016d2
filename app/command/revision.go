package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"bulkhead/app/session"
	"bulkhead/importers/revision"
)

// atRevision opens the files of the check as of a revision of the repository that they are in. Neither the working tree nor
// the index is touched, and nothing is written.
func (c checkCmd) atRevision(ctx context.Context, env *Env, o *opened) (*baseline, error) {
	r := repositories{}
	defer r.close()
	var names []string
	for _, file := range c.File {
		name, err := r.find(ctx, c.AgainstGit, file)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	s, err := session.OpenAllFS(ctx, r, names, env.Sources, session.Options{Import: c.baseOptions(o), Idle: true})
	if err != nil {
		return nil, ofBaseline(inputError(err))
	}
	return &baseline{name: c.AgainstGit, design: s.State().After.Design}, nil
}

// repositories are revisions, each in a folder that is called as its working tree is: stacks are named after folders.
type repositories map[string]*revision.FS

func (r repositories) close() {
	for _, f := range r {
		f.Close() //nolint:errcheck // it was only read
	}
}

// find is the name of a file of the disk in the revision of its repository.
func (r repositories) find(ctx context.Context, rev, file string) (string, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", inputError(err)
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return "", inputError(fmt.Errorf("%s: %w", file, errors.Unwrap(err)))
	}
	folder := abs
	if info, err := os.Stat(abs); err == nil && !info.IsDir() {
		folder = filepath.Dir(abs)
	}
	at, f := r.has(folder)
	if f == nil {
		if f, err = revision.Open(ctx, folder, rev); err != nil {
			return "", revisionError(rev, err)
		}
		called := filepath.Base(f.Root())
		if called == string(filepath.Separator) {
			called = "root"
		}
		at = called
		for n := 2; r[at] != nil; n++ {
			at = fmt.Sprintf("%s-%d", called, n)
		}
		r[at] = f
	}
	rel, err := filepath.Rel(f.Root(), abs)
	if err != nil {
		return "", inputError(err)
	}
	rel = filepath.ToSlash(rel)
	if _, err := fs.Stat(f, rel); errors.Is(err, fs.ErrNotExist) {
		return "", usage("check: --against-git %s: it has no file %s; a design that is new has no baseline: use --max-worst or --no-admin", rev, rel)
	}
	return path.Join(at, rel), nil
}

// has is the repository that was opened at the top of a folder; one within another is its own.
func (r repositories) has(folder string) (string, *revision.FS) {
	for dir := folder; ; dir = filepath.Dir(dir) {
		for at, f := range r {
			if f.Root() == dir {
				return at, f
			}
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || dir == filepath.Dir(dir) {
			return "", nil
		}
	}
}

func revisionError(rev string, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, revision.ErrNoGit):
		return usage("check: --against-git needs git, which is not installed")
	case errors.Is(err, revision.ErrNoRevision):
		return usage("check: --against-git %s: the repository has no such revision (a shallow clone has few: fetch it)", rev)
	}
	return usage("check: --against-git: %v", err)
}

// Open opens a file of one of the repositories.
func (r repositories) Open(name string) (fs.File, error) {
	f, rest, err := r.within(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return f.Open(rest)
}

// Sub is a folder of one of the repositories, which no symbolic link leads out of.
func (r repositories) Sub(dir string) (fs.FS, error) {
	f, rest, err := r.within(dir)
	if err != nil {
		return nil, &fs.PathError{Op: "sub", Path: dir, Err: err}
	}
	return f.Sub(rest)
}

func (r repositories) within(name string) (*revision.FS, string, error) {
	if !fs.ValidPath(name) {
		return nil, "", fs.ErrInvalid
	}
	at, rest, below := strings.Cut(name, "/")
	f := r[at]
	if f == nil {
		return nil, "", fs.ErrNotExist
	}
	if !below {
		rest = "."
	}
	return f, rest, nil
}
