package cfn

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/source"
)

// MaxTemplate is the size of the largest template that is read, in bytes. CloudFormation itself takes 1 MB; more than
// this would take longer than people wait.
const MaxTemplate = 20 << 20

// The kinds of template.
const (
	kindSAM = "sam"
	kindCFN = "cloudformation"
	kindCDK = "cdk"
)

// A Source reads one kind of template. It is an importers.Patcher.
type Source struct{ kind string }

// Sources lists the sources of this package: SAM, CDK and plain CloudFormation. Each detects its own kind only.
func Sources() []importers.Source {
	return []importers.Source{Source{kindSAM}, Source{kindCDK}, Source{kindCFN}}
}

// Name is "sam", "cloudformation" or "cdk".
func (s Source) Name() string { return s.kind }

// Detect reports whether name in fsys is a template of the source's kind, or for CDK a folder with a cloud assembly.
func (s Source) Detect(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return false
	}
	if info.IsDir() {
		return s.kind == kindCDK && isAssembly(fsys, name)
	}
	if info.Size() > MaxTemplate || !info.Mode().IsRegular() {
		return false
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return false
	}
	return kindOfTemplate(name, data) == s.kind
}

var (
	firstKey = regexp.MustCompile(`(?m)^([ \t]*)["']?[A-Za-z][\w.-]*["']?[ \t]*:`)
	typesAWS = regexp.MustCompile(`\b(AWS::[A-Za-z0-9]+::[A-Za-z0-9]+|Custom::[A-Za-z0-9]+|AWS::Serverless-2016-10-31)\b`)
)

// kindOfTemplate tells templates from other YAML and JSON by their top-level keys, without parsing: a template
// that is cut off should be told to be one. It returns "" for anything else.
func kindOfTemplate(name string, data []byte) string {
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	contains := func(part string) bool { return bytes.Contains(text, []byte(part)) }
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		if strings.HasSuffix(name, ".template.json") && contains(`"BootstrapVersion"`) {
			return kindCDK
		}
		if !hasTopKey(text, "Resources") && !hasTopKey(text, "AWSTemplateFormatVersion") {
			return ""
		}
	} else if keys := topKeys(text); !hasAny(keys, "AWSTemplateFormatVersion", "Resources", "Transform") || hasAny(keys, "service", "provider", "functions", "resources", "kind", "apiVersion") {
		return ""
	}
	switch {
	case contains("AWS::Serverless"):
		return kindSAM
	case strings.HasSuffix(name, ".template.json"), contains(`"aws:cdk:path"`), contains("aws:cdk:path:"):
		return kindCDK
	case typesAWS.Match(text), contains("AWSTemplateFormatVersion"), !contains("AWS") && contains("Resources"):
		return kindCFN
	}
	return ""
}

// topKeys are the keys at the top level of YAML text, whatever that is indented by.
func topKeys(text []byte) map[string]bool {
	out := map[string]bool{}
	m := firstKey.FindSubmatch(text)
	if m == nil {
		return out
	}
	indent := m[1]
	for len(text) > 0 {
		line := text
		if end := bytes.IndexByte(text, '\n'); end >= 0 {
			line, text = text[:end], text[end+1:]
		} else {
			text = nil
		}
		rest, ok := bytes.CutPrefix(line, indent)
		if !ok || len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '-' || rest[0] == '#' {
			continue
		}
		if key, _, ok := bytes.Cut(rest, []byte(":")); ok {
			out[string(bytes.Trim(bytes.TrimRight(key, " \t"), `"'`))] = true
		}
	}
	return out
}

func hasAny(keys map[string]bool, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return keys[n] })
}

// hasTopKey reports whether JSON text, or YAML in braces, has a key at its top level; the text may be cut off.
func hasTopKey(text []byte, key string) bool {
	bare := regexp.MustCompile(`^[{,](?:\s|#[^\n]*\n)*["']?` + regexp.QuoteMeta(key) + `["']?\s*:`)
	depth := 0
	// Only where a value may begin are quotes quotes: within one that has none they are text.
	begins := true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case begins && (c == '"' || c == '\''):
			for i++; i < len(text) && text[i] != c; i++ {
				if c == '"' && text[i] == '\\' {
					i++
				}
			}
			begins = false
		case c == '{' || c == '[' || c == ',':
			if (c == '{' && depth == 0 || c == ',' && depth == 1) && bare.Match(text[i:]) {
				return true
			}
			if c != ',' {
				depth++
			}
			begins = true
		case c == '}' || c == ']':
			depth--
		case c == ':':
			begins = true
		case c == '#' && i > 0 && bytes.IndexByte([]byte(" \t\n\r"), text[i-1]) >= 0:
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case begins && (c == '!' || c == '&'): // a tag or an anchor stands before a value
			for i+1 < len(text) && bytes.IndexByte([]byte(" \t\n\r,]}"), text[i+1]) < 0 {
				i++
			}
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			begins = false
		}
	}
	return false
}

