package cfn

import (
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
	r := model.Elsewhere(arn, cfnType, b.stack, b.account, n.Span())
	b.foreign[arn] = r.ID
	b.add(r)
	return r.ID
}
