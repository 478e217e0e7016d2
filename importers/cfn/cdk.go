package cfn

import (
	"encoding/json"
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
	Version   string `json:"version"`
	Artifacts map[string]struct {
		Type        string `json:"type"`
		Environment string `json:"environment"` // aws://account/region
		Properties  struct {
			TemplateFile  string `json:"templateFile"`
			StackName     string `json:"stackName"`
			DirectoryName string `json:"directoryName"`
		} `json:"properties"`
	} `json:"artifacts"`

	data []byte
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

// assembly lists the stacks of a cloud assembly and of the assemblies in it, in the order of their names.
// Files has the manifests as well.
func assembly(fsys fs.FS, dir string) ([]stackFile, source.Files, error) {
	var out []stackFile
	files := source.Files{}
	if err := collectStacks(fsys, dir, 0, &out, files); err != nil {
		return nil, nil, err
	}
	if len(out) == 0 {
		return nil, nil, fmt.Errorf("%s: the cloud assembly has no stacks", dir)
	}
	for _, f := range out {
		files[f.name] = f.data
	}
	return out, files, nil
}

func collectStacks(fsys fs.FS, dir string, depth int, out *[]stackFile, files source.Files) error {
	m, err := readManifest(fsys, dir)
	if err != nil {
		return err
	}
	files[path.Join(dir, "manifest.json")] = m.data
	var ids []string
	for id := range m.Artifacts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		a := m.Artifacts[id]
		switch {
		case a.Type == "aws:cloudformation:stack" && a.Properties.TemplateFile != "":
			name := path.Join(dir, a.Properties.TemplateFile)
			info, err := fs.Stat(fsys, name)
			if err != nil {
				return err
			}
			if info.Size() > MaxTemplate {
				return fmt.Errorf("%s: more than the %d MB that are read", name, MaxTemplate>>20)
			}
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return err
			}
			stack := a.Properties.StackName
			if stack == "" {
				stack = id
			}
			f := stackFile{name: name, data: data, stack: stack}
			f.account, f.region = environmentOf(a.Environment)
			*out = append(*out, f)
		case a.Type == "cdk:cloud-assembly" && a.Properties.DirectoryName != "" && depth < 5:
			if err := collectStacks(fsys, path.Join(dir, a.Properties.DirectoryName), depth+1, out, files); err != nil {
				return err
			}
		}
	}
	return nil
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
