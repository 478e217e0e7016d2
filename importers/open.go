package importers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// MaxFile is the largest file that is opened, in bytes. Formats have smaller limits of their own.
const MaxFile = 512 << 20

// saysNothing has the file names that everybody gives a template: the folder's name tells more of the stack.
var saysNothing = map[string]bool{"template": true, "sam": true, "cloudformation": true, "stack": true, "main": true, "index": true, "terraform": true, "tfplan": true, "plan": true, "state": true}

// Open imports a file or folder of the disk with the first source that knows it; of a folder that none knows, all that is
// found in it, as one design. It never reads outside the
// file's folder, or the folder itself: symbolic links that lead out of it are not followed, but for the one
// that path itself may be. An error is one line that starts with path.
func Open(ctx context.Context, sources []Source, path string, o Options) (*Import, error) {
	return OpenAll(ctx, sources, []string{path}, o)
}

// calledBy says an error about a name within a folder as one about the path that people typed.
func calledBy(path, name string, err error) error {
	if rest, ok := strings.CutPrefix(err.Error(), name+":"); ok && name != path {
		return &renamed{path + ":" + rest, err}
	}
	if name == "." && !strings.HasPrefix(err.Error(), path) {
		return &renamed{path + ": " + err.Error(), err}
	}
	return err
}

// A place is a file or folder of the disk: a name within a folder that nothing leads out of.
type place struct {
	fsys  fs.FS
	dir   string
	name  string // "." for the folder itself
	stack string // what tells its stack's name, "" where the file's own name does
}

func locate(path string) (place, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return place{}, openError(path, err)
	}
	if real, err = filepath.Abs(real); err != nil {
		return place{}, openError(path, err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return place{}, openError(path, err)
	}
	p := place{dir: real, name: "."}
	switch {
	case info.IsDir():
	case info.Mode().IsRegular():
		p.dir, p.name = filepath.Split(real)
	default:
		return place{}, fmt.Errorf("%s: not a file or a folder; pipe it into -", path)
	}
	p.callStack(filepath.Base(p.dir))
	root, err := os.OpenRoot(p.dir)
	if err != nil {
		return place{}, openError(path, err)
	}
	p.fsys = root.FS() // an import keeps it for proving patches; the root is closed with its last use
	return p, nil
}

// locateIn is locate within a file system.
func locateIn(fsys fs.FS, name string) (place, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return place{}, openError(name, err)
	}
	p := place{name: "."}
	dir := name
	if !info.IsDir() {
		dir, p.name = path.Dir(name), path.Base(name)
	}
	p.callStack(path.Base(dir))
	if p.fsys, err = fs.Sub(fsys, dir); err != nil {
		return place{}, openError(name, err)
	}
	return p, nil
}

// callStack names the stack after the folder, where the file's name says nothing.
func (p *place) callStack(folder string) {
	if p.name == "." || saysNothing[strings.ToLower(strings.TrimSuffix(p.name, path.Ext(p.name)))] {
		p.stack = folder
	}
}

// OpenFS is Open within a file system: for samples, standard input and tests.
func OpenFS(ctx context.Context, sources []Source, fsys fs.FS, name string, o Options) (*Import, error) {
	inputs, notes, err := inputsOf(ctx, sources, fsys, name, o)
	if err != nil {
		return nil, err
	}
	var in *Import
	if len(inputs) == 1 && !inputs[0].Found {
		in, err = inputs[0].Source.Import(ctx, fsys, name, o)
		if err != nil {
			return nil, openError(name, err)
		}
	} else if in, err = importInputs(ctx, fsys, inputs, o); err != nil {
		return nil, err
	}
	in.fsys = fsys
	in.Diagnostics = append(in.Diagnostics, notes...)
	return in, nil
}

func unknownFormat(sources []Source, fsys fs.FS, name string) error {
	var names []string
	for _, s := range sources {
		names = append(names, s.Name())
	}
	return fmt.Errorf("%s: %w that Bulkhead reads (%s)%s", name, ErrUnknown, strings.Join(names, ", "), unknownBecause(fsys, name))
}

// unknownBecause says what may keep a file from being known, and what to do; "" where nothing tells.
func unknownBecause(fsys fs.FS, name string) string {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return ""
	case info.IsDir():
		return "; and nothing in the folder is"
	case info.Size() > 20<<20:
		return fmt.Sprintf("; it has %d MB, and templates are read up to 20", info.Size()>>20)
	}
	data, err := fs.ReadFile(fsys, name)
	switch {
	case err != nil:
		return ""
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return "; it is in UTF-16: save it as UTF-8"
	case bytes.IndexByte(data, 0) >= 0, !utf8.Valid(data):
		return "; it is a binary file"
	}
	has := func(texts ...string) bool {
		for _, t := range texts {
			if !bytes.Contains(data, []byte(t)) {
				return false
			}
		}
		return true
	}
	switch {
	case has(`"encrypted_data"`, `"encryption_version"`):
		return "; it is encrypted: open what \"tofu show -json\" prints"
	case has(`"lineage"`, `"backend"`):
		return "; it only says where the state is: open what \"terraform state pull\" prints"
	case has(`"@level"`, `"@message"`):
		return "; it is a log of Terraform: save the plan (-out) and open what \"terraform show -json\" prints of it"
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json", ".template":
		return "; a template has Resources at its top level"
	case ".tf", ".tofu", ".tfvars":
		return "; of Terraform, open the folder that it is in"
	}
	return ""
}

// ErrUnknown says that no source knows a file.
var ErrUnknown = errors.New("not of a format")

var errTooLarge = fmt.Errorf("more than the %d MB that are read", MaxFile>>20)

// readable tells apart what is wrong with a file before a source tries: most would only say that they do not
// know it.
func readable(fsys fs.FS, name string) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return nil
	}
	if info.Size() > MaxFile {
		return errTooLarge
	}
	start := make([]byte, 4096)
	n, err := f.Read(start)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if int64(n) == info.Size() && len(bytes.TrimSpace(start[:n])) == 0 {
		return errors.New("the file is empty")
	}
	return nil
}

// openError is one line: the path, what is wrong and what to do.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &renamed{path + ": there is no such file or folder", err}
	case errors.Is(err, fs.ErrPermission):
		return &renamed{path + ": no permission to read it", err}
	}
	if strings.Contains(err.Error(), "too many links") || strings.Contains(err.Error(), "too many levels of symbolic links") {
		return &renamed{path + ": a symbolic link that leads back to itself", err}
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return &renamed{path + ": " + p.Err.Error(), err}
	}
	if strings.HasPrefix(err.Error(), path+":") {
		return err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// renamed says an error in other words.
type renamed struct {
	text string
	err  error
}

func (r *renamed) Error() string { return r.text }
func (r *renamed) Unwrap() error { return r.err }
