package session

import (
	"context"
	"errors"

	"bulkhead/model/source"
)

// A Patch is the change of the source that makes it say what After says. It was proven: the patched source
// imports as After.
type Patch struct {
	Edits       []source.Edit
	Files       source.Files        // the files that change, as they are to be
	Diff        string              // unified, of all files
	Diagnostics []source.Diagnostic // that the patched source has and the source had not, e.g. dangling references
}

// What an export holds.
type Export struct {
	Policies map[string][]byte // IAM JSON by file name, one a role: "policies/ShopRole.json"
	Patch    *Patch            // nil where the source cannot be patched
	NoPatch  error             // why Patch is nil
	Deploy   string            // DEPLOY.md
}

var errNotBuilt = errors.New("not built yet")

// Policies prints the policies of After as IAM JSON, one file a role, stable and formatted: a document where the
// role has one policy of its own, else a list of names and documents; managed policies by ARN.
func (s *Session) Policies() (map[string][]byte, error) { return nil, errNotBuilt }

// Patch computes and proves the patch. It fails where the source cannot be patched, and writes nothing.
func (s *Session) Patch(ctx context.Context) (*Patch, error) { return nil, errNotBuilt }

// Deploy is DEPLOY.md: what the change means for people who roll it out.
func (s *Session) Deploy() string { return "" }

// WriteSource writes the proven patch into the source's files and returns their names. It refuses, with nothing
// written, where a file changed on disk since it was read.
func (s *Session) WriteSource(ctx context.Context) ([]string, error) { return nil, errNotBuilt }

// WriteTo writes policies, source.diff (where there is a patch) and DEPLOY.md into a folder, and returns the
// names of the files.
func (s *Session) WriteTo(ctx context.Context, dir string) ([]string, error) {
	return nil, errNotBuilt
}
