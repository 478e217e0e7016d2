package cfn

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// A group is the templates that are read together: those that were opened and, behind each, the stacks that nest in it.
type group struct {
	ctx     context.Context
	fsys    fs.FS
	options importers.Options
	whole   bool         // with what conditions leave out
	files   source.Files // what was read
	scopes  []*scope
	tops    int // of scopes: those that were opened
	named   map[string]bool
	notes   []source.Diagnostic // of no template
	exports map[string][]export
	failed  error // why a template that was found could not be read
	parsed  map[string]parsed
}

// parsed is what a file comes to. Several stacks may have it: nothing in it is written.
type parsed struct {
	root *yamlpos.Node
	told []source.Diagnostic
}

// Bounds of stacks in stacks. CloudFormation has none but the quota of stacks.
const (
	maxNested = 200 // stacks
	maxDeep   = 10
)

// A stackFile is one template with the name of its stack.
type stackFile struct {
	name            string
	data            []byte
	stack           string
	kind            string
	account, region string // where it is deployed, "" if that is not known

	constructs map[string]string // of a cloud assembly: logical id → path of its construct
	assets     map[string]string // hash of an asset → path in the assembly
}

// gather reads the templates that inputs name and all that nest in them.
func gather(ctx context.Context, fsys fs.FS, inputs []importers.Input, o importers.Options, whole bool) (*group, error) {
	g := &group{ctx: ctx, fsys: fsys, options: o, whole: whole, files: source.Files{}, named: map[string]bool{}, exports: map[string][]export{}, parsed: map[string]parsed{}}
	for _, in := range inputs {
		if err := g.open(in); err != nil {
			if !in.Found || ctx.Err() != nil {
				return nil, err
			}
			g.failed = err
			g.notes = append(g.notes, importers.Unread(in.Path, err))
		}
	}
	if len(g.scopes) == 0 {
		return nil, g.failed
	}
	g.dropNested()
	g.tops = len(g.scopes)
	for _, s := range g.scopes {
		s.many = g.tops > 1
	}
	for i := 0; i < len(g.scopes); i++ { // stacks that nest are added on the way
		s := g.scopes[i]
		s.unfold()
		for _, r := range s.expanded {
			if nests(r) {
				s.child(r)
			}
		}
	}
	return g, ctx.Err()
}

