package importers_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

func open(t *testing.T, dir string) *importers.Import {
	t.Helper()
	in, err := importers.Open(context.Background(), sources, filepath.Join(dir, "a.lines"), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestProve(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.lines": "Shop app.handler\nMailer app.mail\n", "src/Shop": "code"})
	in := open(t, dir)
	shop := in.Design.Function("fn/Shop")
	if shop.Code == "" {
		t.Fatal("the code beside the file was not seen")
	}
	changed := *shop
	changed.Handler = "shop.handler"
	after, err := in.Design.With(model.Change{Before: shop, After: &changed})
	if err != nil {
		t.Fatal(err)
	}
	edit := source.Edit{Span: source.Span{File: "a.lines", Start: 5, End: 16, Line: 1, Column: 6}, New: "shop.handler"}

	files, err := importers.Prove(context.Background(), in, after, []source.Edit{edit})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(files["a.lines"]); got != "Shop shop.handler\nMailer app.mail\n" {
		t.Errorf("proven files are %q", got)
	}
	if string(in.Files["a.lines"]) != "Shop app.handler\nMailer app.mail\n" {
		t.Error("the import's own files were changed")
	}

	_, err = importers.Prove(context.Background(), in, after, nil)
	var p *importers.ProofError
	if !errors.As(err, &p) {
		t.Fatalf("a patch that does nothing was proven: %v", err)
	}
	if want := `the patched source does not import as the edited design: fn/Shop has Handler "app.handler", not "shop.handler"`; err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}

	broken := source.Edit{Span: source.Span{File: "a.lines", Start: 4, End: 5}, New: "-"}
	if _, err = importers.Prove(context.Background(), in, after, []source.Edit{broken}); err == nil || !strings.Contains(err.Error(), "cannot be imported") {
		t.Errorf("a patch that breaks the file: %v", err)
	}
	if _, err = importers.Prove(context.Background(), in, after, []source.Edit{edit, edit}); err == nil || !strings.Contains(err.Error(), "overlaps") {
		t.Errorf("a patch that overlaps itself: %v", err)
	}
}

func TestDifferences(t *testing.T) {
	document := func(actions ...string) *policy.Document {
		return &policy.Document{Statements: []*policy.Statement{{Actions: []string{"a:b"}}, {Actions: actions}}}
	}
	design := func(elements ...model.Element) *model.Design {
		d, err := model.New(model.Info{}, elements...)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	tests := []struct {
		name      string
		want, got *model.Design
		words     string
	}{
		{"missing", design(&model.Role{ID: "role/A"}), design(), "role/A is missing"},
		{"too much", design(), design(&model.Role{ID: "role/A"}), "role/A should not be there"},
		{"an action", design(&model.Policy{ID: "policy/A", Document: document("s3:Get")}),
			design(&model.Policy{ID: "policy/A", Document: document("s3:Put")}), `policy/A has Document.Statements[1].Actions[0] "s3:Put", not "s3:Get"`},
		{"actions", design(&model.Policy{ID: "policy/A", Document: document("s3:Get")}),
			design(&model.Policy{ID: "policy/A", Document: document()}), `policy/A has Document.Statements[1].Actions [], not [s3:Get]`},
		{"a document", design(&model.Policy{ID: "policy/A", Document: document("s3:Get")}),
			design(&model.Policy{ID: "policy/A"}), `policy/A has Document none, not a document of 2 statements`},
		{"tags", design(&model.Role{ID: "role/A", Tags: map[string]string{"a": "b"}}), design(&model.Role{ID: "role/A"}), "role/A has Tags map[], not map[a:b]"},
		{"places alone", design(&model.Role{ID: "role/A", Origin: source.Span{Line: 1}}), design(&model.Role{ID: "role/A"}), ""},
		{"marks alone", design(&model.Resource{ID: "res/A", Weight: 3, Crown: true}), design(&model.Resource{ID: "res/A"}), ""},
		{"pins", design(&model.Role{ID: "role/A", Pins: []model.Pin{{Actions: []string{"a:b"}}}}), design(&model.Role{ID: "role/A"}), ""},
		{"order of policies", design(&model.Role{ID: "role/A", Policies: []model.ID{"p/1", "p/2"}}), design(&model.Role{ID: "role/A", Policies: []model.ID{"p/2", "p/1"}}), ""},
		{"another policy", design(&model.Role{ID: "role/A", Policies: []model.ID{"p/1"}}), design(&model.Role{ID: "role/A", Policies: []model.ID{"p/2"}}), `role/A has Policies[0] "p/2", not "p/1"`},
		{"another type", design(&model.Role{ID: "x/A"}), design(&model.Policy{ID: "x/A"}), "x/A has type *model.Policy, not *model.Role"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(importers.Differences(tt.want, tt.got), "\n"); got != tt.words {
				t.Errorf("got  %s\nwant %s", got, tt.words)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a": "old a", "sub/b": "old b", "c": "c"})
	if err := os.Chmod(filepath.Join(dir, "a"), 0o640); err != nil {
		t.Fatal(err)
	}
	before := source.Files{"a": []byte("old a"), "sub/b": []byte("old b"), "c": []byte("not what is on disk, but not changed either")}
	after := source.Files{"a": []byte("new a"), "sub/b": []byte("new b"), "c": before["c"], "d": []byte("made")}
	if err := importers.Write(dir, before, after); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "new a", "sub/b": "new b", "c": "c", "d": "made"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode was not kept: %v, %v", info.Mode(), err)
	}
	noLeftOvers(t, dir)
}

func TestWriteRefuses(t *testing.T) {
	tests := []struct {
		name          string
		before, after source.Files
		want          string
	}{
		{"changed", source.Files{"a": []byte("a"), "b": []byte("other")}, source.Files{"a": []byte("new"), "b": []byte("new")}, "write b: the file changed on disk"},
		{"gone", source.Files{"a": []byte("a"), "z": []byte("z")}, source.Files{"a": []byte("new"), "z": []byte("new")}, "write z: the file is gone"},
		{"there already", source.Files{"a": []byte("a")}, source.Files{"a": []byte("new"), "b": []byte("new")}, "write b: the file is there already"},
		{"outside", source.Files{}, source.Files{"../x": []byte("new")}, `write "../x": not a path within the folder`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"a": "a", "b": "b"})
			err := importers.Write(dir, tt.before, tt.after)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s …", err, tt.want)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, "a")); string(got) != "a" {
				t.Errorf("a was written: %q", got)
			}
			noLeftOvers(t, dir)
		})
	}
}

func noLeftOvers(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v (%v)", left, err)
	}
}
