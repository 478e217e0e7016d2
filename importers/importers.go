// Package importers reads designs from where they are written down, and writes edits back.
//
//	fs.FS --Source.Import--> Import{Design, Files, Diagnostics} --edit--> Design' --Patcher.Patch--> []source.Edit
package importers

import (
	"context"
	"io/fs"

	"bulkhead/model"
	"bulkhead/model/source"
)

// Options are what a template does not say itself.
type Options struct {
	Params    map[string]string // template parameters, by name
	Partition string            // "aws" if empty
	Region    string            // "us-east-1" if empty
	Account   string            // "123456789012" if empty
	StackName string            // from the file's or folder's name if empty
}

// An Import is what a source gave.
type Import struct {
	Source      Source
	Path        string // within the opened file system
	Options     Options
	Design      *model.Design
	Files       source.Files // what was read, for patches and for refusing when it changed on disk
	Diagnostics []source.Diagnostic
	LeavesOut   bool   // conditions of the source leave out some of what it says: see Whole
	Region      string // that the source took because nobody told one; "" if it took none

	parts  []part // of several inputs, each by itself
	joined *model.Joined

	fsys  fs.FS  // what it was opened in, for files that were looked at and not read; nil if not by Open
	roots mounts // where that is on disk; none if it is on none
}

// A Whole is a Source that reads what the conditions of its files leave out, too.
type Whole interface {
	Source
	// Whole reads the files of an import again as if no condition left out a resource: its elements that are not in the
	// import's design are those that are not deployed with the parameters as they are.
	Whole(ctx context.Context, in *Import) (*model.Design, error)
}

// A Source reads one format.
type Source interface {
	// Name is the format's name: "sam", "cloudformation", "account" …
	Name() string
	// Detect reports whether name in fsys looks like the format; it reads no more than it needs.
	Detect(fsys fs.FS, name string) bool
	// Import reads name in fsys. Problems in the file are diagnostics, and the import goes on; an error means
	// that nothing could be read, and is one line with file, place and remedy.
	Import(ctx context.Context, fsys fs.FS, name string, o Options) (*Import, error)
}

// A Patcher is a Source that can write a changed design back as edits of its files.
type Patcher interface {
	Source
	// Patch returns the edits that turn in.Files into files that import as after. It does not prove it: Prove does.
	Patch(in *Import, after *model.Design) ([]source.Edit, error)
}

// A Drafter is a Source that can write a design that comes from no source as new files, proven like a patch.
type Drafter interface {
	Source
	Draft(d *model.Design) (source.Files, error)
}
