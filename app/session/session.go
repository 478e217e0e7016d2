// Package session holds the state of one open design. It knows no window: states go down, intents come back.
//
//	path --Open--> Session --Watch(State)--> window, command ; Do, Undo, Select --> Session --> next State
//
// Analyses run in the background and are cancelled when the design changes; a State always holds together.
package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/model/source"
)

// Options say how a design is opened.
type Options struct {
	Import  importers.Options
	Fitting bool // of a saved design, apply the edits that fit and list the others, instead of an error
	Idle    bool // analyse nothing until asked with Wait: for commands that need the design alone
}

// A Session is one open design. It is safe for concurrent use.
type Session struct {
	drafter importers.Drafter // of a blank design: writes it down; nil: nothing does
	disk    []string          // paths of the sources on disk, none where they came from elsewhere
	written source.Files      // what WriteSource put there last; nil: the files are as imported
	catalog func() *catalog.Catalog

	editing sync.Mutex // one edit, undo or redo at a time; taken before mu

	mu      sync.Mutex
	state   State
	history *edit.History
	saved   []edit.Edit       // as last saved
	noted   map[string]string // notes as last saved
	seen    map[string]onDisk
	// writtenEdits are those that WriteSource wrote last.
	writtenEdits []edit.Edit
	work         work
	closed       bool

	watch watchers
}

// work is the analysis in the background.
type work struct {
	idle   bool
	cancel context.CancelFunc
	done   chan struct{} // closed when the latest analysis has ended
	before *reach.Analysis
	after  *reach.Analysis // of the latest design that was analysed

	counting bool // what lies beyond the designs
}

// State is the session as it is now.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Watch calls f with the state as it is now and then after changes, one call at a time, in order, from a
// goroutine of the session's; states that come faster than f returns are left out, never the last one.
// f may call the session. The function that comes back ends it.
func (s *Session) Watch(f func(State)) (stop func()) {
	s.mu.Lock() // so that no state comes between this one and the next
	defer s.mu.Unlock()
	return s.watch.add(f, s.state)
}

// Close ends the background work and the watching.
func (s *Session) Close() {
	s.mu.Lock()
	s.closed = true
	if s.work.cancel != nil {
		s.work.cancel()
	}
	s.mu.Unlock()
	s.watch.close()
}

// Do applies an edit. A *edit.Refusal, or another error, leaves everything as it was.
func (s *Session) Do(e edit.Edit) (*edit.Result, error) { return s.DoUnless(context.Background(), e) }

// DoUnless is Do, unless it is cancelled before the edit is proven: then nothing changes and the context's error comes back.
func (s *Session) DoUnless(cancelled context.Context, e edit.Edit) (*edit.Result, error) {
	s.editing.Lock()
	defer s.editing.Unlock()
	if err := cancelled.Err(); err != nil {
		return nil, err
	}
	r, err := s.TryUntil(cancelled, e) // without s.mu: the proof may take a while, and the window goes on
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e, err)
	}
	if err := cancelled.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	s.history.Record(e, r)
	s.state.Undone = nil
	s.edited()
	return r, nil
}

// Try says what an edit would come to, without doing it.
func (s *Session) Try(e edit.Edit) (*edit.Result, error) { return s.TryUntil(context.Background(), e) }

// TryUntil is Try that gives up when ctx is done: for suggestions and dialogs.
func (s *Session) TryUntil(ctx context.Context, e edit.Edit) (*edit.Result, error) {
	s.mu.Lock()
	d, closed := s.history.Design(), s.closed
	s.mu.Unlock()
	if closed {
		return nil, errClosed
	}
	return edit.ApplyUntil(ctx, e, d)
}

var errClosed = errors.New("the design was closed")

// Undo takes back the last step; false where there is none.
func (s *Session) Undo() bool { return s.step((*edit.History).Undo) }

// Redo does again what was undone last; false where there is nothing.
func (s *Session) Redo() bool { return s.step((*edit.History).Redo) }

func (s *Session) step(f func(*edit.History) bool) bool {
	s.editing.Lock()
	defer s.editing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.history.Steps()
	if s.closed || !f(s.history) {
		return false
	}
	s.moved(was)
	s.edited()
	return true
}

// GoTo undoes or redoes until so many steps are done; false where there are not so many, or it is so already.
func (s *Session) GoTo(steps int) bool {
	s.editing.Lock()
	defer s.editing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.history.Steps()
	if s.closed || steps < 0 || steps == len(was) || steps > len(was)+len(s.state.Undone) {
		return false
	}
	for len(s.history.Steps()) > steps && s.history.Undo() {
	}
	for len(s.history.Steps()) < steps && s.history.Redo() {
	}
	s.moved(was)
	s.edited()
	return true
}

// moved keeps the list of what was undone while undo and redo go through the steps. s.mu is held.
func (s *Session) moved(was []edit.Step) {
	all := append(slices.Clone(was), s.state.Undone...)
	s.state.Undone = all[len(s.history.Steps()):]
}

// Select shows an element in the inspector; a function, role, user, group or somebody from outside becomes the start
// of the breach as well. "" selects nothing and leaves the breach.
func (s *Session) Select(id model.ID) {
	s.change(func(st *State) {
		st.Selected = id
		if st.starts(id) {
			st.Start = id
		}
	})
}

// Breach puts the breach into a function, role, user or group; "" dries everything.
func (s *Session) Breach(start model.ID) { s.change(func(st *State) { st.Start = start }) }

// Assume takes fed functions as vulnerable, or not.
func (s *Session) Assume(vulnerable bool) {
	s.change(func(st *State) { st.Vulnerable = vulnerable })
}

// change changes what is shown, not the design.
func (s *Session) change(f func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.state)
	s.fill()
	s.publish()
}

// edited brings the state up to the history and starts the analysis. s.mu is held.
func (s *Session) edited() {
	st := &s.state
	st.After = Side{Design: s.history.Design()}
	st.Comparison = nil
	st.Edited = st.After.Design != st.Before.Design
	st.Steps = s.history.Steps()
	st.Undo, st.Redo = s.history.UndoTitle(), s.history.RedoTitle()
	s.compareSaved()
	s.compareSource()
	s.analyse()
	s.fill()
	s.publish()
}

// compareSaved says whether there is something that is not saved. s.mu is held.
func (s *Session) compareSaved() {
	s.state.Dirty = !sameEdits(edit.Edits(s.state.Steps), s.saved) || !maps.Equal(s.state.Notes, s.noted)
}

// Note keeps what is said at a step of the presentation, by the step's key; "" takes it away. It is saved with the design.
func (s *Session) Note(step, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Notes[step] == text {
		return
	}
	notes := maps.Clone(s.state.Notes) // states that were handed out keep theirs
	if notes == nil {
		notes = map[string]string{}
	}
	notes[step] = text
	if text == "" {
		delete(notes, step)
	}
	s.state.Notes = notes
	s.compareSaved()
	s.publish()
}

func sameEdits(a, b []edit.Edit) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] { // edits are pointers, kept by the history
			return false
		}
	}
	return true
}

// publish hands the state out. s.mu is held.
func (s *Session) publish() {
	s.state.Revision++
	s.watch.publish(s.state)
}
