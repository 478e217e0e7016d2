package cfn

import (
	"context"
	"io/fs"
	"maps"

	"bulkhead/importers"
	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/source"
)

// A Tree is a template that another package made of a source of its own. Its nodes stand where that source says what
// they say, so that the design's places do.
type Tree struct {
	File   string // the main file of the source
	Stack  string // name of the stack
	Region string // that the source asks for; "" if none
	Root   *yamlpos.Node

	Made     map[string]Made       // by logical id: resources of Root that nobody wrote as such
	Events   map[source.Span]Event // what triggers that stand at a place are called
	Extra    []Extra               // triggers that are made when the stack is deployed
	Unknown  []string              // names of the tokens ${Name} that Root's texts hold
	Notes    []source.Diagnostic   // of the making
	Included []string              // further files that it was made of

	Pages   map[string]*yamlpos.Node // what the files hold, for writing back
	Written []*yamlpos.Node          // sections Resources of them
	Writer  Writer                   // nil where nothing is written back
}

// Made says what a resource is that nobody wrote as such.
type Made struct {
	Name   string      // the source's own name for it; "" if that is the logical id
	Origin source.Span // what it was made of
	Owner  string      // logical id of the function that it is made for, "" if none
	Hidden bool        // no element stands for it
	Code   string      // of a function: the path of its code
	Stem   string      // of a function: what logical ids of what is made for it begin with
	Prefix string      // of a function: what its physical name is by default, its own name behind it
}

// An Event is what a source calls the event of a function.
type Event struct{ Function, Name string }

// An Extra is a trigger that no resource of a tree makes.
type Extra struct {
	To     string // logical id of a function
	From   *yamlpos.Node
	Kind   string // of model.Trigger
	Event  string
	Label  string
	Filter model.Filter
	Entry  *yamlpos.Node
}

// A TreeSource reads a format by making trees of it, which are read as templates are, together with others.
type TreeSource interface {
	importers.Source
	// Trees reads name in fsys: the trees, the first one of what was opened itself, and all files that were read.
	Trees(ctx context.Context, fsys fs.FS, name string, o importers.Options) ([]*Tree, source.Files, error)
}

// ImportTrees makes a design of the trees of one source, as Source.Import does of templates.
func ImportTrees(ctx context.Context, s TreeSource, fsys fs.FS, name string, o importers.Options) (*importers.Import, error) {
	return importStacks(ctx, s, &stacks{inputs: []importers.Input{{Source: s, Path: name}}}, fsys, o)
}

// openTrees adds the trees of one input.
func (g *group) openTrees(s TreeSource, name string) error {
	trees, files, err := s.Trees(g.ctx, g.fsys, name, g.options)
	if err != nil {
		return err
	}
	maps.Copy(g.files, files)
	for _, t := range trees {
		n := newNotes(t.Notes...)
		g.scope(t.template(s.Name(), n), n, "", t.Region)
	}
	return nil
}

// template takes a tree apart.
func (t *Tree) template(kind string, n *notes) *template {
	out := newTemplate(t.File, t.Root, n)
	out.Stack, out.Kind, out.included = t.Stack, kind, t.Included
	out.events, out.unknown = t.Events, map[string]bool{}
	for _, name := range t.Unknown {
		out.unknown[name] = true
	}
	for _, name := range append([]string{t.File}, t.Included...) {
		if root := t.Pages[name]; root != nil {
			out.files = append(out.files, treeFile{name, root})
		}
	}
	out.written, out.writer = t.Written, t.Writer
	for _, r := range out.Declared {
		m, made := t.Made[r.ID]
		if !made {
			continue
		}
		r.Made, r.Compiled = true, true
		r.own, r.Origin, r.Owner, r.Hidden, r.code = m.Name, m.Origin, out.byID[m.Owner], m.Hidden, m.Code
		r.stem, r.prefix = m.Stem, m.Prefix
	}
	for _, x := range t.Extra {
		if to := out.byID[x.To]; to != nil {
			out.extra = append(out.extra, madeTrigger{to: to, key: x.Event, from: x.From, kind: x.Kind, event: x.Event, label: x.Label, filter: x.Filter, entry: x.Entry.Span(), node: x.Entry})
		}
	}
	return out
}