// open adds the templates of one input.
func (g *group) open(in importers.Input) error {
	info, err := fs.Stat(g.fsys, in.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", in.Path, err)
	}
	if s, ok := in.Source.(TreeSource); ok {
		return g.openTrees(s, in.Path)
	}
	kind := in.Source.Name()
	if info.IsDir() {
		r, err := assembly(g.fsys, in.Path)
		if err != nil {
			return err
		}
		maps.Copy(g.files, r.files)
		g.notes = append(g.notes, r.notes...)
		for _, f := range r.stacks {
			f.kind = kind
			if _, err := g.add(f); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := g.load(in.Path)
	if err != nil {
		return err
	}
	f.kind = kind
	if kind == kindCDK {
		f.constructs = g.noted(f.name)
	}
	if in.Stack != "" {
		f.stack = in.Stack
	}
	_, err = g.add(f)
	return err
}

// noted are the constructs that the cloud assembly in a template's folder notes of it, if there is one. Nothing else is taken
// from it: the template is read again without the folder.
func (g *group) noted(name string) map[string]string {
	r, err := assembly(g.fsys, path.Dir(name))
	if err != nil {
		return nil
	}
	for _, f := range r.stacks {
		if f.name == name {
			return f.constructs
		}
	}
	return nil
}

// load reads a template's bytes.
func (g *group) load(name string) (stackFile, error) {
	info, err := fs.Stat(g.fsys, name)
	if err != nil {
		return stackFile{}, fmt.Errorf("%s: %w", name, err)
	}
	if info.Size() > MaxTemplate {
		return stackFile{}, fmt.Errorf("%s: %d MB is more than the %d MB that are read", name, info.Size()>>20, MaxTemplate>>20)
	}
	data, err := fs.ReadFile(g.fsys, name)
	if err != nil {
		return stackFile{}, fmt.Errorf("%s: %w", name, err)
	}
	return stackFile{name: name, data: data, stack: stackName(name)}, nil
}

// add parses a template and gives it a scope.
func (g *group) add(f stackFile) (*scope, error) {
	if err := g.ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", f.name, err)
	}
	if len(bytes.TrimSpace(f.data)) == 0 {
		return nil, fmt.Errorf("%s: the file is empty", f.name)
	}
	read, ok := g.parsed[f.name]
	if !ok {
		var err error
		if read.root, read.told, err = yamlpos.Parse(f.name, f.data); err != nil {
			return nil, err
		}
		g.parsed[f.name] = read
	}
	root, diags := read.root, read.told
	n := newNotes(diags...)
	if root == nil || root.Resolve() == nil || root.Resolve().Kind != yamlpos.Mapping {
		return nil, fmt.Errorf("%s:1:1: not a template: its top level is not a mapping with Resources", f.name)
	}
	g.files[f.name] = f.data
	t := newTemplate(f.name, root.Resolve(), n)
	t.Stack, t.Kind = f.stack, f.kind
	t.includes, t.loops = bytes.Contains(f.data, []byte("AWS::Include")), bytes.Contains(f.data, []byte("Fn::ForEach::"))
	s := g.scope(t, n, f.account, f.region)
	s.constructs, s.assets = f.constructs, f.assets
	return s, nil
}

// scope is the scope of a template, which is deployed to an account and a region if that is known.
func (g *group) scope(t *template, n *notes, account, region string) *scope {
	stack := t.Stack
	for i := 2; g.named[t.Stack]; i++ {
		t.Stack = fmt.Sprintf("%s-%d", stack, i)
	}
	g.named[t.Stack] = true
	s := newScope(t, catalog.Load(), g.options, n)
	s.group = g
	if account != "" && g.options.Account == "" {
		s.account = account
	}
	if region != "" && g.options.Region == "" {
		s.region = region
	}
	g.scopes = append(g.scopes, s)
	return s
}

// dropNested leaves out templates that were found in a folder, and that another one nests: they are read there, with the
// parameters that they are given.
func (g *group) dropNested() {
	nested := map[string]bool{}
	for _, s := range g.scopes {
		for _, r := range s.template.Declared {
			if file := nestedFile(s, r); file != "" && file != s.template.File {
				nested[file] = true
			}
		}
	}
	kept := slices.DeleteFunc(slices.Clone(g.scopes), func(s *scope) bool { return nested[s.template.File] })
	if len(kept) == 0 {
		return // they nest in each other
	}
	g.scopes, g.named = kept, map[string]bool{}
	for _, s := range kept {
		g.named[s.stack] = true
	}
}

// unfold expands loops and what the SAM transform stands for, once.
func (s *scope) unfold() {
	if s.unfolded {
		return
	}
	s.unfolded = true
	s.transforms()
	s.template.forEach(s)
	s.expanded = s.expand().out
	for _, r := range s.expanded {
		r.home = s
	}
}

// kind is what all templates that were opened are, else "several".
func (g *group) kind() string {
	out := g.scopes[0].template.Kind
	for _, s := range g.scopes[:g.tops] {
		if s.template.Kind != out {
			return "several"
		}
	}
	return out
}

// name is the names of the stacks that were opened.
func (g *group) name() string {
	var names []string
	for _, s := range g.scopes[:g.tops] {
		names = append(names, s.stack)
	}
	const few = 3
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], " + "), len(names)-few)
	}
	return strings.Join(names, " + ")
}

// exported is what the output of another stack that is exported as name comes to. why says why nothing does.
func (s *scope) exported(name string) (text string, why string) {
	for _, e := range s.group.scopes {
		if !e.exporting {
			e.exporting = true
			e.export()
		}
	}
	switch list := s.group.exports[name]; {
	case len(list) == 0 || len(list) == 1 && list[0].of == s:
		return "", "no template that is open exports " + name
	case len(list) > 1:
		return "", fmt.Sprintf("%s and %s both export %s", list[0].of.template.File, list[1].of.template.File, name)
	default:
		e := list[0]
		if text, ok := e.of.whole(e.value); ok {
			return text, ""
		}
		return "", "what " + e.of.template.File + " exports as " + name + " is no text"
	}
}

// whole is the text of a value, of a list its elements behind one another: what a parameter or an output carries.
func (s *scope) whole(n *yamlpos.Node) (string, bool) {
	if text, ok := s.text(n); ok {
		return text, true
	}
	if v := s.settle(n); v != nil && v.Kind == yamlpos.Sequence {
		return strings.Join(s.texts(v, nil), ","), true
	}
	return "", false
}

