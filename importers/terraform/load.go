package terraform

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"bulkhead/importers"
	"bulkhead/model/source"
)

// Limits against input that is made to cost: far beyond what people write.
const (
	maxFile      = 4 << 20 // bytes of one file that is parsed or read as text
	maxFiles     = 5_000   // files that are read
	maxNesting   = 500     // brackets within brackets
	maxChoices   = 20_000  // conditionals and directives in one file
	maxInstances = 1_000   // of one resource or module
	maxModules   = 1_000   // module instances
	maxObjects   = 20_000
	maxDepth     = 30 // modules within modules
)

// A configuration is a folder of HCL, evaluated.
type configuration struct {
	objects     []*object // in source order, those of a module where it is called
	files       source.Files
	diagnostics []source.Diagnostic
	owner       owner // of the default provider configuration
	unresolved  int   // things that nobody tells
	dir         string

	evaluator *evaluator
}

// isFolder reports whether a folder holds a Terraform configuration.
func isFolder(fsys fs.FS, dir string) bool {
	entries, err := fs.ReadDir(fsys, dir)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && isConfig(e.Name()) })
}

// isConfig reports whether a file is one of Terraform's or OpenTofu's.
func isConfig(name string) bool {
	return configBase(name) != "" && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "#") && !strings.HasSuffix(name, "~")
}

// configBase is the name of a configuration file without its endings; "" of any other file.
func configBase(name string) string {
	rest := strings.TrimSuffix(name, ".json")
	for _, end := range []string{".tf", ".tofu"} {
		if base, ok := strings.CutSuffix(rest, end); ok {
			return base
		}
	}
	return ""
}

// isNative reports whether a configuration file is in Terraform's own syntax.
func isNative(name string) bool {
	return strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tofu")
}

// isShadowed reports whether OpenTofu reads another file instead: of the same name, but for its own ending.
// https://opentofu.org/docs/language/files/
func isShadowed(name string, among []fs.DirEntry) bool {
	base, ok := strings.CutSuffix(strings.TrimSuffix(name, ".json"), ".tf")
	own := base + ".tofu" + strings.TrimPrefix(name, base+".tf")
	return ok && slices.ContainsFunc(among, func(e fs.DirEntry) bool { return e.Name() == own && !e.IsDir() })
}

// readFolder reads the root module in a folder, and the modules that it calls within fsys. Problems in the files are
// diagnostics; an error means that nothing could be read.
func readFolder(ctx context.Context, fsys fs.FS, dir string, o importers.Options) (*configuration, error) {
	ev := &evaluator{
		ctx: ctx, fsys: fsys, root: dir, options: o,
		files: source.Files{}, told: map[string]bool{}, parsed: map[string]*declarations{},
		tokens: map[string]*unknown{}, kinds: map[string]cty.Type{}, choices: map[hclsyntax.Expression]bool{},
	}
	decls, err := ev.declarationsOf(dir)
	if err != nil {
		return nil, err
	}
	m := &module{evaluator: ev, decls: decls, dir: dir, reach: 1}
	ev.main = m
	m.prepare()
	m.assume(ev.rootValues(decls))
	m.expand()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ev.tellTokens()
	ev.tellUnknown()
	c := &configuration{
		objects: ev.objects, files: ev.files, diagnostics: ev.diagnostics, dir: dir,
		owner: m.providerOf("aws", "").owner, unresolved: len(ev.tokens), evaluator: ev,
	}
	return c, nil
}

// declarations are the blocks of one module's files, override files merged in.
type declarations struct {
	dir       string
	variables map[string]*hclsyntax.Block
	locals    map[string]*hclsyntax.Attribute
	outputs   map[string]*hclsyntax.Block
	providers map[string]*hclsyntax.Block // by "aws" and "aws.alias"
	resources []*declared                 // in source order, data sources among them
	byName    map[string]*declared        // "aws_x.y" and "data.aws_x.y"
	calls     []*hclsyntax.Block          // of modules
	callNamed map[string]*hclsyntax.Block
	order     []any // *declared and *hclsyntax.Block of calls as written
	aliases   []string
	standIn   bool // of a module of the registry
	uses      int  // how many blocks call it
}

