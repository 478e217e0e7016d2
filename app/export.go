//go:build !headless

package app

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/theme"
	"bulkhead/app/view"
	"bulkhead/importers"
	"bulkhead/render"
	"bulkhead/render/drawio"
	"bulkhead/render/pdf"
	"bulkhead/render/png"
	"bulkhead/render/report"
	"bulkhead/render/svg"
)

// background does work that can be cancelled, and then goes on in the window.
func (w *window) background(doing string, work func(context.Context) error, then func()) {
	ctx, cancel := context.WithCancel(context.Background())
	if w.opening != nil {
		w.opening()
	}
	w.opening = cancel
	w.busy(doing)
	go func() {
		err := work(ctx)
		fyne.Do(func() {
			if ctx.Err() != nil {
				return
			}
			cancel()
			w.opening = nil
			w.idle()
			if err != nil {
				w.fail(doing, err)
				return
			}
			then()
		})
	}()
}

// export lists what can be written.
func (w *window) export() {
	if w.session == nil {
		return
	}
	var d *view.Sheet
	choose := func(f func()) func() {
		return func() {
			d.Hide()
			f()
		}
	}
	unpatched := ""
	_, patches := w.state.Import.Source.(importers.Patcher)
	switch {
	case !patches:
		unpatched = "This source can be read but not patched: export the policies."
	case !w.state.Differs && w.state.Written:
		unpatched = "The source holds all edits already: there is nothing to patch."
	case !w.state.Differs:
		unpatched = "Nothing was edited yet: there is nothing to patch."
	}
	picture := ""
	if w.canvas.Scene() == nil {
		picture = "The picture is still being drawn."
	}
	first := view.Choice{Icon: "link", Name: "Patch of the source", Sentence: "The change as a diff that keeps every other byte, proven by importing it again: look at it, copy, save or write it.", Button: "Preview…", Not: unpatched, OnTap: choose(w.previewPatch)}
	if w.state.Import.Source == nil {
		first = view.Choice{Icon: "link", Name: "SAM template", Sentence: "The design as a template to deploy, proven by importing it again: functions, roles by policy, events and resources.", Button: "Save…", OnTap: choose(w.exportTemplate)}
		if !w.state.Edited {
			first.Not = "Nothing was drawn yet."
		}
	}
	d = view.NewSheet("Export", "", view.NewChoices([]view.Choice{
		first,
		{Icon: "policy", Name: "Policies for the repository", Sentence: "IAM JSON, CloudFormation, SAM, CDK, Terraform or Serverless, with boundaries if you like; proofs, the diff and DEPLOY.md.", Button: "Choose…", OnTap: choose(w.exportPolicies)},
		{Icon: "hull", Name: "This picture", Sentence: "What the window shows now, as SVG, PNG or PDF; the map for draw.io as well.", Button: "Save…", Not: picture, OnTap: choose(w.exportPicture)},
		{Icon: "eye", Name: "Report", Sentence: "One page with both pictures, before and after, and the tables, to hand around.", Button: "Folder…", OnTap: choose(w.exportReport)},
		{Icon: "play", Name: "Steps for a review", Sentence: "Before, the breaches you choose, after, and the figures: presented full screen, or as a page, a PDF or pictures.", Button: "Choose…", OnTap: choose(w.askPresent)},
		{Icon: "save", Name: "Design", Sentence: "A small file that names the source and lists your edits; it replays on the source as it is then.", Button: "Save…", OnTap: choose(func() { w.saveAs(nil) })},
	}))
	d.Width = 660
	w.present(d, func() { w.early = nil })
	if picture != "" {
		w.early = d
	}
}

// previewPatch shows the proven patch.
func (w *window) previewPatch() {
	s := w.session
	var p *session.Patch
	w.background("Proving the patch", func(ctx context.Context) (err error) {
		p, err = s.Patch(ctx)
		return err
	}, func() {
		if w.session == s {
			w.showPatch(p)
		}
	})
}

