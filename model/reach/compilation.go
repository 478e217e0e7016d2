package reach

import (
	"maps"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Compilations are what documents are compiled to, by the document's pointer. Those of an edited design share what an earlier one's
// have, and say themselves what differs.
type compilations struct {
	shared map[*policy.Document]*answers // never written
	own    map[*policy.Document]*answers
}

func newCompilations(n int) compilations {
	return compilations{own: make(map[*policy.Document]*answers, n)}
}

// of is a document compiled, nil where it is not.
func (c *compilations) of(doc *policy.Document) *answers {
	if a, ok := c.own[doc]; ok {
		return a
	}
	return c.shared[doc]
}

// put notes a document compiled.
func (c *compilations) put(doc *policy.Document, a *answers) { c.own[doc] = a }

// settled are the same, to be shared from then on.
func (c *compilations) settled() compilations {
	if len(c.shared) > 0 {
		return *c
	}
	return compilations{shared: c.own, own: map[*policy.Document]*answers{}}
}

// next are the same, to go on from, less what nobody in a design says any more, once that may be much. c is not written from then on.
func (c *compilations) next(d *model.Design) compilations {
	const mostOwn = 64
	if len(c.own) <= mostOwn {
		return compilations{shared: c.shared, own: maps.Clone(c.own)}
	}
	said := c.in(d)
	return said.settled()
}

// in are those of a design's documents, for another design to use.
func (c *compilations) in(d *model.Design) compilations {
	out := newCompilations(len(c.shared) + len(c.own))
	put := func(doc *policy.Document) {
		if a := c.of(doc); a != nil && doc != nil {
			out.put(doc, a)
		}
	}
	for e := range d.All() {
		put(model.DocumentOf(e))
	}
	for doc := range guardrailDocuments(d) {
		put(doc)
	}
	return out
}
