package view

import (
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// A SaveForm asks for the name and the folder of a file that is to be written. Nothing is touched on disk.
type SaveForm struct {
	Root     fyne.CanvasObject
	Name     *Field
	Folder   *Field
	OnBrowse func()
	OnSubmit func()             // Enter was pressed
	OnChange func(ok bool)      // whether it can be written as it is now
	Look     func(string) Sight // what is at a path

	endings []string
	formats []*Button
	note    *Text

	rows   *fyne.Container
	scale  int
	scales []*Button
	sized  fyne.CanvasObject // asks for the scale
}

// mostScale is how many times the size of a picture its pixels can have.
const mostScale = 4

// OfferScales asks, of a PNG, how large it is to be; 2 pixels a point at first.
func (f *SaveForm) OfferScales() {
	f.scale = 2
	line := newLine(4, -1)
	for n := 1; n <= mostScale; n++ {
		b := NewButton(itoa(n)+"×", "", Plain, func() {
			f.scale = n
			f.changed()
		}).withTip(plural(n, "pixel") + " a point")
		f.scales = append(f.scales, b)
		line.Add(b)
	}
	f.sized = newLine(0, 1, newFixed(70, small.lineHeight(), NewLabel("Size", small.whole())), line)
	f.rows.Objects = slices.Insert(f.rows.Objects, len(f.rows.Objects)-1, f.sized)
	f.changed()
}

// Scale is how many pixels a point a PNG is to have.
func (f *SaveForm) Scale() int { return max(1, f.scale) }

// A Sight is what is at a path where a file is to be written.
type Sight struct {
	Note string // "" where there is nothing to say
	Bad  bool   // it cannot be written there
}

// NewSaveForm asks for a file with one of the endings (".svg"), the first unless the name says another.
func NewSaveForm(name, folder string, endings []string, look func(string) Sight) *SaveForm {
	f := &SaveForm{Name: newField(name), Folder: newField(folder), Look: look, endings: endings, note: NewText("", small.lines(3))}
	for _, e := range []*Field{f.Name, f.Folder} {
		e.OnChanged = func(string) { f.changed() }
		e.OnSubmitted = func(string) {
			if f.OnSubmit != nil {
				f.OnSubmit()
			}
		}
	}
	browse := NewButton("Browse…", "", Plain, func() {
		if f.OnBrowse != nil {
			f.OnBrowse()
		}
	})
	label := func(text string, o fyne.CanvasObject) fyne.CanvasObject {
		return newLine(0, 1, newFixed(70, small.lineHeight(), NewLabel(text, small.whole())), o)
	}
	rows := []fyne.CanvasObject{label("Name", f.Name), label("Folder", newLine(8, 0, f.Folder, browse))}
	if len(endings) > 1 {
		var kinds []fyne.CanvasObject
		for _, e := range endings {
			b := NewButton(formatName(e), "", Plain, func() { f.choose(e) })
			f.formats = append(f.formats, b)
			kinds = append(kinds, b)
		}
		rows = append(rows, label("Format", newLine(4, -1, kinds...)))
	}
	rows = append(rows, newSide(70, NewLabel("", small), f.note))
	f.rows = newColumn(12, rows...)
	f.Root = f.rows
	f.changed()
	return f
}

// formatName is what people call the format of an ending: "SVG", "draw.io".
func formatName(ending string) string {
	if ending == ".drawio" {
		return "draw.io"
	}
	return strings.ToUpper(ending[1:])
}

// Path is where the file is to be written.
func (f *SaveForm) Path() string {
	name := strings.TrimSpace(f.Name.Text)
	if f.ending() == "" {
		name += f.endings[0]
	}
	return filepath.Join(strings.TrimSpace(f.Folder.Text), name)
}

// ending is the one of the endings that the name has, "" if none.
func (f *SaveForm) ending() string {
	ext := strings.ToLower(filepath.Ext(strings.TrimSpace(f.Name.Text)))
	if slices.Contains(f.endings, ext) {
		return ext
	}
	return ""
}

func (f *SaveForm) choose(ending string) {
	name := strings.TrimSpace(f.Name.Text)
	if f.ending() != "" {
		name = strings.TrimSuffix(name, filepath.Ext(name))
	}
	f.Name.SetText(name + ending)
}

// changed says what is at the path as it is now.
func (f *SaveForm) changed() {
	s := Sight{Note: "Give the file a name.", Bad: true}
	name := strings.TrimSpace(f.Name.Text)
	switch {
	case strings.ContainsAny(name, `/\`):
		s.Note = "A name has no slash in it: say the folder below."
	case name != "" && name != f.ending():
		s = f.Look(f.Path())
	}
	style := small.lines(3)
	if s.Bad {
		style = style.in(render.Danger)
	}
	f.note.Set(s.Note, style)
	for i, b := range f.formats {
		b.Set(f.endings[i] == f.ending() || f.ending() == "" && i == 0, false)
	}
	if f.sized != nil {
		for i, b := range f.scales {
			b.Set(i+1 == f.scale, false)
		}
		if png := f.ending() == ".png"; png != f.sized.Visible() {
			if png {
				f.sized.Show()
			} else {
				f.sized.Hide()
			}
			f.rows.Refresh()
		}
	}
	if f.OnChange != nil {
		f.OnChange(!s.Bad)
	}
}
