package view

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"bulkhead/app/theme"
	"bulkhead/render"
)

// A keyHelp is keys, and what they do.
type keyHelp struct {
	keys []string
	does string
}

var keyHelps = []struct {
	title string
	rows  []keyHelp
}{
	{"SEE", []keyHelp{
		{[]string{"H", "M"}, "hull, map"},
		{[]string{"T", "B"}, "table, heat of all breaches"},
		{[]string{"1", "2", "3"}, "before, compare, after"},
		{[]string{"W"}, "wipe from before to after"},
		{[]string{"F"}, "fed functions vulnerable or not"},
		{[]string{"Space"}, "play the breach hop by hop"},
		{[]string{"G"}, "group by stack"},
	}},
	{"MOVE", []keyHelp{
		{[]string{"0"}, "fit the picture"},
		{[]string{"+", "−"}, "zoom in, out"},
		{[]string{"/"}, "search"},
		{[]string{"Tab"}, "to the next thing that can be pressed"},
		{[]string{"Esc"}, "leave, cancel what is being proven"},
	}},
	{"EDIT", []keyHelp{
		{[]string{"Ctrl", "Z"}, "undo; with Shift redo"},
		{[]string{"Ctrl", "T"}, "split the function"},
		{[]string{"Ctrl", "H"}, "history"},
		{[]string{"Ctrl", "S"}, "save"},
		{[]string{"Ctrl", "E"}, "export"},
	}},
	{"EVERYTHING", []keyHelp{
		{[]string{"Ctrl", "K"}, "every action by its name"},
		{[]string{"Ctrl", "B"}, "fold the outline"},
		{[]string{"Ctrl", "I"}, "fold the inspector"},
		{[]string{"Ctrl", "J"}, "fold the reasons"},
		{[]string{"F5"}, "present"},
		{[]string{"F11"}, "full screen"},
	}},
}

var signHelps = []struct{ title, text string }{
	{"MOUSE", "Click a function to breach it, or drag the star onto it; a tile or a pipe, to see who reaches it. The wheel zooms at the pointer, dragging pans, the secondary button lists what can be done."},
	{"SIGNS", "A wall is a role: functions behind it share what it may do. Water shows how much of a bay is reached, a tile’s tone how bad it is: read, write and send, delete or permissions or secret. Hatched is may: something that was not seen decides. A dotted violet outline is a function whose input the attacker chooses. Open water under the keel is what a breach reaches beyond this design."},
	{"EDITING", "× on a chip takes an action or a resource away. A wildcard in orange opens: keep only what is needed. An edit that would allow something new is refused, with the request that shows it."},
}

// NewHelp says what keys do and what the signs of the pictures mean.
func NewHelp() fyne.CanvasObject {
	column := func(from, to int) fyne.CanvasObject {
		out := newColumn(18)
		for _, g := range keyHelps[from:to] {
			rows := newColumn(6, NewLabel(g.title, section))
			for _, r := range g.rows {
				keys := newLine(4, -1)
				for _, k := range r.keys {
					keys.Add(newKeycap(k))
				}
				rows.Add(newSide(96, keys, NewLabel(r.does, Style{Size: 13, Lines: 2})))
			}
			out.Add(rows)
		}
		return out
	}
	signs := newColumn(16)
	for _, s := range signHelps {
		signs.Add(newColumn(5, NewLabel(s.title, section), NewLabel(s.text, Style{Size: 13, Lines: 16})))
	}
	return &fyne.Container{Layout: evenly{32}, Objects: []fyne.CanvasObject{column(0, 2), column(2, 4), signs}}
}

// evenly sets objects side by side, each as high as it needs.
type evenly struct{ gap float32 }

func (l evenly) cell(o []fyne.CanvasObject, width float32) float32 {
	n := float32(len(o))
	return (width - l.gap*(n-1)) / n
}

func (l evenly) heightFor(o []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, x := range o {
		h = max(h, heightOf(x, l.cell(o, width)))
	}
	return h
}

func (l evenly) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(-l.gap, 0)
	for _, x := range o {
		least := x.MinSize()
		size = fyne.NewSize(size.Width+least.Width+l.gap, max(size.Height, least.Height))
	}
	return size
}

func (l evenly) Layout(o []fyne.CanvasObject, s fyne.Size) {
	w := l.cell(o, s.Width)
	for i, x := range o {
		x.Move(fyne.NewPos(float32(i)*(w+l.gap), 0))
		x.Resize(fyne.NewSize(w, s.Height))
	}
}

// A keycap is a key as it looks on a keyboard.
type keycap struct {
	widget.BaseWidget
	key string
}

func newKeycap(key string) *keycap {
	k := &keycap{key: key}
	k.ExtendBaseWidget(k)
	return k
}

var keycapStyle = Style{Size: 11, Weight: render.Medium, Align: fyne.TextAlignCenter}

// CreateRenderer draws the key.
func (k *keycap) CreateRenderer() fyne.WidgetRenderer {
	r := &keycapRenderer{k, canvas.NewRectangle(nil), NewLabel(k.key, keycapStyle)}
	r.Refresh()
	return r
}

type keycapRenderer struct {
	k      *keycap
	ground *canvas.Rectangle
	label  *Label
}

func (r *keycapRenderer) MinSize() fyne.Size {
	return fyne.NewSize(max(22, float32(keycapStyle.width(r.k.key))+14), 22)
}

func (r *keycapRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	h := keycapStyle.lineHeight()
	r.label.Move(fyne.NewPos(0, (s.Height-h)/2))
	r.label.Resize(fyne.NewSize(s.Width, h))
}

func (r *keycapRenderer) Refresh() {
	r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth, r.ground.CornerRadius = theme.Color(render.Bilge), theme.Color(render.Line), 1, 5
	r.ground.Refresh()
	r.label.Refresh()
}

func (r *keycapRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.label}
}
func (r *keycapRenderer) Destroy() {}

// NewAbout says what the program is, in which version, and under which licence.
func NewAbout(version string) fyne.CanvasObject {
	name := newColumn(2, NewLabel("Bulkhead", title.sized(22)), NewLabel(version, small))
	return newColumn(14, newSide(60, NewPicture("hull", render.Link, 44), name),
		NewLabel("Models AWS serverless systems as compartments, shows what a breach floods, and writes tighter policies back into the repository they came from.", Style{Size: 13, Lines: 8}),
		NewLabel("Apache License 2.0. What it is made of, and under which licences, is in THIRD_PARTY_NOTICES.md beside the source.", para))
}