// Import reads a template with the stacks that nest in it, or the templates of a cloud assembly.
func (s Source) Import(ctx context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	return importStacks(ctx, s, &stacks{inputs: []importers.Input{{Source: s, Path: name, Stack: o.StackName}}}, fsys, o)
}

// Family is "stacks": templates of all kinds are read together.
func (Source) Family() string { return "stacks" }

// Gather is the source of several templates.
func (Source) Gather(inputs []importers.Input) importers.Source { return &stacks{inputs: inputs} }

// stacks reads several templates as one design. It is an importers.Patcher.
type stacks struct {
	inputs []importers.Input
	whole  bool // with what conditions leave out
	mu     sync.Mutex
	scoped scopedNames // as it was when they were read first
}

// Name is "stacks".
func (*stacks) Name() string { return "stacks" }

// Detect is always false: which templates they are was found out before.
func (*stacks) Detect(fs.FS, string) bool { return false }

// Import reads the templates anew.
func (s *stacks) Import(ctx context.Context, fsys fs.FS, _ string, o importers.Options) (*importers.Import, error) {
	return importStacks(ctx, s, s, fsys, o)
}

// Patch is that of Source.
func (s *stacks) Patch(in *importers.Import, after *model.Design) ([]source.Edit, error) {
	s.mu.Lock()
	s.scoped.add(in.Design, after)
	s.mu.Unlock()
	return Source{}.Patch(in, after)
}

// importStacks reads what s says. A template that turns out to have others nested in it is of several from then on.
func importStacks(ctx context.Context, as importers.Source, s *stacks, fsys fs.FS, o importers.Options) (*importers.Import, error) {
	rd, err := s.read(ctx, fsys, o)
	if err != nil {
		return nil, err
	}
	if len(rd.templates) > 1 {
		as = s
	}
	name := "."
	if len(s.inputs) == 1 {
		name = s.inputs[0].Path
	}
	return &importers.Import{Source: as, Path: name, Options: o, Design: rd.design, Files: rd.files, Diagnostics: rd.diagnostics, LeavesOut: rd.leavesOut}, nil
}

// Whole reads the template with what its conditions leave out.
func (s Source) Whole(ctx context.Context, in *importers.Import) (*model.Design, error) {
	return (&stacks{inputs: []importers.Input{{Source: s, Path: in.Path, Stack: in.Options.StackName}}, whole: true}).design(ctx, in)
}

// Whole reads the templates with what their conditions leave out.
func (s *stacks) Whole(ctx context.Context, in *importers.Import) (*model.Design, error) {
	s.mu.Lock()
	scoped := maps.Clone(s.scoped)
	s.mu.Unlock()
	return (&stacks{inputs: s.inputs, scoped: scoped, whole: true}).design(ctx, in)
}

// design reads the templates from the files of an import.
func (s *stacks) design(ctx context.Context, in *importers.Import) (*model.Design, error) {
	rd, err := s.read(ctx, importers.Memory(in.Files, nil), in.Options)
	if err != nil {
		return nil, err
	}
	return rd.design, nil
}

// readAgain repeats the reading of an import from its files, for a patch.
func readAgain(ctx context.Context, in *importers.Import) (*reading, error) {
	files := importers.Memory(in.Files, nil)
	switch s := in.Source.(type) {
	case Source:
		return (&stacks{inputs: []importers.Input{{Source: s, Path: in.Path, Stack: in.Options.StackName}}}).read(ctx, files, in.Options)
	case *stacks:
		return s.read(ctx, files, in.Options)
	case TreeSource:
		return (&stacks{inputs: []importers.Input{{Source: s, Path: in.Path}}}).read(ctx, files, in.Options)
	}
	return nil, errors.New("not an import of a template")
}

