package session

import (
	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

// A State is everything that a window shows of a session, at one moment. It is a value: nothing in it is
// written after it was handed out, and it may be read from any goroutine.
type State struct {
	Revision int    // counts up with each state
	Path     string // of the file that was opened, "" for a blank design
	SavePath string // of the *.bulkhead file, "" if it was never saved
	Title    string // name of the design, for the window's title
	Dirty    bool   // edits that are not saved

	Import  *importers.Import // what was imported; its Design is Before.Design. Source nil: blank
	Before  Side              // as imported
	After   Side              // as edited; the same as Before while nothing is edited
	Edited  bool              // After differs from Before
	Written bool              // edits were written into the source
	Differs bool              // the source lacks edits, or holds some that were undone since they were written
	Steps   []edit.Step       // done, first to last
	Undone  []edit.Step       // undone, the one that Redo does again first
	Undo    string            // sentence of what Undo takes back, "" where there is nothing
	Redo    string            // sentence of what Redo does again, "" where there is nothing
	Misfits []*edit.StepError // edits of a saved design that no longer fit
	Notes   map[string]string // of the steps that present the design, by the step's key; not to be changed
	Changed []string          // sources of a saved design that changed since it was saved

	Selected   model.ID // what the inspector shows, "" if nothing
	Start      model.ID // where the breach is, "" if none
	Vulnerable bool     // fed functions are taken as vulnerable

	First      *reach.Breach     // from Start, told while After is being analysed (see reach.AnalyzeFirst); nil before, afterwards, and of small designs
	Comparison *reach.Comparison // nil until After is analysed, and while nothing is edited
	Progress   Progress          // of work in the background
	Err        error             // of the last analysis, nil if it went well or is still going on
}

// A Side is one of the two designs that a session holds, with what is known of it.
type Side struct {
	Design   *model.Design
	Analysis *reach.Analysis // nil while it is being computed; of a Comparison where there is one
	Breach   *reach.Breach   // from State.Start, or from what it came from or became; nil if there is none
	Measures reach.Measures  // on the common ledger where there is a Comparison
	Sea      int             // kinds of things that breaches reach beyond the design; Uncounted until CountSea was heard
}

// Uncounted is the Sea of a side before it is counted.
const Uncounted = -1

// Progress is work that goes on in the background.
type Progress struct {
	Doing string // "Analysing …"; "" while nothing goes on
}

// Diagnostics lists what the import said.
func (s State) Diagnostics() []source.Diagnostic {
	if s.Import == nil {
		return nil
	}
	return s.Import.Diagnostics
}

// Unproven lists why steps could not be proven to allow nothing new, with the step's sentence.
func (s State) Unproven() []string {
	var out []string
	for _, step := range s.Steps {
		if step.Unproven != "" {
			out = append(out, step.Edit.String()+": "+step.Unproven)
		}
	}
	return out
}

// Analysed reports whether the figures of both sides are those of the designs as they are.
func (s State) Analysed() bool {
	return s.Before.Analysis != nil && s.After.Analysis != nil && (!s.Edited || s.Comparison != nil)
}
