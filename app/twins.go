//go:build !headless

package app

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

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
	d := dialog.NewCustomWithoutButtons("The picture as tables", view.NewTwins(w.twins), w.win)
	copied := widget.NewButton("Copy", w.copyPicture)
	copied.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Close", func() { d.Hide() }), copied})
	size := w.win.Canvas().Size()
	w.present(d, fyne.NewSize(min(1100, size.Width*0.88), size.Height*0.82), nil)
}

// copyPicture puts what the picture says on the clipboard, tables as spreadsheets take them.
func (w *window) copyPicture() {
	if w.session != nil && w.canvas.Scene() != nil {
		w.app.Clipboard().SetContent(twinText(w.canvas.Scene(), w.twins))
		w.strip.Show(view.Remark{Text: "Copied: what the picture says, with its tables.", Fine: true})
	}
}
