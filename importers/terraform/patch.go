package terraform

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// Patch returns the edits that make the configuration say what after says, in its own formatting: where "terraform fmt"
// finds nothing to change in a file, it finds nothing afterwards. What cannot be expressed, or is written where others
// use it too, is an error that names the place.
//
//	Diff(before, after) → statements, policies, functions → edits → terraform fmt → edits by lines
//
// The way from an element to its text: the configuration is read again, the place of a statement leads to how it is
// written, and the logical id of an element to its block.
func (s Source) Patch(in *importers.Import, after *model.Design) ([]source.Edit, error) {
	if s.kind != kindFolder {
		return nil, fmt.Errorf("%s: a plan or a state is not edited: open the folder of its configuration", in.Path)
	}
	p, err := newPatch(in, after)
	if err != nil {
		return nil, err
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	return p.formatted()
}

// A patch is the writing of one changed design.
type patch struct {
	*configuration
	in            *importers.Import
	before, after *model.Design
	edits         []source.Edit
	refused       error // why a block cannot be taken out; nil while all can
	done          map[model.ID]bool
	taken         map[string]bool // addresses within modules that are given to new blocks
	clean         map[string]bool // files in which terraform fmt finds nothing to change
	gone          map[string]bool // addresses of blocks that are taken out
	named         map[*module][]nameRef
	led           map[model.ID]map[string]string // new role → what stands in the place of the old one's attachments and policies
	away          map[string]int                 // how many blocks named a resource, and name a copy now
	rename        map[string]string              // address of what goes → what takes its place, within the module
}

// newPatch reads the configuration again.
func newPatch(in *importers.Import, after *model.Design) (*patch, error) {
	c, err := readFolder(context.Background(), importers.Memory(in.Files, nil), in.Path, in.Options)
	if err != nil {
		return nil, err
	}
	before, _, err := build(c.objects, in.Design.Info(), c.dir) // it asks where everything is written
	if err != nil {
		return nil, err
	}
	p := &patch{configuration: c, in: in, before: before, after: after, done: map[model.ID]bool{}, taken: map[string]bool{}, clean: map[string]bool{}, gone: map[string]bool{}, named: map[*module][]nameRef{}, away: map[string]int{}}
	for name, data := range in.Files {
		if isNative(name) {
			p.clean[name] = bytes.Equal(hclwrite.Format(data), data)
		}
	}
	return p, nil
}

func (p *patch) run() error {
	changes := p.before.Diff(p.after)
	for _, step := range []func([]model.Change) error{p.splits, p.policies, p.resourcePolicies, p.roles, p.dangling, p.rest} {
		if err := step(changes); err != nil {
			return err
		}
		if p.refused != nil {
			return p.refused
		}
	}
	if len(p.edits) == 0 && slices.ContainsFunc(changes, func(c model.Change) bool { return !c.IsMark() }) {
		return fmt.Errorf("%s: nothing in the configuration says what changed", p.in.Path)
	}
	return nil
}

// put replaces a place of a file.
func (p *patch) put(file string, start, end int, text string) {
	p.edits = append(p.edits, source.Edit{Span: spanIn(file, p.in.Files[file], start, end), New: text})
}

// formatted are the edits with what terraform fmt makes of them, by lines.
func (p *patch) formatted() ([]source.Edit, error) {
	for i, e := range p.edits {
		if bytes.Contains(p.in.Files[e.Span.File], []byte("\r\n")) { // in the file's own line ends
			p.edits[i].New = strings.ReplaceAll(strings.ReplaceAll(e.New, "\r\n", "\n"), "\n", "\r\n")
		}
	}
	edits := joined(p.edits)
	files, err := p.in.Files.Apply(edits)
	if err != nil {
		return nil, fmt.Errorf("%s: several of the changes are about this place, so they cannot be written together: %w", meeting(edits), err)
	}
	var out []source.Edit
	for _, name := range slices.Sorted(maps.Keys(files)) {
		was, is := p.in.Files[name], files[name]
		if bytes.Equal(was, is) {
			continue
		}
		if p.clean[name] {
			is = hclwrite.Format(is)
		}
		out = append(out, importers.LineEdits(name, was, is)...)
	}
	return out, nil
}

// meeting is the first place that two edits are about; the first edit's place where there is none.
func meeting(edits []source.Edit) source.Span {
	for i, a := range edits {
		for _, b := range edits[:i] {
			if a.Span.File == b.Span.File && a.Span.Start < b.Span.End && b.Span.Start < a.Span.End {
				return a.Span
			}
		}
	}
	return edits[0].Span
}

// joined are edits in which those that take away what others take away too are one, and so are those that say the same.
func joined(edits []source.Edit) []source.Edit {
	var out, cuts []source.Edit
	said := map[source.Edit]bool{}
	for _, e := range edits {
		if e.Span.Start < e.Span.End && e.New != "" {
			if said[e] {
				continue
			}
			said[e] = true
		}
		if e.New == "" && e.Span.Start < e.Span.End {
			cuts = append(cuts, e)
		} else {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(cuts, func(a, b source.Edit) int {
		return cmp.Or(strings.Compare(a.Span.File, b.Span.File), a.Span.Start-b.Span.Start, a.Span.End-b.Span.End)
	})
	kept := len(out)
	for i, e := range cuts {
		if last := len(out) - 1; i > 0 && out[last].Span.File == e.Span.File && e.Span.Start < out[last].Span.End {
			out[last].Span.End = max(out[last].Span.End, e.Span.End)
			continue
		}
		out = append(out, e)
	}
	for i, e := range out[:kept] { // what is put between two that go stands where they stood
		for _, c := range out[kept:] {
			if e.Span.Start == e.Span.End && e.Span.File == c.Span.File && c.Span.Start < e.Span.Start && e.Span.Start < c.Span.End {
				out[i].Span.Start, out[i].Span.End = c.Span.Start, c.Span.Start
			}
		}
	}
	return out
}

// policies writes the documents of policies that stay, and takes out policies that go.
func (p *patch) policies(changes []model.Change) error {
	for _, c := range changes {
		was, ok := c.Before.(*model.Policy)
		if !ok || p.done[was.ID] {
			continue
		}
		if c.After == nil {
			if err := p.removePolicy(was); err != nil {
				return err
			}
			continue
		}
		is, ok := c.After.(*model.Policy)
		if !ok || was.Document == nil || is.Document == nil {
			continue
		}
		n := *is
		n.Document = was.Document
		if !model.Same(was, &n) {
			continue
		}
		if err := p.document(was.Document, is.Document); err != nil {
			return err
		}
		p.done[was.ID] = true
	}
	return nil
}

// resourcePolicies writes the policies of resources and the trust policies of roles.
func (p *patch) resourcePolicies(changes []model.Change) error {
	for _, c := range changes {
		switch was := c.Before.(type) {
		case *model.Resource:
			is, ok := c.After.(*model.Resource)
			if !ok || was.Policy == nil || is.Policy == nil || p.done[was.ID] {
				continue
			}
			n := *is
			n.Policy, n.Weight, n.Crown, n.Marked = was.Policy, was.Weight, was.Crown, was.Marked
			if !model.Same(was, &n) {
				continue
			}
			if err := p.document(was.Policy, is.Policy); err != nil {
				return err
			}
			p.done[was.ID] = true
		case *model.Role:
			is, ok := c.After.(*model.Role)
			if !ok || was.Trust == nil || is.Trust == nil || was.Trust == is.Trust || p.done[was.ID] {
				continue
			}
			if err := p.document(was.Trust, is.Trust); err != nil {
				return err
			}
		}
	}
	return nil
}

// roles accepts what changed of roles that their policies have said: those that go went with their blocks.
func (p *patch) roles(changes []model.Change) error {
	for _, c := range changes {
		was, ok1 := c.Before.(*model.Role)
		is, ok2 := c.After.(*model.Role)
		if ok1 && ok2 {
			n := *is
			n.Policies, n.Trust, n.Pins = was.Policies, was.Trust, was.Pins
			if err := p.attachMore(was, is); err != nil {
				return err
			}
			if model.Same(was, &n) && !slices.ContainsFunc(is.Policies, func(id model.ID) bool { return !slices.Contains(was.Policies, id) && !p.done[id] }) {
				lost := slices.DeleteFunc(slices.Clone(was.Policies), func(id model.ID) bool { return slices.Contains(is.Policies, id) || p.done[id] })
				if err := p.detach(was, lost); err != nil {
					return err
				}
				p.done[was.ID] = true
			}
		}
		if was, ok := c.Before.(*model.Principal); ok {
			if is, ok := c.After.(*model.Principal); ok {
				n := *is
				n.Policies = was.Policies
				if model.Same(was, &n) && !slices.ContainsFunc(is.Policies, func(id model.ID) bool { return !slices.Contains(was.Policies, id) }) {
					p.done[was.ID] = !slices.ContainsFunc(was.Policies, func(id model.ID) bool { return !slices.Contains(is.Policies, id) && !p.done[id] })
				}
			}
		}
	}
	return nil
}

// rest fails for changes that no step has written.
func (p *patch) rest(changes []model.Change) error {
	for _, c := range changes {
		e := c.Before
		if e == nil {
			e = c.After
		}
		if p.done[e.ElementID()] || c.IsMark() || isBeside(c) {
			continue
		}
		switch {
		case c.Before == nil:
			return fmt.Errorf("%s: %s is new, and cannot be written into this configuration", cmp.Or(e.Place().String(), p.in.Path), e.ElementID())
		case c.After == nil:
			return fmt.Errorf("%s: %s is gone, and cannot be taken out of this configuration", whereIs(e), e.ElementID())
		}
		return fmt.Errorf("%s: what changed of %s cannot be written into this configuration (%s)", whereIs(e), e.ElementID(), importers.Difference(c.After, c.Before))
	}
	return nil
}

// isBeside reports whether a policy of AWS comes or goes with who has it.
func isBeside(c model.Change) bool {
	e := c.Before
	if e == nil {
		e = c.After
	}
	q, ok := e.(*model.Policy)
	return ok && q.Origin.IsZero() && q.Managed && (c.Before == nil || c.After == nil)
}

// whereIs is file:line of an element, or its id where it stands nowhere.
func whereIs(e model.Element) string {
	return cmp.Or(e.Place().String(), string(e.ElementID()))
}

// document makes the statements of a written document those of after.
func (p *patch) document(before, after *policy.Document) error {
	if before == after {
		return nil
	}
	if before.Version != after.Version || before.ID != after.ID {
		return fmt.Errorf("%s: the Version of a policy cannot be changed in this configuration", before.Span)
	}
	at := map[source.Span][]int{} // of a statement → its places in after
	for i, st := range after.Statements {
		at[st.Span] = append(at[st.Span], i)
	}
	twice := map[source.Span]bool{}
	for _, st := range before.Statements {
		if twice[st.Span] && !slices.EqualFunc(before.Statements, after.Statements, (*policy.Statement).Equal) {
			if _, err := p.site(st.Span); err != nil {
				return err
			}
			return fmt.Errorf("%s: several statements are made here by one expression: write them out first", st.Span)
		}
		twice[st.Span] = true
	}
	var removed []*policy.Statement
	last := source.Span{}
	kept := map[int]bool{}
	for _, st := range before.Statements {
		list := at[st.Span]
		if len(list) == 0 {
			removed = append(removed, st)
			continue
		}
		i := list[0]
		kept[i] = true
		if !st.Equal(after.Statements[i]) {
			site, err := p.site(st.Span)
			if err != nil {
				return err
			}
			if err := p.statement(site, st, after.Statements[i]); err != nil {
				return err
			}
		}
	}
	for i, st := range after.Statements {
		if kept[i] {
			last = st.Span
			continue
		}
		next := last
		if next.IsZero() && len(before.Statements) > 0 {
			next = before.Statements[0].Span
		}
		if next.IsZero() {
			return errors.New("a statement cannot be added to a policy that has none")
		}
		if err := p.insert(next, last.IsZero(), st); err != nil {
			return err
		}
	}
	if len(removed) == len(before.Statements) && len(after.Statements) > 0 && !slices.Contains(slices.Collect(maps.Values(kept)), true) {
		return fmt.Errorf("%s: a policy whose statements are all replaced cannot be written here", before.Span)
	}
	return p.removeStatements(removed)
}

// site is how the statement at a place is written, if it may be changed there.
func (p *patch) site(at source.Span) (*site, error) {
	s := p.evaluator.sites[at]
	switch {
	case s == nil:
		return nil, fmt.Errorf("%s: how this policy is written here is not known, so it cannot be changed", at)
	case s.shared != "":
		return nil, fmt.Errorf("%s: this statement cannot be changed: %s", at, s.shared)
	case s.scope != nil && s.scope.m != nil && s.scope.m.decls.uses > 1:
		return nil, fmt.Errorf("%s: this statement cannot be changed: its module is used several times", at)
	case len(s.users) > 1:
		return nil, fmt.Errorf("%s: this statement is used by %s: give each a document of its own first", at, strings.Join(slices.Sorted(maps.Keys(s.users)), " and "))
	case s.kind != inText && !isNative(at.File):
		return nil, fmt.Errorf("%s: a configuration in JSON is not edited", at)
	}
	return s, nil
}
