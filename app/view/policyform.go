package view

import (
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// A FormChoice is a form in which policies can be written, what people call it, and the folder that its files go to.
type FormChoice struct{ Name, Title, Folder string }

// A PolicyForm asks in which forms policies are to be written, with which walls, and where to. Nothing is touched on disk.
type PolicyForm struct {
	Root     fyne.CanvasObject
	Folder   *Field
	OnBrowse func()
	OnChange func(ok bool)      // whether it can be written as it is now
	Look     func(string) Sight // what is at a path that is to be a folder

	choices  []FormChoice
	forms    []*Tick
	boundary *Tick
	scp      *Tick
	note     *Text
}

// NewPolicyForm offers forms, of which the first is written in any case, for a folder.
func NewPolicyForm(choices []FormChoice, folder string, look func(string) Sight) *PolicyForm {
	f := &PolicyForm{Folder: newField(folder), Look: look, choices: choices, note: NewText("", small.lines(3))}
	const left = 92
	var boxes []fyne.CanvasObject
	for i, c := range choices {
		b := NewTick(c.Title, func(bool) { f.changed() })
		if i == 0 {
			b.Checked, b.Disabled = true, true
		}
		f.forms = append(f.forms, b)
		boxes = append(boxes, newFixed(176, 28, b))
	}
	f.boundary = NewTick("A permissions boundary for each role", func(bool) { f.changed() })
	f.scp = NewTick("Service control policies for the account", func(bool) { f.changed() })
	browse := NewButton("Browse…", "", Plain, func() {
		if f.OnBrowse != nil {
			f.OnBrowse()
		}
	})
	f.Folder.OnChanged = func(string) { f.changed() }
	head := func(text string) fyne.CanvasObject { return newInset(0, 4, NewLabel(text, small.whole())) }
	top := func(text string, o fyne.CanvasObject) fyne.CanvasObject {
		return &fyne.Container{Layout: topSide{left}, Objects: []fyne.CanvasObject{head(text), o}}
	}
	f.Root = newColumn(14,
		top("Forms", &fyne.Container{Layout: &flow{width: 540}, Objects: boxes}),
		top("Walls as well", newColumn(0, f.boundary, f.scp, newInset(tickLead, 0, NewLabel("They let roles do what they may do now and nothing else, whatever is attached to them later.", para)))),
		top("Folder", newLine(8, 0, f.Folder, browse)),
		newSide(left, NewLabel("", small), f.note))
	f.changed()
	return f
}

// Forms are the names of the forms that were chosen.
func (f *PolicyForm) Forms() []string {
	var out []string
	for i, b := range f.forms {
		if b.Checked {
			out = append(out, f.choices[i].Name)
		}
	}
	return out
}

// Boundaries reports whether permissions boundaries are asked for, SCP whether service control policies are.
func (f *PolicyForm) Boundaries() bool { return f.boundary.Checked }

// SCP reports whether service control policies are asked for.
func (f *PolicyForm) SCP() bool { return f.scp.Checked }

// Path is the folder to write into.
func (f *PolicyForm) Path() string { return strings.TrimSpace(f.Folder.Text) }

// changed says what is written where.
func (f *PolicyForm) changed() {
	s := Sight{Note: "Say which folder.", Bad: true}
	if f.Path() != "" {
		s = f.Look(f.Path())
	}
	style := small.lines(3)
	if s.Bad {
		style = style.in(render.Danger)
	} else {
		folders := []string{}
		for i, b := range f.forms {
			if b.Checked {
				folders = append(folders, f.choices[i].Folder+"/")
			}
		}
		if f.SCP() {
			folders = append(folders, "scp.json")
		}
		s.Note += " It gets " + strings.Join(append(folders, "DEPLOY.md"), ", ") + "."
	}
	f.note.Set(s.Note, style)
	if f.OnChange != nil {
		f.OnChange(!s.Bad)
	}
}

// topSide stands a head of a fixed width before what may be higher, both from the top.
type topSide struct{ width float32 }

func (l topSide) heightFor(o []fyne.CanvasObject, w float32) float32 {
	return max(o[0].MinSize().Height, heightOf(o[1], w-l.width))
}

func (l topSide) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(l.width+b.Width, max(a.Height, b.Height))
}

func (l topSide) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(o[0].MinSize())
	o[1].Move(fyne.NewPos(l.width, 0))
	o[1].Resize(fyne.NewSize(s.Width-l.width, s.Height))
}
