package view

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/model/source"
	"bulkhead/render"
)

// Diagnostics lists what an import said, errors first; open shows a place.
func Diagnostics(ds []source.Diagnostic, open func(source.Span)) fyne.CanvasObject {
	page, content := newPage(12, sheetBleed, 2)
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

// Unresolved says how much an import could not tell, and what it found wrong in policies: "2 NOT RESOLVED · 1 POLICY
// FAULT"; "" where all is told.
func Unresolved(st session.State) string {
	var warnings, errs, faults int
	for _, d := range st.Diagnostics() {
		if d.Rule != "" && d.Severity > source.Info {
			faults++
			continue
		}
		switch d.Severity {
		case source.Error:
			errs++
		case source.Warning:
			warnings++
		case source.Info:
		}
	}
	var parts []string
	if errs > 0 {
		parts = append(parts, strings.ToUpper(plural(errs, "error")))
	}
	if warnings > 0 {
		parts = append(parts, fmt.Sprintf("%d NOT RESOLVED", warnings))
	}
	if faults > 0 {
		parts = append(parts, strings.ToUpper(plural(faults, "policy fault")))
	}
	if len(parts) == 0 && len(st.Diagnostics()) > 0 {
		return strings.ToUpper(plural(len(st.Diagnostics()), "remark"))
	}
	return strings.Join(parts, " · ")
}
