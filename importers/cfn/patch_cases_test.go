package cfn

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model/source"
)

// A patchCase is a file of testdata/patch: what it shows, a template, an edit script, and the unified diff that
// the patch comes to, or the error. Sections start with "-- name --".
type patchCase struct {
	about, name, template, script, want string
}

func readCase(t *testing.T, file string) patchCase {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split("\n"+string(data), "\n-- ")
	c := patchCase{about: strings.TrimSpace(parts[0])}
	for _, p := range parts[1:] {
		name, text, _ := strings.Cut(p, " --\n")
		text += "\n"
		switch name {
		case "script":
			c.script = text
		case "want":
			c.want = text
		default:
			c.name, c.template = name, text
		}
	}
	c.want = strings.TrimSuffix(c.want, "\n")
	return c
}

func (c patchCase) String() string {
	return fmt.Sprintf("%s\n\n-- %s --\n%s-- script --\n%s-- want --\n%s", c.about, c.name, c.template, c.script, c.want)
}

// result is the diff that a script comes to, proven, or the error of the patch.
func (c patchCase) result(t *testing.T, template string) string {
	t.Helper()
	fsys := importers.Memory(source.Files{c.name: []byte(template)}, nil)
	in, err := importers.OpenFS(context.Background(), Sources(), fsys, c.name, importers.Options{StackName: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	after := edited(t, in.Design, c.script)
	edits, err := Source{}.rewrite(in, after)
	if err != nil {
		return err.Error() + "\n"
	}
	files, err := importers.Prove(context.Background(), in, after, edits)
	if err != nil {
		files, _ = in.Files.Apply(edits)
		return err.Error() + "\n" + importers.UnifiedDiff(in.Files, files)
	}
	return importers.UnifiedDiff(in.Files, files)
}

func TestPatchCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "patch", "*.txt"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d cases (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			c := readCase(t, file)
			got := c.result(t, c.template)
			if *update {
				c.want = got
				if err := os.WriteFile(file, []byte(c.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != c.want {
				t.Errorf("%s\ngot\n%s\nwant\n%s", c.about, got, c.want)
			}
			// Windows line ends and a byte order mark change nothing but themselves.
			if strings.HasSuffix(c.name, ".yaml") {
				windows := strings.ReplaceAll(c.result(t, "\ufeff"+strings.ReplaceAll(c.template, "\n", "\r\n")), "\ufeff", "")
				if windows = strings.ReplaceAll(windows, "\r\n", "\n"); windows != got {
					t.Errorf("%s\nwith Windows line ends\n%s\nwithout\n%s", c.about, windows, got)
				}
			}
		})
	}
}
