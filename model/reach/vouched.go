package reach

import "slices"

// vouched are actions that policies of the service's own have to let pass as well. These are none of IAM's and are not read, so
// that with a permission of IAM alone the action is only perhaps allowed. The note says what else it takes.
//
// For OpenSearch Serverless see its developer guide, "Data access control": a principal needs aoss:APIAccessAll in IAM and a data
// access policy that names it.
var vouched = map[string]string{"aoss:apiaccessall": "if the collection's data access policy lets it"}

// vouch leaves of a finding as perhaps what policies of the service's own decide as well.
func (an *Analysis) vouch(f *finding) {
	for _, xs := range [...][]allowance{f.whole, f.parts} {
		for k := range xs {
			if x := &xs[k]; x.must.meets(an.world.forms[x.form].menu.vouched) {
				x.must = slices.Clone(x.must)
				x.must.take(an.world.forms[x.form].menu.vouched)
			}
		}
	}
}
