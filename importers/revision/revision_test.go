package revision_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers/revision"
)

// repository is a folder with a commit of some files and links, and then other content in its working tree.
func repository(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "-c", "core.symlinks=true"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	put := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	git("init", "-q")
	put("infra/template.yaml", "old\r\n")
	put("infra/a b/ü\tx.yaml", "named")
	put("infra.yaml", "sorts before the folder in git, after it by name")
	put("infra/hidden.yaml", "left out of archives")
	put(".gitattributes", "infra/hidden.yaml export-ignore\n")
	put("shared/policy.json", "{}")
	link("template.yaml", "infra/same.yaml")
	link("../shared", "infra/shared")
	link("/etc", "infra/etc")
	link("../../outside", "infra/outside")
	link("loop", "infra/loop")
	git("add", ".")
	git("commit", "-q", "-m", "old")
	put("infra/template.yaml", "new")
	put("infra/later.yaml", "new")
	return dir
}

func TestRevision(t *testing.T) {
	dir := repository(t)
	t.Setenv("TMPDIR", filepath.Join(dir, "nowhere")) // nothing is written
	f, err := revision.Open(t.Context(), filepath.Join(dir, "infra"), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // of a test
	if err := fstest.TestFS(noLinks{f}, "infra/template.yaml", "infra/a b/ü\tx.yaml", "infra.yaml", "infra/hidden.yaml"); err != nil {
		t.Error(err)
	}
	sub, err := fs.Sub(f, "infra")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		fsys       fs.FS
		name, want string // content, or what the error says
	}{
		{f, "infra/template.yaml", "old\r\n"},
		{f, "infra/same.yaml", "old\r\n"},
		{f, "infra/shared/policy.json", "{}"},
		{f, "infra/later.yaml", "file does not exist"},
		{f, "infra/template.yaml/x", "file does not exist"},
		{f, "infra/etc/passwd", "leads out of the folder"},
		{f, "infra/outside", "leads out of the folder"},
		{f, "infra/loop", "too many levels"},
		{f, "../x", "invalid"},
		{sub, "same.yaml", "old\r\n"},
		{sub, "shared/policy.json", "leads out of the folder"},
	} {
		data, err := fs.ReadFile(x.fsys, x.name)
		if err != nil {
			if !strings.Contains(err.Error(), x.want) {
				t.Errorf("%s: %v, want %s", x.name, err, x.want)
			}
		} else if string(data) != x.want {
			t.Errorf("%s: %q, want %q", x.name, data, x.want)
		}
	}
	if err := f.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// noLinks has the regular files and folders alone: TestFS takes symbolic links that lead nowhere for faults.
type noLinks struct{ fs.FS }

func (n noLinks) Open(name string) (fs.File, error) {
	f, err := n.FS.Open(name)
	if d, ok := f.(fs.ReadDirFile); ok && err == nil {
		return withoutLinks{d}, nil
	}
	return f, err
}

type withoutLinks struct{ fs.ReadDirFile }

func (w withoutLinks) ReadDir(n int) ([]fs.DirEntry, error) {
	for {
		entries, err := w.ReadDirFile.ReadDir(n)
		var out []fs.DirEntry
		for _, e := range entries {
			if e.Type() != fs.ModeSymlink {
				out = append(out, e)
			}
		}
		if len(out) > 0 || err != nil || n <= 0 {
			return out, err
		}
	}
}

func TestRevisionRefuses(t *testing.T) {
	dir := repository(t)
	for _, rev := range []string{"nowhere", "--all", "", "HEAD~1"} {
		if _, err := revision.Open(t.Context(), dir, rev); !errors.Is(err, revision.ErrNoRevision) {
			t.Errorf("%q: %v", rev, err)
		}
	}
	if _, err := revision.Open(t.Context(), t.TempDir(), "HEAD"); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("no repository: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	f, err := revision.Open(ctx, dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.ReadFile(f, "infra.yaml"); err != nil {
		t.Fatal(err)
	}
	cancel()
	f.Close() //nolint:errcheck // it was killed
	if _, err := fs.ReadFile(f, "shared/policy.json"); err == nil {
		t.Error("read after it was cancelled")
	}
}