// child is the stack that nests in s as a resource, read from a file beside the template; nil where its template is
// elsewhere.
func (s *scope) child(r *resource) *scope {
	if c, ok := s.children[r]; ok {
		return c
	}
	if s.children == nil {
		s.children = map[*resource]*scope{}
	}
	s.children[r] = nil // also while it is read: a stack that asks for itself gets nothing
	file := nestedFile(s, r)
	switch {
	case file == "":
		s.notes.add(source.Info, r.Origin, r.ID+" is another stack", "What is in it was not seen: its template is not beside this one. Open both together.")
		return nil
	case s.deep >= maxDeep || len(s.group.scopes) >= maxNested:
		s.notes.add(source.Error, r.Origin, r.ID+" nests too deep", fmt.Sprintf("What is in it was not read; up to %d stacks, %d in one another, are.", maxNested, maxDeep))
		return nil
	}
	for p := s; p != nil; p = p.parent {
		if p.template.File == file {
			s.notes.add(source.Error, r.Origin, r.ID+" nests a stack in itself", "It was not read again.")
			return nil
		}
	}
	f, err := s.group.load(file)
	if err == nil {
		f.stack, f.kind = s.stack+"-"+r.ID, cmp.Or(kindOfTemplate(file, f.data), kindCFN)
		var c *scope
		if c, err = s.group.add(f); err == nil {
			c.parent, c.deep, c.many = s, s.deep+1, true
			c.account, c.region, c.constructs, c.assets = s.account, s.region, s.constructs, s.assets
			c.passed = s.get(r.Props, "Parameters")
			s.children[r] = c
			c.unfold()
			return c
		}
	}
	s.notes.add(source.Warning, r.Origin, r.ID+" is another stack, whose template cannot be read", err.Error())
	return nil
}

// nestedFile is the file of the template of a stack that nests in another, within the file system; "" where it is none,
// or elsewhere. The path is relative to the template, as for "aws cloudformation package"; CDK notes it beside.
func nestedFile(s *scope, r *resource) string {
	var at string
	switch r.Written {
	case "AWS::CloudFormation::Stack":
		if r.Value != nil {
			at = plainText(r.Value.Get("Metadata").Get("aws:asset:path"))
		}
		if at == "" {
			at = plainText(r.Value.Get("Properties").Get("TemplateURL"))
		}
		if at == "" && len(s.assets) > 0 {
			s.notes.quiet++
			at = s.asset(s.words(r.Value.Get("Properties").Get("TemplateURL")))
			s.notes.quiet--
		}
	case samApplication:
		at = plainText(r.Value.Get("Properties").Get("Location"))
	}
	if at == "" || strings.Contains(at, "://") || path.IsAbs(at) {
		return ""
	}
	name := path.Join(path.Dir(s.template.File), strings.ReplaceAll(at, `\`, "/"))
	if !fs.ValidPath(name) {
		return ""
	}
	if info, err := fs.Stat(s.group.fsys, name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return name
}

// plainText is the text of a scalar that is no call; "" for everything else.
func plainText(n *yamlpos.Node) string {
	if n = n.Resolve(); n == nil || n.Kind != yamlpos.Scalar || isCall(n) || n.Null {
		return ""
	}
	return n.Value
}

// output is what a nested stack returns as Outputs.name.
func (s *scope) output(r *resource, name string, span source.Span) string {
	c := s.child(r)
	if c == nil {
		return s.unknown("attribute", r.ID+".Outputs."+name, span, "what stack "+r.ID+" returns as "+name+" is not known", "open its template together with this one")
	}
	n := c.template.Outputs.Get(name).Resolve().Get("Value")
	if n == nil {
		s.notes.add(source.Error, span, "stack "+r.ID+" has no output "+name, "Its value was taken as unknown.")
		return s.unknown("attribute", r.ID+".Outputs."+name, span, "", "")
	}
	if text, ok := c.whole(n); ok {
		return text
	}
	return s.unknown("attribute", r.ID+".Outputs."+name, span, "what stack "+r.ID+" returns as "+name+" is no text", "")
}

// scopedNames has, as stack/name, the logical ids that need their stack's name to be told apart.
type scopedNames map[string]bool

// sharedNames are those that several stacks use.
func sharedNames(scopes []*scope) scopedNames {
	out := scopedNames{}
	users := map[string][]*scope{}
	for _, s := range scopes {
		for _, r := range s.expanded {
			if of := users[r.called()]; r.Type != "AWS::CDK::Metadata" && (len(of) == 0 || of[len(of)-1] != s) {
				users[r.called()] = append(of, s)
			}
		}
	}
	for id, of := range users {
		if len(of) < 2 {
			continue
		}
		for _, s := range of {
			out[s.stack+"/"+id] = true
		}
	}
	return out
}

// add notes the names that were made with their stack's name before them.
func (n scopedNames) add(before, after *model.Design) {
	for _, e := range after.Elements() {
		if before.Element(e.ElementID()) != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(e.ElementID()), "/")
		if parts := strings.Split(rest, "/"); len(parts) > 1 && string(model.MakeID("", model.StackOf(e)))[1:] == parts[0] {
			n[model.StackOf(e)+"/"+parts[1]] = true
		}
	}
}

// in is a name for an id: with the stack before it where other stacks use its first part too.
func (b *builder) in(name string) string {
	first, _, _ := strings.Cut(name, "/")
	if b.scoped[b.stack+"/"+first] {
		return b.stack + "/" + name
	}
	return name
}

// apart is what tells this stack's from the others' in ids that begin with no logical id.
func (b *builder) apart() string {
	if b.alone {
		return ""
	}
	return b.stack + "/"
}
