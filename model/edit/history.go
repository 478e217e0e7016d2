package edit

import (
	"bulkhead/model"
)

// A Step is an edit that was applied.
type Step struct {
	Edit     Edit
	Before   *model.Design
	After    *model.Design
	Warnings []string
	Unproven string // why "allows nothing new" could not be proven; "" where it was
}

// A History is a design and what was done to it. It keeps every design: undo returns the older pointer. It is
// not safe for concurrent use.
type History struct {
	start *model.Design
	steps []Step // done, and behind at: undone
	at    int
}

// NewHistory starts at a design.
func NewHistory(start *model.Design) *History { return &History{start: start} }

// Start is the design before any edit.
func (h *History) Start() *model.Design { return h.start }

// Design is the design as it is now.
func (h *History) Design() *model.Design {
	if h.at == 0 {
		return h.start
	}
	return h.steps[h.at-1].After
}

// Do applies an edit to the design and forgets what was undone. On an error nothing changes.
func (h *History) Do(e Edit) (*Result, error) {
	r, err := e.Apply(h.Design())
	if err != nil {
		return nil, err
	}
	h.Record(e, r)
	return r, nil
}

// Record adds an edit that was applied to the design, and forgets what was undone.
func (h *History) Record(e Edit, r *Result) {
	step := Step{Edit: e, Before: h.Design(), After: r.Design, Warnings: r.Warnings, Unproven: r.Unproven}
	h.steps = append(h.steps[:h.at:h.at], step)
	h.at++
}

// Undo goes one step back; false where there is none.
func (h *History) Undo() bool {
	if h.at == 0 {
		return false
	}
	h.at--
	return true
}

// Redo does again what was undone last; false where there is nothing.
func (h *History) Redo() bool {
	if h.at == len(h.steps) {
		return false
	}
	h.at++
	return true
}

// Steps lists what was done, first to last, without what was undone. It must not be written.
func (h *History) Steps() []Step { return h.steps[:h.at:h.at] }

// UndoTitle is the sentence for the Undo menu, "" where there is nothing to undo.
func (h *History) UndoTitle() string {
	if h.at == 0 {
		return ""
	}
	return h.steps[h.at-1].Edit.String()
}

// RedoTitle is the sentence for the Redo menu, "" where there is nothing to redo.
func (h *History) RedoTitle() string {
	if h.at == len(h.steps) {
		return ""
	}
	return h.steps[h.at].Edit.String()
}

// Edits lists the edits of steps.
func Edits(steps []Step) []Edit {
	out := make([]Edit, len(steps))
	for i, s := range steps {
		out[i] = s.Edit
	}
	return out
}