func (w *window) showPatch(p *session.Patch) {
	if p.Diff == "" {
		w.tell("Patch", "The source says already what the design says.")
		return
	}
	pane := view.NewDiffPane(p.Diff)
	lead := "Proven: the patched source was imported again, and is this design."
	if len(p.Diagnostics) > 0 {
		var lines []string
		for _, x := range p.Diagnostics {
			lines = append(lines, x.String())
		}
		lead += "\nNew in it: " + strings.Join(lines, "; ")
	}
	d := view.NewSheet("Patch of "+filepath.Base(w.state.Path), lead, pane.Root)
	d.Width, d.Height = 1000, min(whole, pane.Need())
	save := func() {
		w.saveFile("Save the patch", stem(w.state.Path)+".diff", []string{".diff", ".patch"}, func(string) ([]byte, error) { return []byte(p.Diff), nil })
	}
	d.Also("Copy", false, func() { w.app.Clipboard().SetContent(p.Diff) })
	if strings.HasPrefix(w.state.Path, session.SamplePrefix) { // it stands on no disk
		d.Leave("Close")
		d.Act("Save as .diff…", view.Primary, save)
	} else {
		d.Also("Save as .diff…", true, save)
		d.Leave("Close")
		d.Act("Write to the source…", view.Primary, w.writeSource)
	}
	w.present(d, nil)
	w.pane = pane
}

func (w *window) writeSource() {
	s := w.session
	text := "The files of " + w.state.Path + " are changed on disk. They are written only if the patched source imports as this design, and not if a file changed since it was read."
	w.ask("Write the patch into the source?", text, "Write", "Cancel", func() {
		var names []string
		w.background("Writing the source", func(ctx context.Context) (err error) {
			names, err = s.WriteSource(ctx)
			return err
		}, func() { w.strip.Show(view.Remark{Text: "Written: " + strings.Join(names, ", "), Fine: true}) })
	})
}

func (w *window) exportReport() {
	s, st := w.session, w.state
	w.chooseFolder("Write the report to which folder?", "Write here", func(dir string) {
		w.background("Writing the report", func(ctx context.Context) error {
			return report.Write(ctx, dir, report.Report{Title: st.Title, Before: viewOf(st, st.Before, 0), After: viewOf(st, st.After, 0), Comparison: st.Comparison,
				Steps: st.Steps, Deploy: s.Deploy(), Diagnostics: st.Diagnostics(), Map: w.maps})
		}, func() { w.tell("Written", filepath.Join(dir, "index.html")) })
	})
}

func (w *window) exportPicture() {
	scene, palette := w.canvas.Scene(), theme.Palette()
	now := ask{w.state, w.look, w.room()}
	endings := []string{".svg", ".png", ".pdf"}
	if w.look.chart == view.MapChart {
		endings = append(endings, ".drawio")
	}
	var form *view.SaveForm
	w.saveFile("Save the picture", stem(w.state.Path)+".svg", endings, func(name string) ([]byte, error) {
		if strings.EqualFold(filepath.Ext(name), ".drawio") && now.look.chart == view.MapChart {
			return w.mapForDrawIO(now, palette)
		}
		return pictureAs(scene, palette, name, form.Scale())
	})
	form = w.form
	form.OfferScales()
}

// mapForDrawIO is the map for diagrams.net, a page for each side that is shown.
func (w *window) mapForDrawIO(a ask, palette *render.Palette) ([]byte, error) {
	diagrams, scenes, err := w.pictures(context.Background(), a)
	if err != nil {
		return nil, err
	}
	var pages []drawio.Page
	for i, s := range scenes {
		if len(scenes) == 1 || a.look.side == view.Both || i == map[view.Side]int{view.Before: 0, view.After: 1}[a.look.side] {
			pages = append(pages, drawio.Page{Name: diagrams[i].Claim.Title, Diagram: diagrams[i], Scene: s})
		}
	}
	var b bytes.Buffer
	err = drawio.Write(&b, palette, pages...)
	return b.Bytes(), err
}

// pictureAs is a scene in the format that a file's name asks for, a PNG at a scale, or what of it can be opened.
func pictureAs(scene *render.Scene, palette *render.Palette, name string, scale int) ([]byte, error) {
	var b bytes.Buffer
	var err error
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".svg":
		err = svg.Write(&b, scene, palette, svg.Options{})
	case ".png":
		err = png.Write(&b, scene, palette, png.Fit(scene, float64(scale)))
	case ".pdf":
		err = pdf.Write(&b, palette, pdf.Paper{}, scene)
	default:
		return nil, fmt.Errorf("%q says no format: call the file .svg, .png or .pdf", filepath.Base(name))
	}
	return b.Bytes(), err
}

