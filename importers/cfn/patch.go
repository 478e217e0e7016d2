package cfn

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// Patch returns the edits that make the template say what after says, in the template's own formatting. What
// cannot be expressed is an error that names the place. Templates that CDK synthesized are not edited: that is an
// importers.GeneratedError.
func (s Source) Patch(in *importers.Import, after *model.Design) ([]source.Edit, error) {
	if err := s.generated(in, after); err != nil {
		return nil, err
	}
	return s.rewrite(in, after)
}

// generated is an error where something changed that stands in a template which CDK synthesized.
func (s Source) generated(in *importers.Import, after *model.Design) error {
	r, err := readAgain(context.Background(), in)
	if err != nil {
		return err
	}
	kinds := map[string]string{}
	for _, t := range r.templates {
		kinds[t.File] = t.Kind
	}
	var first *importers.GeneratedError // that names a construct, if one does
	for _, c := range in.Design.Diff(after) {
		e := cmp.Or(c.After, c.Before)
		if c.Before != nil {
			e = c.Before
		}
		if file := e.Place().File; kinds[file] == kindCDK && !c.IsMark() {
			at := constructAt(in.Design, e)
			if first == nil || first.Construct == "" {
				first = &importers.GeneratedError{File: file, By: "the AWS CDK", Construct: at}
			}
		}
	}
	if first != nil {
		return first
	}
	return nil
}

// constructAt is the construct that makes an element, or what it was made of by an edit.
func constructAt(d *model.Design, e model.Element) string {
	made := d.Info().Constructs
	if at := made[e.ElementID()]; at != "" {
		return at
	}
	for _, x := range d.Elements() {
		if at := made[x.ElementID()]; at != "" && x.Place() == e.Place() {
			return at
		}
	}
	return ""
}

// rewrite is Patch for every kind of template.
//
//	Diff(before, after) → functions, roles, policies, statements, triggers → yamlpos.Draft → edits
//
// The way from an element to its text: the import is read again, places lead from ids to nodes, and origins tell
// what a new element is a copy of.
func (s Source) rewrite(in *importers.Import, after *model.Design) ([]source.Edit, error) {
	p, err := newPatch(in, after)
	if err != nil {
		return nil, err
	}
	var edits []source.Edit
	if uses := p.uses(); len(uses) > 0 {
		edits, err = s.rewriteShared(in, after, uses)
	} else {
		edits, err = p.edits()
	}
	if err != nil {
		return nil, err
	}
	if len(edits) == 0 && slices.ContainsFunc(p.before.Diff(after), func(c model.Change) bool { return !c.IsMark() }) {
		return nil, fmt.Errorf("%s: nothing in the template says what changed", in.Path)
	}
	return edits, nil
}

// edits runs the patch.
func (p *patch) edits() ([]source.Edit, error) {
	if err := p.run(); err != nil {
		return nil, err
	}
	var out []source.Edit
	for _, sh := range p.sheets {
		e, err := sh.draft.Edits()
		if err != nil {
			return nil, err
		}
		out = append(out, e...)
	}
	return out, nil
}

// newPatch reads the source of an import again and prepares to write into it.
func newPatch(in *importers.Import, after *model.Design) (*patch, error) {
	return newPatchOf(in, after, nil)
}

// patch prepares to write what after says; chosen names, by file, the stack to write for of a template that several have.
func (r *reading) patch(in *importers.Import, after *model.Design, chosen map[string]string) *patch {
	p := &patch{reading: r, before: r.design, after: after, then: indexOf(r.design), now: indexOf(after), done: map[model.ID]bool{}, passed: map[string]string{}}
	for i, t := range r.templates {
		if stack, several := chosen[t.File]; several && stack != r.builders[i].stack {
			continue
		}
		for _, file := range t.sources() {
			page := yamlpos.NewPage(file.name, in.Files[file.name], file.root)
			p.sheets = append(p.sheets, newSheet(p, page, r.builders[i]))
		}
	}
	return p
}

// A patch is the writing of one changed design.
type patch struct {
	*reading
	before, after *model.Design
	then, now     *index // of before and after
	sheets        []*sheet
	done          map[model.ID]bool // elements whose change is written
	passed        map[string]string // logical id that goes → what takes its place
	follow        followers
}

// A sheet is one template under a patch.
type sheet struct {
	*yamlpos.Page
	*builder
	patch   *patch
	draft   *yamlpos.Draft // of the whole file
	manners manners
	names   *names
	spoken  map[string]*yamlpos.Node            // text → how a statement says it
	read    map[*yamlpos.Node]*policy.Statement // statements of the design before, by place
	current source.Span                         // of the statement that is being written, for errors
	holder  string                              // logical id of the resource that is being written
	block   source.Span                         // of the resource that it is written into
	needs   map[string][]string
	gone    []*resource
	added   []addition
	moved   map[move]bool
	led     map[*resource]followers // resources that lead to a part now
	copied  map[string][]string     // permission that stays → its copies
}

func newSheet(p *patch, page *yamlpos.Page, b *builder) *sheet {
	s := &sheet{Page: page, builder: b, patch: p, moved: map[move]bool{}, led: map[*resource]followers{}, copied: map[string][]string{}}
	b.notes.quiet++ // everything was told when it was read
	s.draft = page.Draft(page.Root.Span())
	s.manners = mannersOf(page)
	return s
}

