package policy

import (
	"sync"

	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// ofAWS remembers AWS's own documents by ARN: they never change, and their pointers are cache keys.
var ofAWS sync.Map

// OfAWS is the document of an AWS managed policy, without places: it stands in no file of the user's. It is the same
// pointer each time; nil where the catalogue's text is no policy.
func OfAWS(m *catalog.ManagedPolicy) *Document {
	if d, ok := ofAWS.Load(m.ARN); ok {
		return d.(*Document)
	}
	d, err := Parse(m.Document)
	if err != nil {
		return nil
	}
	d.Span = source.Span{}
	for _, s := range d.Statements {
		s.Span = source.Span{}
	}
	kept, _ := ofAWS.LoadOrStore(m.ARN, d)
	return kept.(*Document)
}
