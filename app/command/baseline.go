package command

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/reach"
	"bulkhead/model/review"
)

// A baseline is what a check holds a design against: a design, or facts that an earlier run wrote down.
type baseline struct {
	name     string
	design   *model.Design
	facts    review.Facts
	measures *reach.Measures
	analysis *reach.Analysis
}

// base opens the baseline, nil if there is none.
func (c checkCmd) base(ctx context.Context, env *Env, o *opened) (*baseline, error) {
	switch {
	case c.AgainstGit != "":
		dir, files, err := atRevision(ctx, c.AgainstGit, c.File)
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		return c.openBase(ctx, env, o, c.AgainstGit, files)
	case c.Baseline != "":
		if f, err := readFacts(c.Baseline); f != nil || err != nil {
			return f, err
		}
		return c.openBase(ctx, env, o, c.Baseline, []string{c.Baseline})
	}
	return nil, nil
}

func (c checkCmd) openBase(ctx context.Context, env *Env, o *opened, name string, files []string) (*baseline, error) {
	options := c.options()
	if len(c.File) == 1 {
		options.StackName = cmp.Or(o.Import.Options.StackName, o.Design.Info().Name) // names that AWS generates hold it, whatever the folder is called
	}
	quiet := *env
	quiet.Err = io.Discard // of the design that is checked, diagnostics were told
	b, err := open(ctx, &quiet, files, options)
	if err != nil {
		var e *exit
		if errors.As(err, &e) {
			return nil, &exit{e.code, "baseline " + e.message}
		}
		return nil, err
	}
	return &baseline{name: name, design: b.Design}, nil
}

// maxFacts is the largest breach --json that is read, in bytes.
const maxFacts = 1 << 30

// readFacts reads what breach --json printed; nil for a file of another kind.
func readFacts(name string) (*baseline, error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFacts {
		return nil, nil //nolint:nilerr // whoever opens it as a design says so
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, inputError(fmt.Errorf("read baseline: %w", err))
	}
	if start := bytes.TrimLeft(data[:min(len(data), 512)], "\ufeff \t\r\n"); len(start) == 0 || start[0] != '{' {
		return nil, nil
	}
	var shape struct {
		Breaches *json.RawMessage `json:"breaches"`
		Measures *json.RawMessage `json:"measures"`
	}
	if json.Unmarshal(data, &shape) != nil || shape.Breaches == nil || shape.Measures == nil {
		return nil, nil
	}
	var in breachesJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, usage("baseline %s: it is no breach --json of this version (%v): make it anew", name, err)
	}
	b := &baseline{name: name, facts: review.Facts{}}
	m := in.Measures
	b.measures = &reach.Measures{Functions: in.Design.Functions, Resources: in.Design.Resources, Counted: in.Design.Counted, Worst: m.Worst, WorstOf: m.WorstOf,
		Mean: m.Mean, MeanEntry: m.MeanEntry, Watertightness: m.Watertightness, Admin: m.Admin, AtLeast: m.AtLeast}
	for _, x := range in.Breaches {
		f := &review.Fact{Admin: x.Admin, AdminMay: x.AdminMay}
		for _, h := range x.Hits {
			if h.Fed || h.OwnLog {
				continue
			}
			t := reach.Touch{Target: h.Target}
			for _, can := range h.Capabilities {
				if c, ok := catalog.CapabilityOf(can); ok && c.IsHit() {
					t.Capabilities = t.Capabilities.With(c)
				}
			}
			f.Hits = append(f.Hits, t)
		}
		for _, y := range x.Beyond {
			if y.Fed {
				continue
			}
			var caps catalog.Capabilities
			for _, can := range y.Capabilities {
				if c, ok := catalog.CapabilityOf(can); ok {
					caps = caps.With(c)
				}
			}
			certainty := reach.Must
			if y.Certainty == reach.May.String() {
				certainty = reach.May
			}
			f.Sea = append(f.Sea, reach.Beyond{Service: y.Service, Type: y.Type, Capabilities: caps, Pattern: y.Pattern, Certainty: certainty})
		}
		b.facts[x.From] = f
	}
	return b, nil
}

