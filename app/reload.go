//go:build !headless

package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/view"
)

// sourceCheck is how often the source's files are looked at.
const sourceCheck = 2 * time.Second

// watchSource tells when the source of a session changes on disk, until another is shown.
func (w *window) watchSource(s *session.Session) {
	ctx, cancel := context.WithCancel(context.Background())
	w.unwatchSource = cancel
	go func() {
		tick := time.NewTicker(sourceCheck)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			changed := s.Changed()
			fyne.Do(func() {
				if ctx.Err() == nil && w.session == s && !slices.Equal(changed, w.changed) {
					w.sourceChanged(changed)
				}
			})
		}
	}()
}

// sourceChanged shows which files of the source are no longer as they were read.
func (w *window) sourceChanged(names []string) {
	fresh := len(names) > len(w.changed)
	w.changed = names
	w.outline.SetNotes(w.notes()...)
	if fresh {
		w.strip.Show(view.Remark{Text: strings.Join(names, ", ") + " changed on disk since it was read. The design shows it as it was.",
			Stays: true, Action: w.reloadLabel(), OnTap: w.reload})
	}
}

func (w *window) reloadLabel() string {
	if w.state.Edited {
		return "reload, keep my edits"
	}
	return "reload"
}

// reload reads the source again and does the edits on it as it is now.
func (w *window) reload() { w.reloadWith(false) }

func (w *window) reloadWith(fitting bool) {
	if w.session == nil {
		return
	}
	s, was := w.session, w.look
	var next *session.Session
	var misfit *session.MisfitError
	w.background("Reading the source again", func(ctx context.Context) (err error) {
		next, err = s.Reload(ctx, w.program.Sources, session.Options{Fitting: fitting})
		if errors.As(err, &misfit) {
			return nil
		}
		return err
	}, func() {
		switch {
		case misfit != nil:
			w.offerFitting(misfit, func() { w.reloadWith(true) })
		case w.session != s:
			next.Close()
		default:
			w.takeOver(next)
			w.look.chosen = was.chosen
			w.strip.Show(view.Remark{Text: "Read again: " + w.state.Path, Fine: true})
		}
	})
}
