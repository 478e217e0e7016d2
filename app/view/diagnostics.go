package view

import (
	"fyne.io/fyne/v2"

	"bulkhead/model/source"
	"bulkhead/render"
)

// Diagnostics lists what an import said, errors first; open shows a place.
func Diagnostics(ds []source.Diagnostic, open func(source.Span)) fyne.CanvasObject {
	page, content := newPage(10, 12, 10)
	var rows []fyne.CanvasObject
	const most = 300
	n := 0
	for _, severity := range []source.Severity{source.Error, source.Warning, source.Info} {
		for _, d := range ds {
			if d.Severity != severity {
				continue
			}
			if n++; n > most {
				continue
			}
			icon, tone := "info", render.Muted
			switch severity {
			case source.Error:
				icon, tone = "warning", render.Danger
			case source.Warning:
				icon, tone = "warning", render.Crown
			case source.Info:
			}
			head := []fyne.CanvasObject{NewText(d.Summary, strong.lines(3))}
			if !d.Span.IsZero() {
				_, file := splitPath(d.Span.File)
				head = append(head, NewLink(file+":"+itoa(d.Span.Line), small.in(render.Link).whole(), func() { open(d.Span) }))
			}
			text := newColumn(1, &fyne.Container{Layout: &tallLine{line{10, 0}}, Objects: head})
			if d.Detail != "" {
				text.Add(NewLabel(d.Detail, para))
			}
			rows = append(rows, newSide(26, NewPicture(icon, tone, 16), text))
		}
	}
	if n > most {
		rows = append(rows, NewLabel(plural(n-most, "more remark")+"; bulkhead model lists them all.", para))
	}
	if len(rows) == 0 {
		rows = append(rows, NewLabel("Everything was resolved.", para))
	}
	refill(page, content, true, rows...)
	return page
}
