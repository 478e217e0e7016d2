package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"bulkhead/model/source"
)

// A manifest is what a cloud assembly says of its parts; only what is used.
// https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies
type manifest struct {
	Version   string              `json:"version"`
	Artifacts map[string]artifact `json:"artifacts"`

	data []byte
}

// An artifact is a part of a cloud assembly.
type artifact struct {
	Type        string `json:"type"`
	Environment string `json:"environment"` // aws://account/region
	DisplayName string `json:"displayName"` // path of the stack's construct
	Properties  struct {
		TemplateFile  string `json:"templateFile"`
		StackName     string `json:"stackName"`
		DirectoryName string `json:"directoryName"`
		File          string `json:"file"` // of an asset manifest, or of the tree
	} `json:"properties"`
	Metadata constructMetadata `json:"metadata"`
	More     string            `json:"additionalMetadataFile"` // more of the same, in newer versions
}

func readManifest(fsys fs.FS, dir string) (*manifest, error) {
	data, err := fs.ReadFile(fsys, path.Join(dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	m := manifest{data: data}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", path.Join(dir, "manifest.json"), err)
	}
	return &m, nil
}

// isAssembly reports whether a folder is a cloud assembly with a stack in it.
func isAssembly(fsys fs.FS, dir string) bool {
	m, err := readManifest(fsys, dir)
	if err != nil {
		return false
	}
	for _, a := range m.Artifacts {
		if a.Type == "aws:cloudformation:stack" || a.Type == "cdk:cloud-assembly" {
			return true
		}
	}
	return false
}

// An assemblyReader lists the stacks of a cloud assembly and of the assemblies in it (stages).
type assemblyReader struct {
	fsys   fs.FS
	stacks []stackFile
	files  source.Files // all that was read and belongs to the source
	tree   *constructs  // of the whole app
	notes  []source.Diagnostic
}

// assembly reads a cloud assembly: its stacks in the order of their names, the files of its stacks and manifests, and what of it
// could not be read. It is an error if it has no stack that can be.
func assembly(fsys fs.FS, dir string) (*assemblyReader, error) {
	r := &assemblyReader{fsys: fsys, files: source.Files{}}
	if err := r.read(dir, 0); err != nil {
		return nil, err
	}
	if len(r.stacks) == 0 && len(r.notes) > 0 {
		return nil, fmt.Errorf("%s: the cloud assembly has no stack that can be read: %s: %s", dir, r.notes[0].Summary, r.notes[0].Detail)
	}
	if len(r.stacks) == 0 {
		return nil, fmt.Errorf("%s: the cloud assembly has no stacks", dir)
	}
	for _, f := range r.stacks {
		r.files[f.name] = f.data
	}
	return r, nil
}

// lacks tells of a part of the assembly that cannot be read.
func (r *assemblyReader) lacks(dir, what, name string, err error) {
	detail := "What is in it is missing."
	if full := path.Join(dir, name); !fs.ValidPath(full) || path.IsAbs(name) {
		detail = name + " leads out of the folder that was opened. " + detail
	} else if errors.Is(err, fs.ErrNotExist) {
		detail = name + " is not there. " + detail
	}
	r.notes = append(r.notes, source.Diagnostic{Severity: source.Error, Span: source.Span{File: path.Join(dir, "manifest.json"), Line: 1, Column: 1}, Summary: what + " could not be read", Detail: detail})
}

func (r *assemblyReader) read(dir string, depth int) error {
	m, err := readManifest(r.fsys, dir)
	if err != nil {
		return err
	}
	r.files[path.Join(dir, "manifest.json")] = m.data
	if r.tree == nil {
		r.tree = newConstructs(r.beside(dir, "tree.json"))
	}
	var ids []string
	for id := range m.Artifacts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	assets := map[string]string{}
	for _, id := range ids {
		if a := m.Artifacts[id]; a.Type == "cdk:asset-manifest" && a.Properties.File != "" {
			readAssets(r.beside(dir, a.Properties.File), assets)
		}
	}
	for _, id := range ids {
		a := m.Artifacts[id]
		switch {
		case a.Type == "aws:cloudformation:stack" && a.Properties.TemplateFile != "":
			f, err := r.stack(dir, id, a)
			if err != nil {
				r.lacks(dir, "stack "+id, a.Properties.TemplateFile, err)
				continue
			}
			f.assets = assets
			r.stacks = append(r.stacks, f)
		case a.Type == "cdk:cloud-assembly" && a.Properties.DirectoryName != "" && depth < 5:
			within := path.Join(dir, a.Properties.DirectoryName)
			if r.files[path.Join(within, "manifest.json")] != nil {
				r.notes = append(r.notes, source.Diagnostic{Severity: source.Error, Span: source.Span{File: path.Join(dir, "manifest.json"), Line: 1, Column: 1},
					Summary: "assembly " + id + " is there already", Detail: "It was not read again."})
				continue
			}
			if err := r.read(within, depth+1); err != nil {
				r.lacks(dir, "assembly "+id, a.Properties.DirectoryName, err)
			}
		}
	}
	return nil
}

func (r *assemblyReader) stack(dir, id string, a artifact) (stackFile, error) {
	f := stackFile{name: path.Join(dir, a.Properties.TemplateFile), stack: a.Properties.StackName}
	info, err := fs.Stat(r.fsys, f.name)
	if err != nil {
		return f, err
	}
	if info.Size() > MaxTemplate {
		return f, fmt.Errorf("%s: more than the %d MB that are read", f.name, MaxTemplate>>20)
	}
	if f.data, err = fs.ReadFile(r.fsys, f.name); err != nil {
		return f, err
	}
	if f.stack == "" {
		f.stack = id
	}
	f.account, f.region = environmentOf(a.Environment)
	f.constructs = a.Metadata.paths()
	if a.More != "" {
		var more constructMetadata
		if json.Unmarshal(r.beside(dir, a.More), &more) == nil {
			for id, p := range more.paths() {
				f.constructs[id] = p
			}
		}
	}
	if len(f.constructs) == 0 {
		prefix := a.DisplayName
		if prefix == "" {
			prefix = id
		}
		f.constructs = r.tree.of(prefix)
	}
	return f, nil
}

// beside is the content of a file of the assembly that may be missing. It is kept with the source, so that the source
// reads the same again.
func (r *assemblyReader) beside(dir, name string) []byte {
	name = path.Join(dir, name)
	info, err := fs.Stat(r.fsys, name)
	if err != nil || info.Size() > MaxTemplate {
		return nil
	}
	data, err := fs.ReadFile(r.fsys, name)
	if err != nil {
		return nil
	}
	r.files[name] = data
	return data
}

// readAssets adds the files of an asset manifest: the hash by which templates name each → its path in the assembly.
func readAssets(data []byte, out map[string]string) {
	var m struct {
		Files map[string]struct {
			Source struct {
				Path string `json:"path"`
			} `json:"source"`
		} `json:"files"`
	}
	if json.Unmarshal(data, &m) != nil {
		return
	}
	for hash, f := range m.Files {
		out[hash] = f.Source.Path
	}
}

// environmentOf is the account and region that a stack is deployed to; "" for what CDK does not know at synthesis.
func environmentOf(text string) (account, region string) {
	account, region, _ = strings.Cut(strings.TrimPrefix(text, "aws://"), "/")
	if strings.Contains(account, "unknown") || strings.Contains(account, "$") {
		account = ""
	}
	if strings.Contains(region, "unknown") || strings.Contains(region, "$") {
		region = ""
	}
	return account, region
}

// asset is the path within the assembly of what a value names by its hash, such as the key of an object in the bucket
// of assets; "" if none. Hashes are 64 hexadecimal digits.
func (s *scope) asset(text string) string {
	if len(s.assets) == 0 {
		return ""
	}
	for i := 0; i+64 <= len(text); i++ {
		if name := s.assets[text[i:i+64]]; name != "" && !path.IsAbs(name) {
			return name
		}
	}
	return ""
}
