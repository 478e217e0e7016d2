package cfn

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// known are the transforms whose results are read, or that change nothing that a design shows.
var knownTransforms = []string{"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::Include", "AWS::CodeDeployBlueGreen", "AWS::SecretsManager-2020-07-23",
	"AWS::SecretsManager-2024-09-16", "AWS::ServiceCatalog"}

// maxIncludes bounds the files that are included into one template.
const maxIncludes = 50

// transforms looks at the template's macros: what AWS::Include brings is read where it is a local file, and all others are
// told.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-section-structure.html
func (s *scope) transforms() {
	n := s.template.Root.Get("Transform").Resolve()
	if n == nil {
		return
	}
	list := []*yamlpos.Node{n}
	if n.Kind == yamlpos.Sequence {
		list = n.Items()
	}
	for _, i := range list {
		i = i.Resolve()
		if i == nil {
			continue
		}
		name := i.Value
		if i.Kind == yamlpos.Mapping {
			name = plainText(i.Get("Name"))
		}
		switch {
		case name == "AWS::Include" && i.Kind == yamlpos.Mapping:
			if body := s.include(i, i); body != nil && body.Kind == yamlpos.Mapping {
				s.template.merge(body, s.notes)
			}
		case !slices.Contains(knownTransforms, name):
			s.notes.add(source.Warning, i.Span(), "the macro "+name+" rewrites the template when it is deployed", "What it makes is not known; the template was read as it is written.")
		}
	}
}

// include is what AWS::Include brings from a local file; nil where it is elsewhere, which is told.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
func (s *scope) include(arg, n *yamlpos.Node) *yamlpos.Node {
	name := plainText(arg.Get("Name"))
	if name != "AWS::Include" {
		s.notes.add(source.Warning, n.Span(), "the macro "+name+" makes what stands here when the stack is deployed", "It is not known.")
		return nil
	}
	at := plainText(arg.Get("Parameters").Get("Location"))
	if at == "" || strings.Contains(at, "://") || path.IsAbs(at) || s.group == nil {
		s.notes.add(source.Warning, n.Span(), "AWS::Include brings what stands in another file", "It is not beside the template, so what it brings is missing from the design.")
		return nil
	}
	file := path.Join(path.Dir(s.template.File), at)
	if body, ok := s.included[file]; ok {
		return body
	}
	if s.included == nil {
		s.included = map[string]*yamlpos.Node{}
	}
	s.included[file] = nil // also while it is read: a file that includes itself brings nothing
	body, err := s.readInclude(file)
	if err != nil {
		s.notes.add(source.Warning, n.Span(), at+" cannot be included", err.Error())
		return nil
	}
	s.included[file] = body
	return body
}

func (s *scope) readInclude(file string) (*yamlpos.Node, error) {
	if !fs.ValidPath(file) {
		return nil, fmt.Errorf("%s is outside of the folder", file)
	}
	if len(s.included) > maxIncludes {
		return nil, fmt.Errorf("there are more than %d files to include", maxIncludes)
	}
	f, err := s.group.load(file)
	if err != nil {
		return nil, err
	}
	root, _, err := yamlpos.Parse(file, f.data)
	if err != nil {
		return nil, err
	}
	s.group.files[file] = f.data
	s.template.included = append(s.template.included, file)
	return root.Resolve(), nil
}

// merge adds the sections of an included file to the template's own.
func (t *template) merge(body *yamlpos.Node, notes *notes) {
	for _, sec := range []struct {
		name string
		at   **yamlpos.Node
	}{{"Parameters", &t.Parameters}, {"Mappings", &t.Mappings}, {"Conditions", &t.Conditions}, {"Outputs", &t.Outputs}} {
		if n := section(body, sec.name, notes); n != nil {
			*sec.at = merged(n, *sec.at)
		}
	}
	if n := section(body, "Resources", notes); n != nil {
		for _, p := range lastOfEach(n.Pairs()) {
			if t.byID[p.Key.Value] == nil && !strings.HasPrefix(p.Key.Value, "Fn::") {
				t.declare(p.Key, p.Value, notes)
			}
		}
	}
}

// splice is a mapping with what an AWS::Include among its entries brings; any other value as it is.
func (s *scope) splice(n *yamlpos.Node) *yamlpos.Node {
	if !s.template.includes || n == nil || n.Kind != yamlpos.Mapping || len(n.Pairs()) < 2 {
		return n
	}
	if done, ok := s.spliced[n]; ok {
		return done
	}
	call := n.Get("Fn::Transform").Resolve()
	if call == nil {
		return n
	}
	if s.spliced == nil {
		s.spliced = map[*yamlpos.Node]*yamlpos.Node{}
	}
	s.spliced[n] = n
	out := n
	if body := s.include(call, call); body != nil && body.Kind == yamlpos.Mapping {
		out = merged(body, without(n, "Fn::Transform"))
	}
	s.spliced[n] = out
	return out
}