// enterHolder says which resource is being written, and into the text of which.
func (s *sheet) enterHolder(id string, r *resource) { s.holder, s.block = id, r.Origin }

func (s *sheet) leaveHolder() { s.holder, s.block = "", source.Span{} }

// sheetOf is the template that a place is in; nil for places in none.
func (p *patch) sheetOf(at source.Span) *sheet {
	for _, s := range p.sheets {
		if s.Page.File == at.File && !at.IsZero() {
			return s
		}
	}
	return nil
}

// at is the template and the declared resource that an element was read from; nil if it was made or is elsewhere.
func (p *patch) at(id model.ID) (*sheet, *resource) {
	r := p.places.resources[id]
	if r == nil || r.Made || r.Value == nil {
		return nil, nil
	}
	s := p.sheetOf(r.Origin)
	if s == nil || !s.Has(r.Value) {
		return nil, nil
	}
	return s, r
}

func (p *patch) run() error {
	changes := p.before.Diff(p.after)
	if len(changes) == 0 {
		return nil
	}
	p.passOn(changes)
	p.follow = p.followers()
	for _, step := range []func([]model.Change) error{p.roles, p.madeRoles, p.people, p.trees, p.functions, p.besides, p.policyResources, p.triggers, p.permissions, p.resourcePolicies, p.additions, p.rest} {
		if err := step(changes); err != nil {
			return err
		}
	}
	for _, s := range p.sheets {
		s.repointAll()
		s.finish()
	}
	return nil
}

// rest fails for changes that no step has written.
func (p *patch) rest(changes []model.Change) error {
	// Inline policies were written with their roles, managed ones come and go with them.
	for _, d := range []*model.Design{p.before, p.after} {
		for _, r := range d.Roles() {
			for _, id := range r.Policies {
				if q := d.Policy(id); q != nil && q.LogicalID == "" && p.done[r.ID] {
					p.done[id] = true
				}
			}
		}
		for _, o := range d.Principals() {
			for _, id := range o.Policies {
				if q := d.Policy(id); q != nil && q.LogicalID == "" && p.done[o.ID] {
					p.done[id] = true
				}
			}
		}
	}
	for _, c := range changes {
		e := cmp.Or(c.After, c.Before)
		if c.Before != nil {
			e = c.Before
		}
		id := e.ElementID()
		if p.done[id] || c.IsMark() {
			continue
		}
		if (c.Before == nil || c.After == nil) && p.madeBesides(e) {
			continue // it comes and goes with what was written; the proof tells whether it does
		}
		switch {
		case c.Before == nil:
			return fmt.Errorf("%s is new, and cannot be written into this template", id)
		case c.After == nil:
			return fmt.Errorf("%s: %s is gone, and cannot be taken out of this template", whereIs(e), id)
		}
		if r := p.places.resources[id]; r != nil && r.Made {
			return fmt.Errorf("%s: %s is what the transform makes of what stands here, so it cannot be changed by itself", whereIs(e), id)
		}
		return fmt.Errorf("%s: what changed of %s cannot be written into this template (%s)", whereIs(e), id, importers.Difference(c.After, c.Before))
	}
	return nil
}

// madeBesides reports whether the transform makes an element, or others of its place, of what stands in the
// template: a queue for a destination, a scheduler's role for an event.
func (p *patch) madeBesides(e model.Element) bool {
	for _, r := range p.places.resources {
		if r.Made && r.Origin.Contains(e.Place()) && (r.Owner == nil || r.Origin != r.Owner.Origin) {
			return true
		}
	}
	return false
}

// whereIs is file:line of an element, or its id where it stands nowhere.
func whereIs(e model.Element) string {
	if at := e.Place(); !at.IsZero() {
		return at.String()
	}
	return string(e.ElementID())
}

// writeCopy inserts copies of a resource, or of several, before one of the template.
func (s *sheet) writeCopy(r *resource, text string) {
	section, i := s.section(r)
	if i < 0 {
		s.draft.Fail("%s: %s is not written in Resources itself", r.Origin, r.ID)
		return
	}
	s.draft.Insert(section, i, text)
}

// section is the mapping of resources that a resource is written in, and its place there; -1 if it is in none of this file.
func (s *sheet) section(r *resource) (*yamlpos.Node, int) {
	for _, n := range s.template.sections() {
		if i := slices.IndexFunc(n.Pairs(), func(p yamlpos.Pair) bool { return p.Key == r.Key }); i >= 0 && s.Has(n) {
			return n, i
		}
	}
	return nil, -1
}

// remove takes a resource out of the template.
func (s *sheet) remove(r *resource) { s.gone = append(s.gone, r) }

// add puts a resource behind all others.
func (s *sheet) add(id string, v yamlpos.Value) { s.added = append(s.added, addition{id, v}) }

// finish writes what comes and goes as a whole.
func (s *sheet) finish() {
	s.waitAll()
	for _, n := range s.template.sections() {
		m := yamlpos.MembersOf(n)
		for _, r := range s.gone {
			if m.Index(r.ID) >= 0 {
				m.Remove(r.ID)
			}
		}
		if s.Has(n) {
			m.Write(s.draft)
		}
	}
	for _, a := range s.added {
		s.draft.Append(s.template.Resources, a.id, a.value)
	}
}

// An addition is a resource that is new.
type addition struct {
	id    string
	value yamlpos.Value
}