// maxTree is the most that is read of a revision, in bytes.
const maxTree = 1 << 30

// atRevision writes the folders of files, as of a revision of the repository that they are in, to a temporary folder,
// and returns it and the files' paths in it. Neither the working tree nor the index is touched.
func atRevision(ctx context.Context, revision string, files []string) (dir string, out []string, err error) {
	if strings.HasPrefix(revision, "-") {
		return "", nil, usage("check: --against-git %s: not a revision", revision)
	}
	dir, err = os.MkdirTemp("", "bulkhead-baseline-")
	if err != nil {
		return "", nil, fmt.Errorf("baseline: %w", err)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		}
	}()
	done := map[string]bool{}
	for _, name := range files {
		abs, err := filepath.Abs(name)
		if err != nil {
			return "", nil, inputError(err)
		}
		if abs, err = filepath.EvalSymlinks(abs); err != nil {
			return "", nil, inputError(fmt.Errorf("%s: %w", name, errors.Unwrap(err)))
		}
		folder := abs
		if info, err := os.Stat(abs); err == nil && !info.IsDir() {
			folder = filepath.Dir(abs)
		}
		top, err := git(ctx, folder, "rev-parse", "--show-toplevel")
		if err != nil {
			return "", nil, err
		}
		root := strings.TrimSpace(string(top))
		if real, err := filepath.EvalSymlinks(root); err == nil {
			root = real
		}
		commit, err := git(ctx, folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
		if err != nil {
			return "", nil, usage("check: --against-git %s: the repository %s has no such revision (a shallow clone has few: fetch it)", revision, root)
		}
		below, err := filepath.Rel(root, folder)
		if err != nil {
			return "", nil, inputError(err)
		}
		to := filepath.Join(dir, filepath.Base(root)) // folders keep their names, which stacks are called by
		if key := root + "\x00" + below; !done[key] {
			done[key] = true
			tree := strings.TrimSpace(string(commit)) + ":" + strings.TrimSuffix(filepath.ToSlash(below)+"/", "./")
			archive, err := git(ctx, root, "archive", "--format=tar", tree)
			if err != nil {
				return "", nil, usage("check: --against-git %s: it has no folder %s", revision, below)
			}
			if err := unpack(archive, filepath.Join(to, below)); err != nil {
				return "", nil, fmt.Errorf("baseline: %w", err)
			}
		}
		rel, err := filepath.Rel(root, abs)
		if err != nil {
			return "", nil, inputError(err)
		}
		old := filepath.Join(to, rel)
		if _, err := os.Lstat(old); err != nil {
			return "", nil, usage("check: --against-git %s: it has no file %s; a design that is new has no baseline: use --max-worst or --no-admin", revision, filepath.ToSlash(rel))
		}
		out = append(out, old)
	}
	return dir, out, nil
}

// git runs git in a folder and returns what it prints.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, usage("check: --against-git needs git, which is not installed")
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return nil, usage("check: --against-git: git %s: %s", args[0], strings.TrimPrefix(line, "fatal: "))
	}
	return out, nil
}

// unpack writes an archive's files and links into a folder; nothing of it lands elsewhere.
func unpack(archive []byte, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing was written through it
	total := int64(0)
	in := tar.NewReader(bytes.NewReader(archive))
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := path.Clean(h.Name)
		if total += h.Size; total > maxTree {
			return fmt.Errorf("the revision's folder has more than %d MB", maxTree>>20)
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(name, 0o755)
		case tar.TypeReg:
			var data []byte
			if data, err = io.ReadAll(in); err == nil {
				if err = root.MkdirAll(path.Dir(name), 0o755); err == nil {
					err = root.WriteFile(name, data, 0o600)
				}
			}
		case tar.TypeSymlink:
			err = root.Symlink(h.Linkname, name)
		}
		if err != nil {
			return err
		}
	}
}
