//go:build !headless

package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
)

// openable are the endings of files that can be opened.
var openable = []string{".yaml", ".yml", ".json", ".template", ".bulkhead", ".tf", ".tofu"}

// chooseFile asks for a file to open, or a folder.
func (w *window) chooseFile(folder bool) {
	w.guard("Open another design", func() {
		if folder {
			w.browse("Open a folder", "Of templates, CDK, Terraform or a Serverless service.", "Open this folder", nil, func(dir string) { w.open(dir) })
			return
		}
		w.browse("Open", "A template, a snapshot of an account, or a saved design.", "Open", openable, func(path string) { w.open(path) })
	})
}

// chooseFolder asks for a folder.
func (w *window) chooseFolder(title, button string, then func(dir string)) {
	w.browse(title, "", button, nil, then)
}

// browse looks for a file with one of the endings, or for a folder where there are none.
func (w *window) browse(title, lead, button string, endings []string, then func(path string)) {
	b := view.NewBrowser(endings, w.spots())
	d := view.NewSheet(title, lead, b.Root)
	d.Width, d.Height, d.First = 820, 460, b.Search
	d.Leave("Cancel")
	ok := d.Act(button, view.Primary, func() {
		if path := b.Path(); path != "" {
			then(path)
		}
	})
	b.OnChange = func(path string) { ok.Set(false, path == "") }
	b.OnChoose = func(path string) {
		d.Hide()
		then(path)
	}
	b.OnFolder = func(dir string) {
		dir, only := expanded(dir)
		go func() { // a disk of the network may take its time
			entries, err := entriesOf(dir)
			fyne.Do(func() {
				if !d.Shown() {
					return
				}
				b.Show(dir, entries, err)
				if only != "" {
					b.Search.SetText(only)
				}
			})
		}()
	}
	w.browser = b
	w.present(d, nil)
	b.Go(w.place())
}

// expanded is a folder that was typed, and the name of a file in it where that was typed.
func expanded(path string) (dir, file string) {
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(path, "~") {
		path = filepath.Join(home, strings.TrimPrefix(path, "~"))
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return filepath.Dir(path), filepath.Base(path)
	}
	return path, ""
}

// entriesOf lists a folder. What a link leads to counts.
func entriesOf(dir string) ([]view.Entry, error) {
	found, err := os.ReadDir(dir)
	var out []view.Entry
	for _, f := range found {
		info, err := os.Stat(filepath.Join(dir, f.Name()))
		if err != nil {
			continue // a link that leads nowhere
		}
		out = append(out, view.Entry{Name: f.Name(), Folder: info.IsDir(), Size: info.Size(), Time: info.ModTime()})
	}
	return out, err
}

// spots are the folders that are offered: of what was opened last, the working folder, and the person's own.
func (w *window) spots() []view.Spot {
	var out []view.Spot
	add := func(name, icon, path string) {
		if path == "" || slices.ContainsFunc(out, func(s view.Spot) bool { return s.Path == path }) {
			return
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			out = append(out, view.Spot{Name: name, Icon: icon, Path: path})
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		add("Home", "user", home)
	}
	if dir, err := os.Getwd(); err == nil {
		add("Working folder", "open", dir)
	}
	const most = 6
	for _, p := range w.recent() {
		if len(out) == most {
			break
		}
		dir := filepath.Dir(p)
		add(filepath.Base(dir), "clock", dir)
	}
	return out
}

// place is the folder where dialogs start: that of what is open or was opened last, else the working folder.
func (w *window) place() string {
	if r := w.recent(); len(r) > 0 {
		if info, err := os.Stat(filepath.Dir(r[0])); err == nil && info.IsDir() {
			return filepath.Dir(r[0])
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}