// A reading is everything that one import came to: the parsed templates, the design, and the way back from
// its elements to nodes.
type reading struct {
	templates   []*template
	builders    []*builder // of the templates
	places      *places
	files       source.Files
	design      *model.Design
	diagnostics []source.Diagnostic
	leavesOut   bool // some condition leaves out a resource
}

// read makes a design of the templates.
func (s *stacks) read(ctx context.Context, fsys fs.FS, o importers.Options) (*reading, error) {
	g, err := gather(ctx, fsys, s.inputs, o, s.whole)
	if err != nil {
		return nil, err
	}
	out := &reading{places: newPlaces(), files: g.files}
	s.mu.Lock()
	if s.scoped == nil {
		s.scoped = sharedNames(g.scopes)
	}
	scoped := maps.Clone(s.scoped)
	s.mu.Unlock()
	known := newRegister()
	for _, sc := range g.scopes {
		b := newBuilder(sc, out.places, known)
		b.resources, b.scoped, b.alone = sc.expanded, scoped, len(g.scopes) == 1
		out.leavesOut = out.leavesOut || slices.ContainsFunc(sc.template.Declared, func(r *resource) bool { return r.excluded })
		out.builders = append(out.builders, b)
		out.templates = append(out.templates, sc.template)
	}
	for _, b := range out.builders {
		b.index()
	}
	build(out.builders)
	first := g.scopes[0]
	info := model.Info{Kind: g.kind(), Partition: first.partition, Account: first.account, Region: first.region, Name: cmp.Or(o.StackName, g.name())}
	var elements []model.Element
	several, accounts := false, map[string]string{}
	for _, b := range out.builders {
		for _, e := range b.elements {
			elements = append(elements, e.element)
		}
		for _, f := range append([]string{b.template.File}, b.template.included...) {
			if !slices.Contains(info.Files, f) {
				info.Files = append(info.Files, f)
			}
		}
		info.Outside = append(info.Outside, b.outside...)
		info.Unresolved += b.unresolved
		info.NotSeen = b.notSeen(info.NotSeen)
		if b.account != first.account {
			several = true
		}
		accounts[b.template.File] = b.account
		for _, r := range b.resources {
			if at := b.construct(r); at != "" && b.ids[r] != "" {
				if info.Constructs == nil {
					info.Constructs = map[model.ID]string{}
				}
				info.Constructs[b.ids[r]] = at
			}
		}
		out.diagnostics = append(out.diagnostics, b.notes.sorted()...)
	}
	if several {
		info.Accounts = accounts
	}
	out.diagnostics = append(out.diagnostics, g.notes...)
	d, err := model.New(info, dedupe(elements)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", first.template.File, err)
	}
	out.design = d
	return out, nil
}

// dedupe keeps the first of elements with one id: AWS's managed policies are in every stack that uses them.
func dedupe(elements []model.Element) []model.Element {
	seen := map[model.ID]bool{}
	var out []model.Element
	for _, e := range elements {
		if id := e.ElementID(); !seen[id] {
			seen[id] = true
			out = append(out, e)
		}
	}
	return out
}

// notSeen lists the layers that a template cannot show.
func (b *builder) notSeen(list []string) []string {
	add := func(what string) {
		for _, w := range list {
			if w == what {
				return
			}
		}
		list = append(list, what)
	}
	add("scps")
	add("other stacks")
	if b.unseenKeys {
		add("key policies")
	}
	if len(b.external) > 0 {
		add("roles outside the template")
	}
	return list
}

var notStack = regexp.MustCompile(`[^A-Za-z0-9]+`)

// stackName is a stack's name from its file's: the folder's for a file called template.yaml and the like.
func stackName(file string) string {
	base := path.Base(file)
	for _, suffix := range []string{path.Ext(base), ".template"} {
		base = strings.TrimSuffix(base, suffix)
	}
	switch strings.ToLower(base) {
	case "template", "cloudformation", "cfn", "sam", "main", "stack", "index", "":
		if dir := path.Base(path.Dir(file)); dir != "." && dir != "/" {
			base = dir
		}
	}
	return cmp.Or(strings.Trim(notStack.ReplaceAllString(base, "-"), "-"), "stack")
}
