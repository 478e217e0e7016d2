package terraform

import (
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// elsewhere is what events come from that the configuration does not make: a resource that is named only, so that who may
// write to it is seen to feed what it starts. Of a name, or a value that is not known, the kind of event tells what it is of.
// It is "" where that does not tell.
func (b *builder) elsewhere(text, event string, x *object, at source.Span) model.ID {
	arn, cfnType := catalog.SourceOf(text, event, x.partition, x.region, x.account)
	if cfnType == "" {
		return ""
	}
	if id := b.foreign[arn]; id != "" {
		return id
	}
	r := model.Elsewhere(arn, cfnType, b.info.Name, x.account, at)
	b.foreign[arn] = r.ID
	b.add(r)
	return r.ID
}