// A declared is a resource or data block.
type declared struct {
	block     *hclsyntax.Block
	typ, name string
	data      bool
}

func (d *declared) key() string {
	if d.data {
		return "data." + d.typ + "." + d.name
	}
	return d.typ + "." + d.name
}

func emptyDeclarations(dir string) *declarations {
	return &declarations{
		dir: dir, variables: map[string]*hclsyntax.Block{}, locals: map[string]*hclsyntax.Attribute{}, outputs: map[string]*hclsyntax.Block{},
		providers: map[string]*hclsyntax.Block{}, byName: map[string]*declared{}, callNamed: map[string]*hclsyntax.Block{},
	}
}

// declarationsOf parses the files of a module's folder, once.
func (ev *evaluator) declarationsOf(dir string) (*declarations, error) {
	if d := ev.parsed[dir]; d != nil {
		return d, nil
	}
	entries, err := fs.ReadDir(ev.fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	d := emptyDeclarations(dir)
	var overrides []string
	found := false
	for _, e := range entries {
		if e.IsDir() || !isConfig(e.Name()) || isShadowed(e.Name(), entries) {
			continue
		}
		found = true
		base := configBase(e.Name())
		if base == "override" || strings.HasSuffix(base, "_override") {
			overrides = append(overrides, e.Name())
			continue
		}
		if b := ev.parse(path.Join(dir, e.Name())); b != nil {
			d.take(ev, b)
		}
	}
	if !found {
		return nil, errors.New("the folder holds no .tf or .tf.json file")
	}
	for _, name := range overrides {
		if b := ev.parse(path.Join(dir, name)); b != nil {
			d.override(ev, b)
		}
	}
	ev.parsed[dir] = d
	return d, nil
}

// read reads a file within the opened folder, and keeps it.
func (ev *evaluator) read(name string) ([]byte, error) {
	if data, ok := ev.files[name]; ok {
		return data, nil
	}
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("%s is outside of the opened folder", name)
	}
	if len(ev.files) >= maxFiles {
		return nil, fmt.Errorf("more than %d files", maxFiles)
	}
	data, err := readUpTo(ev.fsys, name, maxFile)
	if err != nil {
		return nil, err
	}
	ev.files[name] = data
	return data, nil
}

// readUpTo reads a regular file of at most limit bytes.
func readUpTo(fsys fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d MB; up to %d are read", name, info.Size()>>20, limit>>20)
	}
	return fs.ReadFile(fsys, name)
}

// parse parses a configuration file; nil if nothing of it can be read.
func (ev *evaluator) parse(name string) *hclsyntax.Body {
	data, err := ev.read(name)
	if err != nil {
		ev.tell(source.Error, source.Span{File: name}, "this file could not be read", cause(err)+" What it declares is missing.")
		return nil
	}
	if strings.HasSuffix(name, ".json") {
		return ev.parseJSON(name, data)
	}
	if err := tame(data); err != nil {
		ev.tell(source.Error, source.Span{File: name}, "this file was not parsed: "+err.Error(), "What it declares is missing.")
		return nil
	}
	f, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	ev.tellHCL(diags)
	if f == nil {
		return nil
	}
	body, _ := f.Body.(*hclsyntax.Body)
	return body
}

