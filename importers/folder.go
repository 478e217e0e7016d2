package importers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"bulkhead/model/source"
)

// Bounds of what is looked at in a folder of templates.
const (
	maxDepth  = 8    // folders in folders
	maxLooked = 5000 // files that might be one of a format
	maxInputs = 200
)

// leftOut has the folders that hold no source of a design: what tools built, and other people's code. Hidden ones
// (.git, .aws-sam, .terraform, .serverless) are left out as well.
var leftOut = map[string]bool{
	"node_modules": true, "bower_components": true, "vendor": true, "venv": true, "site-packages": true, "__pycache__": true, "dist": true, "target": true,
}

// endings are those of the files of a folder that are looked at.
var endings = []string{".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".template", ".tfstate", ".gz"}

// inputsOf lists what a path stands for: itself where a source knows it, else, of a folder, what is found in it. A folder
// that a source knows (a cloud assembly, a Terraform or Serverless project) is one input, and nothing else in it is one. So
// is the cloud assembly of a CDK app for the app.
func inputsOf(ctx context.Context, sources []Source, fsys fs.FS, name string, o Options) ([]Input, []source.Diagnostic, error) {
	if err := readable(fsys, name); err != nil {
		return nil, nil, openError(name, err)
	}
	s, err := detect(ctx, sources, fsys, name)
	if err != nil {
		return nil, nil, err
	}
	if s != nil {
		return []Input{{Source: s, Path: name, Stack: o.StackName}}, nil, nil
	}
	if info, err := fs.Stat(fsys, name); err == nil && info.IsDir() {
		w := &walk{ctx: ctx, sources: sources, fsys: fsys, root: name, title: o.StackName}
		if err := w.folder(name, 0); err != nil && !errors.Is(err, errEnough) {
			return nil, nil, err
		}
		if len(w.found) > 0 {
			return w.found, w.notes, nil
		}
		if w.unbuilt != "" {
			return nil, nil, fmt.Errorf("%s: a CDK app that is not synthesized: run cdk synth, then open it again", w.unbuilt)
		}
	}
	return nil, nil, unknownFormat(sources, fsys, name)
}

// detect is the first source that knows a file or folder; nil if none does.
func detect(ctx context.Context, sources []Source, fsys fs.FS, name string) (Source, error) {
	for _, s := range sources {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if s.Detect(fsys, name) {
			return s, nil
		}
	}
	return nil, nil
}

// A walk looks for inputs in a folder. Symbolic links are not followed.
type walk struct {
	ctx     context.Context
	sources []Source
	fsys    fs.FS
	found   []Input
	notes   []source.Diagnostic
	looked  int
	root    string
	title   string // of the whole folder
	unbuilt string // CDK app without its cloud assembly
}

var errEnough = errors.New("enough was found")

func (w *walk) folder(dir string, depth int) error {
	entries, err := fs.ReadDir(w.fsys, dir)
	if err != nil {
		if depth == 0 {
			return openError(dir, err)
		}
		w.note(source.Warning, dir, "the folder cannot be read", "What is in it was left out.")
		return nil
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "cdk.json" && !e.IsDir() }) {
		return w.app(dir)
	}
	// Files before folders, so that the design's order is that of somebody who reads from the top.
	for _, e := range entries {
		if !e.Type().IsRegular() || !slices.Contains(endings, strings.ToLower(path.Ext(e.Name()))) {
			continue
		}
		if err := w.one(path.Join(dir, e.Name())); err != nil {
			return w.ended(dir, err)
		}
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if !e.IsDir() || leftOut[e.Name()] || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if depth >= maxDepth {
			w.note(source.Warning, name, fmt.Sprintf("it is more than %d folders down", maxDepth), "What is in it was left out; open it by itself.")
			continue
		}
		before := len(w.found)
		if err := w.one(name); err != nil {
			return w.ended(dir, err)
		}
		if len(w.found) > before || e.Name() == "cdk.out" {
			continue
		}
		if err := w.folder(name, depth+1); err != nil {
			return w.ended(dir, err)
		}
	}
	return nil
}

// ended ends the walk where enough was found: the outermost folder tells.
func (w *walk) ended(dir string, err error) error {
	if errors.Is(err, errEnough) && len(w.notes) == 0 || errors.Is(err, errEnough) && w.notes[len(w.notes)-1].Summary != tooMany {
		w.note(source.Warning, dir, tooMany, fmt.Sprintf("Bulkhead looks at %d files and takes %d templates; the rest was left out. Open the folders that matter.", maxLooked, maxInputs))
	}
	return err
}

const tooMany = "there is more in the folder than is read at once"

// app takes the cloud assembly of a CDK app; its code and its tests' snapshots are no inputs.
func (w *walk) app(dir string) error {
	before := len(w.found)
	err := w.one(path.Join(dir, "cdk.out"))
	if len(w.found) == before && err == nil {
		w.unbuilt = dir
		w.note(source.Warning, dir, "a CDK app that is not synthesized", "Run cdk synth, then open the folder again.")
	}
	return err
}

// one takes a file or folder if a source knows it.
func (w *walk) one(name string) error {
	if w.looked++; w.looked > maxLooked || len(w.found) >= maxInputs {
		return errEnough
	}
	s, err := detect(w.ctx, w.sources, w.fsys, name)
	if s != nil {
		in := Input{Source: s, Path: name, Found: true}
		if saysNothing[strings.ToLower(strings.TrimSuffix(path.Base(name), path.Ext(name)))] {
			in.Stack = path.Base(path.Dir(name))
			if path.Dir(name) == w.root {
				in.Stack = w.title
			}
		}
		w.found = append(w.found, in)
	}
	return err
}

func (w *walk) note(severity source.Severity, name, summary, detail string) {
	w.notes = append(w.notes, source.Diagnostic{Severity: severity, Span: source.Span{File: name}, Summary: summary, Detail: detail})
}
