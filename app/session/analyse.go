package session

import (
	"context"
	"errors"

	"bulkhead/model"
	"bulkhead/model/reach"
)

// analyse starts the analysis of both sides in the background; one that is still going on for an older design is
// cancelled. s.mu is held.
func (s *Session) analyse() {
	if s.work.cancel != nil {
		s.work.cancel()
	}
	if s.work.idle {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	s.work.cancel, s.work.done = cancel, done
	s.state.Progress = Progress{Doing: "Analysing"}
	s.state.Err, s.state.First = nil, nil
	before, after := s.state.Before.Design, s.state.After.Design
	go func() {
		defer close(done)
		defer cancel()
		b, a, comparison, err := s.compute(ctx, before, after, s.first(done))
		s.mu.Lock()
		defer s.mu.Unlock()
		if b != nil {
			s.work.before = b
		}
		if a != nil {
			s.work.after = a
		}
		if s.closed || s.work.done != done {
			return // a newer analysis goes on, or nobody wants one
		}
		s.state.Progress, s.state.First = Progress{}, nil
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				s.state.Err = err
			}
			s.publish()
			return
		}
		s.state.Before.Analysis, s.state.After.Analysis = b, a
		if comparison != nil {
			s.state.Before.Analysis, s.state.After.Analysis = comparison.Before, comparison.After
		}
		s.state.Comparison = comparison
		s.fill()
		s.publish()
	}()
}

// first is what is told before the rest: the breach that is shown, while nothing newer goes on.
func (s *Session) first(done chan struct{}) reach.First {
	return reach.First{
		Of: func() model.ID {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.state.Start
		},
		Tell: func(b *reach.Breach) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if !s.closed && s.work.done == done {
				s.state.First = b
				s.publish()
			}
		},
	}
}

// compute analyses both designs, with what was computed before at hand; first is told of the one with the edits.
func (s *Session) compute(ctx context.Context, before, after *model.Design, first reach.First) (b, a *reach.Analysis, c *reach.Comparison, err error) {
	s.mu.Lock()
	b, prev := s.work.before, s.work.after
	s.mu.Unlock()
	known := s.catalog()
	if b == nil || b.Design() != before {
		of := first
		if after != before {
			of = reach.First{}
		}
		if b, err = reach.AnalyzeFirst(ctx, before, known, b, of); err != nil {
			return nil, nil, nil, err
		}
	}
	if after == before {
		return b, b, nil, nil
	}
	if prev == nil {
		prev = b
	}
	if a = prev; prev.Design() != after {
		if a, err = reach.AnalyzeFirst(ctx, after, known, prev, first); err != nil {
			return b, nil, nil, err
		}
	}
	return b, a, reach.Compare(b, a), ctx.Err()
}

// fill sets what follows from the rest of the state. s.mu is held.
func (s *Session) fill() { s.state.fill() }

// Breached is the state with the breach elsewhere, "" for nowhere; the session stays as it is.
func (s State) Breached(start model.ID) State {
	s.Start = start
	s.fill()
	return s
}

// fill sets breaches and measures.
func (s *State) fill() {
	for _, side := range []*Side{&s.Before, &s.After} {
		side.Breach = nil
		side.Measures = reach.Measures{}
		side.Sea = Uncounted
		if side.Analysis == nil {
			continue
		}
		side.Measures = side.Analysis.Measures(s.Vulnerable)
		if n, ok := side.Analysis.SeaCounted(s.Vulnerable); ok {
			side.Sea = n
		} else if len(side.Design.Elements()) <= mostCounted {
			side.Sea = side.Analysis.SeaKinds(s.Vulnerable)
		}
		if s.Start != "" {
			side.Breach = side.Analysis.Breach(counterpart(s, side))
		}
	}
}

// mostCounted is how many elements a design has whose sea is counted with the rest: that takes no time to speak of.
const mostCounted = 400

// CountSea counts in the background what breaches reach beyond the designs of the state where that is not known, and hands a
// state out that says it: of a whole account that takes as long as the analysis, so it is asked for once there is something to
// see.
func (s *Session) CountSea() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.work.counting || s.closed || !s.state.Analysed() || s.state.Before.Sea != Uncounted && s.state.After.Sea != Uncounted {
		return
	}
	s.work.counting = true
	before, after, vulnerable := s.state.Before.Analysis, s.state.After.Analysis, s.state.Vulnerable
	go func() {
		before.SeaKinds(vulnerable)
		after.SeaKinds(vulnerable)
		s.mu.Lock()
		s.work.counting = false
		if !s.closed {
			s.fill()
			s.publish()
		}
		s.mu.Unlock()
	}()
}

// counterpart is State.Start as one side knows it: a part of a split is its whole before, a whole that went is
// its worst part after.
func counterpart(st *State, side *Side) model.ID {
	if side.Design.Element(st.Start) != nil || st.Comparison == nil {
		return st.Start
	}
	for whole, parts := range st.Comparison.Parts {
		for _, p := range parts {
			if p == st.Start && side.Design.Function(whole) != nil {
				return whole
			}
		}
	}
	worst, depth := st.Start, -1.0
	for _, p := range st.Comparison.Parts[st.Start] {
		if b := side.Analysis.Breach(p); b != nil && b.Reach.May.Share > depth {
			worst, depth = p, b.Reach.May.Share
		}
	}
	return worst
}

// Wait returns the state once both sides are analysed, or the error of the analysis or of ctx.
func (s *Session) Wait(ctx context.Context) (State, error) {
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return State{}, errClosed
		}
		if s.work.idle || s.work.done == nil {
			s.work.idle = false
			s.analyse()
		}
		st, done := s.state, s.work.done
		s.mu.Unlock()
		if st.Analysed() || st.Err != nil {
			return st, st.Err
		}
		select {
		case <-ctx.Done():
			return st, ctx.Err()
		case <-done:
		}
	}
}

// Cancel ends the analysis that is going on; the figures stay away until the next change or Wait.
func (s *Session) Cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.work.cancel != nil {
		s.work.cancel()
		s.work.done = nil
		s.state.Progress = Progress{}
		s.publish()
	}
}