// cause is an error as a sentence.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// tame refuses text on which a recursive parser would run out of stack.
func tame(data []byte) error {
	depth, choices, prefix := 0, 0, 0
	for _, c := range data {
		switch c {
		case '(', '[', '{':
			if depth++; depth > maxNesting {
				return fmt.Errorf("it nests more than %d deep", maxNesting)
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		case '?', '%':
			if choices++; choices > maxChoices {
				return fmt.Errorf("it has more than %d conditionals", maxChoices)
			}
		}
		switch c {
		case '!', '-', '+', '*', '/', '&', '|', '<', '>', '=':
			if prefix++; prefix > maxNesting && c == '!' {
				return fmt.Errorf("it has more than %d signs in a row", maxNesting)
			}
		case ' ', '\t', '\n', '\r':
		default:
			prefix = 0
		}
	}
	return nil
}

// take adds the blocks of a file.
func (d *declarations) take(ev *evaluator, body *hclsyntax.Body) {
	for _, a := range argumentsOf(body) {
		ev.tell(source.Error, ev.span(a.NameRange), "an argument "+a.Name+" does not belong here", "It was left out: a configuration consists of blocks.")
	}
	for _, b := range body.Blocks {
		named := func(n int) bool {
			if len(b.Labels) == n {
				return true
			}
			ev.tell(source.Error, ev.span(b.DefRange()), fmt.Sprintf("a %s block has %d labels", b.Type, n), "It was left out.")
			return false
		}
		switch b.Type {
		case "variable":
			if named(1) {
				d.variables[b.Labels[0]] = b
			}
		case "locals":
			for _, a := range argumentsOf(b.Body) {
				d.locals[a.Name] = a
			}
		case "output":
			if named(1) {
				d.outputs[b.Labels[0]] = b
			}
		case "provider":
			if named(1) {
				d.providers[providerKey(b)] = b
			}
		case "resource", "data":
			if !named(2) {
				break
			}
			r := &declared{b, b.Labels[0], b.Labels[1], b.Type == "data"}
			if d.byName[r.key()] != nil {
				ev.tell(source.Error, ev.span(b.DefRange()), r.key()+" is declared twice", "The second was left out.")
				break
			}
			d.byName[r.key()] = r
			d.resources = append(d.resources, r)
			d.order = append(d.order, r)
		case "module":
			if !named(1) || d.callNamed[b.Labels[0]] != nil {
				break
			}
			d.callNamed[b.Labels[0]] = b
			d.calls = append(d.calls, b)
			d.order = append(d.order, b)
		case "terraform":
			d.requirements(b)
		}
	}
}

// requirements reads the aliases that a module expects its caller to configure.
func (d *declarations) requirements(b *hclsyntax.Block) {
	for _, r := range b.Body.Blocks {
		if r.Type != "required_providers" {
			continue
		}
		for _, a := range argumentsOf(r.Body) {
			o, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
			if !ok {
				continue
			}
			for _, item := range o.Items {
				list, ok := item.ValueExpr.(*hclsyntax.TupleConsExpr)
				if hcl.ExprAsKeyword(item.KeyExpr) != "configuration_aliases" || !ok {
					continue
				}
				for _, e := range list.Exprs {
					if name := reference(e); strings.Contains(name, ".") {
						d.aliases = append(d.aliases, name)
					}
				}
			}
		}
	}
}

func providerKey(b *hclsyntax.Block) string {
	key := b.Labels[0]
	if a := b.Body.Attributes["alias"]; a != nil {
		if v, diags := a.Expr.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			key += "." + v.AsString()
		}
	}
	return key
}

// reference is a static reference such as aws.dev, written bare or as text; "" if it is none.
func reference(e hcl.Expression) string {
	if t, diags := hcl.AbsTraversalForExpr(e); !diags.HasErrors() {
		name := t.RootName()
		for _, step := range t[1:] {
			if a, ok := step.(hcl.TraverseAttr); ok {
				name += "." + a.Name
			}
		}
		return name
	}
	if v, diags := e.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		return v.AsString()
	}
	return ""
}

// override merges the blocks of an override file into those of the same names.
// https://developer.hashicorp.com/terraform/language/files/override
func (d *declarations) override(ev *evaluator, body *hclsyntax.Body) {
	for _, b := range body.Blocks {
		switch b.Type {
		case "locals":
			for _, a := range argumentsOf(b.Body) {
				d.locals[a.Name] = a
			}
			continue
		case "terraform":
			continue
		}
		var was *hclsyntax.Block
		switch {
		case len(b.Labels) == 0:
		case b.Type == "variable":
			was = d.variables[b.Labels[0]]
		case b.Type == "output":
			was = d.outputs[b.Labels[0]]
		case b.Type == "provider":
			was = d.providers[providerKey(b)]
		case b.Type == "module":
			was = d.callNamed[b.Labels[0]]
		case len(b.Labels) == 2:
			if r := d.byName[(&declared{b, b.Labels[0], b.Labels[1], b.Type == "data"}).key()]; r != nil {
				was = r.block
			}
		}
		if was == nil {
			ev.tell(source.Error, ev.span(b.DefRange()), "there is nothing that this block overrides", "It was left out.")
			continue
		}
		was.Body = overridden(was.Body, b.Body)
	}
}