// saveFile asks where to, makes the content and writes it in one go. The first of endings (".svg") is what it is called
// by itself.
func (w *window) saveFile(title, name string, endings []string, content func(name string) ([]byte, error)) {
	w.askWhere(title, name, endings, func(path string) {
		w.background("Writing "+filepath.Base(path), func(context.Context) error {
			data, err := content(path)
			if err != nil {
				return err
			}
			return writeFile(path, data)
		}, func() { w.strip.Show(view.Remark{Text: "Written: " + path, Fine: true}) })
	})
}

// askWhere asks for the path of a file that is to be written, and touches nothing: Fyne's own dialog empties the file
// that is there before anything is written into it.
func (w *window) askWhere(title, name string, endings []string, then func(path string)) {
	dir := w.place()
	form := view.NewSaveForm(name, dir, endings, sight)
	d := view.NewSheet(title, "", form.Root)
	d.Width, d.First = 580, form.Name
	d.Leave("Cancel")
	save := d.Act("Save", view.Primary, func() { then(form.Path()) })
	form.OnChange = func(ok bool) {
		save.Set(false, !ok)
		d.Fit()
	}
	form.OnSubmit = d.Enter
	form.OnBrowse = func() {
		w.chooseFolder("Save in which folder?", "Save here", func(dir string) { form.Folder.SetText(dir) })
	}
	w.present(d, nil)
	w.form = form
}

// sight says what is at a path where a file is to be written.
func sight(path string) view.Sight {
	dir := filepath.Dir(path)
	switch info, err := os.Stat(dir); {
	case err != nil:
		return view.Sight{Note: "There is no folder " + dir + ".", Bad: true}
	case !info.IsDir():
		return view.Sight{Note: dir + " is no folder.", Bad: true}
	}
	switch info, err := os.Stat(path); {
	case err != nil:
		return view.Sight{Note: "It becomes " + path + "."}
	case info.IsDir():
		return view.Sight{Note: path + " is a folder.", Bad: true}
	}
	return view.Sight{Note: filepath.Base(path) + " is there already: it is written over."}
}

// writeFile writes a file in one go: readers see the old content or the new, never a part.
func writeFile(path string, data []byte) error {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".bulkhead-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone when all went well
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// stem is the name of a file without its ending, to call what is exported after.
func stem(path string) string {
	path = strings.TrimPrefix(path, session.SamplePrefix)
	base := filepath.Base(path)
	if name := strings.TrimSuffix(base, filepath.Ext(base)); name != "" && name != "." {
		return name
	}
	return "design"
}

// save writes the design file, asking where to the first time, and goes on.
func (w *window) save(then func()) {
	if w.session == nil {
		return
	}
	if w.state.SavePath == "" {
		w.saveAs(then)
		return
	}
	w.saveTo(w.state.SavePath, then)
}

func (w *window) saveTo(path string, then func()) {
	err := w.copySample(filepath.Dir(path))
	if err == nil {
		err = w.session.Save(path)
	}
	if err != nil {
		w.fail("Save the design", err)
		return
	}
	w.remember(path)
	w.show(w.session.State())
	if then != nil {
		then()
	}
}

// copySample writes the files of a sample beside its saved design, which refers to them.
func (w *window) copySample(dir string) error {
	if !strings.HasPrefix(w.state.Path, session.SamplePrefix) {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(w.state.Import.Files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		switch there, err := os.ReadFile(path); {
		case err == nil && !bytes.Equal(there, w.state.Import.Files[name]):
			return fmt.Errorf("the sample's %s is to stand beside the design, but %s is there and is another file: choose another folder", name, path)
		case err == nil:
			continue
		}
		if err := writeFile(path, w.state.Import.Files[name]); err != nil {
			return err
		}
	}
	return nil
}

func (w *window) saveAs(then func()) {
	if w.session == nil {
		return
	}
	w.askWhere("Save the design", stem(w.state.Path)+".bulkhead", []string{".bulkhead"}, func(path string) { w.saveTo(path, then) })
}

// askToSave asks before edits are lost.
func (w *window) askToSave(what string, then func()) {
	d := view.NewSheet(what+" without saving?", fmt.Sprintf("%s was edited: the last step is “%s”. The edits are lost if they are not saved.", w.state.Title, w.state.Undo), nil)
	d.Also("Don’t save", true, then)
	d.Leave("Cancel")
	d.Act("Save", view.Primary, func() { w.save(then) })
	w.present(d, nil)
	w.asked = d
}

// closeDesign goes back to the start page.
func (w *window) closeDesign() {
	if w.session == nil {
		return
	}
	w.guard("Close the design", func() {
		w.leave()
		w.showStart()
	})
}
