//go:build !headless

package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"bulkhead/app/session"
	"bulkhead/app/view"
	"bulkhead/render/code"
)

// exportPolicies asks in which forms and where to, and writes the policies with their proofs.
func (w *window) exportPolicies() {
	s := w.session
	var choices []view.FormChoice
	for _, f := range code.Forms() {
		folder := f
		if f == "json" {
			folder = "policies"
		}
		choices = append(choices, view.FormChoice{Name: f, Title: code.Title(f), Folder: folder})
	}
	dir := w.place()
	form := view.NewPolicyForm(choices, filepath.Join(dir, stem(w.state.Path)+"-policies"), sightOfFolder)
	d := view.NewSheet("Export the policies", "As a repository keeps them, each with the proof that it allows nothing new; the diff of the source; and DEPLOY.md for those who roll it out.", form.Root)
	d.Width = 700
	d.Leave("Cancel")
	write := d.Act("Write", view.Primary, func() {
		w.writePolicies(s, form.Path(), session.Export{Forms: form.Forms(), Boundaries: form.Boundaries(), SCP: form.SCP()})
	})
	form.OnChange = func(ok bool) {
		write.Set(false, !ok)
		d.Fit()
	}
	form.OnBrowse = func() {
		w.chooseFolder("Write the policies into which folder?", "This folder", func(dir string) { form.Folder.SetText(dir) })
	}
	w.present(d, nil)
	w.policies = form
}

func (w *window) writePolicies(s *session.Session, dir string, what session.Export) {
	var written *session.Exported
	w.background("Exporting the policies", func(ctx context.Context) (err error) {
		written, err = s.WriteTo(ctx, dir, what)
		return err
	}, func() { w.tellWritten(dir, written) })
}

// tellWritten says what was written, and what AWS would not take as it is.
func (w *window) tellWritten(dir string, written *session.Exported) {
	var lines []string
	const most = 14
	for i, f := range written.Files {
		if i == most && len(written.Files) > most+1 {
			lines = append(lines, fmt.Sprintf("… and %d more", len(written.Files)-i))
			break
		}
		if rel, err := filepath.Rel(dir, f); err == nil {
			f = rel
		}
		lines = append(lines, f)
	}
	if len(written.Notes) > 0 {
		lines = append(append(lines, ""), written.Notes...)
	}
	w.tell("Written into "+dir, strings.Join(lines, "\n"))
}

// sightOfFolder says what is at a path that is to be a folder to write into.
func sightOfFolder(path string) view.Sight {
	switch info, err := os.Stat(path); {
	case err == nil && !info.IsDir():
		return view.Sight{Note: path + " is a file: choose a folder.", Bad: true}
	case err == nil:
		return view.Sight{Note: filepath.Base(path) + " is there already: files of the same names are written over."}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return view.Sight{Note: "There is no folder " + filepath.Dir(path) + ".", Bad: true}
	}
	return view.Sight{Note: "The folder is new."}
}
