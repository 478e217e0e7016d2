package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
)

// elsewhere is what events come from that no template at hand makes: a resource that is named only, so that who may write to
// it is seen to feed what it starts. Of a name, or a value that is not known, the kind of event tells what it is of. It is ""
// where that does not tell.
func (b *builder) elsewhere(n *yamlpos.Node, event string) model.ID {
	b.notes.quiet++
	text := b.words(n)
	b.notes.quiet--
	arn, cfnType := catalog.SourceOf(text, event, b.partition, b.region, b.account)
	if cfnType == "" {
		return ""
	}
	if id := b.foreign[arn]; id != "" {
		return id
	}
	p := strings.SplitN(arn, ":", 6)
	name := p[5][strings.LastIndexAny(p[5], "/:")+1:]
	if p[2] == "logs" {
		name = strings.TrimPrefix(p[5], "log-group:")
	}
	r := &model.Resource{ID: model.MakeID("res", arn), LogicalID: name, Name: name, ARN: arn, Type: cfnType, Stack: b.stack, External: true,
		PolicyUnseen: p[4] != "" && p[4] != b.account, Origin: n.Span()}
	b.foreign[arn] = r.ID
	b.add(r)
	return r.ID
}
