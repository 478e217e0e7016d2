//go:build !headless

package app

import (
	"context"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/model"
)

// showWhoCan asks who can do an action on a resource of the side that is shown. Answers come from beside the window's thread; another
// question, or leaving, ends the one that is being worked on.
func (w *window) showWhoCan(resource model.ID) {
	side := w.shownSide()
	if w.session == nil || side.Analysis == nil {
		return
	}
	r := side.Design.Resource(resource)
	if r == nil {
		return
	}
	v := view.NewWhoCan(side.Design, r)
	sheet := view.NewSheet("Who can do what with "+view.Name(side.Design, resource), "By its own permissions, or by a path to another that has them.", v.Root)
	sheet.Width, sheet.Height, sheet.First = 860, 560, v.Action
	sheet.Leave("Close")
	cancel := func() {}
	v.OnSource = w.showSource
	v.OnSelect = func(id model.ID) {
		sheet.Hide()
		w.selectElement(id)
	}
	v.OnAsk = func(action string) {
		cancel()
		ctx, stop := context.WithCancel(context.Background())
		cancel = stop
		go func() {
			answer, err := session.WhoCan(ctx, side.Analysis, action, string(resource))
			fyne.Do(func() {
				if ctx.Err() == nil {
					v.Set(answer, err)
				}
			})
		}()
	}
	w.present(sheet, func() { cancel() })
	w.who = v
	v.Ask()
}
