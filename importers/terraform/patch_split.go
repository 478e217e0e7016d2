package terraform

import (
	"errors"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"bulkhead/model"
)

// A textList is a list of texts that is written out.
type textList struct {
	file       string
	start, end int
	spans      [][2]int
	texts      []string
}

// listOf reads a list that is written out in its place.
func (p *patch) listOf(b bound) (*textList, error) {
	t, ok := b.expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil, errors.New("it is no list that is written out")
	}
	r := t.Range()
	out := &textList{file: r.Filename, start: r.Start.Byte, end: r.End.Byte}
	for _, e := range t.Exprs {
		v, err := b.scope.quietly(e)
		if err != nil {
			return nil, err
		}
		out.spans = append(out.spans, [2]int{e.Range().Start.Byte, e.Range().End.Byte})
		out.texts = append(out.texts, words(v))
	}
	return out, nil
}

func (p *patch) splits(changes []model.Change) error {
	_ = slices.Sorted[string]
	return nil
}
