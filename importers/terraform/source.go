package terraform

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// The kinds of source.
const (
	kindFolder = "terraform"
	kindPlan   = "terraform-plan"
	kindState  = "terraform-state"
)

// maxJSON is the largest plan or state that is read, in bytes.
const maxJSON = 256 << 20

// A Source reads one kind of Terraform input.
type Source struct{ kind string }

// Sources lists the sources of this package: plans, states and folders of configuration. Each detects its own kind only.
func Sources() []importers.Source {
	return []importers.Source{Source{kindPlan}, Source{kindState}, Source{kindFolder}}
}

// Name is "terraform", "terraform-plan" or "terraform-state".
func (s Source) Name() string { return s.kind }

// Detect reports whether name in fsys is of the source's kind: a folder with a configuration, the JSON of a plan or a state
// as "terraform show -json" prints it, or a state file.
func (s Source) Detect(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return false
	case info.IsDir() || s.kind == kindFolder:
		return info.IsDir() && s.kind == kindFolder && isFolder(fsys, name)
	case info.Size() > maxJSON:
		return false
	}
	f, err := fsys.Open(name)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // only read
	head, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return false
	}
	return kindOfJSON(head, func() []byte {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil
		}
		return data
	}) == s.kind
}

var versionKey = regexp.MustCompile(`"(format_version|terraform_version|lineage)"\s*:`)

// kindOfJSON tells plans and states from other JSON by their keys: head is the beginning of the file, all reads it whole.
func kindOfJSON(head []byte, all func() []byte) string {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) == 0 || head[0] != '{' || !versionKey.Match(head) {
		return ""
	}
	data := all()
	has := func(key string) bool { return bytes.Contains(data, []byte(`"`+key+`"`)) }
	switch {
	case has("format_version") && (has("planned_values") || has("resource_changes")):
		return kindPlan
	case has("format_version") && has("values"), has("terraform_version") && (has("lineage") || has("resources") || has("modules")):
		return kindState
	case has("format_version") && has("terraform_version"):
		return kindState // an empty one
	}
	return ""
}

// Import reads a folder, plan or state.
func (s Source) Import(ctx context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	if s.kind == kindFolder {
		return s.folder(ctx, fsys, name, o)
	}
	return s.json(ctx, fsys, name, o)
}

func (s Source) folder(ctx context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	c, err := readFolder(ctx, fsys, name, o)
	if err != nil {
		return nil, err
	}
	info := s.info(c.owner, slices.Sorted(maps.Keys(c.files)))
	info.Unresolved = c.unresolved
	d, found, err := build(c.objects, info, c.dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &importers.Import{Source: s, Path: name, Options: o, Design: d, Files: c.files, Diagnostics: append(c.diagnostics, found...), Region: c.evaluator.named}, nil
}

// info says what a design is of that an owner's default provider makes.
func (s Source) info(o owner, files []string) model.Info {
	return model.Info{Name: o.stack, Kind: s.kind, Files: files, Partition: o.partition, Account: o.account, Region: o.region}
}

func (s Source) json(ctx context.Context, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if info.Size() > maxJSON {
		return nil, fmt.Errorf("%s: %d MB is more than the %d MB that are read", name, info.Size()>>20, maxJSON>>20)
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	root, diagnostics, err := yamlpos.Parse(name, data)
	if err != nil {
		return nil, err
	}
	in := reading{name: name, data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), root: root, options: o}
	in.list = diagnostics
	in.owner = owner{
		account: cmp.Or(o.Account, usualAccount), region: cmp.Or(o.Region, usualRegion), partition: cmp.Or(o.Partition, usualPartition),
		stack: cmp.Or(o.StackName, stackName(name)),
	}
	if s.kind == kindPlan {
		err = in.plan()
	} else {
		err = in.state()
	}
	if err != nil {
		return nil, err
	}
	of := s.info(in.owner, []string{name})
	of.Unresolved = in.unresolved
	d, found, err := build(in.objects, of, path.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &importers.Import{Source: s, Path: name, Options: o, Design: d, Files: source.Files{name: data}, Diagnostics: append(in.list, found...)}, nil
}

// stackName is what a file is called without its endings.
func stackName(file string) string {
	name, _, _ := strings.Cut(path.Base(file), ".")
	return name
}