// overridden is a body with the arguments of another in their places, and its nested blocks in place of those of their types.
func overridden(was, by *hclsyntax.Body) *hclsyntax.Body {
	n := *was
	n.Attributes = hclsyntax.Attributes{}
	for name, a := range was.Attributes {
		n.Attributes[name] = a
	}
	for name, a := range by.Attributes {
		n.Attributes[name] = a
	}
	replaced := func(typ string, labels []string) bool {
		return slices.ContainsFunc(by.Blocks, func(b *hclsyntax.Block) bool {
			return b.Type == typ || b.Type == "dynamic" && len(b.Labels) > 0 && b.Labels[0] == typ || typ == "dynamic" && len(labels) > 0 && b.Type == labels[0]
		})
	}
	n.Blocks = nil
	for _, b := range was.Blocks {
		if !replaced(b.Type, b.Labels) {
			n.Blocks = append(n.Blocks, b)
		}
	}
	n.Blocks = append(n.Blocks, by.Blocks...)
	return &n
}

// argumentsOf lists the arguments of a body in source order.
func argumentsOf(b *hclsyntax.Body) []*hclsyntax.Attribute {
	out := make([]*hclsyntax.Attribute, 0, len(b.Attributes))
	for _, a := range b.Attributes {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int {
		if c := strings.Compare(a.SrcRange.Filename, b.SrcRange.Filename); c != 0 {
			return c
		}
		if a.SrcRange.Start.Byte != b.SrcRange.Start.Byte {
			return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// rootValues are the values that tfvars files and parameters give the variables of the root module, the stronger
// over the weaker: terraform.tfvars, terraform.tfvars.json, *.auto.tfvars and *.auto.tfvars.json by name, parameters.
// https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
func (ev *evaluator) rootValues(d *declarations) map[string]given {
	out := map[string]given{}
	var names []string
	for _, name := range []string{"terraform.tfvars", "terraform.tfvars.json"} {
		if _, err := fs.Stat(ev.fsys, path.Join(ev.root, name)); err == nil {
			names = append(names, name)
		}
	}
	entries, err := fs.ReadDir(ev.fsys, ev.root)
	if err == nil {
		for _, e := range entries { // sorted by name
			if n := e.Name(); !e.IsDir() && (strings.HasSuffix(n, ".auto.tfvars") || strings.HasSuffix(n, ".auto.tfvars.json")) {
				names = append(names, n)
			}
		}
	}
	for _, name := range names {
		body := ev.parse(path.Join(ev.root, name))
		if body == nil {
			continue
		}
		for _, a := range argumentsOf(body) {
			v, err := (&scope{ev: ev}).eval(a.Expr)
			if err != nil {
				ev.tell(source.Error, ev.span(a.SrcRange), "the value of "+a.Name+" is not a constant", "It was left out.")
				continue
			}
			out[a.Name] = given{value: v}
		}
	}
	for name, text := range ev.options.Params {
		b := d.variables[name]
		if b == nil {
			continue // parameters are for all inputs that were opened together
		}
		out[name] = given{value: ev.parameter(b, text)}
	}
	return out
}

// parameter is the value of a variable given as text: the text itself for a string or where no type is declared, an
// expression for other types.
func (ev *evaluator) parameter(b *hclsyntax.Block, text string) cty.Value {
	typ, _ := ev.constraint(b)
	if typ == cty.String || typ == cty.DynamicPseudoType {
		return cty.StringVal(text)
	}
	data := []byte(text)
	if tame(data) == nil {
		if e, diags := hclsyntax.ParseExpression(data, "--param "+b.Labels[0], hcl.InitialPos); !diags.HasErrors() {
			if v, err := (&scope{ev: ev}).eval(e); err == nil {
				return v
			}
		}
	}
	return cty.StringVal(text)
}
