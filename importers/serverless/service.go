package serverless

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// A service is one serverless.yml under reading, with the files that it includes.
type service struct {
	fsys    fs.FS
	file    string // its main file
	dir     string // the folder that files are named from
	options importers.Options
	account string

	root     *yamlpos.Node
	files    source.Files // all that was read
	order    []string     // their names, the main one first
	parsed   map[string]*yamlpos.Node
	resolver *resolver
	notes    []source.Diagnostic
	told     map[noteKey]bool

	pseudo   *strings.Replacer // #{AWS::Region} and the like, nil without the plugin that replaces them
	params   *yamlpos.Node     // of compose
	composed bool

	staged  string
	staging bool
	placed  string
	placing bool
}

type noteKey struct {
	at      source.Span
	summary string
}

// The bounds of what is read.
const (
	maxFile  = 20 << 20 // bytes of one file, as of a template
	maxBytes = 40 << 20 // of all files of a service
	maxFiles = 500
)

func (s *service) note(severity source.Severity, at source.Span, summary, detail string) {
	k := noteKey{at, summary}
	if s.told[k] {
		return
	}
	s.told[k] = true
	s.notes = append(s.notes, source.Diagnostic{Severity: severity, Span: at, Summary: summary, Detail: detail})
}

// open reads and parses the main file of a service.
func open(fsys fs.FS, name string, o importers.Options) (*service, error) {
	s := &service{
		fsys: fsys, file: name, dir: path.Dir(name), options: o, account: o.Account,
		files: source.Files{}, parsed: map[string]*yamlpos.Node{}, told: map[noteKey]bool{},
	}
	if s.account == "" {
		s.account = "123456789012"
	}
	s.resolver = newResolver(s)
	root, err := s.parse(name)
	if err != nil {
		return nil, err
	}
	if root = root.Resolve(); root == nil || root.Kind != yamlpos.Mapping {
		return nil, fmt.Errorf("%s:1:1: not a service: its top level is not a mapping with service and provider", name)
	}
	s.root = root
	return s, nil
}

// parse reads a YAML or JSON file.
func (s *service) parse(name string) (*yamlpos.Node, error) {
	data, err := s.read(name)
	if err != nil {
		return nil, err
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return nil, fmt.Errorf("%s: the file is empty", name)
	}
	root, notes, err := yamlpos.Parse(name, data)
	if err != nil {
		return nil, err
	}
	s.notes = append(s.notes, notes...)
	s.parsed[name] = root
	return root, nil
}

// read reads a file of the folder, within bounds.
func (s *service) read(name string) ([]byte, error) {
	if data, ok := s.files[name]; ok {
		return data, nil
	}
	info, err := fs.Stat(s.fsys, name)
	if err != nil {
		return nil, err
	}
	total := info.Size()
	for _, f := range s.files {
		total += int64(len(f))
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: it is no file", name)
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s: %d MB is more than the %d MB that are read", name, info.Size()>>20, maxFile>>20)
	case total > maxBytes || len(s.files) >= maxFiles:
		return nil, fmt.Errorf("%s: the service includes more files than are read (%d, or %d MB)", name, maxFiles, maxBytes>>20)
	}
	data, err := fs.ReadFile(s.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s.files[name] = data
	s.order = append(s.order, name)
	return data, nil
}

// include is another file of the folder; nil where there is none of that name. The framework takes names from the
// service's folder, whatever file says them.
func (s *service) include(name string) (*yamlpos.Node, error) {
	if name == "" || path.IsAbs(name) || strings.HasPrefix(name, "~") || strings.Contains(name, "\\") {
		return nil, fmt.Errorf("%q is outside of the folder that was opened, so it is not read", name)
	}
	full := path.Join(s.dir, name)
	if !fs.ValidPath(full) {
		return nil, fmt.Errorf("%q is outside of the folder that was opened, so it is not read", name)
	}
	if n := s.parsed[full]; n != nil {
		return n, nil
	}
	switch strings.ToLower(path.Ext(full)) {
	case ".yml", ".yaml", ".json":
		n, err := s.parse(full)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return n, err
	}
	data, err := s.read(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n := str(string(data), source.Span{File: full, End: len(data), Line: 1})
	s.resolver.done[n] = true // no variables in it
	s.parsed[full] = n
	return n, nil
}

// stage is the stage that the service is read for: the one given, the provider's, else dev. Where the provider's
// depends on the option itself, it is what the option is without being given: dev.
func (s *service) stage() string {
	for _, name := range []string{"opt:stage", "stage"} {
		if v := s.options.Params[name]; v != "" {
			return v
		}
	}
	if s.staged != "" {
		return s.staged
	}
	if s.staging {
		return "dev"
	}
	s.staging = true
	defer func() { s.staging = false }()
	v := words(s.resolver.self(s.root, "provider.stage"))
	if v == "" || strings.Contains(v, "${") {
		v = "dev"
	}
	s.staged = v
	return v
}

// region is the region that the service is read for.
func (s *service) region() string {
	if s.options.Region != "" {
		return s.options.Region
	}
	if s.placed != "" {
		return s.placed
	}
	if s.placing {
		return "us-east-1"
	}
	s.placing = true
	defer func() { s.placing = false }()
	v := words(s.resolver.self(s.root, "provider.region"))
	if v == "" || strings.Contains(v, "${") {
		v = "us-east-1"
	}
	s.placed = v
	return v
}

// name is the service's name.
func (s *service) name() string {
	n := s.resolver.self(s.root, "service")
	if isMapping(n) {
		n = s.resolver.settle(n.Get("name"))
	}
	return words(n)
}
