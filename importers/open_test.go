package importers_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/source"
)

// lines is a format for tests: a file of lines "name handler", each a function.
type lines struct{}

func (lines) Name() string { return "lines" }

func (lines) Detect(_ fs.FS, name string) bool {
	return filepath.Ext(name) == ".lines" || name == "."
}

func (lines) Import(_ context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	if name == "." {
		name = "all.lines"
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var elements []model.Element
	for _, l := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		fn, handler, ok := strings.Cut(l, " ")
		if !ok {
			return nil, fmt.Errorf("%s:1:1: a line without a handler", name)
		}
		f := &model.Function{ID: model.MakeID("fn", fn), Handler: handler, Stack: o.StackName}
		if _, err := fs.Stat(fsys, "src/"+fn); err == nil {
			f.Code = "src/" + fn
		}
		elements = append(elements, f)
	}
	d, err := model.New(model.Info{Name: name}, elements...)
	if err != nil {
		return nil, err
	}
	return &importers.Import{Source: lines{}, Path: name, Options: o, Design: d, Files: source.Files{name: data}}, nil
}

var sources = []importers.Source{lines{}}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"sub/a.lines": "Shop app.handler\n", "sub/all.lines": "All a.b\n"})
	in, err := importers.Open(context.Background(), sources, filepath.Join(dir, "sub", "a.lines"), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in.Path != "a.lines" || in.Design.Function("fn/Shop") == nil || in.Options.StackName != "" {
		t.Errorf("%+v", in)
	}
	in, err = importers.Open(context.Background(), sources, filepath.Join(dir, "sub"), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in.Design.Function("fn/All") == nil || in.Options.StackName != "sub" {
		t.Errorf("%+v; the folder's name is the stack's", in)
	}
}

func TestOpenErrorsAreOneLine(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"bad.lines": "nothing", "empty.lines": "", "x.bin": "x", "secret.lines": "a b", "in/.keep": ""})
	if err := os.Symlink(filepath.Join(dir, "secret.lines"), filepath.Join(dir, "in", "all.lines")); err != nil {
		t.Fatal(err)
	}
	large, err := os.Create(filepath.Join(dir, "large.lines"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(large.Truncate(importers.MaxFile+1), large.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "locked.lines"), []byte("a b"), 0o000); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, want string }{
		{"missing.lines", ": there is no such file or folder"},
		{"bad.lines", ":1:1: a line without a handler"},
		{"empty.lines", ": the file is empty"},
		{"x.bin", ": not of a format that Bulkhead reads (lines)"},
		{"large.lines", ": more than the 512 MB that are read"},
		{"locked.lines", ": no permission to read it"},
		{"in", ": path escapes from parent"}, // a link out of the folder is not followed
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			if tt.path == "locked.lines" && os.Geteuid() == 0 {
				t.Skip("root may read everything")
			}
			path := filepath.Join(dir, tt.path)
			_, err := importers.Open(context.Background(), sources, path, importers.Options{})
			if err == nil || err.Error() != path+tt.want {
				t.Errorf("got %v, want %s%s", err, path, tt.want)
			}
		})
	}
}

// Of a file that nothing knows it is said what it is, where that tells what to open instead.
func TestOpenSaysWhatElse(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct{ text, want string }{
		"tofu.tfstate":  {`{"serial": 1, "lineage": "x", "encrypted_data": "eA==", "encryption_version": "v0"}`, "it is encrypted"},
		"local.tfstate": {`{"version": 3, "lineage": "x", "backend": {"type": "s3"}}`, "terraform state pull"},
		"plan.jsonl":    {`{"@level":"info","@message":"Plan","type":"version"}`, "terraform show -json"},
		"main.tf":       {`resource "x" "y" {}`, "open the folder"},
		"t.yaml":        {"a: b\n", "Resources at its top level"},
		"wide.json":     {"\xff\xfe{\x00}\x00", "save it as UTF-8"},
		"plan.out":      {"PK\x03\x04\x00", "binary file"},
	} {
		write(t, dir, map[string]string{name: tt.text})
		_, err := importers.Open(t.Context(), sources, filepath.Join(dir, name), importers.Options{})
		if !errors.Is(err, importers.ErrUnknown) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// The link that is asked for is followed: its target's folder is what is read.
func TestOpenLink(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"real/a.lines": "Shop app.handler\n"})
	link := filepath.Join(dir, "link.lines")
	if err := os.Symlink(filepath.Join("real", "a.lines"), link); err != nil {
		t.Fatal(err)
	}
	in, err := importers.Open(context.Background(), sources, link, importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in.Path != "a.lines" {
		t.Errorf("path %q", in.Path)
	}
}
