package serverless

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/model/source"
)

const kind = "serverless"

// A Source reads services of the Serverless Framework.
type Source struct{}

// New is the source.
func New() Source { return Source{} }

// Name is "serverless".
func (Source) Name() string { return kind }

// names are what the framework looks for in a folder, compose files first.
var names = []string{
	"serverless-compose.yml", "serverless-compose.yaml", "serverless-compose.json", "serverless.yml", "serverless.yaml", "serverless.json",
	"serverless-compose.ts", "serverless-compose.js", "serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs",
}

var (
	mainFile  = regexp.MustCompile(`^serverless(-compose)?([.-][\w.-]+)?\.(yml|yaml|json|ts|js|cjs|mjs)$`)
	codeFile  = regexp.MustCompile(`\.(ts|js|cjs|mjs)$`)
	hasKey    = regexp.MustCompile(`(?m)^["']?service["']?[ \t]*:`)
	hasOthers = regexp.MustCompile(`(?m)^["']?(provider|functions)["']?[ \t]*:`)
)

// fileIn is the framework's file in a folder, name itself if it is a file; "" if there is none.
func fileIn(fsys fs.FS, name string) string {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return ""
	}
	if !info.IsDir() {
		return name
	}
	for _, n := range names {
		if i, err := fs.Stat(fsys, path.Join(name, n)); err == nil && i.Mode().IsRegular() {
			return path.Join(name, n)
		}
	}
	return ""
}

// Detect reports whether name is a service's file, by its name or by what it holds, or a folder with one.
func (Source) Detect(fsys fs.FS, name string) bool {
	file := fileIn(fsys, name)
	switch {
	case file == "":
		return false
	case mainFile.MatchString(path.Base(file)):
		return true
	}
	switch path.Ext(file) {
	case ".yml", ".yaml", ".json":
	default:
		return false
	}
	info, err := fs.Stat(fsys, file)
	if err != nil || info.Size() > maxFile {
		return false
	}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return false
	}
	if text := strings.TrimSpace(string(data)); strings.HasPrefix(text, "{") {
		var top map[string]json.RawMessage
		if json.Unmarshal(data, &top) != nil {
			return false
		}
		return top["service"] != nil && top["provider"] != nil && top["Resources"] == nil
	}
	return hasKey.Match(data) && hasOthers.Match(data)
}

// Import reads a service, or all services of a compose file.
func (s Source) Import(ctx context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	o.StackName = "" // the framework names the stack
	return cfn.ImportTrees(ctx, s, fsys, name, o)
}

// Family is "stacks": services are read together with templates.
func (Source) Family() string { return cfn.Source{}.Family() }

// Gather is the source of several templates and services.
func (Source) Gather(inputs []importers.Input) importers.Source { return cfn.Source{}.Gather(inputs) }

// Trees reads the files of a service, or of all services of a compose file, and compiles them.
func (Source) Trees(_ context.Context, fsys fs.FS, name string, o importers.Options) ([]*cfn.Tree, source.Files, error) {
	file := fileIn(fsys, name)
	if file == "" {
		return nil, nil, fmt.Errorf("%s: there is no serverless.yml in it", name)
	}
	if codeFile.MatchString(file) {
		return nil, nil, fmt.Errorf("%s: a service in code is not run: package it (serverless package) and open .serverless/cloudformation-template-update-stack.json", file)
	}
	if isCompose(fsys, file) {
		return compose(fsys, file, o)
	}
	svc, err := open(fsys, file, o)
	if err != nil {
		return nil, nil, err
	}
	tree := svc.compile()
	return []*cfn.Tree{tree}, svc.files, nil
}

var errCode = errors.New("it is code, which is not run")
