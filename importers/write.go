package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"bulkhead/model/source"
)

// Write writes the files of after that differ from before into dir. It refuses, and writes nothing, if a file on
// disk is no longer what before says, or if one to be made is there already. Each file is replaced whole, under
// its old mode; if one of several cannot be, those already replaced are put back.
func Write(dir string, before, after source.Files) error {
	return write(func(name string) (string, error) { return filepath.Join(dir, filepath.FromSlash(name)), nil }, before, after)
}

// Write is the function Write for files of the import, each where it was read from.
func (in *Import) Write(before, after source.Files) error {
	return write(func(name string) (string, error) {
		dir, within, ok := in.Locate(name)
		if !ok || within == "." {
			return "", errors.New("its folder is not on disk")
		}
		return filepath.Join(dir, filepath.FromSlash(within)), nil
	}, before, after)
}

func write(locate func(string) (string, error), before, after source.Files) error {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		old, had := before[name]
		if !had || !bytes.Equal(old, after[name]) {
			names = append(names, name)
		}
	}
	staged := make([]*replacement, 0, len(names))
	defer func() {
		for _, r := range staged {
			r.discard()
		}
	}()
	for _, name := range names {
		if !fs.ValidPath(name) || name == "." {
			return fmt.Errorf("write %q: not a path within the folder", name)
		}
		at, err := locate(name)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		old, had := before[name]
		r, err := stage(at, old, had, after[name])
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		staged = append(staged, r)
	}
	for i, r := range staged {
		if err := os.Rename(r.temp, r.path); err != nil {
			err = fmt.Errorf("write %s: %w", names[i], err)
			for j := range i {
				if back := staged[j].putBack(); back != nil {
					err = errors.Join(err, fmt.Errorf("%s is changed and could not be put back: %w", names[j], back))
				}
			}
			return err
		}
		r.temp = ""
	}
	return nil
}

// ErrChanged says that a file on disk is not what it was when it was read.
var ErrChanged = errors.New("the file changed on disk since it was read; open it again")

// replacement is a new version of a file, written beside it and not yet in its place.
type replacement struct {
	path, temp string
	old        []byte
	had        bool
	mode       fs.FileMode
}

func stage(path string, old []byte, had bool, data []byte) (*replacement, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // replace what the link leads to, not the link
	}
	r := &replacement{path: path, old: old, had: had, mode: 0o644}
	now, err := os.ReadFile(path)
	switch {
	case had && err != nil && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the file is gone: %w", ErrChanged)
	case had && err != nil:
		return nil, err
	case had && !bytes.Equal(now, old):
		return nil, ErrChanged
	case !had && err == nil:
		return nil, fmt.Errorf("the file is there already: %w", fs.ErrExist)
	case !had && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if had {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		r.mode = info.Mode().Perm()
	}
	if r.temp, err = writeTemp(path, data, r.mode); err != nil {
		return nil, err
	}
	return r, nil
}

// writeTemp writes data into a new file beside path, down to the disk.
func writeTemp(path string, data []byte, mode fs.FileMode) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	return f.Name(), nil
}

func (r *replacement) putBack() error {
	if !r.had {
		return os.Remove(r.path)
	}
	temp, err := writeTemp(r.path, r.old, r.mode)
	if err != nil {
		return err
	}
	return os.Rename(temp, r.path)
}

func (r *replacement) discard() {
	if r.temp != "" {
		_ = os.Remove(r.temp) // a left-over beside the file harms nobody
	}
}
