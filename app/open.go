//go:build !headless

package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/view"
)

// mostRecent is how many files are remembered.
const mostRecent = 8

func (w *window) recent() []string { return w.app.Preferences().StringList(prefRecent) }

func (w *window) remember(path string) {
	if strings.HasPrefix(path, session.SamplePrefix) {
		return
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	list := slices.DeleteFunc(w.recent(), func(p string) bool { return p == path })
	list = append([]string{path}, list...)
	list = list[:min(len(list), mostRecent)]
	w.app.Preferences().SetStringList(prefRecent, list)
	w.start.SetRecent(list)
}

func (w *window) forget(path string) {
	list := slices.DeleteFunc(w.recent(), func(p string) bool { return p == path })
	w.app.Preferences().SetStringList(prefRecent, list)
	w.start.SetRecent(list)
	w.showMenu()
}

// open opens a path or sample, or several paths as one design, in the background and shows it when it is read.
func (w *window) open(paths ...string) { w.openWith(paths, false) }

func (w *window) openWith(paths []string, fitting bool) {
	if w.opening != nil {
		w.opening()
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.opening = cancel
	_, name := filepath.Split(strings.TrimRight(paths[0], "/"))
	if len(paths) > 1 {
		name = fmt.Sprintf("%s and %d more", name, len(paths)-1)
	}
	w.busy("Opening " + name)
	o := session.Options{Import: w.options, Fitting: fitting}
	go func() {
		var s *session.Session
		var err error
		if strings.HasPrefix(paths[0], session.SamplePrefix) {
			s, err = session.OpenSample(ctx, w.program.Samples, paths[0], w.program.Sources, o)
		} else {
			s, err = session.OpenAll(ctx, paths, w.program.Sources, o)
		}
		fyne.Do(func() {
			if ctx.Err() != nil {
				if s != nil {
					s.Close()
				}
				return
			}
			cancel()
			w.opening = nil
			w.idle()
			var misfit *session.MisfitError
			switch {
			case errors.As(err, &misfit):
				w.offerFitting(misfit, func() { w.openWith(paths, true) })
			case err != nil:
				if errors.Is(err, os.ErrNotExist) {
					w.forget(paths[0])
				}
				w.failOpening(name, err, func() { w.openWith(paths, fitting) })
			default:
				w.adopt(s)
				if len(paths) == 1 {
					w.remember(paths[0])
				}
			}
		})
	}()
}

// adopt shows a session instead of what was open.
func (w *window) adopt(s *session.Session) {
	w.canvas.SetScene(nil)
	w.takeOver(s)
}

// takeOver is adopt of what is the same design, read anew: its picture stays until there is another.
func (w *window) takeOver(s *session.Session) {
	w.leave()
	// While nothing is open: what is laid out again asks for the state.
	w.strip.Clear()
	w.outline.Search.SetText("")
	w.session = s
	w.root.Objects = []fyne.CanvasObject{w.body}
	w.root.Refresh()
	w.choose(s.State()) // of what is analysed already, nothing is shown without a breach first
	w.show(s.State())
	w.watchSource(s)
	w.unwatch = s.Watch(func(st session.State) {
		fyne.Do(func() {
			if w.session == s && st.Revision >= w.state.Revision && !w.choose(st) {
				w.show(st)
			}
		})
	})
}

// choose puts the first breach into the worst start, so that a design opens with something to see; true where it did,
// and the state that shows it is on its way.
func (w *window) choose(st session.State) bool {
	if st.Start == "" && st.Selected == "" && st.Analysed() && !w.look.chosen && session.WorstStart(st.After, st.Vulnerable) != "" {
		w.look.chosen = true
		if w.look.charted {
			// It was asked for while the figures were worked out.
		} else if large(st.After.Design) {
			w.look.chart = view.TableChart
		} else if w.look.chart == view.TableChart {
			w.look.chart = view.HullChart
		}
		w.showRanks()
		w.session.Select(session.WorstStart(st.After, st.Vulnerable))
		return true
	}
	return false
}

func (w *window) offerFitting(e *session.MisfitError, again func()) {
	d := view.NewSheet("Some edits no longer fit", "", view.NewWords(e.Error()+"\n\nOpen it with the edits that do?"))
	d.Width = 620
	d.Leave("Cancel")
	d.Act("Open", view.Primary, again)
	w.present(d, nil)
}

// dropped opens the first of the files that were dropped on the window.
func (w *window) dropped(_ fyne.Position, uris []fyne.URI) {
	if len(uris) > 0 && len(w.dialogs) == 0 {
		var paths []string
		for _, u := range uris {
			paths = append(paths, u.Path())
		}
		w.guard("Open "+uris[0].Name(), func() { w.open(paths...) })
	}
}

// guard asks before edits are lost, and goes on.
func (w *window) guard(what string, then func()) {
	if w.session == nil || !w.state.Dirty {
		then()
		return
	}
	w.askToSave(what, then)
}
