// Package edit holds the architect's edits: each turns a Design into a new one, or refuses and says why.
//
//	Design --Edit.Apply--> Design' ; History keeps both ; scripts and *.bulkhead files write edits down
package edit

import "bulkhead/model"

// An Edit is one step of undo.
type Edit interface {
	// Apply returns the design after the edit. A *Refusal says why it cannot be, with the request that shows it.
	Apply(d *model.Design) (*Result, error)
	// String is the sentence for the Undo menu and the history, e.g. "Tighten statement 2 of ShopRole".
	String() string
}

// A Result is what an edit came to.
type Result struct {
	Design   *model.Design
	Warnings []string // what would stop working, hazards of a split, what was dropped
	Unproven string   // why "allows nothing new" could not be proven; "" where it was
}
