package cfn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
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
	text := strings.TrimPrefix(string(data), "\ufeff")
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if strings.HasSuffix(name, ".template.json") && strings.Contains(text, `"BootstrapVersion"`) {
			return kindCDK
		}
		if !hasTopKey(text, "Resources") && !hasTopKey(text, "AWSTemplateFormatVersion") {
			return ""
		}
	} else if !hasTopYAML(text, "AWSTemplateFormatVersion|Resources|Transform") || hasTopYAML(text, "service|provider|functions|resources|kind|apiVersion") {
		return ""
	}
	switch {
	case strings.Contains(text, "AWS::Serverless"):
		return kindSAM
	case strings.HasSuffix(name, ".template.json"), strings.Contains(text, `"aws:cdk:path"`), strings.Contains(text, "aws:cdk:path:"):
		return kindCDK
	case typesAWS.MatchString(text), strings.Contains(text, "AWSTemplateFormatVersion"), !strings.Contains(text, "AWS") && strings.Contains(text, "Resources"):
		return kindCFN
	}
	return ""
}

// hasTopYAML reports whether YAML text has one of the keys at its top level, whatever that is indented by.
func hasTopYAML(text, keys string) bool {
	m := firstKey.FindStringSubmatch(text)
	return m != nil && regexp.MustCompile(`(?m)^`+m[1]+`["']?(`+keys+`)["']?[ \t]*:`).MatchString(text)
}

// hasTopKey reports whether JSON text has a key at its top level; the text may be cut off.
func hasTopKey(text, key string) bool {
	depth, inString, start := 0, false, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if inString {
			switch c {
			case '\\':
				i++
			case '"':
				inString = false
				if depth == 1 && text[start:i] == key && strings.HasPrefix(strings.TrimLeft(text[i+1:min(len(text), i+100)], " \t\r\n"), ":") {
					return true
				}
			}
			continue
		}
		switch c {
		case '"':
			inString, start = true, i+1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	return false
}

// Import reads a template, or the templates of a cloud assembly.
func (s Source) Import(ctx context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var stacks []stackFile
	files := source.Files{}
	if info.IsDir() {
		if stacks, files, err = assembly(fsys, name); err != nil {
			return nil, err
		}
	} else {
		if info.Size() > MaxTemplate {
			return nil, fmt.Errorf("%s: %d MB is more than the %d MB that are read", name, info.Size()>>20, MaxTemplate>>20)
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		stacks, files[name] = []stackFile{{name: name, data: data, stack: cmp.Or(o.StackName, stackName(name))}}, data
	}
	rd, err := read(ctx, s.kind, stacks, o)
	if err != nil {
		return nil, err
	}
	return &importers.Import{Source: s, Path: name, Options: o, Design: rd.design, Files: files, Diagnostics: rd.diagnostics}, nil
}

// A stackFile is one template with the name of its stack.
type stackFile struct {
	name  string
	data  []byte
	stack string
}

// A reading is everything that one import came to: the parsed templates, the design, and the way back from
// its elements to nodes.
type reading struct {
	templates   []*template
	builders    []*builder // of the templates
	places      *places
	design      *model.Design
	diagnostics []source.Diagnostic
}

// readAgain repeats the reading of an import from its files, for a patch.
func readAgain(ctx context.Context, in *importers.Import) (*reading, error) {
	s, ok := in.Source.(Source)
	if !ok {
		return nil, errors.New("not an import of a template")
	}
	if data, ok := in.Files[in.Path]; ok {
		return read(ctx, s.kind, []stackFile{{name: in.Path, data: data, stack: cmp.Or(in.Options.StackName, stackName(in.Path))}}, in.Options)
	}
	stacks, _, err := assembly(importers.Memory(in.Files, nil), in.Path)
	if err != nil {
		return nil, err
	}
	return read(ctx, s.kind, stacks, in.Options)
}

// read makes a design of templates.
func read(ctx context.Context, kind string, files []stackFile, o importers.Options) (*reading, error) {
	out := &reading{places: newPlaces()}
	var scopes []*scope
	var notesOf []*notes
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("read %s: %w", f.name, err)
		}
		if len(strings.TrimSpace(string(f.data))) == 0 {
			return nil, fmt.Errorf("%s: the file is empty", f.name)
		}
		root, diags, err := yamlpos.Parse(f.name, f.data)
		if err != nil {
			return nil, err
		}
		n := newNotes(diags...)
		if root == nil || root.Resolve() == nil || root.Resolve().Kind != yamlpos.Mapping {
			return nil, fmt.Errorf("%s:1:1: not a template: its top level is not a mapping with Resources", f.name)
		}
		t := newTemplate(f.name, root.Resolve(), n)
		t.Stack, t.Kind = f.stack, kind
		out.templates = append(out.templates, t)
		scopes = append(scopes, newScope(t, catalog.Load(), o, n))
		notesOf = append(notesOf, n)
	}
	info := model.Info{Kind: kind, Partition: cmp.Or(o.Partition, "aws"), Account: cmp.Or(o.Account, "123456789012"), Region: cmp.Or(o.Region, "us-east-1")}
	shared := sharedIDs(out.templates)
	known, exports := newRegister(), map[string]export{}
	for _, s := range scopes {
		s.template.forEach(s)
		t := s.expand()
		s.exports = exports
		s.export()
		b := newBuilder(s, out.places, known)
		b.resources = t.out
		if shared {
			b.prefix = s.stack + "/"
		}
		out.builders = append(out.builders, b)
	}
	for _, b := range out.builders {
		b.index()
	}
	var elements []model.Element
	for _, b := range out.builders {
		b.build()
	}
	for i, b := range out.builders {
		for _, e := range b.elements {
			elements = append(elements, e.element)
		}
		info.Files = append(info.Files, b.template.File)
		info.Outside = append(info.Outside, b.outside...)
		info.Unresolved += b.unresolved
		info.NotSeen = b.notSeen(info.NotSeen)
		out.diagnostics = append(out.diagnostics, notesOf[i].sorted()...)
	}
	info.Name = cmp.Or(o.StackName, files[0].stack)
	d, err := model.New(info, dedupe(elements)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", files[0].name, err)
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

// sharedIDs reports whether two templates use one logical id, so that ids need the stack's name.
func sharedIDs(templates []*template) bool {
	seen := map[string]bool{}
	for _, t := range templates {
		for _, r := range t.Declared {
			if r.Type == "AWS::CDK::Metadata" {
				continue
			}
			if seen[r.ID] {
				return true
			}
			seen[r.ID] = true
		}
	}
	return false
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
