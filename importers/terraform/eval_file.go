package terraform

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// errOutside says that a path leads out of what was opened.
var errOutside = errors.New("the path leads out of the opened folder, so it was not read")

// inside is a path of a function's argument as a name within the opened file system. Terraform takes relative paths
// from the folder that it is run in, which is the root module's.
func (ev *evaluator) inside(text string) (string, error) {
	if strings.HasPrefix(text, "~") || path.IsAbs(text) || strings.ContainsAny(text, "\\\x00") || len(text) > 4096 {
		return "", errOutside
	}
	name := path.Join(ev.root, text)
	if !fs.ValidPath(name) {
		return "", errOutside
	}
	return name, nil
}

// fileFunction works out the functions that read files, within the opened folder alone.
func (s *scope) fileFunction(name string, e *hclsyntax.FunctionCallExpr, args []cty.Value) (cty.Value, error) {
	if len(args) == 0 || args[0].IsKnown() && args[0].IsNull() {
		return cty.NilVal, fmt.Errorf("%s takes a text", name)
	}
	if name == "templatestring" && !isUnknown(args[0]) && args[0].Type() == cty.String {
		if len(args) < 2 {
			return cty.NilVal, errors.New("templatestring takes a template and its variables")
		}
		// What looks like a token in it is the template's.
		return s.render([]byte(args[0].AsString()), "template", args[1])
	}
	if uncertain(args[0]) || args[0].Type() != cty.String {
		if name == "fileexists" {
			return cty.UnknownVal(cty.Bool), nil
		}
		return s.unknownText(e), nil
	}
	text := args[0].AsString()
	file, err := s.ev.inside(text)
	if err != nil {
		return cty.NilVal, err
	}
	switch name {
	case "fileexists":
		info, err := fs.Stat(s.ev.fsys, file)
		return cty.BoolVal(err == nil && info.Mode().IsRegular()), nil
	case "fileset":
		if len(args) < 2 || isUnknown(args[1]) || args[1].IsNull() || args[1].Type() != cty.String {
			return s.unknownText(e), nil
		}
		return s.ev.fileset(file, args[1].AsString())
	case "file", "templatefile":
		data, err := s.ev.read(file)
		if err != nil {
			var p *fs.PathError
			if errors.As(err, &p) {
				err = p.Err
			}
			return cty.NilVal, fmt.Errorf("the file %s could not be read: %w", text, err)
		}
		if !utf8.Valid(data) {
			return cty.NilVal, fmt.Errorf("the file %s is no text", text)
		}
		if name == "file" {
			return cty.StringVal(string(data)), nil
		}
		vars := cty.EmptyObjectVal
		if len(args) > 1 {
			vars = args[1]
		}
		return s.render(data, file, vars)
	case "filebase64":
		data, err := readUpTo(s.ev.fsys, file, 1<<20)
		if err != nil {
			return s.unknownText(e), nil // a package that is built before it is deployed
		}
		return cty.StringVal(base64.StdEncoding.EncodeToString(data)), nil
	}
	// A hash of a file tells nothing of a design, and the file is often not built yet.
	return s.unknownText(e), nil
}

// render evaluates a template with nothing but its variables in scope.
func (s *scope) render(data []byte, file string, vars cty.Value) (cty.Value, error) {
	if err := tame(data); err != nil {
		return cty.NilVal, err
	}
	t, diags := hclsyntax.ParseTemplate(data, file, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, fmt.Errorf("the template has an error in line %d", diags[0].Subject.Start.Line)
	}
	in := &scope{ev: s.ev, vars: variablesOf(vars)}
	v, err := in.eval(t)
	if err != nil {
		return v, err
	}
	if isUnknown(v) || v.IsNull() {
		return v, nil
	}
	text, err := in.text(v, t)
	return cty.StringVal(text), err
}

// variablesOf are the values of a map or object by their names.
func variablesOf(vars cty.Value) map[string]cty.Value {
	out := map[string]cty.Value{}
	if !isUnknown(vars) && !vars.IsNull() && (vars.Type().IsObjectType() || vars.Type().IsMapType()) {
		for it := vars.ElementIterator(); it.Next(); {
			k, v := it.Element()
			out[k.AsString()] = v
		}
	}
	return out
}

// fileset lists the files below a folder whose paths fit a pattern, in which ** stands for any folders.
func (ev *evaluator) fileset(dir, pattern string) (cty.Value, error) {
	const most = 10_000
	var out []cty.Value
	want := strings.Split(path.Clean(pattern), "/")
	if strings.Count(pattern, "**") > 3 {
		return cty.NilVal, errTooMuch
	}
	seen := 0
	err := fs.WalkDir(ev.fsys, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e == nil {
			return fs.SkipDir
		}
		if seen++; seen > most {
			return fs.SkipAll
		}
		rel := name
		if dir != "." {
			rel = strings.TrimPrefix(name, dir+"/")
		}
		if e.Type().IsRegular() && globs(want, strings.Split(rel, "/")) {
			out = append(out, cty.StringVal(rel))
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return cty.SetValEmpty(cty.String), nil
	}
	return cty.SetVal(out), nil
}

func globs(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for i := range len(name) + 1 {
				if globs(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); err != nil || !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
