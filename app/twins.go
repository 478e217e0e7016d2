//go:build !headless

package app

import (
	"strings"

	"bulkhead/app/view"
	"bulkhead/render"
)

// twinText is what the picture says: its claim, and the tables.
func twinText(scene *render.Scene, twins []render.Twin) string {
	var b strings.Builder
	if scene != nil {
		b.WriteString(scene.Title + "\n" + scene.Description + "\n")
	}
	for _, t := range twins {
		b.WriteString("\n" + t.Text())
	}
	return b.String()
}

// showTwins shows the tables that say what the picture shows.
func (w *window) showTwins() {
	if w.session == nil || w.canvas.Scene() == nil {
		return
	}
	d := view.NewSheet("The picture as tables", "", view.NewTwins(w.twins))
	d.Width, d.Height = 1100, whole
	d.Leave("Close")
	d.Stay("Copy", view.Primary, w.copyPicture)
	w.present(d, nil)
}

// copyPicture puts what the picture says on the clipboard, tables as spreadsheets take them.
func (w *window) copyPicture() {
	if w.session != nil && w.canvas.Scene() != nil {
		w.app.Clipboard().SetContent(twinText(w.canvas.Scene(), w.twins))
		w.strip.Show(view.Remark{Text: "Copied: what the picture says, with its tables.", Fine: true})
	}
}
