package cfn

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/source"
)

// uses lists, of each template that several stacks have, which they are.
func (r *reading) uses() map[string][]string {
	out := map[string][]string{}
	for _, b := range r.builders {
		out[b.template.File] = append(out[b.template.File], b.stack)
	}
	for file, stacks := range out {
		if len(stacks) < 2 {
			delete(out, file)
		}
	}
	return out
}

// rewriteShared writes a change of templates that several stacks have: as if it were one of each stack alone, which has to come to the
// same text for all of them.
func (s Source) rewriteShared(in *importers.Import, after *model.Design, uses map[string][]string) ([]source.Edit, error) {
	runs := 0
	for _, stacks := range uses {
		runs = max(runs, len(stacks))
	}
	byFile := map[string][][]source.Edit{}
	for k := range runs {
		chosen := map[string]string{}
		others := map[string]bool{}
		for file, stacks := range uses {
			at := min(k, len(stacks)-1)
			chosen[file] = stacks[at]
			for i, stack := range stacks {
				others[stack] = others[stack] || i != at
			}
		}
		p, err := newPatchOf(in, after, chosen)
		if err == nil {
			err = p.leave(others)
		}
		if err != nil {
			return nil, err
		}
		edits, err := p.edits()
		if err != nil {
			return nil, err
		}
		files := map[string][]source.Edit{}
		for _, e := range edits {
			files[e.Span.File] = append(files[e.Span.File], e)
		}
		for _, sh := range p.sheets {
			byFile[sh.Page.File] = append(byFile[sh.Page.File], files[sh.Page.File])
		}
	}
	var out []source.Edit
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		list := byFile[file]
		if stacks := uses[file]; stacks != nil {
			for _, edits := range list[1:] {
				if !slices.Equal(edits, list[0]) {
					return nil, fmt.Errorf("%s: %s is the template of the stacks %s, and what changes here is not the same for all of them: change them alike, or give each a template of its own",
						firstApart(edits, list[0]), file, strings.Join(stacks, " and "))
				}
			}
			out = append(out, list[0]...)
			continue
		}
		for _, edits := range list { // each stack's share of what stands beside
			for _, e := range edits {
				if !slices.Contains(out, e) {
					out = append(out, e)
				}
			}
		}
	}
	return out, nil
}

// firstApart is the place of the first edit that only one of two lists has.
func firstApart(a, b []source.Edit) source.Span {
	for i, e := range a {
		if i >= len(b) || e != b[i] {
			return e.Span
		}
	}
	return b[len(a)].Span
}

// newPatchOf is newPatch for one of the stacks of each template that several have, by file.
func newPatchOf(in *importers.Import, after *model.Design, chosen map[string]string) (*patch, error) {
	r, err := readAgain(context.Background(), in)
	if err != nil {
		return nil, err
	}
	return r.patch(in, after, chosen), nil
}

// leave leaves the elements of some stacks out of the patch: what stands in one place is otherwise taken for the parts of one.
func (p *patch) leave(stacks map[string]bool) error {
	without := func(d *model.Design) (*model.Design, error) {
		var changes []model.Change
		for _, e := range d.Elements() {
			if stacks[model.StackOf(e)] {
				changes = append(changes, model.Change{Before: e})
			}
		}
		return d.With(changes...)
	}
	var err error
	if p.before, err = without(p.before); err != nil {
		return err
	}
	if p.after, err = without(p.after); err != nil {
		return err
	}
	p.then, p.now = indexOf(p.before), indexOf(p.after)
	return nil
}
