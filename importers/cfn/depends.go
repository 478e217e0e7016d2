package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// dependencies tells of resources that wait for something that is not there: CloudFormation refuses the template, and
// a patch that removed what others wait for must not pass in silence.
func (b *builder) dependencies() {
	for _, r := range b.resources {
		if r.Made || r.Value == nil {
			continue
		}
		n := r.Value.Get("DependsOn").Resolve()
		if n == nil {
			continue
		}
		names := n.Items()
		if n.Kind == yamlpos.Scalar {
			names = []*yamlpos.Node{n}
		}
		for _, name := range names {
			name = name.Resolve()
			if name == nil || name.Kind != yamlpos.Scalar || name.Null || b.resource(name.Value) != nil || b.madeLater(name.Value) {
				continue
			}
			b.note(source.Error, name.Span(), "CloudFormation refuses the template.", "%s waits for %s (DependsOn), which is not in the template", r.ID, name.Value)
		}
	}
}

// madeLater reports whether a name may be of what SAM's transform makes of a resource beyond what is read here, such as
// an API's stages.
func (b *builder) madeLater(name string) bool {
	for _, r := range b.resources {
		if !r.Made && strings.HasPrefix(r.Written, "AWS::Serverless::") && strings.HasPrefix(name, r.ID) {
			return true
		}
	}
	return b.template.isSAM() && strings.HasPrefix(name, "Serverless")
}
