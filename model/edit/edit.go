// Package edit holds the architect's edits: each turns a Design into a new one, or refuses and says why.
//
//	Design --Edit.Apply--> Design' ; History keeps both ; scripts and *.bulkhead files write edits down
//
// Documents are replaced, never written: a statement that an edit leaves alone keeps its pointer, one that it
// changes keeps its Sid and the Span of the statement it came from, so that a patch finds its place.
package edit

import (
	"context"
	"fmt"
	"strings"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// An Edit is one step of undo.
type Edit interface {
	// Apply returns the design after the edit. A *Refusal says why it cannot be, with the request that shows it.
	Apply(d *model.Design) (*Result, error)
	// String is the sentence for the Undo menu and the history, e.g. "Tighten statement 2 of ShopRole".
	String() string
}

// ApplyUntil is e.Apply that gives up when ctx is done, with its error: a proof may take a while.
func ApplyUntil(ctx context.Context, e Edit, d *model.Design) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var r *Result
	var err error
	if p, ok := e.(provable); ok {
		r, err = p.applyUntil(ctx, d)
	} else {
		r, err = e.Apply(d)
	}
	if over := ctx.Err(); over != nil {
		return nil, over // what was found out until then is no answer
	}
	return r, err
}

// A provable is an edit that is done only if it is proven to allow nothing new.
type provable interface {
	applyUntil(ctx context.Context, d *model.Design) (*Result, error)
}

// A Result is what an edit came to.
type Result struct {
	Design   *model.Design
	Warnings []string // what would stop working, hazards of a split, what was dropped
	Stops    bool     // some of the warnings name what would stop working
	Unproven string   // why "allows nothing new" could not be proven; "" where it was
	Widens   bool     // the last of the warnings says that somebody is allowed more, as it was meant
}

// A Refusal is an edit that would allow something new, or cannot be shown not to.
type Refusal struct {
	Why     string          // one sentence
	Witness *policy.Request // allowed after and not before; nil where there is none to show
	// Undecided: neither proven nor disproven. The same edit with "confirm": true is applied and recorded as
	// unproven.
	Undecided bool
}

// Error is the refusal in words, the witness included.
func (r *Refusal) Error() string {
	if r.Witness == nil {
		return r.Why
	}
	return r.Why + ": " + inWords(r.Witness)
}

// inWords says a request as a person would: "dynamodb:PutItem on arn:… with aws:SourceIp 10.0.0.1".
func inWords(r *policy.Request) string {
	var b strings.Builder
	b.WriteString(r.Action)
	if r.Resource != "" {
		b.WriteString(" on " + r.Resource)
	}
	sep := " with "
	for _, k := range sortedKeys(r.Context) {
		fmt.Fprintf(&b, "%s%s %s", sep, k, strings.Join(r.Context[k], ", "))
		sep = ", "
	}
	return b.String()
}
