//go:build !headless

package app

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/render"
)

// pause is how long a person may go on before a plan is tried.
const pause = 200 * time.Millisecond

// boardAside is what a dialog has beside its content.
const boardAside = 48

// split opens the board on which a function is shared out.
func (w *window) split(id model.ID) {
	if w.session == nil {
		return
	}
	f := w.state.After.Design.Function(id)
	if f == nil || w.state.After.Design.Role(f.Role) == nil {
		return
	}
	w.share("Split "+view.Name(w.state.After.Design, id), "Split", view.NewSplitPlan(w.state.After.Design, f))
}

// ownRole opens the board on which a function that shares its role gets one of its own.
func (w *window) ownRole(id model.ID) {
	if w.session == nil {
		return
	}
	f := w.state.After.Design.Function(id)
	if f == nil || w.state.After.Design.Role(f.Role) == nil {
		return
	}
	plan := view.NewSplitPlan(w.state.After.Design, f)
	plan.Remove(1)
	w.share("A role of its own for "+view.Name(w.state.After.Design, id), "Give the role", plan)
}

// share opens the board with a plan.
func (w *window) share(title, button string, plan *view.SplitPlan) {
	board := view.NewSplitBoard(plan)
	w.board = board
	ctx, cancel := context.WithCancel(context.Background())
	d := view.NewSheet(title, "", board.Root)
	d.Leave("Cancel")
	apply := d.Act(button, view.Primary, func() { w.do(board.Plan.Edit()) })
	var stop context.CancelFunc
	shown := board.Room()
	d.Width, d.Height = shown.Width+boardAside, shown.Height
	board.OnChange = func() {
		if more := shown.Max(board.Room()); more != shown { // it grows with its parts, and stays then
			shown = more
			d.Resize(shown.Width+boardAside, shown.Height)
		}
		if stop != nil {
			stop()
		}
		var one context.Context
		one, stop = context.WithCancel(ctx)
		go w.try(one, w.session, w.state, board, board.Plan.Edit(), func(ok bool) {
			apply.Set(false, !ok)
		})
	}
	w.present(d, cancel)
	w.keep(d, func() bool { return board.Touched }, "Leave the split?", "What you shared out is lost.", "Leave it")
	board.OnChange()
}

// try says on the board what a split would come to.
func (w *window) try(ctx context.Context, s *session.Session, st session.State, board *view.SplitBoard, e *edit.Split, able func(bool)) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(pause):
	}
	r, err := s.TryUntil(ctx, e)
	if err != nil {
		fyne.Do(func() {
			if ctx.Err() == nil {
				board.Judge(err.Error(), render.Danger, nil, nil)
				able(false)
			}
		})
		return
	}
	a, err := reach.Analyze(ctx, r.Design, catalog.Load(), st.After.Analysis)
	if err != nil {
		return
	}
	v := view.SplitVerdict(st, a, e)
	tone := render.None
	if v.Better {
		tone = render.Good
	}
	if r.Unproven != "" {
		v.Text += " Not proven: " + r.Unproven
	}
	fyne.Do(func() {
		if ctx.Err() == nil {
			board.Judge(v.Text, tone, r.Warnings, v.Shares)
			able(true)
		}
	})
}
